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
import { findStateDict } from './checkpoint.js';
import { PickleGlobal, type PickleHost, readPickle, readPickleAt } from './pickle.js';

/** The line that writes a file which `readTorch` reads. */
export const TORCH_REMEDY = 'torch.save(model.state_dict(), "model.pt")';

/** Views may repeat elements of a storage (`expand`); in all they may hold this many elements ... */
const FREE_ELEMENTS = 2 ** 20;
/** ... and, beyond that, this many per byte of the file. */
const ELEMENTS_PER_BYTE = 4;

/** Classes of typed storage. */
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

const UNTYPED_STORAGE = 'torch.storage UntypedStorage';

/** Types of numbers that tensors of untyped storage name. */
const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ['torch uint8', 'uint8'],
  ['torch uint16', 'uint16'],
  ['torch uint32', 'uint32'],
  ['torch uint64', 'uint64'],
]);

/** Types of numbers that are not read; a tensor of one is refused by its name. */
const OTHER_DTYPES: ReadonlySet<string> = new Set(
  (
    'bool complex32 complex64 complex128 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu float4_e2m1fn_x2 ' +
    'quint8 qint8 qint32 quint4x2 quint2x4 float16 bfloat16 float32 float64 int8 int16 int32 int64'
  )
    .split(' ')
    .map((name) => `torch ${name}`),
);

/** What stands in checkpoints beside the weights: read over, and never called. */
const INERT: ReadonlySet<string> = new Set([
  '__builtin__ object',
  '__builtin__ set',
  '_codecs encode',
  'argparse Namespace',
  'builtins frozenset',
  'builtins object',
  'builtins set',
  'collections Counter',
  'collections defaultdict',
  'copy_reg _reconstructor',
  'copyreg _reconstructor',
  'datetime datetime',
  'datetime timedelta',
  'lightning.fabric.utilities.data AttributeDict',
  'lightning.pytorch.utilities.parsing AttributeDict',
  'lightning_fabric.utilities.data AttributeDict',
  'numpy dtype',
  'numpy ndarray',
  'numpy._core.multiarray _reconstruct',
  'numpy._core.multiarray scalar',
  'numpy.core.multiarray _reconstruct',
  'numpy.core.multiarray scalar',
  'pathlib PosixPath',
  'pathlib WindowsPath',
  'pathlib._local PosixPath',
  'pathlib._local WindowsPath',
  'pytorch_lightning.utilities.parsing AttributeDict',
  'torch Size',
  'torch device',
  'torch.torch_version TorchVersion',
  'types SimpleNamespace',
]);

/** What a persistent id stands for: `count` numbers under the name `key`; of an untyped storage, bytes. */
class Storage {
  constructor(
    readonly dtype: Dtype | null,
    readonly key: string,
    readonly count: number,
  ) {}
}

/** A strided view of a storage, in elements. */
class View {
  constructor(
    readonly storage: Storage,
    /** The type of the numbers; a text is one that is not read. */
    readonly dtype: Dtype | { readonly unknown: string },
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {}
}

/** The tensors of a file, and where in the file they are. */
export interface TorchFile {
  readonly tensors: Tensor[];
  /** The entry of the checkpoint that holds them, keys joined with "."; null when the file is a state dict. */
  readonly entry: string | null;
}

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isNatural);
}

/**
 * Reads a PyTorch state dict, a file written by `torch.save(model.state_dict(), "model.pt")`, or the one state dict in a
 * checkpoint (see `findStateDict`): float16, bfloat16, float32, float64 and integer tensors, strided views, parameters, either byte
 * order; the zip format, and the format before PyTorch 1.6 (`_use_new_zipfile_serialization=False`). The tensors come in the order of the
 * dict, row-major, with exactly the stored numbers.
 *
 * A pickle can name any Python function. This reader knows a few (an ordered dict, a tensor, a parameter, storages) and some classes that
 * stand in checkpoints, whose objects it reads over; it runs none of Python's, and refuses every other name.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @param limits sizes beyond which the archive is refused unread
 * @throws InputError for whole-module pickles, TorchScript, files with no model or several, and anything damaged; the message says what
 * to save instead.
 */
