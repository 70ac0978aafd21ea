import { Rational } from '../exact/rational.js';
import type { Network, Neuron } from '../problem/network.js';
import { type Conditions, dot, integerForm, type Ray } from './conditions.js';

/**
 * Joins two neurons that are active at the same held points to one (Lemma 4.1), with the outputs as they are and at no higher cost:
 * |a +- b|^p <= |a|^p + |b|^p. Those of one sign add up always, those of two signs where the difference, or its opposite, is active at the
 * same points. A constant of one input goes into the output bias where there is one. Null when nothing can be joined. Exact.
 */
export function merged(conditions: Conditions): Network | null {
  const { rays, signs, problem, network } = conditions;
  const keys = signs.map((own) => own.map((sign) => Number(sign > 0)).join());
  for (let k = 0; k < rays.length; k++) {
    const isConstant = problem.dimension === 1 && rays[k]!.weights[0]!.isZero();
    if (isConstant && network.skip !== null) {
      const { skip } = network;
      const constant = rays[k]!.weights[1]!.multiply(Rational.of(rays[k]!.sign));
      return {
        ...withRays(conditions, [k], null),
        skip: { ...skip, bias: skip.bias.add(constant) },
      };
    }
    for (let l = 0; l < k; l++) {
      if (keys[k] !== keys[l]) continue;
      const joined = join(conditions, rays[k]!, rays[l]!, signs[k]!);
      if (joined !== null) return withRays(conditions, [k, l], joined);
    }
  }
  return null;
}

/** One ray for two of one pattern, or `'none'` where they cancel; null when the difference has another pattern. */
function join(
  { points, units }: Conditions,
  a: Ray,
  b: Ray,
  pattern: Int8Array,
): Pick<Ray, 'sign' | 'weights'> | 'none' | null {
  const factor = Rational.of(a.sign * b.sign);
  const sum = a.weights.map((weight, i) => weight.add(factor.multiply(b.weights[i]!)));
  if (a.sign === b.sign) return { sign: a.sign, weights: sum };
  if (sum.every((weight) => weight.isZero())) return 'none';
  const form = integerForm(sum, units);
  const values = points.map((point) => dot(form, point));
  for (const way of [1, -1] as const) {
    const fits = values.every(
      (value, n) => way * Number(value > 0n ? 1 : value < 0n ? -1 : 0) > 0 === pattern[n]! > 0,
    );
    if (!fits) continue;
    return {
      sign: (a.sign * way) as 1 | -1,
      weights: way > 0 ? sum : sum.map((weight) => weight.negate()),
    };
  }
  return null;
}

/** The network without some of its rays, and with another one. */
function withRays(
  { rays, network }: Conditions,
  without: readonly number[],
  added: Pick<Ray, 'sign' | 'weights'> | 'none' | null,
): Network {
  const left = new Set(without.map((k) => rays[k]!.neuron));
  const neurons: Neuron[] = network.neurons.filter((_, k) => !left.has(k));
  if (added !== null && added !== 'none') {
    const { sign, weights } = added;
    neurons.push({
      inputWeights: weights.slice(0, -1),
      bias: weights.at(-1)!,
      outputWeight: Rational.of(sign),
    });
  }
  return { ...network, neurons };
}
