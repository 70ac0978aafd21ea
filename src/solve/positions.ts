import type { Statement } from '../checker/check.js';
import type { Rational } from '../exact/rational.js';
import type { Steps } from '../exact/steps.js';
import { InputError } from '../problem/input-error.js';
import type { Problem } from '../problem/problem.js';
import type { Question } from '../problem/question.js';
import { type KnotQuestion, makeKnotQuestion } from '../restricted/question.js';
import { type PositionedSolution, ReachableValues, type Reached } from '../restricted/reachable.js';

/** The fewest knots at given positions, by sweeps; or what is known of it when time was up. */
export interface PositionsAnswer {
  readonly kind: 'positions';
  readonly asked: KnotQuestion;
  /** Step of the grid of values; null: any values. */
  readonly valuesOn: Rational | null;
  readonly solution:
    | PositionedSolution
    | {
        readonly status: 'bracket';
        readonly lowerBound: number;
        readonly levels: readonly (readonly Reached[])[];
      };
}

/** Do sweeps answer this question? */
export function isForSweeps({ engine, restriction, valuesOn }: Question): boolean {
  const { knotsOn, maxSlopeChange } = restriction;
  if (valuesOn !== null && (knotsOn === null || maxSlopeChange !== null || engine !== 'auto'))
    throw new InputError(
      '--values-on goes with --knots-on and the engine that knows it; leave out --max-slope-change and --engine, add --knots-on data',
    );
  return knotsOn !== null && maxSlopeChange === null && engine === 'auto';
}

/** A question of positions on its way to its answer. */
export class PositionsQuestion {
  readonly asked: KnotQuestion;
  private readonly reachable: ReachableValues;
  private solution: PositionedSolution | null = null;

  /** @throws InputError as `makeKnotQuestion` and `ReachableValues` */
  constructor(problem: Problem, { restriction, valuesOn }: Pick<Question, 'restriction' | 'valuesOn'>) {
    this.asked = makeKnotQuestion(problem, restriction);
    this.valuesOn = valuesOn;
    this.reachable = new ReachableValues(problem, this.asked.candidates, valuesOn);
  }

  private readonly valuesOn: Rational | null;

  /** Knots that are known to be needed. */
  get lowerBound(): number {
    return this.reachable.lowerBound;
  }

  *solve(): Steps<PositionsAnswer> {
    this.solution = yield* this.reachable.solve();
    return this.answer;
  }

  /** What is known so far. */
  get answer(): PositionsAnswer {
    const { asked, valuesOn, lowerBound, reachable } = this;
    const known = this.solution ?? { status: 'bracket' as const, lowerBound, levels: reachable.reached };
    return { kind: 'positions', asked, valuesOn, solution: known };
  }
}

/** What it claims: a function that has as few knots as the levels allow, or that there is none. */
export function positionsStatement({ asked, valuesOn, solution }: PositionsAnswer): Statement {
  const claim = {
    kind: 'restricted',
    positions: asked.candidates.map(String),
    ...(valuesOn === null ? {} : { valuesOn: valuesOn.toString() }),
  } as const;
  const text = (end: Rational | null) => end?.toString() ?? null;
  const levels = solution.levels.map((level) =>
    level.map(({ position, low, high }) => [position, text(low), text(high)] as const),
  );
  const proof = { kind: 'reachable', levels } as const;
  if (solution.status === 'infeasible') return { claim, proof };
  if (solution.status === 'bracket') return { claim: { ...claim, lowerBound: solution.lowerBound }, proof };
  const { knots, places } = solution;
  return { claim: { ...claim, lowerBound: knots, upperBound: knots }, function: places, proof };
}
