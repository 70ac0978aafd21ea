import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMissing, looksLikeNumber } from '../../src/files/number-spelling.js';
import { columnNameText, missingMark, spelledNumber } from '../support/number-spellings.js';

fc.configureGlobal({ seed: 12 });

describe('a number', () => {
  test.each([
    ...['1', '-1', '+1', '.5', '5.', '1e5', '1E+05', '2.d-3', '1d10', '1.5 x 10^3', '2×10⁻³'],
    ...[
      '\u22121',
      '\u22121e\u22125',
      '–2',
      '1,5',
      '1.234.567,8',
      '1,234',
      '1 234',
      "1'234",
      '1_000',
      '12\u202f000',
    ],
    ...[
      '(12)',
      '$5',
      '5 €',
      '5%',
      '#1',
      "'7",
      '1/3',
      '1:2',
      '2020-01-31',
      '12:30',
      '2019-2020',
      '0x1F',
      '0b1',
      '0x1.8p-3',
    ],
    ...[
      'inf',
      '-Inf',
      '+infinity',
      '∞',
      '−∞',
      '1.#INF',
      '-1.#IND',
      '1+2j',
      '(1.5e3-2i)',
      '１２',
      '١٢٫٥',
      '½',
      '\ufeff3',
      '~5',
      '≤5',
    ],
  ])('%j looks like one', (text) => {
    expect(looksLikeNumber(text)).toBe(true);
  });

  test.each([
    ...[
      'x',
      'x1',
      'x_1',
      'y2',
      'e',
      'E5',
      'd3',
      'i',
      'Temp. 20 °C',
      '5 kg',
      '3D',
      '1st',
      '2nd',
      'H2O',
      'x²',
      'f(1)',
      '0xyz',
    ],
    ...[
      'NA',
      'NaN',
      '',
      ' ',
      '-',
      '?',
      'information',
      'infra',
      'info',
      'infx',
      'e-',
      'x10',
      'α',
      '10x',
      '2x4',
    ],
  ])('%j does not', (text) => {
    expect(looksLikeNumber(text)).toBe(false);
  });

  test('is recognised under any spelling, and a name never is', () => {
    fc.assert(
      fc.property(spelledNumber, columnNameText, (number, name) => {
        expect(looksLikeNumber(number), JSON.stringify(number)).toBe(true);
        expect(looksLikeNumber(name), JSON.stringify(name)).toBe(false);
        expect(isMissing(name), JSON.stringify(name)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
});

test('marks of missing numbers', () => {
  fc.assert(
    fc.property(missingMark, (mark) => {
      expect([isMissing(mark), looksLikeNumber(mark)]).toEqual([true, false]);
    }),
  );
  for (const name of ['Na2', 'nat', 'nullity', 'x', 'number', 'na_1', 'K'])
    expect(isMissing(name)).toBe(false);
});
