import type { Cloud } from './cloud.js';
import type { Hinges } from './hinges.js';

/** Share of the largest weight below which all weights of a neuron count as zero. */
const NEGLIGIBLE = 1e-6;

/** Cosine of the angle between neurons from which on they are near. */
const NEAR = 0.98;

/** Neurons that are active at the same points, bit n & 7 of byte n >> 3. */
interface Group {
  readonly active: Uint8Array;
  /** Sums of the weights of the neurons with sign 1 and with sign -1. */
  readonly sums: readonly [Float64Array, Float64Array];
}

/**
 * The same function on the points with fewer neurons, up to what is negligible: neurons that are active at the same points add up to one
 * of each sign (Lemma 4.1), and those to a single one where their difference, or its opposite, is active at the same points again; neurons
 * without weight are left out. Null when there are no fewer.
 */
export function merged(cloud: Cloud, { signs, unknowns }: Hinges): Hinges | null {
  const { width } = cloud;
  let largest = 0;
  for (let j = 0; j < signs.length * width; j++) largest = Math.max(largest, Math.abs(unknowns[j]!));
  const isNegligible = (weights: Float64Array): boolean =>
    weights.every((weight) => Math.abs(weight) <= NEGLIGIBLE * largest);
  const groups = new Map<string, Group>();
  for (let k = 0; k < signs.length; k++) {
    const weights = unknowns.subarray(k * width, (k + 1) * width);
    if (isNegligible(weights)) continue;
    const active = activeAt(cloud, weights);
    if (active.every((bits) => bits === 0)) continue;
    const key = active.join();
    let group = groups.get(key);
    if (group === undefined) {
      group = { active, sums: [new Float64Array(width), new Float64Array(width)] };
      groups.set(key, group);
    }
    const sum = group.sums[signs[k]! > 0 ? 0 : 1];
    for (let i = 0; i < width; i++) sum[i]! += weights[i]!;
  }
  const kept: { sign: number; weights: Float64Array }[] = [];
  for (const { active, sums } of groups.values()) {
    const alone = singleNeuron(cloud, active, sums, isNegligible);
    if (alone !== null) kept.push(...alone);
    else kept.push({ sign: 1, weights: sums[0] }, { sign: -1, weights: sums[1] });
  }
  if (kept.length >= signs.length) return null;
  const rest = unknowns.subarray(signs.length * width);
  const next = new Float64Array(kept.length * width + rest.length);
  kept.forEach(({ weights }, k) => {
    next.set(weights, k * width);
  });
  next.set(rest, kept.length * width);
  return { signs: Int8Array.from(kept, ({ sign }) => sign), unknowns: next };
}

/**
 * Hinges with the two neurons of nearest direction joined to one, of either sign; null when the nearest are not near. The function changes:
 * between the two hyperplanes there may be points, but if few of them are, the others can make up for it.
 */
export function nearestJoined(cloud: Cloud, { signs, unknowns }: Hinges): Hinges | null {
  const { width } = cloud;
  const weightsOf = (k: number): Float64Array => unknowns.subarray(k * width, (k + 1) * width);
  const norms = Array.from(signs, (_, k) => Math.hypot(...weightsOf(k)));
  let nearest: { readonly k: number; readonly l: number } | null = null;
  let best: number = NEAR;
  for (let k = 0; k < signs.length; k++) {
    for (let l = 0; l < k; l++) {
      const cosine = product(weightsOf(k), weightsOf(l)) / (norms[k]! * norms[l]!);
      if (cosine <= best) continue;
      best = cosine;
      nearest = { k, l };
    }
  }
  if (nearest === null) return null;
  const { k, l } = nearest;
  const sum = weightsOf(k).map((weight, i) => signs[k]! * weight + signs[l]! * weightsOf(l)[i]!);
  const sign = product(sum, weightsOf(k)) < 0 ? -1 : 1;
  const kept = Array.from(signs, (_, m) => m).filter((m) => m !== k);
  const next = new Float64Array(unknowns.length - width);
  kept.forEach((m, place) => {
    next.set(m === l ? sum.map((weight) => sign * weight) : weightsOf(m), place * width);
  });
  next.set(unknowns.subarray(signs.length * width), kept.length * width);
  return { signs: Int8Array.from(kept, (m) => (m === l ? sign : signs[m]!)), unknowns: next };
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** The neurons of a group as one, or none where they cancel; null when neither the difference nor its opposite has their activations. */
function singleNeuron(
  cloud: Cloud,
  active: Uint8Array,
  [positive, negative]: Group['sums'],
  isNegligible: (weights: Float64Array) => boolean,
): { sign: number; weights: Float64Array }[] | null {
  const difference = positive.map((weight, i) => weight - negative[i]!);
  if (isNegligible(difference)) return [];
  for (const sign of [1, -1]) {
    const weights = difference.map((weight) => sign * weight);
    if (activeAt(cloud, weights).every((bits, b) => bits === active[b])) return [{ sign, weights }];
  }
  return null;
}

function activeAt({ size, width, x }: Cloud, weights: Float64Array): Uint8Array {
  const active = new Uint8Array(Math.ceil(size / 8));
  for (let n = 0; n < size; n++) {
    let z = 0;
    for (let i = 0; i < width; i++) z += weights[i]! * x[n * width + i]!;
    if (z > 0) active[n >> 3]! |= 1 << (n & 7);
  }
  return active;
}
