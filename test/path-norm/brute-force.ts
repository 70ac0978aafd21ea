import type { Rational } from '../../src/exact/rational.js';
import type { Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';

/** A ray with its activations, and its side of every hyperplane. */
interface Ray {
  readonly z: readonly number[];
  readonly activations: readonly number[];
  readonly sides: readonly number[];
}

const NEARLY = 1e-9;

/**
 * The entries of all networks that may be minimisers for some 0 < p <= 1: every choice of rays, output signs and tight ends of windows with
 * exactly one solution in doubles, and every way to put rays of one sign and one cone together. One or two inputs, a handful of points,
 * small integers. Shares no code with the branch and bound or the enumeration.
 */
export function vertexEntries(problem: Problem, skip: Skip): number[][] {
  const { size, dimension, inputs, lower, upper } = problem;
  if (dimension > 2) throw new RangeError(`expected one or two inputs, found ${dimension}`);
  const points = Array.from({ length: size }, (_, n) => [...inputs.map((c) => c.value(n).toNumber()), 1]);
  const rays = raysOf(points, dimension);
  const columns = rays.flatMap((ray) =>
    [1, -1].map((sign) => ({ ray, sign, column: ray.activations.map((a) => sign * a) })),
  );
  const free = independentFree(points, skip, dimension);
  const low = Array.from({ length: size }, (_, n) => lower.value(n).toNumber());
  const high = Array.from({ length: size }, (_, n) => upper.value(n).toNumber());
  const found: number[][] = [];
  for (let count = 0; count <= size - free.length; count++) {
    for (const chosen of subsets(columns.length, count)) {
      const own = chosen.map((c) => columns[c]!);
      // Both signs of one ray are never in a basis together.
      if (own.some((a, i) => own.some((b, k) => k > i && a.ray === b.ray))) continue;
      const all = [...own.map(({ column }) => column), ...free];
      for (const tight of subsets(size, all.length)) {
        for (const ends of choicesOfEnds(tight, low, high)) {
          const solution = solved(
            tight.map((n) => all.map((column) => column[n]!)),
            ends,
          );
          if (solution === null || solution.slice(0, count).some((t) => t <= NEARLY)) continue;
          const fits = low.every((least, n) => {
            const value = all.reduce((sum, column, c) => sum + column[n]! * solution[c]!, 0);
            return value >= least - NEARLY && value <= high[n]! + NEARLY;
          });
          if (fits) found.push(...merged(own, solution, dimension));
        }
      }
    }
  }
  return found;
}

/** The least cost of those networks. */
export function leastCost(entries: readonly (readonly number[])[], p: number): number {
  return Math.min(...entries.map((own) => own.reduce((sum, entry) => sum + entry ** p, 0)));
}

/** The least path norm by brute force. */
export function bruteForceCost(problem: Problem, skip: Skip, p: Rational): number {
  return leastCost(vertexEntries(problem, skip), p.toNumber());
}

function raysOf(points: readonly (readonly number[])[], dimension: number): Ray[] {
  const width = dimension + 1;
  const axes = Array.from({ length: dimension === 1 ? 1 : width }, (_, i) =>
    points[0]!.map((__, k) => Number(i === k)),
  );
  const normals = [...points, ...axes];
  const directions =
    dimension === 1
      ? normals.map(([a, b]) => [-b!, a!])
      : normals.flatMap((u, i) => normals.slice(i + 1).map((v) => cross(u, v)));
  const known = new Map<string, Ray>();
  for (const direction of directions) {
    const length = Math.max(...direction.map(Math.abs));
    if (length <= NEARLY) continue;
    for (const sign of [1, -1]) {
      const z = direction.map((entry) => (sign * entry) / length);
      // One input: constant neurons cost nothing.
      if (dimension === 1 && Math.abs(z[0]!) <= NEARLY) continue;
      const products = points.map((point) => dot(point, z));
      const sides = [...products, ...(dimension === 1 ? [z[0]!] : z)].map((value) =>
        Math.abs(value) <= NEARLY ? 0 : Math.sign(value),
      );
      const activations = products.map((value) => Math.max(0, value));
      if (activations.every((value) => value <= NEARLY)) continue;
      known.set(z.map((entry) => entry.toFixed(9)).join(), { z, activations, sides });
    }
  }
  return [...known.values()];
}

function independentFree(points: readonly (readonly number[])[], skip: Skip, dimension: number): number[][] {
  const wanted =
    skip === 'affine' ? points[0]!.map((_, i) => i) : skip === 'bias' || dimension === 1 ? [dimension] : [];
  const columns: number[][] = [];
  for (const i of wanted) {
    const column = points.map((point) => point[i]!);
    if (rankOf([...columns, column]) > columns.length) columns.push(column);
  }
  return columns;
}

function rankOf(rows: readonly (readonly number[])[]): number {
  const left = rows.map((row) => [...row]);
  let rank = 0;
  for (let c = 0; c < (left[0]?.length ?? 0); c++) {
    const pivot = left.findIndex((row, r) => r >= rank && Math.abs(row[c]!) > NEARLY);
    if (pivot < 0) continue;
    [left[rank], left[pivot]] = [left[pivot]!, left[rank]!];
    for (let r = rank + 1; r < left.length; r++) {
      const factor = left[r]![c]! / left[rank]![c]!;
      left[r] = left[r]!.map((value, k) => value - factor * left[rank]![k]!);
    }
    rank++;
  }
  return rank;
}

/** Entries of the networks in which rays are put together. */
function merged(
  own: readonly { readonly ray: Ray; readonly sign: number }[],
  factors: readonly number[],
  dimension: number,
): number[][] {
  const together = (a: number, b: number): boolean =>
    own[a]!.sign === own[b]!.sign && own[a]!.ray.sides.every((side, h) => side * own[b]!.ray.sides[h]! >= 0);
  const found: number[][] = [];
  const place = (next: number, groups: readonly (readonly number[])[]): void => {
    if (next === own.length) {
      found.push(
        groups.flatMap((group) =>
          Array.from({ length: dimension === 1 ? 1 : dimension + 1 }, (_, i) =>
            Math.abs(group.reduce((sum, k) => sum + factors[k]! * own[k]!.ray.z[i]!, 0)),
          ).filter((entry) => entry > NEARLY),
        ),
      );
      return;
    }
    groups.forEach((group, g) => {
      if (group.every((k) => together(k, next)))
        place(
          next + 1,
          groups.map((members, i) => (i === g ? [...members, next] : members)),
        );
    });
    place(next + 1, [...groups, [next]]);
  };
  place(0, []);
  return found;
}

function* subsets(size: number, count: number, from = 0): Generator<number[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= size - count; i++)
    for (const rest of subsets(size, count - 1, i + 1)) yield [i, ...rest];
}

