import { certificateChunks } from '../../src/certificate/write.js';
import { parseInstance } from '../../src/files/instance.js';
import { parseNetwork } from '../../src/files/network-format.js';
import type { VerifyOptions } from '../../src/verify/options.js';
import { verify } from '../../src/verify/verify.js';
import { type CaseFile, type Forgery, type Json, kept } from './case-files.js';

const FORM = { format: 'sparsest-network', version: 1 };

async function measured(
  about: string,
  data: Json,
  model: Json,
  options: Partial<VerifyOptions> = {},
): Promise<CaseFile> {
  const { dataset } = parseInstance(JSON.stringify(data), 'case');
  const network = parseNetwork(JSON.stringify({ ...FORM, ...model }), 'model');
  const verification = await verify(network, dataset, { activeThreshold: '1/100', ...options });
  const certificate = verification.certificate()!;
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

/** A neuron with one input. */
function neuron(weight: string, bias: string, outputWeight: string): Json {
  return { inputWeights: [weight], bias, outputWeight };
}

export async function acceptedModels(plateau: Json, empty: Json): Promise<Record<string, CaseFile>> {
  const skip = { weights: ['0'], bias: '0' };
  const peak = [neuron('1', '1', '1'), neuron('1', '-1/2', '-2'), neuron('1', '-2', '1')];
  return {
    model: await measured('the worked example of FORMAT.md', plateau, {
      inputDimension: 1,
      skip,
      neurons: [
        neuron('2', '2', '1/2'),
        neuron('1', '-1', '-1'),
        neuron('-1', '0', '1/1000'),
        neuron('0', '0', '3'),
      ],
    }),
    'model-sparsest': await measured('a model that is sparsest', plateau, {
      inputDimension: 1,
      skip,
      neurons: peak,
    }),
    'model-tolerance': kept('model-tolerance'),
    'model-two-inputs': kept('model-two-inputs'),
    'model-least-norm': await measured(
      'a model held to the least path norm',
      plateau,
      { inputDimension: 1, skip, neurons: [...peak, neuron('2', '-1', '1/3'), neuron('0', '1', '5')] },
      { claims: ['lp-optimal'], p: '1/2' },
    ),
    'model-path-norm': await measured(
      'a model held to the least path norm for p = 1',
      plateau,
      { inputDimension: 1, skip, neurons: peak },
      { claims: ['lp-optimal'], p: '1' },
    ),
    'model-infeasible': await measured('no function fits', empty, { inputDimension: 1, skip, neurons: [] }),
  };
}

/** Five with 300 digits behind the point. */
const NARROW = `5${'0'.repeat(299)}1/1${'0'.repeat(300)}`;

export function forgedModels(accepted: Record<string, CaseFile>): Forgery[] {
  const model = accepted.model!;
  const infeasible = accepted['model-infeasible']!;
  const norm = accepted['model-least-norm']!;
  const pathNorm = accepted['model-path-norm']!;
  const claim = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.claim, fields);
  return [
    ['model-network', 'no model', model, ({ certificate }) => void delete certificate.model],
    [
      'model-network',
      'of two inputs',
      model,
      ({ certificate }) => {
        certificate.model = accepted['model-two-inputs']!.certificate.model;
      },
    ],
    [
      'model-network',
      'beside a claim that is about none',
      model,
      ({ certificate }) => {
        certificate.claim = certificate.claim.bound;
      },
    ],
    ['model-hash', 'a neuron left out', model, ({ certificate }) => void certificate.model.neurons.pop()],
    [
      'model-hash',
      'a weight changed in the last digit',
      model,
      ({ certificate }) =>
        void Object.assign(certificate.model.neurons[0], { bias: '20000000000001/10000000000000' }),
    ],
    ['model-distance', 'a model that misses the data', model, claim({ distance: '0' })],
    ['model-distance', 'farther away than it is', infeasible, claim({ distance: '5' })],
    ['model-active', 'one too few', model, claim({ active: 1 })],
    ['model-active', 'a higher threshold', model, claim({ activeThreshold: '3/2' })],
    ['model-cost', 'cheaper than it is', norm, claim({ cost: { lower: '1', upper: '4' } })],
    ['model-cost', 'dearer than it is', norm, claim({ cost: { lower: '5', upper: '6' } })],
    ['model-cost', 'a sum rounded', pathNorm, claim({ cost: { lower: '401/100', upper: '403/100' } })],
    ['model-cost', 'no cost', norm, ({ certificate }) => void delete certificate.claim.cost],
    ['model-cost', 'a cost beside another bound', model, claim({ cost: { lower: '0', upper: '9' } })],
    [
      'model-cost',
      'an exponent of 0',
      norm,
      ({ certificate }) => void Object.assign(certificate.claim.bound, { p: '0', unique: undefined }),
    ],
    ['lp-minimum-cost', 'a bracket the wrong way round', norm, claim({ cost: { lower: '6', upper: '1' } })],
    ['lp-minimum-size', 'a cost to a thousand digits', norm, claim({ cost: { lower: '5', upper: NARROW } })],
    [
      'lp-minimum-cost',
      'held to a minimum that is lower',
      norm,
      ({ certificate }) => void Object.assign(certificate.claim.bound, { lower: '1', upper: '2' }),
    ],
    ['model-active', 'a negative threshold', accepted['model-sparsest']!, claim({ activeThreshold: '-1' })],
    [
      'claim-lower-bound',
      'a model held to a bound that is not proved',
      model,
      ({ certificate }) => void Object.assign(certificate.claim.bound, { lowerBound: 2, upperBound: 2 }),
    ],
    [
      'claim-network',
      'a model in place of the network of the bound',
      model,
      ({ certificate }) => {
        delete certificate.pieces;
        delete certificate.function;
        delete certificate.network;
      },
    ],
  ];
}
