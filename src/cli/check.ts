import { Command } from 'commander';
import type { Certificate } from '../certificate/certificate.js';
import { readCertificate } from '../certificate/read-certificate.js';
import { check } from '../checker/check.js';
import { Rational } from '../exact/rational.js';
import { openDataset } from '../files/read-dataset.js';
import { STANDARD_INPUT } from '../files/read-file.js';
import { checkJson, checkPage, isAboutAnotherProblem, readingFlags } from '../pages/check-page.js';
import { problemHash } from '../problem/canonical.js';
import { columnsOf, type Dataset, hasWindows } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import { problemOfInputs } from '../problem/problem-of-inputs.js';
import { dataFile } from '../problem/question.js';
import { wideningProblem } from '../problem/widening.js';
import { columnsText } from '../text/columns.js';
import { readingOptions } from '../text/command-line.js';
import { checkVerified } from '../verified/verified-check.js';
import {
  type CommonOptions,
  type DataOptions,
  EXIT,
  type ExitCode,
  printJson,
  runCommand,
  withClasses,
  withCommonOptions,
  withDataOptions,
  withWeights,
} from './common.js';

interface Options extends CommonOptions, DataOptions {
  readonly verified?: boolean;
}

/** Limits of the search for the reading that a certificate is about. */
const LIMITS = {
  /** Ways to read the file, and cells read in all of them: well below a second. */
  readings: 64,
  cells: 1_000_000,
};

/** `check DATA CERTIFICATE`: 0 accepted, 1 rejected, 2 unreadable. */
export function checkCommand(name = 'check'): Command {
  const command = new Command(name)
    .description('Check a certificate against the data with a checker that shares no solver code.')
    .argument(
      '<data>',
      'the problem, as it was solved; it is read from this file, never from the certificate',
    )
    .argument('<certificate>', 'certificate file (.json or .json.gz)')
    .option('--verified', 'with the checker that is extracted from the proofs of its soundness');
  return withClasses(withWeights(withDataOptions(withCommonOptions(command)))).action(
    (dataPath: string, certificatePath: string, options: Options) =>
      runCommand(name, () => run(dataPath, certificatePath, options)),
  );
}

async function run(dataPath: string, certificatePath: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  const certificate = readCertificate(certificatePath);
  const dataset = await readFor(certificate, dataPath, options);
  const problem = problemFor(dataset, certificate);
  const verdict = options.verified
    ? await checkVerified(problem, certificate, nodeSha256)
    : check(problem, certificate, nodeSha256);
  const view = {
    dataset,
    problem,
    certificate,
    verdict,
    otherReading: isAboutAnotherProblem(verdict)
      ? await otherReading(dataPath, dataset, certificate, options)
      : null,
    seconds: (performance.now() - start) / 1000,
  };
  if (options.json) printJson(checkJson(view));
  else process.stdout.write(checkPage(view));
  return verdict.accepted ? EXIT.ok : EXIT.fails;
}

/** The data as the claim needs them: one about patterns is about inputs alone. */
function readFor({ claim }: Certificate, path: string, options: DataOptions): Promise<Dataset> {
  return openDataset(path, { ...options, inputsOnly: claim.kind === 'patterns' });
}

/**
 * The problem of the data with the tolerance of the certificate. Windows of the file have none: then the rule
 * problem-tolerance says so.
 * @throws InputError when the data make no problem, saying how they were read
 */
function problemFor(dataset: Dataset, { claim, problem: { tolerance } }: Certificate): Problem {
  try {
    if (claim.kind === 'patterns') return problemOfInputs(dataset);
    if (claim.kind === 'least-tolerance') return wideningProblem(dataset);
    return makeProblem(dataset, hasWindows(dataset) ? Rational.zero : Rational.parse(tolerance), {
      open: true,
    });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `${error.message} (read as ${columnsText(columnsOf(dataset))}, with the tolerance ${tolerance} of the certificate; ` +
        `was it written for ${readingFlags(dataset)}another file?)`,
    );
  }
}

/** The options under which the file is the problem of the certificate; null when none are found within the limits. */
async function otherReading(
  path: string,
  dataset: Dataset,
  certificate: Certificate,
  given: DataOptions,
): Promise<string[] | null> {
  // Standard input is gone.
  if (path === STANDARD_INPUT) return null;
  const columns = dataset.inputs.length + 1;
  const most = Math.min(LIMITS.readings, LIMITS.cells / (columns * dataset.inputs[0]!.length));
  let tried = 0;
  for (const options of readings(dataset, certificate, given)) {
    if (++tried > most) return null;
    try {
      const problem = problemFor(await readFor(certificate, path, options), certificate);
      if (problemHash(problem, nodeSha256) === certificate.problem.sha256)
        return readingOptions(dataFile(path, options));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return null;
}

/** Other ways to read a file: numbers as doubles or decimals; of a table, other labels, and one input when that is asked. */
function* readings(
  dataset: Dataset,
  certificate: Certificate,
  { target, inputs, header, float64 = false, weights, classes, format }: DataOptions,
): Generator<DataOptions> {
  const given = { target, inputs, header, weights, classes, format };
  yield { ...given, float64: !float64 };
  if (dataset.columns === undefined) return;
  const { inputs: read, target: label, lower, unused = [] } = dataset.columns;
  const names = [...read, ...(label === null ? [] : [label]), ...unused];
  const targets = lower === undefined ? names : [undefined, ...names];
  for (const reading of [float64, !float64]) {
    for (const name of targets) yield { ...given, target: name, float64: reading };
    if (inputs !== undefined) {
      for (const name of targets) yield { ...given, target: name, inputs: undefined, float64: reading };
    }
    if (inputsOf(certificate) !== 1) continue;
    for (const name of targets) {
      for (const input of names) {
        if (input !== name) yield { ...given, target: name, inputs: [input], float64: reading };
      }
    }
  }
}

/** Number of inputs of the certificate's problem; null when nothing shows it (version 1 of the format). */
function inputsOf({ problem, network }: Certificate): number | null {
  return problem.dimension ?? network?.inputDimension ?? null;
}
