import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limits } from '../../src/cli/limits.js';
import { Rational } from '../../src/exact/rational.js';
import type { Steps } from '../../src/exact/steps.js';
import { parseNetwork } from '../../src/files/network-format.js';
import { evaluate } from '../../src/problem/network.js';
import { runHere, SPARSEST, sparsestHere } from '../support/command-line.js';
import { whenBegun } from '../support/when-begun.js';

const PEAK = 'instances/peak-plateau.csv';
/** A limit that is over before anything begins. */
const NO_TIME = ['--time-limit', '1e-9', '--json'];

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'limits-'));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** Some convex data: one run, whose slope changes rise. */
function convexData(points: number): string {
  const rows = Array.from({ length: points }, (_, i) => `${i},${i * i * i}`);
  writeFileSync(at('convex.csv'), `x,y\n${rows.join('\n')}\n`);
  return at('convex.csv');
}

function* counting(most: number, taken: { steps: number }): Steps<string> {
  for (; taken.steps < most; taken.steps++) yield;
  return 'done';
}

describe('the limits of a command', () => {
  it('take all steps when there is time', async () => {
    const limits = new Limits({ timeLimit: 10 }, () => 0);
    const taken = { steps: 0 };
    expect(await limits.take(counting(1000, taken), () => '')).toEqual({ value: 'done' });
    expect(taken.steps).toBe(1000);
    expect(limits.ended).toBeNull();
    limits.close();
  });

  it('end when the clock says so, after no further step', async () => {
    // A clock that goes on by 10 ms whenever someone looks at it.
    let now = 0;
    const limits = new Limits({ timeLimit: 1 }, () => (now += 10));
    const taken = { steps: 0 };
    expect(await limits.take(counting(1000, taken), () => '')).toBeNull();
    expect(taken.steps).toBeGreaterThan(10);
    expect(taken.steps).toBeLessThan(100);
    expect(limits.ended).toBe('time limit');
    const before = taken.steps;
    expect(await limits.take(counting(1000, taken), () => '')).toBeNull();
    expect(taken.steps).toBe(before);
    limits.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'end on %s, which is seen between steps, and give it back',
    async (signal) => {
      let now = 0;
      const limits = new Limits({}, () => (now += 10));
      const taken = { steps: 0 };
      const running = limits.take(counting(Number.POSITIVE_INFINITY, taken), () => '');
      process.emit(signal);
      expect(await running).toBeNull();
      expect(limits.ended).toBe('stopped');
      limits.close();
      expect(process.listenerCount(signal)).toBe(0);
    },
  );

  it('show what goes on, on a terminal only and not with --quiet', async () => {
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const { isTTY } = process.stderr;
    for (const [terminal, quiet] of [
      [true, false],
      [true, true],
      [false, false],
    ]) {
      process.stderr.isTTY = terminal!;
      let now = 0;
      const limits = new Limits({ quiet }, () => (now += 10));
      const taken = { steps: 0 };
      await limits.take(counting(100, taken), () => `${taken.steps} steps`);
      limits.close();
      const shown = terminal && !quiet;
      expect(written.some((text) => /\d+ steps/.test(text))).toBe(shown);
      // The line is gone at the end.
      if (shown) expect(written.at(-1)).toBe('\r\x1b[K');
      written.length = 0;
    }
    process.stderr.isTTY = isTTY;
  });
});

describe('a command whose time is up', () => {
  it('minimize: a bracket of the least cost, and a function within it', async () => {
    const data = convexData(40);
    const words = ['minimize', data, '--p', '0.4'];
    const { code, out } = await sparsestHere(...words, ...NO_TIME, '--quiet', '--network', at('n.json'));
    expect(code).toBe(3);
    const bracket = JSON.parse(out);
    expect(bracket).toMatchObject({ status: 'bracket', ended: 'time limit', runs: 1, runsDecided: 0 });
    const full = JSON.parse((await sparsestHere(...words, '--json')).out);
    expect(full.status).toBe('optimal');
    const q = (text: string) => Rational.parse(text);
    expect(q(bracket.cost.lower).compare(q(full.cost.lower))).toBeLessThanOrEqual(0);
    expect(q(full.cost.upper).compare(q(bracket.cost.upper))).toBeLessThanOrEqual(0);
    const network = parseNetwork(readFileSync(at('n.json'), 'utf8'), 'n.json');
    for (let i = 0; i < 40; i++) {
      expect(evaluate(network, [Rational.of(i)]).equals(Rational.of(i * i * i))).toBe(true);
    }
    const page = (await sparsestHere(...words, '--time-limit', '1e-9')).out;
    expect(page).toContain('The least cost is between these two:');
    expect(page).toContain('Time was up; a longer --time-limit lets it go on.');
  });

  it('patterns: those found by then', async () => {
    const { code, out } = await sparsestHere('patterns', PEAK, ...NO_TIME);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      status: 'bracket',
      ended: 'time limit',
      count: 0,
      generalPosition: false,
    });
    const page = (await sparsestHere('patterns', PEAK, '--time-limit', '1e-9')).out;
    expect(page).toMatch(/^at least 0 activation patterns \(at most \d+\)\. Time was up/);
  });

  it('generate: no file, and nothing left of it', async () => {
    for (const name of ['a.json', 'a.csv', 'a.npz']) {
      const { code, out } = await sparsestHere('generate', 'walk', '--out', at(name), ...NO_TIME);
      expect(code).toBe(3);
      expect(JSON.parse(out)).toMatchObject({ status: 'bracket', ended: 'time limit', file: null });
    }
    expect(readdirSync(directory)).toEqual([]);
    const { err } = await sparsestHere('generate', 'walk', '--out', at('a.csv'), '--time-limit', '1e-9');
    expect(err).toContain('a.csv was not written. Time was up');
  });

  it('generate: nothing left of a file whose writing was cut', async () => {
    const { now } = performance;
    // Time passes only once the file is begun.
    vi.spyOn(performance, 'now').mockImplementation(
      () => now.call(performance) + (readdirSync(directory).length > 0 ? 1e6 : 0),
    );
    const { code } = await sparsestHere(
      ...['generate', 'walk', '--points', '200000', '--out', at('a.csv'), '--time-limit', '900'],
    );
    expect(code).toBe(3);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('train: stopped, as on Ctrl-C', async () => {
    const { code, out, err } = await sparsestHere('train', PEAK, ...NO_TIME, '--checkpoint', at('c.json'));
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ status: 'stopped' });
    expect(err).toContain(`go on with\n  sparsest train ${PEAK} --resume ${at('c.json')}`);
  });

  it('verify: a claim is undecided, with what is known', async () => {
    const data = convexData(40);
    await sparsestHere('minimize', data, '--p', '0.4', '--network', at('n.json'), '--quiet');
    const words = ['verify', at('n.json'), data, '--claim', 'lp-optimal', '--p', '0.4'];
    expect((await sparsestHere(...words, '--json')).code).toBe(0);
    const { code, out } = await sparsestHere(...words, ...NO_TIME);
    expect(code).toBe(3);
    const [claim] = JSON.parse(out).claims;
    expect(claim).toMatchObject({ holds: 'undecided', message: expect.stringContaining('--time-limit') });
    // A bracket decides what is far from the minimum.
    const far = ['verify', at('n.json'), data, '--claim', 'lp-optimal', '--p', '1', '--lp-gap', '1e-9'];
    await sparsestHere('minimize', data, '--p', '1', '--network', at('dots.json'), '--quiet');
    expect((await sparsestHere(...far, '--json')).code).toBe(0);
  });

  it.each([
    ['--engine', 'milp'],
    ['--max-slope-change', '3'],
    ['--max-knots', '2'],
  ])('solve %s %s: the bounds reached', async (...words) => {
    const { code, out } = await sparsestHere('solve', PEAK, ...words, ...NO_TIME);
    expect(code).toBe(3);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({
      status: 'bracket',
      ended: 'time limit',
      backend: { verdict: 'not compared' },
    });
    const { lowerBound, upperBound } = answer.objective;
    expect(lowerBound).toBe(0);
    // The function that joins the dots is known at once where it is allowed.
    if (words[0] === '--engine') expect(upperBound).toBe(4);
    if (words[0] === '--max-knots') expect(upperBound).toBeNull();
  });

  it('solve: only where something was cut the page says that more time helps', async () => {
    const cut = await sparsestHere('solve', PEAK, '--engine', 'milp', '--time-limit', '1e-9');
    expect(cut.out).toContain('Time was up; a longer --time-limit lets it go on.');
    const whole = await sparsestHere('solve', PEAK, '--engine', 'milp');
    expect(whole.code).toBe(0);
    expect(whole.out).not.toMatch(/time/i);
  });
});

