import {
  CLAIMS,
  type FailedRow,
  FINAL_FAILURES,
  type Row,
  type TheoryClaim,
  type TheoryRow,
  type TrainingRow,
  type TruthRow,
} from '../experiment/rows.js';
import { duration, plural, whole } from '../text/format.js';
import type { Proportion } from './binomial-interval.js';
import {
  type Block,
  type Cell,
  code,
  type Details,
  type Inline,
  link,
  paragraph,
  type Table,
  type TableRow,
} from './document.js';
import { OUTCOME_WORDS, OUTCOMES, outcomeOf, type RunSummary, summarize } from './outcomes.js';
import { GLOBAL_COLUMNS, globalCells, pathNormTable, reachedText } from './path-norm-tables.js';
import type { Pool } from './pools.js';
import type { DataSet, Experiment, Group } from './results.js';
import { type Spread, spread } from './spread.js';
import {
  enclosed,
  interval,
  NOTHING,
  percent,
  rowId,
  rowLink,
  separated,
  share,
  significant,
} from './texts.js';

export function overview({ dataSets }: Experiment): Table {
  return {
    kind: 'table',
    id: 'overview',
    caption: 'Data sets at a glance',
    columns: [
      { title: 'data set', align: 'text' },
      { title: 'points', align: 'number' },
      { title: 'inputs', align: 'number' },
      { title: 'proved minimum', align: 'text' },
      { title: 'p*', align: 'number' },
      { title: 'sparsest found', align: 'number' },
      { title: 'theory' },
    ],
    rows: dataSets.map(({ id, name, data, truths, threshold, groups, theory }): TableRow => {
      const summary = summarize(groups.flatMap(({ runs }) => runs));
      return {
        cells: [
          link(id, name),
          data === null ? NOTHING : rowLink(data.key, whole(data.points)),
          data === null ? NOTHING : rowLink(data.key, whole(data.dimension)),
          truths.length === 0 ? NOTHING : minima(truths),
          threshold === null ? NOTHING : rowLink(threshold.key, enclosed(threshold.pStar)),
          summary.success.of === 0 ? NOTHING : link(`${id}-groups`, share(summary.success)),
          theory.length === 0 ? NOTHING : [theoryVerdict(theory)],
        ],
      };
    }),
  };
}

/** "3 neurons, skip affine, tolerance 0 and 0.01; ...": questions with the same answer together, each tolerance leads to its row. */
function minima(truths: readonly TruthRow[]): Inline[] {
  const same = new Map<string, TruthRow[]>();
  for (const row of truths) {
    const noun = row.upperBound === 1 ? row.objective.slice(0, -1) : row.objective;
    const size = row.upperBound === undefined ? minimumText(row) : `${minimumText(row)} ${noun}`;
    const answer = `${size}, skip ${row.skip}`;
    same.set(answer, [...(same.get(answer) ?? []), row]);
  }
  return [...same].flatMap(([answer, rows], i): Inline[] => [
    `${i === 0 ? '' : '; '}${answer}, tolerance `,
    ...separated(rows.map(({ key, tolerance }) => rowLink(key, tolerance))),
  ]);
}

/** "3", or "at least 2, at most 4", or "none fits". */
function minimumText(bounds: { lowerBound?: number; upperBound?: number } | null): string {
  if (bounds === null) return NOTHING;
  const { lowerBound, upperBound } = bounds;
  if (lowerBound === undefined || upperBound === undefined) return 'no network fits';
  if (lowerBound === upperBound) return whole(lowerBound);
  return `${whole(lowerBound)} to ${whole(upperBound)}`;
}

function theoryVerdict(rows: readonly TheoryRow[]): Inline {
  const bad = rows.filter(({ holds }) => holds === false).length;
  const open = rows.filter(({ holds }) => holds === 'undecided').length;
  const good = rows.filter(({ holds }) => holds === true).length;
  if (bad > 0)
    return { kind: 'verdict', tone: 'bad', text: `✗ ${whole(bad)} of ${whole(bad + open + good)} fail` };
  if (open > 0)
    return { kind: 'verdict', tone: 'open', text: `? ${whole(open)} of ${whole(open + good)} undecided` };
  return { kind: 'verdict', tone: 'good', text: `✓ ${whole(good)} hold` };
}

const SHORTFALLS = OUTCOMES.filter((outcome) => outcome !== 'sparsest');

