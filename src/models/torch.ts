import {
  type Dtype,
  decodeNumbers,
  elementCount,
  ITEM_SIZE,
  type Tensor,
  toRowMajor,
} from '../files/tensor.js';
import { DEFAULT_ZIP_LIMITS, readZip, type ZipLimits } from '../files/zip.js';
import { InputError } from '../problem/input-error.js';
import { PickleGlobal, readPickle } from './pickle.js';

/** The line that writes a file which `readTorch` reads. */
export const TORCH_REMEDY = 'torch.save(model.state_dict(), "model.pt")';

/** Views may repeat elements of a storage (`expand`); in all they may hold this many elements ... */
const FREE_ELEMENTS = 2 ** 20;
/** ... and, beyond that, this many per byte of the file. */
const ELEMENTS_PER_BYTE = 4;

/** Classes of typed storage, "torch" module. */
const STORAGES: ReadonlyMap<string, Dtype> = new Map([
  ['torch HalfStorage', 'float16'],
  ['torch BFloat16Storage', 'bfloat16'],
  ['torch FloatStorage', 'float32'],
  ['torch DoubleStorage', 'float64'],
  ['torch CharStorage', 'int8'],
  ['torch ShortStorage', 'int16'],
  ['torch IntStorage', 'int32'],
  ['torch LongStorage', 'int64'],
  ['torch ByteStorage', 'uint8'],
]);

/** What a persistent id stands for: `count` numbers, in the entry "data/key" of the archive. */
class Storage {
  constructor(
    readonly dtype: Dtype,
    readonly key: string,
    readonly count: number,
  ) {}
}

/** A strided view of a storage, in elements. */
class View {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNatural);
}

/**
 * Reads a PyTorch state dict, a file written by `torch.save(model.state_dict(), "model.pt")` in the zip format (since
 * PyTorch 1.6): float16, bfloat16, float32, float64 and integer tensors, strided views, parameters, either byte order.
 * The tensors come in the order of the dict, row-major, with exactly the stored numbers.
 *
 * A pickle can name any Python function. This reader knows four (an ordered dict, a tensor, a parameter, a storage),
 * runs none of Python's, and refuses every other name.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @param limits sizes beyond which the archive is refused unread
 * @throws InputError for whole-module pickles, TorchScript, checkpoints with other contents, the format before
 * PyTorch 1.6, and anything damaged; the message says what to save instead.
 */
export function readTorch(
  bytes: Uint8Array,
  source: string,
  limits: ZipLimits = DEFAULT_ZIP_LIMITS,
): Tensor[] {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
  refuseOtherFormats(bytes, source);

  // The archive: root/data.pkl, root/data/KEY for every storage, root/byteorder in newer files.
  const entries = new Map(readZip(bytes, source, limits).map((entry) => [entry.name, entry.bytes]));
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    return fail(`not a PyTorch file: expected one data.pkl in the archive; save it with ${TORCH_REMEDY}`);
  }
  const root = pickles[0]!.slice(0, -'data.pkl'.length);
  if (entries.has(`${root}constants.pkl`)) {
    return fail(
      `this is a TorchScript program, not a state dict; load it with torch.jit.load and save it with ${TORCH_REMEDY}`,
    );
  }
  const order = new TextDecoder().decode(
    entries.get(`${root}byteorder`) ?? new TextEncoder().encode('little'),
  );
  if (order !== 'little' && order !== 'big') {
    return fail(`the byte order is ${JSON.stringify(order)}; expected little or big`);
  }

  const dict = readPickle(entries.get(pickles[0]!)!, stateDictHost(source), `${source}, data.pkl`);
  if (!(dict instanceof Map)) {
    return fail(`holds no state dict (a dict of tensors); save it with ${TORCH_REMEDY}`);
  }
  const views: [string, View][] = [];
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof View) {
      views.push([name, value]);
      continue;
    }
    const label = JSON.stringify(name);
    return fail(
      value instanceof Map
        ? `entry ${label} is a dict of its own, so this is a checkpoint; save the model's part alone with ` +
            `torch.save(checkpoint[${label}], "model.pt")`
        : `entry ${label} is not a tensor; save the tensors alone with ${TORCH_REMEDY}`,
    );
  }

  // Refuse absurd repetition before allocating anything.
  const total = views.reduce(
    (sum, [name, view]) => sum + elementCount(view.shape, `${source}: "${name}"`),
    0,
  );
  if (total > FREE_ELEMENTS + ELEMENTS_PER_BYTE * bytes.length) {
    return fail(`${bytes.length} bytes claim to hold ${total} numbers; save it again after .contiguous()`);
  }

  const decoded = new Map<string, { dtype: Dtype; numbers: Float64Array }>();
  return views.map(([name, { storage, offset, shape, strides }]) => {
    const where = `${source}: tensor "${name}"`;
    const { key, dtype, count } = storage;
    let data = decoded.get(key);
    if (data === undefined) {
      const raw = entries.get(`${root}data/${key}`);
      if (raw === undefined) throw new InputError(`${where}: its storage data/${key} is missing.`);
      if (raw.length !== count * ITEM_SIZE[dtype]) {
        throw new InputError(
          `${where}: its storage of ${count} ${dtype} numbers needs ${count * ITEM_SIZE[dtype]} bytes, but ` +
            `data/${key} has ${raw.length}.`,
        );
      }
      data = { dtype, numbers: decodeNumbers(raw, dtype, order === 'little', where) };
      decoded.set(key, data);
    }
    if (data.dtype !== dtype || data.numbers.length !== count) {
      throw new InputError(`${where}: its storage data/${key} is used with two different types or sizes.`);
    }
    const last = shape.reduce((sum, size, k) => sum + (size - 1) * strides[k]!, offset);
    if (!shape.includes(0) && last >= count) {
      throw new InputError(
        `${where}: shape (${shape.join(', ')}) with strides (${strides.join(', ')}) from ${offset} reaches element ` +
          `${last} of a storage of ${count}.`,
      );
    }
    return { name, shape: [...shape], dtype, values: toRowMajor(data.numbers, shape, strides, offset) };
  });
}

