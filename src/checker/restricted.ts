import type { KnotValues } from '../certificate/knot-values.js';
import type { KnotTreeNode, KnotTreeProof, RestrictedClaim } from '../certificate/restricted.js';
import { abs } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';
import type { Statement } from './check.js';
import { checkFunction } from './function.js';
import { knotPlaces } from './knot-places.js';
import { checkReachable } from './reachable.js';
import { guard } from './verdict.js';

/** Most levels of a tree, and digits of a weight: without limits a forger could keep the checker busy. */
const MOST = { levels: 1000, digits: 100_000 } as const;

/** Signs of a slope change as bits. */
const [UP, DOWN] = [1, 2];

/** tree -> lower bound, function -> upper bound, among functions with knots at given positions. See FORMAT.md for the argument. */
export function checkRestricted(
  problem: Problem,
  { proof, network, pieces, function: values }: Statement,
  claim: RestrictedClaim,
): string {
  const { lowerBound, upperBound } = claim;
  guard(
    network === undefined && pieces === undefined && (values === undefined) === (upperBound === undefined),
    'claim-network',
    () => 'an upper bound and a function must come together, and no network',
  );
  guard(
    proof.kind === 'knot-tree' || proof.kind === 'reachable',
    'claim-proof',
    () => `proof ${proof.kind} does not bound restricted knots`,
  );
  guard(
    problem.dimension === 1 && problem.emptyWindow === null,
    'restricted-problem',
    () => 'restrictions on knots are about one input, and windows that are not empty',
  );
  const positions = claim.positions.map(Rational.parse);
  const largest = claim.maxSlopeChange === undefined ? null : Rational.parse(claim.maxSlopeChange);
  const valuesOn = claim.valuesOn === undefined ? null : Rational.parse(claim.valuesOn);
  guard(
    positions.every((t, k) => k === 0 || positions[k - 1]!.lessThan(t)) &&
      [largest, valuesOn].every((limit) => limit === null || limit.sign() > 0),
    'restricted-positions',
    () => 'positions: expected increasing numbers, a positive slope change and a positive step',
  );
  const limits = `${largest === null ? '' : ` and slope changes of at most ${largest}`}${valuesOn === null ? '' : ` and values on multiples of ${valuesOn}`}`;
  const among = `function ${problem.exact ? 'through the data' : 'through the windows'} with knots only at ${positions.length} positions${limits}`;
  guard(
    lowerBound !== undefined || upperBound === undefined,
    'claim-lower-bound',
    () => 'an upper bound comes with a lower one',
  );
  if (proof.kind === 'reachable') {
    const [x, last] = [problem.inputs[0]!, problem.size - 1];
    guard(
      positions.length === 0 ||
        (x.value(0).lessThan(positions[0]!) && positions.at(-1)!.lessThan(x.value(last))),
      'restricted-positions',
      () => 'positions: expected all of them between the first and the last point',
    );
    guard(
      largest === null,
      'claim-proof',
      () => 'what is reachable bounds knots with slope changes of any size',
    );
    guard(
      lowerBound === undefined || proof.levels.length === Math.max(lowerBound - 1, 0),
      'restricted-reachable',
      () => `${proof.levels.length} levels do not show at least ${lowerBound} knots`,
    );
    if (lowerBound !== 0) checkReachable(problem, positions, valuesOn, proof, lowerBound === undefined);
  } else {
    guard(valuesOn === null, 'claim-proof', () => 'a tree of knots bounds knots with any values');
    checkTree(new ForcedKnots(problem, positions, largest), proof, positions.length, lowerBound);
  }
  if (lowerBound === undefined) return `there is no ${among}`;
  if (values === undefined) return `every ${among} has at least ${lowerBound} knots`;
  const counted = checkFunction(problem, values);
  checkKnots(problem, values, positions, largest);
  if (valuesOn !== null) checkValues(problem, values, valuesOn);
  guard(
    counted === upperBound && lowerBound <= upperBound,
    'claim-upper-bound',
    () => `the function has ${counted} knots, the claim is ${lowerBound} to ${upperBound}`,
  );
  return lowerBound === upperBound
    ? `the fewest knots of a ${among} are ${upperBound}; the function has as many`
    : `the fewest knots of a ${among} are ${lowerBound} to ${upperBound}; the function has ${upperBound}`;
}

