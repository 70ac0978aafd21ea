import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../proofs/verified.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { canonicalText } from '../../src/problem/canonical.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Problem } from '../../src/problem/problem.js';
import { statementText } from '../../src/verified/statement-text.js';
import { checkVerified, loadVerifiedCheck, type StatementCheck } from '../../src/verified/verified-check.js';
import { type CaseFile, FOLDER, problemOf } from '../checker/case-files.js';

const read = (folder: string, name: string): CaseFile =>
  JSON.parse(readFileSync(new URL(`${folder}/${name}`, FOLDER), 'utf8'));
const names = (folder: string): string[] => readdirSync(new URL(`${folder}/`, FOLDER)).sort();
const certificateOf = (file: CaseFile) => parseCertificate(JSON.stringify(file.certificate), 'case');
const textOf = (problem: Problem): string => [...canonicalText(problem)].join('');

let check: StatementCheck;
beforeAll(async () => {
  check = await loadVerifiedCheck();
});

/** What the extracted checker says of a case: null when the proofs do not cover it. */
function verdictOf(file: CaseFile): boolean | null {
  const certificate = certificateOf(file);
  const problem = problemOf(file);
  // Nor does it cover windows with one end.
  if (statementText(certificate) === null || problem.open !== undefined) return null;
  return check(problem, certificate).accepted;
}

describe('the checker that is extracted from the proofs', () => {
  test('accepts every case that is accepted and that the proofs cover', () => {
    const verdicts = names('accept').map((name) => verdictOf(read('accept', name)));
    expect(verdicts.filter((verdict) => verdict === false)).toEqual([]);
    expect(verdicts.filter((verdict) => verdict === true).length).toBeGreaterThanOrEqual(48);
  });

  test('rejects every forgery', () => {
    let rejected = 0;
    for (const name of names('reject')) {
      // These are forged about which problem they are, not about what is true of it.
      if (name.startsWith('problem-')) continue;
      const verdict = verdictOf(read('reject', name));
      expect(verdict, name).not.toBe(true);
      if (verdict === false) rejected++;
    }
    expect(rejected).toBeGreaterThanOrEqual(160);
  });

  test('a bound that is one higher than what is proved is rejected', () => {
    let raised = 0;
    for (const name of names('accept')) {
      const file = read('accept', name);
      const { claim } = file.certificate;
      if (claim.kind !== 'minimum' || verdictOf(file) !== true) continue;
      claim.lowerBound++;
      claim.upperBound = claim.upperBound === undefined ? undefined : claim.upperBound + 1;
      expect(verdictOf(file), name).toBe(false);
      raised++;
    }
    expect(raised).toBeGreaterThan(20);
  });

  test('is about the problem of the certificate, and refuses what the proofs do not cover', async () => {
    const file = read('accept', 'exact-affine.json');
    const problem = problemOf(file);
    expect(await checkVerified(problem, certificateOf(file))).toMatchObject({ accepted: true });
    file.certificate.problem.sha256 = '0'.repeat(64);
    expect(await checkVerified(problem, certificateOf(file))).toMatchObject({ rule: 'problem-hash' });
    const other = read('accept', 'threshold-one.json');
    await expect(checkVerified(problemOf(other), certificateOf(other))).rejects.toThrow(InputError);
  });

  test('reads its plain text to the letter, and leaves nothing behind', () => {
    const file = read('accept', 'exact-affine.json');
    const problem = textOf(problemOf(file));
    const statement = statementText(certificateOf(file))!.join('');
    expect(judge(problem, statement)).toBe('accepted');
    for (const [p, s] of [
      [problem, `${statement} 1`],
      [problem, statement.slice(0, -6)],
      [problem, statement.replace('minimum', 'maximum')],
      [problem, statement.replace('3 3', '3 x')],
      [`${problem}0 0 0\n`, statement],
      [problem.replace('points 6', 'points 7'), statement],
      ['', ''],
    ])
      expect(judge(p!, s!)).toMatch(/^unreadable: /);
    expect('sparsestJudge' in globalThis).toBe(false);
  });

  test('denominators that are not positive make no numbers', () => {
    const file = read('accept', 'exact-affine.json');
    const statement = statementText(certificateOf(file))!.join('');
    const problem = textOf(problemOf(file));
    expect(judge(problem.replace('\n-2 0 0', '\n2/-1 0 0'), statement)).toBe('rejected');
    expect(judge(problem.replace('\n-2 0 0', '\n-2 0/0 0'), statement)).toBe('rejected');
    expect(judge(problem.replace('\n-2 0 0', '\n-4/2 0 0/7'), statement)).toBe('accepted');
  });

  test('integers around 2^53 are exact', () => {
    const big = 2n ** 53n;
    const points = [0n, 1n, 2n].map((x, i) => `${big + x} ${[0, 1, 3][i]} ${[0, 1, 3][i]}`);
    const problem = `sparsest-problem 1\ndimension 1\npoints 3\n${points.join('\n')}\n`;
    const witness = 'sparsest-statement 1 minimum neurons affine 1 - nothing witnesses 1 1 0 1 2';
    expect(judge(problem, witness)).toBe('accepted');
    // On a line: the third point is where the line passes, by 2^53 times as much.
    const line = [0n, 1n, 2n].map((x) => `${x} ${x * big} ${x * big}`);
    const flat = `sparsest-problem 1\ndimension 1\npoints 3\n${line.join('\n')}\n`;
    expect(judge(flat, witness)).toBe('rejected');
    expect(
      judge(flat.replace(`2 ${2n * big} ${2n * big}`, `2 ${2n * big + 1n} ${2n * big + 1n}`), witness),
    ).toBe('accepted');
  });
});
