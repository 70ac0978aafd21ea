import { Command, InvalidArgumentError } from 'commander';
import type { Rational } from '../exact/rational.js';
import { networkChunks } from '../files/network-format.js';
import { openDataset } from '../files/read-dataset.js';
import { writeFileAtomically } from '../files/write-file.js';
import { type VerifyRun, verifyJson } from '../pages/verify-json.js';
import { verifyPage } from '../pages/verify-page.js';
import { problemHash } from '../problem/canonical.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { dataFile, QUESTION_DEFAULTS } from '../problem/question.js';
import { SOLVE_DEFAULTS } from '../solve/solve.js';
import type { ModelQuestion } from '../verify/model-question.js';
import { CLAIMS, type ClaimName, VERIFY_DEFAULTS } from '../verify/options.js';
import { exitCode, verify } from '../verify/verify.js';
import {
  type CommonOptions,
  choice,
  type DataOptions,
  ENDINGS,
  type ExitCode,
  exactNumber,
  nonNegativeExact,
  notice,
  positiveNumber,
  printJson,
  requireOutput,
  runCommand,
  withCommonOptions,
  withDataOptions,
  writeCertificateFile,
} from './common.js';
import { withinLimits } from './limits.js';
import { MODEL_ARGUMENT, type ModelOptions, readScaledModel, withModelOptions } from './model-options.js';
import { searchProgressText } from './search-progress.js';

/** The claims whose proofs a certificate can hold, the first that is asked in this order. */
const PROVED_CLAIMS: readonly ClaimName[] = ['sparsest', 'lp-optimal', 'vertex'];

interface Options extends CommonOptions, DataOptions, ModelOptions {
  readonly tolerance?: Rational;
  readonly activeThreshold?: Rational;
  readonly claim?: readonly ClaimName[];
  readonly p?: Rational;
  readonly lpGap?: Rational;
  readonly skip?: Skip;
  readonly repair?: string;
  readonly timeLimit?: number;
  readonly certificate?: string;
}

/** `verify MODEL DATA`: 0 all claims hold, 1 one fails, 2 unreadable, 3 one is undecided and none fails. */
export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('A trained model against the truth: does it interpolate, and could fewer neurons do?')
    .argument('<model>', MODEL_ARGUMENT)
    .argument('<data>', 'data file (tables, JSON, .npz, .parquet; - for standard input)')
    .option(
      '--claim <name>',
      `claim to decide, repeatable: ${CLAIMS.join(', ')} (default: ${VERIFY_DEFAULTS.claims.join(' and ')})`,
      addClaim,
    )
    .option(
      '--tolerance <eps>',
      `the model may miss a label by eps, exact number (default: ${VERIFY_DEFAULTS.tolerance})`,
      nonNegativeExact,
    )
    .option(
      '--active-threshold <x>',
      `a product |v w| above this counts as nonzero, exact number (default: ${VERIFY_DEFAULTS.activeThreshold})`,
      nonNegativeExact,
    )
    .option('--p <p>', 'lp-optimal: the exponent, 0 < p <= 1, exact number', exactNumber)
    .option(
      '--lp-gap <x>',
      `lp-optimal: allowed distance from the exact minimum (default: ${VERIFY_DEFAULTS.lpGap})`,
      nonNegativeExact,
    )
    .addOption(
      choice('--skip <kind>', "architecture to be sparsest in (default: the model's own)", [
        'affine',
        'bias',
        'none',
      ]),
    )
    .option('--repair <file.json>', 'write the exact sparsest network nearest to the model');
  withModelOptions(command)
    .option(
      '--time-limit <s>',
      `seconds for the search and for the least l^p path norm; then a claim may stay undecided (default: ${SOLVE_DEFAULTS.timeLimit})`,
      positiveNumber,
    )
    .option(
      '--certificate <file>',
      'write the model, what was measured and the proof of the minimum (of sparsest, else of lp-optimal or vertex), for `sparsest check` (gzip when it ends in .gz)',
    );
  return withDataOptions(withCommonOptions(command)).action(
    (modelPath: string, dataPath: string, options: Options) =>
      runCommand('verify', () => run(modelPath, dataPath, options)),
  );
}

