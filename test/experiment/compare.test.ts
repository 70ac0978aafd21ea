import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/certificate/read-certificate.js';
import { check } from '../../src/checker/check.js';
import { Rational } from '../../src/exact/rational.js';
import { type CompareProgress, type Comparison, compare } from '../../src/experiment/compare.js';
import { loadDataset } from '../../src/experiment/data-set.js';
import { failedRow, WriteError } from '../../src/experiment/execute.js';
import { readRows } from '../../src/experiment/results-directory.js';
import type { DataRow, Row, TheoryRow, TrainingRow, TruthRow } from '../../src/experiment/rows.js';
import { type Specification, sourceName } from '../../src/experiment/specification.js';
import { specification } from '../../src/experiment/specification-format.js';
import { InputError } from '../../src/problem/input-error.js';
import { makeProblem } from '../../src/problem/problem.js';
import {
  contentsOf,
  executorWith,
  freshDirectory,
  SMALL_DATA,
  smallExperiment,
  timeless,
} from './experiments.js';

const spec = smallExperiment();
const rowsFile = (directory: string) => join(directory, 'results.jsonl');
const run = (out: string, of: Specification = spec) => compare(of, { out, threads: 1 });

/** The undisturbed run that the others are held against. */
let undisturbed: { result: Comparison; contents: ReturnType<typeof contentsOf> };
beforeAll(async () => {
  const directory = freshDirectory();
  const result = await run(directory);
  undisturbed = { result, contents: contentsOf(directory) };
});

const ofKind = <K extends Row['kind']>(rows: readonly Row[], kind: K) =>
  rows.filter(
    (row): row is Extract<Row, { kind: K; status: 'done' }> => row.kind === kind && row.status === 'done',
  );

