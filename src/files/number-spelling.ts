/**
 * Whether a cell is a number under any common spelling, most of which are not read: U+2212 or another dash for a minus, a
 * leading +, thousands separators, a decimal comma, exponents (e, d, x10^), a currency, a percent sign, brackets for a
 * minus, a fraction, a date, hexadecimal digits, an imaginary part, the digits of any script, infinity. In one sentence:
 * there is a digit, and no letter but those of an exponent, a base or an imaginary unit; or the cell is an infinity.
 *
 * It decides whether the first row of a table is data, so that it errs on this side: a header that is taken for data is
 * refused, a row that is taken for a header would be lost.
 */
export function looksLikeNumber(cell: string): boolean {
  const text = plain(cell);
  if (INFINITY.test(text) || BASE.test(text) || NOT_FINITE.test(text)) return true;
  return /\d/.test(text) && !/\p{L}/u.test(text.replace(EXPONENT, '').replace(IMAGINARY, ''));
}

/** Whether a cell stands for a missing number: a word such as NA or NaN, or neither letter nor digit. */
export function isMissing(cell: string): boolean {
  const text = plain(cell);
  return MISSING.test(text) || !/[\p{L}\d]/u.test(text);
}

const INFINITY = /^[^\p{L}\d]*(?:inf|infinity|infty|∞)[^\p{L}\d]*$/iu;

/** 0x1F, 0b101, 0o17, 0x1.8p-3 */
const BASE = /^[+-]?\s*0[xob][\da-f._]+(?:p[+-]?\d+)?$/i;

/** 1.#INF, -1.#IND, 1.#QNAN: how some C libraries print what is no number. */
const NOT_FINITE = /^[+-]?1\.#(?:inf|ind|qnan|snan)\d*$/i;

/** Letters of an exponent behind a digit: 2e-4, 2.d+04, 2 x 10^-4, 2*10**4. */
const EXPONENT = /(?<=[\d.,])\s*(?:[ed]|[x×*·⋅]\s*[10]0\s*[\^*]*)\s*(?=[+-]?\s*\d)/gi;

/** 1+2j, (3i) */
const IMAGINARY = /(?<=\d)[ij](?=[^\p{L}\d]*$)/iu;

const MISSING = /^[#<]?[+-]?(?:na|n\/a|nan|null|nil|none|missing|\\n)[>!]?$/i;

/** Compatibility forms (full-width digits, no-break spaces) and all dashes as plain ASCII, digits of other scripts as 0. */
function plain(cell: string): string {
  return cell
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[^\P{Nd}0-9]/gu, '0')
    .replace(/[\u2010-\u2015\u2043\u2212\u2796\ufe58]/g, '-')
    .trim();
}

/** Characters without width: soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks. */
const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
