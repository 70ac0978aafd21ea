import { expect, test } from 'vitest';
import type { Table } from '../../src/experiment-report/document.js';
import { arrange } from '../../src/experiment-report/results.js';
import { groupTable, rowDetails } from '../../src/experiment-report/tables.js';
import { ROWS, resultsOf, SEVERAL } from './compare-rows.js';

const TITLES = ['parameters before and after pruning', 'path norm before and after pruning'];

const at = (table: Table, title: string) => {
  const i = table.columns.findIndex((column) => column.title === title);
  return i < 0 ? null : table.rows.map(({ cells }) => cells[i]);
};

function tablesOf(rows: typeof ROWS): { groups: Table; runs: Table[] } {
  const dataSet = arrange(resultsOf(rows)).dataSets.find(({ name }) => name === SEVERAL)!;
  const blocks = rowDetails(dataSet).flatMap((block) => (block.kind === 'details' ? block.blocks : []));
  const runs = blocks.filter(
    (block): block is Table => block.kind === 'table' && block.caption.includes('skip'),
  );
  return { groups: groupTable(dataSet), runs };
}

test('parameters and path norm before and after pruning, of each run and as medians; no columns without', () => {
  const rows = ROWS.map((row) =>
    row.kind === 'training' && row.status === 'done'
      ? {
          ...row,
          pruned: {
            before: { parameters: 40 + row.seed, pathNorm: 9.5 },
            after: { parameters: 10, pathNorm: 4.25 + row.seed },
          },
        }
      : row,
  );
  const { groups, runs } = tablesOf(rows);
  let counted = 0;
  for (const table of runs) {
    const seeds = at(table, 'seed')!.map(Number);
    expect(at(table, TITLES[0]!)).toEqual(seeds.map((seed) => `${40 + seed} → 10`));
    expect(at(table, TITLES[1]!)).toEqual(seeds.map((seed) => `9.5 → ${4.25 + seed}`));
    counted += seeds.length;
  }
  expect(counted).toBeGreaterThan(5);
  expect(at(groups, `${TITLES[0]}: median`)!.some((cell) => cell === '42 → 10')).toBe(true);
  expect(at(groups, `${TITLES[1]}: median`)!.some((cell) => cell === '9.5 → 6.25')).toBe(true);

  const plain = tablesOf(ROWS);
  for (const table of [plain.groups, ...plain.runs]) {
    for (const title of TITLES) {
      expect(at(table, title)).toBeNull();
      expect(at(table, `${title}: median`)).toBeNull();
    }
  }
});
