/**
 * The integers z, unique up to a factor, with A z = 0, from their residues modulo primes (von zur Gathen and Gerhard, Modern Computer Algebra,
 * 5.5): where BigInt would spend its time on numbers that grow with every elimination step, doubles hold all residues exactly.
 *
 * With rank A = columns - 1 the minors of any columns - 1 independent rows are such integers. Elimination with the same pivots gives their
 * residues for every prime, mixed radix digits put them together. When a few primes in a row add nothing, A z is divisible by all primes used
 * but too small not to be 0: this decides, no bound on the minors is needed.
 */

/** A matrix by its residues: a double array of residues, entry (i, j) at i * columns + j, each in [0, prime). */
export interface ResidueMatrix {
  readonly rows: number;
  readonly columns: number;
  /** At least every |entry| of A. */
  readonly largest: number;
  /** Writes the residues modulo the t-th prime of `PRIMES`. */
  write(into: Float64Array, prime: number, t: number): void;
}

const MOST_PRIMES = 64;

/** So many products of two residues add up exactly in doubles, which saves reducing each of them. */
const LARGEST_PRIME = 2 ** 24;
const SUMS = 30;

/** Primes from `LARGEST_PRIME` downwards. */
export const PRIMES: readonly number[] = primesBelow(LARGEST_PRIME, MOST_PRIMES);

function primesBelow(limit: number, count: number): number[] {
  const primes: number[] = [];
  for (let candidate = limit - 1; primes.length < count; candidate -= 2) {
    let divisor = 3;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) divisor += 2;
    if (divisor * divisor > candidate) primes.push(candidate);
  }
  return primes;
}

/** a b modulo p, for 0 <= a, b < p. */
function multiply(a: number, b: number, p: number, inverse: number): number {
  return reduced(a * b, p, inverse);
}

/** a modulo p, for 0 <= a < 2^53. */
function reduced(a: number, p: number, inverse: number): number {
  if (a < p) return a;
  const rest = a - Math.floor(a * inverse) * p;
  return rest < 0 ? rest + p : rest >= p ? rest - p : rest;
}

/** 1 / a modulo p, 0 < a < p, by Euclid's algorithm. */
function reciprocal(a: number, p: number): number {
  let r = p | 0;
  let s = a | 0;
  let u = 0;
  let v = 1;
  while (s !== 0) {
    const q = (r / s) | 0;
    const rest = r - q * s;
    const next = u - q * v;
    r = s;
    s = rest;
    u = v;
    v = next;
  }
  return u < 0 ? u + p : u;
}

let matrix = new Float64Array(0);
let vector = new Float64Array(0);
let reciprocals = new Float64Array(0);
let support = new Int32Array(0);
let taken = new Uint8Array(0);
let sums = new Uint8Array(0);

/** Null unless such z are a line (and, seldom, when the primes do not suffice): the first z that is not 0 is positive. Exact. */
export function nullVectorByPrimes(system: ResidueMatrix): bigint[] | null {
  const { rows, columns } = system;
  if (rows < columns - 1 || columns === 0) return null;
  if (matrix.length < rows * columns) matrix = new Float64Array(2 * rows * columns);
  if (vector.length < columns) {
    vector = new Float64Array(2 * columns);
    reciprocals = new Float64Array(2 * columns);
    support = new Int32Array(2 * columns);
  }
  const pivots: Pivots = { rows: new Int32Array(columns), free: -1, known: false };
  const digits: Float64Array[] = [];
  const primes: number[] = [];
  let idle = 0;
  /** |A z| <= columns * largest * |z| must stay below the product of the primes. */
  const spare = Math.ceil(Math.log2(4 * columns * system.largest) / (Math.log2(LARGEST_PRIME) - 0.01));
  for (let t = 0; t < MOST_PRIMES; t++) {
    const p = PRIMES[t]!;
    system.write(matrix, p, t);
    const outcome = solveModulo(rows, columns, p, pivots);
    if (outcome === 'rank') return null;
    if (outcome === 'unlucky') continue;
    const next = nextDigits(vector, columns, digits, primes, p);
    idle = next.every((digit) => digit === 0) ? idle + 1 : 0;
    digits.push(next);
    primes.push(p);
    if (idle === spare) return assembled(digits, primes, digits.length - spare, columns);
  }
  return null;
}

/** Which row has the pivot of a column; `free`: the column without. */
interface Pivots {
  readonly rows: Int32Array;
  free: number;
  known: boolean;
}

