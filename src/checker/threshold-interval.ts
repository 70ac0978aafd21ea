import { bitLength, floorDivide } from '../exact/bigint.js';
import { exponentialOfProduct, logarithms, unitSecant } from '../exact/double-power.js';
import { type Enclosure, exactly, logarithm, power, powerSecant } from '../exact/enclosure.js';
import { nearestDouble, type Quotient, Rational } from '../exact/rational.js';

/**
 * A run: its first point and its slope changes e_0 .. e_{L-1}, as quotients that need not be in lowest terms. Pair k stands for the tile 2
 * on the points k and k + 1, sums[k] = e_k + e_{k+1}. All are divided by one power of two, the least for which no sum is above 1.
 */
export interface Run {
  readonly point: number;
  readonly changes: readonly Quotient[];
  readonly sums: readonly Quotient[];
  /** Changes and sums in doubles, with relative error 2^-53 (below 2^-400: replaced by that), and their logarithms. */
  readonly doubles: readonly [Doubles, Doubles];
  /** Kept from the last interval, for the next one. */
  last: CoarseSavings | null;
}

interface Doubles {
  readonly values: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** Below this doubles are not asked. */
const SMALLEST = 2 ** -400;

export function makeRun(point: number, differences: readonly Quotient[]): Run {
  const both = [differences, differences.slice(1).map((c, k) => sumOf(differences[k]!, c))];
  const exponent = both[1]!.reduce((most, c) => Math.max(most, leastExponent(c)), -Infinity);
  const [changes, sums] = both.map((list) => list.map((c) => dividedByPower(c, exponent)));
  const doublesOf = (list: readonly Quotient[]): Doubles => {
    const values = Float64Array.from(list, (c) => Math.max(nearestDouble(c), SMALLEST));
    return { values, ...logarithms(values) };
  };
  return {
    point,
    changes: changes!,
    sums: sums!,
    doubles: [doublesOf(changes!), doublesOf(sums!)],
    last: null,
  };
}

/** The least e with c <= 2^e. */
function leastExponent(c: Quotient): number {
  const exponent = bitLength(c.numerator) - bitLength(c.denominator);
  const { numerator, denominator } = dividedByPower(c, exponent);
  return numerator <= denominator ? exponent : exponent + 1;
}

function dividedByPower({ numerator, denominator }: Quotient, exponent: number): Quotient {
  return exponent < 0
    ? { numerator: numerator << BigInt(-exponent), denominator }
    : { numerator, denominator: denominator << BigInt(exponent) };
}

function sumOf(a: Quotient, b: Quotient): Quotient {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** An interval of p and the form in which savings are compared on it: s, or s / (1 - p) ("unit"). */
export interface Interval {
  readonly from: Rational;
  readonly to: Rational;
  readonly unit: boolean;
}

/** Unit of the first look, 2^-44: doubles hold integers below 2^53 exactly, so that their sums have no rounding. */
const COARSE_BITS = 44;
const COARSE_LIMIT = 2 ** 53;
/** Bits of the further looks, and of the unit in which these are summed up. */
const FINE_BITS = [96, 192, 384] as const;
const UNIT_BITS = 384;
/** Bits of a coarse unit to which bends are known from doubles. */
const PART_BITS = 100;
/** Far above everything that occurs, in units of 2^-UNIT_BITS. */
const FAR = 1n << 1000n;

/**
 * run, interval, offset of the tile 1 of the reference (odd L) -> every tiling that is not sparsest costs more than the reference, for
 * every p of the interval.
 *
 * The difference D(p) of the two costs is what the reference saves less what the tiling saves. It is at least its chord minus
 * (to - from)^2 / 8 max(0, max D''): positive on the interval when the chord is positive at both ends, with and without the bends.
 * First all pairs are looked at in doubles; where that is not enough, in BigInts those on which the doubtful tiling and the reference differ.
 *
 * @param offset null: one that is cheap at the right end, as far as doubles can tell
 */
export function sparsestWins(run: Run, interval: Interval, offset: number | null): boolean {
  const points = run.changes.length;
  const { from, to, unit } = interval;
  const start =
    run.last?.unit === unit && run.last.p.equals(from) ? run.last : coarseSavings(run, from, unit);
  const end = coarseSavings(run, to, unit);
  run.last = end;
  const single = points % 2 === 0 ? points : (offset ?? cheapOffset(end.lower));
  const bends = coarseBends(start, end, interval);
  const fine = new FineSavings(run, interval);
  return ([1, 0] as const).every((side) =>
    [bends, null].every((bent) => {
      const { lower, upper } = side === 0 ? start : end;
      const given = bent === null ? lower : lower.map((value, k) => value - Math.ceil(bent.upper[k]!));
      const taken = bent === null ? upper : upper.map((value, k) => value - Math.floor(bent.lower[k]!));
      const { excess, largest } = leastExcess(given, taken, single, 0, Infinity);
      if (excess > 0 && largest < COARSE_LIMIT) return true;
      return winsFinely(fine, side, bent, given, taken, single);
    }),
  );
}

/** The even offset whose sparsest tiling saves most. */
function cheapOffset(savings: Float64Array): number {
  let [best, most, sum] = [0, 0, 0];
  for (let k = 2; k <= savings.length; k += 2) {
    sum += savings[k - 2]! - savings[k - 1]!;
    if (sum > most) [best, most] = [k, sum];
  }
  return best;
}

/** The same for one end, with sharp bounds for more and more pairs: those on which the doubtful tiling and the reference differ. */
function winsFinely(
  fine: FineSavings,
  end: 0 | 1,
  bends: Bends | null,
  coarseGiven: Float64Array,
  coarseTaken: Float64Array,
  single: number,
): boolean {
  const inUnits = (value: number) => BigInt(value) << BigInt(UNIT_BITS - COARSE_BITS);
  /** Of a coarse unit. */
  const partsOf = (value: number, round: (value: number) => number) =>
    BigInt(round(value * 2 ** PART_BITS)) << BigInt(UNIT_BITS - COARSE_BITS - PART_BITS);
  const given = Array.from(coarseGiven, (value) => (value === -Infinity ? -FAR : inUnits(value)));
  const taken = Array.from(coarseTaken, inUnits);
  const looks = new Uint8Array(given.length);
  const [zero, far] = asNumbers([0n, FAR * FAR]);
  for (;;) {
    const worst = leastExcess(asNumbers(given), asNumbers(taken), single, zero!, far!);
    if (worst.excess > 0) return true;
    let news = false;
    for (const k of worst.differing()) {
      const look = looks[k]!;
      looks[k] = Math.min(look + 1, FINE_BITS.length);
      const bits = FINE_BITS[look];
      if (bits === undefined) continue;
      news = true;
      const [lower, upper] = fine.value(k, end, bits);
      // The first look takes the bends as they were: mostly they do not matter.
      const [least, largest] =
        bends === null
          ? [0n, 0n]
          : look === 0 && bends.upper[k]! < Infinity
            ? [partsOf(bends.lower[k]!, Math.floor), partsOf(bends.upper[k]!, Math.ceil)]
            : fine.bend(k, bits);
      given[k] = lower - largest;
      taken[k] = upper - least;
    }
    if (!news) return false;
  }
}

/** BigInts add, subtract and compare as numbers do: `leastExcess` is written once for both. */
function asNumbers(values: readonly bigint[]): readonly number[] {
  return values as readonly unknown[] as readonly number[];
}

/** Bounds on what every pair saves at p, in units of 2^-COARSE_BITS, and on the second derivative there (in 1). */
interface CoarseSavings {
  readonly p: Rational;
  readonly unit: boolean;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly secondLower: Float64Array;
  readonly secondUpper: Float64Array;
}

/**
 * s = m^p + M^p - T^p for the changes m, M and their sum T: powers are within a relative 2^-50, and at most 1. s / (1 - p) is
 * h(T) - h(m) - h(M), h(c) = (c - c^p) / (1 - p), each within 2^-45 |h| + 2^-50. Both lie between 0 and 1. With x = ln c, which is
 * within 2^-52, the second derivative of c^p is x^2 c^p, that of h is c x^3 M(-(1 - p) x), M(z) = int_0^1 t^2 e^(z t) dt.
 */
function coarseSavings({ doubles: [single, both] }: Run, p: Rational, unit: boolean): CoarseSavings {
  const at = p.toNumber();
  // The kernels want p and 1 - p in doubles.
  const exact = Number.isInteger(at * 2 ** 53) && Rational.fromDouble(at).equals(p);
  const costs = ({ values, high, low }: Doubles) =>
    values.map((c, k) =>
      !exact
        ? 0
        : unit
          ? unitSecant(c, high[k]!, low[k]!, at)
          : exponentialOfProduct(high[k]!, low[k]!, at, 0),
    );
  const seconds = ({ values, high }: Doubles, cost: Float64Array) =>
    values.map((c, k) => {
      const x = high[k]!;
      return unit ? c * x * x * x * squareMoment((1 - at) * -x) : x * x * cost[k]!;
    });
  const [singles, pairs] = [costs(single), costs(both)];
  const [secondSingles, secondPairs] = [seconds(single, singles), seconds(both, pairs)];
  const sign = unit ? -1 : 1;
  const lower = new Float64Array(pairs.length);
  const upper = new Float64Array(pairs.length).fill(2 ** COARSE_BITS);
  const secondLower = new Float64Array(pairs.length);
  const secondUpper = new Float64Array(pairs.length).fill(Infinity);
  for (let k = 0; k < pairs.length; k++) {
    if (!exact || single.values[k] === SMALLEST || single.values[k + 1] === SMALLEST) continue;
    const [e, f, t] = [singles[k]!, singles[k + 1]!, pairs[k]!];
    const saving = sign * (e + f - t) * 2 ** COARSE_BITS;
    const slack = 1 + 0.5 * (Math.abs(e) + Math.abs(f) + Math.abs(t));
    lower[k] = Math.max(0, Math.floor(saving - slack));
    upper[k] = Math.min(2 ** COARSE_BITS, Math.ceil(saving + slack));
    const [se, sf, st] = [secondSingles[k]!, secondSingles[k + 1]!, secondPairs[k]!];
    const second = sign * (se + sf - st);
    const error = 2 ** -48 + 2 ** -40 * (Math.abs(se) + Math.abs(sf) + Math.abs(st));
    secondLower[k] = Math.max(0, second - error);
    secondUpper[k] = second + error;
  }
  return { p, unit, lower, upper, secondLower, secondUpper };
}

/** M(z) = int_0^1 t^2 e^(z t) dt = sum z^n / (n! (n + 3)) for z >= 0; all terms are positive. */
function squareMoment(z: number): number {
  let sum = 0;
  let term = 1;
  for (let n = 0; n <= z || term > 2 ** -60 * sum; n++) {
    sum += term / (n + 3);
    term *= z / (n + 1);
  }
  return sum;
}

/** (to - from)^2 / 8 times the second derivative of what every pair saves: it falls in p. In units of 2^-COARSE_BITS. */
function coarseBends(from: CoarseSavings, to: CoarseSavings, interval: Interval): Bends {
  const weight = nearestDouble(weightOf(interval)) * 2 ** COARSE_BITS;
  return {
    lower: to.secondLower.map((second) => weight * second * (1 - 2 ** -40)),
    upper: from.secondUpper.map((second) => weight * second * (1 + 2 ** -40)),
  };
}

interface Bends {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

function weightOf({ from, to }: Interval): Quotient {
  const { numerator, denominator } = to.subtract(from);
  return { numerator: numerator * numerator, denominator: 8n * denominator * denominator };
}

/** The same bounds in BigInts, in units of 2^-UNIT_BITS. */
class FineSavings {
  private readonly ends: readonly [Rational, Rational];
  private readonly weight: Quotient;
  /** What is known of changes and of pairs at both ends. */
  private readonly changes = [new Map<number, Enclosure>(), new Map<number, Enclosure>()] as const;
  private readonly pairs = [new Map<number, Enclosure>(), new Map<number, Enclosure>()] as const;

  constructor(
    private readonly run: Run,
    private readonly interval: Interval,
  ) {
    this.ends = [interval.from, interval.to];
    this.weight = weightOf(interval);
  }

  /** What pair k saves at an end. */
  value(k: number, end: 0 | 1, bits: number): readonly [lower: bigint, upper: bigint] {
    const { changes, sums } = this.run;
    const known = (map: Map<number, Enclosure>, key: number, c: Quotient): Enclosure => {
      let found = map.get(key);
      if (found?.bits !== bits) {
        found = this.term(c, this.ends[end], bits);
        map.set(key, found);
      }
      return found;
    };
    const [e, f] = [k, k + 1].map((point) => known(this.changes[end], point, changes[point]!));
    const both = known(this.pairs[end], k, sums[k]!);
    return inUnits(e!.lower + f!.lower - both.upper, e!.upper + f!.upper - both.lower, bits);
  }

  /** c^p, or -h(c). */
  private term(c: Quotient, p: Rational, bits: number): Enclosure {
    return this.interval.unit ? negative(powerSecant(c, p, Rational.one, bits)) : power(c, p, bits);
  }

  bend(k: number, bits: number): readonly [least: bigint, largest: bigint] {
    const of = (p: Rational): Enclosure => {
      const [e, f, both] = [this.run.changes[k]!, this.run.changes[k + 1]!, this.run.sums[k]!].map((c) =>
        this.second(c, p, bits),
      );
      return { lower: e!.lower + f!.lower - both!.upper, upper: e!.upper + f!.upper - both!.lower, bits };
    };
    const { numerator, denominator } = this.weight;
    const [least, largest] = [of(this.ends[1]).lower, of(this.ends[0]).upper];
    const lower = least < 0n ? 0n : (least * numerator) / denominator;
    return inUnits(lower, -floorDivide(-largest * numerator, denominator), bits);
  }

  /** The second derivative of `term`. */
  private second(c: Quotient, p: Rational, bits: number): Enclosure {
    const x = logarithm(c, bits);
    const square = product(x, x);
    if (!this.interval.unit) return product(square, power(c, p, bits));
    const z = scaled(negative(x), Rational.one.subtract(p));
    return negative(product(product(exactly(c, bits), product(square, x)), fineSquareMoment(z)));
  }
}

function inUnits(lower: bigint, upper: bigint, bits: number): readonly [bigint, bigint] {
  const shift = BigInt(UNIT_BITS - bits);
  return [lower << shift, upper << shift];
}

/** M(z) for z >= 0, see `squareMoment`. Once z <= n / 2 the rest is at most twice the next term. */
function fineSquareMoment(z: Enclosure): Enclosure {
  const { bits } = z;
  let term = exactly(Rational.one, bits);
  let [lower, upper] = [0n, 0n];
  const reach = Number(z.upper >> BigInt(bits)) + 1;
  for (let n = 0; ; n++) {
    const part = scaled(term, Rational.of(1, n + 3));
    lower += part.lower;
    upper += part.upper;
    term = scaled(product(term, z), Rational.of(1, n + 1));
    if (n + 1 >= 2 * reach && term.upper < 4n) return { lower, upper: upper + 2n * term.upper, bits };
  }
}

function negative({ lower, upper, bits }: Enclosure): Enclosure {
  return { lower: -upper, upper: -lower, bits };
}

function product(a: Enclosure, b: Enclosure): Enclosure {
  const products = [a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper];
  const [least, , , largest] = products.sort((x, y) => (x < y ? -1 : 1)) as [bigint, bigint, bigint, bigint];
  const shift = BigInt(a.bits);
  return { lower: least >> shift, upper: -(-largest >> shift), bits: a.bits };
}

/** Times a rational that is not negative. */
function scaled({ lower, upper, bits }: Enclosure, { numerator, denominator }: Rational): Enclosure {
  return {
    lower: floorDivide(lower * numerator, denominator),
    upper: -floorDivide(-upper * numerator, denominator),
    bits,
  };
}

/**
 * given, taken (bounds on what pairs save) -> the least of (cost of a tiling that is not sparsest) - (cost of the reference), from below; common
 * pairs cancel.
 *
 * Without neighbouring tiles 1 a tiling is not sparsest exactly when some tile 1 begins at an odd position: tiles 1 alternate
 * between even and odd positions, and a sparsest tiling has at most one, an even one. State = 2 * (seen one) + (last tile is a 2). The
 * reference has tiles 2 at even positions before `single` and at odd ones after it, and gives up each at the boundary where it ends.
 *
 * @param far stands for states that no tiling reaches
 */
function leastExcess(
  given: ArrayLike<number>,
  taken: ArrayLike<number>,
  single: number,
  zero: number,
  far: number,
) {
  const points = given.length + 1;
  const inReference = (k: number) => k >= 0 && k + 1 < points && (k % 2 === 0 ? k < single : k > single);
  // What it costs to be at boundaries k, k + 1 and k + 2 in each state, and where that came from.
  let here = [far, zero, far, far];
  let next = [far, far, far, far];
  const cameFrom = new Uint8Array(4 * (points + 2));
  let largest = zero;
  for (let k = 0; k < points; k++) {
    const paid = inReference(k - 1) ? given[k - 1]! : zero;
    const odd = k % 2 === 1;
    // Tile 1, after a tile 2 only.
    const fromPlain = odd && here[1]! < here[3]!;
    next[2] = (fromPlain ? here[1]! : here[3]!) + paid;
    cameFrom[4 * k + 6] = fromPlain ? 1 : 3;
    next[0] = odd ? far : here[1]! + paid;
    cameFrom[4 * k + 4] = 1;
    // Tile 2, after either.
    const two = k + 1 === points ? far : inReference(k) ? zero : paid - taken[k]!;
    const [plain, denser] = [here[0]! < here[1]! ? 0 : 1, here[2]! < here[3]! ? 2 : 3];
    cameFrom[4 * k + 9] = plain;
    cameFrom[4 * k + 11] = denser;
    const after = [far, here[plain]! + two, far, here[denser]! + two];
    for (const value of here) {
      if (value > largest && value < far) largest = value;
      else if (-value > largest) largest = -value;
    }
    [here, next] = [next, after];
  }
  const last = here[2]! < here[3]! ? 2 : 3;
  /** The pairs that the tiling of least excess and the reference do not share. */
  const differing = (): number[] => {
    const own = new Uint8Array(points);
    for (let k = points, state = last; k > 0; ) {
      const before = cameFrom[4 * k + state]!;
      k -= 1 + (state & 1);
      if ((state & 1) === 1) own[k] = 1;
      state = before;
    }
    return Array.from(own.keys()).filter((k) => (own[k] === 1) !== inReference(k));
  };
  return { excess: here[last]!, largest, differing };
}
