import { createWorkspace, loss } from './gradient.js';
import { fromPlainNetwork, type PlainNetwork } from './parameters.js';
import type { TrainingPoints } from './points.js';

/** max |f(x_n) - y_n| over all points, in doubles: what the loss averages, at its worst point. */
export function largestResidual(network: PlainNetwork, points: TrainingPoints): number {
  const parameters = fromPlainNetwork(network);
  const workspace = createWorkspace(points, parameters.width);
  loss(parameters, points, workspace);
  return workspace.residuals.reduce((worst, residual) => Math.max(worst, Math.abs(residual)), 0);
}
