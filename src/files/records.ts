import type { Dataset } from '../problem/dataset.js';
import { InputError, type Place } from '../problem/input-error.js';
import {
  describeJson,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  numberText,
  parseJson,
} from './json.js';
import { type TableOptions, TableReader } from './table.js';
import { columnNames } from './table-columns.js';

/**
 * Reads JSON lines: one object a line, whose keys are the columns, in the order of the first line. Every object has the same keys; values are
 * numbers (the decimal that is written), or text that holds a number or a date. Blank lines are skipped.
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source, the line and the column
 */
export function parseJsonLines(text: string, source: string, options: TableOptions = {}): Dataset {
  return tableOfRecords(lines(text, source), source, 'line', options);
}

function* lines(text: string, source: string): Generator<Record> {
  let row = 0;
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    row++;
    if (line.trim() === '') continue;
    yield { row, value: parseJson(line, `${source}, line ${row}`) };
  }
}

/**
 * Reads a table in JSON: a list of objects, one a row, whose keys are the columns; or an object of columns, each a list of values or, as pandas
 * writes data frames, an object whose keys name the rows.
 *
 * @throws InputError naming the source, the row and the column
 */
export function parseJsonTable(json: JsonValue, source: string, options: TableOptions = {}): Dataset {
  if (Array.isArray(json)) {
    const records = json.map((value, i) => ({ row: i + 1, value }));
    return tableOfRecords(records, source, 'row', options);
  }
  if (!isJsonObject(json)) {
    throw new InputError(
      `${source}: expected an instance, a list of rows or an object of columns, found ${describeJson(json)}`,
    );
  }
  return tableOfRecords(rowsOfColumns(json, source), source, 'row', options);
}

interface Record {
  readonly row: number;
  /** An object whose keys are columns; a map when it was put together. */
  readonly value: JsonValue | ReadonlyMap<string, JsonValue>;
}

/** The rows of a table that is written column by column. */
function* rowsOfColumns(columns: JsonObject, source: string): Generator<Record> {
  const entries = Object.entries(columns);
  const lists = entries.map(([name, column]) => {
    if (Array.isArray(column)) return { name, keys: null, values: column };
    if (isJsonObject(column)) return { name, keys: Object.keys(column), values: Object.values(column) };
    throw new InputError(
      `${source}: column "${name}": expected a list of values, found ${describeJson(column)}; a table is a list of rows or an object of ` +
        'columns, an instance has "format": "sparsest-instance"',
    );
  });
  const first = lists[0];
  if (first === undefined) return;
  for (const { name, keys, values } of lists) {
    const same = keys === null ? first.keys === null : keys.every((key, i) => first.keys?.[i] === key);
    if (values.length === first.values.length && same) continue;
    throw new InputError(
      `${source}: column "${name}": expected the rows of column "${first.name}" (${first.values.length}), found ${values.length}` +
        `${same ? '' : ' by other names'}; give every column the same rows`,
    );
  }
  for (let i = 0; i < first.values.length; i++) {
    yield { row: i + 1, value: new Map(lists.map(({ name, values }) => [name, values[i]!])) };
  }
}

function tableOfRecords(
  records: Iterable<Record>,
  source: string,
  word: string,
  options: TableOptions,
): Dataset {
  if (options.header === false) {
    throw new InputError(`${source}: in JSON every value has its name; leave --no-header out`);
  }
  let table: TableReader | null = null;
  let names: readonly string[] = [];
  for (const { row, value } of records) {
    const cells =
      value instanceof Map
        ? (value as ReadonlyMap<string, JsonValue>)
        : isJsonObject(value as JsonValue)
          ? new Map(Object.entries(value as JsonObject))
          : null;
    if (cells === null) {
      throw new InputError(
        `expected an object such as {"x": 0, "y": 1}, found ${describeJson(value as JsonValue)}; write every row as an object`,
        { source, row },
      );
    }
    if (table === null) {
      names = [...cells.keys()];
      columnNames(names, source, options);
      const form = { word, first: null, like: `first ${word}`, hasFractions: true };
      table = new TableReader(
        names,
        names.map((name) => name.trim() === ''),
        source,
        form,
        options,
      );
    }
    table.push(cellsOf(cells, names, { source, row }), row);
  }
  if (table === null) {
    throw new InputError('expected at least one row such as {"x": 0, "y": 1}, found none; add rows', {
      source,
    });
  }
  return table.finish();
}

/** The values of a row in the order of the columns, as text. */
function cellsOf(row: ReadonlyMap<string, JsonValue>, names: readonly string[], place: Place): string[] {
  const extra = [...row.keys()].find((name) => !names.includes(name));
  if (extra !== undefined) {
    throw new InputError(
      `expected the columns of the first row (${names.join(', ')}), found "${extra}" as well; give every row the same columns`,
      place,
    );
  }
  return names.map((name) => {
    const value = row.get(name);
    if (isJsonNumber(value)) return numberText(value);
    if (typeof value === 'string') return value;
    if (value === undefined || value === null) return '';
    // Only what is read has to be a number.
    return describeJson(value);
  });
}
