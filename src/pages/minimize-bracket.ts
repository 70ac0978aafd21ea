import type { LpBracket } from '../lp-norm/minimize.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { duration, plural, readable, wrap } from '../text/format.js';
import { columnsLine, dataJson, type Ended, endOfTime, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The object that `minimize --json` prints when a limit came first; docs/json.md documents every field. */
export function bracketJson(
  question: PosedQuestion,
  { p, cost, runs, runsDecided, knotCount }: LpBracket,
  ended: Ended,
  { seconds }: Run,
): Record<string, unknown> {
  return {
    command: 'minimize',
    data: dataJson(question),
    p: p.toString(),
    status: 'bracket',
    ended,
    cost,
    runs,
    runsDecided,
    knotCount,
    provedBy: 'enclosures in doubles of the dynamic programming over the words of every run',
    seconds,
  };
}

/** The page for a person. */
export function bracketPage(question: PosedQuestion, bracket: LpBracket, ended: Ended, run: Run): string {
  const { dataset, problem } = question;
  const { p, cost, runs, runsDecided, knotCount } = bracket;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, p = ${readable(p)}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    [
      pc.bold('The least cost is between these two:'),
      `  ${shorten(cost.lower)}`,
      `  ${shorten(cost.upper)}`,
      ...wrap(
        `${runsDecided.toLocaleString('en-US')} of ${plural(runs, 'run')} of three or more points are decided exactly. A function with ${plural(knotCount, 'knot')} costs no more than the larger number.`,
        WIDTH,
      ),
      ...wrap(endOfTime(ended), WIDTH),
    ],
  ]);
}

/** The first digits of a long decimal. */
function shorten(decimal: string): string {
  if (decimal.length <= 60) return decimal;
  const whole = decimal.split('.')[0]!;
  return whole.length <= 40
    ? `${decimal.slice(0, 60)}...`
    : `${decimal.slice(0, 40)}... (${whole.length.toLocaleString('en-US')} digits before the point)`;
}
