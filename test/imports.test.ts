import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/** Folders from the top down: a file imports from its own folder and from folders above it. */
const FOLDERS = [
  'exact',
  'problem',
  'text',
  'files',
  'models',
  'certificate',
  'checker',
  'lp',
  'knots',
  'lp-norm',
  'restricted',
  'search',
  'solve',
  'train',
  'verify',
  'generate',
  'experiment',
  'pictures',
  'pages',
  'experiment-report',
  'cli',
];

/** The checker stands alone: it may use these and nothing else of ours. */
const CHECKER_MAY_USE = ['exact', 'problem', 'files', 'certificate', 'checker'];

/** What the checking program must not load. */
const SOLVER_FOLDERS = [
  'lp',
  'knots',
  'lp-norm',
  'restricted',
  'search',
  'solve',
  'train',
  'verify',
  'generate',
  'experiment',
];

/** Below `solve` nobody asks the checker, or it would be no second opinion. This file still shares a rule with it. */
const SHARES_A_RULE = ['lp-norm/threshold.ts'];

/** Packages the checking program loads: command line, CSV, zip, hash, colours and predicates. */
const CHECKER_PACKAGES = [
  '@noble/hashes',
  'commander',
  'fflate',
  'papaparse',
  'picocolors',
  'robust-predicates',
];

/** Files outside cli that may use Node.js: they read or write files, hash them, or run workers. */
const NODE_FILES = [
  'experiment/data-set.ts',
  'experiment/execute.ts',
  'experiment/executor.ts',
  'experiment/results-directory.ts',
  'experiment/worker.ts',
  'files/read-file.ts',
  'files/write-file.ts',
  'problem/node-sha256.ts',
  'restricted/backends/jslp-worker.ts',
  'search/pool.ts',
  'search/worker.ts',
];

/** Most lines of the checker folder that `check` loads: an auditor reads them in an hour or two. */
const CHECKER_LINES = 1500;

const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

interface Edge {
  /** A file of ours as "folder/name.ts", "node:..." or a package. */
  to: string;
  /** `import type`: gone when the program runs. */
  typeOnly: boolean;
  dynamic: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return path.endsWith('.ts') ? [path] : [];
  });
}

/** Every import of a file: `import`, `export .. from`, `import(..)`, `require(..)` and workers by `new URL(.., import.meta.url)`. */
function edgesOf(file: string): Edge[] {
  const code = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
  const edges: Edge[] = [];
  const add = (specifier: string, typeOnly: boolean, dynamic: boolean) => {
    const own = specifier.startsWith('.');
    const to = own
      ? relative(SOURCE, join(dirname(file), specifier)).replace(/\.js$/, '.ts')
      : specifier.startsWith('node:')
        ? specifier
        : specifier
            .split('/')
            .slice(0, specifier.startsWith('@') ? 2 : 1)
            .join('/');
    edges.push({ to, typeOnly, dynamic });
  };
  for (const [, type, specifier] of code.matchAll(
    /\b(?:import|export)\s+(type\s)?[^;'"]*?from\s*['"]([^'"]+)['"]/g,
  )) {
    add(specifier!, type !== undefined, false);
  }
  for (const [, specifier] of code.matchAll(/\bimport\s*['"]([^'"]+)['"]/g)) add(specifier!, false, false);
  for (const [, before, specifier] of code.matchAll(/(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(specifier!, before !== undefined, true);
  }
  for (const [, specifier] of code.matchAll(/\brequire\(\s*['"]([^'"]+)['"]\s*\)/g))
    add(specifier!, false, true);
  for (const [, specifier] of code.matchAll(/new URL\(\s*['"](\.[^'"]+\.js)['"],\s*import\.meta\.url/g)) {
    add(specifier!, false, true);
  }
  return edges;
}

const graph = new Map(filesBelow(SOURCE).map((file) => [relative(SOURCE, file), edgesOf(file)]));
const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : '');
const isOurs = (to: string): boolean => to.endsWith('.ts');

/** Everything a module loads when it runs, at once or (with `dynamic`) ever. */
function closure(start: string, dynamic: boolean): Set<string> {
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
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
      ([file]) => place(file) >= 0 && place(file) < FOLDERS.indexOf('solve') && folderOf(file) !== 'checker',
    );
    expect(below.some(([file]) => file === 'search/search.ts')).toBe(true);
    const users = below
      .filter(([, edges]) => edges.some(({ to }) => folderOf(to) === 'checker'))
      .map(([file]) => file);
    expect(users.filter((file) => !SHARES_A_RULE.includes(file))).toEqual([]);
  });

  test('what is solved is checked: the check before printing reaches the rules of the checker', () => {
    const loaded = closure('solve/checked.ts', false);
    for (const rules of ['check', 'network', 'witnesses', 'search', 'threshold', 'pieces']) {
      expect(loaded.has(`checker/${rules}.ts`), rules).toBe(true);
    }
    for (const command of ['cli/solve.ts', 'cli/threshold.ts', 'verify/verify.ts']) {
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

  const lines = [...closure('checker/check.ts', true)]
    .filter((file) => folderOf(file) === 'checker')
    .reduce((sum, file) => sum + readFileSync(join(SOURCE, file), 'utf8').split('\n').length - 1, 0);
  test(`its rules stay small: ${lines} lines, at most ${CHECKER_LINES}`, () => {
    expect(lines).toBeGreaterThan(100);
    expect(lines).toBeLessThanOrEqual(CHECKER_LINES);
  });

  test('the solver programs do load solvers, so that the test above can fail', () => {
    expect(existsSync(join(SOURCE, 'cli/main.ts'))).toBe(true);
    const main = closure('cli/main.ts', true);
    expect([...main].some((name) => folderOf(name) === 'knots')).toBe(true);
  });
});
