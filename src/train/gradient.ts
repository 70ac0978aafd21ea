import { entryCount, type FloatArray, type Parameters } from './parameters.js';
import type { TrainingPoints } from './points.js';

/**
 * Scratch space of the forward and backward pass, made once per training.
 *
 * Sums here start from +0 and add their terms in a fixed order, so a sum is never -0, and leaving out a term that is
 * exactly +0 or -0 does not change a bit of it. That is why dropping dead entries leaves all results bit-identical.
 */
export interface Workspace {
  /** width x N: w_k . (x_n, 1) of the j-th living neuron at [j * N + n]. */
  readonly preactivations: Float64Array;
  /** N: f(x_n), then f(x_n) - y_n after `loss`. */
  readonly residuals: Float64Array;
  /** The derivative of the loss by one neuron's preactivations, at the points that activate it, and those points. */
  readonly deltas: Float64Array;
  readonly activePoints: Int32Array;
}

export function createWorkspace(points: TrainingPoints, width: number): Workspace {
  return {
    preactivations: new Float64Array(width * points.count),
    residuals: new Float64Array(points.count),
    deltas: new Float64Array(points.count),
    activePoints: new Int32Array(points.count),
  };
}

/**
 * The mean squared error (1/N) sum_n (f(x_n) - y_n)^2 over all points; leaves preactivations and residuals in the
 * workspace. A parameter that is not finite makes the result non-finite (a NaN is passed through the ReLU).
 */
export function loss(parameters: Parameters, points: TrainingPoints, workspace: Workspace): number {
  const { inputDimension, neuronCount, starts, columns, values } = parameters;
  const { count, columns: x, labels } = points;
  const { preactivations, residuals } = workspace;

  // The skip.
  residuals.fill(0);
  accumulate(values, columns, 0, starts[0]!, x, count, residuals, 0);

  // One neuron after the other, or four at a time where none of their entries is missing. With one input every living
  // neuron has exactly the entries w, b, v.
  const stride = inputDimension + 2;
  let done = 0;
  for (let j = 0; j < neuronCount; j++) {
    const base = j * count;
    const last = starts[j + 1]! - 1;
    const v = values[last]!;
    if (inputDimension === 1) {
      const w = values[last - 2]!;
      const b = values[last - 1]!;
      for (let n = 0; n < count; n++) {
        const z = w * x[n]! + b;
        preactivations[base + n] = z;
        if (!(z <= 0)) residuals[n] = residuals[n]! + v * z;
      }
      continue;
    }
    if (j >= done) {
      const block = starts[j]!;
      if (j + 3 < neuronCount && starts[j + 4]! - block === 4 * stride) {
        fourDenseNeurons(values, block, stride, x, count, preactivations, base);
        done = j + 4;
      } else {
        for (let n = 0; n < count; n++) preactivations[base + n] = 0;
        accumulate(values, columns, block, last, x, count, preactivations, base);
        done = j + 1;
      }
    }
    for (let n = 0; n < count; n++) {
      const z = preactivations[base + n]!;
      if (!(z <= 0)) residuals[n] = residuals[n]! + v * z;
    }
  }

  let sum = 0;
  for (let n = 0; n < count; n++) {
    const residual = residuals[n]! - labels[n]!;
    residuals[n] = residual;
    sum += residual * residual;
  }
  return sum / count;
}

/**
 * The gradient of the mean squared error, entry by entry, into `gradient`; call `loss` first with the same arguments.
 * At a kink (preactivation 0) the ReLU's derivative is taken as 0, as PyTorch does.
 */
export function backpropagate(
  parameters: Parameters,
  points: TrainingPoints,
  workspace: Workspace,
  gradient: FloatArray,
): void {
  const { inputDimension, neuronCount, starts, columns, values } = parameters;
  const { count, columns: x } = points;
  const { preactivations, residuals, deltas, activePoints } = workspace;
  const scale = 2 / count;

  // The skip sees every point.
  if (starts[0]! > 0) {
    for (let n = 0; n < count; n++) {
      deltas[n] = scale * residuals[n]!;
      activePoints[n] = n;
    }
    correlate(columns, 0, starts[0]!, x, count, deltas, activePoints, count, gradient);
  }

  // A neuron sees the points that activate it.
  for (let j = 0; j < neuronCount; j++) {
    const base = j * count;
    const last = starts[j + 1]! - 1;
    const v = values[last]!;
    let byOutput = 0;
    if (inputDimension === 1) {
      let byWeight = 0;
      let byBias = 0;
      for (let n = 0; n < count; n++) {
        const z = preactivations[base + n]!;
        if (z > 0) {
          const outer = scale * residuals[n]!;
          byOutput += outer * z;
          byWeight += outer * v * x[n]!;
          byBias += outer * v;
        }
      }
      gradient[last - 2] = byWeight;
      gradient[last - 1] = byBias;
      gradient[last] = byOutput;
      continue;
    }
    let active = 0;
    for (let n = 0; n < count; n++) {
      const z = preactivations[base + n]!;
      if (z > 0) {
        const outer = scale * residuals[n]!;
        byOutput += outer * z;
        deltas[active] = outer * v;
        activePoints[active] = n;
        active++;
      }
    }
    correlate(columns, starts[j]!, last, x, count, deltas, activePoints, active, gradient);
    gradient[last] = byOutput;
  }
}

