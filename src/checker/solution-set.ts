import type { SolutionSetClaim } from '../certificate/solution-set.js';
import { product } from '../exact/product.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { checkKnots, fewestKnots, runsOf, tilesOf } from './runs.js';
import { guard } from './verdict.js';

/** function or pieces, free runs -> the sparsest functions of S, counted. See FORMAT.md for the argument. */
export function checkSolutionSet(problem: Problem, statement: Statement, claim: SolutionSetClaim): string {
  const { proof } = statement;
  guard(proof.kind === 'free-runs', 'claim-proof', () => `proof ${proof.kind} does not describe a set`);
  guard(
    problem.dimension === 1 && problem.exact,
    'solution-set-problem',
    () => 'the sets that are described are those of one input and exact labels',
  );
  const runs = runsOf(problem);
  const fewest = fewestKnots(runs);
  guard(
    claim.knots === fewest,
    'solution-set-knots',
    () => `the claim is ${claim.knots} knots, the fewest are ${fewest}`,
  );
  const knots = checkKnots(problem, statement, 'solution-set-function');
  guard(
    knots.length === fewest,
    'solution-set-function',
    () => `the function has more knots than the fewest, ${fewest}`,
  );
  tilesOf(problem, runs, knots, 'solution-set-function');
  const free = runs.filter(({ points }) => points >= 3 && points % 2 === 1);
  guard(
    free.length === proof.runs.length,
    'solution-set-runs',
    () => `${proof.runs.length} runs leave a choice by the certificate, ${free.length} do`,
  );
  free.forEach(({ first, points, sign }, r) => {
    const [from, to, direction] = proof.runs[r]!;
    guard(
      from === first && to === first + points - 1 && direction === sign,
      'solution-set-runs',
      () =>
        `run ${r} that leaves a choice is [${first}, ${first + points - 1}, ${sign}], not [${proof.runs[r]}]`,
    );
  });
  const functions = product(free.map(({ points }) => BigInt((points + 1) >> 1)));
  const vertices = product(free.map(({ points }) => BigInt(points - 1)));
  guard(
    claim.functions === functions.toString() && claim.vertices === vertices.toString(),
    'solution-set-count',
    () => `the runs give ${functions} functions by ${vertices} words`,
  );
  const many = claim.functions.length > 30 ? `a number of ${claim.functions.length} digits` : claim.functions;
  return functions === 1n
    ? `${fewest} knots are the fewest of a function through the data, and the function is the only one of S with as few`
    : `${fewest} knots are the fewest of a function through the data, and ${many} vertices of S have as few: ${free.length} runs leave a choice`;
}
