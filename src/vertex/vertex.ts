import type { CountingProof, DirectionEntry, DirectionProof, FullRankProof } from '../certificate/vertex.js';
import { rank } from '../exact/elimination.js';
import { Rational } from '../exact/rational.js';
import type { Conditions } from './conditions.js';
import { kernelVector } from './kernel.js';

/** Multiplications of an elimination that are still made: some 20 s. 2,500 conditions on 2,500 weights are within it. */
const MOST_WORK = 1.6e10;

/**
 * Whether a network is a vertex. `independent` bounds from above the products that can be independent on these data, of each other and of
 * what is free: a vertex has no more products than that.
 */
export type VertexVerdict =
  | { readonly holds: true; readonly independent: number; readonly proof: FullRankProof }
  | { readonly holds: false; readonly independent: number; readonly proof: CountingProof | DirectionProof }
  /** Too large for an exact kernel, and nothing simpler decides. */
  | { readonly holds: 'undecided'; readonly independent: number };

/**
 * Decides whether the network of the conditions is a vertex: no direction keeps its outputs on the data, so that there is nothing to gain
 * nearby. A network that is none is no minimiser of the l^p path norm for any 0 < p < 1, because the cost is strictly concave along the
 * direction (proof of Theorem 4.1). Exact; the cheap arguments come first: counting, two neurons of one pattern, one neuron alone, and
 * then the kernel of all conditions.
 */
export function decideVertex(conditions: Conditions): VertexVerdict {
  const { products, count, unknowns, freeCount } = conditions;
  if (products > count) return { holds: false, independent: count, proof: { kind: 'counting' } };
  const simple = equalPatterns(conditions) ?? oneNeuron(conditions);
  if (simple !== null) {
    const vector = new Map(simple);
    return { holds: false, independent: products - 1, proof: directionOf(conditions, vector) };
  }
  const columns = unknowns.length;
  if (count * columns * Math.min(count, columns) > MOST_WORK)
    return { holds: 'undecided', independent: products };
  const rows = conditions.rows();
  const freeRank = rank(rows.map((row) => row.slice(0, freeCount)));
  const kernel = kernelVector(rows, columns, freeCount);
  switch (kernel.kind) {
    case 'vector':
      return {
        holds: false,
        independent: Math.min(products - 1, kernel.rank - freeRank),
        proof: directionOf(conditions, new Map(kernel.vector.entries())),
      };
    case 'none':
      if (kernel.rank === products + freeRank)
        return {
          holds: true,
          independent: products,
          proof: { kind: 'full-rank', prime: kernel.prime },
        };
      return { holds: 'undecided', independent: products };
    case 'undecided':
      return { holds: 'undecided', independent: products };
  }
}

/** Two neurons that are active at the same held points, on the hyperplane of none, with a weight of one input each: it can be shifted. */
function equalPatterns({ signs, unknowns, freeCount }: Conditions): [number, bigint][] | null {
  const seen = new Map<string, number>();
  for (let j = freeCount; j < unknowns.length; j++) {
    const { ray, i } = unknowns[j]!;
    const own = signs[ray]!;
    if (own.includes(0)) continue;
    const key = `${i}:${own.join()}`;
    const other = seen.get(key);
    if (other !== undefined) {
      return [
        [other, 1n],
        [j, -1n],
      ];
    }
    seen.set(key, j);
  }
  return null;
}

/** A neuron that can change by itself: it has more weights than points that see it. */
function oneNeuron(conditions: Conditions): [number, bigint][] | null {
  const { rays, signs, unknowns, freeCount } = conditions;
  const columnsOf: number[][] = rays.map(() => []);
  unknowns.forEach(({ ray }, j) => {
    if (ray >= 0) columnsOf[ray]!.push(j);
  });
  for (let k = 0; k < rays.length; k++) {
    const columns = columnsOf[k]!;
    const products = columns.filter((j) => j >= freeCount).length;
    const seen = signs[k]!.reduce((sum, sign) => (sign >= 0 ? sum + 1 : sum), 0);
    if (products <= seen) continue;
    const free = columns.length - products;
    const kernel = kernelVector(conditions.rows(columns), columns.length, free);
    if (kernel.kind === 'vector') return kernel.vector.map((value, c) => [columns[c]!, value]);
  }
  return null;
}

/** Integers by unknown -> changes of rays and skip, in the numbers of the network. */
function directionOf(
  { rays, unknowns, units, problem }: Conditions,
  vector: ReadonlyMap<number, bigint>,
): DirectionProof {
  const width = problem.dimension + 1;
  const changes = new Map<number, Rational[]>();
  for (const [j, value] of vector) {
    if (value === 0n) continue;
    const { ray, i } = unknowns[j]!;
    let change = changes.get(ray);
    if (change === undefined) {
      change = new Array<Rational>(width).fill(Rational.zero);
      changes.set(ray, change);
    }
    change[i] = Rational.of(value).divide(units[i]!);
  }
  const skip = changes.get(-1);
  changes.delete(-1);
  const neurons = [...changes]
    .sort(([a], [b]) => a - b)
    .map(([ray, change]): DirectionEntry => {
      const { neuron, sign } = rays[ray]!;
      return [neuron, ...change.map((value) => (sign > 0 ? value : value.negate()).toString())];
    });
  return {
    kind: 'direction',
    neurons,
    ...(skip === undefined ? {} : { skip: skip.map((value) => value.toString()) }),
  };
}
