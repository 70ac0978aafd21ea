import type { PathNormQuestion } from './question.js';

/**
 * max of sum_n c_n (z . xbar_n)+ over |z|_1 <= 1 for many c, without the extreme rays of the arrangement.
 *
 * With P = {n : c_n > 0} and Q = {n : c_n < 0} it is the largest over A in P of
 *
 *   max_z  sum_A c_n z . xbar_n - sum_Q |c_n| (z . xbar_n)+   =   min over theta in [0, 1]^Q of  || sum_A c_n xbar_n - sum_Q theta_n |c_n| xbar_n ||_inf,
 *
 * because (t)+ is the larger of 0 and t: 2^|P| linear programs with |Q| + 1 rows. A tree over the points of P prunes them: at a partial
 * choice of A every undecided point adds, in each coordinate, at most the positive (negative) part of c_n xbar_n.
 */
export class PatternOracle {
  private readonly points: Float64Array;
  private readonly size: number;
  private readonly width: number;
  private readonly program: BoxNorm;

  /** @param isOver asked at every leaf; true gives the walk up */
  constructor(
    question: PathNormQuestion,
    private readonly isOver: () => boolean,
  ) {
    const { size, width, problem } = question;
    this.size = size;
    this.width = width;
    this.points = new Float64Array(size * width).fill(1);
    problem.inputs.forEach((column, i) => {
      for (let n = 0; n < size; n++) this.points[n * width + i] = column.value(n).toNumber();
    });
    this.program = new BoxNorm(size, width);
  }

  /**
   * Goes through the tree of partial choices.
   * @param c one coefficient per point
   * @param target choices whose norm is at most this are not looked at more closely
   * @param visit is shown every leaf: the decisions (1 in A, 0 not, -1 undecided) per point, theta per point of Q (in order) and the norm; a
   * leaf above the target has everything decided, and comes with the z that attains it
   * @param mostLeaves leaves after which the walk is given up
   * @returns the largest norm of a leaf, or Infinity when it was given up
   */
  walk(c: Float64Array, target: number, visit: LeafVisitor | null, mostLeaves: number): number {
    const { width, points, size, program } = this;
    const chosen: number[] = [];
    const others: number[] = [];
    for (let n = 0; n < size; n++) {
      if (c[n]! > 0) chosen.push(n);
      else if (c[n]! < 0) others.push(n);
    }
    // The points that move the norm most come first.
    const reach = (n: number): number => {
      let top = 0;
      for (let i = 0; i < width; i++) top = Math.max(top, Math.abs(points[n * width + i]!));
      return c[n]! * top;
    };
    chosen.sort((a, b) => reach(b) - reach(a));
    const depth = chosen.length;
    // Room of the undecided points below each depth, upwards and downwards.
    const up = new Float64Array((depth + 1) * width);
    const down = new Float64Array((depth + 1) * width);
    for (let d = depth - 1; d >= 0; d--) {
      const n = chosen[d]!;
      for (let i = 0; i < width; i++) {
        const value = c[n]! * points[n * width + i]!;
        up[d * width + i] = up[(d + 1) * width + i]! + Math.max(0, value);
        down[d * width + i] = down[(d + 1) * width + i]! + Math.max(0, -value);
      }
    }
    program.prepare(
      others.map((n) => ({ point: n, factor: -c[n]! })),
      points,
    );
    const decisions = new Int8Array(size).fill(-1);
    const sums = new Float64Array((depth + 1) * width);
    let theta: Float64Array = new Float64Array(others.length);
    let largest = 0;
    let leaves = 0;
    const descend = (d: number): boolean => {
      const sum = sums.subarray(d * width, (d + 1) * width);
      const above = up.subarray(d * width, (d + 1) * width);
      const below = down.subarray(d * width, (d + 1) * width);
      // The multipliers of the choice before often serve here too.
      let norm = program.norm(sum, above, below, theta);
      if (norm > target) {
        if (d === depth) {
          const found = program.minimise(sum);
          theta = found.theta;
          norm = found.norm;
        } else if (norm <= 4 * target) {
          // Worth a program: its centre is the middle of the box.
          const middle = sum.map((value, i) => value + (above[i]! - below[i]!) / 2);
          const candidate = program.minimise(middle).theta;
          const own = program.norm(sum, above, below, candidate);
          if (own < norm) {
            theta = candidate;
            norm = own;
          }
        }
      }
      if (norm <= target || d === depth) {
        if (norm > largest) largest = norm;
        visit?.({ decisions, theta, norm, points: chosen, z: norm > target ? program.primal() : null });
        return ++leaves < mostLeaves && !this.isOver();
      }
      const n = chosen[d]!;
      const next = sums.subarray((d + 1) * width, (d + 2) * width);
      for (const choice of [0, 1]) {
        decisions[n] = choice;
        for (let i = 0; i < width; i++) next[i] = sum[i]! + choice * c[n]! * points[n * width + i]!;
        if (!descend(d + 1)) return false;
      }
      decisions[n] = -1;
      return true;
    };
    return descend(0) ? largest : Number.POSITIVE_INFINITY;
  }

  /** An upper bound of that largest value, from nothing but the room of all points. */
  crude(c: Float64Array): number {
    let largest = 0;
    const show: LeafVisitor = ({ norm }) => {
      largest = norm;
    };
    this.walk(c, Number.MAX_VALUE, show, 1);
    return largest;
  }
}

