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
  /** Codes of the active rows, in the order of the columns of R. */
  readonly codes: Float64Array;
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
    const q = other.active;
    this.x.set(other.x);
    this.codes.set(other.codes.subarray(0, q));
    this.multipliers.set(other.multipliers.subarray(0, q));
    this.orthogonal.set(other.orthogonal.subarray(0, q * this.size));
    this.triangular.set(other.triangular.subarray(0, q * this.size));
    this.active = q;
  }

  /** |x|^2. */
  get cost(): number {
    let sum = 0;
    for (const value of this.x) sum += value * value;
    return sum;
  }

  /**
   * Moves to the point of least norm that also satisfies row . x <= right, which x violates.
   * @param row of length `size` and norm 1 (or 0)
   * @returns null, or the codes of rows that contradict each other, `code` first
   */
  add(code: number, row: Float64Array, right: number): number[] | null {
    const { size: n, x, multipliers, triangular, projected, rest, response } = this;
    let violation = -right;
    for (let i = 0; i < n; i++) violation += row[i]! * x[i]!;
    let own = 0;
    for (;;) {
      const free = this.project(row);
      for (let i = this.active - 1; i >= 0; i--) {
        let sum = projected[i]!;
        for (let j = i + 1; j < this.active; j++) sum -= triangular[j * n + i]! * response[j]!;
        response[i] = sum / triangular[i * n + i]!;
      }
      // The longest step that keeps all multipliers nonnegative.
      let blocking = -1;
      let dualStep = Number.POSITIVE_INFINITY;
      for (let j = 0; j < this.active; j++) {
        if (response[j]! <= GUIDE.multiplierTolerance) continue;
        const step = multipliers[j]! / response[j]!;
        if (step < dualStep) {
          dualStep = step;
          blocking = j;
        }
      }
      const dependent = free <= GUIDE.dependence;
      if (dependent && blocking < 0) return this.contradiction(code);
      const primalStep = dependent ? Number.POSITIVE_INFINITY : violation / free;
      const step = Math.min(dualStep, primalStep);
      if (!dependent) {
        for (let i = 0; i < n; i++) x[i]! += step * rest[i]!;
        violation -= step * free;
      }
      for (let j = 0; j < this.active; j++) multipliers[j]! -= step * response[j]!;
      own += step;
      if (primalStep <= dualStep) {
        this.activate(code, own, Math.sqrt(free));
        return null;
      }
      this.drop(blocking);
    }
  }

  private contradiction(code: number): number[] {
    const codes = [code];
    for (let j = 0; j < this.active; j++) {
      if (this.response[j]! < -GUIDE.multiplierTolerance) codes.push(this.codes[j]!);
    }
    return codes;
  }

  /**
   * Splits the inner normal -row into `projected` (coefficients in Q) and `rest`; returns |rest|^2. Gram-Schmidt, twice: once
   * more removes what rounding left in the span (Giraud, Langou and Rozloznik 2005).
   */
  private project(row: Float64Array): number {
    const { size: n, orthogonal, projected, rest, active: q } = this;
    for (let i = 0; i < n; i++) rest[i] = -row[i]!;
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0, at = 0; j < q; j++, at += n) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += orthogonal[at + i]! * rest[i]!;
        for (let i = 0; i < n; i++) rest[i]! -= sum * orthogonal[at + i]!;
        projected[j] = pass === 0 ? sum : projected[j]! + sum;
      }
    }
    let free = 0;
    for (let i = 0; i < n; i++) free += rest[i]! * rest[i]!;
    return q === n ? 0 : free;
  }

  /** Appends the direction of `rest`, of the given length, to Q. */
  private activate(code: number, multiplier: number, length: number): void {
    const { size: n, orthogonal, triangular, projected, rest, active: q } = this;
    for (let i = 0, at = q * n; i < n; i++) orthogonal[at + i] = rest[i]! / length;
    for (let i = 0; i < q; i++) triangular[q * n + i] = projected[i]!;
    triangular[q * n + q] = length;
    this.codes[q] = code;
    this.multipliers[q] = multiplier;
    this.active = q + 1;
  }

  /** Removes active row l; rotations restore the triangle. */
  private drop(l: number): void {
    const { size: n, orthogonal, triangular } = this;
    const last = this.active - 1;
    for (let j = l; j < last; j++) {
      this.codes[j] = this.codes[j + 1]!;
      this.multipliers[j] = this.multipliers[j + 1]!;
      for (let i = 0; i <= j + 1; i++) triangular[j * n + i] = triangular[(j + 1) * n + i]!;
    }
    this.active = last;
    for (let j = l; j < last; j++) {
      const a = triangular[j * n + j]!;
      const b = triangular[j * n + j + 1]!;
      if (b === 0) continue;
      const norm = Math.hypot(a, b);
      const cosine = a / norm;
      const sine = b / norm;
      triangular[j * n + j] = norm;
      for (let k = j + 1; k < last; k++) {
        const p = triangular[k * n + j]!;
        const r = triangular[k * n + j + 1]!;
        triangular[k * n + j] = cosine * p + sine * r;
        triangular[k * n + j + 1] = cosine * r - sine * p;
      }
      for (let i = 0; i < n; i++) {
        const p = orthogonal[j * n + i]!;
        const r = orthogonal[(j + 1) * n + i]!;
        orthogonal[j * n + i] = cosine * p + sine * r;
        orthogonal[(j + 1) * n + i] = cosine * r - sine * p;
      }
    }
  }
}

/** Tolerances of proposals on rows of norm 1; a wrong one costs time, never correctness. */
export const GUIDE = {
  /** Squared length of the free part of a normal below which it counts as dependent on the active rows. */
  dependence: 1e-18,
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
