import type { ExactColumn } from '../exact/column.js';
import type { Rational } from '../exact/rational.js';
import type { Objective, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { hasLower, hasUpper } from '../problem/windows.js';

/** "Some network of this architecture with at most `size` neurons (or parameters) passes through every window." */
export interface SizeStatement {
  readonly objective: Objective;
  readonly skip: Skip;
  readonly size: number;
}

/**
 * The statement in SMT-LIB 2 (QF_LRA), for solvers such as z3 and cvc5: satisfiable exactly when it is true. Numbers are the exact ones of the
 * data, nothing is scaled or boxed. Every neuron is scaled to output weight 1 or -1, positive ones first:
 *
 *   w_k_i, i < d: input weights, w_k_d: bias; s_k: is the output weight 1?; h_k_n = (w_k . (x_n, 1))+; a_i: skip, a_d its constant.
 *
 * Parameters: a network with at most B of them has at most B neurons.
 */
export function* smtChunks(problem: Problem, { objective, skip, size }: SizeStatement): Generator<string> {
  const { dimension, inputs, lower, upper } = problem;
  const neurons = Array.from({ length: size }, (_, k) => k);
  const entries = Array.from({ length: dimension + 1 }, (_, i) => i);
  const free = skip === 'affine' ? entries : skip === 'bias' ? [dimension] : [];
  yield `; some network with skip ${skip} and at most ${size} ${objective} passes through ${problem.size} windows\n`;
  yield '(set-logic QF_LRA)\n';
  for (const k of neurons) {
    yield `(declare-const s_${k} Bool)\n`;
    for (const i of entries) yield `(declare-const w_${k}_${i} Real)\n`;
    if (k > 0) yield `(assert (=> s_${k} s_${k - 1}))\n`;
  }
  for (const i of free) yield `(declare-const a_${i} Real)\n`;
  for (let n = 0; n < problem.size; n++) {
    const x = inputs.map((column) => numberText(column.value(n)));
    const affine = (name: (i: number) => string, over: readonly number[]): string =>
      sum(over.map((i) => (i === dimension ? name(i) : `(* ${x[i]} ${name(i)})`)));
    for (const k of neurons) {
      yield `(declare-const h_${k}_${n} Real)\n`;
      const z = affine((i) => `w_${k}_${i}`, entries);
      yield `(assert (let ((z ${z})) (= h_${k}_${n} (ite (>= z 0.0) z 0.0))))\n`;
    }
    const terms = neurons.map((k) => `(ite s_${k} h_${k}_${n} (- h_${k}_${n}))`);
    const f = sum([...terms, affine((i) => `a_${i}`, free)]);
    const bounds = [
      ...(hasLower(problem, n) ? [`(<= ${valueText(lower, n)} f)`] : []),
      ...(hasUpper(problem, n) ? [`(<= f ${valueText(upper, n)})`] : []),
    ];
    yield `(assert (let ((f ${f})) (and ${bounds.join(' ')})))\n`;
  }
  if (objective === 'parameters') {
    const nonzeros = neurons.flatMap((k) => entries.map((i) => `(ite (= w_${k}_${i} 0.0) 0.0 1.0)`));
    yield `(assert (<= ${sum(nonzeros)} ${size}.0))\n`;
  }
  yield '(check-sat)\n';
}

function sum(terms: readonly string[]): string {
  return terms.length === 0 ? '0.0' : terms.length === 1 ? terms[0]! : `(+ ${terms.join(' ')})`;
}

function valueText(column: ExactColumn, n: number): string {
  return numberText(column.value(n));
}

function numberText(value: Rational): string {
  const { numerator, denominator } = value.abs();
  const text = denominator === 1n ? `${numerator}.0` : `(/ ${numerator}.0 ${denominator}.0)`;
  return value.sign() < 0 ? `(- ${text})` : text;
}
