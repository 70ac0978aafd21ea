import Papa from 'papaparse';
import type { ExactColumn } from '../exact/column.js';
import { NumberRangeError } from '../exact/number-range-error.js';
import { parseDecimal, Rational } from '../exact/rational.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError, type Place } from '../problem/input-error.js';
import { createNumberColumns, type NumberColumn, type NumberOptions } from './number-column.js';
import { isMissing, looksLikeNumber } from './number-spelling.js';
import {
  type ColumnOptions,
  type ColumnRoles,
  columnNames,
  columnRoles,
  refuseCounting,
} from './table-columns.js';

export interface CsvOptions extends NumberOptions, ColumnOptions {}

/** Fewest rows of which one can say that a column counts them. */
const COUNTED_ROWS = 3;

/**
 * Reads comma-separated values: a header row of distinct names, then one row of numbers per point. Quoted cells (RFC
 * 4180), CRLF line ends, a byte order mark and blank lines at the end are accepted.
 *
 * The last column, or `target`, is the label; all others, or `inputs`, are inputs, in the order of the file or as they are
 * named. When there are columns named `lower` and `upper` they are the windows: then a label is optional, namely `target`
 * or a column named `y`. Columns that are nothing of these are not read. A cell means exactly the decimal that is written
 * ("0.1" is 1/10; U+2212 is a minus).
 *
 * Nothing is taken for something else in silence: a first row that holds a number is no header (`header: false` reads it),
 * and a column that seems to be no input, by its name or because it only counts the rows, must be named to be one.
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source, the row (as in a spreadsheet: the header is row 1) and the column
 */
export function parseCsv(text: string, source: string, options: CsvOptions = {}): Dataset {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const hasHeader = options.header !== false;
  let table: Table | null = null;
  let rows = 0;
  let blankRow = 0;

  const readRow = (cells: string[]): void => {
    rows++;
    // Lines are split at \n, so with CRLF the last cell keeps its \r.
    const last = cells.length - 1;
    if (cells[last]!.endsWith('\r')) cells[last] = cells[last]!.slice(0, -1);
    if (last === 0 && cells[0]!.trim() === '') {
      blankRow ||= rows;
      return;
    }
    if (blankRow > 0) {
      throw new InputError(
        'expected numbers, found a blank line with more rows below it; remove the blank line',
        { source, row: blankRow },
      );
    }
    if (table === null) {
      table = tableOf(cells, source, options);
      if (hasHeader) return;
    }
    const { names, read, columns } = table;
    if (cells.length !== names.length) {
      throw new InputError(
        `expected ${names.length} cells as in the ${hasHeader ? 'header' : 'first row'}, ` +
          `found ${cells.length}; complete or remove the row`,
        { source, row: rows },
      );
    }
    for (let i = 0; i < read.length; i++) {
      const cell = cells[read[i]!]!;
      try {
        columns[i]!.push(cell);
      } catch (error) {
        pushUnusual(columns[i]!, cell, error as Error, { source, row: rows, field: names[read[i]!]! });
      }
    }
  };

  Papa.parse<string[]>(body, {
    delimiter: ',',
    newline: body.includes('\n') ? '\n' : '\r',
    step: ({ data, errors }) => {
      if (errors.length > 0) {
        throw new InputError(
          'expected quotes in pairs around a whole cell, found ' +
            `"${data.join(',').slice(0, 40)}"; remove or double the stray quote`,
          { source, row: rows + 1 },
        );
      }
      readRow(data);
    },
  });

  if (table === null) {
    throw new InputError(
      `the file is empty; expected ${hasHeader ? 'a header such as x,y and ' : ''}one row of numbers per point`,
      { source },
    );
  }
  return datasetOf(table, source, options);
}

/** A table as it is read. */
interface Table {
  readonly names: readonly string[];
  readonly roles: ColumnRoles;
  /** Indices of the columns that are read, and their numbers so far. */
  readonly read: readonly number[];
  readonly columns: readonly NumberColumn[];
}

function tableOf(first: readonly string[], source: string, options: CsvOptions): Table {
  const names = columnNames(first, source, options);
  const unnamed = first.map((cell) => options.header !== false && cell.trim() === '');
  const roles = columnRoles(names, unnamed, source, options);
  const ends = options.inputsOnly ? [] : [roles.label, roles.lower, roles.upper, roles.weights];
  const read = [...roles.inputs, ...ends.filter((k) => k !== null)];
  return { names, roles, read, columns: createNumberColumns(read.length, options, `${source}, row 1`) };
}

