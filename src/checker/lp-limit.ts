import { PowerSum } from '../exact/power-sum.js';
import type { Tiles } from './lp-tiles.js';
import type { Run } from './runs.js';
import { guard } from './verdict.js';

/** Most factors of a product that is written out: without a limit a forger could keep the checker busy. */
const MOST_FACTORS = 2 ** 14;

/**
 * p = 0: no sparsest tiling of the run has a smaller product of slope changes; true when none has the same. The costs are logarithms here.
 *
 * The sparsest tilings of an odd run have their tile 1 at the even offsets. From t to t + 2 the tiles 1, 2 become 2, 1.
 */
export function hasLeastProduct(tiles: Tiles, { first, points }: Run): boolean {
  const end = first + points;
  let own = -1;
  let count = 0;
  for (let k = first; k < end; k += tiles.begins[k]!, count++) if (tiles.begins[k] === 1) own = k;
  guard(
    count === (points + 1) >> 1,
    'lp-minimum-product',
    () => `the run at point ${first} has more knots than it needs`,
  );
  if (own < 0 || points < 3) return true;
  const moves = (direction: 1 | -1) => {
    const sum = new LogarithmSum(tiles);
    let isAlone = true;
    for (let t = own; ; t += 2 * direction) {
      const next = t + 2 * direction;
      if (next < first || next >= end) return isAlone;
      const [gained, lost] = direction === 1 ? [t, t + 1] : [t - 1, t - 2];
      sum.add([
        [1, next, 1],
        [1, gained, 2],
        [-1, t, 1],
        [-1, lost, 2],
      ]);
      const sign = sum.sign();
      guard(
        sign >= 0,
        'lp-minimum-product',
        () => `a tile 1 at point ${next} makes the product of slope changes smaller`,
      );
      if (sign === 0) isAlone = false;
    }
  };
  const right = moves(1);
  return moves(-1) && right;
}

/** (sign, point, length): the logarithm of the change of slope of a tile, added or subtracted. */
type Term = readonly [sign: 1 | -1, point: number, length: 1 | 2];

/** A sum of logarithms of slope changes and its sign: in doubles, and where these do not tell by the exact product. */
class LogarithmSum {
  private value = 0;
  private error = 0;
  private waiting: Term[] = [];
  /** The factors of the product, without those that cancelled. */
  private readonly factors = new PowerSum();

  constructor(private readonly tiles: Tiles) {}

  add(terms: readonly Term[]): void {
    const { costs, errors } = this.tiles;
    for (const [sign, point, length] of terms) {
      this.value += sign * costs[length - 1]![point]!;
      this.error += errors[length - 1]![point]! + 2 ** -52 * Math.abs(this.value);
      this.waiting.push([sign, point, length]);
    }
  }

  sign(): number {
    if (Math.abs(this.value) > this.error) return Math.sign(this.value);
    for (const [sign, point, length] of this.waiting) this.factors.add(this.tiles.exact(point, length), sign);
    this.waiting = [];
    let [above, below] = [1n, 1n];
    let size = 0;
    for (const { base, factor } of this.factors.values()) {
      const times = BigInt(Math.abs(factor));
      size += Math.abs(factor);
      guard(
        size <= MOST_FACTORS,
        'lp-minimum-size',
        () => 'two products of slope changes are too long to compare',
      );
      above *= (factor > 0 ? base.numerator : base.denominator) ** times;
      below *= (factor > 0 ? base.denominator : base.numerator) ** times;
    }
    return above > below ? 1 : above < below ? -1 : 0;
  }
}
