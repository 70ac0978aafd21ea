import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Finished,
  runProgram,
  SPARSEST,
  SPARSEST_CHECK,
  sparsest,
  sparsestHere,
} from '../support/command-line.js';

const PEAK = 'instances/peak-plateau.csv';
const XOR = 'instances/xor.json';
/** Three inputs; closing its bracket takes far longer than any test waits. */
const HARD = ['instances/stackloss.csv', '--tolerance', '0.5'] as const;

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'contract-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

const words = (line: string) =>
  line.split(' ').map((word) => word.replace(/^((?:smt2=)?)@(.*)/, (_, kind, name) => kind + at(name)));

/** Exit 2, nothing on standard output, and on standard error this many lines. */
function expectRefusal({ code, out, err }: Finished, lines: number): void {
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.endsWith('\n')).toBe(true);
  expect(err.split('\n')).toHaveLength(lines + 1);
  expect(err).not.toContain('internal error');
}

describe('wrong usage', () => {
  it.each([
    ['', /^error: missing command, expected one of solve, tradeoff, check, /],
    ['shrink', /^error: unknown command 'shrink'/],
    ['--colour', /^error: unknown option '--colour'/],
    ['solve', /^error: missing required argument 'data'/],
    [`solve ${PEAK} --colour`, /^error: unknown option '--colour'/],
    [`solve ${PEAK} ${XOR}`, /^error: too many arguments for 'solve'/],
    [`solve ${PEAK} --engine simplex`, /'--engine <name>' argument 'simplex'.* auto, runs, milp, search/],
    [`solve ${PEAK} --tolerance -1`, /'--tolerance <eps>' argument '-1'.* at least 0/],
    [`solve ${PEAK} --tolerance 1/0`, /'--tolerance <eps>' argument '1\/0'/],
    [`solve ${PEAK} --time-limit soon`, /'--time-limit <s>' argument 'soon'.* expected a positive number/],
    [`solve ${PEAK} --threads 0`, /'--threads <n>' argument '0'.* whole number from 1/],
    [`solve ${PEAK} --certificate`, /^error: option '--certificate <file>' argument missing/],
    [
      `solve ${PEAK} --export cobol=x`,
      /'--export <kind=file>' argument 'cobol=x'.* expected KIND=FILE, KIND one of c, /,
    ],
    [`minimize ${PEAK}`, /^error: required option '--p <p>' not specified/],
    [`minimize ${PEAK} --p 1.1`, /'--p <p>' argument '1.1'.* expected 0 <= p <= 1/],
    [`verify ${PEAK} ${PEAK} --claim sparse`, /'--claim <name>' argument 'sparse'.* interpolates, sparsest/],
  ])('sparsest %s: one message and where to find help', async (line, message) => {
    const finished = await sparsestHere(...line.split(' ').filter((word) => word !== ''));
    expectRefusal(finished, 2);
    expect(finished.err).toMatch(message);
    expect(finished.err.split('\n')[1]).toBe('(add --help for the options)');
  });

  it('is refused the same way by the built programs', () => {
    for (const program of [SPARSEST, SPARSEST_CHECK]) {
      expectRefusal(runProgram(program), 2);
      expectRefusal(runProgram(program, '--colour', PEAK), 2);
    }
  });

  it('is met with the word that was probably meant', () => {
    expectRefusal(sparsest('sovle', PEAK), 3);
    expect(sparsest('solve', PEAK, '--tolerence', '1').err).toContain('(Did you mean --tolerance?)');
  });

  it.each([
    [`solve ${XOR} --engine runs`, /"runs".* 2 inputs; use the engine "search"/],
    [`solve ${XOR} --all`, /--all describes .*2 inputs; leave it out/],
    [`solve ${XOR} --plot @plot.svg`, /--plot draws functions of one input/],
    [`solve ${XOR} --export smt2=@q.txt`, /--export smt2 .*expected a name ending in .smt2/],
    [`solve ${PEAK} --export lp=x`, /--export lp x: expected a name ending in .lp; rename it/],
    [`solve ${XOR} --export-size 3`, /--export-size goes with --export/],
    [`solve ${PEAK} --max-knots 2 --export smt2=@q.smt2`, /--export smt2 states questions about any network/],
    [`solve ${PEAK} --backend glpk`, /--backend glpk goes with --engine milp/],
    [`solve ${PEAK} --engine milp --skip bias`, /breakpoint model .*leave out/],
    [`minimize ${XOR} --p 0`, /about one input/],
    [`threshold ${PEAK} --plot @p.svg`, /--plot .*p\* = 1 here; leave it out/],
    ['generate spiral', /kind: expected one of walk, .*found "spiral"/],
    ['generate walk --points 1', /--points: expected an integer from 2 to .*found 1/],
    ['generate walk --knots 3', /--knots: kind "walk" has no such option/],
    ['generate formula --formula x+', /formula/],
    ['generate walk --json', /--json .*--out FILE/],
    ['generate walk --out @walk.txt', /--out .*walk.txt: expected a name that ends in/],
    [`train ${PEAK} --lambda -1 --epochs 3`, /--lambda: .*positive/],
    ['compare --out @none', /expected data files or --spec FILE, found neither/],
    [`compare ${PEAK} --p 2 --out @none`, /--p.*2/],
    [`verify ${XOR} ${XOR} --certificate @c.json --claim interpolates`, /--certificate .*--claim sparsest/],
  ])('sparsest %s: options that do not go together', async (line, message) => {
    const finished = await sparsestHere(...words(line));
    expectRefusal(finished, 1);
    expect(finished.err).toMatch(new RegExp(`^${line.split(' ')[0]}: `));
    expect(finished.err).toMatch(message);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is not to ask for help or the version', () => {
    for (const line of ['--help', 'help solve', 'train --help', '--version']) {
      const { code, out, err } = sparsest(...line.split(' '));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(line === '--version' ? /^\d+\.\d+\.\d+\n$/ : /^Usage: sparsest/);
    }
  });
});

