import { afterEach, describe, expect, it, vi } from 'vitest';
import { compare } from '../../src/experiment/compare.js';
import { type FailedRow, FINAL_FAILURES } from '../../src/experiment/rows.js';
import { InputError } from '../../src/problem/input-error.js';
import { Training } from '../../src/train/train.js';
import { contentsOf, freshDirectory, smallExperiment } from './experiments.js';

/** Called before the solvers are; does nothing unless a test has it fail. */
const solver = vi.hoisted(() => ({ solve: vi.fn(), threshold: vi.fn() }));

vi.mock('../../src/solve/solve.js', async (original) => {
  const own = await original<typeof import('../../src/solve/solve.js')>();
  const solve: typeof own.solve = async (...question) => {
    solver.solve();
    return own.solve(...question);
  };
  return { ...own, solve };
});
vi.mock('../../src/lp-norm/threshold.js', async (original) => {
  const own = await original<typeof import('../../src/lp-norm/threshold.js')>();
  const threshold: typeof own.threshold = (...question) => {
    solver.threshold();
    return own.threshold(...question);
  };
  return { ...own, threshold };
});

/** All solvers work again. */
function mend(): void {
  vi.restoreAllMocks();
  solver.solve.mockReset();
  solver.threshold.mockReset();
}
afterEach(mend);

/** Errors as the engine makes them when it has no memory or no stack left. */
const EXHAUSTED: readonly (readonly [message: string, exhaust: () => never])[] = [
  ['Array buffer allocation failed', () => new ArrayBuffer(Number.MAX_SAFE_INTEGER) as never],
  [
    'Maximum call stack size exceeded',
    () => {
      const deeper = (): number => 1 + deeper();
      return deeper() as never;
    },
  ],
];

describe('a row that fails', () => {
  const spec = { ...smallExperiment(['instances/peak-plateau.csv']), seeds: [0] };
  const run = (out: string) => compare(spec, { out, threads: 1 });

  /** What fails, and the kinds of rows that fail with it. */
  const places: readonly (readonly [
    name: string,
    inject: (exhaust: () => never) => void,
    kinds: string[],
  ])[] = [
    ['training', (exhaust) => vi.spyOn(Training, 'start').mockImplementation(exhaust), ['training']],
    ['the solver', (exhaust) => solver.solve.mockImplementation(exhaust), ['truth']],
    [
      'the threshold',
      (exhaust) => solver.threshold.mockImplementation(exhaust),
      ['minimizer', 'theory', 'threshold'],
    ],
  ];

  it.each(
    places.flatMap(([name, inject, kinds]) =>
      EXHAUSTED.map(([message, exhaust]) => ({ name, inject, kinds, message, exhaust })),
    ),
  )('in $name with "$message" is tried again', async ({ inject, kinds, message, exhaust }) => {
    expect(exhaust).toThrow(RangeError);
    const out = freshDirectory();
    inject(exhaust);
    const first = await run(out);
    mend();
    const failed = first.rows.filter((row): row is FailedRow => row.status === 'failed');
    const direct = failed.filter(({ reason }) => reason !== 'dependency');
    expect([...new Set(direct.map(({ kind }) => kind))].sort()).toEqual(kinds);
    for (const row of direct) expect(row).toMatchObject({ reason: 'error', message });
    expect(failed.every(({ reason }) => !FINAL_FAILURES.includes(reason))).toBe(true);

    const second = await run(out);
    expect(second.computed).toBe(failed.length);
    expect(second.rows.filter(({ status }) => status === 'failed')).toEqual([]);
    const undisturbed = freshDirectory();
    await run(undisturbed);
    expect(contentsOf(out)).toEqual(contentsOf(undisturbed));
  });

  it('because of what the user gave is final', async () => {
    const out = freshDirectory();
    vi.spyOn(Training, 'start').mockImplementation(() => {
      throw new InputError('expected less', { field: 'width' });
    });
    const first = await run(out);
    mend();
    const failed = first.rows.filter((row): row is FailedRow => row.status === 'failed');
    expect(failed.length).toBeGreaterThan(3);
    for (const row of failed)
      expect(row).toMatchObject({ kind: 'training', reason: 'input', message: 'width: expected less' });
    expect((await run(out)).computed).toBe(0);
  });
});
