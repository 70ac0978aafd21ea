import { it } from 'vitest';
import { boundsWithin } from './first-bounds.js';

it('one neuron is refuted at once for ten inputs and 1,000 points, whatever the skip', async () => {
  await boundsWithin(60, 2, { seed: 1, dimension: 10, size: 1000, neurons: 6 });
});

it('two neurons are refuted at once for two and three inputs, exact labels and windows, whatever the skip', async () => {
  await boundsWithin(500, 3, { seed: 2, dimension: 2, size: 60, neurons: 5 });
  await boundsWithin(1_500, 3, { seed: 3, dimension: 3, size: 60, neurons: 5 });
  await boundsWithin(1_500, 3, { seed: 4, dimension: 3, size: 60, neurons: 5, slack: 0.25 });
});
