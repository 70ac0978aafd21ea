import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Certificate } from '../../src/certificate/certificate.js';
import { identityOf } from '../../src/certificate/identity.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { Rational } from '../../src/exact/rational.js';
import { solveOneInput } from '../../src/facing/solve.js';
import { parseInstance } from '../../src/files/instance.js';
import { threshold } from '../../src/lp-norm/threshold.js';
import { problemHash } from '../../src/problem/canonical.js';
import type { Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { problemOfInputs } from '../../src/problem/problem-of-inputs.js';
import { wideningProblem } from '../../src/problem/widening.js';
import { witnessesOnLines } from '../../src/search/lines.js';
import { pointsOf } from '../../src/search/points.js';
import { acceptedLeastTolerance, forgedLeastTolerance } from './least-tolerance-cases.js';
import { acceptedLpMinimum, forgedLpMinimum } from './lp-minimum-cases.js';
import { acceptedModels, forgedModels } from './model-cases.js';
import { acceptedPatterns, forgedPatterns } from './patterns-cases.js';
import { acceptedReachable, forgedReachable } from './reachable-cases.js';
import { acceptedRestricted, forgedRestricted } from './restricted-cases.js';
import { acceptedSeveral, forgedSeveral } from './several-cases.js';
import { acceptedShapes, forgedShapes } from './shape-cases.js';
import { acceptedSolutionSets, forgedSolutionSets } from './solution-set-cases.js';
import { acceptedUnique, forgedUnique } from './unique-cases.js';
import { acceptedVersion2, forgedVersion2 } from './version-2-cases.js';
import { acceptedVertices, forgedVertices } from './vertex-cases.js';

/**
 * One file of `accept` or `reject`: the data as an instance, the certificate, and for a forgery the rule that must reject it. The
 * tolerance of the problem is the one the certificate names, as in `sparsest-check`.
 */
export interface CaseFile {
  /** What the case shows. */
  about: string;
  data: Json;
  certificate: Json;
  rule?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: forgeries reach into JSON of every shape
export type Json = any;

export const FOLDER = new URL('.', import.meta.url);

/** The problem of a case: data from the instance, tolerance from the certificate. */
export function problemOf({ data, certificate }: CaseFile): Problem {
  const { dataset } = parseInstance(JSON.stringify(data), 'case');
  if (certificate.claim.kind === 'patterns') return problemOfInputs(dataset);
  if (certificate.claim.kind === 'least-tolerance' || dataset.weights !== undefined)
    return wideningProblem(dataset);
  return makeProblem(dataset, Rational.parse(certificate.problem.tolerance), { open: true });
}

function instance(fields: object): Json {
  return { format: 'sparsest-instance', version: 1, ...fields };
}

/** An accepted case whose proof was searched for: with the search it would change, and with it what its forgeries break, so the file is kept. */
export function kept(name: string): CaseFile {
  return JSON.parse(readFileSync(new URL(`accept/${name}.json`, FOLDER), 'utf8'));
}

/** A peak is not the sum of two positive neurons: the example of counting in FORMAT.md. */
function countedPeak(): CaseFile {
  const data = instance({ name: 'a peak', x: [-1, 0, 1], y: [0, 1, 0] });
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const tree = (plus: number, minus: number, nodes: number[][]) => ({
    ...{ plus, minus, budget: null, pivot: 0, nodes },
  });
  const trees = [
    tree(2, 0, [
      [5, 0, 1, 0],
      [0, 13, 1, 29, 1, 22, 2],
      [1, 1, 1],
      [0, 12, 1, 28, 1, 22, 2],
      [0, 22, 1],
    ]),
    tree(0, 1, [[0, 11, 1]]),
  ];
  const certificate = {
    problem: identityOf(problem),
    claim: { kind: 'minimum', objective: 'neurons', skip: 'none', lowerBound: 2 },
    proof: { kind: 'search', trees },
  } as const;
  const text = [...certificateChunks(certificate)].join('');
  return { about: 'neurons that are counted at a point', data, certificate: JSON.parse(text) };
}

/** Two inputs: a lower bound alone, by witnesses on a line. */
function lineCase(): CaseFile {
  const problem = makeProblem(parseInstance(JSON.stringify(ZIGZAG), 'case').dataset);
  const proof = witnessesOnLines(problem, pointsOf(problem))!;
  const certificate: Certificate = {
    problem: { sha256: problemHash(problem), tolerance: '0' },
    claim: { kind: 'minimum', objective: 'neurons', skip: 'none', lowerBound: proof.witnesses.length / 4 },
    proof,
  };
  const text = [...certificateChunks(certificate)].join('');
  return { about: 'points of the data on one line', data: ZIGZAG, certificate: JSON.parse(text) };
}

/** Data with the certificate of p*, in version 1 of the format: the checker chooses the references. */
function thresholdOf(about: string, data: Json): CaseFile {
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const { claim, proof } = threshold(problem);
  const { references: _, unitFrom: __, ...first } = proof;
  const certificate = { problem: { sha256: problemHash(problem), tolerance: '0' }, claim, proof: first };
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

function certificateOf(problem: Problem, skip: Skip): Certificate {
  const identity = { sha256: problemHash(problem), tolerance: problem.tolerance.toString() };
  if (problem.emptyWindow !== null) {
    const { point } = problem.emptyWindow;
    return { problem: identity, claim: { kind: 'infeasible' }, proof: { kind: 'empty-window', point } };
  }
  const { lowerBound, upperBound, network, proof } = solveOneInput(problem, skip);
  const claim = { kind: 'minimum', objective: 'neurons', skip, lowerBound, upperBound } as const;
  return { problem: identity, claim, network, proof };
}

/** Data with the certificate that the solver writes for them. */
function solved(about: string, data: Json, skip: Skip = 'affine', tolerance = '0'): CaseFile {
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset, Rational.parse(tolerance));
  const text = [...certificateChunks(certificateOf(problem, skip))].join('');
  return { about, data, certificate: JSON.parse(text) };
}

/** A copy with something changed. */
function changed<T>(value: T, change: (copy: Json) => void): T {
  const copy = structuredClone(value);
  change(copy);
  return copy;
}

export const PLATEAU = instance({ name: 'peak and plateau', x: [-2, -1, 0, 1, 2, 3], y: [0, 0, 1, 1, 0, 0] });
const TRAP = instance({ name: 'collinear trap', x: [0, 1, 2, 3, 4, 5, 6], y: [0, 0, 1, 2, 3, 5, 8] });
const BEND = instance({ name: 'bent up', x: [0, 1, 2, 3], y: [1, 2, 4, 7] });
export const WINDOWS = instance({
  name: 'windows in any order, one of them twice',
  x: ['3', '0.5', '7/3', '-1', '4.25', '6', '3'],
  lower: [0, '1/3', '-2.5', '0.125', 3, 0, '-9'],
  upper: ['0.1', '0.5', '-2', '0.125', 9, '1e-3', '1/20'],
});
export const EMPTY = instance({
  name: 'two rows exclude each other',
  x: [0, 1, 1],
  lower: [0, 0, 2],
  upper: [1, 1, 3],
});
const CROSSING_LINE = instance({ name: 'a line through 0', x: [-1, 0, 1], y: [-1, 0, 1] });
/** Pieces with one, two and more points; 3 bends, and 4 neurons without skip. */
const ANGLES = instance({ name: 'angles', x: [0, 4, 6, 12, 13], y: [0, -4, -3, -1, 4] });
/** As many points and bends, and 3 neurons are enough. */
const FITTING = instance({ name: 'angles that fit', x: [2, 3, 5, 6, 14], y: [0, 0, -1, 1, 1] });
const RISING = instance({ name: 'a line above 0', x: [0, 1, 2], y: [1, 2, 3] });
const PLANE = instance({
  name: 'two inputs',
  x: [
    [0, 0],
    [1, 0],
    [0, 1],
  ],
  y: [0, 0, 0],
});

/** Five points on a line zigzag; two more lie beside it. */
const ZIGZAG = instance({
  name: 'zigzag on a line',
  x: [
    [0, 0],
    [1, 2],
    [2, 4],
    [3, 6],
    [4, 8],
    [5, 0],
    [6, 0],
  ],
  y: [0, 1, 0, 1, 0, 0, 0],
});

/** From p = 0.4356 on a denser function is cheaper. */
const GROWING = instance({
  name: 'growing slopes',
  x: ['-39/2', '-35/2', '-17/2', '-8', '-15/2', 3],
  y: [0, 0, '9/5', '69/5', '105/4', '1449/5'],
});

const KEPT = [
  'search-neurons',
  'search-neurons-affine',
  'search-of-a-wider-architecture',
  'search-parameters',
  'search-closes-a-bracket',
  'search-ordered',
  'search-counts-zeros',
];

export async function acceptedCases(): Promise<Record<string, CaseFile>> {
  const plateau = solved('the worked example of FORMAT.md', PLATEAU);
  return {
    ...(await acceptedVersion2(PLATEAU, TRAP, WINDOWS)),
    ...acceptedLpMinimum(),
    ...acceptedPatterns(),
    ...acceptedSolutionSets(),
    ...(await acceptedRestricted(PLATEAU, WINDOWS)),
    ...(await acceptedReachable(WINDOWS)),
    ...acceptedLeastTolerance(WINDOWS),
    ...acceptedShapes(PLATEAU),
    ...(await acceptedSeveral()),
    ...acceptedUnique(),
    ...(await acceptedModels(PLATEAU, EMPTY)),
    ...(await acceptedVertices(PLATEAU)),
    'exact-affine': plateau,
    'exact-collinear-trap': solved('a collinear point belongs to no run', TRAP),
    windows: solved('windows from the file', WINDOWS),
    'witnesses-on-a-line': lineCase(),
    tolerance: solved('labels widened by 1/7', TRAP, 'affine', '1/7'),
    'skip-bias': changed(solved('a bracket of one', BEND, 'bias'), ({ certificate: { claim, proof } }) => {
      claim.lowerBound = 1;
      proof.kind = 'witnesses';
      delete proof.tree;
    }),
    'skip-none-closed': solved('left-facing neurons make the affine remainder vanish', PLATEAU, 'none'),
    'skip-none-bracket': solved('windows, a bracket', WINDOWS, 'none'),
    'zero-neurons-none': changed(
      solved('one point that is not 0', CROSSING_LINE, 'none'),
      ({ certificate }) => {
        certificate.claim.lowerBound = 1;
        certificate.proof = { kind: 'witnesses', zeroNeurons: [0], witnesses: [] };
      },
    ),
    'zero-neurons-bias': solved('two points that differ', RISING, 'bias'),
    'infeasible-empty-window': solved('no function at all', EMPTY),
    'lower-bound-only': {
      ...changed(plateau, ({ certificate }) => {
        delete certificate.claim.upperBound;
        delete certificate.network;
      }),
      about: 'a lower bound without a network',
    },
    'one-input-slopes': solved('one bend, and slopes that cannot add up to 0', BEND, 'bias'),
    'one-input-cases': solved('three bends: cases, each with a direction of its own', ANGLES, 'none'),
    'one-input-opposite': solved('one neuron has one sign', CROSSING_LINE, 'none'),
    ...Object.fromEntries(KEPT.map((name) => [name, kept(name)])),
    'search-counts': countedPeak(),
    'threshold-crossing': thresholdOf('p* below 1, with a cheaper denser function', GROWING),
    'threshold-one': thresholdOf('p* = 1: one knot in every run', PLATEAU),
    'network-without-a-skip-for-skip-bias': {
      ...changed(solved('', PLATEAU, 'none'), ({ certificate: { claim } }) => {
        claim.skip = 'bias';
      }),
      about: 'a network without a skip belongs to every architecture',
    },
    'network-numbers-in-any-notation': {
      ...changed(plateau, ({ certificate: { network } }) => {
        network.neurons[0].outputWeight = '2/2';
        network.neurons[1].bias = -0.5;
        network.neurons[1].outputWeight = '-20e-1';
        network.skip.bias = '0.00';
      }),
      about: 'inside a network the value of a number counts, not how it is written',
    },
    'search-multiplier-as-text': {
      ...changed(kept('search-neurons'), ({ certificate: { proof } }) => {
        for (const { nodes } of proof.trees)
          for (const node of nodes) if (node[0] === 0) node[2] = String(node[2]);
      }),
      about: 'the multipliers of a leaf may be text, however short',
    },
    'dead-and-constant-neurons': {
      ...changed(plateau, ({ certificate: { claim, network } }) => {
        const zero = { inputWeights: ['0'], bias: '-1', outputWeight: '5' };
        const constant = { inputWeights: ['0'], bias: '2', outputWeight: '1/2' };
        const silent = { inputWeights: ['3'], bias: '77', outputWeight: '0' };
        network.neurons.unshift(silent, constant);
        network.neurons.push(zero);
        network.skip.bias = '-1';
        claim.upperBound = 4;
      }),
      about: 'dead neurons do not count, a constant one does; neither has a breakpoint to be in order',
    },
    'neurons-on-one-knot': {
      ...changed(plateau, ({ certificate: { claim, network } }) => {
        const [first, ...rest] = network.neurons;
        const third = { ...first, outputWeight: '1/3' };
        const mirrored = { inputWeights: ['-6'], bias: '-6', outputWeight: '1/9' };
        network.neurons = [third, mirrored, ...rest];
        network.skip = { weights: ['2/3'], bias: '2/3' };
        claim.upperBound = 4;
      }),
      about:
        'a right- and a left-facing neuron share a knot: 1/3 (x + 1)+ + 1/9 (-6 x - 6)+ = (x + 1)+ - 2/3 (x + 1)',
    },
  };
}

export type Forgery = [rule: string, name: string, base: CaseFile, change: (copy: CaseFile) => void];

/** Every rule of the checker with the ways to break it. The name of a file is the rule and the forgery. */
export async function rejectedCases(): Promise<Record<string, CaseFile>> {
  const base = await acceptedCases();
  const exact = base['exact-affine']!;
  const trap = base['exact-collinear-trap']!;
  const windows = base.windows!;
  const tolerance = base.tolerance!;
  const none = base['skip-none-closed']!;
  const bias = base['skip-bias']!;
  const zeroNone = base['zero-neurons-none']!;
  const zeroBias = base['zero-neurons-bias']!;
  const empty = base['infeasible-empty-window']!;
  const slopes = base['one-input-slopes']!;
  const angles = base['one-input-cases']!;
  const opposite = base['one-input-opposite']!;
  const isBranching = (node: Json) => node[0] === 1;
  const search = base['search-neurons']!;
  const budgeted = base['search-parameters']!;
  const counted = base['search-counts']!;
  const zeros = base['search-counts-zeros']!;
  /** The tree that counts neurons at a zero. */
  const countedZero = ({ certificate }: CaseFile) =>
    certificate.proof.trees.find((tree: Json) => tree.nodes.some((node: Json) => node[0] === 6));
  const pStar = base['threshold-crossing']!;
  const firstTree = ({ certificate }: CaseFile) =>
    certificate.proof.trees.find((tree: Json) => tree.plus + tree.minus > 0);
  const firstLeaf = (copy: CaseFile) => firstTree(copy).nodes.find((node: Json) => node[0] === 0);
  const firstBranching = (copy: CaseFile) =>
    firstTree(copy).nodes.find((node: Json) => node[0] === 1 || node[0] === 2);
  const onLine = base['witnesses-on-a-line']!;
  const plane: CaseFile = {
    about: '',
    data: PLANE,
    certificate: {
      ...zeroNone.certificate,
      claim: { kind: 'minimum', objective: 'neurons', skip: 'none', lowerBound: 0 },
      network: undefined,
      proof: { kind: 'witnesses', witnesses: [] },
    },
  };
  const nudge = '1/1000000000000000000000000000000';
  const forgeries: Forgery[] = [
    ...forgedVersion2(base, plane),
    ...forgedLpMinimum(base),
    ...forgedPatterns(base),
    ...forgedSolutionSets(base),
    ...forgedRestricted(base),
    ...forgedReachable(base),
    ...forgedLeastTolerance(base),
    ...forgedShapes(base),
    ...forgedSeveral(base),
    ...forgedUnique(base),
    ...forgedModels(base),
    ...forgedVertices(base),
    [
      'problem-hash',
      'one label changed in the last digit',
      exact,
      ({ data }) => {
        data.y[5] = '1e-30';
      },
    ],
    [
      'problem-hash',
      'another data set',
      exact,
      (copy) => {
        copy.data = TRAP;
      },
    ],
    [
      'problem-hash',
      'a row added',
      exact,
      ({ data }) => {
        data.x.push(4);
        data.y.push(0);
      },
    ],
    [
      'problem-hash',
      'windows instead of labels',
      exact,
      ({ data }) => {
        data.lower = data.y;
        data.upper = data.y.map((y: number) => y + 1);
      },
    ],
    [
      'problem-hash',
      'the tolerance raised to make it easy',
      exact,
      ({ certificate }) => {
        certificate.problem.tolerance = '1';
      },
    ],
    [
      'problem-hash',
      'the tolerance dropped',
      tolerance,
      ({ certificate }) => {
        certificate.problem.tolerance = '0';
      },
    ],

    [
      'witness-sign',
      'zero',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][0] = 0;
      },
    ],
    [
      'witness-sign',
      'two',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][0] = 2;
      },
    ],
    [
      'witness-inequality',
      'sign turned',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][0] = -1;
      },
    ],
    [
      'witness-inequality',
      'collinear points (weak inequality)',
      trap,
      ({ certificate: { proof, claim } }) => {
        proof.witnesses.splice(1, 0, [1, 2, 3, 4]);
        claim.lowerBound = 3;
      },
    ],
    [
      'witness-inequality',
      'collinear points, negative',
      trap,
      ({ certificate: { proof, claim } }) => {
        proof.witnesses.push([-1, 1, 2, 3]);
        claim.lowerBound = 3;
      },
    ],
    [
      'witness-inequality',
      'a line that touches the window',
      windows,
      ({ data, certificate }) => {
        // x = -1, 0.5, 7/3: the third window is moved so that the stabbing line just reaches its end.
        Object.assign(data, { x: [0, 1, 2], lower: [0, 0, 2], upper: [0, 1, 3] });
        certificate.proof.witnesses = [[1, 0, 1, 2]];
        certificate.claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound: 1 };
        delete certificate.network;
      },
    ],
    [
      'witness-indices',
      'c out of range',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[2][3] = 6;
      },
    ],
    [
      'witness-indices',
      'c far out of range',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[2][3] = 2147483647;
      },
    ],
    [
      'witness-indices',
      'a negative',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][1] = -1;
      },
    ],
    [
      'witness-indices',
      'a equal to b',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][1] = proof.witnesses[0][2];
      },
    ],
    [
      'witness-indices',
      'b equal to c',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses[0][2] = proof.witnesses[0][3];
      },
    ],
    [
      'witness-indices',
      'in falling order',
      exact,
      ({ certificate: { proof } }) => {
        const [sign, a, b, c] = proof.witnesses[0];
        proof.witnesses[0] = [sign, c, b, a];
      },
    ],
    [
      'witness-disjoint',
      'the same witness twice',
      exact,
      ({ certificate: { proof, claim } }) => {
        proof.witnesses.push(proof.witnesses[2]);
        claim.lowerBound = 4;
      },
    ],
    [
      'witness-disjoint',
      'overlapping by one gap',
      trap,
      ({ certificate: { proof, claim } }) => {
        proof.witnesses = [
          [1, 0, 1, 2],
          [1, 3, 4, 5],
          [1, 4, 5, 6],
        ];
        claim.lowerBound = 3;
      },
    ],
    [
      'witness-disjoint',
      'listed from right to left',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses.reverse();
      },
    ],
    [
      'witness-disjoint',
      'nested, negative',
      instanceCase([0, 1, 2, 3, 4], [0, 3, 4, 3, 0]),
      ({ certificate: { proof, claim } }) => {
        proof.witnesses = [
          [-1, 0, 2, 4],
          [-1, 1, 2, 3],
        ];
        claim.lowerBound = 2;
      },
    ],
    [
      'witness-line',
      'a point beside the line',
      onLine,
      ({ certificate: { proof } }) => {
        proof.witnesses[1] = [1, 1, 2, 5];
      },
    ],
    [
      'witness-line',
      'two lines that meet',
      onLine,
      ({ certificate: { proof } }) => {
        proof.witnesses[2] = [-1, 3, 5, 6];
      },
    ],
    [
      'witness-indices',
      'on a line and out of range',
      onLine,
      ({ certificate: { proof } }) => {
        proof.witnesses[1] = [1, 1, 2, 7];
      },
    ],
    [
      'witness-inequality',
      'a sign turned on a line',
      onLine,
      ({ certificate: { proof } }) => {
        proof.witnesses[0]![0] = -proof.witnesses[0]![0]!;
      },
    ],
    [
      'claim-proof',
      'witnesses on a line for parameters',
      onLine,
      ({ certificate: { claim } }) => {
        claim.objective = 'parameters';
      },
    ],

    [
      'search-skip',
      'trees about a bias for a free affine part',
      base['search-neurons-affine']!,
      ({ certificate: { proof } }) => {
        proof.skip = 'bias';
      },
    ],
    [
      'one-input-skip',
      'for skip affine',
      slopes,
      ({ certificate: { claim } }) => {
        claim.skip = 'affine';
      },
    ],
    [
      'one-input-parts',
      'witnesses without a tree',
      slopes,
      ({ certificate: { proof } }) => {
        delete proof.tree;
      },
    ],
    [
      'one-input-parts',
      'a tree without witnesses',
      opposite,
      ({ certificate: { proof } }) => {
        proof.tree = [[0]];
        delete proof.opposite;
      },
    ],
    [
      'one-input-parts',
      'opposite signs beside witnesses',
      angles,
      ({ certificate: { proof } }) => {
        proof.opposite = [1, 4];
      },
    ],
    [
      'one-input-labels',
      'windows',
      slopes,
      ({ data, certificate: { claim, network } }) => {
        Object.assign(data, { lower: [1, 2, 4, 7], upper: [1, 2, 5, 7] });
        claim.upperBound = 2;
        network.skip.bias = '1';
      },
    ],
    [
      'one-input-opposite',
      'a point that is 0',
      opposite,
      ({ certificate: { proof } }) => {
        proof.opposite = [0, 1];
      },
    ],
    [
      'one-input-opposite',
      'out of range',
      opposite,
      ({ certificate: { proof } }) => {
        proof.opposite = [0, 3];
      },
    ],
    [
      'one-input-opposite',
      'signs the other way round',
      opposite,
      ({ certificate: { proof } }) => {
        proof.opposite.reverse();
      },
    ],
    [
      'one-input-opposite',
      'for skip bias, where one neuron will do',
      opposite,
      ({ certificate: { claim } }) => {
        claim.skip = 'bias';
      },
    ],
    [
      'one-input-knots',
      'a witness left out',
      angles,
      ({ certificate: { proof, claim } }) => {
        proof.witnesses.pop();
        claim.lowerBound--;
      },
    ],
    [
      'witness-inequality',
      'witnesses of another problem, with its tree',
      slopes,
      ({ certificate: { proof } }) => {
        proof.witnesses = angles.certificate.proof.witnesses;
        proof.tree = angles.certificate.proof.tree;
      },
    ],
    [
      'one-input-direction',
      'a point for skip bias, whose constant is free',
      slopes,
      ({ certificate: { proof } }) => {
        proof.tree = [[0, 0]];
      },
    ],
    [
      'one-input-direction',
      'a point out of range',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree.find((node: Json) => node[0] === 0)[1] = 5;
      },
    ],
    [
      'one-input-direction',
      'two points at once',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree.findLast((node: Json) => node[0] === 0).push(1, 2);
      },
    ],
    [
      'one-input-leaf',
      'a direction that does not refute',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree = [[0]];
      },
    ],
    [
      'one-input-leaf',
      'a part of the paths forgotten: the last case taken for all',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree = proof.tree.slice(-1);
      },
    ],
    [
      'one-input-leaf',
      'a part of the paths forgotten: the facing of a case turned',
      angles,
      ({ certificate: { proof } }) => {
        const node = proof.tree.find(isBranching);
        node[5] = 1 - node[5];
      },
    ],
    [
      'one-input-leaf',
      'the tree of another problem',
      angles,
      (copy) => {
        const { proof } = solved('', FITTING, 'none').certificate;
        copy.data = FITTING;
        copy.certificate.proof.witnesses = proof.witnesses;
      },
    ],
    [
      'one-input-tree',
      'the last case cut off',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree.pop();
      },
    ],
    [
      'one-input-tree',
      'no node at all',
      slopes,
      ({ certificate: { proof } }) => {
        proof.tree = [];
      },
    ],
    [
      'one-input-tree',
      'a node too many',
      slopes,
      ({ certificate: { proof } }) => {
        proof.tree.push([0]);
      },
    ],
    [
      'one-input-node',
      'of no kind',
      slopes,
      ({ certificate: { proof } }) => {
        proof.tree = [[2]];
      },
    ],
    [
      'one-input-node',
      'a cut beyond the last',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree.find(isBranching)[1] = 4;
      },
    ],
    [
      'one-input-node',
      'a state without a facing',
      angles,
      ({ certificate: { proof } }) => {
        proof.tree.find(isBranching).pop();
      },
    ],
    [
      'claim-proof',
      'forced knots for parameters',
      slopes,
      ({ certificate: { claim } }) => {
        claim.objective = 'parameters';
      },
    ],
    [
      'claim-lower-bound',
      'two more than the bends',
      slopes,
      ({ certificate: { claim } }) => {
        claim.lowerBound = 3;
      },
    ],

    [
      'zero-neurons',
      'beside witnesses',
      exact,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [2];
      },
    ],
    [
      'zero-neurons',
      'for skip affine',
      zeroNone,
      ({ certificate: { claim } }) => {
        claim.skip = 'affine';
      },
    ],
    [
      'zero-neurons',
      'two points for skip none',
      zeroNone,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [0, 2];
      },
    ],
    [
      'zero-neurons',
      'one point for skip bias',
      zeroBias,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [0];
      },
    ],
    [
      'zero-neurons',
      'no point',
      zeroNone,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [];
      },
    ],
    [
      'zero-neurons',
      'a point that is 0',
      zeroNone,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [1];
      },
    ],
    [
      'zero-neurons',
      'out of range',
      zeroNone,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [3];
      },
    ],
    [
      'zero-neurons',
      'the same point twice',
      zeroBias,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons = [1, 1];
      },
    ],
    [
      'zero-neurons',
      'points in the wrong order',
      zeroBias,
      ({ certificate: { proof } }) => {
        proof.zeroNeurons.reverse();
      },
    ],

    [
      'network-dimension',
      'two inputs',
      exact,
      ({ certificate: { network } }) => {
        network.inputDimension = 2;
        for (const neuron of network.neurons) neuron.inputWeights.push('0');
        network.skip.weights.push('0');
      },
    ],
    [
      'network-skip',
      'a skip of zeros for skip none',
      none,
      ({ certificate: { network } }) => {
        network.skip = { weights: ['0'], bias: '0' };
      },
    ],
    [
      'network-skip',
      'an affine skip for skip none',
      none,
      ({ certificate: { network } }) => {
        network.skip = { weights: ['1'], bias: '0' };
      },
    ],
    [
      'network-skip',
      'a bias for skip none',
      none,
      ({ certificate: { network } }) => {
        network.skip = { weights: ['0'], bias: '0' };
      },
    ],
    [
      'network-skip',
      'slope smuggled into skip bias',
      bias,
      ({ certificate: { network } }) => {
        network.skip.weights[0] = nudge;
      },
    ],
    [
      'network-order',
      'two neurons swapped',
      exact,
      ({ certificate: { network } }) => {
        network.neurons.reverse();
      },
    ],
    [
      'network-order',
      'a left-facing neuron out of place',
      none,
      ({ certificate: { network } }) => {
        network.neurons.push(network.neurons.shift());
      },
    ],
    [
      'network-fit',
      'misses a point by 1e-30',
      exact,
      ({ certificate: { network } }) => {
        network.skip.bias = nudge;
      },
    ],
    [
      'network-fit',
      'misses only the last point by 1e-30',
      exact,
      ({ certificate: { network, claim } }) => {
        network.neurons.push({ inputWeights: ['1'], bias: '-5/2', outputWeight: nudge });
        claim.upperBound = 4;
      },
    ],
    [
      'network-fit',
      'misses only the first point by 1e-30',
      exact,
      ({ certificate: { network, claim } }) => {
        network.neurons.unshift({ inputWeights: ['-1'], bias: '-3/2', outputWeight: nudge });
        claim.upperBound = 4;
      },
    ],
    [
      'network-fit',
      'leaves a window by 1e-30',
      windows,
      ({ certificate: { network } }) => {
        // The first window is one value.
        network.skip.bias = `${Rational.parse(network.skip.bias).add(Rational.parse(nudge))}`;
      },
    ],
    [
      'network-fit',
      'one neuron missing',
      exact,
      ({ certificate: { network, claim } }) => {
        network.neurons.pop();
        claim.upperBound = 2;
      },
    ],
    [
      'network-fit',
      'a constant neuron that does count',
      exact,
      ({ certificate: { network } }) => {
        network.neurons.push({ inputWeights: ['0'], bias: '1', outputWeight: nudge });
      },
    ],

    [
      'claim-lower-bound',
      'more than the witnesses show',
      exact,
      ({ certificate: { claim } }) => {
        claim.lowerBound = 4;
        claim.upperBound = 4;
      },
    ],
    [
      'claim-lower-bound',
      'fewer than the witnesses show',
      exact,
      ({ certificate: { claim } }) => {
        claim.lowerBound = 2;
      },
    ],
    [
      'claim-lower-bound',
      'a witness withheld',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses.pop();
      },
    ],
    [
      'claim-lower-bound',
      'without any witness',
      exact,
      ({ certificate: { proof } }) => {
        proof.witnesses = [];
      },
    ],
    [
      'claim-lower-bound',
      'a bracket closed by hand',
      bias,
      ({ certificate: { claim } }) => {
        claim.lowerBound = claim.upperBound;
      },
    ],
    [
      'claim-upper-bound',
      'fewer knots than the network has',
      exact,
      ({ certificate: { claim } }) => {
        claim.upperBound = 2;
      },
    ],
    [
      'claim-upper-bound',
      'more neurons than the network has',
      exact,
      ({ certificate: { claim } }) => {
        claim.upperBound = 4;
      },
    ],
    [
      'claim-upper-bound',
      'dead neurons counted',
      exact,
      ({ certificate: { network, claim } }) => {
        network.neurons.push({ inputWeights: ['0'], bias: '0', outputWeight: '1' });
        claim.upperBound = 4;
      },
    ],
    [
      'claim-network',
      'an upper bound without a network',
      exact,
      ({ certificate }) => {
        delete certificate.network;
      },
    ],
    [
      'claim-network',
      'a network without an upper bound',
      exact,
      ({ certificate: { claim } }) => {
        delete claim.upperBound;
      },
    ],
    [
      'claim-network',
      'a network for an infeasible problem',
      empty,
      ({ certificate }) => {
        certificate.network = exact.certificate.network;
      },
    ],
    [
      'claim-proof',
      'a minimum from an empty window',
      exact,
      ({ certificate }) => {
        certificate.proof = { kind: 'empty-window', point: 1 };
      },
    ],
    [
      'claim-proof',
      'infeasible from witnesses',
      exact,
      ({ certificate }) => {
        certificate.claim = { kind: 'infeasible' };
        delete certificate.network;
      },
    ],
    [
      'claim-proof',
      'witnesses for parameters',
      exact,
      ({ certificate: { claim } }) => {
        claim.objective = 'parameters';
      },
    ],
    [
      'claim-proof',
      'a minimum where a window is empty',
      empty,
      ({ certificate }) => {
        certificate.claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound: 0 };
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
    [
      'empty-window',
      'a window that is not empty',
      empty,
      ({ certificate: { proof } }) => {
        proof.point = 0;
      },
    ],
    [
      'empty-window',
      'out of range',
      empty,
      ({ certificate: { proof } }) => {
        proof.point = 2;
      },
    ],
    [
      'empty-window',
      'a single value is not empty',
      exact,
      ({ certificate }) => {
        certificate.claim = { kind: 'infeasible' };
        certificate.proof = { kind: 'empty-window', point: 0 };
        delete certificate.network;
      },
    ],
    [
      'claim-lower-bound',
      'more than the search shows',
      search,
      ({ certificate: { claim } }) => {
        claim.lowerBound++;
        claim.upperBound++;
      },
    ],
    [
      'claim-lower-bound',
      'a tree withheld',
      search,
      ({ certificate: { proof } }) => {
        proof.trees.pop();
      },
    ],
    [
      'claim-lower-bound',
      'a smaller budget refuted',
      budgeted,
      ({ certificate: { proof } }) => {
        for (const tree of proof.trees) tree.budget = 0;
        for (const tree of proof.trees) tree.nodes = [[4]];
        proof.trees = proof.trees.filter((tree: Json) => tree.plus + tree.minus > 0);
      },
    ],
    [
      'claim-proof',
      'p* from witnesses',
      exact,
      ({ certificate }) => {
        certificate.claim = { kind: 'threshold', lower: '1', upper: '1' };
        delete certificate.network;
      },
    ],
    [
      'claim-proof',
      'a minimum from a threshold proof',
      pStar,
      ({ certificate }) => {
        certificate.claim = { kind: 'minimum', objective: 'neurons', skip: 'affine', lowerBound: 0 };
      },
    ],
    [
      'claim-proof',
      'infeasible from a search',
      search,
      ({ certificate }) => {
        certificate.claim = { kind: 'infeasible' };
        delete certificate.network;
      },
    ],
    [
      'claim-network',
      'a network beside p star',
      pStar,
      ({ certificate }) => {
        certificate.network = exact.certificate.network;
      },
    ],
    [
      'search-profile',
      'too many neurons',
      search,
      (copy) => {
        firstTree(copy).plus = 25;
      },
    ],
    [
      'search-budget',
      'a budget for neurons',
      search,
      (copy) => {
        firstTree(copy).budget = 3;
      },
    ],
    [
      'search-budget',
      'parameters without a budget',
      budgeted,
      (copy) => {
        firstTree(copy).budget = null;
      },
    ],
    [
      'search-pivot',
      'out of range',
      search,
      (copy) => {
        firstTree(copy).pivot = 4;
      },
    ],
    [
      'search-tree',
      'the last branch left open',
      search,
      (copy) => {
        firstTree(copy).nodes.pop();
      },
    ],
    [
      'search-tree',
      'no nodes at all',
      search,
      (copy) => {
        firstTree(copy).nodes = [];
      },
    ],
    [
      'search-tree',
      'nodes behind the end',
      search,
      (copy) => {
        firstTree(copy).nodes.push([0]);
      },
    ],
    [
      'search-node',
      'an unknown kind',
      search,
      (copy) => {
        firstBranching(copy)[0] = 7;
      },
    ],
    [
      'search-row',
      'a class with different histories',
      counted,
      (copy) => {
        // Neuron 0 is decided at point 0, so that neuron 1 is not of its class: the leaf holds it at point 1.
        const { nodes } = firstTree(copy);
        firstTree(copy).nodes = [[1, 0, 0], ...nodes, ...nodes];
      },
    ],
    [
      'search-row',
      'a class with a member of the other sign',
      counted,
      (copy) => {
        const tree = firstTree(copy);
        Object.assign(tree, { plus: 1, minus: 1 });
        // Neuron 1, at point 1: decided only if it were of the class of neuron 0.
        tree.nodes = [
          [5, 0, 1, 0],
          [0, 4, 1],
          [0, 22, 1],
        ];
      },
    ],
    [
      'search-row',
      'a second branch for the whole class',
      counted,
      (copy) => {
        // The last leaf wants both neurons negative.
        const [root, first, , , last] = firstTree(copy).nodes;
        firstTree(copy).nodes = [root, first, last];
      },
    ],
    [
      'search-symmetry',
      'an order row beside counting',
      counted,
      (copy) => {
        firstLeaf(copy).push(6, 1);
      },
    ],
    [
      'search-symmetry',
      'counting after an order row',
      counted,
      (copy) => {
        // Both neurons are 0 at point 0, f(0) >= 1 and f(2) = 0 contradict each other there; the order of the two adds nothing to it.
        const leaf = [0, 10, 2, 29, 1, 22, 2, 6, 1, 3, 2];
        firstTree(copy).nodes = [[1, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 1], leaf, [5, 0, 2, 0]];
      },
    ],
    [
      'search-branch',
      'a class on no side of a point',
      counted,
      (copy) => {
        firstTree(copy).nodes[0][3] = 4;
      },
    ],
    [
      'search-branch',
      'a class without a side',
      counted,
      (copy) => {
        firstTree(copy).nodes[0].pop();
      },
    ],
    [
      'search-branch',
      'zeros of a class without a budget',
      counted,
      (copy) => {
        firstTree(copy).nodes[0] = [6, 0, 1];
      },
    ],
    [
      'search-branch',
      'an atom that is counted',
      zeros,
      (copy) => {
        const tree = countedZero(copy);
        tree.nodes[0] = [6, 3 * (tree.plus + tree.minus), 1];
      },
    ],
    [
      'search-branch',
      'a class neither zero nor nonzero',
      zeros,
      (copy) => {
        const node = countedZero(copy).nodes.find((entry: Json) => entry[0] === 6);
        node[2] = 2;
      },
    ],
    [
      'search-over-budget',
      'a class with zeros that differ',
      zeros,
      (copy) => {
        // One entry of neuron 1, then another of the class of neuron 0: neuron 1 would have two zeros if it belonged to it.
        Object.assign(countedZero(copy), {
          plus: 2,
          minus: 0,
          budget: 1000,
          nodes: [[3, 3], [6, 1, 1], [4], [4], [4]],
        });
      },
    ],
    ['search-node', 'an empty node', search, (copy) => void firstBranching(copy).splice(0)],
    ['search-branch', 'a negative neuron', search, (copy) => void firstBranching(copy).splice(1, 1, -1)],
    ['search-branch', 'a neuron out of range', search, (copy) => void firstBranching(copy).splice(1, 1, 9)],
    ['search-branch', 'a point out of range', search, (copy) => void firstBranching(copy).splice(2, 1, 4)],
    [
      'search-branch',
      'a zero without a budget',
      search,
      (copy) => void firstBranching(copy).splice(0, 3, 3, 0),
    ],
    ['search-branch', 'decided twice', search, (copy) => void firstTree(copy).nodes.unshift([1, 0, 1])],
    ['search-leaf', 'a row without a multiplier', search, (copy) => void firstLeaf(copy).pop()],
    ['search-multiplier', 'zero', search, (copy) => void firstLeaf(copy).splice(2, 1, 0)],
    ['search-multiplier', 'negative', search, (copy) => void firstLeaf(copy).splice(2, 1, -1)],
    ['search-row', 'no such row', search, (copy) => void firstLeaf(copy).splice(1, 1, 999999)],
    ['search-row', 'a negative row', search, (copy) => void firstLeaf(copy).splice(1, 1, -1)],
    [
      'search-row',
      'a decided neuron that the row chooses',
      search,
      (copy) => {
        const tree = firstTree(copy);
        tree.nodes.splice(0, tree.nodes.length, [1, 0, 0], [0, 6 * (tree.plus + tree.minus) + 1, 1]);
      },
    ],
    [
      'search-row',
      'an undecided neuron that has no bound on this side',
      search,
      (copy) => {
        const tree = firstTree(copy);
        const neurons = tree.plus + tree.minus;
        tree.nodes = [[0, 6 * neurons + (tree.plus > 0 ? 2 ** neurons : 0), 1]];
      },
    ],
    [
      'search-tree',
      'a tree that the bound does not need',
      search,
      ({ certificate }) => {
        certificate.proof.trees.push({ plus: 0, minus: 0, budget: null, pivot: 0, nodes: [] });
      },
    ],
    [
      'search-row',
      'the orientation of neurons, which needs an affine skip',
      search,
      (copy) => {
        const tree = firstTree(copy);
        const neurons = tree.plus + tree.minus;
        firstLeaf(copy)[1] = neurons * 4 + neurons;
      },
    ],
    [
      'search-row',
      'an activation that the path leaves undecided',
      search,
      (copy) => {
        firstTree(copy).nodes = [[0, 0, 1]];
      },
    ],
    [
      'search-contradiction',
      'a leaf without rows',
      search,
      (copy) => {
        firstLeaf(copy).splice(1);
      },
    ],
    [
      'search-contradiction',
      'a multiplier changed',
      search,
      (copy) => {
        firstLeaf(copy)[2] = 1000003;
      },
    ],
    [
      'search-over-budget',
      'without a budget',
      search,
      (copy) => {
        const { nodes } = firstTree(copy);
        nodes[nodes.indexOf(firstLeaf(copy))] = [4];
      },
    ],
    [
      'search-over-budget',
      'within the budget',
      budgeted,
      (copy) => {
        firstTree(copy).nodes = [[4]];
        firstTree(copy).budget = 1000;
      },
    ],

    [
      'threshold-problem',
      'windows have no p star',
      windows,
      ({ certificate }) => {
        Object.assign(certificate, { claim: pStar.certificate.claim, proof: pStar.certificate.proof });
        delete certificate.network;
      },
    ],
    [
      'threshold-claim',
      'lower above upper',
      pStar,
      ({ certificate: { claim } }) => {
        claim.upper = '1/100';
      },
    ],
    [
      'threshold-number',
      'above one',
      pStar,
      ({ certificate: { claim, proof } }) => {
        claim.upper = '2';
        delete proof.crossing;
      },
    ],
    [
      'threshold-number',
      'negative',
      pStar,
      ({ certificate: { claim } }) => {
        claim.lower = '-1/2';
      },
    ],
    [
      'threshold-breakpoints',
      'none',
      pStar,
      ({ certificate: { proof } }) => {
        proof.breakpoints = [];
      },
    ],
    [
      'threshold-breakpoints',
      'not from 0',
      pStar,
      ({ certificate: { proof } }) => {
        proof.breakpoints.shift();
      },
    ],
    [
      'threshold-breakpoints',
      'not as far as claimed',
      pStar,
      ({ certificate: { proof } }) => {
        proof.breakpoints.pop();
      },
    ],
    [
      'threshold-breakpoints',
      'out of order',
      pStar,
      ({ certificate: { proof } }) => {
        proof.breakpoints.splice(1, 0, '99/100');
      },
    ],
    [
      'threshold-interval',
      'p star claimed too large',
      pStar,
      ({ certificate: { claim, proof } }) => {
        proof.breakpoints.push('1/2');
        Object.assign(claim, { lower: '1/2', upper: '1' });
        delete proof.crossing;
      },
    ],
    [
      'threshold-interval',
      'one great step',
      pStar,
      ({ certificate: { claim, proof } }) => {
        proof.breakpoints = ['0', '1'];
        Object.assign(claim, { lower: '1', upper: '1' });
        delete proof.crossing;
      },
    ],
    [
      'threshold-crossing',
      'missing',
      pStar,
      ({ certificate: { proof } }) => {
        delete proof.crossing;
      },
    ],
    [
      'threshold-crossing',
      'before it is cheaper',
      pStar,
      ({ certificate: { claim } }) => {
        claim.upper = claim.lower;
      },
    ],
    [
      'threshold-crossing',
      'a run that is not there',
      pStar,
      ({ certificate: { proof } }) => {
        proof.crossing.point = 3;
      },
    ],
    [
      'threshold-crossing',
      'a sparsest tiling',
      pStar,
      ({ certificate: { proof } }) => {
        proof.crossing.tiles = '22';
      },
    ],
    [
      'threshold-crossing',
      'tiles that do not cover the run',
      pStar,
      ({ certificate: { proof } }) => {
        proof.crossing.tiles += '1';
      },
    ],
    [
      'threshold-crossing',
      'tiles of length three',
      pStar,
      ({ certificate: { proof } }) => {
        proof.crossing.tiles = '31';
      },
    ],
    [
      'threshold-crossing',
      'where none is needed',
      pStar,
      ({ certificate: { claim } }) => {
        claim.upper = '1';
      },
    ],
  ];
  const cases: Record<string, CaseFile> = {};
  for (const [rule, name, base, change] of forgeries) {
    const forged = changed({ ...base, about: name, rule }, change);
    // All but the forgeries of the problem itself are about the problem they name.
    if (!rule.startsWith('problem-')) forged.certificate.problem.sha256 = problemHash(problemOf(forged));
    cases[`${rule}-${name.replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '')}`] = forged;
  }
  return cases;
}

