import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { check } from '../../src/checker/check.js';
import { createRandom } from '../../src/exact/random.js';
import { InputError } from '../../src/problem/input-error.js';
import type { Problem } from '../../src/problem/problem.js';
import { loadVerifiedCheck, type StatementCheck } from '../../src/verified/verified-check.js';
import { type CaseFile, FOLDER, type Json, problemOf } from './case-files.js';
import { mutateJson, mutateText, pick } from './mutants.js';

/** Three checkers, one verdict: that of TypeScript, the one extracted from the proofs, the one in Python. */

const MUTANTS = Number(process.env.MUTANTS ?? 4_000);
const PYTHON = fileURLToPath(new URL('../../python/src/sparsest/check.py', FOLDER));
const JUDGE = fileURLToPath(new URL('judge.py', FOLDER));

/** Rules under which FORMAT.md lets a checker refuse what takes too long: one that goes on may find another verdict, or another rule. */
const MAY_REFUSE =
  /^(function-size|lp-minimum-size|vertex-size|several-rays|several-patterns|threshold-several-problem|one-input-(leaf|knots|labels)|network-fit)$/;

/** "A checker may use any sound test of at least this strength", and enclosures of other widths. */
const OF_STRENGTH =
  /^(threshold-(unique-)?interval|threshold-several-(interval|crossing)|several-(leaf|others|tau)|lp-minimum-(prices|cost)|model-cost)$/;

interface Judged {
  about: string;
  base: CaseFile;
  text: string;
}

const readCases = (folder: string): [string, CaseFile][] =>
  readdirSync(new URL(`${folder}/`, FOLDER))
    .sort()
    .map((name) => [name, JSON.parse(readFileSync(new URL(`${folder}/${name}`, FOLDER), 'utf8'))]);

let verified: StatementCheck;
beforeAll(async () => {
  verified = await loadVerifiedCheck();
});

/** What the test makes of a text: "accepted", "rejected RULE" or "unreadable ..". */
function byTypeScript(problem: Problem, text: string): string {
  try {
    const verdict = check(problem, parseCertificate(text, 'case'));
    return verdict.accepted ? 'accepted' : `rejected ${verdict.rule}`;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return `unreadable ${error.message}`;
  }
}

/** null: the proofs do not cover it. The name of the problem is not its business. */
function byProofs(problem: Problem, text: string): string | null {
  try {
    return verified(problem, parseCertificate(text, 'case')).accepted ? 'accepted' : 'rejected';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return null;
  }
}

/** Problems are handed over when they change. */
async function byPython(judged: readonly Judged[]): Promise<string[]> {
  const lines: string[] = [];
  let base: CaseFile | null = null;
  for (const { base: own, text } of judged) {
    if (own !== base) {
      const { data, certificate } = own;
      const { kind } = certificate.claim;
      const asked = kind !== 'patterns' && data.weights !== undefined ? 'least-tolerance' : kind;
      lines.push(
        JSON.stringify({ data: JSON.stringify(data), kind: asked, tolerance: certificate.problem.tolerance }),
      );
      base = own;
    }
    lines.push(JSON.stringify({ text }));
  }
  const python = spawn('python3', [JUDGE, PYTHON], { stdio: ['pipe', 'pipe', 'inherit'] });
  // Where Python ends early its exit code says so, below; without a listener the broken pipe would end this process.
  python.stdin.on('error', () => {});
  python.stdin.end(lines.join('\n'));
  const ended = once(python, 'close');
  let out = '';
  for await (const chunk of python.stdout.setEncoding('utf8')) out += chunk;
  expect((await ended)[0]).toBe(0);
  return out.trimEnd().split('\n');
}

const kindOf = (verdict: string): string => verdict.split(' ', 1)[0]!;
const ruleOf = (verdict: string): string => verdict.split(' ')[1] ?? '';

