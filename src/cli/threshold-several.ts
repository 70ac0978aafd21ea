import { writeFileAtomically } from '../files/write-file.js';
import type { Run } from '../pages/run.js';
import {
  countedNoun,
  type ThresholdSeveralAnswer,
  thresholdSeveralJson,
  thresholdSeveralPage,
} from '../pages/threshold-several-page.js';
import type { Candidate } from '../path-norm/candidates.js';
import { pathNormPath, ThresholdSeveralSearch } from '../path-norm/threshold.js';
import { InputError } from '../problem/input-error.js';
import type { PosedQuestion } from '../problem/question.js';
import { certify } from '../solve/answer.js';
import { acceptedInSteps } from '../solve/checked.js';
import { thresholdSeveralStatement } from '../solve/path-norm.js';
import { defaultSkip } from '../solve/solve.js';
import { plural } from '../text/format.js';
import {
  type CommonOptions,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  writeCertificateFile,
} from './common.js';
import { type Limits, withinLimits } from './limits.js';

/** Options of `threshold` that matter here. */
export interface ThresholdSeveralOptions extends CommonOptions {
  readonly path?: boolean;
  readonly certificate?: string;
  readonly plot?: string;
  readonly timeLimit: number;
}

/** `threshold` by enumeration of all vertices; 3 when there are too many, or a limit came first. */
export async function thresholdOfSeveral(
  question: PosedQuestion,
  options: ThresholdSeveralOptions,
  start: number,
): Promise<ExitCode> {
  const { problem } = question;
  if (!problem.exact)
    throw new InputError('threshold is about exact labels; the data have windows (lower, upper)');
  const answer = await withinLimits(options, (limits) => thresholdWithin(limits, question, options));
  await writeFiles(question, answer, options);
  const { certificate, plot } = options;
  const run: Run = { seconds: (performance.now() - start) / 1000, written: { certificate, plot } };
  if (options.json) printJson(thresholdSeveralJson(question, answer, run));
  else process.stdout.write(thresholdSeveralPage(question, answer, run));
  return answer.threshold.status === 'closed' ? EXIT.ok : EXIT.undecided;
}

/** p* or the bracket reached, checked where that fits into the time, and the path where it is asked for. */
async function thresholdWithin(
  limits: Limits,
  { problem, skip }: PosedQuestion,
  { path: pathAsked }: ThresholdSeveralOptions,
): Promise<ThresholdSeveralAnswer> {
  const search = new ThresholdSeveralSearch(problem, skip ?? defaultSkip(problem));
  await limits.take(
    search.steps(),
    () => `p* lies between ${search.lower} and ${search.upper}; going through the vertices`,
  );
  const threshold = search.result();
  const statement = thresholdSeveralStatement(threshold);
  const verdict =
    statement === null
      ? null
      : await limits.take(acceptedInSteps(problem, statement), () => 'p* enclosed; checking the proof');
  const { found } = threshold;
  const path =
    pathAsked === true && found !== null
      ? await limits.take(pathNormPath(found), () => 'p* done; following the minimisers')
      : null;
  return { threshold, checked: verdict !== null, path: path?.value ?? null, ended: limits.ended };
}

async function writeFiles(
  question: PosedQuestion,
  { threshold }: ThresholdSeveralAnswer,
  options: ThresholdSeveralOptions,
): Promise<void> {
  const { problem, dataset } = question;
  if (options.plot !== undefined) {
    const crossing = threshold.found?.crossing ?? null;
    if (crossing === null)
      throw new InputError(
        '--plot draws the costs that cross at p*, but no crossing below 1 is known here; leave it out',
      );
    const { plotCostCurves } = await import('../pictures/crossing.js');
    const curve = ({ entries }: Candidate) => ({
      words: plural(entries.length, countedNoun(question)),
      terms: entries.map((entry) => entry.toNumber()),
    });
    const picture = {
      name: dataset.name,
      pStar: threshold.upper.toNumber(),
      sparsest: curve(crossing.sparsest),
      denser: curve(crossing.denser),
    };
    await writeFileAtomically(options.plot, [await plotCostCurves(picture)]);
    notice(options, `picture written to ${options.plot}`);
  }
  if (options.certificate !== undefined) {
    const certificate = certify(problem, threshold, question.sha256);
    if (certificate === null)
      throw new InputError(
        '--certificate: nothing is proved about p* here, so there is no proof to write; leave it out',
      );
    await writeCertificateFile(options.certificate, certificate, options);
  }
}
