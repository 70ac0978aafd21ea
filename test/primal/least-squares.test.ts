import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/exact/random.js';
import { cholesky, evenOrder, substitute } from '../../src/primal/cholesky.js';
import { cloudOf } from '../../src/primal/cloud.js';
import { hingesOf } from '../../src/primal/exact-hinges.js';
import { LeastSquares } from '../../src/primal/least-squares.js';
import { NormalMatrix } from '../../src/primal/normal-matrix.js';
import { type Sample, sampleOf } from '../../src/primal/sample.js';
import { randomTask } from './planted.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

const numbers = (random: Random, count: number): Float64Array =>
  Float64Array.from({ length: count }, () => random.uniformIn(-1, 1));

describe("Cholesky's factorisation", () => {
  it('solves positive systems of every order', () => {
    const random = createRandom(1);
    for (let count = 1; count <= 25; count++) {
      const order = evenOrder(count);
      const root = numbers(random, count * count);
      const full = (i: number, j: number): number => {
        let sum = i === j ? 0.5 : 0;
        for (let k = 0; k < count; k++) sum += root[i * count + k]! * root[j * count + k]!;
        return sum;
      };
      const matrix = new Float64Array(order * order);
      if (order > count) matrix[order * order - 1] = 1;
      for (let i = 0; i < count; i++) for (let j = 0; j <= i; j++) matrix[i * order + j] = full(i, j);
      const solution = numbers(random, count);
      const right = new Float64Array(order);
      for (let i = 0; i < count; i++) {
        for (let j = 0; j < count; j++) right[i]! += (full(i, j) + (i === j ? 0.25 : 0)) * solution[j]!;
      }
      const inverses = new Float64Array(order);
      expect(cholesky(matrix, order, 0.25, inverses)).toBe(true);
      substitute(matrix, order, inverses, right);
      for (let i = 0; i < count; i++) expect(right[i]).toBeCloseTo(solution[i]!, 9);
    }
  });

  it('refuses what is not positive', () => {
    for (const matrix of [
      [0, 0, 0, 1],
      [1, 0, 2, 4],
      [1, 0, 0, -1],
      [Number.NaN, 0, 0, 1],
    ]) {
      expect(cholesky(Float64Array.from(matrix), 2, 0, new Float64Array(2))).toBe(false);
    }
  });
});

/** Row n of the Jacobian: derivatives of f(x_n) in the unknowns. */
function jacobianRow({ width, x, linear, columns }: Sample, signs: Int8Array, active: Uint8Array, n: number) {
  const row = new Float64Array(signs.length * width + linear);
  signs.forEach((sign, k) => {
    if (active[n * signs.length + k] === 0) return;
    for (let i = 0; i < width; i++) row[k * width + i] = sign * x[n * width + i]!;
  });
  for (let j = 0; j < linear; j++) row[signs.length * width + j] = columns[n * linear + j]!;
  return row;
}

describe('the matrix of least squares', () => {
  it.each(SKIPS)('is the sum over the points that count, however it changed: skip %s', (skip) => {
    const random = createRandom(2);
    const neurons = 4;
    const sample = sampleOf(cloudOf(randomTask(random, 3, 20, 2, skip, 0).problem, skip, true));
    const order = neurons * sample.width + sample.linear;
    const matrix = new NormalMatrix(sample, neurons);
    const active = new Uint8Array(sample.size * neurons);
    const counts = new Uint8Array(sample.size);
    // Long enough that the sums are formed anew in between.
    for (let step = 0; step < 400; step++) {
      matrix.renew();
      for (let n = 0; n < sample.size; n++) {
        counts[n] = random.integer(0, 3) === 0 ? 0 : 1;
        for (let k = 0; k < neurons; k++) active[n * neurons + k] = random.integer(0, 1);
        matrix.setPoint(n, active, counts[n] === 1);
      }
      if (step % 20 !== 0) continue;
      const signs = Int8Array.from({ length: neurons }, () => 2 * random.integer(0, 1) - 1);
      const written = new Float64Array(order * order);
      matrix.write(signs, written);
      const expected = new Float64Array(order * order);
      for (let n = 0; n < sample.size; n++) {
        if (counts[n] === 0) continue;
        const row = jacobianRow(sample, signs, active, n);
        for (let i = 0; i < order; i++)
          for (let j = 0; j <= i; j++) expected[i * order + j]! += row[i]! * row[j]!;
      }
      for (let i = 0; i < order; i++)
        for (let j = 0; j <= i; j++) expect(written[i * order + j]).toBeCloseTo(expected[i * order + j]!, 9);
    }
  });
});

describe('a descent', () => {
  it('lowers the cost, moves only what is free, and reaches a network that is near', () => {
    const random = createRandom(3);
    let near = 0;
    let fitted = 0;
    for (let instance = 0; instance < 60; instance++) {
      const skip = SKIPS[instance % 3]!;
      const slack = instance % 2 === 0 ? 0 : 3;
      const { problem, network } = randomTask(random, 3, 40, 3, skip, slack);
      const cloud = cloudOf(problem, skip, true);
      const squares = new LeastSquares(sampleOf(cloud), 3);
      const hinges = hingesOf(cloud, network);
      const isNear = instance % 4 < 2;
      hinges.unknowns.forEach((value, j) => {
        hinges.unknowns[j] = isNear ? value * random.uniformIn(0.999, 1.001) : random.uniformIn(-1, 1);
      });
      const free = Uint8Array.from(hinges.unknowns, () => random.integer(0, 1));
      const given = hinges.unknowns.slice();
      const before = squares.cost(hinges);
      const between = squares.descend(hinges, free);
      expect(between).toBeLessThanOrEqual(before);
      given.forEach((value, j) => {
        if (free[j] === 0) expect(hinges.unknowns[j]).toBe(value);
      });
      const after = squares.descend(hinges);
      expect(after).toBeLessThanOrEqual(between);
      expect(squares.cost(hinges)).toBe(after);
      if (!isNear) continue;
      near++;
      if (squares.fits(after)) fitted++;
    }
    expect(fitted).toBeGreaterThan(0.8 * near);
  });
});
