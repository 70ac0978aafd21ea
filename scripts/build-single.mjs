// dist/single/sparsest.mjs: the command line in one file that runs wherever Node does. Workers and WebAssembly are inside.
//
// The file is a small loader, then one block comment with everything else: compressed texts of modules ("chunks", as esbuild splits the
// program: what two commands share is a chunk of its own) and the WebAssembly of HiGHS. A chunk is unpacked and parsed when it is first
// asked for, so that a command pays for what it uses. glpk.js and javascript-lp-solver, which are optional, stay outside.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, deflateRawSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { LOADER } from './single-loader.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src');
const OUT = join(ROOT, 'dist', 'single', 'sparsest.mjs');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Packages that are looked for beside the file, when they are asked for. */
const OUTSIDE = ['glpk.js/node', 'javascript-lp-solver'];

/** What is not taken as it stands. */
const replaced = {
  name: 'replaced',
  setup(builder) {
    // The program itself: main.ts without waiting at the top level, which chunks cannot.
    builder.onResolve({ filter: /^single-main$/ }, () => ({ path: 'main', namespace: 'single' }));
    builder.onLoad({ filter: /^main$/, namespace: 'single' }, () => ({
      contents: `import { parseArguments, prepareProcess } from './cli/common.ts';
        import { sparsestProgram } from './cli/program.ts';
        export async function main() {
          prepareProcess();
          await parseArguments(await sparsestProgram(process.argv[2]));
        }`,
      resolveDir: SOURCE,
      loader: 'js',
    }));
    // HiGHS takes its WebAssembly from the loader instead of a file beside it.
    builder.onResolve({ filter: /^highs$/ }, () => ({ path: 'highs', namespace: 'single' }));
    builder.onLoad({ filter: /^highs$/, namespace: 'single' }, () => ({
      contents: `import create from 'highs-module';
        export default (options = {}) => create({ wasmBinary: __single.asset('highs.wasm'), ...options });`,
      resolveDir: ROOT,
      loader: 'js',
    }));
    builder.onResolve({ filter: /^highs-module$/ }, () => ({
      path: createRequire(import.meta.url).resolve('highs'),
    }));
    // A library of pictures looks for a bitmap canvas, which is never drawn on.
    builder.onResolve({ filter: /^canvas$/ }, () => ({ path: 'canvas', namespace: 'single' }));
    builder.onLoad({ filter: /^canvas$/, namespace: 'single' }, () => ({
      contents: 'throw new Error("no canvas")',
      loader: 'js',
    }));
    // Modules know where they are by the names that the loader resolves.
    builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const name = relative(SOURCE, path).replaceAll('\\', '/');
      if (name.startsWith('..')) return undefined;
      if (name === 'cli/version.ts') {
        return { contents: `export const version = () => ${JSON.stringify(version)};`, loader: 'js' };
      }
      const text = readFileSync(path, 'utf8');
      const here = JSON.stringify(`sparsest:/${name.replace(/\.ts$/, '.js')}`);
      return { contents: text.replaceAll('import.meta.url', here), loader: 'ts' };
    });
  },
};

/** Workers: every file that answers requests in a thread. */
const WORKERS = [
  'cli/serve-worker',
  'experiment/worker',
  'primal/worker',
  'restricted/backends/worker',
  'restricted/worker',
  'search/worker',
  'train/worker',
];

const { outputFiles, metafile } = await build({
  entryPoints: [
    { in: 'single-main', out: 'main' },
    ...WORKERS.map((name) => ({ in: join(SOURCE, `${name}.ts`), out: name })),
  ],
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minify: true,
  // Names stay for what prints them: errors.
  keepNames: false,
  charset: 'ascii',
  legalComments: 'none',
  metafile: true,
  write: false,
  outdir: join(ROOT, 'dist', 'single', 'chunks'),
  chunkNames: '[hash]',
  external: OUTSIDE,
  plugins: [replaced],
  logLevel: 'warning',
});

const chunks = join(ROOT, 'dist', 'single', 'chunks');
const nameOf = (path) => relative(chunks, path).replaceAll('\\', '/').replace(/\.js$/, '');
const entries = [];
for (const { path, text } of outputFiles) {
  // Specifiers become names of chunks, import(..) a call of the loader, and the module the body of a function.
  const from = dirname(nameOf(path));
  const named = text.replace(
    /((?:\bfrom|\bimport)\s*\(?\s*)"(\.[^"]*)\.js"/g,
    (_, before, to) => `${before}"#${join(from, to).replaceAll('\\', '/')}"`,
  );
  const { code } = await transform(named.replace(/(?<![.\w$])import\("/g, '__single.load("'), {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    charset: 'ascii',
    loader: 'js',
  });
  entries.push({ name: nameOf(path), bytes: Buffer.from(code) });
}
entries.push({
  name: 'highs.wasm',
  bytes: readFileSync(join(dirname(createRequire(import.meta.url).resolve('highs')), 'highs.wasm')),
});

/** What is needed seldom is packed as small as it goes, the rest so that it is unpacked fast. */
const packed = entries.map(({ name, bytes }) => ({
  name,
  size: bytes.length,
  text: pack(bytes).toString('base64'),
}));
function pack(bytes) {
  return bytes.length > 400_000
    ? brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: 9,
          [constants.BROTLI_PARAM_LGWIN]: 22,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      })
    : deflateRawSync(bytes, { level: 9 });
}

let at = 0;
const index = Object.fromEntries(
  packed.map(({ name, size, text }) => {
    const place = [at, text.length, size > 400_000 ? 1 : 0];
    at += text.length;
    return [name, place];
  }),
);
const licences = [
  ...new Set(
    Object.keys(metafile.inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    ),
  ),
].sort();
const head = `#!/usr/bin/env node
// sparsest ${version}, https://www.npmjs.com/package/sparsest, MIT. Inside, under their own licences: ${licences.join(', ')}.
${LOADER.replace('__INDEX__', JSON.stringify(index))}`;
mkdirSync(dirname(OUT), { recursive: true });
writeFileSync(OUT, `${head}/*${packed.map(({ text }) => text).join('')}*/\n`);
chmodSync(OUT, 0o755);
if (!process.argv.includes('--quiet'))
  process.stdout.write(
    `${relative(ROOT, OUT)}: ${(readFileSync(OUT).length / 1e6).toFixed(2)} MB, ${packed.length} chunks\n`,
  );
if (process.argv.includes('--chunks')) {
  for (const { name, size } of [...packed].sort((a, b) => b.size - a.size)) {
    const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`chunks/${name}.js`))?.[1];
    const largest = Object.entries(output?.inputs ?? {}).sort(
      ([, a], [, b]) => b.bytesInOutput - a.bytesInOutput,
    );
    process.stdout.write(
      `${String(size).padStart(8)} ${name} ${largest
        .slice(0, 3)
        .map(([path]) => basename(path))
        .join(', ')}\n`,
    );
  }
}
