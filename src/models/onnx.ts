import { Rational } from '../exact/rational.js';
import {
  type Dtype,
  decodeNumbers,
  elementCount,
  ITEM_SIZE,
  requireFinite,
  type Tensor,
} from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import type { ModelLayers } from './layers.js';
import { ProtobufMessage } from './protobuf.js';
import { TORCH_REMEDY } from './torch.js';

const REMEDY =
  `export a torch.nn.Sequential(Linear, ReLU, Linear) with torch.onnx.export(model.eval(), torch.zeros(1, d), ` +
  `"model.onnx"), or save ${TORCH_REMEDY}`;

/** Most nodes of a graph. The largest that we can read has about twenty. */
const NODE_LIMIT = 64;

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7, opsetImport: 8, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const VALUE_INFO = { name: 1 };
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, float: 2, int: 3, tensor: 5, ints: 8 };
const TENSOR = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  externalData: 13,
  dataLocation: 14,
};

/** TensorProto.DataType. */
const DTYPES: ReadonlyMap<number, Dtype> = new Map([
  [1, 'float32'],
  [7, 'int64'],
  [10, 'float16'],
  [11, 'float64'],
  [16, 'bfloat16'],
]);

/** A matrix, row-major rows x columns. */
interface Matrix {
  rows: number;
  columns: number;
  values: Float64Array;
}

/**
 * A value that depends on the input x, one row per data point: `input` x + `hidden` h + sum of `biases`, where h is the
 * output of the one Relu. "itself" is x or h as it is; null is absent. Every bias has one number per row of the
 * matrices. Biases are kept apart because their sum need not be a double.
 */
interface Signal {
  kind: 'signal';
  input: Matrix | 'itself' | null;
  hidden: Matrix | 'itself' | null;
  biases: Float64Array[];
}

type Value = Signal | { kind: 'constant'; tensor: Tensor };

interface OnnxNode {
  opType: string;
  inputs: string[];
  outputs: string[];
  attributes: Map<string, ProtobufMessage>;
  /** For messages: the node's own name and its operator. */
  label: string;
}

/**
 * Reads the weights of a single-hidden-layer ReLU network from an ONNX model: the input through Gemm, or MatMul and
 * Add, then Relu, then Gemm or MatMul and Add to one output, and optionally a linear skip from the input added to the
 * output. Identity, a Flatten of the input, a final Squeeze, Transpose of a weight and Constant nodes are seen through.
 * Weights may be float16, bfloat16, float32 or float64, and are exact; alpha and beta of Gemm are multiplied in when
 * that is exact.
 *
 * The reader follows the graph symbolically, so that the order of operands and the names do not matter.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @throws InputError for any other operator or shape, naming the node, and for damaged files and external data; the
 * message gives the PyTorch line that exports a readable model.
 */
