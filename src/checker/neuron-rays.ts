import { gcd, lcm } from '../exact/bigint.js';
import { onlyNullVector } from '../exact/elimination.js';
import { power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import { guard } from './verdict.js';

/** Binary digits after the point of every enclosure. */
export const BITS = 160;
const UNIT = 1n << BigInt(BITS);

/** Most choices of D - 1 hyperplanes that are gone through, and most rays that cuts may add. */
export const RAY_LIMITS = { choices: 300_000, cut: 200_000 } as const;

/** A region of neurons by its rays, and the hyperplanes beyond the arrangement that bound it. */
export interface Region {
  readonly rays: readonly number[];
  readonly cuts: readonly (readonly bigint[])[];
}

/**
 * The extreme rays of the arrangement of the hyperplanes X_n . Z = 0 and Z_i = 0 (i penalised), D - 1 of which meet in a ray, with X_n the points
 * in the integers of their columns: z_i = Z_i / units[i].
 */
export class NeuronRays {
  readonly vectors: (readonly bigint[])[] = [];
  /** Number of rays of the arrangement; those after them lie on cuts. */
  readonly base: number;
  readonly everywhere: Region;
  /** Floor of a(r)_n / |r| in units of 2^-BITS. */
  private readonly activations: (readonly bigint[])[] = [];
  /** Every a(r)_n / |r| is at most its floor plus this. */
  private width = 1n;
  readonly signs: Int8Array[] = [];
  private readonly points: readonly bigint[][];
  readonly units: readonly Rational[];
  private readonly known = new Map<string, number>();

  constructor(
    problem: Problem,
    readonly penalised: number,
    private readonly p: Rational,
  ) {
    const { inputs, size, dimension } = problem;
    this.points = Array.from({ length: size }, (_, n) => [...inputs.map((column) => column.integer(n)), 1n]);
    this.units = [...inputs.map((column) => column.integerScale), Rational.one];
    let choices = 1;
    for (let i = 0; i < dimension; i++) choices = (choices * (size + penalised - i)) / (i + 1);
    guard(
      choices <= RAY_LIMITS.choices,
      'several-rays',
      () => `${choices} choices of hyperplanes, at most ${RAY_LIMITS.choices} are checked`,
    );
    const width = dimension + 1;
    const axes = Array.from({ length: penalised }, (_, i) =>
      Array.from({ length: width }, (__, k) => (i === k ? 1n : 0n)),
    );
    this.meet([...this.points, ...axes], 0, []);
    this.base = this.vectors.length;
    this.everywhere = { rays: Array.from({ length: this.base }, (_, r) => r), cuts: [] };
  }

  /** Goes through the choices of D - 1 hyperplanes; the independent ones meet in a line. */
  private meet(normals: readonly bigint[][], from: number, chosen: readonly bigint[][]): void {
    const width = this.units.length;
    if (chosen.length < width - 1) {
      for (let h = from; h < normals.length; h++) this.meet(normals, h + 1, [...chosen, normals[h]!]);
      return;
    }
    const line = onlyNullVector([...chosen], width);
    // With one input the constant neurons cost nothing: lambda is orthogonal to them.
    if (line === null || line.slice(0, this.penalised).every((entry) => entry === 0n)) return;
    const ray = primitive(line);
    this.add(ray);
    this.add(ray.map((entry) => -entry));
  }

  private add(vector: readonly bigint[]): number {
    const key = vector.join();
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const index = this.vectors.length;
    this.known.set(key, index);
    this.vectors.push(vector);
    const products = this.points.map((point) => dot(point, vector));
    this.signs.push(
      Int8Array.from(
        [...products, ...vector.slice(0, this.penalised)],
        (value) => Number(value > 0n) - Number(value < 0n),
      ),
    );
    const weights = Array.from({ length: this.penalised }, (_, i) =>
      Rational.of(vector[i]!).divide(this.units[i]!).abs(),
    );
    const top = weights.reduce((a, b) => (a.lessThan(b) ? b : a));
    const [low, high] = norm(
      weights.map((weight) => weight.divide(top)),
      this.p,
    );
    this.activations.push(
      products.map((value) => {
        if (value <= 0n) return 0n;
        const n = value * top.denominator * UNIT * UNIT;
        const floor = n / (top.numerator * high);
        const width = n / (top.numerator * low) + 1n - floor;
        if (width > this.width) this.width = width;
        return floor;
      }),
    );
    return index;
  }

  /** Upper bounds, in units of 2^-BITS, of max(0, +-sum numerators_n a(r)_n / |r|) over rays: for both signs. */
  steepest(numerators: readonly bigint[], rays: readonly number[]): readonly [bigint, bigint] {
    let plus = 0n;
    let minus = 0n;
    for (const value of numerators) {
      if (value > 0n) plus += value;
      else minus -= value;
    }
    let top = 0n;
    let bottom = 0n;
    for (const r of rays) {
      const own = this.activations[r]!;
      let sum = 0n;
      for (let n = 0; n < own.length; n++) if (own[n] !== 0n) sum += numerators[n]! * own[n]!;
      if (sum > top) top = sum;
      else if (sum < bottom) bottom = sum;
    }
    return [top + plus * this.width, minus * this.width - bottom];
  }

  /** |sum numerators_n a(r)_n| <= denominator |r|_1 on all rays of the arrangement. Exact, for p = 1. */
  holdAtOne(numerators: readonly bigint[], denominator: bigint): boolean {
    return this.everywhere.rays.every((r) => {
      const vector = this.vectors[r]!;
      let sum = 0n;
      this.points.forEach((point, n) => {
        const value = dot(point, vector);
        if (value > 0n) sum += numerators[n]! * value;
      });
      const size = vector
        .slice(0, this.penalised)
        .reduce(
          (total, entry, i) => total.add(Rational.of(entry).divide(this.units[i]!).abs()),
          Rational.zero,
        );
      return !size.multiply(Rational.of(denominator)).lessThan(Rational.of(sum).abs());
    });
  }

  /** Region -> its part with hyperplane h of the arrangement <= 0 (side -1) or >= 0 (side 1): the rays on that side generate it. */
  onSide({ rays, cuts }: Region, h: number, side: -1 | 1): Region {
    return { rays: rays.filter((r) => this.signs[r]![h]! * side >= 0), cuts };
  }

  /**
   * Region -> its parts with q . z <= 0 and >= 0. A cone of the arrangement is cut in new rays only on its edges, and the two rays of an edge
   * lie in one cone and together on D - 2 hyperplanes; other such pairs give rays inside the cones, which raise no bound.
   */
  cut({ rays, cuts }: Region, q: readonly bigint[]): readonly [Region, Region] {
    const scaled = q.map((entry, i) => Rational.of(entry).divide(this.units[i]!));
    const common = scaled.reduce((m, value) => lcm(m, value.denominator), 1n);
    const Q = scaled.map((value) => value.numerator * (common / value.denominator));
    const values = new Map(rays.map((r) => [r, dot(Q, this.vectors[r]!)]));
    const below = rays.filter((r) => values.get(r)! < 0n);
    const above = rays.filter((r) => values.get(r)! > 0n);
    const on = new Set(rays.filter((r) => values.get(r) === 0n));
    for (const r of below) {
      for (const s of above) {
        if (!this.mayShareEdge(r, s, cuts)) continue;
        const u = this.vectors[r]!;
        const v = this.vectors[s]!;
        on.add(this.add(primitive(u.map((entry, i) => values.get(s)! * entry - values.get(r)! * v[i]!))));
        guard(
          this.vectors.length <= this.base + RAY_LIMITS.cut,
          'several-rays',
          () => `the cuts make more than ${RAY_LIMITS.cut} rays`,
        );
      }
    }
    const all = [...cuts, Q];
    return [
      { rays: [...below, ...on], cuts: all },
      { rays: [...above, ...on], cuts: all },
    ];
  }

  private mayShareEdge(r: number, s: number, cuts: Region['cuts']): boolean {
    const a = this.signs[r]!;
    const b = this.signs[s]!;
    let common = 0;
    for (let h = 0; h < a.length; h++) {
      if (a[h]! * b[h]! < 0) return false;
      if (a[h] === 0 && b[h] === 0) common++;
    }
    for (const q of cuts) if (dot(q, this.vectors[r]!) === 0n && dot(q, this.vectors[s]!) === 0n) common++;
    return common >= this.units.length - 2;
  }
}

/** (sum of w^p)^(1/p) for w in [0, 1], one of them 1, between two multiples of 2^-BITS. */
function norm(weights: readonly Rational[], p: Rational): [bigint, bigint] {
  let low = 0n;
  let high = 0n;
  for (const weight of weights) {
    if (weight.isZero()) continue;
    const term = power(weight, p, BITS);
    low += term.lower;
    high += term.upper;
  }
  // 1 / p = whole + rest.
  const whole = p.denominator / p.numerator;
  const rest = Rational.of(p.denominator - whole * p.numerator, p.numerator);
  const shift = BigInt(BITS) * whole;
  const floor = (power(Rational.of(low, UNIT), rest, BITS).lower * low ** whole) >> shift;
  const ceiling = ((power(Rational.of(high, UNIT), rest, BITS).upper * high ** whole) >> shift) + 1n;
  return [floor, ceiling];
}

function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function primitive(vector: readonly bigint[]): bigint[] {
  const common = vector.reduce((g, entry) => gcd(g, entry), 0n);
  return common <= 1n ? [...vector] : vector.map((entry) => entry / common);
}
