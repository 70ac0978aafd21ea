import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { parseCsv } from '../../src/files/csv.js';
import type { Dataset } from '../../src/problem/dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';

const texts = (column: { length: number; value(i: number): Rational } | null) =>
  column && Array.from({ length: column.length }, (_, i) => column.value(i).toString());

const columnsOf = (data: Dataset) => ({
  inputs: data.inputs.map(texts),
  labels: texts(data.labels),
  lower: texts(data.lower),
  upper: texts(data.upper),
});

describe('what is read', () => {
  test('a number means the decimal that is written', () => {
    const data = parseCsv('x,y\n0.1,2e-04\n-.5,+3.\n1e2,00.10\n', 'a.csv');
    expect(columnsOf(data)).toEqual({
      inputs: [['1/10', '-1/2', '100']],
      labels: ['1/5000', '3', '1/10'],
      lower: null,
      upper: null,
    });
    expect(data.name).toBe('a.csv');
    expect(data.describeRow(0)).toBe('row 2 of a.csv');
  });

  test('with float64, the nearest double', () => {
    const data = parseCsv('x,y\n0.1,1e-400\n3,123456789012345678901234567890\n', 'a.csv', { float64: true });
    expect(texts(data.inputs[0]!)).toEqual([Rational.fromDouble(0.1).toString(), '3']);
    expect(texts(data.labels)).toEqual([
      '0',
      Rational.fromDouble(Number('123456789012345678901234567890')).toString(),
    ]);
  });

  test.each([
    ['CRLF line ends', 'x,y\r\n1,2\r\n3,4\r\n'],
    ['CR line ends', 'x,y\r1,2\r3,4\r'],
    ['mixed line ends', 'x,y\r\n1,2\n3,4'],
    ['a byte order mark', '\ufeffx,y\n1,2\n3,4\n'],
    ['no line end at the end', 'x,y\n1,2\n3,4'],
    ['blank lines at the end', 'x,y\n1,2\n3,4\n\n  \n\r\n'],
    ['quoted names', '"x","y"\n1,2\n3,4\n'],
    ['quoted cells and CRLF', '"x","y"\r\n"1","2"\r\n"3","4"\r\n'],
    ['spaces around cells', 'x , y\n1, 2\n 3,\t4\n'],
  ])('%s', (_, text) => {
    expect(columnsOf(parseCsv(text, 'a.csv'))).toEqual(columnsOf(parseCsv('x,y\n1,2\n3,4\n', 'a.csv')));
  });

  test('the label is the last column, or the one that is named', () => {
    const text = 'a,b,c\n1,2,3\n4,5,6\n';
    expect(columnsOf(parseCsv(text, 'a.csv'))).toMatchObject({
      inputs: [
        ['1', '4'],
        ['2', '5'],
      ],
      labels: ['3', '6'],
    });
    expect(columnsOf(parseCsv(text, 'a.csv', { target: 'a' }))).toMatchObject({
      inputs: [
        ['2', '5'],
        ['3', '6'],
      ],
      labels: ['1', '4'],
    });
  });

  test('lower and upper make windows, and the label is optional', () => {
    const windows = parseCsv('lower,x,upper\n0,1,2\n', 'a.csv');
    expect(columnsOf(windows)).toEqual({ inputs: [['1']], labels: null, lower: ['0'], upper: ['2'] });
    const labelled = parseCsv('x,y,lower,upper\n1,1.5,1,2\n', 'a.csv');
    expect(columnsOf(labelled)).toEqual({ inputs: [['1']], labels: ['3/2'], lower: ['1'], upper: ['2'] });
    const named = parseCsv('x,y,lower,upper\n1,1.5,1,2\n', 'a.csv', { target: 'x' });
    expect(columnsOf(named)).toEqual({ inputs: [['3/2']], labels: ['1'], lower: ['1'], upper: ['2'] });
  });

  test('any decimals come back exactly', () => {
    const decimal = fc
      .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.integer({ min: -30, max: 30 }))
      .map(([mantissa, exponent]) => `${mantissa}e${exponent}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(decimal, decimal), { minLength: 1, maxLength: 20 }), (rows) => {
        const data = parseCsv(`x,y\n${rows.map((row) => row.join(',')).join('\n')}\n`, 'a.csv');
        const exact = (k: 0 | 1) => rows.map((row) => Rational.parse(row[k]).toString());
        expect(columnsOf(data)).toMatchObject({ inputs: [exact(0)], labels: exact(1) });
      }),
    );
  });
});

describe('what is refused, with file, row and column named', () => {
  const cases: [what: string, text: string, message: RegExp, target?: string][] = [
    [
      'NaN',
      'x,y\n1,2\n3,NaN\n',
      /^a\.csv, row 3, column "y": expected a number .*found "NaN".*remove the row/,
    ],
    ['infinity', 'x,y\ninf,2\n', /^a\.csv, row 2, column "x": .*found "inf"/],
    ['-Infinity', 'x,y\n1,-Infinity\n', /^a\.csv, row 2, column "y": .*found "-Infinity"/],
    ['an empty cell', 'x,y\n1,\n', /^a\.csv, row 2, column "y": .*found an empty cell; fill it/],
    ['a blank cell', 'x,y\n1,  \n', /^a\.csv, row 2, column "y": .*found an empty cell/],
    ['a word', 'x,y\n1,2\n1,many\n', /^a\.csv, row 3, column "y": .*found "many"; correct the cell/],
    ['a hexadecimal number', 'x,y\n0x10,1\n', /^a\.csv, row 2, column "x": .*found "0x10"/],
    ['a fraction', 'x,y\n1/3,1\n', /^a\.csv, row 2, column "x": .*found "1\/3"; .*instance JSON/],
    ['a decimal comma', 'x,y\n"1,5",1\n', /^a\.csv, row 2, column "x": .*found "1,5"; write a decimal point/],
    ['an absurd exponent', 'x,y\n1e999999,1\n', /^a\.csv, row 2, column "x": .*exponent 999999/],
    ['a missing cell', 'x,y\n1,2\n3\n5,6\n', /^a\.csv, row 3: expected 2 cells as in the header, found 1/],
    ['a cell too many', 'x,y\n1,2,3\n', /^a\.csv, row 2: expected 2 cells as in the header, found 3/],
    ['a blank line in the middle', 'x,y\n1,2\n\n3,4\n', /^a\.csv, row 3: .*found a blank line/],
    [
      'no header',
      '1,2\n3,4\n',
      /^a\.csv, row 1: expected a header .*found the numbers 1, 2; add a first line/,
    ],
    ['only a header', 'x,y\n', /^a\.csv: expected at least one row of numbers below the header, found none/],
    ['an empty file', '', /^a\.csv: the file is empty; expected a header/],
    ['a file of blank lines', '\n \r\n', /^a\.csv: the file is empty/],
    ['a file of a byte order mark', '\ufeff', /^a\.csv: the file is empty/],
    ['one name twice', 'x,y,x\n1,2,3\n', /^a\.csv, row 1: columns 1 and 3 are both named "x"/],
    ['a column without a name', ',x,y\n0,1,2\n', /^a\.csv, row 1: column 1 has no name/],
    ['semicolons', 'x;y\n1,5;2\n', /^a\.csv, row 1: expected cells separated by commas, found semicolons/],
    ['tabs', 'x\ty\n1\t2\n', /^a\.csv, row 1: .*found tabs/],
    ['one column', 'x\n1\n', /^a\.csv, row 1: expected at least two columns.*found only "x"/],
    [
      'an unknown target',
      'x,y\n1,2\n',
      /^a\.csv, row 1: expected a column named "z" \(--target\), found x, y/,
      'z',
    ],
    ['lower without upper', 'x,lower\n1,2\n', /^a\.csv, row 1: .*found only "lower"; add "upper"/],
    [
      'a window as target',
      'x,lower,upper\n1,2,3\n',
      /^a\.csv: column "lower" is the end of a window/,
      'lower',
    ],
    ['windows without inputs', 'lower,upper\n1,2\n', /^a\.csv, row 1: expected at least one input column/],
    [
      'columns beyond number',
      `${Array.from({ length: 20_000 }, (_, i) => `x${i}`)}\n`,
      /^a\.csv, row 1: expected at most 16384 columns, found 20000; save/,
    ],
    ['an open quote', 'x,y\n"1,2\n3,4\n', /^a\.csv, row 2: expected quotes in pairs/],
    ['text behind a quote', 'x,y\n"1"2,3\n', /^a\.csv, row 2: expected quotes in pairs/],
  ];
  test.each(cases)('%s', (_, text, message, target) => {
    const read = () => parseCsv(text, 'a.csv', target === undefined ? {} : { target });
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  test('numbers beyond the doubles, with float64', () => {
    expect(() => parseCsv('x,y\n1,1e309\n', 'a.csv', { float64: true })).toThrow(
      /^a\.csv, row 2, column "y": the number 1e309 is beyond the largest double/,
    );
    expect(() => parseCsv('x,y\n1,0x10\n', 'a.csv', { float64: true })).toThrow(/^a\.csv, row 2, column "y"/);
  });

  test('conflicting labels and empty windows, by the rows of the file', () => {
    expect(() => makeProblem(parseCsv('x,y\n5,0\n1,2\n7,0\n1.0,3\n', 'a.csv'))).toThrow(
      /row 3 of a\.csv and row 5 of a\.csv have equal inputs but different labels 2 and 3/,
    );
    expect(() => makeProblem(parseCsv('x,lower,upper\n1,0,1\n2,3,2\n', 'a.csv'))).toThrow(
      /row 3 of a\.csv: expected lower <= upper/,
    );
  });
});
