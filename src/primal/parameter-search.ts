import { createRandom, type Random } from '../exact/random.js';
import { countParameters, type Network } from '../problem/network.js';
import type { Cloud } from './cloud.js';
import { type ExactHinges, hingesOf, networkOf } from './exact-hinges.js';
import { exactify } from './exactify.js';
import { FixedSizeSearch } from './fixed-size.js';
import { copyOf, type Hinges } from './hinges.js';
import type { LocalSearch } from './local-search.js';
import { NeuronSearch } from './neuron-search.js';
import { type SparseHinges, type ThinHinges, Thinning } from './thinning.js';

const SHARE = {
  /** Neurons beyond the fewest known that are tried, in turn. */
  extra: 3,
  /** Networks without a gain before the search counts as settled. */
  settle: 24,
  /** Swaps of the best network between two fresh ones. */
  swaps: 5,
  /** Multiplications for a fresh network, per point and unknown squared. */
  fresh: 2_000,
  /** Spare neurons in which a swap may open a weight. */
  spare: 2,
  /** Most points times unknowns of a network that is made sparse at once. */
  largest: 4_000_000,
} as const;

/**
 * Fewer and fewer parameters: the networks that the search for few neurons finds are made sparse; then, in turn, fresh networks with some
 * neurons more, and swaps: some weights of the best network leave, others may enter, and it is made sparse again.
 */
export class ParameterSearch implements LocalSearch {
  private readonly neurons: NeuronSearch;
  private readonly thinning: Thinning;
  private readonly random: Random;
  private best: SparseHinges | null = null;
  private fewest = Number.POSITIVE_INFINITY;
  private waiting: Network[] = [];
  private failures = 0;
  private turn = 0;
  private fresh = 0;
  private floating = 0;
  private became = 0;

  /**
   * @param centred features centred
   * @param cloud the same points, features as they are
   */
  constructor(
    private readonly centred: Cloud,
    private readonly cloud: Cloud,
    seed: number,
    private lowerBound: number,
    private upperBound: number,
    private readonly shouldStop: () => boolean,
  ) {
    this.neurons = new NeuronSearch(centred, seed, 1, Number.POSITIVE_INFINITY, shouldStop);
    this.thinning = new Thinning(cloud, shouldStop);
    this.random = createRandom(seed);
  }

  get work(): number {
    return this.neurons.work + this.thinning.work + this.fresh;
  }

  get settled(): boolean {
    return this.done || (this.neurons.settled && this.failures >= SHARE.settle);
  }

  get done(): boolean {
    return this.upperBound <= this.lowerBound;
  }

  get hits(): number {
    return this.neurons.hits + this.floating;
  }

  get exact(): number {
    return this.neurons.exact + this.became;
  }

  setBounds(lowerBound: number, upperBound: number): void {
    this.lowerBound = Math.max(this.lowerBound, lowerBound);
    this.upperBound = Math.min(this.upperBound, upperBound);
  }

  addNetwork(network: Network): void {
    this.waiting.push(network);
    this.neurons.addNetwork(network);
  }

  addHinges(hinges: Hinges): void {
    this.neurons.addHinges(hinges);
  }

  advance(most: number): Network | null {
    const end = this.work + most;
    while (this.work < end && !this.done && !this.shouldStop()) {
      const found = this.step(Math.max(1, end - this.work));
      if (found !== null && countParameters(found) < this.upperBound) {
        this.upperBound = countParameters(found);
        this.failures = 0;
        return found;
      }
    }
    return null;
  }

  /** One network more, made sparse and exact; null when there is none, or work runs out. */
  private step(most: number): Network | null {
    const given = this.waiting.pop();
    if (given !== undefined) return this.sparse(this.supportOf(given));
    if (!this.neurons.settled) {
      const network = this.neurons.advance(most);
      if (network === null) return null;
      this.fewest = Math.min(this.fewest, network.neurons.length);
      this.waiting.push(network);
      return network;
    }
    this.failures++;
    if (this.best !== null && this.turn++ % (SHARE.swaps + 1) !== 0)
      return this.sparse(this.swapped(this.best));
    return this.freshNetwork();
  }

