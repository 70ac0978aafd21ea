import type { LeastToleranceBound } from '../certificate/least-tolerance.js';
import type { Pieces } from '../certificate/pieces.js';
import { nearestDouble, Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { fromLines, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { type Widened, Widening } from '../problem/widening.js';
import { toleranceFloor } from './tolerance-floor.js';
import { fewestKnotsThroughWindows, lineOfChain, piecesOfChain, type WindowChain } from './windows.js';

/** The least e for which `knots` knots lie in the windows [lower - e w, upper + e w], with a function that does it and the proof that no smaller e does. */
export interface LeastTolerance {
  /** The budget K that was asked about. */
  readonly knots: number;
  /** Attained by the function. */
  readonly tolerance: Rational;
  /** No smaller tolerance does: the tolerance itself, or less where time was up. `bound` proves it. */
  readonly atLeast: Rational;
  /** The windows at the tolerance, one point for every input: what `pieces` and `bound` are about. */
  readonly windows: Problem;
  /** The function piece by piece; null for a shape, whose functions do not run through ends of windows. */
  readonly pieces: Pieces | null;
  /** K + 1 witnesses that hold for every smaller tolerance; or the point whose window is empty then. */
  readonly bound: LeastToleranceBound;
  /** The function; written out when first read. */
  readonly function: PiecewiseLinear;
}

/** Bisection ends when the bracket is this narrow against its distance from the floor; then a step is exact. Where that was not the answer it goes on. */
const NARROW = 1e-2;
const NARROWER = 1 / 16;

/** One pass over the windows at e: what it found serves every budget. */
interface Pass {
  readonly e: Rational;
  readonly chain: WindowChain;
  /** Witnesses by falling critical value, and these values, approximately; made when first asked for. */
  readonly order: Uint32Array;
  readonly critical: Float64Array;
  readonly from: From;
}

/** The best bound known for one budget: of the witnesses of a pass those with the largest critical values, the least of which is about `near`. */
interface Lower {
  readonly near: number;
  readonly pass: Pass;
}

/**
 * The least tolerances of one problem, by passes over its windows (`fewestKnotsThroughWindows`).
 *
 * A witness (sign, a, b, c) at tolerance e stays one up to its *critical value*, where its three ends of windows come to lie on one line.
 * With m witnesses at e the (K + 1)-th largest of their critical values is a lower bound on the least tolerance for every K < m, and above
 * e; for every K >= m, e is an upper bound. Doubles choose where to look and which witnesses to keep; that e is the answer is said only
 * when a pass at the exact critical value of the kept ones finds at most K witnesses.
 */
export class LeastTolerances {
  /** Passes over the windows so far. */
  passes = 0;
  private readonly floor: { readonly e: Rational; readonly point: number };
  private readonly atFloor: Pass;
  private readonly lower: Lower[] = [];
  /** upper[K]: the pass of least e with at most K witnesses. */
  private readonly upper: Pass[] = [];
  /** Integer units of the windows and of the weights: critical value = excess / weight * unit. */
  private readonly unit: Rational;
  private readonly weights: Float64Array | null;
  private readonly widening: Widening;

  /** @param problem one input, see `wideningProblem` */
  constructor(private readonly problem: Problem) {
    const { lower, weights } = problem;
    this.unit = lower.integerScale.divide(weights?.integerScale ?? Rational.one);
    this.widening = new Widening(problem);
    this.weights =
      weights === undefined
        ? null
        : Float64Array.from(weights.doubles, (_, i) => nearestDouble(weights.value(i)));
    this.floor = toleranceFloor(problem);
    this.atFloor = this.pass(this.floor.e);
  }

  /** The budget from which on no knot makes the tolerance smaller: there it is as small as the data allow. */
  get enough(): number {
    return this.atFloor.chain.knots;
  }

  /** The least tolerance for K knots; yields after every pass. */
  *least(knots: number): Steps<LeastTolerance> {
    if (knots >= this.enough) return this.answer(knots, this.atFloor, { point: this.floor.point });
    const floor = nearestDouble(this.floor.e);
    let narrow = NARROW;
    for (;;) {
      yield;
      const low = this.lower[knots]!;
      const chosen = low.pass.order.subarray(0, knots + 1);
      const exact = this.leastCritical(low.pass, chosen);
      const high = this.upper[knots];
      if (high?.e.equals(exact)) return this.answer(knots, high, { witnesses: kept(low.pass.chain, chosen) });
      const near = nearestDouble(exact) - floor;
      const far = high === undefined ? this.wide() : nearestDouble(high.e) - floor;
      const gap = far - near;
      if (gap > narrow * far) {
        const middle = near > 0 && far > 4 * near ? Math.sqrt(near * far) : near + gap / 2;
        const probe = this.short(floor + middle, gap / 16);
        if (exact.lessThan(probe) && (high === undefined || probe.lessThan(high.e))) {
          this.pass(probe);
          continue;
        }
      }
      const pass = this.pass(exact);
      narrow *= NARROWER;
      // Its witnesses are worth more than `exact`, whatever doubles think of them.
      if (pass.chain.knots > knots) this.lower[knots] = { near: pass.critical[pass.order[knots]!]!, pass };
    }
  }

  /** A number near e, off by less than `slack`, whose windows have short numbers: doubles decide nearly everything about them. */
  private short(e: number, slack: number): Rational {
    const unit = nearestDouble(this.unit);
    const step = 2 ** Math.floor(Math.log2(slack / unit));
    return Rational.fromDouble(Math.round(e / unit / step) * step).multiply(this.unit);
  }

  /** A distance from the floor at which a constant fits all windows, roughly from above. */
  private wide(): number {
    const { lower, upper, size } = this.problem;
    let [most, least, lightest] = [-Infinity, Infinity, Infinity];
    for (let i = 0; i < size; i++) {
      most = Math.max(most, nearestDouble(lower.value(i)));
      least = Math.min(least, nearestDouble(upper.value(i)));
      lightest = Math.min(lightest, this.weights?.[i] ?? 1);
    }
    return (1.001 * (most - least)) / lightest / 2 - nearestDouble(this.floor.e);
  }

  /** One pass, and what it says about every budget. */
  private pass(e: Rational): Pass {
    this.passes++;
    const widened = this.widening.at(e);
    const chain = fewestKnotsThroughWindows(widened.problem);
    const critical = this.criticalValues(e, widened, chain);
    const order = Uint32Array.from(critical, (_, w) => w).sort((v, w) => critical[w]! - critical[v]!);
    const { lowerFrom, upperFrom } = widened;
    const pass: Pass = { e, chain, order, critical, from: { lowerFrom, upperFrom } };
    for (let K = 0; K < chain.knots; K++) {
      const near = critical[order[K]!]!;
      if (this.lower[K] === undefined || near > this.lower[K]!.near) this.lower[K] = { near, pass };
    }
    for (let K = chain.knots; K < (this.atFloor?.chain.knots ?? 0); K++) {
      const best = this.upper[K];
      if (best !== undefined && best.e.compare(e) <= 0) break;
      this.upper[K] = pass;
    }
    return pass;
  }

  /** About the critical value of every witness, in doubles: they choose, and decide nothing. */
  private criticalValues(e: Rational, { problem, ...from }: Widened, chain: WindowChain): Float64Array {
    const x = problem.inputs[0]!.doubles;
    const [lower, upper] = [problem.lower, problem.upper];
    const start = nearestDouble(e);
    // What 1 of `doubles` means.
    const n = lower.doubles.findIndex((value) => value !== 0);
    const scale = n < 0 ? 1 : nearestDouble(lower.value(n)) / lower.doubles[n]!;
    const values = new Float64Array(chain.knots);
    forEachWitness(chain.witnesses, from, (w, sign, [a, b, c], rows) => {
      const [outer, inner] = sign === 1 ? [lower.doubles, upper.doubles] : [upper.doubles, lower.doubles];
      const t = (x[b]! - x[a]!) / (x[c]! - x[a]!);
      const excess = sign * (outer[a]! + t * (outer[c]! - outer[a]!) - inner[b]!);
      const [wa, wb, wc] = this.weights === null ? ONES : rows.map((row) => this.weights![row]!);
      values[w] = start + (excess * scale) / (wa! + t * (wc! - wa!) + wb!);
    });
    return values;
  }

  /** The least of the exact critical values of some witnesses of a pass. */
  private leastCritical({ chain, from }: Pass, chosen: Uint32Array): Rational {
    const { lower, upper, weights } = this.problem;
    const x = this.problem.inputs[0]!;
    let [least, divisor] = [0n, 0n];
    forEachWitness(kept(chain, chosen), from, (_, sign, __, [a, b, c]) => {
      const [outer, inner] = sign === 1 ? [lower, upper] : [upper, lower];
      const before = x.integer(b) - x.integer(a);
      const after = x.integer(c) - x.integer(b);
      const total = before + after;
      const weight = (i: number) => weights?.integer(i) ?? 1n;
      const excess = after * outer.integer(a) + before * outer.integer(c) - total * inner.integer(b);
      const value = sign === 1 ? excess : -excess;
      const share = after * weight(a) + before * weight(c) + total * weight(b);
      if (divisor === 0n || value * divisor < least * share) [least, divisor] = [value, share];
    });
    return Rational.of(least, divisor).multiply(this.unit);
  }

  /** What is known so far of the least tolerance for K knots; with one pass where no tolerance is known that does. */
  known(knots: number): LeastTolerance {
    if (knots >= this.enough) return this.answer(knots, this.atFloor, { point: this.floor.point });
    const { pass } = this.lower[knots]!;
    const chosen = pass.order.subarray(0, knots + 1);
    const wide = Rational.fromDouble(nearestDouble(this.floor.e) + 1.01 * this.wide());
    const best = this.upper[knots] ?? this.pass(wide);
    const bound = { witnesses: kept(pass.chain, chosen) };
    return this.answer(knots, best, bound, this.leastCritical(pass, chosen));
  }

  private answer(knots: number, { e, chain }: Pass, bound: LeastToleranceBound, atLeast = e): LeastTolerance {
    const windows = this.widening.at(e).problem;
    let f: PiecewiseLinear | null = null;
    return {
      knots,
      tolerance: e,
      atLeast,
      windows,
      pieces: piecesOfChain(chain, windows.size),
      bound,
      get function() {
        f ??= fromLines(Array.from({ length: chain.knots + 1 }, (_, j) => lineOfChain(windows, chain, j)));
        return f;
      },
    };
  }
}

const ONES = [1, 1, 1] as const;

type Triple = readonly [a: number, b: number, c: number];

/** Which points of the problem before it was widened the ends of windows came from; null: from those of the same number. */
type From = Pick<Widened, 'lowerFrom' | 'upperFrom'>;

/** Calls back with every witness, by points and by the rows that its ends came from. */
function forEachWitness(
  witnesses: Int32Array,
  { lowerFrom, upperFrom }: From,
  visit: (w: number, sign: number, points: Triple, rows: Triple) => void,
): void {
  for (let w = 0; 4 * w < witnesses.length; w++) {
    const sign = witnesses[4 * w]!;
    const [a, b, c] = [witnesses[4 * w + 1]!, witnesses[4 * w + 2]!, witnesses[4 * w + 3]!];
    const [outer, inner] = sign === 1 ? [lowerFrom, upperFrom] : [upperFrom, lowerFrom];
    visit(w, sign, [a, b, c], [outer?.[a] ?? a, inner?.[b] ?? b, outer?.[c] ?? c]);
  }
}

/** The chosen witnesses from left to right. */
function kept({ witnesses }: WindowChain, chosen: Uint32Array): Int32Array {
  const selected = new Int32Array(4 * chosen.length);
  chosen
    .slice()
    .sort()
    .forEach((w, k) => {
      selected.set(witnesses.subarray(4 * w, 4 * w + 4), 4 * k);
    });
  return selected;
}
