import { createRandom, type Random } from '../exact/random.js';
import type { Network } from '../problem/network.js';
import { type Cloud, skipWidth } from './cloud.js';
import { type ExactHinges, hingesOf, networkOf, toDoubles } from './exact-hinges.js';
import { FixedSizeSearch } from './fixed-size.js';
import type { Hinges } from './hinges.js';
import type { LocalSearch } from './local-search.js';

/** Shares of work, in steps of least squares; they decide what is found when, never what is believed. */
const SHARE = {
  /** For a number of neurons on the way up; of large ones fewer, so that it costs at most so many multiplications. */
  rise: 600,
  riseAtLeast: 40,
  riseWork: 2_000_000_000,
  /** For every number in the first round of turns: steps of one neuron less than the best, and at most steps of its own. */
  turn: 200,
  mostSteps: 3_000,
  /** Growth of these shares from round to round. */
  growth: 2,
  /** Rounds without a network until the search counts as settled. */
  rounds: 2,
} as const;

/**
 * The numbers that take turns: a share of the way from the lower bound to one neuron less than the best, rounded up, less `below`. What is
 * easy near the best is often hard far below, and the other way round: many neurons too many are left behind by tenths, the last ten one by
 * one, every second turn.
 */
const LANES = [
  { share: 1 / 2, below: 0 },
  { share: 9 / 10, below: 0 },
  { share: 1 / 4, below: 0 },
  { share: 9 / 10, below: 0 },
  { share: 3 / 4, below: 0 },
  { share: 1, below: 0 },
  { share: 1, below: 1 },
  { share: 9 / 10, below: 0 },
] as const;

/**
 * Fewer and fewer neurons: first upwards (a lower bound, twice as many, ..) until a network is found; then numbers between the lower bound
 * and one neuron less than the best take turns, from the best network without some of its neurons and from random starts. Many neurons make
 * a rugged landscape and long steps, so that far fewer are often found first. After some rounds without a network the search is settled;
 * it goes on, with larger shares, when asked.
 */
export class NeuronSearch implements LocalSearch {
  private readonly random: Random;
  private fixed: FixedSizeSearch | null = null;
  private best: Hinges | null = null;
  private share = 0;
  private finished = 0;
  /** On the way up: the largest number that has failed. */
  private failed = 0;
  private hasRisen = false;
  /** Size of a network that was given and is not known to fit: tried first. */
  private given: number | null = null;
  private isGiven = false;
  /** Turns since the last network. */
  private turn = 0;
  private readonly lanes = new Map<number, FixedSizeSearch>();
  private before = 0;
  private readonly forgotten = { hits: 0, exact: 0 };

  constructor(
    private readonly cloud: Cloud,
    seed: number,
    private lowerBound: number,
    private upperBound: number,
    private readonly shouldStop: () => boolean,
  ) {
    this.random = createRandom(seed);
    this.failed = Math.max(0, lowerBound - 1);
  }

  get work(): number {
    return this.total(({ work }) => work, this.finished);
  }

  get hits(): number {
    return this.total(({ hits }) => hits, this.forgotten.hits);
  }

  get exact(): number {
    return this.total(({ exact }) => exact, this.forgotten.exact);
  }

  private total(of: (fixed: FixedSizeSearch) => number, before: number): number {
    let sum = before;
    for (const fixed of this.lanes.values()) sum += of(fixed);
    return sum;
  }

  get settled(): boolean {
    return this.done || this.turn >= SHARE.rounds * LANES.length;
  }

  /** Nothing smaller can exist. */
  get done(): boolean {
    return this.upperBound <= this.lowerBound;
  }

  /** Bounds proved or found elsewhere. */
  setBounds(lowerBound: number, upperBound: number): void {
    this.lowerBound = Math.max(this.lowerBound, lowerBound);
    if (upperBound < this.upperBound) this.upperBound = upperBound;
    this.failed = Math.max(this.failed, this.lowerBound - 1);
    this.prune();
  }

  /** A network to start from, exact and of any size; if it is larger than what is sought, neurons are left out. */
  addNetwork(network: Network): void {
    const hinges = hingesOf(this.cloud, network);
    if (this.best === null || hinges.signs.length <= this.upperBound) this.best = hinges;
    const { length } = hinges.signs;
    if (length < this.upperBound && length >= Math.max(1, this.lowerBound)) this.given = length;
    this.addHinges(hinges);
  }

  /** A point of another search, in doubles on centred coordinates: the number at hand starts from it next, if it is not larger. */
  addHinges(hinges: Hinges): void {
    if (this.fixed !== null && hinges.signs.length <= this.fixed.neurons) this.fixed.addStart(hinges);
  }

  advance(most: number): Network | null {
    const end = this.work + most;
    while (this.work < end && !this.done && !this.shouldStop()) {
      if (this.fixed === null) this.enter();
      const fixed = this.fixed!;
      const left = fixed.isPromising ? Number.POSITIVE_INFINITY : this.share - this.spent;
      const found = fixed.run(Math.max(1, Math.min(end - this.work, left)));
      if (found !== null) return this.accept(found);
      if (this.spent >= this.share && !fixed.isPromising) this.giveUp();
    }
    return null;
  }

