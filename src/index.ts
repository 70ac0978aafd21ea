/**
 * The public library of `sparsest`. Everything here runs in Node and in a browser; reading and writing files is left to
 * the command line.
 */
export type { Certificate, Claim, Objective, Proof } from './certificate/certificate.js';
export { parseCertificate } from './certificate/read.js';
export { certificateChunks } from './certificate/write.js';
export { check, type Verdict } from './checker/check.js';
export { canonicalText, problemHash } from './data/canonical.js';
export { type CsvOptions, parseCsv } from './data/csv.js';
export { type Dataset, type DatasetArrays, datasetFromArrays, type ExactNumber } from './data/dataset.js';
export { InputError } from './data/input-error.js';
export { type Instance, parseInstance } from './data/instance.js';
export {
  countNeurons,
  countParameters,
  evaluate,
  type Network,
  type Neuron,
  type Skip,
  skipOf,
} from './data/network.js';
export { networkChunks, parseNetwork } from './data/network-format.js';
export {
  evaluateAt,
  evaluateSorted,
  fromNetwork,
  type Knot,
  type PiecewiseLinear,
  toNetwork,
} from './data/piecewise-linear.js';
export { makeProblem, type Problem } from './data/problem.js';
export { ExactColumn } from './exact/column.js';
export { Rational } from './exact/rational.js';
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
export { plotSolution } from './report/plot.js';
export {
  type ActivationPattern,
  activationPatterns,
  countActivationPatterns,
  patternsInGeneralPosition,
} from './search/patterns.js';
export { certify, SOLVE_DEFAULTS, type Solution, type SolveOptions, solve } from './solve/solve.js';
export { TRAINING_DEFAULTS, type TrainingOptions } from './train/options.js';
export { type PlainNetwork, toPlainNetwork } from './train/parameters.js';
export { type TrainingPoints, trainingPoints } from './train/points.js';
export { DivergenceError, type TrainingResult, train, trainAsync } from './train/train.js';
export { type LpMinimizer, minimizeLp } from './univariate/minimize.js';
export { type LpPath, lpPath, uniqueBelow } from './univariate/path.js';
export { type SolutionSet, solutionSet } from './univariate/solution-set.js';
export { type Threshold, threshold } from './univariate/threshold.js';
export { CLAIMS, VERIFY_DEFAULTS, type VerifyOptions } from './verify/options.js';
export { exitCode, type Verification, verify } from './verify/verify.js';
