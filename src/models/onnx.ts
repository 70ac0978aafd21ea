import { Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import { type ExactMatrix, plainSignal, type Signal, spread } from './affine-signal.js';
import type { LayersRead, ModelReading } from './layers.js';
import { ONNX_REMEDY, readOnnxGraph } from './onnx-graph.js';
import { evaluateNode, type GraphState, type GraphValue } from './onnx-operators.js';

/**
 * Reads a single-hidden-layer ReLU network from an ONNX model: the input through Gemm, or MatMul and Add, then Relu, then Gemm or
 * MatMul and Add to one output, and optionally a linear skip from the input added to the output. Sub, Div, Mul, Add with constants, and the
 * Scaler of ONNX-ML, before, between and behind, are folded into the weights in rationals; alpha and beta of Gemm, too. Identity, Cast
 * between floats, Dropout in inference, Transpose of a weight, Constant nodes, and Flatten, Reshape, Squeeze and Unsqueeze that only move
 * axes of one data point are seen through. Weights may be float16, bfloat16, float32 or float64, and are exact; what the runtime
 * rounds is no part of the network.
 *
 * The reader follows the graph symbolically, so that the order of operands and the names do not matter.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @throws InputError for any other operator or shape, naming the node, and for damaged files and external data; the
 * message gives the PyTorch line that exports a readable model.
 */
export function readOnnx(bytes: Uint8Array, source: string): ModelReading {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}; ${ONNX_REMEDY}.`);
  };
  const graph = readOnnxGraph(bytes, source);
  const values = new Map<string, GraphValue>(
    graph.weights.map((tensor) => [tensor.name, { kind: 'constant', tensor }]),
  );
  const shape = graph.inputShape;
  const layout = shape === null || shape.length === 2 ? 'rows' : shape.length < 2 ? 'flat' : 'deep';
  const width = layout === 'flat' ? 1 : shape === null ? null : product(shape.slice(1));
  values.set(graph.input, plainSignal('input', width, layout));

  // The nodes, in the topological order that ONNX requires.
  const state: GraphState = { source, values, relu: null, folded: [] };
  for (const node of graph.nodes) {
    const value = evaluateNode(node, state);
    const output = node.outputs[0];
    if (!output || values.has(output)) return fail(`${node.label} has no output of its own`);
    values.set(output, value);
  }

  // What the output is made of.
  const output = values.get(graph.output);
  const { relu } = state;
  if (output?.kind !== 'signal') return fail('the output does not depend on the input');
  if (relu === null || output.hidden === null) return fail('the output does not depend on a Relu');
  if (!('matrix' in output.hidden)) return fail('the output is a Relu, without weights behind it');
  if (output.width !== 1) return fail(`the model has ${output.width} outputs; only one output is read`);
  const d = relu.weights.columns;
  const v = output.hidden.matrix;
  const skip = output.input === null ? null : skipOf(output.input, d, fail);
  const [bias] = output.constant as [Rational];
  const hasBias = output.biases.length > 0 || !bias.isZero();
  const layers: LayersRead = {
    inputWeights: relu.weights.from,
    ...(relu.names.length === 0 ? {} : { bias: { name: relu.names.join(' + ') } }),
    outputWeights: v.from,
    ...(output.biases.length === 0 ? {} : { outputBias: { name: output.biases.join(' + ') } }),
    ...(skip === null ? {} : { skipWeights: skip.from }),
    ...(state.folded.length === 0 ? {} : { folded: state.folded }),
  };
  const zeros = new Array<Rational>(d).fill(Rational.zero);
  return {
    network: {
      inputDimension: d,
      skip: skip === null && !hasBias ? null : { weights: skip?.entries ?? zeros, bias },
      neurons: Array.from({ length: relu.weights.rows }, (_, k) => ({
        inputWeights: relu.weights.entries.slice(k * d, (k + 1) * d),
        bias: relu.biases[k]!,
        outputWeight: v.entries[k]!,
      })),
    },
    skip: skip !== null ? 'affine' : hasBias ? 'bias' : 'none',
    layers,
  };
}

/** The skip as a matrix [1, d]; the plain input added to the output is one with d = 1. */
function skipOf(
  linear: NonNullable<Signal['input']>,
  d: number,
  fail: (reason: string) => never,
): Pick<ExactMatrix, 'entries' | 'from'> {
  if ('matrix' in linear) {
    const { matrix } = linear;
    return matrix.columns === d
      ? matrix
      : fail(`the skip takes ${matrix.columns} inputs, but the hidden layer ${d}`);
  }
  if (d !== 1) return fail(`the output contains the plain input of ${d} numbers`);
  return { entries: spread(linear.factors, 1), from: { name: 'the input itself', transposed: false } };
}

function product(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>(
    (total, size) => (total === null || size === null ? null : total * size),
    1,
  );
}
