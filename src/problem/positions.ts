import { Rational } from '../exact/rational.js';
import type { Calendar } from './dataset.js';
import { InputError } from './input-error.js';
import { calendarDays } from './iso-date.js';

/**
 * Reads positions, one exact number a line ("12", "-0.5", "1/3"), or a date where the input is one; blank lines and lines that start with # are skipped.
 * @param source name of the file, for messages
 * @param calendar what x means when it is a date
 * @throws InputError naming the line
 */
export function parsePositions(text: string, source: string, calendar: Calendar | null = null): Rational[] {
  const positions: Rational[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) return;
    try {
      positions.push(calendar === null ? Rational.parse(entry) : calendarDays(entry, calendar));
    } catch (error) {
      throw new InputError(
        `${source}, line ${i + 1}: ${(error as Error).message}; write one ${calendar === null ? 'number' : 'date'} a line`,
      );
    }
  });
  if (positions.length === 0) throw new InputError(`${source}: expected at least one position, found none`);
  return positions;
}
