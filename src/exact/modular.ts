import { abs } from './bigint.js';

/** Primes just below 2^26: a product of two residues is exact in a double. */
export const PRIMES = [67108859, 67108837, 67108819, 67108777, 67108763] as const;

/** Residues in doubles, 0 <= a < p. */
export function residueOf(value: bigint | number, p: number): number {
  const rest = typeof value === 'bigint' ? Number(value % BigInt(p)) : value % p;
  return rest < 0 ? rest + p : rest;
}

/** a b mod p for residues. The quotient is right up to 1, its product with p is below 2^53, so one correction makes it exact. */
export function multiplyModulo(a: number, b: number, p: number): number {
  const product = a * b;
  const rest = product - Math.floor(product / p) * p;
  return rest < 0 ? rest + p : rest >= p ? rest - p : rest;
}

/** 1 / a mod p, a != 0, by Euclid. */
export function invertModulo(a: number, p: number): number {
  let [r, s] = [p, a];
  let [x, y] = [0, 1];
  while (s > 0) {
    const quotient = Math.floor(r / s);
    [r, s] = [s, r - quotient * s];
    [x, y] = [y, x - quotient * y];
  }
  return x < 0 ? x + p : x;
}

/**
 * Rows of a matrix modulo a prime, taken one after the other when they are independent of those before: L U = A with unit lower
 * triangular L and U in echelon form up to the order of columns. Independent modulo p implies independent over the rationals.
 */
export class ModularRows {
  /** Pivot column of every row taken, in the order in which they were taken. */
  readonly pivots: number[] = [];
  private readonly upper: Float64Array[] = [];
  private readonly lower: Float64Array[] = [];
  private readonly inverses: number[] = [];
  private readonly isPivot: Uint8Array;

  constructor(
    readonly columns: number,
    readonly p: number,
  ) {
    this.isPivot = new Uint8Array(columns);
  }

  get rank(): number {
    return this.pivots.length;
  }

  /** Takes a row of residues if it is independent of the rows taken; it is overwritten. */
  take(row: Float64Array): boolean {
    const { columns, p, pivots, upper, inverses } = this;
    const factors = new Float64Array(pivots.length);
    for (let r = 0; r < pivots.length; r++) {
      const value = row[pivots[r]!]!;
      if (value === 0) continue;
      const factor = multiplyModulo(value, inverses[r]!, p);
      factors[r] = factor;
      const pivot = upper[r]!;
      const negative = p - factor;
      for (let j = 0; j < columns; j++) {
        const entry = pivot[j]!;
        if (entry === 0) continue;
        const sum = row[j]! + negative * entry;
        const rest = sum - Math.floor(sum / p) * p;
        row[j] = rest < 0 ? rest + p : rest >= p ? rest - p : rest;
      }
    }
    const column = row.findIndex((value) => value !== 0);
    if (column < 0) return false;
    pivots.push(column);
    this.isPivot[column] = 1;
    upper.push(row);
    this.lower.push(factors);
    inverses.push(invertModulo(row[column]!, p));
    return true;
  }

  /** The solution with all other columns 0: residues by pivot, in the order of `pivots`; `right` by row taken. */
  solve(right: Float64Array): Float64Array {
    const { p, pivots, upper, lower, inverses } = this;
    const rank = pivots.length;
    const y = new Float64Array(rank);
    for (let r = 0; r < rank; r++) {
      const factors = lower[r]!;
      let sum = right[r]!;
      for (let s = 0; s < r; s++) {
        if (factors[s] === 0) continue;
        sum -= multiplyModulo(factors[s]!, y[s]!, p);
        if (sum < 0) sum += p;
      }
      y[r] = sum;
    }
    for (let r = rank - 1; r >= 0; r--) {
      const row = upper[r]!;
      let sum = y[r]!;
      for (let s = r + 1; s < rank; s++) {
        const entry = row[pivots[s]!]!;
        if (entry === 0) continue;
        sum -= multiplyModulo(entry, y[s]!, p);
        if (sum < 0) sum += p;
      }
      y[r] = multiplyModulo(sum, inverses[r]!, p);
    }
    return y;
  }
}

/**
 * The fraction n / d = a modulo m with |n|, d <= sqrt(m / 2), d > 0, by Euclid's algorithm stopped half way (Wang 1981); null when there
 * is none. At most one fraction in lowest terms fulfils that.
 */
export function rationalModulo(
  a: bigint,
  m: bigint,
  bound: bigint,
): { numerator: bigint; denominator: bigint } | null {
  let [r, s] = [m, ((a % m) + m) % m];
  let [x, y] = [0n, 1n];
  while (s > bound) {
    const quotient = r / s;
    [r, s] = [s, r - quotient * s];
    [x, y] = [y, x - quotient * y];
  }
  if (y === 0n || abs(y) > bound) return null;
  return y < 0n ? { numerator: -s, denominator: -y } : { numerator: s, denominator: y };
}
