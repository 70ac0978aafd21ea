import { Rational } from '../exact/rational.js';
import { InputError, type Place } from '../problem/input-error.js';

/** A number of a JSON text that is not a plain integer below 10^15, as it is written; nothing is rounded. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** An object of a JSON text. It inherits nothing, so every key, even "__proto__", is only what the text says. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** `number` stands only for a plain integer ("0", "-12") of at most 15 digits; every other number is a `JsonNumber`. */
export type JsonValue =
  | null
  | boolean
  | string
  | number
  | JsonNumber
  | JsonLeaf
  | readonly JsonValue[]
  | JsonObject;

/** A notation of objects; the pattern must be sticky (flag y) and begin with "{". */
export interface JsonLeafPattern {
  readonly pattern: RegExp;
  make(match: RegExpExecArray): object | null;
}

/** An object of a JSON text that was turned into something else as soon as it was read (`JsonOptions.leaf`). */
export class JsonLeaf {
  constructor(readonly value: object) {}
}

/** Lists of a JSON text that are too long to be kept. */
export interface JsonStream {
  /** Where they are: a key or, for any index, null at every depth. */
  readonly path: readonly (string | null)[];
  /**
   * A list begins: what is called with each of its entries, and what takes its place, as a `JsonLeaf`.
   * @param start how many characters of the text stand before its first entry, its "[" included
   * @param name its path, for messages
   */
  begin(start: number, name: string): { entry(value: JsonValue): void; end(): object };
}

export interface JsonOptions {
  /** Deepest nesting of arrays and objects that is read. */
  readonly depth: number;
  /**
   * Objects whose text matches a pattern from its first to its last character are not read as objects: what `make` returns
   * takes their place as a `JsonLeaf`; null leaves them. Files with millions of small objects in one notation are read
   * several times faster so.
   */
  readonly leaf?: JsonLeafPattern;
  /** Lists that are not kept: each entry is handed over when it has been read, and costs no memory. */
  readonly stream?: JsonStream;
  /** Most memory that the values may take, in words of eight bytes as `COST` estimates them. A text that unpacks to more is refused. */
  readonly words: number;
  /** Characters that are held ahead when a text comes in pieces; at least 32. */
  readonly ahead: number;
}

/** 2^27 words are 1 GiB: a million neurons in any notation, five million points. */
export const DEFAULT_JSON_OPTIONS: JsonOptions = { depth: 64, words: 2 ** 27, ahead: 2 ** 22 };

/**
 * Words that values take: any array or object, what an array with entries holds ready for more, and so on. An entry of an array
 * counts twice because arrays grow by copying.
 */
const COST = {
  object: 5,
  array: 15,
  entry: 2,
  property: 2,
  newKey: 10,
  text: 4,
  piece: 2,
  number: 7,
  leaf: 40,
} as const;

/**
 * Objects without any inherited key. Unlike `Object.create(null)` a class lets an engine share the layout of objects
 * that have the same keys, which a file of a million neurons needs.
 */
class BareObject {
  [key: string]: JsonValue;
}
Object.setPrototypeOf(BareObject.prototype, null);
Reflect.deleteProperty(BareObject.prototype, 'constructor');

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === BareObject.prototype;
}

export function isJsonNumber(value: JsonValue | undefined): value is number | JsonNumber {
  return typeof value === 'number' || value instanceof JsonNumber;
}

