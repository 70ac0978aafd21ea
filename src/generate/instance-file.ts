import type { ExactColumn } from '../exact/column.js';
import { DECIMAL_LIMITS, Rational } from '../exact/rational.js';
import { writeNpz } from '../files/npz.js';
import type { Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';
import type { GeneratedInstance } from './instance.js';

/** Characters collected before a piece of a file is handed over. */
const CHUNK = 1 << 16;

/** Integers below this have at most 15 digits: as decimals, at any scale, they survive a trip through a double. */
const FIFTEEN_DIGITS = 10 ** 15;

/**
 * The instance as JSON text, in pieces of about 64 kB:
 * `{format, version, name, source, x, y, known?}`, x a list of numbers (one input) or of rows.
 *
 * Exact: a value that is the shortest decimal of some double is written as that decimal, as a JSON number; every other
 * value as a string "p/q".
 */
export function* instanceChunks(instance: GeneratedInstance): Generator<string> {
  const { name, source, inputs, labels, known } = instance;
  const features = inputs.map((column) => valueTexts(column, jsonNumber));
  const label = valueTexts(labels, jsonNumber);
  const row =
    features.length === 1
      ? features[0]!
      : (n: number) => `[${features.map((feature) => feature(n)).join(', ')}]`;
  const head = { format: 'sparsest-instance', version: 1, name, source };
  yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n "x": [`;
  yield* rows(labels.length, row, ', ');
  yield '],\n "y": [';
  yield* rows(labels.length, label, ', ');
  yield known === null ? ']\n}\n' : `],\n "known": ${JSON.stringify(known)}\n}\n`;
}

/**
 * The instance as CSV text, in pieces of about 64 kB: header `x,y` or `x1,..,xd,y`, then one row per point with every
 * value as an exact decimal.
 * @throws InputError, before the first piece, when a value has no finite decimal (such as 1/3)
 */
export function* csvChunks(instance: GeneratedInstance): Generator<string> {
  const { inputs, labels } = instance;
  const names = inputs.length === 1 ? ['x'] : inputs.map((_, i) => `x${i + 1}`);
  const columns = [...inputs, labels];
  columns.forEach((column, i) => {
    requireDecimals(column, instance.name, [...names, 'y'][i]!);
  });
  const texts = columns.map((column) => valueTexts(column, (value) => finiteDecimal(value)!));
  yield `${[...names, 'y'].join(',')}\n`;
  yield* rows(labels.length, (n) => `${texts.map((text) => text(n)).join(',')}\n`, '');
}

/**
 * The instance as an npz archive: float64 arrays `x` (shape N, or N x d) and `y` (shape N).
 * @throws InputError when a value is not exactly a double
 */
export function instanceNpz(instance: GeneratedInstance, options: { deflate?: boolean } = {}): Uint8Array {
  const { inputs, labels, name } = instance;
  const d = inputs.length;
  const n = labels.length;
  const columns = inputs.map((column, i) => exactDoubles(column, name, d === 1 ? 'x' : `x${i + 1}`));
  let values = columns[0]!;
  if (d > 1) {
    values = new Float64Array(n * d);
    columns.forEach((column, i) => {
      for (let k = 0; k < n; k++) values[k * d + i] = column[k]!;
    });
  }
  const x: Tensor = { name: 'x', shape: d === 1 ? [n] : [n, d], dtype: 'float64', values };
  const y: Tensor = { name: 'y', shape: [n], dtype: 'float64', values: exactDoubles(labels, name, 'y') };
  return writeNpz([x, y], options);
}

/** Joins the texts of rows 0 .. count-1 into larger pieces. */
function* rows(count: number, text: (row: number) => string, separator: string): Generator<string> {
  let piece = '';
  for (let n = 0; n < count; n++) {
    piece += n === 0 ? text(n) : separator + text(n);
    if (piece.length < CHUNK) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** The text of each value: short integers and decimals directly, every other through `general`. */
function valueTexts(column: ExactColumn, general: (value: Rational) => string): (i: number) => string {
  const decimals = column.isDouble ? decimalsOfScale(column.scale) : -1;
  if (decimals < 0) return (i) => general(column.value(i));
  const units = column.doubles;
  return (i) => {
    const unit = units[i]!;
    const short = Number.isInteger(unit) && unit < FIFTEEN_DIGITS && unit > -FIFTEEN_DIGITS;
    return short ? shiftedDecimal(unit, decimals) : general(column.value(i));
  };
}

/** k when the scale is 10^-k, else -1. */
function decimalsOfScale(scale: Rational): number {
  if (scale.numerator !== 1n) return -1;
  const digits = `${scale.denominator}`;
  return /^10*$/.test(digits) ? digits.length - 1 : -1;
}

/** integer * 10^-decimals, without trailing zeros. */
function shiftedDecimal(integer: number, decimals: number): string {
  if (decimals === 0 || integer === 0) return `${integer + 0}`;
  return placePoint(integer < 0 ? '-' : '', `${Math.abs(integer)}`, decimals);
}

function placePoint(sign: string, digits: string, decimals: number): string {
  const padded = digits.padStart(decimals + 1, '0');
  const fraction = padded.slice(padded.length - decimals).replace(/0+$/, '');
  const whole = padded.slice(0, padded.length - decimals);
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}

/** The shortest decimal of the nearest double when it is the value itself, else "p/q" in quotes. */
function jsonNumber(value: Rational): string {
  const nearest = value.toNumber();
  if (Number.isFinite(nearest)) {
    const shortest = String(nearest);
    if (Rational.parse(shortest).equals(value)) return shortest;
  }
  return `"${value}"`;
}

/** The value as a finite decimal, or null when it has none. */
function finiteDecimal(value: Rational): string | null {
  const decimals = decimalsOfDenominator(value.denominator);
  if (decimals === null) return null;
  const integer = (value.numerator * 10n ** BigInt(decimals)) / value.denominator;
  const digits = `${integer < 0n ? -integer : integer}`;
  const sign = integer < 0n ? '-' : '';
  return decimals === 0 ? sign + digits : placePoint(sign, digits, decimals);
}

/** Least k such that the denominator divides 10^k, or null when there is none. */
function decimalsOfDenominator(denominator: bigint): number | null {
  let rest = denominator;
  let twos = 0;
  let fives = 0;
  for (; rest % 2n === 0n; rest /= 2n) twos++;
  for (; rest % 5n === 0n; rest /= 5n) fives++;
  return rest === 1n ? Math.max(twos, fives) : null;
}

/** Throws unless every value of the column can be written as a decimal that readers accept. */
function requireDecimals(column: ExactColumn, name: string, field: string): void {
  // A double has at most 309 digits before the point.
  const decimals = column.isDouble ? decimalsOfDenominator(column.integerScale.denominator) : null;
  if (decimals !== null && decimals + 400 <= DECIMAL_LIMITS.characters) return;
  for (let i = 0; i < column.length; i++) {
    const value = column.value(i);
    const text = finiteDecimal(value);
    if (text !== null && text.length <= DECIMAL_LIMITS.characters) continue;
    throw new InputError(
      `${name}: ${field} in row ${i} is ${value}, expected a number with a finite decimal for CSV; write JSON instead`,
    );
  }
}

/** The column as doubles, when they are its exact values. */
function exactDoubles(column: ExactColumn, name: string, field: string): Float64Array {
  if (column.isDouble && column.scale.equals(Rational.one)) return column.doubles;
  const doubles = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const value = column.value(i);
    const double = value.toNumber();
    if (!Number.isFinite(double) || !Rational.fromDouble(double).equals(value)) {
      throw new InputError(
        `${name}: ${field} in row ${i} is ${value}, expected a number that is a double exactly for npz; ` +
          'write JSON or CSV instead',
      );
    }
    doubles[i] = double;
  }
  return doubles;
}