/** How the runs ended, pool by pool. */
export function outcomeTable(pools: readonly Pool[]): Table {
  const undecided = pools.some(({ summary }) => summary.outcomes.undecided > 0);
  const outcomes = SHORTFALLS.filter((outcome) => undecided || outcome !== 'undecided');
  return {
    kind: 'table',
    id: 'outcomes',
    caption: 'How the runs ended, over all data sets; like is pooled with like',
    columns: [
      { title: 'method' },
      { title: 'counted' },
      { title: 'skip' },
      { title: 'tolerance', align: 'number' },
      { title: 'data sets', align: 'number' },
      { title: 'runs', align: 'number' },
      { title: 'failed', align: 'number' },
      { title: 'sparsest found, 95 % interval', align: 'number' },
      ...outcomes.map((outcome) => ({ title: OUTCOME_WORDS[outcome], align: 'number' as const })),
    ],
    rows: pools.map(({ series, objective, skip, tolerance, dataSets, failed, summary }) => ({
      cells: [
        series.label,
        objective,
        skip,
        tolerance,
        whole(dataSets),
        whole(summary.runs),
        whole(failed),
        successText(summary.success),
        ...outcomes.map((outcome) => whole(summary.outcomes[outcome])),
      ],
    })),
  };
}

/** "7 of 10: 70 % (39 to 90 %)". */
function successText(success: Proportion): string {
  if (success.of === 0) return NOTHING;
  return `${share(success)}: ${percent(success.count / success.of)} (${interval(success)})`;
}

export function exactTables({ id, truths, minimizers, pathNorms, threshold }: DataSet): Block[] {
  const blocks: Block[] = [];
  if (truths.length > 0) {
    blocks.push({
      kind: 'table',
      id: `${id}-truth`,
      caption: 'The truth: fewest neurons (one input) or parameters (several)',
      columns: [
        { title: 'skip' },
        { title: 'tolerance', align: 'number' },
        { title: 'counted' },
        { title: 'minimum', align: 'number' },
        { title: 'status' },
        { title: 'proved by', align: 'text' },
        { title: 'certificate', align: 'whole' },
        { title: 'time', align: 'number' },
      ],
      rows: truths.map((row) => ({
        cells: [
          row.skip,
          row.tolerance,
          row.objective,
          rowLink(row.key, minimumText(row)),
          row.result === 'optimal'
            ? { kind: 'verdict', tone: 'good', text: '✓ proved' }
            : {
                kind: 'verdict',
                tone: 'open',
                text: row.result === 'bracket' ? '? bracket' : '✗ infeasible',
              },
          row.provedBy,
          code(row.certificate),
          duration(row.timing.seconds),
        ],
      })),
    });
  }
  if (minimizers.length > 0) {
    blocks.push({
      kind: 'table',
      id: `${id}-minimizers`,
      caption: 'Exact minimisers of the l^p path norm (skip affine, tolerance 0)',
      columns: [
        { title: 'p' },
        { title: 'least cost', align: 'number' },
        { title: 'knots', align: 'number' },
        { title: 'fewest knots', align: 'number' },
        { title: 'sparsest' },
        { title: 'unique' },
      ],
      rows: minimizers.map((row) => ({
        cells: [
          row.p,
          rowLink(row.key, enclosed(row.cost)),
          rowLink(row.key, whole(row.knotCount)),
          whole(row.fewestKnots),
          row.sparsest
            ? { kind: 'verdict', tone: 'good', text: '✓ yes' }
            : { kind: 'verdict', tone: 'bad', text: '✗ no' },
          row.unique === 'undecided' ? 'undecided' : row.unique ? 'yes' : 'no',
        ],
      })),
    });
  }
  if (pathNorms.length > 0) blocks.push(pathNormTable(id, pathNorms));
  if (threshold !== null) {
    const { pStar, result, key, certificate } = threshold;
    blocks.push(
      paragraph(
        'p* = ',
        rowLink(key, enclosed(pStar)),
        `, proved to lie in [${pStar.lower}, ${pStar.upper}]`,
        result === 'undecided' ? ' (not as narrow as asked)' : '',
        ': for every smaller p each l^p minimiser is sparsest. Certificate: ',
        code(certificate),
        '.',
      ),
    );
  }
  return blocks;
}

