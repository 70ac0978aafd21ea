import { InputError } from '../problem/input-error.js';
import {
  type Dtype,
  decodeNumbers,
  elementCount,
  encodeNumbers,
  ITEM_SIZE,
  type Tensor,
  toRowMajor,
} from './tensor.js';

/** Longest header that is parsed. NumPy itself stops at 10,000 bytes. */
const HEADER_LIMIT = 65_536;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

const DTYPES: ReadonlyMap<string, Dtype> = new Map([
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['u8', 'uint64'],
]);

interface Header {
  descr: string;
  fortranOrder: boolean;
  shape: number[];
}

/**
 * Parses the Python dictionary literal of a header, `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`: the
 * three keys in any order, each once, and no other construct of the language.
 */
function parseHeader(text: string, where: string): Header {
  let at = 0;
  const fail = (expected: string): never => {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end of the header';
    throw new InputError(
      `${where}: malformed .npy header: expected ${expected} at character ${at}, found ${found}.`,
    );
  };
  const skipSpace = () => {
    while (at < text.length && ' \t\n\r'.includes(text[at]!)) at++;
  };
  const accept = (token: string): boolean => {
    skipSpace();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const expect = (token: string) => {
    if (!accept(token)) fail(`"${token}"`);
  };
  const match = (pattern: RegExp, expected: string): string => {
    skipSpace();
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return fail(expected);
    at = pattern.lastIndex;
    return found[0];
  };
  const string = () => match(/'[^'\\\n]*'|"[^"\\\n]*"/y, 'a quoted string').slice(1, -1);

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  expect('{');
  while (!accept('}')) {
    const key = string();
    expect(':');
    if (key === 'descr' && descr === undefined) {
      if (accept('[')) {
        throw new InputError(
          `${where}: a structured dtype has no single number per element; save each field alone, e.g. ` +
            `np.save(file, array['field'].astype(np.float64)).`,
        );
      }
      descr = string();
    } else if (key === 'fortran_order' && fortranOrder === undefined) {
      fortranOrder = match(/True\b|False\b/y, 'True or False') === 'True';
    } else if (key === 'shape' && shape === undefined) {
      shape = [];
      expect('(');
      while (!accept(')')) {
        // Python 2 wrote long integers with a trailing L.
        shape.push(Number(match(/\d{1,20}/y, 'a dimension')));
        if (text[at] === 'L') at++;
        if (!accept(',') && (shape.length === 1 || !text.slice(at).trimStart().startsWith(')'))) fail('","');
      }
    } else {
      throw new InputError(
        `${where}: malformed .npy header: unexpected or repeated key "${key}"; expected descr, fortran_order and ` +
          `shape, each once.`,
      );
    }
    if (!accept(',')) {
      expect('}');
      break;
    }
  }
  skipSpace();
  if (at !== text.length) fail('nothing more');
  if (descr === undefined || fortranOrder === undefined || shape === undefined) {
    throw new InputError(
      `${where}: malformed .npy header: expected the keys descr, fortran_order and shape.`,
    );
  }
  return { descr, fortranOrder, shape };
}

function parseDescr(descr: string, where: string): { dtype: Dtype; littleEndian: boolean } {
  const dtype = /^[<>=|]/.test(descr) ? DTYPES.get(descr.slice(1)) : undefined;
  if (dtype !== undefined && (ITEM_SIZE[dtype] === 1 || /^[<>]/.test(descr))) {
    return { dtype, littleEndian: descr[0] !== '>' };
  }
  const remedy = 'save it with np.save(file, array.astype(np.float64))';
  if (/^\|?O/.test(descr)) {
    throw new InputError(
      `${where}: an array of Python objects is stored as a pickle, which can run code and is never read; ${remedy}.`,
    );
  }
  throw new InputError(
    `${where}: dtype "${descr}" is not a number we read exactly (f2, f4, f8, i1..i8, u1..u8); ${remedy}.`,
  );
}

/**
 * Reads an array in NumPy's .npy format, versions 1.0, 2.0 and 3.0: real floating-point and integer dtypes, either byte
 * order, C or Fortran order (NEP 1 and `numpy.lib.format`). The values are exact; NaN and infinities are returned as
 * they are. Aligned little-endian float64 in C order is not copied: `values` then shares memory with `bytes`.
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @param name name of the resulting tensor
 * @throws InputError for anything else, naming the source and the reason.
 */
export function readNpy(bytes: Uint8Array, source: string, name = 'array'): Tensor {
  const fail = (reason: string): never => {
    throw new InputError(`${source}: ${reason}.`);
  };
  if (bytes.length < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    fail('not a .npy file: it does not begin with "\\x93NUMPY" and a version');
  }
  const [major, minor] = [bytes[6]!, bytes[7]!];
  if (major < 1 || major > 3 || minor !== 0) {
    fail(`.npy version ${major}.${minor} is unknown; expected 1.0, 2.0 or 3.0`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerStart = major === 1 ? 10 : 12;
  if (bytes.length < headerStart) fail('the file ends inside the .npy header');
  const headerLength = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataStart = headerStart + headerLength;
  if (dataStart > bytes.length) {
    fail(
      `the .npy header claims ${headerLength} bytes, but the file has only ${bytes.length - headerStart} more`,
    );
  }
  if (headerLength > HEADER_LIMIT) {
    fail(`the .npy header claims ${headerLength} bytes; at most ${HEADER_LIMIT} are read`);
  }
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(
    bytes.subarray(headerStart, dataStart),
  );
  const { descr, fortranOrder, shape } = parseHeader(text, source);
  const { dtype, littleEndian } = parseDescr(descr, source);
  const count = elementCount(shape, source);
  const data = bytes.subarray(dataStart);
  if (data.length !== count * ITEM_SIZE[dtype]) {
    fail(
      `shape (${shape.join(', ')}) of ${dtype} needs ${count * ITEM_SIZE[dtype]} bytes, but ${data.length} follow the ` +
        `.npy header`,
    );
  }
  const stored = decodeNumbers(data, dtype, littleEndian, source);
  if (!fortranOrder || shape.length < 2) return { name, shape, dtype, values: stored };
  const strides: number[] = [];
  shape.reduce((product, size) => {
    strides.push(product);
    return product * size;
  }, 1);
  return { name, shape, dtype, values: toRowMajor(stored, shape, strides, 0) };
}

/**
 * The .npy file (version 1.0, little-endian, C order) of a tensor in its own dtype.
 * @throws InputError when a value is not representable in the dtype, and for bfloat16, which NumPy does not have.
 */
export function writeNpy(tensor: Tensor): Uint8Array {
  const code = [...DTYPES].find(([, dtype]) => dtype === tensor.dtype)?.[0];
  if (code === undefined) {
    throw new InputError(
      `tensor "${tensor.name}": NumPy has no ${tensor.dtype}; write it as float32 instead.`,
    );
  }
  const data = encodeNumbers(tensor);
  const shape = `(${tensor.shape.join(', ')}${tensor.shape.length === 1 ? ',' : ''})`;
  const order = ITEM_SIZE[tensor.dtype] === 1 ? '|' : '<';
  const header = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Padded with spaces so that the data begin at a multiple of 64.
  const dataStart = Math.ceil((10 + header.length + 1) / 64) * 64;
  const file = new Uint8Array(dataStart + data.length);
  file.set(MAGIC);
  file[6] = 1;
  new DataView(file.buffer).setUint16(8, dataStart - 10, true);
  file.set(new TextEncoder().encode(`${header.padEnd(dataStart - 11)}\n`), 10);
  file.set(data, dataStart);
  return file;
}