/** The loss and, into `gradient` (at least `entryCount(parameters)` long), its gradient. */
export function lossAndGradient(
  parameters: Parameters,
  points: TrainingPoints,
  gradient: FloatArray,
  workspace: Workspace = createWorkspace(points, parameters.width),
): number {
  if (gradient.length < entryCount(parameters)) {
    throw new RangeError(
      `gradient: expected room for ${entryCount(parameters)} entries, found ${gradient.length}`,
    );
  }
  const value = loss(parameters, points, workspace);
  backpropagate(parameters, points, workspace, gradient);
  return value;
}

/**
 * The preactivations of four neighbouring neurons that have all their entries, two points at a time, so that each number
 * loaded is used several times. The order of every sum is that of `accumulate`.
 */
function fourDenseNeurons(
  values: FloatArray,
  from: number,
  stride: number,
  x: Float64Array,
  count: number,
  target: Float64Array,
  base: number,
): void {
  const weights = stride - 1;
  const row1 = base + count;
  const row2 = row1 + count;
  const row3 = row2 + count;
  for (let n = 0; n < count; n += 2) {
    // The last of an odd number of points is computed twice.
    const m = n + 1 < count ? n + 1 : n;
    let p0 = 0;
    let p1 = 0;
    let p2 = 0;
    let p3 = 0;
    let q0 = 0;
    let q1 = 0;
    let q2 = 0;
    let q3 = 0;
    let at = 0;
    for (let e = from; e < from + weights; e++) {
      const p = x[at + n]!;
      const q = x[at + m]!;
      const w0 = values[e]!;
      const w1 = values[e + stride]!;
      const w2 = values[e + 2 * stride]!;
      const w3 = values[e + 3 * stride]!;
      p0 += w0 * p;
      q0 += w0 * q;
      p1 += w1 * p;
      q1 += w1 * q;
      p2 += w2 * p;
      q2 += w2 * q;
      p3 += w3 * p;
      q3 += w3 * q;
      at += count;
    }
    target[base + n] = p0;
    target[base + m] = q0;
    target[row1 + n] = p1;
    target[row1 + m] = q1;
    target[row2 + n] = p2;
    target[row2 + m] = q2;
    target[row3 + n] = p3;
    target[row3 + m] = q3;
  }
}

/** target[base + n] += sum of values[e] * x[columns[e], n] over from <= e < to, in this order; four columns a sweep. */
function accumulate(
  values: FloatArray,
  columns: Int32Array,
  from: number,
  to: number,
  x: Float64Array,
  count: number,
  target: Float64Array,
  base: number,
): void {
  let e = from;
  for (; e + 3 < to; e += 4) {
    const w0 = values[e]!;
    const w1 = values[e + 1]!;
    const w2 = values[e + 2]!;
    const w3 = values[e + 3]!;
    const c0 = columns[e]! * count;
    const c1 = columns[e + 1]! * count;
    const c2 = columns[e + 2]! * count;
    const c3 = columns[e + 3]! * count;
    for (let n = 0; n < count; n++) {
      target[base + n] =
        target[base + n]! + w0 * x[c0 + n]! + w1 * x[c1 + n]! + w2 * x[c2 + n]! + w3 * x[c3 + n]!;
    }
  }
  for (; e + 1 < to; e += 2) {
    const w0 = values[e]!;
    const w1 = values[e + 1]!;
    const c0 = columns[e]! * count;
    const c1 = columns[e + 1]! * count;
    for (let n = 0; n < count; n++) target[base + n] = target[base + n]! + w0 * x[c0 + n]! + w1 * x[c1 + n]!;
  }
  if (e < to) {
    const w0 = values[e]!;
    const c0 = columns[e]! * count;
    for (let n = 0; n < count; n++) target[base + n] = target[base + n]! + w0 * x[c0 + n]!;
  }
}

/** result[e] = sum over the active points n of delta_n * x[columns[e], n] for from <= e < to; four columns a sweep. */
function correlate(
  columns: Int32Array,
  from: number,
  to: number,
  x: Float64Array,
  count: number,
  deltas: Float64Array,
  activePoints: Int32Array,
  active: number,
  result: FloatArray,
): void {
  let e = from;
  for (; e + 3 < to; e += 4) {
    const c0 = columns[e]! * count;
    const c1 = columns[e + 1]! * count;
    const c2 = columns[e + 2]! * count;
    const c3 = columns[e + 3]! * count;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0; i < active; i++) {
      const delta = deltas[i]!;
      const n = activePoints[i]!;
      s0 += delta * x[c0 + n]!;
      s1 += delta * x[c1 + n]!;
      s2 += delta * x[c2 + n]!;
      s3 += delta * x[c3 + n]!;
    }
    result[e] = s0;
    result[e + 1] = s1;
    result[e + 2] = s2;
    result[e + 3] = s3;
  }
  for (; e < to; e++) {
    const c = columns[e]! * count;
    let sum = 0;
    for (let i = 0; i < active; i++) sum += deltas[i]! * x[c + activePoints[i]!]!;
    result[e] = sum;
  }
}