/** Verdicts of all, counted; what is not explained. What Python names as not covered (exit code 2) is counted apart: no verdict is compared. */
async function compare(judged: readonly Judged[]) {
  const counts = {
    accepted: 0,
    rejected: 0,
    unreadable: 0,
    covered: 0,
    explained: 0,
    sameRule: 0,
    uncovered: 0,
  };
  const unexplained: string[] = [];
  const asked = byPython(judged);
  let problem: Problem | null = null;
  let base: CaseFile | null = null;
  // The other process works meanwhile.
  await new Promise((resolve) => setTimeout(resolve));
  const ours = judged.map(({ base: own, text }) => {
    if (own !== base) {
      problem = problemOf(own);
      base = own;
    }
    return [byTypeScript(problem!, text), byProofs(problem!, text)] as const;
  });
  const python = await asked;
  expect(python).toHaveLength(judged.length);
  judged.forEach(({ about, text }, i) => {
    const [first, second] = ours[i]!;
    const third = python[i]!;
    counts[kindOf(first) as 'accepted']++;
    if (first === third.slice(0, first.length)) counts.sameRule++;
    const explained = [first, third].some(
      (verdict) => MAY_REFUSE.test(ruleOf(verdict)) || OF_STRENGTH.test(ruleOf(verdict)),
    );
    if (kindOf(third) === 'uncovered') counts.uncovered++;
    else if (kindOf(first) !== kindOf(third)) {
      if (explained) counts.explained++;
      else unexplained.push(`${about}: TypeScript ${first}, Python ${third}\n${text.slice(0, 3000)}`);
    }
    if (second !== null && kindOf(first) !== 'unreadable' && !ruleOf(first).startsWith('problem-')) {
      counts.covered++;
      if (second !== kindOf(first)) {
        if (explained) counts.explained++;
        else unexplained.push(`${about}: TypeScript ${first}, proofs ${second}\n${text.slice(0, 3000)}`);
      }
    }
  });
  return { counts, unexplained };
}

describe('the case files', () => {
  test('accepted by all that cover them', async () => {
    const judged = readCases('accept').map(([about, base]) => ({
      about,
      base,
      text: JSON.stringify(base.certificate),
    }));
    const { counts, unexplained } = await compare(judged);
    expect(unexplained).toEqual([]);
    expect(counts).toMatchObject({ accepted: judged.length, explained: 0 });
    expect(counts.sameRule).toBe(judged.length - counts.uncovered);
    expect(counts.uncovered).toBeLessThanOrEqual(8);
    expect(counts.covered).toBeGreaterThanOrEqual(48);
    console.log('accept', JSON.stringify(counts));
  });

  test('forgeries are refused by all', async () => {
    const judged = readCases('reject').map(([about, base]) => ({
      about,
      base,
      text: JSON.stringify(base.certificate),
    }));
    const { counts, unexplained } = await compare(judged);
    expect(unexplained).toEqual([]);
    expect(counts).toMatchObject({ rejected: judged.length, explained: 0 });
    expect(counts.sameRule).toBeGreaterThanOrEqual(judged.length - counts.uncovered - 2);
    expect(counts.uncovered).toBeLessThanOrEqual(16);
    expect(counts.covered).toBeGreaterThanOrEqual(160);
    console.log('reject', JSON.stringify(counts));
  });

  test('what is malformed is unreadable', async () => {
    const [, base] = readCases('accept').find(([name]) => name === 'exact-affine.json')!;
    const judged: Judged[] = [];
    for (const name of readdirSync(new URL('malformed/', FOLDER)).sort()) {
      // Bytes that are no text, and compression, are read by the programs, not by the readers of JSON.
      if (/gzip|utf/.test(name)) continue;
      const text = readFileSync(new URL(`malformed/${name}`, FOLDER), 'utf8').replace(/^\ufeff/, '');
      judged.push({ about: name, base, text });
    }
    const { counts, unexplained } = await compare(judged);
    expect(unexplained).toEqual([]);
    expect(counts.unreadable).toBe(judged.length);
    console.log('malformed', JSON.stringify(counts));
  });
});

test(`${MUTANTS} mutants get one verdict from all, or FORMAT.md explains the difference`, async () => {
  const random = createRandom(22);
  const bases = [...readCases('accept'), ...readCases('reject')];
  const judged: Judged[] = [];
  const each = Math.ceil(MUTANTS / bases.length);
  for (const [name, base] of bases) {
    for (let i = 0; i < each && judged.length < MUTANTS; i++) {
      let text = JSON.stringify(base.certificate);
      if (random.integer(0, 9) === 0) text = mutateText(random, text);
      else {
        const mutant: Json = structuredClone(base.certificate);
        for (let k = random.integer(1, 2); k > 0; k--)
          mutateJson(random, mutant, pick(random, bases)[1].certificate);
        text = JSON.stringify(mutant);
      }
      judged.push({ about: `${name}, mutant ${i}`, base, text });
    }
  }
  const { counts, unexplained } = await compare(judged);
  console.log('mutants', JSON.stringify(counts));
  expect(unexplained.slice(0, 5).join('\n\n')).toBe('');
  expect(counts.accepted).toBeGreaterThan(MUTANTS / 200);
  expect(counts.rejected).toBeGreaterThan(MUTANTS / 10);
  expect(counts.explained).toBeLessThan(MUTANTS / 100);
  expect(counts.uncovered).toBeLessThan(MUTANTS / 10);
});
