import { ExactColumn, LARGEST_SAFE, requireRoom } from './column.js';
import { type Decimal, parseDecimal, Rational } from './rational.js';

/** Collects a column of decimal texts, exactly as they are written. */
export class DecimalColumnBuilder {
  private mantissas = new Float64Array(64);
  private exponents = new Int16Array(64);
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
