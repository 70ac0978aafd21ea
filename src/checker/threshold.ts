import type { ThresholdClaim, ThresholdCrossing, ThresholdProof } from '../certificate/threshold.js';
import { floorDivide } from '../exact/bigint.js';
import { type Enclosure, exactly, logarithm, power, powerSecant } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

/** Precisions (bits) at which an interval and a crossing are tried, where secants replace powers, and what counts as a tie. */
export const THRESHOLD_CHECK = {
  bits: [96, 192, 384],
  secantFrom: Rational.of(63, 64),
  toleranceBits: 40,
} as const;

/**
 * breakpoints, crossing -> lower <= p* <= upper.
 *
 * Runs are independent, so all minimisers are sparsest at p exactly when in every run each tiling that is not sparsest costs
 * more than the cheapest sparsest one (Theorem 3.1 reduces minimisers to tilings). That is shown for every p in
 * [0, lower], and refuted for p = upper.
 *
 * @param proceed told the share of the work that is done, again and again; it may throw to end the check
 */
export function checkThreshold(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
  proceed: (share: number) => void = () => {},
): void {
  guard(
    problem.dimension === 1 && problem.exact,
    'threshold-problem',
    () => 'p* is about one input and exact labels',
  );
  const lower = rational(claim.lower, 'claim.lower');
  const upper = rational(claim.upper, 'claim.upper');
  guard(lower.compare(upper) <= 0, 'threshold-claim', () => `lower = ${lower} is above upper = ${upper}`);
  const breakpoints = checkBreakpoints(proof.breakpoints, lower);
  const runs = runsOf(problem);
  const tiles = runs.reduce((sum, { changes }) => sum + tilesOf(changes.length), 0);
  const all = tiles * (breakpoints.length - 1);
  let done = 0;
  const tile = () => proceed(done++ / all);
  for (let i = 1; i < breakpoints.length; i++) {
    const from = breakpoints[i - 1]!;
    const to = breakpoints[i]!;
    for (const run of runs) {
      guard(
        sparsestWinsOn(run, from, to, tile),
        'threshold-interval',
        () => `on [${from}, ${to}] more knots may be cheaper in the run at point ${run.point}`,
      );
    }
  }
  const needed = upper.lessThan(Rational.one);
  guard(
    needed === (proof.crossing !== undefined),
    'threshold-crossing',
    () => `upper = ${upper} ${needed ? 'needs a crossing' : 'is trivial and has no crossing'}`,
  );
  if (proof.crossing !== undefined) checkCrossing(runs, proof.crossing, upper);
}

/** breakpoints -> a partition of [0, lower]. */
function checkBreakpoints(texts: readonly string[], lower: Rational): Rational[] {
  const rule = 'threshold-breakpoints';
  guard(Array.isArray(texts) && texts.length > 0, rule, () => 'expected a list that begins with "0"');
  const breakpoints = texts.map((text, i) => rational(text, `breakpoints[${i}]`));
  guard(breakpoints[0]!.isZero(), rule, () => `the first is ${breakpoints[0]}, expected 0`);
  for (let i = 1; i < breakpoints.length; i++) {
    guard(
      breakpoints[i - 1]!.lessThan(breakpoints[i]!),
      rule,
      () => `entry ${i} is ${breakpoints[i]}, not above the one before it`,
    );
  }
  const last = breakpoints[breakpoints.length - 1]!;
  guard(last.equals(lower), rule, () => `the last is ${last}, the claim's lower is ${lower}`);
  return breakpoints;
}

function rational(text: unknown, name: string): Rational {
  guard(
    typeof text === 'string' && /^\d{1,400}(\/\d{1,400})?$/.test(text) && !/\/0*$/.test(text),
    'threshold-number',
    () => `${name}: expected a rational such as "3/8"`,
  );
  const value = Rational.parse(text);
  guard(value.compare(Rational.one) <= 0, 'threshold-number', () => `${name} = ${text} is above 1`);
  return value;
}

/** A run: its first point and the differences of slope e_0 .. e_{L-1} at its points, divided by the largest of them. */
export interface Run {
  readonly point: number;
  readonly changes: readonly Rational[];
}

