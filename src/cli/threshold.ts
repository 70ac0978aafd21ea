import { Command } from 'commander';
import { until } from '../exact/steps.js';
import { openDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { functionsThatCross } from '../lp-norm/crossing.js';
import { PathSearch } from '../lp-norm/path.js';
import { pathPieces } from '../lp-norm/path-pieces.js';
import { type Threshold, ThresholdSearch } from '../lp-norm/threshold.js';
import { UniquenessSearch, withUniqueness } from '../lp-norm/uniqueness.js';
import type { Run } from '../pages/run.js';
import {
  type PStarAnswer,
  pStarPage,
  restPage,
  type ThresholdAnswer,
  thresholdJson,
} from '../pages/threshold-page.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import type { Problem } from '../problem/problem.js';
import {
  dataFile,
  type PosedQuestion,
  poseQuestion,
  QUESTION_DEFAULTS,
  type Question,
} from '../problem/question.js';
import { certify } from '../solve/answer.js';
import { acceptedInSteps, uniquenessAcceptedInSteps } from '../solve/checked.js';
import {
  type CommonOptions,
  choice,
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
  writeCertificateFile,
} from './common.js';
import { type Limits, withinLimits, withTimeLimit } from './limits.js';
import { requireExactLabels } from './minimize.js';
import { isForPathNorm } from './minimize-several.js';
import { thresholdOfSeveral } from './threshold-several.js';

interface Options extends CommonOptions, DataOptions {
  readonly skip?: Skip;
  readonly path?: boolean;
  readonly certificate?: string;
  readonly plot?: string;
  readonly timeLimit: number;
}

/** Seconds for everything that is asked, unless --time-limit says otherwise. */
const DEFAULT_SECONDS = 60;

/**
 * Of the time that is left: the search for p*, so that its check fits in too; then the check; what remains is for uniqueness, half of it for its
 * check, and for the path where it is asked for.
 */
const SHARE = { search: 1 / 2, check: 3 / 4, path: 1 / 2, uniqueCheck: 1 / 2 } as const;

/** `threshold DATA`: p*, certified; 3 when the bracket could not be closed. */
export function thresholdCommand(): Command {
  const command = new Command('threshold')
    .description('p*: below it every l^p minimiser is a sparsest network through the data. Certified.')
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input)')
    .addOption(
      choice(
        '--skip <kind>',
        'affine part of the network, not penalised (default: affine for one input, none for several)',
        ['affine', 'bias', 'none'],
      ),
    )
    .option('--path', 'the minimiser for every p in (0, 1]')
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--plot <file.svg>', 'draw the two cost curves that cross at p*');
  withTimeLimit(command, 'p*, uniqueness, their checks and the path; then what is known', DEFAULT_SECONDS);
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('threshold', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  const asked: Question = {
    ...QUESTION_DEFAULTS,
    data: dataFile(path, options),
    skip: options.skip ?? null,
    timeLimit: options.timeLimit === DEFAULT_SECONDS ? null : options.timeLimit,
  };
  const question = poseQuestion(asked, await openDataset(path, options), nodeSha256);
  if (isForPathNorm(question)) return thresholdOfSeveral(question, options, start);
  requireExactLabels(question.problem, 'threshold');
  const seconds = () => (performance.now() - start) / 1000;
  return withinLimits(options, async (limits) => {
    const answer = await pStarWithin(limits, question);
    await writeFiles(question, answer, options);
    // p* is what was asked first: it does not wait for the rest.
    const { certificate, plot } = options;
    const written = { certificate, plot };
    if (!options.json) process.stdout.write(pStarPage(question, answer, { seconds: seconds(), written }));
    const whole = await restWithin(limits, question, answer, options);
    if (whole.uniqueChecked)
      await writeCertificate(withUniqueness(answer.threshold, whole.uniqueness), question, {
        ...options,
        quiet: true,
      });
    const done: Run = { seconds: seconds(), written };
    if (options.json) printJson(thresholdJson(question, whole, done));
    else process.stdout.write(restPage(question, whole, done));
    return answer.threshold.status === 'undecided' ? EXIT.undecided : EXIT.ok;
  });
}

/** p*, or the bracket reached within a part of the time, checked where that fits. */
async function pStarWithin(limits: Limits, { problem }: PosedQuestion): Promise<PStarAnswer> {
  const search = new ThresholdSearch(problem);
  const searchEnd = limits.left * (1 - SHARE.search);
  await limits.take(
    until(search.steps(), () => limits.left <= searchEnd),
    () => `p* lies between ${search.lower.toFixed(12)} and ${search.upper.toFixed(12)}`,
  );
  const threshold = search.result();
  const checkEnd = limits.left * (1 - SHARE.check);
  let share = 0;
  const isChecked = await limits.take(
    until(acceptedInSteps(problem, threshold), (done) => {
      share = (done ?? 0) as number;
      return limits.left <= checkEnd;
    }),
    () =>
      `p* ${threshold.status === 'closed' ? 'found' : 'enclosed'}; checking the proof: ${(100 * share).toFixed(0)} %`,
  );
  return {
    threshold,
    crossing: functionsThatCross(problem, threshold),
    checked: isChecked?.value === true,
  };
}

/** Uniqueness, and the path where it is asked for: as far as time allows. */
async function restWithin(
  limits: Limits,
  { problem }: PosedQuestion,
  answer: PStarAnswer,
  { path }: Options,
): Promise<ThresholdAnswer> {
  const found = await uniquenessWithin(limits, problem, answer, path === true ? SHARE.path : 0);
  if (path !== true) return { ...answer, ...found, lpPath: null, ended: limits.ended };
  const walk = new PathSearch(problem);
  await limits.take(walk.steps(), () => `p* done; minimisers known up to p = ${walk.reached.toFixed(6)}`);
  const lpPath = walk.result();
  return {
    ...answer,
    ...found,
    lpPath: { path: lpPath, pieces: pathPieces(problem, lpPath) },
    ended: limits.ended,
  };
}

/**
 * Uniqueness, or the bracket reached; checked where that fits and the bracket of p*, on which it rests, is checked.
 * @param kept the share of the time that is left for others
 */
async function uniquenessWithin(
  limits: Limits,
  problem: Problem,
  { threshold, checked }: PStarAnswer,
  kept: number,
): Promise<Pick<ThresholdAnswer, 'uniqueness' | 'uniqueChecked'>> {
  const search = new UniquenessSearch(problem, threshold);
  const end = limits.left * kept;
  const searchEnd = end + (limits.left - end) * SHARE.uniqueCheck;
  await limits.take(
    until(search.steps(), () => limits.left <= searchEnd),
    () => `p* done; the minimiser is unique up to ${search.lower.toFixed(6)} at least`,
  );
  const uniqueness = search.result();
  if (!checked) return { uniqueness, uniqueChecked: false };
  const { claim, proof } = withUniqueness(threshold, uniqueness);
  let share = 0;
  const isChecked = await limits.take(
    until(uniquenessAcceptedInSteps(problem, claim, proof), (done) => {
      share = (done ?? 0) as number;
      return limits.left <= end;
    }),
    () => `p* done; checking uniqueness: ${(100 * share).toFixed(0)} %`,
  );
  return { uniqueness, uniqueChecked: isChecked?.value === true };
}

/** The picture and the certificate of p*, where they are asked for. A certificate that holds uniqueness too takes its place later. */
async function writeFiles(
  question: PosedQuestion,
  { threshold, crossing }: PStarAnswer,
  options: Options,
): Promise<void> {
  if (options.plot !== undefined) {
    if (crossing === null) {
      const why = threshold.status === 'closed' ? 'p* = 1 here' : 'none is known here so far';
      throw new InputError(`--plot draws the costs that cross at p*, but ${why}; leave it out`);
    }
    const { plotCrossing } = await import('../pictures/crossing.js');
    const picture = { name: question.dataset.name, pStar: threshold.upper.toNumber(), ...crossing };
    await writeFileAtomically(options.plot, [await plotCrossing(picture)]);
    notice(options, `picture written to ${options.plot}`);
  }
  await writeCertificate(threshold, question, options);
}

async function writeCertificate(
  threshold: Threshold,
  { problem, sha256 }: PosedQuestion,
  options: Options,
): Promise<void> {
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certify(problem, threshold, sha256), options);
}
