import { type DecimalEnclosure, decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { closedBoundText, closedLowerBound } from '../lp-norm/closed-bound.js';
import type { Crossing } from '../lp-norm/crossing.js';
import type { LpPath } from '../lp-norm/path.js';
import type { PathPiece } from '../lp-norm/path-pieces.js';
import type { Threshold } from '../lp-norm/threshold.js';
import type { Bracket, Uniqueness } from '../lp-norm/uniqueness.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, readable, type Step, table, wrap } from '../text/format.js';
import { knotsJson } from './knot-list.js';
import { columnsLine, dataJson, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** Digits after the point in the decimals of crossings. */
const DIGITS = 18;

/** Pieces listed on the page. */
const ROWS_SHOWN = 40;

/** What `threshold` says first. */
export interface PStarAnswer {
  readonly threshold: Threshold;
  /** The checker accepted the bracket; false when a limit came before it was through. */
  readonly checked: boolean;
  /** Null when p* = 1, and while no crossing is known. */
  readonly crossing: Crossing | null;
}

/** The answer of `threshold`. */
export interface ThresholdAnswer extends PStarAnswer {
  readonly uniqueness: Uniqueness;
  /** The checker accepted the brackets of uniqueness too; false when a limit came before it was through, or through with p*. */
  readonly uniqueChecked: boolean;
  /** The limit that came before everything was done. */
  readonly ended: 'time limit' | 'stopped' | null;
  /** With --path: the minimisers, and the function and cost of every piece. */
  readonly lpPath: { readonly path: LpPath; readonly pieces: readonly PathPiece[] } | null;
}

/** The object that `threshold --json` prints; docs/json.md documents every field. */
export function thresholdJson(
  question: PosedQuestion,
  { threshold, checked, uniqueness, uniqueChecked, crossing, lpPath, ended }: ThresholdAnswer,
  { written, seconds }: Run,
): Record<string, unknown> {
  const { problem } = question;
  return {
    command: 'threshold',
    data: dataJson(question),
    status: threshold.status,
    pStar: threshold.pStar,
    pStarExact: { lower: threshold.lower.toString(), upper: threshold.upper.toString() },
    uniqueBelow: bracketJson(uniqueness.uniqueBelow),
    uniqueUpToMultisetsBelow: bracketJson(uniqueness.uniqueUpToMultisetsBelow),
    ...(crossing === null
      ? {}
      : {
          crossing: {
            runFrom: problem.inputs[0]!.value(threshold.crossing!.point).toString(),
            sparsest: knotsJson(crossing.sparsest),
            denser: knotsJson(crossing.denser),
          },
        }),
    ...(threshold.lower.isZero() ? { closedLowerBound: closedLowerBound(problem, 'affine').toString() } : {}),
    ...(lpPath === null ? {} : { path: pathJson(lpPath) }),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'interval dynamic programming',
    checked,
    uniqueChecked,
    ...(ended === null ? {} : { ended }),
    seconds,
  };
}

function bracketJson({ lower, upper }: Bracket): DecimalEnclosure {
  return decimalsAround(lower, upper, DIGITS);
}

function pathJson({ path, pieces }: NonNullable<ThresholdAnswer['lpPath']>): Record<string, unknown> {
  return {
    pieces: path.pieces.map(({ from, to, knotCount, unique }, i) => ({
      from: decimalsAround(from, from, DIGITS).lower,
      to: decimalsAround(to, to, DIGITS).upper,
      knotCount,
      unique,
      costFrom: pieces[i]!.costFrom,
      costTo: pieces[i]!.costTo,
      knots: knotsJson(pieces[i]!.function),
    })),
    stretches: path.stretches.map(({ lower, upper, kind, runs }) => ({
      ...decimalsAround(lower, upper, DIGITS),
      kind,
      runs,
    })),
  };
}

/** The first part of the page for a person: p*. */
export function pStarPage(question: PosedQuestion, answer: PStarAnswer, run: Run): string {
  const { dataset, problem } = question;
  const { threshold, checked, crossing } = answer;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    headline(threshold, checked),
    crossing === null
      ? []
      : wrap(
          `The run that decides begins at x = ${readable(problem.inputs[0]!.value(threshold.crossing!.point))}. At p* a function with ${plural(crossing.denser.knots.length, 'knot')} becomes cheaper than every sparsest one with ${crossing.sparsest.knots.length}:`,
          WIDTH,
        ).concat(crossingTable(crossing)),
    threshold.lower.isZero() ? wrap(closedBoundText(problem, 'affine'), WIDTH) : [],
    checked || threshold.lower.isZero()
      ? []
      : wrap(
          'The check of the proof was cut short: it is left to the checker, for which --certificate FILE writes the proof.',
          WIDTH,
        ),
  ]);
}

/** The rest of that page: uniqueness, the path where it is asked for, and what to do next. */
export function restPage(question: PosedQuestion, answer: ThresholdAnswer, run: Run): string {
  const { uniqueness, uniqueChecked, lpPath } = answer;
  return `\n${pageOf([
    uniqueLines(uniqueness),
    uniqueChecked ? [] : wrap('The check of this was cut short. A certificate holds p* alone.', WIDTH),
    lpPath === null ? [] : pathLines(lpPath),
    next(question, answer, run),
  ])}`;
}

