import Papa from 'papaparse';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { type TableOptions, TableReader } from './table.js';
import { columnNames } from './table-columns.js';
import { COMMENT, DecimalCommas, type Separator, tableText } from './table-text.js';

export interface CsvOptions extends TableOptions {
  /** What stands between the cells; found out when left out. */
  readonly separator?: Separator;
}

/**
 * Reads a table of text: a header row of distinct names, then one row of numbers per point, cells separated by commas, tabs, semicolons,
 * vertical bars or spaces (`tableText`). Quoted cells (RFC 4180), CRLF line ends, a byte order mark, comment lines (#) and blank lines at the end
 * are accepted; where commas separate no cells they may be decimal signs.
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
  const { text: body, delimiter } = tableText(text, options.separator);
  const hasHeader = options.header !== false;
  const commas = delimiter === ',' ? null : new DecimalCommas();
  let table: TableReader | null = null;
  let rows = 0;
  let blankRow = 0;

  const tableOf = (cells: readonly string[]): TableReader => {
    const names = columnNames(cells, source, options);
    const unnamed = cells.map((cell) => hasHeader && cell.trim() === '');
    const form = {
      word: 'row',
      first: hasHeader ? null : rows,
      like: hasHeader ? 'header' : 'first row',
      ...(commas === null ? {} : { cell: commas.read.bind(commas) }),
    };
    return new TableReader(names, unnamed, source, form, options);
  };
  const readRow = (cells: string[]): void => {
    rows++;
    // Lines are split at \n, so with CRLF the last cell keeps its \r.
    const last = cells.length - 1;
    if (cells[last]!.endsWith('\r')) cells[last] = cells[last]!.slice(0, -1);
    if (last === 0 && cells[0] === COMMENT) return;
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
      table = tableOf(cells);
      if (hasHeader) return;
    }
    table.push(cells, rows);
  };

  Papa.parse<string[]>(body, {
    delimiter,
    newline: body.includes('\n') ? '\n' : '\r',
    step: ({ data, errors }) => {
      if (errors.length > 0) {
        throw new InputError(
          'expected quotes in pairs around a whole cell, found ' +
            `"${data.join(delimiter).slice(0, 40)}"; remove or double the stray quote`,
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
  commas?.finish();
  return (table as TableReader).finish();
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
