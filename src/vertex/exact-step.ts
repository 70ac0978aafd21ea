import type { CountingProof, DirectionProof } from '../certificate/vertex.js';
import { signOfPowerSum } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import { InternalError } from '../problem/internal-error.js';
import type { Network } from '../problem/network.js';
import type { Conditions } from './conditions.js';
import { networkOf } from './exactify.js';
import { kernelVector } from './kernel.js';

/**
 * One step towards a vertex in rationals: along a direction of the kernel, on the way that ends cheaper, until the first product becomes 0
 * or the first held point meets a hyperplane. The outputs at held points stay. The cost is concave on the way and so no higher at its end
 * than at its beginning for one of the two ways; it is strictly lower because it is strictly concave.
 *
 * @param proof that the network is no vertex
 * @param p 0 < p < 1
 */
export function exactStep(
  conditions: Conditions,
  proof: CountingProof | DirectionProof,
  p: Rational,
): Network {
  const values = conditions.unknowns.map(({ ray, i }) => {
    if (ray >= 0) return conditions.rays[ray]!.weights[i]!.multiply(Rational.of(conditions.rays[ray]!.sign));
    const { skip } = conditions.network;
    return skip === null ? Rational.zero : (skip.weights[i] ?? skip.bias);
  });
  const direction = proof.kind === 'counting' ? anyDirection(conditions) : given(conditions, proof);
  const ends = [Rational.one, Rational.of(-1)].map((way) => end(conditions, values, direction, way));
  const costOf = (numbers: readonly Rational[]) =>
    numbers
      .slice(conditions.freeCount)
      .map((value) => value.abs())
      .filter((value) => !value.isZero());
  const [up, down] = ends;
  const isUp = up !== null && (down === null || signOfPowerSum(costOf(up!), costOf(down!), p) !== 1);
  const best = isUp ? up! : down!;
  const kept = new Map<number, Rational>();
  const { unknowns, freeCount, signs } = conditions;
  // A ray without products is gone, unless it is a constant above 0.
  const alive = new Set<number>([-1]);
  best.forEach((value, j) => {
    const { ray } = unknowns[j]!;
    if (!value.isZero() && (j >= freeCount || (ray >= 0 && signs[ray]!.some((sign) => sign > 0))))
      alive.add(ray);
  });
  best.forEach((value, j) => {
    if (alive.has(unknowns[j]!.ray)) kept.set(j, value);
  });
  return networkOf(conditions, kept);
}

/** A kernel vector of the first products, one more than there are conditions. */
function anyDirection(conditions: Conditions): Rational[] {
  const { freeCount, count, unknowns, units } = conditions;
  const columns = Array.from({ length: count + 1 }, (_, c) => freeCount + c);
  const kernel = kernelVector(conditions.rows(columns), columns.length, 0);
  if (kernel.kind !== 'vector') throw new InternalError('more products than conditions have no kernel');
  const direction = unknowns.map(() => Rational.zero);
  columns.forEach((j, c) => {
    direction[j] = Rational.of(kernel.vector[c]!).divide(units[unknowns[j]!.i]!);
  });
  return direction;
}

/** The direction of a proof by unknown. */
function given({ rays, unknowns }: Conditions, { neurons, skip }: DirectionProof): Rational[] {
  const changes = new Map(neurons.map(([k, ...change]) => [k, change]));
  return unknowns.map(({ ray, i }) => {
    const text = ray < 0 ? skip?.[i] : changes.get(rays[ray]!.neuron)?.[i];
    const value = Rational.parse(text ?? '0');
    return ray >= 0 && rays[ray]!.sign < 0 ? value.negate() : value;
  });
}

/** The numbers where the first event happens on this way; null when none does. */
function end(
  { unknowns, freeCount, signs, points, units, rays }: Conditions,
  values: readonly Rational[],
  direction: readonly Rational[],
  way: Rational,
): Rational[] | null {
  let first: Rational | null = null;
  const offer = (value: Rational, speed: Rational): void => {
    if (value.sign() * speed.sign() >= 0) return;
    const t = value.divide(speed).negate();
    if (first === null || t.lessThan(first)) first = t;
  };
  const speeds = direction.map((value) => value.multiply(way));
  for (let j = freeCount; j < speeds.length; j++) offer(values[j]!, speeds[j]!);
  const ofRay: number[][] = rays.map(() => []);
  unknowns.forEach(({ ray }, j) => {
    if (ray >= 0) ofRay[ray]!.push(j);
  });
  ofRay.forEach((own, k) => {
    if (own.every((j) => speeds[j]!.isZero())) return;
    points.forEach((point, n) => {
      if (signs[k]![n] === 0) return;
      const at = (numbers: readonly Rational[]) =>
        own.reduce((sum, j) => {
          const { i } = unknowns[j]!;
          return sum.add(numbers[j]!.multiply(units[i]!).multiply(Rational.of(point[i]!)));
        }, Rational.zero);
      offer(at(values), at(speeds));
    });
  });
  if (first === null) return null;
  const t: Rational = first;
  return values.map((value, j) => (speeds[j]!.isZero() ? value : value.add(t.multiply(speeds[j]!))));
}
