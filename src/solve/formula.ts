import { bitLength, floorDivide } from '../exact/bigint.js';
import { larger } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { type Expression, evaluateExactly, evaluateInDoubles, isRational } from '../formula/expression.js';
import { hull, type Interval, IntervalArithmetic } from '../formula/interval.js';
import { type Jet, JetEvaluator, NotContinuous } from '../formula/jet.js';
import { isNonNegativeOn, type Polynomial, polynomialOf, subtract, valueAt } from '../formula/polynomial.js';
import { countFewestKnots, type KnotCount, solveUnivariate } from '../knots/solve.js';
import { lineOfChain } from '../knots/windows.js';
import { datasetFromArrays } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import {
  fromLines,
  type Line,
  type PiecewiseLinear,
  toNetwork,
  valueOfLine,
} from '../problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import type { BoundedSolution } from './solve.js';

/** A continuous target: |g(x) - F(x)| <= tolerance is asked for every x in [from, to]. */
export interface FormulaQuestion {
  readonly formula: string;
  readonly expression: Expression;
  readonly from: Rational;
  readonly to: Rational;
  /** Positive. */
  readonly tolerance: Rational;
}

/** How it was proved that a function keeps within the tolerance between the samples too. */
export type Between =
  | {
      /** Both tolerance - (F - g) and tolerance + (F - g) are polynomials on every piece of g, and never negative. */
      readonly method: 'Sturm sequences';
      readonly degree: number;
      readonly pieces: number;
    }
  | {
      /** On so many intervals |F - g| was bounded by interval arithmetic, rounded outward. */
      readonly method: 'interval bounds';
      /** Intervals on which the bound was that of the second derivative: from the ends, and (v - u)^2 / 8 times the largest |F''|. */
      readonly curvature: number;
      /** .. of the slopes: half the sum of the ends, and (v - u) / 2 times the largest |F' - g'|. */
      readonly Lipschitz: number;
      /** .. of the values of F and g themselves. */
      readonly range: number;
      /** The largest bound on |F''| that was used, 0 when none was. */
      readonly largestCurvature: Rational;
      /** The shortest interval. */
      readonly finest: Rational;
      /** max |F - g| on [from, to] is at most this. */
      readonly largestError: Rational;
    };

/** What is known about the fewest knots: bounds on all of [from, to], proved. */
export interface FormulaAnswer {
  readonly kind: 'formula';
  /** The windows F(x_i) - tolerance .. F(x_i) + tolerance at the samples, rounded outward where F is not rational: what the lower bound rests on. */
  readonly problem: Problem;
  /** The bounds, and a function that keeps within the tolerance everywhere, as an answer to `problem`. */
  readonly solution: BoundedSolution & { readonly function: PiecewiseLinear };
  /** The values of F at the samples are exact. */
  readonly exactSamples: boolean;
  readonly between: Between;
  /** Which is open: the samples were used up. Null when the bounds meet. */
  readonly open: string | null;
}

const LIMITS = {
  /** Intervals between the first samples: many whole parts of [from, to] end at one. */
  first: 60,
  /** Samples beyond which no more are taken. */
  samples: 20_000,
  /** Halvings of [from, to] before an interval is left undecided. */
  depth: 44,
} as const;

/** By which shares the tolerance at the samples is made smaller, so that it holds between them too. */
const NARROWER = [36, 28, 22, 17, 13, 10, 8, 6, 5, 4, 3, 2, 1] as const;

/** Binary digits below the tolerance: of the windows, and of interval arithmetic. */
const DIGITS = { windows: 30, intervals: 64 } as const;

/** The verdict on one piece of a function. */
type Verdict =
  | { readonly holds: true }
  /** Not within the tolerance at a place, or undecided around it. */
  | { readonly holds: false; readonly at: Rational; readonly why: string | null };

/** F on [from, to]. */
interface Target {
  /** A lower and an upper bound of F(x); exact where they are equal. */
  at(x: Rational): readonly [Rational, Rational];
  /** Does |F - line| <= tolerance hold on [p, q]? What is proved is noted. */
  holds(line: Line, p: Rational, q: Rational): Verdict;
  /** How what was noted since the last call was proved. */
  takeNotes(): Between;
  /** A place around which F may have no value, and why; null when it has one everywhere on [from, to], and is continuous there. */
  withoutValue(): { readonly at: Rational; readonly why: string } | null;
}

