import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SPARSEST } from '../support/command-line.js';

/** Runs a line of bash; its output, and the seconds of processor time that it took with all its children. */
function timed(line: string): { out: string; seconds: number } {
  const { stdout, stderr, status } = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time { ${line}; }`], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(status, stderr).toBe(0);
  const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number) as [number, number];
  return { out: stdout, seconds: user + system };
}

test('a million rows by a pipe take at most half as much processor time again as from a file, with one answer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pipe-'));
  try {
    const file = join(folder, 'walk.csv');
    const sparsest = `"${process.execPath}" "${SPARSEST}"`;
    timed(`${sparsest} generate walk --points 1000000 --seed 3 --out "${file}" --quiet`);
    const runs = [0, 1, 2].map(() => ({
      file: timed(`${sparsest} solve "${file}" --json --quiet`),
      pipe: timed(`cat "${file}" | ${sparsest} solve - --json --quiet`),
    }));
    const answer = (out: string) => {
      const { data, objective, status } = JSON.parse(out);
      return { sha256: data.sha256, points: data.points, objective, status };
    };
    for (const { file: own, pipe } of runs) expect(answer(pipe.out)).toEqual(answer(own.out));
    const least = (kind: 'file' | 'pipe') => Math.min(...runs.map((run) => run[kind].seconds));
    console.log(`processor time: ${least('file')} s from the file, ${least('pipe')} s by the pipe`);
    expect(least('pipe')).toBeLessThan(1.5 * least('file'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 600_000);