/** The runs of equal nonzero curvature of the data, from the problem alone. */
export function runsOf(problem: Problem): Run[] {
  const x = problem.inputs[0]!;
  const y = problem.lower;
  const slope = (i: number) => Rational.of(y.integer(i + 1) - y.integer(i), x.integer(i + 1) - x.integer(i));
  const runs: { point: number; changes: Rational[] }[] = [];
  let sign = 0;
  let left = problem.size > 1 ? slope(0) : Rational.zero;
  for (let i = 1; i < problem.size - 1; i++) {
    const right = slope(i);
    const change = right.subtract(left);
    if (change.sign() !== 0) {
      if (change.sign() !== sign) runs.push({ point: i, changes: [] });
      runs[runs.length - 1]!.changes.push(change.abs());
    }
    sign = change.sign();
    left = right;
  }
  return runs.map(({ point, changes }) => ({ point, changes: scaledByLargest(changes) }));
}

/** Divides by the largest. p* does not depend on the scale; this one keeps the bends of large tiles, and hence all, small. */
function scaledByLargest(changes: readonly Rational[]): Rational[] {
  const largest = changes.reduce((a, b) => (a.lessThan(b) ? b : a));
  return changes.map((c) => c.divide(largest));
}

/** What is known of the cost of one tile on an interval, in units of 2^-bits. */
interface TileCost {
  /** Its values at the two ends. */
  readonly ends: readonly [Enclosure, Enclosure];
  /** (to - from)^2 / 8 times its second derivative: least and largest value on the interval. */
  readonly bend: Pick<Enclosure, 'lower' | 'upper'>;
}

/** Tiles whose costs are compared. Without neighbouring tiles 1, never cheapest, only L = 4 or L >= 6 has tilings that are not sparsest. */
function tilesOf(points: number): number {
  return points < 4 || points === 5 ? 0 : 2 * points - 1;
}

/**
 * run, [from, to] -> every tiling that is not sparsest costs more than some sparsest one, for every p in [from, to].
 * @param tile called before the cost of a tile is enclosed
 */
export function sparsestWinsOn({ changes }: Run, from: Rational, to: Rational, tile = () => {}): boolean {
  if (tilesOf(changes.length) === 0) return true;
  return THRESHOLD_CHECK.bits.some((bits) => {
    const cost = (c: Rational) => {
      tile();
      return tileCost(c, from, to, bits);
    };
    const single = changes.map(cost);
    const double = changes.slice(1).map((c, k) => cost(c.add(changes[k]!)));
    const reference = sparsestReference(single, double, bits);
    // The difference D(p) of two costs is at least its chord minus (to - from)^2 / 8 max(0, max D''), hence positive on the whole
    // interval when the chord is positive at both ends, with and without the sum of the bends.
    return ([0, 1] as const).every((end) =>
      [false, true].every((bent) => leastExcess(single, double, reference, end, bent) > 0n),
    );
  });
}

/**
 * With x = ln c. On intervals that begin below 63/64 the cost is c^p, and its second derivative x^2 c^p is monotone in p. On others it is
 * -(c - c^p)/(1 - p), minus the mean of c^t x over t in [p, 1], which orders tilings alike because all have the same sum of c; its second derivative
 * -c x^3 E((1 - p) x), E(z) = int_0^1 t^2 e^(-z t) dt, falls in p.
 */
function tileCost(c: Rational, from: Rational, to: Rational, bits: number): TileCost {
  const x = logarithm(c, bits);
  const weight = to.subtract(from);
  const factor = weight.multiply(weight).divide(Rational.of(8));
  if (from.lessThan(THRESHOLD_CHECK.secantFrom)) {
    const a = power(c, from, bits);
    const b = power(c, to, bits);
    const square = product(x, x);
    return { ends: [a, b], bend: scaled(hull(product(square, a), product(square, b)), factor) };
  }
  const negative = (value: Enclosure): Enclosure => ({ lower: -value.upper, upper: -value.lower, bits });
  const second = (p: Rational) => {
    const z = scaled(x, Rational.one.subtract(p));
    return negative(product(product(exactly(c, bits), product(x, product(x, x))), squareMoment(z)));
  };
  return {
    ends: [
      negative(powerSecant(c, from, Rational.one, bits)),
      negative(powerSecant(c, to, Rational.one, bits)),
    ],
    bend: scaled(hull(second(from), second(to)), factor),
  };
}

