import { cholesky, evenOrder, substitute } from './cholesky.js';
import type { Hinges } from './hinges.js';
import { NormalMatrix } from './normal-matrix.js';
import type { Sample } from './sample.js';

/** Limits of one descent; they decide what is found, never what is believed. */
export const DESCENT = {
  /** Sum of squared distances from the windows below which a network counts as fitting. */
  fits: 1e-18,
  /** Steps, and the share that so many steps must gain. */
  steps: 200,
  patience: 5,
  leastGain: 0.1,
  /** Damping, relative to the mean of the diagonal. */
  firstDamping: 1e-3,
  success: 0.2,
  failure: 4,
  leastDamping: 1e-12,
  mostDamping: 1e8,
} as const;

/**
 * Least squares of the distances from the windows by Levenberg (1944) and Marquardt (1963). Within one activation pattern the
 * problem is linear, so that a step without damping ends it once the pattern is right.
 *
 * Holds the working memory for K neurons on one sample; `work` counts multiplications, for limits that do not depend on a clock.
 */
export class LeastSquares {
  private products = 0;
  private readonly order: number;
  /** order x order, lower triangle. */
  private readonly normal: Float64Array;
  private readonly matrix: NormalMatrix;
  private readonly factor: Float64Array;
  private readonly inverses: Float64Array;
  private readonly gradient: Float64Array;
  private readonly step: Float64Array;
  private readonly trial: Float64Array;
  /** Distance of f from the window at every point: positive above, negative below. */
  residuals: Float64Array;
  private trialResiduals: Float64Array;
  /** N x K: 1 where active. */
  private active: Uint8Array;
  private trialActive: Uint8Array;
  private readonly list: Int32Array;
  /** Unknowns that may move, ascending, in the descent at hand. */
  private open: Int32Array = new Int32Array(0);
  /** Weight rho_j of a penalty rho_j u_j^2 for every unknown; null: none. */
  penalty: Float64Array | null = null;

  constructor(
    readonly sample: Sample,
    readonly neurons: number,
    /** Asked at every step; true ends a descent where it is. */
    private readonly shouldStop: () => boolean = () => false,
  ) {
    const { size, width, linear } = sample;
    this.order = neurons * width + linear;
    this.normal = new Float64Array(this.order * this.order);
    this.matrix = new NormalMatrix(sample, neurons);
    const even = evenOrder(this.order);
    this.factor = new Float64Array(even * even);
    this.inverses = new Float64Array(even);
    this.gradient = new Float64Array(this.order);
    this.step = new Float64Array(even);
    this.trial = new Float64Array(this.order);
    this.residuals = new Float64Array(size);
    this.trialResiduals = new Float64Array(size);
    this.active = new Uint8Array(size * neurons);
    this.trialActive = new Uint8Array(size * neurons);
    this.list = new Int32Array(neurons);
  }

  /** Multiplications so far. */
  get work(): number {
    return this.products + this.matrix.work;
  }

  /** Counts multiplications of others on its behalf. */
  addWork(products: number): void {
    this.products += products;
  }

  /** Sum of squared distances; refreshes `residuals`. */
  cost({ signs, unknowns }: Hinges): number {
    return this.evaluate(signs, unknowns, this.residuals, this.active);
  }

  private evaluate(
    signs: Int8Array,
    unknowns: Float64Array,
    residuals: Float64Array,
    active: Uint8Array,
  ): number {
    const { neurons } = this;
    const { size, width, x, lower, upper, linear, columns } = this.sample;
    this.products += size * (neurons * width + linear);
    const firstLinear = neurons * width;
    let cost = 0;
    for (let n = 0; n < size; n++) {
      let value = 0;
      const row = n * width;
      for (let j = 0; j < linear; j++) value += unknowns[firstLinear + j]! * columns[n * linear + j]!;
      for (let k = 0, at = 0; k < neurons; k++) {
        let z = 0;
        for (let i = 0; i < width; i++) z += unknowns[at++]! * x[row + i]!;
        if (z > 0) {
          value += signs[k]! * z;
          active[n * neurons + k] = 1;
        } else active[n * neurons + k] = 0;
      }
      const residual = value > upper[n]! ? value - upper[n]! : value < lower[n]! ? value - lower[n]! : 0;
      residuals[n] = residual;
      cost += residual * residual;
    }
    return cost;
  }

