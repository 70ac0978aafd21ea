/** Rows that contradict each other, as doubles see it: their codes, and their multipliers on the scale of the data up to a common factor. */
export interface Dependency {
  readonly codes: readonly number[];
  readonly weights: readonly number[];
}

/** Product of entries a[i ..] and b[j ..]; four sums, so that none waits for the one before. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let t = 0;
  for (; t + 3 < length; t += 4) {
    first += a[i + t]! * b[j + t]!;
    second += a[i + t + 1]! * b[j + t + 1]!;
    third += a[i + t + 2]! * b[j + t + 2]!;
    fourth += a[i + t + 3]! * b[j + t + 3]!;
  }
  for (; t < length; t++) first += a[i + t]! * b[j + t]!;
  return first + second + (third + fourth);
}

/**
 * The float guide of the search: the point of least norm in a polyhedron { x : a . x <= b for all rows }, one violated row
 * at a time, or the multipliers of a contradiction. Dual active-set method of Goldfarb and Idnani (1983), here with the
 * identity as Hessian: strictly convex, hence no cycling, and adding rows to a solved polyhedron continues from its answer.
 *
 * The state of size n: q = `active` rows with inner normals N = Q R, the columns of Q orthonormal (n x q, column j starts at
 * j * n), R upper triangular (column j starts at j * n), multipliers u >= 0, and x = N u.
 *
 * Everything is a double and a proposal: nothing is concluded from it without exact arithmetic.
 */
export class LeastNorm {
  readonly x: Float64Array;
  /** Codes of the active rows, in the order of the columns of R, and the lengths these rows had before they were scaled to norm 1. */
  readonly codes: Float64Array;
  readonly lengths: Float64Array;
  active = 0;
  private readonly multipliers: Float64Array;
  private readonly orthogonal: Float64Array;
  private readonly triangular: Float64Array;
  /** Of the row that is added: its part in the span of Q, the rest, and the change of the multipliers per unit step. */
  private readonly projected: Float64Array;
  private readonly rest: Float64Array;
  private readonly response: Float64Array;

  constructor(readonly size: number) {
    this.x = new Float64Array(size);
    this.codes = new Float64Array(size);
    this.lengths = new Float64Array(size);
    this.multipliers = new Float64Array(size);
    this.orthogonal = new Float64Array(size * size);
    this.triangular = new Float64Array(size * size);
    this.projected = new Float64Array(size);
    this.rest = new Float64Array(size);
    this.response = new Float64Array(size);
  }

  /** Forgets all rows: x = 0. */
  reset(): void {
    this.x.fill(0);
    this.active = 0;
  }

  copyFrom(other: LeastNorm): void {
    const { size: n, x, codes, lengths, multipliers, orthogonal, triangular } = this;
    const q = other.active;
    for (let i = 0; i < n; i++) x[i] = other.x[i]!;
    for (let j = 0; j < q; j++) {
      codes[j] = other.codes[j]!;
      lengths[j] = other.lengths[j]!;
      multipliers[j] = other.multipliers[j]!;
    }
    for (let i = 0; i < q * n; i++) orthogonal[i] = other.orthogonal[i]!;
    for (let j = 0; j < q; j++) for (let i = j * n; i <= j * n + j; i++) triangular[i] = other.triangular[i]!;
    this.active = q;
  }

  /** |x|^2. */
  get cost(): number {
    return dot(this.x, 0, this.x, 0, this.size);
  }

  /**
   * Moves to the point of least norm that also satisfies row . x <= right, which x violates.
   * @param row of length `size` and norm 1 (or 0), zero outside from <= i < to
   * @param length by which the row was divided
   * @returns null, or rows that contradict each other, this one first
   */
  add(
    code: number,
    row: Float64Array,
    right: number,
    length: number,
    from: number,
    to: number,
  ): Dependency | null {
    const { size: n, x, multipliers, triangular, projected, rest, response } = this;
    let violation = dot(row, from, x, from, to - from) - right;
    let own = 0;
    let free = this.project(row, from, to);
    for (;;) {
      const q = this.active;
      for (let j = 0; j < q; j++) response[j] = projected[j]!;
      for (let j = q - 1; j >= 0; j--) {
        const column = j * n;
        const value = response[j]! / triangular[column + j]!;
        response[j] = value;
        for (let i = 0; i < j; i++) response[i]! -= value * triangular[column + i]!;
      }
      // The longest step that keeps all multipliers nonnegative.
      let blocking = -1;
      let dualStep = Number.POSITIVE_INFINITY;
      for (let j = 0; j < q; j++) {
        if (response[j]! <= GUIDE.multiplierTolerance) continue;
        const step = multipliers[j]! / response[j]!;
        if (step < dualStep) {
          dualStep = step;
          blocking = j;
        }
      }
      const dependent = free <= GUIDE.dependence;
      if (dependent && blocking < 0) return this.dependency(code, length);
      const primalStep = dependent ? Number.POSITIVE_INFINITY : violation / free;
      const step = Math.min(dualStep, primalStep);
      if (!dependent) {
        for (let i = 0; i < n; i++) x[i]! += step * rest[i]!;
        violation -= step * free;
      }
      for (let j = 0; j < q; j++) multipliers[j]! -= step * response[j]!;
      own += step;
      if (primalStep <= dualStep) {
        this.activate(code, length, own, Math.sqrt(free));
        return null;
      }
      free = this.drop(blocking);
    }
  }

