/** The two ASCII digits of 0..99, one after the other. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => 48 + (i % 2 === 0 ? Math.trunc(i / 20) : (i >> 1) % 10),
);

const MINUS = 45;

/** Space that any safe integer needs: a sign and 16 digits. */
const INTEGER_ROOM = 17;

/**
 * Collects ASCII text as bytes, fast enough for millions of numbers. `bytes[0 .. length)` is what was written since the
 * last `take`.
 */
export class AsciiWriter {
  private bytes: Uint8Array;
  length = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** One character, by its code. */
  writeByte(code: number): void {
    if (this.length === this.bytes.length) this.grow(1);
    this.bytes[this.length++] = code;
  }

  writeText(text: string): void {
    this.grow(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }

  writeBytes(source: Uint8Array): void {
    const { length } = source;
    this.grow(length);
    if (length > 64) {
      this.bytes.set(source, this.length);
      this.length += length;
    } else {
      for (let i = 0; i < length; i++) this.bytes[this.length++] = source[i]!;
    }
  }

  /** A safe integer, in decimal. */
  writeInteger(value: number): void {
    this.grow(INTEGER_ROOM);
    let rest = value;
    if (rest < 0) {
      this.bytes[this.length++] = MINUS;
      rest = -rest;
    }
    if (rest < 1e8) {
      this.writeSmall(rest);
      return;
    }
    // Two halves below 10^8, on which integer arithmetic is fast; the lower one with its leading zeros.
    const high = Math.floor(rest / 1e8);
    this.writeSmall(high);
    let low = (rest - high * 1e8) | 0;
    const { bytes } = this;
    for (let at = this.length + 6; at >= this.length; at -= 2) {
      const quotient = (low / 100) | 0;
      const pair = 2 * (low - 100 * quotient);
      bytes[at] = PAIRS[pair]!;
      bytes[at + 1] = PAIRS[pair + 1]!;
      low = quotient;
    }
    this.length += 8;
  }

  /** An integer from 0 to 99,999,999. */
  private writeSmall(value: number): void {
    let rest = value | 0;
    let digits = 1;
    for (let power = 10; digits < 8 && rest >= power; power *= 10) digits++;
    const { bytes } = this;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const quotient = (rest / 10) | 0;
      bytes[at] = 48 + rest - 10 * quotient;
      rest = quotient;
    }
    this.length += digits;
  }

  /** Writes once more what was written from `start` on. */
  repeatFrom(start: number): void {
    const end = this.length;
    this.grow(end - start);
    this.bytes.copyWithin(end, start, end);
    this.length += end - start;
  }

  /** Puts another character in the place of the last one. */
  replaceLast(code: number): void {
    this.bytes[this.length - 1] = code;
  }

  /** A copy of what was written; starts again empty. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  private grow(room: number): void {
    if (this.length + room <= this.bytes.length) return;
    const bytes = new Uint8Array(2 * (this.length + room));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }
}