/** E(z) = int_0^1 t^2 e^(-z t) dt = sum (-z)^k / (k! (k + 3)). Once |z| <= k / 2 the rest is at most twice the next term. */
function squareMoment(z: Enclosure): Enclosure {
  const { bits } = z;
  let term = exactly(Rational.one, bits);
  let sum: Enclosure = { lower: 0n, upper: 0n, bits };
  const reach = Number(magnitude(z) >> BigInt(bits)) + 1;
  for (let k = 0; ; k++) {
    const part = scaled(term, Rational.of(1, k + 3));
    sum = { lower: sum.lower + part.lower, upper: sum.upper + part.upper, bits };
    const next = scaled(product(term, z), Rational.of(-1, k + 1));
    const size = magnitude(next);
    if (k + 1 >= 2 * reach && size < 4n) {
      return { lower: sum.lower - 2n * size, upper: sum.upper + 2n * size, bits };
    }
    term = next;
  }
}

function product(a: Enclosure, b: Enclosure): Enclosure {
  const products = [a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper];
  const [least, largest] = extremes(products);
  const shift = BigInt(a.bits);
  return { lower: least >> shift, upper: -(-largest >> shift), bits: a.bits };
}

function scaled(a: Enclosure, factor: Rational): Enclosure {
  const [least, largest] = extremes([a.lower * factor.numerator, a.upper * factor.numerator]);
  const d = factor.denominator;
  return { lower: floorDivide(least, d), upper: -floorDivide(-largest, d), bits: a.bits };
}

function hull(a: Enclosure, b: Enclosure): Enclosure {
  const [lower, upper] = extremes([a.lower, a.upper, b.lower, b.upper]);
  return { lower, upper, bits: a.bits };
}

/** The largest absolute value in an enclosure. */
function magnitude(a: Enclosure): bigint {
  return extremes([a.lower, -a.lower, a.upper, -a.upper])[1];
}

function extremes(values: readonly bigint[]): [least: bigint, largest: bigint] {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  return [sorted[0]!, sorted[sorted.length - 1]!];
}

/**
 * A sparsest tiling that is cheap at the right end, as `begins[k]` = length of its tile at k. Any would do; a cheap one makes the
 * bounds sharp. Of those that tie within 2^-toleranceBits the first is taken.
 */
function sparsestReference(
  single: readonly TileCost[],
  double: readonly TileCost[],
  bits: number,
): Uint8Array {
  const points = single.length;
  const tolerance = 1n << BigInt(bits - THRESHOLD_CHECK.toleranceBits);
  const right = (tile: TileCost) => tile.ends[1].upper;
  let chosen = points;
  if (points % 2 === 1) {
    let value = 0n;
    let least = 0n;
    chosen = 0;
    for (let t = 2; t < points; t += 2) {
      value += right(double[t - 2]!) + right(single[t]!) - right(single[t - 2]!) - right(double[t - 1]!);
      if (value < least - tolerance) {
        least = value;
        chosen = t;
      }
    }
  }
  const begins = new Uint8Array(points);
  for (let k = 0; k < points; k += begins[k]!) begins[k] = k === chosen ? 1 : 2;
  return begins;
}

/**
 * The least of (cost of a tiling that is not sparsest) - (cost of the reference) at one end, bounded from below, with or without
 * the bends; common tiles cancel.
 *
 * Without neighbouring tiles 1 a tiling is not sparsest exactly when some tile 1 begins at an odd position: tiles 1 alternate
 * between even and odd positions, and a sparsest tiling has at most one, an even one. State = 2 * (seen one) + (last tile is a 2).
 */
