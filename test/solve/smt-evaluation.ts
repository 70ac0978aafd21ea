import { Rational } from '../../src/exact/rational.js';
import type { Network } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';

type Term = string | readonly Term[];

/** The expressions of an SMT-LIB text. */
function parse(text: string): Term[] {
  const tokens = text.replace(/;.*/g, '').match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const read = (): Term => {
    if (tokens[at++] !== '(') return tokens[at - 1]!;
    const list: Term[] = [];
    while (tokens[at] !== ')') list.push(read());
    at++;
    return list;
  };
  const terms: Term[] = [];
  while (at < tokens.length) terms.push(read());
  return terms;
}

type Value = Rational | boolean;

function evaluate(term: Term, names: ReadonlyMap<string, Value>): Value {
  if (typeof term === 'string') return names.get(term) ?? Rational.parse(term);
  const [head, ...rest] = term;
  if (head === 'let') {
    const inner = new Map(names);
    for (const [name, value] of rest[0] as [string, Term][]) inner.set(name, evaluate(value, names));
    return evaluate(rest[1]!, inner);
  }
  if (head === 'ite') return evaluate(evaluate(rest[0]!, names) ? rest[1]! : rest[2]!, names);
  const values = rest.map((each) => evaluate(each, names));
  if (head === 'and') return values.every((value) => value === true);
  if (head === '=>') return values[0] === false || values[1] === true;
  const [a, b] = values as [Rational, Rational];
  switch (head) {
    case '+':
      return (values as Rational[]).reduce((total, value) => total.add(value));
    case '*':
      return a.multiply(b);
    case '/':
      return a.divide(b);
    case '-':
      return a.negate();
    case '<=':
      return a.compare(b) <= 0;
    case '>=':
      return a.compare(b) >= 0;
    case '=':
      return a.equals(b);
    default:
      throw new Error(`no operator is called ${String(head)}`);
  }
}

/** Are all assertions of the text true of a network of `size` neurons or fewer? Exact. */
export function holdsFor(text: string, problem: Problem, network: Network, size: number): boolean {
  const names = new Map<string, Value>();
  const scaled = network.neurons
    .map(({ inputWeights, bias, outputWeight }) => ({
      weights: [...inputWeights, bias].map((weight) => weight.multiply(outputWeight.abs())),
      isPositive: outputWeight.sign() > 0,
    }))
    .sort((a, b) => Number(b.isPositive) - Number(a.isPositive));
  const zero = { weights: new Array<Rational>(problem.dimension + 1).fill(Rational.zero), isPositive: false };
  for (let k = 0; k < size; k++) {
    const { weights, isPositive } = scaled[k] ?? zero;
    names.set(`s_${k}`, isPositive);
    weights.forEach((weight, i) => {
      names.set(`w_${k}_${i}`, weight);
    });
    for (let n = 0; n < problem.size; n++) {
      const z = problem.inputs.reduce(
        (total, column, i) => total.add(weights[i]!.multiply(column.value(n))),
        weights[problem.dimension]!,
      );
      names.set(`h_${k}_${n}`, z.sign() > 0 ? z : Rational.zero);
    }
  }
  network.skip?.weights.forEach((weight, i) => {
    names.set(`a_${i}`, weight);
  });
  names.set(`a_${problem.dimension}`, network.skip?.bias ?? Rational.zero);
  for (let i = 0; i < problem.dimension; i++) if (!names.has(`a_${i}`)) names.set(`a_${i}`, Rational.zero);
  return parse(text)
    .filter((term) => term[0] === 'assert')
    .every((term) => evaluate(term[1] as Term, names) === true);
}