async function run(modelPath: string, dataPath: string, options: Options): Promise<ExitCode> {
  const start = performance.now();
  requireOutput('--certificate', options.certificate, ENDINGS.certificate);
  requireOutput('--repair', options.repair, ENDINGS.network);
  const claims = options.claim ?? VERIFY_DEFAULTS.claims;
  if (options.certificate !== undefined && !claims.some((name) => PROVED_CLAIMS.includes(name))) {
    throw new InputError(
      '--certificate writes the proof behind the claim sparsest, lp-optimal or vertex: add --claim sparsest, --claim lp-optimal --p P or --claim vertex',
    );
  }
  const { network, skip, layers, scaling } = readScaledModel(modelPath, options);
  const dataset = await openDataset(dataPath, options);
  const { verification, repair } = await withinLimits(
    { ...options, timeLimit: options.timeLimit ?? SOLVE_DEFAULTS.timeLimit },
    async (limits) => {
      const verification = await verify(
        network,
        dataset,
        {
          claims,
          tolerance: options.tolerance,
          activeThreshold: options.activeThreshold,
          p: options.p,
          lpGap: options.lpGap,
          skip: options.skip ?? skip,
          timeLimit: options.timeLimit,
        },
        {
          shouldStop: () => limits.signal.aborted,
          observer: { progress: (progress) => limits.show(searchProgressText(progress)) },
          take: (steps) => limits.take(steps, () => 'looking for the least l^p path norm'),
        },
      );
      const repair = options.repair === undefined ? null : await verification.repair();
      return { verification, repair };
    },
  );
  const sha256 = problemHash(verification.problem, nodeSha256);
  const certificate = options.certificate === undefined ? null : verification.certificate(sha256);
  const done: VerifyRun = {
    dataset,
    sha256,
    layers,
    scaling,
    repair: options.repair === undefined ? null : { network: repair, file: options.repair },
    certificate: certificate === null ? null : options.certificate!,
    seconds: (performance.now() - start) / 1000,
  };
  if (done.repair !== null) {
    const { network: repaired, file } = done.repair;
    if (repaired === null) notice(options, 'no network fits the windows, so there is none to write');
    else {
      await writeFileAtomically(file, networkChunks(repaired.network));
      notice(options, `network written to ${file}`);
    }
  }
  if (certificate !== null) await writeCertificateFile(options.certificate!, certificate, options);
  else if (options.certificate !== undefined) notice(options, 'no certificate is written: nothing is proved');
  const question = questionOf(modelPath, dataPath, options);
  if (options.json) printJson(verifyJson(question, verification, done));
  else process.stdout.write(verifyPage(question, verification, done));
  return exitCode(verification);
}

function questionOf(modelPath: string, dataPath: string, options: Options): ModelQuestion {
  return {
    ...QUESTION_DEFAULTS,
    data: dataFile(dataPath, options),
    model: {
      path: modelPath,
      map: options.map ?? null,
      scaleInputs: options.scaleInputs ?? null,
      scaleOutput: options.scaleOutput ?? null,
    },
    claims: options.claim ?? null,
    activeThreshold: options.activeThreshold ?? null,
    lpGap: options.lpGap ?? null,
    tolerance: options.tolerance ?? QUESTION_DEFAULTS.tolerance,
    p: options.p ?? null,
    skip: options.skip ?? null,
    timeLimit: options.timeLimit ?? null,
  };
}

function addClaim(text: string, before: readonly ClaimName[] = []): ClaimName[] {
  const claim = CLAIMS.find((name) => name === text);
  if (claim === undefined) {
    throw new InvalidArgumentError(`expected one of ${CLAIMS.join(', ')}, found "${text}"`);
  }
  return [...before, claim];
}