const polynomialTarget = (polynomial: Polynomial, tolerance: Rational): Target => {
  let pieces = 0;
  return {
    at: (x) => {
      const value = valueAt(polynomial, x);
      return [value, value];
    },
    holds: ({ slope, intercept }, p, q) => {
      const error = subtract(polynomial, subtract([intercept, slope], []));
      for (const side of [subtract([tolerance], error), subtract(error, [tolerance.negate()])])
        if (!isNonNegativeOn(side, p, q)) return { holds: false, at: p, why: null };
      pieces++;
      return { holds: true };
    },
    takeNotes: () => {
      const notes = {
        method: 'Sturm sequences',
        degree: Math.max(0, polynomial.length - 1),
        pieces,
      } as const;
      pieces = 0;
      return notes;
    },
    withoutValue: () => null,
  };
};

/** One of the intervals that [from, to] is halved into: number `index` of 2^depth. */
class Part {
  private found: Jet | string | null = null;
  private halves: readonly [Part, Part] | null = null;

  constructor(
    readonly depth: number,
    readonly index: bigint,
  ) {}

  /** F on it, or why it has no enclosure. */
  jet(of: (part: Part) => Jet): Jet | string {
    if (this.found === null) {
      try {
        this.found = of(this);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.found = error.message;
      }
    }
    return this.found;
  }

  get split(): readonly [Part, Part] {
    this.halves ??= [
      new Part(this.depth + 1, 2n * this.index),
      new Part(this.depth + 1, 2n * this.index + 1n),
    ];
    return this.halves;
  }
}

/** A target that is enclosed by interval arithmetic; where its values are rational the samples are exact all the same. */
class EnclosedTarget implements Target {
  private readonly exactSamples: boolean;
  private readonly a: IntervalArithmetic;
  private readonly jets: JetEvaluator;
  private readonly root = new Part(0, 0n);
  private readonly units: bigint;
  private readonly windowBits: number;
  private notes = freshNotes();

  constructor(private readonly question: FormulaQuestion) {
    const { tolerance, expression } = question;
    const small = Math.max(0, bitLength(tolerance.denominator) - bitLength(tolerance.numerator) + 1);
    this.a = new IntervalArithmetic(small + DIGITS.intervals);
    this.windowBits = small + DIGITS.windows;
    this.jets = new JetEvaluator(this.a);
    this.units = floorDivide(tolerance.numerator << BigInt(this.a.bits), tolerance.denominator);
    this.exactSamples = isRational(expression);
  }

  at(x: Rational): readonly [Rational, Rational] {
    const { question, a, exactSamples } = this;
    if (exactSamples) {
      const value = evaluateExactly(question.expression, x);
      // What is long is as good rounded outward.
      if (bitLength(value.denominator) <= this.windowBits) return [value, value];
    }
    const { lower, upper } = this.valueAt(x);
    const dropped = BigInt(a.bits - this.windowBits);
    const unit = 1n << BigInt(this.windowBits);
    return [Rational.of(lower >> dropped, unit), Rational.of(-(-upper >> dropped), unit)];
  }

  holds(line: Line, p: Rational, q: Rational): Verdict {
    const ends = [this.errorAt(line, p), this.errorAt(line, q)] as const;
    return this.holdsOn(line, this.root, p, q, ...ends);
  }

  /** On the common part [u, v] of an interval and the piece, given the errors at its ends. */
  private holdsOn(line: Line, part: Part, u: Rational, v: Rational, eu: Interval, ev: Interval): Verdict {
    const { a, units } = this;
    for (const [x, e] of [
      [u, eu],
      [v, ev],
    ] as const)
      if (e.lower > units || -e.upper > units) return { holds: false, at: x, why: null };
    const jet = this.jetOf(part);
    if (typeof jet !== 'string' && this.isBounded(line, jet, u, v, eu, ev)) return { holds: true };
    if (part.depth >= LIMITS.depth)
      return { holds: false, at: u, why: typeof jet === 'string' ? jet : 'the bounds on it do not decide' };
    const middle = this.placeOf(part.depth + 1, 2n * part.index + 1n);
    const [left, right] = part.split;
    if (v.compare(middle) <= 0) return this.holdsOn(line, left, u, v, eu, ev);
    if (u.compare(middle) >= 0) return this.holdsOn(line, right, u, v, eu, ev);
    const em = a.subtract(this.valueAt(middle), this.lineAt(line, middle));
    const first = this.holdsOn(line, left, u, middle, eu, em);
    return first.holds ? this.holdsOn(line, right, middle, v, em, ev) : first;
  }