const INSTANCE = { format: 'sparsest-instance', version: 1, name: 'a', source: 's', x: [0, 1], y: [0, 1] };
const WINDOWS = { ...INSTANCE, y: undefined };

/** Name of the file, its content, and what the message says beside the name. */
const BAD_DATA: readonly (readonly [name: string, content: string, message: RegExp])[] = [
  ['nan.csv', 'x,y\n0,0\n1,NaN\n', /nan\.csv, row 3, column "y": .*"NaN"/],
  ['infinity.csv', 'x,y\n0,0\n-inf,1\n', /infinity\.csv, row 3, column "x": .*"-inf"/],
  ['ragged.csv', 'x,y\n0,0\n1\n', /ragged\.csv, row 3: expected 2 cells .*found 1/],
  ['hole.csv', 'x,y\n0,\n1,1\n', /hole\.csv, row 2, column "y": .*empty cell/],
  ['empty.csv', '', /empty\.csv: the file is empty/],
  ['header.csv', 'x,y\n', /header\.csv: expected at least one row/],
  ['words.csv', 'x,y\n0,zero\n', /words\.csv, row 2, column "y": .*"zero"/],
  [
    'conflict.csv',
    'x,y\n0,0\n1,1\n0,2\n',
    /row 2 of .*conflict\.csv and row 4 of .*conflict\.csv .*labels 0 and 2/,
  ],
  ['crossed.csv', 'x,lower,upper\n0,1,2\n1,2,1\n', /row 3 of .*crossed\.csv: expected lower <= upper/],
  ['half.csv', 'x,lower\n0,1\n', /half\.csv, row 1: .*"lower" and "upper" together/],
  [
    'data.xls',
    'x,y\n0,0\n',
    /data\.xls: expected a name ending in \.csv, .* \.npz or \.parquet, found \.xls; save the sheet/,
  ],
  ['broken.npz', 'PK', /broken\.npz: /],
  ['broken.json', '{"format": "sparsest-instance", "version": 1', /broken\.json/],
  [
    'unequal.json',
    JSON.stringify({ ...INSTANCE, y: [0] }),
    /unequal\.json: field "y" has 1 numbers, expected 2/,
  ],
  [
    'version.json',
    JSON.stringify({ ...INSTANCE, version: 2 }),
    /version\.json: field "version": expected 1, found 2/,
  ],
  [
    'format.json',
    JSON.stringify({ ...INSTANCE, format: 'other' }),
    /format\.json: field "format": expected "sparsest-instance"/,
  ],
  ['null.json', JSON.stringify({ ...INSTANCE, y: [0, null] }), /null\.json: .*y/],
  [
    'lower.json',
    JSON.stringify({ ...WINDOWS, lower: [0, 1], upper: [1, 0] }),
    /lower\.json.*expected lower <= upper/,
  ],
];

