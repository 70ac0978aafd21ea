import { describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { examine, loadDataset } from '../../src/experiment/data-set.js';
import { plan } from '../../src/experiment/plan.js';
import type { TrainingRow, TruthRow } from '../../src/experiment/rows.js';
import {
  type GivenSettings,
  type GivenSource,
  specification,
} from '../../src/experiment/specification-format.js';
import { Interrupted, trainAgainstTruth } from '../../src/experiment/training-run.js';
import { truthOf } from '../../src/experiment/truth.js';
import { minimizeLp } from '../../src/lp-norm/minimize.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { fromNetwork } from '../../src/problem/piecewise-linear.js';
import { makeProblem } from '../../src/problem/problem.js';
import { pointsFromDataset } from '../../src/train/from-dataset.js';
import { largestResidual } from '../../src/train/residual.js';
import { Training, train } from '../../src/train/train.js';
import { trainedNetwork } from '../../src/verify/trained-network.js';
import { verify } from '../../src/verify/verify.js';

/** One data set: its truth rows, and the rows of its training runs. */
async function trained(source: GivenSource, settings: GivenSettings) {
  const spec = specification([source], settings);
  const dataset = await loadDataset(spec.data[0]!);
  const { jobs } = plan(spec, [await examine(spec.data[0]!)]);
  const truths = new Map<string, TruthRow>();
  for (const job of jobs.filter(({ kind }) => kind === 'truth')) {
    const { row } = await truthOf(dataset, job.rows[0]!, { timeLimit: 10 });
    truths.set(row.key, { ...row, certificate: '', timing: { seconds: 0 } });
  }
  const rows: TrainingRow[] = [];
  for (const job of jobs.filter(({ kind }) => kind === 'training')) {
    const needed = job.rows.map(({ truth }) => truths.get(truth!)!);
    rows.push(...(await trainAgainstTruth(dataset, job.rows, needed, spec)));
  }
  return { spec, dataset, rows, jobs, truths };
}

describe('trainAgainstTruth', () => {
  it('says what training alone, and verify alone, say', async () => {
    const settings = { p: [0.4], epochs: 3000, width: 20, seeds: 3, tolerances: [0.05, 0.5], every: 100 };
    const { spec, dataset, rows } = await trained('instances/peak-plateau.csv', settings);
    const points = pointsFromDataset(dataset);
    expect(rows.length).toBe(3 * 3 * 2);
    const verdicts = new Set<unknown>();
    for (const row of rows) {
      const options = {
        ...{
          method: row.method,
          seed: row.seed,
          skip: row.skip,
          p: row.p === null ? undefined : Number(row.p),
        },
        ...{ epochs: 3000, width: 20, every: 100, lambda: spec.lambda, learningRate: spec.learningRate },
      };
      const { network, final, history } = train(points, options);
      expect(row).toMatchObject({
        epochs: 3000,
        loss: final.loss,
        residual: largestResidual(network, points),
        activeNeurons: final.activeNeurons,
        nonzeroProducts: final.nonzeroProducts,
        size: final.activeNeurons,
        history: {
          epoch: history.map(({ epoch }) => epoch),
          activeNeurons: history.map(({ activeNeurons }) => activeNeurons),
          loss: history.map(({ loss }) => loss),
        },
      });
      const { holds, claims } = await verify(network, dataset, { tolerance: row.tolerance });
      expect(row.success).toBe(holds);
      expect(row.claims.map((claim) => claim.holds)).toEqual(claims.map((claim) => claim.holds));
      verdicts.add(JSON.stringify(row.claims.map((claim) => claim.holds)));
    }
    expect(verdicts.size).toBeGreaterThan(1);
  });

  it('finds the first sparsest look: a run that stops there has the size and the residual, none before has', async () => {
    // Two knots suffice for these data, and the tolerance is wide, so that training gets there.
    const data = { generate: 'formula', options: { points: 9, formula: 'abs(x)', from: -1, to: 1 } } as const;
    const settings = {
      p: [0.4, 0.7],
      methods: ['reweighted'],
      epochs: 4000,
      width: 15,
      seeds: 6,
      tolerances: [0.25],
    };
    const { spec, dataset, rows, truths } = await trained(data, { ...settings, every: 50, lambda: 0.01 });
    const [truth] = [...truths.values()].filter(({ tolerance }) => tolerance === '0.25');
    const points = pointsFromDataset(dataset);
    let found = 0;
    for (const row of rows) {
      const training = Training.start(points, {
        ...{ method: row.method, seed: row.seed, skip: row.skip, p: Number(row.p), epochs: 4000 },
        ...{ width: 15, lambda: spec.lambda, learningRate: spec.learningRate },
      });
      let first: number | null = null;
      for (; first === null; training.advance(50)) {
        const small = training.row().activeNeurons <= truth!.upperBound!;
        if (small && largestResidual(training.network(), points) <= 0.25) first = training.epoch;
        if (training.status !== 'running') break;
      }
      expect(row.firstSparsest?.epoch ?? null).toBe(first);
      expect(row.timing.toFirstSparsest === null).toBe(first === null);
      if (first !== null) found++;
    }
    expect(found).toBeGreaterThan(0);
  });

  it('compares the l^p cost with the least of all networks with the same values at the data', async () => {
    const settings = { p: [0.5, 1], methods: ['reweighted'], epochs: 500, width: 12, seeds: 2, every: 0 };
    const { spec, dataset, rows } = await trained('instances/peak-plateau.csv', settings);
    const points = pointsFromDataset(dataset);
    expect(rows.length).toBe(4);
    for (const row of rows) {
      const p = Number(row.p);
      const { network } = train(points, {
        ...{ method: row.method, seed: row.seed, skip: row.skip, p, epochs: 500, width: 12 },
        ...{ lambda: spec.lambda, learningRate: spec.learningRate },
      });
      const own = network.outputWeights.reduce(
        (sum, v, k) => sum + Math.abs(v * network.inputWeights[k]![0]!) ** p,
        0,
      );
      expect(Number(row.cost!.network.lower)).toBeCloseTo(own, 9);
      // The function of the network through its own values: rationals, merged bends.
      const f = fromNetwork(trainedNetwork(network).network);
      const x = dataset.inputs[0]!;
      const xs = Array.from({ length: x.length }, (_, i) => x.value(i));
      const value = (at: Rational) =>
        f.knots.reduce(
          (sum, knot) =>
            knot.at.lessThan(at) ? sum.add(knot.slopeChange.multiply(at.subtract(knot.at))) : sum,
          f.slope.multiply(at).add(f.intercept),
        );
      const problem = makeProblem(datasetFromArrays({ x: xs, y: xs.map(value) }));
      const least = minimizeLp(problem, Rational.parse(row.p!)).cost;
      expect(row.cost!.least).toEqual(least);
      expect(row.cost!.ratio).toBeGreaterThan(1 - 1e-12);
    }
  });

  it('draws what the network computes', async () => {
    const settings = { p: [0.7], epochs: 400, width: 8, seeds: 1, methods: ['reweighted', 'adam'] };
    for (const skip of ['affine', 'bias', 'none']) {
      const { dataset, rows } = await trained('instances/peak-plateau.csv', {
        ...settings,
        architectures: [skip],
      });
      const points = pointsFromDataset(dataset);
      for (const { plot, knots, method, p, epochs, residual, activeNeurons } of rows) {
        const { network } = train(points, {
          ...{
            method,
            skip: skip as 'bias',
            seed: 0,
            epochs,
            width: 8,
            p: p === null ? undefined : Number(p),
          },
        });
        const at = (x: number) => {
          const i = Math.max(
            1,
            plot!.x.findIndex((corner) => corner >= x),
          );
          const share = (x - plot!.x[i - 1]!) / (plot!.x[i]! - plot!.x[i - 1]!);
          return plot!.y[i - 1]! + share * (plot!.y[i]! - plot!.y[i - 1]!);
        };
        const labels = [0, 0, 1, 1, 0, 0];
        const worst = Math.max(...labels.map((label, i) => Math.abs(at(i - 2) - label)));
        expect(worst).toBeCloseTo(residual, 9);
        expect(plot!.x).toEqual([...plot!.x].sort((a, b) => a - b));
        expect(knots!.length).toBe(activeNeurons);
        expect(largestResidual(network, points)).toBe(residual);
      }
    }
  });

  it('stops when it is told to', async () => {
    const { spec, dataset, jobs } = await trained('instances/peak-plateau.csv', {
      epochs: 0,
      seeds: 1,
      methods: ['adam'],
    });
    const long = { ...spec, epochs: 10_000_000 };
    const job = jobs.find(({ kind }) => kind === 'training')!;
    const run = trainAgainstTruth(dataset, job.rows, [null], long, AbortSignal.abort());
    await expect(run).rejects.toThrow(Interrupted);
  });
});
