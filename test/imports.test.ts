import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawing, folderOf, readImports, SOURCE } from '../scripts/import-graph.mjs';

const ARCHITECTURE = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');

/** The table of ARCHITECTURE.md: folder -> its doors, the files that other folders may import; null when every file is one. */
const DOORS = new Map(
  [...ARCHITECTURE.matchAll(/^\| ([a-z-]+) \| .* \| ?([a-z, -]*?) ?\|$/gm)]
    .filter(([, folder]) => folder !== 'folder')
    .map(([, folder, doors]) => [
      folder!,
      doors === '' ? null : doors!.split(', ').map((door) => `${folder}/${door}.ts`),
    ]),
);

/** Folders from the top down: a file imports from its own folder and from folders above it. */
const FOLDERS = [...DOORS.keys()];

/** The checker stands alone: it may use these and nothing else of ours. */
const CHECKER_MAY_USE = ['exact', 'problem', 'files', 'certificate', 'checker'];

/** What the checking program must not load. */
const SOLVER_FOLDERS = [
  'lp',
  'knots',
  'facing',
  'lp-norm',
  'path-norm',
  'restricted',
  'primal',
  'search',
  'solve',
  'train',
  'verify',
  'generate',
  'experiment',
];

/** Packages the checking program loads: command line, CSV, zip, hash, colours and predicates. */
const CHECKER_PACKAGES = [
  '../proofs/verified.js',
  '@noble/hashes',
  'commander',
  'fflate',
  'hyparquet',
  'papaparse',
  'picocolors',
  'robust-predicates',
];

/** Files outside cli that may use Node.js: they read or write files, hash them, or run workers. */
const NODE_FILES = [
  'experiment/data-set.ts',
  'experiment/execute.ts',
  'experiment/merge.ts',
  'experiment/results-directory.ts',
  'experiment/worker.ts',
  'files/read-file.ts',
  'files/write-file.ts',
  'problem/node-sha256.ts',
  'restricted/backends/worker.ts',
  'restricted/worker.ts',
  'search/worker.ts',
  'threads/worker-thread.ts',
];

/** Most lines, comments included, that `check` loads for witnesses, search and networks: an auditor reads them in an hour. */
const CHECK_LINES = 2500;

/** Modules of the checker for one kind of claim each, named after it; what only they import is not counted above. */
const CLAIM_MODULES = [
  'threshold',
  'one-input',
  'threshold-unique',
  'lp-minimum',
  'several',
  'lp-minimum-several',
  'neuron-rays',
  'neuron-patterns',
  'threshold-several',
  'patterns',
  'solution-set',
  'restricted',
  'reachable',
  'model',
  'least-tolerance',
  'shape',
  'vertex',
];

/** Names the problem of a certificate; no other rule rests on it, and what only it imports is not counted either. */
const NAMING_MODULE = 'checker/problem.ts';

/** Most lines of each of them. */
const CLAIM_MODULE_LINES = 400;

const graph = readImports();
const isOurs = (to: string): boolean => to.endsWith('.ts');

/** Everything a module loads when it runs, at once or (with `dynamic`) ever; not beyond the files that are left out. */
function closure(
  start: string,
  dynamic: boolean,
  leftOut: (file: string) => boolean = () => false,
): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name) || leftOut(name)) return;
    seen.add(name);
    for (const edge of graph.get(name) ?? []) {
      if (!edge.typeOnly && (dynamic || !edge.dynamic)) visit(edge.to);
    }
  };
  visit(start);
  return seen;
}

describe('the reading of imports', () => {
  test('finds every file that is imported, and many edges', () => {
    const edges = [...graph.values()].flat();
    for (const { to } of edges) if (isOurs(to)) expect(graph.has(to), to).toBe(true);
    expect(edges.length).toBeGreaterThan(200);
    expect(edges.some((edge) => edge.dynamic)).toBe(true);
    expect(edges.some((edge) => edge.typeOnly)).toBe(true);
  });

  test('no import is written in a way that it misses', () => {
    for (const file of graph.keys()) {
      const code = readFileSync(join(SOURCE, file), 'utf8');
      const lines = code.match(/^(?:import|export)\b[^;]*?\bfrom\s+'[^']+';/gm) ?? [];
      const found = graph.get(file)!.filter((edge) => !edge.dynamic);
      expect(found.length, file).toBeGreaterThanOrEqual(lines.length);
    }
  });
});

