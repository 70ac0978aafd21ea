import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { parseNetwork } from '../../src/files/network-format.js';
import { modelHash } from '../../src/problem/canonical.js';
import type { Skip } from '../../src/problem/network.js';
import { verify } from '../../src/verify/verify.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

async function decided(
  about: string,
  data: Json,
  neurons: Json[],
  { skip, tolerance = '0' }: { skip?: Skip; tolerance?: string } = {},
): Promise<CaseFile> {
  const { dataset } = parseInstance(JSON.stringify(data), 'case');
  const form = {
    format: 'sparsest-network',
    version: 1,
    inputDimension: Array.isArray(data.x[0]) ? data.x[0].length : 1,
  };
  const network = parseNetwork(JSON.stringify({ ...form, skip: null, neurons }), 'model');
  const verification = await verify(network, dataset, { claims: ['vertex'], tolerance, skip });
  const certificate = verification.certificate()!;
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function neuron(inputWeights: string[], bias: string, outputWeight: string): Json {
  return { inputWeights, bias, outputWeight };
}

const line = (weight: string, bias: string, outputWeight: string) => neuron([weight], bias, outputWeight);

/** x_1 + x_2 - 2 (x_1 + x_2 - 1)+ on the corners of a square. */
const XOR = [neuron(['1', '1'], '0', '1'), neuron(['1', '1'], '-1', '-2')];

const square: Json = {
  format: 'sparsest-instance',
  version: 1,
  name: 'exclusive or',
  x: [
    [0, 0],
    [1, 0],
    [0, 1],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
};

export async function acceptedVertices(plateau: Json): Promise<Record<string, CaseFile>> {
  return {
    'vertex-direction': await decided('the worked example of FORMAT.md', plateau, [
      line('1', '1', '1'),
      line('1', '1/2', '-1/2'),
      line('1', '1/4', '-1/3'),
      line('-1', '1/3', '1/5'),
    ]),
    'vertex-holds': await decided('three neurons with knots apart', plateau, [
      line('2', '2', '1/2'),
      line('1', '-1/2', '-2'),
      line('1', '-2', '1'),
    ]),
    'vertex-affine': await decided(
      'the skip moves too',
      plateau,
      [line('1', '3', '1'), line('1', '-1/2', '-2')],
      { skip: 'affine' },
    ),
    'vertex-bias': await decided(
      'with an output bias',
      plateau,
      [line('1', '1', '1'), line('-1', '1', '1')],
      {
        skip: 'bias',
      },
    ),
    'vertex-counting': await decided('more products than points', square, [
      neuron(['1', '1'], '1/3', '1'),
      neuron(['1', '-1'], '1/7', '-2/3'),
    ]),
    'vertex-square': await decided('two inputs', square, XOR),
    'vertex-windows': await decided(
      'points inside their windows do not hold it',
      plateau,
      [line('1', '1', '1'), line('1', '-1/2', '-2'), line('1', '-2', '1')],
      { tolerance: '1/7' },
    ),
  };
}

/** The claim names the model again after a change of it. */
function renamed(copy: Json): void {
  const { certificate } = copy;
  certificate.claim.sha256 = modelHash(parseNetwork(JSON.stringify(certificate.model), 'model'));
}

export function forgedVertices(accepted: Record<string, CaseFile>): Forgery[] {
  const direction = accepted['vertex-direction']!;
  const holds = accepted['vertex-holds']!;
  const affine = accepted['vertex-affine']!;
  const counting = accepted['vertex-counting']!;
  const square = accepted['vertex-square']!;
  const rule = 'vertex-direction';
  const entries = (change: (list: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.neurons);
  const zeros = (list: Json[]) => {
    for (const entry of list) entry.fill('0', 1);
  };
  return [
    ['vertex-model', 'no model', direction, ({ certificate }) => void delete certificate.model],
    [
      'vertex-model',
      'of two inputs',
      direction,
      ({ certificate }) => {
        certificate.model = square.certificate.model;
      },
    ],
    [
      'vertex-skip',
      'a model with an output bias for skip none',
      holds,
      (copy) => {
        copy.certificate.model.skip = { weights: ['0'], bias: '1' };
        renamed(copy);
      },
    ],
    [
      'vertex-hash',
      'a weight changed in the last digit',
      holds,
      ({ certificate }) =>
        void Object.assign(certificate.model.neurons[0], { bias: '20000000000001/10000000000000' }),
    ],
    [
      'claim-proof',
      'a vertex by counting',
      counting,
      ({ certificate }) => {
        certificate.claim.holds = true;
      },
    ],
    [
      'claim-proof',
      'no vertex by a rank',
      holds,
      ({ certificate }) => {
        certificate.claim.holds = false;
      },
    ],
    [
      'claim-proof',
      'a vertex from witnesses',
      holds,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
    [
      'claim-network',
      'a function beside a vertex',
      holds,
      ({ certificate }) => {
        certificate.function = [0, 2];
      },
    ],
    [
      'vertex-counting',
      'as many products as conditions',
      square,
      ({ certificate }) => {
        certificate.claim.holds = false;
        certificate.proof = { kind: 'counting' };
      },
    ],
    [
      'vertex-prime',
      'a number that is no prime',
      holds,
      ({ certificate }) => {
        certificate.proof.prime = 67108857;
      },
    ],
    [
      'vertex-prime',
      'a prime modulo which columns may vanish',
      holds,
      ({ certificate }) => {
        certificate.proof.prime = 2;
      },
    ],
    [
      'vertex-rank',
      'a network with a spare direction',
      direction,
      ({ certificate }) => {
        certificate.claim.holds = true;
        certificate.proof = { kind: 'full-rank', prime: 67108859 };
      },
    ],
    [
      'vertex-rank',
      'more that is free',
      holds,
      (copy) => {
        copy.certificate.model.neurons.push(line('-1', '1', '1'), line('-1', '5/2', '1'));
        copy.certificate.claim.skip = 'affine';
        renamed(copy);
      },
    ],
    [rule, 'no change at all', direction, entries(zeros)],
    [rule, 'nobody moves', direction, entries((list) => void list.splice(0))],
    [rule, 'one neuron left out', direction, entries((list) => void list.pop())],
    [
      rule,
      'a digit changed',
      direction,
      entries((list) => void list[0].splice(1, 1, Rational.parse(list[0][1]).add(Rational.one).toString())),
    ],
    [rule, 'a neuron that is not there', direction, entries((list) => void list.at(-1).splice(0, 1, 9))],
    [rule, 'neurons out of order', direction, entries((list) => void list.reverse())],
    [rule, 'a neuron twice', direction, entries((list) => void list.push(list.at(-1)))],
    [rule, 'a weight too many', direction, entries((list) => void list[0].push('1'))],
    [
      rule,
      'the skip moves though there is none',
      affine,
      ({ certificate }) => {
        certificate.claim.skip = 'bias';
      },
    ],
    [
      rule,
      'a dead neuron moves',
      direction,
      (copy) => {
        copy.certificate.model.neurons[copy.certificate.proof.neurons[0][0]].outputWeight = '0';
        renamed(copy);
      },
    ],
    [
      rule,
      'only free biases move',
      direction,
      ({ certificate }) => {
        certificate.proof.neurons = [[0, '0', '0']];
      },
    ],
    [
      rule,
      'a weight that is 0 grows',
      square,
      (copy) => {
        const { certificate } = copy;
        certificate.model.neurons[0].inputWeights[0] = '0';
        certificate.claim.holds = false;
        certificate.proof = { kind: 'direction', neurons: [[0, '1', '0', '0']] };
        renamed(copy);
      },
    ],
    [
      rule,
      'a point leaves its hyperplane',
      square,
      ({ certificate }) => {
        certificate.claim.holds = false;
        certificate.proof = {
          kind: 'direction',
          neurons: [
            [1, '-1', '-1', '0'],
            [0, '0', '0', '0'],
          ].reverse(),
        };
      },
    ],
  ];
}
