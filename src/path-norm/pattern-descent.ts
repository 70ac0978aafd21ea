import type { Random } from '../exact/random.js';
import { DenseProgram } from './dense-program.js';
import type { PathNormQuestion } from './question.js';

/** A neuron by its output sign and the points at which it is active. */
export interface PatternNeuron {
  readonly sign: 1 | -1;
  readonly active: readonly boolean[];
}

/** Neurons with their patterns and weights z (sizes of the problem divided by its label unit), in doubles: a proposal. */
export interface PatternProposal {
  readonly neurons: readonly PatternNeuron[];
  readonly weights: readonly Float64Array[];
  readonly cost: number;
}

/** Settings of `PatternDescent`. */
export const PATTERN_DESCENT = {
  /** Rounds of reweighting. */
  rounds: 12,
  /** Weights below this are zero. */
  zero: 1e-9,
  /** Tries from one network without success before a new start. */
  patience: 60,
} as const;

interface Solution extends PatternProposal {
  readonly basic: Int32Array;
}

/**
 * Cheap networks by local search over activation patterns, without the rays of the arrangement: for fixed patterns and signs all
 * constraints are linear, and reweighted l^1 descends to a vertex; where a neuron is 0 at a point, the pattern on the other side holds there
 * too and may go on.
 */
export class PatternDescent {
  private readonly points: Float64Array;
  private readonly size: number;
  private readonly width: number;
  private readonly penalised: number;
  private readonly exponent: number;
  private readonly free: readonly Float64Array[];
  /** Linear programs solved. */
  programs = 0;

  constructor(
    question: PathNormQuestion,
    private readonly lower: Float64Array,
    private readonly upper: Float64Array,
  ) {
    const { size, width, penalised, exponent, problem } = question;
    this.size = size;
    this.width = width;
    this.penalised = penalised;
    this.exponent = exponent;
    this.points = new Float64Array(size * width).fill(1);
    problem.inputs.forEach((column, i) => {
      for (let n = 0; n < size; n++) this.points[n * width + i] = column.value(n).toNumber();
    });
    this.free = question.free.map((_, f) => {
      const i = question.free.length === 1 ? width - 1 : f;
      return Float64Array.from({ length: size }, (__, n) => this.points[n * width + i]!);
    });
  }

  /** Random neurons of both signs: active where the label has their sign, and at half of the other points. */
  random(random: Random, count: number): PatternNeuron[] {
    return Array.from({ length: count }, (_, k) => {
      const sign = k % 2 === 0 ? 1 : -1;
      const active = Array.from(
        this.lower,
        (low, n) => (low + this.upper[n]!) * sign > 0 || random.uniform() < 0.5,
      );
      return { sign, active };
    });
  }

  /** A local minimum from given patterns, or null when no network has them. */
  descend(neurons: readonly PatternNeuron[], random: Random | null): PatternProposal | null {
    const weights = neurons.map(() =>
      Float64Array.from({ length: this.width }, () =>
        random === null ? 1 : Math.exp(0.5 * random.gaussian()),
      ),
    );
    const found = this.reweighted(neurons, weights, null);
    return found === null ? null : this.flips(found);
  }

  /** A cheap network with given patterns, reweighted from given weights, or null when no network has them. */
  within(neurons: readonly PatternNeuron[], weights: readonly Float64Array[]): PatternProposal | null {
    const prices = weights.map((z) => z.map((value) => (Math.abs(value) + 1e-3) ** (this.exponent - 1)));
    return this.reweighted(neurons, prices, null);
  }

  /** A neighbour of a network: a few activations changed, descended again. */
  perturb({ neurons, weights }: PatternProposal, random: Random): PatternProposal | null {
    const changed = neurons.map(({ sign, active }) => ({ sign, active: [...active] }));
    const flips = 1 + random.integer(0, 2);
    for (let f = 0; f < flips; f++) {
      const own = changed[random.integer(0, changed.length - 1)]!.active;
      const n = random.integer(0, this.size - 1);
      own[n] = !own[n];
    }
    const prices = weights.map((z) =>
      z.map((value) => (Math.abs(value) + 0.05) ** (this.exponent - 1) * Math.exp(0.3 * random.gaussian())),
    );
    const found = this.reweighted(changed, prices, null);
    return found === null ? null : this.flips(found);
  }

  private cost(weights: readonly Float64Array[]): number {
    let cost = 0;
    for (const z of weights) {
      for (let i = 0; i < this.penalised; i++) {
        const size = Math.abs(z[i]!);
        if (size > PATTERN_DESCENT.zero) cost += size ** this.exponent;
      }
    }
    return cost;
  }