function instanceCase(x: number[], y: number[]): CaseFile {
  return solved('', instance({ name: 'a case', x, y }));
}

/** Files that are no certificates at all; each must be refused in one clear sentence. */
export async function malformedFiles(): Promise<Record<string, string | Uint8Array>> {
  const good = (await acceptedCases())['exact-affine']!.certificate;
  const text = JSON.stringify(good);
  const edit = (change: (copy: Json) => void) => JSON.stringify(changed(good, change));
  const gzip = gzipSync(text);
  const cut = gzip.subarray(0, gzip.length - 20);
  const search = (change: (tree: Json, copy: Json) => void) =>
    edit((c) => {
      const tree = {
        plus: 1,
        minus: 0,
        budget: null,
        pivot: 0,
        nodes: [
          [1, 0, 1],
          [0, 9, 1],
          [0, 9, 1],
        ],
      };
      c.proof = { kind: 'search', trees: [tree] };
      change(tree, c);
    });
  const flipped = Uint8Array.from(gzip, (byte, i) => (i === 40 ? byte ^ 0xff : byte));
  return {
    'truncated.json': text.slice(0, text.length / 2),
    'truncated-in-a-string.json': text.slice(0, text.indexOf('sha256') + 20),
    'without-the-last-brace.json': text.slice(0, -1),
    'more-after-the-end.json': `${text} {}`,
    'empty.json': '',
    'only-spaces.json': '  \n ',
    'not-json.json': 'this is not a certificate',
    'a-list.json': '[]',
    'null.json': 'null',
    'a-number.json': '3',
    'javascript-comments.json': `// made by hand\n${text}`,
    'trailing-comma.json': text.replace('}', ',}'),
    'single-quotes.json': text.replaceAll('"', "'"),
    'not-a-number.json': text.replace('"lowerBound":3', '"lowerBound":NaN'),
    'wrong-format.json': edit((c) => {
      c.format = 'sparsest-network';
    }),
    'no-format.json': edit((c) => {
      delete c.format;
    }),
    'wrong-version.json': edit((c) => {
      c.version = 2;
    }),
    'version-as-text.json': edit((c) => {
      c.version = '1';
    }),
    'version-as-decimal.json': text.replace('"version":1', '"version":1.0'),
    'network-of-another-version.json': edit((c) => {
      c.network.version = 7;
    }),
    'unknown-field.json': edit((c) => {
      c.comment = 'believe me';
    }),
    'unknown-field-in-claim.json': edit((c) => {
      c.claim.seconds = 1;
    }),
    'unknown-field-in-neuron.json': edit((c) => {
      c.network.neurons[0].slope = '1';
    }),
    'prototype-field.json': text.replace('"claim"', '"__proto__":{},"claim"'),
    'constructor-field.json': text.replace('"claim"', '"constructor":{},"claim"'),
    'missing-claim.json': edit((c) => {
      delete c.claim;
    }),
    'missing-bias.json': edit((c) => {
      delete c.network.neurons[1].bias;
    }),
    'duplicate-key.json': text.replace('"lowerBound":3', '"lowerBound":3,"lowerBound":2'),
    'duplicate-key-escaped.json': text.replace('"lowerBound":3', '"lowerBound":3,"lower\\u0042ound":2'),
    'duplicate-neuron-key.json': text.replace('"bias":', '"bias":"9","bias":'),
    'claim-of-another-kind.json': edit((c) => {
      c.claim.kind = 'maximum';
    }),
    'proof-of-another-kind.json': edit((c) => {
      c.proof.kind = 'trust-me';
    }),
    'claim-is-text.json': edit((c) => {
      c.claim = 'minimum';
    }),
    'objective-unknown.json': edit((c) => {
      c.claim.objective = 'layers';
    }),
    'skip-unknown.json': edit((c) => {
      c.claim.skip = 'all';
    }),
    'bound-negative.json': edit((c) => {
      c.claim.lowerBound = -3;
    }),
    'bound-decimal.json': text.replace('"lowerBound":3', '"lowerBound":3.0'),
    'bound-exponent.json': text.replace('"lowerBound":3', '"lowerBound":3e0'),
    'bound-huge.json': text.replace('"lowerBound":3', '"lowerBound":4294967299'),
    'bound-very-huge.json': text.replace('"lowerBound":3', `"lowerBound":${'9'.repeat(5000)}`),
    'bound-as-text.json': text.replace('"lowerBound":3', '"lowerBound":"3"'),
    'witness-of-three.json': edit((c) => {
      c.proof.witnesses[0].pop();
    }),
    'witness-of-five.json': edit((c) => {
      c.proof.witnesses[0].push(4);
    }),
    'witness-wraps-around-32-bits.json': edit((c) => {
      c.proof.witnesses[0][0] = 4294967297;
    }),
    'witness-decimal.json': edit((c) => {
      c.proof.witnesses[0][1] = 0.5;
    }),
    'witness-null.json': edit((c) => {
      c.proof.witnesses[0] = null;
    }),
    'witnesses-as-object.json': edit((c) => {
      c.proof.witnesses = {};
    }),
    'network-null.json': edit((c) => {
      c.network = null;
    }),
    'upper-bound-null.json': edit((c) => {
      c.claim.upperBound = null;
    }),
    'zero-neurons-negative.json': edit((c) => {
      c.proof = { kind: 'witnesses', witnesses: [], zeroNeurons: [-1] };
    }),
    'empty-window-point-negative.json': edit((c) => {
      c.proof = { kind: 'empty-window', point: -1 };
    }),
    'crossing-null.json': edit((c) => {
      c.proof = { kind: 'threshold', breakpoints: ['0'], crossing: null };
    }),
    'breakpoint-not-in-lowest-terms.json': edit((c) => {
      c.proof = { kind: 'threshold', breakpoints: ['0', '2/4'] };
    }),
    'breakpoint-decimal.json': edit((c) => {
      c.proof = { kind: 'threshold', breakpoints: ['0', '0.5'] };
    }),
    'tree-pivot-negative.json': search((tree) => {
      tree.pivot = -1;
    }),
    'tree-plus-as-text.json': search((tree) => {
      tree.plus = '1';
    }),
    'tree-budget-missing.json': search((tree) => {
      delete tree.budget;
    }),
    'node-kind-as-text.json': search((tree) => {
      tree.nodes[1][0] = '0';
    }),
    'node-row-as-text.json': search((tree) => {
      tree.nodes[1][1] = '9';
    }),
    'node-point-as-text.json': search((tree) => {
      tree.nodes[0][2] = '1';
    }),
    'node-multiplier-with-a-leading-zero.json': search((tree) => {
      tree.nodes[1][2] = '01';
    }),
    'node-multiplier-negative-text.json': search((tree) => {
      tree.nodes[1][2] = '-1';
    }),
    'node-multiplier-decimal.json': search((tree) => {
      tree.nodes[1][2] = 0.5;
    }),
    'node-row-of-16-digits.json': search(() => {}).replace('[0,9,1]', '[0,1000000000000000,1]'),
    'node-minus-zero.json': search(() => {}).replace('[1,0,1]', '[1,-0,1]'),
    'sha-upper-case.json': edit((c) => {
      c.problem.sha256 = c.problem.sha256.toUpperCase();
    }),
    'sha-short.json': edit((c) => {
      c.problem.sha256 = c.problem.sha256.slice(1);
    }),
    'tolerance-not-in-lowest-terms.json': edit((c) => {
      c.problem.tolerance = '0/5';
    }),
    'tolerance-a-number.json': edit((c) => {
      c.problem.tolerance = 0;
    }),
    'tolerance-huge.json': edit((c) => {
      c.problem.tolerance = '1e999999';
    }),
    'weight-huge.json': edit((c) => {
      c.network.neurons[0].bias = '1e999999';
    }),
    'weight-huge-number.json': text.replace('"outputWeight":"1"', '"outputWeight":1e999999'),
    'weight-long.json': edit((c) => {
      c.network.neurons[0].bias = '7'.repeat(20_000);
    }),
    'weight-over-zero.json': edit((c) => {
      c.network.neurons[0].bias = '1/0';
    }),
    'weight-words.json': edit((c) => {
      c.network.neurons[0].bias = 'one';
    }),
    'weight-missing.json': edit((c) => {
      c.network.neurons[0].inputWeights = [];
    }),
    'dimension-zero.json': edit((c) => {
      c.network.inputDimension = 0;
    }),
    'dimension-huge.json': edit((c) => {
      c.network.inputDimension = 999999999999;
    }),
    'neuron-in-place-of-the-problem.json': edit((c) => {
      c.problem = c.network.neurons[0];
    }),
    'neuron-in-place-of-the-skip.json': edit((c) => {
      c.network.skip = c.network.neurons[0];
    }),
    'neurons-as-object.json': edit((c) => {
      c.network.neurons = {};
    }),
    'deep-nesting.json': `${'['.repeat(5000)}${']'.repeat(5000)}`,
    'deep-nesting-in-a-field.json': edit((c) => {
      c.proof.witnesses = 'HERE';
    }).replace('"HERE"', `${'['.repeat(3000)}${']'.repeat(3000)}`),
    'deep-objects.json': '{"a":'.repeat(4000),
    'null-bytes.json': new Uint8Array(300),
    'null-byte-in-a-string.json': text.replace('sparsest-certificate', 'sparsest\0certificate'),
    'line-break-in-a-string.json': text.replace('sparsest-certificate', 'sparsest\ncertificate'),
    'bad-escape.json': text.replace('sparsest-certificate', 'sparsest\\q'),
    'invalid-utf-8.json': Uint8Array.from([...new TextEncoder().encode(text.slice(0, 50)), 0xff, 0xfe, 0xc0]),
    'utf-16.json': new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le')),
    'gzip-truncated.json.gz': new Uint8Array(cut),
    'gzip-damaged.json.gz': flipped,
    'gzip-not-compressed.json.gz': text,
    'gzip-without-the-name.json': new Uint8Array(gzip),
    'gzip-of-nonsense.json.gz': new Uint8Array(gzipSync('nonsense')),
  };
}

/** All files by folder and name. */
export async function allCaseFiles(): Promise<Record<string, Record<string, string | Uint8Array>>> {
  const named = (cases: Record<string, CaseFile>) =>
    Object.fromEntries(
      Object.entries(cases).map(([name, file]) => [`${name}.json`, `${JSON.stringify(file, null, 2)}\n`]),
    );
  return {
    accept: named(await acceptedCases()),
    reject: named(await rejectedCases()),
    malformed: await malformedFiles(),
  };
}

/** Writes them anew, after a change of the format: `WRITE_CASES=1 npx vitest run test/checker/check.test.ts && npm run format`. */
export async function writeCaseFiles(): Promise<void> {
  for (const [folder, files] of Object.entries(await allCaseFiles())) {
    rmSync(new URL(`${folder}/`, FOLDER), { recursive: true, force: true });
    mkdirSync(new URL(`${folder}/`, FOLDER), { recursive: true });
    for (const [name, content] of Object.entries(files))
      writeFileSync(new URL(`${folder}/${name}`, FOLDER), content);
  }
}
