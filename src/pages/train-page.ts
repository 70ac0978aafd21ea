import type { DecimalEnclosure } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { Question } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { decimalAbove, duration, nextSection, plural, type Step, wrap } from '../text/format.js';
import { TRAINING_DEFAULTS, type TrainingOptions } from '../train/options.js';
import type { RestartsResult } from '../train/restarts.js';
import type { TrainingResult } from '../train/train.js';
import { columnsLine, pageOf } from './run.js';

/** Width of running text. */
const WIDTH = 78;

/** A largest residual above this part of the labels' range is called out: such a network is not an interpolant. */
const LARGE_RESIDUAL = 0.01;

/** The flag that sets each option of training; the rest cannot be set from the command line. */
export const TRAINING_FLAGS: Partial<Record<keyof TrainingOptions, string>> = {
  method: '--method',
  p: '--p',
  epochs: '--epochs',
  width: '--width',
  learningRate: '--lr',
  lambda: '--lambda',
  seed: '--seed',
  skip: '--skip',
  precision: '--float32',
  reweightFrom: '--reweight-from',
  every: '--every',
  stopAfterSparse: '--stop-after-sparse',
  sparseEpochs: '--sparse-epochs',
  threshold: '--threshold',
  schedule: '--schedule',
  lambdaFrom: '--lambda-from',
  decay: '--decay',
  reviveEvery: '--revive',
  mergeEvery: '--merge',
};

/** How `train` was run, and what it found besides the network. */
export interface TrainRun {
  readonly dataset: Dataset;
  /** max |f(x_n) - y_n|, in doubles. */
  readonly largestResidual: number;
  /** Files that were written, as the user named them. */
  readonly written: { readonly network?: string; readonly history?: string; readonly checkpoint?: string };
  /** The checkpoint that the run went on from, and the options that were given beside it. */
  readonly resumed: { readonly file: string; readonly given: Partial<TrainingOptions> } | null;
  /** Of several runs, with what counted as fitting. */
  readonly restarts: (Omit<RestartsResult, 'best'> & { readonly fit: number }) | null;
  /** The exact network in the file of --polish. */
  readonly polished: {
    readonly file: string;
    readonly neurons: number;
    readonly parameters: number;
    /** Of the l^p path norm, after and before. */
    readonly cost: DecimalEnclosure;
    readonly costBefore: DecimalEnclosure;
    readonly fits: boolean;
    readonly largestResidual: Rational;
  } | null;
  readonly seconds: number;
}

/** The object that `train --json` prints; docs/json-train.md documents every field. */
export function trainJson(result: TrainingResult, run: TrainRun): object {
  const { dataset, largestResidual, written, restarts, polished, seconds } = run;
  const { status, options, final } = result;
  const { network, history, checkpoint } = written;
  return {
    command: 'train',
    data: {
      name: dataset.name,
      points: dataset.labels!.length,
      dimension: dataset.inputs.length,
      columns: columnsOf(dataset),
    },
    status,
    options,
    epoch: final.epoch,
    loss: final.loss,
    largestResidual,
    activeNeurons: final.activeNeurons,
    nonzeroProducts: final.nonzeroProducts,
    pathNorm: final.pathNorm,
    ...(restarts === null ? {} : { restarts: restartsJson(restarts) }),
    ...(polished === null
      ? {}
      : { polished: { ...polished, largestResidual: polished.largestResidual.toString() } }),
    files: { network, history, checkpoint },
    seconds,
  };
}

function restartsJson({ status, runs, diverged, fit }: NonNullable<TrainRun['restarts']>): object {
  return { status, fit, fitting: runs.filter(({ fits }) => fits).length, diverged, runs };
}

/** How often training from another seed did as well. */
function restartLines({ restarts, polished }: TrainRun, { final }: TrainingResult): string[] {
  const lines: string[] = [];
  if (restarts !== null) {
    const { runs, fit, diverged } = restarts;
    const fitting = runs.filter(({ fits }) => fits);
    const asSparse = fitting.filter(({ activeNeurons }) => activeNeurons <= final.activeNeurons).length;
    lines.push(
      `best of ${plural(runs.length + diverged, 'run')}: ${fitting.length} fit within ${fit}, ${asSparse} of these with at most ${plural(final.activeNeurons, 'active neuron')}`,
    );
  }
  if (polished !== null) {
    const { file, neurons, parameters, cost, fits } = polished;
    lines.push(
      `polished, ${file}: ${plural(neurons, 'neuron')}, ${plural(parameters, 'parameter')}, path norm ${figure(Number(cost.lower))}, ${fits ? 'through every label exactly' : 'outputs as trained'}`,
    );
  }
  return lines.flatMap((line) => wrap(line, WIDTH));
}

/** The page `train` prints for a person. */
export function trainPage(question: Question, result: TrainingResult, run: TrainRun): string {
  return pageOf([
    heading(result, run),
    outcome(result, run),
    restartLines(run, result),
    nextSection(next(question, result, run)),
  ]);
}

