import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/files/npz.js';
import { type Finished, runHere } from '../support/command-line.js';
import { printedSteps, shellWords } from '../support/next-steps.js';

/** Everything here has a name that a shell takes apart unless it is quoted. */
const FOLDER = 'it\'s a "folder" of $(HOME) & *';
const TABLE = "-a b's.csv";
const WIDE = 'wide, indeed.csv';
const HEADLESS = "no header's.csv";
const PLANE = '$x two`inputs;.csv';
const WINDOWS = 'win dows".json';
const TWICE = 'twice\n#.csv';
const KNOTS = '-knots | here.txt';
const MODEL = "the model's.npz";
const START = 'a "start".json';
const TARGET = 'the "label", in $';

const home = process.cwd();
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'next-'));
  mkdirSync(join(directory, FOLDER));
  process.chdir(join(directory, FOLDER));
  // The decimals are no doubles, and the label is not the last column.
  const rows = ['0.1,0', '0.3,1.1', '1.7,2.3', '1.6,3.1', '0.25,4.7', '-0.2,5.9'];
  writeFileSync(TABLE, `"${TARGET.replaceAll('"', '""')}",x\n${rows.join('\n')}\n`);
  writeFileSync(PLANE, 'x1,x2,y\n0,0,0\n0,1.1,1\n1.1,0,1\n1.1,1.1,0.1\n');
  const wide = ['id,"a, ""b""",x,y,weight', '7,0,1,0.3,5', '8,1,4,1.2,1', '9,2,9,0.1,2', '6,3,2,4.5,9'];
  writeFileSync(WIDE, `${wide.join('\n')}\n`);
  writeFileSync(HEADLESS, '0,0.1\n1,0.7\n2,0.3\n3,0.2\n');
  writeFileSync('square.csv', 'x,y\n0,0\n1,1\n2,4\n3,9\n4,16\n');
  writeFileSync(TWICE, 'x,y\n0,0\n1,1\n1,1.5\n2,0\n');
  const instance = { format: 'sparsest-instance', version: 1, name: 'w', source: 'test', x: [0, 1, 2, 3] };
  writeFileSync(WINDOWS, JSON.stringify({ ...instance, lower: [0, 1, 0, 1], upper: [0.5, 2, 0.25, 3] }));
  writeFileSync(KNOTS, '1.1\n2.3\n3.1\n4.7\n');
  const array = (name: string, shape: number[], values: number[]) => ({
    name,
    shape,
    dtype: 'float64' as const,
    values: Float64Array.from(values),
  });
  const neurons = [{ inputWeights: ['1', '1'], bias: '0', outputWeight: '1' }];
  const network = { format: 'sparsest-network', version: 1, inputDimension: 2, skip: null, neurons };
  writeFileSync(START, JSON.stringify(network));
  writeFileSync(
    MODEL,
    writeNpz([
      array('first', [6, 1], [1, 1, 1, 1, 1, 1]),
      array('second', [6], [1, -1.125, -2.25, -3, -4.75, -5]),
      array('third', [1, 6], [0.5, 1.5, -2, -1, 1, 0.25]),
    ]),
  );
});
afterAll(() => {
  process.chdir(home);
  rmSync(directory, { recursive: true });
});

/** Options that do not belong to the question. */
const BESIDE = [
  '--certificate',
  '--plot',
  '--network',
  '--repair',
  '--path',
  '--all',
  '--knots',
  '--json',
  '--quiet',
];

/** The part of a JSON that says what was asked, and what came of it. */
function questionOf(json: Record<string, unknown>): Record<string, unknown> {
  const { data, status, objective, among, restriction, p, pStar, skip, activeThreshold, claims } = json;
  const asked = (claims as { claim: string; p?: string; gap?: string }[] | undefined)?.map((claim) => [
    claim.claim,
    claim.p,
    claim.gap,
  ]);
  return { data, status, objective, among, restriction, p, pStar, skip, activeThreshold, asked };
}

async function json(words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await runHere([...words, '--json']);
  expect([0, 1, 3], `${words.join(' ')}\n${err}`).toContain(code);
  return JSON.parse(out);
}

