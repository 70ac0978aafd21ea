import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readText } from '../../src/files/read-file.js';
import { writeFileAtomically } from '../../src/files/write-file.js';
import { InputError } from '../../src/problem/input-error.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sparsest-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function* lines(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield `line ${i} ${'é'.repeat(i % 100)}\n`;
}
const whole = (count: number) => [...lines(count)].join('');

describe('what is written', () => {
  test('text and bytes, and nothing else is left in the directory', async () => {
    const path = join(folder, 'a.txt');
    await writeFileAtomically(path, lines(20_000));
    expect(readFileSync(path, 'utf8')).toBe(whole(20_000));
    await writeFileAtomically(path, [Uint8Array.of(0, 255), Uint8Array.of(7)]);
    expect([...readFileSync(path)]).toEqual([0, 255, 7]);
    await writeFileAtomically(path, []);
    expect(readFileSync(path).length).toBe(0);
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  test('gzip by name or by wish, and it is read back', async () => {
    const [named, plain, wished] = ['a.json.gz', 'b.gz', 'c.bin'].map((name) => join(folder, name));
    await writeFileAtomically(named!, lines(5000));
    expect(readText(named!)).toBe(whole(5000));
    expect(statSync(named!).size).toBeLessThan(whole(5000).length / 4);
    await writeFileAtomically(plain!, ['plain'], { gzip: false });
    expect(readFileSync(plain!, 'utf8')).toBe('plain');
    await writeFileAtomically(wished!, ['packed'], { gzip: true });
    expect(gunzipSync(readFileSync(wished!)).toString()).toBe('packed');
  });

  test('an existing file keeps its permissions, and a link stays a link', async () => {
    const [path, link] = [join(folder, 'a.txt'), join(folder, 'link')];
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    symlinkSync(path, link);
    await writeFileAtomically(link, ['new']);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  test('a device is written, not replaced', async () => {
    await writeFileAtomically('/dev/null', lines(10));
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('what fails leaves nothing behind', () => {
  test('an error while the chunks are made: the old file stays', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'old');
    function* failing(): Generator<string> {
      yield* lines(1000);
      throw new RangeError('made on purpose');
    }
    for (const gzip of [false, true]) {
      await expect(writeFileAtomically(path, failing(), { gzip })).rejects.toThrow(
        new RangeError('made on purpose'),
      );
    }
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a.txt']);
  });

  const refused = async (path: string, message: RegExp) => {
    const writing = writeFileAtomically(path, ['x']);
    await expect(writing).rejects.toThrow(InputError);
    await expect(writing).rejects.toThrow(message);
    await expect(writing).rejects.toThrow(path);
  };

  test('no such directory, a file for a directory, a directory for a file', async () => {
    await refused(join(folder, 'absent', 'a.txt'), /no such directory to write to; create it first/);
    writeFileSync(join(folder, 'file'), '');
    await refused(join(folder, 'file', 'a.txt'), /no such directory to write to/);
    mkdirSync(join(folder, 'inner'));
    await refused(join(folder, 'inner'), /found a directory; name a file inside it/);
    await refused(join(folder, 'n'.repeat(300)), /the name is too long/);
    expect(readdirSync(folder).sort()).toEqual(['file', 'inner']);
  });

  test('no space left', async () => {
    await refused('/dev/full', /no space left to write it/);
  });

  test('no permission', async () => {
    const path = join(folder, 'a.txt');
    writeFileSync(path, 'old');
    chmodSync(path, 0o444);
    chmodSync(folder, 0o555);
    // The superuser may write everything, so the writing is done as nobody.
    const superuser = process.getuid?.() === 0;
    if (superuser) process.seteuid!(65534);
    try {
      await refused(path, /no permission to write it/);
      await refused(join(folder, 'new.txt'), /no permission to write it/);
    } finally {
      if (superuser) process.seteuid!(0);
      chmodSync(folder, 0o755);
    }
    expect(readFileSync(path, 'utf8')).toBe('old');
  });
});

describe('reading text back', () => {
  test('a damaged .gz and other encodings are refused', async () => {
    const path = join(folder, 'a.gz');
    await writeFileAtomically(path, lines(100));
    writeFileSync(path, readFileSync(path).subarray(0, 100));
    expect(() => readText(path)).toThrow(InputError);
    expect(() => readText(path)).toThrow(/a\.gz: expected gzip data, found a damaged file/);
    await writeFileAtomically(path, [Uint8Array.of(255, 254)]);
    expect(() => readText(path)).toThrow(/expected text in UTF-8/);
  });
});