function next(
  question: PosedQuestion,
  { threshold, uniqueChecked, crossing, lpPath, ended }: ThresholdAnswer,
  { written }: Run,
): string[] {
  const shown = lpPath === null ? [] : ['--path'];
  const ask = (...options: string[]) =>
    commandLine(question, 'threshold', { options: [...shown, ...options] });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof', ask('--certificate', 'pstar.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
  ];
  if (ended === 'time limit' && (threshold.status === 'undecided' || !uniqueChecked)) {
    const timeLimit = 10 * (question.timeLimit ?? 60);
    steps.unshift([
      'give it more time',
      commandLine({ ...question, timeLimit }, 'threshold', { options: shown }),
    ]);
  }
  if (crossing !== null && written.plot === undefined)
    steps.push(['draw the two cost curves', ask('--plot', 'crossing.svg')]);
  return nextSection(steps);
}

function headline({ lower, upper, status, pStar }: Threshold, checked: boolean): string[] {
  const proved = checked ? 'proved and checked' : 'proved, not checked yet';
  if (lower.equals(Rational.one)) {
    return [
      pc.green(pc.bold(`p* = 1: ${proved}.`)),
      'For every 0 < p < 1 each l^p minimiser is a sparsest interpolant.',
    ];
  }
  if (lower.isZero() && upper.equals(Rational.one))
    return [pc.yellow(pc.bold('p* is undecided: no interval of p was proved before the limit.'))];
  if (status === 'undecided') {
    return [
      ...wrap(
        `p* lies between ${pStar.lower} and ${pStar.upper}: ${proved}; the gap is undecided.`,
        WIDTH,
      ).map((line) => pc.yellow(pc.bold(line))),
      `Below ${pStar.lower} each l^p minimiser is a sparsest interpolant.`,
    ];
  }
  return [
    pc.green(pc.bold(`p* = ${common(pStar)}...: ${proved}.`)),
    `It lies in [${pStar.lower}, ${pStar.upper}], ${upper.subtract(lower).toNumber().toExponential(1)} wide.`,
    ...wrap('For every 0 < p < p* each l^p minimiser is a sparsest interpolant; just above, none is.', WIDTH),
  ];
}

/** The digits that both ends share. */
function common({ lower, upper }: DecimalEnclosure): string {
  let i = 0;
  while (i < lower.length && lower[i] === upper[i]) i++;
  return lower.slice(0, i);
}

function crossingTable({ sparsestOnly, denserOnly }: Crossing): string[] {
  const changes = (list: readonly Rational[]) =>
    list
      .slice(0, ROWS_SHOWN)
      .map((change) => readable(change.abs()))
      .join(', ');
  return [
    '',
    ...[
      `slope changes of the sparsest only: ${changes(sparsestOnly)}`,
      `slope changes of the denser only: ${changes(denserOnly)}`,
    ].flatMap((text) => wrap(text, WIDTH - 2).map((line) => `  ${line}`)),
  ];
}

/** Where the minimiser is unique, in both senses; one sentence where they agree. */
function uniqueLines({ uniqueBelow, uniqueUpToMultisetsBelow }: Uniqueness): string[] {
  const same =
    uniqueBelow.lower.equals(uniqueUpToMultisetsBelow.lower) &&
    uniqueBelow.upper.equals(uniqueUpToMultisetsBelow.upper);
  if (same) return wrap(uniqueText('The minimiser', uniqueBelow), WIDTH);
  return [
    ...wrap(uniqueText('As a function the minimiser', uniqueBelow), WIDTH),
    ...wrap(uniqueText('Up to equal multisets of slope changes it', uniqueUpToMultisetsBelow), WIDTH),
  ];
}

function uniqueText(subject: string, { lower, upper }: Bracket): string {
  if (lower.equals(Rational.one)) return `${subject} is unique for every 0 < p < 1.`;
  if (upper.isZero()) return `${subject} is not unique: others cost the same for all small p.`;
  const { lower: from, upper: to } = decimalsAround(lower, upper, DIGITS);
  if (lower.isZero()) return `${subject} stops being unique somewhere below ${to}: undecided where.`;
  const digits = common({ lower: from, upper: to });
  // A crossing is enclosed to many digits; anything else is a bracket.
  return digits.length > 8
    ? `${subject} is unique for every p below ${digits}... (in [${from}, ${to}]), where another one costs the same.`
    : `${subject} is unique for every p below ${from}; between that and ${to} it is undecided.`;
}

function pathLines({ path, pieces }: NonNullable<ThresholdAnswer['lpPath']>): string[] {
  const rows = path.pieces
    .slice(0, ROWS_SHOWN)
    .map(({ from, to, knotCount, unique }, i) => [
      short(from),
      short(to),
      `${knotCount}`,
      unique ? 'yes' : 'no',
      pieces[i]!.costFrom.lower.slice(0, 12),
      pieces[i]!.costTo.lower.slice(0, 12),
    ]);
  const lines = [
    pc.bold('The minimiser for every p'),
    ...table(['from p', 'to p', 'knots', 'unique', 'cost at from', 'cost at to'], rows).map(
      (row) => `  ${row}`,
    ),
  ];
  if (path.pieces.length > ROWS_SHOWN)
    lines.push(`  ... and ${path.pieces.length - ROWS_SHOWN} more (--json lists all)`);
  for (const { lower, upper, kind } of path.stretches) {
    if (kind === 'undecided') lines.push(`  undecided between p = ${short(lower)} and ${short(upper)}`);
  }
  return lines;
}

function short(value: Rational): string {
  return value
    .toNumber()
    .toPrecision(12)
    .replace(/\.?0+$/, '');
}
