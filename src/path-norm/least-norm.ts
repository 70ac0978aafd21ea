import { lcm } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import { minimiseLinear } from '../lp/exact-lp.js';
import { LinearRow } from '../lp/linear-system.js';
import type { Network } from '../problem/network.js';
import type { Directions } from './directions.js';
import { exactNetwork } from './exact-network.js';
import { dot } from './kernel.js';
import type { Multipliers } from './leaf-bound.js';
import { Master } from './master.js';
import { VertexSearch } from './vertices.js';

/** The minimum at p = 1: a network and multipliers whose values agree. All exact. */
export interface LeastNorm {
  readonly network: Network;
  readonly value: Rational;
  readonly multipliers: Multipliers;
}

/** Constraints whose slack is below this in doubles are handed to the exact program at once. */
const NEARLY_TIGHT = 1e-6;

/**
 * p = 1 (convex): maximise lambda . y subject to |lambda . a(r)| <= |r|_1 on the extreme rays, which is exact because |z|_1 is additive on every
 * orthant. Doubles propose the constraints that matter, an exact program with only these is solved, and those violated are
 * added until none is. Its dual values are the neurons.
 *
 * @param lower, upper windows divided by one power of two
 */
export function leastNormOverRays(rays: Directions, lower: Float64Array, upper: Float64Array): LeastNorm {
  const { question } = rays;
  const master = new Master(rays, 1, lower, upper, 1e4 * scaleOf(rays));
  const { lambda } = master.solve({ named: [], slope: 1 }, null);
  const rows = new RayRows(rays);
  for (let r = 0; r < rays.base; r++) {
    let value = 0;
    for (let k = 0; k < rays.rows; k++) value += lambda[k]! * rays.activations[r * rays.rows + k]!;
    if (Math.abs(value) > 1 - NEARLY_TIGHT) rows.add(r, value > 0 ? 1 : -1);
  }
  const search = new VertexSearch(rays, 1, lower, upper);
  for (;;) {
    const { bounded, multipliers, value, masses } = rows.solve();
    if (rows.addViolated(multipliers, bounded)) continue;
    // Neurons of one cone and sign are one neuron of the same norm.
    const shares = masses.map(({ direction, sign, mass }) => ({
      direction,
      sign,
      mass: mass.toNumber() * rows.sizeOf(direction).toNumber(),
    }));
    const found = exactNetwork(rays, search.merged(shares).groups);
    if (found === null)
      throw new Error(`p = 1: the dual values of ${question.problem.size} points give no network`);
    return { network: found.network, value, multipliers };
  }
}

/** A cost per label that any network's l^1 norm is below, for one scale of inputs: the largest 1 / activation. */
function scaleOf(rays: Directions): number {
  let top = 0;
  for (let r = 0; r < rays.base; r++) {
    for (let k = 0; k < rays.rows; k++) {
      const value = Math.abs(rays.activations[r * rays.rows + k]!);
      if (value > 0) top = Math.max(top, 1 / value);
    }
  }
  return top || 1;
}

/** The exact program over some of the rays: unknown are coordinates of lambda in the kernel, and with windows what an end costs. */
class RayRows {
  private readonly chosen: { ray: number; sign: 1 | -1 }[] = [];
  private readonly keys = new Set<number>();

  constructor(private readonly rays: Directions) {}

  add(ray: number, sign: 1 | -1): boolean {
    const key = 2 * ray + (sign === 1 ? 0 : 1);
    if (this.keys.has(key)) return false;
    this.keys.add(key);
    this.chosen.push({ ray, sign });
    return true;
  }

  /** |r|_1 of the integer vector. */
  sizeOf(ray: number): Rational {
    const { question, vectors } = this.rays;
    let sum = Rational.zero;
    for (let i = 0; i < question.penalised; i++) {
      sum = sum.add(Rational.of(vectors[ray]![i]!).divide(question.units[i]!).abs());
    }
    return sum;
  }

