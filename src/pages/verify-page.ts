import { LAYER_ROLES } from '../models/layers.js';
import type { Scaling } from '../models/scaling.js';
import { colors as pc } from '../text/colors.js';
import { duration, nextSteps, plural, wrap } from '../text/format.js';
import { shown } from '../verify/readable.js';
import type { Claim, Holds } from '../verify/verify.js';
import type { VerifyView } from './verify-json.js';

/** Width of running text. */
const WIDTH = 78;

/** Redundancies listed on the page before the rest is summed up; --json has all. */
const ROWS_SHOWN = 24;

/** The page `verify` prints for a person. */
export function verifyPage(view: VerifyView): string {
  const sections = [heading(view), ...view.verification.claims.map(claim), redundant(view), next(view)];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function heading(view: VerifyView): string[] {
  const { modelPath, dataName, verification, seconds } = view;
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
    `${pc.bold(modelPath)}  ${plural(form.width, 'neuron')}, ${form.active.length} active, skip ${skip}  ${pc.dim(duration(seconds))}`,
    ...readAs(view),
    `${pc.bold(dataName)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}; to be met: ${fit}`,
    verdict,
  ];
}

/** What was read as what, so that a wrong reading is seen. */
function readAs({ layers, scaling }: VerifyView): string[] {
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

function redundant({ verification }: VerifyView): string[] {
  const list = verification.form.redundant;
  if (list.length === 0) return [];
  const lines = [pc.bold('Neurons that can go')];
  for (const { message } of list.slice(0, ROWS_SHOWN)) lines.push(...indented(`${message}.`));
  if (list.length > ROWS_SHOWN)
    lines.push(pc.dim(`  ... and ${list.length - ROWS_SHOWN} more (--json lists all)`));
  return lines;
}

function next({ modelPath, dataPath, verification, repair, certificate }: VerifyView): string[] {
  const lines: string[] = [];
  const steps: [string, string][] = [];
  const command = `sparsest verify ${modelPath} ${dataPath}`;
  const find = <N extends Claim['claim']>(name: N) =>
    verification.claims.find(({ claim: c }) => c === name) as Extract<Claim, { claim: N }> | undefined;
  if (repair !== null && repair.network !== null) {
    const { kind, neurons, sparsest } = repair.network;
    const what = kind === 'nearest-vertex' ? 'nearest to the model' : "the solver's own";
    lines.push(
      ...indented(
        `${repair.file}: ${sparsest ? 'an exact sparsest network' : 'the best exact network known'}, ${plural(neurons, 'neuron')}, ${what}`,
      ),
    );
  }
  const fit = find('interpolates');
  if (fit !== undefined && !fit.holds && fit.worst.label !== null) {
    steps.push([
      'ask for as much as this model achieves',
      `${command} --tolerance ${decimalAbove(fit.measured.toNumber())}`,
    ]);
  }
  if (repair === null && find('sparsest')?.holds === false) {
    // The same question: the network is the sparsest within the tolerance asked for.
    const { tolerance } = verification.problem;
    const within = tolerance.isZero() ? '' : ` --tolerance ${tolerance}`;
    steps.push(['write the exact sparsest network', `${command}${within} --repair fixed.json`]);
  }
  if (certificate !== null) {
    steps.push(['check the proof with independent code', `sparsest-check ${dataPath} ${certificate}`]);
  }
  lines.push(...nextSteps(steps));
  return lines.length === 0 ? [] : [pc.bold('Next'), ...lines];
}

/** A decimal of two digits above a positive value. */
function decimalAbove(value: number): string {
  const exponent = Math.floor(Math.log10(value));
  const digits = Math.ceil((value / 10 ** exponent) * 10 + 1e-6);
  return String(Number(`${digits}e${exponent - 1}`));
}

function indented(text: string, margin = '  '): string[] {
  return wrap(text, WIDTH - margin.length).map((line) => `${margin}${line}`);
}
