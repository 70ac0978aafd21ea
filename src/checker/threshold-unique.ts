import type { ThresholdClaim, ThresholdProof, TilingName, UniqueClaim } from '../certificate/threshold.js';
import type { Quotient, Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { Runs } from './runs.js';
import type { Interval } from './savings.js';
import { isCheaperAt, limitWins, OddRun, Strip } from './sparsest-shifts.js';
import { checkBreakpoints, checkingThreshold, holdsOn, intervalsOf, rational } from './threshold.js';
import { guard } from './verdict.js';

/** Points of runs that are looked at together on an interval; then the check may be left. */
const POINTS_PER_STEP = 1 << 14;

/** intervals and crossing, then uniqueness -> brackets of p* and of the p below which minimisers are unique. */
export function* checkingThresholdClaim(
  problem: Problem,
  { network, function: values, pieces, proof }: Statement,
  claim: ThresholdClaim,
): Generator<number, string, void> {
  guard(
    [network, values, pieces].every((form) => form === undefined),
    'claim-network',
    () => 'a claim about p* has no network',
  );
  guard(proof.kind === 'threshold', 'claim-proof', () => `proof ${proof.kind} does not bound p*`);
  yield* checkingThreshold(problem, claim, proof);
  const unique = yield* checkUniqueClaim(problem, claim, proof);
  const where = claim.lower === claim.upper ? `= ${claim.lower}` : `lies in [${claim.lower}, ${claim.upper}]`;
  return `p* ${where}: for every p > 0 below it each l^p minimiser is a sparsest interpolant${unique}`;
}

/** The same at once. */
export function checkThresholdClaim(problem: Problem, statement: Statement, claim: ThresholdClaim): string {
  return finish(checkingThresholdClaim(problem, statement, claim));
}

/** limits, intervals, crossing and tie -> brackets of uniqueness, given the bracket of p*. */
export function* checkUniqueClaim(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
): Generator<number, string, void> {
  yield* checkingUnique(problem, claim, proof);
  if (claim.unique === undefined) return '';
  const { below, upToMultisetsBelow } = claim.unique;
  const { lower, upper } = upToMultisetsBelow;
  const until = `unique for every p > 0 below ${lower === upper ? lower : `a number in [${lower}, ${upper}]`}`;
  return below.upper === '0'
    ? `; the minimiser is not unique for small p, but up to the order of its slope changes it is ${until}`
    : `; the minimiser is ${until}`;
}

/**
 * limits, intervals, crossing, tie -> brackets of uniqueness, given claim.lower <= p* <= claim.upper.
 *
 * Below p* all minimisers are sparsest, runs are independent, and in a run with an even number of points there is one sparsest tiling. So
 * minimisers are unique up to the order of slope changes where in every other run one tiling, the limit, costs less than all
 * sparsest ones but those with the same slope changes, and unique as functions when there are no such.
 *
 * @yields the share of the work that is done: there the check may be left
 */
function* checkingUnique(
  problem: Problem,
  claim: ThresholdClaim,
  proof: ThresholdProof,
): Generator<number, void, void> {
  guard(
    (claim.unique === undefined) === (proof.unique === undefined),
    'threshold-unique-claim',
    () => 'brackets of uniqueness and their proof come together',
  );
  if (claim.unique === undefined || proof.unique === undefined) return;
  const { lower, upper, ties } = checkBrackets(claim, claim.unique);
  const { limits: named, breakpoints: texts, crossing, tie } = proof.unique;
  const breakpoints = checkBreakpoints(texts, lower, 'threshold-unique-breakpoints');
  const runs = new Runs(problem);
  const limits = checkLimits(named, runs);
  const oddRun = (point: number) => new OddRun(point, runs.changes(point), limits.get(point) ?? 0);
  if (!lower.isZero()) {
    const intervals = intervalsOf(breakpoints, proof.unitFrom).map(
      (interval): Interval => (interval.from.isZero() ? { ...interval, form: 'zero' } : interval),
    );
    yield* checkIntervals(runs, intervals, limits, ties);
  }
  checkCrossing(crossing, runs, oddRun, { lower, upper, pStar: rational(claim.upper, 'claim.upper') });
  guard(
    ties === (tie !== undefined),
    'threshold-unique-tie',
    () => `unique below ${ties ? '0 needs a tie' : 'the other bracket has no tie'}`,
  );
  if (tie !== undefined) checkTie(tie, runs, oddRun, lower);
}

/** below, upToMultisetsBelow -> the latter's ends, and whether the former is 0. */
function checkBrackets(
  claim: ThresholdClaim,
  { below, upToMultisetsBelow }: UniqueClaim,
): { lower: Rational; upper: Rational; ties: boolean } {
  const rule = 'threshold-unique-claim';
  const ends = (bracket: typeof below, name: string) => [
    rational(bracket.lower, `claim.unique.${name}.lower`),
    rational(bracket.upper, `claim.unique.${name}.upper`),
  ];
  const [lower, upper] = ends(upToMultisetsBelow, 'upToMultisetsBelow') as [Rational, Rational];
  const [belowLower, belowUpper] = ends(below, 'below') as [Rational, Rational];
  guard(lower.compare(upper) <= 0, rule, () => `lower = ${lower} is above upper = ${upper}`);
  guard(
    lower.compare(rational(claim.lower, 'claim.lower')) <= 0,
    rule,
    () => `unique up to ${lower}, but minimisers are shown to be sparsest up to ${claim.lower} only`,
  );
  guard(
    upper.compare(rational(claim.upper, 'claim.upper')) <= 0,
    rule,
    () => `upper = ${upper} is above that of p*`,
  );
  const ties = belowUpper.isZero();
  guard(
    ties ? belowLower.isZero() : belowLower.equals(lower) && belowUpper.equals(upper),
    rule,
    () => `below [${belowLower}, ${belowUpper}] is neither 0 nor the other bracket`,
  );
  return { lower, upper, ties };
}

/** limits -> the offset of the limit by the first point of its run; 0 for those that are not named. */
function checkLimits(named: readonly TilingName[], runs: Runs): ReadonlyMap<number, number> {
  const rule = 'threshold-unique-limits';
  let last = -1;
  for (const name of named) {
    guard(name[0] > last, rule, () => `point ${name[0]} comes after point ${last}`);
    last = name[0];
    checkName(name, runs, rule);
  }
  return new Map(named);
}

/** A run with an odd number of points, 5 or more unless `least` is 3, and an even offset in it. */
function checkName(
  [point, offset]: TilingName,
  runs: Runs,
  rule: 'threshold-unique-limits' | 'threshold-unique-crossing' | 'threshold-unique-tie',
  least = 5,
) {
  const points = runs.length(point);
  guard(
    points % 2 === 1 && points >= least,
    rule,
    () => `no run with an odd number of points, ${least} or more, begins at point ${point}`,
  );
  guard(
    offset >= 0 && offset < points && offset % 2 === 0,
    rule,
    () => `the offset ${offset} of the run at point ${point} is not even, or not in 0 .. ${points - 1}`,
  );
}

/** limits, intervals -> every limit wins on (0, lower], alone unless `ties` allows others with its slope changes. */
function* checkIntervals(
  runs: Runs,
  intervals: readonly Interval[],
  limits: ReadonlyMap<number, number>,
  ties: boolean,
): Generator<number, void, void> {
  const points = [...runs].reduce((sum, [, length]) => sum + (isStripped(length) ? length : 0), 0);
  let done = 0;
  for (const strip of stripsOf(runs, limits, ties)) {
    for (const [i, interval] of intervals.entries()) {
      for (const odd of strip.doubtfulRuns(interval)) {
        guard(
          holdsOn(interval, (part) => limitWins(odd, part)),
          'threshold-unique-interval',
          () =>
            `on [${interval.from}, ${interval.to}] another sparsest tiling of the run at point ${odd.point} may cost as little as that of offset ${odd.limit}`,
        );
      }
      yield (done + (strip.points * (i + 1)) / intervals.length) / points;
    }
    done += strip.points;
    for (const odd of strip.runs)
      guard(ties || !odd.hasTies, 'threshold-unique-tie', () => tieFound(odd.point));
  }
}

const tieFound = (point: number) =>
  `a tiling of the run at point ${point} has the slope changes of the limit`;

/** Runs in which the limit has to be named. */
function isStripped(length: number): boolean {
  return length >= 5 && length % 2 === 1;
}

/** Those runs in strips. In between runs of three points are decided by a comparison. */
function* stripsOf(runs: Runs, limits: ReadonlyMap<number, number>, ties: boolean): Generator<Strip> {
  let strip: OddRun[] = [];
  let points = 0;
  for (const [point, length] of runs) {
    // a, b, c: of a, b + c and a + b, c the more uneven is cheaper for every p, by strict concavity.
    if (length === 3 && !ties)
      guard(!sameEnds(runs.changes(point)), 'threshold-unique-tie', () => tieFound(point));
    if (!isStripped(length)) continue;
    strip.push(new OddRun(point, runs.changes(point), limits.get(point) ?? 0));
    points += length;
    if (points < POINTS_PER_STEP) continue;
    yield new Strip(strip);
    strip = [];
    points = 0;
  }
  if (points > 0) yield new Strip(strip);
}

/** Of a run of three points: its two sparsest tilings have the same slope changes, at every p. */
function sameEnds(changes: readonly Quotient[]): boolean {
  const [a, , c] = changes as readonly [Quotient, Quotient, Quotient];
  return a.numerator * c.denominator === c.numerator * a.denominator;
}

/**
 * crossing -> its tiling is cheaper than the limit of its run at p = upper. The limit is cheapest up to lower > 0, so by continuity two
 * minimisers with different slope changes cost the same at or before upper. Without it upper is that of p*, where a denser
 * tiling has become a minimiser, or 1.
 */
function checkCrossing(
  crossing: TilingName | undefined,
  runs: Runs,
  oddRun: (point: number) => OddRun,
  { lower, upper, pStar }: { lower: Rational; upper: Rational; pStar: Rational },
): void {
  const rule = 'threshold-unique-crossing';
  const needed = upper.lessThan(pStar);
  guard(
    needed === (crossing !== undefined),
    rule,
    () => `upper = ${upper} ${needed ? 'needs a crossing' : 'is that of p* and has no crossing'}`,
  );
  if (crossing === undefined) return;
  guard(!lower.isZero(), rule, () => 'which tiling is cheapest before is not shown: lower is 0');
  checkName(crossing, runs, rule);
  const odd = oddRun(crossing[0]);
  guard(
    isCheaperAt(odd, crossing[1], upper),
    rule,
    () =>
      `at p = ${upper} the tiling of offset ${crossing[1]} is not strictly cheaper than the limit, ${odd.limit}`,
  );
}

/** tie -> another tiling has the slope changes of the limit, which is cheapest for small p: they cost the same at every p. */
function checkTie(tie: TilingName, runs: Runs, oddRun: (point: number) => OddRun, lower: Rational): void {
  const rule = 'threshold-unique-tie';
  const [point, offset] = tie;
  checkName(tie, runs, rule, 3);
  const isTie = () => {
    // Of three points there are only two tilings.
    if (runs.length(point) === 3) return offset === 2 && sameEnds(runs.changes(point));
    guard(!lower.isZero(), rule, () => 'which tiling is cheapest is not shown: lower is 0');
    return oddRun(point).ties[offset / 2] === 1;
  };
  guard(
    isTie(),
    rule,
    () =>
      `the tiling of offset ${offset} in the run at point ${point} has not the slope changes of the limit, or is the limit`,
  );
}
