import { abs, bitLength } from './bigint.js';
import { type ModularRows, rationalModulo, residueOf } from './modular.js';
import { integerRoot } from './root.js';

/** x_j = numerators[j] / denominator, denominator > 0. */
export interface CommonFraction {
  readonly numerators: bigint[];
  readonly denominator: bigint;
}

/** Digits after which a first reconstruction is tried, and the growth from one try to the next. */
const TRIES = { first: 3, growth: 1.5 } as const;

/**
 * The solution of a square system A x = b in integers by p-adic lifting (Dixon 1982). With C = A^-1 mod p and r_0 = b, the digits
 * x_i = C r_i mod p and remainders r_{i+1} = (r_i - A x_i) / p (exact divisions) give A (x_0 + p x_1 + ..) = b modulo every power of p.
 * From enough digits the rational solution is reconstructed; it is tried early, and every try is verified by A x = b over the integers,
 * so that short solutions, as planted networks have, cost few digits. The number of digits is bounded by Cramer's rule and Hadamard.
 *
 * @param rows `factored.pivots` are its columns, in that order: A[r][c] = rows[r][pivots[c]]; integers
 * @param factored the same rows modulo a prime, all taken, hence A is not singular
 * @param right b, one integer a row
 */
export function solveByLifting(
  rows: readonly (readonly bigint[] | Float64Array)[],
  factored: ModularRows,
  right: readonly bigint[],
): CommonFraction {
  const { p, pivots } = factored;
  const n = pivots.length;
  if (n === 0) return { numerators: [], denominator: 1n };
  const modulus = BigInt(p);
  const product = productWith(rows, pivots, p);
  const limit = hadamardBits(rows, pivots, right) * 2 + 2;
  const digits: Float64Array[] = [];
  let remainder = right.slice();
  for (let next: number = TRIES.first; ; next = Math.ceil(next * TRIES.growth)) {
    while (digits.length < next) {
      const digit = factored.solve(Float64Array.from(remainder, (value) => residueOf(value, p)));
      digits.push(digit);
      const image = product(digit);
      remainder = remainder.map((value, r) => (value - image[r]!) / modulus);
    }
    const power = modulus ** BigInt(digits.length);
    const found = reconstruct(digits, modulus, power);
    if (found !== null && solves(rows, pivots, right, found)) return found;
    if (bitLength(power) > limit + 64)
      throw new Error('p-adic lifting: no solution within the bound of Hadamard');
  }
}

/** x -> A x for digits 0 <= x < p: in doubles where all sums stay below 2^53. */
function productWith(
  rows: readonly (readonly bigint[] | Float64Array)[],
  pivots: readonly number[],
  p: number,
): (digit: Float64Array) => bigint[] {
  let largest = 0;
  for (const row of rows) for (const c of pivots) largest = Math.max(largest, Math.abs(Number(row[c]!)));
  if (largest * p * pivots.length < 2 ** 53) {
    const dense = rows.map((row) => Float64Array.from(pivots, (c) => Number(row[c]!)));
    return (digit) =>
      dense.map((row) => {
        let sum = 0;
        for (let c = 0; c < row.length; c++) sum += row[c]! * digit[c]!;
        return BigInt(sum);
      });
  }
  const dense = rows.map((row) => pivots.map((c) => BigInt(row[c]!)));
  return (digit) => {
    const exact = Array.from(digit, BigInt);
    return dense.map((row) => {
      let sum = 0n;
      for (let c = 0; c < exact.length; c++) if (row[c] !== 0n) sum += row[c]! * exact[c]!;
      return sum;
    });
  };
}

/** Bits of the product of the lengths of all rows, right side included: a bound on numerators and denominator. */
function hadamardBits(
  rows: readonly (readonly bigint[] | Float64Array)[],
  pivots: readonly number[],
  right: readonly bigint[],
): number {
  let bits = 0;
  rows.forEach((row, r) => {
    let squares = right[r]! * right[r]!;
    for (const c of pivots) squares += BigInt(row[c]!) ** 2n;
    bits += Math.ceil((bitLength(squares) + 1) / 2);
  });
  return bits;
}

function reconstruct(digits: readonly Float64Array[], modulus: bigint, power: bigint): CommonFraction | null {
  const n = digits[0]!.length;
  const bound = integerRoot(power >> 1n, 2);
  let denominator = 1n;
  const numerators: bigint[] = [];
  for (let j = 0; j < n; j++) {
    let value = 0n;
    for (let i = digits.length - 1; i >= 0; i--) value = value * modulus + BigInt(digits[i]![j]!);
    let scaled = (value * denominator) % power;
    if (2n * scaled > power) scaled -= power;
    if (abs(scaled) <= bound) {
      numerators.push(scaled);
      continue;
    }
    const fraction = rationalModulo(scaled, power, bound);
    if (fraction === null) return null;
    for (let i = 0; i < j; i++) numerators[i]! *= fraction.denominator;
    denominator *= fraction.denominator;
    numerators.push(fraction.numerator);
    if (bitLength(denominator) > bitLength(power)) return null;
  }
  return { numerators, denominator };
}

function solves(
  rows: readonly (readonly bigint[] | Float64Array)[],
  pivots: readonly number[],
  right: readonly bigint[],
  { numerators, denominator }: CommonFraction,
): boolean {
  return rows.every((row, r) => {
    let sum = 0n;
    pivots.forEach((c, j) => {
      if (row[c]! !== 0 && row[c]! !== 0n) sum += BigInt(row[c]!) * numerators[j]!;
    });
    return sum === right[r]! * denominator;
  });
}
