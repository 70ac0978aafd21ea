/**
 * The public library of `sparsest`. Everything here runs in Node and in a browser; reading and writing files is left to
 * the command line.
 */
export type { Certificate, Claim, Objective, Proof } from './certificate/certificate.js';
export { parseCertificate } from './certificate/read.js';
export { certificateChunks } from './certificate/write.js';
export { check } from './checker/check.js';
export type { Verdict } from './checker/verdict.js';
export { ExactColumn } from './exact/column.js';
export { Rational } from './exact/rational.js';
export { type CsvOptions, parseCsv } from './files/csv.js';
export { type Instance, parseInstance } from './files/instance.js';
export { networkChunks, parseNetwork } from './files/network-format.js';
export { generate } from './generate/generate.js';
export { datasetOfInstance } from './generate/instance.js';
export { csvChunks, instanceChunks, instanceNpz } from './generate/instance-file.js';
export {
  GENERATE_DEFAULTS,
  GENERATE_LIMITS,
  type GenerateOptions,
  KINDS,
  type Kind,
  OPTIONS_OF,
} from './generate/options.js';
export { type SolutionSet, solutionSet } from './knots/solution-set.js';
export { type LpMinimizer, minimizeLp } from './lp-norm/minimize.js';
export { type LpPath, lpPath } from './lp-norm/path.js';
export { pathPieces } from './lp-norm/path-pieces.js';
export { type Threshold, threshold } from './lp-norm/threshold.js';
export { type Uniqueness, uniqueness, withUniqueness } from './lp-norm/uniqueness.js';
export { minimizePathNorm, type PathNormMinimum } from './path-norm/minimum.js';
export { type ThresholdSeveral, thresholdSeveral } from './path-norm/threshold.js';
export { exactPattern, type TrainedWeights } from './path-norm/trained-pattern.js';
export { plotSolution } from './pictures/solution.js';
export { canonicalText, problemHash } from './problem/canonical.js';
export {
  columnsOf,
  type DataColumns,
  type Dataset,
  type DatasetArrays,
  datasetFromArrays,
  type ExactNumber,
} from './problem/dataset.js';
export { InputError, type Place } from './problem/input-error.js';
export {
  countNeurons,
  countParameters,
  evaluate,
  type Network,
  type Neuron,
  type Skip,
  skipOf,
} from './problem/network.js';
export {
  evaluateAt,
  evaluateSorted,
  fromNetwork,
  type Knot,
  type PiecewiseLinear,
  toNetwork,
} from './problem/piecewise-linear.js';
export { makeProblem, type Problem } from './problem/problem.js';
export {
  type ActivationPattern,
  activationPatterns,
  countActivationPatterns,
  patternsInGeneralPosition,
} from './search/patterns.js';
export { type Answer, certify } from './solve/answer.js';
export { CheckFailure, checked } from './solve/checked.js';
export { SOLVE_DEFAULTS, type Solution, type SolveOptions, solve } from './solve/solve.js';
export { TRAINING_DEFAULTS, type TrainingOptions } from './train/options.js';
export type { PlainNetwork } from './train/parameters.js';
export { type TrainingPoints, trainingPoints } from './train/points.js';
export { DivergenceError, type TrainingResult, train, trainAsync } from './train/train.js';
export { checkVerified, loadVerifiedCheck, type StatementCheck } from './verified/verified-check.js';
export { CLAIMS, VERIFY_DEFAULTS, type VerifyOptions } from './verify/options.js';
export { exitCode, type Verification, verify } from './verify/verify.js';
