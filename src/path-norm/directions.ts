import { Rational } from '../exact/rational.js';
import { dot } from './kernel.js';
import type { PathNormQuestion } from './question.js';

/**
 * Neurons up to a positive factor: the columns of the relaxations. Each is an integer vector Z and stands for the neuron Z / |Z| of
 * size 1, |Z| = (sum over penalised entries of |z_i|^q)^(1/q).
 *
 * q = p and the extreme rays of the arrangement (see rays.ts): a relaxation over them bounds every neuron. q = 1: any neurons, whose
 * number grows (see pattern-relaxation.ts).
 */
export class Directions {
  readonly vectors: (readonly bigint[])[] = [];
  /** Per direction its side of every hyperplane X_n . Z = 0, then Z_i = 0 (i penalised): -1, 0 or 1. */
  readonly sides: Int8Array[] = [];
  /** In the same order X_n . Z and z_i of the neuron of size 1, as doubles. */
  readonly values: Float64Array[] = [];
  /**
   * Activations of the neurons of size 1 in the coordinates of the question's kernel, `rows` entries each, as doubles. Proposals only.
   */
  activations = new Float64Array(0);
  /** The first ones are columns of neurons that are not named; the rest belong to cut regions. */
  base = 0;
  /** Number of kernel vectors. */
  readonly rows: number;
  /** The kernel vectors scaled to largest entry 1 / rowUnit, as doubles, N a row. */
  readonly projection: Float64Array;
  /** A power of two. */
  rowUnit = 1;
  private readonly known = new Map<string, number>();

  constructor(
    readonly question: PathNormQuestion,
    private readonly normExponent: number,
  ) {
    const { kernel, size } = question;
    this.rows = kernel.length;
    this.projection = new Float64Array(this.rows * size);
    kernel.forEach((vector, k) => {
      const scale = largestEntry(vector);
      vector.forEach((value, n) => {
        this.projection[k * size + n] = Rational.of(value, scale).toNumber();
      });
    });
  }

  /** Divides all rows by a power of two near the largest activation, which is returned: then neurons of size 1 have activations near 1. */
  balance(): number {
    const { size } = this.question;
    const largest = this.values.reduce(
      (top, values) => values.subarray(0, size).reduce((a, b) => Math.max(a, b), top),
      0,
    );
    const unit = largest > 0 ? 2 ** Math.floor(Math.log2(largest)) : 1;
    for (const entries of [this.projection, this.activations]) {
      for (let i = 0; i < entries.length; i++) entries[i]! /= unit;
    }
    this.rowUnit *= unit;
    return unit;
  }

  get count(): number {
    return this.vectors.length;
  }

  /** Adds a direction unless it is there; its number. At least one penalised entry must not be 0. */
  add(vector: readonly bigint[]): number {
    const key = vector.join();
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const index = this.vectors.length;
    this.known.set(key, index);
    this.vectors.push(vector);
    const { points, penalised, size, units } = this.question;
    const products = points.map((point) => dot(point, vector));
    const sides = new Int8Array(size + penalised);
    for (let h = 0; h < sides.length; h++) {
      const value = h < size ? products[h]! : vector[h - size]!;
      sides[h] = value > 0n ? 1 : value < 0n ? -1 : 0;
    }
    this.sides.push(sides);
    // Divided by the largest entry first: numbers may be longer than doubles allow.
    const weights = Array.from({ length: penalised }, (_, i) => Rational.of(vector[i]!).divide(units[i]!));
    const top = weights.reduce(
      (best, weight) => (best.lessThan(weight.abs()) ? weight.abs() : best),
      Rational.zero,
    );
    const scaled = weights.map((weight) => weight.divide(top).toNumber());
    const norm =
      scaled.reduce((sum, weight) => sum + Math.abs(weight) ** this.normExponent, 0) **
      (1 / this.normExponent);
    const values = new Float64Array(size + penalised);
    products.forEach((value, n) => {
      values[n] = Rational.of(value).divide(top).toNumber() / norm;
    });
    scaled.forEach((weight, i) => {
      values[size + i] = weight / norm;
    });
    this.values.push(values);
    this.project(index, values);
    return index;
  }

  private project(index: number, values: Float64Array): void {
    const { rows, projection } = this;
    const { size } = this.question;
    if (this.activations.length < (index + 1) * rows) {
      const grown = new Float64Array(Math.max(64 * rows, 2 * this.activations.length));
      grown.set(this.activations);
      this.activations = grown;
    }
    for (let n = 0; n < size; n++) {
      const activation = values[n]!;
      if (activation <= 0) continue;
      for (let k = 0; k < rows; k++)
        this.activations[index * rows + k]! += projection[k * size + n]! * activation;
    }
  }
}

/** True when no hyperplane of the arrangement has the two strictly on different sides: they lie in one closed cone. */
export function inOneCone(a: Int8Array, b: Int8Array): boolean {
  for (let h = 0; h < a.length; h++) if (a[h]! * b[h]! < 0) return false;
  return true;
}

/** Largest absolute value of the entries. */
export function largestEntry(vector: readonly bigint[]): bigint {
  let top = 0n;
  for (const value of vector) {
    const size = value < 0n ? -value : value;
    if (size > top) top = size;
  }
  return top;
}
