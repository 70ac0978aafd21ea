import type { Rational } from '../exact/rational.js';
import { Directions, inOneCone } from './directions.js';
import { dot, type KernelBasis, orthogonalTo, primitive, unitVectors } from './kernel.js';
import { functionalOn, type PathNormQuestion } from './question.js';

/** Number of choices of D - 1 of the hyperplanes X_n . Z = 0 and Z_i = 0. */
export function rayChoices({ size, penalised, width }: PathNormQuestion): number {
  let choices = 1;
  for (let i = 0; i < width - 1; i++) choices = (choices * (size + penalised - i)) / (i + 1);
  return choices;
}

/**
 * All extreme rays of the arrangement of the hyperplanes X_n . Z = 0 and Z_i = 0 (i penalised): the kernels of D - 1 independent ones, in
 * both directions. With one input the two constant neurons are left out: they cost nothing and are free columns.
 *
 * On a closed cone of the arrangement (one activation pattern, one orthant) the activations (Z . X_n)+ are linear and |Z| is superadditive
 * (reverse Minkowski, p <= 1), so a bound s lambda . a(r) <= M |r|, M >= 0, on its extreme rays holds on the cone.
 */
export function arrangementRays(question: PathNormQuestion): Directions {
  const { points, penalised, width, exponent } = question;
  const rays = new Directions(question, exponent);
  const normals = [...points, ...unitVectors(width).slice(0, penalised)];
  const visit = (from: number, basis: KernelBasis): void => {
    if (basis.length === 1) {
      const ray = primitive(basis[0]!);
      if (ray.slice(0, penalised).every((value) => value === 0n)) return;
      rays.add(ray);
      rays.add(ray.map((value) => -value));
      return;
    }
    for (let h = from; h <= normals.length - (basis.length - 1); h++) {
      const rest = orthogonalTo(basis, normals[h]!);
      if (rest !== null) visit(h + 1, rest);
    }
  };
  visit(0, unitVectors(width));
  rays.base = rays.count;
  return rays;
}

/** A region of neurons by the rays of its cones (ascending numbers), and the hyperplanes beyond the arrangement that bound it. */
export interface Region {
  readonly rays: Int32Array;
  readonly cuts: readonly (readonly bigint[])[];
}

/** The two sides of a hyperplane of the arrangement, or null when one of them holds no ray. */
export function splitByPlane(rays: Directions, region: Region, plane: number): [Region, Region] | null {
  const side = (sign: number): Region => ({
    ...region,
    rays: region.rays.filter((r) => rays.sides[r]![plane]! * sign >= 0),
  });
  const parts: [Region, Region] = [side(-1), side(1)];
  return parts.some((part) => part.rays.length === 0) ? null : parts;
}

/**
 * The two sides q . z <= 0 and q . z >= 0 of a further hyperplane, or null when one of them holds no ray strictly. New rays lie where it cuts
 * an edge of a cone: the plane spanned by two rays of one cone that share D - 2 hyperplanes. (Pairs that share so many without
 * spanning an edge give redundant rays, which change no bound.)
 */
export function splitBySide(
  rays: Directions,
  region: Region,
  q: readonly Rational[],
): [Region, Region] | null {
  const Q = functionalOn(rays.question, q);
  const on: number[] = [];
  const below: [number, bigint][] = [];
  const above: [number, bigint][] = [];
  for (const r of region.rays) {
    const value = dot(Q, rays.vectors[r]!);
    if (value === 0n) on.push(r);
    else (value < 0n ? below : above).push([r, value]);
  }
  if (below.length === 0 || above.length === 0) return null;
  for (const [r, a] of below) {
    for (const [s, b] of above) {
      if (!inOneCone(rays.sides[r]!, rays.sides[s]!)) continue;
      if (commonPlanes(rays, r, s, region.cuts) < rays.question.width - 2) continue;
      const u = rays.vectors[r]!;
      const v = rays.vectors[s]!;
      on.push(rays.add(primitive(u.map((value, i) => b * value - a * v[i]!))));
    }
  }
  const cuts = [...region.cuts, Q];
  const part = (own: readonly [number, bigint][]): Region => ({
    rays: Int32Array.from(new Set([...own.map(([r]) => r), ...on])).sort(),
    cuts,
  });
  return [part(below), part(above)];
}

/** Number of hyperplanes that contain both rays. */
function commonPlanes(rays: Directions, r: number, s: number, cuts: Region['cuts']): number {
  const a = rays.sides[r]!;
  const b = rays.sides[s]!;
  let count = 0;
  for (let h = 0; h < a.length; h++) if (a[h] === 0 && b[h] === 0) count++;
  for (const q of cuts) {
    if (dot(q, rays.vectors[r]!) === 0n && dot(q, rays.vectors[s]!) === 0n) count++;
  }
  return count;
}
