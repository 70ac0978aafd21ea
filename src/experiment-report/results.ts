import type { Objective } from '../certificate/certificate.js';
import { Rational } from '../exact/rational.js';
import {
  CLAIMS,
  type DataRow,
  type FailedRow,
  type MinimizerRow,
  type PathNormRow,
  type Question,
  type Row,
  type TheoryRow,
  type ThresholdRow,
  type TrainingRow,
  type TruthRow,
} from '../experiment/rows.js';
import { type Specification, sourceName } from '../experiment/specification.js';
import type { Skip } from '../problem/network.js';
import { METHODS, type Method } from '../train/options.js';

/** What the report of an experiment is written from. */
export interface CompareResults {
  readonly spec: Specification;
  /** In any order; when a key occurs twice, the later row counts. */
  readonly rows: readonly Row[];
  /** The command line of the experiment. */
  readonly command: string;
  /** Number of rows of the whole experiment: fewer rows mean that it was stopped. */
  readonly planned?: number;
  /** Programs and machine, as name and version. */
  readonly versions: Readonly<Record<string, string>>;
  /** Files of the experiment with their SHA-256, 64 hex digits. */
  readonly files?: readonly { readonly name: string; readonly sha256: string }[];
}

/** Runs of the same kind: a method, with its exponent where it has one. */
export interface Series {
  readonly method: Method;
  /** Exact text; null for the baselines. */
  readonly p: string | null;
  /** "reweighted, p = 0.4", "Adam". */
  readonly label: string;
  /** Position among all series of the experiment: its colour, dashes and marker. */
  readonly index: number;
}

/** The runs of one series that answer the same question, by seed. */
export interface Group extends Question {
  readonly id: string;
  readonly series: Series;
  readonly objective: Objective;
  readonly runs: readonly TrainingRow[];
  readonly failed: readonly FailedRow[];
}

/** The rows of one data set. */
export interface DataSet {
  readonly id: string;
  readonly name: string;
  readonly data: DataRow | null;
  readonly truths: readonly TruthRow[];
  readonly minimizers: readonly MinimizerRow[];
  readonly pathNorms: readonly PathNormRow[];
  readonly threshold: ThresholdRow | null;
  readonly theory: readonly TheoryRow[];
  readonly groups: readonly Group[];
  readonly failed: readonly FailedRow[];
}

/** All rows of an experiment in the order of the report, failed ones apart. */
export interface Experiment {
  readonly dataSets: readonly DataSet[];
  readonly series: readonly Series[];
  readonly runs: readonly TrainingRow[];
  readonly theory: readonly TheoryRow[];
  readonly failed: readonly FailedRow[];
  /** Number of rows, each key once. */
  readonly size: number;
}

const METHOD_NAMES: Readonly<Record<Method, string>> = {
  reweighted: 'reweighted',
  adam: 'Adam',
  adamw: 'AdamW',
  annealed: 'annealed',
};

const SKIPS: readonly Skip[] = ['affine', 'bias', 'none'];

/** Sorts the rows; the order in which they were computed does not show. */
export function arrange({ spec, rows }: CompareResults): Experiment {
  const latest = [...new Map(rows.map((row) => [row.key, row])).values()];
  const series = seriesOf(latest);
  const byData = new Map<string, Row[]>(spec.data.map((source) => [sourceName(source), []]));
  for (const row of latest) {
    const rowsOfData = byData.get(row.data);
    if (rowsOfData === undefined) byData.set(row.data, [row]);
    else rowsOfData.push(row);
  }
  const dataSets = [...byData]
    .filter(([, rowsOfData]) => rowsOfData.length > 0)
    .map(([name, rowsOfData], index) => dataSetOf(`data-${index + 1}`, name, rowsOfData, series));
  return {
    dataSets,
    series,
    runs: dataSets.flatMap(({ groups }) => groups.flatMap(({ runs }) => runs)),
    theory: dataSets.flatMap(({ theory }) => theory),
    failed: dataSets.flatMap(({ failed }) => failed),
    size: latest.length,
  };
}

/** An exact text as a double, to sort and to draw. */
export function numberOf(exact: string): number {
  return Rational.parse(exact).toNumber();
}

function seriesOf(rows: readonly Row[]): Series[] {
  const found = new Map<string, Omit<Series, 'index'>>();
  for (const row of rows) {
    if (row.kind !== 'training' || row.method === undefined || row.p === undefined) continue;
    const { method, p } = row;
    const name = METHOD_NAMES[method];
    found.set(`${method} ${p}`, { method, p, label: p === null ? name : `${name}, p = ${p}` });
  }
  return [...found.values()]
    .sort((a, b) => METHODS.indexOf(a.method) - METHODS.indexOf(b.method) || byExponent(a, b))
    .map((one, index) => ({ ...one, index }));
}

function dataSetOf(id: string, name: string, rows: readonly Row[], series: readonly Series[]): DataSet {
  const done = rows.filter((row) => row.status === 'done');
  return {
    id,
    name,
    data: done.find((row) => row.kind === 'data') ?? null,
    truths: done.filter((row) => row.kind === 'truth').sort(byQuestion),
    minimizers: done.filter((row) => row.kind === 'minimizer').sort(byExponent),
    pathNorms: done
      .filter((row) => row.kind === 'path-norm')
      .sort((a, b) => byQuestion(a, b) || byExponent(a, b)),
    threshold: done.find((row) => row.kind === 'threshold') ?? null,
    theory: done
      .filter((row) => row.kind === 'theory')
      .sort(
        (a, b) => CLAIMS.indexOf(a.claim) - CLAIMS.indexOf(b.claim) || byQuestion(a, b) || byExponent(a, b),
      ),
    groups: groupsOf(id, rows, series),
    failed: rows.filter((row) => row.status === 'failed').sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

function groupsOf(dataId: string, rows: readonly Row[], series: readonly Series[]): Group[] {
  const groups = new Map<string, Omit<Group, 'id'> & { runs: TrainingRow[]; failed: FailedRow[] }>();
  for (const row of rows) {
    if (row.kind !== 'training') continue;
    const { method, p, skip, tolerance, objective } = row;
    // A failed row without these fields is listed, but belongs to no group.
    if (skip === undefined || tolerance === undefined || objective === undefined) continue;
    const own = series.find((one) => one.method === method && one.p === p);
    if (own === undefined) continue;
    const key = [own.index, skip, tolerance, objective].join(' ');
    const group = groups.get(key) ?? { series: own, skip, tolerance, objective, runs: [], failed: [] };
    if (row.status === 'done') group.runs.push(row);
    else group.failed.push(row);
    groups.set(key, group);
  }
  const bySeed = (a: { seed?: number }, b: { seed?: number }) => (a.seed ?? -1) - (b.seed ?? -1);
  return [...groups.values()]
    .sort((a, b) => byQuestion(a, b) || a.series.index - b.series.index)
    .map((group, index) => ({
      ...group,
      id: `${dataId}-runs-${index + 1}`,
      runs: group.runs.sort(bySeed),
      failed: group.failed.sort(bySeed),
    }));
}

function byQuestion(a: Question, b: Question): number {
  return SKIPS.indexOf(a.skip) - SKIPS.indexOf(b.skip) || numberOf(a.tolerance) - numberOf(b.tolerance);
}

function byExponent(a: { readonly p?: string | null }, b: { readonly p?: string | null }): number {
  const exponent = ({ p }: { readonly p?: string | null }) => (p == null ? -1 : numberOf(p));
  return exponent(a) - exponent(b);
}
