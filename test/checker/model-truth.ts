import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { Rational } from '../../src/exact/rational.js';
import { evaluate, isDead } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import { lpMinimumIsTrue } from './lp-minimum-truth.js';

/** What a claim about a model says beside its bound, by evaluation in rationals. */
export function expectMeasured(problem: Problem, { claim, model }: Certificate): void {
  if (claim.kind !== 'model') throw new Error(`expected a model, found ${claim.kind}`);
  let distance = Rational.zero;
  for (let i = 0; i < problem.size; i++) {
    const value = evaluate(
      model!,
      problem.inputs.map((column) => column.value(i)),
    );
    for (const beyond of [problem.lower.value(i).subtract(value), value.subtract(problem.upper.value(i))]) {
      if (distance.lessThan(beyond)) distance = beyond;
    }
  }
  expect(claim.distance).toBe(distance.toString());
  const threshold = Rational.parse(claim.activeThreshold);
  const active = model!.neurons.filter(
    (neuron) =>
      !isDead(neuron) &&
      [...neuron.inputWeights, ...(neuron.bias.sign() > 0 ? [neuron.bias] : [])].some((weight) =>
        threshold.lessThan(weight.multiply(neuron.outputWeight).abs()),
      ),
  );
  expect(claim.active).toBe(active.length);
  if (claim.bound.kind !== 'lp-minimum') return;
  const p = Rational.parse(claim.bound.p).toNumber();
  const cost = model!.neurons
    .flatMap(({ inputWeights, outputWeight }) => inputWeights.map((w) => w.multiply(outputWeight).abs()))
    .reduce((sum, product) => sum + (product.isZero() ? 0 : product.toNumber() ** p), 0);
  expect(Rational.parse(claim.cost!.lower).toNumber()).toBeLessThanOrEqual(cost * (1 + 1e-12));
  expect(Rational.parse(claim.cost!.upper).toNumber()).toBeGreaterThanOrEqual(cost * (1 - 1e-12));
}

/** The bounds that the accepted cases may claim: the data of all of them have known minima. */
export function expectBound(problem: Problem, certificate: Certificate): void {
  const { claim } = certificate;
  const { dimension, tolerance } = certificate.problem;
  if (claim.kind !== 'model') throw new Error(`expected a model, found ${claim.kind}`);
  if (claim.bound.kind === 'infeasible') return;
  if (claim.bound.kind === 'lp-minimum') {
    lpMinimumIsTrue(problem, { ...certificate, claim: claim.bound });
    return;
  }
  const { lowerBound, upperBound = lowerBound } = claim.bound;
  const least = dimension === 2 ? 2 : 3;
  if (tolerance === '0' || dimension === 2) expect(lowerBound).toBeLessThanOrEqual(least);
  expect(lowerBound).toBeLessThanOrEqual(upperBound);
}
