import type { PatternTree } from '../certificate/lp-minimum-several.js';
import { bitLength, floorDivide } from '../exact/bigint.js';
import { power } from '../exact/enclosure.js';
import { larger, smaller } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { BranchNode } from './branch.js';
import { type Directions, largestEntry } from './directions.js';
import { dot } from './kernel.js';
import type { PathNormQuestion } from './question.js';

/** lambda_n = numerators[n] / denominator, orthogonal to the free columns. Exact. */
export interface Multipliers {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/** What a leaf proves: multipliers that keep all constraints, with the majorant "patterns" a tree for each sign, and the bound in units of 2^-BOUND_BITS. */
export interface ProvedLeaf {
  readonly multipliers: Multipliers;
  readonly patterns: readonly PatternTree[];
  readonly bound: bigint;
}

/** Turns leaves of the branching into proofs. */
export interface LeafProver {
  /** A size of the branching as a size of the problem. */
  sizeOf(size: number): Rational;
  prove(node: BranchNode): ProvedLeaf;
}

/** Binary digits after the point of all enclosures here. */
export const BOUND_BITS = 192;
const BITS = BigInt(BOUND_BITS);

/** Digits on which a checker's bounds agree with those here, relative to the largest term. */
const CHECKED_BITS = 112n;

/** Binary digits of multipliers relative to the largest. */
const MULTIPLIER_BITS = 52;

/**
 * Bounds of leaves as proofs, on the rays of the arrangement: the doubles' lambda is made rational, and lambda . y + sum_j min(l^p - M_j l, u^p
 * - M_j u) is bounded from below with outward-rounded enclosures of every power. Sizes are those of the problem: `labelUnit` times the sizes
 * of the branching.
 */
export class LeafBounds implements LeafProver {
  /** Per direction its activations at size 1, enclosed, in units of 2^-BITS. */
  private readonly activations: { low: bigint[]; high: bigint[] }[] = [];
  private readonly powers: SizePowers;

  constructor(
    private readonly directions: Directions,
    private readonly labelUnit: number,
  ) {
    this.powers = new SizePowers(directions.question.p, labelUnit);
  }

  sizeOf(size: number): Rational {
    return this.powers.sizeOf(size);
  }

  /** The multipliers of a node's relaxation, rounded, or a little smaller, with their bound. */
  prove(node: BranchNode): ProvedLeaf {
    const proposed = roundMultipliers(this.directions, node.solution!.lambda, this.labelUnit);
    return atLeastZero({ ...this.bound(node, proposed), patterns: [] }, node, this.powers);
  }

  private bound(node: BranchNode, proposed: Multipliers): { multipliers: Multipliers; bound: bigint } {
    const multipliers = node.others ? this.admissible(node.tau, proposed) : proposed;
    const { numerators, denominator } = multipliers;
    const bound = labelValue(this.directions.question, multipliers);
    // M_j in units of 2^-BITS, rounded up.
    const slopes = node.named.map(
      ({ sign, region }) => -floorDivide(-this.steepest(numerators, sign, region?.rays ?? null), denominator),
    );
    return {
      multipliers,
      bound: this.asChecked(node, multipliers, slopes, bound + this.powers.named(node, slopes)),
    };
  }

  /** A bound that enclosures of fewer digits than these give, too: those of a checker. */
  private asChecked(
    { named }: BranchNode,
    { numerators, denominator }: Multipliers,
    slopes: readonly bigint[],
    bound: bigint,
  ): bigint {
    const { lower, upper } = this.directions.question;
    let size = numerators.reduce(
      (sum, value, n) =>
        sum +
        Math.abs(Rational.of(value, denominator).toNumber()) *
          Math.max(Math.abs(lower[n]!.toNumber()), Math.abs(upper[n]!.toNumber())),
      1,
    );
    named.forEach(({ high }, j) => {
      const value = this.powers.sizeOf(high).toNumber();
      size +=
        value ** this.directions.question.exponent + value * Rational.of(slopes[j]!, 1n << BITS).toNumber();
    });
    return bound - (BigInt(Math.ceil(size)) << (BITS - CHECKED_BITS));
  }

