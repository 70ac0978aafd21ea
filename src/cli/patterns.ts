import { Command } from 'commander';
import { readDataset } from '../files/read-dataset.js';
import { type PatternsRun, patternsJson, patternsPage } from '../pages/patterns-page.js';
import { makeProblem } from '../problem/problem.js';
import { patternsUpTo } from '../search/patterns.js';
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
  // Labels play no part: windows wide open keep rows with equal inputs together whatever their labels are.
  const problem = makeProblem({ ...dataset, labels: dataset.inputs[0]!, lower: null, upper: null });
  const found = patternsUpTo(problem, options.limit);
  const done: PatternsRun = {
    dataset,
    problem,
    list: options.list ?? false,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(patternsJson(found, done));
  else process.stdout.write(patternsPage(found, done));
  return found.complete ? EXIT.ok : EXIT.undecided;
}
