import { Command } from 'commander';
import { Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import { networkChunks } from '../files/network-format.js';
import { openDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { pathNormCost } from '../lp-norm/cost.js';
import { layersFromNetwork } from '../models/layers.js';
import { MODEL_WRITERS, type ModelEnding, modelChunks } from '../models/write-model.js';
import { type Counted, type PruneAnswer, type PruneRun, pruneJson, prunePage } from '../pages/prune-page.js';
import { InputError } from '../problem/input-error.js';
import { countNeurons, countParameters, type Network, type Skip } from '../problem/network.js';
import { problemOfInputs } from '../problem/problem-of-inputs.js';
import { dataFile, QUESTION_DEFAULTS } from '../problem/question.js';
import { commandLine } from '../text/command-line.js';
import { decidedVertex } from '../verify/vertex-claim.js';
import { costsOf, type Pruned, prune } from '../vertex/prune.js';
import { largestChange, rounded } from '../vertex/rounding.js';
import { thinned } from '../vertex/thin.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  EXIT,
  type ExitCode,
  exactNumber,
  nonNegativeExact,
  notice,
  printJson,
  requireOutput,
  runCommand,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { withinLimits, withTimeLimit } from './limits.js';
import { MODEL_ARGUMENT, type ModelOptions, readScaledModel, withModelOptions } from './model-options.js';

interface Options extends CommonOptions, DataOptions, ModelOptions {
  readonly network: string;
  readonly p: Rational;
  readonly tolerance: Rational;
  readonly skip?: Skip;
  readonly float32?: boolean;
  readonly timeLimit: number;
}

/** Seconds for the way to a vertex, unless --time-limit says otherwise. */
const DEFAULT_SECONDS = 60;

/** Digits of a cost behind the point. */
const COST_DIGITS = 20;

/** `prune MODEL DATA`: 0 a vertex is written, 2 unreadable, 3 a limit came first and what was reached is written. */
export function pruneCommand(): Command {
  const command = new Command('prune')
    .description(
      'A network with the same outputs on the data, at most as many neurons as points and a smaller l^p path norm: a vertex.',
    )
    .argument('<model>', MODEL_ARGUMENT)
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input); labels are not used')
    .requiredOption(
      '--network <file>',
      `write the network: ${Object.keys(MODEL_WRITERS).join(', ')}; exact in .json, else rounded`,
    )
    .option('--p <p>', 'the cost that never rises, 0 < p < 1, exact number', exactNumber, Rational.of(1, 2))
    .option(
      '--tolerance <eps>',
      'outputs may change by eps: products are left out first, exact number',
      nonNegativeExact,
      Rational.zero,
    )
    .addOption(
      choice('--skip <kind>', "what is free beside the neurons (default: the model's own)", [
        'affine',
        'bias',
        'none',
      ]),
    )
    .option('--float32', 'round to single precision, in .npz and .safetensors');
  withModelOptions(command);
  withTimeLimit(command, 'the way to a vertex; then what was reached is written', DEFAULT_SECONDS);
  return withDataOptions(withCommonOptions(command)).action(
    (modelPath: string, dataPath: string, options: Options) =>
      runCommand('prune', () => run(modelPath, dataPath, options)),
  );
}

async function run(modelPath: string, dataPath: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  const { network: file, p, tolerance } = options;
  const endings = Object.keys(MODEL_WRITERS) as ModelEnding[];
  requireOutput('--network', file, endings);
  if (p.sign() <= 0 || !p.lessThan(Rational.one)) {
    throw new InputError(`--p: expected a number with 0 < p < 1, found ${p}`);
  }
  const model = readScaledModel(modelPath, options);
  const skip = options.skip ?? model.skip;
  const dataset = await openDataset(dataPath, options);
  if (model.network.inputDimension !== dataset.inputs.length) {
    throw new InputError(
      `${dataset.name}: expected ${model.network.inputDimension} inputs as the model has, found ${dataset.inputs.length}; ` +
        'give the data the model was trained on',
    );
  }
  const problem = problemOfInputs(dataset);
  const wasVertex = decidedVertex(problem, model.network, skip).verdict.holds === true;
  const from = thinned(problem, model.network, tolerance);
  let reached: Network = from;
  const { pruned, ended } = await withinLimits(options, async (limits) => {
    const taken = await limits.take(
      prune(problem, from, skip, p, (network) => {
        reached = network;
      }),
      () => `pruning: ${countNeurons(reached)} neurons, ${countParameters(reached)} parameters`,
    );
    const partial: Pruned = { network: reached, isVertex: false, events: 0 };
    return { pruned: taken?.value ?? partial, ended: taken === null ? limits.ended : null };
  });
  // What is called a vertex has passed the independent checker.
  const isVertex = pruned.isVertex && decidedVertex(problem, pruned.network, skip).verdict.holds === true;

  const exact = /\.json$/i.test(file);
  const dtype = options.float32 ? 'float32' : 'float64';
  const final = exact ? pruned.network : rounded(pruned.network, dtype);
  const ending = endings.find((candidate) => file.toLowerCase().endsWith(candidate))!;
  await writeFileAtomically(
    file,
    exact ? networkChunks(final) : modelChunks(layersFromNetwork(final), ending, dtype),
  );
  notice(options, `network written to ${file}`);
  const counted = (network: Network): Counted => ({
    neurons: countNeurons(network),
    parameters: countParameters(network),
    cost: finish(pathNormCost(costsOf(network), p, COST_DIGITS)),
  });
  const answer: PruneAnswer = {
    before: counted(model.network),
    after: counted(final),
    wasVertex,
    isVertex,
    events: pruned.events,
    change: largestChange(problem, model.network, final),
    ended,
  };
  const question = { ...QUESTION_DEFAULTS, data: dataFile(dataPath, options), skip: options.skip ?? null };
  const done: PruneRun = {
    model: modelPath,
    dataset,
    problem,
    skip,
    p,
    tolerance,
    file,
    // Rounding moves points off their hyperplanes.
    verify:
      exact && isVertex
        ? commandLine(question, 'verify', { before: [file], options: ['--claim', 'vertex'] })
        : null,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(pruneJson(answer, done));
  else process.stdout.write(prunePage(answer, done));
  return isVertex ? EXIT.ok : EXIT.undecided;
}