describe('compare', () => {
  it('computes every row of the plan once, and all theory rows hold', async () => {
    const { result } = undisturbed;
    const { rows, status } = result;
    expect(status).toBe('complete');
    expect(rows.filter((row) => row.status === 'failed')).toEqual([]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    // Three data sets; tolerances 0 and 1/2; two sets with p = 0.5, 0.9; (2 p + adam + adamw) x 2 seeds x 2 tolerances.
    const counts = { data: 3, truth: 6, minimizer: 4, 'path-norm': 4, threshold: 2, training: 48 };
    for (const [kind, count] of Object.entries(counts)) {
      expect([kind, ofKind(rows, kind as Row['kind']).length]).toEqual([kind, count]);
    }
    const theory: TheoryRow[] = ofKind(rows, 'theory');
    // Per set with one input: Theorem 3.1 at 0, 0.5, 0.9, Corollary 3.1.1, Corollary 3.1.2 twice, Theorem 3.2 twice; seven for several inputs.
    expect(theory.length).toBe(2 * 8 + 7);
    expect(theory.filter(({ holds }) => holds !== true && holds !== 'not-applicable')).toEqual([]);
  });

  it('writes certificates that the checker accepts for the data set of their row', async () => {
    const directory = freshDirectory();
    const { rows } = await run(directory, { ...spec, seeds: [] });
    let checked = 0;
    for (const row of rows) {
      if (!('certificate' in row) || row.certificate === undefined) continue;
      const source = spec.data.find((candidate) => sourceName(candidate) === row.data)!;
      const problem = makeProblem(await loadDataset(source), Rational.parse(row.tolerance));
      const verdict = check(problem, readCertificate(join(directory, row.certificate)));
      expect([row.key, verdict.accepted]).toEqual([row.key, true]);
      checked++;
    }
    expect(checked).toBe(12);
  });

  it('compares like with like: every training row has the truth of its own architecture and tolerance', async () => {
    const { rows } = undisturbed.result;
    const truths = new Map(ofKind(rows, 'truth').map((row): [string, TruthRow] => [row.key, row]));
    const training: TrainingRow[] = ofKind(rows, 'training');
    for (const row of training) {
      const truth = truths.get(row.truth!)!;
      expect([truth.data, truth.skip, truth.tolerance, truth.objective]).toEqual([
        row.data,
        row.skip,
        row.tolerance,
        row.objective,
      ]);
      expect(row.minimum).toEqual({ lowerBound: truth.lowerBound, upperBound: truth.upperBound });
      expect(row.cost === null).toBe(row.p === null || row.objective === 'parameters');
      if (row.cost === null && row.global === undefined) expect(row.note).toMatch(/^no l\^p cost: /);
      expect(row.global === undefined).toBe(row.p === null || row.objective === 'neurons');
    }
  });

  it('gives the same rows whatever the number of workers and the order in which they end', async () => {
    const { contents } = undisturbed;
    const directory = freshDirectory();
    const executor = executorWith(
      { spec, directory },
      // The first of every four tasks ends after the other three have begun.
      async (_, index) => {
        if (index % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return null;
      },
      4,
    );
    await compare(spec, { out: directory, threads: 4, executor });
    expect(executor.most).toBe(4);
    expect(contentsOf(directory)).toEqual(contents);
    // The file itself is in the order of the plan.
    expect(readRows(directory).map(({ key }) => key)).toEqual(undisturbed.result.rows.map(({ key }) => key));
  });

  it('does nothing when everything is there, and reports progress that ends at the total', async () => {
    const directory = freshDirectory();
    const seen: CompareProgress[] = [];
    await compare(spec, { out: directory, threads: 1, onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ rows: 3, before: 3, total: seen.at(-1)!.total });
    expect(seen.at(-1)!.rows).toBe(seen.at(-1)!.total);
    const text = readFileSync(rowsFile(directory), 'utf8');
    const again = await run(directory);
    expect(again.computed).toBe(0);
    expect(readFileSync(rowsFile(directory), 'utf8')).toBe(text);
  });
});

describe('going on', () => {
  it('after the file was cut at any byte: computes what was lost and nothing else', async () => {
    const { contents, result } = undisturbed;
    const directory = freshDirectory();
    await run(directory);
    const bytes = readFileSync(rowsFile(directory));
    for (let i = 1; i < 8; i++) {
      const cut = Math.floor((bytes.length * i) / 8) + i;
      writeFileSync(rowsFile(directory), bytes.subarray(0, cut));
      const whole = bytes.subarray(0, cut).toString().split('\n').length - 1;
      const { computed } = await run(directory);
      // The rows of the three data sets come first and are not counted as computed.
      expect(computed).toBe(result.total - Math.max(whole, 3));
      expect(contentsOf(directory)).toEqual(contents);
    }
  });

  it('drops half a line at the end, even one that ends in the middle of a character', async () => {
    const { contents } = undisturbed;
    const directory = freshDirectory();
    await run(directory);
    appendFileSync(rowsFile(directory), Buffer.from('{"key":"training | \u00e9').subarray(0, -1));
    expect((await run(directory)).computed).toBe(0);
    expect(contentsOf(directory)).toEqual(contents);
  });

  it('after Ctrl-C: keeps the rows so far and computes the rest', async () => {
    const { contents } = undisturbed;
    const directory = freshDirectory();
    let runs = 0;
    for (let status = ''; status !== 'complete'; runs++) {
      const abort = new AbortController();
      let fresh = 0;
      const result = await compare(spec, {
        out: directory,
        threads: 1,
        signal: abort.signal,
        onProgress: ({ rows, before }) => {
          fresh = rows - before;
          if (fresh >= 9) abort.abort();
        },
      });
      status = result.status;
      expect(existsSync(join(directory, 'lock'))).toBe(false);
      expect(result.rows.length).toBe(readRows(directory).length);
    }
    expect(runs).toBeGreaterThan(3);
    expect(contentsOf(directory)).toEqual(contents);
  });

  it('after a worker died: its rows say so, and are computed again', async () => {
    const { contents } = undisturbed;
    const directory = freshDirectory();
    const executor = executorWith({ spec, directory }, ({ job }, index) =>
      index % 5 === 2
        ? job.rows.map((row) => failedRow(row, 'crash', 'the worker ended: exit code 9', 0))
        : null,
    );
    const first = await compare(spec, { out: directory, threads: 1, executor });
    const failed = first.rows.filter((row) => row.status === 'failed');
    expect(failed.length).toBeGreaterThan(3);
    expect(failed.every(({ reason }) => reason === 'crash' || reason === 'dependency')).toBe(true);
    const second = await run(directory);
    expect(second.computed).toBe(failed.length);
    expect(contentsOf(directory)).toEqual(contents);
  });

  it('never trains against a truth that is missing', async () => {
    const directory = freshDirectory();
    const executor = executorWith({ spec, directory }, ({ job }) =>
      job.kind === 'truth' ? job.rows.map((row) => failedRow(row, 'crash', 'gone', 0)) : null,
    );
    const { rows } = await compare(spec, { out: directory, threads: 1, executor });
    expect(executor.tasks.filter(({ job }) => job.kind === 'training')).toEqual([]);
    const training = rows.filter(({ kind }) => kind === 'training');
    expect(training.every((row) => row.status === 'failed' && row.reason === 'dependency')).toBe(true);
  });

  it('after the disk was full: the file holds whole rows only', async () => {
    const { contents } = undisturbed;
    const directory = freshDirectory();
    const executor = executorWith({ spec, directory }, (_, index) => {
      if (index === 7) throw new WriteError('certificates/x: no space left to write it');
      return null;
    });
    const failing = compare(spec, { out: directory, threads: 1, executor });
    await expect(failing).rejects.toThrow(/no space left/);
    expect(readFileSync(rowsFile(directory), 'utf8')).toMatch(/\n$/);
    await run(directory);
    expect(contentsOf(directory)).toEqual(contents);
  });

  it('refuses a changed specification, naming the difference, and leaves the rows alone', async () => {
    const directory = freshDirectory();
    await run(directory);
    const text = readFileSync(rowsFile(directory), 'utf8');
    await expect(run(directory, { ...spec, epochs: 151 })).rejects.toThrow(/epochs: 150 there, 151 now/);
    await expect(run(directory, { ...spec, seeds: [0, 1, 2] })).rejects.toThrow(
      /seeds\[2\]: nothing there, 2 now/,
    );
    expect(readFileSync(rowsFile(directory), 'utf8')).toBe(text);
    await expect(run(directory, { ...spec, epochs: 151 })).rejects.toThrow(InputError);
  });

  it('refuses a damaged line, naming it', async () => {
    const directory = freshDirectory();
    await run(directory, { ...spec, seeds: [] });
    const lines = readFileSync(rowsFile(directory), 'utf8').split('\n');
    lines[4] = '{"key": 3}';
    writeFileSync(rowsFile(directory), lines.join('\n'));
    await expect(run(directory, { ...spec, seeds: [] })).rejects.toThrow(
      /results\.jsonl, line 5: expected a row/,
    );
  });

  it('refuses a directory in which another process is at work, not one that it left behind', async () => {
    const directory = freshDirectory();
    await run(directory, { ...spec, seeds: [] });
    writeFileSync(join(directory, 'lock'), `${process.ppid}\n`);
    await expect(run(directory, { ...spec, seeds: [] })).rejects.toThrow(
      /process \d+ on \S+ is writing results/,
    );
    // No process has this number.
    writeFileSync(join(directory, 'lock'), '2147483646\n');
    await expect(run(directory, { ...spec, seeds: [] })).resolves.toMatchObject({ status: 'complete' });
  });
});

describe('data sets that make trouble', () => {
  const csv = 'x,y\n0,0\n1,2\n2,1\n3,3\n';

  it('an unreadable one in the middle is a row, and is read when the run is started again', async () => {
    const directory = freshDirectory();
    const data = join(freshDirectory(), 'data.csv');
    const sources = [SMALL_DATA[0]!, data, SMALL_DATA[1]!];
    const small = { ...smallExperiment(sources), seeds: [0] };
    writeFileSync(data, 'x,y\n0,zero\n');
    const first = await run(directory, small);
    const failed = first.rows.filter((row) => row.status === 'failed');
    expect(failed).toMatchObject([{ kind: 'data', data, reason: 'unreadable' }]);
    expect(failed[0]!.message).toMatch(/row 2, column "y"/);
    writeFileSync(data, csv);
    await run(directory, small);
    const whole = freshDirectory();
    const complete = await run(whole, small);
    expect(contentsOf(directory)).toEqual(contentsOf(whole));
    // What could be computed the first time was kept as it was.
    const others = complete.rows.filter((row) => row.data !== data).map(timeless);
    expect(first.rows.filter((row) => row.data !== data).map(timeless)).toEqual(others);
  });

  it('one that changed or vanished since is refused', async () => {
    const directory = freshDirectory();
    const data = join(freshDirectory(), 'data.csv');
    const small = { ...smallExperiment([data]), seeds: [] };
    writeFileSync(data, csv);
    await run(directory, small);
    writeFileSync(data, `${csv}4,0\n`);
    await expect(run(directory, small)).rejects.toThrow(/these data changed since the results were begun/);
    truncateSync(data);
    await expect(run(directory, small)).rejects.toThrow(/cannot be read now/);
    // The same data, written differently.
    writeFileSync(data, 'x,y\n3,3.0\n1,2\n2,1\n0,0\n');
    await expect(run(directory, small)).resolves.toMatchObject({ computed: 0 });
  });

  it('one with windows has a truth and nothing else; one that contradicts itself has no truth at tolerance 0', async () => {
    const folder = freshDirectory();
    const windows = join(folder, 'windows.csv');
    const contradiction = join(folder, 'contradiction.csv');
    writeFileSync(windows, 'x,lower,upper\n0,0,1\n1,2,3\n2,0,1\n');
    writeFileSync(contradiction, 'x,y\n0,0\n1,1\n1,1.5\n2,0\n');
    const small = { ...smallExperiment([windows, contradiction]), seeds: [0] };
    const { rows } = await run(freshDirectory(), small);
    expect(rows.filter(({ data }) => data === windows).map(({ kind }) => kind)).toEqual(['data', 'truth']);
    expect(rows.filter((row) => row.status === 'failed')).toEqual([]);
    const own = rows.filter(({ data }) => data === contradiction);
    const notes = [...ofKind(rows, 'data')].map((row: DataRow) => row.note);
    expect(notes).toEqual([
      expect.stringContaining('windows'),
      expect.stringContaining('no function interpolates'),
    ]);
    expect(ofKind(own, 'truth')).toMatchObject([{ tolerance: '0.5', lowerBound: 1, upperBound: 1 }]);
    expect(ofKind(own, 'theory')).toEqual([]);
    const training = ofKind(own, 'training');
    expect(training.length).toBe(4);
    expect(training.every(({ tolerance, minimum }) => tolerance === '0.5' && minimum?.lowerBound === 1)).toBe(
      true,
    );
  });

  it('a run that diverges is a row that says so, and is not tried again', async () => {
    const directory = freshDirectory();
    const wild = specification([SMALL_DATA[0]!], {
      methods: ['adam'],
      seeds: 2,
      epochs: 50,
      width: 5,
      learningRate: 1e200,
    });
    const { rows } = await run(directory, wild);
    const failed = rows.filter((row) => row.status === 'failed');
    expect(failed).toMatchObject([
      { kind: 'training', reason: 'diverged', seed: 0, method: 'adam', skip: 'affine', tolerance: '0.01' },
      { kind: 'training', reason: 'diverged', seed: 1 },
    ]);
    expect(failed[0]!.message).toMatch(/training diverged: expected a finite loss after epoch \d+/);
    expect((await run(directory, wild)).computed).toBe(0);
  });
});
