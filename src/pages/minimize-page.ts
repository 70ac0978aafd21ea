import { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import type { CorollaryBounds, LpMinimizer } from '../lp-norm/minimize.js';
import { calendarOf } from '../problem/calendar-of.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, readable, type Step, wrap } from '../text/format.js';
import { knotList, knotsJson, ROWS_SHOWN } from './knot-list.js';
import { columnsLine, dataJson, isWrittenOut, KNOTS_SHOWN, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The answer of `minimize`. */
export interface MinimizeAnswer {
  readonly minimizer: LpMinimizer;
  /** The checker has accepted it. */
  readonly checked: boolean;
  /** Corollary 3.1.2 on this function; null when there are too many knots to write out. */
  readonly corollary: CorollaryBounds | null;
}

/** The object that `minimize --json` prints; docs/json.md documents every field. */
export function minimizeJson(
  question: PosedQuestion,
  { minimizer, checked, corollary }: MinimizeAnswer,
  { allKnots, seconds, written }: Run,
): Record<string, unknown> {
  const { problem } = question;
  const shown = allKnots || minimizer.knotCount <= KNOTS_SHOWN;
  return {
    command: 'minimize',
    data: dataJson(question),
    p: minimizer.p.toString(),
    status: 'optimal',
    knotCount: minimizer.knotCount,
    unique: minimizer.unique,
    sparsest: minimizer.sparsest,
    ...(shown ? { cost: minimizer.cost } : {}),
    ...(allKnots || isWrittenOut(minimizer.knotCount, problem)
      ? {
          knots: knotsJson(minimizer.function),
          network: JSON.parse([...networkChunks(toNetwork(minimizer.function))].join('')),
        }
      : {}),
    freeRuns: minimizer.freeRuns.map(({ first, last, sign }) => ({
      from: problem.inputs[0]!.value(first).toString(),
      to: problem.inputs[0]!.value(last).toString(),
      sign,
    })),
    ...(corollary === null
      ? {}
      : {
          corollary: {
            pathNorm: corollary.pathNorm.toString(),
            leastPathNorm: corollary.leastPathNorm.toString(),
            lipschitz: corollary.lipschitz.toString(),
            leastLipschitz: corollary.leastLipschitz.toString(),
            holds: corollary.hold,
          },
        }),
    provedBy: minimizer.p.isZero()
      ? 'least product among the sparsest words'
      : 'dynamic programming over the words of every run',
    checked,
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    seconds,
  };
}

/** The page for a person. */
export function minimizePage(question: PosedQuestion, answer: MinimizeAnswer, run: Run): string {
  const { dataset, problem } = question;
  const { minimizer, corollary } = answer;
  const { p, knotCount } = minimizer;
  const shown = run.allKnots || knotCount <= KNOTS_SHOWN;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, p = ${readable(p)}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    [
      pc.green(
        pc.bold(
          `${headline(minimizer)}: ${plural(knotCount, 'knot')}, ${minimizer.sparsest ? 'as few as possible' : 'more than the fewest'}${answer.checked ? '. Proved and checked' : ''}.`,
        ),
      ),
      ...(shown ? wrap(costText(minimizer), WIDTH) : []),
    ],
    shown
      ? knotList(
          run.allKnots ? minimizer.function : minimizer.beginning(ROWS_SHOWN),
          '--knots prints all',
          run.allKnots,
          calendarOf(dataset),
          knotCount,
        )
      : wrap(
          `${plural(knotCount, 'knot')}: too many to list here; --knots prints them, --network FILE writes the network.`,
          WIDTH,
        ),
    uniqueness(problem, minimizer),
    corollary === null
      ? []
      : wrap(
          `Corollary 3.1.2 ${corollary.hold ? 'holds' : 'FAILS'}: the l^1 path norm is ${readable(corollary.pathNorm)}, the least possible, and the Lipschitz constant ${readable(corollary.lipschitz)}.`,
          WIDTH,
        ),
    next(question, minimizer, run),
  ]);
}

function next(question: PosedQuestion, { p, freeRuns }: LpMinimizer, { written }: Run): string[] {
  const steps: Step[] = [
    written.certificate === undefined
      ? [
          'write the proof',
          commandLine(question, 'minimize', { options: ['--certificate', 'minimiser.json'] }),
        ]
      : ['check it independently', commandLine(question, 'check', { after: [written.certificate] })],
    ['the minimiser for every p', commandLine(question, 'threshold', { options: ['--path'] })],
  ];
  if (p.isZero() && freeRuns.length > 0)
    steps.push(['all sparsest functions', commandLine(question, 'solve', { options: ['--all'] })]);
  return nextSection(steps);
}

function headline({ p, unique }: LpMinimizer): string {
  if (p.isZero()) return 'The limit of the l^p minimisers as p goes to 0';
  return unique === true ? 'The global minimiser' : 'A global minimiser';
}

function costText({ p, cost }: LpMinimizer): string {
  const start = `cost ${shorten(cost.lower)}`;
  if (p.isZero()) return start;
  const exponent = readable(p);
  const power = /^[\d.]+$/.test(exponent) ? exponent : `(${exponent})`;
  return `${start} (sum of |slope change|^${power}; enclosed in ${cost.lower.length} characters with --json)`;
}

function shorten(decimal: string): string {
  return decimal.length > 18 ? `${decimal.slice(0, 18)}...` : decimal;
}

function uniqueness(problem: Problem, { p, unique, freeRuns }: LpMinimizer): string[] {
  const at = (i: number) => readable(problem.inputs[0]!.value(i));
  if (p.isZero()) {
    const many =
      freeRuns.length === 0
        ? 'No other function of family S is as sparse.'
        : `Other functions of family S are as sparse: ${plural(freeRuns.length, 'run')} ${freeRuns.length === 1 ? 'leaves' : 'leave'} a choice.`;
    return wrap(
      unique === true
        ? many
        : `${many} Several share the least product of slope changes; the leftmost is printed.`,
      WIDTH,
    );
  }
  if (!p.equals(Rational.one)) {
    if (unique === true) return ['It is the only one.'];
    return wrap(
      unique === false
        ? 'It is not the only one: another vertex of family S has exactly the same cost.'
        : 'Whether it is the only one is undecided at the precision limit.',
      WIDTH,
    );
  }
  if (unique === true) return ['At p = 1 it is the only minimiser: no run has two points.'];
  const [first] = freeRuns;
  return wrap(
    `At p = 1 there is a continuum of minimisers: exactly the interpolants that join the dots outside the ${plural(freeRuns.length, 'run')} of two or more points that turn the same way, and are convex (or concave) across each of them. The first run reaches from x = ${at(first!.first)} to ${at(first!.last)}. The one printed is a sparsest.`,
    WIDTH,
  );
}
