import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProofNode } from '../../src/certificate/search-proof.js';
import { ProofFile } from '../../src/cli/proof-file.js';
import { createRandom } from '../../src/exact/random.js';
import {
  inStore,
  joinNodes,
  type PackedNodes,
  packNode,
  unpackNodes,
} from '../../src/search/packed-nodes.js';
import { pointsOf } from '../../src/search/points.js';
import { ProfileTree, TREE_DEFAULTS } from '../../src/search/tree.js';
import { plantedRows, problemOf } from './problems.js';

const parent = mkdtempSync(join(tmpdir(), 'proof-store-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** Parts that lie in the heap, in characters or bytes. */
function inHeap({ parts }: PackedNodes): number {
  return parts.reduce(
    (sum, part) => sum + (typeof part === 'string' || part instanceof Uint8Array ? part.length : 0),
    0,
  );
}

describe('parts of a proof in a file', () => {
  test('come back as they were, and little stays in the heap', () => {
    const random = createRandom(77);
    const store = new ProofFile(parent);
    const node = (): ProofNode => [0, ...Array.from({ length: 40 }, () => random.integer(0, 99_999))];
    const expected: ProofNode[] = [];
    // As in a tree: nodes and lists of nodes in turn, long and short ones.
    let all: PackedNodes = { parts: [], length: 0 };
    for (let list = 0; list < 15; list++) {
      let own: PackedNodes = { parts: [], length: 0 };
      for (let i = random.integer(1, 600); i > 0; i--) {
        const next = node();
        expected.push(next);
        own = joinNodes(own, packNode(next));
      }
      all = inStore(joinNodes(all, own), store);
    }
    expect(all.length).toBe(expected.length);
    expect(JSON.stringify([...unpackNodes(all, store)]) === JSON.stringify(expected)).toBe(true);
    expect(inHeap(all)).toBeLessThan(2 * 65_536 + 1_024 * all.parts.length);
    expect(store.size).toBeGreaterThan(300_000);
    store.close();
    expect(readdirSync(parent)).toEqual([]);
  });

  test('make the certificate that the heap makes', () => {
    const { x, y } = plantedRows(createRandom(3), 2, 14, 0);
    const points = pointsOf(problemOf(x, y));
    const question = { points, plus: 2, minus: 2, skip: 'none', budget: null, pivot: 0 } as const;
    const store = new ProofFile(parent);
    const trees = [null, store].map((each) => {
      const tree = new ProfileTree(question, [], {}, TREE_DEFAULTS, each);
      expect(tree.step(1_000_000).status).toBe('refuted');
      return tree.refutation();
    });
    expect([...trees[1]!.nodes]).toEqual([...trees[0]!.nodes]);
    expect(store.size).toBeGreaterThan(0);
    store.close();
  });

  test('a directory that is not there is named', () => {
    expect(() => new ProofFile(join(parent, 'none')).append(new Uint8Array(1))).toThrow(/TMPDIR/);
  });
});
