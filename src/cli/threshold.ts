import { Command } from 'commander';
import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import { readDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { functionsThatCross } from '../lp-norm/crossing.js';
import { lpPath, uniqueBelow } from '../lp-norm/path.js';
import { pathPieces } from '../lp-norm/path-pieces.js';
import { threshold } from '../lp-norm/threshold.js';
import type { Run } from '../pages/run.js';
import { type ThresholdAnswer, thresholdJson, thresholdPage } from '../pages/threshold-page.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { dataFile, poseQuestion, QUESTION_DEFAULTS, type Question } from '../problem/question.js';
import { acceptedWithin } from '../solve/checked.js';
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
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { requireExactUnivariate } from './minimize.js';

interface Options extends CommonOptions, DataOptions {
  readonly path?: boolean;
  readonly certificate?: string;
  readonly plot?: string;
}

/** The proof is checked before it is printed, unless that would take longer than this. */
const CHECK_SECONDS = SOLVE_DEFAULTS.timeLimit;

/** `threshold DATA`: p*, certified; 3 when the bracket could not be closed. */
export function thresholdCommand(): Command {
  const command = new Command('threshold')
    .description(
      'p*: below it every l^p minimiser is a sparsest interpolant (one input, skip affine). Certified.',
    )
    .argument('<data>', 'data file: .csv, .json (sparsest-instance) or .npz')
    .option('--path', 'the minimiser for every p in (0, 1]')
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--plot <file.svg>', 'draw the two cost curves that cross at p*');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('threshold', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  const asked: Question = { ...QUESTION_DEFAULTS, data: dataFile(path, options) };
  const question = poseQuestion(asked, readDataset(path, options), nodeSha256);
  const { dataset, problem, sha256 } = question;
  requireExactUnivariate(problem, 'threshold');
  const found = threshold(problem);
  const statement = { claim: found.claim, proof: found.proof };
  const isChecked = acceptedWithin(CHECK_SECONDS, problem, statement) !== null;
  const crossing = functionsThatCross(problem, found);
  const minimisers = options.path ? lpPath(problem) : null;
  const answer: ThresholdAnswer = {
    threshold: found,
    uniqueBelow: uniqueBelow(problem),
    crossing,
    checked: isChecked,
    lpPath: minimisers === null ? null : { path: minimisers, pieces: pathPieces(problem, minimisers) },
  };
  if (options.plot !== undefined) {
    if (crossing === null)
      throw new InputError('--plot draws the costs that cross at p*, but p* = 1 here; leave it out');
    const { plotCrossing } = await import('../pictures/crossing.js');
    const picture = { name: dataset.name, pStar: found.upper.toNumber(), ...crossing };
    await writeFileAtomically(options.plot, [await plotCrossing(picture)]);
    notice(options, `picture written to ${options.plot}`);
  }
  if (options.certificate !== undefined) {
    const certificate: Certificate = {
      problem: identityOf(problem, sha256),
      ...statement,
    };
    await writeFileAtomically(options.certificate, certificateChunks(certificate));
    notice(options, `certificate written to ${options.certificate}`);
  }
  const { certificate, plot } = options;
  const done: Run = { seconds: (performance.now() - start) / 1000, written: { certificate, plot } };
  if (options.json) printJson(thresholdJson(question, answer, done));
  else process.stdout.write(thresholdPage(question, answer, done));
  return found.status === 'undecided' ? EXIT.undecided : EXIT.ok;
}
