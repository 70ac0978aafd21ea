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
export { certify, SOLVE_DEFAULTS, type Solution, type SolveOptions, solve } from './solve/solve.js';
export { type SolutionSet, solutionSet } from './univariate/solution-set.js';
