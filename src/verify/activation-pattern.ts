import { breakpointOf } from '../problem/breakpoints.js';
import type { Neuron, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { IntegerNetwork } from './activations.js';
import type { PatternPoints } from './pattern-part.js';

/** Where one neuron (z)+ is active among the data points. All exact. */
export interface Pattern {
  /** Active at no point, at every point (z >= 0 there), or at some. */
  readonly kind: 'off' | 'all' | 'split';
  /** Equal for neurons that are active at the same points. */
  readonly key: string;
  /** With an affine skip: the pattern is that of the neuron (-z)+, which faces the opposite way. */
  readonly flipped: boolean;
  /** The active points (once turned round, if flipped) and the others, or points that stand for them. */
  points(): PatternPoints;
}

/**
 * The patterns that a neuron fits. Active are the points with z > 0; a neuron with z >= 0 everywhere fits the pattern of all points as
 * well, which comes first then.
 *
 * With an affine skip a pattern and its opposite are one, and the active points are those on the side of the first point.
 */
export function patternsOf(neuron: Neuron, skip: Skip, problem: Problem): [Pattern, ...Pattern[]] {
  return problem.dimension === 1
    ? patternsOnLine(neuron, skip, problem)
    : patternsAtPoints(neuron, skip, problem);
}

/** The ends of the points from .. to - 1, which are an interval on the line. */
function ends(from: number, to: number): number[] {
  if (to <= from) return [];
  return to === from + 1 ? [from] : [from, to - 1];
}

/** One input: the points left of a gap, or right of it, between which the breakpoint lies. */
function patternsOnLine(neuron: Neuron, skip: Skip, problem: Problem): [Pattern, ...Pattern[]] {
  const { size } = problem;
  const weight = neuron.inputWeights[0]!.sign();
  /** Active at the points left (or right) of a gap behind `left` points. */
  const pattern = (left: number, facesRight: boolean): Pattern => {
    const [before, behind] = [ends(0, left), ends(left, size)];
    const count = facesRight ? size - left : left;
    if (count === 0 || count === size) {
      const kind = count === 0 ? 'off' : 'all';
      const points =
        kind === 'all' ? { active: ends(0, size), inactive: [] } : { active: [], inactive: ends(0, size) };
      return { kind, key: kind, flipped: false, points: () => points };
    }
    const flipped = skip === 'affine' && facesRight;
    const activeRight = facesRight && !flipped;
    return {
      kind: 'split',
      key: skip === 'affine' ? `${left}` : `${facesRight ? 'right' : 'left'} ${left}`,
      flipped,
      points: () =>
        activeRight ? { active: behind, inactive: before } : { active: before, inactive: behind },
    };
  };
  const at = breakpointOf(neuron);
  if (at === null) return [pattern(0, true)];
  const x = problem.inputs[0]!;
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x.value(middle).lessThan(at)) low = middle + 1;
    else high = middle;
  }
  if (low === size || !x.value(low).equals(at)) return [pattern(low, weight > 0)];
  const [without, withPoint] = weight > 0 ? [low + 1, low] : [low, low + 1];
  return inOrder(pattern(without, weight > 0), pattern(withPoint, weight > 0));
}

/** Several inputs: the set of points with z > 0, and that of the points with z >= 0. */
function patternsAtPoints(neuron: Neuron, skip: Skip, problem: Problem): [Pattern, ...Pattern[]] {
  const { size } = problem;
  const network = new IntegerNetwork(
    { inputDimension: problem.dimension, skip: null, neurons: [neuron] },
    problem.inputs,
  );
  const positive = new PointSet(size);
  const notNegative = new PointSet(size);
  for (let n = 0; n < size; n++) {
    const z = network.activation(0, n);
    if (z > 0n) positive.add(n);
    if (z >= 0n) notNegative.add(n);
  }
  const pattern = (active: PointSet): Pattern => {
    const all = () => Array.from({ length: size }, (_, n) => n);
    if (active.count === 0)
      return { kind: 'off', key: 'off', flipped: false, points: () => ({ active: [], inactive: all() }) };
    if (active.count === size)
      return { kind: 'all', key: 'all', flipped: false, points: () => ({ active: all(), inactive: [] }) };
    const flipped = skip === 'affine' && !active.has(0);
    const side = (n: number) => active.has(n) !== flipped;
    return {
      kind: 'split',
      key: active.key(flipped),
      flipped,
      points: () => ({ active: all().filter(side), inactive: all().filter((n) => !side(n)) }),
    };
  };
  const first = pattern(positive);
  return notNegative.count === positive.count ? [first] : inOrder(first, pattern(notNegative));
}

/** The pattern of the points with z > 0, and before it that of the points with z >= 0 if these are all. */
function inOrder(open: Pattern, closed: Pattern): [Pattern, ...Pattern[]] {
  return closed.kind === 'all' && open.kind === 'split' ? [closed, open] : [open];
}

/** A set of data points as bits. */
class PointSet {
  count = 0;
  private readonly bits: Uint16Array;

  constructor(private readonly size: number) {
    this.bits = new Uint16Array((size + 15) >> 4);
  }

  add(n: number): void {
    this.bits[n >> 4]! |= 1 << (n & 15);
    this.count++;
  }

  has(n: number): boolean {
    return ((this.bits[n >> 4]! >> (n & 15)) & 1) === 1;
  }

  /** Equal for equal sets; of the complement when asked. */
  key(complement: boolean): string {
    let key = '';
    this.bits.forEach((word, i) => {
      const used = Math.min(16, this.size - 16 * i);
      key += String.fromCharCode(complement ? ~word & ((1 << used) - 1) : word);
    });
    return key;
  }
}
