import { afterEach, describe, expect, it, vi } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { compare } from '../../src/experiment/compare.js';
import { type FailedRow, FINAL_FAILURES } from '../../src/experiment/rows.js';
import { InputError } from '../../src/problem/input-error.js';
import { Training } from '../../src/train/train.js';
import { contentsOf, freshDirectory, smallExperiment } from './experiments.js';

afterEach(() => vi.restoreAllMocks());

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
    [
      'an exact number',
      (exhaust) => {
        const { parse } = Rational;
        vi.spyOn(Rational, 'parse').mockImplementation((text) => (text === '0.5' ? exhaust() : parse(text)));
      },
      ['minimizer', 'theory', 'threshold', 'truth'],
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
    vi.restoreAllMocks();
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
    vi.restoreAllMocks();
    const failed = first.rows.filter((row): row is FailedRow => row.status === 'failed');
    expect(failed.length).toBeGreaterThan(3);
    for (const row of failed)
      expect(row).toMatchObject({ kind: 'training', reason: 'input', message: 'width: expected less' });
    expect((await run(out)).computed).toBe(0);
  });
});
