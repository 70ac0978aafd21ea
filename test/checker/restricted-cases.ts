import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { makeProblem } from '../../src/problem/problem.js';
import type { Restriction } from '../../src/problem/question.js';
import { accepted } from '../../src/solve/checked.js';
import { solveRestricted } from '../../src/solve/restricted.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

interface Asked {
  readonly at?: readonly (number | string)[];
  readonly slope?: number | string;
  readonly most?: number;
}

async function answered(about: string, data: Json, { at, slope, most }: Asked): Promise<CaseFile> {
  const { dataset } = parseInstance(JSON.stringify(data), 'case');
  const problem = makeProblem(dataset);
  const restriction: Restriction = {
    knotsOn: at?.map((t) => Rational.parse(String(t))) ?? null,
    maxSlopeChange: slope === undefined ? null : Rational.parse(String(slope)),
    maxKnots: most ?? null,
  };
  const { statement } = await solveRestricted(problem, restriction);
  accepted(problem, statement);
  const certificate = { problem: identityOf(problem), ...statement };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function points(name: string, y: readonly number[]): Json {
  return { format: 'sparsest-instance', version: 1, name, x: y.map((_, i) => i), y };
}

export async function acceptedRestricted(plateau: Json, windows: Json): Promise<Record<string, CaseFile>> {
  const wave = points('a wave', [0, 2, 1, 3, 0, 1, 5]);
  const between = [1, '3/2', 2, '5/2', 3, '7/2', 4, '9/2', 5];
  return {
    restricted: await answered('the worked example of FORMAT.md', points('down, then flat', [-1, 2, 2, 1]), {
      at: [1, '3/2', '5/2'],
      slope: 5,
    }),
    'restricted-tree': await answered(
      'a tree of several levels',
      points('a bay', [1, 0, 3, -2, -3, -1, -1]),
      {
        at: [1, 2, '5/2', 3, '7/2', 4, '9/2', 5, '11/2'],
      },
    ),
    'restricted-positions': await answered('positions alone', plateau, {
      at: ['-3/2', 0, '1/2', '3/2', '5/2'],
    }),
    'restricted-slopes': await answered('slope changes of at most 1', plateau, { slope: 1 }),
    'restricted-impossible': await answered('slopes that can never change enough', plateau, {
      slope: '1/10',
    }),
    'restricted-too-few': await answered('not with three knots', wave, { at: between, most: 3 }),
    'restricted-windows': await answered('windows', windows, {
      at: [0, '1/2', 1, '3/2', 2, '5/2', '10/3', 4, 5],
    }),
    'restricted-windows-impossible': await answered('windows, nothing fits', windows, { at: [0, 4] }),
  };
}

export function forgedRestricted(accepted: Record<string, CaseFile>): Forgery[] {
  const example = accepted.restricted!;
  const tree = accepted['restricted-tree']!;
  const positions = accepted['restricted-positions']!;
  const slopes = accepted['restricted-slopes']!;
  const impossible = accepted['restricted-impossible']!;
  const windows = accepted['restricted-windows']!;
  const claim = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.claim, fields);
  const nodes = (change: (nodes: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.nodes);
  return [
    [
      'restricted-problem',
      'two inputs',
      accepted['patterns-square']!,
      ({ certificate }) => {
        certificate.claim = { kind: 'restricted', positions: ['1'] };
        certificate.proof = { kind: 'knot-tree', nodes: [[null, []]] };
      },
    ],
    [
      'restricted-positions',
      'in falling order',
      positions,
      ({ certificate }) => void certificate.claim.positions.reverse(),
    ],
    [
      'restricted-positions',
      'one twice',
      positions,
      ({ certificate }) => void certificate.claim.positions.splice(1, 0, '-3/2'),
    ],
    ['restricted-positions', 'a slope change of 0', slopes, claim({ maxSlopeChange: '0' })],
    [
      'restricted-function',
      'a position that is dropped',
      positions,
      ({ certificate }) => void certificate.claim.positions.splice(2, 1),
    ],
    ['restricted-function', 'a slope that changes too much', example, claim({ maxSlopeChange: '1' })],
    ['restricted-tree', 'no nodes', positions, nodes((list) => void list.splice(0))],
    ['restricted-tree', 'a branch left out', tree, nodes((list) => void list.pop())],
    ['restricted-tree', 'nodes behind the end', positions, nodes((list) => void list.push([null]))],
    ['restricted-tree', 'a knot more than is proved', example, claim({ lowerBound: 3, upperBound: 3 })],
    [
      'restricted-tree',
      'a branch through no refutation',
      example,
      nodes((list) => void list[0].splice(0, 1, 7)),
    ],
    [
      'restricted-tree',
      'a branch of a node that is closed',
      positions,
      nodes((list) => void list[0].splice(0, 1, 0)),
    ],
    [
      'restricted-tree',
      'no function at all, from a bound',
      positions,
      (copy) => {
        delete copy.certificate.claim.lowerBound;
        delete copy.certificate.claim.upperBound;
        delete copy.certificate.function;
      },
    ],
    [
      'restricted-refutation',
      'weights that do not annihilate',
      example,
      nodes((list) => void list[0][1].splice(1, 1, -2)),
    ],
    [
      'restricted-refutation',
      'weights turned round',
      example,
      nodes((list) => void list[0].splice(1, 1, [0, 1, 1, -2, 2, 1])),
    ],
    [
      'restricted-refutation',
      'a point out of range',
      example,
      nodes((list) => void list[0][1].splice(0, 1, 4)),
    ],
    ['restricted-refutation', 'a point without its weight', example, nodes((list) => void list[0][1].pop())],
    [
      'restricted-refutation',
      'a knot that satisfies it',
      tree,
      nodes((list) => void list[1].splice(1, 1, list[0][1])),
    ],
    ['restricted-refutation', 'a slope that changes enough', impossible, claim({ maxSlopeChange: '2' })],
    [
      'restricted-refutation',
      'windows read from the wrong side',
      windows,
      nodes(
        (list) =>
          void list[0].splice(
            1,
            1,
            list[0][1].map((entry: number, i: number) => (i % 2 === 1 ? -entry : entry)),
          ),
      ),
    ],
    ['claim-upper-bound', 'more than the function has', positions, claim({ upperBound: 4 })],
    [
      'claim-network',
      'a restricted claim without its function',
      positions,
      ({ certificate }) => void delete certificate.function,
    ],
    [
      'claim-proof',
      'restricted knots from witnesses',
      positions,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [1, -2, 4] };
      },
    ],
  ];
}
