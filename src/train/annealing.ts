import { DAMPING } from './newton.js';
import type { TrainingOptions } from './options.js';
import type { PlainNetwork } from './parameters.js';
import type { TrainingPoints } from './points.js';
import { kicked, proposals } from './proposals.js';
import { randomOf, type StepSettings, settingsAt } from './schedule.js';

/** The schedule of `annealed`, found by experiment (docs/reproduction.md). */
export const ANNEALING = {
  /** Epochs of Algorithm 1 at the beginning: at most so many, and at most this share of all. */
  warmUp: { epochs: 5000, share: 1 / 4 },
  /**
   * Epochs on each proposal with one input and with several: with the learning rate itself, with `slow` times itself, and Newton steps, in
   * all `epochs`.
   */
  hop: {
    one: { epochs: 70, fast: 30, newton: 20 },
    several: { epochs: 26, fast: 8, newton: 8 },
    slow: 1 / 10,
  },
  /** Epochs at the end with this share of lambda and of the learning rate; the last of them are Newton steps. */
  settle: { epochs: 3000, share: 1 / 10, lambda: 1 / 100, learningRate: 1 / 10, newton: 30 },
  /** Smaller networks that are proposed in one round. */
  tries: 30,
  /** With several inputs: swaps of a weight for another one that are proposed in a round, too. */
  swaps: 30,
  /** Rounds in a row without any gain after which it settles or, with several inputs, is kicked. */
  patience: { one: 2, several: 2 },
  /** Swaps at once in a kick. */
  kick: 3,
  /**
   * A proposal is kept when mean squared error + `one` (with several inputs `several`) * lambda * path norm falls by `share`, or rises by less and
   * has fewer neurons.
   */
  gain: { one: 1 / 100, several: 1 / 1000, share: 1e-3 },
} as const;

/** Where an annealed run stands; survives JSON. */
export interface AnnealingState {
  phase: 'warm' | 'hop' | 'settle' | 'done';
  /** Epochs of the phase, or of the proposal, that are done. */
  epoch: number;
  /** The best network so far, its objective and its active neurons. */
  held: PlainNetwork | null;
  objective: number;
  neurons: number;
  /** Rounds begun, the proposal of this round that is tried, and rounds in a row without a gain. */
  round: number;
  tried: number;
  failures: number;
  /** Of the Newton steps. */
  damping: number;
  /** The proposal that is tried is a kick, which is kept whatever comes of it. */
  kick: boolean;
  /** The best network before the last kick. */
  best: Pick<AnnealingState, 'held' | 'objective' | 'neurons'> | null;
}

/** The mean squared error of a network, in standard units, its l^p path norm and its active neurons. */
export interface Standing {
  readonly loss: number;
  readonly pathNorm: number;
  readonly activeNeurons: number;
}

/**
 * The method `annealed`: Algorithm 1 in standard units, then hops. Each hop changes the best network by one step (`proposals`), goes on with
 * Algorithm 1 from there for a while, ends with Newton steps on the error, and keeps what came of it when mean squared error + a share of
 * lambda * l^p path norm has fallen. With several inputs, where that ends in many places, the best network is then changed in several places
 * at once, again and again until the epochs are used up. At the end lambda and the learning rate fall once more. It looks at the training
 * objective alone: no solver, no knowledge of the answer.
 */
export class Annealing {
  state: AnnealingState = {
    phase: 'warm',
    epoch: 0,
    held: null,
    objective: Infinity,
    neurons: Infinity,
    round: 0,
    tried: 0,
    failures: 0,
    damping: DAMPING.start,
    kick: false,
    best: null,
  };
  private round: PlainNetwork[] = [];

  constructor(
    private readonly points: TrainingPoints,
    private readonly options: TrainingOptions,
  ) {}

  /** Goes on from a state. */
  restore(state: AnnealingState): void {
    this.state = structuredClone(state);
    if (state.phase === 'hop') this.round = this.proposalsOf(state.round);
  }

  private get isUnivariate(): boolean {
    return this.points.inputDimension === 1;
  }

  private get hop() {
    return this.isUnivariate ? ANNEALING.hop.one : ANNEALING.hop.several;
  }

  /** The next step is a Newton step. */
  get isNewton(): boolean {
    const { phase, epoch } = this.state;
    if (phase === 'hop') return epoch >= this.hop.epochs - this.hop.newton;
    return phase === 'settle' && epoch >= this.settleEpochs - ANNEALING.settle.newton;
  }

  /** The step just done was the last on a proposal. */
  get isLastOfHop(): boolean {
    return this.state.phase === 'hop' && this.state.epoch === this.hop.epochs - 1;
  }

