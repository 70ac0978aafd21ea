import { Rational } from '../exact/rational.js';
import { isDead, type Network, type Neuron, type Skip, type SkipConnection } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { IntegerNetwork } from './activations.js';
import { counted, neuronsNamed, shown } from './readable.js';
import { breakpointOf, isActive } from './trained-network.js';

/**
 * Why neurons are more than is needed.
 *
 * - `dead`: the zero function (v = 0, or w = 0 and b <= 0);
 * - `negligible`: not zero, but no product of weights exceeds the threshold; not counted as active;
 * - `off-data`: 0 at every data point (d = 1: the knot lies outside the data and the neuron faces away);
 * - `affine-on-data`: one affine piece on all data points (d = 1: the knot lies outside the data and the neuron faces them), where the
 *   skip can take it over: any such neuron with an affine skip, a constant neuron with an output bias;
 * - `same-hyperplane`: breakpoints on one hyperplane (d = 1: on one knot), so that they are one neuron. Neurons that
 *   face opposite ways differ by an affine function and count here only when the skip is affine;
 * - `same-pattern`: output weights of one sign and active at the same data points, so that one neuron takes the same values
 *   there (Lemma 4.1 of Nakhleh and Nowak 2025). With an affine skip opposite ways are the same pattern, too;
 * - `surplus`: one input with an affine skip: the bends that are left when every stretch that needs a bend (the witnesses of the
 *   proof) has been given one.
 *
 * Removing or merging keeps the function for `dead` and `same-hyperplane`, and its values at the data for `off-data`,
 * `affine-on-data` and `same-pattern`. `surplus` neurons can go when the others are moved.
 */
export type RedundancyKind =
  | 'dead'
  | 'negligible'
  | 'off-data'
  | 'affine-on-data'
  | 'same-hyperplane'
  | 'same-pattern'
  | 'surplus';

export interface Redundancy {
  readonly kind: RedundancyKind;
  /** Indices in the model, increasing. */
  readonly neurons: readonly number[];
  /** How many of these can go. */
  readonly saves: number;
  readonly message: string;
}

/** A network in canonical form: which neurons count, and which of them are needed to keep its values at the data. */
export interface CanonicalForm {
  /** Neurons of the model. */
  readonly width: number;
  /** Indices of the neurons that count, see `isActive`. */
  readonly active: readonly number[];
  /** Neurons of `network`. */
  readonly reduced: number;
  /** What is left after removing and merging (`surplus` aside): at the data it takes the values of all active neurons, exactly. */
  readonly network: Network;
  readonly redundant: readonly Redundancy[];
}

/** Where one neuron is active among the data points. All exact. */
interface Pattern {
  readonly kind: 'off' | 'all' | 'split';
  /** Equal for neurons that are active at the same points. */
  readonly key: string;
  /** With an affine skip: the key is that of the neuron that faces the opposite way. */
  readonly flipped: boolean;
}

/** v (w . x + b)+ as sign(v) (z)+ with z = |v| (w, b). */
interface SignedNeuron {
  readonly sign: Rational;
  readonly z: readonly Rational[];
}

/**
 * The canonical form of a network on the points of a problem.
 * @param skip the architecture: what a redundant affine part may be moved to
 */
