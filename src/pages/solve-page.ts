import type { Proof } from '../certificate/certificate.js';
import type { ExactDetails } from '../knots/solve.js';
import { calendarOf } from '../problem/calendar-of.js';
import { hasWindows } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import type { PosedQuestion } from '../problem/question.js';
import type { UpperSource } from '../search/search.js';
import type { BoundedSolution, InfeasibleSolution, Solution } from '../solve/solve.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { duration, nextSection, plural, readable, type Step, wrap } from '../text/format.js';
import { knotList } from './knot-list.js';
import { leastLines } from './least.js';
import { neuronList } from './neuron-list.js';
import { columnsLine, KNOTS_SHOWN, pageOf, type Run } from './run.js';
import { whyFacings, whyLineSaves, whyOpen } from './why-facings.js';

/** Width of running text. */
const WIDTH = 78;

/** Neurons, runs or slopes listed on the page before the rest is summed up. */
const ROWS_SHOWN = 24;

/** The page `solve` prints for a person, about a solution that has passed its check. Colours only on a terminal. */
export function solvePage(question: PosedQuestion, solution: Solution, run: Run): string {
  const { problem } = question;
  const body =
    solution.status === 'infeasible'
      ? [[...infeasible(question, solution), ...leastLines(question, run.least ?? null, WIDTH)]]
      : [
          answer(solution, problem.dimension),
          solution.function !== null ? knots(question, solution, run) : neuronList(solution.network),
          why(problem, solution, run),
          run.all ? allSolutions(problem, solution) : [],
        ];
  return pageOf([heading(question, run), ...body, next(question, solution, run)]);
}

function heading({ data, dataset, problem }: PosedQuestion, { seconds }: Run): string[] {
  const labels = data.classes
    ? 'two classes'
    : problem.exact
      ? 'interpolation'
      : problem.tolerance.isZero()
        ? 'windows from the file'
        : `within ${readable(problem.tolerance)} of every label`;
  return [
    `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}, ${labels}  ${pc.dim(duration(seconds))}`,
    columnsLine(dataset),
  ];
}

function infeasible({ dataset }: PosedQuestion, { rows }: InfeasibleSolution): string[] {
  const wider = hasWindows(dataset)
    ? 'Widen them in the file (lower, upper)'
    : 'Widen them (a larger --tolerance)';
  return [
    pc.bold('No network fits: proved and checked.'),
    ...wrap(
      `${rows[0]} and ${rows[1]} have the same input, and their windows do not meet. ${wider} or remove a row.`,
      WIDTH,
    ),
  ];
}

function answer(
  { status, objective, skip, lowerBound, upperBound }: BoundedSolution,
  dimension: number,
): string[] {
  const noun = objective === 'neurons' ? 'neuron' : 'parameter';
  if (status === 'optimal') {
    const size = plural(upperBound, noun);
    return [
      pc.green(
        pc.bold(
          upperBound === 0
            ? `${size} needed: nothing is sparser. Checked.`
            : `${size}, and no fewer: proved and checked.`,
        ),
      ),
      pc.dim(skipText(skip, dimension)),
    ];
  }
  return [
    pc.yellow(
      pc.bold(
        `Between ${lowerBound} and ${plural(upperBound, noun)}: both bounds are proved and checked, the gap is open.`,
      ),
    ),
    pc.dim(skipText(skip, dimension)),
  ];
}

function skipText(skip: BoundedSolution['skip'], dimension: number): string {
  const product = dimension === 1 ? '' : ' .';
  const neuron = `f(x) = sum_k v_k (w_k${product} x + b_k)+`;
  if (skip === 'affine') return `${neuron} + a${product} x + c   (skip affine: a and c are free)`;
  return skip === 'bias' ? `${neuron} + c   (skip bias: c is free)` : `${neuron}   (no skip)`;
}

function knots({ dataset }: PosedQuestion, solution: BoundedSolution, { allKnots }: Run): string[] {
  if (solution.upperBound > KNOTS_SHOWN && !allKnots) {
    return wrap(
      `${plural(solution.lowerBound, 'knot')}: too many to list here; --knots prints them, --network FILE writes the network.`,
      WIDTH,
    );
  }
  return knotList(solution.function!, '--knots prints all', allKnots, calendarOf(dataset));
}

