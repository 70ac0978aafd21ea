import { type Command, InvalidArgumentError } from 'commander';
import { EXPORT_KINDS, type ExportKind, exportAnswer, lossText, type Taken } from '../exports/export.js';
import { pieceTable, predictions } from '../exports/tables.js';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
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

const EXPORTS: readonly Export['kind'][] = Object.keys(EXPORT_KINDS) as ExportKind[];

/**
 * Adds --table, --predict and --export.
 * @param more kinds beside those of any function or network
 */
export function withTakeAwayOptions(command: Command, ...more: readonly 'smt2'[]): Command {
  const kinds = [...EXPORTS, ...more];
  const smt = more.includes('smt2') ? '; smt2: "at most K fit", for z3 or cvc5' : '';
  return command
    .option('--table <file.csv>', 'one input: x, f and slope at both ends of the data and at every knot')
    .option('--predict <file.csv>', 'f and the residual at every row of the data')
    .option(
      '--export <kind=file>',
      `repeatable: ${kinds.join(', ')}; doubles, with the largest error stated exactly (latex: exact${smt})`,
      (text: string, before: readonly Export[] = []) => [...before, parseExport(text, kinds)],
    );
}

function parseExport(text: string, kinds: readonly Export['kind'][]): Export {
  const [word, ...rest] = text.split('=');
  const path = rest.join('=');
  const kind = kinds.find((name) => name === word);
  if (kind === undefined || path === '')
    throw new InvalidArgumentError(`expected KIND=FILE, KIND one of ${kinds.join(', ')}, found "${text}"`);
  return { kind, path };
}

/** @throws InputError when a file cannot be written, or its name says something else: before the work, not after */
export function requireTakeAway(options: TakeAwayOptions): void {
  requireOutput('--table', options.table, ['.csv']);
  requireOutput('--predict', options.predict, ['.csv']);
  for (const { kind, path } of options.export ?? [])
    requireOutput(`--export ${kind}`, path, kind === 'smt2' ? ENDINGS.smt2 : EXPORT_KINDS[kind]);
}

/** What was written, as the JSON of a command has it; empty where nothing was asked for. */
export interface TakenAway {
  readonly table?: string;
  readonly predict?: string;
  readonly exports?: readonly {
    readonly kind: Export['kind'];
    readonly file: string;
    /** Exact; null where nothing is rounded. */
    readonly largestError: string | null;
    readonly beyondWindows: string | null;
  }[];
}

/** Writes what is asked for; what rounding lost is said on standard error, and returned for the JSON. */
export async function writeTakeAway(
  { dataset, problem }: Pick<PosedQuestion, 'dataset' | 'problem'>,
  answer: Omit<Taken, 'name' | 'problem'>,
  options: TakeAwayOptions,
): Promise<TakenAway> {
  const { table, predict } = options;
  if (table !== undefined) {
    if (answer.function === null)
      throw new InputError(
        `--table lists the pieces of a function of one input; ${dataset.name} has ${problem.dimension}; leave it out`,
      );
    await writeFileAtomically(table, pieceTable(problem, answer.function));
    notice(options, `pieces written to ${table}`);
  }
  if (predict !== undefined) {
    await writeFileAtomically(predict, predictions(dataset, answer.network));
    notice(options, `f at every row written to ${predict}`);
  }
  const taken: Taken = { name: dataset.name, problem, ...answer };
  const exports: NonNullable<TakenAway['exports']>[number][] = [];
  for (const { kind, path } of options.export ?? []) {
    if (kind === 'smt2') continue;
    const { content, loss } = exportAnswer(kind, taken);
    await writeFileAtomically(path, [content]);
    const lost = loss === null ? 'exact' : lossText(loss, taken).join(' ');
    notice(options, `${kind} written to ${path}: ${lost}`);
    exports.push({
      kind,
      file: path,
      largestError: loss === null ? null : loss.largestError.toString(),
      beyondWindows: loss === null ? null : loss.beyondWindows.toString(),
    });
  }
  return {
    ...(table === undefined ? {} : { table }),
    ...(predict === undefined ? {} : { predict }),
    ...(exports.length === 0 ? {} : { exports }),
  };
}
