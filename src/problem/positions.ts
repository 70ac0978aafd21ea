import { floorDivide } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Calendar } from './dataset.js';
import { InputError } from './input-error.js';
import { calendarDays } from './iso-date.js';

/** Most positions of a grid: beyond, the step is refused. */
const MOST_POSITIONS = 1_000_000;

/**
 * The multiples of a step strictly between the least and the greatest x.
 * @throws InputError when there are too many
 */
export function gridPositions(step: Rational, least: Rational, greatest: Rational): Rational[] {
  const first = floorDivide(least.numerator * step.denominator, least.denominator * step.numerator) + 1n;
  const end = -floorDivide(-greatest.numerator * step.denominator, greatest.denominator * step.numerator);
  if (end - first > MOST_POSITIONS)
    throw new InputError(
      `the grid of step ${step} has ${end - first} positions between ${least} and ${greatest}, at most ${MOST_POSITIONS} are tried; take a larger step`,
    );
  return Array.from({ length: Number(end > first ? end - first : 0n) }, (_, k) =>
    step.multiply(Rational.of(first + BigInt(k))),
  );
}

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
