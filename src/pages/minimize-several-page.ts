import { decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import type { PathNormMinimum } from '../path-norm/minimum.js';
import { countNeurons, countParameters } from '../problem/network.js';
import type { PosedQuestion } from '../problem/question.js';
import type { Sparsity } from '../solve/path-norm.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, exactText, nextSection, plural, readable, type Step, wrap } from '../text/format.js';
import { neuronList } from './neuron-list.js';
import { columnsLine, dataJson, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** Digits after the point of the ends of the cost. */
const DIGITS = 20;

/** The answer of `minimize` for several inputs, and for one without a free line; the checker has accepted it. */
export interface MinimizeSeveralAnswer {
  readonly minimum: PathNormMinimum;
  readonly sparsity: Sparsity;
  /** The gap that was asked for. */
  readonly gap: number;
}

/** The object that `minimize --json` prints then; docs/json.md documents every field. */
export function minimizeSeveralJson(
  question: PosedQuestion,
  { minimum, sparsity, gap }: MinimizeSeveralAnswer,
  { written, seconds }: Run,
): Record<string, unknown> {
  const { p, skip, lower, upper, network, ended, nodes, programs, proof } = minimum;
  return {
    command: 'minimize',
    data: dataJson(question),
    p: p.toString(),
    skip,
    tolerance: question.tolerance.toString(),
    status: ended === 'optimal' ? 'optimal' : 'bracket',
    ...(ended === 'optimal' ? {} : { ended }),
    cost: decimalsAround(lower, upper, DIGITS),
    gap,
    neurons: countNeurons(network),
    parameters: countParameters(network),
    sparsest: sparsity.sparsest,
    fewest: {
      objective: sparsity.objective,
      lowerBound: sparsity.fewest.lower,
      upperBound: sparsity.fewest.upper,
    },
    unique: 'undecided',
    network: JSON.parse([...networkChunks(network)].join('')),
    search: { nodes, programs, majorant: proof.majorant },
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: provedBy(minimum),
    checked: true,
    seconds,
  };
}

function provedBy({ p, proof }: PathNormMinimum): string {
  const over = proof.majorant === 'rays' ? 'the extreme rays of the arrangement' : 'activation patterns';
  return p.equals(Rational.one) ? `a linear program over ${over}` : `branch and bound over ${over}`;
}

/** The page for a person. */
export function minimizeSeveralPage(
  question: PosedQuestion,
  answer: MinimizeSeveralAnswer,
  run: Run,
): string {
  const { dataset, problem } = question;
  const { minimum, sparsity } = answer;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}, p = ${readable(minimum.p)}, skip ${minimum.skip}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    headline(question, answer),
    neuronList(minimum.network),
    sparsityLines(minimum, sparsity),
    next(question, answer, run),
  ]);
}

function headline({ problem }: PosedQuestion, { minimum, gap }: MinimizeSeveralAnswer): string[] {
  const { lower, upper, ended, nodes } = minimum;
  const counted =
    problem.dimension === 1
      ? 'sum of |v w|^p over the neurons, equation (2): biases are free'
      : 'sum of |v w_i|^p over all entries, biases too, equation (8)';
  if (lower.equals(upper)) {
    return [pc.green(pc.bold(`The least cost is ${short(upper, 12)}: proved and checked.`)), pc.dim(counted)];
  }
  const ends = decimalsAround(lower, upper, DIGITS);
  if (ended === 'optimal') {
    return [
      pc.green(pc.bold(`The least cost is ${short(upper, 12)}, to a gap of ${gap}: proved and checked.`)),
      pc.dim(counted),
      ...wrap(
        `It lies in [${ends.lower}, ${ends.upper}]${nodes === 0 ? '' : `, by ${plural(nodes, 'division')} of the set of all networks`}.`,
        WIDTH,
      ),
    ];
  }
  const ratio = lower.divide(upper).toNumber();
  return [
    pc.yellow(
      pc.bold(
        `The least cost lies between ${short(lower, 8)} and ${short(upper, 8)}: proved and checked, not closed.`,
      ),
    ),
    pc.dim(counted),
    ...wrap(
      `The lower end is ${(100 * ratio).toFixed(1)} % of the upper one, which the network below has. ${reason(minimum)}`,
      WIDTH,
    ),
  ];
}

function reason({ ended, proof }: PathNormMinimum): string {
  switch (ended) {
    case 'time limit':
      return 'The time limit was reached (--time-limit).';
    case 'stopped':
      return 'The search was interrupted.';
    case 'node limit':
      return 'The search became too large for memory.';
    default:
      return proof.majorant === 'patterns'
        ? 'There are too many rays to go through: |z|_1 bounds |z| pattern by pattern instead, which leaves a gap below p = 1.'
        : 'Doubles cannot divide the rest any further.';
  }
}

function sparsityLines({ network }: PathNormMinimum, { sparsest, objective, fewest }: Sparsity): string[] {
  const noun = objective === 'neurons' ? 'neuron' : 'parameter';
  const sizes = `It has ${plural(countParameters(network), 'parameter')} in ${plural(countNeurons(network), 'neuron')}`;
  if (sparsest === true) return wrap(`${sizes}; no network has fewer ${noun}s.`, WIDTH);
  if (sparsest === false) {
    const known = fewest.lower === fewest.upper ? `${fewest.upper}` : `${fewest.upper} or fewer`;
    return wrap(`${sizes}; the fewest ${noun}s of any network are ${known}.`, WIDTH);
  }
  return wrap(
    `${sizes}; whether a network has fewer ${noun}s is undecided (the fewest are ${fewest.lower} to ${fewest.upper}).`,
    WIDTH,
  );
}

function next(question: PosedQuestion, { minimum, gap }: MinimizeSeveralAnswer, { written }: Run): string[] {
  const gapOption = gap === 1e-6 ? [] : ['--gap', exactText(Rational.fromDouble(gap))];
  const steps: Step[] = [
    written.certificate === undefined
      ? [
          'keep the proof',
          commandLine(question, 'minimize', { options: [...gapOption, '--certificate', 'minimum.json'] }),
        ]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
  ];
  if (!minimum.p.equals(Rational.one) && minimum.ended === 'optimal' && question.problem.exact)
    steps.push(['up to which p minimisers are sparsest', commandLine(question, 'threshold')]);
  return nextSection(steps);
}

/** So many significant digits, without trailing zeros. */
function short(value: Rational, digits: number): string {
  return `${Number(value.toNumber().toPrecision(digits))}`;
}
