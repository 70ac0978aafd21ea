import { Rational } from '../exact/rational.js';
import { breakpointOf } from '../problem/breakpoints.js';
import { isDead, type Network, type Neuron, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { plural, shown } from '../text/format.js';
import { type Pattern, patternsOf } from './activation-pattern.js';
import { skipFunctionOf } from './pattern-part.js';
import { PatternPool, partOf } from './pattern-pool.js';
import { AffinePart, neuronOf, type SignedNeuron, signed } from './signed-neuron.js';
import { isActive } from './trained-network.js';

/**
 * Why neurons are more than is needed.
 *
 * - `dead`: the zero function (v = 0, or w = 0 and b <= 0);
 * - `negligible`: not zero, but no product of weights exceeds the threshold; not counted as active;
 * - `off-data`: 0 at every data point (d = 1: the knot lies outside the data and the neuron faces away);
 * - `affine-on-data`: at the data points an affine function that the skip can take over (d = 1: the knot lies outside the data and the
 *   neuron faces them): any such neuron with an affine skip, one that is constant there with an output bias;
 * - `same-hyperplane`: breakpoints on one hyperplane (d = 1: on one knot), so that they are one neuron. Neurons that
 *   face opposite ways differ by an affine function and count here only when the skip is affine;
 * - `same-pattern`: active at the same data points, so that the fewest neurons with the same values there are none, one or two
 *   (`fewestNeurons`; for output weights of one sign it is one, Lemma 4.1 of Nakhleh and Nowak 2025). With an affine skip opposite
 *   ways are the same pattern, too;
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
  /** The neurons of `network`, and the neuron of the model that each of them stands for (the first of several). */
  readonly kept: readonly { readonly index: number; readonly neuron: Neuron }[];
  readonly redundant: readonly Redundancy[];
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
  const report = (kind: RedundancyKind, indices: readonly number[], saves: number, text: string) => {
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
  const patterns = new Map<number, readonly [Pattern, ...Pattern[]]>();
  const affinePart = new AffinePart(network.skip);
  const offData: number[] = [];
  const affine: number[] = [];
  const bent: number[] = [];
  for (const k of active) {
    const fitting = patternsOf(neurons[k]!, skip, problem);
    const [pattern] = fitting;
    patterns.set(k, fitting);
    if (pattern.kind === 'off') {
      offData.push(k);
      continue;
    }
    // Only what the skip can be: nothing, a constant that is left at every point, or an affine function.
    const taken =
      skip === 'affine' || (skip === 'bias' && pattern.kind === 'all')
        ? skipFunctionOf([partOf(neurons[k]!, pattern)], pattern.points(), skip, problem)
        : null;
    if (taken === null) {
      bent.push(k);
      continue;
    }
    affine.push(k);
    affinePart.add({ sign: Rational.one, z: taken });
    if (pattern.flipped) affinePart.add(signed(neurons[k]!));
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

  // What is one neuron written as several.
  const pool = new PatternPool(skip, problem, affinePart);
  for (const group of groupBy(bent, (k) => hyperplaneKey(network, k, skip === 'affine'))) {
    const [first] = group as [number];
    if (group.length === 1) {
      pool.add(neurons[first]!, [first], patterns.get(first)!);
      continue;
    }
    const one = onOneHyperplane(
      group.map((k) => signed(neurons[k]!)),
      affinePart,
    );
    if (one !== null) pool.add(one, [first]);
    const at = problem.dimension === 1 ? breakpointOf(neurons[first]!) : null;
    report(
      'same-hyperplane',
      group,
      one === null ? group.length : group.length - 1,
      `${neuronsNamed(group)}: ${at === null ? 'proportional weights, one hyperplane' : `one knot, at x = ${shown(at)}`}; ` +
        (one === null ? 'they cancel, remove' : 'merge into one'),
    );
  }

  // What can be fewer neurons without a change at the data.
  pool.merge();
  const left = pool.members.map(({ neuron, sources }) => ({ index: sources[0]!, neuron }));
  left.sort((a, b) => a.index - b.index);
  const groups = [
    ...pool.members.map(({ sources }) => ({ sources, cancelled: false })),
    ...pool.cancelled.map((sources) => ({ sources, cancelled: true })),
  ].filter(({ sources, cancelled }) => cancelled || sources.length > 1);
  groups.sort((a, b) => a.sources[0]! - b.sources[0]!);
  const knotsOf = (sources: readonly number[]) =>
    sources.flatMap((k) => {
      const at = breakpointOf(neurons[k]!);
      return at === null ? [] : [shown(at)];
    });
  for (const { sources, cancelled } of groups) {
    const where =
      patterns.get(sources[0]!)![0].kind === 'all'
        ? 'active at every data point'
        : problem.dimension === 1
          ? `bend between two neighbouring data points (knots at x = ${knotsOf(sources).join(', ')})`
          : 'active at the same data points';
    report(
      'same-pattern',
      sources,
      cancelled ? sources.length : sources.length - 1,
      `${neuronsNamed(sources)}: ${where}; ` +
        (cancelled
          ? `together ${skip === 'affine' ? 'affine' : skip === 'bias' ? 'constant' : 'zero'} at the data, remove`
          : 'merge into one without a change at the data'),
    );
  }
  return {
    width: neurons.length,
    active,
    reduced: left.length,
    network: {
      inputDimension: network.inputDimension,
      skip: affinePart.skip,
      neurons: left.map(({ neuron }) => neuron),
    },
    kept: left,
    redundant,
  };
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

/**
 * One input with an affine skip: the active neurons beyond one for every witness, or null when there are none that are not
 * redundant already.
 *
 * Witness (sign, a, b, c) needs a bend of its sign inside (x_a, x_c), and no bend serves two. Each takes the strongest of the bends
 * it finds; what is left is the surplus. Of neurons that merge, the first stands for all.
 */
export function surplusNeurons(
  problem: Problem,
  witnesses: Int32Array,
  { kept }: CanonicalForm,
): Redundancy | null {
  const x = problem.inputs[0]!;
  const bends = kept.map(({ index, neuron }) => {
    const size = neuron.outputWeight.multiply(neuron.inputWeights[0]!).abs();
    return { k: index, at: breakpointOf(neuron)!, sign: neuron.outputWeight.sign(), size };
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
    message: `${neuronsNamed(surplus)}: ${plural(surplus.length, 'bend')} beyond those that the proof shows to be needed; remove and refit, or take the repaired network`,
  };
}

/** Indices named in a message before "and n more". */
const NAMED = 8;

/** "neuron 3", "neurons 1, 4 and 5", "neurons 0, 1, 2, 3, 4, 5, 6, 7 and 12 more". */
function neuronsNamed(indices: readonly number[]): string {
  if (indices.length === 1) return `neuron ${indices[0]}`;
  if (indices.length > NAMED) {
    return `neurons ${indices.slice(0, NAMED).join(', ')} and ${indices.length - NAMED} more`;
  }
  return `neurons ${indices.slice(0, -1).join(', ')} and ${indices.at(-1)}`;
}