describe('Ctrl-C', () => {
  /** Signals once the command has begun; every look at the clock is 100 ms later, so that it is seen at the next step. */
  async function stopped(...words: string[]) {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 100));
    whenBegun(() => process.emit('SIGINT'));
    const finished = await runHere(['sparsest', ...words]);
    expect(process.listenerCount('SIGINT')).toBe(0);
    return finished;
  }

  it.each([
    ['minimize', () => ['minimize', convexData(200), '--p', '0.4']],
    ['patterns', () => ['patterns', PEAK]],
    ['generate', () => ['generate', 'walk', '--points', '100000', '--out', at('a.csv')]],
    ['solve --engine milp', () => ['solve', PEAK, '--engine', 'milp']],
  ])('ends %s with the bracket reached', async (_, words) => {
    const { code, out } = await stopped(...words(), '--json', '--time-limit', '1e9');
    expect(JSON.parse(out)).toMatchObject({ status: 'bracket', ended: 'stopped' });
    expect(code).toBe(3);
  });

  it('leaves a claim of verify undecided', async () => {
    const data = convexData(200);
    await runHere(['sparsest', 'minimize', data, '--p', '0.4', '--network', at('n.json'), '--quiet']);
    const { code, out } = await stopped(
      'verify',
      at('n.json'),
      data,
      '--claim',
      'lp-optimal',
      '--p',
      '0.4',
      '--json',
    );
    expect(JSON.parse(out).claims[0].holds).toBe('undecided');
    expect(code).toBe(3);
  });

  /** The built program on what it takes for a terminal, with a signal as soon as it shows that it is at work. */
  async function interrupted(
    signal: NodeJS.Signals,
    ...words: string[]
  ): Promise<{ code: number | null; out: string }> {
    const terminal = 'data:text/javascript,process.stderr.isTTY=true';
    const child = spawn(process.execPath, ['--import', terminal, SPARSEST, ...words]);
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.once('data', () => child.kill(signal));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out };
  }

  it('ends the count of patterns of a process of its own', async () => {
    const rows = Array.from({ length: 40 }, (_, n) =>
      Array.from({ length: 6 }, (_, i) => Math.round(1000 * Math.sin(1 + n * (7 + i) + i))).join(),
    );
    writeFileSync(at('points.csv'), `a,b,c,d,e,f\n${rows.join('\n')}\n`);
    const { code, out } = await interrupted(
      'SIGINT',
      'patterns',
      at('points.csv'),
      '--json',
      '--time-limit',
      '1000',
    );
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ status: 'bracket', ended: 'stopped' });
  });

  it('ends the breakpoint model with its MILP solver at once', async () => {
    const y = Array.from({ length: 250 }, (_, n) => Math.round(100 * Math.sin(n * n)));
    writeFileSync(at('wild.csv'), `x,y\n${y.map((value, n) => `${n},${value}`).join('\n')}\n`);
    const { code, out } = await interrupted(
      'SIGTERM',
      'solve',
      at('wild.csv'),
      '--engine',
      'milp',
      '--json',
      '--time-limit',
      '1000',
    );
    expect(code).toBe(3);
    const { status, ended, objective } = JSON.parse(out);
    expect({ status, ended }).toEqual({ status: 'bracket', ended: 'stopped' });
    expect(objective.lowerBound).toBeLessThan(objective.upperBound);
  });
});