/** Runs a command, and every step its page prints, and every step they print. @returns the steps */
async function stepsOf(words: readonly string[]): Promise<string[]> {
  const seen = new Set<string>();
  const first = await runHere(['sparsest', ...words]);
  expect([0, 1, 3], first.err).toContain(first.code);
  await follow(['sparsest', ...words], first);
  return [...seen];

  async function follow(before: readonly string[], page: Finished): Promise<void> {
    const asked = questionOf(await json(before));
    for (const line of printedSteps(page)) {
      if (seen.has(line)) continue;
      seen.add(line);
      const step = shellWords(line);
      const after = await runHere(step);
      expectOptionsKept(before, step);
      if (step[0] === 'sparsest-check') {
        expect(after, line).toMatchObject({ code: 0, out: expect.stringMatching(/^accepted: /) });
        continue;
      }
      const found = await json(step);
      if (step[1] === 'verify' && toleranceOf(step) !== toleranceOf(before)) {
        // "as much as this model achieves": another tolerance, which the model meets.
        expect(found.claims).toContainEqual(expect.objectContaining({ claim: 'interpolates', holds: true }));
        const { data: _, ...rest } = questionOf(found);
        const { data: __, ...same } = asked;
        expect(rest).toEqual(same);
      } else if (step[1] === before[1]) {
        expect(questionOf(found), line).toEqual(asked);
        expect(after.code).toBe(page.code);
      } else {
        const named = (of: Record<string, unknown>) => (of.data as { name: string }).name;
        expect(named(found)).toBe(named(asked));
      }
      if (step[1] === before[1]) await follow(step, after);
    }
  }
}

function toleranceOf(words: readonly string[]): string | undefined {
  const at = words.indexOf('--tolerance');
  return at < 0 ? undefined : words[at + 1];
}

/** What was asked for is asked for again, word for word; only the certificate's own tolerance and architecture may go. */
function expectOptionsKept(before: readonly string[], step: readonly string[]): void {
  for (let i = 0; i < before.length; i++) {
    const flag = before[i]!;
    if (!flag.startsWith('--') || BESIDE.includes(flag)) continue;
    const isReading = ['--target', '--inputs', '--no-header', '--float64'].includes(flag);
    if (!isReading && step[1] !== before[1]) continue;
    if (flag === '--tolerance' && step[1] === 'verify') continue;
    const hasValue = i + 1 < before.length && flag !== '--float64' && flag !== '--no-header';
    const words = hasValue ? [flag, before[i + 1]!] : [flag];
    expect(step.join('\0'), `${flag} in ${step.join(' ')}`).toContain(words.join('\0'));
  }
}

/** Each command line under its own text. */
function named(lines: readonly (readonly string[])[]) {
  return lines.map((words) => [words.join(' '), words] as const);
}

const TABLE_READ = [`./${TABLE}`, '--target', TARGET];

