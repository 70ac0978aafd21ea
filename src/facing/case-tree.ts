import { ONE_INPUT_NODE, type OneInputNode } from '../certificate/one-input.js';
import type { Random } from '../exact/random.js';
import type { Line } from '../problem/piecewise-linear.js';
import { type Chords, type Direction, pieceIntervals } from './chords.js';
import type { CutGraph } from './cuts.js';
import type { Interval, Target } from './ends.js';
import type { LineChooser, Remainder } from './lines.js';
import { type Path, samplePath } from './path.js';
import {
  type Allowed,
  allStates,
  middleOf,
  openStates,
  reachableSums,
  type Sums,
  Work,
  WorkDone,
} from './sums.js';

/** What is asked of the remainder, and the directions in which it can be refuted. */
export interface Demand {
  readonly remainder: Remainder;
  readonly target: Target;
  readonly directions: readonly Direction[];
}

/** Whether some path and some lines meet the demand. */
export type Decision =
  | { readonly status: 'found'; readonly path: Path; readonly lines: Line[] }
  /** A tree that shows that there are none; in preorder. */
  | { readonly status: 'refuted'; readonly tree: OneInputNode[] }
  /** The limit of work came first. */
  | { readonly status: 'open' };

export interface Limits {
  /** Steps of work for one direction at one node of the tree. */
  readonly direction: number;
  /** Random paths tried at a node before it is divided. */
  readonly samples: number;
}

/** Intervals of pieces that are kept from one use of a direction to the next. */
const MOST_KEPT = 1_000_000;

/** A state that no path through it survives, and the direction that shows it. */
interface Kill {
  readonly state: number;
  readonly direction: Direction;
}

/**
 * Decides a demand by cases. Evaluating all lines in one direction makes each of them an interval, and sums of intervals along paths are
 * unions of intervals: when the target is not among them, no path is left. Otherwise, with the sums of both ends of the paths, one direction
 * may still show that nothing leads through certain states; these are taken away, one case each, and what is left is looked at again in all
 * directions. When no direction takes anything away, the tree branches at a cut with two states or more. A single path is
 * decided for certain: its set of sums is a polygon, whose support function has its breaks at data points, so that one of them, or the slope,
 * separates it from 0 if anything does.
 */
export class CaseTree {
  /** Directions, the last successful ones first. */
  private order: Direction[];
  private readonly intervals = new Map<Direction, Interval[]>();

  constructor(
    private readonly graph: CutGraph,
    private readonly chords: Chords,
    private readonly chooser: LineChooser,
    private readonly demand: Demand,
    private readonly limits: Limits,
    private readonly random: Random,
    /** Steps of work in all. */
    private readonly work: Work,
  ) {
    this.order = [...demand.directions];
  }

  decide(): Decision {
    try {
      return this.decideAt(allStates(this.graph));
    } catch (error) {
      if (error instanceof WorkDone) return { status: 'open' };
      throw error;
    }
  }

  private decideAt(inherited: Allowed): Decision {
    const allowed = inherited.slice();
    const tree: OneInputNode[] = [];
    let sampled = false;
    for (;;) {
      for (const direction of this.order.slice()) {
        if (!this.refutes(direction, allowed)) continue;
        this.prefer(direction);
        return { status: 'refuted', tree: [...tree, leafOf(direction)] };
      }
      const found = sampled ? null : this.sample(allowed);
      if (found !== null) return found;
      sampled = true;
      const kills = new Map<number, Direction>();
      let live: number[][] | null = null;
      for (const direction of this.order) {
        const sums = this.sums(direction, allowed, 'all levels');
        if (sums === null) continue;
        live ??= liveStates(this.graph, sums);
        for (let level = 1; level <= this.graph.cuts; level++) {
          const open = new Set(openStates(this.graph, sums, level, this.demand.target));
          for (const state of live[level]!)
            if (!open.has(state) && !kills.has(state)) kills.set(state, direction);
        }
      }
      // Every direction took more steps than one may.
      if (live === null) return { status: 'open' };
      const closing = this.closingLevel(live, kills);
      if (closing !== null) return { status: 'refuted', tree: [...tree, ...this.chain(closing)] };
      if (kills.size === 0) return this.branch(allowed, live, tree);
      for (const [state, direction] of kills) {
        tree.push(this.caseOf(state), leafOf(direction));
        allowed[state] = 0;
      }
    }
  }

  /** Whether a direction alone leaves no path: often the least and the greatest sums show it. */
  private refutes(direction: Direction, allowed: Allowed): boolean {
    for (const form of ['hull', 'union'] as const) {
      const sums = this.sums(direction, allowed, 'to the middle', form);
      if (sums === null) continue;
      if (openStates(this.graph, sums, middleOf(this.graph), this.demand.target).length === 0) return true;
    }
    return false;
  }

