import { ExactColumn } from '../exact/column.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { InternalError } from '../problem/internal-error.js';
import { classWindows, openEndsOf } from '../problem/open-ends.js';
import type { DataFormat } from '../problem/question.js';
import { requirePositiveWeights } from '../problem/weights.js';
import { type CsvOptions, parseCsv } from './csv.js';
import { parseInstance } from './instance.js';
import { isJsonObject, parseJson } from './json.js';
import { readNpz } from './npz.js';
import { readBytes, readText } from './read-file.js';
import { parseJsonLines, parseJsonTable } from './records.js';
import type { Tensor } from './tensor.js';

export interface DataOptions extends CsvOptions {
  /** What the data are written in, whatever the name of the file. Default: by its ending; csv for standard input. */
  readonly format?: DataFormat;
  /** True: labels name two classes, which become windows (`classWindows`). */
  readonly classes?: boolean;
}

/** Endings of names, without .gz. */
const ENDINGS: Readonly<Record<string, DataFormat>> = {
  csv: 'csv',
  txt: 'csv',
  dat: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  npz: 'npz',
  parquet: 'parquet',
};

/**
 * Reads a data set of any format: those of `readDataset`, and Parquet (`parseParquet`), whose reader is loaded when it is needed.
 * @throws InputError as `readDataset` does
 */
export async function openDataset(path: string, options: DataOptions = {}): Promise<Dataset> {
  const data = await readAny(path, options);
  requirePositiveWeights(data);
  return options.classes ? { ...classWindows(data), columns: columnsOf(data) } : data;
}

async function readAny(path: string, options: DataOptions): Promise<Dataset> {
  if (formatOf(path, options) !== 'parquet') return readDataset(path, options);
  const { parseParquet } = await import('./parquet.js');
  return parseParquet(readBytes(path), path, options);
}

/**
 * Reads a data set: a table of text (`parseCsv`), JSON (`parseInstance`, `parseJsonTable`), JSON lines (`parseJsonLines`) or NumPy arrays
 * (`datasetFromNpz`), by the ending of its name or as `format` says. "-" is standard input. Text may be gzipped (.gz).
 *
 * @throws InputError naming the path, the row or field, what was expected and found, and what to do
 */
export function readDataset(path: string, options: DataOptions = {}): Dataset {
  const format = formatOf(path, options);
  switch (format) {
    case 'csv':
      return parseCsv(readText(path), path, options);
    case 'tsv':
      return parseCsv(readText(path), path, { separator: 'tabs', ...options });
    case 'jsonl':
      return parseJsonLines(readText(path), path, options);
    case 'json': {
      const text = readText(path);
      const json = parseJson(text, path);
      if (isJsonObject(json) && json.format !== undefined) {
        refuseColumns(path, 'an instance', options);
        return parseInstance(text, path, options).dataset;
      }
      return parseJsonTable(json, path, options);
    }
    case 'npz':
      refuseColumns(path, 'an .npz file', options);
      return datasetFromNpz(readBytes(path), path, options);
    case 'parquet':
      throw new InternalError('Parquet is read by openDataset');
  }
}

/** @throws InputError when the name says nothing that is read */
function formatOf(path: string, { format }: DataOptions): DataFormat {
  const isBinary = format === 'npz' || format === 'parquet';
  if (format !== undefined && !(path === '-' && isBinary)) return format;
  if (path === '-') {
    if (format === undefined) return 'csv';
    throw new InputError(`-: expected text on standard input, found --format ${format}; save the file first`);
  }
  const name = path.replace(/\.gz$/i, '');
  const extension = /\.([^./\\]*)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const found = ENDINGS[extension];
  if (found !== undefined && (name === path || (found !== 'npz' && found !== 'parquet'))) return found;
  // A missing file or a directory is the more useful complaint.
  readBytes(path);
  const remedy =
    found !== undefined
      ? 'unpack it first: gunzip --keep FILE'
      : (REMEDIES[extension] ?? 'convert the data to one of these, or say what it is: --format csv');
  throw new InputError(
    `${path}: expected a name ending in .csv, .tsv, .txt, .json, .jsonl (also with .gz), .npz or .parquet, found ${extension === '' ? 'no extension' : `.${extension}`}; ${remedy}`,
  );
}

/** How to convert what is not read, by extension. */
const REMEDIES: Readonly<Record<string, string>> = {
  npy: 'save both arrays with np.savez(file, x=x, y=y)',
  zip: 'unpack it first: unzip FILE',
  xlsx: 'save the sheet as comma-separated values (.csv)',
  xls: 'save the sheet as comma-separated values (.csv)',
  feather: 'convert it, in Python: pandas.read_feather(FILE).to_csv("data.csv", index=False)',
};

