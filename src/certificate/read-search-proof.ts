import { describeJson, JsonLeaf, type JsonStream, type JsonValue } from '../files/json.js';
import { InputError } from '../problem/input-error.js';
import { array, count, fields, wrong } from './form.js';
import {
  NODE,
  type NodeList,
  type ProofNode,
  type RefutationTree,
  type SearchProof,
} from './search-proof.js';

const KEYS = ['plus', 'minus', 'budget', 'pivot', 'nodes'];

/** Lists of nodes up to this length are kept when they are read; longer ones are read again each time they are gone through. */
const KEPT = 20_000;

/** Nodes of a longer list that are held at a time. */
const BATCH = 500;

/**
 * Reads the nodes of trees while the text of a certificate is read, judges their form, and keeps only short lists.
 * @param pieces the same text again, as often as it is asked for
 */
export function nodeStream(pieces: Iterable<string>, source: string): JsonStream {
  return {
    path: ['proof', 'trees', null, 'nodes'],
    begin: (start, name) => {
      const kept: ProofNode[] = [];
      let length = 0;
      return {
        entry: (value) => {
          const node = readNode(value, `${source}, ${name}[${length}]`);
          if (length++ < KEPT) kept.push(node);
        },
        end: (): NodeList =>
          length <= KEPT ? kept : { length, [Symbol.iterator]: () => nodesAgain(pieces, start, length) },
      };
    },
  };
}

/** Nodes from a place of the text on. They have been read before: only numbers and digits in quotes stand between their brackets. */
function* nodesAgain(pieces: Iterable<string>, start: number, length: number): Generator<ProofNode> {
  let before = start;
  let left = length;
  let text = '';
  for (const piece of pieces) {
    text += piece.slice(before);
    before = Math.max(0, before - piece.length);
    while (left > 0) {
      let end = 0;
      let count = 0;
      for (; count < Math.min(left, BATCH); count++) {
        const bracket = text.indexOf(']', end);
        if (bracket < 0) break;
        end = bracket + 1;
      }
      if (count === 0) break;
      yield* JSON.parse(`[${text.slice(0, end).replace(/^\s*,/, '')}]`) as ProofNode[];
      text = text.slice(end);
      left -= count;
    }
    if (left === 0) return;
  }
}

/**
 * Reads the JSON value of a search proof, whose lists of nodes `nodeStream` has read. Only its form is judged.
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
    nodes: readNodes(tree.nodes, `${where}.nodes`),
  };
}

function readNodes(value: JsonValue | undefined, where: string): NodeList {
  // Neurons are leaves too, and no lists.
  const nodes = value instanceof JsonLeaf ? value.value : null;
  if (typeof nodes !== 'object' || nodes === null || !(Symbol.iterator in nodes))
    throw wrong(where, 'a list', value ?? null);
  return nodes as NodeList;
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
