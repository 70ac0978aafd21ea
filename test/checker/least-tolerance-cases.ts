import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { finish } from '../../src/exact/steps.js';
import { parseInstance } from '../../src/files/instance.js';
import { LeastTolerances } from '../../src/knots/least-tolerance.js';
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
