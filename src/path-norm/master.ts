import type { Directions } from './directions.js';
import type { Region } from './rays.js';

/** A neuron that the branching has set apart: its output sign, its size low <= |z| <= high, and its region (null: anywhere). */
export interface NamedNeuron {
  readonly sign: 1 | -1;
  readonly low: number;
  readonly high: number;
  readonly region: Region | null;
}

/** The linear relaxation at one node of the branching; see `Master`. */
export interface MasterProblem {
  readonly named: readonly NamedNeuron[];
  /** Cost of one unit of |z| of a neuron that is not named, tau^(p-1); Infinity when there are no such neurons. */
  readonly slope: number;
  /** Factors of that cost per direction: entry 2 r for direction r with output sign +1, 2 r + 1 with -1 (reweighted l^1); null: 1. */
  readonly weights?: Float64Array | null;
}

/** Basic columns of a solved master problem, in row order. */
export interface Basis {
  readonly kind: Int8Array;
  readonly direction: Int32Array;
  readonly owner: Int32Array;
  readonly flip: Int8Array;
  /** Windows whose slack is nonbasic at its upper end. */
  readonly atUpper: Uint8Array;
}

/** Kinds of columns: owner is a row, an output sign, a named neuron or a point. */
export const KIND = { artificial: 0, other: 1, low: 2, high: 3, idle: 4, slack: 5 } as const;

export interface MasterSolution {
  /** Value of the relaxation; meaningless as a bound before lambda is made exact. Infinity: nothing satisfies it. */
  readonly value: number;
  /** In kernel coordinates, one per row. Every constraint of the dual holds up to rounding. */
  readonly lambda: Float64Array;
  /** Per named neuron max(0, max over its directions of sign lambda . a). */
  readonly slopes: Float64Array;
  readonly basis: Basis;
  /** Values of the basic columns. */
  readonly masses: Float64Array;
}

/** Limits of the simplex method. */
const PIVOTS = {
  most: 400,
  bland: 100,
  refactor: 40,
  /** Values of basic columns above minus this are taken for 0. */
  sound: 1e-8,
  /** Reduced costs above minus this share of what the forbidden costs are taken for 0. */
  tolerance: 1e-14,
  /** What must vanish is made dearer so often at most. */
  rises: 4,
  /** Forbidden columns that cost less than this share of what is enough are rounding. */
  counts: 1e-9,
} as const;
const PIVOT_TOLERANCE = 1e-10;
const FEASIBILITY = 1e-11;

/**
 * min  slope * sum of weight_r (x_r+ + x_r-)  +  sum over named j of  low_j^p (its low columns and its idle one) + high_j^p (its high ones)
 *
 * subject to: the activations add up to labels in the windows (one row per kernel vector), and the columns of each named neuron to 1. A low
 * (high) column of neuron j is a direction of its region at size low_j (high_j), the idle column the neuron without any activation. So a
 * named neuron of size t between its bounds costs the chord of t^p, and its contribution is a mixture of its directions, or less.
 *
 * The dual is the bound: lambda . y + sum_j min(low^p - M_j low, high^p - M_j high) with |lambda . a(r)| <= slope for every direction r of
 * size 1. All columns are priced from one product per direction. A primal simplex method with an explicit inverse, in doubles; nothing
 * here is a claim.
 */
export class Master {
  private readonly rows: number;
  /** Projected lower ends and, for windows, what they may be exceeded by. */
  private readonly right: Float64Array;
  private readonly widths: Float64Array | null;
  private readonly size: number;
  private capacity = 0;
  private inverse = new Float64Array(0);
  private work = new Float64Array(0);
  private readonly column: Float64Array;
  private readonly direction: Float64Array;
  private readonly x: Float64Array;
  private readonly multipliers: Float64Array;
  private products = new Float64Array(0);
  private kind: Int8Array;
  private ray: Int32Array;
  private owner: Int32Array;
  private flip: Int8Array;
  private atUpper: Uint8Array;
  /** Programs solved and pivots made, for reports. */
  programs = 0;
  pivots = 0;
  /** Cost of a unit of what must vanish. */
  private big: number;

