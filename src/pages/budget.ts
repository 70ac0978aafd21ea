import { networkChunks } from '../files/network-format.js';
import type { LeastTolerance } from '../knots/least-tolerance.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { PosedQuestion } from '../problem/question.js';
import { isAnyShape } from '../problem/shape.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, readable, type Step, wrap } from '../text/format.js';
import { knotList, knotsJson } from './knot-list.js';
import { columnsLine, dataJson, type Ended, endOfTime, isWrittenOut, pageOf, type Run } from './run.js';
import { shapeInWords, shapeJsonOf } from './shape.js';

const WIDTH = 78;

/** A least tolerance, or the bracket reached. */
export interface BudgetAnswer {
  readonly step: LeastTolerance;
  /** More knots do not help. */
  readonly floor: boolean;
  readonly passes: number;
  /** Which limit ended it before it was known; null: it is known. */
  readonly ended: Ended | null;
}

/** The object that `solve --budget --json` prints; docs/json.md documents every field. */
export function budgetJson(
  question: PosedQuestion,
  { step, floor, passes, ended }: BudgetAnswer,
  { seconds, written, allKnots }: Run,
): Record<string, unknown> {
  const { knots, tolerance, atLeast, windows, function: f } = step;
  const { shape } = question;
  const isKnown = atLeast.equals(tolerance);
  const all = allKnots || isWrittenOut(f.knots.length, windows);
  return {
    command: 'solve',
    data: dataJson(question),
    status: isKnown ? 'optimal' : 'bracket',
    ...(ended === null ? {} : { ended }),
    objective: {
      kind: 'tolerance',
      skip: 'affine',
      budget: knots,
      ...(isKnown
        ? { tolerance: tolerance.toString() }
        : { lowerBound: atLeast.toString(), upperBound: tolerance.toString() }),
      floor,
    },
    ...(isAnyShape(shape) ? {} : { shape: shapeJsonOf(shape) }),
    ...(all ? { network: JSON.parse([...networkChunks(toNetwork(f))].join('')), knots: knotsJson(f) } : {}),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'windows',
    passes,
    checked: true,
    seconds,
  };
}

/** The page for a person. */
export function budgetPage(question: PosedQuestion, { step, passes, ended }: BudgetAnswer, run: Run): string {
  const { dataset, problem, shape } = question;
  const { knots, tolerance, atLeast, function: f } = step;
  const used = f.knots.length;
  const asked = isAnyShape(shape) ? '' : `, ${shapeInWords(shape)}`;
  const isKnown = atLeast.equals(tolerance);
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, 1 input, at most ${plural(knots, 'neuron')}${asked}  ${pc.dim(`${plural(passes, 'pass', 'passes')} over the windows, ${duration(run.seconds)}`)}`,
      columnsLine(dataset),
    ],
    [
      isKnown
        ? pc.bold(`${toleranceInWords(problem, step)}: proved and checked.`)
        : pc.yellow(
            pc.bold(
              `The least tolerance lies between ${readable(atLeast)} and ${readable(tolerance)}: both bounds are proved and checked.`,
            ),
          ),
      'f(x) = sum_k v_k (w_k x + b_k)+ + a x + c   (skip affine: a and c are free)',
      ...(ended === null ? [] : wrap(endOfTime(ended), WIDTH)),
      ...(used < knots
        ? [`${plural(used, 'neuron')} of them ${used === 1 ? 'is' : 'are'} enough for that.`]
        : []),
    ],
    knotList(f, '--knots prints all', run.allKnots),
    [
      'Why',
      ...wrap(whyNoLess(step), WIDTH),
      ...wrap(`No more: the function above keeps within ${readable(tolerance)}, in exact rationals.`, WIDTH),
    ],
    next(question, run),
  ]);
}

/** "Within 461/2 of every label". */
function toleranceInWords({ exact, emptyWindow, weights }: Problem, { tolerance }: LeastTolerance): string {
  const times = weights === undefined ? '' : ' times its weight';
  const labels = exact || emptyWindow !== null;
  if (labels) return `Within ${readable(tolerance)}${times} of every label, and no less`;
  return tolerance.sign() < 0
    ? `Every window may be narrowed by ${readable(tolerance.negate())}${times} at both ends, and no more`
    : `Every window widened by ${readable(tolerance)}${times} at both ends, and no less`;
}

/** Why no smaller tolerance does, in words. */
function whyNoLess({ knots, windows, bound, atLeast }: LeastTolerance): string {
  const at = (i: number) => readable(windows.inputs[0]!.value(i));
  const e = readable(atLeast);
  if ('point' in bound) {
    return atLeast.isZero()
      ? 'No less: a tolerance is not negative.'
      : `No less, whatever the number of knots: below ${e} the windows at x = ${at(bound.point)} exclude each other.`;
  }
  if ('points' in bound)
    return `No less, whatever the number of knots: below ${e} no function of this shape serves the points x = ${bound.points.map(at).join(', ')}.`;
  const [, a, b, c] = bound.witnesses as unknown as [number, number, number, number];
  return `No less: below ${e} any f bends at least ${knots + 1} times; for example, what is asked at x = ${at(a)}, ${at(b)}, ${at(c)} takes a bend between the first and the last. The certificate names ${knots + 1} such places, no two of which can share a bend.`;
}

function next(question: PosedQuestion, { written, allKnots }: Run): string[] {
  const shown = allKnots ? ['--knots'] : [];
  const ask = (...options: string[]) => commandLine(question, 'solve', { options: [...shown, ...options] });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof', ask('--certificate', 'proof.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
    ...(written.plot === undefined ? [['draw it', ask('--plot', 'picture.svg')] as const] : []),
    ...(isAnyShape(question.shape)
      ? [['every budget at once', commandLine({ ...question, budget: null }, 'tradeoff')] as const]
      : []),
  ];
  return nextSection(steps);
}
