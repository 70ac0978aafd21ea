import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { readOnnx } from '../../src/models/onnx.js';
import { evaluate, type Network } from '../../src/problem/network.js';
import { inputInfo, node, onnxModel, tensor } from './onnx-encoder.js';

/** An array of exact numbers, row-major. */
interface Exact {
  readonly shape: readonly number[];
  readonly values: readonly Rational[];
}

/** What the interpreter refuses: shapes that do not fit. */
class Misfit extends Error {}

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Element-wise with the broadcasting of NumPy. */
function broadcast(a: Exact, b: Exact, combine: (x: Rational, y: Rational) => Rational): Exact {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = (shape: readonly number[]) => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [s, t] = [padded(a.shape), padded(b.shape)];
  const shape = s.map((n, k) => {
    if (n !== t[k] && n !== 1 && t[k] !== 1) throw new Misfit();
    return Math.max(n, t[k]!);
  });
  const at = (of: Exact, own: readonly number[], index: readonly number[]) =>
    of.values[own.reduce((place, n, k) => place * n + (n === 1 ? 0 : index[k]!), 0)]!;
  const values = Array.from({ length: size(shape) }, (_, flat) => {
    const index: number[] = [];
    let rest = flat;
    for (let k = rank - 1; k >= 0; k--) {
      index[k] = rest % shape[k]!;
      rest = Math.floor(rest / shape[k]!);
    }
    return combine(at(a, s, index), at(b, t, index));
  });
  return { shape, values };
}

function matrixProduct(a: Exact, b: Exact): Exact {
  const [n, k] = a.shape as [number, number];
  const [l, m] = b.shape as [number, number];
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== l) throw new Misfit();
  const values = Array.from({ length: n * m }, (_, flat) => {
    const [i, j] = [Math.floor(flat / m), flat % m];
    let sum = Rational.zero;
    for (let h = 0; h < k; h++) sum = sum.add(a.values[i * k + h]!.multiply(b.values[h * m + j]!));
    return sum;
  });
  return { shape: [n, m], values };
}

function reshape(a: Exact, target: readonly number[]): Exact {
  const shape = target.map((n, k) => {
    if (n !== 0) return n;
    if (k >= a.shape.length) throw new Misfit();
    return a.shape[k]!;
  });
  const free = shape.indexOf(-1);
  if (free >= 0) {
    const rest = -size(shape);
    if (rest === 0 || a.values.length % rest !== 0) throw new Misfit();
    shape[free] = a.values.length / rest;
  }
  if (size(shape) !== a.values.length) throw new Misfit();
  return { shape, values: a.values };
}

/** A node of the graph: the operator in the file, and what it computes. */
interface Step {
  readonly bytes: Uint8Array;
  readonly output: string;
  compute(value: (name: string) => Exact): Exact;
}