  /**
   * @param lower, upper windows as doubles, scaled to magnitude 1
   * @param penalty cost of a unit of what must vanish, at first: it rises where something is left of it and the value is below `enough`
   */
  constructor(
    private readonly directions: Directions,
    private readonly exponent: number,
    lower: Float64Array,
    upper: Float64Array,
    private readonly penalty: number,
    private readonly enough = 0,
  ) {
    this.big = penalty;
    this.rows = directions.rows;
    this.size = directions.question.size;
    const most = 2 * this.rows + 2;
    this.right = new Float64Array(this.rows);
    for (let k = 0; k < this.rows; k++) {
      for (let n = 0; n < this.size; n++)
        this.right[k]! += directions.projection[k * this.size + n]! * lower[n]!;
    }
    this.widths = lower.some((value, n) => value !== upper[n])
      ? upper.map((value, n) => value - lower[n]!)
      : null;
    this.column = new Float64Array(most);
    this.direction = new Float64Array(most);
    this.x = new Float64Array(most);
    this.multipliers = new Float64Array(most);
    this.kind = new Int8Array(most);
    this.ray = new Int32Array(most);
    this.owner = new Int32Array(most);
    this.flip = new Int8Array(most);
    this.atUpper = new Uint8Array(this.size);
    this.grow(most);
  }

  private grow(size: number): void {
    if (size <= this.capacity) return;
    this.capacity = size;
    this.inverse = new Float64Array(size * size);
    this.work = new Float64Array(size * 2 * size);
  }

  /** @param start the basis of a similar problem: named neurons may have been added at the end, bounds and regions changed */
  solve(problem: MasterProblem, start: Basis | null): MasterSolution {
    this.programs++;
    const { named } = problem;
    const R = this.rows + named.length;
    if (this.products.length < this.directions.count)
      this.products = new Float64Array(2 * this.directions.count);
    this.big = this.penalty;
    if (start === null || !this.warm(problem, start)) this.cold(problem);
    this.pivot(problem);
    let solution = this.solution(problem, R);
    for (let rise = 0; rise < PIVOTS.rises && solution.value < this.enough; rise++) {
      const left = this.forbiddenMass(problem, R);
      if (left * this.big <= PIVOTS.counts * this.enough) break;
      this.big += (2 * (this.enough - solution.value)) / left;
      this.pivot(problem);
      const raised = this.solution(problem, R);
      if (raised.value > solution.value) solution = raised;
    }
    return solution;
  }

  /** Exchanges columns until none of them lowers the value; from the start again where rounding has spoilt the basis. */
  private pivot(problem: MasterProblem): void {
    if (this.exchanges(problem, PIVOTS.refactor)) return;
    this.cold(problem);
    this.exchanges(problem, 1);
  }

  /**
   * Ends at a basis that prices of a fresh inverse call optimal: those of an updated one are off by its rounding times the forbidden costs.
   * @returns whether its columns are independent and their values at least 0
   */
  private exchanges(problem: MasterProblem, refactor: number): boolean {
    let fresh = false;
    for (let step = 0, age = 0; step < PIVOTS.most; step++, age++) {
      if (age === refactor) {
        fresh = this.refactor(problem);
        if (!fresh) this.cold(problem);
        age = 0;
      }
      this.price(problem);
      if (this.enter(problem, step > PIVOTS.bland)) {
        this.pivots++;
        fresh = false;
        continue;
      }
      if (fresh) return this.isFeasible(problem);
      if (!this.refactor(problem)) return false;
      fresh = true;
      age = -1;
    }
    return this.refactor(problem) && this.isFeasible(problem);
  }

  private isFeasible({ named }: MasterProblem): boolean {
    for (let i = 0; i < this.rows + named.length; i++) if (this.x[i]! < -PIVOTS.sound) return false;
    return true;
  }

