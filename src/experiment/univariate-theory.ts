import type { Certificate } from '../certificate/certificate.js';
import { Rational } from '../exact/rational.js';
import { curvature } from '../knots/curvature.js';
import { type Runs, runsOf } from '../knots/runs.js';
import { corollaryBounds, type LpMinimizer, minimizeLp } from '../lp-norm/minimize.js';
import { type Threshold, threshold } from '../lp-norm/threshold.js';
import { problemHash } from '../problem/canonical.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import type { Problem } from '../problem/problem.js';
import { certify } from '../solve/answer.js';
import { plural } from '../text/format.js';
import { familyClauses } from '../verify/family-membership.js';
import { compareWithVertices } from './all-vertices.js';
import { polyline, stretchOf } from './polyline.js';
import { KNOTS_KEPT, type MinimizerRow, type ThresholdRow } from './rows.js';
import type { TheoryResult } from './several-inputs-theory.js';

/** Exponents of the curve of costs. */
const CURVE = 41;

/**
 * The exact side of one data set with one input and exact labels: minimisers, p*, and the claims of the paper put to the test.
 * Minimisers are computed once for each p.
 */
export class UnivariateTheory {
  private readonly runs: Runs;
  private readonly minimizers = new Map<string, LpMinimizer>();
  private found: Threshold | null = null;

  constructor(
    private readonly problem: Problem,
    /** The exponents of the experiment, exact texts. */
    private readonly exponents: readonly string[],
  ) {
    this.runs = runsOf(curvature(problem));
  }

  /** The l^p minimiser as a row, without its identity. */
  minimizerRow(p: string): Pick<MinimizerRow, MinimizerFields> {
    const { cost, knotCount, sparsest, unique, function: f } = this.minimizer(p);
    const plot = polyline(f, stretchOf(this.problem));
    return {
      p,
      cost,
      knotCount,
      fewestKnots: this.runs.knots,
      sparsest,
      unique,
      ...(knotCount > KNOTS_KEPT
        ? {}
        : {
            knots: f.knots.map(({ at, slopeChange }) => ({
              at: at.toString(),
              slopeChange: slopeChange.toString(),
            })),
          }),
      ...(plot === null ? {} : { plot }),
    };
  }

  /** The proof of the enclosure of p*. */
  certificate(): Certificate {
    const { problem } = this;
    return certify(problem, this.threshold(), problemHash(problem, nodeSha256));
  }

  /** p* as a row, without its identity. */
  thresholdRow(): Pick<ThresholdRow, ThresholdFields> {
    const { pStar, status, lower, upper } = this.threshold();
    const curve = this.curve();
    return {
      pStar,
      result: status,
      lower: lower.toString(),
      upper: upper.toString(),
      ...(curve === null ? {} : { curve }),
    };
  }

  /**
   * Theorem 3.1: the minimiser lies in S, decided clause by clause on the function itself; and no vertex of S is cheaper, by
   * comparison with every vertex of every run that is not too long. p = 0: a function with the fewest knots lies in S.
   */
  theorem31(p: string): TheoryResult {
    const { function: f, knotCount } = this.minimizer(p);
    const clauses = familyClauses(this.problem, f, Rational.zero, 'affine', Rational.zero);
    const broken = clauses.filter(({ holds }) => !holds);
    const inFamily =
      broken.length === 0
        ? `all ${clauses.length} clauses of the description of S hold`
        : broken.map(({ clause, message }) => `${clause} fails: ${message}`).join('; ');
    if (p === '0') {
      const fewest = knotCount === this.runs.knots;
      return {
        holds: broken.length === 0 && fewest,
        statement: 'some function with the fewest knots lies in the family S',
        measured: `${knotCount} knots; ${inFamily}`,
        required: `${this.runs.knots} knots, the fewest of any interpolant, and every clause`,
      };
    }
    const found = compareWithVertices(this.problem, this.runs, f, Rational.parse(p));
    const { cheaper, compared, skipped, undecided } = found;
    const left = skipped === 0 ? '' : `; ${plural(skipped, 'run')} too long to enumerate`;
    const open = undecided === 0 ? '' : `, ${undecided} undecided`;
    return {
      holds: broken.length > 0 || cheaper > 0 ? false : undecided > 0 ? 'undecided' : true,
      statement: `the l^p minimiser for p = ${p} lies in the family S, and no vertex of S is cheaper`,
      measured: `${inFamily}; ${cheaper} of ${plural(compared, 'vertex', 'vertices')} compared run by run are cheaper${open}${left}`,
      required: 'every clause, and no cheaper vertex',
    };
  }

  /** Corollary 3.1.1: the sparsest function and every minimiser have at most N - 2 knots. */
  corollary311(): TheoryResult {
    const most = Math.max(0, this.problem.size - 2);
    const counts = this.exponents.map((p) => ({ p, knots: this.minimizer(p).knotCount }));
    const list = counts.map(({ p, knots }) => `; p = ${shown(Rational.parse(p))}: ${knots}`).join('');
    return {
      holds: this.runs.knots <= most && counts.every(({ knots }) => knots <= most),
      statement: 'the sparsest interpolant, and the l^p minimiser for every p, have at most N - 2 knots',
      measured: `fewest knots: ${this.runs.knots}${list}`,
      required: `at most ${most} knots (N = ${plural(this.problem.size, 'point')})`,
    };
  }

