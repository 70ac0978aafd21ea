import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import type { Network, Neuron } from '../problem/network.js';
import type { Entries } from './cost-function.js';
import type { Directions } from './directions.js';
import { withFreePart } from './exact-network.js';
import { weightsOf } from './question.js';
import { enumerateVertices, groupings, type VertexVisit } from './vertex-enumeration.js';

/** Networks with one cost function among those that may be cheapest for some 0 < p <= 1. */
export interface Candidate {
  /** Absolute values of the nonzero penalised entries, increasing. */
  readonly entries: Entries;
  /** Some of the networks, the first few that were found. */
  readonly networks: readonly Network[];
  /** How many were found: vertices in different forms may be one function. */
  readonly count: number;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  /** The fewest nonzero penalised entries of any network. */
  readonly fewest: number;
  /** Vertices gone through. */
  readonly vertices: number;
}

/** Pieces of (0, 1] on which costs are compared while vertices are gone through: those of the checker, so that it keeps no vertex that is dropped here. */
const PIECES = 16;

/** More than the rounding of a cost: an entry is known to a few units in the last place, its powers to 2^-46, sums of 100 terms to 2^-45. */
const ROUNDING = 1e-12;

/** Networks kept for one cost function. */
const NETWORKS_KEPT = 4;

/** Kept vertices before those that a cheaper one has overtaken are dropped. */
const PRUNE_AT = 4096;

interface Kept {
  readonly vertex: VertexVisit;
  readonly groups: readonly (readonly number[])[];
  readonly least: Float64Array;
}

/**
 * Goes through all vertices and keeps those that may be cheapest for some p: on one of the pieces of (0, 1] their cost is not above the cost
 * of another one throughout. Powers are products of repeated square roots, which IEEE arithmetic rounds correctly.
 * @returns null when numbers leave the range in which doubles tell costs apart
 */
export function* candidatesOf(rays: Directions): Steps<Candidates | null> {
  const { question } = rays;
  const { penalised, units } = question;
  const weights = Array.from({ length: rays.base }, (_, r) =>
    Float64Array.from({ length: penalised }, (__, i) =>
      Rational.of(rays.vectors[r]![i]!).divide(units[i]!).abs().toNumber(),
    ),
  );
  const ceiling = new Float64Array(PIECES).fill(Number.POSITIVE_INFINITY);
  let kept: Kept[] = [];
  let limit = PRUNE_AT;
  let vertices = 0;
  let fewest = Number.POSITIVE_INFINITY;
  const survives = ({ least }: Kept): boolean =>
    least.some((value, m) => value * (1 - ROUNDING) <= ceiling[m]! * (1 + ROUNDING));
  const powers = new Float64Array(PIECES + 1);
  let inRange = true;
  yield* enumerateVertices(rays, (vertex) => {
    vertices++;
    inRange &&= vertex.factors.every((factor) => isPlain(Math.abs(factor)));
    for (const groups of groupings(rays, vertex)) {
      const least = new Float64Array(PIECES);
      const most = new Float64Array(PIECES);
      let entries = 0;
      for (const group of groups) {
        for (let i = 0; i < penalised; i++) {
          let entry = 0;
          for (const k of group) entry += Math.abs(vertex.factors[k]!) * weights[vertex.rays[k]!]![i]!;
          if (entry === 0) continue;
          inRange &&= isPlain(entry);
          entries++;
          powersOf(entry, powers);
          for (let m = 0; m < PIECES; m++) {
            const [a, b] = [powers[m]!, powers[m + 1]!];
            least[m]! += Math.min(a, b);
            most[m]! += Math.max(a, b);
          }
        }
      }
      if (entries < fewest) fewest = entries;
      for (let m = 0; m < PIECES; m++) if (most[m]! < ceiling[m]!) ceiling[m] = most[m]!;
      const own = { vertex, groups, least };
      if (survives(own)) kept.push(own);
    }
    if (kept.length > limit) {
      kept = kept.filter(survives);
      limit = Math.max(PRUNE_AT, 2 * kept.length);
    }
  });
  if (!inRange) return null;
  const byEntries = new Map<string, { entries: Entries; networks: Network[]; count: number }>();
  for (const own of kept.filter(survives)) {
    const neurons = neuronsOf(rays, own);
    const entries = entriesOf(neurons, penalised);
    const key = entries.join();
    const known = byEntries.get(key);
    if (known === undefined) byEntries.set(key, { entries, networks: networksOf(rays, neurons), count: 1 });
    else {
      known.count++;
      if (known.networks.length < NETWORKS_KEPT) known.networks.push(...networksOf(rays, neurons));
    }
  }
  return { candidates: [...byEntries.values()], fewest, vertices };
}

/** Far from the ends of the range of doubles. */
function isPlain(value: number): boolean {
  return value > 2 ** -300 && value < 2 ** 300;
}

/** c^(m / PIECES) for m = 0 .. PIECES. */
function powersOf(c: number, powers: Float64Array): void {
  let root = c;
  for (let k = PIECES; k > 1; k >>= 1) root = Math.sqrt(root);
  powers[0] = 1;
  for (let m = 0; m < PIECES; m++) powers[m + 1] = powers[m]! * root;
}

function neuronsOf(rays: Directions, { vertex, groups }: Kept): Neuron[] {
  const { question } = rays;
  const factors = vertex.exact();
  return groups.map((group): Neuron => {
    const sum: Rational[] = new Array(question.width).fill(Rational.zero);
    for (const k of group) {
      rays.vectors[vertex.rays[k]!]!.forEach((entry, i) => {
        if (entry !== 0n) sum[i] = sum[i]!.add(factors[k]!.abs().multiply(Rational.of(entry)));
      });
    }
    const z = weightsOf(question, sum);
    return {
      inputWeights: z.slice(0, -1),
      bias: z.at(-1)!,
      outputWeight: Rational.of(factors[group[0]!]!.sign()),
    };
  });
}

function entriesOf(neurons: readonly Neuron[], penalised: number): Rational[] {
  return neurons
    .flatMap(({ inputWeights, bias }) => [...inputWeights, bias].slice(0, penalised))
    .filter((entry) => !entry.isZero())
    .map((entry) => entry.abs())
    .sort((a, b) => a.compare(b));
}

function networksOf({ question }: Directions, neurons: readonly Neuron[]): Network[] {
  const network = withFreePart(question, neurons);
  if (network === null) throw new Error('a vertex does not pass through the labels');
  return [network];
}