export function canonicalForm(
  network: Network,
  skip: Skip,
  problem: Problem,
  threshold: Rational,
): CanonicalForm {
  const { neurons } = network;
  const dead: number[] = [];
  const negligible: number[] = [];
  const active: number[] = [];
  neurons.forEach((neuron, k) => {
    if (isDead(neuron)) dead.push(k);
    else if (isActive(neuron, threshold)) active.push(k);
    else negligible.push(k);
  });
  const redundant: Redundancy[] = [];
  const report = (kind: RedundancyKind, indices: number[], saves: number, text: string) => {
    if (indices.length > 0) redundant.push({ kind, neurons: indices, saves, message: text });
  };
  report('dead', dead, dead.length, `${neuronsNamed(dead)}: zero everywhere; remove`);
  report(
    'negligible',
    negligible,
    negligible.length,
    `${neuronsNamed(negligible)}: no |v w| above ${shown(threshold)}, not counted as active; remove and fine-tune the rest`,
  );

  // What the data cannot tell from nothing, or from an affine function.
  const patternOf = patterns(network, skip, problem);
  const offData: number[] = [];
  const affine: number[] = [];
  const bent: number[] = [];
  for (const k of active) {
    const constant = neurons[k]!.inputWeights.every((weight) => weight.isZero());
    const { kind } = patternOf(k);
    if (kind === 'off') offData.push(k);
    else if ((constant && skip !== 'none') || (kind === 'all' && skip === 'affine')) affine.push(k);
    else bent.push(k);
  }
  report(
    'off-data',
    offData,
    offData.length,
    `${neuronsNamed(offData)}: zero at every data point${outside(problem)}; remove`,
  );
  report(
    'affine-on-data',
    affine,
    affine.length,
    `${neuronsNamed(affine)}: ${skip === 'affine' ? 'affine' : 'constant'} on all data points${outside(problem)}; ` +
      `add to the ${skip === 'affine' ? 'affine skip' : 'output bias'} and remove`,
  );

  const affinePart = new AffinePart(network.skip);
  for (const k of affine) affinePart.add(signed(neurons[k]!));

  // What is one neuron written as several.
  const merged = new Map<number, Neuron>();
  for (const group of groupBy(bent, (k) => hyperplaneKey(network, k, skip === 'affine'))) {
    const [first] = group as [number];
    if (group.length === 1) {
      merged.set(first, neurons[first]!);
      continue;
    }
    const one = onOneHyperplane(
      group.map((k) => signed(neurons[k]!)),
      affinePart,
    );
    if (one !== null) merged.set(first, one);
    const at = problem.dimension === 1 ? breakpointOf(neurons[first]!) : null;
    report(
      'same-hyperplane',
      group,
      one === null ? group.length : group.length - 1,
      `${neuronsNamed(group)}: ${at === null ? 'proportional weights, one hyperplane' : `one knot, at x = ${shown(at)}`}; ` +
        (one === null ? 'they cancel, remove' : 'merge into one'),
    );
  }
  // What can be one neuron without a change at the data.
  const left: Neuron[] = [];
  const bySide = (k: number) => `${merged.get(k)!.outputWeight.sign()} ${patternOf(k).key}`;
  for (const group of groupBy([...merged.keys()], bySide)) {
    const [first] = group as [number];
    if (group.length === 1) {
      left.push(merged.get(first)!);
      continue;
    }
    const parts = group.map((k) => ({ ...signed(merged.get(k)!), flipped: patternOf(k).flipped }));
    left.push(withOnePattern(parts, affinePart));
    const where =
      patternOf(first).kind === 'all'
        ? 'active at every data point, with output weights of one sign'
        : problem.dimension === 1
          ? `bend the same way between two neighbouring data points (knots at x = ${group.map((k) => shown(breakpointOf(neurons[k]!)!)).join(', ')})`
          : 'active at the same data points, with output weights of one sign';
    report(
      'same-pattern',
      group,
      group.length - 1,
      `${neuronsNamed(group)}: ${where}; merge into one without a change at the data`,
    );
  }
  return {
    width: neurons.length,
    active,
    reduced: left.length,
    network: { inputDimension: network.inputDimension, skip: affinePart.skip, neurons: left },
    redundant,
  };
}

function signed({ inputWeights, bias, outputWeight }: Neuron): SignedNeuron {
  const size = outputWeight.abs();
  return {
    sign: Rational.of(outputWeight.sign()),
    z: [...inputWeights, bias].map((entry) => entry.multiply(size)),
  };
}

function neuronOf(sign: Rational, z: readonly Rational[]): Neuron {
  return { inputWeights: z.slice(0, -1), bias: z.at(-1)!, outputWeight: sign };
}

/** The skip, while neurons that are affine at the data are added to it. */
class AffinePart {
  constructor(public skip: SkipConnection | null) {}

