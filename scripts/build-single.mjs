// dist/single/sparsest.mjs: the command line in one file that runs wherever Node does. Workers and WebAssembly are inside.
//
// The file is a small loader, then one block comment with everything else: the texts of modules ("chunks", as esbuild splits the
// program: what two commands share is a chunk of its own) and the WebAssembly of HiGHS. A chunk is parsed when it is first
// asked for, so that a command pays for what it uses. glpk.js and javascript-lp-solver, which are optional, stay outside.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, transform } from 'esbuild';
import { LOADER } from './single-loader.mjs';
import { DRAWING, withoutCanvas } from './vendor-drawing.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCE = join(ROOT, 'src');
const words = process.argv.slice(2);
/** Where it goes, unless another place is named. */
const OUT = words.find((word) => !word.startsWith('--')) ?? join(ROOT, 'dist', 'single', 'sparsest.mjs');
/** A tenth of the time, a quarter more of the size. */
const FAST = words.includes('--fast');
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
        const instantiateWasm = (imports, done) => {
          WebAssembly.instantiate(__single.asset('highs.wasm'), imports).then(({ instance, module }) => done(instance, module));
          return {};
        };
        export default (options = {}) => create({ instantiateWasm, ...options });`,
      resolveDir: ROOT,
      loader: 'js',
    }));
    builder.onResolve({ filter: /^highs-module$/ }, () => ({
      path: createRequire(import.meta.url).resolve('highs'),
    }));
    builder.onResolve({ filter: /^#drawing$/ }, () => ({ path: 'drawing', namespace: 'single' }));
    builder.onLoad({ filter: /^drawing$/, namespace: 'single' }, () => ({
      contents: DRAWING,
      resolveDir: ROOT,
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
  plugins: [replaced, withoutCanvas],
  logLevel: 'warning',
  // js_of_ocaml writes a case twice in proofs/verified.js; the second is never reached.
  logOverride: { 'duplicate-case': 'silent' },
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

/** What a small question needs stands as it is, so that it costs nothing to read; all else is packed. */
const often = new Set(['main']);
const outputs = Object.entries(metafile.outputs).map(([path, output]) => [nameOf(join(ROOT, path)), output]);
const add = (name) => {
  if (often.has(name)) return;
  often.add(name);
  addImports(name);
};
function addImports(name) {
  const output = outputs.find(([of]) => of === name)[1];
  for (const { path, kind, external } of output.imports)
    if (!external && kind === 'import-statement') add(nameOf(join(ROOT, path)));
}
addImports('main');
add(outputs.find(([, { entryPoint }]) => entryPoint === 'src/cli/solve.ts')[0]);

const packed = entries
  .map(({ name, bytes }) => {
    const plain = often.has(name) && bytes.every((byte) => byte < 128);
    return { name, size: bytes.length, plain, text: plain ? plainText(bytes) : packedText(bytes) };
  })
  .sort((a, b) => Number(b.plain) - Number(a.plain));

function plainText(bytes) {
  // The end of a comment must not stand in it; the loader takes the mark out again.
  return bytes.toString('latin1').replaceAll('*/', '*\x01/');
}

function packedText(bytes) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: FAST ? 2 : 11,
    [constants.BROTLI_PARAM_LGWIN]: 22,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).toString('base64');
}

let at = 0;
const index = Object.fromEntries(
  packed.map(({ name, plain, text }) => {
    const place = [at, text.length, plain ? 0 : 1];
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
if (!words.includes('--quiet'))
  process.stdout.write(
    `${relative(ROOT, OUT)}: ${(readFileSync(OUT).length / 1e6).toFixed(2)} MB, ${packed.length} chunks\n`,
  );
if (words.includes('--chunks')) {
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
