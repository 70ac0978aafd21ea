import { lcm } from '../exact/bigint.js';
import { ModularRows, PRIMES, residueOf } from '../exact/modular.js';
import { type CommonFraction, solveByLifting } from '../exact/p-adic.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron } from '../problem/network.js';
import { type Conditions, dot } from './conditions.js';
import type { Descent, Event } from './descent.js';

/**
 * The network that a descent has reached after `length` of its events, in rationals: the products and neurons that are 0 by then are left
 * out, points on hyperplanes lie there exactly, the outputs at the held points are `targets`. What these conditions leave open keeps its
 * double. Null when there is none, as may be when doubles have seen events in the wrong order: all conditions, and the side of every
 * ray at every held point, are looked at in integers.
 */
export function exactified(
  conditions: Conditions,
  { events, values }: Descent,
  length: number,
  targets: readonly Rational[],
): Network | null {
  const { unknowns, units, points, rays } = conditions;
  const { columns, signs } = structureAfter(conditions, events.slice(0, length));
  const doubles = values[length - 1]!;
  const equations = [...conditions.equations(columns, signs)];
  const right = equations.map(({ output }) => (output === null ? Rational.zero : targets[output]!));
  const rows = equations.map(({ row }) => row);
  const proposed = columns.map((j) => Rational.fromDouble(doubles[j]!).multiply(units[unknowns[j]!.i]!));
  const solution = solved(rows, right, proposed);
  const { numerators, denominator } = solution;
  // Outputs that no unknown reaches have to be 0 as they are.
  const reached = new Set(equations.map(({ output }) => output));
  if (targets.some((target, n) => !reached.has(n) && !target.isZero())) return null;
  const holds = rows.every((row, r) => {
    const { numerator: n, denominator: d } = right[r]!;
    return dot(row, numerators) * d === n * denominator;
  });
  if (!holds) return null;
  const ofRay = rays.map(() => new Array<bigint>(units.length).fill(0n));
  columns.forEach((j, c) => {
    const { ray, i } = unknowns[j]!;
    if (ray >= 0) ofRay[ray]![i] = numerators[c]!;
  });
  const isOnItsSide = ofRay.every((form, k) => {
    if (form.every((value) => value === 0n)) return true;
    return points.every((point, n) => {
      const value = dot(form, point) * BigInt(rays[k]!.sign);
      const sign = signs[k]![n]!;
      return sign > 0 ? value >= 0n : sign < 0 ? value <= 0n : value === 0n;
    });
  });
  if (!isOnItsSide) return null;
  // One reduction to lowest terms a number: they are long.
  const changed = new Map(
    columns.map((j, c) => {
      const unit = units[unknowns[j]!.i]!;
      return [j, Rational.of(numerators[c]! * unit.denominator, denominator * unit.numerator)];
    }),
  );
  return networkOf(conditions, changed);
}

/** The network with the same signs at all held points and nonzero weights that has these outputs there, or null. Exact. */
export function fitted(conditions: Conditions, targets: readonly Rational[]): Network | null {
  const { unknowns, rays, network } = conditions;
  const own = Float64Array.from(unknowns, ({ ray, i }) => {
    if (ray >= 0) return rays[ray]!.sign * rays[ray]!.weights[i]!.toNumber();
    return network.skip === null ? 0 : (network.skip.weights[i] ?? network.skip.bias).toNumber();
  });
  return exactified(conditions, { events: [], values: [own] }, 1, targets);
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
 * A solution of rows . x = right whose loose unknowns have the values proposed, over one denominator: by elimination modulo a prime and
 * p-adic lifting. Exact, but rows that depend on others modulo the prime are not looked at.
 */
function solved(
  rows: readonly (readonly bigint[])[],
  right: readonly Rational[],
  proposed: readonly Rational[],
): CommonFraction {
  const size = proposed.length;
  const factored = new ModularRows(size, PRIMES[0]);
  const chosen = [...rows.keys()].filter((r) => {
    if (factored.rank === size) return false;
    return factored.take(Float64Array.from(rows[r]!, (value) => residueOf(value, factored.p)));
  });
  const isPivot = new Set(factored.pivots);
  const loose = [...proposed.keys()].filter((j) => !isPivot.has(j));
  const rest = chosen.map((r) =>
    loose.reduce(
      (sum, j) => (rows[r]![j] === 0n ? sum : sum.subtract(proposed[j]!.multiply(Rational.of(rows[r]![j]!)))),
      right[r]!,
    ),
  );
  const common = [...rest, ...loose.map((j) => proposed[j]!)].reduce(
    (d, value) => lcm(d, value.denominator),
    1n,
  );
  const { numerators, denominator } = solveByLifting(
    chosen.map((r) => rows[r]!),
    factored,
    rest.map((value) => value.numerator * (common / value.denominator)),
  );
  const all = new Array<bigint>(size).fill(0n);
  for (const j of loose) all[j] = proposed[j]!.numerator * (common / proposed[j]!.denominator) * denominator;
  factored.pivots.forEach((j, r) => {
    all[j] = numerators[r]!;
  });
  return { numerators: all, denominator: denominator * common };
}

/** The network with the given numbers in the place of its own: unknowns by number, sign_k z_ki; those that are missing are 0. All v are 1 or -1. */
export function networkOf(
  { rays, unknowns, skip, problem }: Conditions,
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
  const neurons = rays.flatMap(({ sign }, k): Neuron[] => {
    if (!present.has(k)) return [];
    const weights = sign > 0 ? numbers[k]! : numbers[k]!.map((value) => value.negate());
    return [{ inputWeights: weights.slice(0, -1), bias: weights.at(-1)!, outputWeight: Rational.of(sign) }];
  });
  const free = numbers[rays.length]!;
  return {
    inputDimension: problem.dimension,
    skip: skip === 'none' ? null : { weights: free.slice(0, -1), bias: free.at(-1)! },
    neurons,
  };
}
