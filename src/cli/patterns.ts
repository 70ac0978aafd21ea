import { Command } from 'commander';
import { readDataset } from '../files/read-dataset.js';
import { columnsOf, type DataColumns, type Dataset } from '../problem/dataset.js';
import { makeProblem } from '../problem/problem.js';
import { type ActivationPattern, activationPatterns, patternsInGeneralPosition } from '../search/patterns.js';
import { columnsText } from '../text/columns.js';
import { plural } from '../text/format.js';
import {
  type CommonOptions,
  type DataOptions,
  EXIT,
  type ExitCode,
  printJson,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';

interface Options extends CommonOptions, DataOptions {
  readonly list?: boolean;
  readonly limit: number;
}

/** Patterns enumerated before the count is given up. */
const DEFAULT_LIMIT = 1_000_000;

/** `patterns DATA`: the achievable activation patterns; 3 when there are more than the limit. */
export function patternsCommand(): Command {
  const command = new Command('patterns')
    .description(
      'The sign patterns that one neuron can have on the inputs: exact count, and a witness for each.',
    )
    .argument(
      '<data>',
      'data file: .csv, .json (sparsest-instance) or .npz; labels are not used: every CSV column is an input, --target names one to leave out',
    )
    .option('--list', 'print every pattern with its witness (--json does so anyway, up to 10,000)')
    .option('--limit <n>', 'stop after this many patterns', wholeNumber(1), DEFAULT_LIMIT);
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('patterns', () => run(path, options)),
  );
}

function run(path: string, options: Options): ExitCode {
  const start = performance.now();
  const dataset = readDataset(path, { ...options, inputsOnly: true });
  const columns = inputColumns(dataset);
  // Labels play no part: windows wide open keep rows with equal inputs together whatever their labels are.
  const problem = makeProblem({ ...dataset, labels: dataset.inputs[0]!, lower: null, upper: null });
  const patterns: ActivationPattern[] = [];
  let complete = true;
  for (const pattern of activationPatterns(problem)) {
    if (patterns.length === options.limit) {
      complete = false;
      break;
    }
    patterns.push(pattern);
  }
  const atMost = patternsInGeneralPosition(problem.size, problem.dimension);
  const shown = ({ active, witness }: ActivationPattern) => ({
    active: Array.from(active).join(''),
    inputWeights: witness.inputWeights.map(String),
    bias: witness.bias.toString(),
  });
  if (options.json) {
    printJson({
      command: 'patterns',
      data: {
        name: dataset.name,
        points: problem.size,
        dimension: problem.dimension,
        columns,
      },
      status: complete ? 'complete' : 'limit',
      count: patterns.length,
      atMost: atMost.toString(),
      generalPosition: complete && BigInt(patterns.length) === atMost,
      ...(options.list || patterns.length <= 10_000 ? { patterns: patterns.map(shown) } : {}),
      seconds: (performance.now() - start) / 1000,
    });
  } else {
    const general =
      BigInt(patterns.length) === atMost
        ? ', as many as for points in general position'
        : ` (points in general position have ${atMost})`;
    const lines = [
      complete
        ? `${patterns.length} activation patterns on ${problem.size} points in ${plural(problem.dimension, 'dimension')}${general}`
        : `more than ${patterns.length} activation patterns (at most ${atMost}); --limit N goes on`,
      `inputs ${columnsText(columns)}; labels are not used`,
      ...(options.list
        ? patterns
            .map(shown)
            .map(
              ({ active, inputWeights, bias }) => `${active}  w = (${inputWeights.join(', ')}), b = ${bias}`,
            )
        : []),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
  return complete ? EXIT.ok : EXIT.undecided;
}

/** The inputs and what else the file has: labels and windows are not used. */
function inputColumns(dataset: Dataset): DataColumns {
  const { inputs, target, lower, upper, unused = [] } = columnsOf(dataset);
  const others = [target, lower, upper].filter((name) => typeof name === 'string').concat(unused);
  return { inputs, target: null, ...(others.length === 0 ? {} : { unused: others }) };
}
