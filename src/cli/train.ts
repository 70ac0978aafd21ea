import type { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { openDataset } from '../files/read-dataset.js';
import { readText } from '../files/read-file.js';
import { writeFileAtomically } from '../files/write-file.js';
import { MODEL_WRITERS, type ModelEnding, modelChunks } from '../models/write-model.js';
import { resumeLine, TRAINING_FLAGS, type TrainRun, trainJson, trainPage } from '../pages/train-page.js';
import { InputError } from '../problem/input-error.js';
import { dataFile, QUESTION_DEFAULTS, type Question } from '../problem/question.js';
import { CHECKPOINT, type Checkpoint, validateCheckpoint } from '../train/checkpoint.js';
import { pointsFromDataset } from '../train/from-dataset.js';
import { HISTORY_ENDINGS, historyChunks } from '../train/history-format.js';
import { layersFromPlainNetwork } from '../train/layers.js';
import { METHODS, TRAINING_DEFAULTS, type TrainingOptions, trainingOptions } from '../train/options.js';
import type { TrainingPoints } from '../train/points.js';
import { largestResidual } from '../train/residual.js';
import {
  CHUNK,
  DivergenceError,
  refuseChanges,
  type Training,
  type TrainingResult,
  trainAsync,
} from '../train/train.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  EXIT,
  type ExitCode,
  notice,
  printJson,
  requireDirectory,
  runCommand,
  wholeNumber,
  withCommonOptions,
  withDataOptions,
} from './common.js';
import { Limits, withTimeLimit } from './limits.js';

interface Options extends CommonOptions, DataOptions {
  readonly method?: TrainingOptions['method'];
  readonly p?: number;
  readonly epochs?: number;
  readonly width?: number;
  readonly lr?: number;
  readonly lambda?: number;
  readonly seed?: number;
  readonly skip?: TrainingOptions['skip'];
  readonly float32?: boolean;
  readonly reweightFrom?: TrainingOptions['reweightFrom'];
  readonly every?: number;
  readonly stopAfterSparse?: number;
  readonly sparseEpochs?: number;
  readonly threshold?: number;
  readonly timeLimit?: number;
  readonly network?: string;
  readonly history?: string;
  readonly checkpoint?: string;
  readonly resume?: string;
}

/** Limits of one run of the command. */
const LIMITS = {
  /** Multiplications per chunk, after which signals and progress are looked at: some 50 ms. */
  chunkWork: 2e7,
  /** Numbers in the largest array, width x max(points, inputs + 2). */
  arrayLength: 2 ** 28,
  /** Seconds between two saves of the checkpoint while the run goes on. */
  saveEvery: 30,
};

/** `train DATA`: Algorithm 1, Adam or AdamW. */
export function trainCommand(): Command {
  const defaults = TRAINING_DEFAULTS;
  const command = new Command('train')
    .description('Train a network by iteratively reweighted l^1 (Algorithm 1), by Adam or by AdamW.')
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input), with labels')
    .addOption(
      choice(
        '--method <name>',
        `reweighted is Algorithm 1; adam has no penalty (default: ${defaults.method})`,
        METHODS,
      ),
    )
    .option('--p <p>', `exponent of the penalty, 0 < p <= 1 (default: ${defaults.p})`, finiteNumber)
    .option('--epochs <n>', `full-batch steps in all (default: ${defaults.epochs})`, wholeNumber(0))
    .option('--width <k>', `neurons to start with (default: ${defaults.width})`, wholeNumber(1))
    .option('--lr <gamma>', `learning rate (default: ${defaults.learningRate})`, finiteNumber)
    .option(
      '--lambda <x>',
      `weight of the penalty; of the decay with adamw (default: ${defaults.lambda})`,
      finiteNumber,
    )
    .option('--seed <n>', `seed of the starting weights (default: ${defaults.seed})`, wholeNumber(0))
    .addOption(
      choice('--skip <kind>', `affine part of the network (default: ${defaults.skip})`, [
        'affine',
        'bias',
        'none',
      ]),
    )
    .option('--float32', 'keep weights and moments in single precision')
    .addOption(
      choice(
        '--reweight-from <product>',
        `weights of the penalty from the product before or after the step (default: ${defaults.reweightFrom})`,
        ['previous', 'current'],
      ),
    )
    .option(
      '--every <n>',
      `epochs between two rows of the history, 0 for none (default: ${defaults.every})`,
      wholeNumber(0),
    )
    .option('--stop-after-sparse <n>', 'stop when at most n neurons stay active', wholeNumber(0))
    .option(
      '--sparse-epochs <n>',
      `epochs in a row that --stop-after-sparse asks for (default: ${defaults.sparseEpochs})`,
      wholeNumber(1),
    )
    .option(
      '--threshold <x>',
      `a product |v w| above this counts as nonzero (default: ${defaults.threshold})`,
      finiteNumber,
    )
    .option('--network <file>', `write the model: ${Object.keys(MODEL_WRITERS).join(', ')}`)
    .option('--history <file>', `write the history: ${HISTORY_ENDINGS.join(', ')}`)
    .option('--checkpoint <file.json>', 'save the state at the end, every 30 s and when stopped (Ctrl-C)')
    .option('--resume <file.json>', 'go on from a checkpoint; its options hold');
  withTimeLimit(command, 'training; then it stops as on Ctrl-C');
  return withDataOptions(withCommonOptions(command)).action((path: string, options: Options) =>
    runCommand('train', () => run(path, options)),
  );
}

