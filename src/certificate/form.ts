import { Rational } from '../exact/rational.js';
import { describeJson, isJsonObject, type JsonObject, type JsonValue } from '../files/json.js';
import { InputError } from '../problem/input-error.js';

/** An object with exactly the required keys and perhaps the optional ones. */
export function fields(
  value: JsonValue | undefined,
  where: string,
  required: readonly string[],
  optional: readonly string[] = [],
): JsonObject {
  if (!isJsonObject(value))
    throw new InputError(`${where}: expected an object, found ${describeJson(value)}`);
  for (const key of required) {
    if (value[key] === undefined) throw new InputError(`${where}: the field "${key}" is missing`);
  }
  for (const key of Object.keys(value)) {
    if (!required.includes(key) && !optional.includes(key)) {
      throw new InputError(
        `${where}: unknown field "${key}"; nothing unchecked may stand in a certificate, remove it`,
      );
    }
  }
  return value;
}

export function wrong(where: string, expected: string, found: JsonValue | undefined): InputError {
  return new InputError(`${where}: expected ${expected}, found ${describeJson(found)}`);
}

export function array(value: JsonValue | undefined, where: string): readonly JsonValue[] {
  if (!Array.isArray(value)) throw wrong(where, 'a list', value);
  return value;
}

export function textOf(value: JsonValue | undefined, where: string): string {
  if (typeof value !== 'string') throw wrong(where, 'a text', value);
  return value;
}

export function truth(value: JsonValue | undefined, where: string): boolean {
  if (typeof value !== 'boolean') throw wrong(where, 'true or false', value);
  return value;
}

export function sha256Text(value: JsonValue | undefined, where: string): string {
  const text = textOf(value, where);
  if (!/^[0-9a-f]{64}$/.test(text)) throw wrong(where, '64 hexadecimal digits', value);
  return text;
}

export function isInt32(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && value === (value | 0);
}

/** A 32-bit integer, written without point or exponent. */
export function integer(value: JsonValue | undefined, where: string): number {
  if (isInt32(value)) return value;
  throw wrong(where, 'an integer of at most 32 bits', value);
}

export function count(value: JsonValue | undefined, where: string): number {
  const number = integer(value, where);
  if (number < 0) throw wrong(where, 'an integer that is at least 0', value);
  return number;
}

/** A positive integer of any size, as its digits in a text. */
export function digits(value: JsonValue | undefined, where: string): string {
  const written = textOf(value, where);
  if (!/^[1-9][0-9]*$/.test(written)) throw wrong(where, 'the digits of a positive integer', value);
  return written;
}

/** An integer below 10^15 as a number, or positive as its digits in a text. */
export function multiplier(value: JsonValue | undefined, where: string): number | string {
  if (typeof value === 'number' || (typeof value === 'string' && /^[1-9][0-9]*$/.test(value))) return value;
  throw wrong(where, 'an integer below 10^15, or its digits as text', value);
}

/** An integer other than 0, below 10^15 as a number, or as its digits in a text. */
export function signedInteger(value: JsonValue | undefined, where: string): number | string {
  if (typeof value === 'string' && /^-?[1-9][0-9]*$/.test(value)) return value;
  if (typeof value === 'number' && value !== 0) return value;
  throw wrong(where, 'an integer other than 0 below 10^15, or its digits as text', value);
}

/** A rational in lowest terms, as text: the one way to write it. */
export function rationalText(value: JsonValue | undefined, where: string): string {
  const written = textOf(value, where);
  let canonical = '';
  try {
    canonical = Rational.parse(written).toString();
  } catch {
    throw wrong(where, 'a rational "p/q"', value);
  }
  if (canonical !== written)
    throw wrong(where, `a rational in lowest terms (${canonical.slice(0, 40)})`, value);
  return written;
}
