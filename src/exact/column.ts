import { bitLength, lcm } from './bigint.js';
import { type Decimal, parseDecimal, Rational, scaleByPowerOfTwo, splitDouble } from './rational.js';

/** Doubles of this magnitude (or 0) leave room for the products and errors of an orientation test: no under- or overflow. */
const GUARD = { smallest: 2 ** -480, largest: 2 ** 480 } as const;

/** Most bits of the integers of one column, all together: 256 MiB. A column of a million small numbers and one 1e-5000 needs more. */
const MOST_BITS = 2 ** 31;

/** @throws RangeError when integers of so many bits would not fit into memory */
function requireRoom(bits: number): void {
  if (bits > MOST_BITS)
    throw new RangeError(
      'the numbers are too long, or too far apart, to be held over one common denominator',
    );
}

const LARGEST_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

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
    let denominator = 1n;
    for (const value of values) {
      if (denominator % value.denominator !== 0n) {
        denominator = lcm(denominator, value.denominator);
        requireRoom(bitLength(denominator) * values.length);
      }
    }
    const integers = values.map((value) => value.numerator * (denominator / value.denominator));
    return ExactColumn.fromIntegers(integers, Rational.of(1n, denominator));
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
  // 1 / lcm of the denominators of all integer scales divides every one of them.
  const denominator = columns.reduce((d, column) => lcm(d, column.integerScale.denominator), 1n);
  const lists = columns.map((column) => {
    const factor = column.integerScale.multiply(Rational.of(denominator)).numerator;
    return Array.from({ length: column.length }, (_, i) => column.integer(i) * factor);
  });
  return ExactColumn.togetherFromIntegers(lists, Rational.of(1n, denominator));
}

/** value(i) + offset for every entry, as a new column. */
export function shifted(column: ExactColumn, offset: Rational): ExactColumn {
  if (offset.isZero()) return column;
  const denominator = lcm(column.integerScale.denominator, offset.denominator);
  const factor = column.integerScale.multiply(Rational.of(denominator)).numerator;
  const added = offset.numerator * (denominator / offset.denominator);
  const integers = Array.from({ length: column.length }, (_, i) => column.integer(i) * factor + added);
  return ExactColumn.fromIntegers(integers, Rational.of(1n, denominator));
}

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

/** Collects a column of decimal texts, exactly as they are written. */
export class DecimalColumnBuilder {
  private mantissas = new Float64Array(1024);
  private exponents = new Int16Array(1024);
  /** Entries whose mantissa is not a safe integer. */
  private readonly large = new Map<number, bigint>();
  /** Entries that are fractions "p/q". */
  private readonly fractions = new Map<number, Rational>();
  private count = 0;

  get length(): number {
    return this.count;
  }

  /**
   * Adds a decimal number ("12", "-0.5", "2e-04").
   * @throws SyntaxError when the text is not a decimal; RangeError beyond DECIMAL_LIMITS
   */
  push(text: string): void {
    if (this.pushShort(text)) return;
    const decimal = parseDecimal(text);
    if (decimal === null) throw new SyntaxError(`expected a number, found "${text.slice(0, 40)}"`);
    this.pushDecimal(decimal);
  }

  /** Adds an exact rational. */
  pushRational(value: Rational): void {
    this.fractions.set(this.count, value);
    this.append(0, 0);
  }

  private pushDecimal({ mantissa, exponent }: Decimal): void {
    if (mantissa >= -LARGEST_SAFE && mantissa <= LARGEST_SAFE) {
      this.append(Number(mantissa), mantissa === 0n ? 0 : exponent);
    } else {
      this.large.set(this.count, mantissa);
      this.append(0, exponent);
    }
  }

  /** Plain digits with at most one point and at most 15 digits: the common case, without a regular expression. */
  private pushShort(text: string): boolean {
    const length = text.length;
    let i = 0;
    const first = text.charCodeAt(0);
    if (first === 45 || first === 43) i = 1;
    if (length - i > 16 || length === i) return false;
    let mantissa = 0;
    let digits = 0;
    let point = -1;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 48 && code <= 57) {
        mantissa = mantissa * 10 + (code - 48);
        digits++;
      } else if (code === 46 && point < 0) point = i;
      else return false;
    }
    if (digits === 0 || digits > 15) return false;
    const exponent = point < 0 || mantissa === 0 ? 0 : point + 1 - length;
    this.append(first === 45 && mantissa !== 0 ? -mantissa : mantissa, exponent);
    return true;
  }

  private append(mantissa: number, exponent: number): void {
    if (this.count === this.mantissas.length) {
      const mantissas = new Float64Array(2 * this.count);
      const exponents = new Int16Array(2 * this.count);
      mantissas.set(this.mantissas);
      exponents.set(this.exponents);
      this.mantissas = mantissas;
      this.exponents = exponents;
    }
    this.mantissas[this.count] = mantissa;
    this.exponents[this.count] = exponent;
    this.count++;
  }

  /**
   * The column: integers over one power of ten, as doubles whenever all of them are below 2^53.
   * @throws RangeError when they would not fit into memory so
   */
  finish(): ExactColumn {
    const count = this.count;
    if (this.fractions.size > 0)
      return ExactColumn.fromRationals(Array.from({ length: count }, (_, i) => this.entry(i)));
    let common = 0;
    let seen = false;
    for (let i = 0; i < count; i++) {
      if (this.mantissas[i] === 0 && !this.large.has(i)) continue;
      if (!seen || this.exponents[i]! < common) common = this.exponents[i]!;
      seen = true;
    }
    const scale = Rational.fromDecimal({ mantissa: 1n, exponent: common });
    const units = new Float64Array(count);
    let fits = this.large.size === 0;
    for (let i = 0; i < count && fits; i++) {
      const mantissa = this.mantissas[i]!;
      if (mantissa === 0) continue;
      const unit = this.exponents[i] === common ? mantissa : mantissa * 10 ** (this.exponents[i]! - common);
      units[i] = unit;
      if (!(Math.abs(unit) <= Number.MAX_SAFE_INTEGER)) fits = false;
    }
    if (fits) return ExactColumn.fromSafeIntegers(units, scale);
    let digits = 0;
    for (let i = 0; i < count; i++) {
      if (this.mantissas[i] !== 0 || this.large.has(i)) digits += this.exponents[i]! - common;
    }
    requireRoom(digits * Math.log2(10));
    const powers = new Map<number, bigint>();
    const powerOfTen = (exponent: number): bigint => {
      const known = powers.get(exponent) ?? 10n ** BigInt(exponent);
      powers.set(exponent, known);
      return known;
    };
    const integers = Array.from({ length: count }, (_, i) => {
      const mantissa = this.large.get(i) ?? BigInt(this.mantissas[i]!);
      return mantissa === 0n ? 0n : mantissa * powerOfTen(this.exponents[i]! - common);
    });
    return ExactColumn.fromIntegers(integers, scale);
  }

  private entry(i: number): Rational {
    const mantissa = this.large.get(i) ?? BigInt(this.mantissas[i]!);
    return this.fractions.get(i) ?? Rational.fromDecimal({ mantissa, exponent: this.exponents[i]! });
  }
}
