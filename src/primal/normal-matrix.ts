import type { Sample } from './sample.js';

/** Changes of points, for every point, after which all sums are formed anew: rounding errors of differences add up. */
const RENEW = 100;

/** Points whose changes are worked in together: a block is then read and written once for all of them. */
const BATCH = 16;

/**
 * The Gauss-Newton matrix of hinges, kept from step to step. Its parts are the neurons and, last, the linear part, which is active
 * everywhere; the block of parts k and l is
 *
 *     signs[k] signs[l] sum of x_n x_n^T over the points n that count and at which both are active.
 *
 * So it changes only where an activation changes or a point enters or leaves its window: at few points in most steps.
 */
export class NormalMatrix {
  /** Multiplications so far. */
  work = 0;
  private readonly parts: number;
  /** D (D + 1) / 2: the lower triangle of x x^T, row by row. */
  private readonly packed: number;
  /** The sums without signs, block k (k + 1) / 2 + l for l <= k. */
  private readonly blocks: Float64Array;
  /** size x parts: 1 where the sums have a point for a part. */
  private readonly counted: Uint8Array;
  /** Of the points that wait: x x^T, and their parts before and after. */
  private readonly outers: Float64Array;
  private readonly before: Uint8Array;
  private readonly after: Uint8Array;
  private waiting = 0;
  private readonly next: Uint8Array;
  private changes = 0;

  constructor(
    private readonly sample: Sample,
    private readonly neurons: number,
  ) {
    const { size, width, linear } = sample;
    this.parts = neurons + (linear > 0 ? 1 : 0);
    this.packed = (width * (width + 1)) / 2;
    this.blocks = new Float64Array(((this.parts * (this.parts + 1)) / 2) * this.packed);
    this.counted = new Uint8Array(size * this.parts);
    this.outers = new Float64Array(BATCH * this.packed);
    this.before = new Uint8Array(BATCH * this.parts);
    this.after = new Uint8Array(BATCH * this.parts);
    this.next = new Uint8Array(this.parts).fill(1);
  }

  /** Forms all sums anew when enough has changed. */
  renew(): void {
    if (this.changes <= RENEW * this.sample.size) return;
    this.changes = 0;
    this.waiting = 0;
    this.blocks.fill(0);
    this.counted.fill(0);
  }

  /**
   * What point n adds.
   * @param active size x neurons
   * @param counts whether it is outside its window, or has one of a single value
   */
  setPoint(n: number, active: Uint8Array, counts: boolean): void {
    const { neurons, parts, counted, next } = this;
    const at = n * parts;
    let isSame = parts === neurons || counted[at + neurons]! === (counts ? 1 : 0);
    for (let k = 0; k < neurons; k++) {
      next[k] = counts ? active[n * neurons + k]! : 0;
      if (next[k] !== counted[at + k]) isSame = false;
    }
    if (isSame) return;
    if (parts > neurons) next[neurons] = counts ? 1 : 0;
    this.change(n);
  }

  private change(n: number): void {
    const { parts, packed, counted, outers, before, after, next } = this;
    const { width, x } = this.sample;
    const m = this.waiting++;
    this.changes++;
    for (let i = 0, p = m * packed; i < width; i++) {
      for (let j = 0; j <= i; j++) outers[p++] = x[n * width + i]! * x[n * width + j]!;
    }
    for (let k = 0; k < parts; k++) {
      before[m * parts + k] = counted[n * parts + k]!;
      after[m * parts + k] = next[k]!;
      counted[n * parts + k] = next[k]!;
    }
    if (this.waiting === BATCH) this.workIn();
  }

  /** Works in the points that wait, two at a time. */
  private workIn(): void {
    const { parts, packed, before, after, waiting } = this;
    let products = waiting * packed;
    for (let k = 0, first = 0; k < parts; k++) {
      for (let l = 0; l <= k; l++, first += packed) {
        let held = -1;
        let heldSign = 0;
        for (let m = 0; m < waiting; m++) {
          const at = m * parts;
          const sign = (after[at + k]! & after[at + l]!) - (before[at + k]! & before[at + l]!);
          if (sign === 0) continue;
          products += packed;
          if (held < 0) {
            held = m;
            heldSign = sign;
          } else {
            this.add(first, held, heldSign, m, sign);
            held = -1;
          }
        }
        if (held >= 0) this.add(first, held, heldSign, held, 0);
      }
    }
    this.work += products / 2;
    this.waiting = 0;
  }

  private add(first: number, m: number, sign: number, other: number, otherSign: number): void {
    const { blocks, outers, packed } = this;
    const a = m * packed;
    const b = other * packed;
    for (let p = 0; p < packed; p++) {
      blocks[first + p]! += sign * outers[a + p]! + otherSign * outers[b + p]!;
    }
  }

  /** Writes the lower triangle, order x order with order = K D + linear. */
  write(signs: Int8Array, normal: Float64Array): void {
    this.workIn();
    const { neurons, parts, packed, blocks } = this;
    const { width, linear } = this.sample;
    const order = neurons * width + linear;
    for (let k = 0, first = 0; k < parts; k++) {
      // The linear part has the last `linear` coordinates.
      const from = k < neurons ? 0 : width - linear;
      const top = k * width - from;
      for (let l = 0; l <= k; l++, first += packed) {
        const start = l < neurons ? 0 : width - linear;
        const left = l * width - start;
        const sign = (signs[k] ?? 1) * (signs[l] ?? 1);
        for (let i = from; i < width; i++) {
          const row = (top + i) * order + left;
          const triangle = first + (i * (i + 1)) / 2;
          for (let j = start; j <= i; j++) normal[row + j] = sign * blocks[triangle + j]!;
          if (l === k) continue;
          for (let j = i + 1; j < width; j++) normal[row + j] = sign * blocks[first + (j * (j + 1)) / 2 + i]!;
        }
      }
    }
    this.work += order ** 2 / 2;
  }
}