  /** Corollary 3.1.2, exact. */
  corollary312(p: string): TheoryResult {
    const { pathNorm, leastPathNorm, lipschitz, leastLipschitz, hold } = corollaryBounds(
      this.problem,
      this.minimizer(p).function,
    );
    return {
      holds: hold,
      statement: `the l^p minimiser for p = ${p} has the least l^1 path norm and the least Lipschitz constant of all interpolants`,
      measured: `l^1 path norm ${shown(pathNorm)}, Lipschitz constant ${shown(lipschitz)}`,
      required: `l^1 path norm ${shown(leastPathNorm)} exactly, Lipschitz constant at most ${shown(leastLipschitz)}`,
    };
  }

  /** Theorem 3.2 below p*: the minimiser is sparsest at every exponent of the experiment there, and just below p*. */
  theorem32Below(): TheoryResult {
    const { lower, pStar } = this.threshold();
    const statement = 'p* > 0, and for every 0 < p < p* each l^p minimiser has the fewest knots';
    const required = `${this.runs.knots} knots, the fewest, at each of these p`;
    if (lower.isZero()) {
      return { holds: 'undecided', statement, measured: `p* lies in [0, ${pStar.upper}]`, required };
    }
    // Just below p*: the lower end of its enclosure, up to and including which sparsest functions are proved to win.
    const justBelow = lower.equals(Rational.one) ? Rational.fromDouble(1 - 2 ** -40) : lower;
    const below = this.exponents.filter((p) => Rational.parse(p).lessThan(lower));
    const tested = [...new Set([...below, justBelow.toString()])];
    const dense = tested.filter((p) => !this.minimizer(p).sparsest);
    const list = (ps: readonly string[]) => ps.map((p) => shown(Rational.parse(p))).join(', ');
    return {
      holds: dense.length === 0,
      statement,
      measured:
        dense.length === 0
          ? `p* >= ${shown(lower)}; the minimiser is sparsest at p = ${list(tested)}`
          : `p* >= ${shown(lower)}; the minimiser is not sparsest at p = ${list(dense)}`,
      required,
    };
  }

  /** Theorem 3.2 is sharp: just above p* the minimiser has more knots. */
  theorem32Above(): TheoryResult {
    const { lower, upper, status } = this.threshold();
    const statement = 'just above p* the l^p minimiser has more knots than needed';
    const required = `more than ${this.runs.knots} knots`;
    if (upper.equals(Rational.one)) {
      const proved = lower.equals(Rational.one);
      return {
        holds: proved ? 'not-applicable' : 'undecided',
        statement,
        measured: proved ? 'p* = 1: there is no p above' : `p* lies in [${shown(lower)}, 1]`,
        required,
      };
    }
    const { knotCount, sparsest } = this.minimizer(upper.toString());
    return {
      holds: sparsest ? (status === 'closed' ? false : 'undecided') : true,
      statement,
      measured: `${knotCount} knots at p = ${shown(upper)}`,
      required,
    };
  }

  private minimizer(p: string): LpMinimizer {
    let minimizer = this.minimizers.get(p);
    if (minimizer === undefined) {
      minimizer = minimizeLp(this.problem, Rational.parse(p));
      this.minimizers.set(p, minimizer);
    }
    return minimizer;
  }

  private threshold(): Threshold {
    this.found ??= threshold(this.problem);
    return this.found;
  }

  /** Costs in doubles over a grid of p, for pictures. */
  private curve(): ThresholdRow['curve'] | null {
    if (this.runs.knots > KNOTS_KEPT) return null;
    const sparsest = this.minimizer('0').function.knots.map(({ slopeChange }) =>
      slopeChange.abs().toNumber(),
    );
    const p = Array.from({ length: CURVE }, (_, i) => i / (CURVE - 1));
    const minima = p.map((exponent) => minimizeLp(this.problem, Rational.fromDouble(exponent)));
    const sum = (changes: readonly number[], exponent: number) =>
      changes.reduce((total, change) => total + change ** exponent, 0);
    return {
      p,
      minimum: minima.map((minimizer, i) =>
        sum(
          minimizer.function.knots.map(({ slopeChange }) => slopeChange.abs().toNumber()),
          p[i]!,
        ),
      ),
      sparsest: p.map((exponent) => sum(sparsest, exponent)),
      knots: minima.map(({ knotCount }) => knotCount),
    };
  }
}

type MinimizerFields = 'p' | 'cost' | 'knotCount' | 'fewestKnots' | 'sparsest' | 'unique' | 'knots' | 'plot';
type ThresholdFields = 'pStar' | 'result' | 'lower' | 'upper' | 'curve';

/** Exact while short, else eight digits; a number that these would round to 1 by its distance from it. */
function shown(value: Rational): string {
  const text = value.toString();
  if (text.length <= 12) return text;
  const digits = Number(value.toNumber().toPrecision(8));
  if (digits !== 1) return `~${digits}`;
  return `1 - ${Rational.one.subtract(value).toNumber().toExponential(1)}`;
}
