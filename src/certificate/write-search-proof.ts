import type { SearchProof } from './search-proof.js';

/** Nodes per piece of text. */
const BATCH = 2_000;

/** The JSON text of a search proof in pieces. */
export function* searchProofChunks({ skip, trees }: SearchProof): Generator<string> {
  yield `{"kind":"search",${skip === undefined ? '' : `"skip":"${skip}",`}"trees":[`;
  for (let t = 0; t < trees.length; t++) {
    const { plus, minus, budget, pivot, nodes } = trees[t]!;
    yield `${t === 0 ? '' : ',\n'}{"plus":${plus},"minus":${minus},"budget":${budget},"pivot":${pivot},"nodes":[`;
    for (let i = 0; i < nodes.length; i += BATCH) {
      const text = JSON.stringify(nodes.slice(i, i + BATCH));
      yield `${i === 0 ? '' : ',\n'}${text.slice(1, -1)}`;
    }
    yield ']}';
  }
  yield ']}';
}
