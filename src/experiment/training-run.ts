import { Rational } from '../exact/rational.js';
import { finish } from '../exact/steps.js';
import { type Dataset, datasetFromArrays } from '../problem/dataset.js';
import { countParameters, evaluate, type Skip } from '../problem/network.js';
import { makeProblem } from '../problem/problem.js';
import { pointsFromDataset } from '../train/from-dataset.js';
import type { HistoryRow } from '../train/history.js';
import { largestResidual } from '../train/residual.js';
import { Training } from '../train/train.js';
import { lpOptimality } from '../verify/lp-optimal.js';
import { VERIFY_DEFAULTS } from '../verify/options.js';
import { trainedNetwork } from '../verify/trained-network.js';
import { verify } from '../verify/verify.js';
import { costsOf, prune } from '../vertex/prune.js';
import { againstMinimum } from './path-norm-minimum.js';
import type { PlannedRow } from './plan.js';
import { bendsOf, polylineOfNetwork, shownStretch } from './polyline.js';
import {
  type CostComparison,
  KNOTS_KEPT,
  type PathNormRow,
  type TrainingRow,
  type TruthRow,
  type VerifiedClaim,
} from './rows.js';
import { epochsPerLook, type Specification, scheduleOf } from './specification.js';
import { identity } from './truth.js';

/** Labels whose own l^p minimum is computed, and neurons whose cost is: exact arithmetic on sums of products of doubles. */
const COST_LIMITS = { points: 500, neurons: 500 } as const;

/** Milliseconds of training between two turns of the event loop, so that a signal is seen. */
const BREATH = 50;

/** A run was told to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What the network was when it was looked at, in doubles. */
interface Look {
  readonly row: HistoryRow;
  readonly seconds: number;
}

/** The first look with at most `most` of the objective and a residual of at most the tolerance. */
interface FirstSparsest {
  readonly tolerance: number;
  readonly most: number;
  found: Look | null;
}

/**
 * Trains once and holds the result against the truth at every tolerance: one row for each planned one. The rows differ in
 * tolerance only.
 *
 * @param truths the truth row of each planned row, null where there is none
 * @param minima the least path norm of each planned row, null where there is none
 * @throws DivergenceError when the loss is no finite number; Interrupted when the signal aborts; InputError when the data have no labels
 */