describe('direction of imports', () => {
  test('every folder has its place in the order', () => {
    const folders = [...new Set([...graph.keys()].map(folderOf))].filter((folder) => folder !== '');
    expect(folders.filter((folder) => !FOLDERS.includes(folder))).toEqual([]);
  });

  test('folders import only from folders above them', () => {
    const wrong: string[] = [];
    for (const [file, edges] of graph) {
      for (const { to } of edges) {
        if (!isOurs(to) || folderOf(file) === '') continue;
        if (FOLDERS.indexOf(folderOf(to)) > FOLDERS.indexOf(folderOf(file)) || folderOf(to) === '') {
          wrong.push(`${file} -> ${to}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('other folders enter by the doors that ARCHITECTURE.md names', () => {
    const wrong: string[] = [];
    for (const [file, edges] of graph) {
      for (const { to, typeOnly } of edges) {
        const doors = DOORS.get(folderOf(to));
        if (!isOurs(to) || doors == null || typeOnly || folderOf(file) === folderOf(to)) continue;
        if (!doors.includes(to)) wrong.push(`${file} -> ${to}`);
      }
    }
    expect(wrong).toEqual([]);
    // A door that nobody uses is a wall.
    const used = new Set([...graph.values()].flat().map(({ to }) => to));
    for (const doors of DOORS.values())
      for (const door of doors ?? []) expect(used.has(door), door).toBe(true);
  });

  test('the drawing in ARCHITECTURE.md is that of the imports: node scripts/import-graph.mjs', () => {
    expect(ARCHITECTURE).toContain(drawing(graph));
  });

  test('the checker imports only exact, problem, files and certificate', () => {
    const wrong: string[] = [];
    for (const [file, edges] of graph) {
      if (folderOf(file) !== 'checker') continue;
      for (const { to } of edges) {
        if (!isOurs(to) || !CHECKER_MAY_USE.includes(folderOf(to))) wrong.push(`${file} -> ${to}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('independence', () => {
  test('no solver below solve/ imports the checker', () => {
    const place = (file: string) => FOLDERS.indexOf(folderOf(file));
    const below = [...graph].filter(
      ([file]) =>
        place(file) >= 0 &&
        place(file) < FOLDERS.indexOf('solve') &&
        !['checker', 'verified'].includes(folderOf(file)),
    );
    expect(below.some(([file]) => file === 'search/search.ts')).toBe(true);
    const users = below
      .filter(([, edges]) => edges.some(({ to }) => folderOf(to) === 'checker'))
      .map(([file]) => file);
    // Or it would be no second opinion.
    expect(users).toEqual([]);
  });

  test('what is solved is checked: the check before printing reaches the rules of the checker', () => {
    const loaded = closure('solve/checked.ts', false);
    for (const rules of [
      'check',
      'network',
      'witnesses',
      'search',
      'threshold',
      'threshold-unique',
      'lp-minimum',
      'patterns',
      'pieces',
    ]) {
      expect(loaded.has(`checker/${rules}.ts`), rules).toBe(true);
    }
    for (const command of [
      'cli/solve.ts',
      'cli/minimize.ts',
      'cli/threshold.ts',
      'verify/verify.ts',
      'solve/patterns.ts',
    ]) {
      expect(
        graph.get(command)!.map(({ to }) => to),
        command,
      ).toContain('solve/checked.ts');
    }
  });
});

describe('Node.js', () => {
  test('node: modules are imported only by the command line and the files listed here', () => {
    const users = [...graph]
      .filter(([file, edges]) => folderOf(file) !== 'cli' && edges.some(({ to }) => to.startsWith('node:')))
      .map(([file]) => file);
    expect(users.sort()).toEqual(NODE_FILES);
  });

  test.each([
    'checker/check.ts',
    'solve/solve.ts',
    'knots/solve.ts',
    'train/train.ts',
    'files/instance.ts',
    'files/csv.ts',
  ])('%s runs in a browser: nothing it loads at once imports node:', (file) => {
    expect(graph.has(file)).toBe(true);
    expect([...closure(file, false)].filter((name) => name.startsWith('node:'))).toEqual([]);
  });
});

describe('the checking program', () => {
  const loaded = closure('cli/check-main.ts', true);

  test('loads no module of a solver, not even later', () => {
    expect(loaded.has('checker/check.ts')).toBe(true);
    expect(loaded.has('certificate/read.ts')).toBe(true);
    expect([...loaded].filter((name) => isOurs(name) && SOLVER_FOLDERS.includes(folderOf(name)))).toEqual([]);
  });

  test('loads only the packages listed here', () => {
    const packages = [...loaded].filter((name) => !isOurs(name) && !name.startsWith('node:'));
    expect(packages.filter((name) => !CHECKER_PACKAGES.includes(name))).toEqual([]);
  });

  const isClaimModule = (file: string): boolean =>
    file === NAMING_MODULE || CLAIM_MODULES.some((claim) => file === `checker/${claim}.ts`);
  const linesOf = (file: string): number => readFileSync(join(SOURCE, file), 'utf8').split('\n').length - 1;
  const core = [...closure('checker/check.ts', true, isClaimModule)].filter(isOurs);
  const lines = core.reduce((sum, file) => sum + linesOf(file), 0);
  test(`what check() loads stays small: ${lines} lines, at most ${CHECK_LINES}`, () => {
    expect(core).toContain('checker/search.ts');
    expect(lines).toBeGreaterThan(1000);
    expect(lines).toBeLessThanOrEqual(CHECK_LINES);
  });

  test.each(CLAIM_MODULES)(`the module of the claim %s has at most ${CLAIM_MODULE_LINES} lines`, (claim) => {
    expect(linesOf(`checker/${claim}.ts`)).toBeLessThanOrEqual(CLAIM_MODULE_LINES);
  });

  test('the solver programs do load solvers, so that the test above can fail', () => {
    expect(existsSync(join(SOURCE, 'cli/main.ts'))).toBe(true);
    const main = closure('cli/main.ts', true);
    expect([...main].some((name) => folderOf(name) === 'knots')).toBe(true);
  });
});
