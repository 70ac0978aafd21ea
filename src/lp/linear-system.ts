import { abs, bitLength, gcd } from '../exact/bigint.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import type { Rational } from '../exact/rational.js';

/** How a row compares its left side with its right side. */
export type Sense = '<=' | '=' | '>=';

/**
 * One linear constraint `coefficients . x  sense  right` in integers. All unknowns are free: a bound is a row with one
 * nonzero coefficient. Make a row once and use it in as many systems as you like; its doubles are computed once.
 */
export class LinearRow {
  private scaled: Float64Array | null = null;
  private columns: Int32Array | null = null;

  /** @param coefficients one integer per unknown */
  constructor(
    readonly coefficients: readonly bigint[],
    readonly sense: Sense,
    readonly right: bigint,
  ) {}

  /** The same constraint in integers: both sides times the least common denominator, which is positive. */
  static fromRationals(coefficients: readonly Rational[], sense: Sense, right: Rational): LinearRow {
    const { numerators } = overCommonDenominator([...coefficients, right]);
    return new LinearRow(numerators.slice(0, -1), sense, numerators.at(-1)!);
  }

  /**
   * The row in doubles, for proposals only: the coefficients, then the right side, all divided by one power of two that
   * brings the largest coefficient near 1. Not to be changed by the caller.
   */
  get doubles(): Float64Array {
    if (this.scaled === null) this.scaled = scaleToDoubles(this.coefficients, this.right);
    return this.scaled;
  }

  /** Indices of the nonzero coefficients, ascending. */
  get support(): Int32Array {
    if (this.columns === null) {
      const columns: number[] = [];
      this.coefficients.forEach((value, j) => {
        if (value !== 0n) columns.push(j);
      });
      this.columns = Int32Array.from(columns);
    }
    return this.columns;
  }
}

/** Free unknowns x_0 .. x_{unknowns-1} and the rows they must satisfy; every row has `unknowns` coefficients. */
export interface LinearSystem {
  readonly unknowns: number;
  readonly rows: readonly LinearRow[];
}

/** Minimise objective . x over a system. A rational objective is scaled to integers by the caller. */
export interface LinearProgram extends LinearSystem {
  readonly objective: readonly bigint[];
}

/** Divides an integer vector by the greatest common divisor of its entries; the zero vector stays. */
export function primitive(vector: readonly bigint[]): bigint[] {
  let common = 0n;
  for (const value of vector) {
    if (value !== 0n) common = gcd(common, value);
    if (common === 1n) return vector.slice();
  }
  return common === 0n ? vector.slice() : vector.map((value) => value / common);
}

/** The primitive integer vector that is a positive multiple of a rational one. */
export function primitiveOf(vector: readonly Rational[]): bigint[] {
  return primitive(overCommonDenominator(vector).numerators);
}

/** Bits kept when an integer is too long for the range of doubles. */
const KEPT_BITS = 900;

function scaleToDoubles(coefficients: readonly bigint[], right: bigint): Float64Array {
  const doubles = new Float64Array(coefficients.length + 1);
  let largest = 0;
  for (let j = 0; j < coefficients.length; j++) {
    const value = coefficients[j]!;
    if (value === 0n) continue;
    doubles[j] = Number(value);
    largest = Math.max(largest, Math.abs(doubles[j]!));
  }
  doubles[coefficients.length] = Number(right);
  if (largest > 2 ** 1000) {
    // Too long for doubles: shift the integers first.
    let bits = 0;
    for (const value of coefficients) bits = Math.max(bits, bitLength(value));
    const shift = BigInt(Math.max(0, bits - KEPT_BITS));
    const shifted = (value: bigint): bigint => (value < 0n ? -(abs(value) >> shift) : value >> shift);
    return scaleToDoubles(coefficients.map(shifted), shifted(right));
  }
  if (largest > 0) {
    const scale = 2 ** -Math.floor(Math.log2(largest));
    for (let j = 0; j < doubles.length; j++) doubles[j]! *= scale;
  }
  return doubles;
}
