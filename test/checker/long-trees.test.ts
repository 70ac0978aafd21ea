import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { parseCertificate } from '../../src/certificate/read.js';
import { readCertificate } from '../../src/certificate/read-certificate.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { check } from '../../src/checker/check.js';
import { writeFileAtomically } from '../../src/files/write-file.js';
import { InputError } from '../../src/problem/input-error.js';
import { longCertificate, ones } from './long-trees.js';

const directory = mkdtempSync(join(tmpdir(), 'sparsest-long-'));
afterAll(() => rmSync(directory, { recursive: true }));

const problem = ones(16);
const path = join(directory, 'long.json.gz');
const NODES = 2 ** 16 - 1;

test('a tree of many nodes is written, read again as often as it is gone through, and checked', async () => {
  await writeFileAtomically(path, certificateChunks(longCertificate(problem, 15)));
  expect(statSync(path).size).toBeLessThan(40 * NODES);
  const certificate = readCertificate(path);
  if (certificate.proof.kind !== 'search') throw new Error('expected a search');
  const [tree] = certificate.proof.trees;
  // Not kept in memory, so no array.
  expect(Array.isArray(tree!.nodes)).toBe(false);
  expect(tree!.nodes.length).toBe(NODES);
  expect([...tree!.nodes]).toEqual([...longCertificate(problem, 15).proof.trees[0]!.nodes]);
  for (let again = 0; again < 2; again++) expect(check(problem, certificate).accepted).toBe(true);
});

test('two long trees, white space and small pieces do not matter', () => {
  const { proof, ...rest } = longCertificate(problem, 14);
  const [tree] = proof.trees;
  const two = { ...rest, proof: { ...proof, trees: [tree!, { ...tree!, pivot: 3 }] } };
  const text = [...certificateChunks(two)].join('').replace(/\],/g, ' ] ,\n\t');
  const pieces = text.match(/[\s\S]{1,997}/g)!;
  const certificate = parseCertificate(pieces, 'pieces');
  if (certificate.proof.kind !== 'search') throw new Error('expected a search');
  expect(certificate.proof.trees.map(({ pivot }) => pivot)).toEqual([0, 3]);
  for (const { nodes } of certificate.proof.trees) expect([...nodes]).toEqual([...tree!.nodes]);
  expect(check(problem, certificate).accepted).toBe(true);
});

test('a fault far down a long tree is found, in its form and in its rules', () => {
  const text = gunzipSync(readFileSync(path)).toString();
  const at = text.lastIndexOf('[0,');
  const changed = (node: string) => `${text.slice(0, at)}${node}${text.slice(text.indexOf(']', at) + 1)}`;
  expect(() => parseCertificate(changed('[0,"x",1]'), 'file')).toThrow(InputError);
  expect(() => parseCertificate(changed('[0,1.0,1]'), 'file')).toThrow(
    `file, proof.trees[0].nodes[${NODES - 1}][1]: expected an integer below 10^15`,
  );
  expect(() => parseCertificate(changed('0'), 'file')).toThrow(`nodes[${NODES - 1}]: expected a list`);
  const verdict = (node: string) => {
    const other = join(directory, 'other.json.gz');
    writeFileSync(other, gzipSync(changed(node)));
    return check(problem, readCertificate(other));
  };
  expect(verdict('[0]')).toMatchObject({ accepted: false, rule: 'search-contradiction' });
  expect(verdict('[1,0,15]')).toMatchObject({ accepted: false, rule: 'search-tree' });
  expect(verdict('[0,1,1],[4]')).toMatchObject({ accepted: false });
});
