import type { Argument, Command, Option } from 'commander';
import { KINDS } from '../generate/options.js';
import type { ExitCode } from './common.js';

/** What the exit codes of a command mean; codes 2 and 4 mean the same everywhere. */
type Outcomes = Readonly<Partial<Record<Exclude<ExitCode, 2 | 4>, string>>> & { readonly 0: string };

const OUTCOMES: Readonly<Record<string, Outcomes>> = {
  solve: {
    0: 'the minimum is proved, or with `--max-knots` the question is answered with a function',
    1: 'proved: no function of the kind asked for passes through the data',
    3: 'a bracket: the bounds reached within the limits are printed',
  },
  tradeoff: {
    0: 'the curve, down to what the data allow or to `--max-knots`',
    3: 'a limit of time came first: the budgets before it are printed',
  },
  check: { 0: 'accepted', 1: 'rejected' },
  canonical: { 0: 'printed' },
  minimize: {
    0: 'the minimiser is found',
    3: 'a bracket of its cost, when a limit came first; or it is found, but whether it is the only one is undecided',
  },
  threshold: { 0: 'p* is enclosed, or proved to be 1', 3: 'a bracket that could not be closed' },
  patterns: {
    0: 'all patterns are counted',
    3: 'there are more than `--limit`, or a limit of time came first',
  },
  regions: {
    0: 'all cells are counted',
    3: 'there are more than `--limit`, or a limit of time came first',
  },
  generate: { 0: 'done', 3: 'a limit of time came first: nothing is written' },
  train: {
    0: 'trained to the end',
    1: 'the loss stopped being a finite number',
    3: 'stopped before the end (`--time-limit`, Ctrl-C, SIGTERM)',
  },
  verify: {
    0: 'every claim holds',
    1: 'a claim fails',
    3: 'a claim is undecided, and none fails',
  },
  prune: {
    0: 'a vertex is written',
    3: 'a limit of time came first, or an exact kernel is out of reach: what was reached is written',
  },
  serve: {
    0: 'standard input has ended, and everything was answered',
  },
  compare: {
    0: 'every row is there, and every test of the theory that applies holds',
    1: 'a test of the theory fails',
    3: 'rows are missing (with `--merge`, of a shard), a minimum is a bracket, or a test is undecided',
  },
  submit: {
    0: 'submitted, or with `--dry-run` written; with `--engine local` as `compare --merge`',
    1: 'with `--engine local`: a test of the theory fails',
    3: 'with `--engine local`: rows are missing, a minimum is a bracket, or a test is undecided',
  },
};

const USAGE = 'wrong usage, or a file that cannot be read or written';

const INTERNAL = 'an internal error, such as an answer that did not pass its own check';

/** Options that every command has and the reference lists once. */
const COMMON = ['--json', '--quiet', '--help'];

const HEAD = `# Command reference

<!-- Written by \`npm run build && node scripts/command-reference.mjs\`; a test compares it with the commands. -->

Results go to standard output, progress and diagnostics to standard error.

Every command takes

| option | meaning |
|---|---|
| \`--json\` | print one JSON object on standard output: [json.md](json.md), schemas in [schemas](schemas) |
| \`--quiet\` | no progress and no diagnostics on standard error |
| \`-h, --help\` | display help for the command |

\`sparsest --version\` prints the version. \`sparsest-check\` is the command \`check\` as a program of its own, which loads no solver. Exit codes of every command:

| code | meaning |
|---|---|
| 0 | done; the claim holds; accepted |
| 1 | the claim fails; rejected; infeasible |
| 2 | ${USAGE}: one message on standard error, nothing on standard output |
| 3 | undecided within the limits given |
| 4 | ${INTERNAL}: nothing is claimed, one message on standard error, nothing on standard output |

Under *Next* a page names commands to go on with. Each stands alone on its line, runs as it stands in a POSIX shell in the same directory,
and asks the same question: options that differ from their defaults are kept.

\`--time-limit\`, Ctrl-C and SIGTERM end a command with what it has reached: the bracket is printed and the exit code is 3. On a terminal a line
on standard error follows what goes on. A second Ctrl-C ends the process at once.

An *exact number* is a decimal such as \`0.1\`, \`2e-4\` or a fraction such as \`1/3\`, and means exactly that.
`;

/**
 * The command reference in Markdown, from the commands themselves: arguments, options, defaults, choices and exit codes.
 * @throws Error when a command has no exit codes written down
 */
export function commandReference(program: Command): string {
  return [HEAD, ...program.commands.map((command) => section(command, program.name()))].join('\n');
}

function section(command: Command, program: string): string {
  const name = command.name();
  const outcomes = OUTCOMES[name];
  if (outcomes === undefined) throw new Error(`no exit codes are written down for the command ${name}`);
  const words = [program, name, ...command.registeredArguments.map(usage), '[options]'];
  const options = command.createHelp().visibleOptions(command).filter(isOwn);
  const codes = Object.entries<string>({ ...outcomes, 2: USAGE, 4: INTERNAL }).sort();
  return [
    `## ${name}`,
    '',
    '```sh',
    words.join(' '),
    '```',
    '',
    command.description(),
    '',
    ...markdownTable(
      ['argument', 'meaning'],
      command.registeredArguments.map((argument) => [usage(argument), argument.description]),
    ),
    '',
    ...markdownTable(
      ['option', 'meaning', 'default'],
      options.map((option) => [option.flags, meaning(option), defaultOf(option)]),
    ),
    '',
    ...(name === 'generate' ? [...markdownTable(['kind', 'makes'], Object.entries(KINDS)), ''] : []),
    ...markdownTable(['exit code', 'meaning'], codes),
    '',
  ].join('\n');
}

function isOwn({ long }: Option): boolean {
  return !COMMON.includes(long ?? '');
}

/** <data>, [data...] */
function usage(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

const DEFAULT_IN_WORDS = / ?\(default: ([^()]*(?:\([^()]*\))?[^()]*)\)/;

function meaning({ description, argChoices, mandatory }: Option): string {
  const choices = argChoices === undefined ? '' : `; one of ${argChoices.join(', ')}`;
  return `${description.replace(DEFAULT_IN_WORDS, '')}${choices}${mandatory ? '; required' : ''}`;
}

/** What is meant when the option is left out: in the words of the description where it says so. */
function defaultOf({ description, defaultValue, defaultValueDescription }: Option): string {
  const words = DEFAULT_IN_WORDS.exec(description)?.[1] ?? defaultValueDescription;
  return words ?? (defaultValue === undefined ? '' : String(defaultValue));
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const [first, ...rest] = header;
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  const code = ([cell, ...others]: readonly string[]) => [`\`${cell}\``, ...others];
  return [line([first!, ...rest]), `|${header.map(() => '---').join('|')}|`, ...rows.map(code).map(line)];
}

/** Bars and angle brackets mean something in Markdown tables; inside backticks they stay. */
function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replace(/^[^`]*$/, (plain) => plain.replaceAll('<', '&lt;'));
}