describe('data that cannot be used', () => {
  it.each(BAD_DATA)('%s: one message, and nothing is written', async (name, content, message) => {
    const path = file(name, content);
    const outputs = words('--certificate @c.json.gz --network @n.json --plot @p.svg');
    const finished = await sparsestHere('solve', path, '--json', ...outputs);
    expectRefusal(finished, 1);
    expect(finished.err).toMatch(/^solve: /);
    expect(finished.err).toMatch(message);
    expect(readdirSync(directory)).toEqual([name]);
  });

  it('is the same complaint from every command', async () => {
    const path = file('nan.csv', 'x,y\n0,0\n1,NaN\n');
    await sparsestHere('solve', PEAK, '--certificate', at('c.json'), '--network', at('n.json'));
    const lines = ['minimize @nan.csv --p 1', 'threshold @nan.csv', 'patterns @nan.csv', 'train @nan.csv'];
    lines.push('check @nan.csv @c.json', 'verify @n.json @nan.csv');
    for (const line of lines) {
      const finished = await sparsestHere(...words(line), '--quiet');
      expectRefusal(finished, 1);
      expect(finished.err.startsWith(`${line.split(' ')[0]}: ${path}, row 3, column "y": `)).toBe(true);
    }
  });

  it('is also what is not there, or not a file', () => {
    mkdirSync(at('folder.csv'));
    file('data.csv', 'x,y\n0,0\n');
    const lines = {
      'missing.csv': 'no such file',
      'folder.csv': 'directory',
      'data.csv/under.csv': 'no such file',
    };
    for (const [name, message] of Object.entries(lines)) {
      const finished = sparsest('solve', at(name));
      expectRefusal(finished, 1);
      expect(finished.err.startsWith(`solve: ${at(name)}: `)).toBe(true);
      expect(finished.err).toContain(message);
    }
  });

  it.skipIf(process.getuid?.() === 0)('is also what may not be read (root may read everything)', () => {
    chmodSync(file('locked.csv', 'x,y\n0,0\n'), 0o000);
    const finished = sparsest('solve', at('locked.csv'));
    expectRefusal(finished, 1);
    expect(finished.err).toMatch(/locked\.csv: .*permission/);
  });

  it('is also a certificate, a model or a list of knots that is none', async () => {
    await sparsestHere('solve', PEAK, '--certificate', at('c.json.gz'));
    truncateSync(at('c.json.gz'), 60);
    file('version.json', '{"format":"sparsest-certificate","version":9,"problem":{},"claim":{},"proof":{}}');
    file('knots.txt', '0\none\n');
    const lines: Record<string, RegExp> = {
      [`check ${PEAK} @c.json.gz`]: /^check: .*c\.json\.gz: .*damaged/,
      [`check ${PEAK} @version.json`]: /version\.json.*version.*1.*9/,
      [`check ${PEAK} @nothing.json`]: /nothing\.json: no such file/,
      [`verify ${PEAK} ${PEAK}`]: /^verify: .*peak-plateau\.csv: /,
      [`solve ${PEAK} --knots-on @knots.txt`]: /knots\.txt, line 2: .*"one"/,
      [`train ${PEAK} --resume @version.json`]: /^train: .*version\.json/,
    };
    for (const [line, message] of Object.entries(lines)) {
      const finished = await sparsestHere(...words(line));
      expectRefusal(finished, 1);
      expect(finished.err).toMatch(message);
    }
  });
});

