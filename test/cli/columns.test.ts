import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNpz } from '../../src/files/npz.js';
import { runProgram, SPARSEST_CHECK, sparsestHere } from '../support/command-line.js';

let folder: string;
const at = (name: string) => join(folder, name);
const write = (name: string, content: string | Uint8Array) => writeFileSync(at(name), content);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'columns-'));
  // The peak-plateau example in columns 3 and 2, beside a text and a row number.
  const rows = [
    [-2, 0],
    [-1, 0],
    [0, 1],
    [1, 1],
    [2, 0],
    [3, 0],
  ];
  write('named.csv', `id,height,t,note\n${rows.map(([t, y], i) => `${i},${y},${t},n${i}`).join('\n')}\n`);
  write('bare.csv', `${rows.map(([t, y], i) => `${i},${y},${t},n${i}`).join('\n')}\n`);
  for (const name of ['network.json', 'proof.json']) {
    const flag = name === 'network.json' ? '--network' : '--certificate';
    const { code } = await sparsestHere('solve', 'instances/peak-plateau.csv', flag, at(name), '--quiet');
    expect(code).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Every command that reads a table, with @data for it. */
const COMMANDS = [
  'solve @data',
  'solve @data --engine milp',
  'minimize @data --p 0.5',
  'threshold @data',
  'patterns @data',
  'train @data --epochs 5 --width 3',
  'verify @network.json @data',
  'check @data @proof.json',
  'compare @data --seeds 0 --p 0.5 --threads 1 --out @out',
  'compare @data --seeds 0 --p 0.5 --out @none --dry-run',
];

describe.each(COMMANDS)('sparsest %s', (line) => {
  const run = (table: string, ...words: string[]) =>
    sparsestHere(
      ...line.split(' ').map((word) => {
        if (word === '@data') return at(table);
        return word.startsWith('@')
          ? at(`${word.slice(1)}${word === '@out' ? [table, ...words].join('') : ''}`)
          : word;
      }),
      ...words,
      '--quiet',
    );
  const isComparison = line.startsWith('compare');
  const isPatterns = line.startsWith('patterns');

  test.each([
    ['named.csv', ['--inputs', 't', '--target', 'height'], ['t', 'height', ['id', 'note']]],
    ['named.csv', ['--inputs', '3', '--target', '2'], ['t', 'height', ['id', 'note']]],
    ['bare.csv', ['--inputs', '3', '--target', '2', '--no-header'], ['3', '2', ['1', '4']]],
  ] as const)('reads %s %j and says what was read as what', async (table, words, [input, target, unused]) => {
    const columns = isPatterns
      ? { inputs: [input], target: null, unused: [unused[0], target, unused[1]] }
      : { inputs: [input], target, unused };
    const printed = isPatterns
      ? `inputs ${input}; not read: ${unused[0]}, ${target}, ${unused[1]}; labels are not used`
      : `${input} -> ${target}; not read: ${unused.join(', ')}`;
    const page = await run(table, ...words);
    expect(page.code, page.err).toBe(0);
    const lines = page.out.split('\n').map((text) => text.replace(/^.*: (?=\S+ -> )/, ''));
    expect(lines).toContain(printed);
    const { code, out } = await run(table, ...words, '--json');
    expect(code).toBe(0);
    const { data } = JSON.parse(out);
    if (isComparison) expect(data).toMatchObject([{ columns }]);
    else {
      expect(data.columns).toEqual(columns);
      expect(data).toMatchObject({ points: 6, dimension: 1 });
    }
  });

  test('refuses the table when nothing says what is what', async () => {
    for (const [table, message] of [
      ['named.csv', /column id|column "note"|row 2, column "note"/],
      ['bare.csv', /--no-header/],
    ] as const) {
      const { code, out, err } = await run(table);
      if (isComparison) {
        // A data set that cannot be read is a row that failed, or a line of the plan.
        expect(out.replace(/\s+/g, ' ')).toMatch(message);
        expect(code).toBe(line.includes('--dry-run') ? 0 : 3);
      } else {
        expect({ code, out }).toEqual({ code: 2, out: '' });
        expect(err).toMatch(message);
      }
    }
  });
});

describe('the options', () => {
  test.each([
    ['solve', 'data.json'],
    ['patterns', 'data.npz'],
  ])('%s refuses them for arrays that say themselves what they are', async (command, name) => {
    write('data.json', '{"format":"sparsest-instance","version":1,"x":[0,1],"y":[0,1]}');
    write('data.npz', npz({ x: [0, 1], y: [0, 1] }));
    for (const words of [['--inputs', 'x'], ['--target', 'y'], ['--no-header']]) {
      const { code, err } = await sparsestHere(command, at(name), ...words);
      expect(code).toBe(2);
      expect(err).toMatch(
        new RegExp(`columns can be chosen \\(${words[0]}\\) only in tables; .*leave it out`),
      );
    }
  });

  test('--inputs refuses what is no list', async () => {
    const { code, err } = await sparsestHere('solve', at('named.csv'), '--inputs', 't,,id');
    expect(code).toBe(2);
    expect(err).toMatch(/'--inputs <columns>' argument 't,,id'.*expected names or numbers of columns/);
  });

  test('of compare are in its specification, its rows and the commands it prints', async () => {
    const words = [
      '--inputs',
      '3',
      '--target',
      '2',
      '--no-header',
      '--seeds',
      '0',
      '--p',
      '0.5',
      '--threads',
      '1',
    ];
    const out = at('kept');
    await sparsestHere('compare', at('bare.csv'), ...words, '--out', out, '--quiet');
    const source = { file: at('bare.csv'), target: '2', inputs: ['3'], header: false };
    expect(JSON.parse(readFileSync(join(out, 'spec.json'), 'utf8')).data).toEqual([source]);
    const rows = readFileSync(join(out, 'results.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row));
    const columns = { inputs: ['3'], target: '2', unused: ['1', '4'] };
    expect(rows.find(({ kind }) => kind === 'data')).toMatchObject({ columns, points: 6, dimension: 1 });
    for (const { command } of rows) expect(command).toContain('bare.csv --target 2 --inputs 3 --no-header');
    // The directory is gone on with as it was begun, and only so.
    const again = await sparsestHere('compare', '--out', out, '--quiet', '--json');
    expect(JSON.parse(again.out)).toMatchObject({
      status: 'complete',
      rows: { computed: 0 },
      data: [{ columns }],
    });
    const extra = await sparsestHere('compare', '--out', out, '--inputs', '1', '--no-header');
    expect(extra.err).toMatch(/^compare: --inputs, --no-header: without data files .*leave it out/);
  });

  test('train names them in the commands it prints', async () => {
    const words = ['--inputs', 't', '--target', 'height', '--epochs', '5', '--width', '3', '--quiet'];
    const { out } = await sparsestHere('train', at('named.csv'), ...words);
    expect(out).toMatch(/sparsest train .*named\.csv --target height --inputs t --epochs 5/);
  });
});

function npz(arrays: Record<string, number[]>): Uint8Array {
  return writeNpz(
    Object.entries(arrays).map(([name, values]) => ({
      name,
      shape: [values.length],
      dtype: 'float64' as const,
      values: Float64Array.from(values),
    })),
  );
}

describe('patterns of inputs alone', () => {
  test('reads .json and .npz without labels, where other commands ask for them', async () => {
    write('alone.json', '{"format":"sparsest-instance","version":1,"x":[[0,0],[1,0],[0,1],[1,1]]}');
    write('alone.npz', npz({ x: [0, 1, 5] }));
    for (const [name, count, columns] of [
      ['alone.json', 14, { inputs: ['x1', 'x2'], target: null }],
      ['alone.npz', 6, { inputs: ['x'], target: null }],
    ] as const) {
      const { code, out } = await sparsestHere('patterns', at(name), '--json');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({ count, data: { columns } });
      const other = await sparsestHere('solve', at(name));
      expect(other.code).toBe(2);
      expect(other.err).toMatch(/expected .*y.*found neither/);
    }
  });

  test('leaves labels and windows of a file aside, and says so', async () => {
    write(
      'both.json',
      '{"format":"sparsest-instance","version":1,"x":[0,1],"y":[0,1],"lower":[0,0],"upper":[1,1]}',
    );
    const { out } = await sparsestHere('patterns', at('both.json'), '--json');
    expect(JSON.parse(out).data.columns).toEqual({
      inputs: ['x'],
      target: null,
      unused: ['y', 'lower', 'upper'],
    });
  });
});

describe('windows of single values that exclude each other', () => {
  const TABLE = 'x,lower,upper\n0,0,0\n1,2,2\n2,0,1\n1.0,3,3\n';
  const POINTS = 'x,lower,upper\n0,0,0\n1,2,2\n1,3,3\n';

  test.each([TABLE, POINTS])('are infeasible, with a certificate: %j', async (table) => {
    write('windows.csv', table);
    for (const words of [
      [],
      ['--skip', 'none'],
      ['--objective', 'parameters'],
      ['--max-knots', '1'],
      ['--engine', 'milp'],
    ]) {
      const { code, out } = await sparsestHere('solve', at('windows.csv'), ...words, '--json', '--quiet');
      expect(code).toBe(1);
      const { status, conflict, data } = JSON.parse(out);
      expect(status).toBe('infeasible');
      expect(conflict.sort()).toEqual(
        [3, table === TABLE ? 5 : 4].map((row) => `row ${row} of ${at('windows.csv')}`),
      );
      expect(data.columns).toEqual({ inputs: ['x'], target: null, lower: 'lower', upper: 'upper' });
    }
    const page = await sparsestHere('solve', at('windows.csv'), '--certificate', at('empty.json'), '--quiet');
    expect(page.code).toBe(1);
    expect(page.out).toContain('x -> [lower, upper]');
    expect(page.out).toMatch(/Widen\s+them\s+in\s+the\s+file/);
    expect(page.out).not.toContain('--tolerance');
    const checked = runProgram(SPARSEST_CHECK, at('windows.csv'), at('empty.json'));
    expect(checked).toMatchObject({ code: 0, err: '' });
    expect(checked.out).toMatch(/^accepted: no function passes through all windows/);
    // Of a table whose windows meet, it proves nothing.
    write('meet.csv', table.replace('3,3', '2,2'));
    expect(runProgram(SPARSEST_CHECK, at('meet.csv'), at('empty.json')).code).toBe(1);
  });

  test('labels that contradict each other stay an error that names the rows', async () => {
    write('labels.csv', 'x,y\n0,0\n1,2\n1,3\n');
    const { code, err } = await sparsestHere('solve', at('labels.csv'));
    expect(code).toBe(2);
    expect(err).toMatch(/row 3 .* and row 4 .* have equal inputs but different labels 2 and 3/);
  });
});

describe('a certificate about another problem', () => {
  const check = (...words: string[]) => sparsestHere('check', ...words);

  test('with a tolerance, against windows of the file', async () => {
    await sparsestHere(
      'solve',
      'instances/peak-plateau.csv',
      '--tolerance',
      '0.1',
      '--certificate',
      at('within.json'),
      '--quiet',
    );
    write('w.csv', `x,lower,upper\n${[0, 1, 2, 3, 4, 5].map((x) => `${x},0,1`).join('\n')}\n`);
    const { code, out } = await check(at('w.csv'), at('within.json'));
    expect(code).toBe(1);
    expect(out).toMatch(/^rejected by rule problem-tolerance: /);
    expect(out).toContain('the data were read as x -> [lower, upper] (6 points, 1 input)');
  });

  test('of another size', async () => {
    write('short.csv', 'x,y\n0,0\n2,1\n5,0\n');
    const { code, out } = await check(at('short.csv'), at('proof.json'));
    expect(code).toBe(1);
    expect(out).toContain('the certificate is for 6 points with 1 inputs, the data give 3 with 1');
    const json = JSON.parse((await check(at('short.csv'), at('proof.json'), '--json')).out);
    expect(json).toMatchObject({
      accepted: false,
      rule: 'problem-size',
      data: { points: 3, dimension: 1, columns: { inputs: ['x'], target: 'y' } },
    });
    expect(json.reason).toContain('look at --target, --inputs, --no-header, --float64, or another file');
  });

  test('where the data make no problem read like this', async () => {
    write('twice.csv', 'x,a,y\n0,1,0\n3,0,1\n4,1,0\n4,1,5\n');
    await sparsestHere(
      'solve',
      at('twice.csv'),
      '--target',
      'a',
      '--inputs',
      'x',
      '--certificate',
      at('a.json'),
      '--quiet',
    );
    const { code, err } = await check(at('twice.csv'), at('a.json'), '--inputs', 'x');
    expect(code).toBe(2);
    expect(err).toMatch(
      /row 4 .*row 5 .*different labels 0 and 5.*read as x -> y; not read: a, .*was it written for --target/,
    );
    expect((await check(at('twice.csv'), at('a.json'), '--inputs', 'x', '--target', 'a')).code).toBe(0);
  });

  test('of a file without columns: only what can be chosen is named', async () => {
    write('data.npz', npz({ x: [0, 1, 2, 4, 7, 9], y: [0, 1, 0, 1, 0, 0] }));
    const { out } = await check(at('data.npz'), at('proof.json'));
    expect(out).toContain('the data were read as x -> y (6 points, 1 input)\n  look at another file\n');
    const instance = await check('instances/crossing.json', at('proof.json'));
    expect(instance.out).toContain('look at --float64, or another file');
  });
});
