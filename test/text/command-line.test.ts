import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { parseColumnList } from '../../src/files/csv.js';
import { QUESTION_DEFAULTS, type Question } from '../../src/problem/question.js';
import { commandLine, operand, readingOptions, shellLine } from '../../src/text/command-line.js';
import { shellWords } from '../support/next-steps.js';

const DATA = {
  path: 'a.csv',
  target: null,
  inputs: null,
  header: true,
  float64: false,
  weights: null,
  classes: false,
  format: null,
};
const asked = (changes: Partial<Question> = {}): Question => ({
  ...QUESTION_DEFAULTS,
  data: DATA,
  ...changes,
});

describe('commandLine', () => {
  it('says nothing where a question has its defaults', () => {
    expect(commandLine(asked(), 'solve')).toBe('sparsest solve a.csv');
    expect(commandLine(asked(), 'check', { after: ['proof.json'] })).toBe('sparsest-check a.csv proof.json');
    expect(commandLine(asked(), 'verify', { before: ['m.pt'] })).toBe('sparsest verify m.pt a.csv');
  });

  it('says every part that the command takes, and none that it does not', () => {
    const question = asked({
      data: {
        path: '-b c.csv',
        target: "y's",
        inputs: ['x1', 'x 2'],
        header: false,
        float64: true,
        weights: null,
        classes: false,
        format: 'csv',
      },
      objective: 'parameters',
      skip: 'bias',
      tolerance: Rational.of(1, 3),
      restriction: { knotsOn: [Rational.one], maxSlopeChange: Rational.of(1, 8), maxKnots: 4 },
      knotsFile: 'k.txt',
      p: Rational.of(2, 5),
      engine: 'milp',
      backend: 'glpk',
      timeLimit: 0.5,
      threads: 3,
      seed: 7,
    });
    const reading = "./'-b c.csv' --target 'y'\\''s' --inputs 'x1,x 2' --no-header --float64 --format csv";
    const read = reading.replace("./'-b c.csv'", "'./-b c.csv'");
    expect(commandLine(question, 'solve')).toBe(
      `sparsest solve ${read} --objective parameters --skip bias --tolerance 1/3 --engine milp --backend glpk ` +
        '--knots-on k.txt --max-slope-change 0.125 --max-knots 4 --time-limit 0.5 --threads 3 --seed 7',
    );
    expect(commandLine(question, 'minimize')).toBe(
      `sparsest minimize ${read} --p 0.4 --skip bias --tolerance 1/3 --time-limit 0.5`,
    );
    expect(commandLine(question, 'threshold', { options: ['--path'] })).toBe(
      `sparsest threshold ${read} --skip bias --time-limit 0.5 --path`,
    );
    expect(commandLine(question, 'patterns')).toBe(`sparsest patterns ${read}`);
    expect(commandLine(question, 'verify', { before: ['m'] })).toBe(
      `sparsest verify m ${read} --skip bias --tolerance 1/3 --p 0.4 --time-limit 0.5`,
    );
  });

  it('names a file that looks like an option by a path, and standard input as it is', () => {
    expect(['-a.csv', '--help', '-', 'a-b'].map(operand)).toEqual(['./-a.csv', './--help', '-', 'a-b']);
  });
});

describe('readingOptions', () => {
  it('writes names of columns that are read as they were', () => {
    const name = fc
      .array(fc.constantFrom('a', 'b', ',', '"', ' ', "'", '\u00e4', '1'), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join('').trim())
      .filter((text) => text !== '');
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (inputs) => {
        const [flag, list] = readingOptions({ ...DATA, inputs });
        expect(flag).toBe('--inputs');
        expect(parseColumnList(list!)).toEqual(inputs);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});

describe('shellLine', () => {
  const nasty = fc.constantFrom(
    ...[
      '',
      ' ',
      "'",
      '"',
      '\\',
      '$',
      '`',
      '!',
      '*',
      '~',
      '#',
      '%',
      '-',
      '=',
      '&',
      ';',
      '|',
      '<',
      '>',
      '(',
      '{',
    ],
    ...[
      '\n',
      '\r',
      '\t',
      '\u001b',
      '\u007f',
      '\u0085',
      '\u202e',
      '\u2028',
      '0',
      '012',
      '%s',
      '\\012',
      '\u00e4',
      '\ud83d\ude00',
    ],
  );
  const word = fc
    .oneof(
      fc.array(nasty, { maxLength: 8 }).map((parts) => parts.join('')),
      fc.string({ unit: 'grapheme' }),
    )
    // No argument holds a NUL, and command substitution drops line breaks at the end.
    .map((text) => text.replaceAll('\0', '').replace(/\n+$/, ''));

  it('is one line without invisible characters, and a POSIX shell reads the same words from it', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        const line = shellLine(['sparsest', ...words]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
        expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
        expect(shellWords(line)).toEqual(['sparsest', ...words]);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  it('leaves plain words alone', () => {
    expect(shellLine(['sparsest', 'solve', 'dir/a-b_c.csv', '--p', '0.4,0.7', '1/3', '2e-4'])).toBe(
      'sparsest solve dir/a-b_c.csv --p 0.4,0.7 1/3 2e-4',
    );
  });
});