/** The number as it is written. */
export function numberText(value: number | JsonNumber): string {
  return typeof value === 'number' ? String(value) : value.text;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const MINUS = 45;
const POINT = 46;
const BACKSLASH = 92;
/** Integers of this many digits are exact as doubles. */
const INTEGER_DIGITS = 15;
/** Characters of \u0041. */
const LONGEST_ESCAPE = 6;
/** Keys shorter than this are remembered. */
const KEYS_KEPT = 32;

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads JSON (RFC 8259), strictly, and keeps the numbers as they are written.
 *
 * @param input the text, or its pieces in order: then only a few megabytes of it are held at a time
 *
 * @param source name of the file, for messages
 * @throws InputError naming the source with line and column where the text is no JSON, and with the path of a key that
 * occurs twice in its object or of nesting beyond the limit
 */
export function parseJson(
  input: string | Iterable<string>,
  source: string,
  options: JsonOptions = DEFAULT_JSON_OPTIONS,
): JsonValue {
  /** The part of the text that is being read; `at` is the place in it. */
  let text = typeof input === 'string' ? input : '';
  let at = 0;
  /** Where the rest of the text comes from; null when `text` reaches to its end. */
  let rest = typeof input === 'string' ? null : input[Symbol.iterator]();
  /** Lines, and characters of the last one, that were dropped from the front of `text`. */
  let linesBefore = 0;
  let columnsBefore = 0;
  /** Characters that were dropped. */
  let charactersBefore = 0;
  /** Key or index at every depth, for messages. */
  const path: (string | number)[] = [];

  const where = (): string => {
    let line = linesBefore + 1;
    let start = -columnsBefore;
    for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) {
      line++;
      start = end + 1;
    }
    return `${source}, line ${line}, column ${at - start + 1}`;
  };
  /** Drops what is behind `at` and brings more, until a good part lies ahead or the text has ended. */
  const refill = (): void => {
    for (let end = text.indexOf('\n'); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) {
      linesBefore++;
      columnsBefore = -end - 1;
    }
    columnsBefore += at;
    charactersBefore += at;
    text = text.slice(at);
    at = 0;
    for (const start = text.length; rest !== null && text.length < start + options.ahead; ) {
      const { done, value } = rest.next();
      if (done) rest = null;
      else text += value;
    }
  };
  const lookAhead = (): void => {
    if (rest !== null && text.length - at < options.ahead / 2) refill();
  };
  const fail = (expected: string): never => {
    const found = at < text.length ? JSON.stringify(text.slice(at, at + 20)) : 'the end of the file';
    throw new InputError(`${where()}: expected ${expected}, found ${found}; the file must be valid JSON`);
  };
  let room = options.words;
  const spend = (words: number): void => {
    room -= words;
    if (room >= 0) return;
    throw new InputError(
      `${where()}: expected a text whose values take at most ${options.words} words of memory, found more; ` +
        'the file is too large to be read as JSON (data may be given as .npz)',
    );
  };
  /** Skips white space and returns the next character code, NaN at the end. */
  const peek = (): number => {
    let code = text.charCodeAt(at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    while (rest !== null && at === text.length) {
      refill();
      code = text.charCodeAt(at);
      while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    }
    return code;
  };

  /** Reads one or more digits; ends behind them. */
  const readDigits = (): void => {
    const start = at;
    let code = text.charCodeAt(at);
    while (code >= 48 && code <= 57) code = text.charCodeAt(++at);
    if (at === start && !(rest !== null && at === text.length)) fail('a digit');
  };
  const readNumber = (): number | JsonNumber => {
    const start = at;
    let end = at;
    let code = text.charCodeAt(end);
    const negative = code === MINUS;
    if (negative) code = text.charCodeAt(++end);
    const first = end;
    let integer = 0;
    while (code >= 48 && code <= 57) {
      integer = integer * 10 + (code - 48);
      code = text.charCodeAt(++end);
    }
    at = end;
    if (rest !== null && end === text.length) {
      at = start;
      refill();
      return readNumber();
    }
    if (end === first) fail('a digit');
    if (end - first > 1 && text.charCodeAt(first) === 48) {
      at = first;
      fail('a number without leading zeros');
    }
    const plain = code !== POINT && code !== 101 && code !== 69;
    if (plain && end - first <= INTEGER_DIGITS && !(negative && integer === 0)) {
      return negative ? -integer : integer;
    }
    if (code === POINT) {
      at++;
      readDigits();
      code = text.charCodeAt(at);
    }
    if (code === 101 || code === 69) {
      at++;
      code = text.charCodeAt(at);
      if (code === MINUS || code === 43) at++;
      readDigits();
    }
    if (rest !== null && at === text.length) {
      at = start;
      refill();
      return readNumber();
    }
    spend(COST.number);
    return new JsonNumber(text.slice(start, at));
  };

  /** Keys seen before, by length: most keys of a file repeat, and need no new string. */
  const keys: string[] = [];
  /** `at` is behind the opening quote; ends behind the closing one. */
  const readString = (isKey: boolean): string => {
    let start = at;
    let end = at;
    let code = text.charCodeAt(end);
    while (code !== QUOTE && code !== BACKSLASH && code >= 32) code = text.charCodeAt(++end);
    while (rest !== null && end === text.length) {
      // A string longer than what lay ahead.
      end -= start;
      at = start;
      refill();
      start = 0;
      code = text.charCodeAt(end);
      while (code !== QUOTE && code !== BACKSLASH && code >= 32) code = text.charCodeAt(++end);
    }
    at = end;
    if (code === QUOTE) {
      at++;
      if (!isKey || end - start >= KEYS_KEPT) {
        spend(isKey ? COST.newKey : COST.text);
        return text.slice(start, end);
      }
      const seen = keys[end - start];
      if (seen !== undefined && text.startsWith(seen, start)) return seen;
      spend(COST.newKey);
      keys[end - start] = text.slice(start, end);
      return keys[end - start]!;
    }
    // Rare: a string with escapes, joined from its pieces.
    const pieces = [text.slice(start, at)];
    spend(COST.newKey);
    for (;;) {
      spend(COST.piece);
      if (rest !== null && text.length - at < LONGEST_ESCAPE) refill();
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        at++;
        return pieces.join('');
      }
      if (!(code >= 32)) fail('a closing quote (control characters must be escaped)');
      if (code !== BACKSLASH) {
        const from = at;
        let next = code;
        while (next >= 32 && next !== QUOTE && next !== BACKSLASH) next = text.charCodeAt(++at);
        pieces.push(text.slice(from, at));
      } else if (text[at + 1] === 'u') {
        const digits = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail('an escape of four hexadecimal digits');
        pieces.push(String.fromCharCode(Number.parseInt(digits, 16)));
        at += 6;
      } else {
        const escaped = text[at + 1] ?? '';
        if (!Object.hasOwn(ESCAPES, escaped)) fail('a valid escape');
        pieces.push(ESCAPES[escaped]!);
        at += 2;
      }
    }
  };

  const readArray = (depth: number): JsonValue[] => {
    const values: JsonValue[] = [];
    spend(COST.object);
    if (peek() === 93) {
      at++;
      return values;
    }
    spend(COST.array);
    for (;;) {
      spend(COST.entry);
      lookAhead();
      path[depth] = values.length;
      values.push(readValue(depth + 1));
      const code = peek();
      if (code !== COMMA && code !== 93) fail('"," or "]"');
      at++;
      if (code === 93) return values;
    }
  };

  const isStreamed = (depth: number): boolean =>
    options.stream?.path.length === depth &&
    options.stream.path.every((key, i) => (key === null ? typeof path[i] === 'number' : path[i] === key));

  /** As `readArray`, but hands over the entries and forgets them. */
  const readStreamed = (depth: number, stream: JsonStream): JsonLeaf => {
    const list = stream.begin(charactersBefore + at, formatPath(path.slice(0, depth)));
    const kept = room;
    let length = 0;
    let code = peek();
    if (code === 93) at++;
    while (code !== 93) {
      lookAhead();
      path[depth] = length++;
      list.entry(readValue(depth + 1));
      room = kept;
      code = peek();
      if (code !== COMMA && code !== 93) fail('"," or "]"');
      at++;
    }
    spend(COST.leaf);
    return new JsonLeaf(list.end());
  };

  /** The leaf that begins here, or null. */
  const readLeaf = ({ pattern, make }: JsonLeafPattern): JsonLeaf | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const value = match === null ? null : make(match);
    if (value === null) return null;
    spend(COST.leaf);
    at = pattern.lastIndex;
    return new JsonLeaf(value);
  };

  const readObject = (depth: number): JsonObject => {
    const object = new BareObject();
    spend(COST.object);
    if (peek() === 125) {
      at++;
      return object;
    }
    for (;;) {
      lookAhead();
      if (peek() !== QUOTE) fail('a key in double quotes');
      at++;
      const start = at;
      const key = readString(true);
      path[depth] = key;
      if (key in object) {
        at = start - 1;
        throw new InputError(
          `${where()}: the key ${formatPath(path.slice(0, depth + 1))} occurs twice; keep one of them`,
        );
      }
      if (peek() !== COLON) fail('":"');
      at++;
      spend(COST.property);
      object[key] = readValue(depth + 1);
      const code = peek();
      if (code !== COMMA && code !== 125) fail('"," or "}"');
      at++;
      if (code === 125) return object;
    }
  };

  const readWord = <T extends JsonValue>(word: string, value: T): T => {
    if (!text.startsWith(word, at)) fail('a value');
    at += word.length;
    return value;
  };

  const readValue = (depth: number): JsonValue => {
    const code = peek();
    if (code === 91 || code === 123) {
      if (depth >= options.depth) {
        throw new InputError(
          `${where()}: expected at most ${options.depth} levels of nesting, found more at ${formatPath(path.slice(0, 4))}...`,
        );
      }
      const leaf = code === 123 && options.leaf !== undefined ? readLeaf(options.leaf) : null;
      if (leaf !== null) return leaf;
      at++;
      if (code === 123) return readObject(depth);
      return isStreamed(depth) ? readStreamed(depth, options.stream!) : readArray(depth);
    }
    if (code === QUOTE) {
      at++;
      return readString(false);
    }
    if (code === MINUS || (code >= 48 && code <= 57)) return readNumber();
    if (code === 116) return readWord('true', true);
    if (code === 102) return readWord('false', false);
    if (code === 110) return readWord('null', null);
    return fail('a value');
  };

  refill();
  const value = readValue(0);
  if (!Number.isNaN(peek())) fail('nothing more after the value');
  return value;
}

