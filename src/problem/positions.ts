import { Rational } from '../exact/rational.js';
import { InputError } from './input-error.js';

/**
 * Reads positions, one exact number a line ("12", "-0.5", "1/3"); blank lines and lines that start with # are skipped.
 * @param source name of the file, for messages
 * @throws InputError naming the line
 */
export function parsePositions(text: string, source: string): Rational[] {
  const positions: Rational[] = [];
  text.split(/\r?\n/).forEach((line, i) => {
    const entry = line.trim();
    if (entry === '' || entry.startsWith('#')) return;
    try {
      positions.push(Rational.parse(entry));
    } catch (error) {
      throw new InputError(`${source}, line ${i + 1}: ${(error as Error).message}; write one number a line`);
    }
  });
  if (positions.length === 0) throw new InputError(`${source}: expected at least one position, found none`);
  return positions;
}
