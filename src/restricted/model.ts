import { Rational } from '../exact/rational.js';
import { leastPathNorm } from '../knots/slopes.js';
import type { MilpModel, MilpRow } from './backends/milp.js';
import type { KnotQuestion } from './question.js';

/**
 * The breakpoint model in doubles,
 *
 *   f(x) = a x + c + sum_t g_t (x - t)+,   lower_i <= f(x_i) <= upper_i,   |g_t| <= M z_t,   z_t in {0, 1},   min sum z_t,
 *
 * in units in which x runs over [0, 1] and the labels over about [-1, 1]. Columns: a, c, g_0 .., z_0 ...
 */
export interface BreakpointModel {
  readonly milp: MilpModel;
  /** M in the units of the data. Exact. */
  readonly bound: Rational;
  /**
   * Why M cuts off no answer: it is the question's own limit, or by Corollary 3.1.2 some sparsest interpolant in the family
   * S obeys it. "guess": nothing is known, and what a solver says about the model need not hold for the question.
   */
  readonly boundFrom: 'limit' | 'Corollary 3.1.2' | 'guess';
}

/** With given positions and no limit no valid M is known; this many times the least path norm of the labels is tried. */
export const BREAKPOINT_MODEL_DEFAULTS = { guessFactor: 16n } as const;

/** Position of g_t among the columns. */
function slopeChangeColumn(t: number): number {
  return 2 + t;
}

/** Position of z_t among the columns. */
export function indicatorColumn(question: KnotQuestion, t: number): number {
  return 2 + question.candidates.length + t;
}

export function breakpointModel(question: KnotQuestion): BreakpointModel {
  const { problem, candidates, maxKnots } = question;
  const x = problem.inputs[0]!;
  const count = candidates.length;
  const { bound, boundFrom } = slopeChangeBound(question);

  // Units: exact differences first, then one rounding each.
  const originX = x.value(0);
  const originY = problem.lower.value(0);
  const span = x.value(problem.size - 1).subtract(originX);
  const unitX = span.isZero() ? Rational.one : span;
  let unitY = Rational.zero;
  for (let i = 0; i < problem.size; i++) {
    for (const end of [problem.lower, problem.upper]) {
      const size = end.value(i).subtract(originY).abs();
      if (unitY.lessThan(size)) unitY = size;
    }
  }
  if (unitY.isZero()) unitY = Rational.one;
  const scaledX = (value: Rational): Rational => value.subtract(originX).divide(unitX);
  const scaledY = (value: Rational): number => value.subtract(originY).divide(unitY).toNumber();
  const positions = candidates.map(scaledX);
  const limit = bound.multiply(unitX).divide(unitY).toNumber();

  const rows: MilpRow[] = [];
  for (let i = 0; i < problem.size; i++) {
    const position = scaledX(x.value(i));
    const indices = [0, 1];
    const values = [position.toNumber(), 1];
    for (let t = 0; t < count && positions[t]!.lessThan(position); t++) {
      indices.push(slopeChangeColumn(t));
      values.push(position.subtract(positions[t]!).toNumber());
    }
    rows.push({
      indices,
      values,
      lower: scaledY(problem.lower.value(i)),
      upper: scaledY(problem.upper.value(i)),
    });
  }
  const indicators = candidates.map((_, t) => indicatorColumn(question, t));
  for (let t = 0; t < count; t++) {
    for (const sign of [1, -1]) {
      const indices = [slopeChangeColumn(t), indicators[t]!];
      rows.push({ indices, values: [sign, -limit], lower: -Infinity, upper: 0 });
    }
  }
  if (maxKnots !== null && count > 0) {
    rows.push({ indices: indicators, values: indicators.map(() => 1), lower: 0, upper: maxKnots });
  }

  const columns = 2 + 2 * count;
  const milp: MilpModel = {
    cost: new Float64Array(columns),
    lower: new Float64Array(columns).fill(-Infinity),
    upper: new Float64Array(columns).fill(Infinity),
    integer: new Uint8Array(columns),
    rows,
  };
  for (let t = 0; t < count; t++) {
    milp.lower[slopeChangeColumn(t)] = -limit;
    milp.upper[slopeChangeColumn(t)] = limit;
    milp.cost[indicators[t]!] = 1;
    milp.lower[indicators[t]!] = 0;
    milp.upper[indicators[t]!] = 1;
    milp.integer[indicators[t]!] = 1;
  }
  return { milp, bound, boundFrom };
}

function slopeChangeBound(question: KnotQuestion): Pick<BreakpointModel, 'bound' | 'boundFrom'> {
  const { problem, maxSlopeChange, candidatesFrom } = question;
  if (maxSlopeChange !== null) return { bound: maxSlopeChange, boundFrom: 'limit' };
  const norm = leastPathNorm(problem);
  if (candidatesFrom === 'theorem') return { bound: norm, boundFrom: 'Corollary 3.1.2' };
  const least = norm.isZero() ? Rational.one : norm;
  return {
    bound: least.multiply(Rational.of(BREAKPOINT_MODEL_DEFAULTS.guessFactor)),
    boundFrom: 'guess',
  };
}
