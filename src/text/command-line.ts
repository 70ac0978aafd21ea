import type { DataFile, Question } from '../problem/question.js';
import { QUESTION_DEFAULTS } from '../problem/question.js';
import { exactText } from './format.js';

/** The commands that ask something about data in a file. */
export type Verb =
  | 'solve'
  | 'tradeoff'
  | 'check'
  | 'minimize'
  | 'threshold'
  | 'patterns'
  | 'train'
  | 'verify';

/** Each part of a question as options; nothing where it has its default. */
const OPTIONS = {
  objective: ({ objective }) => (objective === QUESTION_DEFAULTS.objective ? [] : ['--objective', objective]),
  skip: ({ skip }) => (skip === null ? [] : ['--skip', skip]),
  tolerance: ({ tolerance }) => (tolerance.isZero() ? [] : ['--tolerance', exactText(tolerance)]),
  p: ({ p }) => (p === null ? [] : ['--p', exactText(p)]),
  engine: ({ engine, backend }) => [
    ...(engine === QUESTION_DEFAULTS.engine ? [] : ['--engine', engine]),
    ...(backend === null ? [] : ['--backend', backend]),
  ],
  restriction: ({ knotsFile, valuesOn, restriction: { maxSlopeChange, maxKnots } }) => [
    ...(knotsFile === null ? [] : ['--knots-on', knotsFile]),
    ...(valuesOn === null ? [] : ['--values-on', `grid:${exactText(valuesOn)}`]),
    ...(maxSlopeChange === null ? [] : ['--max-slope-change', exactText(maxSlopeChange)]),
    ...(maxKnots === null ? [] : ['--max-knots', `${maxKnots}`]),
  ],
  shape: ({ shape: { minSlope, maxSlope, curvature } }) => [
    ...(minSlope === null ? [] : [`--min-slope=${exactText(minSlope)}`]),
    ...(maxSlope === null ? [] : [`--max-slope=${exactText(maxSlope)}`]),
    ...(curvature === null ? [] : [`--${curvature}`]),
  ],
  budget: ({ budget, widen }) => [
    ...(budget === null ? [] : ['--budget', `${budget}`]),
    ...(widen ? ['--widen'] : []),
  ],
  timeLimit: ({ timeLimit }) => (timeLimit === null ? [] : ['--time-limit', `${timeLimit}`]),
  threads: ({ threads }) => (threads === null ? [] : ['--threads', `${threads}`]),
  start: ({ start }) => (start === null ? [] : ['--start', start]),
  seed: ({ seed }) => (seed === QUESTION_DEFAULTS.seed ? [] : ['--seed', `${seed}`]),
} as const satisfies Record<string, (question: Question) => string[]>;

/** The parts of a question that each command takes. A certificate holds its tolerance, and training its own options. */
const TAKES: Readonly<Record<Verb, readonly (keyof typeof OPTIONS)[]>> = {
  solve: [
    'objective',
    'skip',
    'tolerance',
    'engine',
    'restriction',
    'shape',
    'budget',
    'timeLimit',
    'threads',
    'seed',
    'start',
  ],
  tradeoff: ['restriction', 'budget', 'timeLimit'],
  check: [],
  minimize: ['p', 'skip', 'tolerance', 'timeLimit'],
  threshold: ['skip', 'timeLimit'],
  patterns: [],
  train: [],
  verify: ['skip', 'tolerance', 'p', 'timeLimit'],
};

/** What a command line has beside the question. */
export interface Extra {
  /** Files named before and after the data: the model of `verify`, the certificate of `check`. */
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  /** Options and their values. */
  readonly options?: readonly string[];
}

/**
 * The command line that asks a question: one line that a POSIX shell runs as it stands. Every option that differs from its
 * default is there, so the same question is asked, whatever is asked beside it.
 */
export function commandLine(question: Question, verb: Verb, extra: Extra = {}): string {
  const { before = [], after = [], options = [] } = extra;
  const program = verb === 'check' ? ['sparsest-check'] : ['sparsest', verb];
  return shellLine([
    ...program,
    ...[...before, question.data.path, ...after].map(operand),
    ...readingOptions(question.data),
    ...TAKES[verb].flatMap((part) => OPTIONS[part](question)),
    ...options,
  ]);
}

/** How a data file is read, as options; nothing where the default holds. */
export function readingOptions({
  target,
  inputs,
  header,
  float64,
  weights,
  classes,
  format,
}: DataFile): string[] {
  return [
    ...(target === null ? [] : ['--target', target]),
    ...(inputs === null ? [] : ['--inputs', inputs.map(listed).join(',')]),
    ...(header ? [] : ['--no-header']),
    ...(float64 ? ['--float64'] : []),
    ...(weights === null ? [] : ['--weights', weights]),
    ...(classes ? ['--classes'] : []),
    ...(format === null ? [] : ['--format', format]),
  ];
}

/** A name in a list with commas: in quotes as in a CSV file where it has commas of its own. */
function listed(name: string): string {
  return /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** Words as one line of a POSIX shell. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** A file that would be taken for an option is named by a path; "-" is standard input. */
export function operand(path: string): string {
  return path.startsWith('-') && path !== '-' ? `./${path}` : path;
}

/** Control characters, and marks that turn the direction of writing: what is seen must be what runs. */
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/**
 * A word for a POSIX shell, on one line whatever is in it. Invisible characters are written as octal escapes for `printf`
 * (a line break at the very end is lost, as command substitution drops it).
 */
export function shellWord(text: string): string {
  if (/^[\w./:@%+-][\w./:@%+,=-]*$/.test(text)) return text;
  if (!INVISIBLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = Array.from(text, (character, i) => {
    if (character === '%') return '%%';
    const hidden = INVISIBLE.test(character) || "'\\".includes(character) || (i === 0 && character === '-');
    return hidden ? octal(character) : character;
  });
  return `"$(printf '${escaped.join('')}')"`;
}

/** The bytes of a character in UTF-8 as \ooo. */
function octal(character: string): string {
  const bytes = new TextEncoder().encode(character);
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
