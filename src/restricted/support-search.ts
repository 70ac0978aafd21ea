import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { KnotQuestion } from './question.js';
import { type KnotRefutation, knotsForcedBy, SIGNS, type SignedKnot } from './refutation.js';
import { SupportSystem } from './support-system.js';

/**
 * One node of a proof that no function has at most `limit` knots. It is about the functions that have all `used` signed
 * knots and none of the `excluded` ones.
 *
 * The refutations are applied in turn: the first refutes S = used, each next one also allows the signed knots that the
 * earlier ones force, so the forced sets are disjoint and every function has a knot in each. The node is closed when a
 * forced set is empty or when |used| + (number of refutations) > limit. Otherwise `branch` names the refutation whose forced
 * knots k_1, k_2, .. (by candidate) are tried: child j uses k_j and excludes k_1 .. k_{j-1} and the other sign of k_j.
 */
export interface KnotProof {
  readonly refutations: readonly KnotRefutation[];
  readonly branch: { readonly refutation: number; readonly children: readonly KnotProof[] } | null;
}

/** Outcome of the search for a function with at most `limit` knots. */
export type SupportOutcome =
  | { status: 'found'; function: PiecewiseLinear }
  | { status: 'none'; proof: KnotProof }
  | { status: 'stopped' };

/** Points in a neighbourhood that is searched for refutations first. */
export const SUPPORT_SEARCH_DEFAULTS = { nearby: 8 } as const;

/** Stops the search when it returns true; asked once per linear system. */
export type ShouldStop = () => boolean;

class Stopped extends Error {}

/**
 * Exact branch and bound over sets of candidates, for one limit at a time: implicit hitting sets with refutations from
 * exact linear programs. Every function needs a knot in each of several disjoint forced sets (a bound), and branching runs
 * over the smallest of them. It needs no bound on the slope changes, hence no big-M.
 */
export class SupportSearch {
  private readonly system: SupportSystem;
  private readonly count: number;
  private readonly size: number;

  constructor(
    readonly question: KnotQuestion,
    private readonly shouldStop: ShouldStop,
  ) {
    this.system = new SupportSystem(question);
    this.count = question.candidates.length;
    this.size = question.problem.size;
  }

  /** Is there a function with knots in this set (SIGNS per candidate)? Exact. */
  fit(set: Uint8Array): ReturnType<SupportSystem['decide']> {
    return this.system.decide(set);
  }

  /** Disjoint forced sets found without branching: their number is a lower bound. Null when stopped. */
  rootBound(): { bound: number; proof: KnotProof } | null {
    try {
      const none = new Uint8Array(this.count);
      const { refutations } = this.packing(none, none, Infinity);
      return { bound: refutations.length, proof: { refutations, branch: null } };
    } catch (error) {
      if (error instanceof Stopped) return null;
      throw error;
    }
  }

  /** A function with at most `limit` knots, or a proof that there is none, or neither when stopped. */
  atMost(limit: number): SupportOutcome {
    try {
      const none = new Uint8Array(this.count);
      const outcome = this.explore(none, none.slice(), 0, limit);
      return 'knots' in outcome ? { status: 'found', function: outcome } : { status: 'none', proof: outcome };
    } catch (error) {
      if (error instanceof Stopped) return { status: 'stopped' };
      throw error;
    }
  }

  private explore(
    used: Uint8Array,
    excluded: Uint8Array,
    size: number,
    limit: number,
  ): PiecewiseLinear | KnotProof {
    if (size > limit) return { refutations: [], branch: null };
    const { refutations, forced, fitting } = this.packing(used, excluded, limit - size);
    if (fitting !== null && refutations.length === 0) return fitting;
    if (size + refutations.length > limit || forced.some((knots) => knots.length === 0)) {
      return { refutations, branch: null };
    }
    // Fewest children first.
    let best = 0;
    for (let k = 1; k < forced.length; k++) if (forced[k]!.length < forced[best]!.length) best = k;
    const children: KnotProof[] = [];
    const without = excluded.slice();
    for (const knot of forced[best]!) {
      const child = descend(used, without, knot);
      const outcome = this.explore(child.used, child.excluded, size + 1, limit);
      if ('knots' in outcome) return outcome;
      children.push(outcome);
      without[knot.candidate]! |= knot.sign;
    }
    return { refutations, branch: { refutation: best, children } };
  }

