import type { CutGraph } from './cuts.js';
import { type Ends, hull, type Interval, negative, plus, reaches, type Target, union, ZERO } from './ends.js';

/**
 * What a network of K hinges adds up to. Let m = 1 at a cut whose neuron faces left, 0 where it faces right, 1 at the start and 0 at the
 * end. With l_0, .., l_K the lines of the pieces a network without skip is the function exactly when
 *
 *     sum over the pieces of (m before - m after) l = 0    as an affine function; with an output bias: up to a constant.
 *
 * A *state* is a node and its m, numbered 2 node + m. The sums of a direction that paths up to a state (from a state on) can reach are
 * unions of intervals, because each piece chooses its line for itself.
 */
export interface Sums {
  readonly forward: readonly Ends[];
  readonly backward: readonly Ends[];
}

/** Which states are left: 1 for each state that may be used. */
export type Allowed = Uint8Array;

/** Every so often work is spent a clock may be looked at. */
const LOOKS = 64;

/** Number of steps of work that are left, one for every end of an interval that is computed, more for long numbers. */
export class Work {
  private looks = 0;

  /**
   * @param cost of one end
   * @param stopped a time limit or a signal came: then nothing is left
   */
  constructor(
    public left: number,
    private readonly cost = 1,
    readonly stopped: () => boolean = () => false,
  ) {}

  /** @throws WorkDone when nothing is left */
  spend(ends: number): void {
    this.left -= ends * this.cost;
    if (++this.looks % LOOKS === 0 && this.stopped()) this.left = -1;
    if (this.left < 0) throw new WorkDone();
  }
}

/** More intervals, or more cases, than the limit: nothing is decided. */
export class WorkDone extends Error {}

/** All states; m is 1 at the start and 0 at the end. */
export function allStates({ gap }: CutGraph): Allowed {
  const allowed = new Uint8Array(2 * gap.length).fill(1);
  allowed[0] = 0;
  allowed[2 * gap.length - 1] = 0;
  return allowed;
}

/** The level at which sums from both ends meet, so that neither has to be carried through all cuts. */
export function middleOf({ cuts }: CutGraph): number {
  return (cuts + 1) >> 1;
}

/**
 * The reachable sums of every state.
 * @param until forward sums of levels 0 .. until
 * @param since backward sums of levels since .. end; all other sets are left empty
 * @param form 'hull': each set enlarged to one interval, which takes little work however many there are
 * @throws WorkDone
 */
export function reachableSums(
  graph: CutGraph,
  intervals: readonly Interval[],
  allowed: Allowed,
  work: Work,
  until: number,
  since: number,
  form: 'union' | 'hull' = 'union',
): Sums {
  const join = form === 'hull' ? hull : union;
  const { levels, pieces, firstBefore, before, first } = graph;
  const nodes = graph.gap.length;
  const forward: Ends[] = new Array<Ends>(2 * nodes).fill([]);
  const backward: Ends[] = new Array<Ends>(2 * nodes).fill([]);
  forward[1] = ZERO;
  for (let v = 1; v < levels[until + 1]!; v++) {
    for (let m = 0; m < 2; m++) {
      if (allowed[2 * v + m] === 0) continue;
      let set: Ends = [];
      for (let k = firstBefore[v]!; k < firstBefore[v + 1]!; k++) {
        const piece = before[k]!;
        const u = pieces.from[piece]!;
        for (let n = 0; n < 2; n++) {
          const part = forward[2 * u + n]!;
          if (part.length === 0) continue;
          set = join(set, step(part, intervals[piece]!, n - m));
          work.spend(part.length + set.length);
        }
      }
      forward[2 * v + m] = set;
    }
  }
  const end = nodes - 1;
  backward[2 * end] = ZERO;
  for (let u = end - 1; u >= levels[since]!; u--) {
    for (let m = 0; m < 2; m++) {
      if (allowed[2 * u + m] === 0) continue;
      let set: Ends = [];
      for (let piece = first[u]!; piece < first[u + 1]!; piece++) {
        const v = pieces.to[piece]!;
        for (let n = 0; n < 2; n++) {
          const part = backward[2 * v + n]!;
          if (part.length === 0) continue;
          set = join(set, step(part, intervals[piece]!, m - n));
          work.spend(part.length + set.length);
        }
      }
      backward[2 * u + m] = set;
    }
  }
  return { forward, backward };
}

function step(set: Ends, interval: Interval, a: number): Ends {
  return a === 0 ? set : plus(set, a > 0 ? interval : negative(interval));
}

/** The states of a level through which some sum reaches the target. */
export function openStates(
  { levels }: CutGraph,
  { forward, backward }: Sums,
  level: number,
  target: Target,
): number[] {
  const open: number[] = [];
  for (let state = 2 * levels[level]!; state < 2 * levels[level + 1]!; state++)
    if (reaches(forward[state]!, backward[state]!, target)) open.push(state);
  return open;
}