function refuseOtherFormats(bytes: Uint8Array, source: string): void {
  const ascii = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));
  if (bytes[0] === 0x80 || ascii(257, 262) === 'ustar') {
    throw new InputError(
      `${source}: a bare pickle or tar file, the format before PyTorch 1.6 (or of ` +
        `_use_new_zipfile_serialization=False), is not read; load it in PyTorch and save it with ${TORCH_REMEDY}.`,
    );
  }
}

/** The four globals of a state dict. */
function stateDictHost(source: string): Parameters<typeof readPickle>[1] {
  const malformed = (what: string): InputError =>
    new InputError(`${source}: data.pkl describes ${what} in an unknown way; save it with ${TORCH_REMEDY}.`);
  const globals = new Map<string, ((args: unknown[]) => unknown) | undefined>();
  for (const name of STORAGES.keys()) globals.set(name, undefined);
  globals.set('collections OrderedDict', (args) => {
    if (args.length > 0) throw malformed('an OrderedDict');
    return new Map();
  });
  // (storage, offset, shape, strides, requires_grad, backward_hooks[, metadata])
  globals.set('torch._utils _rebuild_tensor_v2', ([storage, offset, shape, strides, , , ...rest]) => {
    const valid = storage instanceof Storage && isNatural(offset) && isNaturals(shape) && isNaturals(strides);
    if (!valid || shape.length !== strides.length || rest.length > 1) throw malformed('a tensor');
    return new View(storage, offset, shape, strides);
  });
  // (tensor, requires_grad, backward_hooks)
  globals.set('torch._utils _rebuild_parameter', ([tensor, , , ...rest]) => {
    if (!(tensor instanceof View) || rest.length > 0) throw malformed('a parameter');
    return tensor;
  });
  return {
    globals,
    refuse: (module, name) => {
      const full = `${module}.${name}`;
      if (module === 'torch' && name.endsWith('Storage')) {
        return new InputError(
          `${source}: numbers of type ${full} are not read; convert them with model.double() and save with ` +
            `${TORCH_REMEDY}.`,
        );
      }
      return new InputError(
        `${source}: the pickle names ${JSON.stringify(full)}, which is no part of a state dict: a pickled whole ` +
          `module or other object can run any code and is never read; save ${TORCH_REMEDY} instead.`,
      );
    },
    // ("storage", class, key, location, number of elements)
    persistent: (id) => {
      if (!Array.isArray(id) || id.length !== 5 || id[0] !== 'storage') throw malformed('a storage');
      const [, type, key, , count] = id as unknown[];
      const dtype = type instanceof PickleGlobal ? STORAGES.get(type.name) : undefined;
      if (dtype === undefined || typeof key !== 'string' || !isNatural(count)) throw malformed('a storage');
      return new Storage(dtype, key, count);
    },
  };
}
