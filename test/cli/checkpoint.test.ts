import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CheckpointFile } from '../../src/cli/checkpoint-file.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Objective, Skip } from '../../src/problem/network.js';
import { poseQuestion, QUESTION_DEFAULTS } from '../../src/problem/question.js';
import { searchSparsest } from '../../src/search/search.js';
import { plantedRows } from '../search/problems.js';
import { validate } from '../search/validate.js';
import { killedAndResumed, randomTable } from './checkpoint.js';

function question(
  seed: number,
  size: number,
  objective: Objective = 'neurons',
  skip: Skip = 'none',
  tolerance = '0',
) {
  const { x, y } = plantedRows(createRandom(seed), 2, size, 0);
  const dataset = datasetFromArrays({ x: x.map((row) => row.map(String)), y: y.map(String) });
  const asked = {
    ...QUESTION_DEFAULTS,
    data: { path: 'data.csv' },
    objective,
    skip,
    tolerance: Rational.parse(tolerance),
  };
  return poseQuestion(asked as unknown as Parameters<typeof poseQuestion>[0], dataset);
}

const newPath = () => join(mkdtempSync(join(tmpdir(), 'sparsest-checkpoint-')), 'run.checkpoint');

/** A search that goes on from the file and ends after so many nodes in all. */
function searched(path: string, asked: ReturnType<typeof question>, mostNodes: number) {
  const checkpoint = new CheckpointFile(path, asked, 1000);
  const { problem, objective } = asked;
  const options = { objective, skip: asked.skip!, mostNodes, store: checkpoint.store, checkpoint };
  return searchSparsest(problem, options);
}

describe('a search with a checkpoint', () => {
  it.each([
    ['neurons', 'none', 11],
    ['neurons', 'affine', 11],
    ['parameters', 'none', 6],
  ] as const)('goes on to the same answer: %s, skip %s, %d points', async (objective, skip, size) => {
    const random = createRandom(size);
    const asked = question(2000 + size, size, objective, skip);
    const alone = await searchSparsest(asked.problem, { objective, skip });
    expect(alone.ended).toBe('optimal');
    const path = newPath();
    let most = 0;
    let runs = 0;
    for (;;) {
      most += random.integer(20, Math.max(40, Math.ceil(alone.nodes / 3)));
      const result = await searched(path, asked, most);
      runs++;
      validate(asked.problem, result);
      if (result.ended !== 'node limit') break;
    }
    const result = await searched(path, asked, Number.POSITIVE_INFINITY);
    expect([result.ended, result.lowerBound]).toEqual(['optimal', alone.lowerBound]);
    validate(asked.problem, result);
    expect(runs).toBeGreaterThan(1);
  });

  it('is refused for another question, and says what changed', async () => {
    const path = newPath();
    await searched(path, question(1, 8), 50);
    const refused = (asked: ReturnType<typeof question>) => () => new CheckpointFile(path, asked, 30);
    expect(refused(question(1, 8, 'parameters'))).toThrow('objective neurons then, parameters now');
    expect(refused(question(1, 8, 'neurons', 'bias'))).toThrow('skip none then, bias now');
    expect(refused(question(1, 8, 'neurons', 'none', '1/2'))).toThrow('tolerance 0 then, 1/2 now');
    expect(refused(question(1, 9))).toThrow('points 8 then, 9 now');
    expect(refused(question(2, 8))).toThrow(
      /other points or windows \(SHA-256 [0-9a-f]{12} then, [0-9a-f]{12} now\)/,
    );
    expect(refused(question(1, 8))).not.toThrow();
  });

  it('is refused when a file is cut short, altered or missing', async () => {
    const path = newPath();
    const asked = question(2012, 12);
    await searched(path, asked, 1000);
    const text = readFileSync(path, 'utf8');
    const opened = () => new CheckpointFile(path, asked, 30);
    const random = createRandom(9);
    for (let cut = 0; cut < 30; cut++) {
      const length = cut === 0 ? text.length - 1 : random.integer(200, text.length - 1);
      writeFileSync(path, text.slice(0, length));
      expect(opened).toThrow('cut short or altered');
      const at = random.integer(200, text.length - 2);
      writeFileSync(path, `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`);
      expect(opened).toThrow('cut short or altered');
    }
    writeFileSync(path, '{"format":"sparsest-network"}\n');
    expect(opened).toThrow('expected a file that --checkpoint has written');
    writeFileSync(path, text);
    const proof = `${path}.proof`;
    const bytes = readFileSync(proof);
    // What a killed run has appended after its last state is dropped.
    writeFileSync(proof, Buffer.concat([bytes, Buffer.from('half a part')]));
    opened();
    expect(readFileSync(proof)).toEqual(bytes);
    truncateSync(proof, bytes.length - 1);
    expect(opened).toThrow('cut short: expected');
    writeFileSync(proof, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
    expect(opened).toThrow('altered: its SHA-256');
    copyFileSync(path, `${path}.copy`);
    expect(() => new CheckpointFile(`${path}.copy`, asked, 30)).toThrow('found no such file');
  });

  it('does not write over a file that is not its own', () => {
    const path = newPath();
    writeFileSync(`${path}.proof`, 'a proof of something else');
    expect(() => new CheckpointFile(path, question(1, 8), 30)).toThrow('holds something else');
    expect(existsSync(path)).toBe(false);
  });

  it('survives kill -9', async () => {
    const random = createRandom(4);
    const killed = await killedAndResumed(randomTable(2012, 11), 1, 2, () => random.integer(300, 900), 0.05);
    expect(killed).toBeGreaterThan(0);
  });

  it('goes on after Ctrl-C, and is refused when it is cut short', async () => {
    const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    const table = randomTable(2160, 16);
    const path = `${table}.checkpoint`;
    const words = [main, 'solve', table, '--json', '--threads', '2', '--checkpoint', path];
    const child = spawn(process.execPath, [...words, '--time-limit', '1000', '--checkpoint-every', '0.05']);
    let out = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    while (!existsSync(path) && child.exitCode === null) await new Promise((go) => setTimeout(go, 10));
    child.kill('SIGINT');
    expect(await ended).toBe(3);
    const first = JSON.parse(out);
    expect(first.status).toBe('bracket');
    const again = spawnSync(process.execPath, [...words, '--time-limit', '0.3'], { encoding: 'utf8' });
    expect(again.status).toBe(3);
    expect(JSON.parse(again.stdout).search.nodes).toBeGreaterThanOrEqual(first.search.nodes);
    truncateSync(path, readFileSync(path).length - 10);
    const cut = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect([cut.status, cut.stdout]).toEqual([2, '']);
    expect(cut.stderr).toContain('cut short or altered');
  });
});