  /** Work of the number at hand in this turn. */
  private get spent(): number {
    return this.fixed!.work - this.before;
  }

  private giveUp(): void {
    if (this.isGiven) this.isGiven = false;
    else if (this.isRising) this.failed = this.fixed!.neurons;
    else this.turn++;
    this.fixed = null;
  }

  /** Nothing has been found here, and twice as many neurons as failed are fewer than those of the network known, if one is. */
  private get isRising(): boolean {
    return !this.hasRisen && this.nextRise < this.upperBound;
  }

  private get nextRise(): number {
    return Math.max(1, 2 * this.failed);
  }

  private enter(): void {
    const neurons = this.given ?? (this.isRising ? this.nextRise : this.lane());
    this.isGiven = this.given !== null;
    this.given = null;
    let fixed = this.lanes.get(neurons);
    if (fixed === undefined) {
      fixed = new FixedSizeSearch(this.cloud, neurons, this.random, this.startsFor(neurons), this.shouldStop);
      this.lanes.set(neurons, fixed);
    }
    this.fixed = fixed;
    this.before = fixed.work;
    this.share = this.shareOf(neurons);
  }

  private shareOf(neurons: number): number {
    if (this.isRising) {
      const step = this.stepWork(neurons);
      return Math.max(SHARE.riseAtLeast * step, Math.min(SHARE.rise * step, SHARE.riseWork));
    }
    const growth = SHARE.growth ** Math.floor(this.turn / LANES.length);
    const equal = SHARE.turn * this.stepWork(this.upperBound - 1);
    return growth * Math.min(equal, SHARE.mostSteps * this.stepWork(neurons));
  }

  private lane(): number {
    const least = Math.max(1, this.lowerBound);
    const { share, below } = LANES[this.turn % LANES.length]!;
    return Math.max(least, least + Math.ceil(share * (this.upperBound - 1 - least)) - below);
  }

  /** Forgets numbers that are of no use any more. */
  private prune(): void {
    for (const [neurons, { work, hits, exact }] of this.lanes) {
      if (neurons < this.upperBound && neurons >= this.lowerBound) continue;
      this.finished += work;
      this.forgotten.hits += hits;
      this.forgotten.exact += exact;
      this.lanes.delete(neurons);
      if (this.fixed?.neurons === neurons) this.fixed = null;
    }
  }

  private accept(found: ExactHinges): Network {
    this.best = { signs: found.signs, unknowns: toDoubles(this.cloud, found) };
    const network = networkOf(this.cloud, found);
    this.fixed = null;
    this.turn = 0;
    this.hasRisen = true;
    this.upperBound = Math.min(this.upperBound, network.neurons.length);
    this.prune();
    return network;
  }

  /** The best network known, with as many random neurons left out as are too many, in some ways; or as it is. */
  private startsFor(neurons: number): Hinges[] {
    if (this.best === null) return [];
    const { signs } = this.best;
    const excess = signs.length - neurons;
    if (excess <= 0) return [this.best];
    if (2 * neurons < signs.length) return [];
    const starts: Hinges[] = [];
    const count = Math.min(signs.length, MOST_DELETIONS);
    for (let c = 0; c < count; c++) {
      const order = this.shuffled(signs.length);
      // Every neuron is left out once when there are few.
      const out = new Set(excess === 1 && signs.length <= MOST_DELETIONS ? [c] : order.slice(0, excess));
      starts.push(without(this.best, out, this.cloud.width));
    }
    return starts;
  }

  private shuffled(count: number): number[] {
    const order = Array.from({ length: count }, (_, k) => k);
    for (let k = count - 1; k > 0; k--) {
      const other = this.random.integer(0, k);
      [order[k], order[other]] = [order[other]!, order[k]!];
    }
    return order;
  }

  /** About the multiplications of one step of least squares. */
  private stepWork(neurons: number): number {
    const { size, width } = this.cloud;
    const unknowns = neurons * width + skipWidth(this.cloud);
    const points = Math.min(size, Math.max(60, 5 * unknowns));
    return 4 * points * unknowns + unknowns ** 2 + unknowns ** 3 / 6;
  }
}

/** Ways in which neurons are left out of the best network. */
const MOST_DELETIONS = 4;

function without({ signs, unknowns }: Hinges, out: ReadonlySet<number>, width: number): Hinges {
  const kept = Array.from(signs, (_, k) => k).filter((k) => !out.has(k));
  const rest = unknowns.subarray(signs.length * width);
  const next = new Float64Array(kept.length * width + rest.length);
  kept.forEach((k, place) => {
    next.set(unknowns.subarray(k * width, (k + 1) * width), place * width);
  });
  next.set(rest, kept.length * width);
  return { signs: Int8Array.from(kept, (k) => signs[k]!), unknowns: next };
}
