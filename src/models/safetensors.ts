import {
  type Dtype,
  decodeNumbers,
  elementCount,
  encodeNumbers,
  ITEM_SIZE,
  type Tensor,
} from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';

/** Longest header that is read: 100 MB, the limit of the format's reference implementation. */
const HEADER_LIMIT = 100_000_000;

/** Bytes of the length that opens the file. */
const LENGTH_SIZE = 8;

const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F32', 'float32'],
  ['F64', 'float64'],
  ['I8', 'int8'],
  ['I16', 'int16'],
  ['I32', 'int32'],
  ['I64', 'int64'],
  ['U8', 'uint8'],
  ['U16', 'uint16'],
  ['U32', 'uint32'],
  ['U64', 'uint64'],
]);

interface Entry {
  name: string;
  dtype: Dtype;
  shape: number[];
  begin: number;
  end: number;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturals(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** Checks one entry of the header; its bytes are `begin..end` of the data that follow the header. */
function parseEntry(name: string, value: unknown, source: string): Entry {
  const where = `${source}: tensor "${name}"`;
  if (!isObject(value) || Object.keys(value).sort().join() !== 'data_offsets,dtype,shape') {
    throw new InputError(
      `${where} is described wrongly; expected exactly the fields dtype, shape and data_offsets.`,
    );
  }
  const { dtype: code, shape, data_offsets: offsets } = value;
  const dtype = typeof code === 'string' ? DTYPES.get(code) : undefined;
  if (dtype === undefined) {
    throw new InputError(
      `${where} has dtype ${JSON.stringify(code)}; expected one of ${[...DTYPES.keys()].join(', ')}, so convert it ` +
        `with .float() before save_file.`,
    );
  }
  if (!isNaturals(shape)) throw new InputError(`${where} has no valid shape; expected whole numbers >= 0.`);
  if (!isNaturals(offsets) || offsets.length !== 2) {
    throw new InputError(`${where} has no valid data_offsets; expected two whole numbers >= 0.`);
  }
  const [begin, end] = offsets as [number, number];
  const needed = elementCount(shape, where) * ITEM_SIZE[dtype];
  if (end - begin !== needed) {
    throw new InputError(
      `${where}: shape (${shape.join(', ')}) of ${code} needs ${needed} bytes, but data_offsets are ${begin} to ${end}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/**
 * Reads every tensor of a safetensors file, in the order of their data. The file is checked against the whole
 * specification: a header of at most 100 MB that begins with "{", no key twice, string metadata, and data that the
 * tensors cover without overlap and without hole. Values are exact; aligned float64 shares memory with `bytes`.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @throws InputError naming the source, the tensor and the reason.
 */
export function readSafetensors(bytes: Uint8Array, source: string): Tensor[] {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
  if (bytes.length < LENGTH_SIZE)
    fail('not a safetensors file: it is shorter than the 8 bytes of its header length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (headerLength > HEADER_LIMIT) {
    fail(`not a safetensors file: the header claims ${headerLength} bytes; at most ${HEADER_LIMIT} are read`);
  }
  if (headerLength > bytes.length - LENGTH_SIZE) {
    fail(`the header claims ${headerLength} bytes, but the file has only ${bytes.length - LENGTH_SIZE} more`);
  }
  const data = bytes.subarray(LENGTH_SIZE + headerLength);
  const header = parseJsonHeader(bytes.subarray(LENGTH_SIZE, LENGTH_SIZE + headerLength), fail);
  const entries: Entry[] = [];
  let keys = 0;
  for (const [name, value] of Object.entries(header.value)) {
    if (name === '__metadata__') {
      if (!isObject(value) || !Object.values(value).every((item) => typeof item === 'string')) {
        return fail('__metadata__ must map strings to strings');
      }
      keys += 1 + Object.keys(value).length;
    } else {
      entries.push(parseEntry(name, value, source));
      keys += 4;
    }
  }
  if (keys !== header.keysWritten) fail('the header has a key twice');

  // Sorted by position, each tensor must begin where the last one ended.
  let covered = 0;
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, end } of entries) {
    if (begin !== covered) {
      fail(
        `tensor "${name}" begins at byte ${begin} of the data, but ${covered} was expected: there must be no ` +
          `${begin < covered ? 'overlap' : 'hole'}`,
      );
    }
    covered = end;
  }
  if (covered !== data.length) {
    fail(
      `the tensors cover ${covered} bytes, but ${data.length} follow the header; the file may be truncated`,
    );
  }
  return entries.map(({ name, dtype, shape, begin, end }) => {
    const values = decodeNumbers(data.subarray(begin, end), dtype, true, `${source}: tensor "${name}"`);
    return { name, shape, dtype, values };
  });
}

/** The header's object, and how many keys were written in its text at all depths. */
function parseJsonHeader(
  bytes: Uint8Array,
  fail: (reason: string) => never,
): { value: Record<string, unknown>; keysWritten: number } {
  if (bytes[0] !== 0x7b) return fail('not a safetensors file: the header does not begin with "{"');
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    return fail(`the header is not JSON in UTF-8 (${(error as Error).message})`);
  }
  // In valid JSON a key is a string followed by a colon. JSON.parse keeps only the last of two equal keys, so that a
  // key written twice shows as a difference in the counts.
  const keysWritten = text.match(/"(?:[^"\\]|\\.)*"\s*:/g)?.length ?? 0;
  return { value: value as Record<string, unknown>, keysWritten };
}

/**
 * The safetensors file of some tensors, each in its own dtype, data in the given order, header padded with spaces to a
 * multiple of 8 bytes.
 *
 * @param metadata optional strings for `__metadata__`
 * @throws InputError when a name occurs twice or is reserved, or a value is not representable in its dtype.
 */
export function writeSafetensors(
  tensors: readonly Tensor[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const codes = new Map([...DTYPES].map(([code, dtype]) => [dtype, code]));
  const header = new Map<string, unknown>();
  if (metadata !== undefined) header.set('__metadata__', metadata);
  let end = 0;
  const data = tensors.map((tensor) => {
    if (header.has(tensor.name) || tensor.name === '__metadata__') {
      throw new InputError(
        `the tensor name "${tensor.name}" is reserved or used twice; the names must differ.`,
      );
    }
    const bytes = encodeNumbers(tensor);
    const begin = end;
    end += bytes.length;
    header.set(tensor.name, {
      dtype: codes.get(tensor.dtype),
      shape: tensor.shape,
      data_offsets: [begin, end],
    });
    return { begin, bytes };
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_SIZE + headerLength + end).fill(
    0x20,
    LENGTH_SIZE,
    LENGTH_SIZE + headerLength,
  );
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(json, LENGTH_SIZE);
  for (const { begin, bytes } of data) file.set(bytes, LENGTH_SIZE + headerLength + begin);
  return file;
}
