import type { TrainingRow } from '../experiment/rows.js';
import { plural, whole } from '../text/format.js';
import { wilson } from './binomial-interval.js';
import { type Block, type Inline, link, paragraph, strong } from './document.js';
import { interpolation, type Outcome, outcomeOf } from './outcomes.js';
import type { Pool } from './pools.js';
import type { CompareResults, DataSet, Experiment } from './results.js';
import { spread } from './spread.js';
import { enclosed, interval, listed, separated, share, significant } from './texts.js';

/** The answer in words: what was asked, what is true, how often training found it, where and why not, and what the theory says. */
export function summaryInWords(
  results: CompareResults,
  experiment: Experiment,
  pools: readonly Pool[],
): Block[] {
  return [
    paragraph(strong('The question. '), ...question(experiment, results)),
    paragraph(strong('The truth. '), ...truth(experiment)),
    paragraph(strong('How often training found it. '), ...found(experiment, pools)),
    ...shortfall(experiment),
    paragraph(strong('The theory. '), ...theory(experiment)),
    ...(experiment.failed.length === 0 ? [] : [paragraph(strong('Failures. '), ...failures(experiment))]),
    ...incomplete(results, experiment),
  ];
}

function question({ dataSets, runs, series, failed }: Experiment, { spec }: CompareResults): Inline[] {
  const sets = plural(dataSets.length, 'data set');
  const trained = runs.length + failed.filter(({ kind }) => kind === 'training').length;
  if (trained === 0) return [`What is the sparsest network through each of ${sets}? Nothing was trained.`];
  const exponents = series.flatMap(({ p }) => p ?? []);
  const methods = listed([
    ...(exponents.length > 0 ? [`Algorithm 1 (reweighted, p = ${listed(exponents)})`] : []),
    ...series.flatMap(({ p, label }) => (p === null ? [label] : [])),
  ]);
  const skips = [...new Set(runs.map(({ skip }) => skip))];
  const tolerances = [...new Set(runs.map(({ tolerance }) => tolerance))];
  return [
    `On ${sets}, does training end at the sparsest one-hidden-layer ReLU network? Trained with ${methods}, `,
    `${plural(spec.seeds.length, 'seed')} each, up to ${plural(spec.epochs, 'epoch')}, ${plural(spec.width, 'neuron')} at the start. `,
    `Every run is held against the proved minimum of the same architecture (skip ${listed(skips)}) at the same tolerance (${listed(tolerances)}): `,
    'a run succeeds when it misses no label by more than the tolerance and its size is that minimum, both decided in exact arithmetic.',
  ];
}

function truth({ dataSets }: Experiment): Inline[] {
  const rows = dataSets.flatMap(({ truths }) => truths);
  if (rows.length === 0) return ['No minimum was computed.'];
  const optimal = rows.filter(({ result }) => result === 'optimal').length;
  const bracket = rows.filter(({ result }) => result === 'bracket').length;
  const infeasible = rows.length - optimal - bracket;
  const parts = [
    optimal === rows.length
      ? `All ${plural(rows.length, 'minimum', 'minima')} (one for each data set, architecture and tolerance) are proved, each with a certificate. `
      : `${whole(optimal)} of ${plural(rows.length, 'minimum', 'minima')} (one for each data set, architecture and tolerance) are proved, each with a certificate. `,
  ];
  if (bracket > 0) parts.push(`For ${whole(bracket)} only a bracket is proved. `);
  if (infeasible > 0) parts.push(`For ${whole(infeasible)} no network fits at all. `);
  const thresholds = dataSets.filter(({ threshold }) => threshold !== null);
  if (thresholds.length > 0) {
    const minimizers = dataSets.flatMap((dataSet) => dataSet.minimizers);
    const denser = minimizers.filter(({ sparsest }) => !sparsest).length;
    parts.push(
      thresholds.length === 1
        ? `Below p* = ${enclosed(thresholds[0]!.threshold!.pStar)} every l^p minimiser is sparsest. `
        : `The threshold p*, below which every l^p minimiser is sparsest, is known for ${plural(thresholds.length, 'data set')}; it ${thresholdRange(thresholds)}. `,
    );
    if (minimizers.length > 0) {
      parts.push(
        denser === 0
          ? `At all exponents asked for, the exact minimiser is sparsest (${plural(minimizers.length, 'row')}).`
          : `The exact minimiser is denser than necessary in ${whole(denser)} of ${plural(minimizers.length, 'row')}: there the penalty itself asks for more neurons.`,
      );
    }
  }
  return parts;
}