  private dependency(code: number, length: number): Dependency {
    const codes = [code];
    const weights = [1 / length];
    for (let j = 0; j < this.active; j++) {
      if (this.response[j]! >= -GUIDE.multiplierTolerance) continue;
      codes.push(this.codes[j]!);
      weights.push(-this.response[j]! / this.lengths[j]!);
    }
    return { codes, weights };
  }

  /** Splits the inner normal -row into `projected` (coefficients in Q) and `rest`; returns |rest|^2. Classical Gram-Schmidt. */
  private project(row: Float64Array, from: number, to: number): number {
    const { size: n, orthogonal, projected, rest, active: q } = this;
    for (let i = 0; i < n; i++) rest[i] = -row[i]!;
    for (let j = 0, at = 0; j < q; j++, at += n) {
      projected[j] = -dot(orthogonal, at + from, row, from, to - from);
    }
    for (let j = 0, at = 0; j < q; j++, at += n) {
      const coefficient = projected[j]!;
      if (coefficient !== 0) for (let i = 0; i < n; i++) rest[i]! -= coefficient * orthogonal[at + i]!;
    }
    return this.refined();
  }

  /**
   * |rest|^2, once more orthogonalised where cancellation left part of the span in it: twice is enough (Giraud, Langou and Rozloznik
   * 2005).
   */
  private refined(): number {
    const { size: n, orthogonal, projected, rest, active: q } = this;
    if (q === n) {
      rest.fill(0);
      return 0;
    }
    const free = dot(rest, 0, rest, 0, n);
    if (free >= GUIDE.cancellation) return free;
    for (let j = 0, at = 0; j < q; j++, at += n) {
      const more = dot(orthogonal, at, rest, 0, n);
      for (let i = 0; i < n; i++) rest[i]! -= more * orthogonal[at + i]!;
      projected[j]! += more;
    }
    return dot(rest, 0, rest, 0, n);
  }

  /** Appends the direction of `rest`, whose length is `free`, to Q. */
  private activate(code: number, length: number, multiplier: number, free: number): void {
    const { size: n, orthogonal, triangular, projected, rest, active: q } = this;
    for (let i = 0, at = q * n; i < n; i++) orthogonal[at + i] = rest[i]! / free;
    for (let i = 0; i < q; i++) triangular[q * n + i] = projected[i]!;
    triangular[q * n + q] = free;
    this.codes[q] = code;
    this.lengths[q] = length;
    this.multipliers[q] = multiplier;
    this.active = q + 1;
  }

  /**
   * Removes active row l; rotations restore the triangle, and turn `projected` with it. What it has of the column that leaves Q goes to
   * `rest`; returns |rest|^2.
   */
  private drop(l: number): number {
    const { size: n, codes, lengths, multipliers, orthogonal, triangular, projected, rest } = this;
    const last = this.active - 1;
    for (let j = l; j < last; j++) {
      codes[j] = codes[j + 1]!;
      lengths[j] = lengths[j + 1]!;
      multipliers[j] = multipliers[j + 1]!;
      for (let i = 0, at = j * n; i <= j + 1; i++, at++) triangular[at] = triangular[at + n]!;
    }
    this.active = last;
    for (let j = l; j < last; j++) {
      const a = triangular[j * n + j]!;
      const b = triangular[j * n + j + 1]!;
      if (b === 0) continue;
      const norm = Math.sqrt(a * a + b * b);
      const cosine = a / norm;
      const sine = b / norm;
      triangular[j * n + j] = norm;
      for (let k = j + 1, at = k * n + j; k < last; k++, at += n) {
        const p = triangular[at]!;
        const r = triangular[at + 1]!;
        triangular[at] = cosine * p + sine * r;
        triangular[at + 1] = cosine * r - sine * p;
      }
      for (let i = 0, at = j * n; i < n; i++, at++) {
        const p = orthogonal[at]!;
        const r = orthogonal[at + n]!;
        orthogonal[at] = cosine * p + sine * r;
        orthogonal[at + n] = cosine * r - sine * p;
      }
      const p = projected[j]!;
      const r = projected[j + 1]!;
      projected[j] = cosine * p + sine * r;
      projected[j + 1] = cosine * r - sine * p;
    }
    const leaving = projected[last]!;
    for (let i = 0, at = last * n; i < n; i++, at++) rest[i]! += leaving * orthogonal[at]!;
    return this.refined();
  }
}

/** Tolerances of proposals on rows of norm 1; a wrong one costs time, never correctness. */
export const GUIDE = {
  /** Squared length of the free part of a normal below which it counts as dependent on the active rows. */
  dependence: 1e-18,
  /** Squared length of the free part below which it is made orthogonal once more. */
  cancellation: 0.01,
  /** Multipliers below this count as zero. */
  multiplierTolerance: 1e-10,
  /** A row counts as violated beyond this. */
  violation: 1e-9,
  /** How far strict rows are kept from equality. */
  strictness: 1e-6,
  /** Steps per polyhedron before the exact method is asked. */
  steps: 2000,
  /** Squared norm beyond which doubles are not trusted. */
  largestCost: 1e18,
} as const;
