import { abs } from '../exact/bigint.js';
import type { Random } from '../exact/random.js';
import { type Chords, chordValues } from './chords.js';
import { type CutGraph, POINT } from './cuts.js';
import { levelOf, type Path } from './path.js';
import { type Work, WorkDone } from './sums.js';

/**
 * Times that a meeting level is chosen, and a piece that turns; pairs kept at a level, pairs kept near that level and how near; meetings from
 * which one is chosen.
 */
const MOST = { tries: 3, turns: 6, pairs: 2 ** 9, nearby: 2 ** 14, near: 7, meetings: 8 } as const;

/** A path with a line for each of its pieces. */
export interface ForcedPath {
  readonly path: Path;
  /** Chords. */
  readonly chords: Int32Array;
  /** One piece, by its place on the path, that takes another slope instead: numerator over the denominator of the chords. */
  readonly turned: { readonly place: number; readonly slope: bigint } | null;
}

/** What the pieces from one end up to a state add up to, slope and value in one number, with the way there. */
interface Pair {
  readonly sum: bigint;
  readonly state: number;
  readonly before: Pair | null;
  /** The last piece and its chord; TURNING: it is the one that turns, and counts with its value alone. */
  readonly piece: number;
  readonly chord: number;
  /** m before - m after of the piece that turns; 0 where it is not among these. */
  readonly turn: -1 | 0 | 1;
}

const TURNING = -1;

type Pairs = ReadonlyMap<bigint, Pair>;

/**
 * A path and facings for which chords add up to 0, sum over the pieces of (m before - m after) chord = 0; null when none was found.
 *
 * For lines that the data force, where a linear program has little to choose: each piece takes a chord at an end of its slopes, so that
 * nothing but a pair of numbers is carried, slope and value at one place. From both ends of the path to some cut; where there are too many
 * pairs the smallest are kept, because small pairs of both sides meet more often. Skip none: then also with one piece that turns about its
 * data point, which leaves one equation, the values at this point, and an interval for the slope.
 */
export function withForcedLines(
  graph: CutGraph,
  chords: Chords,
  remainder: 'constant' | 'zero',
  random: Random,
  work: Work,
): ForcedPath | null {
  const { cuts, pieces } = graph;
  const points = Array.from(pieces.kind.keys()).filter((piece) => pieces.kind[piece] === POINT);
  const open = points.filter((piece) => pieces.low[piece]! < 0 || pieces.high[piece]! < 0);
  try {
    const search = new PairSearch(
      graph,
      chords,
      remainder === 'zero' ? chords.x.length >> 1 : null,
      null,
      work,
    );
    for (let t = 0; t < MOST.tries; t++) {
      const found = search.meeting(t === 0 ? (cuts + 1) >> 1 : random.integer(1, cuts), random);
      if (found !== null) return found;
    }
    for (let t = 0; t < MOST.turns && remainder === 'zero'; t++) {
      // A piece without a limit on one side turns far: these come first, in turns.
      const list = t % 2 === 0 && open.length > 0 ? open : points;
      if (list.length === 0) return null;
      const turning = list[random.integer(0, list.length - 1)]!;
      const found = new PairSearch(graph, chords, pieces.at[turning]!, turning, work).meeting(
        (cuts + 1) >> 1,
        random,
      );
      if (found !== null) return found;
    }
  } catch (error) {
    if (!(error instanceof WorkDone)) throw error;
  }
  return null;
}

class PairSearch {
  /** slope * unit + value: no sum of values reaches half of the unit. */
  private readonly sums: readonly bigint[];
  private readonly unit: bigint;
  /** What a slope counts beside a value: the distance from the place to the farther end of the data; 0 where slopes are free on one side. */
  private readonly weight: number;
  private readonly turningLevel: number | null;

