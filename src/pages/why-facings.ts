import { ONE_INPUT_NODE } from '../certificate/one-input.js';
import type { Problem } from '../problem/problem.js';
import { neuronsWithFreeLine } from '../solve/architectures.js';
import type { BoundedSolution } from '../solve/solve.js';
import { plural, readable } from '../text/format.js';

/** Why one neuron more than the forced bends is needed without a free line; paragraphs. */
export function whyFacings(problem: Problem, { proof }: BoundedSolution): string[] {
  if (proof.kind !== 'one-input') return [];
  const at = (i: number) => readable(problem.inputs[0]!.value(i));
  const { tree, opposite } = proof;
  if (opposite !== undefined) {
    const [below, above] = opposite;
    return [
      `At least 2 neurons: f is below 0 at x = ${at(below)} and above 0 at x = ${at(above)}, and one neuron has one sign.`,
    ];
  }
  if (tree === undefined) return [];
  const knots = proof.witnesses.length / 4;
  const leaves = tree.filter(([kind]) => kind === ONE_INPUT_NODE.leaf);
  const [first] = leaves;
  const how =
    leaves.length > 1
      ? `${plural(leaves.length, 'case')}, in each of which the slopes of pieces, or the values of their lines at one x, added and subtracted in turn, never make 0`
      : first![1] === undefined
        ? 'whichever face left, the slopes of pieces, added and subtracted in turn, never make 0'
        : `whichever face left, the values that the lines of pieces have at x = ${at(first![1])}, added and subtracted in turn, never make 0`;
  return [
    `At least ${plural(knots + 1, 'neuron')}: with ${plural(knots, 'neuron')} each bend is one of them, and those that face left have to make up the first piece by themselves. They cannot: ${how}.`,
  ];
}

/** Why the fewest depends on the architecture; null where a free line would save nothing, or several inputs are asked about. */
export function whyLineSaves(problem: Problem, solution: BoundedSolution): string | null {
  const knots = neuronsWithFreeLine(problem, solution);
  if (knots === null) return null;
  return `With a free line a x + c (skip affine) ${plural(knots, 'neuron')} would do: without it a line takes up to two neurons, unless left-facing ones happen to add up to it.`;
}

/** Why a bracket is open; null when it is not, or nothing is known about it. */
export function whyOpen({ open }: BoundedSolution): string | null {
  return open === null ? null : `Open: ${open}.`;
}
