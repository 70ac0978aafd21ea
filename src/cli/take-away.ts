import { type Command, InvalidArgumentError } from 'commander';
import { EXPORT_KINDS, type ExportKind, exportAnswer, lossText } from '../exports/export.js';
import { pieceTable, predictions } from '../exports/tables.js';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
import type { Network } from '../problem/network.js';
import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { PosedQuestion } from '../problem/question.js';
import { type CommonOptions, ENDINGS, notice, requireOutput } from './common.js';

/** A file for another program, and its kind. */
export interface Export {
  readonly kind: ExportKind | 'smt2';
  readonly path: string;
}

/** Options that say what is taken away from an answer, and in which files. */
export interface TakeAwayOptions extends CommonOptions {
  readonly table?: string;
  readonly predict?: string;
  readonly export?: readonly Export[];
}

const KINDS: readonly Export['kind'][] = [...(Object.keys(EXPORT_KINDS) as ExportKind[]), 'smt2'];

/** Adds --table, --predict and --export. */
export function withTakeAwayOptions(command: Command): Command {
  return command
    .option('--table <file.csv>', 'one input: x, f and slope at both ends of the data and at every knot')
    .option('--predict <file.csv>', 'f and the residual at every row of the data')
    .option(
      '--export <kind=file>',
      `repeatable: ${KINDS.join(', ')}; doubles, with the largest error stated exactly (latex: exact; smt2: "at most K fit", for z3 or cvc5)`,
      exportOption,
    );
}

function exportOption(text: string, before: readonly Export[] = []): Export[] {
  const [word, ...rest] = text.split('=');
  const path = rest.join('=');
  const kind = KINDS.find((name) => name === word);
  if (kind === undefined || path === '')
    throw new InvalidArgumentError(`expected KIND=FILE, KIND one of ${KINDS.join(', ')}, found "${text}"`);
  return [...before, { kind, path }];
}

/** @throws InputError when a file cannot be written, or its name says something else: before the work, not after */
export function requireTakeAway(options: TakeAwayOptions): void {
  requireOutput('--table', options.table, ['.csv']);
  requireOutput('--predict', options.predict, ['.csv']);
  for (const { kind, path } of options.export ?? [])
    requireOutput(`--export ${kind}`, path, kind === 'smt2' ? ENDINGS.smt2 : EXPORT_KINDS[kind]);
}

/** Writes what is asked for; what rounding lost is said on standard error. */
export async function writeTakeAway(
  { dataset, problem }: Pick<PosedQuestion, 'dataset' | 'problem'>,
  answer: { readonly network: Network; readonly function: PiecewiseLinear | null },
  options: TakeAwayOptions,
): Promise<void> {
  if (options.table !== undefined) {
    if (answer.function === null)
      throw new InputError(
        `--table lists the pieces of a function of one input; ${dataset.name} has ${problem.dimension}; leave it out`,
      );
    await writeFileAtomically(options.table, pieceTable(problem, answer.function));
    notice(options, `pieces written to ${options.table}`);
  }
  if (options.predict !== undefined) {
    await writeFileAtomically(options.predict, predictions(dataset, answer.network));
    notice(options, `f at every row written to ${options.predict}`);
  }
  for (const { kind, path } of options.export ?? []) {
    if (kind === 'smt2') continue;
    const { content, loss } = exportAnswer(kind, { name: dataset.name, problem, ...answer });
    await writeFileAtomically(path, [content]);
    const lost = loss === null ? 'exact' : lossText(loss, problem).join(' ');
    notice(options, `${kind} written to ${path}: ${lost}`);
  }
}