  /** What is left of columns that must vanish: so little that the rest would cost more. (A neuron of size 1e-10 costs 1/100 at p = 1/5.) */
  private forbiddenMass(problem: MasterProblem, R: number): number {
    let mass = 0;
    for (let i = 0; i < R; i++) if (this.cost(problem, i) === this.big) mass += this.x[i]!;
    return mass;
  }

  // --- columns --------------------------------------------------------------------------------------------------------

  private cost(problem: MasterProblem, i: number): number {
    if (this.flip[i] === -1) return this.big;
    switch (this.kind[i]) {
      case KIND.other: {
        if (problem.slope === Infinity) return this.big;
        return problem.slope * (problem.weights?.[2 * this.ray[i]! + (this.owner[i] === 1 ? 0 : 1)] ?? 1);
      }
      case KIND.low:
      case KIND.high: {
        const neuron = problem.named[this.owner[i]!]!;
        if (neuron.region !== null && !includes(neuron.region.rays, this.ray[i]!)) return this.big;
        return (this.kind[i] === KIND.low ? neuron.low : neuron.high) ** this.exponent;
      }
      case KIND.idle:
        return problem.named[this.owner[i]!]!.low ** this.exponent;
      case KIND.slack:
        return 0;
      default:
        return this.big;
    }
  }

  /** Writes the entries of a column into `column`. */
  private load(problem: MasterProblem, kind: number, ray: number, owner: number, flip: number): void {
    const { rows, column } = this;
    const R = rows + problem.named.length;
    column.fill(0, 0, R);
    if (kind === KIND.artificial) column[owner] = ray;
    else if (kind === KIND.slack) {
      for (let k = 0; k < rows; k++) column[k] = -this.directions.projection[k * this.size + owner]!;
    } else {
      let factor: number = owner;
      if (kind !== KIND.other) {
        const neuron = problem.named[owner]!;
        factor = kind === KIND.idle ? 0 : neuron.sign * (kind === KIND.low ? neuron.low : neuron.high);
        column[rows + owner] = 1;
      }
      const { activations } = this.directions;
      if (factor !== 0) for (let k = 0; k < rows; k++) column[k] = factor * activations[ray * rows + k]!;
    }
    if (flip === -1) for (let k = 0; k < R; k++) column[k] = -column[k]!;
  }

  private put(i: number, kind: number, ray: number, owner: number, flip: number): void {
    this.kind[i] = kind;
    this.ray[i] = ray;
    this.owner[i] = owner;
    this.flip[i] = flip;
  }

  // --- starting bases -------------------------------------------------------------------------------------------------

  private cold(problem: MasterProblem): void {
    const { rows } = this;
    const R = rows + problem.named.length;
    this.atUpper.fill(0);
    this.inverse.fill(0, 0, R * R);
    for (let i = 0; i < R; i++) {
      if (i < rows) {
        const sign = this.right[i]! < 0 ? -1 : 1;
        this.put(i, KIND.artificial, sign, i, 1);
        this.x[i] = Math.abs(this.right[i]!);
        this.inverse[i * R + i] = sign;
      } else {
        this.put(i, KIND.idle, 0, i - rows, 1);
        this.x[i] = 1;
        this.inverse[i * R + i] = 1;
      }
    }
  }

  private warm(problem: MasterProblem, start: Basis): boolean {
    const R = this.rows + problem.named.length;
    const known = start.kind.length;
    for (let i = 0; i < R; i++) {
      if (i < known) this.put(i, start.kind[i]!, start.direction[i]!, start.owner[i]!, start.flip[i]!);
      else this.put(i, KIND.idle, 0, i - this.rows, 1);
    }
    this.atUpper.set(start.atUpper);
    if (!this.refactor(problem)) return false;
    for (let i = 0; i < R; i++) {
      const value = this.x[i]!;
      if (
        this.kind[i] === KIND.slack &&
        (value < -FEASIBILITY || value > this.widths![this.owner[i]!]! + FEASIBILITY)
      )
        return false;
      if (value >= 0) continue;
      if (value > -FEASIBILITY) {
        this.x[i] = 0;
        continue;
      }
      // The column turned round is a column that must vanish.
      this.flip[i] = -this.flip[i]!;
      this.x[i] = -value;
      for (let k = 0; k < R; k++) this.inverse[i * R + k] = -this.inverse[i * R + k]!;
    }
    return true;
  }

