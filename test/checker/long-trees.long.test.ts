import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { certificateChunks } from '../../src/certificate/write.js';
import { writeFileAtomically } from '../../src/files/write-file.js';
import { longCertificate, ones } from './long-trees.js';

const CHECKER = fileURLToPath(new URL('../../dist/cli/check-main.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'sparsest-million-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('a tree of a million leaves is checked with as much memory as one of a thousand', async () => {
  const problem = ones(21);
  const data = join(directory, 'ones.csv');
  writeFileSync(data, `x,y\n${Array.from({ length: 21 }, (_, n) => `${n},1`).join('\n')}\n`);
  // The values of two million nodes would take some 200 MB.
  const heap = '--max-old-space-size=48';
  for (const depth of [10, 20]) {
    const path = join(directory, `${depth}.json.gz`);
    await writeFileAtomically(path, certificateChunks(longCertificate(problem, depth)));
    expect(statSync(path).size).toBeLessThan(40 * 2 ** (depth + 1) + 1000);
    const { status, stdout, stderr } = spawnSync(process.execPath, [heap, CHECKER, data, path], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/accepted/i);
  }
});
