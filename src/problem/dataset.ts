import { ExactColumn } from '../exact/column.js';
import { Rational } from '../exact/rational.js';
import { InputError } from './input-error.js';
import { openEndsOf } from './open-ends.js';
import type { OpenEnds } from './problem.js';

/**
 * What a file holds, row by row, before anything is sorted or merged. Column i of `inputs` is feature i.
 * Either `labels`, or both `lower` and `upper`, or all three (then the windows are the problem, the labels are for show).
 */
export interface Dataset {
  readonly name: string;
  readonly inputs: readonly ExactColumn[];
  readonly labels: ExactColumn | null;
  readonly lower: ExactColumn | null;
  readonly upper: ExactColumn | null;
  /** Rows whose window has no lower or no upper end; left out where all have both. What the columns hold there means nothing. */
  readonly open?: OpenEnds;
  /** Positive; a tolerance e means e times the weight of the row. Left out: all 1. */
  readonly weights?: ExactColumn;
  /** The columns by the names the file has for them; left out where they have none (`columnsOf`). */
  readonly columns?: DataColumns;
  /** "row 7 of data.csv" for messages; index counts data rows from 0. */
  describeRow(index: number): string;
}

/** Which column of a file is what. A column without a name goes by its number, counted from 1. */
export interface DataColumns {
  /** One name for every input, in the order of the inputs. */
  readonly inputs: readonly string[];
  /** The label; null where there is none. */
  readonly target: string | null;
  /** The ends of the windows; both or neither. */
  readonly lower?: string;
  readonly upper?: string;
  readonly weights?: string;
  /** Columns of the file that are nothing of these; left out when there are none. */
  readonly unused?: readonly string[];
  /** Of every input that was written as dates where its days begin; null for numbers. Left out when no input is. */
  readonly dates?: readonly (Calendar | null)[];
}

/** What the numbers of an input mean that was written as dates: days since the date of the first row. */
export interface Calendar {
  /** That date, as it is written: ISO 8601. */
  readonly origin: string;
  readonly unit: 'days';
  /** UTC when times were written with a zone, and are shown in UTC. */
  readonly zone: 'UTC' | null;
}

/** The columns of a data set. Those without names of their own are x, or x1 .. xd, then y, lower and upper. */
export function columnsOf({ columns, inputs, labels, lower, upper, weights }: Dataset): DataColumns {
  if (columns !== undefined) return columns;
  return {
    inputs: inputs.length === 1 ? ['x'] : inputs.map((_, k) => `x${k + 1}`),
    target: labels === null ? null : 'y',
    ...(lower === null ? {} : { lower: 'lower' }),
    ...(upper === null ? {} : { upper: 'upper' }),
    ...(weights === undefined ? {} : { weights: 'weights' }),
  };
}

/** True when the windows came from a file, not from labels and a tolerance. */
export function hasWindows(data: Dataset): boolean {
  return data.lower !== null && data.upper !== null;
}

/** A number handed over in a program: a double means its exact value, a text the decimal or "p/q" that is written. */
export type ExactNumber = number | string | bigint | Rational;

/** Data handed over in a program. `x` is a list of numbers (one input) or of rows of d numbers. */
export interface DatasetArrays {
  readonly name?: string;
  readonly x: readonly ExactNumber[] | readonly (readonly ExactNumber[])[];
  readonly y?: readonly ExactNumber[];
  /** Null: the window of the row has no such end. */
  readonly lower?: readonly (ExactNumber | null)[];
  readonly upper?: readonly (ExactNumber | null)[];
  readonly weights?: readonly ExactNumber[];
}

/**
 * A data set from arrays of N rows.
 * @throws InputError when lengths differ, rows are ragged or a value is not a finite number
 */
export function datasetFromArrays({ name = 'data', x, y, lower, upper, weights }: DatasetArrays): Dataset {
  const rows = x.map((row) => (Array.isArray(row) ? (row as readonly ExactNumber[]) : [row as ExactNumber]));
  const dimension = rows[0]?.length ?? 1;
  rows.forEach((row, i) => {
    if (row.length !== dimension) {
      throw new InputError(`${name}: x[${i}] has ${row.length} numbers, expected ${dimension} as in x[0]`);
    }
  });
  const column = (values: readonly ExactNumber[], field: string): ExactColumn => {
    if (values.length !== rows.length) {
      throw new InputError(`${name}: ${field} has ${values.length} entries, expected ${rows.length} as in x`);
    }
    return ExactColumn.fromRationals(values.map((value, i) => toRational(value, `${name}: ${field}[${i}]`)));
  };
  const isMissing = (values: readonly (ExactNumber | null)[]) => values.map((value) => value === null);
  const ends = (values: readonly (ExactNumber | null)[], field: string) =>
    column(
      values.map((value) => value ?? 0),
      field,
    );
  const open =
    lower === undefined || upper === undefined ? undefined : openEndsOf(isMissing(lower), isMissing(upper));
  return {
    name,
    inputs: Array.from({ length: dimension }, (_, k) =>
      column(
        rows.map((row) => row[k]!),
        'x',
      ),
    ),
    labels: y === undefined ? null : column(y, 'y'),
    lower: lower === undefined ? null : ends(lower, 'lower'),
    upper: upper === undefined ? null : ends(upper, 'upper'),
    ...(open === undefined ? {} : { open }),
    ...(weights === undefined ? {} : { weights: column(weights, 'weights') }),
    describeRow: (index) => `${name}: row ${index}`,
  };
}

function toRational(value: ExactNumber, where: string): Rational {
  try {
    if (value instanceof Rational) return value;
    if (typeof value === 'bigint') return Rational.of(value);
    return typeof value === 'number' ? Rational.fromDouble(value) : Rational.parse(value);
  } catch (error) {
    throw new InputError(`${where}: ${(error as Error).message}`);
  }
}