  /**
   * Improves hinges in place.
   * @param free 1 where an unknown may move; all when null
   * @param target cost of a network known already: a descent ends when as many steps again as the last would not bring it below at their rate
   * @returns the cost reached, the penalty included
   */
  descend(hinges: Hinges, free: Uint8Array | null = null, target: number = Number.POSITIVE_INFINITY): number {
    const { signs, unknowns } = hinges;
    const { trial, step } = this;
    this.open = openUnknowns(this.order, free);
    this.matrix.renew();
    let cost = this.evaluate(signs, unknowns, this.residuals, this.active) + this.penaltyOf(unknowns);
    let damping: number = DESCENT.firstDamping;
    let reference = cost;
    for (let count = 1; count <= DESCENT.steps && cost > DESCENT.fits && !this.shouldStop(); count++) {
      this.assemble(signs);
      this.addPenalty(unknowns);
      let improved = false;
      while (damping < DESCENT.mostDamping) {
        if (this.solve(damping)) {
          trial.set(unknowns);
          for (let c = 0; c < this.open.length; c++) trial[this.open[c]!]! -= step[c]!;
          const next =
            this.evaluate(signs, trial, this.trialResiduals, this.trialActive) + this.penaltyOf(trial);
          if (next < cost) {
            improved = true;
            unknowns.set(trial);
            [this.residuals, this.trialResiduals] = [this.trialResiduals, this.residuals];
            [this.active, this.trialActive] = [this.trialActive, this.active];
            cost = next;
            damping = Math.max(DESCENT.leastDamping, damping * DESCENT.success);
            break;
          }
        }
        damping *= DESCENT.failure;
      }
      if (!improved) break;
      if (count % DESCENT.patience === 0) {
        if (cost > (1 - DESCENT.leastGain) * reference) break;
        if (cost > target && cost * (cost / reference) > target) break;
        reference = cost;
      }
    }
    return cost;
  }

  /**
   * Fits one coefficient for every neuron, and the linear part, to the middles of the windows: w_k becomes |c_k| w_k, the sign of c_k its
   * output sign. Hyperplanes stay where they are.
   */
  scale({ signs, unknowns }: Hinges): void {
    const { neurons, list } = this;
    const { size, width, x, lower, upper, linear, columns } = this.sample;
    const count = neurons + linear;
    const order = evenOrder(count);
    const firstLinear = neurons * width;
    const normal = new Float64Array(order * order);
    const right = new Float64Array(order);
    const values = new Float64Array(order);
    this.products += size * (neurons * width + order ** 2 / 8) + order ** 3 / 6;
    for (let n = 0; n < size; n++) {
      const middle = (lower[n]! + upper[n]!) / 2;
      let active = 0;
      for (let k = 0; k < neurons; k++) {
        let z = 0;
        for (let i = 0; i < width; i++) z += unknowns[k * width + i]! * x[n * width + i]!;
        if (z <= 0) continue;
        values[k] = signs[k]! * z;
        list[active++] = k;
      }
      for (let a = 0; a < active; a++) {
        const k = list[a]!;
        right[k]! += values[k]! * middle;
        for (let b = 0; b <= a; b++) normal[k * order + list[b]!]! += values[k]! * values[list[b]!]!;
      }
      for (let i = 0; i < linear; i++) {
        const value = columns[n * linear + i]!;
        const row = (neurons + i) * order;
        right[neurons + i]! += value * middle;
        for (let a = 0; a < active; a++) normal[row + list[a]!]! += value * values[list[a]!]!;
        for (let j = 0; j <= i; j++) normal[row + neurons + j]! += value * columns[n * linear + j]!;
      }
    }
    let trace = 0;
    for (let j = 0; j < count; j++) trace += normal[j * order + j]!;
    if (order > count) padLastRow(normal, order, right);
    const inverses = new Float64Array(order);
    if (!cholesky(normal, order, (1e-9 * trace) / count, inverses)) return;
    substitute(normal, order, inverses, right);
    for (let k = 0; k < neurons; k++) {
      const c = right[k]!;
      for (let i = 0; i < width; i++) unknowns[k * width + i]! *= Math.abs(c);
      if (c < 0) signs[k] = -signs[k]!;
    }
    for (let j = 0; j < linear; j++) unknowns[firstLinear + j] = right[neurons + j]!;
  }

