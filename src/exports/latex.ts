import type { Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';

/** Pieces written out as cases; beyond it the sum of hinges is shorter. */
const MOST_CASES = 12;

/** A function of one input, exact: its pieces as cases, or, when there are many, as a sum of hinges. */
export function functionInLatex(f: PiecewiseLinear): string {
  if (f.knots.length > MOST_CASES) return hinges(f);
  let slope = f.slope;
  let intercept = f.intercept;
  const rows: string[] = [];
  f.knots.forEach(({ at, slopeChange }, k) => {
    rows.push(
      `${line(slope, intercept)}, & ${k === 0 ? '' : `${fraction(f.knots[k - 1]!.at)} \\le `}x < ${fraction(at)}`,
    );
    slope = slope.add(slopeChange);
    intercept = intercept.subtract(slopeChange.multiply(at));
  });
  if (rows.length === 0) return `f(x) = ${line(slope, intercept)}\n`;
  rows.push(`${line(slope, intercept)}, & ${fraction(f.knots.at(-1)!.at)} \\le x`);
  return `f(x) = \\begin{cases}\n  ${rows.join(' \\\\\n  ')}\n\\end{cases}\n`;
}

function hinges(f: PiecewiseLinear): string {
  const terms = f.knots.map(({ at, slopeChange }) => {
    const sign = slopeChange.sign() < 0 ? '-' : '+';
    return `  ${sign} ${factor(slopeChange.abs())}\\left(x ${signed(at.negate())}\\right)_+`;
  });
  return `f(x) = ${line(f.slope, f.intercept)}\n${terms.join('\n')}\n`;
}

/** A network, exact: a sum of hinges in x_1, x_2, .. */
export function networkInLatex({ inputDimension, neurons, skip }: Network): string {
  const name = (i: number) => (inputDimension === 1 ? 'x' : `x_{${i + 1}}`);
  const affine = (weights: readonly Rational[], bias: Rational): string => {
    const terms = weights.flatMap((weight, i) =>
      weight.isZero() ? [] : [`${weight.sign() < 0 ? '- ' : '+ '}${factor(weight.abs())}${name(i)}`],
    );
    if (!bias.isZero() || terms.length === 0) terms.push(signed(bias));
    return terms.join(' ').replace(/^\+ /, '').replace(/^- /, '-');
  };
  const terms = neurons.map(
    ({ inputWeights, bias, outputWeight }) =>
      `  ${outputWeight.sign() < 0 ? '-' : '+'} ${factor(outputWeight.abs())}\\left(${affine(inputWeights, bias)}\\right)_+`,
  );
  const start = skip === null ? '' : affine(skip.weights, skip.bias);
  const body = [start, ...terms]
    .filter((part) => part !== '')
    .join('\n')
    .trimStart()
    .replace(/^\+ /, '');
  return `f(x) = ${body === '' ? '0' : body}\n`;
}

function line(slope: Rational, intercept: Rational): string {
  if (slope.isZero()) return number(intercept);
  const start = `${slope.sign() < 0 ? '-' : ''}${factor(slope.abs())}x`;
  return intercept.isZero() ? start : `${start} ${signed(intercept)}`;
}

/** A positive factor in front of something: nothing for 1. */
function factor(value: Rational): string {
  return value.numerator === value.denominator ? '' : `${fraction(value)}\\,`;
}

function signed(value: Rational): string {
  return `${value.sign() < 0 ? '-' : '+'} ${fraction(value.abs())}`;
}

function number(value: Rational): string {
  return value.sign() < 0 ? `-${fraction(value.abs())}` : fraction(value);
}

function fraction(value: Rational): string {
  if (value.sign() < 0) return `-${fraction(value.abs())}`;
  return value.denominator === 1n ? `${value.numerator}` : `\\frac{${value.numerator}}{${value.denominator}}`;
}
