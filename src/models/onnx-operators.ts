import { Rational } from '../exact/rational.js';
import { encodeNumbers, type Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import {
  applied,
  type ExactMatrix,
  isPlain,
  multiplied,
  plainSignal,
  type Signal,
  shiftedBy,
  spread,
  sumOf,
} from './affine-signal.js';
import { ONNX_DTYPES, ONNX_REMEDY, type OnnxNode } from './onnx-graph.js';

/** What a name in the graph stands for: a function of the input, or numbers. */
export type GraphValue = Signal | { kind: 'constant'; tensor: Tensor };

/** What is known while the graph is followed. */
export interface GraphState {
  readonly source: string;
  readonly values: Map<string, GraphValue>;
  /** The hidden layer, once its Relu has been met. */
  relu: { weights: ExactMatrix; biases: Rational[]; names: readonly string[] } | null;
  /** Constants folded into the weights. */
  readonly folded: { operator: string; name: string }[];
}

/** Operators that are refused with a sentence of their own. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  [
    'BatchNormalization',
    'is a batch norm, which is not read; fold it into its linear layer (torch.nn.utils.fusion.fuse_linear_bn_eval)',
  ],
  ['LayerNormalization', 'is a norm, which is not read: it is not piecewise linear'],
  ['InstanceNormalization', 'is a norm, which is not read: it is not piecewise linear'],
  ['GroupNormalization', 'is a norm, which is not read: it is not piecewise linear'],
  ['PRelu', 'is an activation with a slope of its own (PReLU); only Relu is read'],
  ['LeakyRelu', 'is an activation with a slope of its own (leaky ReLU); only Relu is read'],
  [
    'ReduceL2',
    'computes a norm of weights while the network runs (weight norm); call ' +
      'torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before the export',
  ],
]);

/** One node, applied to the values before it. */
export function evaluateNode(node: OnnxNode, state: GraphState): GraphValue {
  const { opType, inputs, outputs, attributes, label } = node;
  const fail = (reason: string): never => {
    throw new InputError(`${state.source}: ${label} ${reason}; ${ONNX_REMEDY}.`);
  };
  const value = (i: number): GraphValue => {
    const found = inputs[i] ? state.values.get(inputs[i]) : undefined;
    return found ?? fail(`uses ${JSON.stringify(inputs[i] ?? '')}, which nothing before it computes`);
  };
  const signal = (i: number): Signal => {
    const found = value(i);
    return found.kind === 'signal'
      ? found
      : fail('has a constant where the input or the hidden layer is expected');
  };
  const constant = (i: number): Tensor => {
    const found = value(i);
    return found.kind === 'constant' ? found.tensor : fail('has a computed value where a weight is expected');
  };
  const expectInputs = (least: number, most: number, mostOutputs = 1) => {
    if (inputs.length < least || inputs.length > most || outputs.length < 1 || outputs.length > mostOutputs) {
      fail(`has ${inputs.length} inputs and ${outputs.length} outputs, which does not fit`);
    }
  };
  const integers = (i: number): number[] => {
    const { values, dtype, shape } = constant(i);
    return dtype.includes('int') && shape.length <= 1 ? [...values] : fail('has axes that are no integers');
  };
  const fold = (name: string) => state.folded.push({ operator: opType, name });

  switch (opType) {
    case 'Constant':
      return { kind: 'constant', tensor: constantOf(node, fail) };
    case 'Identity':
      expectInputs(1, 1);
      return value(0);
    case 'Cast':
      expectInputs(1, 1);
      return cast(value(0), Number(attributes.integer('to') ?? 0n), fail);
    case 'Dropout': {
      expectInputs(1, 3, 2);
      const training = inputs[2] ? constant(2).values.some((flag) => flag !== 0) : false;
      if (training) return fail('drops neurons at random (training mode), so the network is no function');
      return value(0);
    }
    case 'Flatten': {
      expectInputs(1, 1);
      const x = signal(0);
      if ((attributes.integer('axis') ?? 1n) !== 1n || x.layout === 'flat')
        return fail('flattens more than the axes of one data point');
      return { ...x, layout: 'rows' };
    }
    case 'Reshape':
      expectInputs(2, 2);
      return reshaped(signal(0), integers(1), fail);
    case 'Squeeze':
    case 'Unsqueeze': {
      expectInputs(1, 2);
      const axes = inputs.length === 2 ? integers(1) : (attributes.integers('axes')?.map(Number) ?? []);
      const x = signal(0);
      const [from, to] = opType === 'Squeeze' ? (['rows', 'flat'] as const) : (['flat', 'rows'] as const);
      const last = axes.length === 1 && (axes[0] === 1 || axes[0] === -1);
      if (!last || x.layout !== from || x.width !== 1) {
        return fail(
          `${opType === 'Squeeze' ? 'squeezes' : 'adds'} something other than the last axis of a single number`,
        );
      }
      return { ...x, layout: to };
    }
    case 'Transpose': {
      expectInputs(1, 1);
      const perm = attributes.integers('perm')?.map(Number) ?? [1, 0];
      const tensor = constant(0);
      if (tensor.shape.length !== 2 || perm.join() !== '1,0')
        return fail('is not the transpose of a weight matrix');
      return { kind: 'constant', tensor: transposed(tensor) };
    }
    case 'MatMul': {
      expectInputs(2, 2);
      const x = signal(0);
      return matrixTimes(asMatrix(constant(1), true, Rational.one, fail), x, state, fail);
    }
    case 'Gemm': {
      expectInputs(2, 3);
      if ((attributes.integer('transA') ?? 0n) !== 0n)
        return fail('transposes its input (transA), which is not read');
      const alpha = Rational.fromDouble(attributes.float('alpha') ?? 1);
      const beta = Rational.fromDouble(attributes.float('beta') ?? 1);
      const asStored = (attributes.integer('transB') ?? 0n) !== 0n;
      const x = signal(0);
      const result = matrixTimes(asMatrix(constant(1), !asStored, alpha, fail), x, state, fail);
      if (inputs.length < 3 || inputs[2] === '') return result;
      const bias = constant(2);
      const numbers = numbersFor(bias, result, fail).map((number) => number.multiply(beta));
      return shiftedBy(result, numbers, bias.name);
    }
    case 'Add':
    case 'Sub': {
      expectInputs(2, 2);
      const [a, b] = [value(0), value(1)];
      if (a.kind === 'constant' && b.kind === 'constant') return fail('computes with two constants');
      const minus = [Rational.of(-1)];
      if (a.kind === 'signal' && b.kind === 'signal') {
        return addSignals(a, opType === 'Sub' ? multiplied(b, minus) : b, fail);
      }
      const [x, c] = a.kind === 'signal' ? ([a, b] as const) : ([b, a] as const);
      const { tensor } = c as Extract<GraphValue, { kind: 'constant' }>;
      const target = x as Signal;
      if (isPlain(target) || (opType === 'Sub' && a.kind === 'constant')) fold(tensor.name);
      const numbers = numbersFor(tensor, target, fail);
      const wide = widened(target, numbers);
      if (opType === 'Add') return shiftedBy(wide, numbers, tensor.name);
      if (a.kind === 'constant') return shiftedBy(multiplied(wide, minus), numbers, tensor.name);
      return shiftedBy(
        wide,
        numbers.map((number) => number.negate()),
        tensor.name,
      );
    }
    case 'Mul':
    case 'Div': {
      expectInputs(2, 2);
      const [a, b] = [value(0), value(1)];
      if (a.kind === b.kind) {
        return fail(
          a.kind === 'constant'
            ? 'computes with two constants'
            : 'multiplies or divides two functions of the input',
        );
      }
      if (opType === 'Div' && b.kind === 'signal') return fail('divides by a function of the input');
      const [x, c] = a.kind === 'signal' ? ([a, b] as const) : ([b, a] as const);
      const { tensor } = c as Extract<GraphValue, { kind: 'constant' }>;
      const target = x as Signal;
      const numbers = numbersFor(tensor, target, fail);
      if (opType === 'Div' && numbers.some((number) => number.isZero()))
        return fail(`divides by "${tensor.name}", which is 0`);
      fold(tensor.name);
      const factors = opType === 'Div' ? numbers.map((number) => Rational.one.divide(number)) : numbers;
      return multiplied(widened(target, numbers), factors);
    }
    case 'ai.onnx.ml.Scaler': {
      // (x - offset) * scale
      expectInputs(1, 1);
      const x = signal(0);
      const list = (name: 'offset' | 'scale', otherwise: number): Rational[] => {
        const values = attributes.floats(name) ?? Float64Array.of(otherwise);
        const tensor: Tensor = { name, shape: [values.length], dtype: 'float32', values };
        return numbersFor(tensor, x, fail);
      };
      const [offset, scale] = [list('offset', 0), list('scale', 1)];
      fold(outputs[0] ?? '');
      const shifted = shiftedBy(
        widened(x, offset),
        offset.map((number) => number.negate()),
        `${outputs[0]}`,
      );
      return multiplied(widened(shifted, scale), scale);
    }
    case 'Relu': {
      expectInputs(1, 1);
      const { input, hidden, layout, constant: biases, biases: names } = signal(0);
      if (state.relu !== null || hidden !== null) {
        return fail('is a second Relu; only networks with one hidden layer are read');
      }
      if (input === null || !('matrix' in input)) return fail('has no weights before it');
      const { rows } = input.matrix;
      state.relu = { weights: input.matrix, biases: spread(biases, rows), names };
      return plainSignal('hidden', rows, layout);
    }
    default:
      return fail(REFUSED.get(opType) ?? 'is an operator that is not read');
  }
}

/** The value of a Constant node. */
function constantOf({ attributes, outputs }: OnnxNode, fail: (reason: string) => never): Tensor {
  const name = outputs[0] ?? '';
  const tensor = attributes.tensor('value');
  if (tensor !== undefined) return { ...tensor, name };
  const one = attributes.float('value_float');
  if (one !== undefined) return { name, shape: [], dtype: 'float32', values: Float64Array.of(one) };
  const many = attributes.floats('value_floats');
  if (many !== undefined) return { name, shape: [many.length], dtype: 'float32', values: many };
  const integer = attributes.integer('value_int');
  if (integer !== undefined)
    return { name, shape: [], dtype: 'int64', values: Float64Array.of(Number(integer)) };
  const integers = attributes.integers('value_ints');
  if (integers === undefined) return fail('has no tensor value');
  return { name, shape: [integers.length], dtype: 'int64', values: Float64Array.from(integers, Number) };
}

/** A change of type: what the runtime rounds is no part of the network, but a constant must keep its value. */
function cast(value: GraphValue, to: number, fail: (reason: string) => never): GraphValue {
  const dtype = ONNX_DTYPES.get(to);
  if (dtype === undefined || (value.kind === 'signal' && dtype.includes('int')))
    return fail(`casts to the type ${to}, which is no float`);
  if (value.kind === 'signal') return value;
  const tensor = { ...value.tensor, dtype };
  try {
    encodeNumbers(tensor);
  } catch (error) {
    return fail(`rounds a constant: ${(error as Error).message}`);
  }
  return { kind: 'constant', tensor };
}

/** A reshape that leaves every data point to itself: [N, d] -> [N, d], [N, 1] <-> [N], [N, ..] -> [N, d]. */
function reshaped(x: Signal, shape: readonly number[], fail: (reason: string) => never): Signal {
  const refuse = () => fail(`reshapes to (${shape.join(', ')}), which may move numbers between data points`);
  // 0 keeps the first axis, -1 is what is left, and 1 is the one data point of an export with a fixed batch.
  if (shape.length === 1) return x.width === 1 && shape[0] === -1 ? { ...x, layout: 'flat' } : refuse();
  const [first, last] = shape as [number, number];
  if (shape.length !== 2 || (first !== -1 && first !== 0 && first !== 1)) return refuse();
  if (last === -1) return first === 0 && x.layout !== 'flat' ? { ...x, layout: 'rows' } : refuse();
  if (last < 1 || (x.width !== null && x.width !== last)) return refuse();
  return { ...x, layout: 'rows', width: last };
}

function transposed(tensor: Tensor): Tensor {
  const [m, n] = tensor.shape as [number, number];
  const values = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) values[j * m + i] = tensor.values[i * n + j]!;
  return { ...tensor, shape: [n, m], values };
}