export function groupTable({ id, name, data, groups, minimizers }: DataSet): Table {
  const several = (data?.dimension ?? 1) > 1;
  const reached = groups.some(({ runs }) => runs.some(({ firstSparsest }) => firstSparsest !== null));
  const held = groups.some(({ runs }) => runs.some(({ global }) => global !== undefined));
  const undecided = groups.some(({ runs }) => runs.some((run) => outcomeOf(run) === 'undecided'));
  const pruned = groups.some(({ runs }) => runs.some((run) => run.pruned !== undefined));
  return {
    kind: 'table',
    id: `${id}-groups`,
    caption: `Training on ${name}`,
    columns: [
      { title: 'method' },
      { title: 'skip' },
      { title: 'tolerance', align: 'number' },
      { title: 'minimum', align: 'number' },
      ...(minimizers.length > 0 ? [{ title: 'exact minimiser at p' }] : []),
      { title: 'runs', align: 'number' },
      { title: 'failed', align: 'number' },
      { title: 'interpolating', align: 'number' },
      { title: 'sparsest found, 95 % interval', align: 'number' },
      ...(undecided ? [{ title: 'undecided', align: 'number' as const }] : []),
      { title: 'neurons: median (range)', align: 'number' },
      ...(several ? [{ title: 'parameters: median (range)', align: 'number' as const }] : []),
      { title: 'residual: median', align: 'number' },
      ...(reached
        ? [{ title: 'first sparsest state: median epoch, time (runs)', align: 'number' as const }]
        : []),
      { title: 'l^p cost / least: median', align: 'number' },
      ...(held ? [{ title: 'minimum reached, made exact', align: 'number' as const }] : []),
      ...(pruned ? PRUNED_COLUMNS.map(({ title, align }) => ({ title: `${title}: median`, align })) : []),
    ],
    rows: groups.map((group) => {
      const summary = summarize(group.runs);
      const truth = group.runs.find((run) => run.truth !== null)?.truth ?? null;
      const minimum = group.runs.find((run) => run.minimum !== null)?.minimum ?? null;
      return {
        cells: [
          runsLink(group, group.series.label),
          group.skip,
          group.tolerance,
          truth === null ? minimumText(minimum) : rowLink(truth, minimumText(minimum)),
          ...(minimizers.length > 0 ? [exactMinimizer(group, minimizers)] : []),
          runsLink(group, whole(summary.runs)),
          group.failed.length === 0 ? '0' : link(rowId(group.failed[0]!.key), whole(group.failed.length)),
          whole(summary.interpolating),
          successText(summary.success),
          ...(undecided ? [whole(summary.outcomes.undecided)] : []),
          range(summary.neurons),
          ...(several ? [range(summary.products)] : []),
          summary.residual === null ? NOTHING : significant(summary.residual.median),
          ...(reached ? [firstText(summary)] : []),
          summary.costRatio === null
            ? NOTHING
            : `${significant(summary.costRatio.median)} (${plural(summary.costRatio.count, 'run')})`,
          ...(held ? [reachedText(group.runs)] : []),
          ...(pruned ? prunedMedians(group.runs) : []),
        ],
      };
    }),
  };
}

/** Leads to the table of the single runs, where there are any. */
function runsLink({ id, runs }: Group, text: string): Cell {
  return runs.length === 0 ? text : link(id, text, 'the single runs');
}

/** Like with like: the exact minimiser speaks of skip affine. */
function exactMinimizer({ series, skip }: Group, minimizers: DataSet['minimizers']): Cell {
  const row = minimizers.find(({ p }) => p === series.p);
  if (skip !== 'affine' || row === undefined) return NOTHING;
  return rowLink(row.key, row.sparsest ? 'sparsest' : `denser: ${plural(row.knotCount, 'knot')}`);
}

/** "12,000, 3.2 s (4 runs)". */
function firstText({ firstEpoch, firstSeconds }: RunSummary): string {
  if (firstEpoch === null) return NOTHING;
  const time = firstSeconds === null ? '' : `, ${duration(firstSeconds.median)}`;
  return `${whole(firstEpoch.median)}${time} (${plural(firstEpoch.count, 'run')})`;
}

function range(values: Spread | null): string {
  if (values === null) return NOTHING;
  const { least, median, largest } = values;
  if (least === largest) return whole(median);
  return `${whole(median)} (${whole(least)} to ${whole(largest)})`;
}

