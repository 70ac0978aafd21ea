import type { HistoryRow } from './history.js';

const COLUMNS = ['epoch', 'loss', 'activeNeurons', 'nonzeroProducts', 'pathNorm'] as const;

/** Formats of a history file, by the ending of its name. */
export const HISTORY_ENDINGS = ['.csv', '.jsonl'] as const;

/** A history as text, one row per line: CSV with a header, or one JSON object per line with the same names. */
export function* historyChunks(
  history: readonly HistoryRow[],
  ending: (typeof HISTORY_ENDINGS)[number],
): Generator<string> {
  if (ending === '.csv') yield `${COLUMNS.join(',')}\n`;
  for (const row of history) {
    yield ending === '.csv'
      ? `${COLUMNS.map((column) => row[column]).join(',')}\n`
      : `${JSON.stringify(row, [...COLUMNS])}\n`;
  }
}
