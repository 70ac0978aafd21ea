import { maximum, Rational } from '../exact/rational.js';
import { type Dataset, hasWindows } from '../problem/dataset.js';
import type { Network } from '../problem/network.js';
import { evaluateSorted, fromNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { IntegerNetwork } from './activations.js';

/** How far a network is from the data at one row; all exact. */
export interface Residual {
  /** Index of the data row, from 0. */
  readonly row: number;
  /** The row for messages, "row 7 of data.csv". */
  readonly where: string;
  readonly x: readonly Rational[];
  /** f(x). */
  readonly value: Rational;
  /** |f(x) - y| for a label y; for a window the distance from f(x) to it. */
  readonly residual: Rational;
  /** The label, or null when the data bring windows. */
  readonly label: Rational | null;
  /** The window of the data, or null when they have labels only. */
  readonly window: readonly [lower: Rational, upper: Rational] | null;
}

/**
 * The row at which the network is farthest from the data, the first of several. Windows that came with the data are the
 * problem, labels beside them are not looked at.
 *
 * One input: O((N + K) log); several: N K d multiplications of integers.
 * @param data at least one row, with labels or windows, and as many inputs as the network
 */
export function largestResidual(network: Network, data: Dataset): Residual {
  const values = valuesAtRows(network, data.inputs);
  const windows = hasWindows(data);
  const residualAt = (row: number): Rational => {
    const value = values[row]!;
    if (!windows) return value.subtract(data.labels!.value(row)).abs();
    const below = data.lower!.value(row).subtract(value);
    const above = value.subtract(data.upper!.value(row));
    return maximum(Rational.zero, maximum(below, above));
  };
  let row = 0;
  let residual = residualAt(0);
  for (let n = 1; n < values.length; n++) {
    const candidate = residualAt(n);
    if (residual.lessThan(candidate)) {
      residual = candidate;
      row = n;
    }
  }
  return {
    row,
    where: data.describeRow(row),
    x: data.inputs.map((column) => column.value(row)),
    value: values[row]!,
    residual,
    label: windows ? null : data.labels!.value(row),
    window: windows ? [data.lower!.value(row), data.upper!.value(row)] : null,
  };
}

/** Largest distance from a value of the network to the window of its point; 0 when it is inside all of them. Exact. */
export function distanceFrom({ inputs, lower, upper, size }: Problem, network: Network): Rational {
  const values = valuesAtRows(network, inputs);
  let largest = Rational.zero;
  for (let i = 0; i < size; i++) {
    largest = maximum(largest, lower.value(i).subtract(values[i]!));
    largest = maximum(largest, values[i]!.subtract(upper.value(i)));
  }
  return largest;
}

/** f at every row, in the order of the rows. */
function valuesAtRows(network: Network, inputs: Dataset['inputs']): Rational[] {
  const count = inputs[0]!.length;
  if (network.inputDimension > 1) {
    const integers = new IntegerNetwork(network, inputs);
    return Array.from({ length: count }, (_, n) => integers.value(n));
  }
  const column = inputs[0]!;
  const order = Uint32Array.from({ length: count }, (_, n) => n).sort((a, b) => column.compare(a, b));
  const sorted = evaluateSorted(
    fromNetwork(network),
    Array.from(order, (n) => column.value(n)),
  );
  const values = new Array<Rational>(count);
  order.forEach((n, i) => {
    values[n] = sorted[i]!;
  });
  return values;
}
