import { gcd, sign } from '../exact/bigint.js';
import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import type { Expression } from './expression.js';

/** Coefficients c_0, c_1, .. of sum c_i x^i; exact, the last one is not 0. The zero polynomial has none. */
export type Polynomial = readonly Rational[];

/** The same with integers, up to a positive factor. */
type Integers = readonly bigint[];

/** Largest degree that is expanded. */
const MOST_DEGREE = 100;

/** The polynomial that a formula is, written out; null when it is none, or one of degree above 100. */
export function polynomialOf(expression: Expression): Polynomial | null {
  switch (expression.type) {
    case 'constant':
      return trimmed([Rational.parse(expression.text)]);
    case 'variable':
      return [Rational.zero, Rational.one];
    case 'named':
    case 'choose':
      return null;
    case 'apply':
      return applied(expression.name, expression.operands);
  }
}

function applied(name: string, operands: readonly Expression[]): Polynomial | null {
  const known = name === 'unaryMinus' || name === 'unaryPlus' || name === 'square' || name === 'cube';
  if (!known && !['add', 'subtract', 'multiply', 'divide', 'pow'].includes(name)) return null;
  const [a, b] = operands.map(polynomialOf);
  if (a === null || a === undefined) return null;
  if (name === 'unaryPlus') return a;
  if (name === 'unaryMinus') return subtract([], a);
  if (name === 'square' || name === 'cube') return power(a, name === 'square' ? 2 : 3);
  if (b === null || b === undefined) return null;
  switch (name) {
    case 'add':
      return add(a, b);
    case 'subtract':
      return subtract(a, b);
    case 'multiply':
      return a.length + b.length - 2 > MOST_DEGREE ? null : multiply(a, b);
    case 'divide':
      return b.length === 1 ? a.map((c) => c.divide(b[0]!)) : null;
    default: {
      const n = b.length === 0 ? Rational.zero : b.length === 1 ? b[0]! : null;
      if (n === null || n.denominator !== 1n || n.sign() < 0) return null;
      return power(a, Number(n.numerator));
    }
  }
}

const trimmed = (coefficients: readonly Rational[]): Polynomial => {
  let length = coefficients.length;
  while (length > 0 && coefficients[length - 1]!.isZero()) length--;
  return coefficients.slice(0, length);
};

export function add(a: Polynomial, b: Polynomial): Polynomial {
  const at = (p: Polynomial, i: number) => p[i] ?? Rational.zero;
  return trimmed(Array.from({ length: Math.max(a.length, b.length) }, (_, i) => at(a, i).add(at(b, i))));
}

export function subtract(a: Polynomial, b: Polynomial): Polynomial {
  return add(
    a,
    b.map((c) => c.negate()),
  );
}

function multiply(a: Polynomial, b: Polynomial): Polynomial {
  if (a.length === 0 || b.length === 0) return [];
  const product = new Array<Rational>(a.length + b.length - 1).fill(Rational.zero);
  a.forEach((p, i) => {
    b.forEach((q, j) => {
      product[i + j] = product[i + j]!.add(p.multiply(q));
    });
  });
  return product;
}

function power(a: Polynomial, n: number): Polynomial | null {
  if (a.length > 1 && (a.length - 1) * n > MOST_DEGREE) return null;
  // Constants have powers of any size.
  if (n > 1000) return null;
  let product: Polynomial = [Rational.one];
  for (let i = 0; i < n; i++) product = multiply(product, a);
  return product;
}

export function valueAt(a: Polynomial, x: Rational): Rational {
  return a.reduceRight((sum, c) => sum.multiply(x).add(c), Rational.zero);
}

/**
 * Is a polynomial >= 0 everywhere on [from, to]? Exact: it changes its sign there only at roots of odd multiplicity, and the polynomial with these as its simple
 * roots has as many between from and to as its Sturm sequence says.
 */
export function isNonNegativeOn(a: Polynomial, from: Rational, to: Rational): boolean {
  if (a.length === 0) return true;
  if (valueAt(a, from).sign() < 0 || valueAt(a, to).sign() < 0) return false;
  if (a.length === 1 || from.equals(to)) return true;
  const integers = primitive(overCommonDenominator(a).numerators);
  if (rootsInside(oddPart(integers), from, to) > 0) return false;
  // One sign throughout: that of any place between which is no root; one of so many is none.
  const step = to.subtract(from).divide(Rational.of(a.length + 1));
  for (let i = 1; i <= a.length; i++) {
    const found = valueAt(a, from.add(step.multiply(Rational.of(i)))).sign();
    if (found !== 0) return found > 0;
  }
  return true;
}