  /** Adds sign z . (x, 1). */
  add({ sign, z }: SignedNeuron): void {
    if (z.every((entry) => entry.isZero())) return;
    const terms = z.map((entry) => entry.multiply(sign));
    const bias = terms.pop()!;
    const { skip } = this;
    this.skip =
      skip === null
        ? { weights: terms, bias }
        : { weights: skip.weights.map((weight, i) => weight.add(terms[i]!)), bias: skip.bias.add(bias) };
  }
}

/**
 * One neuron for several with z_k = c_k z_0: sum s_k |c_k| (z_0)+, where opposite ways differ by an affine function,
 * s (z)+ = s (-z)+ + s z. Null when they cancel.
 */
function onOneHyperplane(group: readonly SignedNeuron[], affinePart: AffinePart): Neuron | null {
  const { z: reference } = group[0]!;
  const lead = reference.findIndex((entry) => !entry.isZero());
  let factor = Rational.zero;
  for (const part of group) {
    const ratio = part.z[lead]!.divide(reference[lead]!);
    factor = factor.add(part.sign.multiply(ratio.abs()));
    if (ratio.sign() < 0) affinePart.add(part);
  }
  return factor.isZero() ? null : neuronOf(factor, reference);
}

/** One neuron for several of one sign that are active at the same points: the sum of their z, each turned the same way. */
function withOnePattern(
  group: readonly (SignedNeuron & { flipped: boolean })[],
  affinePart: AffinePart,
): Neuron {
  let sum: readonly Rational[] = group[0]!.z.map(() => Rational.zero);
  for (const part of group) {
    if (part.flipped) affinePart.add(part);
    sum = sum.map((entry, i) => (part.flipped ? entry.subtract(part.z[i]!) : entry.add(part.z[i]!)));
  }
  return neuronOf(group[0]!.sign, sum);
}

function outside(problem: Problem): string {
  return problem.dimension === 1 ? ' (a knot outside the data)' : '';
}

function groupBy(indices: readonly number[], keyOf: (k: number) => string): number[][] {
  const groups = new Map<string, number[]>();
  for (const k of indices) {
    const key = keyOf(k);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [k]);
    else group.push(k);
  }
  return [...groups.values()];
}

/** Equal for neurons whose (w, b) are proportional, with a positive factor unless `bothWays`. */
function hyperplaneKey(network: Network, k: number, bothWays: boolean): string {
  const { inputWeights, bias } = network.neurons[k]!;
  const vector = [...inputWeights, bias];
  const lead = vector.find((entry) => !entry.isZero())!;
  const unit = bothWays ? lead : lead.abs();
  return vector.map((entry) => entry.divide(unit).toString()).join(' ');
}

/** The pattern of every neuron, by gaps between the sorted points when there is one input, else point by point. */
function patterns(network: Network, skip: Skip, problem: Problem): (k: number) => Pattern {
  if (problem.dimension === 1) return (k) => patternOnLine(network, skip, problem, k);
  const integers = new IntegerNetwork(network, problem.inputs);
  const known = new Map<number, Pattern>();
  return (k) => {
    let pattern = known.get(k);
    if (pattern === undefined) {
      pattern = patternAtPoints(integers, skip, problem.size, k);
      known.set(k, pattern);
    }
    return pattern;
  };
}

/** One input: active from the first point right of the breakpoint, or up to the last point left of it. */
function patternOnLine(network: Network, skip: Skip, problem: Problem, k: number): Pattern {
  const neuron = network.neurons[k]!;
  const at = breakpointOf(neuron);
  if (at === null) return { kind: 'all', key: 'all', flipped: false };
  const x = problem.inputs[0]!;
  const { size } = problem;
  const facesRight = neuron.inputWeights[0]!.sign() > 0;
  const [first, last] = [x.value(0), x.value(size - 1)];
  if (facesRight ? !at.lessThan(last) : !first.lessThan(at))
    return { kind: 'off', key: 'off', flipped: false };
  if (facesRight ? !first.lessThan(at) : !at.lessThan(last))
    return { kind: 'all', key: 'all', flipped: false };
  // The number of points x <= at; without an affine skip a left-facing neuron is off at x = at and counts points x < at.
  const inclusive = facesRight || skip === 'affine';
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = x.value(middle).compare(at);
    if (order < 0 || (order === 0 && inclusive)) low = middle + 1;
    else high = middle;
  }
  if (skip === 'affine') return { kind: 'split', key: `${low}`, flipped: !facesRight };
  return { kind: 'split', key: `${facesRight ? 'right' : 'left'} ${low}`, flipped: false };
}