/** A weight matrix with one row per output times a factor; ONNX stores it [inputs, outputs] unless `transB` is set. */
function asMatrix(
  tensor: Tensor,
  turn: boolean,
  factor: Rational,
  fail: (reason: string) => never,
): ExactMatrix {
  if (tensor.shape.length !== 2 || tensor.values.length === 0 || tensor.dtype.includes('int')) {
    return fail(
      `has weights "${tensor.name}" of type ${tensor.dtype} and shape (${tensor.shape.join(', ')}); expected a matrix of floats`,
    );
  }
  const { shape, values } = turn ? transposed(tensor) : tensor;
  const [rows, columns] = shape as [number, number];
  const one = factor.equals(Rational.one);
  const entries = Array.from(values, (value) => {
    const exact = Rational.fromDouble(value);
    return one ? exact : exact.multiply(factor);
  });
  return { rows, columns, entries, from: { name: tensor.name, transposed: turn } };
}

/** W x or W h. */
function matrixTimes(
  matrix: ExactMatrix,
  signal: Signal,
  { relu }: GraphState,
  fail: (reason: string) => never,
): Signal {
  const { input, hidden, width, layout } = signal;
  if (layout !== 'rows') return fail('multiplies something that is not [data points, numbers]');
  if (!isPlain(signal) || (input !== null && hidden !== null)) {
    return fail('multiplies something other than the input or the Relu; only one hidden layer is read');
  }
  if (width !== null && width !== matrix.columns) {
    return fail(
      hidden === null
        ? `takes ${matrix.columns} inputs, but the input has ${width}`
        : `takes ${matrix.columns} neurons, but the hidden layer has ${relu!.weights.rows}`,
    );
  }
  return applied(matrix, signal);
}