describe('files that are written', () => {
  it('need a place, and replace an old file only as a whole', () => {
    mkdirSync(at('folder.json'));
    const old = file('old.json', 'old');
    for (const [target, message] of [
      ['no/c.json', /expected a directory/],
      ['folder.json', /found a directory/],
      ['picture.png', /expected a name ending in .json/],
      ['old.json/c.json', /expected a directory/],
    ] as const) {
      const finished = sparsest('solve', PEAK, '--certificate', at(target));
      expectRefusal(finished, 1);
      expect(finished.err.startsWith('solve: ')).toBe(true);
      expect(finished.err).toContain(at(target));
      expect(finished.err).toMatch(message);
    }
    sparsest('solve', file('nan.csv', 'x,y\n0,NaN\n'), '--certificate', old);
    expect(readFileSync(old, 'utf8')).toBe('old');
    expect(readdirSync(directory).sort()).toEqual(['folder.json', 'nan.csv', 'old.json']);
    expect(sparsest('solve', PEAK, '--certificate', old, '--quiet').code).toBe(0);
    expect(JSON.parse(readFileSync(old, 'utf8')).format).toBe('sparsest-certificate');
  });

  it('are accepted by both checkers, compressed or not', () => {
    const names = ['c.json', 'c.json.gz'];
    for (const name of names) expect(sparsest('solve', PEAK, '--certificate', at(name)).code).toBe(0);
    expect(gunzipSync(readFileSync(at(names[1]!))).equals(readFileSync(at(names[0]!)))).toBe(true);
    for (const name of names) {
      const one = sparsest('check', PEAK, at(name));
      const other = runProgram(SPARSEST_CHECK, PEAK, at(name));
      expect(one).toEqual({ code: 0, err: '', out: expect.stringMatching(/^accepted: .* is 3;/) });
      expect(other).toEqual(one);
    }
    const rejected = runProgram(SPARSEST_CHECK, 'instances/nile.csv', at('c.json'));
    expect(rejected).toEqual({
      code: 1,
      err: '',
      out: expect.stringMatching(/^rejected by rule problem-size: /),
    });
    expectRefusal(runProgram(SPARSEST_CHECK, PEAK), 2);
  });

  it('are as good when the command line has them in another order', () => {
    const line = `solve --certificate @c.json --json --quiet ${PEAK} --plot @p.svg --network @n.json`;
    const { code, out, err } = sparsest(...words(line));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out).network).toEqual(JSON.parse(readFileSync(at('n.json'), 'utf8')));
    expect(readFileSync(at('p.svg'), 'utf8')).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  });
});

describe('the two streams', () => {
  it('state the question of a size for other solvers, one less than the answer or the size that is given', async () => {
    const path = at('q.smt2');
    for (const [options, size] of [
      [[], 1],
      [['--export-size', '5'], 5],
      [['--objective', 'parameters'], 3],
    ] as const) {
      const { code } = await sparsestHere('solve', XOR, '--export', `smt2=${path}`, ...options);
      expect(code).toBe(0);
      const text = readFileSync(path, 'utf8');
      expect(text).toMatch(new RegExp(`^; some network with skip none and at most ${size} `));
      expect(text.match(/declare-const s_/g)).toHaveLength(size);
    }
  });

  it('keep results and notices apart', () => {
    const line = `solve ${PEAK} --certificate @c.json --network @n.json --plot @p.svg`;
    const loud = sparsest(...words(line), '--json');
    expect(loud.code).toBe(0);
    expect(JSON.parse(loud.out)).toMatchObject({ command: 'solve', certificate: at('c.json') });
    expect(loud.out.indexOf('\n')).toBe(loud.out.length - 1);
    expect(loud.err.trimEnd().split('\n')).toEqual([
      `network written to ${at('n.json')}`,
      `picture written to ${at('p.svg')}`,
      `certificate written to ${at('c.json')}`,
    ]);
    const quiet = sparsest(...words(line), '--quiet');
    expect(quiet.err).toBe('');
    // No escape sequences where there is no terminal.
    expect(quiet.out).toMatch(/^instances\/peak-plateau\.csv +6 points[ -~\n]*$/);
  });

  it.each(['generate walk --points 100000', 'solve @walk.csv --knots', 'solve @walk.csv --knots --json'])(
    'a reader that closes early is no error: sparsest %s | head',
    (line) => {
      sparsest('generate', 'walk', '--points', '20000', '--out', at('walk.csv'), '--quiet');
      const script = '"$@" | head -c 20 > /dev/null; echo "$PIPESTATUS"';
      const { stdout, stderr } = spawnSync(
        'bash',
        ['-c', script, 'bash', process.execPath, SPARSEST, ...words(line)],
        {
          encoding: 'utf8',
        },
      );
      expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
    },
  );
});

