import type { ThresholdClaim, ThresholdCrossing, ThresholdProof } from '../certificate/threshold.js';
import type { Problem } from '../data/problem.js';
import { type Enclosure, exactly, logarithm, power, powerSecant } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { guard } from './verdict.js';

/** Precisions (bits) at which an interval and a crossing are tried, and where secants replace powers. */
export const THRESHOLD_CHECK = { bits: [96, 192, 384], secantFrom: Rational.of(63, 64) } as const;

/**
 * breakpoints, crossing -> lower <= p* <= upper.
 *
 * Runs are independent, so all minimisers are sparsest at p exactly when in every run each tiling that is not sparsest costs
 * more than the cheapest sparsest one (Theorem 3.1 reduces minimisers to tilings). That is shown for every p in
 * [0, lower], and refuted for p = upper.
 */
export function checkThreshold(problem: Problem, claim: ThresholdClaim, proof: ThresholdProof): void {
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
  for (let i = 1; i < breakpoints.length; i++) {
    const from = breakpoints[i - 1]!;
    const to = breakpoints[i]!;
    for (const run of runs) {
      guard(
        sparsestWinsOn(run.changes, from, to),
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

/** A run: its first point and the differences of slope e_0 .. e_{L-1} at its points, divided by their median. */
interface Run {
  readonly point: number;
  readonly changes: readonly Rational[];
}

/** The runs of equal nonzero curvature of the data, from the problem alone. */
function runsOf(problem: Problem): Run[] {
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
  return runs.map(({ point, changes }) => ({ point, changes: scaledByMedian(changes) }));
}

/** Divides by the (upper) median. p* does not depend on the scale, the sharpness of the bounds does. */
function scaledByMedian(changes: readonly Rational[]): Rational[] {
  const median = [...changes].sort((a, b) => a.compare(b))[changes.length >> 1]!;
  return changes.map((c) => c.divide(median));
}

/**
 * Cost of a tile at the two ends of an interval, as lines: for every p of the interval, low(p) <= cost(p) <= high(p), where low and high
 * are the linear functions with the given values at the ends. Units of 2^-bits.
 */
interface TileLines {
  readonly low: readonly [bigint, bigint];
  readonly high: readonly [bigint, bigint];
  /** What bounds on differences of neighbouring tiles are made of: the costs, ln c, and the largest c^t in a second derivative. */
  readonly cost: readonly [Enclosure, Enclosure];
  readonly ln: Enclosure;
  readonly size: bigint;
}

/** run, [from, to] -> every tiling that is not sparsest costs more than some sparsest one, for every p in [from, to]. */
function sparsestWinsOn(changes: readonly Rational[], from: Rational, to: Rational): boolean {
  const points = changes.length;
  // Without neighbouring tiles 1, which are never cheapest, other tilings than the sparsest need L = 4 or L >= 6.
  if (points < 4 || points === 5) return true;
  return THRESHOLD_CHECK.bits.some((bits) => {
    const single = changes.map((c) => tileLines(c, from, to, bits));
    const double = changes.slice(1).map((c, k) => tileLines(c.add(changes[k]!), from, to, bits));
    const shift = double.map((tile, k) => (k === 0 ? null : shiftLow(tile, double[k - 1]!, from, to, bits)));
    const reference = sparsestReference(single, double);
    // low and high are linear in p, so a positive difference at both ends is positive between them.
    return ([0, 1] as const).every((end) => leastExcess(single, double, shift, reference, end) > 0n);
  });
}

/**
 * Lines around the cost of a tile. Up to 63/64 the cost is c^p, convex in p; above it is -(c - c^p)/(1 - p) = -(mean of c^t ln c over
 * t in [p, 1]), which orders tilings alike because all have the same sum of c, is concave for c >= 1 and convex for c <= 1.
 * The chord deviates by at most (to - from)^2 / 8 times the largest second derivative: ln^2 c * size with
 * size = max(c^from, c^to), respectively |ln c|^3 / 3 * size with size = max(c, c^from).
 */
function tileLines(c: Rational, from: Rational, to: Rational, bits: number): TileLines {
  const secant = usesSecants(to);
  const cost = (p: Rational): Enclosure => {
    if (!secant) return power(c, p, bits);
    const h = powerSecant(c, p, Rational.one, bits);
    return { lower: -h.upper, upper: -h.lower, bits };
  };
  const a = cost(from);
  const b = cost(to);
  const ln = logarithm(c, bits);
  const size = secant ? max(exactly(c, bits).upper, power(c, from, bits).upper) : max(a.upper, b.upper);
  const x = max(-ln.lower, ln.upper);
  const square = times(x, x, bits);
  const second = times(size, secant ? times(square, x, bits) / 3n + 1n : square, bits);
  const deviation = bend(second, from, to);
  const convex = !secant || c.compare(Rational.one) <= 0;
  const below = convex ? deviation : 0n;
  const above = convex ? 0n : deviation;
  return {
    low: [a.lower - below, b.lower - below],
    high: [a.upper + above, b.upper + above],
    cost: [a, b],
    ln,
    size,
  };
}

/**
 * Two tiles -> at both ends, a line below cost(tile) - cost(before). With x = ln c and X = max |x|, the second derivative changes with x at
 * a rate of at most (2 X + X^2) size, respectively (X^2 + X^3 / 3) size.
 */
function shiftLow(
  tile: TileLines,
  before: TileLines,
  from: Rational,
  to: Rational,
  bits: number,
): readonly [bigint, bigint] {
  const x = max(max(-tile.ln.lower, tile.ln.upper), max(-before.ln.lower, before.ln.upper));
  const square = times(x, x, bits);
  const rate = usesSecants(to) ? square + times(square, x, bits) / 3n + 1n : 2n * x + square;
  const apart = max(tile.ln.upper - before.ln.lower, before.ln.upper - tile.ln.lower);
  const deviation = bend(times(times(apart, rate, bits), max(tile.size, before.size), bits), from, to);
  return [
    tile.cost[0].lower - before.cost[0].upper - deviation,
    tile.cost[1].lower - before.cost[1].upper - deviation,
  ];
}

function usesSecants(to: Rational): boolean {
  return THRESHOLD_CHECK.secantFrom.lessThan(to);
}

/** Product of two numbers >= 0 in units of 2^-bits, rounded up. */
function times(x: bigint, y: bigint, bits: number): bigint {
  return ((x * y) >> BigInt(bits)) + 1n;
}

/** (to - from)^2 / 8 * second, rounded up. */
function bend(second: bigint, from: Rational, to: Rational): bigint {
  const { numerator, denominator } = to.subtract(from);
  return (second * numerator * numerator) / (8n * denominator * denominator) + 1n;
}

/** A cheap sparsest tiling as `begins[k]` = length of its tile at k. Any will do: a cheap one makes the bounds sharp. */
function sparsestReference(single: readonly TileLines[], double: readonly TileLines[]): Uint8Array {
  const points = single.length;
  let chosen = points;
  if (points % 2 === 1) {
    let value = 0n;
    let least = 0n;
    chosen = 0;
    for (let t = 2; t < points; t += 2) {
      value += double[t - 2]!.high[1] + single[t]!.high[1] - single[t - 2]!.high[1] - double[t - 1]!.high[1];
      if (value < least) {
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
 * The least of (low cost of a tiling that is not sparsest) - (high cost of the reference) at one end; common tiles cancel.
 *
 * Without neighbouring tiles 1 a tiling is not sparsest exactly when some tile 1 begins at an odd position: tiles 1 alternate
 * between even and odd positions, and a sparsest tiling has at most one, an even one. State = 2 * (seen one) + (last tile is a 2).
 */
function leastExcess(
  single: readonly TileLines[],
  double: readonly TileLines[],
  shift: readonly (readonly [bigint, bigint] | null)[],
  reference: Uint8Array,
  end: 0 | 1,
): bigint {
  const points = single.length;
  const paid = new Array<bigint>(points + 2).fill(0n);
  for (let k = 0; k < points; k += reference[k]!) {
    paid[k + reference[k]!] = (reference[k] === 1 ? single[k]! : double[k]!).high[end];
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
    const one = reference[k] === 1 ? 0n : single[k]!.low[end] - paid[k + 1]!;
    offer(1, 1, one);
    offer(3, 1, one);
    if (k + 1 < points) {
      // The usual case inside a stretch: only the reference's tile 2 at k - 1 ends under this tile.
      const shifted = k > 0 && reference[k - 1] === 2 && reference[k + 1] !== 1;
      const two =
        reference[k] === 2
          ? 0n
          : shifted
            ? shift[k]![end]
            : double[k]!.low[end] - paid[k + 1]! - paid[k + 2]!;
      for (let state = 0; state < 4; state++) offer(state, 2, two);
    }
  }
  const ends = best[points]!.slice(2).filter((value) => value !== null);
  return ends.reduce((least, value) => (value < least ? value : least));
}

/** crossing -> at p = upper its tiling is cheaper than every sparsest tiling of its run, and is not sparsest. */
function checkCrossing(runs: readonly Run[], crossing: ThresholdCrossing, upper: Rational): void {
  const rule = 'threshold-crossing';
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

function max(a: bigint, b: bigint): bigint {
  return a < b ? b : a;
}
