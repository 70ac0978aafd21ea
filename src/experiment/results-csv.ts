import { Rational } from '../exact/rational.js';
import type { FailedRow, Row, TrainingRow } from './rows.js';

/** The columns of results.csv: one line for every training run and tolerance, failed ones included. */
export const CSV_COLUMNS = [
  'data',
  'method',
  'p',
  'skip',
  'tolerance',
  'seed',
  'status',
  'success',
  'objective',
  'size',
  'lowerBound',
  'upperBound',
  'activeNeurons',
  'nonzeroProducts',
  'pathNorm',
  'prunedParameters',
  'prunedPathNorm',
  'exactCost',
  'exactParameters',
  'leastLower',
  'leastUpper',
  'reached',
  'residual',
  'loss',
  'epochs',
  'firstSparsestEpoch',
  'costRatio',
  'seconds',
  'secondsToFirstSparsest',
  'message',
  'key',
] as const;

type Cells = Partial<Record<(typeof CSV_COLUMNS)[number], string | number | boolean | null>>;

/** The training rows as CSV (RFC 4180), in pieces; what does not apply is an empty cell. */
export function* csvOfRows(rows: readonly Row[]): Generator<string> {
  yield `${CSV_COLUMNS.join(',')}\n`;
  for (const row of rows) {
    if (row.kind !== 'training') continue;
    const cells: Cells = row.status === 'done' ? doneCells(row) : failedCells(row);
    yield `${CSV_COLUMNS.map((column) => cell(cells[column])).join(',')}\n`;
  }
}

function doneCells(row: TrainingRow): Cells {
  const { data, method, p, skip, tolerance, seed, status, success, objective, size, key } = row;
  const { activeNeurons, nonzeroProducts, pathNorm, residual, loss, epochs } = row;
  return {
    ...{ data, method, p, skip, tolerance, seed, status, success, objective, size, key },
    ...{ activeNeurons, nonzeroProducts, pathNorm, residual, loss, epochs },
    prunedParameters: row.pruned?.after.parameters,
    prunedPathNorm: row.pruned?.after.pathNorm,
    exactCost: row.global?.exact?.cost.upper,
    exactParameters: row.global?.exact?.parameters,
    leastLower: row.global?.minimum && Rational.parse(row.global.minimum.lower).toNumber(),
    leastUpper: row.global?.minimum && Rational.parse(row.global.minimum.upper).toNumber(),
    reached: row.global?.reached,
    lowerBound: row.minimum?.lowerBound,
    upperBound: row.minimum?.upperBound,
    firstSparsestEpoch: row.firstSparsest?.epoch,
    costRatio: row.cost?.ratio,
    seconds: row.timing.seconds,
    secondsToFirstSparsest: row.timing.toFirstSparsest,
    message: [row.note, row.global?.note].filter((text) => text !== undefined).join('; '),
  };
}

function failedCells(row: FailedRow): Cells {
  const { data, method, p, skip, tolerance, seed, status, objective, key, reason, message, timing } = row;
  return {
    ...{ data, method, p, skip, tolerance, seed, status, objective, key },
    seconds: timing.seconds,
    message: `${reason}: ${message}`,
  };
}

function cell(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