  /**
   * @param point where values are taken; null: only slopes have to add up to 0
   * @param turning a piece that turns about this point; all paths lead through it
   */
  constructor(
    private readonly graph: CutGraph,
    private readonly chords: Chords,
    point: number | null,
    private readonly turning: number | null,
    private readonly work: Work,
  ) {
    const { slopes, x } = chords;
    const values = point === null ? slopes.map(() => 0n) : chordValues(chords, point);
    let largest = 0n;
    for (const value of values) if (abs(value) > largest) largest = abs(value);
    this.unit = 2n * largest * BigInt(graph.cuts + 2) + 1n;
    this.sums = slopes.map((slope, g) => slope * this.unit + values[g]!);
    this.turningLevel = turning === null ? null : this.level(turning);
    const place = x[point ?? 0]!;
    const { low, high } = graph.pieces;
    const free = turning !== null && (low[turning]! < 0 || high[turning]! < 0);
    this.weight = free ? 0 : Math.max(1, Number(place - x[0]!), Number(x.at(-1)! - place));
  }

  /** The level at the left end of a piece. */
  private level(piece: number): number {
    return levelOf(this.graph, this.graph.pieces.from[piece]!);
  }

  /** A pair from the left and one from the right that meet in a state of this level and add up to 0. */
  meeting(middle: number, random: Random): ForcedPath | null {
    const right = this.fromRight(middle);
    const found: ForcedPath[] = [];
    for (const [state, pairs] of this.fromLeft(middle)) {
      const others = right.get(state);
      if (others === undefined) continue;
      for (const match of this.turning === null ? this.opposites(pairs, others) : this.turns(pairs, others)) {
        found.push(match);
        if (found.length === MOST.meetings) break;
      }
    }
    return found.length === 0 ? null : found[random.integer(0, found.length - 1)]!;
  }

  private *opposites(left: Pairs, right: Pairs): Generator<ForcedPath> {
    for (const pair of left.values()) {
      const other = right.get(-pair.sum);
      if (other !== undefined) yield this.joined(pair, other, null);
    }
  }

  /** Values that add up to 0, and slopes that the piece makes up for. */
  private *turns(left: Pairs, right: Pairs): Generator<ForcedPath> {
    const { low, high } = this.graph.pieces;
    const { slopes } = this.chords;
    const least = low[this.turning!]! < 0 ? null : slopes[low[this.turning!]!]!;
    const greatest = high[this.turning!]! < 0 ? null : slopes[high[this.turning!]!]!;
    const byValue = new Map<bigint, { slope: bigint; pair: Pair }[]>();
    for (const pair of right.values()) {
      const [slope, value] = this.parts(pair.sum);
      const own = byValue.get(value);
      if (own === undefined) byValue.set(value, [{ slope, pair }]);
      else own.push({ slope, pair });
    }
    for (const pair of left.values()) {
      const [own, value] = this.parts(pair.sum);
      for (const other of byValue.get(-value) ?? []) {
        const slope = BigInt(-(pair.turn + other.pair.turn)) * (own + other.slope);
        if ((least === null || slope >= least) && (greatest === null || slope <= greatest))
          yield this.joined(pair, other.pair, slope);
      }
    }
  }

  private fromLeft(middle: number): ReadonlyMap<number, Pairs> {
    const { pieces, firstBefore, before } = this.graph;
    let pairs = rooted(1);
    for (let level = 1; level <= middle; level++) {
      pairs = this.next(level, pairs, middle - level, (v, visit) => {
        for (let k = firstBefore[v]!; k < firstBefore[v + 1]!; k++)
          visit(before[k]!, pieces.from[before[k]!]!, 1);
      });
    }
    return pairs;
  }

  private fromRight(middle: number): ReadonlyMap<number, Pairs> {
    const { cuts, gap, pieces, first } = this.graph;
    let pairs = rooted(2 * (gap.length - 1));
    for (let level = cuts; level >= middle; level--) {
      pairs = this.next(level, pairs, level - middle, (u, visit) => {
        for (let piece = first[u]!; piece < first[u + 1]!; piece++) visit(piece, pieces.to[piece]!, -1);
      });
    }
    return pairs;
  }