/** tree -> at least lowerBound knots; undefined: no function at all. */
function checkTree(
  forced: ForcedKnots,
  { nodes }: KnotTreeProof,
  positions: number,
  lowerBound: number | undefined,
): void {
  if (lowerBound !== undefined) {
    new KnotTree(nodes, forced, positions).check(lowerBound - 1);
    return;
  }
  guard(
    nodes.length === 1 && nodes[0]!.refutations.length === 1,
    'restricted-tree',
    () => 'that there is no function is shown by one refutation of all positions',
  );
  const all = new Uint8Array(positions).fill(UP | DOWN);
  const left = forced.by(nodes[0]!.refutations[0]!, all, new Uint8Array(positions));
  guard(left.length === 0, 'restricted-refutation', () => 'the refutation leaves a knot');
}

/** function -> at its knots and at the first and the last point its values are multiples of the step. */
function checkValues(problem: Problem, values: KnotValues, step: Rational): void {
  const [x, last] = [problem.inputs[0]!, problem.size - 1];
  const places = knotPlaces(problem, values);
  guard(
    places[0]![0].equals(x.value(0)) && (places.at(-1)![0].equals(x.value(last)) || last === 0),
    'restricted-values',
    () => 'the first and the last place are those of the data where values are on a grid',
  );
  for (const [at, value] of places)
    guard(
      value.divide(step).denominator === 1n,
      'restricted-values',
      () => `the value at ${at} is ${value}, no multiple of ${step}`,
    );
}

/** function -> its knots are at the positions, with slope changes within the limit. */
function checkKnots(
  problem: Problem,
  values: KnotValues,
  positions: readonly Rational[],
  largest: Rational | null,
): void {
  const places = knotPlaces(problem, values);
  let k = 0;
  for (let j = 1; j + 1 < places.length; j++) {
    const [x, y] = places[j]!;
    while (k < positions.length && positions[k]!.lessThan(x)) k++;
    guard(
      positions[k]?.equals(x) === true,
      'restricted-function',
      () => `the function has a knot at ${x}, which is none of the positions`,
    );
    if (largest === null) continue;
    const [before, after] = [places[j - 1]!, places[j + 1]!];
    const left = y.subtract(before[1]).divide(x.subtract(before[0]));
    const right = after[1].subtract(y).divide(after[0].subtract(x));
    guard(
      right.subtract(left).abs().compare(largest) <= 0,
      'restricted-function',
      () => `the slope changes by more than ${largest} at ${x}`,
    );
  }
}

/** A position with the sign of the slope change there. */
interface SignedKnot {
  readonly position: number;
  readonly sign: number;
}

/** Refutations of sets of signed knots. */
class ForcedKnots {
  /** x_i = x[i] unit; position t = numerators[t] / denominators[t] unit. */
  private readonly numerators: bigint[];
  private readonly denominators: bigint[];

  constructor(
    private readonly problem: Problem,
    positions: readonly Rational[],
    private readonly largest: Rational | null,
  ) {
    const unit = problem.inputs[0]!.integerScale;
    const scaled = positions.map((t) => t.divide(unit));
    this.numerators = scaled.map(({ numerator }) => numerator);
    this.denominators = scaled.map(({ denominator }) => denominator);
  }

