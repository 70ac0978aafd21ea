import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { makeProblem } from '../../src/problem/problem.js';
import { checkedCertificate } from '../../src/solve/checked.js';
import type { CaseFile, Forgery, Json } from './case-files.js';
import { asFunction } from './values-of-pieces.js';

function minimised(about: string, data: Json, p: string): CaseFile {
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const minimizer = minimizeLp(problem, Rational.parse(p));
  const certificate = checkedCertificate(problem, minimizer)!;
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

/** One convex run with these differences of slope at x = 0, 1, 2, .. */
function run(name: string, differences: readonly number[]): Json {
  const y = [0, -1];
  let slope = -1;
  for (const difference of differences) {
    slope += difference;
    y.push(y.at(-1)! + slope);
  }
  return { format: 'sparsest-instance', version: 1, name, x: y.map((_, i) => i), y };
}

const DENSER = run('three knots are cheaper', [1, 8, 8, 1]);
const TIED = run('two ways round', [1, 5, 100, 5, 1]);
const EVEN = run('a parabola', [2, 2, 2]);
const RUNS: Json = {
  format: 'sparsest-instance',
  version: 1,
  name: 'runs of one, three and two points',
  x: [0, 1, 2, 3, 5, '11/2', 7, 8, 9, 10],
  y: [0, 0, 2, 3, -1, '-9/4', '-21/4', '-9/4', '3/4', '15/4'],
};

export function acceptedLpMinimum(): Record<string, CaseFile> {
  const example = minimised('the worked example of FORMAT.md', DENSER, '3/5');
  const runs = minimised('several runs', RUNS, '37/100');
  const limit = minimised('p = 0: the least product', RUNS, '0');
  return {
    'lp-minimum': example,
    'lp-minimum-as-function': asFunction(example),
    'lp-minimum-sparsest': minimised('below p* the same data have a sparsest minimiser', DENSER, '2/5'),
    'lp-minimum-tied': minimised('a price that hangs on the price before it', TIED, '1/2'),
    'lp-minimum-parabola': minimised('a price that is the cost of a tile 1', EVEN, '1/2'),
    'lp-minimum-runs': runs,
    'lp-minimum-runs-as-function': asFunction(runs),
    'lp-minimum-limit': limit,
    'lp-minimum-limit-as-function': asFunction(limit),
    'lp-minimum-limit-tied': minimised('p = 0: two least products', TIED, '0'),
    'lp-minimum-path-norm': minimised('p = 1', RUNS, '1'),
  };
}

export function forgedLpMinimum(accepted: Record<string, CaseFile>): Forgery[] {
  const denser = accepted['lp-minimum']!;
  const denserValues = accepted['lp-minimum-as-function']!;
  const sparsest = accepted['lp-minimum-sparsest']!;
  const tied = accepted['lp-minimum-tied']!;
  const parabola = accepted['lp-minimum-parabola']!;
  const runsValues = accepted['lp-minimum-runs-as-function']!;
  const limit = accepted['lp-minimum-limit']!;
  const limitValues = accepted['lp-minimum-limit-as-function']!;
  const limitTied = accepted['lp-minimum-limit-tied']!;
  const pathNorm = accepted['lp-minimum-path-norm']!;
  const shares = (change: (shares: Json[], certificate: Json) => void) => (copy: Json) =>
    change(copy.certificate.proof.shares, copy.certificate);
  const claim = (change: (claim: Json, certificate: Json) => Json) => (copy: Json) =>
    void Object.assign(copy.certificate.claim, change(copy.certificate.claim, copy.certificate));
  const pieces = (change: (pieces: Json[], certificate: Json) => void) => (copy: Json) =>
    change(copy.certificate.pieces, copy.certificate);
  const other = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.proof.other, fields);
  return [
    [
      'lp-minimum-problem',
      'windows have no minimiser',
      accepted['function-windows']!,
      ({ certificate }) => {
        certificate.claim = { kind: 'lp-minimum', p: '1/2', lower: '0', upper: '99', sparsest: true };
        certificate.proof = { kind: 'prices', shares: [] };
      },
    ],
    ['lp-minimum-number', 'p above 1', denser, claim(() => ({ p: '3/2' }))],
    ['lp-minimum-number', 'p negative', denser, claim(() => ({ p: '-1/2' }))],
    [
      'lp-minimum-vertex',
      'two knots between two points',
      denserValues,
      ({ certificate }) => void certificate.function.splice(2, 1, ['9/4', '-1'], ['11/4', '3']),
    ],
    [
      'lp-minimum-vertex',
      'the dots joined in a run of two',
      runsValues,
      ({ certificate }) => void certificate.function.splice(4, 1, 5, 6),
    ],
    [
      'lp-minimum-vertex',
      'a place between collinear points',
      runsValues,
      ({ certificate }) => void certificate.function.splice(-1, 0, 7),
    ],
    [
      'lp-minimum-vertex',
      'a point between two pieces',
      denser,
      pieces((list) => void list.splice(2, 1, [3, 0, 4, 0, 4, 4])),
    ],
    ['lp-minimum-sparsest', 'not as few as possible', denser, claim(() => ({ sparsest: true }))],
    ['lp-minimum-sparsest', 'as few as possible, denied', sparsest, claim(() => ({ sparsest: false }))],
    ['lp-minimum-shares', 'one missing', denser, shares((list) => void list.pop())],
    ['lp-minimum-shares', 'one too many', denser, shares((list) => void list.push(5))],
    [
      'lp-minimum-shares',
      'across the begin of a run',
      sparsest,
      shares((list) => void list.splice(0, 1, -2)),
    ],
    ['lp-minimum-shares', 'no such word', denser, shares((list) => void list.splice(0, 1, -3))],
    ['lp-minimum-shares', 'a negative share', denser, shares((list) => void list.splice(0, 1, '-1/2'))],
    ['lp-minimum-shares', 'shares for p = 1', pathNorm, shares((list) => void list.push(5))],
    [
      'lp-minimum-prices',
      'too much for the first point',
      denser,
      shares((list) => void list.splice(0, 1, 2 ** 31 - 1)),
    ],
    [
      'lp-minimum-prices',
      'too little for the first point',
      denser,
      shares((list) => void list.splice(0, 1, 0)),
    ],
    [
      'lp-minimum-prices',
      'a minimiser for another p',
      denser,
      ({ certificate }) => {
        certificate.claim = sparsest.certificate.claim;
        certificate.claim.p = '3/5';
        certificate.pieces = sparsest.certificate.pieces;
        certificate.proof = sparsest.certificate.proof;
      },
    ],
    [
      'lp-minimum-prices',
      'a tie that is none',
      sparsest,
      shares((list) => {
        list[0] = -1;
        list[1] = -2;
      }),
    ],
    [
      'lp-minimum-prices',
      'the dots joined',
      denserValues,
      ({ certificate }) => void certificate.function.splice(2, 1, 2, 3),
    ],
    [
      'lp-minimum-product',
      'a tile 1 at another place',
      limitValues,
      ({ certificate }) => void certificate.function.splice(2, 2, 2, ['23/7', '23/7']),
    ],
    [
      'lp-minimum-product',
      'more knots than needed',
      denser,
      claim((_, certificate) => {
        certificate.proof.shares = [];
        return { p: '0', lower: '3', upper: '3' };
      }),
    ],
    [
      'lp-minimum-prices',
      'the dots joined, in pieces',
      denser,
      pieces((list, { proof }) => {
        list.splice(2, 1, -3, -4);
        proof.shares = [];
      }),
    ],
    ['lp-minimum-unique', 'the only one of two', limitTied, claim(() => ({ unique: true }))],
    ['lp-minimum-unique', 'the only one at p = 1', pathNorm, claim(() => ({ unique: true }))],
    ['lp-minimum-unique', 'not the only one, without another', denser, claim(() => ({ unique: false }))],
    [
      'lp-minimum-unique',
      'the only one, from prices of a tie',
      tied,
      claim((_, certificate) => {
        delete certificate.proof.other;
        return { unique: true };
      }),
    ],
    [
      'lp-minimum-unique',
      'another one that is the same',
      tied,
      ({ certificate: { proof } }) => {
        proof.other.tiles = [...proof.other.tiles].reverse().join('');
      },
    ],
    ['lp-minimum-unique', 'another one that costs more', tied, other({ tiles: '212' })],
    ['lp-minimum-unique', 'another one that does not cover the run', tied, other({ tiles: '1222' })],
    ['lp-minimum-unique', 'another one with a tile of three', tied, other({ tiles: '32' })],
    [
      'lp-minimum-unique',
      'another one in a run that is not there',
      parabola,
      ({ certificate: { proof } }) => void proof.other.point++,
    ],
    ['lp-minimum-cost', 'lower too high', denser, claim((c) => ({ lower: c.upper }))],
    ['lp-minimum-cost', 'upper too low', denser, claim((c) => ({ upper: c.lower }))],
    ['lp-minimum-cost', 'lower above upper', denser, claim((c) => ({ lower: c.upper, upper: c.lower }))],
    ['lp-minimum-cost', 'p = 0: the cost is the number of knots', limit, claim(() => ({ upper: '1' }))],
    ['lp-minimum-cost', 'p = 1: above the path norm', pathNorm, claim(() => ({ lower: '1000' }))],
    [
      'lp-minimum-size',
      'a bracket of 300 digits',
      denser,
      claim(() => ({ lower: '6', upper: `${6n * 10n ** 300n + 1n}/${10n ** 300n}` })),
    ],
    [
      'claim-proof',
      'a least cost from witnesses',
      denser,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
    [
      'claim-network',
      'a least cost without its function',
      denser,
      ({ certificate }) => void delete certificate.pieces,
    ],
    [
      'claim-network',
      'a minimiser in two forms',
      denser,
      ({ certificate }) => {
        certificate.function = denserValues.certificate.function;
      },
    ],
    [
      'pieces-fit',
      'a minimiser that misses a point',
      denser,
      pieces((list) => void list.splice(0, 2, [0, 0, 2, 0, 0, 2])),
    ],
    [
      'function-fit',
      'a minimiser that misses a point',
      denserValues,
      ({ certificate }) => void certificate.function.splice(1, 1),
    ],
  ];
}
