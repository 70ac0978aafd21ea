import type { Calendar } from '../problem/dataset.js';
import { calendarText } from '../problem/iso-date.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import { firstLineText, readable, readableSigned, table } from '../text/format.js';

/** Knots listed on a page before the rest is summed up. */
export const ROWS_SHOWN = 24;

/**
 * The first line of a function and its knots as a table; `more` says where the ones left out are.
 * @param calendar what x means when it is a date
 * @param count the number of its knots, when only its first ones are given
 */
export function knotList(
  f: PiecewiseLinear,
  more: string,
  all = false,
  calendar: Calendar | null = null,
  count = f.knots.length,
): string[] {
  const start = `f starts as ${firstLineText(f)}`;
  if (f.knots.length === 0) return [`${start} and never bends.`];
  const shown = all ? f.knots : f.knots.slice(0, ROWS_SHOWN);
  const rows = shown.map(({ at, slopeChange }, k) => [
    `${k + 1}`,
    readable(at),
    ...(calendar === null ? [] : [calendarText(at, calendar)]),
    readableSigned(slopeChange),
  ]);
  const heads = ['knot', 'at x', ...(calendar === null ? [] : ['date']), 'slope change'];
  const lines = [`${start} and bends at`, ...table(heads, rows).map((row) => `  ${row}`)];
  if (shown.length < count) lines.push(`  ... and ${count - shown.length} more (${more})`);
  return lines;
}

/** The knots of a function in JSON, exact. */
export function knotsJson(f: PiecewiseLinear): { at: string; slopeChange: string }[] {
  return f.knots.map(({ at, slopeChange }) => ({ at: at.toString(), slopeChange: slopeChange.toString() }));
}
