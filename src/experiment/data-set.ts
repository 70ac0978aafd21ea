import { createHash } from 'node:crypto';
import { Rational } from '../exact/rational.js';
import { openDataset } from '../files/read-dataset.js';
import { generate } from '../generate/generate.js';
import { datasetOfInstance } from '../generate/instance.js';
import { problemHash } from '../problem/canonical.js';
import { columnsOf, type DataColumns, type Dataset, hasWindows } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem } from '../problem/problem.js';
import { PLOT_POINTS, type Polyline } from './rows.js';
import { type DataSource, sourceName } from './specification.js';

/**
 * Reads or makes a data set.
 * @throws InputError when the file cannot be read or the options cannot be met
 */
export async function loadDataset(source: DataSource): Promise<Dataset> {
  if ('file' in source) return openDataset(source.file, source);
  return datasetOfInstance(await generate(source.generate, source.options));
}

/** What the plan and the rows need to know of a data set. */
export interface DatasetFacts {
  readonly name: string;
  readonly source: DataSource;
  /** 64 hex digits, see `DataRow`. */
  readonly sha256: string;
  readonly points: number;
  readonly dimension: number;
  readonly columns: DataColumns;
  /** The file brings windows: no tolerance, no labels to train on, no l^p theory. */
  readonly windows: boolean;
  /** Interpolation makes sense: no two rows contradict each other. */
  readonly exact: boolean;
  readonly note: string | null;
  readonly plot: Polyline | null;
}

/** A data set that cannot be read or made. */
export interface UnreadableDataset {
  readonly name: string;
  readonly source: DataSource;
  /** One sentence. */
  readonly unreadable: string;
}

/** Looks at a data set. What is wrong with it is part of the answer; so is memory that does not suffice for it. */
export async function examine(source: DataSource): Promise<DatasetFacts | UnreadableDataset> {
  const name = sourceName(source);
  try {
    return { name, source, ...factsOf(await loadDataset(source)) };
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError)
      return { name, source, unreadable: error.message };
    throw error;
  }
}

function factsOf(dataset: Dataset): Omit<DatasetFacts, 'name' | 'source'> {
  const windows = hasWindows(dataset);
  const shared = {
    points: dataset.inputs[0]!.length,
    dimension: dataset.inputs.length,
    columns: columnsOf(dataset),
    windows,
    plot: plotOf(dataset),
  };
  try {
    const sha256 = problemHash(makeProblem(dataset), nodeSha256);
    const note = windows
      ? 'these data bring their own windows: no training (no labels to aim at) and no l^p theory (it is about labels)'
      : null;
    return { ...shared, sha256, exact: true, note };
  } catch (error) {
    if (!(error instanceof InputError) || windows) throw error;
    // Equal inputs with different labels: a question only with a tolerance.
    const note = `no function interpolates these data, so there is no theory to test, and no truth and no training at tolerance 0: ${error.message}`;
    return { ...shared, sha256: hashOfRows(dataset), exact: false, note };
  }
}

function hashOfRows({ inputs, labels }: Dataset): string {
  const hash = createHash('sha256');
  const columns = [...inputs, labels!];
  for (let i = 0; i < labels!.length; i++) {
    hash.update(`${columns.map((column) => column.value(i).toString()).join(' ')}\n`);
  }
  return hash.digest('hex');
}

function plotOf({ inputs, labels, lower, upper }: Dataset): Polyline | null {
  const x = inputs[0]!;
  if (inputs.length !== 1 || x.length > PLOT_POINTS) return null;
  const half = Rational.of(1, 2);
  const label = (i: number) =>
    labels !== null ? labels.value(i) : lower!.value(i).add(upper!.value(i)).multiply(half);
  const rows = Array.from({ length: x.length }, (_, i) => i);
  return {
    x: rows.map((i) => x.value(i).toNumber()),
    y: rows.map((i) => label(i).toNumber()),
  };
}
