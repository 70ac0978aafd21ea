import { expect } from 'vitest';
import type { Dataset, DatasetArrays } from '../problem/dataset.js';
import type { VerifyOptions } from './options.js';
import type { NetworkInput } from './trained-network.js';
import { verify } from './verify.js';

/** What the matcher tells vitest. */
export interface MatcherOutcome {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * The matcher behind `await expect(network).toBeSparsest(data, options)`: all claims of `verify` hold, by default that the network
 * interpolates and is sparsest. An undecided claim fails with and without `.not`.
 *
 * Importing this module registers it with vitest's `expect`.
 */
export async function toBeSparsest(
  this: { readonly isNot: boolean },
  received: NetworkInput,
  data: Dataset | DatasetArrays,
  options: Partial<VerifyOptions> = {},
): Promise<MatcherOutcome> {
  const { holds, claims, form } = await verify(received, data, options);
  const pass = holds === 'undecided' ? this.isNot : holds;
  const message = () => {
    const lines = [`expected the network ${this.isNot ? 'not ' : ''}to be sparsest`];
    for (const claim of claims) {
      const verdict = claim.holds === 'undecided' ? 'undecided' : claim.holds ? 'holds' : 'fails';
      lines.push(`  ${claim.claim} ${verdict}: ${claim.message}`);
    }
    if (!this.isNot) for (const { message: advice } of form.redundant) lines.push(`  redundant: ${advice}`);
    return lines.join('\n');
  };
  return { pass, message };
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the type parameter of the interface that is extended
  interface Matchers<T = any> {
    /**
     * The network passes through the data with the fewest neurons its architecture allows: proved. Await it.
     * Options as of `verify`: tolerance, activeThreshold, skip, claims and so on.
     */
    toBeSparsest(data: Dataset | DatasetArrays, options?: Partial<VerifyOptions>): Promise<void>;
  }
}

expect.extend({ toBeSparsest });
