import { networkChunks } from '../files/network-format.js';
import { calendarOf } from '../problem/calendar-of.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import { describeQuestion } from '../restricted/question.js';
import { describeRefutation } from '../restricted/refutation.js';
import type { RestrictedSolution } from '../solve/restricted.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, type Step, wrap } from '../text/format.js';
import { knotList, knotsJson } from './knot-list.js';
import { leastJson, leastLines } from './least.js';
import { columnsLine, dataJson, endOfTime, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The object that `solve --json` prints for these questions; docs/json.md documents every field. */
export function restrictedJson(
  question: PosedQuestion,
  solution: RestrictedSolution,
  { seconds, written, least = null }: Run,
): Record<string, unknown> {
  const { restriction } = question;
  const { asked, result, ended, bounds, function: f, counted } = solution;
  const { backend } = result;
  return {
    command: 'solve',
    data: dataJson(question),
    status: result.status,
    ...(ended === null ? {} : { ended }),
    among: describeQuestion(asked),
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
      : { network: JSON.parse([...networkChunks(toNetwork(f))].join('')), knots: knotsJson(f) }),
    ...(result.status === 'infeasible'
      ? { reason: reasonOf(solution), limit: result.limit, ...leastJson(least) }
      : {}),
    backend: {
      name: backend.name,
      claim: backend.claim,
      claimedKnots: backend.claimedKnots,
      verifiedKnots: backend.verifiedKnots,
      verdict: backend.verdict,
      explanation: backend.explanation,
      seconds: backend.seconds,
    },
    ...(counted === null ? {} : { runsEngine: counted.knots }),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'breakpoint model and exact branch and bound',
    checked: true,
    seconds,
  };
}

function reasonOf({ asked, result }: RestrictedSolution): string {
  if (result.status !== 'infeasible') return '';
  if (result.limit === null) return describeRefutation(asked, result.reason);
  const count = result.proof.refutations.length;
  return `every choice of at most ${plural(result.limit, 'knot')} is refuted by integer multipliers (${plural(count, 'refutation')} at the root of the proof)`;
}

/** The page for a person, about a solution whose statement has passed its check. */
export function restrictedPage(question: PosedQuestion, solution: RestrictedSolution, run: Run): string {
  const { dataset, problem } = question;
  const { asked, result, ended, function: f } = solution;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, breakpoint model with ${plural(asked.candidates.length, 'candidate')}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    [
      pc.bold(headline(solution)),
      ...wrap(`Asked: ${describeQuestion(asked)}.`, WIDTH),
      ...(ended === null ? [] : wrap(endOfTime(ended), WIDTH)),
    ],
    result.status === 'infeasible'
      ? ['Why', ...wrap(reasonOf(solution), WIDTH), ...leastLines(question, run.least ?? null, WIDTH)]
      : [],
    f === null ? [] : knotList(f, '--json lists all', false, calendarOf(question.dataset)),
    ['Second opinion', ...opinion(solution)],
    next(question, solution, run),
  ]);
}

function next(question: PosedQuestion, { function: f }: RestrictedSolution, { written }: Run): string[] {
  const ask = (...options: string[]) => commandLine(question, 'solve', { options });
  const steps: Step[] = [];
  if (written.certificate !== undefined) {
    const check = commandLine(question, 'check', { after: [written.certificate] });
    steps.push(['check the proof with independent code', check]);
  } else {
    steps.push(['write the proof', ask('--certificate', 'proof.json')]);
  }
  if (f !== null && written.plot === undefined) steps.push(['draw it', ask('--plot', 'picture.svg')]);
  return nextSection(steps);
}

function headline({ result }: RestrictedSolution): string {
  switch (result.status) {
    case 'optimal':
      return `${plural(result.knots, 'neuron')}, and no fewer: proved and checked.`;
    case 'feasible':
      return `Possible with ${plural(result.upperBound, 'neuron')} (at least ${result.lowerBound} are needed).`;
    case 'bracket':
      return result.upperBound === null
        ? `At least ${plural(result.lowerBound, 'neuron')}; whether any function fits is open.`
        : `Between ${result.lowerBound} and ${plural(result.upperBound, 'neuron')}.`;
    case 'infeasible':
      return result.limit === null
        ? 'No such function fits: proved and checked.'
        : `Not possible with ${plural(result.limit, 'neuron')}: proved and checked.`;
  }
}

function opinion({ result, counted }: RestrictedSolution): string[] {
  const { name, explanation, verdict } = result.backend;
  const lines = wrap(
    `${name} ${verdict === 'disagrees' ? pc.red('disagrees') : verdict}: ${explanation}`,
    WIDTH,
  );
  if (counted !== null && result.status === 'optimal') {
    lines.push(
      counted.knots === result.knots
        ? `The closed form (runs of curvature) gives ${counted.knots} as well.`
        : `The closed form (runs of curvature) gives ${counted.knots}: one of the two is wrong, please report it.`,
    );
  }
  return lines;
}
