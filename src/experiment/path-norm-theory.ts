import { type DecimalEnclosure, decimalsAround, power } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import type { Candidate } from '../path-norm/candidates.js';
import { type ThresholdSeveral, ThresholdSeveralSearch } from '../path-norm/threshold.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { accepted } from '../solve/checked.js';
import { thresholdSeveralStatement } from '../solve/path-norm.js';
import type { PathNormRow } from './rows.js';
import type { TheoryResult } from './several-inputs-theory.js';
import type { TruthLimits } from './truth.js';

/** Digits after the point of p*. */
const DIGITS = 18;

/** Binary digits at which costs are compared. */
const BITS = 128;

/** p* as far as all vertices can be gone through in the time; the checker has accepted what is known of it. */
export function thresholdWithin(
  problem: Problem,
  skip: Skip,
  { timeLimit, shouldStop = () => false }: Pick<TruthLimits, 'timeLimit' | 'shouldStop'>,
): ThresholdSeveral {
  const end = performance.now() + 1000 * timeLimit;
  const search = new ThresholdSeveralSearch(problem, skip);
  for (const _ of search.steps()) if (performance.now() > end || shouldStop()) break;
  const threshold = search.result();
  const statement = thresholdSeveralStatement(threshold);
  if (statement !== null) accepted(problem, statement);
  return threshold;
}

/**
 * Theorem 4.1 with several inputs (one without a free line: with the cost of equation (2)): p* > 0, and below it every network that is proved to be a global minimiser has the fewest parameters. The
 * fewest, and p*, come from going through all vertices; the minimisers from branch and bound. The theorem is contradicted where a denser network
 * costs less than every sparsest one.
 *
 * @param minima the proved minima of the same data and architecture, tolerance 0
 * @param fewest bounds on the fewest parameters from the exact search, null where it failed, and with one input (it counts constant neurons too)
 * @param counted what the cost has terms for
 */
export function theorem41(
  { lower, upper, found, choices }: ThresholdSeveral,
  minima: readonly PathNormRow[],
  fewest: { readonly lowerBound: number; readonly upperBound: number } | null,
  counted: 'parameters' | 'neurons with a slope' = 'parameters',
): TheoryResult & { readonly pStar: DecimalEnclosure } {
  const pStar = decimalsAround(lower, upper, DIGITS);
  const statement = `p* > 0, and for every p below p* each network that is proved to be a global minimiser has the fewest ${counted}`;
  const required = `${found === null ? 'the fewest' : found.fewest} ${counted} at every p below p*`;
  if (found === null) {
    const why = Number.isFinite(choices) ? `${choices} choices of rays` : 'too many rays';
    return {
      holds: 'undecided',
      statement,
      pStar,
      measured: `p* is not known: ${why} to go through`,
      required,
    };
  }
  const sparse = found.candidates.filter(({ entries }) => entries.length === found.fewest);
  const below = minima.filter(({ p }) => Rational.parse(p).lessThan(lower));
  const verdicts = below.map((row) => ({ row, holds: minimiserIsSparsest(row, found.fewest, sparse) }));
  const disagree = fewest !== null && (found.fewest < fewest.lowerBound || found.fewest > fewest.upperBound);
  const all = verdicts.map(({ holds }) => holds);
  const isOpen = lower.isZero() || all.includes('undecided');
  const measured = [
    `p* is between ${lower.toNumber()} and ${upper.toNumber()}`,
    ...(disagree
      ? [`the exact search says ${fewest.lowerBound} to ${fewest.upperBound} parameters are the fewest`]
      : []),
    ...(below.length === 0
      ? ['no exponent of the experiment is proved to lie below it']
      : verdicts.map(({ row }) => minimiserText(row, counted))),
  ].join('; ');
  return {
    holds: disagree || all.includes(false) ? false : isOpen ? 'undecided' : true,
    statement,
    pStar,
    measured,
    required,
  };
}

function minimiserText({ p, result, network, terms }: PathNormRow, counted: string): string {
  if (network === undefined) return `p = ${p}: no network`;
  return `p = ${p}: ${terms ?? network.parameters} ${counted}${result === 'optimal' ? '' : ', not proved to be the minimum'}`;
}

/** A denser network is no minimiser when a sparsest one costs no more; that it is one needs a cost below all of theirs. */
function minimiserIsSparsest(
  { p, result, network, terms, upper }: PathNormRow,
  fewest: number,
  sparse: readonly Candidate[],
): boolean | 'undecided' {
  if (result !== 'optimal' || network === undefined || upper === undefined) return 'undecided';
  const size = terms ?? network.parameters;
  if (size <= fewest) return size === fewest;
  const exponent = Rational.parse(p);
  const cost = Rational.parse(upper);
  const isCheaper = sparse.every(({ entries }) => {
    const least = entries.reduce((sum, entry) => sum + power(entry, exponent, BITS).lower, 0n);
    return cost.lessThan(Rational.of(least, 1n << BigInt(BITS)));
  });
  return isCheaper ? false : 'undecided';
}
