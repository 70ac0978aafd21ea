import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { rationalsOf } from './problems.js';

/** One vertex of the family S restricted to a run, by brute force. */
export interface EnumeratedWord {
  word: string;
  knots: number;
  /** Product of the absolute slope changes. */
  product: Rational;
  /** The slopes from left to right without repetition: equal for equal functions. */
  slopes: string;
}

/**
 * All 2^(m-1) words of the run that holds the points first .. first + m, written out from the definition: slope s_{first-1} comes
 * in, the segment through point first + j takes slope s_{first+j-1} (bit 0) or s_{first+j} (bit 1), s_{first+m} goes out.
 */
export function enumerateWords(problem: Problem, first: number, points: number): EnumeratedWord[] {
  const { x, lower: y } = rationalsOf(problem);
  const s = x.slice(1).map((right, i) => y[i + 1]!.subtract(y[i]!).divide(right.subtract(x[i]!)));
  const m = points - 1;
  const bits = Math.max(0, m - 1);
  return Array.from({ length: 2 ** bits }, (_, code) => {
    const word = code.toString(2).padStart(bits, '0').slice(0, bits);
    const sequence = [s[first - 1]!];
    for (let j = 1; j < m; j++) sequence.push(word[j - 1] === '0' ? s[first + j - 1]! : s[first + j]!);
    sequence.push(s[first + m]!);
    const changes = sequence.slice(1).map((u, j) => u.subtract(sequence[j]!).abs());
    const real = changes.filter((change) => !change.isZero());
    const distinct = sequence.filter((u, j) => j === 0 || !u.equals(sequence[j - 1]!));
    return {
      word,
      knots: real.length,
      product: real.reduce((total, change) => total.multiply(change), Rational.one),
      slopes: distinct.join(' '),
    };
  });
}

/** The words with the fewest knots. */
export function sparsestWords(words: readonly EnumeratedWord[]): EnumeratedWord[] {
  const fewest = Math.min(...words.map(({ knots }) => knots));
  return words.filter(({ knots }) => knots === fewest);
}
