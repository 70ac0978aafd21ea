import {
  type Dtype,
  decodeNumbers,
  elementCount,
  ITEM_SIZE,
  requireFinite,
  type Tensor,
} from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import { ProtobufMessage } from './protobuf.js';
import { TORCH_REMEDY } from './torch.js';

export const ONNX_REMEDY =
  `export a torch.nn.Sequential(Linear, ReLU, Linear) with torch.onnx.export(model.eval(), torch.zeros(1, d), ` +
  `"model.onnx"), or save ${TORCH_REMEDY}`;

/** Most nodes of a graph. The largest that we can read has about twenty. */
const NODE_LIMIT = 64;

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7, opsetImport: 8, functions: 25 };
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 };
const VALUE_INFO = { name: 1, type: 2 };
const TYPE = { tensor: 1 };
const TENSOR_TYPE = { shape: 2 };
const SHAPE = { dim: 1 };
const DIMENSION = { value: 1 };
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 };
const ATTRIBUTE = { name: 1, float: 2, int: 3, tensor: 5, floats: 7, ints: 8 };
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
export const ONNX_DTYPES: ReadonlyMap<number, Dtype> = new Map([
  [1, 'float32'],
  [6, 'int32'],
  [7, 'int64'],
  [9, 'uint8'],
  [10, 'float16'],
  [11, 'float64'],
  [16, 'bfloat16'],
]);

/** One operator of a graph. */
export interface OnnxNode {
  /** The operator, with its domain unless that is ONNX's own. */
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: OnnxAttributes;
  /** For messages: the node's own name and its operator. */
  readonly label: string;
}

/** A graph with one input and one output; nodes in topological order, as ONNX requires. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly weights: readonly Tensor[];
  readonly input: string;
  /** Sizes of the axes of the input, null for one that is not fixed; null when the file does not tell. */
  readonly inputShape: readonly (number | null)[] | null;
  readonly output: string;
}

/**
 * Reads the graph of an ONNX model and the weights in it.
 * @throws InputError for damaged files, external data, and graphs that are no network of one hidden layer by their size
 */
