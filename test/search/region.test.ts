import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NODE, rowName } from '../../src/certificate/search-proof.js';
import { createRandom } from '../../src/exact/random.js';
import { parseCsv } from '../../src/files/csv.js';
import { makeProblem } from '../../src/problem/problem.js';
import { ACTIVATION } from '../../src/search/decision.js';
import { confirm, isRowOf } from '../../src/search/leaf.js';
import { questionsOfLevel } from '../../src/search/levels.js';
import { pointsOf } from '../../src/search/points.js';
import { neuronCount } from '../../src/search/question.js';
import { Region } from '../../src/search/region.js';
import { searchSparsest } from '../../src/search/search.js';
import { plantedRows, problemOf } from './problems.js';
import { validate } from './validate.js';

/** The active rows of the guide: a fit row by the neurons that enter it with w_k . X_n, any other by its number. */
function activeRows(region: Region): string[] {
  const { points } = region.question;
  const neurons = neuronCount(region.question);
  return [...region.guide.codes.subarray(0, region.guide.active)].map((code) => {
    const name = rowName(code, neurons, points.size)!;
    if (name.kind !== 'fit') return String(code);
    const terms = Array.from({ length: neurons }, (_, k) => {
      const known = region.activation[k * points.size + name.point]!;
      return known > 0 || (known === 0 && ((name.linear >> k) & 1) === 1);
    });
    return `fit ${name.point} ${name.side} ${terms}`;
  });
}

it('keeps only rows of the region active when an activation is decided, and under their names', () => {
  const random = createRandom(7);
  const seen = { renamed: 0, forgotten: 0, kept: 0 };
  for (let instance = 0; instance < 500; instance++) {
    const { x, y } = plantedRows(random, random.integer(1, 3), random.integer(3, 7), 0);
    const points = pointsOf(problemOf(x, y));
    const skip = (['none', 'bias', 'affine'] as const)[instance % 3]!;
    const questions = questionsOfLevel(points, 'neurons', skip, random.integer(1, 3));
    const region = new Region(questions[random.integer(0, questions.length - 1)]!);
    const undecided = [...region.activation.keys()];
    while (undecided.length > 0 && region.solve().status === 'open') {
      const [at] = undecided.splice(random.integer(0, undecided.length - 1), 1);
      const before = { rows: activeRows(region), codes: region.guide.codes.slice(0, region.guide.active) };
      const neuron = Math.floor(at! / points.size);
      region.decide(
        {
          kind: 'point',
          neuron,
          members: 1 << neuron,
          place: at! % points.size,
          side: random.integer(0, 1) === 0 ? ACTIVATION.active : ACTIVATION.positive,
        },
        random.integer(0, 1) === 0 ? 0 : 1,
      );
      const codes = region.guide.codes.slice(0, region.guide.active);
      for (const code of codes) expect(isRowOf(region, code)).toBe(true);
      if (codes.length === 0 && before.codes.length > 0) seen.forgotten++;
      else {
        expect(activeRows(region)).toEqual(before.rows);
        if (codes.join() === before.codes.join()) seen.kept++;
        else seen.renamed++;
      }
    }
  }
  expect(seen.renamed).toBeGreaterThan(20);
  expect(seen.forgotten).toBeGreaterThan(20);
  expect(seen.kept).toBeGreaterThan(200);
});

it('confirms no leaf that names a row of another region', () => {
  // One positive neuron through (0, 1), (1, 0), (2, 1) with skip none: active at 0 and 2, hence at 1, where f would be 1.
  const points = pointsOf(problemOf([[0], [1], [2]], [1, 0, 1]));
  const question = questionsOfLevel(points, 'neurons', 'none', 1).find(({ plus }) => plus === 1)!;
  const region = new Region(question);
  const fitRow = (point: number, side: 0 | 1, linear: 0 | 1) => 3 + 2 + (2 * point + side) * 2 + linear;
  const rows = [fitRow(0, 1, 0), fitRow(1, 0, 1), fitRow(2, 1, 0)];
  const confirmed = (codes: number[]) => confirm(region, { codes, weights: [1, 2, 1] });
  // Undecided: the lower rows of points 0 and 2 need the activation.
  expect(confirmed(rows)).toBeNull();
  region.activation[0] = ACTIVATION.active;
  region.activation[2] = ACTIVATION.active;
  expect(confirmed(rows)).toEqual([NODE.leaf, ...rows.flatMap((row, r) => [row, r === 1 ? 2 : 1])]);
  // Decided at point 1: the same row, but this is no name of it.
  region.activation[1] = ACTIVATION.active;
  expect(confirmed(rows)).toBeNull();
  expect(confirmed([rows[0]!, fitRow(1, 0, 0), rows[2]!])).not.toBeNull();
});

it.each([
  ['stale-row-parameters.csv', 'parameters'],
  ['stale-row-neurons.csv', 'neurons'],
] as const)('proves %s by rows that are there', async (name, objective) => {
  const text = readFileSync(new URL(`../cases/answers/${name}`, import.meta.url), 'utf8');
  const problem = makeProblem(parseCsv(text, name));
  const result = await searchSparsest(problem, { objective, skip: 'none' });
  validate(problem, result);
  expect([result.ended, result.lowerBound]).toEqual(['optimal', 4]);
});