  withoutValue(): { readonly at: Rational; readonly why: string } | null {
    const open = [this.root];
    for (let part = open.pop(); part !== undefined; part = open.pop()) {
      const jet = this.jetOf(part);
      if (typeof jet !== 'string') continue;
      if (part.depth >= LIMITS.depth) return { at: this.placeOf(part.depth, part.index), why: jet };
      open.push(...part.split);
    }
    return null;
  }

  private jetOf(part: Part): Jet | string {
    return part.jet((own) => this.jets.evaluate(this.question.expression, this.intervalOf(own)));
  }

  /** The least of the three bounds is at most the tolerance; noted when it is. */
  private isBounded(line: Line, jet: Jet, u: Rational, v: Rational, eu: Interval, ev: Interval): boolean {
    const { a, units, notes } = this;
    const width = a.constant(v.subtract(u));
    const size = (e: Interval) => a.abs(e).upper;
    const ends = larger(size(eu), size(ev));
    const bounds: { method: 'curvature' | 'Lipschitz' | 'range'; bound: bigint }[] = [];
    if (jet.second !== null) {
      const bend = a.multiply(a.square(width), a.abs(jet.second)).upper;
      bounds.push({ method: 'curvature', bound: ends + (bend >> 3n) + 1n });
    }
    if (jet.first !== null) {
      const slope = a.abs(a.subtract(jet.first, a.constant(line.slope)));
      bounds.push({
        method: 'Lipschitz',
        bound: ((size(eu) + size(ev) + a.multiply(width, slope).upper) >> 1n) + 1n,
      });
    }
    const range = hull(this.lineAt(line, u), this.lineAt(line, v));
    bounds.push({ method: 'range', bound: size(a.subtract(jet.value, range)) });
    const best = bounds.reduce((least, other) => (other.bound < least.bound ? other : least));
    if (best.bound > units) return false;
    notes[best.method]++;
    if (best.method === 'curvature') notes.bend = larger(notes.bend, a.abs(jet.second!).upper);
    notes.error = larger(notes.error, best.bound);
    if (notes.finest === null || v.subtract(u).lessThan(notes.finest)) notes.finest = v.subtract(u);
    return true;
  }

  takeNotes(): Between {
    const { curvature, Lipschitz, range, bend, error, finest } = this.notes;
    this.notes = freshNotes();
    return {
      method: 'interval bounds',
      ...{ curvature, Lipschitz, range },
      largestCurvature: Rational.of(bend, this.a.one),
      finest: finest ?? Rational.zero,
      largestError: Rational.of(error, this.a.one),
    };
  }

  private valueAt(x: Rational): Interval {
    return this.jets.evaluate(this.question.expression, this.a.constant(x)).value;
  }

  private errorAt(line: Line, x: Rational): Interval {
    return this.a.subtract(this.valueAt(x), this.lineAt(line, x));
  }

  private lineAt(line: Line, x: Rational): Interval {
    return this.a.constant(valueOfLine(line, x));
  }

  private placeOf(depth: number, index: bigint): Rational {
    const { from, to } = this.question;
    return from.add(to.subtract(from).multiply(Rational.of(index, 1n << BigInt(depth))));
  }

  private intervalOf({ depth, index }: Part): Interval {
    return {
      lower: this.a.constant(this.placeOf(depth, index)).lower,
      upper: this.a.constant(this.placeOf(depth, index + 1n)).upper,
    };
  }
}

const freshNotes = () => ({
  ...{ curvature: 0, Lipschitz: 0, range: 0 },
  ...{ bend: 0n, error: 0n },
  finest: null as Rational | null,
});

/** A function that keeps within the tolerance on all of [from, to], and how that was proved. */
interface Verified {
  readonly function: PiecewiseLinear;
  readonly between: Between;
}

