import type { RoundedNetwork } from './rounded.js';

/** ONNX's number for float64. */
const DOUBLE = 11;

/**
 * The bytes of an ONNX model (opset 13, float64): input "x" of shape (N, d), output "y" of shape (N, 1), as PyTorch lays layers out: Gemm, Relu,
 * Gemm, and a third Gemm beside them where there is a skip with weights.
 */
export function onnxModel({ neurons, skip }: RoundedNetwork, inputs: number): Uint8Array {
  const hidden = neurons.length;
  const hasLine = skip?.weights.some((weight) => weight !== 0) === true;
  const nodes: Bytes[] = [];
  const tensors: Bytes[] = [];
  const gemm = (
    input: string,
    name: string,
    output: string,
    weights: readonly number[],
    columns: number,
    bias: readonly number[],
  ) => {
    tensors.push(
      tensor(`${name}.weight`, [bias.length, columns], weights),
      tensor(`${name}.bias`, [bias.length], bias),
    );
    nodes.push(node('Gemm', [input, `${name}.weight`, `${name}.bias`], output, [intAttribute('transB', 1)]));
  };
  const bias = skip?.bias ?? 0;
  if (hidden > 0) {
    gemm(
      'x',
      'hidden',
      'z',
      neurons.flatMap(({ weights }) => weights),
      inputs,
      neurons.map((own) => own.bias),
    );
    nodes.push(node('Relu', ['z'], 'h', []));
    gemm(
      'h',
      'output',
      hasLine ? 'u' : 'y',
      neurons.map(({ output }) => output),
      hidden,
      [hasLine ? 0 : bias],
    );
  }
  if (hasLine || hidden === 0) {
    const line = skip?.weights ?? new Array<number>(inputs).fill(0);
    gemm('x', 'skip', hidden > 0 ? 's' : 'y', line, inputs, [bias]);
    if (hidden > 0) nodes.push(node('Add', ['u', 's'], 'y', []));
  }
  const graph = message([
    ...nodes.map((own) => field(1, own)),
    field(2, text('sparsest')),
    ...tensors.map((own) => field(5, own)),
    field(11, valueInfo('x', inputs)),
    field(12, valueInfo('y', 1)),
  ]);
  return message([
    integer(1, 8),
    field(2, text('sparsest')),
    field(7, graph),
    field(8, message([field(1, text('')), integer(2, 13)])),
  ]);
}

type Bytes = Uint8Array;

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Bytes[],
): Bytes {
  return message([
    ...inputs.map((name) => field(1, text(name))),
    field(2, text(output)),
    field(4, text(operator)),
    ...attributes.map((own) => field(5, own)),
  ]);
}

/** An attribute of type INT. */
function intAttribute(name: string, value: number): Bytes {
  return message([field(1, text(name)), integer(3, value), integer(20, 2)]);
}

function tensor(name: string, shape: readonly number[], values: readonly number[]): Bytes {
  const raw = new Uint8Array(8 * values.length);
  const view = new DataView(raw.buffer);
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return message([
    ...shape.map((size) => integer(1, size)),
    integer(2, DOUBLE),
    field(8, text(name)),
    field(9, raw),
  ]);
}

/** A matrix of doubles with any number of rows. */
function valueInfo(name: string, columns: number): Bytes {
  const shape = message([field(1, message([field(2, text('N'))])), field(1, message([integer(1, columns)]))]);
  const type = message([field(1, message([integer(1, DOUBLE), field(2, shape)]))]);
  return message([field(1, text(name)), field(2, type)]);
}

function text(value: string): Bytes {
  return new TextEncoder().encode(value);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

/** A field that holds bytes: text, raw data or another message. */
function field(number: number, bytes: Bytes): Bytes {
  return message([Uint8Array.from([...varint(8 * number + 2), ...varint(bytes.length)]), bytes]);
}

function integer(number: number, value: number): Bytes {
  return Uint8Array.from([...varint(8 * number), ...varint(value)]);
}

function message(parts: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