/** A random network of one hidden layer as exporters and people write it, with constants and changes of shape anywhere. */
function randomGraph(seed: number) {
  const { uniform } = createRandom(seed);
  const whole = (count: number) => Math.floor(uniform() * count);
  const pick = <T>(list: readonly T[]): T => list[whole(list.length)]!;
  const [d, K] = [1 + whole(3), 1 + whole(3)];
  const steps: Step[] = [];
  const initializers: Uint8Array[] = [];
  const constants = new Map<string, Exact>();
  let count = 0;
  const fresh = () => `t${++count}`;
  const constant = (shape: readonly number[], zeros = true): string => {
    const name = fresh();
    const values = Array.from({ length: size(shape) }, () => (whole(17) - 8) / 4 || (zeros ? 0 : 0.5));
    initializers.push(tensor(name, [...shape], values));
    constants.set(name, { shape, values: values.map(Rational.fromDouble) });
    return name;
  };
  const integers = (values: number[]): string => {
    const name = fresh();
    initializers.push(tensor(name, [values.length], values, 7));
    return name;
  };
  const step = (
    op: string,
    inputs: string[],
    compute: Step['compute'],
    attributes: Record<string, number | number[]> = {},
  ): string => {
    const output = fresh();
    steps.push({ bytes: node(op, inputs, output, attributes), output, compute });
    return output;
  };
  const binary = (op: 'Add' | 'Sub' | 'Mul' | 'Div', a: string, b: string) =>
    step(op, [a, b], (value) =>
      broadcast(value(a), value(b), (x, y) => {
        if (op === 'Div') return x.divide(y);
        return op === 'Add' ? x.add(y) : op === 'Sub' ? x.subtract(y) : x.multiply(y);
      }),
    );
  /** One operator that is no layer, on a value of w numbers per point. */
  const between = (x: string, w: number): string => {
    const kind = pick([
      'Add',
      'Sub',
      'Mul',
      'Div',
      'Add',
      'Mul',
      'Cast',
      'Identity',
      'Reshape',
      'Flatten',
      'Squeeze',
      'Dropout',
    ]);
    switch (kind) {
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div': {
        const shapes = [[], [1], [w], [1, w], [1, 1], [w], [1, w], [2], [w, 1], [1, 2]];
        const c = constant(pick(shapes), kind !== 'Div');
        return kind !== 'Div' && whole(3) === 0 ? binary(kind, c, x) : binary(kind, x, c);
      }
      case 'Reshape': {
        const target = pick([[-1, w], [0, -1], [0, w], [-1, 1], [-1], [w, -1], [1, -1]]);
        return step(kind, [x, integers(target)], (value) => reshape(value(x), target));
      }
      case 'Flatten':
        return step(kind, [x], (value) => reshape(value(x), [value(x).shape[0]!, -1]));
      case 'Squeeze': {
        const axis = pick([1, -1]);
        const turn = pick(['Squeeze', 'Unsqueeze'] as const);
        return step(turn, [x, integers([axis])], (value) => {
          const { shape, values } = value(x);
          if (turn === 'Unsqueeze') {
            const at = axis < 0 ? shape.length + 1 + axis : axis;
            return { shape: [...shape.slice(0, at), 1, ...shape.slice(at)], values };
          }
          const at = axis < 0 ? shape.length + axis : axis;
          if (shape[at] !== 1) throw new Misfit();
          return { shape: shape.filter((_, k) => k !== at), values };
        });
      }
      default:
        return step(kind, [x], (value) => value(x), kind === 'Cast' ? { to: 11 } : {});
    }
  };
  const some = (x: string, w: number): string => {
    let y = x;
    for (let times = pick([0, 0, 1, 2]); times > 0; times--) y = between(y, w);
    return y;
  };
  /** A layer from i to o numbers, as MatMul or Gemm. */
  const linear = (x: string, i: number, o: number): string => {
    if (whole(2) === 0) {
      const matrix = constant([i, o]);
      return step('MatMul', [x, matrix], (value) => matrixProduct(value(x), value(matrix)));
    }
    const transB = whole(2);
    const matrix = constant(transB ? [o, i] : [i, o]);
    const bias = whole(3) > 0 ? constant(pick([[o], [1, o], [1], []])) : null;
    const [alpha, beta] = [pick([1, 0.5, -2]), pick([1, 0.25])];
    return step(
      'Gemm',
      [x, matrix, ...(bias === null ? [] : [bias])],
      (value) => {
        const { values } = value(matrix);
        const turned = Array.from({ length: i * o }, (_, k) => values[(k % o) * i + Math.floor(k / o)]!);
        const plain = matrixProduct(value(x), { shape: [i, o], values: transB ? turned : values });
        const scaled = plain.values.map((entry) => entry.multiply(Rational.fromDouble(alpha)));
        const result = { shape: plain.shape, values: scaled };
        if (bias === null) return result;
        return broadcast(result, value(bias), (a, b) => a.add(b.multiply(Rational.fromDouble(beta))));
      },
      { transB, alpha, beta },
    );
  };
  const x = some('x', d);
  const h = some(linear(x, d, K), K);
  const relu = step('Relu', [h], (value) => ({
    shape: value(h).shape,
    values: value(h).values.map((entry) => (entry.sign() > 0 ? entry : Rational.zero)),
  }));
  let y = some(linear(some(relu, K), K, 1), 1);
  if (whole(3) === 0) {
    const from = pick(['x', x]);
    const skip = some(whole(3) > 0 ? linear(from, d, 1) : from, 1);
    y = whole(2) === 0 ? binary(pick(['Add', 'Sub']), y, skip) : binary(pick(['Add', 'Sub']), skip, y);
  }
  y = some(y, 1);
  const bytes = onnxModel(
    [...steps.map((one) => one.bytes), node('Identity', [y], 'y')],
    initializers,
    [],
    whole(3) === 0 ? undefined : inputInfo([null, d]),
  );
  const run = (points: Exact): Exact => {
    const values = new Map(constants).set('x', points);
    for (const { output, compute } of steps)
      values.set(
        output,
        compute((name) => values.get(name)!),
      );
    return values.get(y)!;
  };
  return { d, bytes, run };
}

test('random graphs are read as what an interpreter computes, exactly, or refused', () => {
  let read = 0;
  let refused = 0;
  for (let seed = 0; seed < 450; seed++) {
    const { d, bytes, run } = randomGraph(seed);
    let network: Network;
    try {
      network = readOnnx(bytes, 'a.onnx').network;
    } catch (error) {
      expect((error as Error).name, `seed ${seed}`).toBe('InputError');
      refused++;
      continue;
    }
    const { uniform } = createRandom(seed + 1_000_000);
    const points = Array.from({ length: 5 }, () =>
      Array.from({ length: d }, () => Rational.of(Math.floor(uniform() * 25) - 12, 4)),
    );
    const { values } = run({ shape: [5, d], values: points.flat() });
    expect(network.inputDimension, `seed ${seed}`).toBe(d);
    expect(values.map(String), `seed ${seed}`).toEqual(
      points.map((point) => evaluate(network, point).toString()),
    );
    read++;
  }
  expect(read).toBeGreaterThan(150);
  expect(refused).toBeGreaterThan(150);
});