function why(problem: Problem, solution: BoundedSolution, run: Run): string[] {
  const { kind } = solution.proof;
  if ((kind !== 'witnesses' && kind !== 'one-input') || problem.dimension > 1)
    return whyBySearch(problem, solution);
  const count = solution.proof.witnesses.length / 4;
  const lines = [pc.bold('Why')];
  const paragraph = (text: string | null) => {
    if (text !== null) lines.push(...wrap(text, WIDTH));
  };
  if (count > 0) {
    const [sign, a, b, c] = solution.proof.witnesses;
    const at = (i: number) => readable(problem.inputs[0]!.value(i));
    const example = problem.exact
      ? `the points at x = ${at(a!)}, ${at(b!)}, ${at(c!)} turn ${sign === 1 ? 'upwards' : 'downwards'}, so any f through them bends between ${at(a!)} and ${at(c!)}`
      : `no f through the windows at x = ${at(a!)}, ${at(b!)}, ${at(c!)} can do without ${sign === 1 ? 'an upward' : 'a downward'} bend between ${at(a!)} and ${at(c!)}`;
    lines.push(
      ...wrap(
        `At least ${plural(count, 'bend')}: ${count === 1 ? '' : 'for example, '}${example}. The certificate names ${count === 1 ? 'this place' : `${count.toLocaleString('en-US')} such places, no two of which can share a bend`}.`,
        WIDTH,
      ),
    );
  } else if (solution.proof.kind === 'witnesses' && solution.proof.zeroNeurons !== undefined) {
    lines.push(
      ...wrap(
        `Zero neurons give ${solution.skip === 'none' ? 'the zero function' : 'a constant'}, which the data exclude.`,
        WIDTH,
      ),
    );
  } else if (solution.proof.kind === 'witnesses') lines.push('Nothing can be smaller than zero neurons.');
  for (const text of whyFacings(problem, solution)) paragraph(text);
  if (solution.upperBound > 0) paragraph(whyEnough(problem, solution, run));
  paragraph(whyLineSaves(problem, solution));
  paragraph(whyOpen(solution));
  if (solution.status === 'bracket' && solution.search !== null)
    paragraph(`A search did not decide it: ${endOfSearch(solution.search)}`);
  if (solution.exact !== null && solution.skip === 'affine' && solution.upperBound <= KNOTS_SHOWN)
    lines.push(...choice(solution, solution.exact), ...free(solution.exact));
  return lines;
}

/** What shows the upper bound: the network on the page, or lines that are not written out. */
function whyEnough(problem: Problem, { upperBound, pieces }: BoundedSolution, { allKnots }: Run): string {
  const enough = `At most ${plural(upperBound, 'neuron')}:`;
  if (pieces === null || allKnots || upperBound <= KNOTS_SHOWN) {
    return `${enough} the network above ${problem.exact ? 'passes through every point' : 'stays inside every window'}, in exact rationals.`;
  }
  const lines = `${plural(upperBound + 1, 'line')} through ${problem.exact ? 'data points' : 'ends of windows'}`;
  return `${enough} ${lines}, each of which crosses the next where it must, ${problem.exact ? 'pass through every point' : 'stay inside every window'}.`;
}

/** What the exact search proved. */
function whyBySearch(
  problem: Problem,
  { proof, objective, lowerBound, upperBound, search, genericBound, status }: BoundedSolution,
): string[] {
  const lines = [pc.bold('Why')];
  const atLeast = `At least ${plural(lowerBound, objective.slice(0, -1))}`;
  lines.push(
    ...wrap(
      lowerBound === 0 ? 'Nothing can be smaller than zero.' : `${atLeast}: ${whyNoFewer(problem, proof)}`,
      WIDTH,
    ),
    ...wrap(
      `At most ${plural(upperBound, objective.slice(0, -1))}: ${PROPOSED[search?.networkFrom ?? 'nothing']} the network, rationals decided that it ${problem.exact ? 'passes through every point' : 'stays inside every window'}.`,
      WIDTH,
    ),
  );
  if (genericBound !== null) {
    lines.push(
      ...wrap(
        `Generic: for almost every label vector on these inputs ${plural(genericBound, 'parameter')} are needed. That is a statement about almost all labels, not a proof for these.`,
        WIDTH,
      ),
    );
  }
  if (status === 'bracket' && search !== null)
    lines.push(...wrap(`The search left the gap open: ${endOfSearch(search)}`, WIDTH));
  return lines;
}

/** Who proposed the network of the upper bound. */
const PROPOSED: Readonly<Record<UpperSource, string>> = {
  nothing: 'arithmetic proposed',
  'local search': 'local search proposed',
  'tree search': 'tree search proposed',
  'the network given': '--start brought',
  'one direction': 'the closed form along one direction proposed',
  'one-parameter neurons': 'elimination over neurons of one parameter proposed',
};