  /** Inverse and values of the basis from its columns; false when it is singular. */
  private refactor(problem: MasterProblem): boolean {
    const { rows, work, inverse, column, x } = this;
    const R = rows + problem.named.length;
    const W = 2 * R;
    work.fill(0, 0, R * W);
    for (let j = 0; j < R; j++) {
      this.load(problem, this.kind[j]!, this.ray[j]!, this.owner[j]!, this.flip[j]!);
      for (let i = 0; i < R; i++) work[i * W + j] = column[i]!;
      work[j * W + R + j] = 1;
    }
    for (let c = 0; c < R; c++) {
      let best = c;
      for (let i = c + 1; i < R; i++)
        if (Math.abs(work[i * W + c]!) > Math.abs(work[best * W + c]!)) best = i;
      const pivot = work[best * W + c]!;
      if (!(Math.abs(pivot) > 1e-12)) return false;
      if (best !== c) {
        for (let k = 0; k < W; k++) {
          const swap = work[c * W + k]!;
          work[c * W + k] = work[best * W + k]!;
          work[best * W + k] = swap;
        }
      }
      const inv = 1 / pivot;
      for (let k = c; k < W; k++) work[c * W + k]! *= inv;
      for (let i = 0; i < R; i++) {
        if (i === c) continue;
        const factor = work[i * W + c]!;
        if (factor !== 0) for (let k = c; k < W; k++) work[i * W + k]! -= factor * work[c * W + k]!;
      }
    }
    for (let i = 0; i < R; i++) for (let k = 0; k < R; k++) inverse[i * R + k] = work[i * W + R + k]!;
    // Values: inverse times (right side less the slacks at their upper ends).
    const rhs = this.direction;
    for (let k = 0; k < R; k++) rhs[k] = k < rows ? this.right[k]! : 1;
    if (this.widths !== null) {
      for (let n = 0; n < this.size; n++) {
        if (this.atUpper[n] === 0) continue;
        for (let k = 0; k < rows; k++)
          rhs[k]! += this.directions.projection[k * this.size + n]! * this.widths[n]!;
      }
    }
    for (let i = 0; i < R; i++) {
      let sum = 0;
      for (let k = 0; k < R; k++) sum += inverse[i * R + k]! * rhs[k]!;
      x[i] = sum;
    }
    return true;
  }

  // --- pivoting -------------------------------------------------------------------------------------------------------

  /** multipliers = costs of the basis times its inverse; products = lambda . a(r) / |r| for every ray. */
  private price(problem: MasterProblem): void {
    const { rows, multipliers, inverse, products } = this;
    const R = rows + problem.named.length;
    multipliers.fill(0, 0, R);
    for (let i = 0; i < R; i++) {
      const c = this.cost(problem, i);
      if (c !== 0) for (let k = 0; k < R; k++) multipliers[k]! += c * inverse[i * R + k]!;
    }
    const { activations, base } = this.directions;
    for (let r = 0, at = 0; r < base; r++) {
      let sum = 0;
      for (let k = 0; k < rows; k++) sum += multipliers[k]! * activations[at++]!;
      products[r] = sum;
    }
    for (let j = 0; j < problem.named.length; j++) {
      const region = problem.named[j]!.region?.rays;
      if (region === undefined) continue;
      // Ascending: rays on cuts come last.
      for (let t = region.length - 1; t >= 0 && region[t]! >= base; t--) {
        const r = region[t]!;
        let sum = 0;
        for (let k = 0; k < rows; k++) sum += multipliers[k]! * activations[r * rows + k]!;
        products[r] = sum;
      }
    }
  }

