import { networkChunks } from '../files/network-format.js';
import type { Dataset } from '../problem/dataset.js';
import { type PiecewiseLinear, toNetwork } from '../problem/piecewise-linear.js';
import { describeQuestion, type KnotQuestion, type Restriction } from '../restricted/question.js';
import { describeRefutation } from '../restricted/refutation.js';
import type { BreakpointResult } from '../restricted/solver.js';
import { colors as pc } from '../text/colors.js';
import { duration, plural, wrap } from '../text/format.js';
import { knotList } from './knot-list.js';

const WIDTH = 78;

/** Everything the report of `solve --engine milp` and of restricted problems needs. */
export interface KnotQuestionView {
  readonly dataset: Dataset;
  readonly sha256: string;
  readonly question: KnotQuestion;
  readonly restriction: Restriction;
  readonly result: BreakpointResult;
  /** Fewest knots by the runs engine, for an unrestricted question with exact labels. */
  readonly runs: number | null;
  /** The checker accepted the bounds: those of an unrestricted question. */
  readonly checked: boolean;
  readonly certificate: string | null;
  readonly seconds: number;
}

/** The bounds on the number of knots that a result proves; null where there is none. */
export function boundsOf(result: BreakpointResult): { lower: number; upper: number | null } | null {
  switch (result.status) {
    case 'optimal':
      return { lower: result.knots, upper: result.knots };
    case 'feasible':
    case 'bracket':
      return { lower: result.lowerBound, upper: result.upperBound };
    case 'infeasible':
      return null;
  }
}

export function functionOf(result: BreakpointResult): PiecewiseLinear | null {
  return result.status === 'infeasible' ? null : result.function;
}

/** The object that `solve --json` prints for these questions; docs/json.md documents every field. */
export function knotQuestionJson(view: KnotQuestionView): Record<string, unknown> {
  const { question, restriction, result } = view;
  const bounds = boundsOf(result);
  const f = functionOf(result);
  const { backend } = result;
  return {
    command: 'solve',
    data: { name: view.dataset.name, sha256: view.sha256, points: question.problem.size, dimension: 1 },
    status: result.status,
    among: describeQuestion(question),
    restriction: {
      knotsOn: restriction.knotsOn?.map(String) ?? null,
      maxSlopeChange: restriction.maxSlopeChange?.toString() ?? null,
      maxKnots: restriction.maxKnots,
    },
    objective: {
      kind: 'neurons',
      skip: 'affine',
      tolerance: question.problem.tolerance.toString(),
      ...(bounds !== null && bounds.lower === bounds.upper ? { value: bounds.lower } : {}),
      ...(bounds === null ? {} : { lowerBound: bounds.lower, upperBound: bounds.upper }),
    },
    ...(f === null
      ? {}
      : {
          network: JSON.parse([...networkChunks(toNetwork(f))].join('')),
          knots: f.knots.map(({ at, slopeChange }) => ({ at: `${at}`, slopeChange: `${slopeChange}` })),
        }),
    ...(result.status === 'infeasible' ? { reason: reasonOf(view), limit: result.limit } : {}),
    backend: {
      name: backend.name,
      claim: backend.claim,
      claimedKnots: backend.claimedKnots,
      verifiedKnots: backend.verifiedKnots,
      verdict: backend.verdict,
      explanation: backend.explanation,
      seconds: backend.seconds,
    },
    ...(view.runs === null ? {} : { runsEngine: view.runs }),
    ...(view.certificate === null ? {} : { certificate: view.certificate }),
    provedBy: 'breakpoint model and exact branch and bound',
    checked: view.checked,
    seconds: view.seconds,
  };
}

function reasonOf({ question, result }: KnotQuestionView): string {
  if (result.status !== 'infeasible') return '';
  if (result.limit === null) return describeRefutation(question, result.reason);
  const count = result.proof.refutations.length;
  return `every choice of at most ${plural(result.limit, 'knot')} is refuted by integer multipliers (${plural(count, 'refutation')} at the root of the proof)`;
}

/** The page for a person. */
export function knotQuestionPage(view: KnotQuestionView): string {
  const { dataset, question, result } = view;
  const f = functionOf(result);
  const sections = [
    [
      `${pc.bold(dataset.name)}  ${plural(question.problem.size, 'point')}, breakpoint model with ${plural(question.candidates.length, 'candidate')}  ${pc.dim(duration(view.seconds))}`,
    ],
    [pc.bold(headline(view)), ...wrap(`Asked: ${describeQuestion(question)}.`, WIDTH)],
  ];
  if (result.status === 'infeasible') sections.push(['Why', ...wrap(reasonOf(view), WIDTH)]);
  if (f !== null) sections.push(knotList(f, '--json lists all'));
  sections.push(['Second opinion', ...opinion(view)]);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function headline({ result, checked }: KnotQuestionView): string {
  switch (result.status) {
    case 'optimal':
      return `${plural(result.knots, 'neuron')}, and no fewer: proved${checked ? ' and checked' : ''}.`;
    case 'feasible':
      return `Possible with ${plural(result.upperBound, 'neuron')} (at least ${result.lowerBound} are needed).`;
    case 'bracket':
      return result.upperBound === null
        ? `At least ${plural(result.lowerBound, 'neuron')}; whether any function fits is open.`
        : `Between ${result.lowerBound} and ${plural(result.upperBound, 'neuron')}: time was up.`;
    case 'infeasible':
      return result.limit === null
        ? 'No such function fits: proved.'
        : `Not possible with ${plural(result.limit, 'neuron')}: proved.`;
  }
}

function opinion({ result, runs }: KnotQuestionView): string[] {
  const { name, explanation, verdict } = result.backend;
  const lines = wrap(
    `${name} ${verdict === 'disagrees' ? pc.red('disagrees') : verdict}: ${explanation}`,
    WIDTH,
  );
  if (runs !== null && result.status === 'optimal') {
    lines.push(
      runs === result.knots
        ? `The closed form (runs of curvature) gives ${runs} as well.`
        : `The closed form (runs of curvature) gives ${runs}: one of the two is wrong, please report it.`,
    );
  }
  return lines;
}
