import type { ThresholdSeveralProof } from '../certificate/threshold-several.js';
import { Rational } from '../exact/rational.js';
import { finish, type Steps } from '../exact/steps.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type Candidate, type Candidates, candidatesOf } from './candidates.js';
import { cheaperEntryByEntry, cheaperOn, compareCosts } from './cost-function.js';
import type { Directions } from './directions.js';
import { pathNormQuestion } from './question.js';
import { arrangementRays, rayChoices } from './rays.js';
import { vertexChoices } from './vertex-enumeration.js';

/** Settings of `ThresholdSeveralSearch`. */
export interface ThresholdSeveralOptions {
  /** Width of the bracket at which p* counts as closed. */
  readonly width: number;
  /** Most choices of rays that are gone through. */
  readonly mostVertices: number;
}

export const THRESHOLD_SEVERAL_DEFAULTS: ThresholdSeveralOptions = { width: 1e-9, mostVertices: 4_000_000 };

/** Most choices of hyperplanes whose rays are enumerated. */
const MOST_RAYS = 40_000;

/** p* of several inputs (one input: of the architectures without a free line). */
export interface ThresholdSeveral {
  readonly kind: 'threshold-several';
  readonly skip: Skip;
  /** closed: the bracket is narrow; undecided: there are too many vertices, a limit came, or two costs are too close. */
  readonly status: 'closed' | 'undecided';
  readonly lower: Rational;
  readonly upper: Rational;
  /** What is known when the vertices were gone through. */
  readonly found: FoundThreshold | null;
  /** Choices of rays that there are; what a search through all vertices costs. */
  readonly choices: number;
}

export interface FoundThreshold extends Candidates {
  readonly proof: ThresholdSeveralProof;
  /** At `upper` the second is strictly cheaper than the first, a cheapest one with the fewest entries; null when p* = 1. */
  readonly crossing: { readonly sparsest: Candidate; readonly denser: Candidate } | null;
}

/** Shortest interval that is tried. */
const SHORTEST = 2 ** -45;

/**
 * p*, the largest number such that for every 0 < p < p* each l^p minimiser has the fewest nonzero penalised entries (Theorem 4.1 says that it is
 * positive). All vertices are gone through exactly; then p* is the first crossing of sums of powers, closed in by intervals on which
 * no denser network can be cheapest. In steps: `lower`, `upper` are what has been proved so far.
 */
export class ThresholdSeveralSearch {
  lower = 0;
  upper = 1;
  /** Choices of rays that are gone through; Infinity when the rays alone are too many. */
  readonly choices: number;
  private readonly rays: Directions | null;
  private readonly settings: ThresholdSeveralOptions;
  private readonly breakpoints = [Rational.zero];
  private all: Candidates | null = null;

  /**
   * @param problem exact labels, emptyWindow null
   * @throws RangeError when the labels are not exact
   */
  constructor(
    problem: Problem,
    private readonly skip: Skip,
    options: Partial<ThresholdSeveralOptions> = {},
  ) {
    if (!problem.exact) throw new RangeError('expected exact labels, found windows');
    this.settings = { ...THRESHOLD_SEVERAL_DEFAULTS, ...options };
    const question = pathNormQuestion(problem, skip, Rational.one);
    this.rays = rayChoices(question) > MOST_RAYS ? null : arrangementRays(question);
    this.choices = this.rays === null ? Number.POSITIVE_INFINITY : vertexChoices(this.rays);
  }

  *steps(): Steps<void> {
    if (this.rays === null || this.choices > this.settings.mostVertices) return;
    this.all = yield* candidatesOf(this.rays);
    if (this.all !== null) yield* this.closeIn(this.all);
  }

  /** Breakpoints from 0 on between which no denser network can be cheapest, and the least p met at which one is. */
  private *closeIn({ candidates, fewest }: Candidates): Steps<void> {
    const { width } = this.settings;
    const sparse = candidates.filter(({ entries }) => entries.length === fewest);
    const dense = candidates.filter(({ entries }) => entries.length > fewest);
    let step = 0.25;
    while (this.lower < 1 && this.upper - this.lower > width && step >= SHORTEST) {
      yield;
      const { lower, upper } = this;
      // Multiples of powers of two: exact as doubles and as rationals.
      const end = Math.min(lower + step, upper < 1 ? lower + (upper - lower) / 2 : 1);
      const [a, b] = [Rational.fromDouble(lower), Rational.fromDouble(end)];
      if (noneCheapest(candidates, dense, a, b)) {
        this.lower = end;
        this.breakpoints.push(b);
        step *= 2;
      } else {
        if (end < upper && isDenserCheaper(sparse, dense, b)) this.upper = end;
        step = Math.min(step, end - lower) / 2;
      }
    }
  }