function thresholdRange(dataSets: readonly DataSet[]): string {
  const sorted = dataSets
    .map(({ threshold }) => threshold!.pStar)
    .sort((a, b) => Number(a.lower) - Number(b.lower));
  const [least, largest] = [enclosed(sorted[0]!), enclosed(sorted.at(-1)!)];
  return least === largest ? `is ${least} for all of them` : `lies between ${least} and ${largest}`;
}

function found({ runs, failed }: Experiment, pools: readonly Pool[]): Inline[] {
  if (runs.length === 0) {
    return [
      failed.some(({ kind }) => kind === 'training') ? 'No run came to its end.' : 'Nothing was trained.',
    ];
  }
  const decided = runs.filter((run) => outcomeOf(run) !== 'undecided');
  const all = wilson(decided.filter(({ success }) => success === true).length, decided.length);
  const rates = pools.filter(({ summary }) => summary.success.of > 0);
  const several = (name: 'skip' | 'tolerance' | 'objective') =>
    new Set(pools.map((pool) => pool[name])).size > 1;
  const setting = (pool: Pool) =>
    [
      pool.series.label,
      ...(several('skip') ? [`skip ${pool.skip}`] : []),
      ...(several('tolerance') ? [`tolerance ${pool.tolerance}`] : []),
      ...(several('objective') ? [pool.objective] : []),
    ].join(', ');
  const parts: Inline[] = [
    strong(`${share(all)} runs found a sparsest network`),
    all.of === 0 ? '. ' : ` (95 % interval ${interval(all)}). `,
  ];
  const best = [...rates].sort(
    (a, b) => b.summary.success.count / b.summary.success.of - a.summary.success.count / a.summary.success.of,
  );
  const shown = best.filter(({ summary }) => summary.success.count > 0).slice(0, MOST_NAMED);
  if (shown.length > 0) {
    parts.push(
      'Most often: ',
      ...separated(
        shown.map(
          (pool) => `${setting(pool)}: ${share(pool.summary.success)} (${interval(pool.summary.success)})`,
        ),
        '; ',
      ),
      '. ',
    );
  }
  const never = rates.filter(({ summary }) => summary.success.count === 0);
  if (never.length > 0 && all.count > 0) {
    parts.push(
      never.length <= MOST_NAMED
        ? `Never: ${never.map(setting).join('; ')}. `
        : `Never in ${plural(never.length, 'other setting')}. `,
    );
  }
  if (runs.length > decided.length) {
    parts.push(`${plural(runs.length - decided.length, 'run')} could not be decided and are not counted. `);
  }
  if (several('tolerance')) parts.push('A run counts once for every tolerance. ');
  parts.push('Rates pool the data sets; ', link('outcomes', 'the table'), ' keeps unlike questions apart.');
  return parts;
}

/** Settings named in the text; the table has all. */
const MOST_NAMED = 3;

/** Where training falls short, and as far as the exact side knows it, why. */
function shortfall({ dataSets, runs }: Experiment): Block[] {
  const short = runs.filter((run) => !['sparsest', 'undecided'].includes(outcomeOf(run)));
  if (short.length === 0) return [];
  const of = (outcome: Outcome) => short.filter((run) => outcomeOf(run) === outcome);
  const items: Inline[][] = [];
  const larger = of('larger');
  if (larger.length > 0) {
    const excess = spread(
      larger.flatMap(({ size, minimum }) => (minimum === null ? [] : [size - minimum.upperBound])),
    );
    items.push([
      strong(plural(larger.length, 'run')),
      larger.length === 1
        ? ' interpolates but is larger than the minimum'
        : ' interpolate but are larger than the minimum',
      ...(excess === null
        ? []
        : [`, by ${significant(excess.median)} in the median and ${significant(excess.largest)} at most`]),
      '.',
    ]);
  }
  const misses = of('misses');
  if (misses.length > 0) {
    const residual = spread(misses.map((run) => run.residual))!;
    items.push([
      strong(plural(misses.length, 'run')),
      misses.length === 1 ? ' misses a label' : ' miss a label',
      ` though not smaller than the proved bound (median residual ${significant(residual.median)}): the fit is not finished, or the penalty holds it off the data.`,
    ]);
  }
  const small = of('too-small');
  if (small.length > 0) {
    const dead = small.filter(({ size }) => size === 0).length;
    items.push([
      strong(plural(small.length, 'run')),
      ` pruned below the proved minimum, where no network can fit; a neuron that is zero has no gradient and does not return.`,
      ...(dead > 0 ? [` ${plural(dead, 'of them is', 'of them are')} the zero network.`] : []),
    ]);
  }
  const left = short.filter(({ firstSparsest }) => firstSparsest !== null).length;
  if (left > 0) {
    items.push([
      strong(plural(left, 'run')),
      ' of these passed through a sparsest state during training (in double precision) and left it again.',
    ]);
  }
  items.push(...reasons(dataSets, short));
  return [
    paragraph(
      strong('Where it falls short. '),
      `${plural(short.length, 'run')} of ${whole(runs.length)} did not end at a sparsest network:`,
    ),
    { kind: 'list', items },
  ];
}

