import type { Dataset } from './dataset.js';
import { makeProblem, type Problem } from './problem.js';

/**
 * The problem of inputs alone, for questions in which labels play no part: the label of every row is its first input, so that rows with
 * equal inputs are one point whatever their labels are.
 * @throws InputError when there are no rows
 */
export function problemOfInputs(data: Dataset): Problem {
  return makeProblem({ ...data, labels: data.inputs[0]!, lower: null, upper: null });
}
