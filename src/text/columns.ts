import type { DataColumns } from '../problem/dataset.js';

/** Longest name of a column in a sentence, and names listed before their number is given. */
const SHOWN = { characters: 40, names: 12 } as const;

/** The name of a column in a sentence: quoted where spaces, commas or signs would make it unclear; no control characters. */
export function columnName(name: string): string {
  if (/^[\w.-]{1,40}$/.test(name)) return name;
  const short = name.length > SHOWN.characters ? `${name.slice(0, SHOWN.characters)}...` : name;
  // What JSON does not escape but a terminal would obey.
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '?');
}

/** "a, b, c", or "x1, x2, .. x50 (50 columns)" when there are many. */
export function columnList(names: readonly string[]): string {
  if (names.length <= SHOWN.names) return names.map(columnName).join(', ');
  const [first, second] = names.map(columnName);
  return `${first}, ${second}, .. ${columnName(names.at(-1)!)} (${names.length} columns)`;
}

/** What was read as what: "x1, x2 -> y", "x -> [lower, upper]"; then what was left aside. */
export function columnsText({
  inputs,
  target,
  lower,
  upper,
  weights,
  unused = [],
  dates = [],
}: DataColumns): string {
  const windows = lower === undefined || upper === undefined ? null : `[${lower}, ${upper}]`;
  const asked = windows ?? (target === null ? null : columnName(target));
  const aside = [
    ...dates.flatMap((calendar, i) =>
      calendar === null ? [] : [`${columnName(inputs[i]!)} in days since ${calendar.origin}`],
    ),
    ...(windows !== null && target !== null ? [`${columnName(target)} only for show`] : []),
    ...(weights === undefined ? [] : [`weights ${columnName(weights)}`]),
    ...(unused.length > 0 ? [`not read: ${columnList(unused)}`] : []),
  ];
  return [asked === null ? columnList(inputs) : `${columnList(inputs)} -> ${asked}`, ...aside].join('; ');
}