  private admissible(tau: number, multipliers: Multipliers): Multipliers {
    const slope = this.powers.slope(tau);
    const { numerators, denominator } = multipliers;
    const top = [1, -1].map((sign) => this.steepest(numerators, sign, null)).reduce(larger);
    if (top + (top >> CHECKED_BITS) < slope * denominator) return multipliers;
    // Divided by the violation, rounded up to a multiple of 2^-64, and a little more.
    const violation = 1n - floorDivide(-(top << 64n), slope * denominator);
    return { numerators: numerators.map((value) => value << 64n), denominator: denominator * violation };
  }

  /** The largest sign lambda . a / |Z| over directions, at least 0; times the denominator of lambda, rounded up. */
  private steepest(numerators: readonly bigint[], sign: number, rays: Int32Array | null): bigint {
    let top = 0n;
    const length = rays === null ? this.directions.base : rays.length;
    for (let t = 0; t < length; t++) {
      const { low, high } = this.activationsOf(rays === null ? t : rays[t]!);
      let sum = 0n;
      for (let n = 0; n < numerators.length; n++) {
        const value = sign === 1 ? numerators[n]! : -numerators[n]!;
        if (value > 0n) sum += value * high[n]!;
        else if (value < 0n) sum += value * low[n]!;
      }
      if (sum > top) top = sum;
    }
    return top;
  }

  private activationsOf(direction: number): { low: bigint[]; high: bigint[] } {
    const known = this.activations[direction];
    if (known !== undefined) return known;
    const { question, vectors } = this.directions;
    const { points, penalised, units, p } = question;
    const vector = vectors[direction]!;
    const weights = Array.from({ length: penalised }, (_, i) =>
      Rational.of(vector[i]!).divide(units[i]!).abs(),
    );
    const top = weights.reduce((best, weight) => (best.lessThan(weight) ? weight : best), Rational.zero);
    const norm = normOf(
      weights.map((weight) => weight.divide(top)),
      p,
    );
    const low: bigint[] = [];
    const high: bigint[] = [];
    for (const point of points) {
      const value = dot(point, vector);
      if (value <= 0n) {
        low.push(0n);
        high.push(0n);
        continue;
      }
      // value / top / norm, with 2 BITS digits in the numerator.
      const n = (value * top.denominator) << (2n * BITS);
      low.push(n / (top.numerator * norm.upper));
      high.push(-floorDivide(-n, top.numerator * norm.lower));
    }
    const enclosed = { low, high };
    this.activations[direction] = enclosed;
    return enclosed;
  }
}

/** The empty tree over patterns, of lambda = 0. */
export const NO_PATTERNS: PatternTree = { order: [], leaves: [[0]] };

/** The leaf, or that of lambda = 0 where it is better: what named neurons cost at least. */
export function atLeastZero(leaf: ProvedLeaf, node: BranchNode, powers: SizePowers): ProvedLeaf {
  if (leaf.bound >= 0n) return leaf;
  return {
    multipliers: { numerators: leaf.multipliers.numerators.map(() => 0n), denominator: 1n },
    patterns: leaf.patterns.map(() => NO_PATTERNS),
    bound: powers.named(
      node,
      node.named.map(() => 0n),
    ),
  };
}

/** Powers of the sizes of a branching, enclosed; each computed once. */
export class SizePowers {
  private readonly powers = new Map<number, { value: Rational; low: bigint }>();
  private readonly slopes = new Map<number, bigint>();

  constructor(
    private readonly p: Rational,
    private readonly labelUnit: number,
  ) {}

  sizeOf(size: number): Rational {
    return Rational.fromDouble(size).multiply(Rational.fromDouble(this.labelUnit));
  }

  /** tau^(p-1), rounded down. */
  slope(tau: number): bigint {
    let known = this.slopes.get(tau);
    if (known === undefined) {
      const { upper } = power(this.sizeOf(tau), Rational.one.subtract(this.p), BOUND_BITS);
      known = (1n << (2n * BITS)) / upper;
      this.slopes.set(tau, known);
    }
    return known;
  }

