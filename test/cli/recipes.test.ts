import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SPARSEST, sparsest } from '../support/command-line.js';

const PAGE = readFileSync(new URL('../../docs/recipes-numpy.md', import.meta.url), 'utf8');

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'recipes-'));
  for (const [, block, name] of PAGE.matchAll(/```python\n(# (\w+\.py)\n[\s\S]*?)```/g))
    writeFileSync(at(name!), block!);
  // The recipes call npx; here it is the program that was just built.
  writeFileSync(at('npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${SPARSEST}" "$@"\n`);
  chmodSync(at('npx'), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

function python(...words: string[]) {
  const { status, stdout, stderr } = spawnSync('python3', words, {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${directory}${delimiter}${process.env.PATH}` },
  });
  return { code: status, out: stdout, err: stderr };
}

const hasPython = spawnSync('python3', ['-c', '']).status === 0;

describe.skipIf(!hasPython)('the second checker of the recipes (needs python3)', () => {
  it.each([
    ['peak-plateau.csv', '', 'at least 3 neurons, and at most 3: proved\n'],
    ['mcycle.csv', '--tolerance 50', 'at least 9 neurons, and at most 9: proved\n'],
    ['pressure.csv', '--skip bias', 'at least 9 neurons, and at most 9: proved\n'],
    ['mcycle.csv', '--tolerance 60 --skip none --engine runs', 'at least 4 neurons, and at most 5: proved\n'],
  ])('accepts the certificate of %s %s, and none that was changed', (name, options, verdict) => {
    const data = resolve('instances', name);
    const words = options.split(' ').filter((word) => word !== '');
    sparsest('solve', data, ...words, '--certificate', at('proof.json.gz'), '--quiet');
    expect(python('recheck.py', data, 'proof.json.gz')).toEqual({ code: 0, out: verdict, err: '' });

    sparsest('solve', data, ...words, '--certificate', at('proof.json'), '--quiet');
    const forged: string[] = [];
    const forge = (change: (certificate: Certificate) => void): void => {
      const certificate = JSON.parse(readFileSync(at('proof.json'), 'utf8')) as Certificate;
      change(certificate);
      forged.push(`forged-${forged.length}.json`);
      writeFileSync(at(forged.at(-1)!), JSON.stringify(certificate));
    };
    forge(({ claim }) => claim.lowerBound--);
    forge(({ proof }) => proof.witnesses.pop());
    forge(({ proof }) => {
      proof.witnesses[1] = proof.witnesses[0]!;
    });
    forge((certificate) => {
      if (certificate.network !== undefined) certificate.network.neurons[0]!.bias += '1';
      else if (certificate.pieces !== undefined) certificate.pieces.splice(1, 1);
      else certificate.function!.find((place) => typeof place !== 'number')![1] += '1';
    });
    forge(({ problem }) => {
      problem.tolerance = '1000';
    });
    // One process for all: each must end with an assertion of its own.
    const failures = python('-c', FAILURES, data, ...forged);
    expect(failures).toEqual({ code: 0, out: 'AssertionError\n'.repeat(forged.length), err: '' });
  });
});

/** Prints how the check of each certificate ends. */
const FAILURES = `
import sys
from recheck import recheck
for certificate in sys.argv[2:]:
    try:
        print(recheck(sys.argv[1], certificate))
    except Exception as error:
        print(type(error).__name__)
`;

/** What the forgeries change. */
interface Certificate {
  problem: { tolerance: string };
  claim: { lowerBound: number };
  network?: { neurons: { bias: string }[] };
  pieces?: unknown[];
  function?: (number | [string, string])[];
  proof: { witnesses: (number | number[])[] };
}
