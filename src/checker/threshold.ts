import type { ThresholdClaim, ThresholdCrossing, ThresholdProof } from '../certificate/threshold.js';
import { power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import type { Problem } from '../problem/problem.js';
import type { Rule } from './rules.js';
import { Runs } from './runs.js';
import { type Interval, makeRun, type Run } from './savings.js';
import { sparsestWins } from './threshold-interval.js';
import { guard } from './verdict.js';

/** Precisions (bits) at which a crossing is tried. */
const CROSSING_BITS = [96, 192, 384] as const;

/** Where costs are compared divided by 1 - p, unless the proof says otherwise. */
const UNIT_FROM = Rational.of(63, 64);

/** Points of runs that are looked at on an interval before the check may be left. */
const POINTS_PER_STEP = 1 << 14;

/** How often an interval is halved where the argument fails: another one, or another reference, may have been meant. */
const HALVINGS = 4;

/**
 * breakpoints, crossing -> lower <= p* <= upper.
 *
 * Runs are independent, so all minimisers are sparsest at p exactly when in every run each tiling that is not sparsest costs
 * more than the cheapest sparsest one (Theorem 3.1 reduces minimisers to tilings). That is shown for every p in
 * [0, lower], and refuted for p = upper.
 *
 * @yields the share of the work that is done, again and again: there the check may be left
 */
export function* checkingThreshold(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
): Generator<number, void, void> {
  guard(
    problem.dimension === 1 && problem.exact,
    'threshold-problem',
    () => 'p* is about one input and exact labels',
  );
  const lower = rational(claim.lower, 'claim.lower');
  const upper = rational(claim.upper, 'claim.upper');
  guard(lower.compare(upper) <= 0, 'threshold-claim', () => `lower = ${lower} is above upper = ${upper}`);
  const runs = new Runs(problem);
  const intervals = intervalsOf(
    checkBreakpoints(proof.breakpoints, lower, 'threshold-breakpoints'),
    proof.unitFrom,
  );
  const offsets = offsetsOf(proof, intervals.length, runs);
  let done = 0;
  let looked = 0;
  for (const [point, length] of runs) {
    // Without neighbouring tiles 1, which are never cheapest, other tilings than the sparsest need L = 4 or L >= 6.
    if (length < 4 || length === 5) continue;
    const run = makeRun(runs.changes(point));
    for (const [i, interval] of intervals.entries()) {
      const offset = offsets === null ? null : (offsets.get(point)?.[i] ?? 0);
      guard(
        holdsOn(interval, (part) => sparsestWins(run, part, offset)),
        'threshold-interval',
        () => `on [${interval.from}, ${interval.to}] more knots may be cheaper in the run at point ${point}`,
      );
      looked += length;
      if (looked < POINTS_PER_STEP) continue;
      looked = 0;
      yield (done + ((i + 1) * length) / intervals.length) / problem.size;
    }
    done += length;
  }
  const needed = upper.lessThan(Rational.one);
  guard(
    needed === (proof.crossing !== undefined),
    'threshold-crossing',
    () => `upper = ${upper} ${needed ? 'needs a crossing' : 'is trivial and has no crossing'}`,
  );
  if (proof.crossing !== undefined) checkCrossing(runs, proof.crossing, upper);
}

/** The same at once. */
export function checkThreshold(problem: Problem, claim: ThresholdClaim, proof: ThresholdProof): void {
  finish(checkingThreshold(problem, claim, proof));
}

/** The intervals between breakpoints, each with its form. */
export function intervalsOf(breakpoints: readonly Rational[], unitFrom: string | undefined): Interval[] {
  const unit = unitFrom === undefined ? UNIT_FROM : rational(unitFrom, 'unitFrom');
  return breakpoints.slice(1).map((to, i): Interval => {
    const from = breakpoints[i]!;
    return { from, to, form: unit.compare(from) <= 0 ? 'unit' : 'power' };
  });
}

/** breakpoints -> a partition of [0, lower]. */
export function checkBreakpoints(texts: readonly string[], lower: Rational, rule: Rule): Rational[] {
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

/** A number between 0 and 1 as FORMAT.md writes it. */
export function rational(text: unknown, name: string): Rational {
  guard(
    typeof text === 'string' && /^\d{1,400}(\/\d{1,400})?$/.test(text) && !/\/0*$/.test(text),
    'threshold-number',
    () => `${name}: expected a rational such as "3/8"`,
  );
  const value = Rational.parse(text);
  guard(value.compare(Rational.one) <= 0, 'threshold-number', () => `${name} = ${text} is above 1`);
  return value;
}

/** Whether an argument holds on the interval, or on its halves. */
export function holdsOn(
  interval: Interval,
  argument: (interval: Interval) => boolean,
  halvings = HALVINGS,
): boolean {
  if (argument(interval)) return true;
  if (halvings === 0) return false;
  const middle = interval.from.add(interval.to).divide(Rational.of(2));
  return [
    { ...interval, from: middle },
    { ...interval, to: middle },
  ].every((half) => holdsOn(half, argument, halvings - 1));
}

/**
 * references -> the offset of the tile 1 of the reference for every interval, by the first point of the run; 0 for runs that are not named.
 * Null when the proof leaves the choice to the checker.
 */
function offsetsOf(
  { references }: ThresholdProof,
  intervals: number,
  runs: Runs,
): ReadonlyMap<number, Int32Array> | null {
  if (references === undefined) return null;
  const rule = 'threshold-references';
  guard(references.length === intervals, rule, () => `${references.length} entries, ${intervals} intervals`);
  const offsets = new Map<number, Int32Array>();
  references.forEach((changes, i) => {
    for (const [point, offset] of changes) {
      const length = runs.length(point);
      guard(length % 2 === 1, rule, () => `no run with an odd number of points begins at point ${point}`);
      guard(
        offset >= 0 && offset < length && offset % 2 === 0,
        rule,
        () => `the offset ${offset} of the run at point ${point} is not even, or not in 0 .. ${length - 1}`,
      );
      // From this interval on.
      offsets.set(point, (offsets.get(point) ?? new Int32Array(intervals)).fill(offset, i));
    }
  });
  return offsets;
}

/** crossing -> at p = upper its tiling is cheaper than every sparsest tiling of its run, and is not sparsest. */
function checkCrossing(runs: Runs, crossing: ThresholdCrossing, upper: Rational): void {
  const rule = 'threshold-crossing';
  guard(typeof crossing === 'object' && crossing !== null, rule, () => 'expected { point, tiles }');
  const points = runs.length(crossing.point);
  guard(points > 0, rule, () => `no run begins at point ${crossing.point}`);
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
    isCheaper(makeRun(runs.changes(crossing.point)), lengths, upper),
    rule,
    () =>
      `at p = ${upper} the tiling ${lengths.slice(0, 40)} is not strictly cheaper than every sparsest one`,
  );
}

function isCheaper(run: Run, lengths: string, p: Rational): boolean {
  return CROSSING_BITS.some((bits) => isCheaperBy(run, lengths, p, bits));
}

function isCheaperBy({ changes, sums }: Run, lengths: string, p: Rational, bits: number): boolean {
  const points = changes.length;
  const single = changes.map((c) => power(c, p, bits));
  const double = sums.map((c) => power(c, p, bits));
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