  /** sum over named neurons of min(l^p - M l, u^p - M u), rounded down. */
  named({ named }: BranchNode, slopes: readonly bigint[]): bigint {
    return named.reduce((sum, { low, high }, j) => {
      const [a, b] = [low, high].map((size) => {
        const { value, low: cost } = this.powerOf(size);
        return cost + floorDivide(-slopes[j]! * value.numerator, value.denominator);
      }) as [bigint, bigint];
      return sum + smaller(a, b);
    }, 0n);
  }

  private powerOf(size: number): { value: Rational; low: bigint } {
    let known = this.powers.get(size);
    if (known === undefined) {
      const value = this.sizeOf(size);
      known = { value, low: power(value, this.p, BOUND_BITS).lower };
      this.powers.set(size, known);
    }
    return known;
  }
}

/** The least lambda . f over f in the windows, in units of 2^-BOUND_BITS, rounded down. */
export function labelValue(
  { lower, upper }: PathNormQuestion,
  { numerators, denominator }: Multipliers,
): bigint {
  let sum = Rational.zero;
  numerators.forEach((value, n) => {
    if (value !== 0n) sum = sum.add((value > 0n ? lower : upper)[n]!.multiply(Rational.of(value)));
  });
  return floorDivide(sum.numerator << BITS, sum.denominator * denominator);
}

/** The multipliers of the problem that a solution's lambda (in kernel coordinates, labels divided by labelUnit) suggests, slightly smaller. */
export function roundMultipliers(
  { question, rowUnit }: Directions,
  lambda: Float64Array,
  labelUnit: number,
): Multipliers {
  const { kernel, size, exponent } = question;
  const factor = (labelUnit ** (exponent - 1) / rowUnit) * (1 - 2 ** -34);
  let top = 0;
  for (const value of lambda) top = Math.max(top, Math.abs(value * factor));
  if (!(top > 0) || !Number.isFinite(top)) return { numerators: new Array(size).fill(0n), denominator: 1n };
  const least = Math.floor(Math.log2(top)) - MULTIPLIER_BITS;
  // Coefficient of kernel vector k: a multiple of 2^(least - digits of its largest entry).
  const digits = kernel.map((vector) => bitLength(largestEntry(vector)) - 1);
  const finest = least - Math.max(0, ...digits);
  const numerators: bigint[] = new Array(size).fill(0n);
  kernel.forEach((vector, k) => {
    const unit = least - digits[k]!;
    const coefficient = Rational.fromDouble(lambda[k]! * factor).divide(Rational.of(largestEntry(vector)));
    const count = nearest(coefficient, unit) << BigInt(unit - finest);
    if (count === 0n) return;
    vector.forEach((entry, n) => {
      numerators[n]! += count * entry;
    });
  });
  if (finest >= 0) return { numerators: numerators.map((value) => value << BigInt(finest)), denominator: 1n };
  return { numerators, denominator: 1n << BigInt(-finest) };
}

/** (sum of w^p)^(1/p) for w in [0, 1], the largest 1, enclosed in units of 2^-BITS. */
export function normOf(weights: readonly Rational[], p: Rational): { lower: bigint; upper: bigint } {
  let lower = 0n;
  let upper = 0n;
  for (const weight of weights) {
    if (weight.isZero()) continue;
    const term = power(weight, p, BOUND_BITS);
    lower += term.lower;
    upper += term.upper;
  }
  if (p.equals(Rational.one)) return { lower, upper };
  // S^(1/p) = S^whole * S^rest.
  const inverse = Rational.one.divide(p);
  const whole = inverse.numerator / inverse.denominator;
  const rest = inverse.subtract(Rational.of(whole));
  const raise = (value: bigint, up: boolean): bigint => {
    const base = Rational.of(value, 1n << BITS);
    const part = power(base, rest, BOUND_BITS);
    const product = (up ? part.upper : part.lower) * value ** whole;
    const shift = BITS * whole;
    return up ? -(-product >> shift) : product >> shift;
  };
  return { lower: raise(lower, false), upper: raise(upper, true) };
}

/** The integer nearest to value / 2^exponent. */
function nearest(value: Rational, exponent: number): bigint {
  const n = exponent < 0 ? value.numerator << BigInt(-exponent) : value.numerator;
  const d = exponent < 0 ? value.denominator : value.denominator << BigInt(exponent);
  return floorDivide(2n * n + d, 2n * d);
}
