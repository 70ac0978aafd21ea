import { Rational } from '../exact/rational.js';
import { problemHash, type Sha256 } from './canonical.js';
import { type Dataset, hasWindows } from './dataset.js';
import { InputError } from './input-error.js';
import type { Objective, Skip } from './network.js';
import { makeProblem, type Problem } from './problem.js';
import { ANY_SHAPE, type Shape } from './shape.js';
import { wideningProblem } from './widening.js';

/** What data can be written in. */
export const DATA_FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'npz', 'parquet'] as const;

export type DataFormat = (typeof DATA_FORMATS)[number];

/** A data file and how it is read. */
export interface DataFile {
  readonly path: string;
  /** Column that holds the label; null for the last. */
  readonly target: string | null;
  /** Columns that are inputs; null for all others. */
  readonly inputs: readonly string[] | null;
  /** The first row names the columns. */
  readonly header: boolean;
  /** Numbers in text mean the nearest double, not the decimal that is written. */
  readonly float64: boolean;
  /** Column that holds the weights; null for none. */
  readonly weights: string | null;
  /** Labels name two classes (`classWindows`). */
  readonly classes: boolean;
  /** What the data are written in; null when the name of the file says it. */
  readonly format: DataFormat | null;
}

/** How a data file is read, where not in the usual way. */
export interface ReadingOptions {
  readonly target?: string;
  readonly inputs?: readonly string[];
  readonly header?: boolean;
  readonly float64?: boolean;
  readonly weights?: string;
  readonly classes?: boolean;
  readonly format?: DataFormat;
}

/** A data file that is read in a given way. */
export function dataFile(
  path: string,
  { target, inputs, header, float64, weights, classes, format }: ReadingOptions = {},
): DataFile {
  return {
    path,
    target: target ?? null,
    inputs: inputs ?? null,
    header: header ?? true,
    float64: float64 ?? false,
    weights: weights ?? null,
    classes: classes ?? false,
    format: format ?? null,
  };
}

/** What the user forbids; each part is part of every claim made under it. */
export interface Restriction {
  /** Knots only at these positions; null: anywhere. */
  readonly knotsOn: readonly Rational[] | null;
  /** Every slope change is at most this in absolute value; null: no limit. */
  readonly maxSlopeChange: Rational | null;
  /** At most this many knots; null: no limit. */
  readonly maxKnots: number | null;
}

export const NO_RESTRICTION: Restriction = { knotsOn: null, maxSlopeChange: null, maxKnots: null };

/** Which algorithm answers. `auto` takes the closed form where there is one and an exact search elsewhere. */
export type EngineName = 'auto' | 'runs' | 'milp' | 'search';

/**
 * A question about one data file: everything that decides what is asked, and what is spent on the answer; nothing about
 * how the answer is shown. `commandLine` turns it back into words. Commands look at the parts they take.
 */
export interface Question {
  readonly data: DataFile;
  readonly objective: Objective;
  /** Affine part of the network; null for the usual one: affine for one input, none for several. */
  readonly skip: Skip | null;
  /** The network may miss every label by this much; 0 for interpolation and for windows that came with the data. */
  readonly tolerance: Rational;
  readonly restriction: Restriction;
  /** What the function must be like. */
  readonly shape: Shape;
  /** At most this many knots, as well as they can do it; null: as few as the tolerance allows. */
  readonly budget: number | null;
  /** With a budget: by how much the windows of the file must be widened. */
  readonly widen: boolean;
  /** With positions for the knots: values at the knots and at both ends of the data are multiples of this; null: any values. */
  readonly valuesOn: Rational | null;
  /** Where `restriction.knotsOn` comes from, as the user wrote it: a file, "data" or "grid:STEP". */
  readonly knotsFile: string | null;
  /** Exponent of the l^p path norm; null where none is asked about. */
  readonly p: Rational | null;
  readonly engine: EngineName;
  /** Solver behind the engine "milp"; null for the usual one. */
  readonly backend: string | null;
  /** Seconds for a search; null for the usual limit. */
  readonly timeLimit: number | null;
  /** Threads of a search; null for one per core. */
  readonly threads: number | null;
  /** Decides which of several equally good networks a search finds, never a bound. */
  readonly seed: number;
  /** Model file that the local search starts from; null: none. */
  readonly start: string | null;
}

/** What is asked when no option is given. */
export const QUESTION_DEFAULTS: Omit<Question, 'data'> = {
  objective: 'neurons',
  skip: null,
  tolerance: Rational.zero,
  restriction: NO_RESTRICTION,
  shape: ANY_SHAPE,
  budget: null,
  widen: false,
  valuesOn: null,
  knotsFile: null,
  p: null,
  engine: 'auto',
  backend: null,
  timeLimit: null,
  threads: null,
  seed: 0,
  start: null,
};

/** A question whose data have been read. */
export interface PosedQuestion extends Question {
  readonly dataset: Dataset;
  /** The points and the windows to pass through. */
  readonly problem: Problem;
  /** Hash of the canonical text of the problem. */
  readonly sha256: string;
}

/**
 * @param createSha256 a faster implementation than the portable one, where there is one
 * @param open whether windows may lack an end
 * @throws InputError when the data and the tolerance make no problem (see `makeProblem`)
 */
export function poseQuestion(
  question: Question,
  dataset: Dataset,
  createSha256?: () => Sha256,
  { open = false } = {},
): PosedQuestion {
  const problem = makeProblem(dataset, question.tolerance, { open });
  return { ...question, dataset, problem, sha256: problemHash(problem, createSha256) };
}

/**
 * The same for a question about the least tolerance: labels may contradict each other, and weights stay with the points.
 * @throws InputError when the data make no problem (see `wideningProblem`), or have windows that nobody asked to widen
 */
export function poseTolerances(
  question: Question,
  dataset: Dataset,
  createSha256?: () => Sha256,
): PosedQuestion {
  if (hasWindows(dataset) !== question.widen) {
    throw new InputError(
      question.widen
        ? `${dataset.name}: --widen is about windows (lower, upper) in the file, found labels, whose least tolerance is found without it; leave it out`
        : `${dataset.name}: the file brings its own windows (lower, upper); --widen finds by how much they must be widened, or may be narrowed`,
    );
  }
  if (dataset.inputs.length !== 1) {
    throw new InputError(
      `${dataset.name}: least tolerances are found for one input, found ${dataset.inputs.length}; name one with --inputs`,
    );
  }
  const problem = wideningProblem(dataset);
  return { ...question, dataset, problem, sha256: problemHash(problem, createSha256) };
}

/** Nothing is forbidden. */
export function isUnrestricted({ knotsOn, maxSlopeChange, maxKnots }: Restriction): boolean {
  return knotsOn === null && maxSlopeChange === null && maxKnots === null;
}
