import { createHash } from 'node:crypto';
import type { Sha256 } from './canonical.js';

/** The SHA-256 of Node.js: some ten times as fast as `portableSha256`. */
export function nodeSha256(): Sha256 {
  const hash = createHash('sha256');
  return {
    update: (bytes) => {
      hash.update(bytes);
    },
    hex: () => hash.digest('hex'),
  };
}
