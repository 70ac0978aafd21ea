import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { KnotValues } from '../../src/certificate/knot-values.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { readCertificate } from '../../src/certificate/read-certificate.js';
import { check, checkStatement } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';
import { allCaseFiles, type CaseFile, FOLDER, problemOf, writeCaseFiles } from './case-files.js';

if (process.env.WRITE_CASES !== undefined) await writeCaseFiles();

/** The files of a folder. */
function files(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, FOLDER)).sort();
}

function readCase(folder: string, name: string): CaseFile {
  return JSON.parse(readFileSync(new URL(`${folder}/${name}`, FOLDER), 'utf8'));
}

const verdictOf = (file: CaseFile) =>
  check(problemOf(file), parseCertificate(JSON.stringify(file.certificate), 'case'));

test('each file is the one that case-files.ts makes, and none is missing', async () => {
  for (const [folder, made] of Object.entries(await allCaseFiles())) {
    expect(files(folder)).toEqual(Object.keys(made).sort());
    for (const [name, content] of Object.entries(made)) {
      // How well a file is compressed differs between versions of Node.js.
      if (name.endsWith('.gz') || name.startsWith('gzip-')) continue;
      const found = readFileSync(new URL(`${folder}/${name}`, FOLDER));
      if (folder === 'malformed') expect(found.equals(Buffer.from(content)), name).toBe(true);
      else expect(JSON.parse(found.toString()), name).toEqual(JSON.parse(content.toString()));
    }
  }
});

describe('accept', () => {
  test.each(files('accept'))('%s', (name) => {
    const verdict = verdictOf(readCase('accept', name));
    expect(verdict).toMatchObject({ accepted: true });
  });
});

test('the statement says what was proved, the tolerance included', () => {
  const statement = (name: string) => {
    const verdict = verdictOf(readCase('accept', name));
    return verdict.accepted ? verdict.statement : '';
  };
  expect(statement('exact-affine.json')).toMatch(/fewest neurons .* skip affine through the data is 3/);
  expect(statement('tolerance.json')).toMatch(/ within 1\/7 of the data is /);
  expect(statement('windows.json')).toMatch(/ through all windows is /);
  expect(statement('skip-bias.json')).toMatch(/ skip bias .* between 1 and 2; .* attains 2/);
  expect(statement('lower-bound-only.json')).toMatch(/^every network .* at least 3 neurons/);
  expect(statement('infeasible-empty-window.json')).toMatch(/^no function /);
});

describe('reject', () => {
  test.each(files('reject'))('%s', (name) => {
    const file = readCase('reject', name);
    expect(file.rule).toBeDefined();
    expect(name.startsWith(file.rule!)).toBe(true);
    expect(verdictOf(file)).toMatchObject({ accepted: false, rule: file.rule });
  });
});