function heading({ status, options, final }: TrainingResult, { dataset, seconds }: TrainRun): string[] {
  const done = `${plural(final.epoch, 'epoch')} of ${methodText(options)}`;
  const end = {
    finished: '',
    sparse: `, ended early: at most ${options.stopAfterSparse} active neurons`,
    stopped: `, stopped before epoch ${options.epochs.toLocaleString('en-US')}`,
  }[status];
  return [
    `${pc.bold(dataset.name)}  ${plural(dataset.labels!.length, 'point')}, ${plural(dataset.inputs.length, 'input')}  ${pc.dim(duration(seconds))}`,
    columnsLine(dataset),
    `${done}${end}`,
  ];
}

function methodText({ method, p, lambda, seed, skip }: TrainingOptions): string {
  const name = {
    reweighted: `Algorithm 1 (p = ${p}, lambda = ${lambda}`,
    annealed: `Algorithm 1 with hops (p = ${p}, lambda = ${lambda}`,
    adam: 'Adam (no penalty',
    adamw: `AdamW (weight decay ${lambda}`,
  }[method];
  return `${name}, seed ${seed}, skip ${skip})`;
}

function outcome({ options, final }: TrainingResult, { dataset, largestResidual }: TrainRun): string[] {
  const neurons = `${plural(final.activeNeurons, 'active neuron')} of ${options.width.toLocaleString('en-US')}`;
  const counts = `${neurons}, ${plural(final.nonzeroProducts, 'nonzero product')} |v w| > ${options.threshold}`;
  const lines = [
    pc.bold(counts),
    `largest residual ${figure(largestResidual)}, mean squared error ${figure(final.loss)}`,
    `l^p path norm at p = ${options.p}: ${figure(final.pathNorm)}`,
  ];
  const range = labelRange(dataset);
  if (largestResidual > LARGE_RESIDUAL * range) {
    const text =
      range === 0
        ? 'The network misses a label, and all labels are equal.'
        : `The network misses a label by ${Math.round((100 * largestResidual) / range)} % of their range, so its size says nothing about interpolation. Another --seed, a smaller --lambda or more --epochs may help.`;
    lines.push('', ...wrap(text, WIDTH).map((line) => pc.yellow(line)));
  }
  return lines;
}

function next(question: Question, result: TrainingResult, run: TrainRun): Step[] {
  const { written, largestResidual } = run;
  const again = (...more: string[]) => trainLine(question, result, run, more);
  const steps: Step[] = [];
  if (result.status === 'stopped') {
    const goOn = resumeLine(question, result, run);
    steps.push(
      goOn === null
        ? ['train again, with a state to go on from', again('--checkpoint', 'checkpoint.json')]
        : ['go on', goOn],
    );
  } else if (written.network === undefined) {
    steps.push(['train the same network and write it', again('--network', 'model.json')]);
  }
  if (written.network !== undefined) {
    const tolerance = decimalOver(largestResidual);
    const verify = commandLine({ ...question, tolerance }, 'verify', { before: [written.network] });
    steps.push(['ask whether it is as sparse as possible', verify]);
  }
  return steps;
}

/** The command that goes on with a run that was stopped; null when it was not, or nothing was saved. */
export function resumeLine(
  question: Question,
  { status }: TrainingResult,
  { written }: TrainRun,
): string | null {
  const { network, history, checkpoint } = written;
  if (status !== 'stopped' || checkpoint === undefined) return null;
  const files = Object.entries({ resume: checkpoint, checkpoint, network, history });
  const options = files.flatMap(([flag, file]) => (file === undefined ? [] : [`--${flag}`, file]));
  return commandLine(question, 'train', { options });
}

/** The same run once more: from the checkpoint it has written or went on from, else from its options. */
function trainLine(
  question: Question,
  { options }: TrainingResult,
  { written, resumed }: TrainRun,
  more: readonly string[],
): string {
  const from =
    written.checkpoint !== undefined
      ? ['--resume', written.checkpoint]
      : resumed !== null
        ? ['--resume', resumed.file, ...trainingFlags(resumed.given)]
        : trainingFlags(withoutDefaults(options));
  return commandLine(question, 'train', { options: [...from, ...more] });
}

function withoutDefaults(options: TrainingOptions): Partial<TrainingOptions> {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.filter(([name, value]) => value !== TRAINING_DEFAULTS[name as keyof TrainingOptions]),
  );
}

/** Options of training as words. */
function trainingFlags(options: Partial<TrainingOptions>): string[] {
  return (Object.keys(TRAINING_FLAGS) as (keyof TrainingOptions)[]).flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    return name === 'precision' ? [TRAINING_FLAGS[name]!] : [TRAINING_FLAGS[name]!, String(value)];
  });
}

/** A decimal of one digit above the value: a tolerance that the network keeps, rounding in the residual included. */
function decimalOver(value: number): Rational {
  return value === 0 ? Rational.zero : decimalAbove(Rational.fromDouble(value * 1.001), 1);
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function labelRange({ labels }: Dataset): number {
  let [least, most] = [Infinity, -Infinity];
  for (let n = 0; n < labels!.length; n++) {
    const value = labels!.value(n).toNumber();
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}
