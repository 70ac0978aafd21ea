import type { Enclosure } from '../exact/enclosure.js';
import { power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import type { SavingsTable, TableRun } from './savings.js';
import { type DifferingTile, differingTiles, type Tiling } from './tiling.js';

/** Terms of a sum between two places where the computation may be left. */
const TERMS_PER_STEP = 64;

/** Precisions (bits of the largest term) at which the sign of a difference of costs is tried. */
const PRECISIONS = [128, 256, 512, 1024, 2048, 4096] as const;

/** The cost of one tiling of a run minus the cost of another, as a function of p. */
export class CostDifference {
  private readonly tiles: readonly DifferingTile[];
  /** Entries of the tiles 2 that the tiling and the other one save with. */
  private readonly taken: Int32Array;
  private readonly given: Int32Array;

  constructor(
    private readonly table: SavingsTable,
    private readonly run: TableRun,
    tiling: Tiling,
    other: Tiling,
  ) {
    this.tiles = differingTiles(tiling, other, run.points);
    const pairs = (own: 1 | -1) =>
      Int32Array.from(
        this.tiles.filter(({ length, factor }) => length === 2 && factor === own),
        ({ start }) => run.at + start,
      );
    this.taken = pairs(1);
    this.given = pairs(-1);
  }

  /** The value at p < 1 in doubles: a proposal. */
  valueNear(p: number): number {
    let value = 0;
    for (const t of this.given) value += this.table.valueNear(t, p);
    for (const t of this.taken) value -= this.table.valueNear(t, p);
    return value;
  }

  /** The derivative at p < 1 in doubles: a proposal. */
  slopeNear(p: number): number {
    let slope = 0;
    for (const t of this.given) slope += this.table.slopeNear(t, p);
    for (const t of this.taken) slope -= this.table.slopeNear(t, p);
    return slope;
  }

  /** A root in [from, to], where the value is positive at `from` and negative at `to`, in doubles: a proposal. */
  rootNear(from: number, to: number): number {
    let [low, high] = [from, to];
    let above = Math.abs(this.valueNear(low));
    let below = this.valueNear(high);
    // Regula falsi with halved ends (Illinois), and bisection now and then, should that be slow.
    for (let i = 1; i < 80 && high - low > 2 ** -48; i++) {
      const proposal = (high * above - low * below) / (above - below);
      const inside = i % 4 !== 0 && proposal > low && proposal < high;
      const middle = inside ? proposal : (low + high) / 2;
      if (middle <= low || middle >= high) break;
      const value = this.valueNear(middle);
      if (value === 0) return middle;
      if (value > 0) {
        low = middle;
        above = value;
        below /= 2;
      } else {
        high = middle;
        below = value;
        above /= 2;
      }
    }
    return high;
  }

  /** The value at p, enclosed with that many bits of the largest power. */
  *enclosure(p: number, bits: number): Steps<Enclosure> {
    let largest = -Infinity;
    const exponents = this.tiles.map(({ start, length }) => this.table.exact(this.run.at + start, length));
    for (const c of exponents) {
      largest = Math.max(largest, c.numerator.toString(16).length - c.denominator.toString(16).length);
    }
    const behind = Math.max(0, Math.ceil(-4 * largest * p));
    const exponent = Rational.fromDouble(p);
    let lower = 0n;
    let upper = 0n;
    for (let i = 0; i < exponents.length; i++) {
      const term = power(exponents[i]!, exponent, bits + behind);
      const taken = this.tiles[i]!.factor > 0;
      lower += taken ? term.lower : -term.upper;
      upper += taken ? term.upper : -term.lower;
      if ((i + 1) % TERMS_PER_STEP === 0) yield;
    }
    return { lower, upper, bits: bits + behind };
  }

  /** The enclosure at p at the first precision that leaves no doubt about its sign, or at the last. */
  *decided(p: number): Steps<Enclosure> {
    let value: Enclosure = { lower: 0n, upper: 0n, bits: 0 };
    for (const bits of PRECISIONS) {
      value = yield* this.enclosure(p, bits);
      if (value.lower > 0n || value.upper < 0n) break;
    }
    return value;
  }
}
