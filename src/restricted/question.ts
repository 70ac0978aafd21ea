import type { Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { NO_RESTRICTION, type Restriction } from '../problem/question.js';
import { candidateKnots } from './candidates.js';

/**
 * The question of the breakpoint model: the fewest knots of a CPWL function through the windows with knots in `candidates`
 * and slope changes within `maxSlopeChange`.
 */
export interface KnotQuestion {
  readonly problem: Problem;
  /** Strictly ascending, strictly between the first and the last point. */
  readonly candidates: readonly Rational[];
  readonly maxSlopeChange: Rational | null;
  readonly maxKnots: number | null;
  /** Who chose the candidates: the user, or Theorem 3.1 (`candidateKnots`). */
  readonly candidatesFrom: 'user' | 'theorem';
}

/**
 * Checks a restriction and fills in the candidates. Given positions outside (x_1, x_N) are dropped: a knot there only
 * changes the affine part that the data see; repeated ones count once.
 *
 * @throws InputError for several inputs, for a point whose windows do not meet, for windows without given positions (the
 * candidate set of Theorem 3.1 holds for exact labels only), for maxSlopeChange <= 0 or maxKnots not a count
 */
export function makeKnotQuestion(problem: Problem, restriction: Restriction = NO_RESTRICTION): KnotQuestion {
  const { knotsOn, maxSlopeChange, maxKnots } = restriction;
  if (problem.dimension !== 1) {
    throw new InputError(
      `the breakpoint model expects one input, found ${problem.dimension}; use --engine search for several inputs`,
    );
  }
  if (problem.emptyWindow !== null) {
    const [first, second] = problem.emptyWindow.rows;
    throw new InputError(
      `${first} and ${second} have equal inputs and windows that do not meet: no function passes through both; widen the tolerance`,
    );
  }
  if (!problem.exact && knotsOn === null) {
    throw new InputError(
      'the breakpoint model without given positions expects exact labels, found windows (a tolerance): its candidate ' +
        'positions are known to suffice for exact labels only; give positions (--knots-on FILE) or use --engine runs',
    );
  }
  if (maxSlopeChange !== null && maxSlopeChange.sign() <= 0) {
    throw new InputError(
      `--max-slope-change: expected a positive number, found ${maxSlopeChange}; for an affine function use --max-knots 0`,
    );
  }
  if (maxKnots !== null && !(Number.isSafeInteger(maxKnots) && maxKnots >= 0)) {
    throw new InputError(`--max-knots: expected an integer of at least 0, found ${maxKnots}`);
  }
  return {
    problem,
    candidates: knotsOn === null ? candidateKnots(problem) : innerPositions(problem, knotsOn),
    maxSlopeChange,
    maxKnots,
    candidatesFrom: knotsOn === null ? 'theorem' : 'user',
  };
}

function innerPositions(problem: Problem, positions: readonly Rational[]): Rational[] {
  const x = problem.inputs[0]!;
  const first = x.value(0);
  const last = x.value(problem.size - 1);
  return positions
    .filter((t) => first.lessThan(t) && t.lessThan(last))
    .sort((a, b) => a.compare(b))
    .filter((t, k, sorted) => k === 0 || !t.equals(sorted[k - 1]!));
}

/** What is wrong with a function as an answer to the question, or null when it is one. Exact evaluation, nothing else. */
export function faultOf(question: KnotQuestion, f: PiecewiseLinear): string | null {
  const { problem, candidates, maxSlopeChange } = question;
  const x = problem.inputs[0]!;
  const positions = Array.from({ length: problem.size }, (_, i) => x.value(i));
  const values = evaluateSorted(f, positions);
  for (let i = 0; i < problem.size; i++) {
    const value = values[i]!;
    if (value.lessThan(problem.lower.value(i)) || problem.upper.value(i).lessThan(value)) {
      return `its value at x = ${positions[i]} is ${value}, outside [${problem.lower.value(i)}, ${problem.upper.value(i)}]`;
    }
  }
  let k = 0;
  for (const { at, slopeChange } of f.knots) {
    while (k < candidates.length && candidates[k]!.lessThan(at)) k++;
    if (k === candidates.length || !candidates[k]!.equals(at)) return `its knot ${at} is not a candidate`;
    if (maxSlopeChange?.lessThan(slopeChange.abs())) return `its slope change at ${at} is ${slopeChange}`;
  }
  return null;
}

/** The claim in words: what "fewest" ranges over. */
export function describeQuestion(question: KnotQuestion): string {
  const { candidates, candidatesFrom, maxSlopeChange, maxKnots } = question;
  const parts: string[] = [];
  if (candidatesFrom === 'user') parts.push(`knots only at the ${candidates.length} given positions`);
  if (maxSlopeChange !== null) {
    if (candidatesFrom === 'theorem') {
      parts.push(`knots only at the ${candidates.length} candidate positions of the unrestricted problem`);
    }
    parts.push(`slope changes of at most ${maxSlopeChange}`);
  }
  if (maxKnots !== null) parts.push(`at most ${maxKnots} knots`);
  return parts.length === 0
    ? 'all continuous piecewise-linear functions'
    : `functions with ${parts.join(', ')}`;
}
