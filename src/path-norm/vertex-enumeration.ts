import { bitLength, lcm } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { type Directions, inOneCone } from './directions.js';
import { dot } from './kernel.js';

/**
 * A network made of independent rays: the only one with these rays (and free columns) through exact labels. Every minimiser for every 0 < p < 1
 * is one: on the networks of given cones and signs the cost is strictly concave in the entries, so it is least at vertices only, and a
 * vertex has independent rays.
 */
export interface VertexNetwork {
  /** One list a neuron: rays of one closed cone with their factors, whose signs (equal in a neuron) are the output sign. */
  readonly neurons: readonly (readonly RayFactor[])[];
}

export interface RayFactor {
  readonly ray: number;
  /** Not 0; the neuron is the sum of |factor| times the integer vectors of the rays. */
  readonly factor: Rational;
}

/** What the enumeration shows of a vertex before any rational is made. */
export interface VertexVisit {
  /** The rays. */
  readonly rays: readonly number[];
  /** Factors as doubles, each within a few units in the last place. */
  readonly factors: Float64Array;
  /** The factors in rationals. */
  exact(): Rational[];
}

/** Number of choices of as many rays as there are independent labels: what the enumeration goes through, at most. */
export function vertexChoices(rays: Directions): number {
  const live = liveRays(rays).length;
  let choices = 1;
  for (let i = 0; i < rays.rows; i++) choices = (choices * (live - i)) / (i + 1);
  return Math.max(0, choices);
}

/** Rays that are active somewhere. */
export function liveRays(rays: Directions): number[] {
  return Array.from({ length: rays.base }, (_, r) => r).filter((r) =>
    rays.sides[r]!.subarray(0, rays.question.size).includes(1),
  );
}

/**
 * Every set of independent rays whose activations give the exact labels with no factor 0, each once. Depth first over the rays, with
 * fraction-free Gauss-Jordan elimination (Bareiss): at each node the rays that may still come are written in the rays chosen so far.
 */
export function* enumerateVertices(rays: Directions, visit: (vertex: VertexVisit) => void): Steps<void> {
  const { question, rows } = rays;
  const { kernel, points, lower } = question;
  const live = liveRays(rays);
  const scale = lower.reduce((m, value) => lcm(m, value.denominator), 1n);
  const labels = lower.map((value) => value.numerator * (scale / value.denominator));
  const columns = live.map((r) => {
    const activations = points.map((point) => {
      const value = dot(point, rays.vectors[r]!);
      return value > 0n ? value : 0n;
    });
    return kernel.map((vector) => dot(vector, activations));
  });
  columns.push(kernel.map((vector) => dot(vector, labels)));
  const chosen: number[] = [];
  const pivotRows: number[] = [];
  const used = new Array<boolean>(rows).fill(false);

  /** `table[j]`: column j times `denominator`, in the chosen rays at their pivot rows and what is left in the other rows. */
  function* descend(
    from: number,
    table: readonly (readonly bigint[] | null)[],
    denominator: bigint,
  ): Steps<void> {
    const target = table[live.length]!;
    const open = used.findIndex((own, i) => !own && target[i] !== 0n);
    if (open < 0) {
      emit(
        chosen.map((_, c) => target[pivotRows[c]!]!),
        denominator,
      );
      return;
    }
    if (chosen.length === rows - 1) {
      // One row is left: the last ray is decided by it.
      const right = target[open]!;
      for (let j = from; j < live.length; j++) {
        const column = table[j]!;
        const pivot = column[open]!;
        if (pivot === 0n) continue;
        chosen.push(j);
        emit(
          [...pivotRows.map((i) => (target[i]! * pivot - column[i]! * right) / denominator), right],
          pivot,
        );
        chosen.pop();
      }
      return;
    }
    yield;
    for (let j = from; j < live.length; j++) {
      const column = table[j]!;
      const row = used.findIndex((own, i) => !own && column[i] !== 0n);
      if (row < 0) continue;
      const pivot = column[row]!;
      const next = table.map((other, k) => {
        if (other === null || k <= j) return null;
        const factor = other[row]!;
        return other.map((value, i) =>
          i === row ? value : (value * pivot - column[i]! * factor) / denominator,
        );
      });
      used[row] = true;
      chosen.push(j);
      pivotRows.push(row);
      yield* descend(j + 1, next, pivot);
      used[row] = false;
      chosen.pop();
      pivotRows.pop();
    }
  }
  const emit = (numerators: readonly bigint[], denominator: bigint): void => {
    if (numerators.includes(0n)) return;
    const own = chosen.map((j) => live[j]!);
    visit({
      rays: own,
      factors: Float64Array.from(numerators, (value) => quotient(value, denominator * scale)),
      exact: () => numerators.map((value) => Rational.of(value, denominator * scale)),
    });
  };
  yield* descend(0, columns, 1n);
}

/** n / d, rounded. */
function quotient(n: bigint, d: bigint): number {
  if (bitLength(n) < 1000 && bitLength(d) < 1000) return Number(n) / Number(d);
  return Rational.of(n, d).toNumber();
}

/**
 * The ways to put the rays of a vertex together into neurons that cannot be put together further: rays of one sign that lie pairwise in a
 * closed cone lie in a common one, and their sum costs no more than they do apart. Lists of positions.
 */
export function groupings(rays: Directions, vertex: Pick<VertexVisit, 'rays' | 'factors'>): number[][][] {
  const count = vertex.rays.length;
  const together = (a: number, b: number): boolean =>
    vertex.factors[a]! > 0 === vertex.factors[b]! > 0 &&
    inOneCone(rays.sides[vertex.rays[a]!]!, rays.sides[vertex.rays[b]!]!);
  const found: number[][][] = [];
  const place = (next: number, groups: readonly (readonly number[])[]): void => {
    if (next === count) {
      const mergeable = groups.some((a, i) =>
        groups.some((b, k) => k > i && a.every((u) => b.every((v) => together(u, v)))),
      );
      if (!mergeable) found.push(groups.map((group) => [...group]));
      return;
    }
    groups.forEach((group, i) => {
      if (group.every((own) => together(own, next))) {
        place(
          next + 1,
          groups.map((own, k) => (k === i ? [...own, next] : own)),
        );
      }
    });
    place(next + 1, [...groups, [next]]);
  };
  place(0, []);
  return found;
}
