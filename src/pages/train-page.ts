import type { Dataset } from '../problem/dataset.js';
import { colors as pc } from '../text/colors.js';
import { duration, nextSteps, plural, wrap } from '../text/format.js';
import type { TrainingOptions } from '../train/options.js';
import type { TrainingResult } from '../train/train.js';

/** Width of running text. */
const WIDTH = 78;

/** A largest residual above this part of the labels' range is called out: such a network is not an interpolant. */
const LARGE_RESIDUAL = 0.01;

/** Everything the report of `train` needs. */
export interface TrainView {
  /** The file as the user named it. */
  readonly path: string;
  readonly dataset: Dataset;
  readonly result: TrainingResult;
  /** max |f(x_n) - y_n|, in doubles. */
  readonly largestResidual: number;
  /** Files that were asked for, and how the data were read. */
  readonly files: {
    readonly network?: string;
    readonly history?: string;
    readonly checkpoint?: string;
    readonly target?: string;
    readonly float64?: boolean;
  };
  readonly seconds: number;
}

/** The object that `train --json` prints; docs/json-train.md documents every field. */
export function trainJson({ dataset, result, largestResidual, files, seconds }: TrainView): object {
  const { status, options, final } = result;
  const { network, history, checkpoint } = files;
  return {
    command: 'train',
    data: { name: dataset.name, points: dataset.labels!.length, dimension: dataset.inputs.length },
    status,
    options,
    epoch: final.epoch,
    loss: final.loss,
    largestResidual,
    activeNeurons: final.activeNeurons,
    nonzeroProducts: final.nonzeroProducts,
    pathNorm: final.pathNorm,
    files: { network, history, checkpoint },
    seconds,
  };
}

/** The page `train` prints for a person. */
export function trainPage(view: TrainView): string {
  return `${[heading(view), outcome(view), next(view)].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading({ dataset, result, seconds }: TrainView): string[] {
  const { status, options, final } = result;
  const done = `${plural(final.epoch, 'epoch')} of ${methodText(options)}`;
  const end = {
    finished: '',
    sparse: `, ended early: at most ${options.stopAfterSparse} active neurons`,
    stopped: `, stopped before epoch ${options.epochs.toLocaleString('en-US')}`,
  }[status];
  return [
    `${pc.bold(dataset.name)}  ${plural(dataset.labels!.length, 'point')}, ${plural(dataset.inputs.length, 'input')}  ${pc.dim(duration(seconds))}`,
    `${done}${end}`,
  ];
}

function methodText({ method, p, lambda, seed, skip }: TrainingOptions): string {
  const name = {
    reweighted: `Algorithm 1 (p = ${p}, lambda = ${lambda}`,
    adam: 'Adam (no penalty',
    adamw: `AdamW (weight decay ${lambda}`,
  }[method];
  return `${name}, seed ${seed}, skip ${skip})`;
}

function outcome({ dataset, result, largestResidual }: TrainView): string[] {
  const { options, final } = result;
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

function next(view: TrainView): string[] {
  const { result, files, largestResidual } = view;
  const steps: [string, string][] = [];
  if (result.status === 'stopped' && files.checkpoint !== undefined) {
    steps.push(['go on', resumeLine(view)]);
  }
  const { network = 'model.json' } = files;
  if (files.network === undefined)
    steps.push(['write the model; add to the command', `--network ${network}`]);
  steps.push([
    'ask whether it is as sparse as possible',
    `sparsest verify ${quoted(network)} ${dataArguments(view)} --tolerance ${roundedUp(largestResidual)}`,
  ]);
  return [pc.bold('Next'), ...nextSteps(steps)];
}

/** The command that goes on with a stopped run. */
export function resumeLine(view: TrainView): string {
  const { network, history, checkpoint } = view.files;
  const flags = Object.entries({ resume: checkpoint, checkpoint, network, history })
    .filter(([, file]) => file !== undefined)
    .map(([flag, file]) => ` --${flag} ${quoted(file!)}`);
  return `sparsest train ${dataArguments(view)}${flags.join('')}`;
}

function dataArguments({ path, files }: TrainView): string {
  const target = files.target === undefined ? '' : ` --target ${quoted(files.target)}`;
  return `${quoted(path)}${target}${files.float64 ? ' --float64' : ''}`;
}

/** A word for the shell. */
function quoted(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A decimal of one digit above the value: a tolerance that the network keeps, rounding in the residual included. */
function roundedUp(value: number): string {
  if (value === 0) return '0';
  const exponent = Math.floor(Math.log10(value));
  const digit = Math.ceil(value / 10 ** exponent + 1e-3);
  return digit > 9 ? plainDecimal(1, exponent + 1) : plainDecimal(digit, exponent);
}

/** digit * 10^exponent without an "e". */
function plainDecimal(digit: number, exponent: number): string {
  return exponent < 0 ? `0.${'0'.repeat(-exponent - 1)}${digit}` : `${digit}${'0'.repeat(exponent)}`;
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