  /** The signed knots of which a function must have one that has otherwise only `allowed` ones, and none of the `excluded`. */
  by(
    refutation: KnotTreeNode['refutations'][number],
    allowed: Uint8Array,
    excluded: Uint8Array,
  ): SignedKnot[] {
    const rule = 'restricted-refutation';
    const { inputs, lower, upper, size } = this.problem;
    const x = inputs[0]!;
    guard(refutation.length % 2 === 0, rule, () => 'expected points with weights');
    const points: { X: bigint; weight: bigint }[] = [];
    let [sum, moment, demand] = [0n, 0n, Rational.zero];
    for (let j = 0; j < refutation.length; j += 2) {
      const i = refutation[j]!;
      const written = String(refutation[j + 1]);
      guard(
        typeof i === 'number' && i >= 0 && i < size && written.length <= MOST.digits,
        rule,
        () => `point ${i}: expected one of 0 .. ${size - 1} and its weight`,
      );
      const weight = BigInt(written);
      const X = x.integer(i);
      points.push({ X, weight });
      sum += weight;
      moment += weight * X;
      const hasEnd = weight > 0n ? hasLower : hasUpper;
      guard(hasEnd(this.problem, i), rule, () => `the window of point ${i} has no such end`);
      const end = weight > 0n ? lower.value(i) : upper.value(i);
      demand = demand.add(end.multiply(Rational.of(weight)));
    }
    guard(sum === 0n && moment === 0n, rule, () => 'the weights do not annihilate affine functions');
    const knots: SignedKnot[] = [];
    let supply = Rational.zero;
    const [from, to] = this.between(points.map(({ X }) => X));
    for (let t = from; t < to; t++) {
      const [P, q] = [this.numerators[t]!, this.denominators[t]!];
      let phi = 0n;
      for (const { X, weight } of points) if (X * q > P) phi += weight * (X * q - P);
      if (phi === 0n) continue;
      const sign = phi > 0n ? UP! : DOWN!;
      if ((excluded[t]! & sign) !== 0) continue;
      if ((allowed[t]! & sign) === 0) knots.push({ position: t, sign });
      else {
        guard(this.largest !== null, rule, () => `a knot at position ${t} satisfies it`);
        supply = supply.add(this.largest.multiply(Rational.of(abs(phi), q)));
      }
    }
    guard(
      supply.multiply(x.integerScale).lessThan(demand),
      rule,
      () => 'the allowed knots can contribute what the windows demand',
    );
    return knots;
  }

  /** The positions strictly between the first and the last point: elsewhere a knot contributes nothing. */
  private between(points: readonly bigint[]): [from: number, to: number] {
    if (points.length === 0) return [0, 0];
    let [least, largest] = [points[0]!, points[0]!];
    for (const X of points) {
      if (X < least) least = X;
      if (X > largest) largest = X;
    }
    const first = (isBeyond: (t: number) => boolean) => {
      let [low, high] = [0, this.numerators.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (isBeyond(middle)) high = middle;
        else low = middle + 1;
      }
      return low;
    };
    return [
      first((t) => this.numerators[t]! > least * this.denominators[t]!),
      first((t) => this.numerators[t]! >= largest * this.denominators[t]!),
    ];
  }
}

/** nodes in preorder -> no function has at most `limit` knots. */
class KnotTree {
  private next = 0;

  constructor(
    private readonly nodes: readonly KnotTreeNode[],
    private readonly forced: ForcedKnots,
    private readonly positions: number,
  ) {}

  check(limit: number): void {
    const none = new Uint8Array(this.positions);
    this.node(limit, none, none, 0);
    guard(this.next === this.nodes.length, 'restricted-tree', () => 'nodes follow after the end of the tree');
  }

  /** About the functions that have all `used` signed knots, `size` of them, and none of the `excluded`. */
  private node(limit: number, used: Uint8Array, excluded: Uint8Array, size: number): void {
    const node = this.nodes[this.next++];
    guard(node !== undefined, 'restricted-tree', () => 'the tree ends before all its branches do');
    guard(size <= MOST.levels, 'restricted-tree', () => `more than ${MOST.levels} levels`);
    const allowed = used.slice();
    const forced: SignedKnot[][] = [];
    let isClosed = false;
    for (const refutation of node.refutations) {
      const knots = this.forced.by(refutation, allowed, excluded);
      forced.push(knots);
      if (knots.length === 0) isClosed = true;
      for (const { position, sign } of knots) allowed[position]! |= sign;
    }
    if (isClosed || size + forced.length > limit) {
      guard(node.branch === null, 'restricted-tree', () => 'a node branches that is closed');
      return;
    }
    const knots = node.branch === null ? undefined : forced[node.branch];
    guard(
      knots !== undefined,
      'restricted-tree',
      () => `${size} knots and ${forced.length} more are not above ${limit}, and the node does not branch`,
    );
    // Child j has knot j and none of the knots before it.
    const without = excluded.slice();
    for (const { position, sign } of knots) {
      const [own, others] = [used.slice(), without.slice()];
      own[position]! |= sign;
      others[position]! |= UP! + DOWN! - sign;
      this.node(limit, own, others, size + 1);
      without[position]! |= sign;
    }
  }
}
