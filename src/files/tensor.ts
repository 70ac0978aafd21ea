import { InputError } from '../problem/input-error.js';

/** Number formats that we read. Every one but the 64-bit integers is exact as a double. */
export type Dtype =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64';

/**
 * A dense array read from a file.
 *
 * Layout: `values` is row-major (C order): element (i_0, ..., i_r) of a tensor of shape (n_0, ..., n_r) is
 * `values[(...(i_0 n_1 + i_1) n_2 + ...) n_r + i_r]`; a scalar has shape `[]` and one value. The values are exactly
 * the stored numbers. `values` may share memory with the file it was read from.
 */
export interface Tensor {
  name: string;
  shape: number[];
  dtype: Dtype;
  values: Float64Array;
}

/** Bytes of one element. */
export const ITEM_SIZE: Readonly<Record<Dtype, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
};

/** Limits on a shape; what lies beyond is taken for damage or malice. */
export const SHAPE_LIMITS = {
  /** Most dimensions of an array (NumPy's own limit). */
  dimensions: 64,
  /** Largest product of the dimensions, zeros left out. */
  elements: 2 ** 32,
};

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * The number of elements of a shape.
 * @throws InputError when a dimension is negative or not an integer, or when the shape exceeds `SHAPE_LIMITS`.
 */
export function elementCount(shape: readonly number[], where: string): number {
  if (shape.length > SHAPE_LIMITS.dimensions) {
    throw new InputError(
      `${where} has ${shape.length} dimensions; at most ${SHAPE_LIMITS.dimensions} are read.`,
    );
  }
  let product = 1;
  let empty = false;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new InputError(`${where} has the impossible dimension ${size}; expected a whole number >= 0.`);
    }
    if (size === 0) empty = true;
    else product *= size;
    if (product > SHAPE_LIMITS.elements) {
      throw new InputError(
        `${where} has the absurd shape (${shape.join(', ')}); at most ${SHAPE_LIMITS.elements} elements are read.`,
      );
    }
  }
  return empty ? 0 : product;
}

/** The bytes at an address divisible by `size`, in the byte order of this machine; copied only when they must be. */
function hostBytes(bytes: Uint8Array, size: number, littleEndian: boolean): Uint8Array {
  const swap = size > 1 && littleEndian !== hostIsLittleEndian;
  if (!swap && bytes.byteOffset % size === 0) return bytes;
  // Not `slice`, which for a Node Buffer is a view on the same memory.
  const copy = new Uint8Array(bytes);
  if (swap) {
    for (let start = 0; start < copy.length; start += size) {
      for (let i = start, j = start + size - 1; i < j; i++, j--) {
        const byte = copy[i]!;
        copy[i] = copy[j]!;
        copy[j] = byte;
      }
    }
  }
  return copy;
}

/** The double equal to the IEEE 754 binary16 number with these bits. */
function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bits of the binary16 number nearest a double, ties to even. */
function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // Quantum of the binade: 2^-24 for subnormals, 2^(e-10) for [2^e, 2^(e+1)).
  let exponent = -14;
  while (2 ** (exponent + 1) <= size) exponent++;
  const scaled = size * 2 ** (10 - exponent);
  let fraction = Math.floor(scaled);
  const rest = scaled - fraction;
  if (rest > 0.5 || (rest === 0.5 && fraction % 2 === 1)) fraction++;
  // A fraction of 1024 or more carries the implicit bit, and 2048 the next exponent: plain addition is right.
  return sign | (((exponent + 14) << 10) + fraction);
}

/**
 * 64-bit integers as doubles, refusing those that no double equals.
 * @throws InputError naming the element.
 */
function fromInt64(bytes: Uint8Array, signed: boolean, where: string): Float64Array {
  const count = bytes.length / 8;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, 2 * count);
  const low = hostIsLittleEndian ? 0 : 1;
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const high = words[2 * i + 1 - low]!;
    const value = (signed ? high | 0 : high) * 4294967296 + words[2 * i + low]!;
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      const bits = (BigInt(high) << 32n) | BigInt(words[2 * i + low]!);
      const integer = signed ? BigInt.asIntN(64, bits) : bits;
      if (BigInt(value) !== integer) {
        throw new InputError(
          `${where}, element ${i}, is ${integer}, which no double equals; divide the data by a common factor or ` +
            `store them as float64.`,
        );
      }
    }
    values[i] = value;
  }
  return values;
}

/**
 * The numbers stored in `bytes`, exactly. Shares memory with `bytes` when they are aligned float64 of this machine's
 * byte order.
 *
 * @param bytes a multiple of the item size
 * @param where what the bytes are, for error messages
 * @throws InputError for a 64-bit integer that no double equals, naming the element (position in storage, from 0).
 */
