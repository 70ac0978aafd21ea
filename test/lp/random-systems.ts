import { createRandom, type Random } from '../../src/exact/random.js';
import { type LinearProgram, LinearRow, type Sense } from '../../src/lp/linear-system.js';

/** What kind of program the generator aims at; which status comes out is for the solver and the verifier to say. */
export const KINDS = [
  'feasible',
  'infeasible',
  'unbounded',
  'degenerate',
  'any',
  'equations',
  'bounded',
] as const;
export type Kind = (typeof KINDS)[number];

const SENSES: readonly Sense[] = ['<=', '>=', '='];

/** A seeded random program with integer data of a few digits. */
export function randomProgram(seed: number, kind: Kind): LinearProgram {
  const random = createRandom(seed);
  const unknowns = random.integer(1, 8);
  const count = random.integer(1, 14);
  const size = kind === 'degenerate' ? 1 : random.integer(1, 40);
  const vector = (): bigint[] => Array.from({ length: unknowns }, () => entry(random, size));
  const planted = vector();
  const dotPlanted = (a: readonly bigint[]): bigint =>
    a.reduce((sum, value, j) => sum + value * planted[j]!, 0n);
  const rows: LinearRow[] = [];
  for (let r = 0; r < count; r++) {
    const coefficients = vector();
    const sense = kind === 'equations' ? '=' : SENSES[random.integer(0, kind === 'degenerate' ? 1 : 2)]!;
    let right = entry(random, 3 * size);
    if (kind === 'feasible' || kind === 'unbounded' || kind === 'equations') {
      // The planted point satisfies the row, often with equality.
      const slack = BigInt(random.integer(0, 2));
      right = dotPlanted(coefficients) + (sense === '<=' ? slack : sense === '>=' ? -slack : 0n);
    }
    if (kind === 'degenerate') right = dotPlanted(coefficients);
    rows.push(new LinearRow(coefficients, sense, right));
  }
  if (kind === 'infeasible') rows.push(contradiction(rows, random, unknowns));
  if (kind === 'bounded') {
    for (let j = 0; j < unknowns; j++) {
      const unit = Array.from({ length: unknowns }, (_, k) => (k === j ? 1n : 0n));
      rows.push(new LinearRow(unit, '>=', -9n), new LinearRow(unit, '<=', 9n));
    }
  }
  return { unknowns, rows, objective: vector() };
}

/** A row that contradicts a combination of the others by 1. */
function contradiction(rows: readonly LinearRow[], random: Random, unknowns: number): LinearRow {
  const coefficients: bigint[] = new Array(unknowns).fill(0n);
  let right = 0n;
  for (const row of rows) {
    const weight = BigInt(random.integer(0, 3)) * (row.sense === '<=' ? -1n : 1n);
    row.coefficients.forEach((value, j) => {
      coefficients[j]! += weight * value;
    });
    right += weight * row.right;
  }
  return new LinearRow(coefficients, '<=', right - 1n);
}

function entry(random: Random, size: number): bigint {
  return random.uniform() < 0.3 ? 0n : BigInt(random.integer(-size, size));
}
