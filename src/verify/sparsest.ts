import type { Rational } from '../exact/rational.js';
import { inOrderOfBreakpoints } from '../problem/breakpoints.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { neuronsWithFreeLine } from '../solve/architectures.js';
import type { BoundedSolution, Solution } from '../solve/solve.js';
import { plural, shown } from '../text/format.js';
import type { CanonicalForm } from './canonical-form.js';
import type { Residual } from './residuals.js';

/** The fewest neurons of a network of the architecture through all windows: proved bounds. */
export interface Minimum {
  readonly lowerBound: number;
  readonly upperBound: number;
  readonly provedBy: string;
}

/** What `sparsest` found. */
export interface Sparsity {
  readonly holds: boolean | 'undecided';
  /** Active neurons of the model. */
  readonly active: number;
  /** Null when no network fits at all. */
  readonly minimum: Minimum | null;
  /** The solution with the model's own network in it when that is the better one. */
  readonly solution: Solution;
  readonly message: string;
}

/**
 * Compares the active neurons of a model with the proved minimum. A model whose active neurons alone pass through all windows is
 * itself an upper bound once its redundant neurons are merged, so it can close a bracket.
 *
 * @param activeResidual largest residual of the active neurons alone (with the model's skip)
 * @param allowed the largest residual that counts as passing
 */
export function sparsity(
  skip: Skip,
  form: CanonicalForm,
  activeResidual: Residual,
  allowed: Rational,
  problem: Problem,
  solution: Solution,
): Sparsity {
  const active = form.active.length;
  if (solution.status === 'infeasible') {
    return {
      holds: false,
      active,
      minimum: null,
      solution,
      message: `no network fits: ${solution.rows[0]} and ${solution.rows[1]} have the same input and windows that do not meet`,
    };
  }
  const fits = activeResidual.residual.compare(allowed) <= 0;
  const best = fits && form.reduced < solution.upperBound ? withNetwork(solution, form) : solution;
  const { lowerBound, upperBound, provedBy } = best;
  const holds =
    active < lowerBound || active > upperBound ? false : lowerBound === upperBound ? true : 'undecided';
  return {
    holds,
    active,
    minimum: { lowerBound, upperBound, provedBy },
    solution: best,
    message: `${explain(holds, active, best, skip, fits, activeResidual, form, problem)}${withFreeLine(problem, best)}`,
  };
}

/** The solution with the reduced model as the network that attains the upper bound. */
function withNetwork(solution: BoundedSolution, form: CanonicalForm): BoundedSolution {
  const own = inOrderOfBreakpoints(form.network);
  const upperBound = own.neurons.length;
  return {
    ...solution,
    status: solution.lowerBound === upperBound ? 'optimal' : 'bracket',
    upperBound,
    open: solution.lowerBound === upperBound ? null : solution.open,
    network: own,
    function: null,
    values: null,
    pieces: null,
    provedBy: `${solution.provedBy}; the model itself`,
  };
}

/** Which architecture the fewest refers to matters where a free line would save neurons. */
function withFreeLine(problem: Problem, solution: BoundedSolution): string {
  const knots = neuronsWithFreeLine(problem, solution);
  if (knots === null) return '';
  return `; with a free line a x + c besides (skip affine) ${knots} would do, because without it a line takes up to two neurons`;
}

/** What keeps a bracket open, and what helps: only a search that was cut off does more with more time. */
function whyUndecided({ open, search }: BoundedSolution): string {
  const why = open === null ? '' : ` (${open})`;
  if (search === null) return why;
  return search.ended === 'time limit'
    ? `${why}; raise the time limit (--time-limit)`
    : `${why}; the search ended by its ${search.ended}`;
}

function explain(
  holds: Sparsity['holds'],
  active: number,
  solution: BoundedSolution,
  skip: Skip,
  fits: boolean,
  residual: Residual,
  form: CanonicalForm,
  problem: Problem,
): string {
  const { lowerBound, upperBound } = solution;
  const has = `${plural(active, 'active neuron')} of ${form.width}`;
  const through =
    problem.exact || problem.tolerance.isZero()
      ? 'through the data'
      : `within ${shown(problem.tolerance)} of every label`;
  const minimum =
    lowerBound === upperBound
      ? `the fewest of a network with skip ${skip} ${through} is ${upperBound}`
      : `the fewest of a network with skip ${skip} ${through} lies between ${lowerBound} and ${upperBound}`;
  if (holds === true) {
    const note = fits
      ? ''
      : `; its active neurons alone miss ${residual.where} by ${shown(residual.residual)}, though, so this network is not such a one`;
    return `${has}; ${minimum}, proved and checked${note}`;
  }
  if (holds === 'undecided') {
    return `${has}; ${minimum}: both bounds are proved and checked, the gap is open${whyUndecided(solution)}`;
  }
  if (active > upperBound) {
    const merged = form.reduced < active ? `; merging its redundant neurons leaves ${form.reduced}` : '';
    return `${has}, ${lowerBound === upperBound ? '' : 'at least '}${active - upperBound} more than needed: ${minimum}, proved and checked${merged}`;
  }
  return (
    `${has}, fewer than any network that fits can have (${minimum}, checked): ` +
    `its active neurons alone miss ${residual.where} by ${shown(residual.residual)}`
  );
}
