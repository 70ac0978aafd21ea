import { Command } from 'commander';
import type { Steps } from '../exact/steps.js';
import { openDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { type LeastTolerance, LeastTolerances } from '../knots/least-tolerance.js';
import { tradeoffJson, tradeoffPage } from '../pages/tradeoff.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { dataFile, poseTolerances, QUESTION_DEFAULTS } from '../problem/question.js';
import { certify, statementOf } from '../solve/answer.js';
import { accepted } from '../solve/checked.js';
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
  withWeights,
  writeCertificateFile,
} from './common.js';
import { type LimitOptions, withinLimits, withTimeLimit } from './limits.js';

interface Options extends CommonOptions, DataOptions, LimitOptions {
  readonly maxKnots?: number;
  readonly widen?: boolean;
  readonly certificate?: string;
  readonly plot?: string;
  readonly fits?: boolean;
}

/** Budgets that are handed to the checker together. */
const CHECKED_AT_ONCE = 64;

/** `tradeoff DATA`: the least tolerance for every number of knots. */
export function tradeoffCommand(): Command {
  const command = new Command('tradeoff')
    .description('The least tolerance for 0, 1, 2, .. knots, down to what the data allow, every one proved.')
    .argument('<data>', 'data file with one input: .csv, .json (sparsest-instance) or .npz')
    .option('--max-knots <k>', 'stop at k knots (default: where more do not help)', wholeNumber(0))
    .option('--widen', 'by how much the windows in the file must be widened, or may be narrowed')
    .option(
      '--certificate <file>',
      'write the proof of the whole curve, for `sparsest check` (gzip when the name ends in .gz)',
    )
    .option('--plot <file.svg>', 'draw the curve')
    .option('--fits', 'with --plot: small pictures of some of the functions below the curve');
  return withWeights(
    withTimeLimit(
      withDataOptions(withCommonOptions(command)),
      'the curve; then the part of it that is known',
    ),
  ).action((path: string, options: Options) => runCommand('tradeoff', () => run(path, options)));
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--plot', options.plot, ENDINGS.plot);
  const { maxKnots, widen = false, timeLimit = null } = options;
  const asked = { ...QUESTION_DEFAULTS, data: dataFile(path, options), widen, timeLimit };
  const restriction = { ...asked.restriction, maxKnots: maxKnots ?? null };
  const question = poseTolerances({ ...asked, restriction }, await openDataset(path, options), nodeSha256);
  const { problem, dataset } = question;
  const tolerances = new LeastTolerances(problem);
  const most = Math.min(maxKnots ?? tolerances.enough, tolerances.enough);
  // The evidence of a long curve is large: it is kept only where it is written or drawn.
  const keep = options.certificate !== undefined || options.fits === true;
  const steps: LeastTolerance[] = [];
  const unchecked: LeastTolerance[] = [];
  const check = () => {
    if (unchecked.length > 0)
      accepted(problem, statementOf(problem, { kind: 'least-tolerance', steps: unchecked }));
    unchecked.length = 0;
  };
  const curve: { knots: number; tolerance: LeastTolerance['tolerance'] }[] = [];
  function* all(): Steps<void> {
    for (let knots = 0; knots <= most; knots++) {
      const step = yield* tolerances.least(knots);
      curve.push({ knots, tolerance: step.tolerance });
      if (keep) steps.push(step);
      unchecked.push(step);
      if (unchecked.length >= CHECKED_AT_ONCE) check();
    }
  }
  const ended = await withinLimits(options, async (limits) => {
    const done = await limits.take(all(), () => `${curve.length} of ${most + 1} budgets`);
    return done === null ? limits.ended : null;
  });
  check();
  const answer = {
    question,
    curve,
    complete: curve.length > tolerances.enough,
    ended,
    passes: tolerances.passes,
  };
  if (options.certificate !== undefined && curve.length > 0)
    await writeCertificateFile(
      options.certificate,
      certify(problem, { kind: 'least-tolerance', steps }, question.sha256),
      options,
    );
  if (options.plot !== undefined && curve.length > 0) {
    const { plotTradeoff } = await import('../pictures/tradeoff.js');
    const fits = options.fits ? steps : [];
    await writeFileAtomically(options.plot, [await plotTradeoff(problem, curve, fits, dataset.name)]);
    notice(options, `picture written to ${options.plot}`);
  }
  const { certificate, plot } = options;
  const done = { seconds: (performance.now() - start) / 1000, written: { certificate, plot } };
  if (options.json) printJson(tradeoffJson(answer, done));
  else process.stdout.write(tradeoffPage(answer, done));
  return ended === null ? EXIT.ok : EXIT.undecided;
}
