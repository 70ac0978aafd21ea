import { readFileSync } from 'node:fs';
import { ExactColumn } from '../../src/exact/column.js';
import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

type Value = number | string | Rational;

function column(values: readonly Value[]): ExactColumn {
  return ExactColumn.fromRationals(
    values.map((value) => (value instanceof Rational ? value : Rational.parse(String(value)))),
  );
}

/** A problem from rows of inputs and labels, or windows when `upper` is given. Numbers mean their shortest decimal. */
export function problemOf(
  x: readonly (readonly Value[])[],
  y: readonly Value[],
  upper: readonly Value[] | null = null,
): Problem {
  return makeProblem({
    name: 'test',
    inputs: x[0]!.map((_, i) => column(x.map((row) => row[i]!))),
    labels: upper === null ? column(y) : null,
    lower: upper === null ? null : column(y),
    upper: upper === null ? null : column(upper),
    describeRow: (n) => `row ${n}`,
  });
}

export interface Rows {
  readonly x: number[][];
  readonly y: number[];
}

/** Distinct integer points and the labels of a planted network with `neurons` neurons; 0: random labels. */
export function plantedRows(random: Random, dimension: number, size: number, neurons: number): Rows {
  const x: number[][] = [];
  const seen = new Set<string>();
  while (x.length < size) {
    const point = Array.from({ length: dimension }, () => random.integer(-9, 9));
    if (seen.has(point.join())) continue;
    seen.add(point.join());
    x.push(point);
  }
  const teacher = Array.from({ length: neurons }, () => ({
    weights: Array.from({ length: dimension }, () => random.integer(-3, 3)),
    bias: random.integer(-5, 5),
    output: random.integer(0, 1) === 0 ? -1 : 1,
  }));
  const y = x.map((point) =>
    neurons === 0
      ? random.integer(-9, 9)
      : teacher.reduce((sum, { weights, bias, output }) => {
          const activation = weights.reduce((z, w, i) => z + w * point[i]!, bias);
          return sum + output * Math.max(0, activation);
        }, 0),
  );
  return { x, y };
}

export interface VectorRow extends Rows {
  readonly name: string;
  readonly minNeurons: number;
  readonly minParameters?: number;
}

export function multivariateVectors(): VectorRow[] {
  return JSON.parse(readFileSync(new URL('../vectors/multivariate.json', import.meta.url), 'utf8'));
}

/** An instance file of this repository. */
export function instanceProblem(name: string): Problem {
  const { x, y } = JSON.parse(readFileSync(new URL(`../../instances/${name}.json`, import.meta.url), 'utf8'));
  return problemOf(x, y);
}