/** A place, and a lower and an upper bound of F there. */
interface Sample {
  readonly x: Rational;
  readonly value: readonly [Rational, Rational];
}

/**
 * The fewest knots of a function within a tolerance of a formula on all of an interval, as a computation that can be left.
 *
 * From below: whatever keeps within the tolerance everywhere does so at samples, so the fewest knots through their windows bound it; the
 * windows are exact, or rounded outward. From above: functions through windows that are a little narrower, each held against F on all of every
 * piece: for polynomials by exact root isolation, else by interval arithmetic. Samples are added between the old ones and where a function
 * goes wrong until the bounds meet.
 */
export class FormulaSearch {
  private readonly target: Target;
  private readonly samples = new Map<string, Sample>();
  private upper: Verified | null = null;
  private below: { readonly problem: Problem; readonly count: KnotCount } | null = null;
  private trouble: { readonly at: Rational; readonly why: string } | null = null;

  constructor(private readonly question: FormulaQuestion) {
    const { expression, tolerance } = question;
    const polynomial = polynomialOf(expression);
    this.target =
      polynomial === null ? new EnclosedTarget(question) : polynomialTarget(polynomial, tolerance);
  }

  /** What is proved so far, in words. */
  get progress(): string {
    return `between ${this.below?.count.knots ?? 0} and ${this.upper?.function.knots.length ?? '?'} knots, ${this.samples.size} samples`;
  }

  /** @throws InputError when the formula has no value somewhere, or cannot be enclosed between samples */
  *steps(): Steps<FormulaAnswer> {
    const { from, to } = this.question;
    for (const end of [from, to]) this.valueAt(end);
    this.requireValues();
    yield;
    for (let n = LIMITS.first; ; n *= 2) {
      const step = to.subtract(from).divide(Rational.of(n));
      for (let i = 0; i <= n; i++) {
        this.sample(from.add(step.multiply(Rational.of(i))));
        yield;
      }
      yield* this.round();
      if (this.gap === 0 || this.samples.size + n > LIMITS.samples) break;
    }
    yield* this.simplify();
    return this.found!;
  }

  /** The bounds so far; null before there are two. */
  get found(): FormulaAnswer | null {
    const { below, upper } = this;
    if (below === null || upper === null) return null;
    const { problem, count } = below;
    const [lowerBound, upperBound] = [count.knots, upper.function.knots.length];
    return {
      kind: 'formula',
      problem,
      solution: {
        kind: 'sparsest',
        status: lowerBound === upperBound ? 'optimal' : 'bracket',
        objective: 'neurons',
        skip: 'affine',
        ...{ lowerBound, upperBound },
        network: toNetwork(upper.function),
        function: upper.function,
        ...{ pieces: null, values: null, exact: null, genericBound: null, open: null, search: null },
        proof: { kind: 'witnesses', witnesses: count.witnesses },
        provedBy: 'windows',
      },
      exactSamples: [...this.samples.values()].every(({ value }) => value[0].equals(value[1])),
      between: upper.between,
      open:
        lowerBound === upperBound
          ? null
          : `${problem.size} samples force ${lowerBound} knots, and no function with fewer than ${upperBound} was found that keeps within the tolerance between them`,
    };
  }

  private get gap(): number {
    return this.fewest - (this.below?.count.knots ?? 0);
  }

  private sample(x: Rational): void {
    const key = x.toString();
    if (!this.samples.has(key)) this.samples.set(key, { x, value: this.valueAt(x) });
  }

  /** One bound from below, and tries from above with ever narrower windows; samples are added where they go wrong. */
  private *round(): Steps<void> {
    const sorted = [...this.samples.values()].sort((a, b) => a.x.compare(b.x));
    const [x, values] = [sorted.map((sample) => sample.x), sorted.map((sample) => sample.value)];
    yield;
    const problem = this.windows(x, values, Rational.zero)!;
    const count = countFewestKnots(problem);
    if (count.knots >= (this.below?.count.knots ?? 0)) this.below = { problem, count };
    if (this.gap > 0 && values.every(([low, high]) => low.equals(high)))
      yield* this.tries(this.throughSamples(problem, count));
    for (const exponent of NARROWER) {
      if (this.gap === 0) return;
      const narrow = this.windows(x, values, Rational.of(1n, 1n << BigInt(exponent)));
      if (narrow === null) continue;
      const own = countFewestKnots(narrow);
      if (own.knots >= this.fewest) return;
      yield;
      if (yield* this.tries(solveUnivariate(narrow, own).function)) return;
    }
  }

