import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import { writeFileAtomically } from '../files/write-file.js';
import type { Run } from '../pages/run.js';
import { countedNoun, thresholdSeveralJson, thresholdSeveralPage } from '../pages/threshold-several-page.js';
import type { Candidate } from '../path-norm/candidates.js';
import { pathNormPath, thresholdSeveral } from '../path-norm/threshold.js';
import { InputError } from '../problem/input-error.js';
import type { PosedQuestion } from '../problem/question.js';
import { accepted } from '../solve/checked.js';
import { thresholdSeveralStatement } from '../solve/path-norm.js';
import { defaultSkip } from '../solve/solve.js';
import { plural } from '../text/format.js';
import { type CommonOptions, EXIT, type ExitCode, notice, printJson } from './common.js';

/** Options of `threshold` that matter here. */
export interface ThresholdSeveralOptions extends CommonOptions {
  readonly path?: boolean;
  readonly certificate?: string;
  readonly plot?: string;
}

/** `threshold` by enumeration of all vertices; 3 when there are too many. */
export async function thresholdOfSeveral(
  question: PosedQuestion,
  options: ThresholdSeveralOptions,
  start: number,
): Promise<ExitCode> {
  const { problem, dataset } = question;
  if (!problem.exact)
    throw new InputError('threshold is about exact labels; the data have windows (lower, upper)');
  const found = thresholdSeveral(problem, question.skip ?? defaultSkip(problem));
  const statement = thresholdSeveralStatement(found);
  if (statement !== null) accepted(problem, statement);
  const crossing = found.found?.crossing ?? null;
  const path = options.path && found.found !== null ? pathNormPath(found.found) : null;
  if (options.plot !== undefined) {
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
      pStar: found.upper.toNumber(),
      sparsest: curve(crossing.sparsest),
      denser: curve(crossing.denser),
    };
    await writeFileAtomically(options.plot, [await plotCostCurves(picture)]);
    notice(options, `picture written to ${options.plot}`);
  }
  if (options.certificate !== undefined) {
    if (statement === null)
      throw new InputError(
        '--certificate: nothing is proved about p* here, so there is no proof to write; leave it out',
      );
    const certificate: Certificate = { problem: identityOf(problem, question.sha256), ...statement };
    await writeFileAtomically(options.certificate, certificateChunks(certificate));
    notice(options, `certificate written to ${options.certificate}`);
  }
  const { certificate, plot } = options;
  const answer = { threshold: found, checked: statement !== null, path };
  const run: Run = { seconds: (performance.now() - start) / 1000, written: { certificate, plot } };
  if (options.json) printJson(thresholdSeveralJson(question, answer, run));
  else process.stdout.write(thresholdSeveralPage(question, answer, run));
  return found.status === 'closed' ? EXIT.ok : EXIT.undecided;
}