/** Every row of the data set with its command line, where the links of the numbers lead. */
export function rowDetails({ data, truths, minimizers, pathNorms, threshold, groups }: DataSet): Block[] {
  const exact: Exclude<Row, FailedRow | TrainingRow | TheoryRow>[] = [
    ...(data === null ? [] : [data]),
    ...truths,
    ...minimizers,
    ...pathNorms,
    ...(threshold === null ? [] : [threshold]),
  ];
  const blocks: Details[] = [];
  if (exact.length > 0) {
    blocks.push({
      kind: 'details',
      summary: `Rows of the data and the truth, with command lines (${exact.length})`,
      blocks: [
        {
          kind: 'table',
          id: `${rowId(exact[0]!.key)}-table`,
          caption: 'Rows of the data and the truth',
          columns: [
            { title: 'row', align: 'whole' },
            { title: 'time', align: 'number' },
            { title: 'command line', align: 'whole' },
          ],
          rows: exact.map((row) => ({
            id: rowId(row.key),
            cells: [row.key, duration(row.timing.seconds), code(row.command)],
          })),
        },
      ],
    });
  }
  const runs = groups.flatMap((group) => group.runs);
  if (runs.length > 0) {
    blocks.push({
      kind: 'details',
      summary: `The single runs, with command lines (${runs.length})`,
      blocks: groups.filter((group) => group.runs.length > 0).map(runTable),
    });
  }
  return blocks;
}

function runTable({ id, series, skip, tolerance, runs }: Group): Table {
  const held = runs.some(({ global }) => global !== undefined);
  const pruned = runs.some((run) => run.pruned !== undefined);
  return {
    kind: 'table',
    id,
    caption: `${series.label}, skip ${skip}, tolerance ${tolerance}`,
    columns: [
      { title: 'seed' },
      { title: 'epochs', align: 'number' },
      { title: 'residual', align: 'number' },
      { title: 'neurons', align: 'number' },
      { title: 'parameters', align: 'number' },
      { title: 'minimum', align: 'number' },
      { title: 'outcome', align: 'text' },
      { title: 'first sparsest epoch', align: 'number' },
      { title: 'l^p cost', align: 'number' },
      { title: 'least', align: 'number' },
      { title: 'ratio', align: 'number' },
      ...(held ? GLOBAL_COLUMNS : []),
      ...(pruned ? PRUNED_COLUMNS : []),
      { title: 'time', align: 'number' },
      { title: 'row', align: 'whole' },
      { title: 'command line', align: 'whole' },
    ],
    rows: runs.map((run) => ({
      id: rowId(run.key),
      cells: [
        String(run.seed),
        whole(run.epochs),
        significant(run.residual),
        whole(run.activeNeurons),
        whole(run.nonzeroProducts),
        run.truth === null ? minimumText(run.minimum) : rowLink(run.truth, minimumText(run.minimum)),
        [OUTCOME_WORDS[outcomeOf(run)], ...(run.note === undefined ? [] : [` (${run.note})`])],
        run.firstSparsest === null ? NOTHING : whole(run.firstSparsest.epoch),
        run.cost === null ? NOTHING : enclosed(run.cost.network),
        run.cost === null ? NOTHING : enclosed(run.cost.least),
        run.cost?.ratio == null ? NOTHING : significant(run.cost.ratio),
        ...(held ? globalCells(run) : []),
        ...(pruned ? prunedCells(run) : []),
        duration(run.timing.seconds),
        run.key,
        code(run.command),
      ],
    })),
  };
}

/** What `prune` made of the exact networks: the counts before and after. */
const PRUNED_COLUMNS = [
  { title: 'parameters before and after pruning', align: 'number' as const },
  { title: 'path norm before and after pruning', align: 'number' as const },
];

function prunedCells({ pruned }: TrainingRow): string[] {
  if (pruned === undefined) return PRUNED_COLUMNS.map(() => NOTHING);
  const { before, after } = pruned;
  return [
    `${whole(before.parameters)} → ${whole(after.parameters)}`,
    `${significant(before.pathNorm)} → ${significant(after.pathNorm)}`,
  ];
}

function prunedMedians(runs: readonly TrainingRow[]): string[] {
  const some = runs.flatMap((run) => run.pruned ?? []);
  const median = (of: (counts: (typeof some)[number]['before']) => number, tell: (value: number) => string) =>
    (['before', 'after'] as const)
      .map((when) => tell(spread(some.map((p) => of(p[when])))!.median))
      .join(' → ');
  if (some.length === 0) return PRUNED_COLUMNS.map(() => NOTHING);
  return [median(({ parameters }) => parameters, whole), median(({ pathNorm }) => pathNorm, significant)];
}

