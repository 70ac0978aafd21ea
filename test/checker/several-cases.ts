import { identityOf } from '../../src/certificate/identity.js';
import { writeInteger } from '../../src/certificate/search-proof.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { parseInstance } from '../../src/files/instance.js';
import { minimizePathNorm } from '../../src/path-norm/minimum.js';
import { thresholdSeveral } from '../../src/path-norm/threshold.js';
import type { Skip } from '../../src/problem/network.js';
import { makeProblem } from '../../src/problem/problem.js';
import { accepted } from '../../src/solve/checked.js';
import { pathNormStatement, thresholdSeveralStatement } from '../../src/solve/path-norm.js';
import type { CaseFile, Forgery, Json } from './case-files.js';

function points(name: string, x: Json, y: Json, more: Json = {}): Json {
  return { format: 'sparsest-instance', version: 1, name, x, y, ...more };
}

function problemOfData(data: Json) {
  return makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
}

async function minimised(
  about: string,
  data: Json,
  p: string,
  skip: Skip = 'none',
  gap = 1e-2,
): Promise<CaseFile> {
  const problem = problemOfData(data);
  const minimum = await minimizePathNorm(problem, skip, Rational.parse(p), { gap });
  const certificate = { problem: identityOf(problem), ...pathNormStatement(minimum) };
  accepted(problem, certificate);
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function crossing(about: string, data: Json, skip: Skip = 'none'): CaseFile {
  const problem = problemOfData(data);
  const found = thresholdSeveral(problem, skip, { width: 1e-3 });
  const certificate = { problem: identityOf(problem), ...thresholdSeveralStatement(found)! };
  accepted(problem, certificate);
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

const XOR = points('xor', [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]); // biome-ignore format: a table
const THREE = points('three points of a plane', [[2, 1], [-3, 3], [0, 2]], [-5, 3, 4]); // biome-ignore format: a table
const DENSER = points('three points, p* below 1', [[0, 1], [-1, -1], [-2, -2]], [5, -5, 0]); // biome-ignore format: a table
const LINE = points('one input', [-2, 0, 1, 3], [1, -1, 2, 0]);
const WINDOWS = {
  ...points('windows', [[1, 2], [-1, 1], [2, -1]], []), // biome-ignore format: a table
  y: undefined,
  lower: [2, -1, 0],
  upper: [3, '-1/2', 1],
};
const WIDE = points(
  'three points in 51 inputs',
  [1, 2, 3].map((n) => Array.from({ length: 51 }, (_, i) => ((i * i + 3 * n * i + n) % 7) - 3)),
  [2, -1, 1],
);

/** Multipliers that one can check by hand; the tree is the one that branch and bound finds. */
async function byHand(): Promise<CaseFile> {
  const file = await minimised('the worked example of FORMAT.md', XOR, '1/2', 'none', 0.3);
  const { claim, proof } = file.certificate;
  claim.lowerBound = '29/10';
  proof.tau = '16';
  proof.nodes = [[1, 4, 1], [0, 10, -19, 19, 19, -15], [3, 0, 1], [0, 25, -16, 24, 16, -18], [0, 25, -16, 16, 24, -20], [0, 25, -21, 24, 24, -21]]; // biome-ignore format: a tree
  return file;
}

/** Certificates of least path norms of several inputs, and of one without a free line. */
export async function acceptedSeveral(): Promise<Record<string, CaseFile>> {
  return {
    several: await byHand(),
    'several-closed': await minimised('a narrow gap', XOR, '9/10', 'none', 1e-6),
    'several-cuts': await minimised(
      'regions cut by data, by signs and by other planes',
      THREE,
      '1/2',
      'none',
      1e-3,
    ),
    'several-at-one': await minimised('p = 1: closed exactly, by one node', THREE, '1'),
    'several-affine': await minimised('lambda is orthogonal to a free affine part', XOR, '1/2', 'affine'),
    'several-bias': await minimised('lambda adds up to 0', THREE, '7/10', 'bias'),
    'several-windows': await minimised('the cheaper end of every window', WINDOWS, '1/2'),
    'several-one-input': await minimised('one input: biases are free', LINE, '1/2', 'none'),
    'several-patterns': await minimised('too many rays: activation patterns', WIDE, '1/2', 'none', 0.5),
    'several-patterns-at-one': await minimised('p = 1 pattern by pattern', WIDE, '1'),
    'several-nothing': await minimised('a free part alone', points('a plane', [[0, 0], [1, 0]], [1, 2]), '1/2', 'affine'), // biome-ignore format: short
    'threshold-several': crossing('p* below 1, with a cheaper denser network', DENSER),
    'threshold-several-one': crossing('p* = 1', XOR),
    'threshold-several-one-input': crossing('one input', LINE),
  };
}

/** A first node of a kind: [1, ..] names, [2, ..] bounds a size, [3, ..] and [4, ..] cut a region. */
const nodeOf = (copy: Json, kind: number): Json =>
  copy.certificate.proof.nodes.find((node: Json) => node[0] === kind);
const at = (change: (certificate: Json) => void) => (copy: Json) => change(copy.certificate);
const scaled = (kind: number, k: number, factor: bigint) => (copy: Json) => {
  for (const node of copy.certificate.proof.nodes)
    if (node[0] === kind) node[k] = `${BigInt(node[k]) * factor}`;
};
const claim = (change: (claim: Json) => Json) => (copy: Json) =>
  void Object.assign(copy.certificate.claim, change(copy.certificate.claim));

/** Every way to break a rule of these claims. */
export function forgedSeveral(accepted: Record<string, CaseFile>): Forgery[] {
  const [xor, closed, cuts, one] = ['', '-closed', '-cuts', '-at-one'].map((name) => accepted[`several${name}`]!) as [CaseFile, CaseFile, CaseFile, CaseFile]; // biome-ignore format: a list
  const patterns = accepted['several-patterns']!;
  const line = accepted['several-one-input']!;
  const pStar = accepted['threshold-several']!;
  const pStarOne = accepted['threshold-several-one']!;
  const long = '1'.repeat(2500);
  /** Trees of the first leaf. */
  const tree = (copy: Json): Json =>
    nodeOf(copy, 0).find((entry: Json) => typeof entry === 'object' && entry.order.length > 0);
  return [
    ['several-claim', 'p above 1', xor, claim(() => ({ p: '3/2' }))],
    ['several-claim', 'p = 0', xor, claim(() => ({ p: '0' }))],
    ['several-claim', 'p below what is checked', xor, claim(() => ({ p: '1/1001' }))],
    [
      'several-claim',
      'bounds the wrong way round',
      xor,
      claim((c) => ({ lowerBound: '5', upperBound: c.upperBound })),
    ],
    ['several-claim', 'a negative bound', xor, claim(() => ({ lowerBound: '-1' }))],
    ['several-number', 'a claim too long to check', xor, claim(() => ({ upperBound: `${long}` }))],
    ['several-number', 'lambda too long to check', xor, (copy) => void nodeOf(copy, 0).splice(2, 1, long)],
    ['several-number', 'lambda over 0', xor, (copy) => void nodeOf(copy, 0).splice(1, 1, 0)],
    ['several-upper-bound', 'less than the network costs', xor, claim(() => ({ upperBound: '399/100' }))],
    ['several-upper-bound', 'less than the network costs at p = 1', one, claim((c) => ({ lowerBound: '0', upperBound: Rational.parse(c.upperBound).subtract(Rational.of(1, 10n ** 40n)).toString() }))], // biome-ignore format: short
    [
      'several-tau',
      'neurons larger than tau forgotten',
      xor,
      at(({ proof }) => void Object.assign(proof, { tau: '15' })),
    ],
    ['several-tree', 'a part left out', xor, at(({ proof }) => void proof.nodes.pop())],
    ['several-tree', 'a part twice', xor, at(({ proof }) => void proof.nodes.push(proof.nodes.at(-1)))],
    ['several-node', 'no such node', xor, (copy) => void nodeOf(copy, 1).splice(0, 1, 7)],
    ['several-node', 'a size of 0', xor, (copy) => void nodeOf(copy, 1).splice(1, 1, 0)],
    ['several-node', 'a neuron that is not named', cuts, (copy) => void nodeOf(copy, 3).splice(1, 1, 7)],
    ['several-node', 'a hyperplane that is not there', cuts, (copy) => void nodeOf(copy, 3).splice(2, 1, 6)],
    ['several-node', 'a leaf without its last multiplier', xor, (copy) => void nodeOf(copy, 0).pop()],
    [
      'several-node',
      'a region of patterns',
      patterns,
      (copy) => void copy.certificate.proof.nodes.splice(1, 0, [3, 0, 0]),
    ],
    ['several-node', 'a cut with one input', line, (copy) => void nodeOf(copy, 3).splice(0, 3, 4, 0, 1, 1)],
    ['several-name', 'a neuron larger than tau', xor, scaled(1, 1, 1000n)],
    ['several-name', 'more neurons than a minimiser has', xor, at((c) => {
      c.claim.lowerBound = '0';
      // A chain of named neurons, one more than there are points.
      const leaf = [0, 1, 0, 0, 0, 0];
      const name = [1, 1, 1];
      c.proof.nodes = Array.from({ length: 5 }, () => [name, leaf]).flat();
    })], // biome-ignore format: short
    ['several-orthogonal', 'lambda along the free part', accepted['several-affine']!, (copy) => {
      const leaf = nodeOf(copy, 0);
      leaf[2] = `${BigInt(leaf[2]) + 1n}`;
    }], // biome-ignore format: short
    ['several-orthogonal', 'a constant that costs nothing', line, (copy) => {
      const leaf = nodeOf(copy, 0);
      leaf[2] = `${BigInt(leaf[2]) + 1n}`;
    }], // biome-ignore format: short
    ['several-others', 'lambda scaled up', xor, (copy) => {
      for (const node of copy.certificate.proof.nodes)
        if (node[0] === 0) for (let k = 2; k < node.length; k++) node[k] = `${BigInt(node[k]) * 2n}`;
    }], // biome-ignore format: short
    ['several-others', 'lambda scaled up by a hair at p = 1', one, (copy) => {
      const leaf = nodeOf(copy, 0);
      for (let k = 1; k < leaf.length; k++) leaf[k] = `${BigInt(leaf[k]) * 10n ** 40n + (k > 1 ? BigInt(leaf[k]) : 0n)}`;
    }], // biome-ignore format: short
    ['several-leaf', 'a gap narrower than proved', xor, claim(() => ({ lowerBound: '4' }))],
    [
      'several-leaf',
      'a gap narrower than proved by a hair',
      closed,
      claim((c) => ({ lowerBound: c.upperBound })),
    ],
    ['several-leaf', 'lambda forgotten', closed, (copy) => {
      const leaf = nodeOf(copy, 0);
      leaf.fill(0, 2);
    }], // biome-ignore format: short
    ['several-leaf', 'lambda turned round', cuts, (copy) => {
      for (const node of copy.certificate.proof.nodes)
        if (node[0] === 0) for (let k = 2; k < node.length; k++) node[k] = writeInteger(-BigInt(node[k]));
    }], // biome-ignore format: short
    [
      'several-leaf',
      'the order of named neurons broken',
      closed,
      at(({ proof }) => void proof.nodes.reverse().splice(0, 0, ...proof.nodes.splice(-1))),
    ],
    [
      'several-patterns',
      'patterns of one input',
      line,
      at(({ proof }) => void Object.assign(proof, { majorant: 'patterns' })),
    ],
    ['several-patterns', 'a point that is not decided', patterns, (copy) => void tree(copy).order.pop()],
    ['several-patterns', 'a pattern left out', patterns, (copy) => void tree(copy).leaves.pop()],
    [
      'several-patterns',
      'a pattern twice',
      patterns,
      (copy) => void tree(copy).leaves.push(tree(copy).leaves[0]),
    ],
    ['several-patterns', 'theta above 1', patterns, (copy) => {
      const { leaves } = tree(copy);
      for (const leaf of leaves) leaf.push(leaf.pop() === undefined ? 0 : 2 ** 31);
    }], // biome-ignore format: short
    [
      'several-rays',
      'more rays than are checked',
      patterns,
      at(({ proof }) => void Object.assign(proof, { majorant: 'rays' })),
    ],
    [
      'claim-proof',
      'a least path norm from another proof',
      xor,
      at((c) => void Object.assign(c, { proof: { kind: 'witnesses', witnesses: [] } })),
    ],
    ['claim-network', 'a least path norm without its network', xor, at((c) => void delete c.network)],
    ['network-fit', 'a minimiser that misses a point', xor, at(({ network }) => void network.neurons.pop())],
    ['threshold-several-problem', 'windows', accepted['several-windows']!, at((c) => {
      delete c.network;
      c.claim = { kind: 'threshold-several', skip: 'none', lower: '0', upper: '1' };
      c.proof = { kind: 'threshold-several', breakpoints: ['0'] };
    })], // biome-ignore format: short
    [
      'threshold-several-claim',
      'lower above upper',
      pStar,
      claim((c) => ({ lower: c.upper, upper: c.lower })),
    ],
    ['threshold-several-claim', 'beyond 1', pStar, claim(() => ({ upper: '2' }))],
    ['threshold-several-breakpoints', 'not from 0', pStar, at(({ proof }) => void proof.breakpoints.shift())],
    [
      'threshold-several-breakpoints',
      'not as far as claimed',
      pStar,
      at(({ proof }) => void proof.breakpoints.pop()),
    ],
    ['threshold-several-interval', 'p* too large', pStar, at((c) => {
      c.claim.lower = c.claim.upper;
      c.proof.breakpoints.push(c.claim.upper);
    })], // biome-ignore format: short
    [
      'threshold-several-interval',
      'one great step',
      pStar,
      at(({ proof }) => void proof.breakpoints.splice(1, proof.breakpoints.length - 2)),
    ],
    [
      'threshold-several-crossing',
      'before the denser network is cheaper',
      pStar,
      claim((c) => ({ upper: c.lower })),
    ],
    ['threshold-several-crossing', 'p* below 1 where it is 1', pStarOne, at((c) => {
      Object.assign(c.claim, { lower: '1/4', upper: '1/2' });
      c.proof.breakpoints = ['0', '1/4'];
    })], // biome-ignore format: short
    [
      'claim-proof',
      'p* of several inputs from another proof',
      pStar,
      at((c) => void Object.assign(c, { proof: { kind: 'witnesses', witnesses: [] } })),
    ],
    [
      'claim-network',
      'p* of several inputs with a network',
      pStar,
      at((c) => void Object.assign(c, { network: xor.certificate.network })),
    ],
  ];
}
