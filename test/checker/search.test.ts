import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { NODE, type ProofNode, rowName, type SearchProof } from '../../src/certificate/search-proof.js';
import { checkSearch } from '../../src/checker/search.js';
import { createRandom } from '../../src/exact/random.js';
import { plantedRows, problemOf } from '../search/problems.js';
import { type ArrayProof, type ArrayTree, throughText } from '../search/validate.js';
import { type Base, edit, endOf, judge, judgeMutants, makeBases, splice } from './search-mutants.js';

let bases: readonly Base[] = [];

beforeAll(async () => {
  bases = await makeBases();
});

const base = (name: string): Base => bases.find((candidate) => candidate.name === name)!;

/** First node of a proof that passes a test: tree, position and the node. */
function find(
  proof: ArrayProof,
  test: (node: ProofNode, tree: ArrayTree) => boolean,
): [number, number, ProofNode] {
  for (const [t, tree] of proof.trees.entries()) {
    const at = tree.nodes.findIndex((node) => test(node, tree));
    if (at >= 0) return [t, at, tree.nodes[at]!];
  }
  throw new Error('the proof has no such node');
}

const isActivation = ([kind]: ProofNode): boolean =>
  kind === NODE.activeOrNegative || kind === NODE.positiveOrInactive || kind === NODE.classSide;

