import { addDown, second } from './pair-sum.js';
import type { Bends, Savings, TableRun } from './savings.js';
import type { Tiling } from './tiling.js';

/** Stands for states that no tiling reaches: below everything, and harmless in arithmetic. */
const NOWHERE = 1e300;

/** Bits of `came`: where the best tiling that ends at a boundary in a given state came from. */
const CAME = { doubleAfterSingle: 1, denserDoubleAfterSingle: 2, denserSingleFromPlain: 4 } as const;

/** The cheapest tiling of a run that is not sparsest, as far as bounds can tell. */
export interface DenserExcess {
  /** A lower bound on its cost minus the cost of the reference (minus their bends where those are given): for every denser tiling. */
  readonly excess: number;
  /** The tiling that attains the bound; before the next call of `least`. */
  tiling(): Tiling;
}

/**
 * Finds the denser tiling of least excess over a sparsest reference in O(points) time.
 *
 * Tiles 1 alternate between even and odd positions (see `Tiling`), so a tiling is not sparsest exactly when it has a tile 1 at an odd
 * position. States at boundary k: whether that has happened (denser, else plain), and whether the last tile is a 1, after which no 1
 * comes. Excess = savings of the reference - savings of the tiling: tiles 2 of the reference count with lower bounds, at the boundary
 * where they end, tiles 2 taken with upper ones, and those of both not at all. Sums are pairs of doubles, each addition rounded down.
 */
export class DenserTilings {
  private came = new Uint8Array(0);

  /**
   * @param single the even offset of the tile 1 of the reference when the number of points is odd, else the number of points
   * @param bends subtracted when given: (b - a)^2 / 8 times the largest second derivative of the excess
   */
  least(savings: Savings, bends: Bends | null, { at, points }: TableRun, single: number): DenserExcess {
    if (this.came.length < points + 2) this.came = new Uint8Array(2 * points + 2);
    const { came } = this;
    const { high, low, error } = savings;
    // States at boundary k: plain or denser, last tile 1 or 2. Those after a tile 2 are also known at k + 1 ("next").
    let plain1 = NOWHERE;
    let plain1Low = 0;
    let plain2 = 0;
    let plain2Low = 0;
    let denser1 = NOWHERE;
    let denser1Low = 0;
    let denser2 = NOWHERE;
    let denser2Low = 0;
    let nextPlain2 = NOWHERE;
    let nextPlain2Low = 0;
    let nextDenser2 = NOWHERE;
    let nextDenser2Low = 0;
    // What the reference saves with the tile 2 that ends at boundary k + 1.
    let charge = 0;
    let chargeLow = 0;
    came[0] = 0;
    came[1] = 0;
    for (let k = 0; k < points; k++) {
      const t = at + k;
      const odd = (k & 1) === 1;
      // The reference has tiles 2 at even positions before `single` and at odd ones after it.
      const common = odd ? k > single : k < single;
      let nextCharge = 0;
      let nextChargeLow = 0;
      if (common) {
        nextCharge = high[t]!;
        nextChargeLow = low[t]! - error[t]! - (bends === null ? 0 : bends.upper[t]!);
      }
      let cameHere = 0;
      let toPlain2 = NOWHERE;
      let toPlain2Low = 0;
      let toDenser2 = NOWHERE;
      let toDenser2Low = 0;
      if (k + 1 < points) {
        // Tile 2, after either tile.
        let gain = 0;
        let gainLow = 0;
        if (!common) {
          const taken = -low[t]! - error[t]! + (bends === null ? 0 : bends.lower[t]!);
          gain = addDown(charge, chargeLow, -high[t]!, taken);
          gainLow = second[0]!;
        }
        let from = plain2;
        let fromLow = plain2Low;
        if (plain1 < from || (plain1 === from && plain1Low < fromLow)) {
          from = plain1;
          fromLow = plain1Low;
          cameHere |= CAME.doubleAfterSingle;
        }
        toPlain2 = addDown(from, fromLow, gain, gainLow);
        toPlain2Low = second[0]!;
        from = denser2;
        fromLow = denser2Low;
        if (denser1 < from || (denser1 === from && denser1Low < fromLow)) {
          from = denser1;
          fromLow = denser1Low;
          cameHere |= CAME.denserDoubleAfterSingle;
        }
        toDenser2 = addDown(from, fromLow, gain, gainLow);
        toDenser2Low = second[0]!;
      }
      // Tile 1, after a tile 2 only. At an odd position the tiling stops being sparsest.
      let from = denser2;
      let fromLow = denser2Low;
      if (odd && (plain2 < from || (plain2 === from && plain2Low < fromLow))) {
        from = plain2;
        fromLow = plain2Low;
        came[k + 1]! |= CAME.denserSingleFromPlain;
      }
      denser1 = addDown(from, fromLow, charge, chargeLow);
      denser1Low = second[0]!;
      plain1 = odd ? NOWHERE : addDown(plain2, plain2Low, charge, chargeLow);
      plain1Low = odd ? 0 : second[0]!;
      came[k + 2] = cameHere;
      plain2 = nextPlain2;
      plain2Low = nextPlain2Low;
      denser2 = nextDenser2;
      denser2Low = nextDenser2Low;
      nextPlain2 = toPlain2;
      nextPlain2Low = toPlain2Low;
      nextDenser2 = toDenser2;
      nextDenser2Low = toDenser2Low;
      charge = nextCharge;
      chargeLow = nextChargeLow;
    }
    const endsInSingle = denser1 < denser2;
    const value = endsInSingle ? denser1 : denser2;
    const excess = value - 2 ** -52 * Math.abs(value) + (endsInSingle ? denser1Low : denser2Low);
    return { excess, tiling: () => this.trace(points, endsInSingle) };
  }

  /** The tiling of the last call of `least`, back from the end. */
  private trace(points: number, endsInSingle: boolean): Tiling {
    const starts: number[] = [];
    let single = endsInSingle;
    let denser = true;
    for (let k = points; k > 0; ) {
      const came = this.came[k]!;
      k -= single ? 1 : 2;
      starts.push(k);
      if (single) {
        denser &&= (came & CAME.denserSingleFromPlain) === 0;
        single = false;
      } else {
        single = (came & (denser ? CAME.denserDoubleAfterSingle : CAME.doubleAfterSingle)) !== 0;
      }
    }
    return Int32Array.from(starts.reverse());
  }
}
