import type { PathNormRow, TrainingRow } from '../experiment/rows.js';
import { whole } from '../text/format.js';
import { type Cell, type Column, code, type Table } from './document.js';
import { summarizeReached } from './outcomes.js';
import { numberOf } from './results.js';
import { enclosed, NOTHING, rowLink, significant } from './texts.js';

/** The proved least path norms of a data set with several inputs. */
export function pathNormTable(id: string, rows: readonly PathNormRow[]): Table {
  return {
    kind: 'table',
    id: `${id}-path-norms`,
    caption: 'The least l^p path norm of all networks (several inputs), proved',
    columns: [
      { title: 'p' },
      { title: 'skip' },
      { title: 'tolerance', align: 'number' },
      { title: 'least cost', align: 'number' },
      { title: 'status' },
      { title: 'parameters', align: 'number' },
      { title: 'fewest parameters', align: 'number' },
      { title: 'sparsest' },
      { title: 'certificate', align: 'whole' },
    ],
    rows: rows.map((row) => ({
      cells: [
        row.p,
        row.skip,
        row.tolerance,
        rowLink(row.key, row.cost === undefined ? 'no network fits' : enclosed(row.cost)),
        row.result === 'optimal'
          ? { kind: 'verdict', tone: 'good', text: '✓ proved' }
          : { kind: 'verdict', tone: 'open', text: row.result === 'bracket' ? '? bracket' : '✗ infeasible' },
        row.network === undefined ? NOTHING : whole(row.network.parameters),
        fewestText(row),
        sparsestText(row),
        row.certificate === undefined ? NOTHING : code(row.certificate),
      ],
    })),
  };
}

function fewestText({ fewest }: PathNormRow): string {
  if (fewest == null) return NOTHING;
  const { lowerBound, upperBound } = fewest;
  return lowerBound === upperBound ? whole(lowerBound) : `${whole(lowerBound)} to ${whole(upperBound)}`;
}

function sparsestText({ sparsest }: PathNormRow): Cell {
  if (sparsest === undefined) return NOTHING;
  if (sparsest === 'undecided') return 'undecided';
  return sparsest
    ? { kind: 'verdict', tone: 'good', text: '✓ yes' }
    : { kind: 'verdict', tone: 'bad', text: '✗ no' };
}

/** Of the runs that are held against the global minimum. */
export const GLOBAL_COLUMNS: readonly Column[] = [
  { title: 'own l^p cost', align: 'number' },
  { title: 'made exact on its pattern: cost', align: 'number' },
  { title: 'its parameters', align: 'number' },
  { title: 'proved minimum', align: 'number' },
  { title: 'minimum reached', align: 'text' },
];

export function globalCells({ global, pathNorm }: TrainingRow): Cell[] {
  if (global === undefined) return GLOBAL_COLUMNS.map(() => NOTHING);
  const { exact, minimum, row, reached, note } = global;
  const least = minimum === null ? NOTHING : boundsText(minimum);
  return [
    pathNorm === undefined ? NOTHING : significant(pathNorm),
    exact === null ? NOTHING : enclosed(exact.cost),
    exact === null ? NOTHING : whole(exact.parameters),
    row === null ? least : rowLink(row, least),
    `${reached === 'undecided' ? 'undecided' : reached ? 'yes' : 'no'}${note === undefined ? '' : ` (${note})`}`,
  ];
}

/** "3 of 8, 2 without exact fit": runs whose exact network costs the proved minimum. */
export function reachedText(runs: readonly TrainingRow[]): string {
  const found = summarizeReached(runs);
  if (found === null) return NOTHING;
  const { count, of, withoutExactFit } = found;
  return `${whole(count)} of ${whole(of)}${withoutExactFit === 0 ? '' : `, ${whole(withoutExactFit)} without exact fit`}`;
}

function boundsText({ lower, upper }: { readonly lower: string; readonly upper: string }): string {
  const [low, high] = [lower, upper].map((text) => significant(numberOf(text)));
  return low === high ? low! : `${low} to ${high}`;
}
