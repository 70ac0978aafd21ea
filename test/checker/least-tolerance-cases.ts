import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { parseInstance } from '../../src/files/instance.js';
import { LeastTolerances } from '../../src/knots/least-tolerance.js';
import { leastOfShape, shapeFloor } from '../../src/knots/shape-floor.js';
import { ANY_SHAPE, isAnyShape, type Shape } from '../../src/problem/shape.js';
import { wideningProblem } from '../../src/problem/widening.js';
import { statementOf } from '../../src/solve/answer.js';
import { accepted } from '../../src/solve/checked.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

/** The certificate of the least tolerances for some budgets; none given: the whole curve. */
function answered(about: string, data: Json, budgets?: readonly number[]): CaseFile {
  const problem = wideningProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const tolerances = new LeastTolerances(problem);
  const all = budgets ?? Array.from({ length: tolerances.enough + 1 }, (_, K) => K);
  const steps = all.map((K) => finish(tolerances.least(K)));
  const statement = statementOf(problem, { kind: 'least-tolerance', steps });
  accepted(problem, statement);
  const certificate = { problem: identityOf(problem), ...statement };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

/** The least tolerance of functions of a shape; `known`: no pass is made beyond the first, so that it is a bracket. */
function shaped(about: string, data: Json, budget: number, shape: Shape, known = false): CaseFile {
  const problem = wideningProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const tolerances = new LeastTolerances(problem);
  const free = known ? tolerances.known(budget) : finish(tolerances.least(budget));
  const step = isAnyShape(shape) ? free : leastOfShape(problem, shape, shapeFloor(problem, shape), free);
  const statement = statementOf(problem, { kind: 'least-tolerance', shape, steps: [step] });
  accepted(problem, statement);
  const certificate = { problem: identityOf(problem), ...statement };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function instance(name: string, fields: Json): Json {
  return { format: 'sparsest-instance', version: 1, name, ...fields };
}

export function acceptedLeastTolerance(windows: Json): Record<string, CaseFile> {
  const step = instance('a step', { x: [0, 1, 2, 3], y: [0, 0, 1, 1] });
  const wave = instance('a wave', { x: [0, 1, 2, 3, 4, 5], y: [0, 2, 1, 3, 0, 1] });
  const weighted = instance('weights, and equal inputs', {
    x: [0, 1, 1, 2, 3, 4],
    y: [0, 2, 3, '1/2', 3, 0],
    weights: [1, 2, 1, '1/2', 1, 3],
  });
  const equal = instance('labels that contradict each other', { x: [0, 1, 1, 2, 3], y: [0, 1, 4, 0, 2] });
  return {
    'least-tolerance': answered('the worked example of FORMAT.md', step, [1]),
    'least-tolerance-curve': answered('the whole curve', wave),
    'least-tolerance-some': answered('two budgets of many', wave, [1, 3]),
    'least-tolerance-weights': answered('weights, and equal inputs', weighted),
    'least-tolerance-equal-inputs': answered('a floor above 0', equal),
    'least-tolerance-increasing': shaped('an increasing function', wave, 2, {
      ...ANY_SHAPE,
      minSlope: Rational.zero,
    }),
    'least-tolerance-convex': shaped('a convex function, weights', weighted, 1, {
      ...ANY_SHAPE,
      curvature: 'convex',
    }),
    'least-tolerance-free-shape': shaped('a shape that costs nothing', step, 0, {
      ...ANY_SHAPE,
      minSlope: Rational.zero,
    }),
    'least-tolerance-bracket': shaped('a bracket', wave, 2, ANY_SHAPE, true),
    'least-tolerance-windows': answered('windows that may be narrowed', windows),
  };
}

export function forgedLeastTolerance(accepted: Record<string, CaseFile>): Forgery[] {
  const example = accepted['least-tolerance']!;
  const curve = accepted['least-tolerance-curve']!;
  const weights = accepted['least-tolerance-weights']!;
  const equal = accepted['least-tolerance-equal-inputs']!;
  const entry = (k: number, fields: Json) => (copy: Json) =>
    void Object.assign(copy.certificate.claim.curve[k], fields);
  const increasing = accepted['least-tolerance-increasing']!;
  const bracket = accepted['least-tolerance-bracket']!;
  const steps = (change: (steps: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.steps);
  return [
    [
      'least-tolerance-problem',
      'two inputs',
      accepted['patterns-square']!,
      ({ certificate }) => {
        certificate.claim = { kind: 'least-tolerance', curve: [{ knots: 0, tolerance: '1' }] };
        certificate.proof = { kind: 'least-tolerance', steps: [{ point: 0, pieces: [0] }] };
      },
    ],
    [
      'claim-proof',
      'a least tolerance from witnesses alone',
      example,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [1, -2] };
      },
    ],
    [
      'claim-network',
      'a network beside a least tolerance',
      example,
      ({ certificate }) => {
        certificate.pieces = certificate.proof.steps[0].pieces;
      },
    ],
    [
      'least-tolerance-curve',
      'no budget',
      example,
      ({ certificate }) => {
        certificate.claim.curve = [];
        certificate.proof.steps = [];
      },
    ],
    ['least-tolerance-bracket', 'a bound above the tolerance', bracket, entry(0, { atLeast: '100' })],
    [
      'witness-inequality',
      'a bound above what is proved',
      bracket,
      (copy) => {
        copy.certificate.claim.curve[0].atLeast = copy.certificate.claim.curve[0].tolerance;
      },
    ],
    ['shape-conflict', 'a tolerance above the floor of a shape', increasing, entry(0, { tolerance: '10' })],
    [
      'shape-conflict',
      'points of no conflict',
      increasing,
      steps((list) => {
        list[0].points = [0, 1];
      }),
    ],
    [
      'least-tolerance-shape',
      'points without a shape',
      example,
      steps((list) => {
        delete list[0].witnesses;
        list[0].points = [0, 1];
      }),
    ],
    [
      'shape-function',
      'another shape',
      increasing,
      ({ certificate }) => {
        certificate.claim.shape = { minSlope: '1' };
      },
    ],
    [
      'claim-network',
      'pieces where a shape is asked',
      example,
      ({ certificate }) => {
        certificate.claim.shape = { minSlope: '0' };
      },
    ],
    ['least-tolerance-curve', 'a step left out', curve, steps((list) => void list.pop())],
    ['least-tolerance-curve', 'a budget twice', curve, entry(1, { knots: 0 })],
    [
      'least-tolerance-windows',
      'below the floor',
      equal,
      ({ certificate }) => {
        certificate.claim.curve.at(-1).tolerance = '1';
      },
    ],
    [
      'least-tolerance-floor',
      'a floor where a window is left',
      equal,
      steps((list) => {
        list.at(-1)!.point = 0;
      }),
    ],
    [
      'least-tolerance-floor',
      'a floor of no point',
      equal,
      steps((list) => {
        list.at(-1)!.point = 9;
      }),
    ],
    [
      'least-tolerance-witnesses',
      'a witness left out',
      example,
      steps((list) => void list[0].witnesses.pop()),
    ],
    ['least-tolerance-witnesses', 'a smaller budget', curve, entry(2, { knots: 3 })],
    [
      'least-tolerance-knots',
      'a function with too many knots',
      curve,
      steps((list) => {
        const line = list[0].pieces[0].slice(0, 4);
        list[0].pieces = [
          [...line, 0, line[0]],
          [...line, line[0], 5],
        ];
      }),
    ],
    ['witness-inequality', 'a tolerance above the critical value', example, entry(0, { tolerance: '1/2' })],
    [
      'witness-disjoint',
      'a witness twice',
      example,
      steps((list) => {
        list[0].witnesses[1] = list[0].witnesses[0];
      }),
    ],
    ['pieces-fit', 'a tolerance that its function does not keep', curve, entry(0, { tolerance: '1' })],
    [
      'problem-hash',
      'other weights',
      weights,
      ({ data }) => {
        data.weights[3] = '2/3';
      },
    ],
    [
      'least-tolerance-weights',
      'a minimum where points have weights',
      weights,
      ({ certificate }) => {
        certificate.claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound: 0 };
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
  ];
}