/** A constant that is the same for every data point, with ONNX's broadcasting: [], [1], [m] or [1, m] numbers for m. */
function numbersFor(tensor: Tensor, target: Signal, fail: (reason: string) => never): Rational[] {
  const { shape, values, name, dtype } = tensor;
  const rank = target.layout === 'flat' ? 1 : 2;
  const fits = shape.length <= rank && (shape.length < 2 || shape[0] === 1) && !dtype.includes('int');
  const single = values.length === 1;
  const many = target.layout === 'rows' && (target.width ?? values.length) === values.length;
  if (!fits || values.length === 0 || !(single || many)) {
    return fail(
      `combines "${name}" of type ${dtype} and shape (${shape.join(', ')}) with ${target.width ?? 'the'} numbers per data point`,
    );
  }
  return Array.from(values, Rational.fromDouble);
}

/** The signal with the width that a list of numbers gives it, if its own is not known. */
function widened(signal: Signal, numbers: readonly Rational[]): Signal {
  return signal.width === null && numbers.length > 1 ? { ...signal, width: numbers.length } : signal;
}

/** Adds the output of the hidden layer and a linear function of the input. */
function addSignals(a: Signal, b: Signal, fail: (reason: string) => never): Signal {
  if ((a.input !== null && b.input !== null) || (a.hidden !== null && b.hidden !== null)) {
    return fail('adds two functions of the same layer');
  }
  // The plain input of an unknown dimension may be added to one number only if it is one.
  const width = a.width ?? b.width;
  const fits = (signal: Signal) => signal.width === width || (signal.width === null && width === 1);
  if (width === null || !fits(a) || !fits(b) || a.layout !== b.layout || a.layout === 'deep') {
    return fail('adds values of different sizes');
  }
  return { ...sumOf(a, b), width };
}
