import { networkChunks } from '../files/network-format.js';
import { calendarOf } from '../problem/calendar-of.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import { describeQuestion } from '../restricted/question.js';
import type { PositionsAnswer } from '../solve/positions.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, exactText, nextSection, plural, type Step, wrap } from '../text/format.js';
import { knotList, knotsJson } from './knot-list.js';
import { leastJson, leastLines } from './least.js';
import { columnsLine, dataJson, type Ended, endOfTime, isWrittenOut, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The object that `solve --knots-on --json` prints; docs/json.md documents every field. */
export function positionsJson(
  question: PosedQuestion,
  answer: PositionsAnswer,
  ended: Ended | null,
  { seconds, written, allKnots, least = null }: Run,
): Record<string, unknown> {
  const { restriction, valuesOn, problem } = question;
  const { asked, solution } = answer;
  const lowerBound =
    solution.status === 'optimal'
      ? solution.knots
      : solution.status === 'bracket'
        ? solution.lowerBound
        : null;
  const isWithin = isWithinLimit(answer);
  const f = solution.status === 'optimal' && isWithin ? solution.function : null;
  return {
    command: 'solve',
    data: dataJson(question),
    status: isWithin ? solution.status : 'infeasible',
    ...(ended === null ? {} : { ended }),
    among: describeQuestion(asked),
    restriction: {
      knotsOn: restriction.knotsOn!.map(String),
      ...(valuesOn === null ? {} : { valuesOn: valuesOn.toString() }),
      maxSlopeChange: null,
      maxKnots: restriction.maxKnots,
    },
    objective: {
      kind: 'neurons',
      skip: 'affine',
      tolerance: problem.tolerance.toString(),
      ...(f === null ? {} : { value: f.knots.length }),
      ...(lowerBound === null || !isWithin ? {} : { lowerBound, upperBound: f?.knots.length ?? null }),
    },
    ...(f !== null && (allKnots || isWrittenOut(f.knots.length, problem))
      ? { network: JSON.parse([...networkChunks(toNetwork(f))].join('')), knots: knotsJson(f) }
      : {}),
    ...(isWithin && solution.status !== 'infeasible'
      ? {}
      : { reason: whyNone(answer), limit: isWithin ? null : restriction.maxKnots, ...leastJson(least) }),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'sweeps',
    checked: true,
    seconds,
  };
}

/** Is a limit on the number of knots kept, as far as is known? */
export function isWithinLimit({ asked, solution }: PositionsAnswer): boolean {
  const { maxKnots } = asked;
  if (maxKnots === null || solution.status === 'infeasible') return true;
  return (solution.status === 'optimal' ? solution.knots : solution.lowerBound) <= maxKnots;
}

function whyNone(answer: PositionsAnswer): string {
  const { asked, solution } = answer;
  if (isWithinLimit(answer))
    return `from what ${plural(solution.levels.length, 'knot')} can reach no piece leads to anything new at any position, and none past the last point`;
  const least = solution.status === 'optimal' ? solution.knots : solution.levels.length + 1;
  return `${plural(least, 'knot')} are needed: no piece from what ${plural(asked.maxKnots!, 'knot')} can reach passes the last point`;
}

/** The page for a person. */
export function positionsPage(
  question: PosedQuestion,
  answer: PositionsAnswer,
  ended: Ended | null,
  run: Run,
): string {
  const { dataset, problem } = question;
  const { asked, solution } = answer;
  const isWithin = isWithinLimit(answer);
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, 1 input, knots on ${plural(asked.candidates.length, 'position')}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    [
      pc.bold(headline(answer)),
      ...wrap(`Asked: ${describeQuestion(asked)}${valuesInWords(question)}.`, WIDTH),
      ...(ended === null ? [] : wrap(endOfTime(ended), WIDTH)),
    ],
    solution.status === 'optimal' && isWithin
      ? knotList(solution.function, '--knots prints all', run.allKnots, calendarOf(dataset))
      : [],
    ['Why', ...wrap(why(answer), WIDTH), ...leastLines(question, run.least ?? null, WIDTH)],
    next(question, answer, run),
  ]);
}

function valuesInWords({ valuesOn }: PosedQuestion): string {
  return valuesOn === null
    ? ''
    : `, values at knots and at both ends of the data on multiples of ${exactText(valuesOn)}`;
}

function headline(answer: PositionsAnswer): string {
  const { solution, asked } = answer;
  if (!isWithinLimit(answer))
    return `Not possible with ${plural(asked.maxKnots!, 'neuron')}: proved and checked.`;
  switch (solution.status) {
    case 'optimal':
      return `${plural(solution.knots, 'neuron')}, and no fewer: proved and checked.`;
    case 'bracket':
      return `At least ${plural(solution.lowerBound, 'neuron')}; whether any function fits is open.`;
    case 'infeasible':
      return 'No such function fits: proved and checked.';
  }
}

function why(answer: PositionsAnswer): string {
  const { solution } = answer;
  if (solution.status === 'infeasible' || !isWithinLimit(answer)) return `No function: ${whyNone(answer)}.`;
  const knots = solution.status === 'optimal' ? solution.knots : solution.lowerBound;
  if (knots === 0) return 'No fewer: it is a line.';
  return `No fewer: the certificate lists every value that ${knots === 1 ? 'no knot' : `up to ${plural(knots - 1, 'knot')}`} can reach at every position, and no piece from there passes the last point.`;
}

function next(question: PosedQuestion, { solution }: PositionsAnswer, { written }: Run): string[] {
  const ask = (...options: string[]) => commandLine(question, 'solve', { options });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof', ask('--certificate', 'proof.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
    ...(solution.status === 'optimal' && written.plot === undefined
      ? [['draw it', ask('--plot', 'picture.svg')] as const]
      : []),
    ...(question.valuesOn === null
      ? [['a second opinion', commandLine({ ...question, engine: 'milp' }, 'solve')] as const]
      : []),
  ];
  return nextSection(steps);
}
