import type { Objective } from '../certificate/certificate.js';
import { LEAST_NONZEROS } from '../certificate/search-proof.js';
import type { Skip } from '../problem/network.js';
import type { Points } from './points.js';
import type { Question } from './question.js';

/**
 * The profiles that together say "some network has objective <= level". Neurons: all sign splits of exactly `level`
 * neurons, because a neuron may be zero. Parameters: all sign splits of the neurons with at least two nonzeros that the
 * budget allows, the others being atoms. Balanced splits come first: they realise the most functions.
 */
export function questionsOfLevel(
  points: Points,
  objective: Objective,
  skip: Skip,
  level: number,
): Question[] {
  const pivot = pivotPoint(points);
  const budget = objective === 'parameters' ? level : null;
  const most = objective === 'parameters' ? Math.floor(level / LEAST_NONZEROS) : level;
  const questions: Question[] = [];
  for (let neurons = objective === 'parameters' ? 0 : level; neurons <= most; neurons++) {
    const splits = Array.from({ length: neurons + 1 }, (_, plus) => plus);
    splits.sort((a, b) => Math.abs(2 * a - neurons) - Math.abs(2 * b - neurons) || b - a);
    for (const plus of splits) questions.push({ points, plus, minus: neurons - plus, skip, budget, pivot });
  }
  return questions;
}

/** The point of the largest label: the first one a search branches on, so that ordering neurons by it prunes at once. */
function pivotPoint({ size, lowerDoubles, upperDoubles }: Points): number {
  let best = 0;
  const magnitude = (n: number): number => Math.abs(lowerDoubles[n]! + upperDoubles[n]!);
  for (let n = 1; n < size; n++) if (magnitude(n) > magnitude(best)) best = n;
  return best;
}
