import fc from 'fast-check';

const pick = <T>(...items: T[]) => fc.constantFrom(...items);
const digits = (least: number, most: number) =>
  fc.array(fc.nat({ max: 9 }), { minLength: least, maxLength: most }).map((list) => list.join(''));

const MINUS = ['-', '\u2212', '\u2013', '\u2014', '\u2010', '\u2011', '\uff0d', '\ufe63'];
const SIGNS = ['', '', '+', '\uff0b', '\u00b1', '~', '<', ...MINUS];
const SPACES = ['', ' ', '\u00a0', '\u202f', '\u2009', '\t'.replace('\t', '\u2007'), '\u200b', '\ufeff'];

/** 1.234.567,89 in the manner of some country, or of a programmer. */
const grouped = fc
  .tuple(
    digits(1, 3),
    fc.array(digits(3, 3), { maxLength: 3 }),
    digits(0, 6),
    pick(',', '.', "'", '\u2019', ' ', '\u00a0', '\u202f', '_', ''),
    pick('.', ',', '\u066b'),
  )
  .map(
    ([first, groups, fraction, separator, point]) =>
      [first, ...groups].join(separator) + (fraction === '' ? '' : point + fraction),
  );

const plain = fc
  .tuple(digits(0, 4), digits(1, 4), pick('.', ','), fc.boolean())
  .map(([whole, fraction, point, behind]) =>
    behind ? `${fraction}${point}` : `${whole}${point}${fraction}`,
  );

const exponent = fc
  .tuple(
    pick('e', 'E', 'd', 'D', 'x10^', ' \u00d7 10^', '*10**', '\u00b710^'),
    pick('', '+', '-', '\u2212'),
    digits(1, 3),
  )
  .map((parts) => parts.join(''));

const decorated = fc
  .tuple(
    pick(...SIGNS),
    fc.oneof(digits(1, 12), plain, grouped),
    fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 1, arbitrary: exponent }),
    pick<[string, string]>(
      ...([
        ['', ''],
        ['', ''],
        ['(', ')'],
        ['$', ''],
        ['', ' \u20ac'],
        ['', '%'],
        ['', '\u2030'],
        ["'", ''],
      ] as [string, string][]),
    ),
  )
  .map(([sign, number, power, [before, after]]) => before + sign + number + power + after);

/** The same in digits of another script. */
const otherDigits = fc
  .tuple(decorated, pick(0xff10, 0x0660, 0x06f0, 0x0966, 0x1d7ce))
  .map(([text, zero]) => text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit))));

const infinite = fc
  .tuple(
    pick('', '+', ...MINUS),
    pick('inf', 'Inf', 'INF', 'infinity', 'Infinity', '\u221e', '1.#INF', '1.#QNAN'),
  )
  .map((parts) => parts.join(''));

const others = fc.oneof(
  fc.tuple(digits(1, 3), digits(1, 3)).map((parts) => parts.join('/')),
  fc
    .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  fc.nat().map((n) => `0x${n.toString(16)}`),
  fc.nat().map((n) => `0b${n.toString(2)}`),
  fc.tuple(digits(1, 3), digits(1, 3)).map(([re, im]) => `(${re}+${im}j)`),
);

/** A number as somebody might write it. */
export const spelledNumber: fc.Arbitrary<string> = fc
  .tuple(fc.oneof(decorated, decorated, otherDigits, infinite, others), pick(...SPACES), pick(...SPACES))
  .map(([text, before, after]) => before + text + after);

/** A mark of a missing number. */
export const missingMark = pick(
  'NA',
  'NaN',
  'nan',
  'N/A',
  '#N/A',
  '<NA>',
  'null',
  'NULL',
  'None',
  '.',
  '-',
  '?',
  '--',
  '\\N',
  '-nan',
);

/** A name that nobody takes for a number: it has a letter that is no part of one. */
export const columnNameText = fc
  .tuple(
    pick(
      'x',
      'width',
      'Temp.',
      'Größe',
      '温度',
      'f(x)',
      'Δt',
      'speed [m/s]',
      'e',
      'E',
      'd',
      'i',
      'j',
      'information',
      'na_ratio',
      'nano',
      'infra',
      'x10',
    ),
    digits(0, 3),
  )
  .map((parts) => parts.join(''));

/** A cell of a CSV file. */
export function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
