import type { Random } from '../exact/random.js';
import type { CutGraph } from './cuts.js';
import {
  type Ends,
  type Interval,
  negative,
  ofInterval,
  plus,
  reaches,
  type Target,
  targetInterval,
} from './ends.js';
import type { Allowed, Sums } from './sums.js';

/** One path through a graph with the facing of every neuron. */
export interface Path {
  /** The piece before cut 1, .., the piece after the last cut: cuts + 1 numbers. */
  readonly pieces: Int32Array;
  /** m of every level: 1 at the start, 1 at a cut whose neuron faces left, 0 at the end. cuts + 2 numbers. */
  readonly left: Uint8Array;
}

/** The factor of piece j in the sum over the pieces: -1, 0 or 1. */
export function factorOf({ left }: Path, j: number): number {
  return left[j]! - left[j + 1]!;
}

/** m of every level when the facing changes at these pieces, an odd number of them: left-facing up to the first. */
export function facingsThatSwitch(cuts: number, places: readonly number[]): Uint8Array {
  const left = new Uint8Array(cuts + 2);
  let next = 0;
  for (let level = 0; level < left.length; level++) {
    while (next < places.length && places[next]! < level) next++;
    left[level] = 1 - (next % 2);
  }
  return left;
}

/**
 * A random path whose own sums contain the target, from sums that meet at a level: the part left of it is chosen from the middle
 * outward, then the right part so that it makes up for the left one.
 * @param open a state at the level where the sums meet, one of `openStates`
 */
export function samplePath(
  graph: CutGraph,
  intervals: readonly Interval[],
  sums: Sums,
  open: number,
  target: Target,
  random: Random,
): Path {
  const { pieces, firstBefore, before, first, cuts } = graph;
  const chosen = new Int32Array(cuts + 1);
  const left = new Uint8Array(cuts + 2);
  const middle = levelOf(graph, open >> 1);
  const goal = targetInterval(target);
  left[middle] = open & 1;

  // What the left part may add up to: the target less one of the intervals of the right part.
  const right = intervalsOf(sums.backward[open]!).filter((interval) =>
    meets(sums.forward[open]!, minus(goal, interval)),
  );
  let wanted = minus(goal, right[random.integer(0, right.length - 1)]!);
  let sum: Interval = [0n, 0n];
  let state = open;
  for (let level = middle; level > 0; level--) {
    const v = state >> 1;
    const m = state & 1;
    const ways: { piece: number; state: number; rest: Interval; part: Interval }[] = [];
    for (let k = firstBefore[v]!; k < firstBefore[v + 1]!; k++) {
      const piece = before[k]!;
      for (let n = 0; n < 2; n++) {
        const from = 2 * pieces.from[piece]! + n;
        const part = scaled(intervals[piece]!, n - m);
        const rest = minus(wanted, part);
        if (meets(sums.forward[from]!, rest)) ways.push({ piece, state: from, rest, part });
      }
    }
    const way = ways[random.integer(0, ways.length - 1)]!;
    chosen[level - 1] = way.piece;
    state = way.state;
    left[level - 1] = state & 1;
    wanted = way.rest;
    sum = add(sum, way.part);
  }

  wanted = minus(goal, sum);
  state = open;
  for (let level = middle; level <= cuts; level++) {
    const u = state >> 1;
    const m = state & 1;
    const ways: { piece: number; state: number; rest: Interval }[] = [];
    for (let piece = first[u]!; piece < first[u + 1]!; piece++) {
      for (let n = 0; n < 2; n++) {
        const to = 2 * pieces.to[piece]! + n;
        const rest = minus(wanted, scaled(intervals[piece]!, m - n));
        if (meets(sums.backward[to]!, rest)) ways.push({ piece, state: to, rest });
      }
    }
    const way = ways[random.integer(0, ways.length - 1)]!;
    chosen[level] = way.piece;
    state = way.state;
    left[level + 1] = state & 1;
    wanted = way.rest;
  }
  return { pieces: chosen, left };
}

/** Any path of the allowed states, or null when there is none. Facings are chosen with equal chance where both are possible. */
export function anyPath(graph: CutGraph, random: Random, allowed: Allowed): Path | null {
  const { pieces, first, cuts } = graph;
  const nodes = graph.gap.length;
  const alive = new Uint8Array(2 * nodes);
  alive[2 * nodes - 2] = 1;
  for (let u = nodes - 2; u >= 0; u--) {
    const on = piecesAfter(graph, u).some((piece) => {
      const to = 2 * pieces.to[piece]!;
      return alive[to] === 1 || alive[to + 1] === 1;
    });
    if (on) for (let m = 0; m < 2; m++) alive[2 * u + m] = allowed[2 * u + m]!;
  }
  if (alive[1] === 0) return null;
  const chosen = new Int32Array(cuts + 1);
  const left = new Uint8Array(cuts + 2);
  left[0] = 1;
  let u = 0;
  for (let level = 0; level <= cuts; level++) {
    const ways: number[] = [];
    for (let piece = first[u]!; piece < first[u + 1]!; piece++) {
      const v = pieces.to[piece]!;
      if (alive[2 * v] === 1 || alive[2 * v + 1] === 1) ways.push(piece);
    }
    const piece = ways[ways.length === 1 ? 0 : random.integer(0, ways.length - 1)]!;
    chosen[level] = piece;
    u = pieces.to[piece]!;
    const both = alive[2 * u] === 1 && alive[2 * u + 1] === 1;
    left[level + 1] = both ? random.integer(0, 1) : alive[2 * u + 1]!;
  }
  return { pieces: chosen, left };
}

function piecesAfter({ first }: CutGraph, u: number): number[] {
  return Array.from({ length: first[u + 1]! - first[u]! }, (_, k) => first[u]! + k);
}

/** The level of a node. */
export function levelOf({ levels }: CutGraph, node: number): number {
  let low = 0;
  let high = levels.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (levels[middle]! <= node) low = middle;
    else high = middle - 1;
  }
  return low;
}

function intervalsOf(ends: Ends): Interval[] {
  return Array.from({ length: ends.length / 2 }, (_, k) => [ends[2 * k]!, ends[2 * k + 1]!] as const);
}

/** Whether a number of the set lies in the interval. */
function meets(set: Ends, interval: Interval): boolean {
  return reaches(set, ofInterval(negative(interval)), 'zero');
}

function add(a: Interval, b: Interval): Interval {
  const [low, high] = plus(a, b);
  return [low!, high!];
}

/** All differences of a number of a and one of b. */
function minus(a: Interval, b: Interval): Interval {
  return add(a, negative(b));
}

function scaled(interval: Interval, a: number): Interval {
  return a === 0 ? [0n, 0n] : a > 0 ? interval : negative(interval);
}
