import { bitLength } from './bigint.js';
import { overCommonDenominator } from './common-denominator.js';
import { Rational, scaleByPowerOfTwo, splitDouble } from './rational.js';

/** Doubles of this magnitude (or 0) leave room for the products and errors of an orientation test: no under- or overflow. */
const GUARD = { smallest: 2 ** -480, largest: 2 ** 480 } as const;

/** Most bits of the integers of one column, all together: 256 MiB. A column of a million small numbers and one 1e-5000 needs more. */
const MOST_BITS = 2 ** 31;

/** @throws RangeError when integers of so many bits would not fit into memory */
export function requireRoom(bits: number): void {
  if (bits > MOST_BITS)
    throw new RangeError(
      'the numbers are too long, or too far apart, to be held over one common denominator',
    );
}

export const LARGEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A column of exact numbers, held so that most work can be done in doubles.
 *
 *   value(i) = scale * unit(i),   scale > 0 rational
 *
 * Two layouts:
 * - `isDouble`: `doubles[i]` *is* unit(i), a double inside the guarded range of the orientation predicates;
 * - otherwise: unit(i) is the integer `integers[i]`, and `doubles[i]` approximates unit(i) * 2^-k for one k, with
 *   relative error at most 2^-53 and magnitude at most 1 (absolute error at most 2^-1074 in the subnormal range).
 *
 * Multiplying a whole column by a positive number changes no orientation, so combinatorial code never looks at `scale`.
 */
export class ExactColumn {
  readonly length: number;
  /** Exponent of two that makes every unit an integer; computed when first needed (doubles only). */
  private binaryExponent: number | null = null;

  private constructor(
    readonly scale: Rational,
    readonly doubles: Float64Array,
    private readonly integers: readonly bigint[] | null,
  ) {
    this.length = doubles.length;
  }

  /** True when `doubles` holds the units themselves, false when it approximates them. */
  get isDouble(): boolean {
    return this.integers === null;
  }

  /**
   * The exact values of finite doubles.
   * @throws RangeError when a value is NaN or infinite
   */
  static fromDoubles(values: Float64Array): ExactColumn {
    let smallest = Infinity;
    let largest = 0;
    for (let i = 0; i < values.length; i++) {
      const magnitude = Math.abs(values[i]!);
      if (magnitude > largest) largest = magnitude;
      else if (!(magnitude <= largest))
        throw new RangeError(`element ${i} is ${values[i]}, not a finite number`);
      if (magnitude < smallest && magnitude !== 0) smallest = magnitude;
    }
    if (largest === Infinity) {
      const i = values.findIndex((value) => !Number.isFinite(value));
      throw new RangeError(`element ${i} is ${values[i]}, not a finite number`);
    }
    if (largest === 0 || (smallest >= GUARD.smallest && largest <= GUARD.largest)) {
      return new ExactColumn(Rational.one, values, null);
    }
    if (Math.log2(largest) - Math.log2(smallest) < 950) {
      // One power of two moves the whole column into the guarded range, without rounding.
      const shift = -Math.round((Math.log2(largest) + Math.log2(smallest)) / 2);
      const half = 2 ** Math.trunc(shift / 2);
      const rest = 2 ** (shift - Math.trunc(shift / 2));
      return new ExactColumn(
        powerOfTwo(-shift),
        values.map((value) => value * half * rest),
        null,
      );
    }
    return ExactColumn.fromIntegers(...integersOfDoubles(values));
  }

  /** value(i) = units[i] * scale for integers of magnitude below 2^53. */
  static fromSafeIntegers(units: Float64Array, scale: Rational): ExactColumn {
    return new ExactColumn(scale, units, null);
  }

  /** value(i) = integers[i] * scale. */
  static fromIntegers(integers: readonly bigint[], scale: Rational): ExactColumn {
    return ExactColumn.togetherFromIntegers([integers], scale)[0]!;
  }

  /** Several columns in one layout and on one scale, so that their `doubles` can be compared with each other. */
  static togetherFromIntegers(lists: readonly (readonly bigint[])[], scale: Rational): ExactColumn[] {
    let bits = 0;
    for (const list of lists) {
      for (const integer of list) {
        if (integer > LARGEST_SAFE || integer < -LARGEST_SAFE) bits = Math.max(bits, bitLength(integer));
      }
    }
    return lists.map((list) =>
      bits === 0
        ? new ExactColumn(scale, Float64Array.from(list, Number), null)
        : new ExactColumn(
            scale,
            Float64Array.from(list, (integer) => approximate(integer, bits)),
            list,
          ),
    );
  }

  /**
   * Exact rationals over their common denominator.
   * @throws RangeError when they would not fit into memory so
   */
  static fromRationals(values: readonly Rational[]): ExactColumn {
    const { numerators, denominator } = overCommonDenominator(values, (common) =>
      requireRoom(bitLength(common) * values.length),
    );
    return ExactColumn.fromIntegers(numerators, Rational.of(1n, denominator));
  }

  /** The exact value of entry i. */
  value(i: number): Rational {
    if (this.integers !== null) return Rational.of(this.integers[i]!, 1n).multiply(this.scale);
    const unit = this.doubles[i]!;
    const exact = Number.isSafeInteger(unit) ? Rational.of(unit) : Rational.fromDouble(unit);
    return this.scale === Rational.one ? exact : exact.multiply(this.scale);
  }