describe('what cannot go on', () => {
  it.skipIf(!existsSync('/dev/full'))('a full disk behind standard output is exit 2, with its reason', () => {
    const script = '"$@" > /dev/full';
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', script, 'bash', process.execPath, SPARSEST, 'solve', PEAK],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^standard output: .*ENOSPC/),
    });
  });

  it.each([
    ['an exception that nobody caught', "setTimeout(() => { throw new Error('late'); }, 1);"],
    ['a promise that nobody waited for', "Promise.reject(new Error('lost'));"],
    ['an exception at the top', "throw new RangeError('Maximum call stack size exceeded');"],
  ])('%s is exit 4, and says where it was thrown', (_, statement) => {
    const common = JSON.stringify(new URL('../../dist/cli/common.js', import.meta.url).href);
    const script = `import { prepareProcess } from ${common}; prepareProcess(); ${statement}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
    expect(stderr).toMatch(/^internal error, please report it\n\w*Error: .*\n +at /);
  });
});

describe('a search that does not end by itself', () => {
  it('prints the bracket when time is up, with a certificate for it', () => {
    const { code, out } = sparsest('solve', ...HARD, ...words('--time-limit 1 --json --certificate @c.json'));
    expect(code).toBe(3);
    const { status, objective, search } = JSON.parse(out);
    expect({ status, ended: search.ended }).toEqual({ status: 'bracket', ended: 'time limit' });
    expect(objective.lowerBound).toBeLessThan(objective.upperBound);
    const checked = sparsest('check', ...HARD.slice(0, 1), at('c.json'), '--json');
    expect(checked.code, checked.out + checked.err).toBe(0);
    const { lowerBound, upperBound } = objective;
    expect(JSON.parse(checked.out).claim).toMatchObject({ lowerBound, upperBound });
  });

  it('prints the bracket when interrupted, with a certificate for it', async () => {
    // Without a terminal there is no sign of the search: a signal before it kills, and the next attempt waits longer.
    let finished: Finished = { code: null, out: '', err: '' };
    for (let seconds = 1; finished.code === null && seconds <= 16; seconds *= 2) {
      finished = await interrupted(seconds, words('--time-limit 100 --json --quiet --certificate @c.json'));
    }
    expect(finished.code).toBe(3);
    expect(finished.err).toBe('');
    expect(JSON.parse(finished.out)).toMatchObject({ status: 'bracket', search: { ended: 'stopped' } });
    expect(runProgram(SPARSEST_CHECK, HARD[0], at('c.json')).code).toBe(0);
  });
});

describe('--start', () => {
  const network = (inputDimension: number, neurons: unknown[]) =>
    JSON.stringify({ format: 'sparsest-network', version: 1, inputDimension, skip: null, neurons });
  /** Exclusive or, with a neuron that another makes up for. */
  const neurons = (slack: string) => [
    { inputWeights: ['1', '1'], bias: slack, outputWeight: '1' },
    { inputWeights: ['1', '1'], bias: '-1', outputWeight: '-1' },
    { inputWeights: ['2', '2'], bias: '-2', outputWeight: '-1/2' },
  ];

  it.each(['0', '1/100'])('reads a network, whether it fits or not (bias %s)', async (slack) => {
    const start = file('net.json', network(2, neurons(slack)));
    const { code, out } = await sparsestHere('solve', XOR, '--start', start, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: 'optimal', objective: { value: 2 } });
  });

  it('refuses networks of other inputs, and files that hold none', async () => {
    const start = file('net.json', network(1, [{ inputWeights: ['1'], bias: '0', outputWeight: '1' }]));
    const other = await sparsestHere('solve', XOR, '--start', start);
    expectRefusal(other, 1);
    expect(other.err).toMatch(/net\.json: expected a network with 2 inputs, found 1; start from a model of/);
    for (const path of [at('missing.json'), XOR]) {
      const none = await sparsestHere('solve', XOR, '--start', path);
      expectRefusal(none, 1);
      expect(none.err).toContain(path);
    }
  });
});

/** `solve` on the hard problem with Ctrl-C after some seconds. */
async function interrupted(seconds: number, options: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [SPARSEST, 'solve', ...HARD, ...options]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await sleep(seconds * 1000);
  child.kill('SIGINT');
  return { code: await ended, out, err };
}
