import type { ModelClaim } from '../certificate/model.js';
import { decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { modelHash } from '../problem/canonical.js';
import { isDead, type Network } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { isSumWithin, lpNumber } from './lp-cost.js';
import { networkValues } from './network.js';
import { guard } from './verdict.js';

/** model -> its name, how far it is from the windows, how many of its neurons count, and what it costs. The bound is checked as a claim of its own. */
export function checkModel(problem: Problem, model: Network | undefined, claim: ModelClaim): string {
  guard(model !== undefined, 'model-network', () => 'a claim about a model comes with the model');
  guard(
    model.inputDimension === problem.dimension,
    'model-network',
    () => `the model has ${model.inputDimension} inputs, the problem ${problem.dimension}`,
  );
  const hash = modelHash(model);
  guard(
    claim.sha256 === hash,
    'model-hash',
    () => `the claim is about ${claim.sha256}, the model is ${hash}`,
  );
  const distance = largestDistance(problem, model);
  guard(
    claim.distance === distance.toString(),
    'model-distance',
    () => `the claim is a distance of ${claim.distance}, the model is ${distance} away`,
  );
  const threshold = Rational.parse(claim.activeThreshold);
  const active = model.neurons.filter((neuron) => {
    const { inputWeights, bias, outputWeight } = neuron;
    const exceeds = (weight: Rational) => threshold.lessThan(outputWeight.multiply(weight).abs());
    return !isDead(neuron) && (inputWeights.some(exceeds) || (bias.sign() > 0 && exceeds(bias)));
  }).length;
  guard(
    threshold.sign() >= 0 && claim.active === active,
    'model-active',
    () => `the claim is ${claim.active} active neurons above ${threshold}, the model has ${active}`,
  );
  const fit = distance.isZero() ? 'passes through all windows' : `leaves the windows by at most ${distance}`;
  return `the model ${hash.slice(0, 12)} has ${active} active neurons${checkCost(model, claim)} and ${fit}`;
}

/** model -> its l^p path norm, where the bound is the least one. */
function checkCost(model: Network, { cost, bound }: ModelClaim): string {
  guard(
    (cost !== undefined) === (bound.kind === 'lp-minimum'),
    'model-cost',
    () => 'the cost of a model is given exactly when it is held to a least path norm',
  );
  if (cost === undefined || bound.kind !== 'lp-minimum') return '';
  const p = lpNumber(bound.p, 'p');
  guard(
    p.sign() > 0 && p.compare(Rational.one) <= 0,
    'model-cost',
    () => `models are held to least path norms with 0 < p <= 1, not ${p}`,
  );
  const products = model.neurons
    .flatMap(({ inputWeights, outputWeight }) => inputWeights.map((w) => w.multiply(outputWeight).abs()))
    .filter((product) => !product.isZero());
  const [lower, upper] = [lpNumber(cost.lower, 'cost.lower'), lpNumber(cost.upper, 'cost.upper')];
  guard(
    isSumWithin(products, p, lower, upper),
    'model-cost',
    () => `the cost of the model is not in [${lower}, ${upper}]`,
  );
  const { lower: low, upper: high } = decimalsAround(lower, upper, 12);
  return `, costs between ${low} and ${high}`;
}

/** Largest distance from the value of the network to the window of a point; 0 when it is inside all of them. */
function largestDistance(problem: Problem, model: Network): Rational {
  const { lower, upper, size } = problem;
  const { common, at } = networkValues(problem, model);
  // Y = y yd / yn: distances in units of 1 / (common yd).
  const { numerator: yn, denominator: yd } = lower.integerScale;
  const unit = yn * common;
  let largest = 0n;
  for (let i = 0; i < size; i++) {
    const value = at(i) * yd;
    const below = lower.integer(i) * unit - value;
    const above = value - upper.integer(i) * unit;
    if (below > largest) largest = below;
    if (above > largest) largest = above;
  }
  return Rational.of(largest, common * yd);
}
