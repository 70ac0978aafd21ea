import { networkChunks } from '../files/network-format.js';
import type { ShapedSolution } from '../knots/shapes.js';
import { toNetwork } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import type { Shape } from '../problem/shape.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, exactText, nextSection, plural, readable, type Step, wrap } from '../text/format.js';
import { knotList, knotsJson } from './knot-list.js';
import { leastJson, leastLines } from './least.js';
import { columnsLine, dataJson, isWrittenOut, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** The object that `solve --json` prints for a shape; docs/json.md documents every field. */
export function shapeJson(
  question: PosedQuestion,
  solution: ShapedSolution,
  { seconds, written, allKnots, least = null }: Run,
): Record<string, unknown> {
  const base = {
    command: 'solve',
    data: dataJson(question),
    status: solution.status,
    shape: shapeJsonOf(question.shape),
  };
  const end = {
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'shape',
    checked: true,
    seconds,
  };
  if (solution.status === 'infeasible') {
    const { inputs, lower, upper } = question.problem;
    const breaks = solution.points.map((i) => ({
      x: inputs[0]!.value(i).toString(),
      lower: lower.value(i).toString(),
      upper: upper.value(i).toString(),
    }));
    return { ...base, breaks, ...leastJson(least), ...end };
  }
  const { knots, function: f } = solution;
  return {
    ...base,
    objective: {
      kind: 'neurons',
      skip: 'affine',
      tolerance: question.problem.tolerance.toString(),
      ...{ value: knots, lowerBound: knots, upperBound: knots },
    },
    ...(allKnots || isWrittenOut(knots, question.problem)
      ? { network: JSON.parse([...networkChunks(toNetwork(f))].join('')), knots: knotsJson(f) }
      : {}),
    ...end,
  };
}

export function shapeJsonOf({ minSlope, maxSlope, curvature }: Shape): Record<string, unknown> {
  return { minSlope: minSlope?.toString() ?? null, maxSlope: maxSlope?.toString() ?? null, curvature };
}

/** The page for a person. */
export function shapePage(question: PosedQuestion, solution: ShapedSolution, run: Run): string {
  const { dataset, problem } = question;
  const asked = shapeInWords(question.shape);
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, 1 input, ${asked}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    solution.status === 'infeasible'
      ? [
          pc.bold(
            `No such function passes through all ${problem.exact ? 'points' : 'windows'}: proved and checked.`,
          ),
          ...wrap(whyNone(question, solution.points), WIDTH),
          ...leastLines(question, run.least ?? null, WIDTH),
        ]
      : [
          pc.bold(`${plural(solution.knots, 'neuron')}, and no fewer: proved and checked.`),
          'f(x) = sum_k v_k (w_k x + b_k)+ + a x + c   (skip affine: a and c are free)',
          ...wrap(
            `The shape costs nothing: no function through the ${problem.exact ? 'points' : 'windows'} has fewer knots, of this shape or not.`,
            WIDTH,
          ),
        ],
    solution.status === 'infeasible' ? [] : knotList(solution.function, '--knots prints all', run.allKnots),
    next(question, solution, run),
  ]);
}

export function shapeInWords({ minSlope, maxSlope, curvature }: Shape): string {
  const parts = [
    ...(minSlope === null
      ? []
      : [minSlope.isZero() ? 'increasing' : `slopes at least ${exactText(minSlope)}`]),
    ...(maxSlope === null
      ? []
      : [maxSlope.isZero() ? 'decreasing' : `slopes at most ${exactText(maxSlope)}`]),
    ...(curvature === null ? [] : [curvature]),
  ];
  return parts.join(', ');
}

/** The points where the shape breaks. */
function whyNone({ problem, shape }: PosedQuestion, points: readonly number[]): string {
  const at = (i: number) => {
    const [low, high] = [problem.lower.value(i), problem.upper.value(i)];
    const asked = low.equals(high) ? `f = ${readable(low)}` : `${readable(low)} <= f <= ${readable(high)}`;
    return `${asked} at x = ${readable(problem.inputs[0]!.value(i))}`;
  };
  const listed = `${points.slice(0, -1).map(at).join(', ')} and ${at(points.at(-1)!)}`;
  return points.length === 3
    ? `It breaks where ${listed}: no ${shape.curvature} function does that.`
    : `It breaks where ${listed}: no slopes within the limits lead from one to the other.`;
}

function next(question: PosedQuestion, { status }: ShapedSolution, { written }: Run): string[] {
  const ask = (...options: string[]) => commandLine(question, 'solve', { options });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof', ask('--certificate', 'proof.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
    ...(status === 'optimal' && written.plot === undefined
      ? [['draw it', ask('--plot', 'picture.svg')] as const]
      : []),
  ];
  return nextSection(steps);
}
