/** The code at the top of the single file: it finds, unpacks and runs the chunks in the comment at its end. */
export const LOADER = `import { fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';

const FILE = fileURLToPath(import.meta.url);
const INDEX = __INDEX__;
const builtin = createRequire(import.meta.url);
const PLACES = Object.values(INDEX);
const TOTAL = PLACES.reduce((sum, [, length]) => sum + length, 0);
const PLAIN = PLACES.reduce((sum, [, length, packed]) => (packed ? sum : sum + length), 0);
const file = openSync(FILE);
const START = fstatSync(file).size - 3 - TOTAL;

function read(at, length) {
  const bytes = Buffer.allocUnsafe(length);
  readSync(file, bytes, 0, length, START + at);
  return bytes;
}

/** The texts that stand as they are, which are the first. */
let plain;

/** What the comment holds under a name: the text of a chunk, or packed bytes. */
function stored(name) {
  const [at, length, packed] = INDEX[name];
  if (packed) return brotliDecompressSync(Buffer.from(read(at, length).toString('latin1'), 'base64'));
  plain ??= read(0, PLAIN);
  return plain.toString('latin1', at, at + length).replaceAll('*\\x01/', '*/');
}

const loaded = new Map();

/** What a module asks for: a chunk (#name) or a part of Node. */
function require(name) {
  if (name === 'node:worker_threads' || name === 'worker_threads') return threads();
  if (!name.startsWith('#')) return builtin(name);
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const code = stored(name.slice(1)).toString();
  compileFunction(code, ['module', 'exports', 'require', '__single', '__filename', '__dirname'], {
    filename: FILE + name,
  })(module, module.exports, require, single, FILE, FILE);
  return module.exports;
}

const single = {
  asset: stored,
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
