import type { Random } from '../exact/random.js';
import { type Cloud, skipWidth } from './cloud.js';
import type { ExactHinges } from './exact-hinges.js';
import { exactify } from './exactify.js';
import type { Hinges } from './hinges.js';
import { HingeHopping, HOPPING } from './hopping.js';
import { LeastSquares } from './least-squares.js';
import { merged, nearestJoined } from './merge.js';
import { narrow, sampleOf } from './sample.js';

/** Points of a sample for every unknown, and at least; cases in which the sample is all points anyway. */
const SAMPLE = { perUnknown: 5, least: 60, most: 20_000, growth: 0.2 } as const;

/**
 * Local search for an exact network of K neurons, resumable. It works on a sample of the points; what fits the sample is tried on all of
 * them, and the points it misses most join the sample.
 */
export class FixedSizeSearch {
  private indices: number[] | null;
  private hopping: HingeHopping;
  /** Floating networks that fitted everything, and those of them that became exact. */
  hits = 0;
  exact = 0;
  private done = 0;
  private extended = false;

  constructor(
    private readonly cloud: Cloud,
    readonly neurons: number,
    private readonly random: Random,
    private readonly starts: Hinges[] = [],
    private readonly shouldStop: () => boolean = () => false,
  ) {
    const unknowns = neurons * cloud.width + skipWidth(cloud);
    const wanted = Math.min(SAMPLE.most, Math.max(SAMPLE.least, SAMPLE.perUnknown * unknowns));
    this.indices = wanted * 1.2 >= cloud.size ? null : distinct(random, cloud.size, wanted);
    this.hopping = this.newHopping(starts);
  }

  /** Multiplications so far. */
  get work(): number {
    return this.done + this.hopping.work;
  }

  /** Did a sample fit, and is the network that fitted it being fitted to a larger one? */
  get isPromising(): boolean {
    return this.extended && this.hopping.descents <= PROMISING;
  }

  /** A network of at most K neurons to start from next. */
  addStart(hinges: Hinges): void {
    this.starts.push(hinges);
    if (this.starts.length > MOST_STARTS) this.starts.shift();
  }

  private newHopping(starts: Hinges[]): HingeHopping {
    return new HingeHopping(
      sampleOf(this.cloud, this.indices),
      this.neurons,
      this.random,
      starts,
      this.shouldStop,
    );
  }

  /** Continues until an exact network is found, or null when `most` multiplications are done. */
  run(most: number): ExactHinges | null {
    const end = this.work + most;
    while (this.work < end && !this.shouldStop()) {
      const hinges = this.hopping.run(end - this.work);
      if (hinges === null) return null;
      const fewer = this.fewer(hinges);
      if (this.indices !== null && this.extendSample(fewer ?? hinges)) continue;
      this.hits++;
      const { length } = (fewer ?? hinges).unknowns;
      this.done += EXACT.perCoordinate * this.cloud.size * this.cloud.width + EXACT.perCube * length ** 3;
      const exact = (fewer && exactify(this.cloud, fewer)) ?? exactify(this.cloud, hinges);
      if (exact === null) continue;
      this.exact++;
      return exact;
    }
    return null;
  }

  /** Hinges that fit the sample with fewer neurons, when some can be merged or left out: then they mostly fit all other points, too. */
  private fewer(hinges: Hinges): Hinges | null {
    let fewest: Hinges | null = null;
    let next = merged(this.cloud, hinges) ?? nearestJoined(this.cloud, hinges);
    while (next !== null && this.refit(next)) {
      fewest = next;
      next = merged(this.cloud, fewest) ?? nearestJoined(this.cloud, fewest);
    }
    return fewest;
  }

  /** Fits hinges to the sample in place, whatever their number; can it be done? */
  private refit(hinges: Hinges): boolean {
    const sample = sampleOf(this.cloud, this.indices);
    narrow(sample, HOPPING.slack);
    const squares = new LeastSquares(sample, hinges.signs.length, this.shouldStop);
    const fits = squares.fits(squares.descend(hinges));
    this.done += squares.work;
    return fits;
  }

  /** Adds the points that hinges miss most; false when there are none. */
  private extendSample({ signs, unknowns }: Hinges): boolean {
    const { size, width, x, lower, upper } = this.cloud;
    const neurons = signs.length;
    const firstLinear = neurons * width;
    const linear = skipWidth(this.cloud);
    const misses: { n: number; miss: number }[] = [];
    this.done += size * width * neurons;
    for (let n = 0; n < size; n++) {
      let value = 0;
      for (let j = 0; j < linear; j++)
        value += unknowns[firstLinear + j]! * (linear === 1 ? 1 : x[n * width + j]!);
      for (let k = 0, at = 0; k < neurons; k++) {
        let z = 0;
        for (let i = 0; i < width; i++) z += unknowns[at++]! * x[n * width + i]!;
        if (z > 0) value += signs[k]! * z;
      }
      const miss = Math.max(value - upper[n]!, lower[n]! - value);
      if (miss > TOLERANCE) misses.push({ n, miss });
    }
    if (misses.length === 0) return false;
    misses.sort((a, b) => b.miss - a.miss || a.n - b.n);
    const count = Math.ceil(SAMPLE.growth * this.indices!.length);
    const known = new Set(this.indices!);
    for (const { n } of misses.slice(0, count)) known.add(n);
    this.indices = [...known].sort((a, b) => a - b);
    this.done += this.hopping.work;
    this.starts.push({ signs, unknowns });
    this.hopping = this.newHopping(this.starts);
    this.extended = true;
    return true;
  }
}

/** About the multiplications of making a network exact, per coordinate of the data and cube of the unknowns. */
const EXACT = { perCoordinate: 20, perCube: 20 } as const;

/** Descents after the sample has grown that may go beyond a share of work. */
const PROMISING = 8;

/** Networks to start from that wait at one time. */
const MOST_STARTS = 50;

/** Misses (windows scaled to 1) that exact arithmetic may mend. */
const TOLERANCE = 1e-7;

/** Different random indices below `size`, ascending. */
function distinct(random: Random, size: number, count: number): number[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(random.integer(0, size - 1));
  return [...chosen].sort((a, b) => a - b);
}
