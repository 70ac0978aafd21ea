import { Command } from 'commander';
import type { Certificate } from '../certificate/certificate.js';
import { identityOf } from '../certificate/identity.js';
import { certificateChunks } from '../certificate/write.js';
import type { Rational } from '../exact/rational.js';
import { readDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { curvature } from '../knots/curvature.js';
import { functionOfVertex } from '../knots/family.js';
import { limitVertex } from '../knots/limit.js';
import { runsOf } from '../knots/runs.js';
import { costOf } from '../lp-norm/minimize.js';
import { type LpPath, lpPath, uniqueBelow } from '../lp-norm/path.js';
import { type Threshold, threshold } from '../lp-norm/threshold.js';
import { setTiling, type Tiling } from '../lp-norm/tiling.js';
import { type PieceView, thresholdJson, thresholdPage } from '../pages/threshold-page.js';
import { problemHash } from '../problem/canonical.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem, type Problem } from '../problem/problem.js';
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

/** Digits after the point in the costs of a path. */
const COST_DIGITS = 18;

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
  const dataset = readDataset(path, options);
  const problem = makeProblem(dataset);
  requireExactUnivariate(problem, 'threshold');
  const found = threshold(problem);
  const statement = { claim: found.claim, proof: found.proof };
  const isChecked = acceptedWithin(CHECK_SECONDS, problem, statement) !== null;
  const crossing = functionsThatCross(problem, found);
  const view = {
    path,
    dataset,
    problem,
    sha256: problemHash(problem, nodeSha256),
    threshold: found,
    uniqueBelow: uniqueBelow(problem),
    crossing,
    lpPath: options.path ? writtenPath(problem, lpPath(problem)) : null,
    checked: isChecked,
    certificate: options.certificate ?? null,
    seconds: (performance.now() - start) / 1000,
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
      problem: identityOf(problem, view.sha256),
      ...statement,
    };
    await writeFileAtomically(options.certificate, certificateChunks(certificate));
    notice(options, `certificate written to ${options.certificate}`);
  }
  if (options.json) printJson(thresholdJson(view));
  else process.stdout.write(thresholdPage(view));
  return found.status === 'undecided' ? EXIT.undecided : EXIT.ok;
}

/** The two functions whose costs meet at p*: they differ in the run that decides. */
function functionsThatCross(problem: Problem, { crossing }: Threshold) {
  if (crossing === undefined) return null;
  const signs = curvature(problem);
  const runs = runsOf(signs);
  const { side } = limitVertex(problem, runs);
  const withTiling = (tiling: Tiling) => {
    const vertex = side.slice();
    setTiling(vertex, crossing.point, runs.points[crossing.run]!, tiling);
    return functionOfVertex(problem, signs, vertex);
  };
  return { sparsest: withTiling(crossing.sparsest), denser: withTiling(crossing.denser) };
}

function writtenPath(problem: Problem, path: LpPath) {
  const signs = curvature(problem);
  const pieces = path.pieces.map(({ vertex, from, to }): PieceView => {
    const f = functionOfVertex(problem, signs, vertex);
    const cost = (p: Rational) => costOf(f, p, COST_DIGITS);
    return { function: f, costFrom: cost(from), costTo: cost(to) };
  });
  return { path, pieces };
}