  /**
   * Refutations with disjoint forced sets until more than `enough` or none is found; `fitting` is a function with knots in
   * `used`, exact, when there is one. First neighbouring points from left to right, whose forced sets are small, then
   * all points up to the first that cannot be reached.
   */
  private packing(
    used: Uint8Array,
    excluded: Uint8Array,
    enough: number,
  ): { refutations: KnotRefutation[]; forced: SignedKnot[][]; fitting: PiecewiseLinear | null } {
    const allowed = used.slice();
    const refutations: KnotRefutation[] = [];
    const forced: SignedKnot[][] = [];
    /** Adds a refutation of `allowed`; true when the packing is complete. */
    const add = (refutation: KnotRefutation): boolean => {
      const knots = knotsForcedBy(this.question, refutation, allowed, excluded);
      if (knots === null) throw new Error('a refutation of the exact linear program fails verification');
      refutations.push(refutation);
      forced.push(knots);
      for (const { candidate, sign } of knots) allowed[candidate]! |= sign;
      return knots.length === 0 || refutations.length > enough;
    };
    for (let last = 2; last < this.size; ) {
      const refutation = this.nearbyRefutation(allowed, last);
      if (refutation === null) last++;
      else if (add(refutation)) return { refutations, forced, fitting: null };
    }
    for (let from: number = SUPPORT_SEARCH_DEFAULTS.nearby; ; ) {
      const next = this.leftmostRefutation(allowed, from);
      if (next !== null) {
        from = next.last;
        if (add(next.refutation)) break;
        continue;
      }
      // Doubles see no more. For a bound that is enough; a function must be exact.
      if (refutations.length > 0) break;
      const answer = this.system.decide(allowed);
      if (answer.status === 'fits') return { refutations, forced, fitting: answer.function };
      if (add(answer.refutation)) break;
    }
    return { refutations, forced, fitting: null };
  }

  /** A refutation on at most `nearby` neighbouring points that end at `last`, on as few as will do, or null. */
  private nearbyRefutation(allowed: Uint8Array, last: number): KnotRefutation | null {
    const widest = Math.max(0, last - SUPPORT_SEARCH_DEFAULTS.nearby + 1);
    if (!this.seemsRefuted(allowed, widest, last)) return null;
    for (let first = last - 2; first >= widest; first--) {
      const refutation = this.seemsRefuted(allowed, first, last)
        ? this.system.refute(allowed, first, last)
        : null;
      if (refutation !== null) return refutation;
    }
    return null;
  }

  /**
   * A refutation on the shortest prefix of points that has one, narrowed from the left; null when none is found.
   * @param from no prefix that ends before this point has a refutation
   */
  private leftmostRefutation(
    allowed: Uint8Array,
    from: number,
  ): { refutation: KnotRefutation; last: number } | null {
    if (from >= this.size || !this.seemsRefuted(allowed, 0, this.size - 1)) return null;
    const last = bisect(from - 1, this.size - 1, (point) => this.seemsRefuted(allowed, 0, point));
    const first = -bisect(-(last - 1), 0, (point) => this.seemsRefuted(allowed, -point, last));
    const refutation = this.system.refute(allowed, first, last) ?? this.system.refute(allowed, 0, last);
    return refutation === null ? null : { refutation, last };
  }

  private seemsRefuted(allowed: Uint8Array, first: number, last: number): boolean {
    if (this.shouldStop()) throw new Stopped();
    return this.system.seemsRefuted(allowed, first, last);
  }
}

/** The sets of a child that uses one more signed knot. */
function descend(
  used: Uint8Array,
  excluded: Uint8Array,
  { candidate, sign }: SignedKnot,
): { used: Uint8Array; excluded: Uint8Array } {
  const child = { used: used.slice(), excluded: excluded.slice() };
  child.used[candidate]! |= sign;
  child.excluded[candidate]! |= SIGNS.either - sign;
  return child;
}

/** The least integer in (low, high] that passes a monotone test which `high` passes. */
function bisect(low: number, high: number, test: (value: number) => boolean): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle)) high = middle;
    else low = middle;
  }
  return high;
}
