/**
 * The functions with few knots through exact labels, as paths of cuts.
 *
 * A knot t in [x_g, x_{g+1}] is a *cut* in gap g; a knot on a data point may be cut on either side of it. Between two cuts stands a piece,
 * one line, and what it may be depends on nothing but the two cuts and their signs (h_g is the slope of the chord over gap g):
 *
 *   point   one data point i: the lines through it whose slope the two cuts allow. A cut of sign + in gap g asks the line before it for
 *           a slope <= h_g and the line after it for one >= h_g, because then, and only then, the two cross inside the gap; - mirrored.
 *   chord   two or more points, collinear: one line, allowed when its slope is.
 *   cone    no point: two cuts in one gap, of signs + - or - +. For + - all lines that are <= y_g at x_g and >= y_{g+1} at x_{g+1}:
 *
 *                        ___ o ___  after             the middle line is steeper than the chord, and its
 *                       /   x_{g+1}                   neighbours are flatter; in which order the two
 *          before ___ o                               knots come makes no difference at the data
 *                    x_g
 *
 * Any choice of one line for each piece is a function through the data with these cuts, and with the fewest knots there are no others: a
 * third knot in a gap, or a second of the same sign, could be saved (join the dots, or let the neighbours cross).
 * All tests are signs of curvature.
 */
export interface CutGraph {
  /** Cuts on every path. */
  readonly cuts: number;
  /**
   * Nodes by level: levels[j] .. levels[j + 1] - 1 may be cut number j. Level 0 is the start (node 0), level cuts + 1 the end, one node
   * each. Every node lies on a path.
   */
  readonly levels: Int32Array;
  /** Gap of each node; -1 at the start, N - 1 at the end. */
  readonly gap: Int32Array;
  /** Sign of the slope change; 0 at start and end. */
  readonly sign: Int8Array;
  /** 1 when the cut before it lies in the same gap. */
  readonly second: Uint8Array;
  readonly pieces: Pieces;
  /** The pieces after node u are those from first[u] to first[u + 1] - 1. */
  readonly first: Int32Array;
  /** The pieces before node v: before[k] for k from firstBefore[v] to firstBefore[v + 1] - 1. */
  readonly firstBefore: Int32Array;
  readonly before: Int32Array;
}

/** Where the knots of a function lie, from left to right: gaps do not fall, and two cuts may share one. */
export interface Cuts {
  readonly gap: readonly number[];
  /** Signs of the slope changes. */
  readonly sign: readonly number[];
}

export const POINT = 0;
export const CHORD = 1;
export const CONE = 2;

/** The pieces, in the order of the nodes they begin at. */
export interface Pieces {
  readonly count: number;
  /** The node at its left end, and the one at its right end. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** POINT, CHORD or CONE. */
  readonly kind: Uint8Array;
  /** The data point of a POINT, else the gap of a CHORD or CONE. */
  readonly at: Int32Array;
  /** The least and the greatest slope, as numbers of chords; -1: none. */
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** The cuts between the pieces of a path. */
export function cutsOf({ gap, sign, pieces }: CutGraph, path: ArrayLike<number>): Cuts {
  const nodes = Array.from({ length: path.length - 1 }, (_, j) => pieces.to[path[j]!]!);
  return { gap: nodes.map((node) => gap[node]!), sign: nodes.map((node) => sign[node]!) };
}

/** Receives a piece and the cut at its right end; gap N - 1 is the end. */
type Visit = (
  gap: number,
  sign: number,
  second: number,
  kind: number,
  at: number,
  low: number,
  high: number,
) => void;

const START = -1;
const NONE = -1;
const UNREACHED = 2 ** 30;
const SIGNS = [1, -1] as const;

/** Which pieces may follow a cut. */
class Steps {
  private readonly last: number;
  /** The first point at or after i with a curvature, else the last point. */
  private readonly bend: Int32Array;

  constructor(private readonly curvature: Int8Array) {
    this.last = curvature.length - 1;
    this.bend = new Int32Array(curvature.length + 2).fill(this.last);
    for (let i = this.last - 1; i >= 0; i--) this.bend[i] = curvature[i] !== 0 ? i : this.bend[i + 1]!;
  }

  /**
   * Knots of a function with the fewest lie strictly between the neighbours of a point with curvature: every other point of every run
   * forces one there, and there are no more. So a gap between two points without curvature holds none.
   */
  private mayHold(gap: number): boolean {
    return this.curvature[gap] !== 0 || this.curvature[gap + 1] !== 0;
  }

