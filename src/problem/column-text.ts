import { bitLength } from '../exact/bigint.js';
import type { ExactColumn } from '../exact/column.js';
import type { AsciiWriter } from './ascii-writer.js';

/** Writes value(i) of one column as "p" or "p/q" in lowest terms: the text of `value(i).toString()`. */
export type EntryWriter = (i: number) => void;

const SLASH = 47;

/**
 * A writer for the entries of a column.
 *
 * Most columns are doubles, or integers over a power of ten; their lowest terms need no greatest common divisor but only
 * the factors 2 (and 5) that numerator and denominator share, and no BigInt while the numerator is a safe integer.
 */
export function entryWriter(column: ExactColumn, out: AsciiWriter): EntryWriter {
  const { numerator, denominator } = column.scale;
  const twos = factorOfTwo(denominator);
  if (
    column.isDouble &&
    numerator === 1n << BigInt(factorOfTwo(numerator)) &&
    denominator === 1n << BigInt(twos)
  ) {
    return binaryWriter(column, factorOfTwo(numerator) - twos, out);
  }
  const scale = column.integerScale;
  const smooth = smoothFactors(scale.denominator);
  if (smooth === null) return (i) => out.writeText(column.value(i).toString());
  return decimalWriter(column, scale.numerator, smooth, out);
}

/** Entries doubles[i] * 2^shift. */
function binaryWriter(column: ExactColumn, shift: number, out: AsciiWriter): EntryWriter {
  const { doubles } = column;
  const view = new DataView(new ArrayBuffer(8));
  return (i) => {
    const unit = doubles[i]!;
    if (shift === 0 && Number.isSafeInteger(unit)) {
      out.writeInteger(unit);
      return;
    }
    if (unit === 0) {
      out.writeInteger(0);
      return;
    }
    // unit = mantissa * 2^exponent with an odd mantissa, from the bits of the double (IEEE 754).
    view.setFloat64(0, unit);
    const word = view.getUint32(0);
    const low = view.getUint32(4);
    const biased = (word >>> 20) & 0x7ff;
    const high = biased > 0 ? (word & 0xfffff) | 0x100000 : word & 0xfffff;
    const zeros = low !== 0 ? trailingZeros(low) : 32 + trailingZeros(high);
    const magnitude = (high * 2 ** 32 + low) / 2 ** zeros;
    const mantissa = unit < 0 ? -magnitude : magnitude;
    const exponent = Math.max(biased, 1) - 1075 + zeros + shift;
    if (exponent < 0) {
      out.writeInteger(mantissa);
      out.writeByte(SLASH);
      out.writeBytes(powerOfTwoText(-exponent));
    } else if (exponent <= 52 && Number.isSafeInteger(mantissa * 2 ** exponent)) {
      out.writeInteger(mantissa * 2 ** exponent);
    } else {
      out.writeText((BigInt(mantissa) << BigInt(exponent)).toString());
    }
  };
}

/** A denominator 2^twos 5^fives. */
interface SmoothFactors {
  readonly twos: number;
  readonly fives: number;
}

/** Entries integer(i) * factor / (2^twos 5^fives), factor and denominator coprime. */
function decimalWriter(
  column: ExactColumn,
  factor: bigint,
  { twos, fives }: SmoothFactors,
  out: AsciiWriter,
): EntryWriter {
  const { doubles, isDouble } = column;
  // The text "/q" for what is left of the denominator, q = 2^a 5^b, at index a + b (twos + 1).
  const quotients: (Uint8Array | undefined)[] = [];
  const writeDenominator = (a: number, b: number): void => {
    if (a === 0 && b === 0) return;
    const index = a + b * (twos + 1);
    quotients[index] ??= encoder.encode(`/${(5n ** BigInt(b)) << BigInt(a)}`);
    out.writeBytes(quotients[index]!);
  };
  return (i) => {
    const unit = doubles[i]!;
    let a = twos;
    let b = fives;
    if (isDouble && factor === 1n && Number.isSafeInteger(unit)) {
      let n = unit;
      if (n === 0) a = b = 0;
      for (let half = n / 2; a > 0 && Math.floor(half) === half; half = n / 2) {
        n = half;
        a--;
      }
      for (let fifth = Math.floor(n / 5); b > 0 && 5 * fifth === n; fifth = Math.floor(n / 5)) {
        n = fifth;
        b--;
      }
      out.writeInteger(n);
      writeDenominator(a, b);
      return;
    }
    let n = column.integer(i);
    if (n === 0n) a = b = 0;
    if (a > 0 && (n & 1n) === 0n) {
      const zeros = Math.min(a, factorOfTwo(n));
      n >>= BigInt(zeros);
      a -= zeros;
    }
    if (b > 0 && n % 5n === 0n) {
      // Half as many factors at a time: numbers of thousands of digits have thousands of them.
      for (let fives = 2 ** Math.floor(Math.log2(b)); fives >= 1; fives /= 2) {
        const divisor = powerOfFive(fives);
        if (fives <= b && n % divisor === 0n) {
          n /= divisor;
          b -= fives;
        }
      }
    }
    n *= factor;
    if (n >= -SAFE && n <= SAFE) out.writeInteger(Number(n));
    else out.writeText(n.toString());
    writeDenominator(a, b);
  };
}

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const encoder = new TextEncoder();

const powersOfTwo: (Uint8Array | undefined)[] = [];

/** 2^exponent in decimal. */
function powerOfTwoText(exponent: number): Uint8Array {
  powersOfTwo[exponent] ??= encoder.encode((1n << BigInt(exponent)).toString());
  return powersOfTwo[exponent]!;
}

const powersOfFive: (bigint | undefined)[] = [];

function powerOfFive(exponent: number): bigint {
  powersOfFive[exponent] ??= 5n ** BigInt(exponent);
  return powersOfFive[exponent]!;
}

/** Number of trailing zero bits of a nonzero 32-bit word. */
function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** The largest k such that 2^k divides an integer that is not 0. */
function factorOfTwo(n: bigint): number {
  return bitLength(n & -n) - 1;
}

/** The factors of an integer that has no others than 2 and 5, else null. */
function smoothFactors(n: bigint): SmoothFactors | null {
  const twos = factorOfTwo(n);
  let rest = n >> BigInt(twos);
  let fives = 0;
  for (; rest % 5n === 0n; fives++) rest /= 5n;
  return rest === 1n ? { twos, fives } : null;
}
