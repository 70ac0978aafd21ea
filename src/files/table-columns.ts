import { InputError } from '../problem/input-error.js';
import { columnList, columnName } from '../text/columns.js';
import { isMissing, looksLikeNumber } from './number-spelling.js';

/** Which columns of a table are what. Columns are named as in the header, or by their number, counted from 1. */
export interface ColumnOptions {
  /**
   * The column that holds the label. Default: the last column; with windows the column "y" if there is one; with
   * `inputsOnly` none.
   */
  readonly target?: string;
  /** The inputs, in this order. Default: every column that is nothing else. */
  readonly inputs?: readonly string[];
  /** The weights of the rows. Default: none, all 1. */
  readonly weights?: string;
  /** False: the first row is data, and the columns have numbers for names. Default true. */
  readonly header?: boolean;
  /** True: labels play no part; every column is an input but `target`, which is left out, and the ends of windows. */
  readonly inputsOnly?: boolean;
}

/** The columns by index, counted from 0. */
export interface ColumnRoles {
  readonly inputs: readonly number[];
  readonly label: number | null;
  /** Both or neither. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly weights: number | null;
}

/**
 * The names of the columns from the first row: trimmed, the number of the column where there is no name.
 * @throws InputError when the first row is data, when a name occurs twice, or when there is one column where a label is needed
 */
export function columnNames(cells: readonly string[], source: string, options: ColumnOptions): string[] {
  if (cells.length === 1 && !options.inputsOnly) {
    throw new InputError(
      'expected at least two columns, the inputs and the label, with commas (or tabs, semicolons, spaces) between the cells, found only ' +
        JSON.stringify(cells[0]!.trim().slice(0, 40)),
      { source, row: 1 },
    );
  }
  if (options.header === false) return cells.map((_, k) => String(k + 1));
  const names = cells.map((cell) => cell.trim());
  const number = names.findIndex(looksLikeNumber);
  if (number >= 0) {
    throw new InputError(
      `expected a header with the names of the columns, found data: column ${number + 1} ` +
        `holds the number ${JSON.stringify(names[number]!.slice(0, 40))}; read the file with --no-header, or if this row ` +
        'is the header, give the columns names with letters',
      { source, row: 1 },
    );
  }
  if (names.some((name) => name !== '') && names.every(isMissing)) {
    throw new InputError(
      'expected a header with the names of the columns, found only marks of missing numbers ' +
        `(${columnList(names)}); add a first line such as x,y, or read it as data with --no-header`,
      { source, row: 1 },
    );
  }
  const seen = new Map<string, number>();
  names.forEach((name, k) => {
    const first = seen.get(name);
    if (first !== undefined && name !== '') {
      throw new InputError(
        `columns ${first + 1} and ${k + 1} are both named ${JSON.stringify(name.slice(0, 40))}; rename one of them`,
        { source, row: 1 },
      );
    }
    seen.set(name, k);
  });
  return names.map((name, k) => (name === '' ? String(k + 1) : name));
}

/**
 * Which column is what, by the options and the names alone.
 *
 * A column whose name says that it is no input (the number of the row, a weight or an error of the label) is refused
 * unless the options name it: nothing is taken for an input, or for the label, on a guess.
 *
 * @param unnamed the columns without a name of their own
 * @throws InputError naming the columns and the option that decides
 */
export function columnRoles(
  names: readonly string[],
  unnamed: readonly boolean[],
  source: string,
  options: ColumnOptions,
): ColumnRoles {
  const find = (name: string, option: string): number => {
    const k = findColumn(names, name);
    if (k !== null) return k;
    throw new InputError(
      `expected a column named ${JSON.stringify(name.slice(0, 40))} (${option}), found ${columnList(names)}; ` +
        'name one of these, or give its number',
      { source, row: 1 },
    );
  };
  const { lower, upper } = windowColumns(names, source);
  const windows = lower !== null;
  const weights = options.weights === undefined ? null : find(options.weights, '--weights');
  const isEnd = (k: number) => k === lower || k === upper;
  const target = options.target === undefined ? null : find(options.target, '--target');
  if (target !== null && isEnd(target)) {
    throw new InputError(
      `column "${names[target]}" is the end of a window and cannot be the label (--target) as well; name another`,
      { source },
    );
  }
  if (weights !== null && (isEnd(weights) || weights === target)) {
    throw new InputError(
      `column ${columnName(names[weights]!)} is ${weights === target ? 'the label (--target)' : 'the end of a window'} and cannot hold the weights (--weights) as well; name another`,
      { source },
    );
  }
  const named = options.inputs?.map((name) => find(name, '--inputs')) ?? null;
  named?.forEach((k, i) => {
    const wrong =
      k === target
        ? 'is the label (--target)'
        : isEnd(k)
          ? 'is the end of a window'
          : named.indexOf(k) < i
            ? 'is named twice'
            : k === weights
              ? 'holds the weights'
              : null;
    if (wrong === null) return;
    throw new InputError(
      `--inputs: column ${columnName(names[k]!)} ${wrong} and cannot be an input as well; name each column once`,
      { source },
    );
  });
  const label = options.inputsOnly ? null : (target ?? defaultLabel(names, windows, named, weights, source));
  const left = names
    .map((_, k) => k)
    .filter((k) => k !== label && k !== target && k !== weights && !isEnd(k));
  const inputs = named ?? left;
  if (inputs.length === 0) {
    throw new InputError(
      `expected at least one input column, found only ${columnList(names)}; add the inputs`,
      { source, row: 1 },
    );
  }
  const meanings = names.map((name, k) => (unnamed[k] ? 'unnamed' : meaningOf(name)));
  if (named === null) refuseGuesses(names, meanings, inputs, source);
  const meaning = label === null || target !== null || windows ? null : meanings[label]!;
  // Of two columns the last one is the label whatever its name.
  if (meaning !== null && names.length > 2) {
    throw new InputError(
      `the last column is the label unless --target names another, and ${columnName(names[label!]!)} ` +
        `${MEANING[meaning]}; name the label, and the inputs where not all others are: --target NAME --inputs NAMES`,
      { source, row: 1 },
    );
  }
  return { inputs, label, lower, upper, weights };
}

/** By name, else by number from 1; null when there is no such column. A name is never a number where there is a header. */
function findColumn(names: readonly string[], name: string): number | null {
  const k = names.indexOf(name.trim());
  if (k >= 0) return k;
  const number = /^\d+$/.test(name.trim()) ? Number(name) : 0;
  return number >= 1 && number <= names.length ? number - 1 : null;
}

function windowColumns(names: readonly string[], source: string): Pick<ColumnRoles, 'lower' | 'upper'> {
  const [lower, upper] = [names.indexOf('lower'), names.indexOf('upper')];
  if (lower < 0 !== upper < 0) {
    const [present, absent] = lower < 0 ? ['upper', 'lower'] : ['lower', 'upper'];
    throw new InputError(
      `expected the columns "lower" and "upper" together, found only "${present}"; add "${absent}", ` +
        `or rename "${present}" if it is not the end of a window`,
      { source, row: 1 },
    );
  }
  return lower < 0 ? { lower: null, upper: null } : { lower, upper };
}

/** The label when no option names it. */
function defaultLabel(
  names: readonly string[],
  windows: boolean,
  named: readonly number[] | null,
  weights: number | null,
  source: string,
): number | null {
  if (windows) {
    const y = names.indexOf('y');
    return y < 0 || y === weights || named?.includes(y) ? null : y;
  }
  const last = names.length - (weights === names.length - 1 ? 2 : 1);
  if (!named?.includes(last)) return last;
  throw new InputError(
    `the last column, ${columnName(names[last]!)}, is the label unless --target names another, and --inputs ` +
      'names it as an input; add --target NAME',
    { source },
  );
}

/** What a column is by its name, if it is neither an input nor the label. */
type Meaning = 'unnamed' | 'row' | 'weight' | 'window';

const MEANING: Readonly<Record<Meaning, string>> = {
  unnamed: 'has no name and may only number the rows',
  row: 'seems to number the rows',
  weight: 'seems to be a weight or an error of the label, which is used only where --weights names it',
  window: 'seems to be the end of a window (rename it: lower or upper, in small letters)',
};

/** Lower-case names with "_" for spaces, colons, points and dashes. */
const NAMES: readonly (readonly [Meaning, RegExp])[] = [
  [
    'row',
    /^(?:unnamed_\d+(?:_level_\d+)?|index|idx|id|rows?|row_?(?:ids?|names?|num|numbers?|index)|level_0|no|nr|#)$/,
  ],
  [
    'weight',
    /^(?:(?:sample_?)?weights?|sigmas?|(?:y_?)?err(?:or)?s?|(?:std|standard)_?(?:dev|deviation|err|error)?|se|sd|uncertainty|variance)$/,
  ],
  ['window', /^(?:lower|upper)$/],
];

function meaningOf(name: string): Meaning | null {
  if (name === 'lower' || name === 'upper') return null;
  const plain = name
    .toLowerCase()
    .replace(/[\s:._-]+/g, '_')
    .replace(/(?<=.)_$/, '');
  return NAMES.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}

/** Inputs that nobody named and that do not seem to be inputs. A single input is always one. */
function refuseGuesses(
  names: readonly string[],
  meanings: readonly (Meaning | null)[],
  inputs: readonly number[],
  source: string,
): void {
  if (inputs.length < 2) return;
  const groups: readonly (readonly Meaning[])[] = [['unnamed', 'row'], ['window'], ['weight']];
  for (const group of groups) {
    const wrong = inputs.filter((k) => meanings[k] !== null && group.includes(meanings[k]!));
    const [first] = wrong;
    // Among several features a weight may be one.
    if (first === undefined || (group.includes('weight') && inputs.length - wrong.length > 1)) continue;
    refuse(first, MEANING[meanings[first]!], wrong, names, inputs, source);
  }
}

/** A name that says that the column is an input: x, x1, X_2, x[0]. */
const INPUT_NAME = /^x(?:_?\d+|\[\d+\])?$/i;

/**
 * Refuses an input that nobody named and that counts the rows: 0, 1, 2, .. or 1, 2, 3, .. beside another input. A column
 * called x, or x with a number, may do so: its name says that it is an input.
 * @param counts whether the values of an input are these numbers
 * @throws InputError naming the column
 */
export function refuseCounting(
  names: readonly string[],
  inputs: readonly number[],
  counts: (input: number) => boolean,
  source: string,
): void {
  if (inputs.length < 2) return;
  const wrong = inputs.filter((k, i) => !INPUT_NAME.test(names[k]!) && counts(i));
  if (wrong.length === 0) return;
  refuse(wrong[0]!, 'only numbers the rows', wrong, names, inputs, source);
}

function refuse(
  column: number,
  why: string,
  wrong: readonly number[],
  names: readonly string[],
  inputs: readonly number[],
  source: string,
): never {
  const others = inputs.filter((k) => !wrong.includes(k));
  const remedies = [
    ...(others.length > 0 ? [`${inputsFlag(names, others)} leaves it out`] : []),
    `${inputsFlag(names, inputs)} reads it as an input`,
  ];
  throw new InputError(
    `column ${columnName(names[column]!)} ${why}, so it is not taken for an input by itself; ${remedies.join(', ')}`,
    { source },
  );
}

/** Inputs listed in a remedy. */
const INPUTS_SHOWN = 12;

/** "--inputs a,b": by name where names need no quoting, else by number. */
function inputsFlag(names: readonly string[], inputs: readonly number[]): string {
  if (inputs.length > INPUTS_SHOWN) return '--inputs with the names of the others';
  const isPlain = inputs.every((k) => /^[A-Za-z_][\w.]*$/.test(names[k]!));
  return `--inputs ${inputs.map((k) => (isPlain ? names[k] : k + 1)).join(',')}`;
}
