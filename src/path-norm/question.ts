import { lcm } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type KernelBasis, kernelOf, primitive } from './kernel.js';

/**
 * The question of equation (8) in the integers of its data: the least sum over neurons of phi(z), z = |v| (w, b), among networks through
 * all windows, phi(z) = sum over penalised i of |z_i|^p.
 *
 * Several inputs: every entry of z is penalised, the bias too. One input: the cost of equation (2), the bias is free.
 *
 * Points are X_n = (integer(x_n1), .., integer(x_nd), 1); a neuron is an integer (or rational) vector Z in the same scale, so that
 * Z . X_n = z . (x_n, 1) and z_i = Z_i / units[i].
 */
export interface PathNormQuestion {
  readonly problem: Problem;
  readonly skip: Skip;
  /** 0 < p <= 1. */
  readonly p: Rational;
  readonly exponent: number;
  /** N. */
  readonly size: number;
  /** D = d + 1. */
  readonly width: number;
  /** Number of penalised entries, the first ones of z: D, or 1 with one input. */
  readonly penalised: number;
  readonly points: readonly (readonly bigint[])[];
  readonly units: readonly Rational[];
  readonly lower: readonly Rational[];
  readonly upper: readonly Rational[];
  /**
   * Columns that cost nothing, one entry per point: the skip, and with one input the constant neurons. Independent or not.
   * Everything is projected onto the vectors orthogonal to them.
   */
  readonly free: readonly (readonly bigint[])[];
  /** Basis of the vectors lambda orthogonal to the free columns, N - rank of them, each of length N. */
  readonly kernel: KernelBasis;
}

/** The question of a canonical problem without empty windows. */
export function pathNormQuestion(problem: Problem, skip: Skip, p: Rational): PathNormQuestion {
  const { size, dimension, inputs, lower, upper } = problem;
  const width = dimension + 1;
  const points = Array.from({ length: size }, (_, n) => [...inputs.map((column) => column.integer(n)), 1n]);
  const free = freeColumns(points, skip, dimension);
  return {
    problem,
    skip,
    p,
    exponent: p.toNumber(),
    size,
    width,
    penalised: dimension === 1 ? 1 : width,
    points,
    units: [...inputs.map((column) => column.integerScale), Rational.one],
    lower: Array.from({ length: size }, (_, n) => lower.value(n)),
    upper:
      lower === upper
        ? Array.from({ length: size }, (_, n) => lower.value(n))
        : Array.from({ length: size }, (_, n) => upper.value(n)),
    free,
    kernel: kernelOf(free, size),
  };
}

function freeColumns(points: readonly (readonly bigint[])[], skip: Skip, dimension: number): bigint[][] {
  const ones = points.map(() => 1n);
  if (skip === 'affine') {
    return [...Array.from({ length: dimension }, (_, i) => points.map((point) => point[i]!)), ones];
  }
  return skip === 'bias' || dimension === 1 ? [ones] : [];
}

/** z of an integer vector Z: z_i = Z_i / units[i]. */
export function weightsOf({ units }: PathNormQuestion, vector: readonly Rational[]): Rational[] {
  return vector.map((value, i) => value.divide(units[i]!));
}

/** The integer functional Q with Q . Z = factor * (q . z), factor > 0, for a rational functional q on z. */
export function functionalOn({ units }: PathNormQuestion, q: readonly Rational[]): bigint[] {
  const scaled = q.map((value, i) => value.divide(units[i]!));
  const common = scaled.reduce((m, value) => lcm(m, value.denominator), 1n);
  return scaled.map((value) => value.numerator * (common / value.denominator));
}

/** The primitive integer vector Z that is a positive multiple of a rational neuron z. */
export function directionOf({ units }: PathNormQuestion, z: readonly Rational[]): bigint[] {
  const scaled = z.map((value, i) => value.multiply(units[i]!));
  const common = scaled.reduce((m, value) => lcm(m, value.denominator), 1n);
  return primitive(scaled.map((value) => value.numerator * (common / value.denominator)));
}
