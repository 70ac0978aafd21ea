import { ONE_INPUT_NODE, type OneInputNode, type OneInputProof } from '../certificate/one-input.js';
import { abs, bitLength, gcd, lcm } from '../exact/bigint.js';
import type { Objective, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';
import { checkWitnesses } from './witnesses.js';

/** Most bits of all slopes over their common denominator, and most steps at a leaf and in all: else a small file could mean days of work. */
const MOST = { bits: 2 ** 28, leaf: 2 ** 22, steps: 2 ** 26 } as const;

/**
 * K witnesses and a case tree -> at least K + 1 neurons, for skip bias and none.
 *
 * The witnesses force K knots of known signs strictly inside their intervals. So a network with K neurons bends once a neuron, in K places
 * inside the data; it has no constant neuron, and each piece of its function lies on one line. Assign a knot in [x_g, x_{g+1}) to gap g, a
 * *cut*. With m = 1 where a neuron faces left and 0 where it faces right, m = 1 before the first piece and 0 after the last,
 *
 *     sum over the pieces of (m before - m after) * line = 0      (skip bias: = a constant)
 *
 * because the left-facing hinges add up to the first line. The tree shows that no cuts, facings and lines do that.
 */
export function checkOneInput(
  problem: Problem,
  proof: OneInputProof,
  objective: Objective,
  skip: Skip,
): number {
  const { witnesses, tree, opposite } = proof;
  guard(objective === 'neurons', 'claim-proof', () => `forced knots bound neurons, not ${objective}`);
  guard(skip !== 'affine', 'one-input-skip', () => 'the proof is about skip bias or none, not affine');
  const knots = checkWitnesses(problem, { kind: 'witnesses', witnesses }, skip);
  guard(
    knots > 0 ? tree !== undefined && opposite === undefined : tree === undefined && opposite !== undefined,
    'one-input-parts',
    () =>
      `${knots} witnesses go with ${knots > 0 ? 'a tree' : 'two points of opposite sign'} and nothing else`,
  );
  if (opposite !== undefined) return checkOpposite(problem, opposite, skip);
  guard(problem.exact, 'one-input-labels', () => 'the tree is about exact labels, these are windows');
  const chords = new Chords(problem);
  const cuts = fewestCuts(chords, witnesses, knots);
  new Tree(chords, cuts, tree!, skip, knots).check();
  return knots + 1;
}

/** A window below 0 and one above it -> at least 2 neurons without skip: one neuron has one sign. */
function checkOpposite(problem: Problem, [below, above]: readonly [number, number], skip: Skip): number {
  const { lower, upper, size } = problem;
  guard(skip === 'none', 'one-input-opposite', () => `skip ${skip} has an output bias`);
  guard(
    [below, above].every((i) => 0 <= i && i < size) && upper.integer(below) < 0n && lower.integer(above) > 0n,
    'one-input-opposite',
    () => `the windows of points ${below} and ${above} do not lie below and above 0`,
  );
  return 2;
}

/** Exact labels in the integer units of the columns; slope of chord g, from point g to g + 1: slopes[g] / denominator. */
class Chords {
  readonly x: bigint[];
  readonly y: bigint[];
  readonly slopes: bigint[];
  readonly denominator: bigint;

  constructor({ inputs, lower, size }: Problem) {
    this.x = Array.from({ length: size }, (_, i) => inputs[0]!.integer(i));
    this.y = Array.from({ length: size }, (_, i) => lower.integer(i));
    const runs = this.x.slice(1).map((right, g) => right - this.x[g]!);
    const rises = this.y.slice(1).map((above, g) => above - this.y[g]!);
    this.denominator = runs.reduce((common, run, g) => {
      guard(
        bitLength(common) * size <= MOST.bits,
        'one-input-labels',
        () => 'the slopes have no short denominator',
      );
      const own = run / gcd(run, rises[g]!);
      return common % own === 0n ? common : lcm(common, own);
    }, 1n);
    this.slopes = runs.map((run, g) => (rises[g]! * this.denominator) / run);
  }

  /** What a direction makes of every chord: its slope (null) or its value at x_i. */
  valuesIn(direction: number | null): bigint[] {
    if (direction === null) return this.slopes;
    const place = this.x[direction]!;
    return this.slopes.map((slope, g) => this.y[g]! * this.denominator + slope * (place - this.x[g]!));
  }
}

/**
 * A cut of some function with K knots: in this gap, of this sign, after another one in the same gap or not. Number 0 is the start, K + 1 the
 * end.
 */
interface Cut {
  readonly gap: number;
  readonly sign: number;
  readonly second: boolean;
  readonly number: number;
  readonly after: { readonly piece: Piece; readonly to: Cut }[];
}

/**
 * The lines between two cuts: through data point `at`, or without any point (`empty`) in gap `at`, with slopes from that of chord `low` to that
 * of chord `high` (null: no limit). Equal chords: one line, through two points or more.
 */
interface Piece {
  readonly at: number;
  readonly empty: boolean;
  readonly low: number | null;
  readonly high: number | null;
}

/** The sign of a cut bounds the slopes at its two sides by that of its chord: + means flatter before and steeper after it. */
function pieceBetween({ slopes }: Chords, left: Cut, right: Cut): Piece | null {
  const first = left.gap + 1;
  const last = right.gap;
  const lows = [...(left.sign > 0 ? [left.gap] : []), ...(right.sign < 0 ? [right.gap] : [])];
  const highs = [...(left.sign < 0 ? [left.gap] : []), ...(right.sign > 0 ? [right.gap] : [])];
  const low = lows.length === 0 ? null : lows.reduce((a, b) => (slopes[a]! >= slopes[b]! ? a : b));
  const high = highs.length === 0 ? null : highs.reduce((a, b) => (slopes[a]! <= slopes[b]! ? a : b));
  // Two knots in one gap have opposite signs: else one would do. The line between is steeper than the chord (+ -) or flatter (- +).
  if (first > last) return { at: left.gap, empty: true, low, high };
  const above = (chord: number) => low === null || slopes[low]! <= slopes[chord]!;
  const below = (chord: number) => high === null || slopes[chord]! <= slopes[high]!;
  if (first === last) return low === null || below(low) ? { at: first, empty: false, low, high } : null;
  return above(first) && below(first) ? { at: first, empty: false, low: first, high: first } : null;
}

/** witnesses -> all cuts of functions with K knots, fewest from the left and from the right. Returns the start. */
function fewestCuts(chords: Chords, witnesses: Int32Array, knots: number): Cut {
  const { slopes } = chords;
  const gaps = slopes.length;
  // A knot lies strictly inside the interval of a witness of its sign.
  const possible = { 1: new Uint8Array(gaps), [-1]: new Uint8Array(gaps) };
  for (let w = 0; w < witnesses.length; w += 4) {
    const [sign, a, , c] = witnesses.subarray(w, w + 4);
    possible[sign as 1 | -1].fill(1, a, c);
  }
  const sides = [
    [1, false],
    [-1, false],
    [1, true],
    [-1, true],
  ] as const;
  const places = [{ gap: -1, sign: 0, second: false }];
  /** The first place of each gap. */
  const first: number[] = [];
  for (let gap = 0; gap < gaps; gap++) {
    first.push(places.length);
    for (const [sign, second] of sides) if (possible[sign][gap] === 1) places.push({ gap, sign, second });
  }
  first.push(places.length);
  places.push({ gap: gaps, sign: 0, second: false });

  /** Places that may follow: in the same gap, in the next, and in later ones as long as the points between are collinear. */
  let steps = 0;
  const following = (p: number): number[] => {
    const { gap, sign, second } = places[p]!;
    const next: number[] = [];
    for (let q = p + 1; q < places.length && places[q]!.gap === gap; q++)
      if (!second && places[q]!.second && places[q]!.sign === -sign) next.push(q);
    for (let g = gap + 1; g <= gaps; g++) {
      guard(++steps <= MOST.steps, 'one-input-knots', () => 'the witnesses leave too many places for knots');
      if (g > gap + 2 && slopes[g - 1] !== slopes[gap + 1]) break;
      for (let q = first[g]!; q < places.length && places[q]!.gap === g; q++)
        if (!places[q]!.second) next.push(q);
    }
    return next;
  };
  const links = places.map((place, p) =>
    following(p).flatMap((q) => {
      const piece = pieceBetween(chords, place as Cut, places[q] as Cut);
      return piece === null ? [] : [{ piece, q }];
    }),
  );
  const far = places.length;
  const fromLeft = new Array<number>(far).fill(far);
  const toRight = new Array<number>(far).fill(far);
  fromLeft[0] = 0;
  toRight[far - 1] = 0;
  links.forEach((list, p) => {
    for (const { q } of list) fromLeft[q] = Math.min(fromLeft[q]!, fromLeft[p]! + 1);
  });
  for (let p = far - 1; p >= 0; p--)
    for (const { q } of links[p]!) toRight[p] = Math.min(toRight[p]!, toRight[q]! + 1);
  guard(
    fromLeft[far - 1] === knots + 1,
    'one-input-knots',
    () => `${knots} witnesses, but the fewest knots are ${fromLeft[far - 1]! - 1}`,
  );
  const cuts = places.map((place, p): Cut => ({ ...place, number: fromLeft[p]!, after: [] }));
  links.forEach((list, p) => {
    for (const { piece, q } of list)
      if (fromLeft[p]! + 1 + toRight[q]! === knots + 1 && fromLeft[q] === fromLeft[p]! + 1)
        cuts[p]!.after.push({ piece, to: cuts[q]! });
  });
  return cuts[0]!;
}

/** A closed interval; null: unbounded. */
type Interval = readonly [low: bigint | null, high: bigint | null];

/** The numbers of some intervals, or more, as intervals in increasing order that do not touch. */
type Join = (list: Interval[]) => Interval[];

/** The tree in preorder. Every branching is exhaustive: a cut is in a state, or it is not. */
class Tree {
  private readonly cuts: Cut[][];
  /** What the path down the tree says: for each number a state that the cut has, and states that it has not. */
  private readonly is: (string | null)[];
  private readonly isNot: Set<string>[];
  private work = 0;
  private limit = 0;
  /** Steps that one interval counts for: numbers are added as long as they are. */
  private cost = 1;

  constructor(
    private readonly chords: Chords,
    start: Cut,
    private readonly nodes: readonly OneInputNode[],
    private readonly skip: Skip,
    private readonly knots: number,
  ) {
    this.cuts = [[start]];
    for (let k = 1; k <= knots + 1; k++)
      this.cuts.push([...new Set(this.cuts[k - 1]!.flatMap(({ after }) => after.map(({ to }) => to)))]);
    this.is = this.cuts.map(() => null);
    this.isNot = this.cuts.map(() => new Set());
  }

  check(): void {
    /** The branchings above the next node, and whether it belongs to their second child. */
    const path: { number: number; key: string; before: string | null; known: boolean; second: boolean }[] =
      [];
    const { is, isNot, nodes } = this;
    let complete = false;
    nodes.forEach((node, place) => {
      guard(!complete, 'one-input-tree', () => `node ${place} follows after the tree is complete`);
      const [kind, number = 0, ...state] = node;
      if (kind === ONE_INPUT_NODE.leaf) {
        this.leaf(node, place);
        while (path.at(-1)?.second) {
          const { number, key, known } = path.pop()!;
          if (!known) isNot[number]!.delete(key);
        }
        const branching = path.at(-1);
        complete = branching === undefined;
        if (branching === undefined) return;
        branching.second = true;
        is[branching.number] = branching.before;
        isNot[branching.number]!.add(branching.key);
        return;
      }
      guard(
        kind === ONE_INPUT_NODE.cut && number >= 1 && number <= this.knots && state.length === 4,
        'one-input-node',
        () => `node ${place}: expected [0], [0, i] or [1, cut number, gap, sign, second, left]`,
      );
      const key = String(state);
      const before = is[number]!;
      path.push({ number, key, before, known: isNot[number]!.has(key), second: false });
      // Two different states of one cut leave no path: '' is none of them.
      is[number] = before === null || before === key ? key : '';
    });
    guard(complete, 'one-input-tree', () => 'a child is missing at the end of the list');
  }

  private mayBe({ gap, sign, second, number }: Cut, left: number): boolean {
    const key = `${gap},${sign},${second ? 1 : 0},${left}`;
    const is = this.is[number]!;
    return (is === null || is === key) && !this.isNot[number]!.has(key);
  }

  /** No sums in the direction of the leaf may be 0. Each set enlarged to one interval often shows it, however many there are. */
  private leaf(node: OneInputNode, place: number): void {
    const [, point = null] = node;
    guard(
      node.length <= 2 &&
        (point === null || (this.skip === 'none' && 0 <= point && point < this.chords.x.length)),
      'one-input-direction',
      () =>
        `node ${place}: expected [0]${this.skip === 'none' ? ' or [0, point]' : ', skip bias leaves a constant free'}`,
    );
    const values = this.chords.valuesIn(point);
    this.cost = 1 + (bitLength(values.reduce((all, value) => all | abs(value), 0n)) >> 10);
    this.work += this.cost * values.length;
    this.limit = MOST.steps;
    if (this.meeting(values, point, hull) === null) return;
    this.limit = Math.min(MOST.steps, this.work + MOST.leaf);
    const cut = this.meeting(values, point, union);
    guard(
      cut === null,
      'one-input-leaf',
      () =>
        `node ${place}: ${point === null ? 'slopes' : `values at x_${point}`} can add up to 0, by way of gap ${cut!.gap}`,
    );
  }

  /** Sums from the left up to the middle cut, and from the right down to it: a cut with a pair of them that adds up to 0. */
  private meeting(values: readonly bigint[], point: number | null, join: Join): Cut | null {
    const merged = (sets: ReadonlyMap<Cut, Interval[][]>) =>
      new Map([...sets].map(([cut, lists]) => [cut, lists.map(join)]));
    const middle = (this.knots + 1) >> 1;
    let left = new Map([[this.cuts[0]![0]!, [[], [[0n, 0n]]] as Interval[][]]]);
    for (let k = 0; k < middle; k++) {
      const reached = new Map<Cut, Interval[][]>(this.cuts[k + 1]!.map((cut) => [cut, [[], []]]));
      for (const cut of this.cuts[k]!)
        for (const { piece, to } of cut.after)
          this.extend(left.get(cut)!, reached.get(to)!, interval(piece, values, point), to, 1);
      left = merged(reached);
    }
    let right = new Map([[this.cuts.at(-1)![0]!, [[[0n, 0n]], []] as Interval[][]]]);
    for (let k = this.knots; k >= middle; k--) {
      const reached = new Map<Cut, Interval[][]>();
      for (const cut of this.cuts[k]!) {
        const sets: Interval[][] = [[], []];
        reached.set(cut, sets);
        for (const { piece, to } of cut.after)
          this.extend(right.get(to)!, sets, interval(piece, values, point), cut, -1);
      }
      right = merged(reached);
    }
    const meets = (cut: Cut) => [0, 1].some((m) => meet(left.get(cut)![m]!, right.get(cut)![m]!));
    return this.cuts[middle]!.find(meets) ?? null;
  }

  /** Adds the piece to all sums of one cut; with equal facings on both sides it does not count. */
  private extend(
    from: readonly Interval[][],
    to: Interval[][],
    piece: Interval,
    cut: Cut,
    side: 1 | -1,
  ): void {
    for (const m of [0, 1]) {
      if (!this.mayBe(cut, m)) continue;
      for (const n of [0, 1]) {
        const factor = side * (n - m);
        const [low, high] = factor === 0 ? [0n, 0n] : factor > 0 ? piece : negated(piece);
        this.work += this.cost * (1 + from[n]!.length);
        for (const [a, b] of from[n]!)
          to[m]!.push([
            a === null || low === null ? null : a + low,
            b === null || high === null ? null : b + high,
          ]);
      }
    }
    guard(this.work <= this.limit, 'one-input-leaf', () => 'the sums fall into too many intervals');
  }
}

/**
 * The values of a piece in a direction. Lines through one point, or those of an empty piece on one side of its gap, have values in the order
 * of their slopes, rising to the right and falling to the left; at the point itself all agree.
 */
function interval(
  { at, empty, low, high }: Piece,
  values: readonly bigint[],
  point: number | null,
): Interval {
  const least = low === null ? null : values[low]!;
  const greatest = high === null ? null : values[high]!;
  if (point === at && !empty) return least === null ? [greatest, greatest] : [least, least];
  return point === null || point > at ? [least, greatest] : [greatest, least];
}

function negated([low, high]: Interval): Interval {
  return [high === null ? null : -high, low === null ? null : -low];
}

/** The same numbers as intervals that do not touch. */
function union(list: Interval[]): Interval[] {
  const ends = list.sort(([a], [b]) => (a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1));
  const result: [bigint | null, bigint | null][] = [];
  for (const [low, high] of ends) {
    const last = result.at(-1);
    if (last === undefined || (last[1] !== null && low !== null && low > last[1])) result.push([low, high]);
    else if (last[1] !== null && (high === null || high > last[1])) last[1] = high;
  }
  return result;
}

/** The least interval with all these numbers. */
function hull(list: Interval[]): Interval[] {
  const parts = union(list);
  return parts.length < 2 ? parts : [[parts[0]![0], parts.at(-1)![1]]];
}

/** Whether a number of one list and one of the other add up to 0. */
function meet(a: readonly Interval[], b: readonly Interval[]): boolean {
  for (let i = 0, j = b.length - 1; i < a.length && j >= 0; ) {
    const [low, high] = a[i]!;
    const [from, to] = b[j]!;
    if (high !== null && to !== null && high + to < 0n) i++;
    else if (low !== null && from !== null && low + from > 0n) j--;
    else return true;
  }
  return false;
}
