import type { Proof } from '../certificate/certificate.js';
import { Rational } from '../exact/rational.js';
import { inOrderOfBreakpoints } from '../problem/breakpoints.js';
import { countNeurons, countParameters, type Network, type Neuron, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import type { BoundedSolution } from './solve.js';

/**
 * What the answer for one architecture says about another. Every network without skip is one with an output bias, every one with a bias one
 * with an affine skip; and on the data an affine part is two neurons, or one and a bias, a bias one neuron. So the fewest neurons obey
 *
 *     affine <= bias <= none,   bias <= affine + 1,   none <= bias + 1,   none <= affine + 2,
 *
 * for any number of inputs. (With several inputs, too, one neuron that is active at all points adds any w . x up to a constant.)
 */
const WIDTH: Record<Skip, number> = { none: 0, bias: 1, affine: 2 };

/** A network for another architecture with the same values at the data. It has at most two neurons more. */
export function networkForArchitecture(problem: Problem, network: Network, skip: Skip): Network {
  const own = network.skip;
  if (own === null || skip === 'affine') return network;
  const lines = linear(problem, own.weights, own.bias, skip);
  return inOrderOfBreakpoints({
    ...network,
    skip: lines.bias === null ? null : zeroWeights(problem, lines.bias),
    neurons: [...lines.neurons, ...network.neurons],
  });
}

function zeroWeights({ dimension }: Problem, bias: Rational) {
  return { weights: new Array<Rational>(dimension).fill(Rational.zero), bias };
}

/** Neurons, and a bias where there may be one, that add up to weights . x + bias at the data. */
function linear(
  problem: Problem,
  weights: readonly Rational[],
  bias: Rational,
  skip: 'bias' | 'none',
): { neurons: Neuron[]; bias: Rational | null } {
  const isConstant = weights.every((weight) => weight.isZero());
  const { least, greatest } = range(problem, weights);
  const neuron = (factor: number, inputWeights: readonly Rational[], own: Rational): Neuron => ({
    inputWeights,
    bias: own,
    outputWeight: Rational.of(factor),
  });
  if (skip === 'bias') {
    if (isConstant) return { neurons: [], bias };
    return { neurons: [neuron(1, weights, least.negate())], bias: bias.add(least) };
  }
  if (isConstant && bias.isZero()) return { neurons: [], bias: null };
  const opposite = weights.map((weight) => weight.negate());
  const neurons = [
    ...(greatest.add(bias).sign() > 0 ? [neuron(1, weights, bias)] : []),
    ...(least.add(bias).sign() < 0 ? [neuron(-1, opposite, bias.negate())] : []),
  ];
  return { neurons, bias: null };
}

/** The least and the greatest value of weights . x at the data. */
function range(
  { inputs, size }: Problem,
  weights: readonly Rational[],
): { least: Rational; greatest: Rational } {
  let least: Rational | null = null;
  let greatest: Rational | null = null;
  for (let n = 0; n < size; n++) {
    let value = Rational.zero;
    weights.forEach((weight, i) => {
      if (!weight.isZero()) value = value.add(weight.multiply(inputs[i]!.value(n)));
    });
    if (least === null || value.lessThan(least)) least = value;
    if (greatest === null || greatest.lessThan(value)) greatest = value;
  }
  return { least: least!, greatest: greatest! };
}

/** The proof of a lower bound as one for a narrower architecture; null when its form does not carry over. */
function proofForNarrower(proof: Proof, from: Skip, to: Skip): Proof | null {
  if (WIDTH[to] > WIDTH[from]) return null;
  if (from === to) return proof;
  switch (proof.kind) {
    case 'witnesses':
      return proof.zeroNeurons === undefined ? proof : null;
    case 'one-input':
      return proof;
    case 'search':
      return { ...proof, skip: proof.skip ?? from };
    default:
      return null;
  }
}

/**
 * An answer with the bounds that known answers to the same question for other architectures give, where these are better.
 * @param known of the same problem and objective
 */
export function withKnown(
  problem: Problem,
  solution: BoundedSolution,
  known: readonly BoundedSolution[],
): BoundedSolution {
  let best = solution;
  for (const other of known) {
    if (best.status === 'optimal' || other.objective !== best.objective) continue;
    const proof = proofForNarrower(other.proof, other.skip, best.skip);
    const network = networkForArchitecture(problem, other.network, best.skip);
    const size = best.objective === 'neurons' ? countNeurons(network) : countParameters(network);
    const higher = proof !== null && other.lowerBound > best.lowerBound;
    const smaller = size < best.upperBound;
    if (!higher && !smaller) continue;
    const lowerBound = higher ? other.lowerBound : best.lowerBound;
    const upperBound = smaller ? size : best.upperBound;
    best = {
      ...best,
      status: lowerBound === upperBound ? 'optimal' : 'bracket',
      lowerBound,
      upperBound,
      ...(higher ? { proof: proof!, provedBy: `${other.provedBy}, skip ${other.skip}` } : {}),
      ...(smaller ? { network, function: null, pieces: null, values: null } : {}),
      open: lowerBound === upperBound ? null : best.open,
    };
  }
  return best;
}

/** Neurons that would do with a free line, where these are fewer; one input. Null elsewhere. */
export function neuronsWithFreeLine(
  { dimension }: Problem,
  { proof, skip, upperBound }: BoundedSolution,
): number | null {
  if (dimension !== 1 || skip === 'affine') return null;
  if (proof.kind !== 'witnesses' && proof.kind !== 'one-input') return null;
  const knots = proof.witnesses.length / 4;
  return knots < upperBound ? knots : null;
}
