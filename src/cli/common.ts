import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Certificate } from '../certificate/certificate.js';
import { certificateChunks } from '../certificate/write.js';
import { Rational } from '../exact/rational.js';
import { parseColumnList } from '../files/csv.js';
import { writeFileAtomically } from '../files/write-file.js';
import { InputError } from '../problem/input-error.js';
import { InternalError } from '../problem/internal-error.js';
import { DATA_FORMATS, type ReadingOptions } from '../problem/question.js';

/** Exit codes of every command: a contract with the programs that call them. */
export const EXIT = {
  /** Done; the claim holds; the certificate is accepted. */
  ok: 0,
  /** The claim fails; the certificate is rejected; the problem is infeasible. */
  fails: 1,
  /** Usage error, or input that cannot be read. */
  usage: 2,
  /** Undecided within the limits given; the bracket is printed. */
  undecided: 3,
  /** A fault of this program: an answer did not pass its own check, or something unforeseen happened. Nothing is claimed. */
  internal: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds --json and --quiet. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--json', 'print one JSON object on standard output')
    .option('--quiet', 'no progress and no diagnostics on standard error');
}

/** Adds the options that say how a data file is read. */
export function withDataOptions(command: Command): Command {
  return command
    .option(
      '--target <column>',
      'column of a table that holds the label, by name or number (default: the last)',
    )
    .option(
      '--inputs <columns>',
      'columns of a table that are the inputs, names or numbers with commas between (default: all but the label)',
      columnNames,
    )
    .option('--no-header', 'the first row of the table is data; its columns are named 1, 2, ..')
    .option('--float64', 'numbers in text files mean the nearest double, not the decimal that is written')
    .addOption(
      choice(
        '--format <name>',
        'what the data are written in (default: by the ending of the name; csv for standard input)',
        DATA_FORMATS,
      ),
    );
}

/** Adds --classes. */
export function withClasses(command: Command): Command {
  return command.option(
    '--classes',
    'labels -1 and 1, or 0 and 1, name two classes: the network is at least 1 on the one, at most -1 on the other',
  );
}

/** Adds --weights, for commands that take a tolerance or find one. */
export function withWeights(command: Command): Command {
  return command.option(
    '--weights <column>',
    'CSV column of positive weights: a tolerance e allows a row e times its weight (default: 1)',
  );
}

/** `header` is false with --no-header, else true. */
export type DataOptions = ReadingOptions;

/** Option value: names or numbers of columns. */
function columnNames(text: string): string[] {
  try {
    return parseColumnList(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/**
 * Runs a command, turns its result into the exit code and its InputError into one message on standard error; any other error is
 * a fault of this program. The process ends by itself when output is flushed; only the code is set here.
 */
export async function runCommand(name: string, body: () => Promise<ExitCode> | ExitCode): Promise<void> {
  try {
    process.exitCode = await body();
  } catch (error) {
    process.exitCode = error instanceof InputError ? EXIT.usage : EXIT.internal;
    process.stderr.write(`${name}: ${error instanceof InputError ? error.message : faultText(error)}\n`);
  }
}

function faultText(error: unknown): string {
  if (error instanceof InternalError) return `internal error: ${error.message}`;
  return `internal error, please report it\n${error instanceof Error ? error.stack : error}`;
}

/**
 * Prepares the process of a program. A reader that closes early (`sparsest solve | head`) is no error: output just ends. An error
 * that nobody caught ends the process with the code of internal errors, standard output that cannot be written to (a full disk)
 * with the code of files that cannot be written.
 */
export function prepareProcess(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`standard output: ${error.message}\n`);
    process.exit(EXIT.usage);
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.usage);
  });
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${faultText(error)}\n`);
    process.exit(EXIT.internal);
  });
}

/**
 * Parses the command line; usage errors and --help end with the codes above.
 * @param words the command line, without the program
 */
export async function parseArguments(
  program: Command,
  words: readonly string[] = process.argv.slice(2),
): Promise<void> {
  for (const command of [program, ...program.commands])
    command.exitOverride().showHelpAfterError('(add --help for the options)');
  try {
    if (program.commands.length > 0 && words.length === 0) {
      const names = program.commands.map((command) => command.name());
      program.error(`error: missing command, expected one of ${names.join(', ')}`);
    }
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** Option value: an exact number such as 0.1, 2e-4 or 1/3. */
export function exactNumber(text: string): Rational {
  try {
    return Rational.parse(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/** Option value: an exact number that is at least 0. */
export function nonNegativeExact(text: string): Rational {
  const value = exactNumber(text);
  if (value.sign() < 0) throw new InvalidArgumentError(`expected a number that is at least 0, found ${text}`);
  return value;
}

/** Option value: a whole number between least and most. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}, found "${text}"`);
    }
    return value;
  };
}

/** Option value: a positive number of seconds, or another positive double. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new InvalidArgumentError(`expected a positive number, found "${text}"`);
  }
  return value;
}

export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices([...values]);
}

/** @throws InputError unless the file named by an option has a directory to be written to: better before the work than after */
export function requireDirectory(flag: string, path: string | undefined): void {
  if (path === undefined || statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return;
  throw new InputError(`${flag} ${path}: expected a directory ${dirname(path)}, found none; create it first`);
}

/** Endings of the files that commands write. */
export const ENDINGS = {
  certificate: ['.json', '.json.gz'],
  network: ['.json', '.json.gz'],
  plot: ['.svg'],
  smt2: ['.smt2'],
} as const;

/** @throws InputError unless the file named by an option can be written and its name says what it will hold */
export function requireOutput(flag: string, path: string | undefined, endings: readonly string[]): void {
  requireDirectory(flag, path);
  if (path === undefined || endings.some((ending) => path.toLowerCase().endsWith(ending))) return;
  throw new InputError(`${flag} ${path}: expected a name ending in ${endings.join(' or ')}; rename it`);
}

/** Prints a JSON object on one line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** A diagnostic on standard error, unless --quiet. */
export function notice(options: CommonOptions, text: string): void {
  if (!options.quiet) process.stderr.write(`${text}\n`);
}

/** Writes a certificate to a file, or none of it. */
export async function writeCertificateFile(
  path: string,
  certificate: Certificate,
  options: CommonOptions,
): Promise<void> {
  await writeFileAtomically(path, certificateChunks(certificate));
  notice(options, `certificate written to ${path}`);
}