/** Into `vector`: the null vector modulo p of `matrix`, times the product of the pivots. */
function solveModulo(rows: number, columns: number, p: number, pivots: Pivots): 'done' | 'unlucky' | 'rank' {
  const inverse = 1 / p;
  let product = 1;
  if (taken.length < rows) [taken, sums] = [new Uint8Array(2 * rows), new Uint8Array(2 * rows)];
  taken.fill(0, 0, rows);
  sums.fill(0, 0, rows);
  for (let c = 0; c < columns; c++) {
    let pivotRow = -1;
    if (!pivots.known) {
      for (let i = 0; i < rows && pivotRow < 0; i++)
        if (taken[i] === 0 && reduced(matrix[i * columns + c]!, p, inverse) !== 0) pivotRow = i;
      pivots.rows[c] = pivotRow;
      if (pivotRow < 0) {
        if (pivots.free >= 0) return 'rank';
        pivots.free = c;
      }
    } else pivotRow = pivots.rows[c]!;
    if (pivotRow < 0) {
      for (let i = 0; i < rows; i++)
        if (taken[i] === 0 && reduced(matrix[i * columns + c]!, p, inverse) !== 0) return 'unlucky';
      continue;
    }
    const at = pivotRow * columns;
    for (let j = c; j < columns; j++) matrix[at + j] = reduced(matrix[at + j]!, p, inverse);
    const pivot = matrix[at + c]!;
    if (pivot === 0) return 'unlucky';
    taken[pivotRow] = 1;
    product = multiply(product, pivot, p, inverse);
    const own = reciprocal(pivot, p);
    reciprocals[c] = own;
    let count = 0;
    for (let j = c + 1; j < columns; j++) if (matrix[at + j] !== 0) support[count++] = j;
    for (let i = 0; i < rows; i++) {
      if (taken[i] === 1) continue;
      const from = i * columns;
      const entry = reduced(matrix[from + c]!, p, inverse);
      if (entry === 0) continue;
      const factor = p - multiply(entry, own, p, inverse);
      for (let s = 0; s < count; s++) {
        const j = support[s]!;
        matrix[from + j]! += factor * matrix[at + j]!;
      }
      if (++sums[i]! < SUMS) continue;
      sums[i] = 0;
      for (let j = c + 1; j < columns; j++) matrix[from + j] = reduced(matrix[from + j]!, p, inverse);
    }
  }
  if (pivots.free < 0) return 'rank';
  pivots.known = true;
  for (let c = columns - 1; c >= 0; c--) {
    if (c > pivots.free) vector[c] = 0;
    else if (c === pivots.free) vector[c] = product;
    else {
      const at = pivots.rows[c]! * columns;
      let sum = 0;
      for (let j = c + 1; j <= pivots.free; j++) {
        if (matrix[at + j] === 0 || vector[j] === 0) continue;
        sum += multiply(matrix[at + j]!, vector[j]!, p, inverse);
      }
      sum -= Math.floor(sum * inverse) * p;
      sum = sum < 0 ? sum + p : sum >= p ? sum - p : sum;
      vector[c] = sum === 0 ? 0 : multiply(p - sum, reciprocals[c]!, p, inverse);
    }
  }
  return 'done';
}

/** The digit at p of every number whose digits so far are known, in (-p / 2, p / 2). */
function nextDigits(
  residues: Float64Array,
  count: number,
  digits: readonly Float64Array[],
  primes: readonly number[],
  p: number,
): Float64Array {
  const inverse = 1 / p;
  const next = new Float64Array(count);
  let radix = 1;
  for (const prime of primes) radix = multiply(radix, prime - p, p, inverse);
  const own = reciprocal(radix, p);
  for (let c = 0; c < count; c++) {
    let value = 0;
    for (let t = digits.length - 1; t >= 0; t--) {
      const digit = digits[t]![c]!;
      value = multiply(value, primes[t]! - p, p, inverse) + (digit < 0 ? digit + p : digit);
      if (value >= p) value -= p;
    }
    let rest = residues[c]! - value;
    if (rest < 0) rest += p;
    const digit = multiply(rest, own, p, inverse);
    next[c] = 2 * digit > p ? digit - p : digit;
  }
  return next;
}

function assembled(
  digits: readonly Float64Array[],
  primes: readonly number[],
  length: number,
  count: number,
): bigint[] {
  const numbers: bigint[] = [];
  let turned = 0;
  for (let c = 0; c < count; c++) {
    let top = length - 1;
    while (top > 0 && digits[top]![c] === 0) top--;
    const leading = digits[top]?.[c] ?? 0;
    // Symmetric digits: the leading one has the sign of the number. Two of them fit a double.
    if (turned === 0) turned = Math.sign(leading);
    let value = 0n;
    for (let t = top; t >= 0; t -= 2) {
      if (t === 0) value = value * BigInt(primes[0]!) + BigInt(digits[0]![c]!);
      else {
        const pair = digits[t]![c]! * primes[t - 1]! + digits[t - 1]![c]!;
        value = value === 0n ? BigInt(pair) : value * BigInt(primes[t]! * primes[t - 1]!) + BigInt(pair);
      }
    }
    numbers.push(turned < 0 ? -value : value);
  }
  return numbers;
}
