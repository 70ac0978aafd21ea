import { type DecimalEnclosure, type Enclosure, exactly, power } from '../exact/enclosure.js';
import { powerSumSign } from '../exact/power-sum.js';
import { Rational } from '../exact/rational.js';
import { finish, type Steps } from '../exact/steps.js';
import { flattestRemainder } from '../facing/flattest.js';
import { pathNormCost } from '../lp-norm/cost.js';
import { type LpMinimizer, Minimization } from '../lp-norm/minimize.js';
import type { Network, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { shown } from '../text/format.js';

/** Digits after the point of a cost in a result, and the precisions (bits) at which two costs are compared. */
const COST = { digits: 30, precisions: [128, 512, 2048] } as const;

/** What `lp-optimal` found. */
export interface LpOptimality {
  readonly holds: boolean | 'undecided';
  /** sum |v_k w_k|^p over all neurons of the model. */
  readonly cost: DecimalEnclosure;
  /** The exact minimum over all interpolants with an affine skip: for the other architectures a lower bound of theirs. */
  readonly minimum: DecimalEnclosure;
  /** The proved minimiser; null when a limit came first. */
  readonly minimizer: LpMinimizer | null;
  readonly message: string;
}

/** A question of `lp-optimal`, whose answer can be sought in steps. */
export class LpOptimalQuestion {
  private readonly search: Minimization;
  private readonly own: readonly Rational[];
  private readonly cost: DecimalEnclosure;
  private minimizer: LpMinimizer | null = null;

  /** @param problem exact labels */
  constructor(
    network: Network,
    private readonly skip: Skip,
    problem: Problem,
    private readonly p: Rational,
    private readonly gap: Rational,
  ) {
    this.search = new Minimization(problem, p);
    this.own = network.neurons.map(pathWeight).filter((weight) => !weight.isZero());
    this.cost = finish(pathNormCost(this.own, p, COST.digits));
  }

  /**
   * Whether the l^p path norm of a network is within `gap` of the exact minimum, for one input: |cost - minimum| <= gap. A network
   * that is much cheaper than every interpolant does not interpolate, so it fails.
   *
   * The minimum is known for networks with an affine skip. Without one it can only be larger, by no more than a neuron for the line that the
   * facings of the minimiser's neurons leave over: a cost within the gap of the minimum holds, a cost above the gap over a network of
   * the same architecture fails, and between the two, where there is room, is undecided.
   */
  *steps(): Steps<LpOptimality> {
    const { skip, p, gap, own } = this;
    const minimizer = yield* this.search.steps();
    yield* minimizer.pricesInSteps();
    this.minimizer = minimizer;
    const minimum = yield* minimizer.costInSteps();
    const f = minimizer.function;
    const least = f.knots.map(({ slopeChange }) => slopeChange.abs());
    const allowed = `the allowed gap of ${shown(gap)}`;
    switch (yield* compareCosts(own, least, p, gap)) {
      case 'within':
        return this.found(true, minimum, `within ${allowed}`);
      case 'below':
        return this.found(
          false,
          minimum,
          `less than any interpolant can have, by more than ${allowed}, so the network does not interpolate`,
        );
      case 'undecided':
        return this.found('undecided', minimum, `too close to ${allowed} to decide`);
      case 'above': {
        if (skip === 'affine') return this.found(false, minimum, `above by more than ${allowed}`);
        // A constant costs nothing, as output bias or as neuron; a line costs its slope, and none if left-facing neurons add up to it.
        const slope = flattestRemainder(f);
        if (slope.isZero()) {
          return this.found(false, minimum, `above by more than ${allowed}, and skip ${skip} costs no more`);
        }
        const peers = [...least, slope];
        if ((yield* compareCosts(own, peers, p, gap)) === 'above') {
          const cost = yield* pathNormCost(peers, p, COST.digits);
          return this.found(
            false,
            minimum,
            `a network with skip ${skip} costs ${short(cost)}, less by more than ${allowed}`,
          );
        }
        return this.found(
          'undecided',
          minimum,
          `above ${allowed}, but the exact minimum with skip ${skip} is not known`,
        );
      }
    }
  }

  /** What is known when a limit comes before the answer: the cost against a bracket of the minimum. */
  atLimit(): LpOptimality {
    const minimum = this.search.bracket().cost;
    const [low, high] = [this.cost.lower, this.cost.upper].map((end) => Rational.parse(end)) as [
      Rational,
      Rational,
    ];
    const over = low.subtract(Rational.parse(minimum.upper));
    const under = Rational.parse(minimum.lower).subtract(high);
    const allowed = `the allowed gap of ${shown(this.gap)}`;
    if (this.gap.lessThan(under)) {
      return this.found(
        false,
        minimum,
        `less than any interpolant can have, by more than ${allowed}, so the network does not interpolate`,
      );
    }
    if (this.skip === 'affine' && this.gap.lessThan(over)) {
      return this.found(false, minimum, `above by more than ${allowed}`);
    }
    return this.found(
      'undecided',
      minimum,
      `the minimum was not found in time; raise the time limit (--time-limit)`,
    );
  }

  private found(holds: LpOptimality['holds'], minimum: DecimalEnclosure, reason: string): LpOptimality {
    const { cost, skip, p } = this;
    return {
      holds,
      cost,
      minimum,
      minimizer: this.minimizer,
      message: `sum |v w|^${shown(p)} is ${short(cost)}, the exact minimum${skip === 'affine' ? '' : ' with an affine skip'} is ${short(minimum)}: ${reason}`,
    };
  }
}

/** The answer at once. */
export function lpOptimality(
  network: Network,
  skip: Skip,
  problem: Problem,
  p: Rational,
  gap: Rational,
): LpOptimality {
  return finish(new LpOptimalQuestion(network, skip, problem, p, gap).steps());
}

/** |v w|. */
function pathWeight({ inputWeights, outputWeight }: Network['neurons'][number]): Rational {
  return outputWeight.multiply(inputWeights[0]!).abs();
}

/** Where sum a^p - sum b^p lies: in [-gap, gap], above or below it. Exact whenever it is not 'undecided'. */
function* compareCosts(
  a: readonly Rational[],
  b: readonly Rational[],
  p: Rational,
  gap: Rational,
): Steps<'within' | 'above' | 'below' | 'undecided'> {
  if (p.equals(Rational.one)) {
    const difference = sum(a).subtract(sum(b));
    if (difference.abs().compare(gap) <= 0) return 'within';
    return difference.sign() > 0 ? 'above' : 'below';
  }
  if (gap.isZero()) {
    const order = yield* powerSumSign(a, b, p);
    return order === null ? 'undecided' : order === 0 ? 'within' : order > 0 ? 'above' : 'below';
  }
  for (const bits of COST.precisions) {
    const [costA, costB] = [yield* enclosure(a, p, bits), yield* enclosure(b, p, bits)];
    const room = exactly(gap, bits);
    const lower = costA.lower - costB.upper;
    const upper = costA.upper - costB.lower;
    if (lower >= -room.lower && upper <= room.lower) return 'within';
    if (lower > room.upper) return 'above';
    if (upper < -room.upper) return 'below';
  }
  return 'undecided';
}

function sum(values: readonly Rational[]): Rational {
  return values.reduce((total, value) => total.add(value), Rational.zero);
}

function* enclosure(bases: readonly Rational[], p: Rational, bits: number): Steps<Enclosure> {
  let lower = 0n;
  let upper = 0n;
  for (const base of bases) {
    const term = power(base, p, bits);
    lower += term.lower;
    upper += term.upper;
    yield;
  }
  return { lower, upper, bits };
}

/** An enclosure in a message. */
function short({ lower }: DecimalEnclosure): string {
  return `~${Number(Number(lower).toPrecision(8))}`;
}
