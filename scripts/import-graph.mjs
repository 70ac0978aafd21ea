// The imports of src/, read from the text of its files. `node scripts/import-graph.mjs` writes the drawing in ARCHITECTURE.md anew;
// test/imports.test.ts holds the rules of the house to the same reading.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SOURCE = fileURLToPath(new URL('../src', import.meta.url));

const PAGE = fileURLToPath(new URL('../ARCHITECTURE.md', import.meta.url));

/** Every import of a file: `import`, `export .. from`, `import(..)`, `require(..)` and workers by `new URL(.., import.meta.url)`. */
function edgesOf(file) {
  const code = readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '');
  const edges = [];
  const add = (specifier, typeOnly, dynamic) => {
    const own = specifier.startsWith('.');
    const to = own
      ? relative(SOURCE, join(dirname(file), specifier)).replace(/^(?!\.\.)(.*)\.js$/, '$1.ts')
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
    add(specifier, type !== undefined, false);
  }
  for (const [, specifier] of code.matchAll(/\bimport\s*['"]([^'"]+)['"]/g)) add(specifier, false, false);
  for (const [, before, specifier] of code.matchAll(/(typeof\s+)?\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(specifier, before !== undefined, true);
  }
  for (const [, specifier] of code.matchAll(/\brequire\(\s*['"]([^'"]+)['"]\s*\)/g))
    add(specifier, false, true);
  for (const [, specifier] of code.matchAll(/new URL\(\s*['"](\.[^'"]+\.js)['"],\s*import\.meta\.url/g)) {
    add(specifier, false, true);
  }
  return edges;
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return path.endsWith('.ts') ? [path] : [];
    });
}

/** File of src, as "folder/name.ts" -> its imports. */
export function readImports() {
  return new Map(filesBelow(SOURCE).map((file) => [relative(SOURCE, file), edgesOf(file)]));
}

/** The room of a file: the folder below src, '' for src itself. */
export function folderOf(file) {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : '';
}

/** Folder -> the other folders that its files import, in the order of their names. */
function folderGraph(imports) {
  const graph = new Map();
  for (const [file, edges] of imports) {
    const from = folderOf(file);
    if (from === '') continue;
    if (!graph.has(from)) graph.set(from, new Set());
    for (const { to } of edges) {
      if (to.endsWith('.ts') && folderOf(to) !== from && folderOf(to) !== '')
        graph.get(from).add(folderOf(to));
    }
  }
  return graph;
}

/** A graph without the arrows that follow from others. The graph has no circles (a test says so). */
function reduced(graph) {
  const reachable = (from, to) => [...graph.get(from)].some((next) => next === to || reachable(next, to));
  return new Map(
    [...graph].map(([from, targets]) => [
      from,
      [...targets].filter((to) => ![...targets].some((via) => via !== to && reachable(via, to))).sort(),
    ]),
  );
}

/** The drawing: folders as nodes, an arrow for an import, as a Mermaid block. */
export function drawing(imports = readImports()) {
  const lines = [...reduced(folderGraph(imports))].flatMap(([from, targets]) =>
    targets.length === 0 ? [`  ${from}`] : [`  ${from} --> ${targets.join(' & ')}`],
  );
  return ['```mermaid', 'graph TD', ...lines.sort(), '```'].join('\n');
}

/** The page with its drawing replaced. */
export function withDrawing(page, picture = drawing()) {
  return page.replace(/```mermaid\n[\s\S]*?```/, picture);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, withDrawing(readFileSync(PAGE, 'utf8')));
}
