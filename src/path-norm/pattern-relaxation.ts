import { Rational } from '../exact/rational.js';
import type { Relaxation } from './branch.js';
import type { Directions } from './directions.js';
import { type Basis, Master, type MasterProblem, type MasterSolution } from './master.js';
import { PatternOracle } from './pattern-oracle.js';
import { directionOf } from './question.js';

/** Settings of `PatternRelaxation`. */
export interface PatternSettings {
  /** A constraint may be violated by this share before a column is added for it. */
  readonly tolerance: number;
  /** Rounds of new columns a program. */
  readonly rounds: number;
  /** New columns a round and sign. */
  readonly columns: number;
  /** Leaves of the tree over patterns after which a sign is given up. */
  readonly mostLeaves: number;
}

export const PATTERN_DEFAULTS: PatternSettings = {
  tolerance: 1e-6,
  rounds: 200,
  columns: 6,
  mostLeaves: 300_000,
};

/** Binary digits of the entries of new columns. */
const ENTRY_BITS = 40;

/**
 * The relaxation with |z|_1 in place of |z| (which is at least as large, p <= 1; the same for p = 1): its constraints hold for all neurons
 * when they hold for all activation patterns, which the oracle decides, and columns are made for those that do not.
 */
export class PatternRelaxation implements Relaxation {
  readonly master: Master;
  private readonly oracle: PatternOracle;

  constructor(
    private readonly directions: Directions,
    lower: Float64Array,
    upper: Float64Array,
    big: number,
    private readonly settings: PatternSettings,
    private readonly isOver: () => boolean,
  ) {
    this.master = new Master(directions, directions.question.exponent, lower, upper, big);
    this.oracle = new PatternOracle(directions.question, isOver);
    this.addUnitNeurons();
  }

  /** One neuron for every entry and sign: there is a network of these in most cases. */
  private addUnitNeurons(): void {
    const { width, penalised } = this.directions.question;
    for (let i = 0; i < penalised; i++) {
      for (const sign of [1n, -1n]) {
        this.directions.add(Array.from({ length: width }, (_, k) => (k === i ? sign : 0n)));
      }
    }
    this.directions.base = this.directions.count;
  }

  solve(problem: MasterProblem, start: Basis | null): MasterSolution {
    const { tolerance, rounds } = this.settings;
    let basis = start;
    for (let round = 0; ; round++) {
      const solution = this.master.solve(problem, basis);
      basis = solution.basis;
      const lambda = this.onPoints(solution.lambda);
      const before = this.directions.count;
      const tops = ([1, -1] as const).map((sign) => {
        let target = problem.slope;
        problem.named.forEach((neuron, j) => {
          if (neuron.sign === sign) target = Math.min(target, solution.slopes[j]!);
        });
        if (target === Number.POSITIVE_INFINITY) return 0;
        return this.separate(lambda, sign, target * (1 + tolerance) + 1e-12);
      });
      const gaveUp = tops.includes(Number.POSITIVE_INFINITY);
      if (this.directions.count > before && round < rounds && !gaveUp && !this.isOver()) continue;
      const crude = (k: number) => this.oracle.crude(lambda.map((value) => (k === 0 ? value : -value)));
      return this.bounded(
        problem,
        solution,
        tops.map((top, k) => (top === Number.POSITIVE_INFINITY ? crude(k) : top)),
      );
    }
  }

  /** Adds the neurons that violate s lambda . a(z) <= target |z|_1 most; the largest ratio. */
  private separate(lambda: Float64Array, sign: 1 | -1, target: number): number {
    const found: { z: Float64Array; norm: number }[] = [];
    const coefficients = lambda.map((value) => sign * value);
    const top = this.oracle.walk(
      coefficients,
      target,
      ({ norm, z }) => {
        if (z !== null) found.push({ z: z.slice(), norm });
      },
      this.settings.mostLeaves,
    );
    found.sort((a, b) => b.norm - a.norm);
    for (const { z } of found.slice(0, this.settings.columns)) this.addNeuron(z);
    this.directions.base = this.directions.count;
    return top;
  }

  private addNeuron(z: Float64Array): void {
    const entries = Array.from(z, (value) => Rational.of(BigInt(Math.round(value * 2 ** ENTRY_BITS))));
    if (entries.every((value) => value.isZero())) return;
    this.directions.add(directionOf(this.directions.question, entries));
  }

  /** The solution with lambda scaled into all constraints and the value that it proves, up to rounding. */
  private bounded(problem: MasterProblem, solution: MasterSolution, tops: readonly number[]): MasterSolution {
    const { named, slope } = problem;
    const { exponent } = this.directions.question;
    const worst = Math.max(...tops);
    const scale = Math.min(1, slope / worst);
    const lambda = solution.lambda.map((value) => value * scale);
    const slopes = new Float64Array(named.length);
    let value = this.master.labelValue(lambda);
    named.forEach(({ sign, low, high }, j) => {
      const top = Math.max(solution.slopes[j]!, tops[sign === 1 ? 0 : 1]!) * scale;
      slopes[j] = top;
      value += Math.min(low ** exponent - top * low, high ** exponent - top * high);
    });
    return { ...solution, lambda, slopes, value };
  }

  /** lambda per point, from kernel coordinates. */
  private onPoints(lambda: Float64Array): Float64Array {
    const { rows, projection, question } = this.directions;
    const own = new Float64Array(question.size);
    for (let k = 0; k < rows; k++) {
      for (let n = 0; n < question.size; n++) own[n]! += lambda[k]! * projection[k * question.size + n]!;
    }
    return own;
  }
}