async function run(path: string, options: Options): Promise<ExitCode> {
  const given = givenOptions(options);
  const networkEnding = endingOf('--network', options.network, Object.keys(MODEL_WRITERS) as ModelEnding[]);
  const historyEnding = endingOf('--history', options.history, HISTORY_ENDINGS);
  if (options.checkpoint !== undefined) requireDirectory('--checkpoint', options.checkpoint);
  const dataset = await openDataset(path, options);
  const points = pointsFromDataset(dataset);
  const start = performance.now();
  let result: TrainingResult;
  try {
    const resume = options.resume === undefined ? undefined : readCheckpoint(options.resume);
    if (resume !== undefined) refuseChanges(resume.options, given, flagOf);
    result = await trainUntilStopped(points, given, resume, options);
  } catch (error) {
    if (error instanceof InputError) throw inTheWordsOf(options, error);
    if (!(error instanceof DivergenceError)) throw error;
    if (options.json) {
      printJson({ command: 'train', status: 'diverged', epoch: error.epoch, message: error.message });
    }
    process.stderr.write(`train: ${error.message}\n`);
    return EXIT.fails;
  }

  // The checkpoint first: whatever else cannot be written, the run is not lost.
  if (options.checkpoint !== undefined) {
    await writeFileAtomically(options.checkpoint, [checkpointText(result.checkpoint)]);
    notice(options, `checkpoint written to ${options.checkpoint}`);
  }
  if (options.network !== undefined) {
    const layers = layersFromPlainNetwork(result.network);
    const chunks = modelChunks(layers, networkEnding!, result.options.precision);
    await writeFileAtomically(options.network, chunks);
    notice(options, `model written to ${options.network}`);
  }
  if (options.history !== undefined) {
    await writeFileAtomically(options.history, historyChunks(result.history, historyEnding!));
    notice(options, `history written to ${options.history}`);
  }

  const { network, history, checkpoint, resume } = options;
  const done: TrainRun = {
    dataset,
    largestResidual: largestResidual(result.network, points),
    written: { network, history, checkpoint },
    resumed: resume === undefined ? null : { file: resume, given },
    seconds: (performance.now() - start) / 1000,
  };
  const question: Question = { ...QUESTION_DEFAULTS, data: dataFile(path, options) };
  if (options.json) printJson(trainJson(result, done));
  else process.stdout.write(trainPage(question, result, done));
  if (result.status !== 'stopped') return EXIT.ok;
  const goOn = resumeLine(question, result, done);
  const advice =
    goOn === null
      ? 'nothing was saved to go on from; give --checkpoint FILE next time'
      : `go on with\n  ${goOn}`;
  notice(options, `train: stopped after epoch ${result.final.epoch} of ${result.options.epochs}; ${advice}`);
  return EXIT.undecided;
}

/** Trains until the end, SIGINT, SIGTERM or the time limit, showing progress and saving checkpoints. A second signal kills. */
async function trainUntilStopped(
  points: TrainingPoints,
  given: Partial<TrainingOptions>,
  resume: Checkpoint | undefined,
  options: Options,
): Promise<TrainingResult> {
  const { width } = resume?.options ?? trainingOptions(given);
  requireMemory(width, points);
  const work = width * points.count * (points.inputDimension + 2);
  const limits = new Limits(options);
  const progress = await progressBar(options);
  const saver = new CheckpointSaver(options.checkpoint, () => limits.stop());
  try {
    return await trainAsync(points, given, {
      resume,
      shouldStop: () => limits.ended !== null,
      chunk: Math.max(1, Math.min(CHUNK, Math.floor(LIMITS.chunkWork / work))),
      onProgress: (training) => {
        progress?.update(training);
        saver.offer(training);
      },
    });
  } finally {
    limits.close();
    progress?.stop();
    await saver.finish();
  }
}