describe('malformed', () => {
  test.each(files('malformed'))('%s', (name) => {
    const path = fileURLToPath(new URL(`malformed/${name}`, FOLDER));
    let message = '';
    try {
      readCertificate(path);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      message = (error as Error).message;
    }
    expect(message.startsWith(path)).toBe(true);
    expect(message.length).toBeLessThan(path.length + 300);
    expect(message).not.toMatch(/[\n\0]/);
  });

  test.each([
    ['a million brackets', '['.repeat(1_000_000)],
    ['a million objects', '{"a":'.repeat(1_000_000)],
    ['a number of a million digits', '9'.repeat(1_000_000)],
    ['a string of a million escapes', `"${'\\u0041'.repeat(1_000_000)}"`],
    ['a million keys', `{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":0`).join(',')}}`],
  ])('%s', (_, text) => {
    expect(() => parseCertificate(text, 'file')).toThrow(InputError);
  });
});

test('a byte order mark, the order of keys and white space do not matter', () => {
  const { certificate, ...file } = readCase('accept', 'exact-affine.json');
  const turned = Object.fromEntries(Object.entries(certificate).reverse());
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  const path = join(directory, 'c.json');
  try {
    writeFileSync(path, `\ufeff ${JSON.stringify(turned, null, 4)}\n\n`);
    expect(check(problemOf({ ...file, certificate }), readCertificate(path)).accepted).toBe(true);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('a network of numbers with 5,000 digits is judged, although its sums have millions', () => {
  const file = readCase('accept', 'exact-affine.json');
  const random = createRandom(5);
  const long = () =>
    BigInt(`1${Array.from({ length: 490 }, () => random.integer(10 ** 9, 10 ** 10 - 1)).join('')}7`);
  file.certificate.network.neurons = Array.from({ length: 24 }, (_, k) => {
    const q = long();
    return {
      inputWeights: ['1'],
      bias: `${2n * q - (q * BigInt(k)) / 50n}/${q}`,
      outputWeight: `${long()}/${long()}`,
    };
  });
  expect(verdictOf(file)).toMatchObject({ accepted: false, rule: 'network-fit' });
});

describe('every rule', () => {
  /** The modules of the checker that `check` reaches. */
  const sources = new Map<string, string>();
  const load = (name: string): void => {
    if (sources.has(name)) return;
    const text = readFileSync(new URL(`../../src/checker/${name}`, import.meta.url), 'utf8');
    sources.set(name, text);
    for (const [, other] of text.matchAll(/from '\.\/([a-z-]+)\.js'/g)) load(`${other}.ts`);
  };
  load('check.ts');
  // Rules are the hyphenated names in quotes; proof kinds and the like stand in `certificate.ts`.
  const rules = new Set<string>();
  for (const text of sources.values()) {
    for (const [, rule] of text.matchAll(/guard\([^;]*?\n?\s*'([a-z]+(?:-[a-z]+)+)',\n?\s*\(\) =>/g))
      rules.add(rule!);
    for (const [, rule] of text.matchAll(/const rule = '([a-z-]+)'/g)) rules.add(rule!);
  }
  const specification = new URL('../../src/certificate/', import.meta.url);
  const format = readdirSync(specification)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(new URL(name, specification), 'utf8'))
    .join('\n');
  const forged = new Set(files('reject').map((name) => readCase('reject', name).rule));

  test('the rules are found in the source', () => {
    expect(rules.size).toBeGreaterThanOrEqual(15);
  });

  test.each([...rules].sort())('%s is specified and has a forgery', (rule) => {
    expect(format).toContain(`\`${rule}\``);
    if (rule === 'problem-tolerance' || rule === 'function-size' || rule === 'vertex-size') return;
    expect(forged.has(rule)).toBe(true);
  });

  test('function-size: numbers that would take days to add up', () => {
    const x = Array.from({ length: 1000 }, (_, i) => i);
    const problem = makeProblem(datasetFromArrays({ x, y: x.map(() => 0) }));
    const denominator = 1n << (1n << 24n);
    const zero = { numerator: 0n, denominator };
    const places: KnotValues = [
      [zero, zero],
      [{ numerator: denominator, denominator }, zero],
    ];
    const claim = {
      kind: 'minimum',
      objective: 'neurons',
      skip: 'affine',
      lowerBound: 0,
      upperBound: 0,
    } as const;
    const proof = { kind: 'witnesses', witnesses: new Int32Array() } as const;
    expect(checkStatement(problem, { claim, function: places, proof })).toMatchObject({
      rule: 'function-size',
    });
  });

  test('problem-tolerance: the certificate is for another tolerance than the caller asks about', () => {
    // sparsest-check takes the tolerance from the certificate, so only a caller of the library can meet this rule.
    const file = readCase('accept', 'tolerance.json');
    const certificate = parseCertificate(JSON.stringify(file.certificate), 'case');
    const other = { ...certificate, problem: { ...certificate.problem, tolerance: '1/8' } };
    expect(check(problemOf(file), other)).toMatchObject({ accepted: false, rule: 'problem-tolerance' });
  });
});
