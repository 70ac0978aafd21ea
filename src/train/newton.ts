import { loss, type Workspace } from './gradient.js';
import type { Parameters } from './parameters.js';
import type { TrainingPoints } from './points.js';

/** The damping of Levenberg and Marquardt as a share of the mean of the diagonal: what it begins with, its ends, and how it changes. */
export const DAMPING = { start: 1e-3, least: 1e-12, most: 1e3, factor: 5 } as const;

/** Equations of the linear system of a step, at most: it costs their cube. */
export const MOST_EQUATIONS = 200;

/** Whether the linear system of a step is small enough to be solved. */
export function isNewtonFeasible(parameters: Parameters, points: TrainingPoints): boolean {
  const { starts, neuronCount } = parameters;
  return Math.min(points.count, starts[neuronCount]! - neuronCount) <= MOST_EQUATIONS;
}

/**
 * One step of Levenberg (1944) and Marquardt (1963) on the mean squared error in input weights, biases and skip; output weights, which only
 * share the products with them, stay. Within an activation pattern the network is linear in these, so that a few steps find its least
 * squares to rounding. A step that does not lower the error is taken back. Entries that are missing stay missing.
 *
 * To be called after `loss` with the same arguments.
 * @returns the damping of the next step
 */
export function newtonStep(
  parameters: Parameters,
  points: TrainingPoints,
  workspace: Workspace,
  damping: number,
): number {
  const { neuronCount, starts, columns, values } = parameters;
  const { count: N, columns: x } = points;
  const { preactivations, residuals } = workspace;

  // The derivative of every f(x_n) by every entry, entry by entry.
  const entries: number[] = [];
  const P = starts[neuronCount]! - neuronCount;
  const J = new Float64Array(P * N);
  for (let e = 0; e < starts[0]!; e++) {
    J.set(x.subarray(columns[e]! * N, (columns[e]! + 1) * N), entries.length * N);
    entries.push(e);
  }
  for (let j = 0; j < neuronCount; j++) {
    const last = starts[j + 1]! - 1;
    for (let e = starts[j]!; e < last; e++) {
      const row = entries.length * N;
      const column = columns[e]! * N;
      for (let n = 0; n < N; n++) {
        if (preactivations[j * N + n]! > 0) J[row + n] = values[last]! * x[column + n]!;
      }
      entries.push(e);
    }
  }

  // (J J^T + mu) z = r and the step J^T z, or (J^T J + mu) z = J^T r and the step z: the smaller system.
  const r = Float64Array.from(residuals);
  const step = new Float64Array(P);
  const byPoints = N <= P;
  const size = byPoints ? N : P;
  const G = new Float64Array(size * size);
  const z = new Float64Array(size);
  if (byPoints) {
    z.set(r);
    for (let e = 0; e < P; e++) {
      for (let n = 0; n < N; n++) {
        const g = J[e * N + n]!;
        if (g !== 0) for (let m = 0; m <= n; m++) G[n * N + m]! += g * J[e * N + m]!;
      }
    }
  } else {
    for (let e = 0; e < P; e++) {
      for (let n = 0; n < N; n++) z[e]! += J[e * N + n]! * r[n]!;
      for (let f = 0; f <= e; f++) {
        let sum = 0;
        for (let n = 0; n < N; n++) sum += J[e * N + n]! * J[f * N + n]!;
        G[e * P + f] = sum;
      }
    }
  }
  let trace = 0;
  for (let i = 0; i < size; i++) trace += G[i * size + i]!;
  for (let i = 0; i < size; i++) G[i * size + i]! += (damping * trace) / size;
  if (trace === 0 || !solveCholesky(G, z, size)) return Math.min(DAMPING.most, damping * DAMPING.factor);
  if (byPoints) {
    for (let e = 0; e < P; e++) for (let n = 0; n < N; n++) step[e]! += J[e * N + n]! * z[n]!;
  } else step.set(z);

  const before = r.reduce((sum, value) => sum + value * value, 0) / N;
  const old = entries.map((e) => values[e]!);
  entries.forEach((e, i) => {
    values[e]! -= step[i]!;
  });
  if (loss(parameters, points, workspace) < before) return Math.max(DAMPING.least, damping / DAMPING.factor);
  entries.forEach((e, i) => {
    values[e] = old[i]!;
  });
  return Math.min(DAMPING.most, damping * DAMPING.factor);
}

/** Solves G z = z in place, G symmetric, its lower triangle given; false when it is not positive definite to rounding. */
function solveCholesky(G: Float64Array, z: Float64Array, size: number): boolean {
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = G[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= G[i * size + k]! * G[j * size + k]!;
      if (i === j && !(sum > 0)) return false;
      G[i * size + j] = i === j ? Math.sqrt(sum) : sum / G[j * size + j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) z[i]! -= G[i * size + k]! * z[k]!;
    z[i]! /= G[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) z[i]! -= G[k * size + i]! * z[k]!;
    z[i]! /= G[i * size + i]!;
  }
  return true;
}
