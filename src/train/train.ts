import { createRandom } from '../exact/random.js';
import { InputError } from '../problem/input-error.js';
import { adamStep, createMoments, type Moments } from './adam.js';
import { Annealing } from './annealing.js';
import {
  CHECKPOINT,
  CHECKPOINT_FORMAT,
  CHECKPOINT_VERSION,
  type Checkpoint,
  validateCheckpoint,
} from './checkpoint.js';
import { backpropagate, createWorkspace, loss, type Workspace } from './gradient.js';
import { type HistoryRow, measureSparsity } from './history.js';
import { isNewtonFeasible, newtonStep } from './newton.js';
import { hasPenalty, type TrainingOptions, trainingOptions } from './options.js';
import {
  createParameters,
  entryCount,
  type FloatArray,
  floatArray,
  fromPlainNetwork,
  initialize,
  type Parameters,
  type PlainNetwork,
  toPlainNetwork,
} from './parameters.js';
import type { TrainingPoints } from './points.js';
import { mergedOnKnots, revived } from './proposals.js';
import { floatRays, hasDust, networkOfRays, withoutDust } from './rays.js';
import {
  createProximalWorkspace,
  type ProximalWorkspace,
  proximalStep,
  recordProducts,
} from './reweighted.js';
import { randomOf, settingsAt } from './schedule.js';
import { type StandardUnits, standardUnits } from './units.js';

/** The loss stopped being a finite number. */
export class DivergenceError extends Error {
  override readonly name = 'DivergenceError';
  constructor(
    /** Epochs done when the loss was found not to be finite. */
    readonly epoch: number,
    found: number,
    options: TrainingOptions,
  ) {
    super(
      `training diverged: expected a finite loss after epoch ${epoch}, found ${found}; ` +
        `lower the learning rate (now ${options.learningRate}) or scale the data`,
    );
  }
}

/** Whether a run goes on, has done its epochs, or ended early by `stopAfterSparse`. */
export type TrainingStatus = 'running' | 'finished' | 'sparse';

/** The options that may change when a run is resumed: none of them shapes a step. */
const CHANGEABLE: readonly (keyof TrainingOptions)[] = [
  'epochs',
  'every',
  'stopAfterSparse',
  'sparseEpochs',
  'threshold',
];

/**
 * Options that shape a step cannot change when a run is resumed.
 * @param nameOf how the user calls an option
 * @throws InputError whose field is the first that differs
 */
export function refuseChanges(
  before: TrainingOptions,
  now: Partial<TrainingOptions>,
  nameOf: (option: keyof TrainingOptions) => string = (option) => option,
): void {
  for (const name of Object.keys(before) as (keyof TrainingOptions)[]) {
    const asked = now[name];
    if (asked === undefined || asked === before[name] || CHANGEABLE.includes(name)) continue;
    throw new InputError(
      `expected ${before[name]} as in the checkpoint, found ${asked}; ` +
        `on resuming only ${CHANGEABLE.map(nameOf).join(', ')} may change`,
      { source: CHECKPOINT, field: nameOf(name) },
    );
  }
}

/** A training run that can be advanced, looked at and saved between any two epochs. */
export class Training {
  readonly options: TrainingOptions;
  /** Rows at epoch 0 and at every multiple of `every`. */
  readonly history: HistoryRow[];
  readonly #given: TrainingPoints;
  readonly #points: TrainingPoints;
  /** Of an annealed run, whose parameters are in them. */
  readonly #units: StandardUnits | null;
  #parameters: Parameters;
  #moments: Moments;
  readonly #gradient: FloatArray;
  readonly #workspace: Workspace;
  readonly #proximal: ProximalWorkspace;
  #epoch: number;
  #sparseRun: number;
  readonly #annealing: Annealing | null;

  private constructor(points: TrainingPoints, options: TrainingOptions, parameters: Parameters) {
    const length = parameters.values.length;
    this.options = options;
    this.history = [];
    this.#units = options.method === 'annealed' ? standardUnits(points, options.skip !== 'none') : null;
    this.#points = this.#units?.points ?? points;
    this.#given = points;
    this.#parameters = parameters;
    this.#moments = createMoments(options.precision, length);
    this.#gradient = floatArray(options.precision, length);
    this.#workspace = createWorkspace(points, parameters.width);
    this.#proximal = createProximalWorkspace(parameters);
    this.#epoch = 0;
    this.#sparseRun = 0;
    this.#annealing = options.method === 'annealed' ? new Annealing(this.#points, options) : null;
  }

