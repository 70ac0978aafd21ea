import type { ExactColumn } from '../exact/column.js';
import { NumberRangeError } from '../exact/number-range-error.js';
import { parseDecimal, Rational } from '../exact/rational.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError, type Place } from '../problem/input-error.js';
import { looksLikeDate } from '../problem/iso-date.js';
import { openEndsOf } from '../problem/open-ends.js';
import { DateColumn } from './date-column.js';
import { createNumberColumns, type NumberColumn, type NumberOptions } from './number-column.js';
import { isMissing, looksLikeNumber } from './number-spelling.js';
import { type ColumnOptions, type ColumnRoles, columnRoles, refuseCounting } from './table-columns.js';

export interface TableOptions extends NumberOptions, ColumnOptions {}

/** Fewest rows of which one can say that a column counts them. */
const COUNTED_ROWS = 3;

/** How the rows of a table are counted and called. */
export interface TableForm {
  /** "row", or what stands for it. */
  readonly word: string;
  /** Number of the first row, if it is data: it may be a header. */
  readonly first: number | null;
  /** What a row must have, for messages: "as in the header". */
  readonly like: string;
  /** Cells may be fractions "p/q". */
  readonly hasFractions?: boolean;
  /** Turns a cell into the number that is meant. */
  readonly cell?: (text: string, where: () => Place) => string;
}

/** A table as it is read, cell by cell: the first row decides what the columns are. */
export class TableReader {
  private readonly roles: ColumnRoles;
  /** Indices of the columns that are read, and their numbers so far. */
  private readonly read: readonly number[];
  private readonly columns: (NumberColumn | DateColumn)[];
  /** Where rows do not follow each other: the index of a row of data, and its number in the file. */
  private readonly jumps: [index: number, row: number][] = [];
  private last = -1;
  /** Rows of data without a lower, or an upper end. */
  private readonly missing: Readonly<Record<'below' | 'above', number[]>> = { below: [], above: [] };

  /**
   * @param names the columns
   * @param unnamed those without a name of their own
   * @throws InputError when a column cannot be what it seems to be, see `columnRoles`
   */
  constructor(
    private readonly names: readonly string[],
    unnamed: readonly boolean[],
    private readonly source: string,
    private readonly form: TableForm,
    private readonly options: TableOptions,
  ) {
    this.roles = columnRoles(names, unnamed, source, options);
    const { inputs, label, lower, upper, weights } = this.roles;
    const ends = options.inputsOnly ? [] : [label, lower, upper, weights];
    this.read = [...inputs, ...ends.filter((k) => k !== null)];
    this.columns = createNumberColumns(this.read.length, options, `${source}, row 1`);
  }

  /**
   * @param row its number, for messages
   * @throws InputError naming the row and the column
   */
  push(cells: readonly string[], row: number): void {
    const { names, read, columns, source, form } = this;
    if (cells.length !== names.length) {
      throw new InputError(
        `expected ${names.length} cells as in the ${form.like}, found ${cells.length}; complete or remove the row`,
        { source, row },
      );
    }
    if (row !== this.last + 1) this.jumps.push([columns[0]!.length, row]);
    this.last = row;
    for (let i = 0; i < read.length; i++) {
      const where = () => ({ source, row, field: names[read[i]!]! });
      const text = cells[read[i]!]!;
      if (text.trim() === '' && (read[i] === this.roles.lower || read[i] === this.roles.upper)) {
        this.missing[read[i] === this.roles.lower ? 'below' : 'above'].push(columns[0]!.length - 1);
        columns[i]!.push('0');
        continue;
      }
      const cell = form.cell === undefined ? text : form.cell(text, where);
      try {
        if (form.hasFractions) columns[i]!.pushFraction(cell);
        else columns[i]!.push(cell);
      } catch (error) {
        if (columns[i]!.length === 0 && i < this.roles.inputs.length && looksLikeDate(cell)) {
          columns[i] = new DateColumn();
          columns[i]!.push(cell);
        } else pushUnusual(columns[i]!, cell, error as Error, where(), row === form.first);
      }
    }
  }

  private open(rows: number): Pick<Dataset, 'open'> {
    const flags = (list: readonly number[]) => {
      const missing = new Array<boolean>(rows).fill(false);
      for (const i of list) missing[i] = true;
      return missing;
    };
    const open = openEndsOf(flags(this.missing.below), flags(this.missing.above));
    return open === undefined ? {} : { open };
  }

  /** @throws InputError when there are no rows, or a column only counts them */
  finish(): Dataset {
    const { names, roles, read, columns, source, form, options } = this;
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
    const dates = roles.inputs.map((_, i) => {
      const own = columns[i]!;
      return own instanceof DateColumn ? own.calendar : null;
    });
    return {
      name: source,
      inputs: roles.inputs.map((_, i) => finished[i]!),
      labels: column(roles.label),
      lower: column(roles.lower),
      upper: column(roles.upper),
      ...this.open(rows),
      ...(weights === null ? {} : { weights }),
      columns: {
        inputs: roles.inputs.map((k) => names[k]!),
        target: nameOf(roles.label),
        ...(lower === null || upper === null ? {} : { lower, upper }),
        ...(weights === null ? {} : { weights: names[roles.weights!]! }),
        ...(unused.length === 0 ? {} : { unused }),
        ...(dates.every((own) => own === null) ? {} : { dates }),
      },
      describeRow: (index) => {
        const [from, row] = this.jumps.findLast(([first]) => first <= index)!;
        return `${form.word} ${index - from + row} of ${source}`;
      },
    };
  }
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
function pushUnusual(
  column: NumberColumn | DateColumn,
  cell: string,
  error: Error,
  where: Place,
  isFirst: boolean,
): void {
  if (column instanceof DateColumn)
    throw new InputError(`${error.message}; correct the cell or remove the row`, where);
  const text = cell.trim().replaceAll('\u2212', '-');
  if (error instanceof NumberRangeError)
    throw new InputError(`${error.message}; write a shorter number`, where);
  if (!(error instanceof SyntaxError)) throw error;
  if (text !== cell && isNumber(text)) {
    column.push(text);
    return;
  }
  const expected = 'expected a number such as 12, -0.5 or 2e-4, found';
  if (isFirst && !looksLikeNumber(cell) && !isMissing(cell)) {
    throw new InputError(
      `${expected} "${text.slice(0, 40)}"; if this row is a header, leave --no-header out`,
      where,
    );
  }
  if (text === '') throw new InputError(`${expected} an empty cell; fill it or remove the row`, where);
  const found = `${expected} "${text.slice(0, 40)}"`;
  if (looksLikeDate(text)) {
    throw new InputError(
      `${found}, a date in a column of numbers; dates are read as inputs, in every row of a column`,
      where,
    );
  }
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
