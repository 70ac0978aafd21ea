import { Command } from 'commander';
import { readCertificate } from '../certificate/read-certificate.js';
import { check } from '../checker/check.js';
import { Rational } from '../exact/rational.js';
import { readDataset } from '../files/read-dataset.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { makeProblem } from '../problem/problem.js';
import {
  type CommonOptions,
  type DataOptions,
  EXIT,
  printJson,
  runCommand,
  withCommonOptions,
  withDataOptions,
} from './common.js';

/** `check DATA CERTIFICATE`: 0 accepted, 1 rejected, 2 unreadable. */
export function checkCommand(name = 'check'): Command {
  const command = new Command(name)
    .description('Check a certificate against the data with a checker that shares no solver code.')
    .argument(
      '<data>',
      'the problem: .csv, .json or .npz; it is read from this file, never from the certificate',
    )
    .argument('<certificate>', 'certificate file (.json or .json.gz)');
  return withDataOptions(withCommonOptions(command)).action(
    (dataPath: string, certificatePath: string, options: CommonOptions & DataOptions) =>
      runCommand(name, () => {
        const start = performance.now();
        const certificate = readCertificate(certificatePath);
        const problem = makeProblem(
          readDataset(dataPath, options),
          Rational.parse(certificate.problem.tolerance),
        );
        const verdict = check(problem, certificate, nodeSha256);
        const seconds = (performance.now() - start) / 1000;
        if (options.json) printJson({ command: 'check', ...verdict, claim: certificate.claim, seconds });
        else if (verdict.accepted) process.stdout.write(`accepted: ${verdict.statement}\n`);
        else process.stdout.write(`rejected by rule ${verdict.rule}: ${verdict.reason}\n`);
        return verdict.accepted ? EXIT.ok : EXIT.fails;
      }),
  );
}