  private activations(ray: number): bigint[] {
    const { question, vectors } = this.rays;
    return question.points.map((point) => {
      const value = dot(point, vectors[ray]!);
      return value > 0n ? value : 0n;
    });
  }

  /** maximise sum_n (lower_n lambda_n - (upper_n - lower_n) h_n), h_n >= 0, h_n >= -lambda_n where a window is wide. */
  solve() {
    const { kernel, lower, upper, size } = this.rays.question;
    const wide = Array.from({ length: size }, (_, n) => n).filter((n) => !lower[n]!.equals(upper[n]!));
    const unknowns = kernel.length + wide.length;
    const costs = kernel.map((vector) =>
      vector.reduce((sum, entry, n) => sum.add(lower[n]!.multiply(Rational.of(entry))), Rational.zero),
    );
    for (const n of wide) costs.push(lower[n]!.subtract(upper[n]!));
    const scale = costs.reduce((m, value) => lcm(m, value.denominator), 1n);
    const objective = costs.map((value) => -value.numerator * (scale / value.denominator));
    const rows = this.chosen.map(({ ray, sign }) => {
      const own = this.activations(ray);
      const coefficients = kernel.map((vector) => Rational.of(BigInt(sign) * dot(vector, own)));
      for (const _ of wide) coefficients.push(Rational.zero);
      return LinearRow.fromRationals(coefficients, '<=', this.sizeOf(ray));
    });
    const unit = (w: number) => wide.map((_, v) => (v === w ? 1n : 0n));
    wide.forEach((n, w) => {
      rows.push(new LinearRow([...kernel.map(() => 0n), ...unit(w)], '>=', 0n));
      rows.push(new LinearRow([...kernel.map((vector) => vector[n]!), ...unit(w)], '>=', 0n));
    });
    const outcome = minimiseLinear({ unknowns, rows, objective });
    if (outcome.status === 'infeasible') throw new Error('p = 1: lambda = 0 was called infeasible');
    if (outcome.status === 'unbounded') {
      return { bounded: false, multipliers: this.multipliers(outcome.ray), value: Rational.zero, masses: [] };
    }
    const masses = this.chosen.flatMap(({ ray, sign }, c) => {
      // The row was multiplied by the denominators of its coefficients: so is its dual value.
      const row = rows[c]!;
      const own = this.activations(ray);
      const k = kernel.findIndex((vector) => dot(vector, own) !== 0n);
      const dual = outcome.duals[c]!;
      if (dual.isZero() || k < 0) return [];
      const factor = Rational.of(row.coefficients[k]!, BigInt(sign) * dot(kernel[k]!, own));
      return [{ direction: ray, sign, mass: dual.abs().multiply(factor).divide(Rational.of(scale)) }];
    });
    return {
      bounded: true,
      multipliers: this.multipliers(outcome.point),
      value: outcome.value.negate().divide(Rational.of(scale)),
      masses,
    };
  }

  private multipliers(point: readonly Rational[]): Multipliers {
    const { kernel, size } = this.rays.question;
    const denominator = kernel.reduce((m, _, k) => lcm(m, point[k]!.denominator), 1n);
    const numerators: bigint[] = new Array(size).fill(0n);
    kernel.forEach((vector, k) => {
      const factor = point[k]!.numerator * (denominator / point[k]!.denominator);
      vector.forEach((entry, n) => {
        numerators[n]! += factor * entry;
      });
    });
    return { numerators, denominator };
  }

  /** Adds the constraints that the multipliers (unbounded: some multiple of them) violate; whether there were any. Exact. */
  addViolated({ numerators, denominator }: Multipliers, bounded: boolean): boolean {
    let any = false;
    for (let r = 0; r < this.rays.base; r++) {
      const product = dot(this.activations(r), numerators);
      if (product === 0n) continue;
      const size = this.sizeOf(r).multiply(Rational.of(denominator));
      if (!bounded || size.lessThan(Rational.of(product).abs()))
        any = this.add(r, product > 0n ? 1 : -1) || any;
    }
    return any;
  }
}
