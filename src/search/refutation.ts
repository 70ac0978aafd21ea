import { fitCode, NODE, type NodeList, type ProofNode, rowName } from '../certificate/search-proof.js';
import {
  type Branching,
  branchingNode,
  COORDINATE,
  coordinateOf,
  type Decision,
  decidedNeurons,
  decidedSide,
  isClass,
} from './decision.js';
import { exactRow } from './leaf.js';
import { joinNodes, type PackedNodes, packNode, unpackNodes } from './packed-nodes.js';
import type { ProofStore } from './proof-store.js';
import { neuronCount, neuronsOfSign, type Question, unknownCount } from './question.js';
import type { Region } from './region.js';

/**
 * The proof of a subtree, and the decisions of its path that the proof rests on: bit t of `uses` for the branching at depth t. A branching that
 * the proof of one of its children does not rest on is left out, and with it the other child: the proof holds without it.
 *
 * Which neurons a fit row holds with w_k . X_n depends on what is undecided, so on what is left out further up. Until a tree is complete its
 * leaves name for every fit row all neurons that enter with w_k . X_n, decided or not; `provedNodes` gives the rows their names.
 */
export interface Refutation {
  readonly nodes: PackedNodes;
  readonly uses: bigint;
}

/** The decisions on the way to a node, the last one first: `depth` counts from the root, which is 0. */
export interface Path {
  readonly above: Path | null;
  readonly depth: number;
  readonly decision: Decision;
}

/** What a leaf rests on: neurons by point, one bit each, and coordinates. */
interface Needs {
  readonly points: Int32Array;
  readonly coordinates: ReadonlySet<number>;
}

const NONE: ReadonlySet<number> = new Set();

/** Bits of a double that are exact. */
const CHUNK = 52;

/** The refutation of a region by one leaf. */
export function refutedBy(region: Region, leaf: ProofNode, path: Path | null): Refutation {
  const needs = leaf[0] === NODE.leaf ? needsOfRows(region, leaf) : needsOfCount(region);
  let uses = 0n;
  // From the last decision to the first, so many at a time.
  for (let step = path; step !== null; ) {
    const from = step.depth - (step.depth % CHUNK);
    let bits = 0;
    for (; step !== null && step.depth >= from; step = step.above)
      if (isNeeded(region.question, step.decision, needs)) bits += 2 ** (step.depth - from);
    if (bits !== 0) uses |= BigInt(bits) << BigInt(from);
  }
  return { nodes: packNode(leaf[0] === NODE.leaf ? withAllTerms(region, leaf) : leaf), uses };
}

function isNeeded(question: Question, decision: Decision, { points, coordinates }: Needs): boolean {
  const { kind, neuron, place } = decision;
  const decided = decidedNeurons(decision, decision.child);
  if (kind === 'point') return (points[place]! & decided) !== 0;
  if (coordinates.size === 0) return false;
  if (neuron < 0) return coordinates.has(coordinateOf(question, place, neuron));
  for (let k = 0; k < neuronCount(question); k++) {
    if ((decided >> k) & 1 && coordinates.has(coordinateOf(question, place, k))) return true;
  }
  return false;
}

/** Activation rows need their decision, fit rows those of the neurons that have no bound on their side. Other decisions only change names. */
function needsOfRows(region: Region, leaf: ProofNode): Needs {
  const { question } = region;
  const neurons = neuronCount(question);
  const points = new Int32Array(question.points.size);
  for (let i = 1; i < leaf.length; i += 2) {
    const name = rowName(leaf[i] as number, neurons, question.points.size)!;
    if (name.kind === 'activation') points[name.point]! |= 1 << name.neuron;
    else if (name.kind === 'fit') points[name.point]! |= neuronsOfSign(question, name.side === 1);
  }
  return {
    points,
    coordinates: question.budget === null ? NONE : closedOnes(region, leaf),
  };
}

/** The coordinates because of which a leaf may leave out those that do not cancel. */
function closedOnes(region: Region, leaf: ProofNode): Set<number> {
  const sums = new Array<bigint>(unknownCount(region.question)).fill(0n);
  for (let i = 1; i < leaf.length; i += 2) {
    const row = exactRow(region, leaf[i] as number, true);
    const y = BigInt(leaf[i + 1]!);
    row.columns.forEach((j, t) => {
      sums[j]! += y * row.entries[t]!;
    });
  }
  const needed = new Set<number>();
  for (let j = 0; j < region.coordinates.length; j++) {
    if (sums[j] === 0n) continue;
    if (region.coordinates[j] === COORDINATE.zero) needed.add(j);
    else addNonzeros(region, needed);
  }
  return needed;
}

function addNonzeros({ coordinates }: Region, to: Set<number>): void {
  coordinates.forEach((known, j) => {
    if (known === COORDINATE.nonzero) to.add(j);
  });
}

/** An over-budget leaf rests on the zeros of a neuron that they leave without two nonzeros, else on all nonzeros. */
function needsOfCount(region: Region): Needs {
  const coordinates = new Set<number>();
  const starved = region.starvedNeuron;
  const { width } = region.question.points;
  if (starved === null) addNonzeros(region, coordinates);
  else
    for (let i = 0; i < width; i++) {
      const j = starved * width + i;
      if (region.coordinates[j] === COORDINATE.zero) coordinates.add(j);
    }
  return { points: new Int32Array(region.question.points.size), coordinates };
}

