import { abs } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { LinearSystem } from './linear-system.js';

/** Where the exact simplex method ends. Multipliers, duals and rays are exact; sign rules as in `exact-lp.ts`. */
export type ExactOutcome =
  | { status: 'infeasible'; multipliers: Rational[] }
  | { status: 'optimal'; point: Rational[]; duals: Rational[] }
  | { status: 'unbounded'; point: Rational[]; ray: Rational[] };

/**
 * The simplex method in integers with the least-index rule in both phases, so that it always ends: Bland (1977); for
 * phase 1 in the form of Avis and Kaluzny, "Solving inequalities and proving Farkas's lemma made easy" (2004).
 *
 * The dictionary is that of `float-simplex.ts`, over one common denominator (Edmonds' integer pivoting: every entry is a
 * minor of the input, so all divisions are exact):
 *
 *   denominator * basic[i] = sum_{j < n} table[i][j] * nonbasic[j] + table[i][n],    denominator > 0
 *
 * Row m is the objective. An unknown of zero column stays nonbasic at 0.
 */
export class ExactDictionary {
  private readonly table: bigint[][];
  private readonly basic: number[];
  private readonly nonbasic: number[];
  private denominator = 1n;
  private readonly m: number;
  private readonly n: number;

  constructor(
    private readonly system: LinearSystem,
    objective: readonly bigint[] | null,
  ) {
    this.m = system.rows.length;
    this.n = system.unknowns;
    this.table = system.rows.map((row) =>
      row.sense === '<='
        ? [...row.coefficients.map((value) => -value), row.right]
        : [...row.coefficients, -row.right],
    );
    this.table.push([...(objective ?? new Array<bigint>(this.n).fill(0n)), 0n]);
    this.basic = system.rows.map((_, r) => this.n + r);
    this.nonbasic = Array.from({ length: this.n }, (_, j) => j);
  }

  private isEquality(variable: number): boolean {
    return variable >= this.n && this.system.rows[variable - this.n]!.sense === '=';
  }

  /**
   * Solves from the dictionary in which the wanted slacks are nonbasic, as far as they can be.
   * @param wanted slack variables, best first: a basis that doubles proposed, or none
   */
  solve(wanted: readonly number[]): ExactOutcome {
    this.enterUnknowns(wanted);
    return this.phase1() ?? this.phase2();
  }

  private enterUnknowns(wanted: readonly number[]): void {
    const order = [
      ...wanted.filter((variable) => variable >= this.n),
      ...this.basic.filter((variable) => this.isEquality(variable)),
      ...this.basic,
    ];
    for (const variable of order) {
      const r = this.basic.indexOf(variable);
      if (r < 0 || variable < this.n) continue;
      let best = -1;
      for (let j = 0; j < this.n; j++) {
        const entry = this.table[r]![j]!;
        if (entry === 0n || this.nonbasic[j]! >= this.n) continue;
        if (best < 0 || abs(entry) < abs(this.table[r]![best]!)) best = j;
      }
      if (best >= 0) this.pivot(r, best);
    }
  }

  /** Makes all slacks feasible, or returns the Farkas multipliers that a row shows. */
  private phase1(): ExactOutcome | null {
    for (;;) {
      let leaving = -1;
      for (let i = 0; i < this.m; i++) {
        const variable = this.basic[i]!;
        if (variable < this.n) continue;
        const value = this.table[i]![this.n]!;
        if (this.isEquality(variable) ? value === 0n : value >= 0n) continue;
        if (leaving < 0 || variable < this.basic[leaving]!) leaving = i;
      }
      if (leaving < 0) return null;
      const row = this.table[leaving]!;
      const rising = row[this.n]! < 0n;
      const entering = this.leastIndex((j) => (rising ? row[j]! > 0n : row[j]! < 0n));
      if (entering < 0) return { status: 'infeasible', multipliers: this.farkas(leaving) };
      this.pivot(leaving, entering);
    }
  }

  private phase2(): ExactOutcome {
    this.expelEqualities();
    const cost = this.table[this.m]!;
    for (;;) {
      const loose = this.nonbasic.findIndex((variable, j) => variable < this.n && cost[j] !== 0n);
      if (loose >= 0) return this.unbounded(loose);
      const entering = this.leastIndex((j) => cost[j]! < 0n);
      if (entering < 0) return { status: 'optimal', point: this.point(), duals: this.duals() };
      let leaving = -1;
      for (let i = 0; i < this.m; i++) {
        const variable = this.basic[i]!;
        const fall = -this.table[i]![entering]!;
        if (variable < this.n || this.isEquality(variable) || fall <= 0n) continue;
        if (leaving >= 0) {
          // ratio(i) against ratio(leaving), cross-multiplied; ties go to the least index.
          const difference =
            this.table[i]![this.n]! * -this.table[leaving]![entering]! - this.table[leaving]![this.n]! * fall;
          if (difference > 0n || (difference === 0n && variable > this.basic[leaving]!)) continue;
        }
        leaving = i;
      }
      if (leaving < 0) return this.unbounded(entering);
      this.pivot(leaving, entering);
    }
  }

