import type { PatternNode } from '../certificate/patterns.js';
import { writeInteger } from '../certificate/search-proof.js';
import { abs } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import type { Problem } from '../problem/problem.js';
import { pointsOf } from './points.js';

/** An activation pattern of a neuron on the data, and a neuron that has it. */
export interface ActivationPattern {
  /** 1 where w . x_n + b > 0, else 0; one entry per canonical point. */
  readonly active: Uint8Array;
  /** Exact; w . x_n + b is never 0. */
  readonly witness: { readonly inputWeights: readonly Rational[]; readonly bias: Rational };
}

/** A node of the tree of all signs; `proof` is its form in a certificate. */
export interface SignNode {
  readonly proof: PatternNode;
  /** Where all vectors have a sign. */
  readonly cell: SignCell | null;
}

/** Signs that the products w . X_n can have at once. */
export interface SignCell {
  /** 1 where w . X_n > 0, else 0; one entry per vector. */
  readonly signs: readonly (0 | 1)[];
  /** Exact; no product is 0. */
  readonly weights: readonly Rational[];
}

/** A node of the tree of a problem. */
interface TreeNode {
  readonly proof: PatternNode;
  readonly pattern: ActivationPattern | null;
}

/**
 * All activation patterns {n : w . x_n + b > 0} that some neuron has on the inputs of a problem, each once, with an exact
 * witness. They are the dichotomies of the points by hyperplanes, all-active and all-inactive included.
 *
 * Strict or weak makes no difference: a neuron with w . x_n + b = 0 at some points has the pattern of (w, b - eps), which
 * is negative there and keeps all strict signs. So the witnesses here have no zeros, and every pattern counts once.
 */
export function* activationPatterns(problem: Problem): Generator<ActivationPattern> {
  for (const { pattern } of patternTree(problem)) if (pattern !== null) yield pattern;
}

/** The tree over the signs at the points X_n = (x_n, 1). */
function* patternTree(problem: Problem): Generator<TreeNode> {
  const { exact: points, width, featureScales } = pointsOf(problem);
  for (const { proof, cell } of signTree(points, width)) {
    if (cell === null) {
      yield { proof, pattern: null };
      continue;
    }
    const inputWeights = featureScales.map((scale, i) => cell.weights[i]!.divide(scale));
    const bias = cell.weights[width - 1]!;
    yield {
      proof: [...inputWeights, bias].map(String),
      pattern: { active: Uint8Array.from(cell.signs), witness: { inputWeights, bias } },
    };
  }
}

/**
 * The nodes of the proof in preorder. Depth-first over the vectors: signs of the first n vectors are extended by each sign of the next
 * one that an exact linear program confirms; the witness at hand confirms one of them for nothing. At most one program per vector and cell. A sign that a
 * program rules out has Farkas multipliers: positive multiples of the vectors, with their signs, that add up to 0.
 * @param vectors X_n, `width` integers each
 * @param given so many of the first vectors have the sign +; some w has these signs
 */
export function* signTree(
  vectors: readonly (readonly bigint[])[],
  width: number,
  given = 0,
): Generator<SignNode> {
  const rows = vectors.map(
    (vector) => [new LinearRow(vector, '<=', -1n), new LinearRow(vector, '>=', 1n)] as const,
  );
  const start: (0 | 1)[] = new Array(given).fill(1);
  const first =
    given === 0 ? null : decide({ unknowns: width, rows: rows.slice(0, given).map((row) => row[1]) });
  const origin: Rational[] = new Array(width).fill(Rational.zero);
  /** Signs of the first vectors (1 positive), and weights that have them, or the proof that there are none. */
  const stack: { signs: readonly (0 | 1)[]; weights: readonly Rational[] | null; refuted: PatternNode }[] = [
    { signs: start, weights: first?.status === 'feasible' ? first.point : origin, refuted: 0 },
  ];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { signs, weights, refuted } = next;
    const n = signs.length;
    if (weights === null) {
      yield { proof: refuted, cell: null };
      continue;
    }
    if (n === vectors.length) {
      yield { proof: weights.map(String), cell: { signs, weights } };
      continue;
    }
    yield { proof: 0, cell: null };
    const value = vectors[n]!.reduce(
      (sum, x, i) => sum.add(weights[i]!.multiply(Rational.of(x))),
      Rational.zero,
    );
    for (const sign of [0, 1] as const) {
      const extended = [...signs, sign];
      if (value.sign() === (sign === 1 ? 1 : -1)) {
        stack.push({ signs: extended, weights, refuted: 0 });
        continue;
      }
      const outcome = decide({ unknowns: width, rows: extended.map((s, m) => rows[m]![s]) });
      if (outcome.status === 'feasible') stack.push({ signs: extended, weights: outcome.point, refuted: 0 });
      else {
        const refutation = outcome.multipliers.flatMap((y, m) => (y === 0n ? [] : [m, writeInteger(abs(y))]));
        stack.push({ signs: extended, weights: null, refuted: refutation });
      }
    }
  }
}

/** The activation patterns on the inputs of a problem, up to a limit. */
export interface PatternList {
  readonly patterns: readonly ActivationPattern[];
  /** There are no others. */
  readonly complete: boolean;
  /** How many there can be; see `patternsInGeneralPosition`. */
  readonly atMost: bigint;
}

/**
 * At most `limit` activation patterns, and whether there are more: a computation that can be left with those found by then.
 */
export class PatternSearch {
  private readonly patterns: ActivationPattern[] = [];

  /** @param visit told every node of the proof in preorder; the proof is one only when the list is complete */
  constructor(
    private readonly problem: Problem,
    private readonly limit: number,
    private readonly visit: (node: PatternNode) => void = () => {},
  ) {}

  *steps(): Steps<PatternList> {
    for (const { proof, pattern } of patternTree(this.problem)) {
      if (pattern !== null && this.patterns.length === this.limit) return this.found;
      this.visit(proof);
      if (pattern !== null) this.patterns.push(pattern);
      yield;
    }
    return { ...this.found, complete: true };
  }

  /** The patterns found so far, as if there were others. */
  get found(): PatternList {
    const { size, dimension } = this.problem;
    return { patterns: this.patterns, complete: false, atMost: patternsInGeneralPosition(size, dimension) };
  }
}

/** Number of activation patterns on the inputs of a problem. Exact; see `activationPatterns`. */
export function countActivationPatterns(problem: Problem): number {
  let count = 0;
  for (const _ of activationPatterns(problem)) count++;
  return count;
}

/**
 * 2 sum_{i <= d} C(N - 1, i): the number of patterns of N points in general position in dimension d, and an upper bound for
 * any N points (Cover 1965).
 */
export function patternsInGeneralPosition(size: number, dimension: number): bigint {
  let binomial = 1n;
  let sum = 0n;
  for (let i = 0; i <= Math.min(dimension, size - 1); i++) {
    sum += binomial;
    binomial = (binomial * BigInt(size - 1 - i)) / BigInt(i + 1);
  }
  return 2n * sum;
}
