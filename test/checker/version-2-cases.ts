import type { Certificate } from '../../src/certificate/certificate.js';
import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { knotValuesOf } from '../../src/knots/knot-values.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { makeProblem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { solve } from '../../src/solve/solve.js';
import type { CaseFile, Forgery, Json } from './case-files.js';
import { asFunction } from './values-of-pieces.js';

/** What version 2 of the format adds: `function` and `pieces`, the short form of witnesses, the size of the problem. */
async function solved(
  about: string,
  data: Json,
  tolerance = '0',
  by: 'function' | 'pieces' = 'function',
): Promise<CaseFile> {
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset, Rational.parse(tolerance));
  const solution = await solve(problem);
  if (solution.status === 'infeasible') throw new Error('expected a function');
  const { pieces, ...certificate } = certify(problem, solution);
  const made = (form: Pick<Certificate, 'pieces' | 'function'>): CaseFile => ({
    about,
    data,
    certificate: JSON.parse([...certificateChunks({ ...certificate, ...form })].join('')),
  });
  if (by === 'pieces') return made({ pieces });
  return problem.exact
    ? asFunction(made({ pieces }))
    : made({ function: knotValuesOf(solution.function!, problem) });
}

/** Data with the certificate of p*. */
function thresholdOf(about: string, data: Json): CaseFile {
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const { claim, proof } = threshold(problem);
  const text = [...certificateChunks({ problem: identityOf(problem), claim, proof })].join('');
  return { about, data, certificate: JSON.parse(text) };
}

export async function acceptedVersion2(
  plateau: Json,
  trap: Json,
  windows: Json,
): Promise<Record<string, CaseFile>> {
  const alone = { ...plateau, name: 'one point', x: [2], y: ['1/3'] };
  return {
    'function-exact': await solved('the worked example of FORMAT.md in version 2', plateau),
    'function-collinear': await solved('a place may lie between collinear points', trap),
    'function-windows': await solved('knots of a function through windows', windows),
    'function-tolerance': await solved('labels widened by 1/7, version 2', trap, '1/7'),
    'pieces-exact': await solved('the worked example of FORMAT.md in version 2', plateau, '0', 'pieces'),
    'pieces-collinear': await solved('pieces of many points', trap, '0', 'pieces'),
    'pieces-windows': await solved('pieces through ends of windows', windows, '0', 'pieces'),
    'pieces-tolerance': await solved('labels widened by 1/7, pieces', trap, '1/7', 'pieces'),
    'pieces-one-point': await solved('one point: a constant', alone, '0', 'pieces'),
    'threshold-references': thresholdOf('p* below 1, references in runs with an odd number of points', {
      ...plateau,
      name: 'two runs',
      x: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      y: [0, 0, 1, 10, 27, 45, 54, 62, 69, 75, 80, 84, 87],
    }),
    'function-one-point': await solved('one point: a constant through two places', alone),
  };
}

