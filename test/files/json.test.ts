import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import {
  DEFAULT_JSON_OPTIONS,
  isJsonNumber,
  isJsonObject,
  type JsonNumber,
  type JsonValue,
  numberText,
  parseJson,
} from '../../src/files/json.js';
import { InputError } from '../../src/problem/input-error.js';

/** The value that JSON.parse gives. */
function plain(value: JsonValue): unknown {
  if (isJsonNumber(value)) return Number(numberText(value));
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value;
  const object = {};
  for (const key of Object.keys(value)) {
    Object.defineProperty(object, key, {
      value: plain(value[key]!),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

test('agrees with JSON.parse on any JSON text', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t'), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent);
      expect(plain(parseJson(spaced, 'a.json'))).toEqual(JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('accepts and refuses as JSON.parse does, on mutations of a text', () => {
  const text = '{"a": [1, -0.5e+10, true, null, "x\\u00e9\\n"], "b": {"c": false, "": []}, "d": 0}';
  const alphabet = [...text, '\u0000', '\t', '+', '.', "'", 'E', '\ud800'];
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: text.length - 1 }),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom(...alphabet),
      (position, removed, inserted) => {
        const mutated = text.slice(0, position) + inserted + text.slice(position + removed);
        let expected: unknown;
        try {
          expected = JSON.parse(mutated);
        } catch {
          refused++;
          expect(() => parseJson(mutated, 'a.json')).toThrow(InputError);
          return;
        }
        try {
          expect(plain(parseJson(mutated, 'a.json'))).toEqual(expected);
          accepted++;
        } catch (error) {
          // The one difference: JSON.parse keeps the last of two equal keys.
          expect((error as Error).message).toMatch(/occurs twice/);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(refused).toBeGreaterThan(500);
  expect(accepted).toBeGreaterThan(300);
});

test('numbers are kept as they are written', () => {
  const digits = '0.1000000000000000055511151231257827021181583404541015625';
  const written = [digits, '1E+400', '-0', '999999999999999', '-12', '9007199254740993', '0'];
  const json = parseJson(`[${written}]`, 'a.json') as (number | JsonNumber)[];
  expect(json.map(numberText)).toEqual(written);
  expect(json.map((number) => typeof number === 'number')).toEqual([
    false,
    false,
    false,
    true,
    true,
    false,
    true,
  ]);
});

test('no key reaches anything inherited', () => {
  const json = parseJson('{"__proto__": {"format": "x"}, "constructor": 1}', 'a.json');
  if (!isJsonObject(json)) throw new Error('expected an object');
  expect(Object.keys(json)).toEqual(['__proto__', 'constructor']);
  expect(json.format).toBeUndefined();
  expect(json.toString).toBeUndefined();
  expect(({} as Record<string, unknown>).format).toBeUndefined();
});

describe('errors name the place', () => {
  test.each([
    ['', /^a\.json, line 1, column 1: expected a value, found the end of the file/],
    ['{"a": 1,\n  "b": tru}', /^a\.json, line 2, column 8: expected a value, found "tru}"/],
    ['[1, 2', /^a\.json, line 1, column 6: expected "," or "\]", found the end of the file/],
    ['[1,]', /^a\.json, line 1, column 4: expected a value/],
    ['[NaN]', /^a\.json, line 1, column 2: expected a value, found "NaN\]"/],
    ['[01]', /^a\.json, line 1, column 2: expected a number without leading zeros/],
    ['{a: 1}', /^a\.json, line 1, column 2: expected a key in double quotes/],
    ['"a\nb"', /^a\.json, line 1, column 3: expected a closing quote/],
    ['"\\x"', /^a\.json, line 1, column 2: expected a valid escape/],
    ['{} {}', /^a\.json, line 1, column 4: expected nothing more/],
    ['[{"a": 1}, {"b": {"c": 1,\n "c": 2}}]', /^a\.json, line 2, column 2: the key \[1\]\.b\.c occurs twice/],
    ['{"a": 1, "\\u0061": 2}', /the key a occurs twice/],
  ])('%j', (text, message) => {
    expect(() => parseJson(text, 'a.json')).toThrow(InputError);
    expect(() => parseJson(text, 'a.json')).toThrow(message);
  });

  test('deep nesting is refused, not overflowed', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(64), 'a.json')).not.toThrow();
    expect(() => parseJson(nested(65), 'a.json')).toThrow(/at most 64 levels of nesting/);
    expect(() => parseJson('{"a":'.repeat(1_000_000), 'a.json')).toThrow(/at most 64 levels of nesting/);
  });
});

describe('a text in pieces', () => {
  function* piecesOf(text: string, size: number): Generator<string> {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
  }
  const outcome = (input: string | Iterable<string>, ahead: number): unknown => {
    try {
      return parseJson(input, 'a.json', { ...DEFAULT_JSON_OPTIONS, ahead });
    } catch (error) {
      return (error as InputError).message.replace(/found "[\s\S]*$/, '');
    }
  };

  test('means what the whole text means, and errors name the same place', () => {
    const random = createRandom(11);
    const words = [
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"a"',
      '"b\\u0041\\n"',
      '1',
      '-20.5e3',
      'true',
      'null',
      '\n',
      ' ',
    ];
    const texts = [
      JSON.stringify({ a: [1, 2, { b: 'x'.repeat(300), 'c\n': [-1.5e300, 'é\u2028'] }], d: '\\'.repeat(90) }),
      `[${'9'.repeat(200)},\n${'  '.repeat(100)}${'1.'.padEnd(150, '3')},\n"${'\\u0041'.repeat(40)}"]`,
      `{"a": 1,${'\n'.repeat(100)}  "b": tru}`,
      '"never closed',
      '',
    ];
    for (let i = 0; i < 400; i++) {
      const length = random.integer(1, 60);
      texts.push(`[${Array.from({ length }, () => words[random.integer(0, words.length - 1)]).join('')}]`);
    }
    let valid = 0;
    for (const text of texts) {
      const whole = outcome(text, 32);
      if (typeof whole !== 'string') valid++;
      for (const size of [1, 5, 33, 1000]) expect(outcome(piecesOf(text, size), 32), text).toEqual(whole);
    }
    expect(valid).toBeGreaterThan(2);
  });
});
