import type { PatternNode, PatternsClaim } from '../certificate/patterns.js';
import { sign } from '../exact/bigint.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { guard } from './verdict.js';

/** Most digits of a multiplier, as for search proofs. */
const MOST_DIGITS = 100_000;

/** tree -> all activation patterns of a neuron on the inputs, counted. */
export function checkPatterns(
  problem: Problem,
  { proof, network, pieces, function: values }: Statement,
  { count }: PatternsClaim,
): string {
  guard(
    network === undefined && pieces === undefined && values === undefined,
    'claim-network',
    () => 'a claim about patterns has no network',
  );
  guard(proof.kind === 'pattern-tree', 'claim-proof', () => `proof ${proof.kind} does not count patterns`);
  const tree = PatternTree.of(problem);
  for (const node of proof.nodes) tree.push(node);
  tree.finish(count);
  return `a neuron with ${problem.dimension} inputs has exactly ${count} activation patterns on the ${problem.size} points`;
}

/**
 * Takes the nodes of a tree one by one, so that the tree need not be held in memory. Labels play no part.
 *
 * Signs are those of w . X_n with X_n = (x_n, 1). Each pattern {n : w . X_n > 0} has a neuron without zeros (b a little lower), so the signs +
 * and - of all points are all cases.
 */
export class PatternTree {
  /** Signs of the first vectors on the way to the next node: 1 active, -1 inactive. Null behind the last node. */
  private signs: (1 | -1)[] | null;
  private found = 0;

  /**
   * @param columns entry i of every X_n is columns[i](n), up to a positive factor scales[i]
   * @param size number of vectors X_n
   * @param given so many of the first have the sign +, and the tree branches on the others
   */
  constructor(
    private readonly columns: readonly ((n: number) => bigint)[],
    private readonly scales: readonly Rational[],
    private readonly size: number,
    private readonly given = 0,
  ) {
    this.signs = new Array(given).fill(1);
  }

  /** The tree over the points X_n = (x_n, 1) of a problem. */
  static of({ inputs, size }: Problem): PatternTree {
    return new PatternTree(
      [...inputs.map((column) => (n: number) => column.integer(n)), () => 1n],
      [...inputs.map((column) => column.integerScale), Rational.one],
      size,
    );
  }

  push(node: PatternNode): void {
    const { signs } = this;
    guard(signs !== null, 'patterns-tree', () => 'nodes follow after the end of the tree');
    if (node === 0) {
      guard(signs.length < this.size, 'patterns-tree', () => 'a branching where all points have signs');
      signs.push(1);
      return;
    }
    if (typeof node[0] === 'string') {
      this.checkWitness(signs, node as readonly string[]);
      this.found++;
    } else this.checkRefutation(signs, node);
    // On to the second child of the last branching that has one left.
    while (signs[signs.length - 1] === -1) signs.pop();
    if (signs.length === this.given) this.signs = null;
    else signs[signs.length - 1] = -1;
  }

  /** count = patterns of the tree. */
  finish(count: number): void {
    guard(this.signs === null, 'patterns-tree', () => 'the tree ends before all its branches do');
    guard(
      count === this.found,
      'patterns-count',
      () => `the claim is ${count} patterns, the tree has ${this.found}`,
    );
  }

  /** [w, b] has the signs of the path at all points. */
  private checkWitness(signs: readonly number[], texts: readonly string[]): void {
    const { size } = this;
    const dimension = this.columns.length - 1;
    guard(signs.length === size, 'patterns-tree', () => `a neuron after the signs of ${signs.length} points`);
    guard(
      texts.length === dimension + 1,
      'patterns-witness',
      () => `${texts.length} numbers, expected ${dimension} weights and a bias`,
    );
    const values = texts.map((text, i) => Rational.parse(text).multiply(this.scales[i]!));
    const { numerators: weights } = overCommonDenominator(values);
    for (let n = 0; n < size; n++) {
      const value = weights.reduce((sum, weight, i) => sum + weight * this.columns[i]!(n), 0n);
      guard(
        sign(value) === signs[n],
        'patterns-witness',
        () => `the neuron (${texts.join(', ')}) does not have the sign of its pattern at point ${n}`,
      );
    }
  }

  /** Positive multiples of sign_n X_n add up to 0, so sign_n (w . X_n) > 0 cannot hold at all of these points. */
  private checkRefutation(signs: readonly number[], node: Exclude<PatternNode, 0>): void {
    const rule = 'patterns-refutation';
    guard(node.length > 0 && node.length % 2 === 0, rule, () => 'expected points with multipliers');
    const sums: bigint[] = this.columns.map(() => 0n);
    for (let j = 0; j < node.length; j += 2) {
      const point = node[j]!;
      guard(
        typeof point === 'number' && point >= 0 && point < signs.length,
        rule,
        () => `point ${point}: expected one of the ${signs.length} that have a sign`,
      );
      const written = String(node[j + 1]!);
      guard(
        /^[1-9][0-9]*$/.test(written) && written.length <= MOST_DIGITS,
        rule,
        () => `multiplier ${written}: expected a positive integer`,
      );
      const multiplier = BigInt(written) * BigInt(signs[point]!);
      for (let i = 0; i < sums.length; i++) sums[i]! += multiplier * this.columns[i]!(point);
    }
    guard(
      sums.every((sum) => sum === 0n),
      rule,
      () => `the multiples of ${node.length / 2} points do not add up to 0`,
    );
  }
}
