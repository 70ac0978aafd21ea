import { Command, InvalidArgumentError } from 'commander';
import { maximum, minimum, type Rational } from '../exact/rational.js';
import { readHyperplanes } from '../files/hyperplanes.js';
import { openDataset } from '../files/read-dataset.js';
import { readBytes } from '../files/read-file.js';
import { type RegionsRun, regionsJson, regionsPage } from '../pages/regions-page.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import {
  type Arrangement,
  arrangementOfNetwork,
  arrangementOfRows,
  type Box,
  CheckedRegionSearch,
  dataInCells,
} from '../solve/regions.js';
import { SOLVE_DEFAULTS } from '../solve/solve.js';
import {
  type CommonOptions,
  type DataOptions,
  EXIT,
  type ExitCode,
  exactNumber,
  printJson,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { withinLimits, withTimeLimit } from './limits.js';
import { MODEL_ARGUMENT, type ModelOptions, readScaledModel, withModelOptions } from './model-options.js';

interface Options extends CommonOptions, DataOptions, ModelOptions {
  readonly box?: AskedBox;
  readonly list?: boolean;
  readonly limit: number;
  readonly timeLimit: number;
}

/** The box of the data, or one range for every input, or one for all. */
type AskedBox = 'data' | Box;

/** Cells counted before the count is given up. */
const DEFAULT_LIMIT = 1_000_000;

/** `regions MODEL [DATA]`: the linear pieces of a network, or the cells of hyperplanes; 3 when not all are counted within the limits. */
export function regionsCommand(): Command {
  const command = new Command('regions')
    .description(
      'The linear pieces of a network of one hidden layer, or the cells of hyperplanes: exact count, and a witness for each.',
    )
    .argument('<model>', `${MODEL_ARGUMENT}; or .npz with arrays A and b: the hyperplanes A x = b`)
    .argument('[data]', 'data file: how many of them meet the data; labels are not used')
    .option(
      '--box <ranges>',
      'only inside the open box FROM:TO,FROM:TO,.. (one range: for every input; --box=-1:1), or "data": that of the data',
      askedBox,
    )
    .option('--list', 'print every one with its witness (--json does so anyway, up to 10,000)')
    .option('--limit <n>', 'stop after this many', wholeNumber(1), DEFAULT_LIMIT);
  withTimeLimit(command, 'the count; then what was found by then', SOLVE_DEFAULTS.timeLimit);
  withModelOptions(command);
  return withDataOptions(withCommonOptions(command)).action(
    (model: string, data: string | undefined, options: Options) =>
      runCommand('regions', () => run(model, data, options)),
  );
}

/** Option value: ranges, exact numbers. */
function askedBox(text: string): AskedBox {
  if (text === 'data') return text;
  return text.split(',').map((range) => {
    const ends = range.split(':');
    if (ends.length !== 2)
      throw new InvalidArgumentError(
        `expected FROM:TO for every input with commas between, such as -1:1,0:1/2, or "data", found "${text}"`,
      );
    const [from, to] = ends.map((end) => exactNumber(end.trim())) as [Rational, Rational];
    if (!from.lessThan(to)) throw new InvalidArgumentError(`expected FROM below TO, found ${range}`);
    return { from, to };
  });
}

async function run(model: string, data: string | undefined, options: Options): Promise<ExitCode> {
  const start = performance.now();
  const arrangement = readArrangement(model, options);
  const { dimension } = arrangement;
  const dataset = data === undefined ? null : await openDataset(data, options);
  if (dataset !== null && dataset.inputs.length !== dimension)
    throw new InputError(
      `${dataset.name}: expected ${dimension} inputs as ${model} has, found ${dataset.inputs.length}; name them with --inputs`,
    );
  const box = boxOf(options.box, dimension, dataset);
  const search = new CheckedRegionSearch(arrangement, box, options.limit);
  const { found, ended } = await withinLimits(options, async (limits) => {
    const taken = await limits.take(
      search.steps(),
      () => `counting: ${search.found.cells.length.toLocaleString('en-US')} cells`,
    );
    return { found: taken?.value ?? search.found, ended: taken === null ? limits.ended : null };
  });
  const done: RegionsRun = {
    model,
    arrangement,
    box,
    data:
      dataset === null
        ? null
        : {
            dataset,
            found: dataInCells(arrangement, box, found.cells, dataset.inputs[0]!.length, (n) =>
              dataset.inputs.map((column) => column.value(n)),
            ),
          },
    list: options.list ?? false,
    ended,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(regionsJson(found, done));
  else process.stdout.write(regionsPage(found, done));
  return found.complete ? EXIT.ok : EXIT.undecided;
}

function readArrangement(path: string, options: ModelOptions): Arrangement {
  if (/\.npz$/i.test(path) && options.map === undefined) {
    const arrays = readHyperplanes(readBytes(path), path);
    if (arrays !== null) {
      if (options.scaleInputs !== undefined || options.scaleOutput !== undefined)
        throw new InputError(
          `${path}: --scale-inputs and --scale-output are about networks, found hyperplanes; leave them out`,
        );
      return arrangementOfRows(arrays.A, arrays.b, path);
    }
  }
  return arrangementOfNetwork(readScaledModel(path, options).network);
}

function boxOf(asked: AskedBox | undefined, dimension: number, dataset: Dataset | null): Box | null {
  if (asked === undefined) return null;
  if (asked !== 'data') {
    if (asked.length === dimension) return asked;
    if (asked.length === 1) return Array.from({ length: dimension }, () => asked[0]!);
    throw new InputError(
      `--box: expected ${dimension} ranges, one for every input, or one for all, found ${asked.length}`,
    );
  }
  if (dataset === null) throw new InputError('--box data: expected a data file after the model; add one');
  return dataset.inputs.map((column, i) => {
    const rows = Array.from({ length: column.length }, (_, n) => column.value(n));
    const [from, to] = [rows.reduce(minimum), rows.reduce(maximum)];
    if (!from.lessThan(to))
      throw new InputError(
        `--box data: input ${i + 1} of ${dataset.name} is ${from} in every row, so the box has no inside; give the ranges`,
      );
    return { from, to };
  });
}
