import type { Comparison } from '../experiment/compare.js';
import type { Estimate } from '../experiment/estimate.js';
import type { OpenShard } from '../experiment/merge.js';
import { FINAL_FAILURES, ROW_KINDS, type Row, type RowKind, type TheoryRow } from '../experiment/rows.js';
import { shardText } from '../experiment/shard.js';
import { type Specification, sourceName } from '../experiment/specification.js';
import { columnsText } from '../text/columns.js';
import { duration, nextSection, plural, table, wrap } from '../text/format.js';
import { summarize, summarizeReached } from './outcomes.js';
import { arrange, type Group } from './results.js';

/** Width of running text. */
const WIDTH = 78;

/** Rows that are named one by one before the rest is counted. */
const SHOWN = 10;

/** Everything the summary of `compare` needs. */
export interface ComparisonView {
  readonly spec: Specification;
  readonly result: Comparison;
  /** The directory of the results as the user named it, and the files in it. */
  readonly out: string;
  readonly files: readonly string[];
  /** The command line that goes on where this run ended. */
  readonly goOn: string;
  /** Of a merge: how many shards the experiment has, and those whose rows are not all there. */
  readonly shards?: { readonly count: number; readonly open: readonly OpenShardView[] };
  readonly seconds: number;
}

/** An open shard and the command that computes what it lacks. */
export interface OpenShardView extends OpenShard {
  readonly command: string;
}

/** What the theory rows say together. */
export interface TheorySummary {
  readonly hold: number;
  readonly fail: number;
  readonly undecided: number;
  readonly notApplicable: number;
}

export function summarizeTheory(rows: readonly Row[]): TheorySummary {
  const theory = rows.filter((row): row is TheoryRow => row.kind === 'theory' && row.status === 'done');
  const count = (holds: TheoryRow['holds']) => theory.filter((row) => row.holds === holds).length;
  return {
    hold: count(true),
    fail: count(false),
    undecided: count('undecided'),
    notApplicable: count('not-applicable'),
  };
}

/** The object that `compare --json` prints; docs/json-compare.md documents every field. */
export function comparisonJson({ spec, result, out, files, shards, seconds }: ComparisonView): object {
  const { status, rows, computed, total } = result;
  return {
    command: 'compare',
    status,
    out,
    files,
    data: dataFiles(spec, rows),
    rows: { ...countKinds(rows), total, present: rows.length, computed },
    theory: {
      ...summarizeTheory(rows),
      failing: rows.filter((row) => row.kind === 'theory' && row.status === 'done' && row.holds === false),
    },
    training: groupsOf(spec, rows).map(({ data, group }) => {
      const { series, skip, tolerance, objective, runs, failed } = group;
      const { success, interpolating, neurons, products, residual, firstEpoch, costRatio } = summarize(runs);
      return {
        data,
        method: series.method,
        p: series.p,
        skip,
        tolerance,
        objective,
        minimum: runs[0]?.minimum ?? null,
        runs: runs.length,
        failed: failed.length,
        interpolating,
        success,
        neurons,
        products,
        residual,
        firstEpoch,
        costRatio,
        reached: summarizeReached(runs),
      };
    }),
    failed: failedRows(rows).map(({ key, reason, message }) => ({ key, reason, message })),
    ...(shards === undefined
      ? {}
      : {
          shards: {
            count: shards.count,
            open: shards.open.map(({ shard, ...open }) => ({ shard: shardText(shard), ...open })),
          },
        }),
    seconds,
  };
}