/** Several inputs: the set of points with w . x + b > 0, or < 0 when the skip is affine and that holds the first point off. */
function patternAtPoints(integers: IntegerNetwork, skip: Skip, size: number, k: number): Pattern {
  const positive = new Uint16Array((size + 15) >> 4);
  const negative = new Uint16Array(positive.length);
  let lead = 0;
  let positives = 0;
  let negatives = 0;
  for (let n = 0; n < size; n++) {
    const z = integers.activation(k, n);
    if (z === 0n) continue;
    if (lead === 0) lead = z > 0n ? 1 : -1;
    if (z > 0n) {
      positives++;
      positive[n >> 4]! |= 1 << (n & 15);
    } else {
      negatives++;
      negative[n >> 4]! |= 1 << (n & 15);
    }
  }
  if (positives === 0) return { kind: 'off', key: 'off', flipped: false };
  if (negatives === 0) return { kind: 'all', key: 'all', flipped: false };
  const flipped = skip === 'affine' && lead < 0;
  const set = flipped ? negative : positive;
  let key = '';
  for (const bits of set) key += String.fromCharCode(bits);
  return { kind: 'split', key, flipped };
}

/**
 * One input with an affine skip: the active neurons beyond one for every witness, or null when there are none that are not
 * redundant already.
 *
 * Witness (sign, a, b, c) needs a bend of its sign inside (x_a, x_c), and no bend serves two. Each takes the strongest of the bends
 * it finds; what is left is the surplus.
 */
export function surplusNeurons(
  network: Network,
  problem: Problem,
  witnesses: Int32Array,
  { active, redundant }: CanonicalForm,
): Redundancy | null {
  const x = problem.inputs[0]!;
  const listed = new Set<number>();
  for (const { kind, neurons } of redundant) {
    // Of a group that is merged, the first neuron stands for all.
    const merged = kind === 'same-hyperplane' || kind === 'same-pattern';
    for (const k of merged ? neurons.slice(1) : neurons) listed.add(k);
  }
  const bends = active
    .filter((k) => !listed.has(k))
    .map((k) => {
      const neuron = network.neurons[k]!;
      const size = neuron.outputWeight.multiply(neuron.inputWeights[0]!).abs();
      return { k, at: breakpointOf(neuron)!, sign: neuron.outputWeight.sign(), size };
    });
  bends.sort((a, b) => a.at.compare(b.at));
  const taken = new Set<number>();
  let start = 0;
  for (let w = 0; w < witnesses.length; w += 4) {
    const from = x.value(witnesses[w + 1]!);
    const to = x.value(witnesses[w + 3]!);
    while (start > 0 && from.lessThan(bends[start - 1]!.at)) start--;
    while (start < bends.length && !from.lessThan(bends[start]!.at)) start++;
    let best: (typeof bends)[number] | null = null;
    for (let i = start; i < bends.length && bends[i]!.at.lessThan(to); i++) {
      const bend = bends[i]!;
      if (bend.sign !== witnesses[w] || taken.has(bend.k)) continue;
      if (best === null || best.size.lessThan(bend.size)) best = bend;
    }
    if (best !== null) taken.add(best.k);
  }
  const surplus = bends.flatMap(({ k }) => (taken.has(k) ? [] : [k])).sort((a, b) => a - b);
  if (surplus.length === 0) return null;
  return {
    kind: 'surplus',
    neurons: surplus,
    saves: surplus.length,
    message: `${neuronsNamed(surplus)}: ${counted(surplus.length, 'bend')} beyond those that the proof shows to be needed; remove and refit, or take the repaired network`,
  };
}
