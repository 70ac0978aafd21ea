import type { Cloud } from './cloud.js';
import { copyOf, type Hinges } from './hinges.js';
import { LeastSquares } from './least-squares.js';
import { narrow, type Sample, sampleOf } from './sample.js';

const THINNING = {
  /** Weight of the first penalty, its decrease, and how often it is reweighted. */
  penalty: 1e-2,
  decrease: 0.2,
  rounds: 8,
  /** Weights below this share of the largest are dropped together. */
  negligible: 1e-5,
  /** Share of its width that a window is narrowed by at each end. */
  slack: 1 / 64,
  /** Most points that weights are fitted to; exact arithmetic looks at all of them. */
  points: 2_000,
} as const;

/** Hinges with few weights: those with free = 0 are zero. */
export interface SparseHinges {
  readonly hinges: Hinges;
  /** 1 where an unknown may be nonzero; the skip always is. */
  readonly free: Uint8Array;
}

/** Sparse hinges with the weights that were dropped for them, in this order. */
export interface ThinHinges extends SparseHinges {
  readonly dropped: readonly number[];
}

/**
 * Makes fitting hinges sparse, in doubles: least squares with the l^p penalty (p = 1/2) of the products, reweighted, pushes weights to
 * zero; then they are dropped one by one, the smallest first, as long as the others can be fitted again.
 */
export class Thinning {
  private readonly sample: Sample;
  private readonly solvers = new Map<number, LeastSquares>();

  constructor(
    private readonly cloud: Cloud,
    private readonly shouldStop: () => boolean,
  ) {
    const every = Math.ceil(cloud.size / THINNING.points);
    const indices = Array.from({ length: Math.ceil(cloud.size / every) }, (_, m) => m * every);
    this.sample = sampleOf(cloud, every === 1 ? null : indices);
    narrow(this.sample, THINNING.slack);
  }

  /** Multiplications so far. */
  get work(): number {
    let sum = 0;
    for (const { work } of this.solvers.values()) sum += work;
    return sum;
  }

  private solver(neurons: number): LeastSquares {
    let solver = this.solvers.get(neurons);
    if (solver === undefined) {
      solver = new LeastSquares(this.sample, neurons, this.shouldStop);
      this.solvers.set(neurons, solver);
    }
    return solver;
  }

  /** Fewer weights for hinges with this support, or null when they cannot be made to fit. */
  run({ hinges: given, free: support }: SparseHinges): ThinHinges | null {
    const solver = this.solver(given.signs.length);
    const free = support.slice();
    const reweighted = this.reweighted(solver, given, free);
    const hinges = reweighted ?? copyOf(given);
    if (reweighted === null && !solver.fits(solver.descend(hinges, free))) return null;
    const dropped = this.dropNegligible(solver, hinges, free);
    const kept = new Uint8Array(free.length);
    while (!this.shouldStop()) {
      const j = this.smallest(hinges, free, kept);
      if (j < 0) break;
      kept[j] = 1;
      if (this.tryWithout(solver, hinges, free, [j])) dropped.push(j);
    }
    return { hinges, free, dropped };
  }

  /** Number of weights that a budget counts. */
  count({ hinges, free }: SparseHinges): number {
    let count = 0;
    for (let j = 0; j < hinges.signs.length * this.cloud.width; j++) count += free[j]!;
    return count;
  }

  private reweighted(solver: LeastSquares, given: Hinges, free: Uint8Array): Hinges | null {
    const hinges = copyOf(given);
    const weights = given.signs.length * this.cloud.width;
    const penalty = new Float64Array(given.unknowns.length);
    solver.penalty = penalty;
    let factor: number = THINNING.penalty;
    for (let round = 0; round < THINNING.rounds; round++) {
      for (let j = 0; j < weights; j++) {
        // rho |u|^2 = factor |u|^(1/2) at the weights at hand.
        const square = hinges.unknowns[j]! ** 2 + factor * 1e-3;
        const root = Math.sqrt(square);
        penalty[j] = factor / (root * Math.sqrt(root));
      }
      solver.descend(hinges, free);
      factor *= THINNING.decrease;
    }
    solver.penalty = null;
    return solver.fits(solver.descend(hinges, free)) ? hinges : null;
  }

  private dropNegligible(solver: LeastSquares, hinges: Hinges, free: Uint8Array): number[] {
    const weights = hinges.signs.length * this.cloud.width;
    let largest = 0;
    for (let j = 0; j < weights; j++) largest = Math.max(largest, Math.abs(hinges.unknowns[j]!));
    const small: number[] = [];
    for (let j = 0; j < weights; j++) {
      if (free[j] === 1 && Math.abs(hinges.unknowns[j]!) <= THINNING.negligible * largest) small.push(j);
    }
    return small.length > 0 && this.tryWithout(solver, hinges, free, small) ? small : [];
  }

  private smallest({ signs, unknowns }: Hinges, free: Uint8Array, kept: Uint8Array): number {
    let best = -1;
    for (let j = 0; j < signs.length * this.cloud.width; j++) {
      if (free[j] === 0 || kept[j] === 1) continue;
      if (best < 0 || Math.abs(unknowns[j]!) < Math.abs(unknowns[best]!)) best = j;
    }
    return best;
  }

  /** Sets weights to zero for good if the others can be fitted again; can they? */
  private tryWithout(
    solver: LeastSquares,
    hinges: Hinges,
    free: Uint8Array,
    dropped: readonly number[],
  ): boolean {
    const trial = copyOf(hinges);
    for (const j of dropped) {
      free[j] = 0;
      trial.unknowns[j] = 0;
    }
    const fits = solver.fits(solver.descend(trial, free));
    if (fits) hinges.unknowns.set(trial.unknowns);
    else for (const j of dropped) free[j] = 1;
    return fits;
  }
}