export function readOnnx(bytes: Uint8Array, source: string): ModelLayers {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}; ${REMEDY}.`);
  };
  const model = new ProtobufMessage(bytes, source);
  const graph = model.message(MODEL.graph, 'graph');
  if (graph === undefined || model.count(MODEL.opsetImport) === 0) {
    return fail('not a complete ONNX model: the graph or the operator set is missing');
  }
  if (model.count(MODEL.functions) > 0) return fail('model-local functions are not read');
  if (graph.count(GRAPH.sparseInitializer) > 0) return fail('sparse weights are not read');

  // Values known from the start: the weights, and the one input.
  const values = new Map<string, Value>();
  for (const message of graph.messages(GRAPH.initializer, 'initializer')) {
    const tensor = readTensor(message, source);
    if (values.has(tensor.name)) return fail(`the weights "${tensor.name}" are there twice`);
    values.set(tensor.name, { kind: 'constant', tensor });
  }
  const names = (field: number, what: string) =>
    graph.messages(field, what).map((info) => info.string(VALUE_INFO.name));
  const inputs = names(GRAPH.input, 'input').filter((name) => !values.has(name));
  const outputs = names(GRAPH.output, 'output');
  if (inputs.length !== 1 || outputs.length !== 1) {
    return fail(`expected one input and one output, found ${inputs.length} and ${outputs.length}`);
  }
  values.set(inputs[0]!, { kind: 'signal', input: 'itself', hidden: null, biases: [] });

  // The nodes, in the topological order that ONNX requires.
  if (graph.count(GRAPH.node) > NODE_LIMIT) {
    return fail(`a graph of ${graph.count(GRAPH.node)} nodes is no network of one hidden layer`);
  }
  const state: GraphState = { source, output: outputs[0]!, relu: null };
  for (const message of graph.messages(GRAPH.node, 'node')) {
    const node = readNode(message);
    const value = evaluateNode(node, values, state);
    const output = node.outputs[0];
    if (!output || values.has(output)) return fail(`${node.label} has no output of its own`);
    values.set(output, value);
  }

  // What the output is made of.
  const output = values.get(outputs[0]!);
  const { relu } = state;
  if (output?.kind !== 'signal') return fail('the output does not depend on the input');
  const { input: skip, hidden, biases } = output;
  if (relu === null || hidden === null) return fail('the output does not depend on a Relu');
  if (hidden === 'itself' || skip === 'itself')
    return fail('the output is a Relu or contains the plain input');
  if (hidden.rows !== 1) return fail(`the model has ${hidden.rows} outputs; only one output is read`);
  return {
    inputDimension: relu.weights.columns,
    width: relu.weights.rows,
    inputWeights: relu.weights.values,
    biases: relu.biases,
    outputWeights: hidden.values,
    skipWeights: skip === null ? null : checkColumns(skip, relu.weights.columns, fail).values,
    skipBiases: biases.map((bias) => bias[0]!),
  };
}

interface GraphState {
  source: string;
  /** Name of the graph's output. */
  output: string;
  /** The hidden layer, once its Relu has been met. */
  relu: { weights: Matrix; biases: Float64Array } | null;
}

function checkColumns(matrix: Matrix, columns: number, fail: (reason: string) => never): Matrix {
  if (matrix.columns !== columns) {
    return fail(`the skip takes ${matrix.columns} inputs, but the hidden layer ${columns}`);
  }
  return matrix;
}

function readNode(message: ProtobufMessage): OnnxNode {
  const opType = message.string(NODE.opType);
  const domain = message.string(NODE.domain);
  const name = message.string(NODE.name);
  const qualified = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
  const outputs = message.strings(NODE.output);
  const attributes = message
    .messages(NODE.attribute, 'attribute')
    .map((attribute) => [attribute.string(ATTRIBUTE.name), attribute] as const);
  return {
    opType: qualified,
    inputs: message.strings(NODE.input),
    outputs,
    attributes: new Map(attributes),
    label: `node ${JSON.stringify(name || (outputs[0] ?? ''))} (${qualified})`,
  };
}

/** One node, applied to the values before it. */
function evaluateNode(node: OnnxNode, values: ReadonlyMap<string, Value>, state: GraphState): Value {
  const { opType, inputs, outputs, attributes, label } = node;
  const fail = (reason: string): never => {
    throw new InputError(`${state.source}: ${label} ${reason}; ${REMEDY}.`);
  };
  const value = (i: number): Value => {
    const found = inputs[i] ? values.get(inputs[i]) : undefined;
    return found ?? fail(`uses ${JSON.stringify(inputs[i] ?? '')}, which nothing before it computes`);
  };
  const signal = (i: number): Signal => {
    const found = value(i);
    return found.kind === 'signal'
      ? found
      : fail(`has a constant where the input or the hidden layer is expected`);
  };
  const constant = (i: number): Tensor => {
    const found = value(i);
    return found.kind === 'constant' ? found.tensor : fail(`has a computed value where a weight is expected`);
  };
  const integer = (name: string, otherwise: bigint) =>
    attributes.get(name)?.integer(ATTRIBUTE.int) ?? otherwise;
  const float = (name: string): number => {
    const bytes = attributes.get(name)?.fixed(ATTRIBUTE.float, 4);
    if (bytes === undefined) return 1;
    if (bytes.length !== 4) return fail(`has an attribute ${name} that is not one number`);
    const number = decodeNumbers(bytes, 'float32', true, label)[0]!;
    return Number.isFinite(number) ? number : fail(`has ${name} = ${number}`);
  };
  const expectInputs = (least: number, most: number) => {
    if (inputs.length < least || inputs.length > most || outputs.length !== 1) {
      fail(`has ${inputs.length} inputs and ${outputs.length} outputs, which does not fit`);
    }
  };

  switch (opType) {
    case 'Constant': {
      const tensor = attributes.get('value')?.message(ATTRIBUTE.tensor, 'value');
      if (tensor === undefined) return fail('has no tensor value');
      return { kind: 'constant', tensor: { ...readTensor(tensor, state.source), name: outputs[0] ?? '' } };
    }
    case 'Identity':
      expectInputs(1, 1);
      return value(0);
    case 'Flatten':
      expectInputs(1, 1);
      if (integer('axis', 1n) !== 1n || signal(0).input !== 'itself') {
        return fail('flattens something other than the input');
      }
      return value(0);
    case 'Squeeze': {
      // Drops the axis of the single output, last of all (before an Add it would change the broadcasting).
      expectInputs(1, 2);
      const given =
        inputs.length === 2 ? [...constant(1).values] : attributes.get('axes')?.integers(ATTRIBUTE.ints);
      const axes = given?.map(Number) ?? [];
      const last = axes.length === 1 && (axes[0] === 1 || axes[0] === -1) && outputs[0] === state.output;
      if (!last || rowsOf(signal(0)) !== 1) {
        return fail('squeezes something other than the last axis of the one output');
      }
      return value(0);
    }
    case 'Transpose': {
      expectInputs(1, 1);
      const perm = attributes.get('perm')?.integers(ATTRIBUTE.ints).map(Number) ?? [1, 0];
      const tensor = constant(0);
      if (tensor.shape.length !== 2 || perm.join() !== '1,0')
        return fail('is not the transpose of a weight matrix');
      const { rows, columns, values: numbers } = asMatrix(tensor, true, fail);
      return { kind: 'constant', tensor: { ...tensor, shape: [rows, columns], values: numbers } };
    }
    case 'MatMul':
      expectInputs(2, 2);
      return applyMatrix(signal(0), asMatrix(constant(1), true, fail), fail);
    case 'Gemm': {
      expectInputs(2, 3);
      if (integer('transA', 0n) !== 0n) return fail('transposes its input (transA), which is not read');
      const matrix = asMatrix(constant(1), integer('transB', 0n) === 0n, fail);
      const alpha = float('alpha');
      const product = applyMatrix(
        signal(0),
        {
          ...matrix,
          values: scaled(matrix.values, alpha, () => fail(`has alpha = ${alpha}, which is not exact`)),
        },
        fail,
      );
      if (inputs.length < 3 || inputs[2] === '') return product;
      const beta = float('beta');
      const addend = constant(2);
      const values = scaled(addend.values, beta, () => fail(`has beta = ${beta}, which is not exact`));
      return addBias(product, { ...addend, values }, fail);
    }
    case 'Add': {
      expectInputs(2, 2);
      const [a, b] = [value(0), value(1)];
      if (a.kind === 'signal' && b.kind === 'signal') return addSignals(a, b, fail);
      if (a.kind === 'signal' && b.kind === 'constant') return addBias(a, b.tensor, fail);
      if (a.kind === 'constant' && b.kind === 'signal') return addBias(b, a.tensor, fail);
      return fail('adds two constants');
    }
    case 'Relu': {
      expectInputs(1, 1);
      const { input, hidden, biases } = signal(0);
      if (state.relu !== null || hidden !== null) {
        return fail('is a second Relu; only networks with one hidden layer are read');
      }
      if (input === null || input === 'itself') return fail('has no weights before it');
      const sum = exactSum(biases, input.rows, () => fail('follows several biases whose sum is not exact'));
      state.relu = { weights: input, biases: sum };
      return { kind: 'signal', input: null, hidden: 'itself', biases: [] };
    }
    default:
      return fail('is an operator that is not read');
  }

  /** W x or W h. */
  function applyMatrix(
    { input, hidden, biases }: Signal,
    matrix: Matrix,
    refuse: (reason: string) => never,
  ): Signal {
    if (biases.length > 0 || (input !== 'itself' && hidden !== 'itself')) {
      return refuse('multiplies something other than the input or the Relu; only one hidden layer is read');
    }
    if (hidden === 'itself' && matrix.columns !== state.relu!.weights.rows) {
      return refuse(`takes ${matrix.columns} neurons, but the hidden layer has ${state.relu!.weights.rows}`);
    }
    return input === 'itself'
      ? { kind: 'signal', input: matrix, hidden: null, biases: [] }
      : { kind: 'signal', input: null, hidden: matrix, biases: [] };
  }
}

/** Numbers per data point of a signal; undefined for the plain input, whose dimension no node has told yet. */
function rowsOf({ input, hidden }: Signal): number | undefined {
  const matrix = input !== null && input !== 'itself' ? input : hidden;
  return matrix === null || matrix === 'itself' ? undefined : matrix.rows;
}

/** A weight matrix with one row per output; ONNX stores it [inputs, outputs] unless `transB` is set. */
function asMatrix(tensor: Tensor, transpose: boolean, fail: (reason: string) => never): Matrix {
  if (tensor.shape.length !== 2 || tensor.values.length === 0 || tensor.dtype === 'int64') {
    return fail(
      `has weights "${tensor.name}" of type ${tensor.dtype} and shape (${tensor.shape.join(', ')}); expected a matrix of floats`,
    );
  }
  const [m, n] = tensor.shape as [number, number];
  if (!transpose) return { rows: m, columns: n, values: tensor.values };
  const values = new Float64Array(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) values[j * m + i] = tensor.values[i * n + j]!;
  return { rows: n, columns: m, values };
}

/** factor * values, where every product must be a double. */
function scaled(values: Float64Array, factor: number, fail: () => never): Float64Array {
  if (factor === 1) return values;
  const exact = Rational.fromDouble(factor);
  return values.map((value) => {
    const product = value * factor;
    const isExact =
      Number.isFinite(product) &&
      Rational.fromDouble(value).multiply(exact).equals(Rational.fromDouble(product));
    return isExact ? product : fail();
  });
}

/** The sum of the vectors, which must be doubles; zeros for no vector. */
function exactSum(vectors: readonly Float64Array[], length: number, fail: () => never): Float64Array {
  if (vectors.length === 1) return vectors[0]!;
  return new Float64Array(length).map((_, i) => {
    const sum = vectors.reduce((total, vector) => total + vector[i]!, 0);
    const exact = vectors.reduce(
      (total, vector) => total.add(Rational.fromDouble(vector[i]!)),
      Rational.zero,
    );
    return Number.isFinite(sum) && Rational.fromDouble(sum).equals(exact) ? sum : fail();
  });
}

/** Adds a constant that is the same for every data point, with ONNX's broadcasting: [], [1], [m] or [1, m]. */
function addBias(target: Signal, bias: Tensor, fail: (reason: string) => never): Signal {
  const rows = rowsOf(target);
  if (rows === undefined) return fail('adds to the plain input or Relu');
  const { shape, values, name, dtype } = bias;
  const fits = shape.length <= 2 && (shape.length < 2 || shape[0] === 1) && dtype !== 'int64';
  if (!fits || (values.length !== rows && values.length !== 1)) {
    return fail(
      `adds "${name}" of type ${dtype} and shape (${shape.join(', ')}) to ${rows} numbers per data point`,
    );
  }
  const full = values.length === rows ? values : new Float64Array(rows).fill(values[0]!);
  return { ...target, biases: [...target.biases, full] };
}

/** Adds the output of the hidden layer and a linear function of the input. */
function addSignals(a: Signal, b: Signal, fail: (reason: string) => never): Signal {
  if ((a.input !== null && b.input !== null) || (a.hidden !== null && b.hidden !== null)) {
    return fail('adds two functions of the same layer');
  }
  const rows = rowsOf(a);
  if (rows === undefined || rowsOf(b) !== rows) return fail('adds values of different sizes');
  return {
    kind: 'signal',
    input: a.input ?? b.input,
    hidden: a.hidden ?? b.hidden,
    biases: [...a.biases, ...b.biases],
  };
}

/** A TensorProto whose numbers are in the file. */
function readTensor(message: ProtobufMessage, source: string): Tensor {
  const name = message.string(TENSOR.name);
  const where = `${source}: weights "${name}"`;
  const fail = (reason: string): never => {
    throw new InputError(`${where} ${reason}; ${REMEDY}.`);
  };
  if (message.count(TENSOR.externalData) > 0 || (message.integer(TENSOR.dataLocation) ?? 0n) !== 0n) {
    return fail('are in another file (external data), which is never opened');
  }
  const code = Number(message.integer(TENSOR.dataType) ?? 0n);
  const dtype = DTYPES.get(code);
  if (dtype === undefined) {
    return fail(`have data type ${code}; expected float, double, float16 or bfloat16`);
  }
  const shape = message.integers(TENSOR.dims).map(Number);
  const size = elementCount(shape, where) * ITEM_SIZE[dtype];
  const data = tensorBytes(message, dtype);
  if (data.length !== size) {
    return fail(
      `of shape (${shape.join(', ')}) and type ${dtype} need ${size} bytes, but have ${data.length}`,
    );
  }
  const tensor = { name, shape, dtype, values: decodeNumbers(data, dtype, true, where) };
  requireFinite(tensor, source);
  return tensor;
}

/** The little-endian bytes of a tensor, from `raw_data` or the field of its type. */
function tensorBytes(message: ProtobufMessage, dtype: Dtype): Uint8Array {
  if (message.count(TENSOR.rawData) > 0) return message.blocks(TENSOR.rawData).at(-1)!;
  switch (dtype) {
    case 'float32':
      return message.fixed(TENSOR.floatData, 4);
    case 'float64':
      return message.fixed(TENSOR.doubleData, 8);
    case 'int64':
      return integerBytes(message.integers(TENSOR.int64Data), 8);
    default:
      // The bit patterns of 16-bit floats are stored as integers.
      return integerBytes(message.integers(TENSOR.int32Data), 2);
  }
}

function integerBytes(integers: readonly bigint[], size: 2 | 8): Uint8Array {
  const bytes = new Uint8Array(size * integers.length);
  const view = new DataView(bytes.buffer);
  integers.forEach((integer, i) => {
    if (size === 8) view.setBigInt64(8 * i, integer, true);
    else view.setUint16(2 * i, Number(BigInt.asUintN(16, integer)), true);
  });
  return bytes;
}