export async function trainAgainstTruth(
  dataset: Dataset,
  planned: readonly PlannedRow[],
  truths: readonly (TruthRow | null)[],
  spec: Specification,
  signal?: AbortSignal,
  minima: readonly (PathNormRow | null)[] = [],
): Promise<TrainingRow[]> {
  const { method, p, skip, seed, objective } = planned[0]!;
  const points = pointsFromDataset(dataset);
  const counted = (row: HistoryRow) => (objective === 'neurons' ? row.activeNeurons : row.nonzeroProducts);
  const exponent = p == null ? null : Rational.parse(p);
  const every = epochsPerLook(spec);
  const firsts = planned.map((row, i): FirstSparsest => {
    const tolerance = Rational.parse(row.tolerance!).toNumber();
    return { tolerance, most: truths[i]?.upperBound ?? Number.NEGATIVE_INFINITY, found: null };
  });

  // Train look by look. The residual, which costs a pass over the data, is measured only where the size is small enough.
  const started = performance.now();
  let breath = started;
  const training = Training.start(points, {
    ...{ method: method!, skip: skip!, seed: seed!, every },
    ...(exponent === null ? {} : { p: exponent.toNumber() }),
    ...{ epochs: spec.epochs, width: spec.width, learningRate: spec.learningRate },
    ...{ lambda: spec.lambda, threshold: spec.threshold, ...scheduleOf(spec) },
  });
  for (;;) {
    const row = training.row();
    const open = firsts.filter(({ found, most }) => found === null && counted(row) <= most);
    if (open.length > 0) {
      const residual = largestResidual(training.network(), points);
      const look = { row, seconds: (performance.now() - started) / 1000 };
      for (const first of open) if (residual <= first.tolerance) first.found = look;
    }
    if (training.status !== 'running') break;
    training.advance(every);
    if (performance.now() - breath > BREATH) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (signal?.aborted) throw new Interrupted();
      breath = performance.now();
    }
  }

  const network = training.network();
  const final = training.row();
  const seconds = (performance.now() - started) / 1000;
  const history = [...training.history];
  if (history.at(-1)!.epoch !== final.epoch) history.push(final);
  const graph = graphOf(dataset, network, spec.threshold);
  const { cost, note } = costOf(dataset, network, planned[0]!, exponent);
  const pruned = spec.prune ? prunedOf(dataset, network, skip!, exponent) : null;
  const rows: TrainingRow[] = [];
  for (const [i, row] of planned.entries()) {
    const truth = truths[i] ?? null;
    const size = counted(final);
    const claims = await verdict(dataset, network, row, size, truth, spec);
    const notes = [note, truthNote(truth)].filter((text) => text !== null);
    const { found } = firsts[i]!;
    const global =
      row.pathNorm === undefined
        ? null
        : againstMinimum(dataset, row, network, minima[i] ?? null, spec.threshold);
    rows.push({
      ...identity(row),
      kind: 'training',
      status: 'done',
      ...{ skip: skip!, tolerance: row.tolerance!, method: method!, p: p ?? null, seed: seed! },
      epochs: final.epoch,
      residual: largestResidual(network, points),
      loss: final.loss,
      activeNeurons: final.activeNeurons,
      nonzeroProducts: final.nonzeroProducts,
      pathNorm: final.pathNorm,
      ...(pruned === null ? {} : { pruned }),
      objective: objective!,
      size,
      minimum: boundsOf(truth),
      truth: truth?.key ?? null,
      claims,
      success: together(claims),
      cost,
      ...(global === null ? {} : { global }),
      ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
      firstSparsest: found === null ? null : { epoch: found.row.epoch },
      history: {
        epoch: history.map(({ epoch }) => epoch),
        activeNeurons: history.map(({ activeNeurons }) => activeNeurons),
        nonzeroProducts: history.map(({ nonzeroProducts }) => nonzeroProducts),
        loss: history.map(({ loss }) => loss),
      },
      ...graph,
      timing: { seconds, toFirstSparsest: found?.seconds ?? null },
    });
  }
  return rows;
}

type Network = ReturnType<Training['network']>;

/** Parameters and cost before and after pruning; both exact networks, counted in doubles. */
function prunedOf(
  dataset: Dataset,
  network: Network,
  skip: Skip,
  exponent: Rational | null,
): NonNullable<TrainingRow['pruned']> {
  const p = exponent?.lessThan(Rational.one) === true ? exponent : Rational.of(1, 2);
  const before = trainedNetwork(network).network;
  const after = finish(prune(makeProblem(dataset), before, skip, p)).network;
  const [own, next] = [before, after].map((exact) => ({
    parameters: countParameters(exact),
    pathNorm: costsOf(exact).reduce((sum, cost) => sum + cost.toNumber() ** p.toNumber(), 0),
  }));
  return { before: own!, after: next! };
}

/**
 * Interpolation as `verify` decides it; sparsity too where the minimum has a closed form, else against the bounds of the truth row,
 * by the same rule: the search is not done again for every run.
 */
async function verdict(
  dataset: Dataset,
  network: Network,
  { skip, tolerance, objective }: PlannedRow,
  size: number,
  truth: TruthRow | null,
  spec: Specification,
): Promise<VerifiedClaim[]> {
  const closedForm = dataset.inputs.length === 1 && skip === 'affine';
  const { claims } = await verify(network, dataset, {
    claims: closedForm ? ['interpolates', 'sparsest'] : ['interpolates'],
    tolerance: Rational.parse(tolerance!),
    activeThreshold: spec.threshold,
    skip: skip!,
  });
  const found: VerifiedClaim[] = claims.map(({ claim, holds, message }) => ({ claim, holds, message }));
  return closedForm ? found : [...found, sparsestClaim(size, objective!, truth)];
}