export function forgedVersion2(accepted: Record<string, CaseFile>, plane: CaseFile): Forgery[] {
  const exact = accepted['function-exact']!;
  const windows = accepted['function-windows']!;
  const trap = accepted['function-collinear']!;
  const pStar = accepted['threshold-references']!;
  const pieces = accepted['pieces-exact']!;
  const references = (c: Json) => c.certificate.proof.references;
  const places: Json = [
    ['-2', '0'],
    ['3', '0'],
  ];
  return [
    ['problem-size', 'a point more', exact, ({ certificate: { problem } }) => void problem.points++],
    ['problem-size', 'two inputs', exact, ({ certificate: { problem } }) => void problem.dimension++],
    [
      'function-dimension',
      'two inputs',
      plane,
      ({ certificate }) => {
        certificate.version = 2;
        Object.assign(certificate.problem, { dimension: 2, points: 3 });
        certificate.claim = {
          kind: 'minimum',
          objective: 'neurons',
          skip: 'affine',
          lowerBound: 0,
          upperBound: 0,
        };
        certificate.function = places;
        certificate.proof = { kind: 'search', trees: [] };
      },
    ],
    ['threshold-references', 'of one interval less', pStar, (c) => void references(c).pop()],
    ['threshold-references', 'of a run that is not there', pStar, (c) => void references(c)[0].push([3, 0])],
    ['threshold-references', 'an odd offset', pStar, (c) => void references(c)[0].push([5, 1])],
    ['threshold-references', 'behind the run', pStar, (c) => void references(c)[0].push([5, 8])],
    [
      'threshold-interval',
      'one great step with references',
      pStar,
      ({ certificate: { claim, proof } }) => {
        proof.breakpoints = ['0', '1'];
        proof.references = [[]];
        Object.assign(claim, { lower: '1', upper: '1' });
        delete proof.crossing;
      },
    ],
    [
      'threshold-number',
      'the second form from above 1',
      pStar,
      ({ certificate: { proof } }) => {
        proof.unitFrom = '65/64';
      },
    ],
    ['pieces-order', 'no piece', pieces, ({ certificate }) => void certificate.pieces.splice(0)],
    ['pieces-order', 'the last one is missing', pieces, ({ certificate }) => void certificate.pieces.pop()],
    [
      'pieces-order',
      'the first one is missing',
      pieces,
      ({ certificate }) => void certificate.pieces.shift(),
    ],
    [
      'pieces-order',
      'a point that is not there',
      pieces,
      ({ certificate }) => void certificate.pieces.push(6),
    ],
    [
      'pieces-order',
      'an end that is neither lower nor upper',
      pieces,
      ({ certificate }) => void certificate.pieces.splice(0, 1, [0, 2, 1, 0, 0, 1]),
    ],
    ['pieces-crossing', 'one is left out', pieces, ({ certificate }) => void certificate.pieces.splice(1, 1)],
    [
      'pieces-crossing',
      'a line that leaves too early',
      pieces,
      ({ certificate }) => void certificate.pieces.splice(1, 1, [1, 0, 2, 0, 1, 1]),
    ],
    [
      'pieces-fit',
      'a point that is not on its line',
      pieces,
      ({ certificate }) => void certificate.pieces.splice(0, 1, [0, 0, 1, 0, 0, 2]),
    ],
    [
      'claim-upper-bound',
      'fewer than the pieces have changes',
      pieces,
      ({ certificate: { claim } }) => void Object.assign(claim, { lowerBound: 3, upperBound: 4 }),
    ],
    [
      'claim-network',
      'pieces beside a function',
      pieces,
      ({ certificate }) => {
        certificate.function = places;
      },
    ],
    [
      'claim-network',
      'pieces for skip bias',
      pieces,
      ({ certificate: { claim } }) => {
        claim.skip = 'bias';
      },
    ],
    ['function-order', 'a single place', exact, ({ certificate }) => void certificate.function.splice(1)],
    ['function-order', 'no place', exact, ({ certificate }) => void certificate.function.splice(0)],
    [
      'function-order',
      'a place twice',
      exact,
      ({ certificate }) => void certificate.function.splice(1, 0, 1),
    ],
    [
      'function-order',
      'back to an earlier place',
      exact,
      ({ certificate }) => void certificate.function.push(4),
    ],
    ['function-point', 'out of range', exact, ({ certificate }) => void certificate.function.splice(4, 1, 6)],
    [
      'function-point',
      'a window of more than a value',
      windows,
      ({ certificate }) => void certificate.function.splice(0, 1, 1),
    ],
    [
      'function-fit',
      'misses a point by 1e-30',
      exact,
      ({ certificate }) =>
        void certificate.function.splice(2, 1, [
          '1/2',
          '1500000000000000000000000000001/1000000000000000000000000000000',
        ]),
    ],
    [
      'function-fit',
      'misses only the last point',
      exact,
      ({ certificate }) => void certificate.function.splice(4, 1, ['3', '1/1000000000000000000000000000000']),
    ],
    [
      'function-fit',
      'misses a point outside its places',
      trap,
      ({ certificate }) => void certificate.function.splice(0, 1, ['1/2', '1/2']),
    ],
    [
      'claim-upper-bound',
      'fewer than the function has knots',
      windows,
      ({ certificate: { claim } }) => void claim.upperBound--,
    ],
    [
      'claim-upper-bound',
      'more than the function has knots',
      exact,
      ({ certificate: { claim } }) => void claim.upperBound++,
    ],
    [
      'claim-network',
      'a function for skip none',
      exact,
      ({ certificate: { claim } }) => {
        claim.skip = 'none';
      },
    ],
    [
      'claim-network',
      'a function for parameters',
      accepted['function-one-point']!,
      ({ certificate: { claim, proof } }) => {
        claim.objective = 'parameters';
        Object.assign(proof, { kind: 'search', trees: [] });
        delete proof.witnesses;
      },
    ],
    [
      'claim-network',
      'a function and a network',
      exact,
      ({ certificate }) => {
        certificate.network = {
          format: 'sparsest-network',
          version: 1,
          inputDimension: 1,
          skip: null,
          neurons: [],
        };
      },
    ],
    [
      'claim-network',
      'a function without an upper bound',
      exact,
      ({ certificate: { claim } }) => void delete claim.upperBound,
    ],
    [
      'witness-inequality',
      'a point that does not turn',
      trap,
      ({ certificate: { proof } }) => void proof.witnesses.splice(1, 0, 3),
    ],
    [
      'witness-indices',
      'a neighbour out of range',
      exact,
      ({ certificate: { proof } }) => void proof.witnesses.push(6),
    ],
    [
      'witness-disjoint',
      'neighbours of one sign',
      exact,
      ({ certificate: { proof } }) => void proof.witnesses.splice(1, 1, 2),
    ],
  ];
}
