import { isDead, type Network } from '../problem/network.js';
import { colors as pc } from '../text/colors.js';
import { readableSigned } from '../text/format.js';

/** Neurons listed before the rest is summed up, and terms of one neuron. */
const SHOWN = { neurons: 24, terms: 6 } as const;

/** The neurons of a network and its skip, one a line. */
export function neuronList(network: Network): string[] {
  const shown = network.neurons.filter((neuron) => !isDead(neuron)).slice(0, SHOWN.neurons);
  const lines = shown.map(({ inputWeights, bias, outputWeight }, k) => {
    const terms = inputWeights.flatMap((weight, i) =>
      weight.isZero() ? [] : [`${readableSigned(weight)} x${i + 1}`],
    );
    if (!bias.isZero()) terms.push(readableSigned(bias));
    const all =
      terms.length > SHOWN.terms ? [...terms.slice(0, SHOWN.terms), `... (${terms.length} terms)`] : terms;
    return `  ${k + 1}: ${readableSigned(outputWeight)} (${all.join(' ')})+`;
  });
  if (network.neurons.length > shown.length)
    lines.push(pc.dim(`  ... and ${network.neurons.length - shown.length} more (--network writes all)`));
  if (network.skip !== null) {
    const terms = network.skip.weights.flatMap((weight, i) =>
      weight.isZero() ? [] : [`${readableSigned(weight)} x${i + 1}`],
    );
    lines.push(`  skip: ${[...terms, readableSigned(network.skip.bias)].join(' ')}`);
  }
  return lines.length === 0 ? ['The network is the zero function.'] : ['The network adds up', ...lines];
}
