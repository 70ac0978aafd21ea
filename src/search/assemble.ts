import { Rational } from '../exact/rational.js';
import { cloudOf } from '../primal/cloud.js';
import { exactHingesOf, firstMiss } from '../primal/exact-hinges.js';
import { inOrderOfBreakpoints } from '../problem/breakpoints.js';
import { isDead, type Network, type Neuron, type SkipConnection, skipOf } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { atomCount, coordinateCount, neuronCount, type Question } from './question.js';

/** The network that an exact assignment of the unknowns of a question describes, in the units of the problem. */
export function networkOf(question: Question, unknowns: readonly Rational[]): Network {
  const { points, plus, skip } = question;
  const { width, featureScales, labelScale } = points;
  const dimension = width - 1;
  const toInput = featureScales.map((scale) => labelScale.divide(scale));
  const vector = (base: number): { inputWeights: Rational[]; bias: Rational } => ({
    inputWeights: toInput.map((factor, i) => unknowns[base + i]!.multiply(factor)),
    bias: unknowns[base + dimension]!.multiply(labelScale),
  });
  const neurons: Neuron[] = [];
  for (let k = 0; k < neuronCount(question); k++) {
    neurons.push({ ...vector(k * width), outputWeight: k < plus ? Rational.one : Rational.one.negate() });
  }
  const firstAtom = neuronCount(question) * width;
  for (let a = 0; a < atomCount(question); a++) {
    const coefficient = unknowns[firstAtom + a]!;
    if (!coefficient.isZero()) neurons.push(atom(a, coefficient, toInput, labelScale));
  }
  const firstSkip = coordinateCount(question);
  let skipPart: SkipConnection | null = null;
  if (skip === 'bias') {
    skipPart = {
      weights: toInput.map(() => Rational.zero),
      bias: unknowns[firstSkip]!.multiply(labelScale),
    };
  } else if (skip === 'affine') {
    const { inputWeights, bias } = vector(firstSkip);
    skipPart = { weights: inputWeights, bias };
  }
  const alive = neurons.filter((neuron) => !isDead(neuron));
  return inOrderOfBreakpoints({ inputDimension: dimension, skip: skipPart, neurons: alive });
}

/** coefficient * atom a as a neuron with output weight +-1. */
function atom(a: number, coefficient: Rational, toInput: readonly Rational[], labelScale: Rational): Neuron {
  const dimension = toInput.length;
  const size = coefficient.abs();
  const outputWeight = Rational.of(coefficient.sign());
  const inputWeights = toInput.map((factor, i) => {
    if (a === i) return size.multiply(factor);
    return a === dimension + i ? size.multiply(factor).negate() : Rational.zero;
  });
  return {
    inputWeights,
    bias: a === 2 * dimension ? size.multiply(labelScale) : Rational.zero,
    outputWeight,
  };
}

/** Does the network pass through every window? Exact. */
export function fitsAllWindows(problem: Problem, network: Network): boolean {
  const cloud = cloudOf(problem, skipOf(network), false);
  return firstMiss(cloud, exactHingesOf(cloud, network)) < 0;
}
