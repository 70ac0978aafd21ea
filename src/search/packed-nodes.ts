import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { ProofNode } from '../certificate/search-proof.js';

/** Characters of text that are packed at once. */
const PACKED = 262_144;

/**
 * Nodes of a proof in the order of their tree, as text `[..],[..]` in parts that are packed when they are long: a few ten bytes a node. Plain
 * data, so that threads can exchange it.
 */
export interface PackedNodes {
  readonly parts: readonly (string | Uint8Array)[];
  readonly length: number;
}

export function packNode(node: ProofNode): PackedNodes {
  return { parts: [JSON.stringify(node)], length: 1 };
}

/** Lists one after the other. */
export function joinNodes(...lists: readonly PackedNodes[]): PackedNodes {
  const parts: (string | Uint8Array)[] = [];
  let length = 0;
  for (const list of lists) {
    length += list.length;
    for (const part of list.parts) {
      const last = parts.at(-1);
      if (typeof part !== 'string' || typeof last !== 'string') {
        parts.push(part);
        continue;
      }
      const text = `${last},${part}`;
      parts[parts.length - 1] = text.length < PACKED ? text : deflateSync(strToU8(text, true));
    }
  }
  return { parts, length };
}

/** The nodes again, each as it was packed. */
export function* unpackNodes({ parts }: PackedNodes): Generator<ProofNode> {
  for (const part of parts) {
    const text = typeof part === 'string' ? part : strFromU8(inflateSync(part), true);
    yield* JSON.parse(`[${text}]`) as ProofNode[];
  }
}
