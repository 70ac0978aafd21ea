import { ExactColumn } from '../exact/column.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { type CsvOptions, parseCsv } from './csv.js';
import { parseInstance } from './instance.js';
import { readNpz } from './npz.js';
import { readBytes, readText } from './read-file.js';
import type { Tensor } from './tensor.js';

/**
 * Reads a data set by the extension of its name: .csv (`parseCsv`), .json (`parseInstance`) or .npz (`datasetFromNpz`).
 *
 * @throws InputError naming the path, the row or field, what was expected and found, and what to do
 */
export function readDataset(path: string, options: CsvOptions = {}): Dataset {
  if (path === '-') {
    throw new InputError(
      '-: expected a data file, found standard input, which is not read; save it first: ... > data.csv',
    );
  }
  const extension = /\.([^./\\]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (extension === 'json' || extension === 'npz') refuseColumns(path, extension, options);
  switch (extension) {
    case 'csv':
      return parseCsv(readText(path), path, options);
    case 'json':
      return parseInstance(readText(path), path, options).dataset;
    case 'npz':
      return datasetFromNpz(readBytes(path), path, options);
    default: {
      // A missing file or a directory is the more useful complaint.
      readBytes(path);
      throw new InputError(
        `${path}: expected a name ending in .csv, .json or .npz, found ${extension === '' ? 'no extension' : `.${extension}`}; ` +
          (REMEDIES[extension] ?? 'convert the data to one of these'),
      );
    }
  }
}

const PANDAS_CSV = '.to_csv("data.csv", index=False)';

/** How to convert what is not read, by extension. */
const REMEDIES: Readonly<Record<string, string>> = {
  npy: 'save both arrays with np.savez(file, x=x, y=y)',
  gz: 'unpack it first: gunzip --keep FILE',
  zip: 'unpack it first: unzip FILE',
  jsonl: `convert it, in Python: pandas.read_json(FILE, lines=True)${PANDAS_CSV}`,
  ndjson: `convert it, in Python: pandas.read_json(FILE, lines=True)${PANDAS_CSV}`,
  tsv: `convert it, in Python: pandas.read_csv(FILE, sep="\\t")${PANDAS_CSV}`,
  xlsx: 'save the sheet as comma-separated values (.csv)',
  xls: 'save the sheet as comma-separated values (.csv)',
  parquet: `convert it, in Python: pandas.read_parquet(FILE)${PANDAS_CSV}`,
};

/** A file whose arrays say themselves what they are has no columns to choose. */
function refuseColumns(path: string, extension: string, options: CsvOptions): void {
  const found = [
    ...(options.target === undefined ? [] : ['--target']),
    ...(options.inputs === undefined ? [] : ['--inputs']),
    ...(options.header === false ? ['--no-header'] : []),
    ...(options.weights === undefined ? [] : ['--weights']),
  ];
  if (found.length === 0) return;
  throw new InputError(
    `${path}: columns can be chosen (${found.join(', ')}) only for .csv; in .${extension} the inputs are "x" and the label is ` +
      `"y", weights are "weights"; leave ${found.length === 1 ? 'it' : 'them'} out`,
  );
}

const ARRAYS = ['x', 'y', 'lower', 'upper', 'weights'];

/**
 * Reads the arrays of a NumPy .npz file: `x` of shape (N,) or (N, d), and `y`, or `lower` and `upper`, or all three, and `weights` if there are any, of
 * shape (N,) or (N, 1); with `inputsOnly` `x` alone is enough. A number means the exact value of its float. Aligned float64 data are not copied.
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
    return exactColumn(array.values, (i) => `${source}: ${name}[${i}]`);
  };
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