describe('the checker of search proofs', () => {
  it('accepts what the search proves', () => {
    for (const each of bases) expect(judge(each, each.proof), each.name).toBe(each.truth);
  });

  it('accepts the worked examples of the format, and finds 2', () => {
    const text = readFileSync(new URL('../../src/certificate/FORMAT.md', import.meta.url), 'utf8');
    const [proof, counting] = [...text.matchAll(/```json\n(\{ ?\n? *"kind": ?"search"[^`]*)```/g)].map(
      ([, json]) => JSON.parse(json!) as SearchProof,
    );
    const peak = problemOf([[-1], [0], [1]], [0, 1, 0]);
    expect(checkSearch(peak, throughText(counting!), 'neurons', 'none')).toBe(2);
    const xor = problemOf(
      [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      [0, 1, 1, 0],
    );
    expect(checkSearch(xor, throughText(proof!), 'neurons', 'none')).toBe(2);
  });

  it('shows nothing without trees, and less without one of them', () => {
    for (const each of bases) {
      expect(judge(each, { kind: 'search', trees: [] })).toBe(0);
      for (let t = 0; t < each.proof.trees.length; t++) {
        const trees = each.proof.trees.filter((_, index) => index !== t);
        expect(judge(each, { kind: 'search', trees })).toBeLessThan(each.truth);
      }
    }
  });

  it('rejects a dropped branch', () => {
    for (const each of bases) {
      const [t, at] = find(each.proof, (node, tree) => node[0] === NODE.leaf && tree.nodes.length > 1);
      expect(judge(each, splice(each.proof, t, at))).toMatch(/^search-/);
      const last = each.proof.trees[t]!.nodes.length - 1;
      expect(judge(each, splice(each.proof, t, last))).toBe('search-tree');
      expect(judge(each, edit(each.proof, t, { nodes: [] }))).toBe('search-tree');
    }
  });

  it('rejects a node after the end', () => {
    for (const each of bases) {
      const { nodes } = each.proof.trees[0]!;
      expect(judge(each, edit(each.proof, 0, { nodes: [...nodes, nodes.at(-1)!] }))).toBe('search-tree');
    }
  });

  it('rejects active and inactive swapped', () => {
    for (const each of bases.filter(({ objective }) => objective === 'neurons')) {
      const [t] = find(each.proof, isActivation);
      const { nodes } = each.proof.trees[t]!;
      // The two children of the root change places.
      const end = endOf(nodes, 1);
      const swapped = [nodes[0]!, ...nodes.slice(end), ...nodes.slice(1, end)];
      expect(judge(each, edit(each.proof, t, { nodes: swapped }))).toMatch(/^search-/);
    }
  });

  it('rejects multipliers that are negative, zero, not integers, or changed', () => {
    const each = base('neurons, skip none');
    const [t, at, leaf] = find(each.proof, (node) => node[0] === NODE.leaf && node.length >= 5);
    for (const forged of [-1, 0, 0.5, '-3', '0', '1e3', '', 2 ** 60]) {
      const node = [...leaf.slice(0, 2), forged, ...leaf.slice(3)];
      expect(judge(each, splice(each.proof, t, at, node)), String(forged)).toBe('search-multiplier');
    }
    const more = [...leaf.slice(0, 2), (BigInt(leaf[2]!) + 1n).toString(), ...leaf.slice(3)];
    expect(judge(each, splice(each.proof, t, at, more))).toBe('search-contradiction');
    expect(judge(each, splice(each.proof, t, at, leaf.slice(0, -1)))).toBe('search-leaf');
    expect(judge(each, splice(each.proof, t, at, [NODE.leaf]))).toBe('search-contradiction');
  });

  it('rejects a row of another branch', () => {
    let tried = 0;
    for (const each of bases) {
      const { size } = each.problem;
      for (const [t, tree] of each.proof.trees.entries()) {
        const neurons = tree.plus + tree.minus;
        // An activation at a point that is not branched on anywhere in the tree.
        const branched = new Set(tree.nodes.filter(isActivation).map((node) => node[2]));
        const foreign = Array.from({ length: neurons * size }, (_, code) => code).find(
          (code) => !branched.has(code % size),
        );
        if (foreign === undefined) continue;
        const at = tree.nodes.findIndex((node) => node[0] === NODE.leaf);
        expect(judge(each, splice(each.proof, t, at, [...tree.nodes[at]!, foreign, 1]))).toBe('search-row');
        tried++;
      }
    }
    expect(tried).toBeGreaterThan(4);
  });

  it('rejects rows that do not exist', () => {
    const each = base('neurons, skip none');
    const [t, at, leaf] = find(each.proof, (node) => node[0] === NODE.leaf);
    for (const code of [-1, 1.5, 2 ** 53, 10 ** 9, '7', Number.NaN]) {
      const node = [NODE.leaf, code, ...leaf.slice(2)];
      expect(judge(each, splice(each.proof, t, at, node)), String(code)).toBe('search-row');
    }
  });

  it('rejects fit rows that an undecided neuron of the other sign makes invalid', () => {
    // One negative neuron, undecided: f(x_n) <= U_n is available to nobody before it is decided, whatever T says.
    const problem = problemOf([[0], [1], [2]], [1, 2, 4]);
    const tree = { plus: 0, minus: 1, budget: null, pivot: 0 };
    const proof = (code: number): ArrayProof => ({
      kind: 'search',
      trees: [
        { ...tree, nodes: [[0, code, 1]] },
        { ...tree, plus: 1, minus: 0, nodes: [[0, code, 1]] },
      ],
    });
    const forged = { name: 'forged', problem, objective: 'neurons', skip: 'none', truth: 2 } as const;
    for (let code = 5; code < 5 + 12; code++) {
      expect(judge({ ...forged, proof: proof(code) }, proof(code))).toMatch(/^search-(row|contradiction)$/);
    }
  });

  it('rejects an order row for neurons of different signs, and orientation without an affine skip', () => {
    const problem = problemOf([[0], [1]], [1, -1]);
    const forged = { name: 'forged', problem, objective: 'neurons', truth: 0 } as const;
    const proof = (plus: number, minus: number, code: number): ArrayProof => ({
      kind: 'search',
      trees: [{ plus, minus, budget: null, pivot: 0, nodes: [[0, code, 1]] }],
    });
    for (const skip of ['none', 'bias', 'affine'] as const) {
      const across = proof(1, 1, 2 * 2);
      expect(judge({ ...forged, skip, proof: across }, across)).toBe('search-row');
      const beyond = proof(2, 0, 2 * 2 + 1);
      expect(judge({ ...forged, skip, proof: beyond }, beyond)).toBe('search-row');
      const turned = proof(2, 0, 2 * 2 + 2);
      const rule = skip === 'affine' ? 'search-contradiction' : 'search-row';
      expect(judge({ ...forged, skip, proof: turned }, turned)).toBe(rule);
    }
  });

  it('gives no credit for a budget off by one, and rejects a larger budget on the same tree', () => {
    for (const skip of ['none', 'bias', 'affine'] as const) {
      const each = base(`parameters, skip ${skip}`);
      let larger = 0;
      for (const [t, { budget }] of each.proof.trees.entries()) {
        expect(judge(each, edit(each.proof, t, { budget: budget! - 1 }))).not.toBe(each.truth);
        const verdict = judge(each, edit(each.proof, t, { budget: budget! + 1 }));
        if (typeof verdict === 'string') larger++;
        else expect(verdict).toBeLessThanOrEqual(each.truth);
      }
      expect(larger).toBeGreaterThan(0);
    }
  });

  it('keeps budgets and objectives together', () => {
    const neurons = base('neurons, skip none');
    const parameters = base('parameters, skip none');
    expect(judge(parameters, neurons.proof)).toBe('search-budget');
    expect(judge(neurons, parameters.proof)).toBe('search-budget');
    const [t, at] = find(neurons.proof, isActivation);
    expect(judge(neurons, splice(neurons.proof, t, at, [NODE.zeroOrNonzero, 0]))).toBe('search-branch');
    expect(judge(neurons, splice(neurons.proof, t, at, [NODE.overBudget]))).toBe('search-over-budget');
  });

  it('rejects over-budget leaves within the budget', () => {
    const each = base('parameters, skip none');
    const [t, at] = find(each.proof, (node) => node[0] === NODE.leaf);
    expect(judge(each, splice(each.proof, t, at, [NODE.overBudget]))).toBe('search-over-budget');
  });

  it('rejects branching twice on one decision, and on what does not exist', () => {
    for (const each of bases) {
      const [t, at, node] = find(each.proof, (candidate) => candidate[0] !== NODE.leaf);
      expect(judge(each, splice(each.proof, t, at, node, node))).toMatch(/^search-/);
      for (const forged of [
        [1, -1, 0],
        [1, 99, 0],
        [2, 0, 99],
        [1, 0.5, 0],
        [1, 0],
        [3, 99],
        [5, 0, 0],
        [],
      ]) {
        expect(judge(each, splice(each.proof, t, at, forged))).toMatch(/^search-(branch|node)$/);
      }
    }
  });

  it('rejects impossible profiles before any memory is spent on them', () => {
    const each = base('neurons, skip none');
    for (const change of [{ plus: 1e9 }, { plus: -1 }, { minus: 25 }]) {
      expect(judge(each, edit(each.proof, 0, change))).toBe('search-profile');
    }
    expect(judge(each, edit(each.proof, 0, { pivot: 99 }))).toBe('search-pivot');
  });

  it('does not accept the proof of one problem for another', () => {
    const random = createRandom(77);
    let different = 0;
    for (const each of bases) {
      const { x, y } = plantedRows(random, 2, 8, 1);
      const verdict = judge({ ...each, problem: problemOf(x, y) }, each.proof);
      if (verdict !== each.truth) different++;
    }
    expect(different).toBe(bases.length);
  });

  it('names every row once', () => {
    const names = new Set<string>();
    let count = 0;
    for (let code = 0; ; code++) {
      const name = rowName(code, 3, 5);
      if (name === null) break;
      names.add(JSON.stringify(name));
      count++;
    }
    expect(count).toBe(3 * 5 + 3 + 3 + 5 * 2 * 8);
    expect(names.size).toBe(count);
  });

  it('survives 10,000 random mutations: never a crash, never more than the truth', () => {
    const seen = judgeMutants(bases, 10_000, createRandom(9));
    expect(seen.rejected).toBeGreaterThan(5_000);
  });
});
