import type { LocalSearch, LocalSetup } from './local-search.js';
import { NeuronSearch } from './neuron-search.js';
import { ParameterSearch } from './parameter-search.js';

/**
 * The local search for an objective.
 * @param shouldStop asked at every step of least squares; true ends `advance` early
 */
export function createLocalSearch(
  { objective, centred, plain, seed, lowerBound, upperBound }: LocalSetup,
  shouldStop: () => boolean,
): LocalSearch {
  if (objective === 'neurons') return new NeuronSearch(centred, seed, lowerBound, upperBound, shouldStop);
  return new ParameterSearch(centred, plain!, seed, lowerBound, upperBound, shouldStop);
}
