import { gzipSync } from 'node:zlib';
import type { DataOptions } from '../../src/files/read-dataset.js';

/** A file that is read, and a twin of it that is refused for one fault. */
export interface ReadingCase {
  /** What is shown, for a person. */
  readonly about: string;
  readonly name: string;
  readonly text: string;
  readonly options?: DataOptions;
  readonly inputs: readonly (readonly string[])[];
  readonly labels: readonly string[];
  readonly twin: {
    readonly about: string;
    readonly text: string;
    /** Part of the message: it names the row and the column, or what was found, and the remedy. */
    readonly message: string;
  };
}

const POINTS = { inputs: [['0', '1', '2']], labels: ['0', '1/2', '1/3'] };
const HALVES = { inputs: [['0', '1/2', '1']], labels: ['0', '1', '5/4'] };

/** Every form of input: the page docs/reading.md is written from this list. */
export const READING_CASES: readonly ReadingCase[] = [
  {
    about: 'commas (.csv)',
    name: 'a.csv',
    text: 'x,y\n0,0\n0.5,1\n1,1.25\n',
    ...HALVES,
    twin: {
      about: 'a decimal comma among commas',
      text: 'x,y\n0,0\n"0,5",1\n',
      message:
        'row 3, column "x": expected a number such as 12, -0.5 or 2e-4, found "0,5"; write a decimal point',
    },
  },
  {
    about: 'tabs (.tsv, or a .txt or .csv with tabs)',
    name: 'a.tsv',
    text: 'x\ty\n0\t0\n0.5\t1\n1\t1.25\n',
    ...HALVES,
    twin: {
      about: 'a row with a cell too many',
      text: 'x\ty\n0\t0\n0.5\t1\t2\n',
      message: 'row 3: expected 2 cells as in the header, found 3; complete or remove the row',
    },
  },
  {
    about: 'semicolons, and decimal commas where commas separate nothing',
    name: 'a.csv',
    text: 'x;y\n0;0\n0,5;1\n1;1,25\n',
    ...HALVES,
    twin: {
      about: 'commas and points as decimal signs in one table',
      text: 'x;y\n0;0\n0,5;1\n1;1.25\n',
      message:
        'row 4, column "y": expected one decimal sign in all numbers, found a decimal point, and a decimal comma in row 3',
    },
  },
  {
    about: 'the same, where a comma is clearly decimal',
    name: 'a.csv',
    text: 'x;y\n0;0\n0,500;1\n1;1,250\n',
    ...HALVES,
    twin: {
      about: 'commas that may as well group thousands',
      text: 'x;y\n0;0\n5;1,250\n',
      message:
        'row 3, column "y": found "1,250", which is 1.250 with a decimal comma and 1250 with thousands separators',
    },
  },
  {
    about: 'spaces, any number of them (.txt)',
    name: 'a.txt',
    text: '  x    y\n  0    0\n  0.5  1\n  1    1.25\n',
    ...HALVES,
    twin: {
      about: 'a name with a space in it',
      text: '  x    the y\n  0    0\n',
      message: 'row 2: expected 3 cells as in the header, found 2',
    },
  },
  {
    about: 'vertical bars',
    name: 'a.txt',
    text: 'x|y\n0|0\n0.5|1\n1|1.25\n',
    ...HALVES,
    twin: {
      about: 'an empty cell',
      text: 'x|y\n0|0\n|1\n',
      message:
        'row 3, column "x": expected a number such as 12, -0.5 or 2e-4, found an empty cell; fill it or remove the row',
    },
  },
  {
    about: 'comment lines, which begin with #',
    name: 'a.csv',
    text: '# measured\nx,y\n0,0\n# a pause\n0.5,1\n1,1.25\n# end\n',
    ...HALVES,
    twin: {
      about: 'a header behind # (rows are counted with the comments)',
      text: '# x,y\n0,0\n',
      message:
        'expected a header with the names of the columns, found data: column 1 holds the number "0"; read the file with --no-header',
    },
  },
  {
    about: 'no header (--no-header)',
    name: 'a.csv',
    text: '0,0\n0.5,1\n1,1.25\n',
    options: { header: false },
    ...HALVES,
    twin: {
      about: 'a header all the same',
      text: 'x,y\n0,0\n',
      message:
        'row 1, column "1": expected a number such as 12, -0.5 or 2e-4, found "x"; if this row is a header, leave --no-header out',
    },
  },
  {
    about: 'dates of ISO 8601 as an input: exact days since the first row',
    name: 'a.csv',
    text: 't,y\n2024-02-28,0\n2024-02-28T12:00,1\n2024-03-01T06:00:00.000,1.25\n',
    inputs: [['0', '1/2', '9/4']],
    labels: ['0', '1', '5/4'],
    twin: {
      about: 'a day that is none',
      text: 't,y\n2023-02-28,0\n2023-02-29,1\n',
      message:
        'row 3, column "t": expected a date, found "2023-02-29", which has no such day; correct the cell or remove the row',
    },
  },
  {
    about: 'dates with a time zone',
    name: 'a.csv',
    text: 't,y\n2024-03-30T12:00+01:00,0\n2024-03-30T23:00Z,1\n2024-03-31 13:00+0200,1.25\n',
    inputs: [['0', '1/2', '1']],
    labels: ['0', '1', '5/4'],
    twin: {
      about: 'a zone in one row and none in another',
      text: 't,y\n2024-03-30T12:00+01:00,0\n2024-03-30T23:00,1\n',
      message: 'row 3, column "t": expected a time with a zone as in the first row, found "2024-03-30T23:00"',
    },
  },
  {
    about: 'JSON lines, one object a line (.jsonl, .ndjson)',
    name: 'a.jsonl',
    text: '{"x": 0, "y": 0}\n{"x": 1, "y": 0.5}\n\n{"y": "1/3", "x": 2}\n',
    ...POINTS,
    twin: {
      about: 'a row without one of the columns',
      text: '{"x": 0, "y": 0}\n{"x": 1}\n',
      message: 'row 2, column "y": expected a number such as 12, -0.5 or 2e-4, found an empty cell',
    },
  },
  {
    about: 'JSON, a list of rows',
    name: 'a.json',
    text: '[{"x": 0, "y": 0}, {"x": 1, "y": 0.5}, {"x": 2, "y": "1/3"}]',
    ...POINTS,
    twin: {
      about: 'a row with a column that the first has not',
      text: '[{"x": 0, "y": 0}, {"x": 1, "y": 0.5, "z": 1}]',
      message:
        'row 2: expected the columns of the first row (x, y), found "z" as well; give every row the same columns',
    },
  },
  {
    about: 'JSON, columns, as pandas writes a data frame',
    name: 'a.json',
    text: '{"x": {"0": 0, "1": 1, "2": 2}, "y": {"0": 0, "1": 0.5, "2": "1/3"}}',
    ...POINTS,
    twin: {
      about: 'columns of other rows',
      text: '{"x": {"0": 0, "1": 1}, "y": {"0": 0, "2": 0.5}}',
      message:
        'column "y": expected the rows of column "x" (2), found 2 by other names; give every column the same rows',
    },
  },
  {
    about: 'JSON, columns as lists',
    name: 'a.json',
    text: '{"x": [0, 1, 2], "y": [0, 0.5, "1/3"]}',
    ...POINTS,
    twin: {
      about: 'a column that is shorter',
      text: '{"x": [0, 1, 2], "y": [0, 0.5]}',
      message: 'column "y": expected the rows of column "x" (3), found 2; give every column the same rows',
    },
  },
  {
    about: 'JSON, an instance of ours',
    name: 'a.json',
    text: '{"format": "sparsest-instance", "version": 1, "x": [0, 1, 2], "y": [0, 0.5, "1/3"]}',
    ...POINTS,
    twin: {
      about: 'lists of other lengths',
      text: '{"format": "sparsest-instance", "version": 1, "x": [0, 1, 2], "y": [0, 0.5]}',
      message: 'field "y" has 2 numbers, expected 3 as in "x"; make them equally long',
    },
  },
  {
    about: 'columns chosen by name (--inputs, --target)',
    name: 'a.csv',
    text: 'id,y,x\n7,0,0\n7,1,0.5\n9,1.25,1\n',
    options: { inputs: ['x'], target: 'y' },
    ...HALVES,
    twin: {
      about: 'a name that no column has',
      text: 'id,y,z\n7,0,0\n',
      message:
        'row 1: expected a column named "x" (--inputs), found id, y, z; name one of these, or give its number',
    },
  },
];

/** The file as it lies on a disk when its name ends in .gz. */
export function packed(text: string): Uint8Array {
  return gzipSync(text);
}