/** A file whose arrays say themselves what they are has no columns to choose. */
function refuseColumns(path: string, what: string, options: CsvOptions): void {
  const found = [
    ...(options.target === undefined ? [] : ['--target']),
    ...(options.inputs === undefined ? [] : ['--inputs']),
    ...(options.header === false ? ['--no-header'] : []),
    ...(options.weights === undefined ? [] : ['--weights']),
  ];
  if (found.length === 0) return;
  throw new InputError(
    `${path}: columns can be chosen (${found.join(', ')}) only in tables; in ${what} the inputs are "x" and the label is ` +
      `"y", weights are "weights"; leave ${found.length === 1 ? 'it' : 'them'} out`,
  );
}

/** Values of the ends of windows that mean that there is none. */
const MISSING: Readonly<Record<string, (value: number) => boolean>> = {
  lower: (value) => Number.isNaN(value) || value === Number.NEGATIVE_INFINITY,
  upper: (value) => Number.isNaN(value) || value === Number.POSITIVE_INFINITY,
};

const ARRAYS = ['x', 'y', 'lower', 'upper', 'weights'];

/**
 * Reads the arrays of a NumPy .npz file: `x` of shape (N,) or (N, d), and `y`, or `lower` and `upper`, or all three, and `weights` if there are any, of
 * shape (N,) or (N, 1), NaN or an infinity in `lower` and `upper` where the window has no such end; with `inputsOnly` `x` alone is enough. A number means the exact value of its float. Aligned float64 data are not copied.
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source and the array or point
 */
export function datasetFromNpz(
  bytes: Uint8Array,
  source: string,
  { inputsOnly = false }: Pick<CsvOptions, 'inputsOnly'> = {},
): Dataset {
  const arrays = new Map(readNpz(bytes, source).map((array) => [array.name, array]));
  for (const name of arrays.keys()) {
    if (!ARRAYS.includes(name)) {
      throw new InputError(
        `${source}: unknown array "${name}"; expected only ${ARRAYS.join(', ')}; name the arrays when saving: np.savez(file, x=x, y=y)`,
      );
    }
  }
  const x = arrays.get('x');
  if (x === undefined)
    throw new InputError(`${source}: expected an array "x", found none; np.savez(file, x=x, y=y)`);
  const [count, dimension = 1] = x.shape;
  if (count === undefined || x.shape.length > 2 || dimension === 0) {
    throw new InputError(`${source}: x: expected shape (N,) or (N, d), found ${formatShape(x)}; reshape it`);
  }
  if (count === 0) throw new InputError(`${source}: x: expected at least one point, found none; add points`);

  const list = (name: string): ExactColumn | null => {
    const array = arrays.get(name);
    if (array === undefined) return null;
    const { shape } = array;
    if (shape[0] !== count || shape.length > 2 || (shape.length === 2 && shape[1] !== 1)) {
      throw new InputError(
        `${source}: ${name}: expected shape (${count},) as x has ${count} points, found ${formatShape(array)}; ` +
          'make them equally long',
      );
    }
    const isMissing = MISSING[name];
    const values =
      isMissing === undefined ? array.values : array.values.map((value) => (isMissing(value) ? 0 : value));
    return exactColumn(values, (i) => `${source}: ${name}[${i}]`);
  };
  const flags = (name: string) => Array.from(arrays.get(name)?.values ?? [], MISSING[name]!);
  const open = openEndsOf(flags('lower'), flags('upper'));
  const [labels, lower, upper, weights] = [list('y'), list('lower'), list('upper'), list('weights')];
  if ((lower === null) !== (upper === null)) {
    throw new InputError(
      `${source}: expected both arrays "lower" and "upper", found only "${lower === null ? 'upper' : 'lower'}"; add the other`,
    );
  }
  if (labels === null && lower === null && !inputsOnly) {
    throw new InputError(`${source}: expected an array "y", or "lower" and "upper", found neither; add one`);
  }
  const inputs = Array.from({ length: dimension }, (_, k) => {
    if (x.shape.length === 1) return exactColumn(x.values, (i) => `${source}: x[${i}]`);
    const feature = new Float64Array(count);
    for (let i = 0; i < count; i++) feature[i] = x.values[i * dimension + k]!;
    return exactColumn(feature, (i) => `${source}: x[${i}, ${k}]`);
  });
  return {
    ...{ name: source, inputs, labels, lower, upper, ...(weights === null ? {} : { weights }) },
    ...(open === undefined ? {} : { open }),
    describeRow: (i) => `x[${i}] of ${source}`,
  };
}

function exactColumn(values: Float64Array, describe: (index: number) => string): ExactColumn {
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new InputError(
      `${describe(bad)}: expected a finite number, found ${values[bad]}; remove the point`,
    );
  }
  return ExactColumn.fromDoubles(values);
}

function formatShape({ shape }: Tensor): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}