function sparsestClaim(size: number, objective: string, truth: TruthRow | null): VerifiedClaim {
  const claim = 'sparsest';
  if (truth === null || truth.lowerBound === undefined || truth.upperBound === undefined) {
    const why = truth === null ? 'the truth is not known' : 'no network fits at all';
    return { claim, holds: truth === null ? 'undecided' : false, message: `${size} ${objective}; ${why}` };
  }
  const { lowerBound, upperBound } = truth;
  const minimum =
    lowerBound === upperBound ? `${lowerBound}` : `between ${lowerBound} and ${upperBound}, not closed`;
  const holds =
    size < lowerBound || size > upperBound ? false : lowerBound === upperBound ? true : 'undecided';
  return { claim, holds, message: `${size} ${objective}; the proved minimum is ${minimum}` };
}

function together(claims: readonly VerifiedClaim[]): TrainingRow['success'] {
  if (claims.some(({ holds }) => holds === false)) return false;
  return claims.every(({ holds }) => holds === true) ? true : 'undecided';
}

function boundsOf(truth: TruthRow | null): TrainingRow['minimum'] {
  if (truth?.lowerBound === undefined || truth.upperBound === undefined) return null;
  return { lowerBound: truth.lowerBound, upperBound: truth.upperBound };
}

function truthNote(truth: TruthRow | null): string | null {
  if (truth === null) return 'no minimum: its row failed';
  return truth.result === 'infeasible' ? 'no minimum: no network fits these data at all' : null;
}

/**
 * The cost of the network against the least cost of any network with the same values at the data points: interpolation on both
 * sides, affine skip on both sides.
 */
function costOf(
  dataset: Dataset,
  network: Network,
  { skip }: PlannedRow,
  p: Rational | null,
): { cost: CostComparison | null; note: string | null } {
  const without = (note: string) => ({ cost: null, note: `no l^p cost: ${note}` });
  const x = dataset.inputs[0]!;
  if (p === null) return without('this method has no exponent');
  // With several inputs the pattern is made exact and held against the proved minimum.
  if (dataset.inputs.length > 1) return { cost: null, note: null };
  if (skip !== 'affine') {
    return without(`the exact l^p minimum is known for skip affine only, and this network has skip ${skip}`);
  }
  if (x.length > COST_LIMITS.points || network.outputWeights.length > COST_LIMITS.neurons) {
    return without(`more than ${COST_LIMITS.points} points or ${COST_LIMITS.neurons} neurons`);
  }
  const exact = trainedNetwork(network);
  const positions = Array.from({ length: x.length }, (_, i) => x.value(i));
  const values = positions.map((position) => evaluate(exact.network, [position]));
  const problem = makeProblem(datasetFromArrays({ x: positions, y: values }));
  const gap = Rational.parse(String(VERIFY_DEFAULTS.lpGap));
  const { cost, minimum } = lpOptimality(exact.network, exact.skip, problem, p, gap);
  const least = Number(minimum.lower);
  return {
    cost: { network: cost, least: minimum, ratio: least > 0 ? Number(cost.lower) / least : null },
    note: null,
  };
}

function graphOf(dataset: Dataset, network: Network, threshold: number): Pick<TrainingRow, 'knots' | 'plot'> {
  if (dataset.inputs.length !== 1) return {};
  const x = dataset.inputs[0]!;
  const xs = Array.from({ length: x.length }, (_, i) => x.value(i).toNumber());
  const stretch = shownStretch(
    xs.reduce((a, b) => Math.min(a, b)),
    xs.reduce((a, b) => Math.max(a, b)),
  );
  const knots = bendsOf(network, threshold);
  const plot = polylineOfNetwork(network, stretch);
  return { ...(knots.length > KNOTS_KEPT ? {} : { knots }), ...(plot === null ? {} : { plot }) };
}
