import { lcm } from '../exact/bigint.js';
import { ModularRows, PRIMES, residueOf } from '../exact/modular.js';
import { solveByLifting } from '../exact/p-adic.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron } from '../problem/network.js';
import type { Conditions } from './conditions.js';
import type { Descent, Event } from './descent.js';

/**
 * The network that a descent has reached after `events` of its events, in rationals: the products and neurons that are 0 by then are left
 * out, points on hyperplanes lie there exactly, the outputs at the held points are `targets`. What these conditions leave open keeps its
 * double. Null when they contradict each other, as they may when doubles have seen events in the wrong order.
 *
 * Nothing is promised but the conditions; the caller evaluates the network.
 */
export function exactified(
  conditions: Conditions,
  { events, values }: Descent,
  length: number,
  targets: readonly Rational[],
): Network | null {
  const { unknowns, units } = conditions;
  const { columns, signs } = structureAfter(conditions, events.slice(0, length));
  const doubles = values[length - 1]!;
  const equations = [...conditions.equations(columns, signs)];
  const solution = solved(
    equations.map(({ row }) => row),
    equations.map(({ output }) => (output === null ? Rational.zero : targets[output]!)),
    columns.map((j) => Rational.fromDouble(doubles[j]!).multiply(units[unknowns[j]!.i]!)),
  );
  if (solution === null) return null;
  const changed = new Map(columns.map((j, c) => [j, solution[c]!.divide(units[unknowns[j]!.i]!)]));
  return networkOf(conditions, changed);
}

/** What is still there after some events: unknowns by number, and the signs of rays at held points. */
function structureAfter(
  { unknowns, signs }: Conditions,
  events: readonly Event[],
): { readonly columns: number[]; readonly signs: readonly Int8Array[] } {
  const moved = signs.map((own) => own.slice());
  const zero = new Set<number>();
  const gone = new Set<number>();
  for (const event of events) {
    if (event.kind === 'zero') zero.add(event.unknown);
    else if (event.kind === 'gone') gone.add(event.ray);
    else moved[event.ray]![event.point] = 0;
  }
  const columns = [...unknowns.keys()].filter((j) => !zero.has(j) && !gone.has(unknowns[j]!.ray));
  return { columns, signs: moved };
}

/**
 * A solution of rows . x = right whose loose unknowns have the values proposed, or null: by elimination modulo a prime and p-adic
 * lifting. Exact, but rows that depend on others modulo the prime are not looked at.
 */
function solved(
  rows: readonly (readonly bigint[])[],
  right: readonly Rational[],
  proposed: readonly Rational[],
): Rational[] | null {
  const size = proposed.length;
  const factored = new ModularRows(size, PRIMES[0]);
  const chosen = [...rows.keys()].filter((r) => {
    if (factored.rank === size) return false;
    return factored.take(Float64Array.from(rows[r]!, (value) => residueOf(value, factored.p)));
  });
  const solution = [...proposed];
  if (chosen.length === 0) return solution;
  const isPivot = new Set(factored.pivots);
  const loose = [...proposed.keys()].filter((j) => !isPivot.has(j));
  const rest = chosen.map((r) =>
    loose.reduce(
      (sum, j) => (rows[r]![j] === 0n ? sum : sum.subtract(proposed[j]!.multiply(Rational.of(rows[r]![j]!)))),
      right[r]!,
    ),
  );
  const common = rest.reduce((d, value) => lcm(d, value.denominator), 1n);
  const { numerators, denominator } = solveByLifting(
    chosen.map((r) => rows[r]!),
    factored,
    rest.map((value) => value.numerator * (common / value.denominator)),
  );
  factored.pivots.forEach((j, r) => {
    solution[j] = Rational.of(numerators[r]!, denominator * common);
  });
  return solution;
}

/** The network with the given numbers in the place of its own: unknowns by number, sign_k z_ki; those that are missing are 0. */
export function networkOf(
  { rays, unknowns, network, skip, problem }: Conditions,
  values: ReadonlyMap<number, Rational>,
): Network {
  const width = problem.dimension + 1;
  const numbers = [...rays, null].map(() => new Array<Rational>(width).fill(Rational.zero));
  const present = new Set<number>();
  for (const [j, value] of values) {
    const { ray, i } = unknowns[j]!;
    numbers[ray < 0 ? rays.length : ray]![i] = value;
    present.add(ray);
  }
  const neurons = rays.flatMap(({ neuron, sign }, k): Neuron[] => {
    if (!present.has(k)) return [];
    const { outputWeight } = network.neurons[neuron]!;
    const weights = numbers[k]!.map((value) => value.multiply(Rational.of(sign)).divide(outputWeight.abs()));
    return [{ inputWeights: weights.slice(0, -1), bias: weights.at(-1)!, outputWeight }];
  });
  const free = numbers[rays.length]!;
  return {
    inputDimension: problem.dimension,
    skip: skip === 'none' ? null : { weights: free.slice(0, -1), bias: free.at(-1)! },
    neurons,
  };
}
