import { decimalsAround } from '../exact/enclosure.js';
import { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import { closedLowerBound } from '../lp-norm/closed-bound.js';
import type { Candidate } from '../path-norm/candidates.js';
import type { PathNormPiece, ThresholdSeveral } from '../path-norm/threshold.js';
import { countNeurons, type Network } from '../problem/network.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, readable, type Step, table, wrap } from '../text/format.js';
import { neuronList } from './neuron-list.js';
import { columnsLine, dataJson, type Ended, endOfTime, pageOf, type Run } from './run.js';

const WIDTH = 78;

/** Digits after the point in the decimals of crossings. */
const DIGITS = 18;

/** Pieces listed on the page. */
const ROWS_SHOWN = 40;

/** The answer of `threshold` for several inputs, and for one without a free line. */
export interface ThresholdSeveralAnswer {
  readonly threshold: ThresholdSeveral;
  /** The checker accepted the bracket; false where nothing is claimed, and when a limit came before it was through. */
  readonly checked: boolean;
  /** With --path, where the vertices were gone through. */
  readonly path: readonly PathNormPiece[] | null;
  /** The limit that came before everything was done. */
  readonly ended: Ended | null;
}

/** What is counted: parameters, or for one input neurons with a slope. */
export function countedNoun({ problem }: PosedQuestion): string {
  return problem.dimension === 1 ? 'neuron' : 'parameter';
}

/** The object that `threshold --json` prints then; docs/json.md documents every field. */
export function thresholdSeveralJson(
  question: PosedQuestion,
  { threshold, checked, path, ended }: ThresholdSeveralAnswer,
  { written, seconds }: Run,
): Record<string, unknown> {
  const { status, lower, upper, skip, found, choices } = threshold;
  const closed = closedBoundOf(question, threshold);
  const crossing = found?.crossing ?? null;
  return {
    command: 'threshold',
    data: dataJson(question),
    skip,
    status,
    pStar: decimalsAround(lower, upper, DIGITS),
    pStarExact: { lower: lower.toString(), upper: upper.toString() },
    ...(closed === null ? {} : { closedLowerBound: closed.toString() }),
    ...(found === null ? {} : { fewest: found.fewest, vertices: found.vertices }),
    ...(Number.isFinite(choices) ? { choices: Math.round(choices) } : {}),
    ...(crossing === null
      ? {}
      : { crossing: { sparsest: candidateJson(crossing.sparsest), denser: candidateJson(crossing.denser) } }),
    ...(path === null
      ? {}
      : {
          path: path.map(({ from, to, candidate }) => ({
            from: decimalsAround(from, from, DIGITS).lower,
            to: decimalsAround(to, to, DIGITS).upper,
            ...candidateJson(candidate),
          })),
        }),
    ...(written.certificate === undefined ? {} : { certificate: written.certificate }),
    provedBy: found === null ? 'nothing: not all vertices were gone through' : 'enumeration of all vertices',
    checked,
    ...(ended === null ? {} : { ended }),
    seconds,
  };
}

/** Where nothing better is known: a positive number that p* is not below, without any search. */
function closedBoundOf({ problem }: PosedQuestion, { lower, skip }: ThresholdSeveral): Rational | null {
  return lower.isZero() ? closedLowerBound(problem, skip, problem.size * (problem.dimension + 1)) : null;
}

function candidateJson({ entries, networks, count }: Candidate): Record<string, unknown> {
  return {
    size: entries.length,
    count,
    networks: networks.map((network) => JSON.parse([...networkChunks(network)].join(''))),
  };
}

/** The page for a person. */
export function thresholdSeveralPage(
  question: PosedQuestion,
  answer: ThresholdSeveralAnswer,
  run: Run,
): string {
  const { dataset, problem } = question;
  const { threshold, path } = answer;
  return pageOf([
    [
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}, skip ${threshold.skip}  ${pc.dim(duration(run.seconds))}`,
      columnsLine(dataset),
    ],
    headline(question, answer),
    crossingLines(question, threshold),
    path === null ? [] : pathLines(question, path),
    next(question, answer, run),
  ]);
}

function headline(question: PosedQuestion, { threshold, checked, ended }: ThresholdSeveralAnswer): string[] {
  const { lower, upper, status, found, choices } = threshold;
  const noun = countedNoun(question);
  if (found === null) {
    return [
      pc.yellow(
        pc.bold(
          `p* is undecided: it lies between ${closedBoundOf(question, threshold)} and 1, no more is claimed.`,
        ),
      ),
      ...wrap(
        ended !== null
          ? endOfTime(ended)
          : Number.isFinite(choices)
            ? `It is found by going through all vertices, and these points have about ${choices.toPrecision(2)} choices of rays for one.`
            : 'It is found by going through all vertices, and these points have too many rays for that.',
        WIDTH,
      ),
      ...wrap(
        'The lower end holds in any case: determinants of integers are at least 1, and at most the product of the lengths of their columns (eq. (76)).',
        WIDTH,
      ),
    ];
  }
  const proved = checked ? 'proved and checked' : 'proved, not checked yet';
  const fewest = `every l^p minimiser has ${plural(found.fewest, noun)}, the fewest`;
  const how = `All ${plural(found.vertices, 'vertex').replace('vertexs', 'vertices')} were gone through, exactly.`;
  if (lower.equals(Rational.one))
    return [pc.green(pc.bold(`p* = 1: ${proved}.`)), ...wrap(`For every 0 < p < 1 ${fewest}. ${how}`, WIDTH)];
  const ends = decimalsAround(lower, upper, DIGITS);
  if (status === 'undecided') {
    return [
      pc.yellow(pc.bold(`p* lies between ${ends.lower} and ${ends.upper}: ${proved}; the gap is undecided.`)),
      ...wrap(`For every 0 < p < ${ends.lower} ${fewest}. ${how}`, WIDTH),
    ];
  }
  return [
    pc.green(pc.bold(`p* = ${commonDigits(ends.lower, ends.upper)}...: ${proved}.`)),
    `It lies in [${ends.lower}, ${ends.upper}].`,
    ...wrap(`For every 0 < p < p* ${fewest}. ${how}`, WIDTH),
  ];
}

function commonDigits(a: string, b: string): string {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return a.slice(0, i);
}

function crossingLines(question: PosedQuestion, { found }: ThresholdSeveral): string[] {
  if (found === null || found.crossing === null) return [];
  const { sparsest, denser } = found.crossing;
  const noun = countedNoun(question);
  return [
    ...wrap(
      `There a network with ${plural(denser.entries.length, noun)} becomes cheaper than every one with ${sparsest.entries.length}:`,
      WIDTH,
    ),
    pc.bold(`  ${plural(sparsest.entries.length, noun)}`),
    ...shown(sparsest.networks[0]!),
    pc.bold(`  ${plural(denser.entries.length, noun)}`),
    ...shown(denser.networks[0]!),
  ];
}

function shown(network: Network): string[] {
  return neuronList(network)
    .slice(1)
    .map((line) => `  ${line}`);
}

function pathLines(question: PosedQuestion, path: readonly PathNormPiece[]): string[] {
  const rows = path
    .slice(0, ROWS_SHOWN)
    .map(({ from, to, candidate: { entries, networks } }) => [
      rough(from),
      rough(to),
      `${entries.length}`,
      `${countNeurons(networks[0]!)}`,
      entries.map(readable).join(' ').slice(0, 30),
    ]);
  return [
    pc.bold('The minimiser for every p'),
    ...table(['from p', 'to p', `${countedNoun(question)}s`, 'neurons', 'sizes of entries'], rows).map(
      (row) => `  ${row}`,
    ),
    ...(path.length > ROWS_SHOWN ? [`  ... and ${path.length - ROWS_SHOWN} more (--json lists all)`] : []),
  ];
}

function rough(value: Rational): string {
  return value
    .toNumber()
    .toPrecision(10)
    .replace(/\.?0+$/, '');
}

function next(
  question: PosedQuestion,
  { threshold, path }: ThresholdSeveralAnswer,
  { written }: Run,
): string[] {
  const ask = (...options: string[]) => commandLine(question, 'threshold', { options });
  if (threshold.found === null)
    return nextSection([
      ['the proved minimum at one p', commandLine({ ...question, p: Rational.of(1, 2) }, 'minimize')],
    ]);
  const steps: Step[] = [];
  if (path === null) steps.push(['the minimiser for every p', ask('--path')]);
  steps.push(
    written.certificate === undefined
      ? ['keep the proof', ask('--certificate', 'threshold.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
  );
  if (threshold.found.crossing !== null && written.plot === undefined)
    steps.push(['draw the two cost curves', ask('--plot', 'crossing.svg')]);
  return nextSection(steps);
}
