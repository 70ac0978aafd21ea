import { describe, expect, test } from 'vitest';
import {
  InertObject,
  PickleGlobal,
  type PickleHost,
  readPickle,
  readPickleAt,
} from '../../src/models/pickle.js';
import { InputError } from '../../src/problem/input-error.js';
import {
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
} from '../support/binary-fixtures.js';

/** Bytes of a pickle from Latin-1 text. */
const latin1 = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));

const host: PickleHost = {
  globals: new Map([
    ['allowed pair', (args: unknown[]) => ({ pair: args })],
    ['allowed name', undefined],
  ]),
  inert: new Set(['some Class']),
  refuse: (module, name) => new InputError(`refused ${module}.${name}`),
  persistent: (id) => ({ id }),
};
const read = (bytes: Uint8Array) => readPickle(bytes, host, 'a.pkl');

/** The object that make.py pickled with every protocol. */
const object = new Map<unknown, unknown>([
  ['none', null],
  ['bools', [true, false]],
  ['integers', [0, 255, 256, 65_535, 65_536, -1, -(2 ** 31), 2 ** 31, -(2 ** 53), 2 ** 53 - 1]],
  ['floats', [0.1, -0, Infinity, 5e-324]],
  ['nested', [[], [1], [1, [2, [3]]], new Map([['a', new Map()]])]],
  ['tuples', [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]],
  ['text é', 'long '.repeat(60)],
  ['shared', [['x'], ['x']]],
]);

describe.each([2, 3, 4, 5])('plain data pickled by Python with protocol %i', (protocol) => {
  const bytes = fixture(`plain-${protocol}.pkl`);

  test('are read', () => {
    expect(read(bytes)).toEqual(object);
  });

  test('are refused when truncated, and safe when mutated', () => {
    expectTruncationsRefused(bytes, read);
    expect(expectMutationsSafe(bytes, read)).toBeGreaterThan(200);
  });
});

test('globals are inert names, calls go to the table, persistent ids to the host', () => {
  expect(read(latin1('\x80\x02callowed\nname\n.'))).toEqual(new PickleGlobal('allowed name'));
  expect(read(latin1('\x80\x02callowed\npair\nK\x01K\x02\x86R.'))).toEqual({ pair: [1, 2] });
  expect(read(latin1('\x80\x04\x8c\x07allowed\x8c\x04pair\x93)R.'))).toEqual({ pair: [] });
  expect(read(latin1('\x80\x02X\x01\x00\x00\x00kQ.'))).toEqual({ id: 'k' });
});

