import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { ExactColumn } from '../../src/exact/column.js';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { type DataOptions, openDataset } from '../../src/files/read-dataset.js';
import { columnsOf } from '../../src/problem/dataset.js';
import { InputError } from '../../src/problem/input-error.js';
import { calendarDays, calendarText, parseIsoDate } from '../../src/problem/iso-date.js';
import { packed, READING_CASES } from './reading-cases.js';

const folder = mkdtempSync(join(tmpdir(), 'sparsest-reading-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const texts = (column: ExactColumn | null) =>
  column && Array.from({ length: column.length }, (_, i) => column.value(i).toString());

async function refusal(path: string, options?: DataOptions): Promise<string> {
  const error: unknown = await openDataset(path, options).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe('what is read, and what is refused', () => {
  test.each(READING_CASES)('$about', async ({ name, text, options, inputs, labels, twin }) => {
    for (const path of [file(name, text), file(`${name}.gz`, packed(text))]) {
      const data = await openDataset(path, options);
      expect(data.inputs.map(texts)).toEqual(inputs);
      expect(texts(data.labels)).toEqual(labels);
    }
    const path = file(`twin-${name}`, twin.text);
    const message = await refusal(path, options);
    expect(message.startsWith(path)).toBe(true);
    expect(message).toContain(twin.message);
  });

  it('is the page docs/reading.md (WRITE_DOCS=1 writes it)', () => {
    const path = new URL('../../docs/reading.md', import.meta.url);
    const shown = (text: string) => text.replaceAll('\t', '→').trimEnd();
    const fence = '```';
    const flags = ({ header, inputs, target }: DataOptions = {}) =>
      [
        header === false ? ' `--no-header`' : '',
        inputs === undefined ? '' : ` \`--inputs ${inputs}\``,
        target === undefined ? '' : ` \`--target ${target}\``,
      ].join('');
    const page = [
      '# What we read, what we refuse',
      '',
      'Every form of input with a file that is read and a twin of it that is refused, and the message. This page is written from the tests. Each is',
      'read from a file, packed as `.gz`, and from standard input (`-`, with `--format` unless it is csv). Tabs are shown as →. More in',
      '[data.md](data.md).',
      '',
      ...READING_CASES.flatMap(({ about, name, text, options, inputs, labels, twin }) => [
        `## ${about[0]!.toUpperCase()}${about.slice(1)}`,
        '',
        `\`${name}\`${flags(options)}, read as ${inputs.map((column, i) => `x${inputs.length > 1 ? i + 1 : ''} = ${column.join(', ')}`).join('; ')} and y = ${labels.join(', ')}:`,
        '',
        fence,
        shown(text),
        fence,
        '',
        `Refused: ${twin.about}.`,
        '',
        fence,
        shown(twin.text),
        '',
        `-> ${twin.message}`,
        fence,
        '',
      ]),
    ].join('\n');
    if (process.env.WRITE_DOCS !== undefined) writeFileSync(path, page);
    expect(readFileSync(path, 'utf8')).toBe(page);
  });
});

describe('dates', () => {
  it('count days as the calendar does, and are shown as they were written', () => {
    const random = createRandom(5);
    for (let k = 0; k < 500; k++) {
      const days = random.integer(-700_000, 1_000_000);
      const text = new Date(days * 86_400_000).toISOString().slice(0, 10);
      expect(parseIsoDate(text).days.toString()).toBe(String(days));
      const calendar = { origin: '2000-02-29', unit: 'days', zone: null } as const;
      const since = calendarDays(text, calendar);
      expect(calendarText(since, calendar)).toBe(text);
      expect(calendarText(since.add(Rational.of(1, 3)), calendar)).toBe(`${text}T08:00`);
      expect(calendarText(since.add(Rational.of(1, 86_400 * 4)), calendar)).toBe(`~${text}`);
    }
  });

  it('are said to be dates, and are no labels', async () => {
    const path = file('t.csv', 'when,y\n2024-01-01,0\n2024-01-03,1\n');
    const dates = [{ origin: '2024-01-01', unit: 'days', zone: null }];
    expect(columnsOf(await openDataset(path))).toEqual({ inputs: ['when'], target: 'y', dates });
    expect(await refusal(path, { target: 'when', inputs: ['y'] })).toMatch(
      /row 2, column "when": .*a date in a column of numbers; dates are read as inputs/,
    );
    expect(await refusal(file('m.csv', 't,y\n2024-01-01,0\n7,1\n'))).toMatch(
      /row 3, column "t": expected a date .*found "7"/,
    );
    expect(await refusal(file('n.csv', 't,y\n7,0\n2024-01-01,1\n'))).toMatch(
      /row 3, column "t": .*a date in a column/,
    );
    for (const bad of [
      '2024-13-01',
      '2024-00-10',
      '2024-01-32',
      '2024-01-01T24:00',
      '2024-01-01T23:60',
      '2024-01-01T00:00:60',
      '2024-01-01T00:00+25:00',
    ])
      expect(() => parseIsoDate(bad)).toThrow(/has no such/);
  });
});

describe('Parquet', () => {
  const columnData = [
    {
      name: 't',
      data: [new Date('2024-01-01'), new Date('2024-01-02T12:00:00.250Z'), new Date('2024-01-04')],
      type: 'TIMESTAMP' as const,
    },
    { name: 'n', data: [1, 2, 3], type: 'INT32' as const },
    { name: 'y', data: [0.1, -2.5, 1e300], type: 'DOUBLE' as const },
  ];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData }));

  it('floats are their exact values, times exact days', async () => {
    const path = file('a.parquet', bytes);
    const data = await openDataset(path, { inputs: ['t', 'n'] });
    expect(texts(data.inputs[0]!)).toEqual(['0', Rational.of(129_600_250, 86_400_000).toString(), '3']);
    expect(texts(data.inputs[1]!)).toEqual(['1', '2', '3']);
    expect(texts(data.labels)).toEqual([0.1, -2.5, 1e300].map((y) => Rational.fromDouble(y).toString()));
    expect(
      texts((await openDataset(file('b.bin', bytes), { format: 'parquet', inputs: ['n'] })).labels),
    ).toHaveLength(3);
  });

  it('what is damaged, or not a number, is refused', async () => {
    expect(await refusal(file('cut.parquet', bytes.subarray(0, 40)))).toMatch(/expected a Parquet file/);
    const missing = parquetWriteBuffer({
      columnData: [
        { name: 'x', data: [1, 2] },
        { name: 'y', data: [1, null] },
      ],
    });
    expect(await refusal(file('null.parquet', new Uint8Array(missing)))).toMatch(
      /row 2, column "y": .*found an empty cell/,
    );
    expect(await refusal(file('h.parquet', bytes), { header: false })).toMatch(/every column has its name/);
  });
});

describe('standard input', () => {
  const run = (words: string[], input: string | Uint8Array) => {
    try {
      return execFileSync(process.execPath, ['dist/cli/main.js', ...words], { input, encoding: 'utf8' });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  const text = READING_CASES[0]!.text;

  it('is read as csv, or as --format says', () => {
    expect(run(['solve', '-'], text)).toMatch(/^-\s+3 points.*\n.*x -> y/);
    expect(
      run(['minimize', '-', '--p', '0.5', '--format', 'jsonl'], '{"x": 0, "y": 1}\n{"x": 1, "y": 2}\n'),
    ).toMatch(/2 points/);
    expect(run(['solve', '-', '--format', 'npz'], text)).toMatch(
      /expected text on standard input, found --format npz/,
    );
  });
});