/** The leaf with the active neurons among those that enter a fit row with w_k . X_n. */
function withAllTerms({ question, activation }: Region, leaf: ProofNode): ProofNode {
  const { size } = question.points;
  const neurons = neuronCount(question);
  return leaf.map((entry, i) => {
    const name = i % 2 === 1 ? rowName(entry as number, neurons, size)! : null;
    if (name?.kind !== 'fit') return entry;
    let { linear } = name;
    for (let k = 0; k < neurons; k++) if (activation[k * size + name.point]! > 0) linear |= 1 << k;
    return fitCode(name.point, name.side, linear, neurons, size);
  });
}

/** The refutation of a node from those of its children, both of which rest on its branching. */
export function refutedByBoth(
  question: Question,
  branching: Branching,
  path: Path | null,
  first: Refutation,
  second: Refutation,
): Refutation {
  const own = 1n << BigInt(path === null ? 0 : path.depth + 1);
  let uses = (first.uses | second.uses) & ~own;
  if (isClass(branching)) uses = usesOfClass(question, branching, path, uses);
  // The members stand behind the node for as long as it is packed.
  const node = packNode([...branchingNode(question, branching), branching.members]);
  return { nodes: joinNodes(node, first.nodes, second.nodes), uses };
}

/**
 * The class of a branching must be the same without the decisions that are left out: one decision for every other neuron of the sign must stay
 * that tells it from the class, and all that say the same about some members only, because others say it about the rest.
 */
function usesOfClass(
  question: Question,
  { neuron, members }: Branching,
  path: Path | null,
  before: bigint,
): bigint {
  let uses = before;
  const known = new Map<string, Map<number, number>>();
  for (let step = path; step !== null; step = step.above) {
    const decided = decidedNeurons(step.decision, step.decision.child);
    if ((decided & members) !== 0 && (decided & members) !== members) uses |= 1n << BigInt(step.depth);
    const key = `${step.decision.kind} ${step.decision.place}`;
    const sides = known.get(key) ?? new Map<number, number>();
    known.set(key, sides);
    for (let k = 0; k < neuronCount(question); k++)
      if ((decided >> k) & 1) sides.set(k, decidedSide(step.decision, step.decision.child));
  }
  const others = neuronsOfSign(question, neuron < question.plus) & ~members;
  for (let j = 0; j < neuronCount(question); j++) {
    if (((others >> j) & 1) === 0) continue;
    let separator = 0n;
    for (let step = path; step !== null; step = step.above) {
      const decided = decidedNeurons(step.decision, step.decision.child);
      const isAboutOne = ((decided >> j) & 1) !== ((decided >> neuron) & 1);
      if (!isAboutOne) continue;
      const sides = known.get(`${step.decision.kind} ${step.decision.place}`)!;
      if (sides.get(j) === sides.get(neuron)) continue;
      // The one nearest to the root, unless one is used already.
      separator = 1n << BigInt(step.depth);
      if ((uses & separator) !== 0n) break;
    }
    uses |= separator;
  }
  return uses;
}

/**
 * The nodes of a complete refutation as a certificate has them.
 * @param store where parts of it lie, null when all are in the heap
 */
export function provedNodes(
  question: Question,
  { nodes }: Refutation,
  store: ProofStore | null = null,
): NodeList {
  return { length: nodes.length, [Symbol.iterator]: () => named(question, nodes, store) };
}

/** A branching on the way to the current node, while the names of rows are given. */
interface Open {
  readonly neuron: number;
  readonly members: number;
  readonly point: number;
  second: boolean;
}

function* named(question: Question, nodes: PackedNodes, store: ProofStore | null): Generator<ProofNode> {
  const { size } = question.points;
  const neurons = neuronCount(question);
  const firstFit = fitCode(0, 0, 0, neurons, size);
  /** Neurons decided at every point, one bit each. */
  const decided = new Int32Array(size);
  const path: Open[] = [];
  const close = (): void => {
    for (let open = path.at(-1); open !== undefined; open = path.at(-1)) {
      if (open.point >= 0) decided[open.point]! &= ~(open.second ? 1 << open.neuron : open.members);
      if (!open.second) {
        open.second = true;
        if (open.point >= 0) decided[open.point]! |= 1 << open.neuron;
        return;
      }
      path.pop();
    }
  };
  for (const node of unpackNodes(nodes, store)) {
    if (node[0] === NODE.leaf) {
      yield node.map((entry, i) => {
        if (i % 2 === 0 || (entry as number) < firstFit) return entry;
        const code = entry as number;
        const mask = 2 ** neurons;
        const point = Math.floor((code - firstFit) / (2 * mask));
        return code - (((code - firstFit) % mask) & decided[point]!);
      });
      close();
    } else if (node[0] === NODE.overBudget) {
      yield node;
      close();
    } else {
      const members = node.at(-1) as number;
      const isPoint = node[0] !== NODE.zeroOrNonzero && node[0] !== NODE.classZero;
      const point = isPoint ? (node[2] as number) : -1;
      path.push({ neuron: isPoint ? (node[1] as number) : -1, members, point, second: false });
      if (point >= 0) decided[point]! |= members;
      yield node.slice(0, -1);
    }
  }
}
