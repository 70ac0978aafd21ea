import Papa from 'papaparse';
import { parseDecimal } from '../exact/rational.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { createNumberColumns, type NumberColumn, type NumberOptions } from './number-column.js';

export interface CsvOptions extends NumberOptions {
  /** Name of the column that holds the label. Default: the last column, or with windows the column "y" if there is one. */
  readonly target?: string;
}

/** Names listed in a message before it says how many more there are. */
const NAMES_SHOWN = 12;

/**
 * Reads comma-separated values: a header row of distinct names, then one row of numbers per point. Quoted cells (RFC
 * 4180), CRLF line ends, a byte order mark and blank lines at the end are accepted.
 *
 * The last column, or `target`, is the label; all others are inputs, in the order of the file. When there are columns
 * named `lower` and `upper` they are the windows: then a label is optional, namely `target` or a column named `y`, and
 * every remaining column is an input. A cell means exactly the decimal that is written ("0.1" is 1/10).
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source, the row (the header is row 1, as in a spreadsheet) and the column
 */
export function parseCsv(text: string, source: string, options: CsvOptions = {}): Dataset {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  let names: string[] | null = null;
  let columns: NumberColumn[] = [];
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
        `${source}, row ${blankRow}: expected numbers, found a blank line with more rows below it; remove the blank line`,
      );
    }
    if (names === null) {
      names = readHeader(cells, source);
      columns = createNumberColumns(names.length, options, `${source}, row 1`);
      return;
    }
    if (cells.length !== columns.length) {
      throw new InputError(
        `${source}, row ${rows}: expected ${columns.length} cells as in the header, found ${cells.length}; ` +
          'complete or remove the row',
      );
    }
    for (let k = 0; k < cells.length; k++) {
      try {
        columns[k]!.push(cells[k]!);
      } catch (error) {
        pushUnusual(columns[k]!, cells[k]!, error as Error, `${source}, row ${rows}, column "${names[k]}"`);
      }
    }
  };

  Papa.parse<string[]>(body, {
    delimiter: ',',
    newline: body.includes('\n') ? '\n' : '\r',
    step: ({ data, errors }) => {
      if (errors.length > 0) {
        throw new InputError(
          `${source}, row ${rows + 1}: expected quotes in pairs around a whole cell, found ` +
            `"${data.join(',').slice(0, 40)}"; remove or double the stray quote`,
        );
      }
      readRow(data);
    },
  });

  if (names === null) {
    throw new InputError(
      `${source}: the file is empty; expected a header such as x,y and one row of numbers per point`,
    );
  }
  if (columns[0]!.length === 0) {
    throw new InputError(
      `${source}: expected at least one row of numbers below the header, found none; add rows`,
    );
  }
  const roles = assignRoles(names, source, options.target);
  const finish = (k: number) => columns[k]!.finish(`${source}, column "${names![k]}"`);
  const column = (k: number | null) => (k === null ? null : finish(k));
  return {
    name: source,
    inputs: roles.inputs.map(finish),
    labels: column(roles.label),
    lower: column(roles.lower),
    upper: column(roles.upper),
    describeRow: (index) => `row ${index + 2} of ${source}`,
  };
}

/** The column names, trimmed, after checking that the first row is a header at all and split by commas. */
function readHeader(cells: readonly string[], source: string): string[] {
  const names = cells.map((cell) => cell.trim());
  if (names.length === 1) {
    const found = /[;\t|]/.exec(cells[0]!)?.[0];
    if (found !== undefined) {
      const delimiter = { ';': 'semicolons', '\t': 'tabs', '|': 'vertical bars' }[found];
      throw new InputError(
        `${source}, row 1: expected cells separated by commas, found ${delimiter}; save the file as comma-separated ` +
          'values with decimal points',
      );
    }
    throw new InputError(
      `${source}, row 1: expected at least two columns, the inputs and the label, found only "${names[0]!.slice(0, 40)}"`,
    );
  }
  if (names.every(isNumber)) {
    throw new InputError(
      `${source}, row 1: expected a header with the names of the columns, found the numbers ` +
        `${names.slice(0, NAMES_SHOWN).join(', ')}; add a first line such as x,y`,
    );
  }
  const seen = new Map<string, number>();
  names.forEach((name, k) => {
    if (name === '') {
      throw new InputError(
        `${source}, row 1: column ${k + 1} has no name; name it, or remove it if it only numbers the rows`,
      );
    }
    const first = seen.get(name);
    if (first !== undefined) {
      throw new InputError(
        `${source}, row 1: columns ${first + 1} and ${k + 1} are both named "${name}"; rename one of them`,
      );
    }
    seen.set(name, k);
  });
  return names;
}

function isNumber(text: string): boolean {
  try {
    return parseDecimal(text) !== null;
  } catch {
    return false;
  }
}

/** Which column is what, by index. */
interface Roles {
  inputs: number[];
  label: number | null;
  lower: number | null;
  upper: number | null;
}

function assignRoles(names: readonly string[], source: string, target: string | undefined): Roles {
  const find = (name: string): number | null => {
    const k = names.indexOf(name);
    return k < 0 ? null : k;
  };
  const [lower, upper] = [find('lower'), find('upper')];
  if ((lower === null) !== (upper === null)) {
    const [present, absent] = lower === null ? ['upper', 'lower'] : ['lower', 'upper'];
    throw new InputError(
      `${source}, row 1: expected the columns "lower" and "upper" together, found only "${present}"; add "${absent}", ` +
        `or rename "${present}" if it is not the end of a window`,
    );
  }
  if (target !== undefined && find(target) === null) {
    const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
    throw new InputError(
      `${source}, row 1: expected a column named "${target}" (--target), found ` +
        `${names.slice(0, NAMES_SHOWN).join(', ')}${more}; name one of these`,
    );
  }
  const windows = lower !== null;
  if (windows && (target === 'lower' || target === 'upper')) {
    throw new InputError(
      `${source}: column "${target}" is the end of a window and cannot be the label (--target) as well; name another`,
    );
  }
  const label = target !== undefined ? find(target) : windows ? find('y') : names.length - 1;
  const inputs = names.map((_, k) => k).filter((k) => k !== label && k !== lower && k !== upper);
  if (inputs.length === 0) {
    throw new InputError(
      `${source}, row 1: expected at least one input column, found only ${names.join(', ')}; add the inputs`,
    );
  }
  return { inputs, label, lower, upper };
}

/** A cell that is no plain number: spaces around it are dropped, anything else is an error at `where`. */
function pushUnusual(column: NumberColumn, cell: string, error: Error, where: string): void {
  const text = cell.trim();
  if (error instanceof RangeError) throw new InputError(`${where}: ${error.message}; write a shorter number`);
  if (text !== cell && isNumber(text)) {
    column.push(text);
    return;
  }
  const expected = `${where}: expected a number such as 12, -0.5 or 2e-4, found`;
  if (text === '') throw new InputError(`${expected} an empty cell; fill it or remove the row`);
  const found = `${expected} "${text.slice(0, 40)}"`;
  if (/^[+-]?(nan|na|n\/a|null|inf|infinity)$/i.test(text)) {
    throw new InputError(`${found}, which has no exact value; fill in the number or remove the row`);
  }
  if (/^[+-]?\d+\/\d+$/.test(text)) {
    throw new InputError(
      `${found}; write a decimal, or use an instance JSON file, where fractions are accepted`,
    );
  }
  if (/^[+-]?\d+,\d+$/.test(text)) throw new InputError(`${found}; write a decimal point, not a comma`);
  throw new InputError(`${found}; correct the cell or remove the row`);
}