  /** What has been proved so far. */
  result(): ThresholdSeveral {
    const { skip, choices, all } = this;
    const [lower, upper] = [Rational.fromDouble(this.lower), Rational.fromDouble(this.upper)];
    if (all === null)
      return { kind: 'threshold-several', skip, status: 'undecided', lower, upper, found: null, choices };
    const found: FoundThreshold = {
      ...all,
      proof: { kind: 'threshold-several', breakpoints: this.breakpoints.map(String) },
      crossing: this.upper === 1 ? null : crossingAt(all, upper),
    };
    const status = this.upper - this.lower <= this.settings.width ? 'closed' : 'undecided';
    return { kind: 'threshold-several', skip, status, lower, upper, found, choices };
  }
}

/** The same at once. */
export function thresholdSeveral(
  problem: Problem,
  skip: Skip,
  options: Partial<ThresholdSeveralOptions> = {},
): ThresholdSeveral {
  const search = new ThresholdSeveralSearch(problem, skip, options);
  finish(search.steps());
  return search.result();
}

/**
 * Each denser network is beaten by one and the same other network on all of [a, b], by the bounds of the checker: it keeps common entries, and at 0 it
 * tells networks apart by their number of entries only.
 */
function noneCheapest(
  candidates: readonly Candidate[],
  dense: readonly Candidate[],
  a: Rational,
  b: Rational,
): boolean {
  const middle = (a.toNumber() + b.toNumber()) / 2;
  const order = [...candidates].sort((x, y) => costAt(x, middle) - costAt(y, middle)).slice(0, 4);
  return dense.every((own) =>
    order.some(
      (other) =>
        other !== own &&
        !(a.isZero() && other.entries.length === own.entries.length) &&
        cheaperEntryByEntry(other.entries, own.entries, a, b),
    ),
  );
}

/** Some denser network is strictly cheaper at p than every sparsest one. */
function isDenserCheaper(sparse: readonly Candidate[], dense: readonly Candidate[], p: Rational): boolean {
  return dense.some((own) => sparse.every((other) => compareCosts(own.entries, other.entries, p) === -1));
}

function crossingAt({ candidates, fewest }: Candidates, p: Rational): FoundThreshold['crossing'] {
  const cheapest = (list: readonly Candidate[]): Candidate =>
    list.reduce((best, own) => (compareCosts(own.entries, best.entries, p) === -1 ? own : best));
  return {
    sparsest: cheapest(candidates.filter(({ entries }) => entries.length === fewest)),
    denser: cheapest(candidates.filter(({ entries }) => entries.length > fewest)),
  };
}

function costAt({ entries }: Candidate, p: number): number {
  return entries.reduce((sum, c) => sum + c.toNumber() ** p, 0);
}

/** For all p in [from, to] these networks are the only cheapest ones. */
export interface PathNormPiece {
  readonly from: Rational;
  readonly to: Rational;
  readonly candidate: Candidate;
}

/** Shortest interval of a path that is tried. */
const SHORTEST_PIECE = 2 ** -32;

/**
 * The minimisers for every p in (0, 1]: pieces with one cost function each, between which narrow gaps remain in which the next one takes
 * over. At p = 1 itself others may tie.
 */
export function* pathNormPath({ candidates }: Candidates): Steps<readonly PathNormPiece[]> {
  const pieces: PathNormPiece[] = [];
  let at = 0;
  while (at < 1) {
    yield;
    // Just right of `at`: the cheapest there.
    const probe = Rational.fromDouble(at + (at === 0 ? 2 ** -20 : SHORTEST_PIECE));
    const candidate = candidates.reduce((best, own) =>
      compareCosts(own.entries, best.entries, probe) === -1 ? own : best,
    );
    const others = candidates.filter((own) => own !== candidate);
    let from = at;
    let to = at;
    let step = 0.25;
    while (to < 1 && step >= SHORTEST_PIECE) {
      yield;
      const end = Math.min(1, to + step);
      const [a, b] = [Rational.fromDouble(to), Rational.fromDouble(end)];
      if (others.every((own) => cheaperOn(candidate.entries, own.entries, a, b))) {
        to = end;
        step *= 2;
      } else if (to === from && step < 2 * SHORTEST_PIECE && from < at + 64 * SHORTEST_PIECE) {
        // The piece begins a little further right.
        from += SHORTEST_PIECE;
        to = from;
        step = 0.25;
      } else step /= 2;
    }
    if (to === from) {
      // Two cost functions too close to be told apart: go on behind them.
      at = Math.min(1, at + 2 ** -20);
      continue;
    }
    pieces.push({ from: Rational.fromDouble(from), to: Rational.fromDouble(to), candidate });
    at = to;
  }
  return pieces;
}