  private freshNetwork(): Network | null {
    const neurons = (Number.isFinite(this.fewest) ? this.fewest : 1) + (this.turn % (SHARE.extra + 1));
    const fixed = new FixedSizeSearch(this.centred, neurons, this.random, [], this.shouldStop);
    const unknowns = neurons * this.cloud.width;
    const found = fixed.run(SHARE.fresh * Math.min(this.cloud.size, 5 * unknowns) * unknowns);
    this.fresh += fixed.work;
    if (found === null) return null;
    return this.sparse(this.supportOf(networkOf(this.centred, found)));
  }

  private supportOf(network: Network): SparseHinges {
    const { signs: own, unknowns: known } = hingesOf(this.cloud, network);
    const neurons = own.length;
    const { width } = this.cloud;
    // Spare neurons start without weights.
    const signs = new Int8Array(neurons + SHARE.spare).fill(1);
    signs.set(own);
    const unknowns = new Float64Array(known.length + SHARE.spare * width);
    unknowns.set(known.subarray(0, neurons * width));
    unknowns.set(known.subarray(neurons * width), signs.length * width);
    const free = new Uint8Array(unknowns.length).fill(1);
    for (let j = 0; j < signs.length * width; j++) free[j] = unknowns[j] === 0 ? 0 : 1;
    return { hinges: { signs, unknowns }, free };
  }

  /** Some weights leave, others may enter; a spare neuron gets a random feature. */
  private swapped({ hinges, free }: SparseHinges): SparseHinges {
    const { width } = this.cloud;
    const next = { hinges: copyOf(hinges), free: free.slice() };
    const neurons = hinges.signs.length;
    const used = Array.from({ length: neurons * width }, (_, j) => j).filter((j) => free[j] === 1);
    const leave = this.random.integer(0, 2);
    for (let c = 0; c < leave && used.length > 0; c++) {
      const j = used[this.random.integer(0, used.length - 1)]!;
      next.free[j] = 0;
      next.hinges.unknowns[j] = 0;
    }
    const enter = this.random.integer(1, Math.max(2, width));
    for (let c = 0; c < enter; c++) {
      const k = this.random.integer(0, neurons - 1);
      const j = k * width + this.random.integer(0, width - 1);
      if (next.free[j] === 1) continue;
      if (next.free.subarray(k * width, (k + 1) * width).every((value) => value === 0)) {
        next.hinges.signs[k] = this.random.uniform() < 0.5 ? -1 : 1;
      }
      next.free[j] = 1;
      next.hinges.unknowns[j] = this.random.uniformIn(-0.3, 0.3);
    }
    return next;
  }

  private sparse(start: SparseHinges): Network | null {
    if (this.cloud.size * start.hinges.unknowns.length > SHARE.largest) return null;
    const thin = this.thinning.run(start);
    if (thin === null) return null;
    const count = this.thinning.count(thin);
    if (this.best !== null && count > this.thinning.count(this.best)) return null;
    if (count >= this.upperBound) {
      this.best = thin;
      return null;
    }
    this.floating++;
    const exact = this.solved(thin);
    if (exact === null) return null;
    this.became++;
    this.best = thin;
    return networkOf(this.cloud, exact);
  }

  /** The exact network of sparse hinges; where there is none, weights come back, the last one dropped first, while it would be the sparsest. */
  private solved({ hinges, free: without, dropped }: ThinHinges): ExactHinges | null {
    const free = without.slice();
    const most = this.upperBound - this.thinning.count({ hinges, free });
    for (let back = 0; back < most && !this.shouldStop(); back++) {
      const exact = exactify(this.cloud, hinges, free);
      if (exact !== null || back === dropped.length) return exact;
      free[dropped[dropped.length - 1 - back]!] = 1;
    }
    return null;
  }
}
