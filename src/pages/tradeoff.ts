import type { Rational } from '../exact/rational.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { elbowOf, shownHeights } from '../text/elbow.js';
import { duration, nextSection, plural, readable, type Step, table, wrap } from '../text/format.js';
import { ROWS_SHOWN } from './knot-list.js';
import { columnsLine, dataJson, type Ended, endOfTime, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The least tolerances for 0, 1, 2, .. knots. */
export interface Tradeoff {
  readonly question: PosedQuestion;
  readonly curve: readonly { readonly knots: number; readonly tolerance: Rational }[];
  /** The curve ends at the least tolerance of any number of knots. */
  readonly complete: boolean;
  /** Which limit came before its end. */
  readonly ended: Ended | null;
  readonly passes: number;
}

/** The object that `tradeoff --json` prints; docs/json.md documents every field. */
export function tradeoffJson(
  { question, curve, complete, ended, passes }: Tradeoff,
  { seconds, written }: Run,
): Record<string, unknown> {
  return {
    command: 'tradeoff',
    data: dataJson(question),
    status: ended === null ? 'optimal' : 'bracket',
    ...(ended === null ? {} : { ended }),
    complete,
    curve: curve.map(({ knots, tolerance }) => ({ knots, tolerance: tolerance.toString() })),
    elbow: elbowOf(shownHeights(curve.map(({ tolerance }) => tolerance.toNumber())).heights),
    passes,
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    checked: true,
    seconds,
  };
}

/** The table for a person. */
export function tradeoffPage(answer: Tradeoff, run: Run): string {
  const { question, curve, complete, ended, passes } = answer;
  const { dataset, problem } = question;
  const elbow = elbowOf(shownHeights(curve.map(({ tolerance }) => tolerance.toNumber())).heights);
  const ratio = (k: number): string => {
    const before = curve[k - 1]?.tolerance;
    return before === undefined || before.sign() <= 0 || curve[k]!.tolerance.sign() < 0
      ? ''
      : (curve[k]!.tolerance.toNumber() / before.toNumber()).toFixed(3);
  };
  const rows = curve
    .slice(0, ROWS_SHOWN)
    .map(({ knots, tolerance }, k) => [
      `${knots}`,
      readable(tolerance),
      ratio(k),
      k === elbow ? 'elbow' : '',
    ]);
  const last = curve.at(-1);
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, 1 input  ${pc.dim(`${plural(passes, 'pass', 'passes')} over the windows, ${duration(run.seconds)}`)}`,
      columnsLine(dataset),
    ],
    [
      pc.bold(
        `The least tolerance for ${curve.length === 0 ? 'no' : '0 to'} ${last === undefined ? 'budget' : plural(last.knots, 'knot')}: proved and checked.`,
      ),
      ...(ended === null ? [] : wrap(endOfTime(ended), WIDTH)),
    ],
    [
      ...table(['knots', 'least tolerance', 'ratio', ''], rows).map((row) => `  ${row}`.trimEnd()),
      ...(curve.length > rows.length
        ? [`  ... and ${curve.length - rows.length} more (--json lists all)`]
        : []),
    ],
    complete && last !== undefined
      ? wrap(
          last.tolerance.isZero()
            ? `With ${plural(last.knots, 'knot')} the function passes through every point.`
            : !problem.exact && problem.emptyWindow === null
              ? `More than ${plural(last.knots, 'knot')} do not help: a window is a single value then.`
              : `More than ${plural(last.knots, 'knot')} do not help: equal inputs ask for different values, and no function comes closer to them than ${readable(last.tolerance)}.`,
          WIDTH,
        )
      : [],
    next(question, run),
  ]);
}

function next(question: PosedQuestion, { written }: Run): string[] {
  const ask = (...options: string[]) => commandLine(question, 'tradeoff', { options });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof of the whole curve', ask('--certificate', 'proof.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
    ...(written.plot === undefined
      ? [['draw it, with some of the functions', ask('--plot', 'curve.svg', '--fits')] as const]
      : []),
  ];
  return nextSection(steps);
}
