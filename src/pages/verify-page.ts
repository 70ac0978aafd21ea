import { LAYER_ROLES } from '../models/layers.js';
import type { Scaling } from '../models/scaling.js';
import { colors as pc } from '../text/colors.js';
import { commandLine } from '../text/command-line.js';
import { decimalAbove, duration, nextSection, plural, type Step, shown, wrap } from '../text/format.js';
import { type ModelQuestion, verifyLine } from '../verify/model-question.js';
import type { Claim, Holds, Verification } from '../verify/verify.js';
import { columnsLine, pageOf } from './run.js';
import type { VerifyRun } from './verify-json.js';

/** Width of running text. */
const WIDTH = 78;

/** Redundancies listed on the page before the rest is summed up; --json has all. */
const ROWS_SHOWN = 24;

/** The page `verify` prints for a person. */
export function verifyPage(question: ModelQuestion, verification: Verification, run: VerifyRun): string {
  return pageOf([
    heading(question, verification, run),
    ...verification.claims.map(claim),
    redundant(verification),
    repaired(run.repair),
    next(question, verification, run),
  ]);
}

function heading(
  { model }: ModelQuestion,
  verification: Verification,
  { dataset, layers, scaling, seconds }: VerifyRun,
): string[] {
  const { problem, form, skip, holds } = verification;
  const fit = problem.exact
    ? 'every label exactly'
    : problem.tolerance.isZero()
      ? 'the windows of the data'
      : `every label within ${shown(problem.tolerance)}`;
  const verdict = {
    true: pc.green(pc.bold('Every claim holds.')),
    false: pc.red(pc.bold('Not every claim holds.')),
    undecided: pc.yellow(pc.bold('Undecided.')),
  }[`${holds}`];
  return [
    `${pc.bold(model.path)}  ${plural(form.width, 'neuron')}, ${form.active.length} active, skip ${skip}  ${pc.dim(duration(seconds))}`,
    ...readAs(layers, scaling),
    `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}; to be met: ${fit}`,
    columnsLine(dataset),
    verdict,
  ];
}

/** What was read as what, so that a wrong reading is seen. */
function readAs(layers: VerifyRun['layers'], scaling: VerifyRun['scaling']): string[] {
  const sentences: string[] = [];
  if (layers !== null) {
    const parts = LAYER_ROLES.flatMap((role) => {
      const part = layers[role];
      if (part === undefined) return [];
      const mask = part.mask === undefined ? '' : ` times ${part.mask}`;
      return [`${role} = ${part.name}${mask}${part.transposed ? ' (transposed)' : ''}`];
    });
    const entry = layers.entry === undefined ? '' : ` from the entry ${layers.entry}`;
    sentences.push(`read${entry}: ${parts.join(', ')}`);
    if (layers.folded !== undefined) {
      sentences.push(
        `folded in: ${layers.folded.map(({ operator, name }) => `${operator} ${name}`).join(', ')}`,
      );
    }
    if (layers.leftOut !== undefined) sentences.push(`not used: ${layers.leftOut.join(', ')}`);
  }
  const { inputs, output } = scaling;
  const by = (name: string, { mean, scale }: Scaling) =>
    mean.length === 1
      ? `(${name} - ${shown(mean[0]!)}) / ${shown(scale[0]!)}`
      : `(${name} - mean) / scale, ${mean.length} coordinates`;
  if (inputs !== undefined) sentences.push(`the model sees ${by('x', inputs)}`);
  if (output !== undefined) sentences.push(`the model gives ${by('y', output)}`);
  return sentences.flatMap((sentence) => indented(sentence)).map((line) => pc.dim(line));
}

function mark(holds: Holds): string {
  return holds === 'undecided' ? pc.yellow('undecided') : holds ? pc.green('holds') : pc.red('fails');
}

function claim(result: Claim): string[] {
  const lines = [`${pc.bold(result.claim)} ${mark(result.holds)}`];
  if (result.claim !== 'theorem-3.1') return [...lines, ...indented(`${result.message}.`)];
  for (const { clause, holds, message } of result.clauses) {
    lines.push(`  ${clause} ${mark(holds)}`, ...indented(`${message}.`, '    '));
  }
  return lines;
}

function redundant({ form }: Verification): string[] {
  const list = form.redundant;
  if (list.length === 0) return [];
  const lines = [pc.bold('Neurons that can go')];
  for (const { message } of list.slice(0, ROWS_SHOWN)) lines.push(...indented(`${message}.`));
  if (list.length > ROWS_SHOWN)
    lines.push(pc.dim(`  ... and ${list.length - ROWS_SHOWN} more (--json lists all)`));
  return lines;
}

function next(
  question: ModelQuestion,
  verification: Verification,
  { repair, certificate }: VerifyRun,
): string[] {
  const steps: Step[] = [];
  const find = <N extends Claim['claim']>(name: N) =>
    verification.claims.find(({ claim: c }) => c === name) as Extract<Claim, { claim: N }> | undefined;
  const fit = find('interpolates');
  if (fit !== undefined && !fit.holds && fit.worst.label !== null) {
    const tolerance = decimalAbove(fit.measured, 2);
    steps.push(['ask for as much as this model achieves', verifyLine({ ...question, tolerance })]);
  }
  const sparsest = find('sparsest');
  if (repair === null && sparsest?.holds === false && sparsest.required !== null) {
    steps.push(['write the exact sparsest network', verifyLine(question, ['--repair', 'fixed.json'])]);
  }
  if (certificate !== null) {
    const check = commandLine(question, 'check', { after: [certificate] });
    steps.push(['check the proof with independent code', check]);
  }
  return nextSection(steps);
}

/** What was written in the place of the model. */
function repaired(repair: VerifyRun['repair']): string[] {
  if (repair === null || repair.network === null) return [];
  const { kind, neurons, sparsest } = repair.network;
  const what = kind === 'nearest-vertex' ? 'nearest to the model' : "the solver's own";
  return wrap(
    `${repair.file}: ${sparsest ? 'an exact sparsest network' : 'the best exact network known'}, ${plural(neurons, 'neuron')}, ${what}`,
    WIDTH,
  );
}

function indented(text: string, margin = '  '): string[] {
  return wrap(text, WIDTH - margin.length).map((line) => `${margin}${line}`);
}
