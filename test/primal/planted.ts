import { ExactColumn } from '../../src/exact/column.js';
import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { generate } from '../../src/generate/generate.js';
import { datasetOfInstance } from '../../src/generate/instance.js';
import { evaluate, type Network, type Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

/** Does the network pass through every window? Rational by rational, with no code of the local search. */
export function fitsByEvaluation(problem: Problem, network: Network): boolean {
  for (let n = 0; n < problem.size; n++) {
    const value = evaluate(
      network,
      problem.inputs.map((column) => column.value(n)),
    );
    if (value.lessThan(problem.lower.value(n)) || problem.upper.value(n).lessThan(value)) return false;
  }
  return true;
}

/** Points labelled by a random network of `neurons` neurons, inputs with four decimals. */
export async function teacherProblem(
  dimension: number,
  points: number,
  neurons: number,
  seed: number,
  tolerance = '0',
): Promise<Problem> {
  const instance = await generate('teacher', { points, dimension, neurons, seed });
  return makeProblem(datasetOfInstance(instance), Rational.parse(tolerance));
}

/** A random network with rational weights, and the problem it solves exactly; half-widths of windows up to `slack` / 7. */
export function randomTask(
  random: Random,
  dimension: number,
  points: number,
  neurons: number,
  skip: Skip,
  slack: number,
): { problem: Problem; network: Network } {
  const rational = (): Rational => Rational.of(random.integer(-20, 20), random.integer(1, 6));
  const vector = (): Rational[] => Array.from({ length: dimension }, rational);
  const zeros = Array.from({ length: dimension }, () => Rational.zero);
  const network: Network = {
    inputDimension: dimension,
    skip: skip === 'none' ? null : { weights: skip === 'affine' ? vector() : zeros, bias: rational() },
    neurons: Array.from({ length: neurons }, () => ({
      inputWeights: vector(),
      bias: rational(),
      outputWeight: Rational.of(random.integer(0, 1) === 0 ? -1 : 1),
    })),
  };
  const seen = new Map<string, Rational[]>();
  while (seen.size < points) {
    const point = vector();
    seen.set(point.join(), point);
  }
  const x = [...seen.values()];
  const y = x.map((point) => evaluate(network, point));
  const half = y.map(() => Rational.of(random.integer(slack === 0 ? 0 : 1, slack), 7));
  const column = (values: readonly Rational[]): ExactColumn => ExactColumn.fromRationals(values);
  const problem = makeProblem({
    name: 'random task',
    inputs: zeros.map((_, i) => column(x.map((point) => point[i]!))),
    labels: slack === 0 ? column(y) : null,
    lower: slack === 0 ? null : column(y.map((value, n) => value.subtract(half[n]!))),
    upper: slack === 0 ? null : column(y.map((value, n) => value.add(half[n]!))),
    describeRow: (n) => `row ${n}`,
  });
  return { problem, network };
}
