import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { DecimalColumnBuilder } from '../../src/exact/decimal-column.js';
import { Rational } from '../../src/exact/rational.js';
import { type CsvOptions, parseColumnList, parseCsv } from '../../src/files/csv.js';
import type { Dataset } from '../../src/problem/dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';
import { dataFile } from '../../src/problem/question.js';
import { readingOptions } from '../../src/text/command-line.js';
import { columnNameText, csvCell, missingMark, spelledNumber } from '../support/number-spellings.js';

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

  test('columns are named by name or number, and inputs keep the order they are named in', () => {
    const text = 'a,b,c,d\n1,2,3,4\n5,6,x,8\n';
    const data = parseCsv(text, 'a.csv', { inputs: ['d', '1'], target: '2' });
    expect(columnsOf(data)).toMatchObject({
      inputs: [
        ['4', '8'],
        ['1', '5'],
      ],
      labels: ['2', '6'],
    });
    // A column that is not read need not hold numbers.
    expect(data.columns).toEqual({ inputs: ['d', 'a'], target: 'b', unused: ['c'] });
    expect(parseCsv('x,y\n1,2\n', 'a.csv').columns).toEqual({ inputs: ['x'], target: 'y' });
    expect(parseCsv('x,y,lower,upper\n1,2,1,3\n', 'a.csv').columns).toEqual({
      inputs: ['x'],
      target: 'y',
      lower: 'lower',
      upper: 'upper',
    });
    expect(parseCsv('x,y,lower,upper\n1,2,1,3\n', 'a.csv', { inputs: ['x', 'y'] }).columns).toEqual({
      inputs: ['x', 'y'],
      target: null,
      lower: 'lower',
      upper: 'upper',
    });
  });

  test('without a header the first row is data and columns go by their numbers', () => {
    const data = parseCsv('\u22121,2,0\n3,4e\u22122,1\n', 'a.csv', { header: false, target: '1' });
    expect(columnsOf(data)).toMatchObject({
      inputs: [
        ['2', '1/25'],
        ['0', '1'],
      ],
      labels: ['-1', '3'],
    });
    expect(data.columns).toEqual({ inputs: ['2', '3'], target: '1' });
    expect(data.describeRow(0)).toBe('row 1 of a.csv');
  });

  test('where labels play no part every column is an input, but the one that is named and windows', () => {
    const inputsOnly = true;
    const table = 'a,lower,upper,b\n5,0,1,7\n';
    expect(parseCsv(table, 'a.csv', { inputsOnly }).columns).toEqual({
      inputs: ['a', 'b'],
      target: null,
      unused: ['lower', 'upper'],
    });
    const named = parseCsv(table, 'a.csv', { inputsOnly, target: 'b' });
    expect(columnsOf(named)).toEqual({ inputs: [['5']], labels: null, lower: null, upper: null });
    expect(parseCsv('x\n5\n', 'a.csv', { inputsOnly }).columns).toEqual({ inputs: ['x'], target: null });
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
      /^a\.csv, row 1: expected a header .*found data: column 1 holds the number "1"; .*--no-header/,
    ],
    ['only a header', 'x,y\n', /^a\.csv: expected at least one row of numbers below the header, found none/],
    ['an empty file', '', /^a\.csv: the file is empty; expected a header/],
    ['a file of blank lines', '\n \r\n', /^a\.csv: the file is empty/],
    ['a file of a byte order mark', '\ufeff', /^a\.csv: the file is empty/],
    ['one name twice', 'x,y,x\n1,2,3\n', /^a\.csv, row 1: columns 1 and 3 are both named "x"/],
    [
      'a column without a name',
      ',x,y\n0,1,2\n',
      /^a\.csv: column 1 has no name .*--inputs x leaves it out, --inputs 1,2 reads/,
    ],
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
    ['a first row with U+2212', '\u22121,0\n0,1\n', /row 1: .*column 1 holds the number ".1"; .*--no-header/],
    ['a first row with NA beside a number', 'NA,1\n2,3\n', /row 1: .*column 2 holds the number "1"/],
    ['a number in the last cell alone', 'a,b,"1,5"\n1,2,3\n', /row 1: .*column 3 holds the number "1,5"/],
    [
      'a first row of missing numbers',
      'NA,NaN\n1,2\n',
      /row 1: .*only marks of missing numbers \(NA, NaN\).*--no-header/,
    ],
    [
      'numbers with spaces between',
      '1 2\n3 4\n',
      /row 1: expected a header .*found data: column 1 holds the number "1"; read the file with --no-header/,
    ],
    [
      'semicolons and decimal commas without a header',
      '1,5;2,5\n',
      /^a\.csv, row 1: .*column 1 holds the number "1,5"; read the file with --no-header/,
    ],
    [
      'an en dash for a minus',
      'x,y\n\u20131,2\n',
      /row 2, column "x": .*whose dash U\+2013 is no minus sign/,
    ],
    ['thousands', 'x,y\n"1,234",2\n', /row 2, column "x": .*"1,234"; .*no thousands separators/],
    [
      'windows in capitals',
      'x,Lower,Upper\n1,2,3\n',
      /column Lower seems to be the end of a window \(rename it: lower or upper, in small letters\)/,
    ],
    ['an open quote', 'x,y\n"1,2\n3,4\n', /^a\.csv, row 2: expected quotes in pairs/],
    ['text behind a quote', 'x,y\n"1"2,3\n', /^a\.csv, row 2: expected quotes in pairs/],
  ];
  test.each(cases)('%s', (_, text, message, target) => {
    const read = () => parseCsv(text, 'a.csv', target === undefined ? {} : { target });
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  test('a header that is read as data', () => {
    expect(() => parseCsv('x,y\n1,2\n', 'a.csv', { header: false })).toThrow(
      /^a\.csv, row 1, column "1": .*found "x"; if this row is a header, leave --no-header out/,
    );
    expect(() => parseCsv('', 'a.csv', { header: false })).toThrow(/the file is empty; expected one row/);
    expect(() => parseCsv('1,NA\n', 'a.csv', { header: false })).toThrow(
      /^a\.csv, row 1, column "2": .*"NA", which has no exact value/,
    );
    expect(() => parseCsv('1,2\n3\n', 'a.csv', { header: false })).toThrow(
      /row 2: expected 2 cells as in the first row/,
    );
  });

  const rows = [0, 1, 2].map((i) => [i + 5, 3 * i, i * i]);
  const table = (...names: string[]) =>
    [names, ...rows.map((row) => row.slice(0, names.length))].map((row) => row.join(',')).join('\n');
  const options: [names: string[], refused: RegExp, options?: CsvOptions][] = [
    ...['Unnamed: 0', 'index', 'ID', 'row', 'row_names', '', '#', 'Row Number'].map(
      (name): [string[], RegExp] => [
        [name, 'x', 'y'],
        /^a\.csv: column .*--inputs x leaves it out, --inputs .* reads/,
      ],
    ),
    ...['weight', 'weights', 'sigma', 'error', 'Sample Weight', 'y_err', 'Std. Dev.'].flatMap(
      (name): [string[], RegExp][] => [
        [['x', name, 'y'], /^a\.csv: column .* weight or an error .*--inputs x leaves it out/],
        [['x', 'y', name], /^a\.csv, row 1: the last column .* weight or an error .*--target NAME/],
      ],
    ),
    [['x', 'y', 'id'], /^a\.csv, row 1: the last column .* id seems to number the rows.*--target NAME/],
    [['x', 'y', 'sigma'], /column sigma .*weight or an error/, { target: 'y' }],
    [['x', 'weight', 'y'], /column weight .*weight or an error/, { inputsOnly: true, target: 'y' }],
  ];
  test.each(options)(
    'columns %j beside one input, unless they are named',
    (names, refused, given = {}) => {
      expect(() => parseCsv(table(...names), 'a.csv', given)).toThrow(InputError);
      expect(() => parseCsv(table(...names), 'a.csv', given)).toThrow(refused);
      const named = parseCsv(table(...names), 'a.csv', { inputs: ['1', '2'], target: '3' });
      expect(named.columns?.inputs).toHaveLength(2);
      const one = parseCsv(table(...names), 'a.csv', { inputs: ['2'], target: '1' });
      expect(one.inputs.map(texts)).toEqual([['0', '3', '6']]);
    },
    10_000,
  );

  test('names that say nothing where there is nothing else, or much else', () => {
    expect(parseCsv(table('index', 'y'), 'a.csv').columns).toEqual({ inputs: ['index'], target: 'y' });
    expect(parseCsv(table('x', 'error'), 'a.csv').columns).toEqual({ inputs: ['x'], target: 'error' });
    const features = 'age,weight,height,y\n1,2,5,4\n5,5,9,8\n';
    expect(parseCsv(features, 'a.csv').columns?.inputs).toEqual(['age', 'weight', 'height']);
  });

  test.each([0, 1])('an input that counts the rows from %i, unless it is named or called x', (first) => {
    const counted = (name: string, last = 0) =>
      `${name},z,y\n${[4, 1, 8].map((z, i) => `${first + i + (i === 2 ? last : 0)}.0,${z},${z}`).join('\n')}\n`;
    expect(() => parseCsv(counted('t'), 'a.csv')).toThrow(
      /^a\.csv: column t only numbers the rows.*--inputs z leaves it out, --inputs t,z reads/,
    );
    expect(() => parseCsv(counted('t'), 'a.csv', { float64: true })).toThrow(/only numbers the rows/);
    expect(() =>
      parseCsv(`${[1, 2, 3].map((i) => `${i},${i * i},0`).join('\n')}\n`, 'a.csv', { header: false }),
    ).toThrow(/column 1 only numbers the rows.*--inputs 2 leaves it out, --inputs 1,2 reads/);
    expect(parseCsv(counted('t'), 'a.csv', { inputs: ['t', 'z'] }).columns?.inputs).toEqual(['t', 'z']);
    expect(parseCsv(counted('t', 1), 'a.csv').columns?.inputs).toEqual(['t', 'z']);
    for (const name of ['x', 'X1', 'x_1', 'x[0]'])
      expect(parseCsv(counted(name), 'a.csv').inputs).toHaveLength(2);
    // Alone, or as the label, it may count.
    expect(parseCsv(counted('t'), 'a.csv', { inputs: ['t'], target: 'y' }).inputs).toHaveLength(1);
    expect(parseCsv('z,t\n4,1\n5,2\n7,3\n', 'a.csv').inputs).toHaveLength(1);
    expect(parseCsv('t,z,y\n0,4,1\n1,5,2\n', 'a.csv').inputs).toHaveLength(2);
  });

  test.each<[CsvOptions, RegExp]>([
    [
      { inputs: ['z'] },
      /expected a column named "z" \(--inputs\), found a, b, c; name one of these, or give its number/,
    ],
    [{ inputs: ['4'] }, /expected a column named "4"/],
    [{ inputs: ['0'] }, /expected a column named "0"/],
    [{ target: '-1' }, /expected a column named "-1" \(--target\)/],
    [{ inputs: ['a', '1'] }, /--inputs: column a is named twice/],
    [{ inputs: ['a', 'b'], target: 'b' }, /--inputs: column b is the label \(--target\)/],
    [{ inputs: ['c'] }, /the last column, c, is the label unless --target names another.*add --target/],
  ])('options %j', (given, message) => {
    const read = () => parseCsv('a,b,c\n1,5,3\n', 'a.csv', given);
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  test('the end of a window as an input', () => {
    expect(() => parseCsv('x,lower,upper\n1,2,3\n', 'a.csv', { inputs: ['lower'] })).toThrow(
      /--inputs: column lower is the end of a window/,
    );
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

describe('the first row', () => {
  const cell = fc.oneof(spelledNumber, missingMark, columnNameText);

  test('with a number under any spelling is never taken for a header', () => {
    let withNames = 0;
    const row = fc.tuple(fc.array(cell, { maxLength: 4 }), spelledNumber, fc.array(cell, { maxLength: 4 }));
    fc.assert(
      fc.property(row, fc.boolean(), ([before, number, after], inputsOnly) => {
        const cells = [...before, number, ...after];
        // No column of numbers below could be the reason for the refusal.
        const body = [1, 2, 3].map((i) => cells.map((_, k) => i * i + k).join(',')).join('\n');
        const text = `${cells.map(csvCell).join(',')}\n${body}\n`;
        // One column alone can only be an input.
        const read = () => parseCsv(text, 'a.csv', { inputsOnly: inputsOnly || cells.length === 1 });
        expect(read).toThrow(InputError);
        expect(read).toThrow(/^a\.csv, row 1: expected a header .*found data: .*--no-header/s);
        if (cells.length > 2) withNames++;
      }),
      { numRuns: 2000, seed: 11 },
    );
    expect(withNames).toBeGreaterThan(1000);
  });

  test('of marks of missing numbers alone is never taken for a header', () => {
    fc.assert(
      fc.property(fc.uniqueArray(missingMark, { minLength: 2, maxLength: 5 }), (cells) => {
        const body = cells.map((_, k) => 7 * k + 3).join(',');
        expect(() => parseCsv(`${cells.join(',')}\n${body}\n`, 'a.csv')).toThrow(
          /row 1: expected a header .*--no-header/,
        );
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  test('of names is a header, and a table of decimals is the same with a header or with --no-header', () => {
    const names = fc.uniqueArray(columnNameText, { minLength: 2, maxLength: 5 });
    const decimal = fc
      .tuple(fc.integer({ min: -999, max: 999 }), fc.nat({ max: 5 }))
      .map(([m, e]) => `${m}e-${e}`);
    let read = 0;
    fc.assert(
      fc.property(
        names.chain((header) =>
          fc.tuple(
            fc.constant(header),
            fc.array(fc.array(decimal, { minLength: header.length, maxLength: header.length }), {
              minLength: 1,
              maxLength: 6,
            }),
          ),
        ),
        ([header, table]) => {
          const inputs = header.slice(0, -1);
          const body = table.map((row) => row.join(',')).join('\n');
          const data = parseCsv(`${header.map(csvCell).join(',')}\n${body}`, 'a.csv', { inputs });
          expect(data.columns).toEqual({ inputs, target: header.at(-1) });
          const numbers = inputs.map((_, k) => String(k + 1));
          const bare = parseCsv(body, 'a.csv', { header: false, inputs: numbers });
          expect(columnsOf(bare)).toEqual(columnsOf(data));
          expect(bare.inputs[0]!.length).toBe(table.length);
          read++;
        },
      ),
      { numRuns: 300, seed: 11 },
    );
    expect(read).toBe(300);
  });
});

describe('a list of columns', () => {
  test('is read back as it is printed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (list) => {
        const inputs = list.map((name) => name.trim()).filter((name) => name !== '' && !/[\r\n]/.test(name));
        if (inputs.length === 0) return;
        const [flag, text] = readingOptions(dataFile('a.csv', { inputs }));
        expect(flag).toBe('--inputs');
        expect(parseColumnList(text!)).toEqual(inputs);
      }),
    );
    expect(parseColumnList('a, b ,"c,d",3')).toEqual(['a', 'b', 'c,d', '3']);
  });

  test.each(['', 'a,,b', ',', 'a,"b', 'a\nb'])('%j is none', (text) => {
    expect(() => parseColumnList(text)).toThrow(SyntaxError);
  });
});

describe('the place of an error', () => {
  const errorOf = (text: string, options: CsvOptions = {}): InputError => {
    try {
      parseCsv(text, 'a.csv', options);
    } catch (error) {
      if (error instanceof InputError) return error;
      throw error;
    }
    throw new Error('expected an InputError');
  };

  test.each([
    ['x,y\n0,1\n1,NaN\n', { row: 3, field: 'y' }],
    ['x,y\n0,1\n1/2,3\n', { row: 3, field: 'x' }],
    ['x,y\n1e99999,1\n', { row: 2, field: 'x' }],
    ['x,y\n0,1\n1\n', { row: 3 }],
    ['x,y\n0,1\n\n1,2\n', { row: 3 }],
    ['x,y\n0,"1\n', { row: 2 }],
    ['x,x,y\n0,1,2\n', { row: 1 }],
    ['', {}],
  ])('of %j is %j', (text, place) => {
    const error = errorOf(text);
    expect(error.place).toEqual({ source: 'a.csv', ...place });
    expect(error.message.endsWith(error.complaint)).toBe(true);
    expect(error.complaint).not.toContain('a.csv');
  });

  test("is none where memory runs out: that is nobody's input", () => {
    const push = vi.spyOn(DecimalColumnBuilder.prototype, 'push').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed');
    });
    try {
      expect(() => parseCsv('x,y\n0,1\n', 'a.csv')).toThrow(/^Array buffer allocation failed$/);
      expect(() => parseCsv('x,y\n0,1\n', 'a.csv')).not.toThrow(InputError);
    } finally {
      push.mockRestore();
    }
  });
});