  /** Basic slacks of equations are 0 here; exchange them with any inequality slack they depend on, so that they stay 0. */
  private expelEqualities(): void {
    for (let i = 0; i < this.m; i++) {
      if (!this.isEquality(this.basic[i]!)) continue;
      const j = this.leastIndex((k) => this.table[i]![k] !== 0n);
      if (j >= 0) this.pivot(i, j);
    }
  }

  /** Position of the nonbasic inequality slack of least index that passes the test, or -1. */
  private leastIndex(test: (j: number) => boolean): number {
    let best = -1;
    for (let j = 0; j < this.n; j++) {
      const variable = this.nonbasic[j]!;
      if (variable < this.n || this.isEquality(variable) || !test(j)) continue;
      if (best < 0 || variable < this.nonbasic[best]!) best = j;
    }
    return best;
  }

  /** Exchanges basic[r] and nonbasic[c]. */
  private pivot(r: number, c: number): void {
    const own = this.table[r]!;
    const pivot = own[c]!;
    const flip = pivot < 0n;
    const denominator = this.denominator;
    for (let i = 0; i <= this.m; i++) {
      if (i === r) continue;
      const row = this.table[i]!;
      const factor = row[c]!;
      for (let j = 0; j <= this.n; j++) {
        if (j === c) continue;
        let value = row[j]! === 0n ? 0n : pivot * row[j]!;
        if (factor !== 0n && own[j] !== 0n) value -= factor * own[j]!;
        row[j] = value === 0n ? 0n : (flip ? -value : value) / denominator;
      }
      row[c] = flip ? -factor : factor;
    }
    for (let j = 0; j <= this.n; j++) own[j] = flip ? own[j]! : -own[j]!;
    own[c] = flip ? -denominator : denominator;
    this.denominator = flip ? -pivot : pivot;
    const variable = this.basic[r]!;
    this.basic[r] = this.nonbasic[c]!;
    this.nonbasic[c] = variable;
  }

  private rational(numerator: bigint): Rational {
    return Rational.of(numerator, this.denominator);
  }

  /** slack(leaving) - sum of the others = a constant of the wrong sign: its coefficients are the multipliers. */
  private farkas(leaving: number): Rational[] {
    const row = this.table[leaving]!;
    const multipliers: Rational[] = new Array(this.m).fill(Rational.zero);
    // rising: the slack would have to grow and cannot. Otherwise it is the positive slack of an equation: negate all.
    const rising = row[this.n]! < 0n;
    const put = (variable: number, value: Rational): void => {
      const r = variable - this.n;
      const signed = rising ? value : value.negate();
      multipliers[r] = this.system.rows[r]!.sense === '<=' ? signed.negate() : signed;
    };
    put(this.basic[leaving]!, Rational.one);
    for (let j = 0; j < this.n; j++) {
      if (row[j] !== 0n) put(this.nonbasic[j]!, this.rational(-row[j]!));
    }
    return multipliers;
  }

  private duals(): Rational[] {
    const duals: Rational[] = new Array(this.m).fill(Rational.zero);
    for (let j = 0; j < this.n; j++) {
      const cost = this.table[this.m]![j]!;
      if (cost === 0n) continue;
      const r = this.nonbasic[j]! - this.n;
      const value = this.rational(cost);
      duals[r] = this.system.rows[r]!.sense === '<=' ? value.negate() : value;
    }
    return duals;
  }

  private point(): Rational[] {
    const x: Rational[] = new Array(this.n).fill(Rational.zero);
    this.basic.forEach((variable, i) => {
      if (variable < this.n) x[variable] = this.rational(this.table[i]![this.n]!);
    });
    return x;
  }

  private unbounded(entering: number): ExactOutcome {
    const direction = this.table[this.m]![entering]! < 0n ? 1n : -1n;
    const ray: Rational[] = new Array(this.n).fill(Rational.zero);
    this.basic.forEach((variable, i) => {
      if (variable < this.n) ray[variable] = this.rational(direction * this.table[i]![entering]!);
    });
    const variable = this.nonbasic[entering]!;
    if (variable < this.n) ray[variable] = Rational.of(direction);
    return { status: 'unbounded', point: this.point(), ray };
  }
}