/** How often each claim was tested and with which outcome. */
export function claimTable(rows: readonly TheoryRow[]): Table {
  const count = (own: readonly TheoryRow[], holds: TheoryRow['holds']) => {
    const some = own.filter((row) => row.holds === holds);
    return some.length === 0 ? '0' : link(rowId(some[0]!.key), whole(some.length), some[0]!.key);
  };
  return {
    kind: 'table',
    id: 'claims',
    caption: 'Statements of the theory, each tested row by row',
    columns: [
      { title: 'claim' },
      { title: 'holds', align: 'number' },
      { title: 'does not hold', align: 'number' },
      { title: 'undecided', align: 'number' },
      { title: 'not applicable', align: 'number' },
      { title: 'what was tested', align: 'text' },
    ],
    rows: CLAIMS.flatMap((claim): TableRow[] => {
      const own = rows.filter((row) => row.claim === claim);
      if (own.length === 0) return [];
      return [
        {
          cells: [
            CLAIM_NAMES[claim],
            count(own, true),
            count(own, false),
            count(own, 'undecided'),
            count(own, 'not-applicable'),
            own[0]!.statement,
          ],
        },
      ];
    }),
  };
}

/** The rows of the theory one by one. */
export function theoryTable(id: string, caption: string, rows: readonly TheoryRow[]): Table {
  return {
    kind: 'table',
    id,
    caption,
    columns: [
      { title: 'row', align: 'whole' },
      { title: 'data set' },
      { title: 'verdict' },
      { title: 'statement', align: 'text' },
      { title: 'measured', align: 'text' },
      { title: 'required', align: 'text' },
      { title: 'skip' },
      { title: 'tolerance', align: 'number' },
      { title: 'command line', align: 'whole' },
    ],
    rows: rows.map((row) => ({
      id: rowId(row.key),
      cells: [
        row.key,
        row.data,
        holdsVerdict(row.holds),
        row.statement,
        row.measured,
        row.required,
        row.skip,
        row.tolerance,
        code(row.command),
      ],
    })),
  };
}

function holdsVerdict(holds: TheoryRow['holds']): Inline {
  if (holds === true) return { kind: 'verdict', tone: 'good', text: '✓ holds' };
  if (holds === false) return { kind: 'verdict', tone: 'bad', text: '✗ does not hold' };
  return { kind: 'verdict', tone: 'open', text: holds === 'undecided' ? '? undecided' : '· not applicable' };
}

/** Failed rows with their reasons. */
export function failureTable(rows: readonly FailedRow[]): Table {
  return {
    kind: 'table',
    id: 'failed-rows',
    caption: 'Failed rows',
    columns: [
      { title: 'row', align: 'whole' },
      { title: 'reason' },
      { title: 'message', align: 'text' },
      { title: 'tried again' },
      { title: 'time', align: 'number' },
      { title: 'command line', align: 'whole' },
    ],
    rows: rows.map((row) => ({
      id: rowId(row.key),
      cells: [
        row.key,
        row.reason,
        row.message,
        FINAL_FAILURES.includes(row.reason) ? 'no' : 'yes',
        duration(row.timing.seconds),
        code(row.command),
      ],
    })),
  };
}

/** Names and values. */
export function pairTable(
  id: string,
  caption: string,
  titles: readonly [string, string],
  pairs: readonly (readonly [string, string])[],
): Table {
  return {
    kind: 'table',
    id,
    caption,
    columns: [{ title: titles[0] }, { title: titles[1] }],
    rows: pairs.map(([name, value]) => ({ cells: [name, code(value)] })),
  };
}

const CLAIM_NAMES: Readonly<Record<TheoryClaim, string>> = {
  'theorem-3.1': 'Theorem 3.1',
  'corollary-3.1.1': 'Corollary 3.1.1',
  'corollary-3.1.2': 'Corollary 3.1.2',
  'theorem-3.2-below': 'Theorem 3.2, below p*',
  'theorem-3.2-above': 'Theorem 3.2, above p*',
  'theorem-4.1-below': 'Theorem 4.1, below p*',
  'proposition-4.1': "Proposition 4.1's bounds",
  'proposition-4.1-neurons': 'Proposition 4.1, N neurons',
  'proposition-4.1-two-each': 'Proposition 4.1, 2N parameters',
  'proposition-4.1-full-neurons': 'Proposition 4.1, N(d+1) parameters',
  'proposition-4.1-general-position': 'Proposition 4.1, 4(d+1)ceil(N/d) parameters',
  'generic-bound': 'generic bound',
};