  /** Fewer knots than any function so far, and within the tolerance everywhere? Then it is the best so far. */
  private *tries(f: PiecewiseLinear | null): Steps<boolean> {
    if (f === null || f.knots.length >= this.fewest) return false;
    const verified = yield* this.verify(f);
    if (verified === null) return false;
    this.upper = verified;
    return true;
  }

  /**
   * A function through the windows themselves whose knots are at samples: each piece ends at the last sample that it reaches. Where no tolerance below this one
   * allows as few knots, as for x^2 on [0, 1] within 1/8, 1/32, 1/72, .., the pieces have no choice, and no narrower window lets them through.
   */
  private throughSamples(problem: Problem, whole: KnotCount): PiecewiseLinear | null {
    const x = problem.inputs[0]!;
    const lines: Line[] = [];
    let start = 0;
    let begin: Rational | null = null;
    for (let count = whole; lines.length <= whole.knots; ) {
      const rest = Array.from({ length: problem.size - start }, (_, n) => start + n);
      const part: Problem = makeProblem(
        datasetFromArrays({
          x: rest.map((n) => x.value(n)),
          lower: rest.map((n) => (n === start && begin !== null ? begin : problem.lower.value(n))),
          upper: rest.map((n) => (n === start && begin !== null ? begin : problem.upper.value(n))),
        }),
      );
      if (start > 0) count = countFewestKnots(part);
      const chain = count.chain;
      if (chain === null) return null;
      const line = lineOfChain(part, chain, 0);
      lines.push(line);
      if (count.knots === 0) return fromLines(lines);
      const end = chain.witnesses[3]! - 1;
      if (end === 0) return null;
      start += end;
      begin = valueOfLine(line, x.value(start));
    }
    return null;
  }

  private get fewest(): number {
    return this.upper?.function.knots.length ?? Number.POSITIVE_INFINITY;
  }

  private valueAt(x: Rational): readonly [Rational, Rational] {
    try {
      return this.target.at(x);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new InputError(`"${this.question.formula}" has no value at x = ${x}: ${error.message}`, {
        field: 'formula',
      });
    }
  }

  /** The windows at samples, made narrower by a share of the tolerance; for a positive share rounded inward, else outward; null when one has no inside left. */
  private windows(
    x: readonly Rational[],
    values: readonly (readonly [Rational, Rational])[],
    share: Rational,
  ): Problem | null {
    const { tolerance, formula } = this.question;
    const outward = share.isZero();
    const reach = tolerance.multiply(Rational.one.subtract(share));
    const lower = values.map(([low, high]) => (outward ? low : high).subtract(reach));
    const upper = values.map(([low, high]) => (outward ? high : low).add(reach));
    if (lower.some((value, n) => upper[n]!.lessThan(value))) return null;
    return makeProblem(datasetFromArrays({ name: formula, x, lower, upper }));
  }

  /** The function with the proof that it keeps within the tolerance; null when it does not, and samples where. */
  private *verify(f: PiecewiseLinear): Steps<Verified | null> {
    const { from, to } = this.question;
    this.target.takeNotes();
    let wrong = false;
    for (const { line, p, q } of piecesOf(f, from, to)) {
      const verdict = this.target.holds(line, p, q);
      if (!verdict.holds) {
        wrong = true;
        if (verdict.why !== null) this.trouble = { at: verdict.at, why: verdict.why };
        const worst = this.worstPlace(line, p, q);
        if (worst !== null) this.sample(worst);
      }
      yield;
    }
    return wrong ? null : { function: f, between: this.target.takeNotes() };
  }

