import { InputError } from '../problem/input-error.js';

/** Most fields of one message, nested ones not counted. */
const FIELD_LIMIT = 2 ** 20;

/** A varint (wire type 0), unsigned 64-bit, or the bytes of a fixed (1, 5) or length-delimited (2) field. */
type FieldValue = bigint | Uint8Array;

/**
 * A protobuf message in wire format, its fields grouped by number in the order of the file. Nested messages stay bytes
 * until they are asked for.
 */
export class ProtobufMessage {
  private readonly fields = new Map<number, FieldValue[]>();

  /**
   * @param where what the bytes are, for error messages
   * @throws InputError when the bytes are not fields of wire types 0, 1, 2 and 5 from first to last.
   */
  constructor(
    bytes: Uint8Array,
    readonly where: string,
  ) {
    let at = 0;
    for (let count = 1; at < bytes.length; count++) {
      if (count > FIELD_LIMIT) throw malformed(where, at, `more than ${FIELD_LIMIT} fields`);
      const key = readVarint(bytes, at, where);
      const number = Number(key.value >> 3n);
      const wireType = Number(key.value & 7n);
      if (number < 1 || number >= 2 ** 29) throw malformed(where, at, `field number ${number}`);
      at = key.next;
      let value: FieldValue;
      if (wireType === 0) {
        const varint = readVarint(bytes, at, where);
        value = varint.value;
        at = varint.next;
      } else {
        let size: number;
        if (wireType === 2) {
          const length = readVarint(bytes, at, where);
          size = Number(length.value);
          at = length.next;
        } else if (wireType === 1 || wireType === 5) {
          size = wireType === 1 ? 8 : 4;
        } else {
          throw malformed(where, at, `wire type ${wireType}`);
        }
        if (size > bytes.length - at) {
          throw malformed(where, at, `a field of ${size} bytes where ${bytes.length - at} are left`);
        }
        value = bytes.subarray(at, at + size);
        at += size;
      }
      const list = this.fields.get(number);
      if (list === undefined) this.fields.set(number, [value]);
      else list.push(value);
    }
  }

  /** Number of occurrences of a field. */
  count(number: number): number {
    return this.fields.get(number)?.length ?? 0;
  }

  /** The contents of a length-delimited field, every occurrence. */
  blocks(number: number): Uint8Array[] {
    return (this.fields.get(number) ?? []).map((value) => {
      if (typeof value === 'bigint') throw malformed(this.where, 0, `a number in field ${number}`);
      return value;
    });
  }

  /** Nested messages. */
  messages(number: number, what: string): ProtobufMessage[] {
    return this.blocks(number).map((block, i) => new ProtobufMessage(block, `${this.where}, ${what} ${i}`));
  }

  /** The only nested message of this number; undefined when absent. */
  message(number: number, what: string): ProtobufMessage | undefined {
    if (this.count(number) > 1) throw malformed(this.where, 0, `more than one ${what}`);
    const block = this.blocks(number)[0];
    return block && new ProtobufMessage(block, `${this.where}, ${what}`);
  }

  strings(number: number): string[] {
    return this.blocks(number).map((block) => {
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(block);
      } catch {
        throw malformed(this.where, 0, `text that is not UTF-8 in field ${number}`);
      }
    });
  }

  /** The last occurrence of a string, or "". */
  string(number: number): string {
    return this.strings(number).at(-1) ?? '';
  }

  /** Every signed 64-bit integer of a repeated field, packed or not. */
  integers(number: number): bigint[] {
    const integers: bigint[] = [];
    for (const value of this.fields.get(number) ?? []) {
      if (typeof value === 'bigint') {
        integers.push(BigInt.asIntN(64, value));
        continue;
      }
      for (let at = 0; at < value.length; ) {
        const varint = readVarint(value, at, this.where);
        integers.push(BigInt.asIntN(64, varint.value));
        at = varint.next;
      }
    }
    return integers;
  }

  /** The last occurrence of an integer; undefined when absent. */
  integer(number: number): bigint | undefined {
    return this.integers(number).at(-1);
  }

  /** All bytes of a repeated field of fixed-size numbers, packed or not. */
  fixed(number: number, size: 4 | 8): Uint8Array {
    const blocks = this.blocks(number);
    if (blocks.some((block) => block.length % size !== 0)) {
      throw malformed(this.where, 0, `numbers that are not of ${size} bytes in field ${number}`);
    }
    if (blocks.length === 1) return blocks[0]!;
    const joined = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
    let at = 0;
    for (const block of blocks) {
      joined.set(block, at);
      at += block.length;
    }
    return joined;
  }
}

function malformed(where: string, at: number, found: string): InputError {
  return new InputError(
    `${where}: not a valid protobuf message: ${found} near byte ${at}; the file may be damaged.`,
  );
}

/** A varint: 7 bits per byte, least significant first, at most 10 bytes and 64 bits. */
function readVarint(bytes: Uint8Array, start: number, where: string): { value: bigint; next: number } {
  // Up to four bytes fit a small integer; longer ones are rare.
  let small = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw malformed(where, start, 'an unfinished number');
    small |= (byte & 127) << (7 * i);
    if (byte < 128) return { value: BigInt(small), next: start + i + 1 };
  }
  let value = BigInt(small);
  for (let i = 4; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) throw malformed(where, start, 'an unfinished number');
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) {
      if (value >= 2n ** 64n) break;
      return { value, next: start + i + 1 };
    }
  }
  throw malformed(where, start, 'a number of more than 64 bits');
}
