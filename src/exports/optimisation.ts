import { maximum, minimum, Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Header } from './code.js';
import type { RoundedFunction, RoundedNetwork } from './rounded.js';

/** The box of the data: the least and the greatest value of every input. */
function boxOf({ inputs, size }: Problem): { least: Rational; greatest: Rational }[] {
  return inputs.map((column) => {
    let least = column.value(0);
    let greatest = least;
    for (let n = 1; n < size; n++) {
      least = minimum(least, column.value(n));
      greatest = maximum(greatest, column.value(n));
    }
    return { least, greatest };
  });
}

/**
 * A fragment of a model in CPLEX LP format: y = f(x) for x in the box of the data. A hinge h = max(0, z) that changes sign in the box has one binary
 * b and its exact big-M numbers, the least and the greatest z in the box, rounded outward; the others need none. Where every hinge with a
 * binary has a positive weight f is convex in them: a model that only presses y down may leave out the binaries and the rows that name them,
 * and the fragment says so.
 */
export function lpFragment(problem: Problem, { neurons, skip }: RoundedNetwork, header: Header): string {
  const box = boxOf(problem);
  const x = (i: number) => (box.length === 1 ? 'x' : `x${i + 1}`);
  const terms = new Map<string, number>();
  const add = (name: string, value: number) => terms.set(name, (terms.get(name) ?? 0) + value);
  let constant = skip?.bias ?? 0;
  skip?.weights.forEach((weight, i) => {
    add(x(i), weight);
  });
  const rows: string[] = [];
  const hinges: string[] = [];
  const binaries: string[] = [];
  let isConvex = true;
  neurons.forEach(({ weights, bias, output }, k) => {
    if (output === 0) return;
    const [low, high] = rangeOf(weights, bias, box);
    if (high.sign() <= 0) return;
    const h = `h${k + 1}`;
    const z = weights.flatMap((weight, i) => (weight === 0 ? [] : [[x(i), -weight] as const]));
    hinges.push(h);
    add(h, output);
    if (low.sign() >= 0) {
      rows.push(` is_${h}: ${sum([[h, 1], ...z])} = ${bias}`);
      return;
    }
    isConvex &&= output > 0;
    const b = `b${k + 1}`;
    binaries.push(b);
    const [M, m] = [outward(high, 1), outward(low, -1)];
    rows.push(
      ` above_${h}: ${sum([[h, 1], ...z])} >= ${bias}`,
      // h <= z - m (1 - b)
      ` on_${h}: ${sum([[h, 1], ...z, [b, -m]])} <= ${outward(Rational.fromDouble(bias).subtract(Rational.fromDouble(m)), 1)}`,
      ` off_${h}: ${sum([
        [h, 1],
        [b, -M],
      ])} <= 0`,
    );
  });
  const f = sum([
    ['y', 1],
    ...[...terms].filter(([, value]) => value !== 0).map(([name, value]) => [name, -value] as const),
  ]);
  constant = Object.is(constant, -0) ? 0 : constant;
  const notes = [
    ...header,
    ...(binaries.length > 0 && isConvex
      ? ['convex: where the model only presses y down, leave out the binaries and the rows on_ and off_']
      : []),
  ];
  return [
    ...notes.map((line) => `\\ ${line}`),
    'Minimize',
    ' obj: y',
    'Subject To',
    ` f: ${f} = ${constant}`,
    ...rows,
    'Bounds',
    ' y free',
    ...box.map(({ least, greatest }, i) => ` ${outward(least, -1)} <= ${x(i)} <= ${outward(greatest, 1)}`),
    ...hinges.map((h) => ` ${h} >= 0`),
    ...(binaries.length === 0 ? [] : ['Binary', ...binaries.map((b) => ` ${b}`)]),
    'End',
    '',
  ].join('\n');
}

/** The least and the greatest w . x + b in a box. */
function rangeOf(
  weights: readonly number[],
  bias: number,
  box: readonly { readonly least: Rational; readonly greatest: Rational }[],
): [Rational, Rational] {
  let low = Rational.fromDouble(bias);
  let high = low;
  weights.forEach((weight, i) => {
    const w = Rational.fromDouble(weight);
    const ends = [box[i]!.least.multiply(w), box[i]!.greatest.multiply(w)] as const;
    low = low.add(minimum(...ends));
    high = high.add(maximum(...ends));
  });
  return [low, high];
}

/** The nearest double that is not below (direction 1) or above (-1) the value. */
function outward(value: Rational, direction: 1 | -1): number {
  const nearest = value.toNumber();
  const off = Rational.fromDouble(nearest).subtract(value).sign() * direction;
  return off >= 0 ? nearest : next(nearest, direction);
}

/** The next double in a direction. */
function next(value: number, direction: 1 | -1): number {
  const step = Math.max(Math.abs(value) * 2 ** -53, 2 ** -1074);
  const moved = value + direction * step;
  return moved === value ? value + 2 * direction * step : moved;
}

/** "y - 2 x + 3 h1". */
function sum(terms: readonly (readonly [name: string, factor: number])[]): string {
  return terms
    .map(([name, factor], i) => {
      const size = Math.abs(factor);
      const sign = factor < 0 ? '- ' : i === 0 ? '' : '+ ';
      return `${sign}${size === 1 ? '' : `${size} `}${name}`;
    })
    .join(' ');
}

/** Breakpoints and values in JSON, as modelling languages take piecewise-linear functions. */
export function pwlJson({ x, y }: RoundedFunction): string {
  return `${JSON.stringify({ x, y })}\n`;
}
