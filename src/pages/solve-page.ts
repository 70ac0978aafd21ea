import { shapeKept, shapeOfData } from '../knots/shape.js';
import { solutionSet } from '../knots/solution-set.js';
import { isDead } from '../problem/network.js';
import type { BoundedSolution } from '../solve/solve.js';
import { colors as pc } from '../text/colors.js';
import { duration, nextSteps, plural, readable, readableSigned, wrap } from '../text/format.js';
import { knotList } from './knot-list.js';
import { KNOTS_SHOWN, type SolveView } from './solve-json.js';

/** Width of running text. */
const WIDTH = 78;

/** Neurons, runs or slopes listed on the page before the rest is summed up. */
const ROWS_SHOWN = 24;

/** Terms of one neuron on the page. */
const TERMS_SHOWN = 6;

/** The page `solve` prints for a person. Colours only on a terminal. */
export function solvePage(view: SolveView): string {
  const { solution } = view;
  const sections = [heading(view)];
  if (solution.status === 'infeasible') sections.push(infeasible(view));
  else {
    sections.push(answer(solution, view.problem.dimension));
    sections.push(solution.function !== null ? knots(view, solution) : neurons(solution));
    sections.push(why(view, solution));
    if (view.all && solution.exact !== null) sections.push(allSolutions(view, solution));
  }
  sections.push(next(view));
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading({ dataset, problem, seconds }: SolveView): string[] {
  const labels = problem.exact
    ? 'interpolation'
    : problem.tolerance.isZero()
      ? 'windows from the file'
      : `within ${readable(problem.tolerance)} of every label`;
  return [
    `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}, ${labels}  ${pc.dim(duration(seconds))}`,
  ];
}

function infeasible({ solution }: SolveView): string[] {
  if (solution.status !== 'infeasible') return [];
  return [
    pc.bold('No network fits: proved.'),
    ...wrap(
      `${solution.rows[0]} and ${solution.rows[1]} have the same input, and their windows do not meet. Widen them (--tolerance EPS) or remove a row.`,
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
        pc.bold(upperBound === 0 ? `${size} needed: nothing is sparser.` : `${size}, and no fewer: proved.`),
      ),
      pc.dim(skipText(skip, dimension)),
    ];
  }
  return [
    pc.yellow(
      pc.bold(
        `Between ${lowerBound} and ${plural(upperBound, noun)}: both bounds are proved, the gap is open.`,
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

function knots(view: SolveView, solution: BoundedSolution): string[] {
  if (solution.upperBound > KNOTS_SHOWN && !view.allKnots) {
    return wrap(
      `${plural(solution.lowerBound, 'knot')}: too many to list here; --knots prints them, --network FILE writes the network.`,
      WIDTH,
    );
  }
  return knotList(solution.function!, '--knots prints all', view.allKnots);
}

function why(view: SolveView, solution: BoundedSolution): string[] {
  const { problem } = view;
  if (solution.proof.kind !== 'witnesses') return whyBySearch(solution);
  const count = solution.proof.witnesses.length / 4;
  const lines = [pc.bold('Why')];
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
  } else if (solution.proof.zeroNeurons !== undefined) {
    lines.push(
      ...wrap(
        `Zero neurons give ${solution.skip === 'none' ? 'the zero function' : 'a constant'}, which the data exclude.`,
        WIDTH,
      ),
    );
  } else lines.push('Nothing can be smaller than zero neurons.');
  if (solution.status === 'optimal') {
    if (solution.upperBound > 0)
      lines.push(
        ...wrap(
          `At most ${plural(solution.upperBound, 'neuron')}: the network above ${view.problem.exact ? 'passes through every point' : 'stays inside every window'}, in exact rationals.`,
          WIDTH,
        ),
      );
  } else {
    lines.push(
      ...wrap(
        `An affine function costs two neurons without a free skip, so the answer lies between the number of bends and two more. Which it is depends on which neurons can face left; --engine search may decide it for a few points.`,
        WIDTH,
      ),
    );
  }
  if (solution.exact !== null && solution.skip === 'affine' && solution.upperBound <= KNOTS_SHOWN)
    lines.push(...choice(view, solution), ...free(view, solution));
  return lines;
}

/** The neurons of a network with several inputs. */
function neurons({ network }: BoundedSolution): string[] {
  const shown = network.neurons.filter((neuron) => !isDead(neuron)).slice(0, ROWS_SHOWN);
  const lines = shown.map(({ inputWeights, bias, outputWeight }, k) => {
    const terms = inputWeights.flatMap((weight, i) =>
      weight.isZero() ? [] : [`${readableSigned(weight)} x${i + 1}`],
    );
    if (!bias.isZero()) terms.push(readableSigned(bias));
    const all =
      terms.length > TERMS_SHOWN ? [...terms.slice(0, TERMS_SHOWN), `... (${terms.length} terms)`] : terms;
    return `  ${k + 1}: ${readableSigned(outputWeight)} (${all.join(' ')})+`;
  });
  if (network.neurons.length > shown.length)
    lines.push(pc.dim(`  ... and ${network.neurons.length - shown.length} more (--network writes all)`));
  if (network.skip !== null) {
    const terms = network.skip.weights.flatMap((weight, i) =>
      weight.isZero() ? [] : [`${readableSigned(weight)} x${i + 1}`],
    );
    lines.push(`  skip: ${[...terms, readableSigned(network.skip.bias)].join(' ')}`);
  }
  return lines.length === 0 ? ['The network is the zero function.'] : ['The network adds up', ...lines];
}

/** What the exact search proved. */
function whyBySearch({
  proof,
  objective,
  lowerBound,
  upperBound,
  search,
  genericBound,
  status,
}: BoundedSolution): string[] {
  if (proof.kind !== 'search') return [];
  const lines = [pc.bold('Why')];
  const nodes = proof.trees.reduce((sum, tree) => sum + tree.nodes.length, 0);
  lines.push(
    ...wrap(
      lowerBound === 0
        ? 'Nothing can be smaller than zero.'
        : `At least ${plural(lowerBound, objective.slice(0, -1))}: an exhaustive search over activations and output signs, with ${plural(proof.trees.length, 'tree')} and ${plural(nodes, 'node')}, ends everywhere in a contradiction between a few rows, with integer multipliers that the checker adds up. No box on the weights is assumed.`,
      WIDTH,
    ),
    ...wrap(
      `At most ${plural(upperBound, objective.slice(0, -1))}: the network fits every point, in exact rationals.`,
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
    lines.push(
      `The search ended by its ${search.ended}${search.ended === 'time limit' ? '; --time-limit S lets it go on' : ''}.`,
    );
  return lines;
}

/** What the function has besides: properties that never cost a knot in family S. */
function free({ problem }: SolveView, solution: BoundedSolution): string[] {
  const f = solution.function!;
  const shape = shapeOfData(problem);
  const kept = shapeKept(problem, f);
  const gained = [
    ...(kept.leastLipschitz
      ? [`the least Lipschitz constant of all interpolants, ${readable(shape.lipschitz)}`]
      : []),
    ...((shape.increasing || shape.decreasing) && kept.monotone ? ['monotone like the data'] : []),
    ...((shape.convex || shape.concave) && kept.curved
      ? [shape.convex ? 'convex like the data' : 'concave like the data']
      : []),
  ];
  return gained.length === 0 ? [] : wrap(`Free of charge: ${gained.join('; ')}.`, WIDTH);
}

/** What distinguishes the printed function among all sparsest ones. */
function choice({ problem }: SolveView, solution: BoundedSolution): string[] {
  if (solution.upperBound === 0) return [];
  const set = solutionSet(problem, solution.exact!.runs);
  if (set.unique)
    return wrap('It is the only one among the candidates for l^p minimisers, p < 1 (family S).', WIDTH);
  const tied = solution.exact!.limit.tiedRuns.length;
  return wrap(
    `It is not the only one: ${plural(set.functions, 'vertex').replace('vertexs', 'vertices')} of family S and everything between neighbours are as sparse. ` +
      (tied === 0
        ? 'The one printed is the limit of the l^p minimisers as p goes to 0 (least product of slope changes). --all describes them.'
        : `Several share the least product of slope changes (${plural(tied, 'tied run')}), the leftmost is printed. --all describes them.`),
    WIDTH,
  );
}

function allSolutions({ problem }: SolveView, solution: BoundedSolution): string[] {
  const set = solutionSet(problem, solution.exact!.runs);
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

function next({ path, solution, certificate, problem }: SolveView): string[] {
  const steps: [string, string][] = [
    certificate === null
      ? ['write the proof', `sparsest solve ${path} --certificate proof.json`]
      : ['check the proof with independent code', `sparsest-check ${path} ${certificate}`],
  ];
  if (solution.status !== 'infeasible' && problem.dimension === 1) {
    steps.push(['draw it', `sparsest solve ${path} --plot picture.svg`]);
  }
  return [pc.bold('Next'), ...nextSteps(steps)];
}
