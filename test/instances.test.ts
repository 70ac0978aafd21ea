import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Objective } from '../src/certificate/certificate.js';
import { parseCertificate } from '../src/certificate/read.js';
import { certificateChunks } from '../src/certificate/write.js';
import { check } from '../src/checker/check.js';
import { Rational } from '../src/exact/rational.js';
import { readDataset } from '../src/files/read-dataset.js';
import { solutionSet } from '../src/knots/solution-set.js';
import type { Skip } from '../src/problem/network.js';
import { makeProblem, type Problem } from '../src/problem/problem.js';
import { certify } from '../src/solve/answer.js';
import { solve } from '../src/solve/solve.js';
import { fewestKnotsBySlopes } from './support/fewest-knots.js';
import { rationalsOf } from './support/problems.js';
import { validate } from './support/validate.js';

/** One line of instances/answers.json: a question about a data file and its known answer. */
interface Answer {
  file: string;
  objective?: Objective;
  skip?: Skip;
  tolerance?: string;
  neurons?: number;
  parameters?: number;
  /** A network of this size is known; whether a smaller one exists is not. */
  parametersAtMost?: number;
  infeasible?: boolean;
  unique?: boolean;
  source: string;
  provedBy: string;
}

const FOLDER = new URL('../instances/', import.meta.url);
const answers: Answer[] = JSON.parse(readFileSync(new URL('answers.json', FOLDER), 'utf8'));

const datasetOf = (file: string) => readDataset(fileURLToPath(new URL(file, FOLDER)));

function problemOf(file: string, tolerance = '0'): Problem {
  return makeProblem(datasetOf(file), Rational.parse(tolerance));
}

const dataFiles = readdirSync(FOLDER).filter((name) => /\.(csv|json)$/.test(name) && name !== 'answers.json');

/** Questions about one input; the others belong to the search. */
const oneInput = answers.filter(
  ({ file, objective = 'neurons' }) => objective === 'neurons' && datasetOf(file).inputs.length === 1,
);

const severalInputs = answers.filter((answer) => !oneInput.includes(answer));

/** A search that will not be closed gets this long to find its network; the bound asked for is found at once. */
const SECONDS_IF_OPEN = 2;

describe('known answers', () => {
  test.each(oneInput)('$file, skip $skip, tolerance $tolerance', async (answer) => {
    const problem = problemOf(answer.file, answer.tolerance);
    const skip = answer.skip ?? 'affine';
    const solution = await solve(problem, { skip });

    // The certificate goes through its text and is accepted.
    const text = [...certificateChunks(certify(problem, solution))].join('');
    expect(check(problem, parseCertificate(text, answer.file))).toMatchObject({ accepted: true });

    if (answer.infeasible === true) {
      expect(solution.status).toBe('infeasible');
      return;
    }
    if (solution.status === 'infeasible') throw new Error('expected a network');
    validate(problem, solution, skip);
    expect(solution.status).toBe('optimal');
    expect([solution.lowerBound, solution.upperBound]).toEqual([answer.neurons, answer.neurons]);
    if (problem.exact && skip === 'affine') {
      const { x, lower } = rationalsOf(problem);
      expect(fewestKnotsBySlopes(x, lower)).toBe(answer.neurons);
    }
    if (answer.unique !== undefined) {
      expect(solutionSet(problem, solution.exact!.runs).unique).toBe(answer.unique);
    }
  });

  test.each(severalInputs)('$file, $objective, skip $skip, tolerance $tolerance', async (answer) => {
    const problem = problemOf(answer.file, answer.tolerance);
    const open = answer.parametersAtMost !== undefined;
    const { objective = 'neurons', skip } = answer;
    const solution = await solve(problem, { objective, skip, timeLimit: open ? SECONDS_IF_OPEN : Infinity });
    if (solution.status === 'infeasible') throw new Error('expected a network');
    const text = [...certificateChunks(certify(problem, solution))].join('');
    expect(check(problem, parseCertificate(text, answer.file))).toMatchObject({ accepted: true });
    if (open) expect(solution.upperBound).toBeLessThanOrEqual(answer.parametersAtMost!);
    else {
      const value = answer[objective];
      expect([solution.lowerBound, solution.upperBound]).toEqual([value, value]);
    }
  });

  test('peak and plateau: knots -1, 1/2, 2', async () => {
    const solution = await solve(problemOf('peak-plateau.csv'));
    if (solution.status === 'infeasible') throw new Error('expected a network');
    const knots = solution.function!.knots.map(({ at, slopeChange }) => [`${at}`, `${slopeChange}`]);
    expect(knots).toEqual([
      ['-1', '1'],
      ['1/2', '-2'],
      ['2', '1'],
    ]);
  });

  test('repeated times with different values: interpolation is refused, naming both rows', () => {
    expect(() => problemOf('mcycle.csv')).toThrow(/row \d+.*row \d+.*different labels/);
  });
});

describe('files', () => {
  test.each(dataFiles)('%s is read, and with one input its answer is known', (file) => {
    const { inputs, labels } = datasetOf(file);
    expect(inputs[0]!.length).toBeGreaterThan(3);
    expect(labels!.length).toBe(inputs[0]!.length);
    const path = new URL(file, FOLDER);
    const own = file.endsWith('.json') && 'known' in JSON.parse(readFileSync(path, 'utf8'));
    if (inputs.length === 1) expect(own || answers.some((answer) => answer.file === file)).toBe(true);
  });

  test('every answer names its source and its proof, and a file that exists', () => {
    expect(oneInput.length).toBeGreaterThanOrEqual(8);
    for (const answer of answers) {
      expect(dataFiles).toContain(answer.file);
      expect(answer.source.length).toBeGreaterThan(10);
      expect(answer.provedBy.length).toBeGreaterThan(5);
    }
  });
});
