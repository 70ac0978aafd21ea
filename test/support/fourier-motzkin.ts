import type { Rational } from '../../src/exact/rational.js';

/** coefficients . x  sense  right, in free unknowns. */
export interface Constraint {
  readonly coefficients: readonly Rational[];
  readonly sense: '<=' | '=';
  readonly right: Rational;
}

/**
 * Whether a system has a solution, by substitution of equations and Fourier-Motzkin elimination: exact, and of doubly exponential
 * length, so for a handful of unknowns. It shares nothing with the linear programming of the solver.
 */
export function hasSolution(constraints: readonly Constraint[], unknowns: number): boolean {
  let rows = constraints.map(({ coefficients, sense, right }) => ({ a: [...coefficients], sense, b: right }));
  type Row = (typeof rows)[number];
  /** row + factor * other */
  const combined = (row: Row, other: Row, factor: Rational, sense: Row['sense']): Row => ({
    a: row.a.map((entry, i) => entry.add(other.a[i]!.multiply(factor))),
    sense,
    b: row.b.add(other.b.multiply(factor)),
  });
  for (let j = 0; j < unknowns; j++) {
    const equation = rows.find((row) => row.sense === '=' && !row.a[j]!.isZero());
    if (equation !== undefined) {
      rows = rows
        .filter((row) => row !== equation)
        .map((row) =>
          row.a[j]!.isZero()
            ? row
            : combined(row, equation, row.a[j]!.divide(equation.a[j]!).negate(), row.sense),
        );
      continue;
    }
    const above = rows.filter((row) => row.a[j]!.sign() > 0);
    const below = rows.filter((row) => row.a[j]!.sign() < 0);
    const rest = rows.filter((row) => row.a[j]!.isZero());
    for (const up of above) {
      for (const down of below) rest.push(combined(up, down, up.a[j]!.divide(down.a[j]!).negate(), '<='));
    }
    const seen = new Map(rest.map((row) => [normal(row), row]));
    rows = [...seen.values()];
  }
  return rows.every(({ sense, b }) => (sense === '=' ? b.isZero() : b.sign() >= 0));

  /** Equal for rows that are positive multiples of each other. */
  function normal({ a, sense, b }: Row): string {
    const lead = [...a, b].find((entry) => !entry.isZero());
    if (lead === undefined) return sense;
    const scale = lead.abs();
    return `${sense} ${[...a, b].map((entry) => entry.divide(scale).toString()).join(' ')}`;
  }
}
