import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
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
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Certificate } from '../src/certificate/certificate.js';
import { identityOf } from '../src/certificate/identity.js';
import { certificateChunks } from '../src/certificate/write.js';
import { Rational } from '../src/exact/rational.js';
import { writeFileAtomically } from '../src/files/write-file.js';
import { searchSparsest } from '../src/search/search.js';
import { instanceProblem } from './search/problems.js';

const SCRIPT = fileURLToPath(new URL('../scripts/open-problems.mjs', import.meta.url));
const INSTANCES = fileURLToPath(new URL('../instances', import.meta.url));

function open(...words: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...words], { encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

it('the certificates of the open problems are accepted, and the table is theirs', () => {
  const { code, err } = open('--check');
  expect([code, err]).toEqual([0, '']);
});

describe('a certificate', () => {
  let home = '';
  let folder = '';
  let page = '';
  let best: Certificate;
  let weak: Certificate;

  const run = (...words: string[]) => open('--folder', folder, '--page', page, ...words);
  const drop = (name: string, certificate: Certificate) =>
    writeFileAtomically(join(folder, name), certificateChunks(certificate));
  const state = () => [
    ...readdirSync(folder).map((file) => [file, readFileSync(join(folder, file)).toString('hex')]),
    readFileSync(page, 'utf8'),
  ];

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'sparsest-open-'));
    folder = join(home, 'open');
    page = join(home, 'page.md');
    mkdirSync(folder);
    copyFileSync(join(INSTANCES, 'xor.json'), join(home, 'xor.json'));
    writeFileSync(
      join(folder, 'problems.json'),
      JSON.stringify([
        {
          name: 'xor',
          data: '../xor.json',
          tolerance: '0',
          objective: 'neurons',
          skip: 'none',
          about: 'xor',
        },
      ]),
    );
    writeFileSync(
      page,
      'Before.\n\n<!-- table: written by `npm run open` -->\n<!-- end of table -->\nAfter.\n',
    );
    const problem = instanceProblem('xor');
    const { network, proof } = await searchSparsest(problem, { objective: 'neurons', skip: 'none' });
    const claim = {
      kind: 'minimum',
      objective: 'neurons',
      skip: 'none',
      lowerBound: 2,
      upperBound: 2,
    } as const;
    best = { problem: identityOf(problem), claim, network, proof };
    const [first, ...rest] = network.neurons;
    const half = { ...first!, outputWeight: first!.outputWeight.multiply(Rational.of(1, 2)) };
    weak = {
      problem: best.problem,
      claim: { ...claim, lowerBound: 0, upperBound: 3 },
      network: { ...network, neurons: [half, half, ...rest] },
      proof: { kind: 'search', trees: [] },
    };
  });

  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('that is better replaces what is there, end by end, and the table follows', async () => {
    await drop('first.json', weak);
    expect(run('--check').code).toBe(1);
    expect(run().code).toBe(0);
    expect(readFileSync(page, 'utf8')).toContain('| xor | xor | 2 | 4 | neurons | none | 0 to 3 |');
    // One end, from a file elsewhere, which stays where it is.
    const { upperBound: _, ...lower } = best.claim as typeof best.claim & { upperBound: number };
    const elsewhere = join(home, 'lower.json');
    await writeFileAtomically(
      elsewhere,
      certificateChunks({ problem: best.problem, claim: lower as Certificate['claim'], proof: best.proof }),
    );
    expect(run(elsewhere).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(true);
    expect(readFileSync(page, 'utf8')).toContain('| none | 2 to 3 |');
    await drop('both.json.gz', best);
    expect(run().code).toBe(0);
    expect(readFileSync(page, 'utf8')).toMatch(/^Before\..*\| none \| closed: 2 \|.*After\.\n$/s);
    expect(readdirSync(folder).sort()).toEqual(['problems.json', 'xor.lower.json.gz', 'xor.upper.json.gz']);
    expect(run('--check')).toMatchObject({ code: 0, err: '' });
  });

  it('that is forged, foreign or no better changes nothing', async () => {
    const forged = { ...best, claim: { ...best.claim, upperBound: 1 } as Certificate['claim'] };
    const foreign = { ...best, problem: { ...best.problem, sha256: '0'.repeat(64) } };
    await drop('forged.json', forged);
    await drop('foreign.json', foreign);
    await drop('weak.json', weak);
    const before = state();
    const { code, err } = run();
    expect(code).toBe(1);
    expect(err).toMatch(/forged\.json: rejected, rule claim-/);
    expect(err).toMatch(/foreign\.json: it is about none of the open problems/);
    expect(state()).toEqual(before);
    rmSync(join(folder, 'forged.json'));
    rmSync(join(folder, 'foreign.json'));
    expect(run()).toMatchObject({
      code: 1,
      err: expect.stringContaining('weak.json: no end of it is better'),
    });
    expect(state()).toEqual(before.filter((entry) => !['forged.json', 'foreign.json'].includes(entry[0]!)));
  });
});