function leastExcess(
  single: readonly TileCost[],
  double: readonly TileCost[],
  reference: Uint8Array,
  end: 0 | 1,
  bent: boolean,
): bigint {
  const points = single.length;
  const taken = (tile: TileCost) => tile.ends[end].lower - (bent ? tile.bend.upper : 0n);
  const givenUp = (tile: TileCost) => tile.ends[end].upper - (bent ? tile.bend.lower : 0n);
  const paid = new Array<bigint>(points + 2).fill(0n);
  for (let k = 0; k < points; k += reference[k]!) {
    paid[k + reference[k]!] = givenUp((reference[k] === 1 ? single : double)[k]!);
  }
  const best: (bigint | null)[][] = Array.from({ length: points + 2 }, () => [null, null, null, null]);
  best[0]![1] = 0n;
  for (let k = 0; k < points; k++) {
    const offer = (state: number, length: 1 | 2, cost: bigint) => {
      const value = best[k]![state];
      if (value === null || value === undefined) return;
      const seen = state >= 2 || (length === 1 && k % 2 === 1);
      const target = 2 * Number(seen) + (length - 1);
      const total = value + cost;
      const old = best[k + length]![target];
      if (old === null || old === undefined || total < old) best[k + length]![target] = total;
    };
    const one = reference[k] === 1 ? 0n : taken(single[k]!) - paid[k + 1]!;
    offer(1, 1, one);
    offer(3, 1, one);
    if (k + 1 < points) {
      const two = reference[k] === 2 ? 0n : taken(double[k]!) - paid[k + 1]! - paid[k + 2]!;
      for (let state = 0; state < 4; state++) offer(state, 2, two);
    }
  }
  const [one, two] = [best[points]![2], best[points]![3]];
  if (one === null || one === undefined) return two!;
  return two === null || two === undefined || one < two ? one : two;
}

/** crossing -> at p = upper its tiling is cheaper than every sparsest tiling of its run, and is not sparsest. */
function checkCrossing(runs: readonly Run[], crossing: ThresholdCrossing, upper: Rational): void {
  const rule = 'threshold-crossing';
  guard(typeof crossing === 'object' && crossing !== null, rule, () => 'expected { point, tiles }');
  const run = runs.find(({ point }) => point === crossing.point);
  guard(run !== undefined, rule, () => `no run begins at point ${crossing.point}`);
  const { changes } = run;
  const points = changes.length;
  const lengths = typeof crossing.tiles === 'string' ? crossing.tiles : '';
  guard(/^[12]+$/.test(lengths), rule, () => 'tiles: expected a string of the digits 1 and 2');
  const total = lengths.length + (lengths.match(/2/g)?.length ?? 0);
  guard(total === points, rule, () => `the tiles cover ${total} points, the run has ${points}`);
  guard(
    lengths.length > (points + 1) >> 1,
    rule,
    () => `a tiling of ${lengths.length} tiles is a sparsest one`,
  );
  guard(
    THRESHOLD_CHECK.bits.some((bits) => isCheaper(changes, lengths, upper, bits)),
    rule,
    () =>
      `at p = ${upper} the tiling ${lengths.slice(0, 40)} is not strictly cheaper than every sparsest one`,
  );
}

function isCheaper(changes: readonly Rational[], lengths: string, p: Rational, bits: number): boolean {
  const points = changes.length;
  const single = changes.map((c) => power(c, p, bits));
  const double = changes.slice(1).map((c, k) => power(c.add(changes[k]!), p, bits));
  let cost = 0n;
  let k = 0;
  for (const length of lengths) {
    cost += (length === '1' ? single[k]! : double[k]!).upper;
    k += Number(length);
  }
  // Pairs from the left, the tile 1 of an odd run at t, pairs to the right: from t to t + 2 two tiles change.
  let sparsest = 0n;
  for (let t = points % 2; t < points; t += 2) sparsest += double[t]!.lower;
  if (points % 2 === 0) return cost < sparsest;
  sparsest += single[0]!.lower;
  let least = sparsest;
  for (let t = 2; t < points; t += 2) {
    sparsest += double[t - 2]!.lower + single[t]!.lower - single[t - 2]!.lower - double[t - 1]!.lower;
    if (sparsest < least) least = sparsest;
  }
  return cost < least;
}
