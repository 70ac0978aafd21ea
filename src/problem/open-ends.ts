import { ExactColumn, withCommonScale } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import type { Dataset } from './dataset.js';
import { InputError } from './input-error.js';
import type { OpenEnds } from './problem.js';

/** How far beyond all ends that there are the columns put those that there are not, in ranges of the former. */
const BEYOND = 16n;

/** No end is missing: then there is nothing to say. */
export function openEndsOf(below: readonly boolean[], above: readonly boolean[]): OpenEnds | undefined {
  if (!below.includes(true) && !above.includes(true)) return undefined;
  return { below: Uint8Array.from(below, Number), above: Uint8Array.from(above, Number) };
}

/**
 * A data set whose missing ends of windows are numbers far beyond all others, for whoever needs some; rows without any end are left out:
 * they ask nothing.
 * @throws InputError when no row is left
 */
export function closedFar(data: Dataset): Dataset {
  const { open, lower, upper } = data;
  if (open === undefined || lower === null || upper === null) return data;
  const rows = Array.from(open.below, (_, i) => i).filter((i) => !(open.below[i] && open.above[i]));
  if (rows.length === 0)
    throw new InputError(
      `${data.name}: expected an end of a window in some row, found none; fill in lower or upper`,
    );
  const [low, high] = withCommonScale([lower, upper]) as [ExactColumn, ExactColumn];
  const ends = rows.flatMap((i) => [
    ...(open.below[i] ? [] : [low.integer(i)]),
    ...(open.above[i] ? [] : [high.integer(i)]),
  ]);
  let [least, most] = [ends[0]!, ends[0]!];
  for (const end of ends) {
    if (end < least) least = end;
    if (end > most) most = end;
  }
  const beyond = BEYOND * (most > least ? most - least : 1n);
  const [closedLow, closedHigh] = ExactColumn.togetherFromIntegers(
    [
      rows.map((i) => (open.below[i] ? least - beyond : low.integer(i))),
      rows.map((i) => (open.above[i] ? most + beyond : high.integer(i))),
    ],
    low.integerScale,
  );
  return {
    ...data,
    inputs: data.inputs.map((column) => column.select(rows)),
    labels: data.labels?.select(rows) ?? null,
    lower: closedLow!,
    upper: closedHigh!,
    ...(data.weights === undefined ? {} : { weights: data.weights.select(rows) }),
    open: {
      below: Uint8Array.from(rows, (i) => open.below[i]!),
      above: Uint8Array.from(rows, (i) => open.above[i]!),
    },
    describeRow: (i) => data.describeRow(rows[i]!),
  };
}

/**
 * Labels of two classes as windows: f is at least 1 on the one (label 1), and at most -1 on the other (label -1, or 0).
 * @throws InputError naming the row of another label, or when there are windows already
 */
export function classWindows(data: Dataset): Dataset {
  const { labels } = data;
  if (labels === null || data.lower !== null)
    throw new InputError(
      `${data.name}: --classes is about labels, found windows (lower, upper); leave it out`,
    );
  const one = Rational.one;
  const isFirst = Array.from({ length: labels.length }, (_, i) => labels.value(i).equals(one));
  const other = isFirst.findIndex((first) => !first);
  const second = other < 0 ? null : labels.value(other);
  isFirst.forEach((first, i) => {
    if (first) return;
    const value = labels.value(i);
    if (value.equals(second!) && (value.isZero() || value.equals(one.negate()))) return;
    throw new InputError(
      `${data.describeRow(i)}: expected the label of a class, -1 and 1 or 0 and 1 all through, found ${value}; correct it`,
    );
  });
  const ends = ExactColumn.fromDoubles(Float64Array.from(isFirst, (first) => (first ? 1 : -1)));
  return {
    ...data,
    lower: ends,
    upper: ends,
    open: openEndsOf(
      isFirst.map((first) => !first),
      isFirst,
    )!,
  };
}