/** Different roots in the open interval of a polynomial without multiple roots. */
function rootsInside(a: Integers, from: Rational, to: Rational): number {
  const sequence = sturmSequence(a);
  const inHalfOpen = variations(sequence, from) - variations(sequence, to);
  return inHalfOpen - (signAt(a, to) === 0 ? 1 : 0);
}

/** a, a', and minus the remainder of the two before, each up to a positive factor. */
function sturmSequence(a: Integers): Integers[] {
  const sequence = [a, derivative(a)];
  for (;;) {
    const last = sequence.at(-1)!;
    if (last.length === 0) return sequence.slice(0, -1);
    sequence.push(remainder(sequence.at(-2)!, last).map((c) => -c));
  }
}

function variations(sequence: readonly Integers[], x: Rational): number {
  let count = 0;
  let last = 0;
  for (const polynomial of sequence) {
    const current = signAt(polynomial, x);
    if (current === 0) continue;
    if (last !== 0 && current !== last) count++;
    last = current;
  }
  return count;
}

/** The sign of sum c_i n^i d^(degree - i) for x = n / d. */
function signAt(a: Integers, { numerator, denominator }: Rational): number {
  let value = 0n;
  let scale = 1n;
  for (let i = a.length - 1; i >= 0; i--) {
    value = value * numerator + a[i]! * scale;
    scale *= denominator;
  }
  return sign(value);
}

/** The product of the factors of odd multiplicity, each once (Yun 1976). */
function oddPart(a: Integers): Integers {
  let rest = greatestCommonDivisor(a, derivative(a));
  let factors = quotient(a, rest);
  let odd: Integers = [1n];
  for (let multiplicity = 1; factors.length > 1; multiplicity++) {
    const next = greatestCommonDivisor(factors, rest);
    if (multiplicity % 2 === 1) odd = product(odd, quotient(factors, next));
    factors = next;
    rest = quotient(rest, next);
  }
  return odd;
}

const derivative = (a: Integers): Integers => a.slice(1).map((c, i) => c * BigInt(i + 1));

function product(a: Integers, b: Integers): Integers {
  const result = new Array<bigint>(a.length + b.length - 1).fill(0n);
  a.forEach((p, i) => {
    b.forEach((q, j) => {
      result[i + j]! += p * q;
    });
  });
  return result;
}

/** Divided by the greatest common divisor of its coefficients, which is positive. */
function primitive(a: Integers): Integers {
  let length = a.length;
  while (length > 0 && a[length - 1] === 0n) length--;
  let common = 0n;
  for (let i = 0; i < length; i++) common = gcd(common, a[i]!);
  return a.slice(0, length).map((c) => c / common);
}

/** a mod b, primitive and up to a positive factor; b is not 0. */
function remainder(a: Integers, b: Integers): Integers {
  let rest = a.slice();
  const lead = b.at(-1)!;
  const size = lead < 0n ? -lead : lead;
  while (rest.length >= b.length) {
    const top = rest.at(-1)! * (lead < 0n ? -1n : 1n);
    const shift = rest.length - b.length;
    rest = rest.map((c, i) => c * size - (i < shift ? 0n : top * b[i - shift]!));
    rest = primitive(rest).slice();
  }
  return rest;
}

function greatestCommonDivisor(a: Integers, b: Integers): Integers {
  let [p, q] = [a, b];
  while (q.length > 0) [p, q] = [q, remainder(p, q)];
  return primitive(p);
}

/** a / b, which leaves no rest, up to a positive factor and its sign as long division gives it. */
function quotient(a: Integers, b: Integers): Integers {
  let rest = a.map((c) => Rational.of(c));
  const lead = Rational.of(b.at(-1)!);
  const result: Rational[] = [];
  for (let shift = a.length - b.length; shift >= 0; shift--) {
    const factor = rest[shift + b.length - 1]!.divide(lead);
    result.unshift(factor);
    rest = rest.map((c, i) => {
      const own = b[i - shift];
      return own === undefined ? c : c.subtract(factor.multiply(Rational.of(own)));
    });
  }
  return primitive(overCommonDenominator(result).numerators);
}