test.each<[string, string, RegExp]>([
  ['os.system', '\x80\x02cos\nsystem\nX\x04\x00\x00\x00trueq\x00\x85R.', /refused os\.system/],
  ['eval by STACK_GLOBAL', '\x80\x04\x8c\x08builtins\x8c\x04eval\x93.', /refused builtins\.eval/],
  ['a prototype as global', '\x80\x02c__proto__\nconstructor\n.', /refused __proto__\.constructor/],
  ['INST', '\x80\x02(ios\nsystem\n.', /opcode 0x69/],
  ['OBJ', '\x80\x02(callowed\npair\no.', /opcode 0x6f/],
  ['NEWOBJ of something that is no inert class', '\x80\x02callowed\npair\n)\x81.', /no class/],
  ['EXT1', '\x80\x02\x82\x01.', /opcode 0x82/],
  ['text PERSID', '\x80\x02Pid\n.', /opcode 0x50/],
  ['a global that may only be named', '\x80\x02callowed\nname\n)R.', /cannot be called/],
  ['a call of a string', '\x80\x02X\x01\x00\x00\x00k)R.', /cannot be called/],
  ['a call of a result', '\x80\x02callowed\npair\n)R)R.', /cannot be called/],
  ['arguments not a tuple', '\x80\x02callowed\npair\nK\x01R.', /cannot be called/],
  ['attributes of a list', '\x80\x02]}b.', /attributes of something other than a dict/],
  ['append to a dict', '\x80\x02}K\x01a.', /other than a list/],
  ['items of a list', '\x80\x02]K\x01K\x02s.', /other than a dict/],
  ['a key without value', '\x80\x02}(K\x01u.', /other than a dict/],
  ['a key twice', '\x80\x02}(K\x01NK\x01Nu.', /key 1 is there twice/],
  ['a key that is a list', '\x80\x02}]Ns.', /key is neither a string nor a number/],
  ['unknown memo', '\x80\x02h\x05.', /never stored/],
  ['pop below a mark', '\x80\x02K\x01(R.', /stack is empty/],
  ['no mark', '\x80\x02K\x01t.', /mark is missing/],
  ['two values', '\x80\x02NN.', /left over/],
  ['open mark', '\x80\x02N(N.', /left over/],
  ['no value', '\x80\x02.', /stack is empty/],
  ['protocol 9', '\x80\x09N.', /newer than 5/],
  ['a string longer than the file', '\x80\x02X\xff\xff\xff\xffk.', /ends too early/],
  ['an integer of 2040 bits', `\x80\x02\x8a\xff${'\x01'.repeat(255)}.`, /more than 128 bits/],
  ['broken UTF-8', '\x80\x02X\x01\x00\x00\x00\xff.', /not UTF-8/],
  ['protocol 0 text', 'I1\n.', /opcode 0x49/],
])('refused: %s', (_, text, message) => {
  expect(inputError(() => read(latin1(text)))).toMatch(message);
});

test('a list that contains itself, and a million marks, are harmless', () => {
  const list = read(latin1('\x80\x02]q\x00h\x00a.')) as unknown[];
  expect(list[0]).toBe(list);
  expect(inputError(() => read(latin1(`\x80\x02${'('.repeat(1_000_000)}`)))).toMatch(/ends too early/);
  expect(read(latin1(`\x80\x02N${'\x85'.repeat(100_000)}.`))).toHaveLength(1);
});

test('objects of inert classes are read over: made, called, filled and set, and nothing is run', () => {
  const items = (text: string) => (read(latin1(text)) as InertObject).contents;
  expect(read(latin1('\x80\x02csome\nClass\n)\x81.'))).toBeInstanceOf(InertObject);
  expect(items('\x80\x02csome\nClass\nK\x01\x85R}K\x02NsbK\x03a.')).toEqual([[1], new Map([[2, null]]), [3]]);
  expect(items('\x80\x02csome\nClass\n)\x81K\x01K\x02s.')).toEqual([[], [1, 2]]);
  expect(inputError(() => read(latin1('\x80\x02csome\nClass\n)\x81)R.')))).toMatch(/cannot be called/);
});

test('sets, bytes, text of Python 2 and long integers', () => {
  expect(read(latin1('\x80\x04\x8f(K\x01K\x02\x90.'))).toEqual([1, 2]);
  expect(read(latin1('\x80\x04(K\x01\x91.'))).toEqual([1]);
  expect(read(latin1('\x80\x03C\x02\xff\x00.'))).toEqual(Uint8Array.of(255, 0));
  expect(read(latin1('\x80\x03B\x01\x00\x00\x00\x07.'))).toEqual(Uint8Array.of(7));
  expect(read(latin1('\x80\x02U\x02ab.'))).toBe('ab');
  expect(read(latin1('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.'))).toBe(0x1950a86a20f9469cfc6cn);
  expect(read(latin1('\x80\x02\x8a\x08\x01\x00\x00\x00\x00\x00\x20\x00.'))).toBe(2n ** 53n + 1n);
});

test('one pickle after the other', () => {
  const bytes = latin1('\x80\x02K\x01.\x80\x02K\x02.');
  const first = readPickleAt(bytes, 0, host, 'a.pkl');
  expect(first).toEqual({ value: 1, end: 5 });
  expect(readPickleAt(bytes, first.end, host, 'a.pkl')).toEqual({ value: 2, end: 10 });
});
