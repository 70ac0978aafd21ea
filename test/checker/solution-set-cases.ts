import { certificateChunks } from '../../src/certificate/write.js';
import { parseInstance } from '../../src/files/instance.js';
import { solveUnivariate } from '../../src/knots/solve.js';
import { makeProblem } from '../../src/problem/problem.js';
import { checkedCertificate } from '../../src/solve/checked.js';
import type { CaseFile, Forgery, Json } from './case-files.js';
import { asFunction } from './values-of-pieces.js';

function described(about: string, name: string, slopes: readonly number[]): CaseFile {
  const y = [0];
  for (const slope of slopes) y.push(y.at(-1)! + slope);
  const data = { format: 'sparsest-instance', version: 1, name, x: y.map((_, i) => i), y };
  const problem = makeProblem(parseInstance(JSON.stringify(data), 'case').dataset);
  const certificate = checkedCertificate(problem, {
    kind: 'sparsest-set',
    exact: solveUnivariate(problem).exact!,
  });
  return { about, data, certificate: JSON.parse([...certificateChunks(certificate)].join('')) };
}

export function acceptedSolutionSets(): Record<string, CaseFile> {
  const example = described('the worked example of FORMAT.md', 'a run of three', [0, 1, 3, 6]);
  return {
    'solution-set': example,
    'solution-set-as-function': asFunction(example),
    'solution-set-alone': described('even runs leave no choice', 'two runs of two', [0, 1, 2, 1, 0]),
    'solution-set-many': described(
      'runs of five and of three',
      'two free runs',
      [0, 1, 2, 3, 5, 9, 3, 2, -4],
    ),
  };
}

export function forgedSolutionSets(accepted: Record<string, CaseFile>): Forgery[] {
  const three = accepted['solution-set']!;
  const threeValues = accepted['solution-set-as-function']!;
  const alone = accepted['solution-set-alone']!;
  const many = accepted['solution-set-many']!;
  const claim = (fields: Json) => (copy: Json) => void Object.assign(copy.certificate.claim, fields);
  const runs = (change: (runs: Json[]) => void) => (copy: Json) => change(copy.certificate.proof.runs);
  return [
    [
      'solution-set-problem',
      'windows',
      accepted['function-windows']!,
      ({ certificate }) => {
        certificate.claim = { kind: 'solution-set', knots: 3, functions: '1', vertices: '1' };
        certificate.proof = { kind: 'free-runs', runs: [] };
      },
    ],
    ['solution-set-knots', 'one too few', three, claim({ knots: 1 })],
    ['solution-set-knots', 'one too many', alone, claim({ knots: 3 })],
    [
      'solution-set-function',
      'the dots joined',
      threeValues,
      ({ certificate }) => void certificate.function.splice(0, 9, 0, 1, 2, 3, 4),
    ],
    [
      'solution-set-function',
      'as sparse, but between two vertices',
      threeValues,
      ({ certificate }) => void certificate.function.splice(0, 9, 0, ['3/2', '0'], ['11/4', '5/2'], 4),
    ],
    [
      'solution-set-function',
      'the dots joined, in pieces',
      three,
      ({ certificate }) => void certificate.pieces.splice(2, 1, -3, -4),
    ],
    [
      'solution-set-function',
      'a point between two pieces',
      three,
      ({ certificate }) => void certificate.pieces.splice(2, 1, [3, 0, 4, 0, 4, 4]),
    ],
    ['solution-set-count', 'a function too many', three, claim({ functions: '3' })],
    ['solution-set-count', 'a word too few', many, claim({ vertices: '7' })],
    ['solution-set-count', 'a choice where there is none', alone, claim({ functions: '2', vertices: '2' })],
    ['solution-set-runs', 'one left out', many, runs((list) => void list.pop())],
    ['solution-set-runs', 'one that is even', alone, runs((list) => void list.push([1, 2, 1]))],
    ['solution-set-runs', 'a shorter one', three, runs((list) => void list[0].splice(1, 1, 2))],
    ['solution-set-runs', 'turned round', three, runs((list) => void list[0].splice(2, 1, -1))],
    ['solution-set-runs', 'in the wrong order', many, runs((list) => void list.reverse())],
    [
      'claim-proof',
      'a set from witnesses',
      three,
      ({ certificate }) => {
        certificate.proof = { kind: 'witnesses', witnesses: [] };
      },
    ],
    ['claim-network', 'a set without a function', three, ({ certificate }) => void delete certificate.pieces],
  ];
}
