import { certificateChunks } from '../../src/certificate/write.js';
import { parseInstance } from '../../src/files/instance.js';
import { problemOfInputs } from '../../src/problem/problem-of-inputs.js';
import { certify } from '../../src/solve/answer.js';
import { checkedPatterns } from '../../src/solve/patterns.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

function counted(about: string, data: Json): CaseFile {
  const problem = problemOfInputs(parseInstance(JSON.stringify(data), 'case').dataset);
  const certificate = certify(problem, checkedPatterns(problem, 1000, true))!;
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function points(name: string, x: readonly Json[]): Json {
  return { format: 'sparsest-instance', version: 1, name, x, y: x.map(() => 0) };
}

export function acceptedPatterns(): Record<string, CaseFile> {
  return {
    patterns: counted('the worked example of FORMAT.md', points('three points of a line', [0, 1, 3])),
    'patterns-square': counted(
      'the corners of a square, one of them twice',
      points('square', [
        [0, 0],
        [0, '1/2'],
        ['1/3', 0],
        ['1/3', '1/2'],
        [0, 0],
      ]),
    ),
    'patterns-line-in-a-plane': counted(
      'fewer patterns than in general position',
      points('collinear', [
        [0, 0],
        [1, 1],
        [2, 2],
      ]),
    ),
  };
}

export function forgedPatterns(accepted: Record<string, CaseFile>): Forgery[] {
  const line = accepted.patterns!;
  const square = accepted['patterns-square']!;
  const nodes = (change: (nodes: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.nodes);
  const refutation = (list: Json[]) => list.findIndex((node) => typeof node[0] === 'number');
  const witness = (list: Json[]) => list.findIndex((node) => typeof node[0] === 'string');
  return [
    ['patterns-count', 'one too many', line, ({ certificate: { claim } }) => void claim.count++],
    ['patterns-count', 'one too few', square, ({ certificate: { claim } }) => void claim.count--],
    ['patterns-tree', 'no nodes', line, nodes((list) => void list.splice(0))],
    ['patterns-tree', 'the last branch left open', line, nodes((list) => void list.pop())],
    ['patterns-tree', 'nodes behind the end', line, nodes((list) => void list.push(0))],
    [
      'patterns-tree',
      'a branching behind the last point',
      line,
      nodes((list) => void list.splice(witness(list), 1, 0)),
    ],
    [
      'patterns-tree',
      'a neuron before all points have signs',
      line,
      nodes((list) => void list.splice(0, list.length, ['1', '1'])),
    ],
    [
      'patterns-witness',
      'a neuron that is 0 at a point',
      line,
      nodes((list) => void list.splice(witness(list), 1, ['1', '0'])),
    ],
    [
      'patterns-witness',
      'a neuron with another pattern',
      square,
      nodes((list) => void list.splice(witness(list), 1, ['0', '0', '-1'])),
    ],
    [
      'patterns-witness',
      'a neuron with a weight too many',
      line,
      nodes((list) => void list.splice(witness(list), 1, ['0', '0', '1'])),
    ],
    [
      'patterns-refutation',
      'a pattern dropped',
      line,
      nodes((list) => void list.splice(witness(list), 1, [0, 1, 1, 1])),
    ],
    [
      'patterns-refutation',
      'a multiplier changed',
      square,
      nodes((list) => void list[refutation(list)].splice(1, 1, 2)),
    ],
    [
      'patterns-refutation',
      'a multiplier of 0',
      square,
      nodes((list) => void list.splice(refutation(list), 1, [0, 0])),
    ],
    [
      'patterns-refutation',
      'a negative multiplier',
      square,
      nodes((list) => void list.splice(refutation(list), 1, [0, 1, 0, -1])),
    ],
    [
      'patterns-refutation',
      'no points at all',
      square,
      nodes((list) => void list.splice(refutation(list), 1, [])),
    ],
    ['patterns-refutation', 'a point without a sign', line, nodes((list) => void list.splice(1, 1, [2, 1]))],
    [
      'patterns-refutation',
      'a point without its multiplier',
      square,
      nodes((list) => void list[refutation(list)].pop()),
    ],
    [
      'claim-proof',
      'patterns from witnesses',
      line,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
    [
      'claim-network',
      'a function beside patterns',
      line,
      ({ certificate }) => {
        certificate.function = [0, 2];
      },
    ],
    [
      'problem-hash',
      'patterns of other points',
      line,
      ({ data }) => {
        data.x[2] = 4;
      },
    ],
  ];
}
