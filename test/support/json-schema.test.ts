import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { JsonSchemas } from './json-schema.js';

const NODE = {
  type: 'object',
  properties: {
    kind: { const: 'node' },
    size: { type: 'integer', minimum: 1 },
    word: { type: 'string', pattern: '^[01]+$' },
    parts: { type: 'array', items: { $ref: 'other.schema.json#/$defs/part' }, minItems: 1, maxItems: 2 },
    next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] },
  },
  required: ['kind', 'size'],
  additionalProperties: false,
};

let directory: string;
let schemas: JsonSchemas;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'schemas-'));
  write('tree', { oneOf: [{ $ref: '#/$defs/node' }, { enum: ['leaf', true] }], $defs: { node: NODE } });
  write('other', { $defs: { part: { type: 'boolean' } } });
  schemas = new JsonSchemas(directory);
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(name: string, schema: object): void {
  writeFileSync(join(directory, `${name}.schema.json`), JSON.stringify(schema));
}

it.each([
  'leaf',
  true,
  { kind: 'node', size: 1 },
  { kind: 'node', size: 3, word: '0110', parts: [true, false], next: null },
  { kind: 'node', size: 3, next: { kind: 'node', size: 1, next: { kind: 'node', size: 9 } } },
])('accepts %j', (document) => {
  expect(schemas.validate('tree.schema.json', document).errors).toEqual([]);
});

it.each([
  ['twig', 'expected one of'],
  [1, 'expected one of'],
  [{ kind: 'node' }, 'the field "size" is missing'],
  [{ kind: 'knot', size: 1 }, 'expected "node"'],
  [{ kind: 'node', size: 0 }, '$.size: expected at least 1'],
  [{ kind: 'node', size: 1.5 }, '$.size: expected integer'],
  [{ kind: 'node', size: '1' }, '$.size: expected integer'],
  [{ kind: 'node', size: 1, colour: 'red' }, 'unknown field "colour"'],
  [{ kind: 'node', size: 1, word: '012' }, '$.word: expected a match'],
  [{ kind: 'node', size: 1, parts: [] }, 'at least 1 items'],
  [{ kind: 'node', size: 1, parts: [true, true, true] }, 'at most 2 items'],
  [{ kind: 'node', size: 1, parts: [true, 'yes'] }, '$.parts[1]: expected boolean'],
  [{ kind: 'node', size: 1, parts: { 0: true } }, '$.parts: expected array'],
  [{ kind: 'node', size: 1, next: { kind: 'node', size: 1, next: 3 } }, '$.next.next: expected object'],
  [null, 'expected object'],
  [[], 'expected object'],
])('rejects %j', (document, message) => {
  expect(schemas.validate('tree.schema.json', document).errors.join('\n')).toContain(message);
});

it('rejects what matches two branches of oneOf', () => {
  write('twice', { oneOf: [{ type: 'number' }, { type: 'integer' }] });
  expect(schemas.validate('twice.schema.json', 1.5).errors).toEqual([]);
  expect(schemas.validate('twice.schema.json', 1).errors).toEqual(['$: 2 branches of oneOf match']);
});

it('refuses schemas beyond what it knows', () => {
  write('unknown', { minLength: 3 });
  expect(() => schemas.validate('unknown.schema.json', 'abc')).toThrow('minLength');
  write('open', { additionalProperties: { type: 'string' } });
  expect(() => schemas.validate('open.schema.json', {})).toThrow('additionalProperties');
  write('lost', { $ref: '#/$defs/nothing' });
  expect(() => schemas.validate('lost.schema.json', 1)).toThrow('nothing at');
  write('type', { type: 'real' });
  expect(() => schemas.validate('type.schema.json', 1)).toThrow('unknown type');
});

it('tells which of the declared properties a document has', () => {
  const declared = schemas.properties('tree.schema.json');
  expect(declared).toHaveLength(5);
  const { met } = schemas.validate('tree.schema.json', { kind: 'node', size: 1, next: null });
  expect(met.every((place) => declared.includes(place))).toBe(true);
  expect(met.map((place) => place.split('/').at(-1))).toEqual(['kind', 'size', 'next']);
});
