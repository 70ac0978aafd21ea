import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { parseInstance } from '../../src/files/instance.js';
import type { Skip } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { accepted } from '../../src/solve/checked.js';
import { PositionsQuestion, positionsStatement } from '../../src/solve/positions.js';
import { solve } from '../../src/solve/solve.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

const problemOf = (data: Json) =>
  makeProblem(parseInstance(JSON.stringify(data), 'case').dataset, undefined, { open: true });

function positions(
  about: string,
  data: Json,
  at: readonly (number | string)[],
  step: number | string | null = null,
  levels?: number,
): CaseFile {
  const problem = problemOf(data);
  const restriction = {
    knotsOn: at.map((t) => Rational.parse(String(t))),
    maxSlopeChange: null,
    maxKnots: null,
  };
  const asked = new PositionsQuestion(problem, {
    restriction,
    valuesOn: step === null ? null : Rational.parse(String(step)),
  });
  if (levels === undefined) finish(asked.solve());
  else for (const steps = asked.solve(); asked.lowerBound < levels; ) steps.next();
  const statement = positionsStatement(asked.answer);
  accepted(problem, statement);
  const certificate = { problem: identityOf(problem), ...statement };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

async function sparsest(about: string, data: Json, skip: Skip): Promise<CaseFile> {
  const problem = problemOf(data);
  const certificate = certify(problem, await solve(problem, { skip }))!;
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function instance(name: string, fields: Json): Json {
  return { format: 'sparsest-instance', version: 1, name, ...fields };
}

export async function acceptedReachable(windows: Json): Promise<Record<string, CaseFile>> {
  const step = instance('a step', { x: [0, 1, 2, 3], y: [0, 0, 1, 1] });
  const wave = instance('a wave', { x: [0, 1, 2, 3, 4, 5], y: [0, 2, 1, 3, 0, 1] });
  const wide = instance('a wide wave', {
    x: [0, 1, 2, 3, 4, 5],
    lower: [0, 2, 0, 3, 0, 1],
    upper: [1, 3, 1, 4, 1, 2],
  });
  const open = instance('windows with one end', {
    x: [0, 1, 2, 3, 4, 5],
    lower: [0, null, 3, null, 0, 6],
    upper: [null, 1, null, 2, 5, null],
  });
  const classes = instance('exclusive or', {
    x: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
    lower: [null, 1, 1, null],
    upper: [-1, null, null, -1],
  });
  return {
    reachable: positions('the worked example of FORMAT.md', step, [1, 2]),
    'reachable-between': positions('positions between points', wave, [
      '1/2',
      1,
      '3/2',
      2,
      3,
      '7/2',
      4,
      '9/2',
    ]),
    'reachable-impossible': positions('nothing fits', wave, [1, '3/2', 3]),
    'reachable-bound': positions('a bound alone', wave, [1, 2, 3, 4], null, 2),
    'reachable-windows': positions('windows of a file', windows, [0, '1/2', 1, '3/2', 2, '5/2', 3, 4]),
    'reachable-grid': positions('values on a grid', wide, [1, 2, 3, 4], '1/2'),
    'reachable-grid-impossible': positions('no values of the grid fit', wave, [1, 2, 3, 4], 2),
    'reachable-open': positions('windows with one end', open, [1, 2, '5/2', 3, 4]),
    'open-affine': await sparsest('windows with one end, skip affine', open, 'affine'),
    'open-bias': await sparsest('windows with one end, skip bias', open, 'bias'),
    'open-classes': await sparsest('two classes', classes, 'none'),
  };
}

export function forgedReachable(accepted: Record<string, CaseFile>): Forgery[] {
  const between = accepted['reachable-between']!;
  const impossible = accepted['reachable-impossible']!;
  const grid = accepted['reachable-grid']!;
  const open = accepted['open-affine']!;
  const claim = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.claim, fields);
  const levels = (change: (levels: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.levels);
  const rule = 'restricted-reachable';
  return [
    [rule, 'a level left out', between, levels((list) => void list.pop())],
    [rule, 'a level too many', between, levels((list) => void list.push([]))],
    [rule, 'what is reached left out', between, levels((list) => void list[0].pop())],
    [rule, 'a level emptied', impossible, levels((list) => void list[0].splice(0))],
    [
      rule,
      'a range that is cut',
      grid,
      levels((list) => {
        list[0][0][1] = list[0][0][2];
      }),
    ],
    [
      rule,
      'a position out of range',
      between,
      levels((list) => {
        list[0][0][0] = 8;
      }),
    ],
    [
      rule,
      'ends in falling order',
      between,
      levels((list) => {
        list[0].unshift([0, '1', '0']);
      }),
    ],
    [
      rule,
      'a range of values without an end',
      grid,
      levels((list) => {
        list[0][0][2] = null;
      }),
    ],
    [
      rule,
      'very many values of a grid',
      grid,
      levels((list) => {
        list[0][0] = [0, '-10000000000', '10000000000'];
      }),
    ],
    [
      rule,
      'a function that passes, called impossible',
      between,
      (copy) => {
        delete copy.certificate.claim.lowerBound;
        delete copy.certificate.claim.upperBound;
        delete copy.certificate.function;
      },
    ],
    [
      'restricted-positions',
      'a position before the data',
      between,
      ({ certificate }) => void certificate.claim.positions.unshift('-1'),
    ],
    ['restricted-positions', 'a step of 0', grid, claim({ valuesOn: '0' })],
    [
      'restricted-values',
      'values of another grid',
      grid,
      (copy) => {
        copy.certificate.function[1][1] = '9/4';
      },
    ],
    ['claim-proof', 'slope changes that sweeps do not limit', between, claim({ maxSlopeChange: '1' })],
    [
      'claim-proof',
      'values on a grid from a tree',
      accepted['restricted-positions']!,
      claim({ valuesOn: '1' }),
    ],
    [
      'claim-lower-bound',
      'an upper bound alone',
      between,
      (copy) => {
        delete copy.certificate.claim.lowerBound;
      },
    ],
    [
      'witness-inequality',
      'an end that a window does not have',
      open,
      (copy) => {
        copy.certificate.proof.witnesses[0] = [1, 0, 2, 4];
      },
    ],
    [
      'claim-open',
      'a shape of windows with one end',
      open,
      (copy) => {
        copy.certificate.claim = { kind: 'shape', shape: { minSlope: '0' } };
        copy.certificate.proof = { kind: 'shape-conflict', points: [0, 1] };
        delete copy.certificate.pieces;
      },
    ],
    [
      'search-row',
      'a row of an end that a window does not have',
      accepted['open-classes']!,
      (copy) => {
        const node = copy.certificate.proof.trees[0].nodes.find((entry: Json) => entry[0] === 0);
        const neurons = copy.certificate.proof.trees[0].plus + copy.certificate.proof.trees[0].minus;
        // f(x_0) >= L_0, where the window of point 0 has no lower end.
        node.splice(1, node.length - 1, 4 * neurons + 2 * neurons + 2 ** neurons, 1);
      },
    ],
  ];
}