export interface PatternLeaf {
  readonly decisions: Int8Array;
  readonly theta: Float64Array;
  readonly norm: number;
  /** The points of P in the order in which the walk decides them. */
  readonly points: readonly number[];
  /** Above the target: a neuron, |z|_1 = 1, that attains the norm. */
  readonly z: Float64Array | null;
}

export type LeafVisitor = (leaf: PatternLeaf) => void;

/**
 * min over theta in [0, 1]^q of ||v - sum_k theta_k g_k||_inf by the simplex method on its dual, max v . z - sum h_k with h_k >= g_k . z, h >= 0,
 * |z|_1 <= 1. Tableau of q + 1 rows (one a theta, then the norm) and columns z+ (D), z- (D), h (q), slacks (q + 1), right side.
 */
class BoxNorm {
  private readonly g: Float64Array;
  private count = 0;
  private readonly table: Float64Array;
  private readonly basic: Int32Array;
  private columns = 0;

  constructor(
    size: number,
    private readonly width: number,
  ) {
    this.g = new Float64Array(size * width);
    this.table = new Float64Array((size + 2) * (2 * width + 2 * size + 3));
    this.basic = new Int32Array(size + 1);
  }

  prepare(vectors: readonly { point: number; factor: number }[], points: Float64Array): void {
    const { width } = this;
    this.count = vectors.length;
    vectors.forEach(({ point, factor }, k) => {
      for (let i = 0; i < width; i++) this.g[k * width + i] = factor * points[point * width + i]!;
    });
  }

  /** Largest coordinate of v - sum theta g with the rooms above and below added. */
  norm(v: Float64Array, above: Float64Array, below: Float64Array, theta: Float64Array): number {
    const { width, count, g } = this;
    let top = 0;
    for (let i = 0; i < width; i++) {
      let value = v[i]!;
      for (let k = 0; k < count; k++) value -= theta[k]! * g[k * width + i]!;
      top = Math.max(top, value + above[i]!, below[i]! - value);
    }
    return top;
  }

  minimise(v: Float64Array): { norm: number; theta: Float64Array } {
    const { width, count, g, table, basic } = this;
    const columns = 2 * width + 2 * count + 2;
    this.columns = columns;
    const right = columns - 1;
    const objective = (count + 1) * columns;
    table.fill(0, 0, (count + 2) * columns);
    for (let k = 0; k < count; k++) {
      const row = k * columns;
      for (let i = 0; i < width; i++) {
        table[row + i] = g[k * width + i]!;
        table[row + width + i] = -g[k * width + i]!;
      }
      table[row + 2 * width + k] = -1;
      table[row + 2 * width + count + k] = 1;
      basic[k] = 2 * width + count + k;
    }
    const last = count * columns;
    for (let i = 0; i < 2 * width; i++) table[last + i] = 1;
    table[last + 2 * width + 2 * count] = 1;
    table[last + right] = 1;
    basic[count] = 2 * width + 2 * count;
    // Objective row: reduced gains.
    for (let i = 0; i < width; i++) {
      table[objective + i] = v[i]!;
      table[objective + width + i] = -v[i]!;
    }
    for (let k = 0; k < count; k++) table[objective + 2 * width + k] = -1;
    let scale = 0;
    for (let i = 0; i < width; i++) scale = Math.max(scale, Math.abs(v[i]!));
    const tolerance = 1e-12 * scale;
    for (let step = 0; step < 40 * (count + 2); step++) {
      const bland = step > 20 * (count + 2);
      let entering = -1;
      let best = tolerance;
      for (let j = 0; j < right; j++) {
        const gain = table[objective + j]!;
        if (gain > best) {
          best = gain;
          entering = j;
          if (bland) break;
        }
      }
      if (entering < 0) break;
      let leaving = -1;
      let ratio = Number.POSITIVE_INFINITY;
      for (let r = 0; r <= count; r++) {
        const entry = table[r * columns + entering]!;
        if (entry <= 1e-11) continue;
        const own = table[r * columns + right]! / entry;
        if (
          own < ratio - 1e-14 ||
          (own <= ratio + 1e-14 && leaving >= 0 && entry > table[leaving * columns + entering]!)
        ) {
          ratio = own;
          leaving = r;
        }
      }
      if (leaving < 0) break;
      this.pivot(leaving, entering);
    }
    // Duals are minus the reduced gains of the slacks.
    const theta = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      theta[k] = Math.min(1, Math.max(0, -table[objective + 2 * width + count + k]!));
    }
    const none = new Float64Array(width);
    return { theta, norm: this.norm(v, none, none, theta) };
  }

  /** The z of the last program. */
  primal(): Float64Array {
    const { width, count, table, basic, columns } = this;
    const z = new Float64Array(width);
    for (let r = 0; r <= count; r++) {
      const variable = basic[r]!;
      if (variable >= 2 * width) continue;
      const value = table[r * columns + columns - 1]!;
      z[variable % width]! += variable < width ? value : -value;
    }
    return z;
  }

  private pivot(leaving: number, entering: number): void {
    const { table, count, columns, basic } = this;
    const own = leaving * columns;
    const inverse = 1 / table[own + entering]!;
    for (let j = 0; j < columns; j++) table[own + j]! *= inverse;
    for (let r = 0; r <= count + 1; r++) {
      if (r === leaving) continue;
      const factor = table[r * columns + entering]!;
      if (factor === 0) continue;
      for (let j = 0; j < columns; j++) table[r * columns + j]! -= factor * table[own + j]!;
      table[r * columns + entering] = 0;
    }
    basic[leaving] = entering;
  }
}
