import { Rational } from '../exact/rational.js';
import { writeNpz } from '../files/npz.js';
import { countFewestKnots, solveUnivariate } from '../knots/solve.js';
import { tensorsFromLayers } from '../models/layers.js';
import { datasetFromArrays } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import type { Network } from '../problem/network.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import { plural, shown } from '../text/format.js';
import {
  functionInC,
  functionInExcel,
  functionInPython,
  type Header,
  networkInC,
  networkInExcel,
  networkInPython,
} from './code.js';
import { functionInLatex, networkInLatex } from './latex.js';
import { onnxModel } from './onnx.js';
import { lpFragment, pwlJson } from './optimisation.js';
import { type Loss, type RoundedNetwork, roundFunction, roundNetwork } from './rounded.js';

/** What an answer can be taken away as, with the endings of the file. */
export const EXPORT_KINDS = {
  c: ['.c', '.h'],
  python: ['.py'],
  latex: ['.tex'],
  excel: ['.txt'],
  onnx: ['.onnx'],
  npz: ['.npz'],
  lp: ['.lp'],
  'pwl-json': ['.json'],
} as const;

export type ExportKind = keyof typeof EXPORT_KINDS;

/** An answer to take away. */
export interface Taken {
  readonly name: string;
  readonly problem: Problem;
  readonly network: Network;
  /** One input: the same as a function; null for several. */
  readonly function: PiecewiseLinear | null;
  /** Any function with as few knots will do (skip affine, no shape, no given knots): one that keeps its windows when it is rounded may be written instead. */
  readonly anySparsest?: boolean;
  /** The data are samples of a formula, from which the function is at most so far anywhere. */
  readonly formulaTolerance?: Rational;
}

/** What is written, and what rounding lost; null where nothing is rounded. */
export interface Exported {
  readonly content: string | Uint8Array;
  readonly loss: Loss | null;
}

/**
 * The file of one kind.
 * @throws InputError when the kind is about one input and there are several, or the numbers do not fit into doubles
 */
export function exportAnswer(kind: ExportKind, taken: Taken): Exported {
  try {
    return exported(kind, kind === 'latex' ? taken : withinDoubles(taken));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(
      `--export ${kind}: ${error.message}; export exact numbers instead: --network FILE, --export latex=FILE`,
    );
  }
}

/** The longest formula that a spreadsheet takes. */
const MOST_CHARACTERS = 8192;

function exported(kind: ExportKind, taken: Taken): Exported {
  const made = contentOf(kind, taken);
  if (kind === 'excel' && made.content.length > MOST_CHARACTERS)
    throw new InputError(
      `--export excel: the formula would have ${made.content.length} characters, and spreadsheets take at most ${MOST_CHARACTERS}; write --table, and look it up there`,
    );
  return made;
}

function contentOf(kind: ExportKind, taken: Taken): Exported {
  const { problem, network, function: f } = taken;
  const one = (): PiecewiseLinear => {
    if (f !== null) return f;
    throw new InputError(
      `--export ${kind} is about one input; for several write c, python, latex, excel, onnx, npz or lp`,
    );
  };
  if (kind === 'latex')
    return { content: f === null ? networkInLatex(network) : functionInLatex(f), loss: null };
  if (f !== null && (kind === 'c' || kind === 'python' || kind === 'excel' || kind === 'pwl-json')) {
    const rounded = roundFunction(problem, f);
    const header = headerOf(taken, rounded);
    const content = {
      c: () => functionInC(rounded, header),
      python: () => functionInPython(rounded, header),
      excel: () => functionInExcel(rounded),
      'pwl-json': () => pwlJson(rounded),
    }[kind]();
    return { content, loss: rounded };
  }
  if (kind === 'pwl-json') one();
  const rounded = roundNetwork(problem, network);
  const header = headerOf(taken, rounded);
  const content = {
    c: () => networkInC(rounded, problem.dimension, header),
    python: () => networkInPython(rounded, header),
    excel: () => networkInExcel(rounded),
    onnx: () => onnxModel(rounded, problem.dimension),
    npz: () => npzOf(rounded, problem.dimension),
    lp: () => lpFragment(problem, rounded, header),
  }[kind as 'c' | 'python' | 'excel' | 'onnx' | 'npz' | 'lp']();
  return { content, loss: rounded };
}

