import { describeJson, type JsonValue } from '../files/json.js';
import { InputError } from '../problem/input-error.js';
import { array, count, fields, wrong } from './form.js';
import { NODE, type ProofNode, type RefutationTree, type SearchProof } from './search-proof.js';

const KEYS = ['plus', 'minus', 'budget', 'pivot', 'nodes'];

/**
 * Reads the JSON value of a search proof. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readSearchProof(value: JsonValue, source: string): SearchProof {
  const proof = fields(value, `${source}, proof`, ['kind', 'trees'], ['skip']);
  const trees = array(proof.trees, `${source}, proof.trees`);
  const { skip } = proof;
  if (skip !== undefined && skip !== 'affine' && skip !== 'bias')
    throw wrong(`${source}, proof.skip`, '"affine" or "bias"', skip);
  return {
    kind: 'search',
    ...(skip === undefined ? {} : { skip }),
    trees: trees.map((entry, t) => readTree(entry, `${source}, proof.trees[${t}]`)),
  };
}

function readTree(value: JsonValue, where: string): RefutationTree {
  const tree = fields(value, where, KEYS);
  return {
    plus: count(tree.plus, `${where}.plus`),
    minus: count(tree.minus, `${where}.minus`),
    budget: tree.budget === null ? null : count(tree.budget, `${where}.budget`),
    pivot: count(tree.pivot, `${where}.pivot`),
    nodes: array(tree.nodes, `${where}.nodes`).map((node, i) => readNode(node, `${where}.nodes[${i}]`)),
  };
}

function readNode(value: JsonValue, where: string): ProofNode {
  const node = array(value, where);
  for (let i = 0; i < node.length; i++) {
    const entry = node[i];
    if (typeof entry === 'number') continue;
    const isMultiplier = node[0] === NODE.leaf && i > 0 && i % 2 === 0;
    if (isMultiplier && typeof entry === 'string' && /^[1-9][0-9]*$/.test(entry)) continue;
    throw new InputError(
      `${where}[${i}]: expected an integer below 10^15${isMultiplier ? ', or its digits as text' : ''}, found ${describeJson(entry)}`,
    );
  }
  return node as ProofNode;
}
