import { it } from 'vitest';
import { boundsWithin } from './first-bounds.js';

it('one neuron is refuted at once for many inputs: planted and random labels, exact and within windows, every skip', async () => {
  for (const seed of [1, 2]) {
    for (const dimension of [5, 10]) {
      for (const neurons of [4, 0]) {
        for (const slack of [0, 0.5])
          await boundsWithin(200, 2, { seed, dimension, size: 1000, neurons, slack });
      }
    }
  }
});

it('two neurons are refuted at once for two and three inputs: planted and random labels, exact and within windows, every skip', async () => {
  for (const seed of [1, 2]) {
    for (const dimension of [2, 3]) {
      for (const neurons of [5, 0]) {
        for (const slack of [0, 0.5])
          await boundsWithin(3_000, 3, { seed, dimension, size: 300, neurons, slack });
      }
    }
  }
});