/** By how much windows are made narrower, as a share of their width, so that a rounded function still lies in them. */
const NARROWER = [-40, -30, -20, -12] as const;

/** Where the function touches its windows rounding may leave them: then another with as few knots inside narrower windows, if there is one. */
function withinDoubles(taken: Taken): Taken {
  const { problem, function: f } = taken;
  if (
    f === null ||
    problem.exact ||
    taken.anySparsest !== true ||
    roundFunction(problem, f).beyondWindows.isZero()
  )
    return taken;
  for (const exponent of NARROWER) {
    const narrow = narrower(problem, Rational.of(1n, 1n << BigInt(-exponent)));
    const count = countFewestKnots(narrow);
    if (count.knots > f.knots.length) return taken;
    const inside = solveUnivariate(narrow, count).function;
    if (roundFunction(problem, inside).beyondWindows.isZero())
      return { ...taken, function: inside, network: toNetwork(inside) };
  }
  return taken;
}

/** The same points with windows that are shorter at both ends by a share of their width. */
function narrower({ inputs, lower, upper, size }: Problem, share: Rational): Problem {
  const rows = Array.from({ length: size }, (_, n) => n);
  const width = (n: number) => upper.value(n).subtract(lower.value(n)).multiply(share);
  return makeProblem(
    datasetFromArrays({
      x: rows.map((n) => inputs[0]!.value(n)),
      lower: rows.map((n) => lower.value(n).add(width(n))),
      upper: rows.map((n) => upper.value(n).subtract(width(n))),
    }),
  );
}

/** What a file says about itself. */
function headerOf(taken: Taken, loss: Loss): Header {
  const { name, problem, network, function: f, formulaTolerance } = taken;
  const what = f === null ? plural(network.neurons.length, 'neuron') : plural(f.knots.length, 'knot');
  const shownName = name.replace(/[\p{Cc}]/gu, '?');
  const how = problem.exact ? 'interpolation' : 'within its windows';
  return [
    formulaTolerance === undefined
      ? `${what} for ${shownName} (${plural(problem.size, 'point')}), ${how}.`
      : `${what} for ${shownName}, within ${shown(formulaTolerance)} everywhere between the ends, before rounding.`,
    ...lossText(loss, taken),
  ];
}

/** What rounding lost, in sentences; the numbers are exact. */
export function lossText(
  { largestError, beyondWindows }: Loss,
  { problem, formulaTolerance }: Taken,
): string[] {
  const where = problem.dimension === 1 ? 'between the ends of the data' : 'at the data';
  const error = largestError.isZero()
    ? 'Its numbers are doubles: nothing is rounded.'
    : `Numbers are rounded to doubles: the largest error ${where} is ${shown(largestError)}.`;
  if (problem.exact) return [error];
  if (formulaTolerance !== undefined)
    return largestError.isZero() ? [error] : [error, 'By so much the tolerance may be exceeded, no more.'];
  return [
    error,
    beyondWindows.isZero()
      ? 'All windows still hold.'
      : `A window is left by ${shown(beyondWindows)}, no more.`,
  ];
}

function npzOf({ neurons, skip }: RoundedNetwork, inputs: number): Uint8Array {
  if (neurons.length === 0)
    throw new InputError(
      '--export npz: the network has no neurons, and layers need one; export python or onnx',
    );
  const line = skip?.weights.some((weight) => weight !== 0) === true ? skip.weights : null;
  return writeNpz(
    tensorsFromLayers({
      inputDimension: inputs,
      width: neurons.length,
      inputWeights: Float64Array.from(neurons.flatMap(({ weights }) => weights)),
      biases: Float64Array.from(neurons, ({ bias }) => bias),
      outputWeights: Float64Array.from(neurons, ({ output }) => output),
      skipWeights: line === null ? null : Float64Array.from(line),
      skipBiases: skip === null ? [] : [skip.bias],
    }),
  );
}
