import { bitLength } from '../exact/bigint.js';
import { maximum, minimum, Rational } from '../exact/rational.js';
import { minus } from '../text/format.js';

/** An axis that doubles and pixels can hold: (value - origin) / 10^exponent; the label says what was done. */
export interface DisplayUnit {
  readonly label: string;
  /** The coordinate of a value; a double that is not finite stays as it is. */
  show(value: Rational | number): number;
}

/** Beyond 10^+-this an axis has a power of ten as its unit. */
const PLAIN_EXPONENT = 15;
/** An axis has an origin of its own when its values agree to more than this factor. */
const CLOSEST = Rational.of(1e10);

/** Plain unless the values are huge or tiny, or so close together that their doubles would show steps. */
export function displayUnit(name: string, values: readonly (Rational | number)[]): DisplayUnit {
  const finite = values.filter((value) => typeof value !== 'number' || Number.isFinite(value)).map(exact);
  const least = finite.reduce(minimum, finite[0] ?? Rational.zero);
  const greatest = finite.reduce(maximum, least);
  const span = greatest.subtract(least);
  const size = maximum(least.abs(), greatest.abs());
  const shifted = !span.isZero() && span.multiply(CLOSEST).lessThan(size);
  const origin = shifted ? least : Rational.zero;
  const exponent = decimalExponent(shifted ? span : size);
  const plain = Math.abs(exponent) <= PLAIN_EXPONENT;
  const power = plain ? Rational.one : Rational.fromDecimal({ mantissa: 1n, exponent });
  const difference = shifted ? `${name} \u2212 min ${name}` : name;
  return {
    label: plain ? difference : `${difference}, in units of 1e${exponent}`,
    show: (value) => {
      if (typeof value === 'number' && ((plain && !shifted) || !Number.isFinite(value))) return value;
      return exact(value).subtract(origin).divide(power).toNumber();
    },
  };
}

function exact(value: Rational | number): Rational {
  return typeof value === 'number' ? Rational.fromDouble(value) : value;
}

/** About log10 of a value > 0; 0 for 0. */
function decimalExponent(value: Rational): number {
  if (value.isZero()) return 0;
  return Math.floor((bitLength(value.numerator) - bitLength(value.denominator)) * Math.log10(2));
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