  /** A place of a piece where the error is large, looked for in doubles: only a sample more. */
  private worstPlace(line: Line, p: Rational, q: Rational): Rational | null {
    const { expression } = this.question;
    const [low, high] = [p.toNumber(), q.toNumber()];
    const [slope, intercept] = [line.slope.toNumber(), line.intercept.toNumber()];
    const error = (x: number): number => {
      try {
        return Math.abs(evaluateInDoubles(expression, x) - slope * x - intercept);
      } catch {
        return 0;
      }
    };
    const best = (from: number, to: number): number => {
      let [most, at] = [-1, from];
      for (let i = 0; i <= 32; i++) {
        const x = from + ((to - from) * i) / 32;
        const found = error(x);
        if (found > most) [most, at] = [found, x];
      }
      return at;
    };
    const coarse = best(low, high);
    const near = (high - low) / 32;
    const fine = Rational.fromDouble(best(Math.max(low, coarse - near), Math.min(high, coarse + near)));
    return p.lessThan(fine) && fine.lessThan(q) ? fine : null;
  }

  /** @throws InputError unless F is known to have a value everywhere, and no jumps */
  private requireValues(): void {
    try {
      const missing = this.target.withoutValue();
      if (missing !== null) this.refuse(missing);
    } catch (error) {
      if (!(error instanceof NotContinuous)) throw error;
      throw new InputError(
        `"${this.question.formula}": ${error.message}, and no continuous function keeps within a tolerance of a jump; sample it instead: sparsest generate formula`,
        { field: 'formula' },
      );
    }
  }

  private refuse({ at, why }: { readonly at: Rational; readonly why: string }): never {
    throw new InputError(
      `"${this.question.formula}" cannot be bounded between samples near x = ${at.toNumber()}: ${why}; choose an interval in which it has a value and no vertical tangent, or a larger --tolerance`,
      { field: 'formula' },
    );
  }

  /** The numbers of the function as short as the proof allows: knots and values there are rounded to multiples of powers of two. */
  private *simplify(): Steps<void> {
    const { from, to, tolerance } = this.question;
    if (this.upper === null)
      this.refuse(this.trouble ?? { at: from, why: 'no function within the tolerance was found' });
    const { function: f } = this.upper;
    const digits = (size: Rational) => bitLength(size.denominator) - bitLength(size.numerator);
    for (let more = 3; more <= 30; more += 3) {
      const rounded = roundedFunction(
        f,
        from,
        to,
        digits(to.subtract(from)) + 3 + more,
        digits(tolerance) + more,
      );
      if (rounded === null || rounded.knots.length !== f.knots.length) continue;
      const verified = yield* this.verify(rounded);
      if (verified === null) continue;
      this.upper = verified;
      return;
    }
  }
}

/** The lines of a function, and where each holds between two places. */
function* piecesOf(
  { slope, intercept, knots }: PiecewiseLinear,
  from: Rational,
  to: Rational,
): Generator<{ line: Line; p: Rational; q: Rational }> {
  let line: Line = { slope, intercept };
  let p = from;
  for (const { at, slopeChange } of knots) {
    yield { line, p, q: at };
    line = {
      slope: line.slope.add(slopeChange),
      intercept: line.intercept.subtract(slopeChange.multiply(at)),
    };
    p = at;
  }
  yield { line, p, q: to };
}

/** With knots and the values at knots and ends rounded to so many binary digits after the point; null when two knots become one. */
function roundedFunction(
  f: PiecewiseLinear,
  from: Rational,
  to: Rational,
  placeBits: number,
  valueBits: number,
): PiecewiseLinear | null {
  const pieces = [...piecesOf(f, from, to)];
  const points = [
    { x: from, y: valueOfLine(pieces[0]!.line, from) },
    ...pieces.map(({ line, q }, i) => ({
      x: i + 1 === pieces.length ? to : nearest(q, placeBits),
      y: valueOfLine(line, q),
    })),
  ].map(({ x, y }) => ({ x, y: nearest(y, valueBits) }));
  const lines: Line[] = [];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    if (!a.x.lessThan(b.x)) return null;
    const slope = b.y.subtract(a.y).divide(b.x.subtract(a.x));
    lines.push({ slope, intercept: a.y.subtract(slope.multiply(a.x)) });
  }
  return fromLines(lines);
}

/** The nearest multiple of 2^-bits; of negative bits a multiple of a power of two. */
function nearest(value: Rational, bits: number): Rational {
  const unit = bits >= 0 ? Rational.of(1n, 1n << BigInt(bits)) : Rational.of(1n << BigInt(-bits));
  const { numerator, denominator } = value.divide(unit);
  return unit.multiply(Rational.of(floorDivide(2n * numerator + denominator, 2n * denominator)));
}
