import { minus } from './texts.js';

/** An axis that doubles and pixels can hold: values are divided by 10^exponent, and the label says so. */
export interface DisplayUnit {
  readonly label: string;
  show(value: number): number;
}

/** Beyond 10^+-this an axis has a power of ten as its unit. */
const PLAIN_EXPONENT = 15;
/** The smallest power of ten whose double is a normal number. */
const LEAST_EXPONENT = -307;

export function displayUnit(name: string, values: readonly number[]): DisplayUnit {
  let size = 0;
  for (const value of values) size = Math.max(size, Math.abs(value));
  const exponent = size === 0 ? 0 : Math.max(LEAST_EXPONENT, Math.floor(Math.log10(size)));
  if (Math.abs(exponent) <= PLAIN_EXPONENT) return { label: name, show: (value) => value };
  const power = 10 ** exponent;
  return { label: `${name}, in units of 1e${exponent}`, show: (value) => value / power };
}

/** Least and greatest with room on both sides, as a share of the span; never an empty interval. Finite for values far below 1e308. */
export function paddedDomain(values: readonly number[], share: number): [number, number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (!(least <= greatest)) return [0, 1];
  const room = least < greatest ? (greatest - least) * share : Math.max(1, Math.abs(least)) * share;
  return [least - room, greatest + room];
}

/** 1871, 10,000, 0.50 or 2e−9; all ticks of an axis with equally many decimals. Plot hands over all ticks as the third argument. */
export function tickText(tick: number, _: number, ticks: readonly number[]): string {
  const size = ticks.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const rounded = Number(tick.toPrecision(12));
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return minus(rounded === 0 ? '0' : rounded.toExponential());
  const decimals = Math.max(...ticks.map(decimalsOf));
  const format = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return minus(rounded.toLocaleString('en-US', { ...format, useGrouping: size >= 10_000 }));
}

/** Pixels left of a vertical axis with these ends: room for its ticks and, beside them, its label. */
export function leftMargin([least, greatest]: readonly [number, number]): number {
  // Ticks are multiples of 1, 2 or 5 times a power of ten, and there are about five.
  const step = 10 ** Math.floor(Math.log10((greatest - least) / 5));
  const ends = [Math.ceil(least / step) * step, Math.floor(greatest / step) * step];
  const ticks = [...ends, ends[0]! + step];
  const longest = Math.max(...ticks.map((tick) => tickText(tick, 0, ticks).length));
  return AXIS_PIXELS.label + AXIS_PIXELS.character * longest;
}

/** For text of 14 pixels in a wide font. */
const AXIS_PIXELS = { label: 36, character: 9 } as const;

function decimalsOf(tick: number): number {
  const text = tick.toFixed(12).replace(/0+$/, '');
  return text.length - 1 - text.indexOf('.');
}
