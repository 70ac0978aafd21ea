/** Limits of `DenseProgram`. */
const PIVOT = 1e-9;
const ZERO = 1e-11;

/**
 * min c . x subject to A x = b, x >= 0, on a dense tableau that is kept: after one solution other costs are minimised from where it ended. In
 * doubles, for proposals.
 *
 * Row-major, `rows` rows and `columns` + 1 entries each (the right side last), then one row of reduced costs.
 */
export class DenseProgram {
  private readonly table: Float64Array;
  private readonly width: number;
  /** Column that is basic in each row; -1: an artificial one. */
  readonly basic: Int32Array;

  constructor(
    private readonly rows: number,
    private readonly columns: number,
  ) {
    this.width = columns + 1;
    this.table = new Float64Array((rows + 1) * this.width);
    this.basic = new Int32Array(rows).fill(-1);
  }

  /** Adds to the entry of A at (row, column); column = columns: to b. Only before `start`. */
  add(row: number, column: number, value: number): void {
    this.table[row * this.width + column]! += value;
  }

  /**
   * Finds a basic solution, from the given columns if they are a feasible basis, else by minimising what is missing.
   * @returns false when there is none
   */
  start(proposal: Int32Array | null): boolean {
    const { rows, width, table } = this;
    if (proposal !== null && this.enterAll(proposal)) return true;
    for (let r = 0; r < rows; r++) {
      // Rows that hold a column already may have become infeasible: their sign decides only for artificial ones.
      const own = r * width;
      if (this.basic[r]! < 0 && table[own + this.columns]! < 0)
        for (let j = 0; j < width; j++) table[own + j] = -table[own + j]!;
      if (this.basic[r]! >= 0 && table[own + this.columns]! < 0) {
        this.basic[r] = -1;
        for (let j = 0; j < width; j++) table[own + j] = -table[own + j]!;
      }
    }
    // Reduced costs of the sum of artificial columns.
    const objective = rows * width;
    table.fill(0, objective, objective + width);
    let missing = 0;
    for (let r = 0; r < rows; r++) {
      if (this.basic[r]! >= 0) continue;
      for (let j = 0; j < width; j++) table[objective + j]! -= table[r * width + j]!;
      missing++;
    }
    if (missing > 0) this.optimise();
    let rest = 0;
    for (let r = 0; r < rows; r++) if (this.basic[r]! < 0) rest += table[r * width + this.columns]!;
    return rest < 1e-8;
  }

  /** Pivots the columns of a basis in; true when the solution is feasible. */
  private enterAll(proposal: Int32Array): boolean {
    const { rows, width, table } = this;
    for (const column of proposal) {
      if (column < 0) return false;
      let best = -1;
      let size = 1e-8;
      for (let r = 0; r < rows; r++) {
        const entry = Math.abs(table[r * width + column]!);
        if (this.basic[r]! < 0 && entry > size) {
          size = entry;
          best = r;
        }
      }
      if (best < 0) return false;
      this.pivot(best, column);
    }
    for (let r = 0; r < rows; r++) {
      const value = table[r * width + this.columns]!;
      if (value < -1e-8) return false;
      if (value < 0) table[r * width + this.columns] = 0;
    }
    return true;
  }

  /** Minimises c . x from the present solution; the values of x. */
  minimise(costs: Float64Array): Float64Array {
    const { rows, columns, width, table, basic } = this;
    const objective = rows * width;
    table.fill(0, objective, objective + width);
    table.set(costs, objective);
    for (let r = 0; r < rows; r++) {
      const cost = basic[r]! < 0 ? 0 : costs[basic[r]!]!;
      if (cost !== 0) for (let j = 0; j < width; j++) table[objective + j]! -= cost * table[r * width + j]!;
    }
    this.optimise();
    const x = new Float64Array(columns);
    for (let r = 0; r < rows; r++) if (basic[r]! >= 0) x[basic[r]!] = table[r * width + columns]!;
    return x;
  }

  /** Primal simplex steps: largest reduced cost, and after many steps the least index (Bland). */
  private optimise(): void {
    const { rows, columns, width, table, basic } = this;
    const objective = rows * width;
    const most = 20 * rows + 200;
    for (let step = 0; step < most; step++) {
      const bland = step > most / 2;
      let entering = -1;
      let least = -PIVOT;
      for (let j = 0; j < columns; j++) {
        const reduced = table[objective + j]!;
        if (reduced < least) {
          least = reduced;
          entering = j;
          if (bland) break;
        }
      }
      if (entering < 0) return;
      let leaving = -1;
      let ratio = Number.POSITIVE_INFINITY;
      let size = 0;
      for (let r = 0; r < rows; r++) {
        const entry = table[r * width + entering]!;
        // An artificial column that is 0 must stay 0: it leaves for any entry.
        const stuck = basic[r]! < 0 && Math.abs(entry) > PIVOT && table[r * width + columns]! < ZERO;
        if (!(entry > PIVOT) && !stuck) continue;
        const own = stuck ? 0 : table[r * width + columns]! / entry;
        if (own < ratio - 1e-12 || (own <= ratio + 1e-12 && Math.abs(entry) > size)) {
          ratio = Math.min(own, ratio);
          leaving = r;
          size = Math.abs(entry);
        }
      }
      if (leaving < 0) return;
      this.pivot(leaving, entering);
    }
  }

  private pivot(leaving: number, entering: number): void {
    const { rows, width, table, basic } = this;
    const own = leaving * width;
    const inverse = 1 / table[own + entering]!;
    for (let j = 0; j < width; j++) table[own + j]! *= inverse;
    table[own + entering] = 1;
    for (let r = 0; r <= rows; r++) {
      if (r === leaving) continue;
      const factor = table[r * width + entering]!;
      if (factor === 0) continue;
      const offset = r * width;
      for (let j = 0; j < width; j++) table[offset + j]! -= factor * table[own + j]!;
      table[offset + entering] = 0;
    }
    for (let r = 0; r < rows; r++) {
      const value = table[r * width + width - 1]!;
      if (value < 0 && value > -1e-11) table[r * width + width - 1] = 0;
    }
    basic[leaving] = entering;
  }
}
