import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import type { ProofNode } from '../certificate/search-proof.js';
import type { ProofStore, StoredPart } from './proof-store.js';

/** Characters of text that are packed at once; and fewer, when what stands before and after them is packed, so that they will never be more. */
const PACKED = 65_536;
const PACKED_BETWEEN = 1_024;

/**
 * Nodes of a proof in the order of their tree, as text `[..],[..]` in parts that are packed when they are long, a few ten bytes a node, and
 * then put into a store where there is one. Plain data, so that threads can exchange it.
 */
export interface PackedNodes {
  readonly parts: readonly (string | Uint8Array | StoredPart)[];
  readonly length: number;
}

export function packNode(node: ProofNode): PackedNodes {
  return { parts: [JSON.stringify(node)], length: 1 };
}

/** Lists one after the other. */
export function joinNodes(...lists: readonly PackedNodes[]): PackedNodes {
  const parts: PackedNodes['parts'][number][] = [];
  let length = 0;
  for (const list of lists) {
    length += list.length;
    for (const part of list.parts) {
      const last = parts.at(-1);
      if (typeof part === 'string' && typeof last === 'string') {
        const text = `${last},${part}`;
        parts[parts.length - 1] = text.length < PACKED ? text : pack(text);
        continue;
      }
      if (parts.length > 1 && typeof last === 'string' && last.length >= PACKED_BETWEEN)
        parts[parts.length - 1] = pack(last);
      parts.push(part);
    }
  }
  return { parts, length };
}

function pack(text: string): Uint8Array {
  return deflateSync(strToU8(text, true));
}

/** The same nodes with all that is packed in the store. */
export function inStore(nodes: PackedNodes, store: ProofStore): PackedNodes {
  if (!nodes.parts.some((part) => part instanceof Uint8Array)) return nodes;
  const parts = nodes.parts.map((part) => (part instanceof Uint8Array ? store.append(part) : part));
  return { parts, length: nodes.length };
}

/**
 * The nodes again, each as it was packed.
 * @param store where parts were put, null when none was
 */
export function* unpackNodes({ parts }: PackedNodes, store: ProofStore | null): Generator<ProofNode> {
  for (const part of parts) {
    const packed = typeof part === 'string' || part instanceof Uint8Array ? part : store!.read(part);
    const text = typeof packed === 'string' ? packed : strFromU8(inflateSync(packed), true);
    yield* JSON.parse(`[${text}]`) as ProofNode[];
  }
}