function whyNoFewer(problem: Problem, proof: Proof): string {
  if (proof.kind === 'witnesses') {
    const [, a, b, c] = proof.witnesses;
    const point = (n: number) => `(${problem.inputs.map((column) => readable(column.value(n))).join(', ')})`;
    return `points of the data lie on one line, where every neuron bends at most once, and there the data force ${plural(proof.witnesses.length / 4, 'bend')}, one of them at ${point(a!)}, ${point(b!)}, ${point(c!)}.`;
  }
  if (proof.kind !== 'search') return 'proved.';
  const nodes = proof.trees.reduce((sum, tree) => sum + tree.nodes.length, 0);
  return `an exhaustive search over activations and output signs, with ${plural(proof.trees.length, 'tree')} and ${plural(nodes, 'node')}, ends everywhere in a contradiction between a few rows, with integer multipliers that the checker adds up. No box on the weights is assumed.`;
}

/** Why a search left the gap open, and what helps. */
function endOfSearch({ ended }: NonNullable<BoundedSolution['search']>): string {
  switch (ended) {
    case 'time limit':
      return 'its time was up; a longer --time-limit lets it go on.';
    case 'stopped':
      return 'it was stopped.';
    case 'node limit':
    case 'neuron limit':
      return `it came to its ${ended}.`;
    case 'optimal':
      return 'it came to its end.';
  }
}

/** What the function has besides: properties that never cost a knot in family S. */
function free({ shape }: ExactDetails): string[] {
  const { data, leastLipschitz, monotone, curved } = shape;
  const gained = [
    ...(leastLipschitz
      ? [`the least Lipschitz constant of all interpolants, ${readable(data.lipschitz)}`]
      : []),
    ...((data.increasing || data.decreasing) && monotone ? ['monotone like the data'] : []),
    ...((data.convex || data.concave) && curved
      ? [data.convex ? 'convex like the data' : 'concave like the data']
      : []),
  ];
  return gained.length === 0 ? [] : wrap(`Free of charge: ${gained.join('; ')}.`, WIDTH);
}

/** What distinguishes the printed function among all sparsest ones. */
function choice({ upperBound }: BoundedSolution, { solutions: set, limit }: ExactDetails): string[] {
  if (upperBound === 0) return [];
  if (set.unique)
    return wrap('It is the only one among the candidates for l^p minimisers, p < 1 (family S).', WIDTH);
  const tied = limit.tiedRuns.length;
  return wrap(
    `It is not the only one: ${plural(set.functions, 'vertex', 'vertices')} of family S and everything between neighbours are as sparse. ` +
      (tied === 0
        ? 'The one printed is the limit of the l^p minimisers as p goes to 0 (least product of slope changes). --all describes them.'
        : `Several share the least product of slope changes (${plural(tied, 'tied run')}), the leftmost is printed. --all describes them.`),
    WIDTH,
  );
}

function allSolutions(problem: Problem, { exact }: BoundedSolution): string[] {
  if (exact === null) return [];
  const set = exact.solutions;
  const lines = [
    pc.bold('All sparsest solutions in family S'),
    ...wrap(
      set.unique
        ? 'Unique.'
        : `${set.vertices.toLocaleString('en-US')} sparsest words, ${set.functions.toLocaleString('en-US')} different functions, and a continuum between neighbours.`,
      WIDTH,
    ),
  ];
  const at = (i: number) => readable(problem.inputs[0]!.value(i));
  for (const run of set.free.slice(0, ROWS_SHOWN)) {
    const m = run.points[1] - run.points[0];
    lines.push(
      `Run from x = ${at(run.points[0])} to ${at(run.points[1])} (${m + 1} points, slopes ${run.sign === 1 ? 'rise' : 'fall'}):`,
    );
    let listed = 0;
    for (const { point, lower, upper } of run.freeSlopes()) {
      if (listed++ === ROWS_SHOWN) {
        lines.push(pc.dim(`  ... and ${m / 2 - ROWS_SHOWN} more (--json lists all)`));
        break;
      }
      lines.push(
        `  ${listed === 1 ? '   ' : 'or '}the slope through x = ${at(point)} is free in [${readable(lower)}, ${readable(upper)}]`,
      );
    }
  }
  if (set.free.length > ROWS_SHOWN)
    lines.push(pc.dim(`... and ${set.free.length - ROWS_SHOWN} more runs (--json lists all)`));
  return lines;
}

function next(question: PosedQuestion, solution: Solution, { written, all, allKnots }: Run): string[] {
  const shown = [...(all ? ['--all'] : []), ...(allKnots ? ['--knots'] : [])];
  const ask = (...options: string[]) => commandLine(question, 'solve', { options: [...shown, ...options] });
  const steps: Step[] = [
    written.certificate === undefined
      ? ['write the proof', ask('--certificate', 'proof.json')]
      : [
          'check the proof with independent code',
          commandLine(question, 'check', { after: [written.certificate] }),
        ],
  ];
  if (solution.status !== 'infeasible' && question.problem.dimension === 1 && written.plot === undefined) {
    steps.push(['draw it', ask('--plot', 'picture.svg')]);
  }
  return nextSection(steps);
}