  /**
   * The pairs of a level from those of its neighbour.
   * @param distance to the level where they meet
   * @param neighbours visits pieces, the nodes at their other ends, and 1 when these lie to the left, else -1
   */
  private next(
    level: number,
    from: ReadonlyMap<number, Pairs>,
    distance: number,
    neighbours: (node: number, visit: (piece: number, other: number, side: 1 | -1) => void) => void,
  ): ReadonlyMap<number, Pairs> {
    const { levels } = this.graph;
    const reached = new Map<number, Map<bigint, Pair>>();
    for (let state = 2 * levels[level]!; state < 2 * levels[level + 1]!; state++) {
      const target = new Map<bigint, Pair>();
      neighbours(state >> 1, (piece, other, side) => {
        for (let m = 0; m < 2; m++) {
          const pairs = from.get(2 * other + m);
          if (pairs !== undefined) this.extend(target, state, pairs, piece, side * (m - (state & 1)));
        }
      });
      if (target.size > 0) reached.set(state, target);
    }
    return this.smallest(reached, distance < MOST.near ? MOST.nearby : MOST.pairs);
  }

  private extend(target: Map<bigint, Pair>, state: number, from: Pairs, piece: number, factor: number): void {
    const low = this.graph.pieces.low[piece]!;
    const high = this.graph.pieces.high[piece]!;
    const turns = piece === this.turning;
    if (turns ? factor === 0 : this.level(piece) === this.turningLevel) return;
    const one = turns || factor === 0 || low === high || low < 0 || high < 0;
    const ends = one ? [Math.max(low, high)] : [low, high];
    this.work.spend(from.size * ends.length);
    for (const chord of ends) {
      const step = BigInt(factor) * (turns ? this.parts(this.sums[chord]!)[1] : this.sums[chord]!);
      for (const before of from.values()) {
        const sum = before.sum + step;
        if (target.has(sum)) continue;
        const turn = turns ? (factor as -1 | 1) : before.turn;
        target.set(sum, { sum, state, before, piece, chord: turns ? TURNING : chord, turn });
      }
    }
  }

  /** At most so many pairs in all states together, the smallest. */
  private smallest(states: ReadonlyMap<number, Pairs>, most: number): ReadonlyMap<number, Pairs> {
    const all: { pair: Pair; size: number }[] = [];
    for (const pairs of states.values())
      for (const pair of pairs.values()) all.push({ pair, size: this.size(pair.sum) });
    if (all.length <= most) return states;
    all.sort((a, b) => a.size - b.size);
    const kept = new Map<number, Map<bigint, Pair>>();
    for (const { pair } of all.slice(0, most)) {
      const own = kept.get(pair.state);
      if (own === undefined) kept.set(pair.state, new Map([[pair.sum, pair]]));
      else own.set(pair.sum, pair);
    }
    return kept;
  }

  /** How large the line of a pair is on the data; a double, for an order only. */
  private size(sum: bigint): number {
    const [slope, value] = this.parts(sum);
    return Math.abs(Number(slope)) * this.weight + Math.abs(Number(value));
  }

  /** Slope and value. */
  private parts(sum: bigint): [slope: bigint, value: bigint] {
    const half = this.unit >> 1n;
    const rest = (sum + half) % this.unit;
    const value = (rest < 0n ? rest + this.unit : rest) - half;
    return [(sum - value) / this.unit, value];
  }

  /** The path of two halves that meet in one state. */
  private joined(left: Pair, right: Pair, slope: bigint | null): ForcedPath {
    const { cuts } = this.graph;
    const pieces = new Int32Array(cuts + 1);
    const chords = new Int32Array(cuts + 1);
    const facing = new Uint8Array(cuts + 2);
    const middle = levelOf(this.graph, left.state >> 1);
    facing[middle] = left.state & 1;
    let level = middle;
    for (let pair = left; pair.before !== null; pair = pair.before) {
      level--;
      pieces[level] = pair.piece;
      chords[level] = pair.chord;
      facing[level] = pair.before.state & 1;
    }
    level = middle;
    for (let pair = right; pair.before !== null; pair = pair.before) {
      pieces[level] = pair.piece;
      chords[level] = pair.chord;
      level++;
      facing[level] = pair.before.state & 1;
    }
    const path = { pieces, left: facing };
    if (slope === null) return { path, chords, turned: null };
    const place = chords.indexOf(TURNING);
    const { low, high } = this.graph.pieces;
    chords[place] = Math.max(low[this.turning!]!, high[this.turning!]!);
    return { path, chords, turned: { place, slope } };
  }
}

function rooted(state: number): ReadonlyMap<number, Pairs> {
  return new Map([[state, new Map([[0n, { sum: 0n, state, before: null, piece: 0, chord: 0, turn: 0 }]])]]);
}
