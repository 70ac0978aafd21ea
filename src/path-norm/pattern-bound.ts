import { type PatternTree, THETA_UNIT } from '../certificate/lp-minimum-several.js';
import { floorDivide } from '../exact/bigint.js';
import { larger } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { BranchNode } from './branch.js';
import type { Directions } from './directions.js';
import {
  atLeastZero,
  BOUND_BITS,
  type LeafProver,
  labelValue,
  type Multipliers,
  type ProvedLeaf,
  roundMultipliers,
  SizePowers,
} from './leaf-bound.js';
import { PatternOracle } from './pattern-oracle.js';
import type { PathNormQuestion } from './question.js';

const BITS = BigInt(BOUND_BITS);

/** Bounds of leaves as proofs, pattern by pattern, |z|_1 in place of |z|. */
export class PatternBounds implements LeafProver {
  private readonly oracle: PatternOracle;
  private readonly powers: SizePowers;

  constructor(
    private readonly directions: Directions,
    private readonly labelUnit: number,
    private readonly mostLeaves: number,
    isOver: () => boolean,
  ) {
    this.oracle = new PatternOracle(directions.question, isOver);
    this.powers = new SizePowers(directions.question.p, labelUnit);
  }

  sizeOf(size: number): Rational {
    return this.powers.sizeOf(size);
  }

  prove(node: BranchNode): ProvedLeaf {
    const { question } = this.directions;
    const { exponent } = question;
    const { lambda, slopes } = node.solution!;
    let multipliers = roundMultipliers(this.directions, lambda, this.labelUnit);
    const unit = this.labelUnit ** (exponent - 1);
    const bounds = ([1, -1] as const).map((sign) => {
      let target = node.others ? node.tau ** (exponent - 1) : Number.POSITIVE_INFINITY;
      node.named.forEach((neuron, j) => {
        if (neuron.sign === sign) target = Math.min(target, slopes[j]!);
      });
      if (target === Number.POSITIVE_INFINITY) target = Number.MAX_VALUE;
      const bound = (above: number) =>
        patternBound(question, this.oracle, multipliers, sign, above, this.mostLeaves);
      return bound(target * unit) ?? bound(Number.MAX_VALUE)!;
    });
    let tops = bounds.map((bound) => bound.top);
    if (node.others) {
      const worst = tops[0]!.lessThan(tops[1]!) ? tops[1]! : tops[0]!;
      const allowed = Rational.of(this.powers.slope(node.tau) * multipliers.denominator, 1n << BITS);
      if (allowed.lessThan(worst)) {
        // Divided by the violation, rounded up to a multiple of 2^-64; the trees stay as they are.
        const ratio = worst.divide(allowed);
        const violation = -floorDivide(-(ratio.numerator << 64n), ratio.denominator);
        multipliers = {
          numerators: multipliers.numerators.map((value) => value << 64n),
          denominator: multipliers.denominator * violation,
        };
        tops = tops.map((top) => top.multiply(Rational.of(1n << 64n)));
      }
    }
    const M = node.named.map(({ sign }) => {
      const top = tops[sign === 1 ? 0 : 1]!;
      return -floorDivide(-(top.numerator << BITS), top.denominator * multipliers.denominator);
    });
    const bound = labelValue(question, multipliers) + this.powers.named(node, M);
    return atLeastZero({ multipliers, patterns: bounds.map((own) => own.tree), bound }, node, this.powers);
  }
}

/** A bound on sign lambda . a(z) / |z|_1 for all z, with the tree that proves it. */
export interface PatternBound {
  readonly tree: PatternTree;
  /** The bound times the denominator of lambda. Exact. */
  readonly top: Rational;
}

/**
 * The bound that the walk of the oracle proves, with theta rounded to multiples of 1 / THETA_UNIT and every norm exact.
 * @param target norms up to this (for lambda as it is) need no closer look
 * @returns null when there are too many patterns, or time is over; not for a target that nothing exceeds
 */
export function patternBound(
  question: PathNormQuestion,
  oracle: PatternOracle,
  { numerators, denominator }: Multipliers,
  sign: 1 | -1,
  target: number,
  mostLeaves: number,
): PatternBound | null {
  const c = Float64Array.from(numerators, (value) => sign * Rational.of(value, denominator).toNumber());
  const norms = new ExactNorms(question, numerators, sign);
  let order: readonly number[] = [];
  const leaves: number[][] = [];
  let top = Rational.zero;
  const found = oracle.walk(
    c,
    target,
    ({ decisions, theta, points }) => {
      order = points;
      const units = Array.from(theta, (value) => Math.round(value * THETA_UNIT));
      const norm = norms.norm(decisions, units);
      if (top.lessThan(norm)) top = norm;
      leaves.push([points.reduce((depth, n) => depth + (decisions[n] === -1 ? 0 : 1), 0), ...units]);
    },
    mostLeaves,
  );
  if (found === Number.POSITIVE_INFINITY && target < Number.MAX_VALUE) return null;
  return { tree: { order: [...order], leaves }, top };
}

/** || sum_A c_n xbar_n - sum_Q theta_n |c_n| xbar_n ||_inf with the room of undecided points, c = sign * numerators. Exact. */
class ExactNorms {
  private readonly terms: readonly (readonly bigint[])[];

  constructor(
    private readonly question: PathNormQuestion,
    private readonly numerators: readonly bigint[],
    private readonly sign: 1 | -1,
  ) {
    // In units of units[i] / THETA_UNIT for coordinate i.
    const unit = BigInt(THETA_UNIT);
    this.terms = question.points.map((point, n) => {
      const c = numerators[n]! * BigInt(sign);
      return point.map((x) => c * x * unit);
    });
  }

  norm(decisions: Int8Array, theta: readonly number[]): Rational {
    const { width, size, units } = this.question;
    const unit = BigInt(THETA_UNIT);
    let top = Rational.zero;
    for (let i = 0; i < width; i++) {
      let sum = 0n;
      let above = 0n;
      let below = 0n;
      let q = 0;
      for (let n = 0; n < size; n++) {
        const c = this.numerators[n]! * BigInt(this.sign);
        if (c === 0n) continue;
        const term = this.terms[n]![i]!;
        if (c < 0n) sum += floorDivide(term, unit) * BigInt(theta[q++]!);
        else if (decisions[n] === 1) sum += term;
        else if (decisions[n] === -1) {
          if (term > 0n) above += term;
          else below -= term;
        }
      }
      const worst = larger(sum + above, below - sum);
      const value = Rational.of(worst, unit).multiply(units[i]!);
      if (top.lessThan(value)) top = value;
    }
    return top;
  }
}