  /** Columns: z+ and z- of every neuron, slacks of the patterns, slacks of windows and what they leave, the free part twice. */
  private program(neurons: readonly PatternNeuron[]): DenseProgram {
    const { size: N, width: D, points, lower, upper } = this;
    const K = neurons.length;
    const wide = Array.from({ length: N }, (_, n) => n).filter((n) => upper[n]! > lower[n]!);
    const slackAt = 2 * D * K;
    const windowAt = slackAt + K * N;
    const freeAt = windowAt + 2 * wide.length;
    const columns = freeAt + 2 * this.free.length;
    const program = new DenseProgram(N + K * N + wide.length, columns);
    neurons.forEach(({ sign, active }, k) => {
      for (let n = 0; n < N; n++) {
        const row = N + k * N + n;
        const way = active[n] ? 1 : -1;
        for (let i = 0; i < D; i++) {
          const value = points[n * D + i]!;
          program.add(row, 2 * (k * D + i), way * value);
          program.add(row, 2 * (k * D + i) + 1, -way * value);
          if (!active[n]) continue;
          program.add(n, 2 * (k * D + i), sign * value);
          program.add(n, 2 * (k * D + i) + 1, -sign * value);
        }
        program.add(row, slackAt + k * N + n, -1);
      }
    });
    wide.forEach((n, w) => {
      program.add(n, windowAt + 2 * w, -1);
      const row = N + K * N + w;
      program.add(row, windowAt + 2 * w, 1);
      program.add(row, windowAt + 2 * w + 1, 1);
      program.add(row, columns, upper[n]! - lower[n]!);
    });
    for (let n = 0; n < N; n++) {
      program.add(n, columns, lower[n]!);
      this.free.forEach((column, f) => {
        program.add(n, freeAt + 2 * f, column[n]!);
        program.add(n, freeAt + 2 * f + 1, -column[n]!);
      });
    }
    return program;
  }

  private columnCount(neurons: number): number {
    const wide = this.upper.reduce((sum, value, n) => sum + (value > this.lower[n]! ? 1 : 0), 0);
    return 2 * this.width * neurons + neurons * this.size + 2 * wide + 2 * this.free.length;
  }

  /** Weighted l^1 with weights |z|^(p-1) of the round before, as long as the cost falls. */
  private reweighted(
    neurons: readonly PatternNeuron[],
    first: readonly Float64Array[],
    basis: Int32Array | null,
  ): Solution | null {
    const { width: D, exponent, penalised } = this;
    const program = this.program(neurons);
    this.programs++;
    if (!program.start(basis)) return null;
    const costs = new Float64Array(this.columnCount(neurons.length));
    let prices = first;
    let best: Solution | null = null;
    let level = basis === null ? 0.1 : 1e-4;
    for (let round = 0; round < PATTERN_DESCENT.rounds; round++) {
      prices.forEach((own, k) => {
        for (let i = 0; i < D; i++) {
          const price = i < penalised ? own[i]! : 0;
          costs[2 * (k * D + i)] = price;
          costs[2 * (k * D + i) + 1] = price;
        }
      });
      const x = program.minimise(costs);
      const weights = neurons.map((_, k) =>
        Float64Array.from({ length: D }, (__, i) => x[2 * (k * D + i)]! - x[2 * (k * D + i) + 1]!),
      );
      const cost = this.cost(weights);
      if (best === null || cost < best.cost - 1e-10)
        best = { neurons, weights, cost, basic: program.basic.slice() };
      else if (round > 4 || basis !== null) break;
      prices = weights.map((z) => z.map((value) => (Math.abs(value) + level) ** (exponent - 1)));
      level = Math.max(level / 3, 1e-4);
    }
    return best;
  }

  /** Goes on across the points where a neuron is 0, as long as that helps. */
  private flips(start: Solution): Solution {
    let best = this.withoutIdle(start);
    for (let improved = true; improved; ) {
      improved = false;
      for (const [k, n] of this.touching(best)) {
        const neurons = best.neurons.map((own, j) =>
          j === k
            ? { sign: own.sign, active: own.active.map((value, m) => (m === n ? !value : value)) }
            : own,
        );
        const prices = best.weights.map((z) =>
          z.map((value) => (Math.abs(value) + 1e-4) ** (this.exponent - 1)),
        );
        const found = this.reweighted(neurons, prices, best.basic);
        if (found === null || found.cost > best.cost - 1e-9) continue;
        best = this.withoutIdle(found);
        improved = true;
        break;
      }
    }
    return best;
  }

  /** Neuron and point at which it is 0. */
  private touching({ weights }: Solution): [number, number][] {
    const { size, width, points } = this;
    const found: [number, number][] = [];
    weights.forEach((z, k) => {
      for (let n = 0; n < size; n++) {
        let value = 0;
        let reach = 0;
        for (let i = 0; i < width; i++) {
          const term = z[i]! * points[n * width + i]!;
          value += term;
          reach += Math.abs(term);
        }
        if (Math.abs(value) <= 1e-9 * reach) found.push([k, n]);
      }
    });
    return found;
  }

  /** Without the neurons that are zero; the basis is then not one of the smaller program. */
  private withoutIdle(solution: Solution): Solution {
    const kept = solution.weights.map((z) => z.some((value) => Math.abs(value) > PATTERN_DESCENT.zero));
    if (kept.every(Boolean)) return solution;
    const neurons = solution.neurons.filter((_, k) => kept[k]);
    const weights = solution.weights.filter((_, k) => kept[k]);
    return { neurons, weights, cost: solution.cost, basic: Int32Array.of(-1) };
  }
}
