import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SPARSEST, SPARSEST_CHECK } from '../support/command-line.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shell-'));
  for (const [name, program] of [
    ['sparsest', SPARSEST],
    ['sparsest-check', SPARSEST_CHECK],
  ] as const) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A line of a POSIX shell, run where the tables are. The code is that of its last command. */
function shell(line: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: 'test/cases/tables',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, OUT: folder },
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

/** README.md beside this file says why each answer is right. Where all is well the page, else the message. */
const LINES: readonly (readonly [code: number, line: string, said: RegExp])[] = [
  [
    0,
    'gzip -dc four.csv.gz | sparsest solve -',
    /^- {2}4 points, .*\nx -> y\n\n2 neurons, and no fewer: proved/,
  ],
  [0, 'gzip -c rows.jsonl > $OUT/r.jsonl.gz; sparsest solve $OUT/r.jsonl.gz', /\n2 neurons, and no fewer/],
  [
    0,
    'sparsest solve - --format jsonl < rows.jsonl',
    /^- {2}4 points, .*\nx -> y\n\n2 neurons, and no fewer/,
  ],
  [
    0,
    "tr , '\\t' < two-labels.csv | sparsest solve - --format tsv --inputs x --target y1",
    /x -> y1; not read: y2/,
  ],
  [0, "tr ',.' ';,' < two-labels.csv | sparsest solve - --inputs x --target y1", /\n2 neurons, and no fewer/],
  [0, "(echo '# by hand'; cat four.csv.gz | gzip -dc) | sparsest solve -", /\n2 neurons, and no fewer/],
  [0, 'tail -n +2 line.csv | sparsest solve - --no-header --skip bias', /\n1 -> 2\n\n1 neuron, and no fewer/],
  [
    0,
    "printf 't,y\\n2024-02-28,0\\n2024-02-29,1\\n2024-03-01,0\\n' | sparsest solve -",
    /t in days since 2024-02-28[\s\S]*2024-02-29/,
  ],
  [
    0,
    'printf \'[{"x": 0, "y": 1}, {"x": 1, "y": 3}]\' | sparsest solve - --format json',
    /f starts as 2 x \+ 1 and never bends/,
  ],
  [
    0,
    'sparsest solve two-labels.csv --target y1 --certificate $OUT/c.json --quiet >/dev/null && sparsest-check two-labels.csv $OUT/c.json --target y1',
    /^accepted: /,
  ],
  [1, 'sparsest-check two-labels.csv $OUT/c.json', /^rejected by rule problem-hash: .*\n[\s\S]*--target/],
  [2, 'sparsest solve headerless-na.csv', /headerless-na\.csv, row 1: .*--no-header/],
  [
    2,
    'sed s/3,5/3,five/ headerless-na.csv | tail -n +2 | sparsest solve - --no-header',
    /row 2, column "2": .*"five"/,
  ],
  [0, 'sparsest patterns - < points-only.csv', /^32 activation patterns on 6 points in 2 dimensions/],
  [2, 'sparsest solve unnamed-index.csv', /column "Unnamed: 0" .*--inputs x leaves it out/],
  [0, 'sparsest solve unnamed-index.csv --inputs x', /\n2 neurons, and no fewer/],
  [2, 'sparsest solve headerless-unicode-minus.csv', /row 1: .*--no-header/],
  [0, 'sparsest solve headerless-unicode-minus.csv --no-header', /, and no fewer/],
  [2, 'gzip -dc four.csv.gz | head -c 12 | sed s/1/,/ | sparsest solve -', /-, row 3: expected 2 cells as/],
];

describe('from a shell', () => {
  test.each(LINES)('exit %i: %s', (code, line, said) => {
    const found = shell(line);
    expect({ line, code: found.code, err: code === 2 ? '' : found.err }).toEqual({ line, code, err: '' });
    expect(code === 2 ? found.err : found.out).toMatch(said);
  });
});
