import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compare } from '../../src/experiment/compare.js';
import { failedRow, WriteError } from '../../src/experiment/execute.js';
import {
  FILES,
  ResultsDirectory,
  readRows,
  readSpecification,
} from '../../src/experiment/results-directory.js';
import { contentsOf, freshDirectory, smallExperiment } from './experiments.js';

/** Bytes that still fit on the disk; every write after that is cut short and fails. */
let room = Number.POSITIVE_INFINITY;

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    writeSync: (file: number, bytes: Buffer, offset: number) => {
      const fits = Math.min(room, bytes.length - offset);
      room -= fits;
      if (fits > 0) return fs.writeSync(file, bytes, offset, fits);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
        code: 'ENOSPC',
        syscall: 'write',
      });
    },
  };
});

afterEach(() => {
  room = Number.POSITIVE_INFINITY;
});

const spec = { ...smallExperiment(), seeds: [0] };
const row = (key: string, message = key) =>
  failedRow({ kind: 'truth', key, data: 'd', command: 'c' }, 'error', message, 0);

describe('ResultsDirectory', () => {
  it('keeps whole rows only when the disk is full, and takes more when there is room again', async () => {
    const path = freshDirectory();
    const results = await ResultsDirectory.open(path, spec, {});
    results.append([row('a'), row('b')]);
    for (let bytes = 0; bytes < 300; bytes += 23) {
      room = bytes;
      expect(() => results.append([row('c'), row('d', 'x'.repeat(300))])).toThrow(WriteError);
      expect(readRows(path).map(({ key }) => key)).toEqual(['a', 'b']);
      expect(readFileSync(join(path, FILES.rows), 'utf8')).toMatch(/}\n$/);
    }
    room = Number.POSITIVE_INFINITY;
    results.append([row('c')]);
    results.close();
    expect(readRows(path).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  it('lets the later row of a key count, and arranges rows in the order asked for', async () => {
    const path = freshDirectory();
    const results = await ResultsDirectory.open(path, spec, {});
    results.append([row('a', 'first'), row('b'), row('a', 'second'), row('z')]);
    expect(results.row('a')).toMatchObject({ message: 'second' });
    const rows = await results.arrange(['b', 'missing', 'a']);
    results.append([row('c')]);
    results.close();
    expect(rows.map(({ key }) => key)).toEqual(['b', 'a']);
    expect(readRows(path).map(({ key }) => key)).toEqual(['b', 'a', 'c']);
  });

  it('writes a specification that reads as the one it was given', async () => {
    const path = freshDirectory();
    (await ResultsDirectory.open(path, spec, { sparsest: '1.2.3' })).close();
    expect(readSpecification(path)).toEqual(spec);
    const text = JSON.parse(readFileSync(join(path, FILES.spec), 'utf8'));
    expect(text).toMatchObject({
      writtenBy: { sparsest: '1.2.3' },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('compare on a full disk', () => {
  it('ends with the reason, and goes on to the same rows when there is room', async () => {
    const whole = freshDirectory();
    await compare(spec, { out: whole, threads: 1 });
    const size = readFileSync(join(whole, FILES.rows)).length;
    const path = freshDirectory();
    let failures = 0;
    for (let complete = false; !complete; ) {
      room = Math.floor(size / 3) + failures;
      try {
        await compare(spec, { out: path, threads: 1 });
        complete = true;
      } catch (error) {
        failures++;
        expect(error).toBeInstanceOf(WriteError);
        expect((error as Error).message).toMatch(/no space left to write it; free some and start again/);
        expect(failures).toBeLessThan(10);
      }
    }
    expect(failures).toBeGreaterThan(1);
    expect(contentsOf(path)).toEqual(contentsOf(whole));
  });
});
