import type { Random } from '../exact/random.js';
import { copyOf, type Hinges } from './hinges.js';
import { LeastSquares } from './least-squares.js';
import { narrow, type Sample } from './sample.js';

export const HOPPING = {
  /** Random hinges of which the best starts a neuron. Fewer in a hop: the best of many is mostly the neuron just removed. */
  startProposals: 20,
  hopProposals: 8,
  /** Share of hops that redraw two neurons. */
  pairs: 0.2,
  /** Hops without a gain of `gain` before a restart; of so many starts the best goes on, for more hops. */
  patience: 60,
  starts: 6,
  morePatience: 500,
  gain: 0.02,
  /** Share of its width that a window is narrowed by at each end. */
  slack: 1 / 64,
} as const;

/**
 * Local search for a fixed number of neurons on a sample of the data: hinges one after the other, each fitted to what the others leave,
 * then hops: one or two of them are redrawn, all are fitted again, and the better network stays. Restarts when hops fail; the best of some
 * starts goes on. Planted networks are found by many starts, few neurons for random labels by many hops.
 *
 * Everything is a double and a proposal. The course depends on the random numbers and on `work`, never on a clock.
 */
export class HingeHopping {
  readonly squares: LeastSquares;
  private best: Hinges | null = null;
  private cost = Number.POSITIVE_INFINITY;
  private slack = 0;
  private failures = 0;
  private patience: number = HOPPING.patience;
  private restarts = 0;
  descents = 0;
  /** Starts since one went on, and the best of them. */
  private ended = 0;
  private elite: { readonly hinges: Hinges; readonly cost: number; readonly slack: number } | null = null;

  constructor(
    readonly sample: Sample,
    readonly neurons: number,
    private readonly random: Random,
    /** Networks to begin with, the last one first; of at most this number of neurons. */
    private readonly starts: Hinges[] = [],
    private readonly shouldStop: () => boolean = () => false,
  ) {
    this.squares = new LeastSquares(sample, neurons, shouldStop);
  }

  /** Multiplications so far. */
  get work(): number {
    return this.squares.work;
  }

  /** Continues until hinges fit the sample within its windows, or null when `most` multiplications are done. */
  run(most: number): Hinges | null {
    const end = this.work + most;
    while (this.work < end && !this.shouldStop()) {
      const next = this.best === null ? this.start() : this.hop(this.best);
      const cost = this.squares.descend(next, null, this.best === null ? undefined : this.cost);
      this.descents++;
      if (this.squares.fits(cost)) {
        this.best = null;
        return next;
      }
      this.judge(next, cost);
    }
    return null;
  }

  private judge(next: Hinges, cost: number): void {
    if (this.best === null) {
      this.best = next;
      this.cost = cost;
      this.failures = 0;
      return;
    }
    this.failures = cost < (1 - HOPPING.gain) * this.cost ? 0 : this.failures + 1;
    if (cost < this.cost) {
      this.best = next;
      this.cost = cost;
    }
    if (this.failures >= this.patience || this.neurons === 0) this.giveUp(this.best);
  }

  private giveUp(hinges: Hinges): void {
    if (this.patience === HOPPING.patience) {
      this.ended++;
      if (this.elite === null || this.cost < this.elite.cost)
        this.elite = { hinges, cost: this.cost, slack: this.slack };
    } else {
      this.ended = 0;
      this.elite = null;
    }
    this.best = null;
  }

  private aimAt(slack: number): void {
    this.slack = slack;
    narrow(this.sample, slack);
  }

  private start(): Hinges {
    // In turns with random starts.
    const given = this.restarts % 2 === 0 ? this.starts.pop() : undefined;
    if (given === undefined && this.elite !== null && this.ended >= HOPPING.starts) {
      this.patience = HOPPING.morePatience;
      this.aimAt(this.elite.slack);
      return this.elite.hinges;
    }
    this.patience = HOPPING.patience;
    this.restarts++;
    // Every third start aims at the whole windows: a network that just fits has no room to spare.
    this.aimAt(given !== undefined || this.restarts % 3 !== 0 ? HOPPING.slack : 0);
    const { width, linear } = this.sample;
    const hinges: Hinges = {
      signs: new Int8Array(this.neurons).fill(1),
      unknowns: new Float64Array(this.neurons * width + linear),
    };
    const known = given?.signs.length ?? 0;
    if (given !== undefined) {
      hinges.signs.set(given.signs);
      hinges.unknowns.set(given.unknowns.subarray(0, known * width));
      hinges.unknowns.set(given.unknowns.subarray(known * width), this.neurons * width);
    }
    for (let k = known; k < this.neurons; k++) this.redraw(hinges, k, HOPPING.startProposals);
    if (given === undefined) this.squares.scale(hinges);
    return hinges;
  }

  private hop(from: Hinges): Hinges {
    const next = copyOf(from);
    const count = this.neurons > 1 && this.random.uniform() < HOPPING.pairs ? 2 : 1;
    for (let c = 0; c < count; c++) {
      this.redraw(next, this.random.integer(0, this.neurons - 1), HOPPING.hopProposals);
    }
    return next;
  }

  /** Replaces neuron k by the best of some random hinges for what the others leave. */
  private redraw(hinges: Hinges, k: number, proposals: number): void {
    const { size, width, x } = this.sample;
    const { unknowns, signs } = hinges;
    const at = k * width;
    unknowns.fill(0, at, at + width);
    this.squares.cost(hinges);
    const { residuals } = this.squares;
    const candidate = new Float64Array(width);
    let best = -1;
    for (let c = 0; c < proposals; c++) {
      this.propose(candidate);
      let products = 0;
      let squares = 0;
      for (let n = 0; n < size; n++) {
        let z = 0;
        for (let i = 0; i < width; i++) z += candidate[i]! * x[n * width + i]!;
        if (z <= 0) continue;
        products -= z * residuals[n]!;
        squares += z * z;
      }
      this.squares.addWork(size * width);
      if (squares === 0) continue;
      const gain = (products * products) / squares;
      if (gain <= best) continue;
      best = gain;
      const coefficient = products / squares;
      signs[k] = coefficient < 0 ? -1 : 1;
      for (let i = 0; i < width; i++) unknowns[at + i] = Math.abs(coefficient) * candidate[i]!;
    }
  }

  /** A random hyperplane through a segment between two points. */
  private propose(candidate: Float64Array): void {
    const { size, width, x } = this.sample;
    const p = this.random.integer(0, size - 1) * width;
    const q = this.random.integer(0, size - 1) * width;
    const t = this.random.uniform();
    let bias = 0;
    for (let i = 0; i < width - 1; i++) {
      const w = this.random.gaussian();
      candidate[i] = w;
      bias -= w * (t * x[p + i]! + (1 - t) * x[q + i]!);
    }
    candidate[width - 1] = bias;
  }
}
