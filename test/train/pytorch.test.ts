import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TrainingOptions } from '../../src/train/options.js';
import type { PlainNetwork } from '../../src/train/parameters.js';
import { trainingPoints } from '../../src/train/points.js';
import { Training } from '../../src/train/train.js';

type Case = Pick<
  TrainingOptions,
  'method' | 'p' | 'lambda' | 'learningRate' | 'reweightFrom' | 'reweightAfter'
> & {
  name: string;
  data: { x: number[][]; y: number[] };
  network: PlainNetwork;
  after: { steps: number; loss: number; network: PlainNetwork }[];
};

/** Made by fixtures/make_pytorch.py. */
const fixture = JSON.parse(readFileSync(new URL('fixtures/pytorch.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

/** All weights in a list; of a neuron with v = 0 nothing but v counts, as it is the zero function whatever its bias. */
function weights(network: PlainNetwork): number[] {
  const living = network.outputWeights.map((v, k) =>
    v === 0 ? [0] : [v, network.biases[k]!, ...network.inputWeights[k]!],
  );
  return [...living.flat(), ...(network.skipWeights ?? []), network.skipBias ?? 0];
}

describe('50 steps from fixed weights are those of PyTorch', () => {
  it('covers every method, both numbers of inputs and every skip', () => {
    const kinds = fixture.cases.map((c) => `${c.name} ${c.method} ${c.p} ${c.reweightFrom}`);
    expect(new Set(kinds).size).toBe(2 * 3 * (2 + 6));
    const dead = fixture.cases.map(
      (c) => c.after.at(-1)!.network.outputWeights.filter((v) => v === 0).length,
    );
    expect(Math.max(...dead)).toBeGreaterThan(0);
  });

  it.each(fixture.cases)('$name: $method p = $p, weights from the $reweightFrom product', (c) => {
    const { data, network, after, name: _, ...options } = c;
    const training = Training.start(trainingPoints(data.x, data.y), options, network);
    for (const { steps, loss, network: expected } of after) {
      training.advance(steps - training.epoch);
      expect(training.epoch).toBe(steps);
      expect(Math.abs(training.loss() - loss)).toBeLessThan(1e-12);
      const ours = weights(training.network());
      const theirs = weights(expected);
      expect(ours.length).toBe(theirs.length);
      ours.forEach((w, i) => {
        expect(Math.abs(w - theirs[i]!)).toBeLessThan(1e-12);
      });
    }
  });
});