  /** Chooses the column of least reduced cost and exchanges it; false when there is none. */
  private enter(problem: MasterProblem, bland: boolean): boolean {
    const { rows, multipliers, products, directions } = this;
    const { named, slope, weights = null } = problem;
    let least = -PIVOTS.tolerance * this.big;
    let kind = -1;
    let ray = 0;
    let owner = 0;
    let downwards = false;
    const offer = (reduced: number, k: number, r: number, o: number): void => {
      if (reduced < least && !(bland && kind >= 0)) {
        least = reduced;
        kind = k;
        ray = r;
        owner = o;
        downwards = false;
      }
    };
    if (slope !== Infinity) {
      if (weights === null) {
        let top = 0;
        let best = -1;
        for (let r = 0; r < directions.base; r++) {
          const value = Math.abs(products[r]!);
          if (value > top) {
            top = value;
            best = r;
          }
        }
        if (best >= 0) offer(slope - top, KIND.other, best, products[best]! > 0 ? 1 : -1);
      } else {
        for (let r = 0; r < directions.base; r++) {
          const product = products[r]!;
          const reduced = slope * weights[2 * r + (product > 0 ? 0 : 1)]! - Math.abs(product);
          if (reduced < least) offer(reduced, KIND.other, r, product > 0 ? 1 : -1);
        }
      }
    }
    for (let j = 0; j < named.length; j++) {
      const { low, high } = named[j]!;
      const base = multipliers[rows + j]!;
      const best = this.steepest(named[j]!);
      const top = best < 0 ? 0 : named[j]!.sign * products[best]!;
      const lowCost = low ** this.exponent - base;
      offer(lowCost, KIND.idle, 0, j);
      if (best >= 0) {
        offer(lowCost - top * low, KIND.low, best, j);
        offer(high ** this.exponent - base - top * high, KIND.high, best, j);
      }
    }
    if (this.widths !== null) {
      for (let n = 0; n < this.size; n++) {
        let value = 0;
        for (let k = 0; k < rows; k++) value += multipliers[k]! * directions.projection[k * this.size + n]!;
        if (this.widths[n] === 0) continue;
        // Reduced cost of the slack is +lambda_n; at its upper end it may fall.
        if (this.atUpper[n] === 0 && value < least) offer(value, KIND.slack, 0, n);
        else if (this.atUpper[n] === 1 && -value < least) {
          offer(-value, KIND.slack, 0, n);
          if (kind === KIND.slack && owner === n) downwards = true;
        }
      }
    }
    if (kind < 0) return false;
    return this.exchange(problem, kind, ray, owner, downwards);
  }

  /** The direction of a named neuron's region with the largest sign lambda . a above 0, or -1. */
  private steepest({ sign, region }: NamedNeuron): number {
    const { products } = this;
    let top = 0;
    let best = -1;
    const length = region === null ? this.directions.base : region.rays.length;
    for (let t = 0; t < length; t++) {
      const r = region === null ? t : region.rays[t]!;
      const value = sign * products[r]!;
      if (value > top) {
        top = value;
        best = r;
      }
    }
    return best;
  }