/** ["neurons", 3, "bias"] -> "neurons[3].bias". */
function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(step) ? step : JSON.stringify(step.slice(0, 40));
      return i === 0 ? name : `.${name}`;
    })
    .join('');
}

/** A short description of a value for messages: what was found where something else was expected. */
export function describeJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (isJsonNumber(value)) return numberText(value).slice(0, 40);
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isJsonObject(value) || value instanceof JsonLeaf) return 'an object';
  return String(value);
}

/** @throws InputError when the value is no object */
export function requireObject(value: JsonValue | undefined, where: Place | string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new InputError(`expected an object, found ${describeJson(value)}`, where);
}

/**
 * An array, of a given length if there is one.
 * @throws InputError when the value is no array or has another length
 */
export function requireArray(
  value: JsonValue | undefined,
  where: Place | string,
  length?: number,
): readonly JsonValue[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  const expected = length === undefined ? 'an array' : `an array of ${length}`;
  throw new InputError(`expected ${expected}, found ${describeJson(value)}`, where);
}

/**
 * Refuses a file of another format or version.
 * @throws InputError naming what was expected and what was found
 */
export function requireFormat(
  json: JsonObject,
  { format, version }: { readonly format: string; readonly version: number },
  source: string,
): void {
  if (json.format !== format) {
    throw new InputError(
      `${source}: field "format": expected "${format}", found ${describeJson(json.format)}; is this the right file?`,
    );
  }
  const found = json.version;
  if (found !== version) {
    throw new InputError(
      `${source}: field "version": expected ${version}, found ${describeJson(found)}; this program reads version ` +
        `${version} only`,
    );
  }
}