  /**
   * A run from its first epoch, from weights drawn with `seed`, or from `initial`, which then decides width and skip.
   * @throws InputError on options out of range; DivergenceError when the loss is not finite at the start.
   */
  static start(
    points: TrainingPoints,
    given: Partial<TrainingOptions> = {},
    initial?: PlainNetwork,
  ): Training {
    let options = trainingOptions(given);
    let parameters: Parameters;
    if (initial === undefined) {
      const { width, skip, precision, seed } = options;
      parameters = initialize(points.inputDimension, width, skip, precision, createRandom(seed));
    } else {
      parameters = fromPlainNetwork(initial, options.precision);
      if (parameters.inputDimension !== points.inputDimension) {
        throw new InputError(
          `expected ${points.inputDimension} inputs as in the data, found ${parameters.inputDimension}`,
          { source: 'initial network' },
        );
      }
      options = trainingOptions({ ...options, width: parameters.width, skip: parameters.skip });
    }
    const training = new Training(points, options, parameters);
    if (initial !== undefined && training.#units !== null) {
      training.#parameters = fromPlainNetwork(training.#units.toStandard(initial), options.precision);
    }
    training.history.push(training.row());
    return training;
  }

  /**
   * A run that goes on from a checkpoint, bit for bit as if it had not stopped. `changes` may set other epochs,
   * another reporting or another way to end (`CHANGEABLE`); any other value than the checkpoint's is refused.
   * @throws InputError on a checkpoint that is not valid, or of other data.
   */
  static resume(
    points: TrainingPoints,
    checkpoint: unknown,
    changes: Partial<TrainingOptions> = {},
  ): Training {
    const c = validateCheckpoint(checkpoint);
    const options = trainingOptions({ ...c.options, ...changes });
    refuseChanges(c.options, options);
    if (c.inputDimension !== points.inputDimension || c.points !== points.count) {
      throw new InputError(
        `expected data of ${c.points} points with ${c.inputDimension} inputs, ` +
          `found ${points.count} with ${points.inputDimension}`,
        { source: CHECKPOINT },
      );
    }
    const parameters = createParameters(c.inputDimension, options.width, options.skip, options.precision);
    parameters.neuronCount = c.neurons.length;
    parameters.neurons.set(c.neurons);
    parameters.starts.set(c.starts);
    parameters.columns.set(c.columns);
    parameters.values.set(c.values);
    const training = new Training(points, options, parameters);
    if (c.annealing !== undefined) training.#annealing?.restore(c.annealing);
    training.#moments.first.set(c.firstMoments);
    training.#moments.second.set(c.secondMoments);
    training.#moments.beta1Power = c.beta1Power;
    training.#moments.beta2Power = c.beta2Power;
    training.#epoch = c.epoch;
    // The run of sparse epochs was counted with the old limit and threshold.
    const sameCount =
      options.stopAfterSparse === c.options.stopAfterSparse && options.threshold === c.options.threshold;
    training.#sparseRun = sameCount ? c.sparseRun : 0;
    training.history.push(...c.history);
    const found = training.loss();
    if (found !== c.loss) {
      throw new InputError(
        `belongs to other data: expected the loss ${c.loss} after epoch ${c.epoch}, found ${found}`,
        { source: CHECKPOINT },
      );
    }
    return training;
  }

  /** Epochs done. */
  get epoch(): number {
    return this.#epoch;
  }