  private exchange(
    problem: MasterProblem,
    kind: number,
    ray: number,
    owner: number,
    downwards: boolean,
  ): boolean {
    const { rows, inverse, column, direction, x } = this;
    const R = rows + problem.named.length;
    this.load(problem, kind, ray, owner, 1);
    const way = downwards ? -1 : 1;
    let leaving = -1;
    let ratio = kind === KIND.slack ? this.widths![owner]! : Infinity;
    let size = 0;
    let toUpper = false;
    for (let i = 0; i < R; i++) {
      let sum = 0;
      for (let k = 0; k < R; k++) sum += inverse[i * R + k]! * column[k]!;
      direction[i] = sum;
      const fall = way * sum;
      if (fall > PIVOT_TOLERANCE) {
        const step = x[i]! / fall;
        if (step < ratio - 1e-13 || (step <= ratio + 1e-13 && fall > size)) {
          ratio = Math.min(step, ratio);
          leaving = i;
          size = fall;
          toUpper = false;
        }
      } else if (fall < -PIVOT_TOLERANCE && this.kind[i] === KIND.slack) {
        const step = (this.widths![this.owner[i]!]! - x[i]!) / -fall;
        if (step < ratio - 1e-13) {
          ratio = Math.max(0, step);
          leaving = i;
          size = -fall;
          toUpper = true;
        }
      }
    }
    if (leaving < 0) {
      if (ratio === Infinity) return false;
      // The slack goes from one end of its window to the other.
      for (let i = 0; i < R; i++) x[i]! -= way * ratio * direction[i]!;
      this.atUpper[owner] = downwards ? 0 : 1;
      return true;
    }
    for (let i = 0; i < R; i++) {
      x[i]! -= way * ratio * direction[i]!;
      if (x[i]! < 0 && x[i]! > -1e-12) x[i] = 0;
    }
    if (this.kind[leaving] === KIND.slack) this.atUpper[this.owner[leaving]!] = toUpper ? 1 : 0;
    x[leaving] = downwards ? this.widths![owner]! - ratio : ratio;
    const inv = 1 / direction[leaving]!;
    for (let k = 0; k < R; k++) inverse[leaving * R + k]! *= inv;
    for (let i = 0; i < R; i++) {
      if (i === leaving) continue;
      const factor = direction[i]!;
      if (factor !== 0) for (let k = 0; k < R; k++) inverse[i * R + k]! -= factor * inverse[leaving * R + k]!;
    }
    if (kind === KIND.slack) this.atUpper[owner] = 0;
    this.put(leaving, kind, ray, owner, 1);
    return true;
  }

  private solution(problem: MasterProblem, R: number): MasterSolution {
    const { rows, multipliers, products } = this;
    let scale = 1;
    if (problem.slope !== Infinity) {
      const { weights = null } = problem;
      for (let r = 0; r < this.directions.base; r++) {
        const product = products[r]!;
        const bound = problem.slope * (weights === null ? 1 : weights[2 * r + (product > 0 ? 0 : 1)]!);
        const value = Math.abs(product);
        if (value > bound * scale) scale = value / bound;
      }
    }
    const lambda = new Float64Array(rows);
    for (let k = 0; k < rows; k++) lambda[k] = multipliers[k]! / scale;
    const slopes = new Float64Array(problem.named.length);
    let value = this.labelValue(lambda);
    problem.named.forEach((neuron, j) => {
      const { sign, low, high } = neuron;
      const best = this.steepest(neuron);
      const top = best < 0 ? 0 : (sign * products[best]!) / scale;
      slopes[j] = top;
      value += Math.min(low ** this.exponent - top * low, high ** this.exponent - top * high);
    });
    return {
      value,
      lambda,
      slopes,
      basis: {
        kind: this.kind.slice(0, R),
        direction: this.ray.slice(0, R),
        owner: this.owner.slice(0, R),
        flip: this.flip.slice(0, R),
        atUpper: this.atUpper.slice(),
      },
      masses: this.x.slice(0, R),
    };
  }

  /** The least of lambda . f over all f in the windows. */
  labelValue(lambda: Float64Array): number {
    let value = 0;
    for (let k = 0; k < this.rows; k++) value += lambda[k]! * this.right[k]!;
    if (this.widths !== null) {
      for (let n = 0; n < this.size; n++) {
        let own = 0;
        for (let k = 0; k < this.rows; k++)
          own += lambda[k]! * this.directions.projection[k * this.size + n]!;
        if (own < 0) value += own * this.widths[n]!;
      }
    }
    return value;
  }
}

function includes(sorted: Int32Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