/**
 * Refuses an object with keys that mean nothing.
 * @throws InputError naming the first of them and those that are allowed
 */
export function requireKeys(json: JsonObject, allowed: readonly string[], where: Place | string): void {
  for (const key in json) {
    if (!allowed.includes(key)) {
      throw new InputError(
        `unknown field ${JSON.stringify(key.slice(0, 40))}; expected only ${allowed.join(', ')}; remove it`,
        where,
      );
    }
  }
}

/** Integers that are exact as doubles: most weights of a network with one input. */
const SHORT_INTEGER = /^-?\d{1,15}$/;

/**
 * An exact number: a JSON number means the decimal that is written, a string "p/q" the fraction (or a decimal).
 * @throws InputError when the value is neither, or beyond the limits of `Rational.parse`
 */
export function requireRational(value: JsonValue | undefined, where: Place | string): Rational {
  if (typeof value === 'number') return Rational.of(value);
  if (typeof value === 'string' || value instanceof JsonNumber) {
    if (typeof value === 'string' && SHORT_INTEGER.test(value)) return Rational.of(Number(value));
    try {
      return Rational.parse(typeof value === 'string' ? value : value.text);
    } catch (error) {
      throw new InputError((error as Error).message, where);
    }
  }
  throw new InputError(`expected a number or a string such as "1/3", found ${describeJson(value)}`, where);
}