  /** Do hinges whose descent came to this cost fit? Within the margins of narrowed windows that is more than a small cost. */
  fits(cost: number): boolean {
    if (cost <= DESCENT.fits) return true;
    const { margins } = this.sample;
    for (let n = 0; n < margins.length; n++) {
      if (Math.abs(this.residuals[n]!) > margins[n]! / 2) return false;
    }
    return true;
  }

  /** The normal matrix and the gradient at the residuals and activations at hand. */
  private assemble(signs: Int8Array): void {
    const { neurons, gradient, residuals, active, matrix } = this;
    const { size, width, x, lower, upper, linear, columns } = this.sample;
    const firstLinear = neurons * width;
    gradient.fill(0);
    for (let n = 0; n < size; n++) {
      const residual = residuals[n]!;
      const counts = residual !== 0 || lower[n] === upper[n];
      matrix.setPoint(n, active, counts);
      if (!counts) continue;
      const row = n * width;
      for (let k = 0; k < neurons; k++) {
        if (active[n * neurons + k] === 0) continue;
        const signed = signs[k]! * residual;
        const at = k * width;
        for (let i = 0; i < width; i++) gradient[at + i]! += signed * x[row + i]!;
      }
      for (let i = 0; i < linear; i++) gradient[firstLinear + i]! += columns[n * linear + i]! * residual;
    }
    this.products += size * (neurons * width + linear);
    matrix.write(signs, this.normal);
  }

  private penaltyOf(unknowns: Float64Array): number {
    if (this.penalty === null) return 0;
    let sum = 0;
    for (let j = 0; j < unknowns.length; j++) sum += this.penalty[j]! * unknowns[j]! ** 2;
    return sum;
  }

  private addPenalty(unknowns: Float64Array): void {
    if (this.penalty === null) return;
    for (let j = 0; j < unknowns.length; j++) {
      this.normal[j * this.order + j]! += this.penalty[j]!;
      this.gradient[j]! += this.penalty[j]! * unknowns[j]!;
    }
  }

  /** (normal + damping) step = gradient on the open unknowns, by Cholesky's factorisation; false when it fails. */
  private solve(damping: number): boolean {
    const { order, normal, factor, inverses, gradient, step, open } = this;
    const count = open.length;
    const even = evenOrder(count);
    let trace = 0;
    for (let a = 0; a < count; a++) {
      const row = open[a]! * order;
      for (let b = 0; b <= a; b++) factor[a * even + b] = normal[row + open[b]!]!;
      trace += factor[a * even + a]!;
      step[a] = gradient[open[a]!]!;
    }
    if (!(trace > 0)) return false;
    if (even > count) padLastRow(factor, even, step);
    this.products += count ** 3 / 6 + count ** 2;
    if (!cholesky(factor, even, ((damping + 1e-13) * trace) / count, inverses)) return false;
    substitute(factor, even, inverses, step);
    return true;
  }
}

/** A row of the identity, with right side 0. */
function padLastRow(matrix: Float64Array, order: number, right: Float64Array): void {
  const last = order - 1;
  matrix.fill(0, last * order, last * order + last);
  matrix[last * order + last] = 1;
  right[last] = 0;
}

function openUnknowns(order: number, free: Uint8Array | null): Int32Array {
  const open = Array.from({ length: order }, (_, j) => j);
  return Int32Array.from(free === null ? open : open.filter((j) => free[j] === 1));
}
