import { networkChunks } from '../files/network-format.js';
import type { SolutionSet } from '../knots/solution-set.js';
import type { Problem } from '../problem/problem.js';
import type { PosedQuestion } from '../problem/question.js';
import type { Solution } from '../solve/solve.js';
import { knotsJson } from './knot-list.js';
import { leastJson } from './least.js';
import { dataJson, KNOTS_SHOWN, type Run } from './run.js';

/** Words of a run are listed up to this many; their pattern is always given. */
const WORDS_SHOWN = 64;

/** The object that `solve --json` prints for a solution that has passed its check; docs/json.md documents every field. */
export function solveJson(question: PosedQuestion, solution: Solution, run: Run): Record<string, unknown> {
  const { problem } = question;
  const data = dataJson(question);
  const tail = {
    ...(run.written.certificate === undefined ? {} : { certificate: run.written.certificate }),
    provedBy: solution.provedBy,
    checked: true,
  };
  if (solution.status === 'infeasible') {
    return {
      command: 'solve',
      data,
      status: 'infeasible',
      conflict: solution.rows,
      ...leastJson(run.least ?? null),
      ...tail,
      seconds: run.seconds,
    };
  }
  const { objective, skip, lowerBound, upperBound } = solution;
  const shown = run.allKnots || upperBound <= KNOTS_SHOWN;
  const set = solution.exact?.solutions ?? null;
  return {
    command: 'solve',
    data,
    status: solution.status,
    objective: {
      kind: objective,
      skip,
      tolerance: problem.tolerance.toString(),
      ...(lowerBound === upperBound ? { value: lowerBound } : {}),
      lowerBound,
      upperBound,
    },
    ...(shown ? { network: JSON.parse([...networkChunks(solution.network)].join('')) } : {}),
    ...(shown && solution.function !== null ? { knots: knotsJson(solution.function) } : {}),
    ...(set !== null && skip === 'affine' ? { unique: set.unique } : {}),
    ...(shown && solution.exact !== null && skip === 'affine'
      ? { tiedRuns: solution.exact.limit.tiedRuns.length }
      : {}),
    ...(solution.genericBound === null ? {} : { generic: solution.genericBound }),
    ...(solution.open === null ? {} : { open: solution.open }),
    ...(solution.search === null ? {} : { search: solution.search }),
    ...(set !== null && run.all ? { solutions: solutionsJson(problem, set) } : {}),
    ...tail,
    seconds: run.seconds,
  };
}

function solutionsJson(problem: Problem, set: SolutionSet): Record<string, unknown> {
  const at = (point: number) => problem.inputs[0]!.value(point).toString();
  return {
    unique: set.unique,
    vertices: set.vertices.toString(),
    functions: set.functions.toString(),
    runs: set.free.map((run) => ({
      from: at(run.points[0]),
      to: at(run.points[1]),
      sign: run.sign,
      pattern: '(10)^a b (10)^c with 2a + 2c + 1 inner points',
      ...(run.points[1] - run.points[0] <= WORDS_SHOWN ? { words: [...run.words()] } : {}),
      freeSlopes: [...run.freeSlopes()].map(({ point, lower, upper }) => ({
        through: at(point),
        lower: lower.toString(),
        upper: upper.toString(),
      })),
    })),
  };
}
