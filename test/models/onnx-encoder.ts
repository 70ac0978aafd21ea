import { bytesField, concatenate, floatField, varintField } from './protobuf-encoder.js';

interface Attribute {
  [name: string]: number | number[];
}

const FLOATS = ['alpha', 'beta', 'value_float', 'value_floats', 'offset', 'scale'];

/** A NodeProto; attributes are integers but for those that ONNX knows as floats. */
export function node(
  op: string,
  inputs: string[],
  output: string,
  attributes: Attribute = {},
  domain = '',
): Uint8Array {
  return concatenate([
    ...inputs.map((name) => bytesField(1, name)),
    bytesField(2, output),
    bytesField(4, op),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(
        5,
        concatenate([
          bytesField(1, name),
          ...(Array.isArray(value)
            ? value.map((item) => (FLOATS.includes(name) ? floatField(7, item) : varintField(8, item)))
            : [FLOATS.includes(name) ? floatField(2, value) : varintField(3, value)]),
        ]),
      ),
    ),
    bytesField(7, domain),
  ]);
}

/** A float64 or int64 TensorProto. */
export function tensor(name: string, shape: number[], values: number[], dtype: 7 | 11 = 11): Uint8Array {
  const raw = dtype === 11 ? Float64Array.from(values) : BigInt64Array.from(values, BigInt);
  return concatenate([
    ...shape.map((size) => varintField(1, size)),
    varintField(2, dtype),
    bytesField(8, name),
    bytesField(9, new Uint8Array(raw.buffer)),
  ]);
}

/** The ValueInfoProto of the input x of this shape; null is an axis without a fixed size. */
export function inputInfo(shape: readonly (number | null)[]): Uint8Array {
  const dims = shape.map((size) => bytesField(1, size === null ? bytesField(2, 'n') : varintField(1, size)));
  const type = bytesField(1, bytesField(2, concatenate(dims)));
  return concatenate([bytesField(1, 'x'), bytesField(2, type)]);
}

/** A ModelProto with the input x, of no shape unless it is given, and the output y. */
export function onnxModel(
  nodes: readonly Uint8Array[],
  initializers: readonly Uint8Array[],
  extra: readonly Uint8Array[] = [],
  input: Uint8Array = bytesField(1, 'x'),
): Uint8Array {
  const graph = concatenate([
    ...nodes.map((bytes) => bytesField(1, bytes)),
    ...initializers.map((bytes) => bytesField(5, bytes)),
    bytesField(11, input),
    bytesField(12, bytesField(1, 'y')),
    ...extra,
  ]);
  return concatenate([bytesField(7, graph), bytesField(8, varintField(2, 17))]);
}