function datasetOf({ names, roles, read, columns }: Table, source: string, options: CsvOptions): Dataset {
  const rows = columns[0]!.length;
  if (rows === 0) {
    throw new InputError('expected at least one row of numbers below the header, found none; add rows', {
      source,
    });
  }
  const finished = columns.map((column, i) => column.finish(`${source}, column "${names[read[i]!]}"`));
  const column = (k: number | null) => (k === null ? null : (finished[read.indexOf(k)] ?? null));
  if (options.inputs === undefined && rows >= COUNTED_ROWS) {
    refuseCounting(names, roles.inputs, (i) => countsRows(finished[i]!), source);
  }
  const nameOf = (k: number | null) => (column(k) === null ? null : names[k!]!);
  const [lower, upper] = [nameOf(roles.lower), nameOf(roles.upper)];
  const weights = column(roles.weights);
  const unused = names.filter((_, k) => !read.includes(k));
  const firstRow = options.header === false ? 1 : 2;
  return {
    name: source,
    inputs: roles.inputs.map((_, i) => finished[i]!),
    labels: column(roles.label),
    lower: column(roles.lower),
    upper: column(roles.upper),
    ...(weights === null ? {} : { weights }),
    columns: {
      inputs: roles.inputs.map((k) => names[k]!),
      target: nameOf(roles.label),
      ...(lower === null || upper === null ? {} : { lower, upper }),
      ...(weights === null ? {} : { weights: names[roles.weights!]! }),
      ...(unused.length === 0 ? {} : { unused }),
    },
    describeRow: (index) => `row ${index + firstRow} of ${source}`,
  };
}

/** Whether the values are 0, 1, 2, .. or 1, 2, 3, .. in the order of the rows. */
function countsRows(column: ExactColumn): boolean {
  const first = column.value(0);
  if (!first.isZero() && !first.equals(Rational.one)) return false;
  for (let i = 1; i < column.length; i++) {
    if (!column.value(i).equals(first.add(Rational.of(i)))) return false;
  }
  return true;
}

/**
 * The names in a list of columns as --inputs takes it: "x1,x2", a name with a comma in quotes as in a header.
 * @throws SyntaxError when a name is empty or a quote has no end
 */
export function parseColumnList(text: string): string[] {
  const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
  const names = (data[0] ?? []).map((name) => name.trim());
  if (errors.length > 0 || data.length !== 1 || names.some((name) => name === '')) {
    throw new SyntaxError(
      `expected names or numbers of columns with commas between, found "${text.slice(0, 40)}"`,
    );
  }
  return names;
}

function isNumber(text: string): boolean {
  try {
    return parseDecimal(text) !== null;
  } catch {
    return false;
  }
}

/**
 * A cell that is no plain number: spaces around it are dropped, U+2212 MINUS SIGN is a minus, anything else is an error at
 * `where`. Other dashes are not read: they also stand for ranges and for nothing at all.
 */
function pushUnusual(column: NumberColumn, cell: string, error: Error, where: Place): void {
  const text = cell.trim().replaceAll('\u2212', '-');
  if (error instanceof NumberRangeError)
    throw new InputError(`${error.message}; write a shorter number`, where);
  if (!(error instanceof SyntaxError)) throw error;
  if (text !== cell && isNumber(text)) {
    column.push(text);
    return;
  }
  const expected = 'expected a number such as 12, -0.5 or 2e-4, found';
  if (where.row === 1 && !looksLikeNumber(cell) && !isMissing(cell)) {
    throw new InputError(
      `${expected} "${text.slice(0, 40)}"; if this row is a header, leave --no-header out`,
      where,
    );
  }
  if (text === '') throw new InputError(`${expected} an empty cell; fill it or remove the row`, where);
  const found = `${expected} "${text.slice(0, 40)}"`;
  if (/^[+-]?(nan|na|n\/a|null|inf|infinity)$/i.test(text)) {
    throw new InputError(`${found}, which has no exact value; fill in the number or remove the row`, where);
  }
  if (/^[+-]?\d+\/\d+$/.test(text)) {
    throw new InputError(
      `${found}; write a decimal, or use an instance JSON file, where fractions are accepted`,
      where,
    );
  }
  if (/^[+-]?\d+,\d+$/.test(text)) {
    throw new InputError(`${found}; write a decimal point, not a comma, and no thousands separators`, where);
  }
  const dash = /^[\u2010-\u2015\u2043\ufe58\ufe63\uff0d]/.exec(text)?.[0];
  if (dash !== undefined) {
    const code = dash.charCodeAt(0).toString(16).toUpperCase();
    throw new InputError(
      `${found}, whose dash U+${code} is no minus sign; write - (U+2212 is read, too)`,
      where,
    );
  }
  throw new InputError(`${found}; correct the cell or remove the row`, where);
}
