import { Command } from 'commander';
import { certificateChunks } from '../certificate/write.js';
import { problemHash } from '../data/canonical.js';
import { InputError } from '../data/input-error.js';
import { networkChunks } from '../data/network-format.js';
import { nodeSha256 } from '../data/node-sha256.js';
import { makeProblem } from '../data/problem.js';
import { readDataset } from '../data/read-dataset.js';
import { writeFileAtomically } from '../data/write-file.js';
import { Rational } from '../exact/rational.js';
import { solveJson } from '../report/solve-json.js';
import { solvePage } from '../report/solve-page.js';
import { certify, SOLVE_DEFAULTS, type SolveOptions, solve } from '../solve/solve.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  EXIT,
  type ExitCode,
  nonNegativeExact,
  notice,
  printJson,
  runCommand,
  withCommonOptions,
  withDataOptions,
} from './common.js';

interface Options extends CommonOptions, DataOptions, SolveOptions {
  readonly tolerance: Rational;
  readonly certificate?: string;
  readonly network?: string;
  readonly plot?: string;
  readonly all?: boolean;
  readonly knots?: boolean;
}

/** `solve DATA`: the sparsest network through the data, with proof. */
export function solveCommand(): Command {
  const command = new Command('solve')
    .description('The sparsest single-hidden-layer ReLU network through the data, with proof.')
    .argument('<data>', 'data file: .csv, .json (sparsest-instance) or .npz')
    .addOption(
      choice('--objective <kind>', 'what to count', ['neurons', 'parameters']).default(
        SOLVE_DEFAULTS.objective,
      ),
    )
    .addOption(
      choice(
        '--skip <kind>',
        'affine part of the network (default: affine for one input, none for several)',
        ['affine', 'bias', 'none'],
      ),
    )
    .option(
      '--tolerance <eps>',
      'pass within eps of every label, exact number',
      nonNegativeExact,
      Rational.zero,
    )
    .addOption(
      choice('--engine <name>', 'algorithm', ['auto', 'runs', 'milp', 'search']).default(
        SOLVE_DEFAULTS.engine,
      ),
    )
    .option('--certificate <file>', 'write the proof, for `sparsest check` (gzip when the name ends in .gz)')
    .option('--network <file>', 'write the network as JSON, in exact rationals')
    .option('--plot <file.svg>', 'draw data and function (one input)')
    .option('--all', 'describe the whole set of sparsest solutions (one input, exact labels)')
    .option('--knots', 'print the knots even when there are more than 10,000');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('solve', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  const dataset = readDataset(path, options);
  const problem = makeProblem(dataset, options.tolerance);
  if (options.all && !(problem.dimension === 1 && problem.exact)) {
    throw new InputError(
      `--all describes exact labels of one input; ${dataset.name} has ${problem.dimension} inputs${problem.exact ? '' : ' and windows'}; leave it out`,
    );
  }
  if (options.plot !== undefined && problem.dimension !== 1) {
    throw new InputError(
      `--plot draws functions of one input; ${dataset.name} has ${problem.dimension}; leave it out`,
    );
  }
  const solution = await solve(problem, options);
  const sha256 = problemHash(problem, nodeSha256);
  const view = {
    path,
    dataset,
    problem,
    sha256,
    solution,
    all: options.all ?? false,
    allKnots: options.knots ?? false,
    certificate: options.certificate ?? null,
    seconds: (performance.now() - start) / 1000,
  };
  if (solution.status !== 'infeasible') {
    if (options.network !== undefined) {
      await writeFileAtomically(options.network, networkChunks(solution.network));
      notice(options, `network written to ${options.network}`);
    }
    if (options.plot !== undefined) {
      const { plotSolution } = await import('../report/plot.js');
      await writeFileAtomically(options.plot, [
        await plotSolution(problem, solution.function!, dataset.name),
      ]);
      notice(options, `picture written to ${options.plot}`);
    }
  }
  if (options.certificate !== undefined) {
    await writeFileAtomically(options.certificate, certificateChunks(certify(problem, solution, sha256)));
    notice(options, `certificate written to ${options.certificate}`);
  }
  if (options.json) printJson(solveJson(view));
  else process.stdout.write(solvePage(view));
  if (solution.status === 'infeasible') return EXIT.fails;
  return solution.status === 'optimal' ? EXIT.ok : EXIT.undecided;
}
