import { createRandom, type Random } from '../exact/random.js';
import type { TrainingOptions } from './options.js';
import type { ProximalOptions } from './reweighted.js';

/** What a step of training takes from the options, at its epoch. */
export type StepSettings = ProximalOptions;

/** lambda begins at this many times its value where `lambdaFrom` does not say. */
const LAMBDA_FACTOR = 10;

/**
 * The settings of the step after `epoch` of `epochs` epochs. In the first half a schedule leads p from 1 (a convex penalty) down to its
 * value, linearly, and lambda from `lambdaFrom` (large) down to its own, geometrically. In the second half the learning rate falls to
 * `decay` times itself, geometrically. Without any of these the options themselves.
 */
export function settingsAt(options: TrainingOptions, epoch: number, epochs = options.epochs): StepSettings {
  const { p, lambda, learningRate, reweightFrom, schedule, decay } = options;
  if (schedule === 'constant' && decay === 1) return options;
  const share = Math.min(1, epoch / Math.max(1, epochs));
  const down = Math.min(1, 2 * share);
  const from = options.lambdaFrom ?? LAMBDA_FACTOR * lambda;
  return {
    p: schedule === 'p' || schedule === 'both' ? 1 + (p - 1) * down : p,
    lambda: schedule === 'lambda' || schedule === 'both' ? from * (lambda / from) ** down : lambda,
    learningRate: learningRate * decay ** Math.max(0, 2 * share - 1),
    reweightFrom,
  };
}

/** Random numbers for what is drawn in the course of a run, at its `place`: a run that goes on from a checkpoint draws the same. */
export function randomOf(seed: number, place: number): Random {
  return createRandom((seed % 2 ** 32) * 2 ** 20 + (place % 2 ** 20));
}