  /** All pieces after the cut (gap, sign, second); gap -1 is the start. */
  after(gap: number, sign: number, second: number, visit: Visit): void {
    const { curvature, last } = this;
    const i = gap + 1;
    if (sign !== 0 && second === 0) {
      if (sign > 0) visit(gap, -1, 1, CONE, gap, gap, NONE);
      else visit(gap, 1, 1, CONE, gap, NONE, gap);
    }
    if (i === last) {
      visit(last, 0, 0, POINT, i, sign > 0 ? gap : NONE, sign < 0 ? gap : NONE);
      return;
    }
    const e = curvature[i]!;
    if (this.mayHold(i)) {
      for (const next of SIGNS) {
        if (sign === 0) visit(i, next, 0, POINT, i, next < 0 ? i : NONE, next > 0 ? i : NONE);
        else if (sign === next) {
          if (e === 0 || e === sign) visit(i, next, 0, POINT, i, sign > 0 ? gap : i, sign > 0 ? i : gap);
        } else {
          // Both cuts bound the slope from one side: the chord that bounds it more closely counts.
          const closer = e === sign ? i : gap;
          visit(i, next, 0, POINT, i, sign > 0 ? closer : NONE, sign < 0 ? closer : NONE);
        }
      }
    }
    // Two or more points: as far as they are collinear, to the next bend or just before it.
    if (sign !== 0 && e === -sign) return;
    const bend = this.bend[i + 1]!;
    if (bend === last) {
      visit(last, 0, 0, CHORD, i, i, i);
      return;
    }
    if (bend - 1 > i) for (const next of SIGNS) visit(bend - 1, next, 0, CHORD, i, i, i);
    visit(bend, curvature[bend]!, 0, CHORD, i, i, i);
  }
}

const codeOf = (gap: number, sign: number, second: number): number => 4 * gap + (sign > 0 ? 2 : 0) + second;

/**
 * All paths with fewest + extra cuts.
 * @param curvature of at least three points, not all 0
 * @param extra 0 or 1. With 1 the paths are functions through the data, but not all with so many knots
 */
export function cutGraph(curvature: Int8Array, extra: 0 | 1 = 0): CutGraph {
  const gaps = curvature.length - 1;
  const steps = new Steps(curvature);
  const end = codeOf(gaps, 0, 0);

  // Phase 1: the fewest cuts up to and including each cut, and from it on.
  const upTo = new Int32Array(end + 1).fill(UNREACHED);
  const fromOn = new Int32Array(end + 1).fill(UNREACHED);
  const codes: [sign: number, second: number][] = [
    [1, 0],
    [-1, 0],
    [1, 1],
    [-1, 1],
  ];
  steps.after(START, 0, 0, (gap, sign, second) => {
    upTo[codeOf(gap, sign, second)] = 1;
  });
  for (let g = 0; g < gaps; g++) {
    for (const [s, e] of codes) {
      const own = upTo[codeOf(g, s, e)]!;
      if (own === UNREACHED) continue;
      steps.after(g, s, e, (gap, sign, second) => {
        const next = codeOf(gap, sign, second);
        if (own + 1 < upTo[next]!) upTo[next] = own + 1;
      });
    }
  }
  fromOn[end] = 0;
  for (let g = gaps - 1; g >= 0; g--) {
    for (const [s, e] of codes.toReversed()) {
      const own = codeOf(g, s, e);
      if (upTo[own] === UNREACHED) continue;
      steps.after(g, s, e, (gap, sign, second) => {
        fromOn[own] = Math.min(fromOn[own]!, fromOn[codeOf(gap, sign, second)]! + 1);
      });
    }
  }
  const cuts = upTo[end]! - 1 + extra;

  // Phase 2: (cut, level) for every level that a path through the cut may give it; slot = level - fewest.
  const width = extra + 1;
  const levelOf = (code: number, slot: number) => (code === end ? cuts + 1 : upTo[code]! + slot);
  const fits = (code: number, level: number) => {
    const slot = level - upTo[code]!;
    if (code === end) return level === cuts + 1 ? 0 : NONE;
    return slot >= 0 && slot < width && level + fromOn[code]! <= cuts + 1 ? slot : NONE;
  };
  const reached = new Uint8Array((end + 1) * width);
  const useful = new Uint8Array((end + 1) * width);
  steps.after(START, 0, 0, (gap, sign, second) => {
    const next = codeOf(gap, sign, second);
    const slot = fits(next, 1);
    if (slot !== NONE) reached[next * width + slot] = 1;
  });
  const forEachReached = (g: number, visit: (code: number, level: number, s: number, e: number) => void) => {
    for (const [s, e] of codes) {
      const code = codeOf(g, s, e);
      for (let slot = 0; slot < width; slot++)
        if (reached[code * width + slot] === 1) visit(code, levelOf(code, slot), s, e);
    }
  };
  for (let g = 0; g < gaps; g++) {
    forEachReached(g, (_, level, s, e) => {
      steps.after(g, s, e, (gap, sign, second) => {
        const next = codeOf(gap, sign, second);
        const slot = fits(next, level + 1);
        if (slot !== NONE) reached[next * width + slot] = 1;
      });
    });
  }
  useful[end * width] = 1;
  for (let g = gaps - 1; g >= 0; g--) {
    for (const [s, e] of codes.toReversed()) {
      const code = codeOf(g, s, e);
      for (let slot = 0; slot < width; slot++) {
        if (reached[code * width + slot] === 0) continue;
        steps.after(g, s, e, (gap, sign, second) => {
          const next = codeOf(gap, sign, second);
          const place = fits(next, levelOf(code, slot) + 1);
          if (place !== NONE && useful[next * width + place] === 1) useful[code * width + slot] = 1;
        });
      }
    }
  }

  // Phase 3: nodes by level, pieces by the node they begin at.
  const count = new Int32Array(cuts + 3);
  const members: number[] = [];
  for (let key = 0; key < useful.length; key++) {
    if (useful[key] === 0) continue;
    members.push(key);
    count[levelOf(Math.floor(key / width), key % width) + 1]!++;
  }
  count[1] = 1;
  for (let j = 1; j < count.length; j++) count[j]! += count[j - 1]!;
  const levels = count.slice();
  const nodes = members.length + 1;
  const node = new Int32Array(useful.length).fill(NONE);
  const gap = new Int32Array(nodes);
  const sign = new Int8Array(nodes);
  const second = new Uint8Array(nodes);
  gap[0] = START;
  const place = levels.slice();
  for (const key of members) {
    const code = Math.floor(key / width);
    const v = place[levelOf(code, key % width)]!++;
    node[key] = v;
    gap[v] = code >> 2;
    if (code !== end) {
      sign[v] = (code & 2) === 2 ? 1 : -1;
      second[v] = code & 1;
    }
  }
  const from: number[] = [];
  const to: number[] = [];
  const kinds: number[] = [];
  const at: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  const first = new Int32Array(nodes + 1);
  for (let j = 0; j <= cuts; j++) {
    for (let u = levels[j]!; u < levels[j + 1]!; u++) {
      first[u] = from.length;
      steps.after(gap[u]!, sign[u]!, second[u]!, (g, s, e, kind, where, least, greatest) => {
        const next = codeOf(g, s, e);
        const slot = fits(next, j + 1);
        const v = slot === NONE ? NONE : node[next * width + slot]!;
        if (v === NONE) return;
        from.push(u);
        to.push(v);
        kinds.push(kind);
        at.push(where);
        low.push(least);
        high.push(greatest);
      });
    }
  }
  first[nodes - 1] = from.length;
  first[nodes] = from.length;
  const pieces: Pieces = {
    count: from.length,
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    kind: Uint8Array.from(kinds),
    at: Int32Array.from(at),
    low: Int32Array.from(low),
    high: Int32Array.from(high),
  };
  return { cuts, levels, gap, sign, second, pieces, first, ...byRightEnd(pieces, nodes) };
}

/** The pieces sorted by the node at their right end. */
function byRightEnd({ to, count }: Pieces, nodes: number): Pick<CutGraph, 'firstBefore' | 'before'> {
  const firstBefore = new Int32Array(nodes + 1);
  for (const v of to) firstBefore[v + 1]!++;
  for (let v = 0; v < nodes; v++) firstBefore[v + 1]! += firstBefore[v]!;
  const place = firstBefore.slice();
  const before = new Int32Array(count);
  for (let piece = 0; piece < count; piece++) before[place[to[piece]!]!++] = piece;
  return { firstBefore, before };
}
