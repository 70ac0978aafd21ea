import { Command } from 'commander';
import { Rational } from '../exact/rational.js';
import { openDataset } from '../files/read-dataset.js';
import { canonicalBytes, problemHash } from '../problem/canonical.js';
import { hasWindows } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem } from '../problem/problem.js';
import { problemOfInputs } from '../problem/problem-of-inputs.js';
import { wideningProblem } from '../problem/widening.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  EXIT,
  type ExitCode,
  nonNegativeExact,
  printJson,
  runCommand,
  withClasses,
  withCommonOptions,
  withDataOptions,
  withWeights,
} from './common.js';

interface Options extends CommonOptions, DataOptions {
  readonly tolerance: Rational;
  readonly claim: 'windows' | 'least-tolerance' | 'patterns';
}

/** `canonical DATA`: the text whose hash a certificate carries. */
export function canonicalCommand(): Command {
  const command = new Command('canonical')
    .description('The canonical text of the problem, whose SHA-256 a certificate carries.')
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input)')
    .option(
      '--tolerance <eps>',
      'windows of this half-width around labels, exact number',
      nonNegativeExact,
      Rational.zero,
    )
    .addOption(
      choice('--claim <kind>', 'what the problem is for: windows, before any tolerance, or inputs alone', [
        'windows',
        'least-tolerance',
        'patterns',
      ]).default('windows'),
    );
  return withClasses(withWeights(withDataOptions(withCommonOptions(command)))).action(
    (path: string, options: Options) => runCommand('canonical', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const { claim, tolerance } = options;
  const dataset = await openDataset(path, { ...options, inputsOnly: claim === 'patterns' });
  if (!tolerance.isZero() && (claim !== 'windows' || hasWindows(dataset)))
    throw new InputError(`--tolerance ${tolerance} goes with labels and --claim windows; leave it out`);
  const problem =
    claim === 'patterns'
      ? problemOfInputs(dataset)
      : claim === 'least-tolerance'
        ? wideningProblem(dataset)
        : makeProblem(dataset, tolerance, { open: true });
  const { dimension, size } = problem;
  if (options.json) {
    const text = [...canonicalBytes(problem)].map((bytes) => Buffer.from(bytes).toString('latin1')).join('');
    printJson({
      command: 'canonical',
      dimension,
      points: size,
      sha256: problemHash(problem, nodeSha256),
      text,
    });
  } else for (const bytes of canonicalBytes(problem)) process.stdout.write(bytes);
  return EXIT.ok;
}
