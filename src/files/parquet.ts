import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { type TableOptions, TableReader } from './table.js';
import { columnNames } from './table-columns.js';

const UNITS = { milli: 1_000n, micro: 1_000_000n, nano: 1_000_000_000n } as const;

/** Dates and times as the text that tables have for them, with all their digits. */
const PARSERS = {
  timestampFromMilliseconds: (value: bigint) => timeText(value, UNITS.milli),
  timestampFromMicroseconds: (value: bigint) => timeText(value, UNITS.micro),
  timestampFromNanoseconds: (value: bigint) => timeText(value, UNITS.nano),
  dateFromDays: (days: number) => timeText(86_400n * BigInt(days), 1n),
};

/** ISO 8601 of a count of parts of a second since 1970-01-01. */
function timeText(value: bigint, perSecond: bigint): string {
  const part = ((value % perSecond) + perSecond) % perSecond;
  const seconds = (value - part) / perSecond;
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = String(perSecond).length - 1;
  return part === 0n ? whole : `${whole}.${String(part).padStart(digits, '0')}`;
}

/**
 * Reads a Parquet file without nesting: floats mean their exact values, integers what they are, dates and times are inputs as in other tables.
 * Compression: none or Snappy.
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source, the row and the column
 */
export async function parseParquet(
  bytes: Uint8Array,
  source: string,
  options: TableOptions = {},
): Promise<Dataset> {
  if (options.header === false) {
    throw new InputError(`${source}: in Parquet every column has its name; leave --no-header out`);
  }
  const { parquetMetadata, parquetReadObjects } = await import('hyparquet');
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const damaged = (error: unknown) =>
    new InputError(
      `${source}: expected a Parquet file (uncompressed or Snappy), found ${(error as Error).message}; write it anew, in Python: frame.to_parquet(FILE)`,
    );
  let names: string[];
  let rows: Record<string, unknown>[];
  try {
    const metadata = parquetMetadata(buffer);
    const [root, ...elements] = metadata.schema;
    names = elements.map(({ name }) => name);
    if (elements.length !== root?.num_children) {
      throw new InputError(`${source}: expected columns of single values, found nested ones; flatten them`);
    }
    for (const { name, converted_type, logical_type } of elements) {
      if (converted_type !== 'DECIMAL' && logical_type?.type !== 'DECIMAL') continue;
      throw new InputError(
        `${source}: column "${name}": expected integers, floats, text or dates, found decimals, whose digits are not read exactly; write them as text`,
      );
    }
    rows = await parquetReadObjects({ file: buffer, metadata, parsers: PARSERS });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw damaged(error);
  }
  columnNames(names, source, options);
  // A text that is the shortest of its double is read as that double.
  const exact = { ...options, float64: true };
  const table = new TableReader(
    names,
    names.map((name) => name.trim() === ''),
    source,
    FORM,
    exact,
  );
  rows.forEach((row, i) => {
    table.push(
      names.map((name) => cellOf(row[name], () => ({ source, row: i + 1, field: name }))),
      i + 1,
    );
  });
  return table.finish();
}

const FORM = { word: 'row', first: null, like: 'schema' } as const;

function cellOf(value: unknown, where: () => { source: string; row: number; field: string }): string {
  if (typeof value === 'bigint') {
    if (BigInt(Number(value)) === value) return String(value);
    throw new InputError(
      `expected an integer that is a double, found ${value}; write such numbers as text`,
      where(),
    );
  }
  return value === null || value === undefined ? '' : String(value);
}