  /** A cut all of whose states are refuted, with the fewest directions; as kills, those of the commonest direction last. */
  private closingLevel(live: readonly number[][], kills: ReadonlyMap<number, Direction>): Kill[] | null {
    let best: Kill[] | null = null;
    let leaves = Infinity;
    for (const states of live) {
      if (states.length === 0 || !states.every((state) => kills.has(state))) continue;
      const byDirection = new Map<Direction, number[]>();
      for (const state of states) {
        const direction = kills.get(state)!;
        byDirection.set(direction, [...(byDirection.get(direction) ?? []), state]);
      }
      const groups = [...byDirection].sort(([, a], [, b]) => a.length - b.length);
      const count = states.length - groups.at(-1)![1].length + 1;
      if (count >= leaves) continue;
      leaves = count;
      best = groups.flatMap(([direction, group]) => group.map((state) => ({ state, direction })));
    }
    return best;
  }

  /** One case for each state; all of the last direction together. */
  private chain(kills: readonly Kill[]): OneInputNode[] {
    const last = kills.at(-1)!.direction;
    const apart = kills.filter(({ direction }) => direction !== last);
    return [
      ...apart.flatMap(({ state, direction }) => [this.caseOf(state), leafOf(direction)]),
      leafOf(last),
    ];
  }

  private branch(allowed: Allowed, live: readonly number[][], tree: readonly OneInputNode[]): Decision {
    let fewest: readonly number[] | null = null;
    for (const states of live) {
      if (states.length > 1 && (fewest === null || states.length < fewest.length)) fewest = states;
    }
    // A single path that no direction refutes has lines, unless they are too many to be found.
    if (fewest === null) return { status: 'open' };
    const state = fewest[0]!;
    const inside = allowed.slice();
    for (const other of fewest) if (other !== state) inside[other] = 0;
    const first = this.decideAt(inside);
    if (first.status !== 'refuted') return first;
    const outside = allowed.slice();
    outside[state] = 0;
    const second = this.decideAt(outside);
    if (second.status !== 'refuted') return second;
    return { status: 'refuted', tree: [...tree, this.caseOf(state), ...first.tree, ...second.tree] };
  }

  /** Random paths whose slopes can add up, then exact lines. */
  private sample(allowed: Allowed): Decision | null {
    const { remainder, target, directions } = this.demand;
    const direction = directions.includes('slope') ? 'slope' : directions[0]!;
    const sums = this.sums(direction, allowed, 'to the middle');
    if (sums === null) return null;
    const open = openStates(this.graph, sums, middleOf(this.graph), target);
    if (open.length === 0) return null;
    for (let k = 0; k < this.limits.samples; k++) {
      const state = open[this.random.integer(0, open.length - 1)]!;
      const path = samplePath(this.graph, this.intervalsOf(direction), sums, state, target, this.random);
      const lines = this.chooser.lines(path, remainder, this.random);
      if (lines !== null) return { status: 'found', path, lines };
    }
    return null;
  }

  /** The sums of a direction, or null when they take too much work. */
  private sums(
    direction: Direction,
    allowed: Allowed,
    levels: 'all levels' | 'to the middle',
    form: 'union' | 'hull' = 'union',
  ): Sums | null {
    const most = form === 'hull' ? this.work.left : Math.min(this.limits.direction, this.work.left);
    const own = new Work(most, this.chords.cost, this.work.stopped);
    const before = own.left;
    const [until, since] =
      levels === 'all levels' ? [this.graph.cuts + 1, 0] : [middleOf(this.graph), middleOf(this.graph)];
    try {
      return reachableSums(this.graph, this.intervalsOf(direction), allowed, own, until, since, form);
    } catch (error) {
      if (error instanceof WorkDone) return null;
      throw error;
    } finally {
      this.work.spend(before - Math.max(0, own.left));
    }
  }

  private intervalsOf(direction: Direction): Interval[] {
    const kept = this.intervals.get(direction);
    if (kept !== undefined) return kept;
    const intervals = pieceIntervals(this.chords, this.graph, direction);
    this.work.spend(this.chords.cost * intervals.length);
    if ((this.intervals.size + 1) * intervals.length <= MOST_KEPT) this.intervals.set(direction, intervals);
    return intervals;
  }

  private prefer(direction: Direction): void {
    this.order = [direction, ...this.order.filter((other) => other !== direction)];
  }

  /** The node that takes a state apart. */
  private caseOf(state: number): OneInputNode {
    const { gap, sign, second, levels } = this.graph;
    const node = state >> 1;
    let level = 0;
    while (levels[level + 1]! <= node) level++;
    return [ONE_INPUT_NODE.cut, level, gap[node]!, sign[node]!, second[node]!, state & 1];
  }
}

function leafOf(direction: Direction): OneInputNode {
  return direction === 'slope' ? [ONE_INPUT_NODE.leaf] : [ONE_INPUT_NODE.leaf, direction];
}

/** The states of each level that lie on a path. */
function liveStates({ levels, cuts }: CutGraph, { forward, backward }: Sums): number[][] {
  return Array.from({ length: cuts + 1 }, (_, level) => {
    const states: number[] = [];
    if (level === 0) return states;
    for (let state = 2 * levels[level]!; state < 2 * levels[level + 1]!; state++)
      if (forward[state]!.length > 0 && backward[state]!.length > 0) states.push(state);
    return states;
  });
}
