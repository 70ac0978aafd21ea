import { networkChunks } from '../files/network-format.js';
import { solutionSet } from '../knots/solution-set.js';
import type { Dataset } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import type { Solution } from '../solve/solve.js';

/** Above this many knots (or neurons) they are printed only on demand. */
export const KNOTS_SHOWN = 10_000;

/** Words of a run are listed up to this many; their pattern is always given. */
const WORDS_SHOWN = 64;

/** Everything the report of `solve` needs. The solution has passed its check (`checked`): the page says so. */
export interface SolveView {
  /** The file as the user named it. */
  readonly path: string;
  readonly dataset: Dataset;
  readonly problem: Problem;
  /** Hash of the canonical text of the problem. */
  readonly sha256: string;
  readonly solution: Solution;
  /** Describe the whole set of sparsest solutions. */
  readonly all: boolean;
  /** Print more than KNOTS_SHOWN knots, too. */
  readonly allKnots: boolean;
  /** File the certificate was written to. */
  readonly certificate: string | null;
  readonly seconds: number;
}

/** The object that `solve --json` prints; docs/json.md documents every field. */
export function solveJson(view: SolveView): Record<string, unknown> {
  const { dataset, problem, solution } = view;
  const data = {
    name: dataset.name,
    sha256: view.sha256,
    points: problem.size,
    dimension: problem.dimension,
  };
  const tail = {
    ...(view.certificate === null ? {} : { certificate: view.certificate }),
    provedBy: solution.provedBy,
    checked: true,
  };
  if (solution.status === 'infeasible') {
    return {
      command: 'solve',
      data,
      status: 'infeasible',
      conflict: solution.rows,
      ...tail,
      seconds: view.seconds,
    };
  }
  const { objective, skip, lowerBound, upperBound } = solution;
  const shown = view.allKnots || upperBound <= KNOTS_SHOWN;
  const set = solution.exact === null ? null : solutionSet(problem, solution.exact.runs);
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
    ...(shown && solution.function !== null
      ? {
          knots: solution.function.knots.map(({ at, slopeChange }) => ({
            at: at.toString(),
            slopeChange: slopeChange.toString(),
          })),
        }
      : {}),
    ...(set !== null && skip === 'affine' ? { unique: set.unique } : {}),
    ...(shown && solution.exact !== null && skip === 'affine'
      ? { tiedRuns: solution.exact.limit.tiedRuns.length }
      : {}),
    ...(solution.genericBound === null ? {} : { generic: solution.genericBound }),
    ...(solution.search === null ? {} : { search: solution.search }),
    ...(set !== null && view.all ? { solutions: solutionsJson(problem, set) } : {}),
    ...tail,
    seconds: view.seconds,
  };
}

function solutionsJson(problem: Problem, set: ReturnType<typeof solutionSet>): Record<string, unknown> {
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