export function readTorch(
  bytes: Uint8Array,
  source: string,
  limits: ZipLimits = DEFAULT_ZIP_LIMITS,
): TorchFile {
  if (String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar') {
    throw new InputError(
      `${source}: a tar file, the first format of PyTorch, is not read; load it in PyTorch and save it with ${TORCH_REMEDY}.`,
    );
  }
  const { value, storageOf, littleEndian } = isLegacy(bytes)
    ? unpackLegacy(bytes, source)
    : unpackArchive(bytes, source, limits);
  const isView = (item: unknown): item is View => item instanceof View;
  const { entry, tensors: views } = findStateDict(value, isView, source, TORCH_REMEDY);

  // Refuse absurd repetition before allocating anything.
  const total = views.reduce(
    (sum, [name, view]) => sum + elementCount(view.shape, `${source}: "${name}"`),
    0,
  );
  if (total > FREE_ELEMENTS + ELEMENTS_PER_BYTE * bytes.length) {
    throw new InputError(
      `${source}: ${bytes.length} bytes claim to hold ${total} numbers; save it again after .contiguous().`,
    );
  }

  const decoded = new Map<string, { dtype: Dtype; numbers: Float64Array }>();
  const tensors = views.map(([name, { storage, dtype, offset, shape, strides }]): Tensor => {
    const where = `${source}: tensor "${name}"`;
    if (typeof dtype === 'object') {
      throw new InputError(
        `${where} has numbers of type ${dtype.unknown}, which are not read; convert them with model.double() and save with ` +
          `${TORCH_REMEDY}.`,
      );
    }
    const { key } = storage;
    // Untyped storage is counted in bytes.
    const size = storage.count * (storage.dtype === null ? 1 : ITEM_SIZE[storage.dtype]);
    let data = decoded.get(key);
    if (data === undefined) {
      const raw = storageOf(key);
      if (raw === undefined) throw new InputError(`${where}: its storage data/${key} is missing.`);
      if (raw.length !== size || size % ITEM_SIZE[dtype] !== 0) {
        throw new InputError(
          `${where}: its storage of ${size / ITEM_SIZE[dtype]} ${dtype} numbers needs ${size} bytes, but ` +
            `data/${key} has ${raw.length}.`,
        );
      }
      data = { dtype, numbers: decodeNumbers(raw, dtype, littleEndian, where) };
      decoded.set(key, data);
    }
    const count = size / ITEM_SIZE[dtype];
    if (data.dtype !== dtype || data.numbers.length !== count) {
      throw new InputError(`${where}: its storage data/${key} is used with two different types or sizes.`);
    }
    const last = shape.reduce((sum, length, k) => sum + (length - 1) * strides[k]!, offset);
    if (!shape.includes(0) && last >= count) {
      throw new InputError(
        `${where}: shape (${shape.join(', ')}) with strides (${strides.join(', ')}) from ${offset} reaches element ` +
          `${last} of a storage of ${count}.`,
      );
    }
    return { name, shape: [...shape], dtype, values: toRowMajor(data.numbers, shape, strides, offset) };
  });
  return { tensors, entry };
}

/** What a file holds, before its numbers are decoded. */
interface Unpacked {
  /** The object of its pickle; tensors are `View`s. */
  readonly value: unknown;
  /** The bytes of a storage by its key. */
  storageOf(key: string): Uint8Array | undefined;
  readonly littleEndian: boolean;
}

/** The archive: root/data.pkl, root/data/KEY for every storage, root/byteorder in newer files. */
function unpackArchive(bytes: Uint8Array, source: string, limits: ZipLimits): Unpacked {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
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
  return {
    value: readPickle(entries.get(pickles[0]!)!, stateDictHost(source), `${source}, data.pkl`),
    storageOf: (key) => entries.get(`${root}data/${key}`),
    littleEndian: order === 'little',
  };
}

/** First pickle of the format before PyTorch 1.6. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/** A file that begins with a pickle. */
function isLegacy(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80;
}

/**
 * The format before PyTorch 1.6, one after the other: pickles of a magic number, of the protocol 1001, of facts about the machine, of
 * the object, and of the list of storage keys; then for every key its number of elements (64 bits) and its bytes.
 */