export function readOnnxGraph(bytes: Uint8Array, source: string): OnnxGraph {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}; ${ONNX_REMEDY}.`);
  };
  const model = new ProtobufMessage(bytes, source);
  const graph = model.message(MODEL.graph, 'graph');
  if (graph === undefined || model.count(MODEL.opsetImport) === 0) {
    return fail('not a complete ONNX model: the graph or the operator set is missing');
  }
  if (model.count(MODEL.functions) > 0) return fail('model-local functions are not read');
  if (graph.count(GRAPH.sparseInitializer) > 0) return fail('sparse weights are not read');
  const weights = graph
    .messages(GRAPH.initializer, 'initializer')
    .map((message) => readTensor(message, source));
  const names = new Set<string>();
  for (const { name } of weights) {
    if (names.has(name)) return fail(`the weights "${name}" are there twice`);
    names.add(name);
  }
  const named = (field: number, what: string) =>
    graph.messages(field, what).map((info) => ({ info, name: info.string(VALUE_INFO.name) }));
  const inputs = named(GRAPH.input, 'input').filter(({ name }) => !names.has(name));
  const outputs = named(GRAPH.output, 'output');
  if (inputs.length !== 1 || outputs.length !== 1) {
    return fail(`expected one input and one output, found ${inputs.length} and ${outputs.length}`);
  }
  if (graph.count(GRAPH.node) > NODE_LIMIT) {
    return fail(`a graph of ${graph.count(GRAPH.node)} nodes is no network of one hidden layer`);
  }
  return {
    nodes: graph.messages(GRAPH.node, 'node').map((message) => readNode(message, source)),
    weights,
    input: inputs[0]!.name,
    inputShape: shapeOf(inputs[0]!.info),
    output: outputs[0]!.name,
  };
}

function shapeOf(info: ProtobufMessage): OnnxGraph['inputShape'] {
  const shape = info
    .message(VALUE_INFO.type, 'type')
    ?.message(TYPE.tensor, 'tensor type')
    ?.message(TENSOR_TYPE.shape, 'shape');
  if (shape === undefined) return null;
  return shape.messages(SHAPE.dim, 'dimension').map((dimension) => {
    const size = dimension.integer(DIMENSION.value);
    return size === undefined || size <= 0n ? null : Number(size);
  });
}

function readNode(message: ProtobufMessage, source: string): OnnxNode {
  const opType = message.string(NODE.opType);
  const domain = message.string(NODE.domain);
  const name = message.string(NODE.name);
  const qualified = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
  const outputs = message.strings(NODE.output);
  const label = `node ${JSON.stringify(name || (outputs[0] ?? ''))} (${qualified})`;
  const attributes = message
    .messages(NODE.attribute, 'attribute')
    .map((attribute) => [attribute.string(ATTRIBUTE.name), attribute] as const);
  return {
    opType: qualified,
    inputs: message.strings(NODE.input),
    outputs,
    attributes: new OnnxAttributes(new Map(attributes), label, source),
    label,
  };
}

/** The attributes of a node. */
export class OnnxAttributes {
  constructor(
    private readonly messages: ReadonlyMap<string, ProtobufMessage>,
    private readonly label: string,
    private readonly source: string,
  ) {}

  integer(name: string): bigint | undefined {
    return this.messages.get(name)?.integer(ATTRIBUTE.int);
  }

  integers(name: string): bigint[] | undefined {
    return this.messages.get(name)?.integers(ATTRIBUTE.ints);
  }

  /** One finite float. */
  float(name: string): number | undefined {
    return this.numbers(name, ATTRIBUTE.float, 1)?.[0];
  }

  floats(name: string): Float64Array | undefined {
    return this.numbers(name, ATTRIBUTE.floats, null);
  }

  tensor(name: string): Tensor | undefined {
    const message = this.messages.get(name)?.message(ATTRIBUTE.tensor, name);
    return message && readTensor(message, this.source);
  }

  private numbers(name: string, field: number, count: number | null): Float64Array | undefined {
    const message = this.messages.get(name);
    if (message === undefined) return undefined;
    const fail = (reason: string): never => {
      throw new InputError(`${this.source}: ${this.label} ${reason}; ${ONNX_REMEDY}.`);
    };
    const bytes = message.fixed(field, 4);
    if (count !== null && bytes.length !== 4 * count) fail(`has an attribute ${name} that is not one number`);
    const values = decodeNumbers(bytes, 'float32', true, this.label);
    const odd = values.find((value) => !Number.isFinite(value));
    return odd === undefined ? values : fail(`has ${name} = ${odd}`);
  }
}

/** A TensorProto whose numbers are in the file. */
function readTensor(message: ProtobufMessage, source: string): Tensor {
  const name = message.string(TENSOR.name);
  const where = `${source}: weights "${name}"`;
  const fail = (reason: string): never => {
    throw new InputError(`${where} ${reason}; ${ONNX_REMEDY}.`);
  };
  if (message.count(TENSOR.externalData) > 0 || (message.integer(TENSOR.dataLocation) ?? 0n) !== 0n) {
    return fail('are in another file (external data), which is never opened');
  }
  const code = Number(message.integer(TENSOR.dataType) ?? 0n);
  const dtype = ONNX_DTYPES.get(code);
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
      // 32-bit and shorter integers, truth values, and the bit patterns of 16-bit floats.
      return integerBytes(message.integers(TENSOR.int32Data), ITEM_SIZE[dtype] as 1 | 2 | 4);
  }
}

function integerBytes(integers: readonly bigint[], size: 1 | 2 | 4 | 8): Uint8Array {
  const bytes = new Uint8Array(size * integers.length);
  integers.forEach((integer, i) => {
    for (let k = 0; k < size; k++) bytes[size * i + k] = Number(BigInt.asUintN(8, integer >> BigInt(8 * k)));
  });
  return bytes;
}
