import type { NodeList, ProofNode, SearchProof } from './search-proof.js';

/** Nodes per piece of text. */
const BATCH = 2_000;

/** The JSON text of a search proof in pieces. */
export function* searchProofChunks({ skip, trees }: SearchProof): Generator<string> {
  yield `{"kind":"search",${skip === undefined ? '' : `"skip":"${skip}",`}"trees":[`;
  for (let t = 0; t < trees.length; t++) {
    const { plus, minus, budget, pivot, nodes } = trees[t]!;
    yield `${t === 0 ? '' : ',\n'}{"plus":${plus},"minus":${minus},"budget":${budget},"pivot":${pivot},"nodes":[`;
    let separator = '';
    for (const batch of batches(nodes)) {
      yield `${separator}${JSON.stringify(batch).slice(1, -1)}`;
      separator = ',\n';
    }
    yield ']}';
  }
  yield ']}';
}

function* batches(nodes: NodeList): Generator<ProofNode[]> {
  let batch: ProofNode[] = [];
  for (const node of nodes) {
    if (batch.push(node) < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