  /** An integer proportional to value(i), with one positive factor `integerScale` for the column. */
  integer(i: number): bigint {
    if (this.integers !== null) return this.integers[i]!;
    const unit = this.doubles[i]!;
    const common = this.commonExponent();
    if (common === 0) return BigInt(unit);
    // A multiple of 2^common: scaling a short one stays exact and integer in doubles.
    if (common > -1000) {
      const scaled = unit * 2 ** -common;
      if (Math.abs(scaled) < 2 ** 1000) return BigInt(scaled);
    }
    const { mantissa, exponent } = splitDouble(unit);
    return mantissa === 0 ? 0n : BigInt(mantissa) << BigInt(exponent - common);
  }

  /** integer(i) of every entry as doubles, or null when some may be 2^53 or more. A copy. */
  safeIntegers(): Float64Array | null {
    if (this.integers !== null) return null;
    const common = this.commonExponent();
    if (common < -1000) return null;
    const factor = 2 ** -common;
    const scaled = this.doubles.map((unit) => unit * factor);
    return scaled.every(Number.isSafeInteger) ? scaled : null;
  }

  /** value(i) = integer(i) * integerScale. */
  get integerScale(): Rational {
    if (this.integers !== null) return this.scale;
    const exponent = this.commonExponent();
    return exponent === 0 ? this.scale : this.scale.multiply(powerOfTwo(exponent));
  }

  private commonExponent(): number {
    if (this.binaryExponent === null) this.binaryExponent = smallestExponent(this.doubles);
    return this.binaryExponent;
  }

  /** Gives double columns of one scale one common integer scale too. */
  static shareIntegerScale(columns: readonly ExactColumn[]): void {
    const common = Math.min(...columns.map((column) => column.commonExponent()));
    for (const column of columns) column.binaryExponent = common;
  }

  /** Sign of value(i) - value(j). */
  compare(i: number, j: number): -1 | 0 | 1 {
    const a = this.doubles[i]!;
    const b = this.doubles[j]!;
    if (this.integers === null) return a < b ? -1 : a > b ? 1 : 0;
    // Rounding is monotone: different approximations are ordered as the values are.
    if (a !== b) return a < b ? -1 : 1;
    const difference = this.integers[i]! - this.integers[j]!;
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  /** The entries at the given indices, in that order; a scale that was shared with other columns stays shared. */
  select(indices: ArrayLike<number>): ExactColumn {
    const doubles = new Float64Array(indices.length);
    for (let i = 0; i < indices.length; i++) doubles[i] = this.doubles[indices[i]!]!;
    const integers = this.integers;
    if (integers === null) {
      const selected = new ExactColumn(this.scale, doubles, null);
      selected.binaryExponent = this.binaryExponent;
      return selected;
    }
    return new ExactColumn(
      this.scale,
      doubles,
      Array.from(indices, (index) => integers[index]!),
    );
  }
}

/** Brings columns to one common scale, so that their units can be compared with each other. */
export function withCommonScale(columns: readonly ExactColumn[]): ExactColumn[] {
  const first = columns[0]!;
  if (columns.every((column) => column.isDouble && column.scale.equals(first.scale))) {
    ExactColumn.shareIntegerScale(columns);
    return [...columns];
  }
  const { numerators, denominator } = overCommonDenominator(columns.map((column) => column.integerScale));
  const lists = columns.map((column, c) =>
    Array.from({ length: column.length }, (_, i) => column.integer(i) * numerators[c]!),
  );
  return ExactColumn.togetherFromIntegers(lists, Rational.of(1n, denominator));
}

/** Columns of one scale moved apart: lower.value(i) - by * weight_i and upper.value(i) + by * weight_i, weights 1 when null. */
export function widened(ends: Ends, weights: ExactColumn | null, by: Rational): Ends {
  if (by.isZero()) return ends;
  const step = weights === null ? by : by.multiply(weights.integerScale);
  const { numerators, denominator } = overCommonDenominator([ends[0].integerScale, step]);
  const [factor, added] = numerators as [bigint, bigint];
  const moved = (column: ExactColumn, by: bigint): bigint[] =>
    Array.from(column.doubles, (_, i) => column.integer(i) * factor + (weights?.integer(i) ?? 1n) * by);
  const both = [moved(ends[0], -added), moved(ends[1], added)];
  return ExactColumn.togetherFromIntegers(both, Rational.of(1n, denominator)) as [ExactColumn, ExactColumn];
}
type Ends = [lower: ExactColumn, upper: ExactColumn];

/** integer * 2^-bits, with relative error at most 2^-53 while the result is normal. Monotone in the integer. */
function approximate(integer: bigint, bits: number): number {
  const cut = Math.max(0, bitLength(integer) - 1000);
  return scaleByPowerOfTwo(Number(integer >> BigInt(cut)), cut - bits);
}

function powerOfTwo(exponent: number): Rational {
  return exponent >= 0 ? Rational.of(1n << BigInt(exponent)) : Rational.of(1n, 1n << BigInt(-exponent));
}

/** Largest e <= 0 such that every value is an integer multiple of 2^e. */
function smallestExponent(values: Float64Array): number {
  let smallest = 0;
  for (const value of values) {
    if (!Number.isInteger(value)) smallest = Math.min(smallest, splitDouble(value).exponent);
  }
  return smallest;
}

function integersOfDoubles(values: Float64Array): [bigint[], Rational] {
  const common = smallestExponent(values);
  const integers = Array.from(values, (value) => {
    const { mantissa, exponent } = splitDouble(value);
    return mantissa === 0 ? 0n : BigInt(mantissa) << BigInt(exponent - common);
  });
  return [integers, powerOfTwo(common)];
}
