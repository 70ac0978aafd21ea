import { bitLength } from '../exact/bigint.js';
import { Rational } from '../exact/rational.js';
import type { Line } from '../problem/piecewise-linear.js';
import { colors } from './colors.js';

/** Longest exact text that is shown to a person, in a table or in a sentence; longer ones are shown as a decimal with "~". */
const EXACT_SHOWN = { table: 9, sentence: 14 } as const;

/**
 * A rational for people. Exact while it is short: as a decimal where it is one ("230.5"), else with the decimal beside it ("1/3 (0.333333)"); longer ones are "~" and six
 * digits.
 */
export function readable(value: Rational): string {
  return withDecimal(compact(value), value);
}

/** The same where there is no room for two numbers: "1/3". */
export function compact(value: Rational): string {
  const exact = value.toString();
  if (value.denominator === 1n && exact.length <= EXACT_SHOWN.table) return exact;
  const decimal = finiteDecimal(value);
  return (
    [decimal, exact].find((text) => text !== null && text.length <= EXACT_SHOWN.table) ?? approximate(value)
  );
}

/** A rational in a sentence, where there is more room, as it was typed perhaps: exact while short ("0.001", "1/3 (0.333333)"), else "~" and six digits. */
export function shown(value: Rational): string {
  const short = [exactText(value), value.toString()].find((text) => text.length <= EXACT_SHOWN.sentence);
  return short === undefined ? approximate(value) : withDecimal(short, value);
}

function withDecimal(text: string, value: Rational): string {
  return text.includes('/') ? `${text} (${approximate(value).slice(1)})` : text;
}

/** "~" and six digits. */
function approximate(value: Rational): string {
  const double = value.toNumber();
  if (!Number.isFinite(double) || double === 0) return `~${beyondDoubles(value)}`;
  return `~${Number(double.toPrecision(6))}`;
}

/** Six digits of a number outside the range of doubles: "5.87313e+4000". */
function beyondDoubles(value: Rational): string {
  const { numerator, denominator } = value.abs();
  const ten = (power: number): Rational =>
    power < 0 ? Rational.of(1n, 10n ** BigInt(-power)) : Rational.of(10n ** BigInt(power));
  // The lengths in binary give the power of ten up to one.
  const power = Math.floor((bitLength(numerator) - bitLength(denominator)) * Math.log10(2));
  const mantissa = value.divide(ten(power)).toNumber();
  const [digits, shift] = mantissa.toExponential(5).split('e') as [string, string];
  const exponent = power + Number(shift);
  return `${Number(digits)}e${exponent < 0 ? '' : '+'}${exponent}`;
}

/** The same with an explicit sign: "+1/3 (+0.333333)". */
export function readableSigned(value: Rational): string {
  const sign = value.sign() < 0 ? '-' : '+';
  return readable(value.abs()).replace(/^(~?)/, `$1${sign}`).replace(' (', ` (${sign}`);
}

/** The same as a term of a sum: "- 1/3 (0.333333)". */
export function readableTerm(value: Rational): string {
  return `${value.sign() < 0 ? '-' : '+'} ${readable(value.abs())}`;
}

/**
 * The shortest text that means a rational exactly, as an option or a JSON string: "0.4" where that decimal is the shortest
 * form of a double, else "p/q".
 */
export function exactText(value: Rational): string {
  const double = value.toNumber();
  if (!Number.isFinite(double)) return value.toString();
  const decimal = String(double);
  return Rational.parse(decimal).equals(value) ? decimal : value.toString();
}

/** The least decimal of so many digits that is at least a positive value. */
export function decimalAbove(value: Rational, digits: number): Rational {
  const ten = (power: number): Rational => {
    const size = Rational.of(10n ** BigInt(Math.abs(power)));
    return power < 0 ? Rational.one.divide(size) : size;
  };
  // The lengths give the power of ten up to one.
  let power = value.numerator.toString().length - value.denominator.toString().length;
  if (value.lessThan(ten(power))) power--;
  const unit = ten(power - digits + 1);
  const { numerator, denominator } = value.divide(unit);
  return unit.multiply(Rational.of((numerator + denominator - 1n) / denominator));
}

/** The leftmost piece of a function: "40 x - 73720". */
export function firstLineText({ slope, intercept }: Line): string {
  return `${readable(slope)} x ${readableTerm(intercept)}`;
}

/** Digits after the point beyond which no decimal is short. */
const MOST_DECIMALS = 20;

/** The decimal of a rational whose denominator has no prime factors but 2 and 5, else null; also where it is long. */
function finiteDecimal(value: Rational): string | null {
  let digits = 0;
  let rest = value.denominator;
  for (const factor of [10n, 2n, 5n]) {
    for (; rest % factor === 0n; rest /= factor) if (++digits > MOST_DECIMALS) return null;
  }
  if (rest !== 1n) return null;
  const scaled = value.multiply(Rational.of(10n ** BigInt(digits)));
  const sign = scaled.numerator < 0n ? '-' : '';
  const text = scaled
    .abs()
    .numerator.toString()
    .padStart(digits + 1, '0');
  if (digits === 0) return sign + text;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** "1 neuron", "3 neurons", "12,345 vertices": with another plural where -s is wrong. */
export function plural(count: number | bigint, noun: string, nouns = `${noun}s`): string {
  return `${whole(count)} ${count === 1 || count === 1n ? noun : nouns}`;
}

/** 12345 as "12,345". */
export function whole(count: number | bigint): string {
  return count.toLocaleString('en-US');
}

/** A number as text with a true minus sign, for typeset pages and pictures. */
export function minus(text: string): string {
  return text.replace(/-(?=\d)/g, '\u2212');
}

/** Seconds for people. */
export function duration(seconds: number): string {
  if (seconds < 0.001) return '< 1 ms';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  return `${Math.round(seconds)} s`;
}

/** Columns aligned with two spaces between; every row has the same number of cells. Numbers align right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((name, c) => Math.max(name.length, ...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]) => row.map((cell, c) => cell.padStart(widths[c]!)).join('   ');
  return [line(header), ...rows.map(line)];
}

/** What can be done next: a comment, and the command line that does it. */
export type Step = readonly [comment: string, command: string];

/** The section of a page that says what to do next: every command on one line of its own, never wrapped. */
export function nextSection(steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  return [colors.bold('Next'), ...steps.flatMap(([comment, command]) => [`  ${comment}:`, `    ${command}`])];
}

/** Breaks text into lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}
