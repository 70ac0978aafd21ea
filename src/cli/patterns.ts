import { Command } from 'commander';
import { openDataset } from '../files/read-dataset.js';
import { type PatternsRun, patternsJson, patternsPage } from '../pages/patterns-page.js';
import { problemHash } from '../problem/canonical.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { problemOfInputs } from '../problem/problem-of-inputs.js';
import { certify } from '../solve/answer.js';
import { CheckedPatternSearch } from '../solve/patterns.js';
import { SOLVE_DEFAULTS } from '../solve/solve.js';
import {
  type CommonOptions,
  type DataOptions,
  ENDINGS,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  requireOutput,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
  writeCertificateFile,
} from './common.js';
import { withinLimits, withTimeLimit } from './limits.js';

interface Options extends CommonOptions, DataOptions {
  readonly list?: boolean;
  readonly certificate?: string;
  readonly limit: number;
  readonly timeLimit: number;
}

/** Patterns enumerated before the count is given up. */
const DEFAULT_LIMIT = 1_000_000;

/** `patterns DATA`: the achievable activation patterns; 3 when there are more than the limit, or time is up first. */
export function patternsCommand(): Command {
  const command = new Command('patterns')
    .description(
      'The sign patterns that one neuron can have on the inputs: exact count, and a witness for each.',
    )
    .argument(
      '<data>',
      'data file (tables, JSON, .npz, .parquet; - for standard input); labels are not used: every CSV column is an input, --target names one to leave out',
    )
    .option('--list', 'print every pattern with its witness (--json does so anyway, up to 10,000)')
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--limit <n>', 'stop after this many patterns', wholeNumber(1), DEFAULT_LIMIT);
  withTimeLimit(command, 'the count; then the patterns found by then', SOLVE_DEFAULTS.timeLimit);
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('patterns', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  const dataset = await openDataset(path, { ...options, inputsOnly: true });
  const problem = problemOfInputs(dataset);
  const search = new CheckedPatternSearch(problem, options.limit, options.certificate !== undefined);
  const { ended, ...answer } = await withinLimits(options, async (limits) => {
    const taken = await limits.take(
      search.steps(),
      () => `counting: ${search.found.patterns.length.toLocaleString('en-US')} patterns`,
    );
    return taken === null
      ? { kind: 'patterns' as const, found: search.found, nodes: null, checked: false, ended: limits.ended }
      : { ...taken.value, ended: null };
  });
  const { found, checked } = answer;
  if (options.certificate !== undefined) {
    // The checker has taken every node of the tree as it was found.
    const certificate = certify(problem, answer, problemHash(problem, nodeSha256));
    if (certificate !== null) await writeCertificateFile(options.certificate, certificate, options);
    else
      notice(
        options,
        `no certificate is written: ${ended === null ? 'there are more patterns than the limit' : 'not all patterns were found'}`,
      );
  }
  const done: PatternsRun = {
    dataset,
    problem,
    list: options.list ?? false,
    checked,
    certificate: found.complete ? options.certificate : undefined,
    ended,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(patternsJson(found, done));
  else process.stdout.write(patternsPage(found, done));
  return found.complete ? EXIT.ok : EXIT.undecided;
}