/** The summary that `compare` prints for a person. */
export function comparisonPage(view: ComparisonView): string {
  const sections = [
    heading(view),
    readAs(dataFiles(view.spec, view.result.rows)),
    theory(view),
    training(view),
    failures(view),
    shards(view),
    files(view),
    next(view),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The object that `compare --dry-run --json` prints. */
export function estimateJson(estimate: Estimate, threads: number): object {
  const { seconds, total, ...found } = estimate;
  return { command: 'compare', dryRun: true, ...found, threads, seconds: { ...seconds, total } };
}

/**
 * What `compare --dry-run` prints for a person.
 * @param command the command line of the experiment itself
 */
export function estimatePage(
  { rows, data, unreadable, seconds, total }: Estimate,
  threads: number,
  command: string,
): string {
  const jobs = {
    truth: seconds.truth,
    theory: seconds['univariate-theory'],
    // Only with several inputs.
    ...(rows['path-norm'] === undefined
      ? {}
      : { 'least path norms': seconds['path-norm'] + seconds['path-norm-theory'] }),
    training: seconds.training,
  };
  const lines = [
    'The experiment would compute',
    ...ROW_KINDS.filter((kind) => rows[kind] !== undefined).map(
      (kind) =>
        `  ${rows[kind]!.toLocaleString('en-US').padStart(9)} ${KIND_WORDS[kind][rows[kind] === 1 ? 0 : 1]}`,
    ),
    '',
    ...wrap(
      `About ${duration(total)} with ${plural(threads, 'thread')}, from a short sample: ` +
        `${Object.entries(jobs)
          .map(([kind, s]) => `${duration(s)} of ${kind}`)
          .join(', ')}. Training speeds up as neurons die; a search takes up to its time limit.`,
      WIDTH,
    ),
    ...(data.length === 0 ? [] : ['', ...readAs(data)]),
    ...unreadable.flatMap(({ message }) => wrap(`Cannot be read: ${message}`, WIDTH)),
    '',
    ...nextSection([['run the experiment', command]]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The names of the kinds, of one row and of several. */
const KIND_WORDS: Readonly<Record<RowKind, readonly [string, string]>> = {
  data: ['data set', 'data sets'],
  truth: ['exact minimum with its certificate', 'exact minima with certificates'],
  minimizer: ['exact l^p minimiser', 'exact l^p minimisers'],
  'path-norm': ['least l^p path norm, several inputs', 'least l^p path norms, several inputs'],
  threshold: ['threshold p*', 'thresholds p*'],
  theory: ['test of the theory', 'tests of the theory'],
  training: ['training result', 'training results'],
};

function countKinds(rows: readonly Row[]): Partial<Record<RowKind, number>> {
  return Object.fromEntries(
    ROW_KINDS.map((kind) => [kind, rows.filter((row) => row.kind === kind).length]).filter(
      ([, count]) => count !== 0,
    ),
  );
}

function heading({ result, seconds }: ComparisonView): string[] {
  const { status, rows, computed, total } = result;
  const state = status === 'complete' ? 'Complete' : 'Interrupted';
  const present =
    rows.length === total
      ? plural(total, 'row')
      : `${rows.length.toLocaleString('en-US')} of ${plural(total, 'row')}`;
  // Rows about the data are written by every run and never counted as computed.
  const resumed = rows.filter(({ kind }) => kind !== 'data').length > computed;
  const now = resumed ? `, ${computed.toLocaleString('en-US')} of them computed now,` : '';
  return wrap(`${state}: ${present}${now} in ${duration(seconds)}.`, WIDTH);
}

type DataFile = Estimate['data'][number];

/** The data files that were read, with their columns; a generator has none to tell. */
function dataFiles(spec: Specification, rows: readonly Row[]): DataFile[] {
  const files = new Set(spec.data.filter((source) => 'file' in source).map(sourceName));
  return rows.flatMap((row) =>
    row.kind === 'data' && row.status === 'done' && row.columns !== undefined && files.has(row.data)
      ? [{ name: row.data, columns: row.columns }]
      : [],
  );
}

function readAs(data: readonly DataFile[]): string[] {
  if (data.length === 0) return [];
  const lines = data.map(({ name, columns }) => `  ${name}: ${columnsText(columns)}`);
  return ['Read as', ...shorten(lines)];
}

function theory({ result }: ComparisonView): string[] {
  const { hold, fail, undecided, notApplicable } = summarizeTheory(result.rows);
  if (hold + fail + undecided + notApplicable === 0) return [];
  const lines = wrap(
    `Theory: ${plural(hold, 'test')} ${hold === 1 ? 'holds' : 'hold'}, ${fail} ${fail === 1 ? 'fails' : 'fail'}, ${undecided} undecided, ${notApplicable} ${notApplicable === 1 ? 'does' : 'do'} not apply.`,
    WIDTH,
  );
  const failing = result.rows.filter(
    (row): row is TheoryRow => row.kind === 'theory' && row.status === 'done' && row.holds === false,
  );
  return [
    ...lines,
    ...shorten(
      failing.map((row) => `  fails: ${row.key}\n    measured ${row.measured}\n    required ${row.required}`),
    ),
  ];
}

function training({ spec, result }: ComparisonView): string[] {
  const groups = groupsOf(spec, result.rows);
  if (groups.length === 0) return [];
  const rows = groups.map(({ data, group }) => {
    const { series, skip, tolerance, objective, runs } = group;
    const { success, interpolating, neurons, products } = summarize(runs);
    const minimum = runs[0]?.minimum ?? null;
    const size = objective === 'neurons' ? neurons : products;
    const reached = summarizeReached(runs);
    return [
      data,
      series.label,
      skip,
      tolerance,
      `${interpolating}/${runs.length}`,
      `${success.count}/${success.of}`,
      success.of === 0 ? '-' : `${Math.floor(100 * success.lower)} to ${Math.ceil(100 * success.upper)} %`,
      size === null ? '-' : `${size.median}`,
      minimum === null
        ? '?'
        : minimum.lowerBound === minimum.upperBound
          ? `${minimum.lowerBound}`
          : `${minimum.lowerBound} to ${minimum.upperBound}`,
      reached === null ? '-' : `${reached.count}/${reached.of}`,
    ];
  });
  const columns = [
    'data',
    'method',
    'skip',
    'tolerance',
    'fits',
    'sparsest',
    '95 %',
    'median',
    'min',
    'reached',
  ];
  // Runs that are held against a proved least path norm; their column is left out where there are none.
  const held = groups.some(({ group }) => summarizeReached(group.runs) !== null);
  // A setting that all rows share is said once, above the table.
  const shared = ['skip', 'tolerance'].filter((name) => {
    const c = columns.indexOf(name);
    return rows.every((row) => row[c] === rows[0]![c]);
  });
  const kept = (row: readonly string[]) =>
    row.filter((_, c) => !shared.includes(columns[c]!) && (held || columns[c] !== 'reached'));
  const settings = shared.map((name) => `, ${name} ${rows[0]![columns.indexOf(name)]}`).join('');
  return [
    ...wrap(
      `Training${settings}, held against the exact minimum of the same architecture and tolerance:`,
      WIDTH,
    ),
    '',
    ...table(kept(columns), rows.map(kept)),
    ...(held
      ? wrap(
          'Reached: made exact on its activation pattern the network costs the proved minimum, to 1e-6.',
          WIDTH,
        )
      : []),
  ];
}

function failures({ result }: ComparisonView): string[] {
  const failed = failedRows(result.rows);
  if (failed.length === 0) return [];
  return [
    `${plural(failed.length, 'row')} failed and count in no average:`,
    ...shorten(failed.map(({ key, message }) => `  ${key}\n    ${message}`)),
  ];
}

function files({ out, files }: ComparisonView): string[] {
  return wrap(`Written to ${out}: ${files.join(', ')}.`, WIDTH);
}

const WHY_OPEN: Readonly<Record<OpenShard['why'], string>> = {
  missing: 'none of the directories is its',
  unfinished: 'not finished',
  failed: 'rows failed for a reason that may pass',
  contradicts: 'a time limit gave it other truths than the shard they belong to',
};

function shards({ shards }: ComparisonView): string[] {
  if (shards === undefined) return [];
  const { count, open } = shards;
  if (open.length === 0) return [`All ${plural(count, 'shard')} are there.`];
  return [
    `${open.length} of ${plural(count, 'shard')} lack rows:`,
    ...shorten(
      open.map(
        ({ shard, directory, why, rows }) =>
          `  ${shardText(shard)}${directory === null ? '' : ` (${directory})`}: ${WHY_OPEN[why]}, ${plural(rows, 'row')}`,
      ),
    ),
  ];
}

/** Rows that are missing, or that failed in a way another run may mend. */
function next({ result, goOn, shards }: ComparisonView): string[] {
  if (shards !== undefined && shards.open.length > 0) {
    const steps = shards.open.map(({ shard, command }): [string, string] => [
      `shard ${shardText(shard)}`,
      command,
    ]);
    return nextSection([...steps.slice(0, SHOWN), ['then merge again', goOn]]);
  }
  if (result.status === 'interrupted') return nextSection([['go on', goOn]]);
  const again = result.rows.some((row) => row.status === 'failed' && !FINAL_FAILURES.includes(row.reason));
  return nextSection(again ? [['try the failed rows again', goOn]] : []);
}

function shorten(items: readonly string[]): string[] {
  if (items.length <= SHOWN) return [...items];
  return [...items.slice(0, SHOWN), `  and ${items.length - SHOWN} more, in results.jsonl`];
}

function failedRows(rows: readonly Row[]) {
  return rows.filter((row) => row.status === 'failed');
}

function groupsOf(spec: Specification, rows: readonly Row[]): { data: string; group: Group }[] {
  const { dataSets } = arrange({ spec, rows, command: '', versions: {} });
  return dataSets.flatMap(({ name, groups }) => groups.map((group) => ({ data: name, group })));
}
