import type { ThresholdSeveralProof } from '../certificate/threshold-several.js';
import { Rational } from '../exact/rational.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { type Candidate, type Candidates, candidatesOf } from './candidates.js';
import { cheaperOn, compareCosts } from './cost-function.js';
import { pathNormQuestion } from './question.js';
import { arrangementRays, rayChoices } from './rays.js';
import { vertexChoices } from './vertex-enumeration.js';

/** Settings of `thresholdSeveral`. */
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
  readonly skip: Skip;
  /** closed: the bracket is narrow; undecided: there are too many vertices, or two costs are too close. */
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

/**
 * p*, the largest number such that for every 0 < p < p* each l^p minimiser has the fewest nonzero penalised entries (Theorem 4.1 says that it is
 * positive). All vertices are gone through exactly; then p* is the first crossing of sums of powers, closed in by intervals on which
 * no denser network can be cheapest.
 *
 * @param problem exact labels, emptyWindow null
 * @throws RangeError when the labels are not exact
 */
export function thresholdSeveral(
  problem: Problem,
  skip: Skip,
  options: Partial<ThresholdSeveralOptions> = {},
): ThresholdSeveral {
  if (!problem.exact) throw new RangeError('expected exact labels, found windows');
  const { width, mostVertices } = { ...THRESHOLD_SEVERAL_DEFAULTS, ...options };
  const question = pathNormQuestion(problem, skip, Rational.one);
  const unknown = {
    skip,
    status: 'undecided',
    lower: Rational.zero,
    upper: Rational.one,
    found: null,
  } as const;
  if (rayChoices(question) > MOST_RAYS) return { ...unknown, choices: Number.POSITIVE_INFINITY };
  const rays = arrangementRays(question);
  const choices = vertexChoices(rays);
  if (choices > mostVertices) return { ...unknown, choices };
  const all = candidatesOf(rays);
  if (all === null) return { ...unknown, choices };
  const { lower, upper, breakpoints } = closeIn(all, width);
  const closed = upper.subtract(lower).toNumber() <= width;
  const found: FoundThreshold = {
    ...all,
    proof: { kind: 'threshold-several', breakpoints: breakpoints.map(String) },
    crossing: upper.equals(Rational.one) ? null : crossingAt(all, upper),
  };
  return { skip, status: closed ? 'closed' : 'undecided', lower, upper, found, choices };
}

/** Shortest interval that is tried. */
const SHORTEST = 2 ** -45;

/** Breakpoints from 0 on between which no denser network can be cheapest, and the least p met at which one is. */
function closeIn(
  all: Candidates,
  width: number,
): { lower: Rational; upper: Rational; breakpoints: Rational[] } {
  const { candidates, fewest } = all;
  const sparse = candidates.filter(({ entries }) => entries.length === fewest);
  const dense = candidates.filter(({ entries }) => entries.length > fewest);
  let lower = 0;
  let upper = 1;
  let step = 0.25;
  let certain = false;
  const breakpoints = [Rational.zero];
  while (lower < 1 && upper - lower > width && step >= SHORTEST) {
    // Multiples of powers of two: exact as doubles and as rationals.
    const end = Math.min(lower + step, certain ? lower + (upper - lower) / 2 : 1);
    const [a, b] = [Rational.fromDouble(lower), Rational.fromDouble(end)];
    if (noneCheapest(candidates, dense, a, b)) {
      lower = end;
      breakpoints.push(b);
      step *= 2;
    } else {
      if (end < upper && isDenserCheaper(sparse, dense, b)) {
        upper = end;
        certain = true;
      }
      step = Math.min(step, end - lower) / 2;
    }
  }
  return { lower: Rational.fromDouble(lower), upper: Rational.fromDouble(upper), breakpoints };
}

/** Each denser network is beaten by one and the same other network on all of [a, b]. */
function noneCheapest(
  candidates: readonly Candidate[],
  dense: readonly Candidate[],
  a: Rational,
  b: Rational,
): boolean {
  const middle = (a.toNumber() + b.toNumber()) / 2;
  const order = [...candidates].sort((x, y) => costAt(x, middle) - costAt(y, middle)).slice(0, 4);
  return dense.every((own) =>
    order.some((other) => other !== own && cheaperOn(other.entries, own.entries, a, b)),
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
const SHORTEST_PIECE = 2 ** -40;

/**
 * The minimisers for every p in (0, 1]: pieces with one cost function each, between which narrow gaps remain in which the next one takes
 * over. At p = 1 itself others may tie.
 */
export function pathNormPath({ candidates }: Candidates): readonly PathNormPiece[] {
  const pieces: PathNormPiece[] = [];
  let at = 0;
  while (at < 1) {
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