/** Saves the state of a long run in the background, now and then, one file at a time. */
class CheckpointSaver {
  #last = performance.now();
  #writing: Promise<void> | null = null;
  #failure: unknown = null;

  constructor(
    private readonly path: string | undefined,
    private readonly stop: () => void,
  ) {}

  offer(training: Training): void {
    if (this.path === undefined || this.#writing !== null) return;
    if (performance.now() - this.#last < LIMITS.saveEvery * 1000) return;
    this.#writing = writeFileAtomically(this.path, [checkpointText(training.checkpoint())])
      .catch((error: unknown) => {
        this.#failure = error;
        this.stop();
      })
      .finally(() => {
        this.#writing = null;
        this.#last = performance.now();
      });
  }

  /** Waits for the file in flight. @throws what made a save fail */
  async finish(): Promise<void> {
    await this.#writing;
    if (this.#failure !== null) throw this.#failure;
  }
}

/** A bar on standard error, only on a terminal: epochs, rate, loss, neurons and remaining time. */
async function progressBar(options: Options): Promise<{ update(t: Training): void; stop(): void } | null> {
  if (options.quiet || !process.stderr.isTTY) return null;
  const { default: cliProgress } = await import('cli-progress');
  const bar: SingleBar = new cliProgress.SingleBar({
    format: '{bar} {value}/{total} epochs, {rate}/s, loss {loss}, {neurons} neurons, {eta_formatted} left',
    barsize: 20,
    clearOnComplete: true,
    gracefulExit: false,
  });
  let started = 0;
  let firstEpoch = 0;
  return {
    update(training) {
      const { epoch, loss, activeNeurons } = training.row();
      if (started === 0) {
        started = performance.now();
        firstEpoch = epoch;
        bar.start(training.options.epochs, epoch, { rate: '-', loss: '-', neurons: activeNeurons });
      }
      const seconds = (performance.now() - started) / 1000;
      const rate = seconds > 0 ? Math.round((epoch - firstEpoch) / seconds).toLocaleString('en-US') : '-';
      bar.update(epoch, { rate, loss: loss.toExponential(1), neurons: activeNeurons });
    },
    stop: () => bar.stop(),
  };
}

/** The options of training that were given; what was not given is left to the defaults, or to the checkpoint. */
function givenOptions(options: Options): Partial<TrainingOptions> {
  const { method, p, epochs, width, lr, lambda, seed, skip, float32, reweightFrom, every } = options;
  const { stopAfterSparse, sparseEpochs, threshold } = options;
  const all = {
    ...{ method, p, epochs, width, learningRate: lr, lambda, seed, skip, reweightFrom, every },
    ...{ stopAfterSparse, sparseEpochs, threshold, precision: float32 ? ('float32' as const) : undefined },
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** The same complaint about an option, naming its flag; about the checkpoint, naming its file. */
function inTheWordsOf({ resume }: Options, error: InputError): InputError {
  const { source, field } = error.place;
  return error.at({
    ...(resume !== undefined && source === CHECKPOINT ? { source: resume } : {}),
    ...(field === undefined ? {} : { field: flagOf(field) }),
  });
}

function flagOf(option: string): string {
  return TRAINING_FLAGS[option as keyof TrainingOptions] ?? option;
}

/** Refuses at once what would be refused after hours: an unknown ending, or no directory to write to. */
function endingOf<E extends string>(
  flag: string,
  path: string | undefined,
  endings: readonly E[],
): E | undefined {
  if (path === undefined) return undefined;
  requireDirectory(flag, path);
  const ending = endings.find((candidate) => path.toLowerCase().endsWith(candidate));
  if (ending !== undefined) return ending;
  throw new InputError(`${flag} ${path}: expected a name ending in ${endings.join(', ')}; rename it`);
}

function requireMemory(width: number, { count, inputDimension }: TrainingPoints): void {
  const perNeuron = Math.max(count, inputDimension + 2);
  if (width * perNeuron <= LIMITS.arrayLength) return;
  throw new InputError(
    `--width: expected at most ${Math.floor(LIMITS.arrayLength / perNeuron)} neurons for ${count} points of ` +
      `dimension ${inputDimension}, found ${width}; choose fewer`,
  );
}

/** @throws InputError when the file holds no checkpoint */
function readCheckpoint(path: string): Checkpoint {
  try {
    return validateCheckpoint(JSON.parse(readText(path)), path);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(
      `${path}: expected a checkpoint in JSON, found damaged text (${error.message}); ` +
        'name the file that --checkpoint wrote',
    );
  }
}

/** Option value: any finite number; training knows the range. */
function finiteNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`expected a number, found "${text}"`);
  }
  return value;
}

function checkpointText(checkpoint: Checkpoint): string {
  return `${JSON.stringify(checkpoint)}\n`;
}
