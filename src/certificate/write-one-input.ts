import type { OneInputProof } from './one-input.js';

/** The JSON text of everything but the witnesses. */
export function oneInputText({ tree, opposite }: OneInputProof): string {
  const parts = [
    ...(tree === undefined ? [] : [`"tree":${JSON.stringify(tree)},`]),
    ...(opposite === undefined ? [] : [`"opposite":${JSON.stringify(opposite)},`]),
  ];
  return parts.join('\n');
}
