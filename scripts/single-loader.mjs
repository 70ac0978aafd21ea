/** The code at the top of the single file: it finds, unpacks and runs the chunks in the comment at its end. */
export const LOADER = `import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { brotliDecompressSync, inflateRawSync } from 'node:zlib';

const FILE = fileURLToPath(import.meta.url);
const INDEX = __INDEX__;
const builtin = createRequire(import.meta.url);
let text;

/** The bytes of a chunk or an asset. */
function bytesOf(name) {
  text ??= readFileSync(FILE, 'latin1');
  const [at, length, brotli] = INDEX[name];
  const start = text.length - 3 - TOTAL + at;
  const bytes = Buffer.from(text.slice(start, start + length), 'base64');
  return brotli ? brotliDecompressSync(bytes) : inflateRawSync(bytes);
}
const TOTAL = Object.values(INDEX).reduce((sum, [, length]) => sum + length, 0);

const loaded = new Map();

/** What a module asks for: a chunk (#name) or a part of Node. */
function require(name) {
  if (name === 'node:worker_threads' || name === 'worker_threads') return threads();
  if (!name.startsWith('#')) return builtin(name);
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const code = bytesOf(name.slice(1)).toString('latin1');
  compileFunction(code, ['module', 'exports', 'require', '__single', '__filename', '__dirname'], {
    filename: FILE + name,
  })(module, module.exports, require, single, FILE, FILE);
  return module.exports;
}

const single = {
  asset: bytesOf,
  load: async (name) => (name.startsWith('#') || name.startsWith('node:') ? require(name) : import(name)),
};

let workers;

/** Threads run this file again, with the name of what they are. */
function threads() {
  if (workers !== undefined) return workers;
  const original = builtin('node:worker_threads');
  class Worker extends original.Worker {
    constructor(file, options) {
      super(new URL(import.meta.url), { ...options, argv: [MARK, String(file).replace('sparsest:/', '').replace(/\\.js$/, '')] });
    }
  }
  workers = { ...original, Worker };
  return workers;
}

const MARK = '--thread-of-sparsest';
if (process.argv[2] === MARK) require('#' + process.argv[3]);
else await require('#main').main();
`;
