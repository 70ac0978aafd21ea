import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { sparsestOfShape } from '../../src/knots/shapes.js';
import { makeProblem } from '../../src/problem/problem.js';
import type { Shape } from '../../src/problem/shape.js';
import { statementOf } from '../../src/solve/answer.js';
import { accepted } from '../../src/solve/checked.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

interface Asked {
  readonly least?: number | string;
  readonly most?: number | string;
  readonly curvature?: Shape['curvature'];
}

function answered(about: string, data: Json, { least, most, curvature = null }: Asked): CaseFile {
  const limit = (slope?: number | string) => (slope === undefined ? null : Rational.parse(String(slope)));
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const shape = { minSlope: limit(least), maxSlope: limit(most), curvature };
  const statement = statementOf(problem, { kind: 'shape', shape, solution: sparsestOfShape(problem, shape) });
  accepted(problem, statement);
  const certificate = { problem: identityOf(problem), ...statement };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function windows(name: string, lower: Json[], upper: Json[]): Json {
  return { format: 'sparsest-instance', version: 1, name, x: lower.map((_, i) => i), lower, upper };
}

export function acceptedShapes(plateau: Json): Record<string, CaseFile> {
  const steps = windows('steps', [0, 0, 3, 2, 5], [1, 1, 4, 4, 6]);
  const bowl = windows('a bowl', [4, 1, 0, 1, 4], [5, 2, 1, 2, 5]);
  return {
    shape: answered('the worked example of FORMAT.md', steps, { least: 0 }),
    'shape-convex': answered('convex, with a limit', bowl, { curvature: 'convex', most: 3 }),
    'shape-slopes': answered('slopes between two limits', steps, { least: '-1/2', most: '5/2' }),
    'shape-not-monotone': answered('labels that fall', plateau, { least: 0 }),
    'shape-not-convex': answered('labels that turn the other way', plateau, { curvature: 'convex' }),
    'shape-too-steep': answered('windows too far apart', steps, { most: 1 }),
  };
}

export function forgedShapes(accepted: Record<string, CaseFile>): Forgery[] {
  const example = accepted.shape!;
  const convex = accepted['shape-convex']!;
  const falls = accepted['shape-not-monotone']!;
  const turns = accepted['shape-not-convex']!;
  const claim = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.claim, fields);
  const points = (list: number[]) => (copy: Json) => {
    copy.certificate.proof.points = list;
  };
  return [
    [
      'shape-problem',
      'two inputs',
      accepted['patterns-square']!,
      ({ certificate }) => {
        certificate.claim = { kind: 'shape', shape: { minSlope: '0' } };
        certificate.proof = { kind: 'shape-conflict', points: [0, 1] };
      },
    ],
    ['shape-limits', 'no shape at all', example, claim({ shape: {} })],
    [
      'shape-limits',
      'limits in the wrong order',
      example,
      claim({ shape: { minSlope: '1', maxSlope: '0' } }),
    ],
    [
      'shape-function',
      'a steeper function than allowed',
      example,
      claim({ shape: { minSlope: '0', maxSlope: '1' } }),
    ],
    ['shape-function', 'a function that turns both ways', example, claim({ shape: { curvature: 'convex' } })],
    ['shape-function', 'a bowl upside down', convex, claim({ shape: { curvature: 'concave' } })],
    ['shape-conflict', 'points that the slopes allow', falls, points([0, 3])],
    ['shape-conflict', 'points in falling order', falls, points([4, 2])],
    ['shape-conflict', 'a single point', falls, points([2])],
    ['shape-conflict', 'three points against slopes', turns, claim({ shape: { minSlope: '0' } })],
    ['witness-inequality', 'a turn that convex functions have', turns, points([0, 1, 2])],
    [
      'claim-proof',
      'no function, from witnesses',
      convex,
      (copy) => {
        delete copy.certificate.claim.lowerBound;
        delete copy.certificate.claim.upperBound;
        delete copy.certificate.function;
      },
    ],
    [
      'claim-network',
      'a shape without its function',
      example,
      ({ certificate }) => void delete certificate.function,
    ],
    ['claim-upper-bound', 'one knot fewer', example, claim({ lowerBound: 1, upperBound: 1 })],
  ];
}