  /** Settings of the next step, which is always reweighted. */
  settings(): StepSettings {
    const { options, state } = this;
    const { p, lambda, learningRate, reweightFrom } = options;
    switch (state.phase) {
      case 'warm':
        return settingsAt(options, state.epoch, this.warmUp);
      case 'hop': {
        const rate = state.epoch < this.hop.fast ? 1 : ANNEALING.hop.slow;
        return { p, lambda, learningRate: learningRate * rate, reweightFrom };
      }
      default:
        return {
          p,
          lambda: lambda * ANNEALING.settle.lambda,
          learningRate: learningRate * ANNEALING.settle.learningRate,
          reweightFrom,
        };
    }
  }

  /**
   * To be called after each epoch.
   * @param left epochs until the end of all
   * @param standing of the network as it is
   * @returns a network to go on from with new moments, or null to go on as it is
   */
  after(left: number, network: () => PlainNetwork, standing: () => Standing): PlainNetwork | null {
    const { state } = this;
    state.epoch++;
    const settle = this.settleEpochs;
    switch (state.phase) {
      case 'warm':
        if (state.epoch < this.warmUp && left > settle) return null;
        this.hold(network(), standing());
        return left > settle ? this.beginRound() : this.beginSettling();
      case 'hop': {
        if (state.epoch < this.hop.epochs && left > settle) return null;
        const found = standing();
        const isBetter = this.isBetter(found);
        if (isBetter) this.hold(network(), found);
        if (left <= settle) return this.beginSettling();
        if (state.kick) {
          state.kick = false;
          this.hold(network(), found);
          return this.beginRound();
        }
        if (isBetter) {
          state.failures = 0;
          return this.beginRound();
        }
        state.tried++;
        if (state.tried < this.round.length) return this.beginHop();
        state.failures++;
        if (state.failures < (this.isUnivariate ? ANNEALING.patience.one : ANNEALING.patience.several)) {
          return this.beginRound();
        }
        return this.isUnivariate ? this.beginSettling() : this.beginKick();
      }
      case 'settle':
        if (state.epoch >= settle) state.phase = 'done';
        return null;
      case 'done':
        return null;
    }
  }

  private objective({ loss, pathNorm }: Standing): number {
    const { one, several } = ANNEALING.gain;
    return loss + (this.isUnivariate ? one : several) * this.options.lambda * pathNorm;
  }

  private isBetter(found: Standing): boolean {
    const { share } = ANNEALING.gain;
    const { objective, neurons } = this.state;
    const fewer = found.activeNeurons < neurons;
    return this.objective(found) < objective * (fewer ? 1 + share : 1 - share);
  }

  private hold(network: PlainNetwork, found: Standing): void {
    this.state.held = network;
    this.state.objective = this.objective(found);
    this.state.neurons = found.activeNeurons;
  }

  private get warmUp(): number {
    const { epochs, share } = ANNEALING.warmUp;
    return Math.max(1, Math.min(epochs, Math.floor(share * this.options.epochs)));
  }

  private get settleEpochs(): number {
    const { epochs, share } = ANNEALING.settle;
    return Math.max(1, Math.min(epochs, Math.floor(share * this.options.epochs)));
  }

  private proposalsOf(round: number): PlainNetwork[] {
    const random = randomOf(this.options.seed, round);
    if (this.state.kick) return [kicked(this.points, this.state.held!, ANNEALING.kick, random)];
    return proposals(this.points, this.state.held!, ANNEALING, random);
  }

  private beginRound(): PlainNetwork {
    const { state } = this;
    state.phase = 'hop';
    state.round++;
    state.tried = 0;
    this.round = this.proposalsOf(state.round);
    return this.round.length === 0 ? this.beginSettling() : this.beginHop();
  }

  private beginHop(): PlainNetwork {
    this.state.epoch = 0;
    this.state.damping = DAMPING.start;
    return this.round[this.state.tried]!;
  }

  /** Leaves a network that no proposal makes better: the best of all is changed in several places at once, whatever that costs. */
  private beginKick(): PlainNetwork {
    this.recall();
    this.state.failures = 0;
    this.state.kick = true;
    return this.beginRound();
  }

  /** Holds the best network of all. */
  private recall(): void {
    const { state } = this;
    if (state.best !== null && state.best.objective < state.objective) Object.assign(state, state.best);
    const { held, objective, neurons } = state;
    state.best = { held, objective, neurons };
  }

  private beginSettling(): PlainNetwork {
    this.recall();
    this.state.phase = 'settle';
    this.state.epoch = 0;
    this.state.damping = DAMPING.start;
    return this.state.held!;
  }
}
