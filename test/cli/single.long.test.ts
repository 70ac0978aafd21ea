import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SPARSEST } from '../support/command-line.js';

let directory: string;
let single: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'single-'));
  single = join(directory, 'sparsest.mjs');
  expect(spawnSync(process.execPath, ['scripts/build-single.mjs', '--quiet', single]).status).toBe(0);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

/** Exit code, standard output and every file written, without times. */
function run(program: string, line: string, place: string) {
  mkdirSync(place, { recursive: true });
  const words = line.split(' ').map((word) => word.replace(/^@/, `${resolve('instances')}/`));
  const { status, stdout } = spawnSync(process.execPath, [program, ...words], {
    cwd: place,
    encoding: 'utf8',
  });
  const timeless = (text: string) =>
    text.replace(/"seconds":[\d.e-]+/g, '').replace(/ {2}[\d.]+ (ms|s|min)$/gm, '');
  const files = readdirSync(place, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, timeless(readFileSync(join(entry.parentPath, entry.name), 'latin1'))])
    .sort();
  rmSync(place, { recursive: true });
  return { status, out: timeless(stdout), files };
}

it.each([
  'solve @mcycle.csv --tolerance 50 --certificate c.json.gz --network n.json --plot p.svg',
  'solve @mcycle.csv --budget 5 --json',
  'solve @pressure.csv --skip bias --all',
  'solve @pressure.csv --skip bias --table t.csv --predict q.csv --export onnx=o.onnx --export c=f.c --export lp=m.lp',
  'solve @big-m-trap.json --objective parameters --json --threads 1',
  'solve @peak-plateau.csv --engine milp --backend glpk --quiet',
  'solve @peak-plateau.csv --max-knots 2',
  'tradeoff @mcycle.csv --certificate c.json --plot p.svg --fits',
  'minimize @peak-plateau.csv --p 0.4 --certificate c.json',
  'minimize @xor.json --p 0.5 --certificate c.json',
  'threshold @crossing.json --path --plot p.svg --certificate c.json',
  'patterns @xor.json --list --certificate c.json',
  'generate walk --points 100 --distribution gaussian --seed 3 --out w.npz',
  'generate formula --formula sin(x) --points 30 --out f.csv',
  'train @peak-plateau.csv --epochs 2000 --seed 1 --network m.safetensors --history h.csv',
  'train @peak-plateau.csv --epochs 500 --restarts 3 --threads 2 --network m.json --polish q.json',
  'solve absent.csv',
  'solve --colour',
  '--help',
])('the one file answers as the tree does: %s', (line) => {
  const tree = run(SPARSEST, line, join(directory, 'place'));
  expect(run(single, line, join(directory, 'place'))).toEqual(tree);
});
