import { Rational } from '../exact/rational.js';
import { datasetFromArrays } from '../problem/dataset.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import { makeProblem } from '../problem/problem.js';
import { type KnotQuestion, makeKnotQuestion } from './question.js';
import type { BoundsReached, BreakpointResult } from './solver.js';

/** A question, bounds and results as plain data, which threads exchange: rationals as text, functions as lists of them. */
export interface PlainQuestion {
  readonly data: {
    readonly x: readonly string[];
    readonly y?: readonly string[];
    readonly lower?: readonly string[];
    readonly upper?: readonly string[];
  };
  readonly restriction: {
    readonly knotsOn: readonly string[] | null;
    readonly maxSlopeChange: string | null;
    readonly maxKnots: number | null;
  };
}

interface PlainFunction {
  readonly slope: string;
  readonly intercept: string;
  readonly knots: readonly (readonly [at: string, slopeChange: string])[];
}

export type PlainBounds = Omit<BoundsReached, 'best'> & { readonly best: PlainFunction | null };

/** A result without its function, which stands beside it. */
export interface PlainResult {
  readonly result: object;
  readonly function: PlainFunction | null;
}

/** @throws InputError as `makeKnotQuestion` */
export function readQuestion({ data, restriction }: PlainQuestion): KnotQuestion {
  const rational = (text: string) => Rational.parse(text);
  return makeKnotQuestion(makeProblem(datasetFromArrays(data)), {
    knotsOn: restriction.knotsOn?.map(rational) ?? null,
    maxSlopeChange: restriction.maxSlopeChange === null ? null : rational(restriction.maxSlopeChange),
    maxKnots: restriction.maxKnots,
  });
}

export function plainBounds({ best, ...bounds }: BoundsReached): PlainBounds {
  return { ...bounds, best: best === null ? null : plainFunction(best) };
}

export function readBounds({ best, ...bounds }: PlainBounds): BoundsReached {
  return { ...bounds, best: best === null ? null : readFunction(best) };
}

export function plainResult(result: BreakpointResult): PlainResult {
  if (!('function' in result)) return { result, function: null };
  const { function: f, ...rest } = result;
  return { result: rest, function: f === null ? null : plainFunction(f) };
}

export function readResult({ result, function: f }: PlainResult): BreakpointResult {
  const read = result as BreakpointResult;
  if (read.status === 'infeasible') return read;
  return { ...read, function: f === null ? null : readFunction(f) } as BreakpointResult;
}

function plainFunction({ slope, intercept, knots }: PiecewiseLinear): PlainFunction {
  return {
    slope: slope.toString(),
    intercept: intercept.toString(),
    knots: knots.map(({ at, slopeChange }) => [at.toString(), slopeChange.toString()]),
  };
}

function readFunction({ slope, intercept, knots }: PlainFunction): PiecewiseLinear {
  return {
    slope: Rational.parse(slope),
    intercept: Rational.parse(intercept),
    knots: knots.map(([at, slopeChange]) => ({
      at: Rational.parse(at),
      slopeChange: Rational.parse(slopeChange),
    })),
  };
}
