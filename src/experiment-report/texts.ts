import type { DecimalEnclosure } from '../exact/enclosure.js';
import { minus, whole } from '../text/format.js';
import type { Proportion } from './binomial-interval.js';
import { type Inline, idOf, link } from './document.js';

/** What stands in a cell that has nothing to say. */
export const NOTHING = '–';

/** Three significant digits with a true minus sign: 0.00123, 12,300, 1.23e-9. */
export function significant(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return minus(rounded.toExponential());
  return minus(rounded.toLocaleString('en-US', { maximumFractionDigits: 12 }));
}

/** Without decimals, and never "0 %" or "100 %" for what is not none or all. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return '< 1 %';
  if (rounded === 100 && share < 1) return '> 99 %';
  return `${rounded} %`;
}

/** "7 of 10". */
export function share({ count, of }: Proportion): string {
  return `${whole(count)} of ${whole(of)}`;
}

/** "40 to 89 %": the 95 % interval, rounded outward. */
export function interval({ lower, upper }: Proportion): string {
  return `${Math.floor(lower * 100)} to ${Math.ceil(upper * 100)} %`;
}

/** The digits that both ends agree on, or both ends; the ends are proved, so no digit here is a guess. */
export function enclosed({ lower, upper }: DecimalEnclosure): string {
  if (lower === upper) return minus(lower);
  const [low, high] = [Number(lower), Number(upper)];
  for (let digits = 6; digits >= 1; digits--) {
    const text = low.toPrecision(digits);
    if (text === high.toPrecision(digits)) return minus(String(Number(text)));
  }
  return `${minus(shortened(lower))} to ${minus(shortened(upper))}`;
}

/** The middle of a proved enclosure, to draw and to sort. */
export function middle({ lower, upper }: DecimalEnclosure): number {
  return Number(lower) / 2 + Number(upper) / 2;
}

/** The id of a row of results.jsonl in the page. */
export function rowId(key: string): string {
  return idOf('row', key);
}

/** A number or a word that leads to its row; the key is shown on hovering. */
export function rowLink(key: string, text: string): Inline {
  return link(rowId(key), text, key);
}

/** "a, b and c". */
export function listed(items: readonly string[]): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Items with commas between. */
export function separated(items: readonly Inline[], separator = ', '): Inline[] {
  return items.flatMap((item, i) => (i === 0 ? [item] : [separator, item]));
}

function shortened(decimal: string): string {
  return decimal.length <= 10 ? decimal : String(Number(Number(decimal).toPrecision(6)));
}