function* choicesOfEnds(
  tight: readonly number[],
  low: readonly number[],
  high: readonly number[],
): Generator<number[]> {
  if (tight.length === 0) {
    yield [];
    return;
  }
  const [n, ...others] = tight;
  for (const rest of choicesOfEnds(others, low, high)) {
    yield [low[n!]!, ...rest];
    if (low[n!] !== high[n!]) yield [high[n!]!, ...rest];
  }
}

/** The only solution of a square system, or null. */
function solved(matrix: readonly (readonly number[])[], right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let c = 0; c < size; c++) {
    let pivot = c;
    for (let r = c + 1; r < size; r++) if (Math.abs(rows[r]![c]!) > Math.abs(rows[pivot]![c]!)) pivot = r;
    if (Math.abs(rows[pivot]![c]!) <= NEARLY) return null;
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let r = 0; r < size; r++) {
      if (r === c) continue;
      const factor = rows[r]![c]! / rows[c]![c]!;
      if (factor !== 0) for (let k = c; k <= size; k++) rows[r]![k]! -= factor * rows[c]![k]!;
    }
  }
  return rows.map((row, c) => row[size]! / row[c]!);
}

function cross(u: readonly number[], v: readonly number[]): number[] {
  return [0, 1, 2].map((i) => u[(i + 1) % 3]! * v[(i + 2) % 3]! - u[(i + 2) % 3]! * v[(i + 1) % 3]!);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
