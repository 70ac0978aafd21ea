// Least tolerances, shapes and knots at positions: one budget of 10^6 points with the passes over the windows that it takes, the whole curve of
// 10^4 points, shapes of 10^5 points, and thermistor tables with knots on integers. Every answer is checked before its time is printed.
import { checkStatement } from '../dist/checker/check.js';
import { createRandom } from '../dist/exact/random.js';
import { Rational } from '../dist/exact/rational.js';
import { finish } from '../dist/exact/steps.js';
import { LeastTolerances } from '../dist/knots/least-tolerance.js';
import { leastOfShape, shapeFloor } from '../dist/knots/shape-floor.js';
import { sparsestOfShape } from '../dist/knots/shapes.js';
import { datasetFromArrays } from '../dist/problem/dataset.js';
import { makeProblem } from '../dist/problem/problem.js';
import { ANY_SHAPE } from '../dist/problem/shape.js';
import { wideningProblem } from '../dist/problem/widening.js';
import { statementOf } from '../dist/solve/answer.js';
import { PositionsQuestion } from '../dist/solve/positions.js';
import { assert, machine, printTable, processorSeconds } from './common.mjs';

function timed(compute) {
  const start = processorSeconds();
  const value = compute();
  return { value, seconds: processorSeconds() - start };
}

function accept(problem, answer) {
  const { value, seconds } = timed(() => checkStatement(problem, statementOf(problem, answer)));
  assert(value.accepted, value.reason);
  return seconds;
}

function walk(points, seed) {
  const random = createRandom(seed);
  let value = 0;
  const y = Array.from({ length: points }, () => {
    value += random.integer(-9, 9);
    return value;
  });
  return datasetFromArrays({ x: y.map((_, i) => i), y });
}

/** Degrees Celsius of a 10 kOhm thermistor (beta 3950) under a divider with 10 kOhm, for the codes of a converter. */
function thermistor(codes, resolution) {
  const first = (resolution - codes) / 2;
  const x = Array.from({ length: codes }, (_, k) => first + k);
  const y = x.map((code) => {
    const resistance = code / (resolution - code);
    return (1 / (1 / 298.15 + Math.log(resistance) / 3950) - 273.15).toFixed(4);
  });
  return datasetFromArrays({ x, y });
}

/** Budgets of a curve that are checked together. */
const AT_ONCE = 64;

console.log(`${machine()}; here one run`);
const rows = [];
const add = (what, answer, seconds, checked, more = '') => {
  rows.push([what, answer, `${seconds.toFixed(2)} s`, `${checked.toFixed(2)} s`, more]);
};

for (const budget of [10, 1000]) {
  const problem = wideningProblem(walk(1_000_000, 1));
  const { value, seconds } = timed(() => {
    const tolerances = new LeastTolerances(problem);
    return { step: finish(tolerances.least(budget)), passes: tolerances.passes };
  });
  const checked = accept(problem, { kind: 'least-tolerance', steps: [value.step] });
  if (budget === 10) assert(value.passes <= 30, `${value.passes} passes`);
  add(
    `budget of ${budget} knots, 10^6 points`,
    `e = ${value.step.tolerance.toNumber()}`,
    seconds,
    checked,
    `${value.passes} passes`,
  );
}
{
  const problem = wideningProblem(walk(10_000, 2));
  const tolerances = new LeastTolerances(problem);
  let [seconds, checked] = [0, 0];
  // A step holds windows of its own: some at a time are kept, as `tradeoff` does.
  for (let first = 0; first <= tolerances.enough; first += AT_ONCE) {
    const found = timed(() => {
      const steps = [];
      for (let K = first; K < first + AT_ONCE && K <= tolerances.enough; K++)
        steps.push(finish(tolerances.least(K)));
      return steps;
    });
    seconds += found.seconds;
    checked += accept(problem, { kind: 'least-tolerance', steps: found.value });
  }
  add(
    'whole curve, 10^4 points',
    `${tolerances.enough + 1} budgets`,
    seconds,
    checked,
    `${tolerances.passes} passes`,
  );
}
{
  const random = createRandom(3);
  const size = 100_000;
  const x = Array.from({ length: size }, (_, i) => i);
  const noisy = (at) => x.map((i) => Math.round(at(i / size) * 100_000) + random.integer(-300, 300));
  const limits = { ...ANY_SHAPE, minSlope: Rational.zero };
  const sets = [
    ['increasing', limits, noisy((t) => t)],
    ['slopes 0 to 3', { ...limits, maxSlope: Rational.of(3) }, noisy((t) => t)],
    ['convex', { ...ANY_SHAPE, curvature: 'convex' }, noisy((t) => t * t)],
    ['convex, increasing', { ...limits, curvature: 'convex' }, noisy((t) => t * t)],
  ];
  for (const [name, shape, y] of sets) {
    const data = datasetFromArrays({ x, y });
    const problem = makeProblem(data, Rational.of(1000));
    const { value: solution, seconds } = timed(() => sparsestOfShape(problem, shape));
    assert(solution.status === 'optimal', name);
    add(
      `${name}, 10^5 points`,
      `${solution.knots} knots`,
      seconds,
      accept(problem, { kind: 'shape', shape, solution }),
    );
    const wide = wideningProblem(data);
    const least = timed(() => {
      const tolerances = new LeastTolerances(wide);
      return leastOfShape(wide, shape, shapeFloor(wide, shape), finish(tolerances.least(8)));
    });
    const checked = accept(wide, { kind: 'least-tolerance', shape, steps: [least.value] });
    add(
      `${name} with 8 knots, 10^5 points`,
      `e = ${least.value.tolerance.toNumber()}`,
      least.seconds,
      checked,
    );
  }
}
for (const [codes, resolution] of [
  [246, 256],
  [984, 1024],
]) {
  for (const valuesOn of [null, Rational.of(1, 2)]) {
    const data = thermistor(codes, resolution);
    const problem = makeProblem(data, Rational.one);
    const x = problem.inputs[0];
    const knotsOn = Array.from({ length: codes }, (_, i) => x.value(i));
    const restriction = { knotsOn, maxSlopeChange: null, maxKnots: null };
    const { value, seconds } = timed(() =>
      finish(new PositionsQuestion(problem, { restriction, valuesOn }).solve()),
    );
    assert(value.solution.status === 'optimal', 'thermistor');
    const what = `thermistor, ${codes} codes${valuesOn === null ? '' : ', values on halves'}`;
    add(what, `${value.solution.knots} knots`, seconds, accept(problem, value));
  }
}
printTable(
  'least tolerances, shapes, positions (CPU seconds)',
  ['question', 'answer', 'solved', 'checked', ''],
  rows,
);
