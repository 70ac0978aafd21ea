import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { parseNetwork } from '../../src/files/network-format.js';
import { readModelFile } from '../../src/models/read-model.js';
import { countNeurons, evaluate } from '../../src/problem/network.js';
import { validateCheckpoint } from '../../src/train/checkpoint.js';
import { train } from '../../src/train/train.js';
import { type Finished, runHere } from '../support/command-line.js';
import { printedSteps, shellWords, tryStepsHere, withoutSteps } from '../support/next-steps.js';
import { whenBegun } from '../support/when-begun.js';
import { peakPlateau } from '../train/networks.js';

const DATA = 'instances/peak-plateau.csv';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'train-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  vi.restoreAllMocks();
  process.exitCode = undefined;
  terminal = false;
});

/** Whether standard error looks like a terminal. */
let terminal = false;

/** Makes a minute pass between two looks at the clock. */
function minutesPass(): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    now += 60_000;
    return now;
  });
}

const file = (name: string) => join(directory, name);

/** What `sparsest train ...` prints and its exit code. */
async function run(...args: string[]): Promise<Finished> {
  Object.defineProperty(process.stderr, 'isTTY', { value: terminal, configurable: true });
  const finished = await runHere(['sparsest', 'train', ...args]);
  vi.restoreAllMocks();
  return finished;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const short = ['--width', '12', '--epochs', '400', '--seed', '3'];

describe('train', () => {
  it('prints what the library finds, as JSON and as a page', async () => {
    const expected = train(peakPlateau, { width: 12, epochs: 400, seed: 3 });
    const { out, code } = await run(DATA, ...short, '--json');
    const json = JSON.parse(out);
    expect(code).toBe(0);
    expect(json).toMatchObject({ command: 'train', status: 'finished', ...expected.final });
    expect(json.options).toEqual(expected.options);
    const columns = { inputs: ['x'], target: 'y' };
    expect(json.data).toEqual({ name: DATA, points: 6, dimension: 1, columns });
    // The mean of the squares lies between the largest square over N and the largest square.
    expect(json.largestResidual ** 2).toBeGreaterThanOrEqual(json.loss);
    expect(json.largestResidual ** 2 / 6).toBeLessThanOrEqual(json.loss * (1 + 1e-12));

    const page = await run(DATA, ...short);
    expect(page.out).toContain(`${expected.final.activeNeurons} active neurons of 12`);
    await tryStepsHere('train', page, runHere);
    const again = shellWords(printedSteps(page)[0]!).slice(3);
    const written = await run(DATA, ...again, '--network', file('m.json'));
    expect(withoutSteps(written.out)).toBe(withoutSteps(page.out));
    const [, , , , , tolerance] = shellWords(printedSteps(written)[0]!);
    expect(Number(tolerance)).toBeGreaterThan(json.largestResidual);
  });

  it('passes every option on', async () => {
    const { out } = await run(
      ...[DATA, '--method', 'adamw', '--p', '0.7', '--epochs', '7', '--width', '5', '--lr', '0.02'],
      ...['--lambda', '0.5', '--seed', '9', '--skip', 'affine', '--float32', '--reweight-from', 'current'],
      ...[
        '--every',
        '2',
        '--stop-after-sparse',
        '1',
        '--sparse-epochs',
        '3',
        '--threshold',
        '1e-5',
        '--json',
      ],
      ...['--schedule', 'constant', '--decay', '0.5', '--revive', '3', '--merge', '4'],
    );
    expect(JSON.parse(out).options).toEqual({
      ...{ method: 'adamw', p: 0.7, epochs: 7, width: 5, learningRate: 0.02, lambda: 0.5, seed: 9 },
      ...{ skip: 'affine', precision: 'float32', reweightFrom: 'current', every: 2, stopAfterSparse: 1 },
      ...{ sparseEpochs: 3, threshold: 1e-5, reweightAfter: 5 },
      ...{ schedule: 'constant', lambdaFrom: null, decay: 0.5, reviveEvery: 3, mergeEvery: 4 },
    });
  });

  it('writes one network in three formats, exactly, without its dead neurons', async () => {
    const expected = train(peakPlateau, { width: 40, epochs: 3000, skip: 'bias' });
    const settings = [DATA, '--width', '40', '--epochs', '3000', '--skip', 'bias', '--quiet'];
    const read = {
      'm.json': (text: Buffer) => parseNetwork(text.toString(), 'm.json'),
      'm.npz': (bytes: Buffer) => readModelFile(bytes, 'm.npz').network,
      'm.safetensors': (bytes: Buffer) => readModelFile(bytes, 'm.safetensors').network,
    };
    const networks = [];
    for (const [name, parse] of Object.entries(read)) {
      expect((await run(...settings, '--network', file(name))).code).toBe(0);
      networks.push(parse(readFileSync(file(name))));
    }
    expect(networks[1]).toEqual(networks[0]);
    expect(networks[2]).toEqual(networks[0]);
    const [network] = networks;
    expect(network!.neurons.length).toBe(countNeurons(network!));
    expect(network!.neurons.length).toBeLessThan(40);
    // The exact network misses the labels as the trained one does.
    const squares = peakPlateau.labels.reduce((sum, y, n) => {
      const f = evaluate(network!, [Rational.fromDouble(peakPlateau.columns[n]!)]).toNumber();
      return sum + (f - y) ** 2;
    }, 0);
    expect(squares / 6).toBeCloseTo(expected.final.loss, 12);
  });

  it('writes the history as CSV and as JSON lines with the same rows', async () => {
    for (const name of ['h.csv', 'h.jsonl'])
      await run(DATA, ...short, '--every', '150', '--quiet', '--history', file(name));
    const rows = readFileSync(file('h.jsonl'), 'utf8').trim().split('\n');
    const { history } = train(peakPlateau, { width: 12, epochs: 400, seed: 3, every: 150 });
    expect(rows.map((row) => JSON.parse(row))).toEqual(history);
    const [header, ...lines] = readFileSync(file('h.csv'), 'utf8').trim().split('\n');
    const names = header!.split(',');
    const parsed = lines.map((line) =>
      Object.fromEntries(line.split(',').map((cell, i) => [names[i], Number(cell)])),
    );
    expect(parsed).toEqual(history);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'saves on %s, ends with 3, and resumes to the same bits',
    async (signal) => {
      const settings = [DATA, '--width', '12', '--epochs', '60000', '--seed', '3', '--every', '0'];
      whenBegun(() => process.emit(signal));
      const stopped = await run(...settings, '--json', '--checkpoint', file('c.json'));
      expect(stopped.code).toBe(3);
      expect(JSON.parse(stopped.out)).toMatchObject({ status: 'stopped' });
      expect(JSON.parse(stopped.out).epoch).toBeLessThan(60000);
      expect(stopped.err).toContain(
        `go on with\n  sparsest train ${DATA} --resume ${file('c.json')} --checkpoint ${file('c.json')}\n`,
      );
      expect(process.listenerCount(signal)).toBe(0);

      const resumed = JSON.parse((await run(DATA, '--resume', file('c.json'), '--json')).out);
      const whole = JSON.parse((await run(...settings, '--json')).out);
      delete resumed.seconds;
      delete whole.seconds;
      expect(resumed).toEqual(whole);
      expect(readdirSync(directory)).toEqual(['c.json']);
    },
  );

  it('says that a run stopped without a checkpoint is lost', async () => {
    whenBegun(() => process.emit('SIGINT'));
    const { code, err } = await run(DATA, '--epochs', '100000');
    expect(code).toBe(3);
    expect(err).toContain('give --checkpoint FILE');
  });

  it('saves a long run now and then, as a checkpoint that is valid', async () => {
    minutesPass();
    const running = run(DATA, '--width', '12', '--epochs', '1000000000', '--checkpoint', file('c.json'));
    while (!existsSync(file('c.json'))) await turn();
    const saved = JSON.parse(readFileSync(file('c.json'), 'utf8'));
    process.emit('SIGINT');
    expect((await running).code).toBe(3);
    expect(validateCheckpoint(saved).epoch).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(file('c.json'), 'utf8')).epoch).toBeGreaterThanOrEqual(saved.epoch);
  });

  it('stops when the checkpoint of a long run cannot be written', async () => {
    minutesPass();
    mkdirSync(file('gone'));
    whenBegun(() => rmSync(file('gone'), { recursive: true }));
    const { code, err } = await run(
      ...[DATA, '--width', '12', '--epochs', '1000000000', '--checkpoint', file('gone/c.json')],
    );
    expect(code).toBe(2);
    expect(err).toContain('gone/c.json: no such directory to write to');
  });

  it('shows progress on a terminal only', async () => {
    expect((await run(DATA, ...short)).err).toBe('');
    terminal = true;
    expect((await run(DATA, ...short)).err).toMatch(/400 epochs, .*\/s, loss .*, \d+ neurons/);
    expect((await run(DATA, ...short, '--quiet')).err).toBe('');
  });

  it('goes on beyond the epochs of the checkpoint, and refuses other changes', async () => {
    await run(DATA, ...short, '--quiet', '--checkpoint', file('c.json.gz'));
    const more = await run(DATA, '--resume', file('c.json.gz'), '--epochs', '900', '--json');
    const { final } = train(peakPlateau, { width: 12, epochs: 900, seed: 3 });
    expect(JSON.parse(more.out)).toMatchObject({ ...final });

    const other = await run(DATA, '--resume', file('c.json.gz'), '--lr', '0.5');
    expect(other.code).toBe(2);
    expect(other.err).toMatch(
      /c\.json\.gz: --lr: expected 0\.01 as in the checkpoint, found 0\.5; .*--every/,
    );
  });

  it('calls a divergence a failed run that names the epoch', async () => {
    const args = [DATA, '--method', 'adam', '--lr', '1e200', '--network', file('m.json'), '--json'];
    const { code, out, err } = await run(...args);
    expect(code).toBe(1);
    expect(err).toMatch(/^train: training diverged: expected a finite loss after epoch \d+/);
    expect(JSON.parse(out)).toMatchObject({
      command: 'train',
      status: 'diverged',
      epoch: expect.any(Number),
    });
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    [['--p', '0'], '--p: expected a number with 0 < p <= 1, found 0'],
    [['--p', 'half'], 'expected a number, found "half"'],
    [['--lr', '-1'], '--lr: expected a positive number, found -1'],
    [['--lambda', '0'], '--lambda: expected a positive number (for no penalty use method adam), found 0'],
    [['--threshold', '-1'], '--threshold: expected a number >= 0'],
    [['--width', '0'], 'expected a whole number from 1'],
    [['--width', '1000000000000'], '--width: expected at most 44739242 neurons for 6 points of dimension 1'],
    [['--method', 'sgd'], 'Allowed choices are reweighted, adam, adamw'],
    [
      ['--network', 'model.onnx'],
      '--network model.onnx: expected a name ending in .json, .npz, .safetensors',
    ],
    [['--history', 'h.txt'], '--history h.txt: expected a name ending in .csv, .jsonl'],
    [['--network', 'nowhere/m.json'], '--network nowhere/m.json: expected a directory nowhere, found none'],
    [['--resume', 'nowhere.json'], 'nowhere.json: no such file'],
    [['--resume', DATA], 'expected a checkpoint in JSON'],
    [['--resume', 'package.json'], 'package.json: format: expected sparsest-checkpoint'],
  ])('refuses %j', async (args, message) => {
    const { code, err, out } = await run(DATA, ...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('internal error');
    expect(out).toBe('');
  });

  it('trains on labels as rows, and refuses windows and what no double can hold', async () => {
    writeFileSync(file('twice.csv'), 'x,y\n0,1\n0,2\n1,3\n');
    const { out } = await run(file('twice.csv'), ...short, '--json');
    expect(JSON.parse(out).data.points).toBe(3);
    // No function passes through both labels at 0.
    expect(JSON.parse(out).largestResidual).toBeGreaterThanOrEqual(0.5);

    const instance = { format: 'sparsest-instance', version: 1, name: 'w', source: 'test' };
    writeFileSync(file('w.json'), JSON.stringify({ ...instance, x: [0, 1], lower: [0, 1], upper: [1, 2] }));
    const windows = await run(file('w.json'));
    expect(windows.code).toBe(2);
    expect(windows.err).toContain('expected labels "y" to train on');

    writeFileSync(file('huge.csv'), 'x,y\n0,1\n1e999,2\n');
    const huge = await run(file('huge.csv'));
    expect(huge.code).toBe(2);
    expect(huge.err).toMatch(/row .*input 1: expected a number within the doubles/);
  });
});