function unpackLegacy(bytes: Uint8Array, source: string): Unpacked {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}; load it in PyTorch and save it with ${TORCH_REMEDY}.`);
  };
  const host = stateDictHost(source);
  const sizes = new Map<string, number>();
  const noting: PickleHost = {
    ...host,
    persistent: (id) => {
      const storage = host.persistent(id) as Storage;
      const size = storage.dtype === null ? 1 : ITEM_SIZE[storage.dtype];
      if ((sizes.get(storage.key) ?? size) !== size) fail(`the storage ${storage.key} has two types`);
      sizes.set(storage.key, size);
      return storage;
    },
  };
  let at = 0;
  const next = (what: string): unknown => {
    if (at >= bytes.length) fail(`ends before ${what}`);
    const { value, end } = readPickleAt(bytes, at, noting, `${source}, ${what}`);
    at = end;
    return value;
  };
  if (next('magic number') !== LEGACY_MAGIC) fail('is a bare pickle, not a file of torch.save');
  const protocol = next('protocol');
  if (protocol !== LEGACY_PROTOCOL) fail(`has the protocol ${String(protocol)}; expected ${LEGACY_PROTOCOL}`);
  const machine = next('facts about the machine');
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    fail('was written on a machine that is not little-endian, which is not read in this format');
  }
  const value = next('object');
  const keys = next('list of storages');
  if (!Array.isArray(keys)) return fail('has no list of storages');
  const storages = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const key of keys) {
    const size = typeof key === 'string' ? sizes.get(key) : undefined;
    if (size === undefined || storages.has(key))
      return fail('lists a storage that no tensor uses, or one twice');
    if (at + 8 > bytes.length) fail('ends before its storages');
    const count = Number(view.getBigUint64(at, true));
    at += 8;
    if (count * size > bytes.length - at) {
      fail(`the storage ${key} claims ${count} numbers, but only ${bytes.length - at} bytes are left`);
    }
    storages.set(key, bytes.subarray(at, at + count * size));
    at += count * size;
  }
  if (at !== bytes.length) fail(`has ${bytes.length - at} bytes after its last storage`);
  return { value, storageOf: (key) => storages.get(key), littleEndian: true };
}

/** The globals of state dicts and checkpoints. */
function stateDictHost(source: string): PickleHost {
  const malformed = (what: string): InputError =>
    new InputError(`${source}: data.pkl describes ${what} in an unknown way; save it with ${TORCH_REMEDY}.`);
  const globals = new Map<string, ((args: unknown[]) => unknown) | undefined>();
  for (const name of [...STORAGES.keys(), ...DTYPES.keys(), ...OTHER_DTYPES, UNTYPED_STORAGE]) {
    globals.set(name, undefined);
  }
  globals.set('collections OrderedDict', (args) => {
    if (args.length > 0) throw malformed('an OrderedDict');
    return new Map();
  });
  // (storage, offset, shape, strides, requires_grad, backward_hooks[, metadata])
  globals.set('torch._utils _rebuild_tensor_v2', ([storage, offset, shape, strides, , , ...rest]) => {
    const valid = storage instanceof Storage && isNatural(offset) && isNaturals(shape) && isNaturals(strides);
    if (!valid || shape.length !== strides.length || rest.length > 1 || storage.dtype === null)
      throw malformed('a tensor');
    return new View(storage, storage.dtype, offset, shape, strides);
  });
  // (untyped storage, offset, shape, strides, requires_grad, backward_hooks, dtype[, metadata]): types that have no storage class.
  globals.set('torch._utils _rebuild_tensor_v3', ([storage, offset, shape, strides, , , type, ...rest]) => {
    const valid = storage instanceof Storage && isNatural(offset) && isNaturals(shape) && isNaturals(strides);
    if (!valid || shape.length !== strides.length || rest.length > 1 || !(type instanceof PickleGlobal))
      throw malformed('a tensor');
    const dtype = DTYPES.get(type.name) ?? { unknown: type.name.replace(' ', '.') };
    return new View(storage, dtype, offset, shape, strides);
  });
  // (tensor, requires_grad, backward_hooks)
  globals.set('torch._utils _rebuild_parameter', ([tensor, , , ...rest]) => {
    if (!(tensor instanceof View) || rest.length > 0) throw malformed('a parameter');
    return tensor;
  });
  return {
    globals,
    inert: INERT,
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
    // ("storage", class, key, location, number of elements[, part of another storage: only in ancient files])
    persistent: (id) => {
      const complete = Array.isArray(id) && (id.length === 5 || (id.length === 6 && id[5] === null));
      if (!complete || id[0] !== 'storage') throw malformed('a storage');
      const [, type, key, , count] = id as unknown[];
      const name = type instanceof PickleGlobal ? type.name : '';
      const dtype = name === UNTYPED_STORAGE ? null : STORAGES.get(name);
      if (dtype === undefined || typeof key !== 'string' || !isNatural(count)) throw malformed('a storage');
      return new Storage(dtype, key, count);
    },
  };
}