  get status(): TrainingStatus {
    const { stopAfterSparse, sparseEpochs, epochs } = this.options;
    if (stopAfterSparse !== null && this.#sparseRun >= sparseEpochs) return 'sparse';
    return this.#epoch >= epochs || this.#annealing?.state.phase === 'done' ? 'finished' : 'running';
  }

  /**
   * Takes up to `count` steps, fewer when the run ends. One loop for all methods: gradient, Adam step (with weight decay
   * for AdamW), proximal step (for Algorithm 1).
   * @throws DivergenceError naming the epoch.
   */
  advance(count: number): TrainingStatus {
    const { options } = this;
    const { method, p, lambda, reweightFrom, every, stopAfterSparse, threshold } = options;
    const changes = this.#annealing !== null || options.mergeEvery > 0 || options.reviveEvery > 0;
    const points = this.#points;
    const gradient = this.#gradient;
    const workspace = this.#workspace;
    const proximal = this.#proximal;
    const annealing = this.#annealing;
    const weightDecay = method === 'adamw' ? lambda : 0;
    const reweightAfter = hasPenalty(method) ? options.reweightAfter : Infinity;

    for (let step = 0; step < count && this.status === 'running'; step++) {
      const parameters = this.#parameters;
      const moments = this.#moments;
      this.#finite(loss(parameters, points, workspace));
      const epoch = this.#epoch + 1;
      const reweighted = epoch > reweightAfter;
      const settings = annealing?.settings() ?? settingsAt(options, epoch - 1);
      if (reweighted && reweightFrom === 'previous') recordProducts(parameters, proximal.previous);
      if (annealing?.isNewton === true) {
        if (isNewtonFeasible(parameters, points)) {
          annealing.state.damping = newtonStep(parameters, points, workspace, annealing.state.damping);
        }
      } else {
        const { learningRate } = settings;
        backpropagate(parameters, points, workspace, gradient);
        adamStep(parameters.values, gradient, moments, entryCount(parameters), learningRate, weightDecay);
        if (reweighted) proximalStep(parameters, moments, proximal, settings);
      }
      this.#epoch = epoch;
      if (changes) this.#change(epoch);

      if (stopAfterSparse !== null) {
        const { activeNeurons } = measureSparsity(this.#parameters, p, threshold);
        this.#sparseRun = activeNeurons <= stopAfterSparse ? this.#sparseRun + 1 : 0;
      }
      if (every > 0 && epoch % every === 0) this.history.push(this.row());
    }
    return this.status;
  }

  /** What happens to the network between two steps: a hop of an annealed run, a merger, a revival. Then the moments begin anew. */
  #change(epoch: number): void {
    const { epochs, p, threshold, mergeEvery, reviveEvery, seed } = this.options;
    const points = this.#points;
    const inner = () => toPlainNetwork(this.#parameters);
    const standing = () => {
      const { activeNeurons, pathNorm } = measureSparsity(this.#parameters, p, threshold);
      return { loss: this.#innerLoss(), pathNorm, activeNeurons };
    };
    if (this.#annealing?.isLastOfHop === true && hasDust(this.#parameters, threshold)) {
      this.#replace(withoutDust(inner(), threshold));
    }
    this.#replace(this.#annealing?.after(epochs - epoch, inner, standing) ?? null);
    if (mergeEvery > 0 && epoch % mergeEvery === 0) this.#replace(mergedOnKnots(points, inner()));
    if (reviveEvery > 0 && epoch % reviveEvery === 0) {
      this.#replace(revived(points, inner(), randomOf(seed, epoch)));
    }
  }

  #replace(network: PlainNetwork | null): void {
    if (network === null) return;
    const { precision, width } = this.options;
    const rays = floatRays(network);
    const kept = networkOfRays(rays, network, Math.max(1, rays.length));
    this.#parameters = { ...fromPlainNetwork(kept, precision), width };
    this.#moments = createMoments(precision, this.#parameters.values.length);
  }

  /** The mean squared error of the network as it is now. */
  loss(): number {
    return this.#units === null
      ? this.#innerLoss()
      : this.#finite(loss(this.#inData(), this.#given, this.#workspace));
  }

  #innerLoss(): number {
    return this.#finite(loss(this.#parameters, this.#points, this.#workspace));
  }

  /** The parameters in the units of the data. */
  #inData(): Parameters {
    return this.#units === null ? this.#parameters : fromPlainNetwork(this.network(), this.options.precision);
  }

  /** The history row of the network as it is now. */
  row(): HistoryRow {
    const { p, threshold } = this.options;
    return { epoch: this.#epoch, loss: this.loss(), ...measureSparsity(this.#inData(), p, threshold) };
  }

  /** The network as it is now; neurons that died for good are zero. */
  network(): PlainNetwork {
    const network = toPlainNetwork(this.#parameters);
    return this.#units?.toData(network) ?? network;
  }

  /** The state as a plain object: `Training.resume` goes on from it. */
  checkpoint(): Checkpoint {
    const { neuronCount, neurons, starts, columns, values, inputDimension } = this.#parameters;
    const { first, second, beta1Power, beta2Power } = this.#moments;
    const length = entryCount(this.#parameters);
    const entries = (array: FloatArray | Int32Array) => Array.from(array.subarray(0, length));
    return {
      format: CHECKPOINT_FORMAT,
      version: CHECKPOINT_VERSION,
      options: { ...this.options },
      epoch: this.#epoch,
      loss: this.loss(),
      sparseRun: this.#sparseRun,
      inputDimension,
      points: this.#points.count,
      neurons: Array.from(neurons.subarray(0, neuronCount)),
      starts: Array.from(starts.subarray(0, neuronCount + 1)),
      columns: entries(columns),
      values: entries(values),
      firstMoments: entries(first),
      secondMoments: entries(second),
      beta1Power,
      beta2Power,
      history: this.history.map((row) => ({ ...row })),
      ...(this.#annealing === null ? {} : { annealing: structuredClone(this.#annealing.state) }),
    };
  }

  #finite(value: number): number {
    if (!Number.isFinite(value)) throw new DivergenceError(this.#epoch, value, this.options);
    return value;
  }
}

/** What a run is told and asked from outside. */
export interface TrainingControls {
  /** Weights to start from, in place of drawn ones. */
  initial?: PlainNetwork;
  /** A checkpoint to go on from; its options hold, and of those given too only the `CHANGEABLE` ones may differ. */
  resume?: unknown;
  /** Called with the run every `chunk` epochs and at the end: for progress and for saving checkpoints. */
  onProgress?: (training: Training) => void;
  /** Asked every `chunk` epochs; true stops the run, with status `stopped`. */
  shouldStop?: () => boolean;
  /** Epochs between two calls, default `CHUNK`. */
  chunk?: number;
}

/** Epochs between two calls of the controls. */
export const CHUNK = 1000;

export interface TrainingResult {
  /** All epochs done, sparse long enough (`stopAfterSparse`), or told to stop. */
  status: 'finished' | 'sparse' | 'stopped';
  options: TrainingOptions;
  network: PlainNetwork;
  /** The network's own row: epochs done, loss, counts and path norm. */
  final: HistoryRow;
  /** Epoch 0, every multiple of `every`, and the last epoch. */
  history: HistoryRow[];
  checkpoint: Checkpoint;
}

/**
 * Trains to the end.
 * @throws InputError on bad options or a bad checkpoint; DivergenceError when the loss is not finite.
 */
export function train(
  points: TrainingPoints,
  options: Partial<TrainingOptions> = {},
  controls: TrainingControls = {},
): TrainingResult {
  const training = begin(points, options, controls);
  for (;;) {
    const result = advanceChunk(training, controls);
    if (result !== null) return result;
  }
}

/**
 * As `train`, but lets the event loop turn after each chunk of epochs, so that `signal` can abort (status `stopped`).
 */
export async function trainAsync(
  points: TrainingPoints,
  options: Partial<TrainingOptions> = {},
  controls: TrainingControls & { signal?: AbortSignal } = {},
): Promise<TrainingResult> {
  const { signal } = controls;
  const training = begin(points, options, controls);
  const shouldStop = () => signal?.aborted === true || controls.shouldStop?.() === true;
  for (;;) {
    const result = advanceChunk(training, { ...controls, shouldStop });
    if (result !== null) return result;
    await new Promise<void>((resolve) => setTimeout(resolve));
  }
}

function begin(
  points: TrainingPoints,
  options: Partial<TrainingOptions>,
  controls: TrainingControls,
): Training {
  if (controls.resume === undefined) return Training.start(points, options, controls.initial);
  if (controls.initial !== undefined)
    throw new InputError('cannot be given together with a checkpoint', { field: 'initial' });
  return Training.resume(points, controls.resume, options);
}

/** The result when the run is over, else null. */
function advanceChunk(training: Training, controls: TrainingControls): TrainingResult | null {
  let status: TrainingStatus | 'stopped' = training.status;
  if (status === 'running' && controls.shouldStop?.() === true) status = 'stopped';
  if (status === 'running') {
    status = training.advance(controls.chunk ?? CHUNK);
    controls.onProgress?.(training);
    if (status === 'running') return null;
  }
  const final = training.row();
  const history = [...training.history];
  if (history.at(-1)?.epoch !== final.epoch) history.push(final);
  const { options } = training;
  return { status, options, network: training.network(), final, history, checkpoint: training.checkpoint() };
}
