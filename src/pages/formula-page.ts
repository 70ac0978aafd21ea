import { networkChunks } from '../files/network-format.js';
import type { PosedQuestion } from '../problem/question.js';
import type { Between, FormulaAnswer, FormulaQuestion } from '../solve/formula.js';
import { colors as pc } from '../text/colors.js';
import { operand, shellLine } from '../text/command-line.js';
import { duration, exactText, nextSection, plural, type Step, shown, wrap } from '../text/format.js';
import { knotList, knotsJson } from './knot-list.js';
import { dataJson, isWrittenOut, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** How a question about a formula was run. */
export interface FormulaRun extends Run {
  /** The file with the samples, when one was written. */
  readonly samples: string | undefined;
}

/** The object that `solve --formula --json` prints; docs/json.md documents every field. */
export function formulaJson(
  { formula, from, to, tolerance }: FormulaQuestion,
  posed: PosedQuestion,
  { solution, exactSamples, between, open, problem }: FormulaAnswer,
  { seconds, written, samples, allKnots }: FormulaRun,
): Record<string, unknown> {
  const { status, lowerBound, upperBound, network, function: f } = solution;
  return {
    command: 'solve',
    data: dataJson(posed),
    formula: {
      text: formula,
      from: `${from}`,
      to: `${to}`,
      samples: exactSamples ? 'exact' : 'rounded outward',
    },
    status,
    objective: {
      kind: 'neurons',
      skip: 'affine',
      tolerance: `${tolerance}`,
      ...(lowerBound === upperBound ? { value: lowerBound } : {}),
      lowerBound,
      upperBound,
    },
    ...(allKnots || isWrittenOut(upperBound, problem)
      ? { network: JSON.parse([...networkChunks(network)].join('')), knots: knotsJson(f) }
      : {}),
    between: betweenJson(between),
    ...(open === null ? {} : { open }),
    ...(samples === undefined ? {} : { samples }),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: 'windows',
    checked: true,
    seconds,
  };
}

function betweenJson(between: Between): Record<string, unknown> {
  if (between.method === 'Sturm sequences') return { ...between };
  const { largestCurvature, finest, largestError, ...counts } = between;
  return {
    ...counts,
    largestCurvature: `${largestCurvature}`,
    finest: `${finest}`,
    largestError: `${largestError}`,
  };
}

/** The page for a person. */
export function formulaPage(question: FormulaQuestion, answer: FormulaAnswer, run: FormulaRun): string {
  const { formula, from, to, tolerance } = question;
  const { lowerBound, upperBound, function: f } = answer.solution;
  const within = `within ${shown(tolerance)} everywhere`;
  return pageOf([
    [
      `${pc.bold(formula)}  for x from ${shown(from)} to ${shown(to)}, ${within}  ${pc.dim(duration(run.seconds))}`,
    ],
    [
      lowerBound === upperBound
        ? pc.bold(
            `${plural(lowerBound, 'neuron')} are enough, and no fewer: proved.`.replace(
              /^1 neuron are/,
              '1 neuron is',
            ),
          )
        : pc.bold(`Between ${lowerBound} and ${plural(upperBound, 'neuron')}: both ends are proved.`),
      'f(x) = sum_k v_k (w_k x + b_k)+ + a x + c   (skip affine: a and c are free)',
    ],
    knotList(f, '--knots prints all', run.allKnots),
    [
      'Why',
      ...wrap(whyNoFewer(answer), WIDTH),
      ...wrap(whyNoMore(question, answer.between), WIDTH),
      ...(answer.open === null ? [] : wrap(`Open: ${answer.open}.`, WIDTH)),
    ],
    next(question, run),
  ]);
}

function whyNoFewer({ solution, exactSamples, problem }: FormulaAnswer): string {
  const count = solution.lowerBound;
  if (count === 0) return 'No fewer: there are no fewer than 0.';
  return `No fewer: what is within the tolerance everywhere is so at ${plural(problem.size, 'sample')}, ${exactSamples ? 'whose values are exact rationals' : 'whose values are enclosed and their windows rounded outward'}; among them are ${plural(count, 'place')} where any such function must bend, no two of which can share a bend. The checker has accepted them.`;
}

function whyNoMore({ tolerance }: FormulaQuestion, between: Between): string {
  if (between.method === 'Sturm sequences')
    return `No more: on each of the ${plural(between.pieces, 'piece')} of the function above ${shown(tolerance)} minus the error, and plus the error, are polynomials of degree ${Math.max(1, between.degree)}; their Sturm sequences in rationals show that neither is ever negative.`;
  const { curvature, Lipschitz, range, largestCurvature, largestError, finest } = between;
  const parts = [
    ...(curvature > 0
      ? [`on ${curvature} by the second derivative, at most ${above(largestCurvature.toNumber())}`]
      : []),
    ...(Lipschitz > 0 ? [`on ${Lipschitz} by the slopes`] : []),
    ...(range > 0 ? [`on ${range} by the values`] : []),
  ];
  return `No more: the function above was held against the formula on ${plural(curvature + Lipschitz + range, 'interval')}, the shortest ${above(finest.toNumber())} long, by interval arithmetic rounded outward: ${parts.join(', ')}. Nowhere is the error above ${above(largestError.toNumber())}.`;
}

/** A double for people, rounded up: what is stated is a bound. */
function above(value: number): string {
  if (value === 0) return '0';
  const unit = 10 ** (Math.floor(Math.log10(value)) - 4);
  return String(Number((Math.ceil(value / unit) * unit).toPrecision(6)));
}

function next(
  { formula, from, to, tolerance }: FormulaQuestion,
  { written, samples, allKnots }: FormulaRun,
): string[] {
  const ask = (...options: string[]) =>
    shellLine([
      'sparsest',
      'solve',
      ...['--formula', formula, `--from=${exactText(from)}`, `--to=${exactText(to)}`],
      ...['--tolerance', exactText(tolerance)],
      ...(allKnots ? ['--knots'] : []),
      ...options,
    ]);
  const steps: Step[] = [
    written.certificate === undefined || samples === undefined
      ? [
          'write the proof of the lower bound',
          ask('--certificate', 'proof.json', '--samples', 'samples.json'),
        ]
      : [
          'check the proof with independent code',
          shellLine(['sparsest-check', ...[samples, written.certificate].map(operand)]),
        ],
    ...(written.plot === undefined ? [['draw it', ask('--plot', 'picture.svg')] as const] : []),
  ];
  return nextSection(steps);
}
