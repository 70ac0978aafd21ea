import { expect, it } from 'vitest';
import type { Cell, Inline, Table } from '../../src/experiment-report/document.js';
import { arrange } from '../../src/experiment-report/results.js';
import { exactTables, groupTable, rowDetails } from '../../src/experiment-report/tables.js';
import { ROWS, resultsOf, SEVERAL } from './compare-rows.js';

const text = (cell: Cell): string =>
  typeof cell === 'string'
    ? cell
    : Array.isArray(cell)
      ? cell.map((part: Inline) => text(part)).join('')
      : (cell as { text: string }).text;
const column = (table: Table, title: string) => {
  const at = table.columns.findIndex((own) => own.title === title);
  expect(at, title).toBeGreaterThanOrEqual(0);
  return table.rows.map(({ cells }) => text(cells[at]!));
};

const dataSet = arrange(resultsOf(ROWS)).dataSets.find(({ name }) => name === SEVERAL)!;

it('has the proved least costs with their parameters against the fewest', () => {
  const tables = exactTables(dataSet).filter((block) => block.kind === 'table');
  const table = tables.find(({ id }) => id.endsWith('path-norms'))!;
  expect(column(table, 'p')).toEqual(['0.4', '0.7']);
  expect(column(table, 'least cost')).toEqual(['4.0', '4.0 to 5.0']);
  expect(column(table, 'status')).toEqual(['✓ proved', '? bracket']);
  expect(column(table, 'parameters')).toEqual(['5', '6']);
  expect(column(table, 'fewest parameters')).toEqual(['5', '5']);
  expect(column(table, 'sparsest')).toEqual(['✓ yes', '✗ no']);
});

it('counts the runs that reach the minimum, and those without an exact fit apart', () => {
  const table = groupTable(dataSet);
  const own = column(table, 'minimum reached, made exact');
  const methods = column(table, 'method');
  const skips = column(table, 'skip');
  const of = (method: string) => own[methods.findIndex((name, i) => name === method && skips[i] === 'none')];
  expect(of('reweighted, p = 0.4')).toBe('1 of 5, 1 without exact fit');
  // One lies within the bracket.
  expect(of('reweighted, p = 0.7')).toBe('1 of 4, 1 without exact fit');
  expect(of('Adam')).toBe('–');
});

it('has each run with its own cost, and that of its pattern made exact', () => {
  const details = rowDetails(dataSet).flatMap((block) => (block.kind === 'details' ? block.blocks : []));
  const tables = details.filter((block) => block.kind === 'table');
  const table = tables.find(({ caption }) => caption === 'reweighted, p = 0.7, skip none, tolerance 0.01')!;
  expect(column(table, 'own l^p cost')).toEqual(Array(5).fill('3.88'));
  expect(column(table, 'made exact on its pattern: cost')).toEqual(['4.0', '7.5', '–', '4.5', '8.25']);
  expect(column(table, 'proved minimum')).toEqual(Array(5).fill('4 to 5'));
  expect(column(table, 'minimum reached')).toEqual([
    'yes',
    'no',
    'no (no exact fit: <none>)',
    'undecided',
    'no',
  ]);
});
