import type { Rational } from '../exact/rational.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import { evaluate, type Network } from '../problem/network.js';
import { evaluateSorted, fromNetwork, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { exactText } from '../text/format.js';
import { breakpoints } from './rounded.js';

/** A number in a table: the exact decimal where it is one, else the nearest double. */
function decimal(value: Rational): string {
  const rounded = value.toNumber();
  return Number.isFinite(rounded) ? String(rounded) : value.toString();
}

/** The pieces: x, f and the slope of the piece that begins there, for both ends of the data and every knot; no slope in the last row. */
export function* pieceTable(problem: Problem, f: PiecewiseLinear): Generator<string> {
  const places = breakpoints(problem, f);
  const values = evaluateSorted(f, places);
  yield 'x,f,slope\n';
  let slope = f.slope;
  let k = 0;
  for (let i = 0; i < places.length; i++) {
    for (; k < f.knots.length && f.knots[k]!.at.compare(places[i]!) <= 0; k++)
      slope = slope.add(f.knots[k]!.slopeChange);
    yield `${decimal(places[i]!)},${decimal(values[i]!)},${i + 1 < places.length ? decimal(slope) : ''}\n`;
  }
}

/** Every row of the data with f there, and, where there are labels, label - f. In the order of the file. */
export function* predictions(dataset: Dataset, network: Network): Generator<string> {
  const values = valuesAtRows(dataset, network);
  const { inputs, labels } = dataset;
  const columns = columnsOf(dataset);
  const quoted = (name: string) => (/[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const heads = [...columns.inputs, ...(labels === null ? [] : [columns.target ?? 'y'])].map(quoted);
  yield `${[...heads, 'f', ...(labels === null ? [] : ['residual'])].join(',')}\n`;
  for (let n = 0; n < inputs[0]!.length; n++) {
    const x = inputs.map((column) => column.value(n));
    const value = values(n);
    const cells = [...x, ...(labels === null ? [] : [labels.value(n)]), value];
    if (labels !== null) cells.push(labels.value(n).subtract(value));
    yield `${cells.map(decimal).join(',')}\n`;
  }
}

/** f at every row; of one input in one pass over rows and knots. */
function valuesAtRows({ inputs }: Dataset, network: Network): (n: number) => Rational {
  if (inputs.length > 1)
    return (n) =>
      evaluate(
        network,
        inputs.map((column) => column.value(n)),
      );
  const x = inputs[0]!;
  const order = Array.from({ length: x.length }, (_, n) => n).sort((i, j) => x.compare(i, j));
  const sorted = evaluateSorted(
    fromNetwork(network),
    order.map((n) => x.value(n)),
  );
  const values = new Array<Rational>(order.length);
  order.forEach((n, i) => {
    values[n] = sorted[i]!;
  });
  return (n) => values[n]!;
}

/** The windows of a problem with one input as instance JSON, one row a line; exact. */
export function* windowChunks(name: string, { inputs, lower, upper, size }: Problem): Generator<string> {
  const json = (value: Rational): string => {
    const text = exactText(value);
    return text.includes('/') ? `"${text}"` : text;
  };
  const column = (at: (n: number) => Rational) =>
    `[${Array.from({ length: size }, (_, n) => json(at(n))).join(', ')}]`;
  yield `{\n "format": "sparsest-instance",\n "version": 1,\n "name": ${JSON.stringify(name)},\n`;
  yield ` "source": "samples of a formula and the windows that a tolerance allows",\n`;
  yield ` "x": ${column((n) => inputs[0]!.value(n))},\n "lower": ${column((n) => lower.value(n))},\n`;
  yield ` "upper": ${column((n) => upper.value(n))}\n}\n`;
}