describe('every step that is printed runs as it stands and asks the same question', () => {
  const readings = [TABLE_READ, [...TABLE_READ, '--float64'], [`./${TABLE}`]];
  const one = [[], ['--skip', 'bias'], ['--skip', 'none']].flatMap((skip) =>
    [[], ['--tolerance', '1/3']].map((tolerance) => [...skip, ...tolerance]),
  );

  it.each(named(one.map((words, i) => [...readings[i % 3]!, ...words])))('solve %s', async (_, words) => {
    expect((await stepsOf(['solve', ...words, '--threads', '1', '--time-limit', '30'])).length).toBe(3);
  });

  it.each(
    named([
      [...TABLE_READ, '--engine', 'search', '--seed', '5', '--tolerance', '0.7', '--skip', 'affine'],
      [...TABLE_READ, '--engine', 'runs', '--skip', 'none', '--float64'],
      [...TABLE_READ, '--engine', 'milp'],
      [...TABLE_READ, '--engine', 'milp', '--backend', 'glpk', '--float64'],
      [WINDOWS],
      [WINDOWS, '--skip', 'bias'],
      [WINDOWS, '--float64', '--engine', 'runs'],
      [WIDE, '--target', 'y', '--inputs', '"a, ""b"""', '--float64'],
      [WIDE, '--target', '5', '--inputs', 'x', '--skip', 'bias'],
      [HEADLESS, '--no-header'],
      [HEADLESS, '--no-header', '--target', '1', '--inputs', '2', '--tolerance', '1/7'],
    ]),
  )('solve %s', async (_, words) => {
    expect((await stepsOf(['solve', ...words, '--threads', '1'])).length).toBe(3);
  });

  it.each(
    named([
      [PLANE],
      [PLANE, '--objective', 'parameters'],
      [PLANE, '--start', START, '--time-limit', '5'],
      [WIDE, '--target', 'weight', '--inputs', '"a, ""b""",x'],
      [PLANE, '--objective', 'parameters', '--skip', 'affine', '--float64'],
      [PLANE, '--skip', 'bias', '--tolerance', '0.2', '--target', 'x2'],
      [TWICE, '--tolerance', '0.1'],
      [TWICE, '--tolerance', '0.1', '--engine', 'milp'],
    ]),
  )('solve %s', async (_, words) => {
    expect((await stepsOf(['solve', ...words, '--threads', '1'])).length).toBe(2);
  });

  it.each(
    named([
      ['--knots-on', KNOTS],
      ['--knots-on', KNOTS, '--tolerance', '1/3', '--float64'],
      ['--max-slope-change', '7/3'],
      ['--max-slope-change', '10', '--max-knots', '5', '--backend', 'glpk'],
      ['--max-knots', '1'],
      ['--knots-on', KNOTS, '--max-slope-change', '0.001'],
    ]),
  )('solve under the restriction %s', async (_, words) => {
    const steps = await stepsOf(['solve', ...TABLE_READ, ...words]);
    // The proof can be written; where nothing fits there is nothing to draw.
    const fits = !words.includes('1') && !words.includes('0.001');
    // Sweeps offer the breakpoint model as a second opinion, which has a proof and a picture of its own.
    const sweeps = words.includes('--knots-on') && !words.includes('0.001');
    expect(steps.length).toBe(sweeps ? 6 : fits ? 3 : 2);
  });

  it.each(
    named([
      ['threshold', ...TABLE_READ],
      ['threshold', ...TABLE_READ, '--float64', '--path'],
      ['threshold', `./${TABLE}`],
      ['minimize', ...TABLE_READ, '--p', '0.4'],
      ['minimize', ...TABLE_READ, '--p', '1/3', '--float64'],
      ['minimize', 'square.csv', '--p', '0'],
    ]),
  )('%s', async (_, words) => {
    const steps = await stepsOf(words);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.some((line) => line.endsWith(' --all'))).toBe(words.at(-1) === '0');
  });

  it.each(
    named([
      ['--skip', 'affine'],
      ['--skip', 'bias', '--tolerance', '0.125', '--certificate', "my proof's.json"],
      ['--claim', 'sparsest', '--claim', 'interpolates', '--active-threshold', '1/7', '--float64'],
      [
        '--claim',
        'lp-optimal',
        '--claim',
        'sparsest',
        '--p',
        '0.5',
        '--lp-gap',
        '1e-9',
        '--time-limit',
        '30',
      ],
      ['--scale-inputs', '1/3,2', '--scale-output', '0.1,-1.5', '--skip', 'bias'],
      ['--certificate', '-p q.json.gz', '--claim', 'sparsest', '--claim', 'theorem-3.1'],
    ]),
  )('verify %s', async (_, words) => {
    const map = ['--map', 'inputWeights=first,bias=second,outputWeights=third'];
    expect((await stepsOf(['verify', MODEL, ...TABLE_READ, ...map, ...words])).length).toBeGreaterThan(0);
  });

  it('train: the same network once more, and the question whether it is sparse', async () => {
    const given = [...TABLE_READ, '--epochs', '70', '--width', '9', '--lr', '0.02', '--lambda', '1e-7'];
    const words = [
      'train',
      ...given,
      '--method',
      'adamw',
      '--seed',
      '4',
      '--skip',
      'bias',
      '--float32',
      '--float64',
    ];
    const first = await runHere(['sparsest', ...words]);
    const [again, ...others] = printedSteps(first);
    expect(others).toEqual([]);
    const same = shellWords(again!);
    expect(same.slice(-2)).toEqual(['--network', 'model.json']);
    const withoutTimes = async (line: readonly string[]) => {
      const { seconds: _, files: __, ...rest } = await json(line);
      return rest;
    };
    expect(await withoutTimes(same)).toEqual(await withoutTimes(['sparsest', ...words]));
    const [verify] = printedSteps(await runHere(same));
    const asked = shellWords(verify!);
    expect(asked.slice(0, 4)).toEqual(['sparsest', 'verify', 'model.json', `./${TABLE}`]);
    expect((await json(asked)).claims).toContainEqual(
      expect.objectContaining({ claim: 'interpolates', holds: true }),
    );
  });

  it('train: from a checkpoint, whose options hold', async () => {
    const given = [...TABLE_READ, '--epochs', '50', '--width', '9', '--seed', '2'];
    await runHere(['sparsest', 'train', ...given, '--checkpoint', 'c d.json', '--quiet']);
    const more = ['sparsest', 'train', ...TABLE_READ, '--resume', 'c d.json', '--epochs', '90'];
    const [again] = printedSteps(await runHere(more));
    const { epoch, loss, options } = await json(shellWords(again!));
    expect({ epoch, loss, options }).toEqual(
      (({ epoch, loss, options }) => ({ epoch, loss, options }))(
        await json([...more.slice(0, -2), '--epochs', '90']),
      ),
    );
    expect(epoch).toBe(90);
  });

  it('nothing is printed where a step would only fail', async () => {
    // Not solved: no network to draw or to write in the place of the model.
    const nothing = await runHere(['sparsest', 'solve', TWICE, '--tolerance', '0.1']);
    expect(nothing.code).toBe(1);
    expect(printedSteps(nothing).join('\n')).not.toContain('--plot');
  });
});