/** Denser than necessary: is the penalty to blame (p above p*) or the optimisation? Known where the exact minimiser is. */
function reasons(dataSets: readonly DataSet[], short: readonly TrainingRow[]): Inline[][] {
  const sparsestAt = new Map(
    dataSets.flatMap(({ name, minimizers }) => minimizers.map((row) => [`${row.p} ${name}`, row.sparsest])),
  );
  const known = short.filter(
    (run) =>
      run.cost !== null &&
      run.p !== null &&
      interpolation(run) === true &&
      sparsestAt.has(`${run.p} ${run.data}`),
  );
  const stuck = known.filter((run) => sparsestAt.get(`${run.p} ${run.data}`));
  const items: Inline[][] = [];
  if (stuck.length > 0) {
    const ratio = spread(stuck.flatMap(({ cost }) => cost?.ratio ?? []));
    items.push([
      strong('Why, optimisation: '),
      `${plural(stuck.length, 'run')} interpolated with too many neurons at an exponent where the exact minimiser of the labels is sparsest`,
      ...(ratio === null
        ? []
        : [
            `; the trained networks cost ${significant(ratio.median)} times the least l^p cost for their own values in the median, ${significant(ratio.largest)} times at most`,
          ]),
      '. The global minimum is sparse, training stopped short of it.',
    ]);
  }
  if (known.length > stuck.length) {
    items.push([
      strong('Why, the penalty: '),
      `${plural(known.length - stuck.length, 'run')} interpolated with too many neurons at an exponent above p*, where the exact minimiser itself is denser: no optimiser could have helped.`,
    ]);
  }
  return items;
}

function theory({ theory: rows }: Experiment): Inline[] {
  if (rows.length === 0) return ['No statement of the theory was tested.'];
  const count = (holds: boolean | string) => rows.filter((row) => row.holds === holds).length;
  const [good, bad, open, mute] = [count(true), count(false), count('undecided'), count('not-applicable')];
  const parts: Inline[] = [];
  if (bad > 0)
    parts.push(
      { kind: 'verdict', tone: 'bad', text: `${plural(bad, 'row does', 'rows do')} NOT hold` },
      '; ',
    );
  else if (open === 0) parts.push({ kind: 'verdict', tone: 'good', text: 'All theory rows hold' }, ': ');
  parts.push(`${whole(good)} of ${plural(good + bad + open, 'row')} hold`);
  if (open > 0) parts.push(`, ${whole(open)} undecided`);
  if (mute > 0) parts.push(`; ${whole(mute)} more say nothing about their data`);
  parts.push('. See ', link('theory', 'the theory'), '.');
  return parts;
}

function failures({ failed }: Experiment): Inline[] {
  const reasons = new Map<string, number>();
  for (const { reason } of failed) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const parts = [...reasons].map(([reason, count]) => `${whole(count)} ${reason}`);
  return [
    `${plural(failed.length, 'row')} failed (${parts.join(', ')}). They are `,
    link('failures', 'listed with their reasons'),
    ' and are in no average.',
  ];
}

function incomplete({ planned }: CompareResults, { size }: Experiment): Block[] {
  if (planned === undefined || size >= planned) return [];
  return [
    paragraph(
      strong('Not finished. '),
      `${whole(size)} of ${plural(planned, 'row')} are there. The same command line goes on where it stopped.`,
    ),
  ];
}
