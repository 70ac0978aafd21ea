import { expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { killedAndResumed, randomTable } from './checkpoint.js';

it.each([1, 2])(
  'survives kill -9 at 20 moments, %d threads',
  async (threads) => {
    const random = createRandom(20 + threads);
    const killed = await killedAndResumed(
      randomTable(2160, 16),
      threads,
      20,
      () => random.integer(200, 2500),
      0.2,
    );
    expect(killed).toBeGreaterThan(0);
  },
  900_000,
);
