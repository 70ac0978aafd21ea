import type { Rational } from '../exact/rational.js';
import { windowChunks } from '../exports/tables.js';
import { writeFileAtomically } from '../files/write-file.js';
import { parseFormula } from '../formula/expression.js';
import { type FormulaRun, formulaJson, formulaPage } from '../pages/formula-page.js';
import { InputError } from '../problem/input-error.js';
import { nodeSha256 } from '../problem/node-sha256.js';
import { dataFile, poseQuestion, QUESTION_DEFAULTS } from '../problem/question.js';
import { checkedCertificate } from '../solve/checked.js';
import { type FormulaQuestion, FormulaSearch } from '../solve/formula.js';
import { EXIT, type ExitCode, notice, printJson, requireOutput, writeCertificateFile } from './common.js';
import { withinLimits } from './limits.js';
import { type SolutionFiles, writeNetworkAndPlot } from './write-solution.js';

/** The options of `solve` that a formula takes. */
export interface FormulaOptions extends SolutionFiles {
  readonly formula: string;
  readonly from?: Rational;
  readonly to?: Rational;
  readonly samples?: string;
  readonly tolerance: Rational;
  readonly timeLimit: number;
  readonly certificate?: string;
  readonly knots?: boolean;
}

/**
 * `solve --formula`: the fewest knots within a tolerance of a formula on all of an interval.
 * @param others options given that are about data
 */
export async function answerFormula(
  options: FormulaOptions,
  others: readonly string[],
  start: number,
): Promise<ExitCode> {
  const question = await formulaQuestion(options, others);
  const search = new FormulaSearch(question);
  const answer = await withinLimits(options, async (limits) => {
    const taken = await limits.take(search.steps(), () => search.progress);
    if (taken !== null) return taken.value;
    if (search.found !== null)
      return {
        ...search.found,
        open:
          search.found.open === null
            ? null
            : `${search.found.open}; ${limits.ended === 'time limit' ? 'time was up, a longer --time-limit lets it go on' : 'it was stopped'}`,
      };
    throw new InputError(
      `--time-limit: it came before any function was proved to keep within the tolerance (${search.progress}); allow more time`,
    );
  });
  const { problem, solution } = answer;
  // The samples with their windows are the data that the certificate is about.
  const dataset = {
    name: question.formula,
    inputs: problem.inputs,
    labels: null,
    lower: problem.lower,
    upper: problem.upper,
    describeRow: (n: number) => `sample ${n} of ${question.formula}`,
  };
  const posed = poseQuestion(
    { ...QUESTION_DEFAULTS, data: dataFile(options.samples ?? question.formula) },
    dataset,
    nodeSha256,
  );
  const certificate = checkedCertificate(posed.problem, solution, posed.sha256);
  const { network: exact, function: f } = solution;
  const taken = await writeNetworkAndPlot(
    posed,
    { network: exact, function: f, formulaTolerance: question.tolerance },
    options,
  );
  if (options.samples !== undefined) {
    await writeFileAtomically(options.samples, windowChunks(question.formula, posed.problem));
    notice(options, `${problem.size} samples and their windows written to ${options.samples}`);
  }
  if (options.certificate !== undefined)
    await writeCertificateFile(options.certificate, certificate, options);
  const { network, plot } = options;
  const done: FormulaRun = {
    seconds: (performance.now() - start) / 1000,
    written: { certificate: options.certificate, network, plot },
    allKnots: options.knots ?? false,
    samples: options.samples,
  };
  if (options.json) printJson({ ...formulaJson(question, posed, answer, done), ...taken });
  else process.stdout.write(formulaPage(question, answer, done));
  return solution.status === 'optimal' ? EXIT.ok : EXIT.undecided;
}

async function formulaQuestion(
  { formula, from, to, tolerance, samples, certificate, predict }: FormulaOptions,
  others: readonly string[],
): Promise<FormulaQuestion> {
  if (others.length > 0)
    throw new InputError(
      `--formula asks for the fewest knots (neurons, skip affine) within a tolerance of a formula; it does not go with ${others.join(', ')}`,
    );
  if (from === undefined || to === undefined || !from.lessThan(to))
    throw new InputError(
      `--formula: expected --from A --to B with A < B, found ${from === undefined ? 'no --from' : to === undefined ? 'no --to' : `${from} and ${to}`}`,
    );
  if (tolerance.isZero())
    throw new InputError(
      '--formula: expected --tolerance EPS above 0: the function may miss the formula by so much',
    );
  requireOutput('--samples', samples, ['.json', '.json.gz']);
  if (certificate !== undefined && samples === undefined)
    throw new InputError(
      '--certificate: the proof is about the windows at samples; write them too, with --samples FILE.json',
    );
  if (predict !== undefined)
    throw new InputError(
      '--predict lists the rows of data, and a formula has none; --table lists the pieces',
    );
  return { formula, expression: await parseFormula(formula), from, to, tolerance };
}
