import { type LpMinimumClaim, type OtherTiling, type PricesProof, SHARE } from '../certificate/lp-minimum.js';
import { decimalsAround, power } from '../exact/enclosure.js';
import { PowerSum, signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { isSumWithin, lpNumber } from './lp-cost.js';
import { hasLeastProduct } from './lp-limit.js';
import { Tiles } from './lp-tiles.js';
import { checkKnots, fewestKnots, type Run } from './runs.js';
import { guard } from './verdict.js';

/** Terms of exact sums in all: work that only a forger asks for. */
const MOST_TERMS = 2 ** 22;

/** Precisions at which a price with a rational share is compared. */
const PRECISIONS = [96, 192, 384, 768, 1536, 3072, 6144, 12288] as const;

/** function or pieces, prices -> a global minimiser of the l^p path norm. See FORMAT.md for the argument. */
export function checkLpMinimum(problem: Problem, statement: Statement, claim: LpMinimumClaim): string {
  const { proof } = statement;
  guard(proof.kind === 'prices', 'claim-proof', () => `proof ${proof.kind} does not bound the l^p path norm`);
  const knots = checkKnots(problem, statement, 'lp-minimum-vertex');
  guard(
    problem.dimension === 1 && problem.exact,
    'lp-minimum-problem',
    () => 'l^p minimisers are about one input and exact labels',
  );
  const p = lpNumber(claim.p, 'p');
  guard(
    p.sign() >= 0 && p.compare(Rational.one) <= 0,
    'lp-minimum-number',
    () => `p = ${p} is not in 0 .. 1`,
  );
  const tiles = new Tiles(problem, knots, p);
  const fewest = fewestKnots(tiles.runs);
  guard(
    claim.sparsest === (knots.length === fewest),
    'lp-minimum-sparsest',
    () => `the function has ${knots.length} knots, the fewest are ${fewest}`,
  );
  const unique = checkMinimal(tiles, claim, proof);
  guard(
    claim.unique === undefined || claim.unique === unique,
    'lp-minimum-unique',
    () => `unique is ${claim.unique}, the proof shows ${unique ?? 'neither'}`,
  );
  checkCost(tiles, lpNumber(claim.lower, 'lower'), lpNumber(claim.upper, 'upper'));
  const cost = decimalsAround(lpNumber(claim.lower, 'lower'), lpNumber(claim.upper, 'upper'), 12);
  return [
    `the function is a global minimiser of the l^p path norm through the data for ${p.isZero() ? 'p -> 0' : `p = ${p}`}`,
    ...(claim.unique === undefined ? [] : [claim.unique ? 'the only one' : 'not the only one']),
    `its cost lies in [${cost.lower}, ${cost.upper}]`,
    `it has ${knots.length} knots, ${claim.sparsest ? 'the fewest of any function' : `more than the fewest, ${fewest}`}`,
  ].join(', ');
}

/** What the proof shows about uniqueness: true, false, or undefined. */
function checkMinimal(
  tiles: Tiles,
  claim: LpMinimumClaim,
  { shares, other }: PricesProof,
): boolean | undefined {
  const { p } = tiles;
  const needsPrices = p.sign() > 0 && p.lessThan(Rational.one);
  guard(
    (other !== undefined) === (needsPrices && claim.unique === false),
    'lp-minimum-unique',
    () => 'another tiling is given exactly when 0 < p < 1 and unique is false',
  );
  if (!needsPrices) {
    guard(shares.length === 0, 'lp-minimum-shares', () => 'p = 0 and p = 1 need no shares');
    // p = 1: all of S has the least path norm, and more functions where a run has two points or more.
    if (p.sign() > 0) return tiles.runs.every(({ points }) => points === 1);
    return tiles.runs.map((run) => hasLeastProduct(tiles, run)).every((isAlone) => isAlone);
  }
  const prices = new Prices(tiles, shares);
  for (const run of tiles.runs) prices.check(run);
  guard(
    prices.used === shares.length,
    'lp-minimum-shares',
    () => `${shares.length} shares, the function needs ${prices.used}`,
  );
  if (other !== undefined) {
    checkOther(tiles, other);
    return false;
  }
  return prices.allStrict ? true : undefined;
}

/** shares -> the price of every point; no tile is cheaper than the points it covers. */
class Prices {
  used = 0;
  allStrict = true;
  private terms = 0;
  private readonly value: Float64Array;
  private readonly error: Float64Array;
  /** The entry of a tile 2 that begins here. */
  private readonly share = new Map<number, Rational | number>();
  /** The exact price of the first point of a tile 2 whose entry is no rational: the one that was asked for last. */
  private readonly chain = { point: -1, sum: new PowerSum() };

  constructor(
    private readonly tiles: Tiles,
    private readonly shares: PricesProof['shares'],
  ) {
    this.value = new Float64Array(tiles.begins.length);
    this.error = new Float64Array(tiles.begins.length);
  }

  check({ first, points }: Run): void {
    // One point has one tiling. Of two points, two tiles 1 cost more than a tile 2: (a + b)^p < a^p + b^p.
    if (points < 3) return;
    const { begins, costs, errors } = this.tiles;
    const end = first + points;
    for (let k = first; k < end; k += begins[k]!) {
      if (begins[k] === 1) this.set(k, costs[0][k]!, errors[0][k]!);
      else this.setTile(first, k);
    }
    // Equal by what the entry means: the tile 1 at a tile whose entry is `single`, the tile 2 that ends where the entry is `across`.
    for (let k = first; k < end; k++) {
      if (begins[k] !== 1 && this.share.get(k) !== SHARE.single) this.compare(k, 1);
      if (k + 1 < end && begins[k] !== 2 && this.share.get(k + 1) !== SHARE.across) this.compare(k, 2);
    }
  }

  private set(k: number, value: number, error: number): void {
    this.value[k] = value;
    this.error[k] = error;
  }

  /** The two prices of a tile 2. */
  private setTile(first: number, k: number): void {
    const { costs, errors } = this.tiles;
    const entry = this.shares[this.used++];
    guard(entry !== undefined, 'lp-minimum-shares', () => `the tile at point ${k} has no share`);
    const [cost, costError] = [costs[1][k]!, errors[1][k]!];
    const share = shareOf(entry, k);
    this.share.set(k, share);
    let price: number;
    let error: number;
    if (share instanceof Rational) {
      const rounded = share.toNumber();
      price = rounded * cost;
      error = Math.abs(rounded) * costError + 2 ** -51 * Math.abs(price);
    } else {
      this.allStrict = false;
      [price, error] = [costs[0][k]!, errors[0][k]!];
      if (share === SHARE.across) {
        const before = this.tiles.begins[k - 1] === 1 ? SHARE.single : this.share.get(k - 2);
        guard(
          k > first && typeof before === 'number',
          'lp-minimum-shares',
          () => `the price at point ${k} hangs on none that is a sum of costs`,
        );
        price = costs[1][k - 1]! - this.value[k - 1]!;
        error = errors[1][k - 1]! + this.error[k - 1]! + 2 ** -52 * Math.abs(price);
      }
    }
    this.set(k, price, error);
    const rest = cost - price;
    this.set(k + 1, rest, costError + error + 2 ** -52 * Math.abs(rest));
  }

  /** The tile of that length at k costs at least the prices of its points. */
  private compare(k: number, length: 1 | 2): void {
    const { costs, errors } = this.tiles;
    const cost = costs[length - 1]![k]!;
    const price = this.value[k]! + (length === 2 ? this.value[k + 1]! : 0);
    const gap = cost - price;
    const known = errors[length - 1]![k]! + this.error[k]! + (length === 2 ? this.error[k + 1]! : 0);
    const error = known + 2 ** -51 * (Math.abs(cost) + Math.abs(price));
    if (gap > error) return;
    guard(
      !(gap < -error) && this.isEnough(k, length),
      'lp-minimum-prices',
      () => `the tile ${length} at point ${k} costs less than the prices of its points`,
    );
  }

  /** (cost of the tile) - (prices of its points) >= 0, exactly; false also when no precision tells. */
  private isEnough(k: number, length: 1 | 2): boolean {
    const { begins, p } = this.tiles;
    const tile = (point: number, l: number) => this.tiles.exact(point, l);
    // Powers with whole factors, and of tiles with a rational entry.
    const whole: [Rational, number][] = [[tile(k, length), 1]];
    const parts: [Rational, Rational][] = [];
    let chain = new PowerSum();
    let chainSign = 1;
    for (let t = k; t < k + length; t++) {
      const isSecond = begins[t] === 0;
      const point = isSecond ? t - 1 : t;
      if (isSecond) whole.push([tile(point, 2), -1]);
      const sign = isSecond ? 1 : -1;
      const share = this.share.get(point);
      if (share === undefined || share === SHARE.single) whole.push([tile(point, 1), sign]);
      else if (share instanceof Rational) parts.push([tile(point, 2), isSecond ? share : share.negate()]);
      else {
        // No tile that is compared has two points whose entry is `across`: see `check`.
        chain = this.chainAt(point);
        chainSign = sign;
      }
    }
    this.terms += chain.size + whole.length + parts.length;
    guard(this.terms <= MOST_TERMS, 'lp-minimum-size', () => 'the prices hang on each other too far');
    for (const [change, sign] of whole) chain.add(change, chainSign * sign);
    const all = [...chain.values()].map(
      ({ base, factor }) => [base, Rational.of(chainSign * factor)] as const,
    );
    const isEnough =
      parts.length > 0 ? isPositive([...all, ...parts], p) : (chain.sign(p) ?? -chainSign) * chainSign >= 0;
    for (const [change, sign] of whole) chain.add(change, -chainSign * sign);
    return isEnough;
  }

  /** The price of the first point of a tile 2 whose entry is `across`: from the one that was asked for last, when that lies before it. */
  private chainAt(k: number): PowerSum {
    const { tiles, share, chain } = this;
    let from = k;
    while (from !== chain.point && share.get(from) === SHARE.across && tiles.begins[from - 1] === 0)
      from -= 2;
    if (from !== chain.point) {
      chain.sum = new PowerSum();
      if (share.get(from) === SHARE.single) chain.sum.add(tiles.exact(from, 1), 1);
      else chain.sum.add(tiles.exact(from - 1, 2), 1).add(tiles.exact(from - 1, 1), -1);
    }
    for (; from < k; from += 2) chain.sum.add(tiles.exact(from + 1, 2), 1).add(tiles.exact(from, 2), -1);
    chain.point = k;
    return chain.sum;
  }
}

/** sum of factor * change^p > 0, shown by enclosures. */
function isPositive(terms: readonly (readonly [change: Rational, factor: Rational])[], p: Rational): boolean {
  return PRECISIONS.some((bits) => {
    let lower = Rational.zero;
    for (const [change, factor] of terms) {
      const value = power(change, p, bits);
      lower = lower.add(factor.multiply(Rational.of(factor.sign() > 0 ? value.lower : value.upper)));
    }
    return lower.sign() > 0;
  });
}

function shareOf(entry: number | string, k: number): Rational | number {
  if (entry === SHARE.single || entry === SHARE.across) return entry;
  const share =
    typeof entry === 'string'
      ? lpNumber(entry, `the share of the tile at point ${k}`, 4000)
      : Rational.of(BigInt(entry), 1n << BigInt(SHARE.bits));
  guard(share.sign() >= 0, 'lp-minimum-shares', () => `the share of the tile at point ${k} is negative`);
  return share;
}

/** other -> a vertex of the same cost that is not the function. */
function checkOther(tiles: Tiles, { point, tiles: lengths }: OtherTiling): void {
  const rule = 'lp-minimum-unique';
  const run = tiles.runs.find(({ first }) => first === point);
  guard(run !== undefined, rule, () => `no run begins at point ${point}`);
  guard(/^[12]+$/.test(lengths), rule, () => 'tiles: expected a text of the digits 1 and 2');
  const end = point + run.points;
  const begins = new Uint8Array(run.points);
  let k = point;
  for (const digit of lengths) {
    if (k < end) begins[k - point] = Number(digit);
    k += Number(digit);
  }
  guard(k === end, rule, () => `the tiles cover ${k - point} points, the run has ${run.points}`);
  const plus: Rational[] = [];
  const minus: Rational[] = [];
  for (let t = point; t < end; t++) {
    const [others, own] = [begins[t - point]!, tiles.begins[t]!];
    if (others === own) continue;
    if (others > 0) plus.push(tiles.exact(t, others));
    if (own > 0) minus.push(tiles.exact(t, own));
  }
  guard(plus.length + minus.length > 0, rule, () => 'the other tiling is that of the function');
  guard(
    signOfPowerSum(plus, minus, tiles.p) === 0,
    rule,
    () => 'the other tiling does not cost the same as the function',
  );
}

/** lower <= sum of |slope change|^p <= upper: in doubles, and where these do not tell in as many digits as the bracket needs. */
function checkCost(tiles: Tiles, lower: Rational, upper: Rational): void {
  const rule = 'lp-minimum-cost';
  const { begins, costs, errors, p } = tiles;
  const outside = () => `the cost of the function is not in [${lower}, ${upper}]`;
  let sum = 0;
  let error = 0;
  const knots: [number, number][] = [];
  for (let k = 0; k < begins.length; k++) {
    const length = begins[k]!;
    if (length === 0) continue;
    knots.push([k, length]);
    sum += costs[length - 1]![k]!;
    error += errors[length - 1]![k]! + 2 ** -53 * sum;
  }
  const within = (low: Rational, high: Rational) => lower.compare(low) <= 0 && high.compare(upper) <= 0;
  if (p.isZero()) {
    const count = Rational.of(knots.length);
    guard(within(count, count), rule, outside);
    return;
  }
  error = 1.01 * error;
  if (error < Number.POSITIVE_INFINITY) {
    const [low, high] = [Rational.fromDouble(sum), Rational.fromDouble(error)];
    if (within(low.subtract(high), low.add(high))) return;
  }
  guard(
    isSumWithin(
      knots.map(([k, length]) => tiles.exact(k, length)),
      p,
      lower,
      upper,
    ),
    rule,
    outside,
  );
}