export function decodeNumbers(
  bytes: Uint8Array,
  dtype: Dtype,
  littleEndian: boolean,
  where: string,
): Float64Array {
  const size = ITEM_SIZE[dtype];
  const host = hostBytes(bytes, size, littleEndian);
  const { buffer, byteOffset } = host;
  const count = host.length / size;
  switch (dtype) {
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'float32':
      return new Float64Array(new Float32Array(buffer, byteOffset, count));
    case 'float16':
      return Float64Array.from(new Uint16Array(buffer, byteOffset, count), fromFloat16);
    case 'bfloat16': {
      // bfloat16 is the upper half of a float32.
      const upper = Uint32Array.from(new Uint16Array(buffer, byteOffset, count), (bits) => bits << 16);
      return new Float64Array(new Float32Array(upper.buffer));
    }
    case 'int8':
      return new Float64Array(new Int8Array(buffer, byteOffset, count));
    case 'int16':
      return new Float64Array(new Int16Array(buffer, byteOffset, count));
    case 'int32':
      return new Float64Array(new Int32Array(buffer, byteOffset, count));
    case 'int64':
    case 'uint64':
      return fromInt64(host, dtype === 'int64', where);
    case 'uint8':
      return new Float64Array(host);
    case 'uint16':
      return new Float64Array(new Uint16Array(buffer, byteOffset, count));
    case 'uint32':
      return new Float64Array(new Uint32Array(buffer, byteOffset, count));
  }
}

/** Typed array of the machine's own format, filled from doubles; rounding is caught by the caller. */
function nativeArray(values: Float64Array, dtype: Dtype): ArrayBufferView {
  switch (dtype) {
    case 'float64':
      return values.slice();
    case 'float32':
      return new Float32Array(values);
    case 'float16':
      return Uint16Array.from(values, toFloat16);
    case 'bfloat16':
      return Uint16Array.from(new Uint32Array(new Float32Array(values).buffer), (bits) => bits >>> 16);
    case 'int8':
      return new Int8Array(values);
    case 'int16':
      return new Int16Array(values);
    case 'int32':
      return new Int32Array(values);
    case 'int64':
      return BigInt64Array.from(values as Iterable<unknown> as Iterable<bigint>, (v) => toBigInt(Number(v)));
    case 'uint8':
      return new Uint8Array(values);
    case 'uint16':
      return new Uint16Array(values);
    case 'uint32':
      return new Uint32Array(values);
    case 'uint64':
      return BigUint64Array.from(values as Iterable<unknown> as Iterable<bigint>, (v) => toBigInt(Number(v)));
  }
}

function toBigInt(value: number): bigint {
  return Number.isInteger(value) ? BigInt(value) : 0n;
}

/**
 * Little-endian bytes of a tensor in its own dtype: the inverse of `decodeNumbers`.
 * @throws InputError when a value is not exactly representable in the dtype, or the count does not fit the shape.
 */
export function encodeNumbers(tensor: Tensor): Uint8Array {
  const { name, shape, dtype, values } = tensor;
  if (elementCount(shape, `tensor "${name}"`) !== values.length) {
    throw new InputError(
      `tensor "${name}" has shape (${shape.join(', ')}) but ${values.length} values; they must agree.`,
    );
  }
  const native = nativeArray(values, dtype);
  const bytes = new Uint8Array(native.buffer as ArrayBuffer, native.byteOffset, native.byteLength);
  const back = decodeNumbers(bytes, dtype, hostIsLittleEndian, name);
  for (let i = 0; i < values.length; i++) {
    // Integers have no -0; it is the number 0 all the same. All NaN count as one.
    if (back[i] !== values[i] && !(Number.isNaN(back[i]) && Number.isNaN(values[i]))) {
      throw new InputError(
        `tensor "${name}", element ${i}: ${values[i]} is not a ${dtype}; write it as float64 instead.`,
      );
    }
  }
  return hostBytes(bytes, ITEM_SIZE[dtype], true);
}

/**
 * The row-major copy of a strided view: element (i_0, ..., i_r) is `storage[offset + sum_k i_k strides[k]]`. The caller
 * has checked that the view stays inside the storage.
 */
export function toRowMajor(
  storage: Float64Array,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): Float64Array {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = new Float64Array(count);
  const rank = shape.length;
  const columns = rank === 0 ? 1 : shape[rank - 1]!;
  const step = rank === 0 ? 0 : strides[rank - 1]!;
  const index = new Array<number>(rank).fill(0);
  let start = offset;
  for (let target = 0; target < count; ) {
    for (let j = 0, from = start; j < columns; j++, from += step) values[target++] = storage[from]!;
    // Odometer over all dimensions but the last.
    for (let k = rank - 2; k >= 0; k--) {
      start += strides[k]!;
      if (++index[k]! < shape[k]!) break;
      start -= strides[k]! * shape[k]!;
      index[k] = 0;
    }
  }
  return values;
}

/**
 * Guard for data and weights, which must be finite.
 * @throws InputError naming the first NaN or infinity by its indices, counted from 0.
 */
export function requireFinite(tensor: Tensor, source: string): void {
  const { name, shape, values } = tensor;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    const index: number[] = [];
    let rest = i;
    for (let k = shape.length - 1; k >= 0; k--) {
      index.unshift(rest % shape[k]!);
      rest = Math.floor(rest / shape[k]!);
    }
    throw new InputError(
      `${source}: ${name}[${index.join(', ')}] (row ${index[0] ?? 0}, counted from 0) is ${values[i]}; ` +
        `every value must be finite, so correct or remove it and save again.`,
    );
  }
}
