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
  const $id = `${name}.schema.json`;
  writeFileSync(join(directory, $id), JSON.stringify({ $id, ...schema }));
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
  ['twig', 'must be equal to one of the allowed values'],
  [1, 'must be equal to one of the allowed values'],
  [{ kind: 'node' }, "must have required property 'size'"],
  [{ kind: 'knot', size: 1 }, '/kind must be equal to constant'],
  [{ kind: 'node', size: 0 }, '/size must be >= 1'],
  [{ kind: 'node', size: 1.5 }, '/size must be integer'],
  [{ kind: 'node', size: '1' }, '/size must be integer'],
  [{ kind: 'node', size: 1, colour: 'red' }, 'must NOT have additional properties colour'],
  [{ kind: 'node', size: 1, word: '012' }, '/word must match pattern'],
  [{ kind: 'node', size: 1, parts: [] }, '/parts must NOT have fewer than 1 items'],
  [{ kind: 'node', size: 1, parts: [true, true, true] }, '/parts must NOT have more than 2 items'],
  [{ kind: 'node', size: 1, parts: [true, 'yes'] }, '/parts/1 must be boolean'],
  [{ kind: 'node', size: 1, parts: { 0: true } }, '/parts must be array'],
  [{ kind: 'node', size: 1, next: { kind: 'node', size: 1, next: 3 } }, '/next/next must be object'],
  [null, 'must be object'],
  [[], 'must be object'],
])('rejects %j', (document, message) => {
  expect(schemas.validate('tree.schema.json', document).errors.join('\n')).toContain(message);
});

it('refuses keywords that mean nothing, so that no rule is passed over', () => {
  write('unknown', { minLenght: 3 });
  expect(() => new JsonSchemas(directory).validate('unknown.schema.json', 'abc')).toThrow('minLenght');
});

it('tells which of the declared properties a document has', () => {
  const declared = schemas.properties('tree.schema.json');
  expect(declared).toHaveLength(5);
  const { met } = schemas.validate('tree.schema.json', { kind: 'node', size: 1, next: null });
  expect(met.every((place) => declared.includes(place))).toBe(true);
  expect(met.map((place) => place.split('/').at(-1))).toEqual(['kind', 'size', 'next']);
});

it('takes the properties of the alternative that matches', () => {
  write('either', {
    oneOf: [
      {
        type: 'object',
        properties: { a: { type: 'integer' } },
        required: ['a'],
        additionalProperties: false,
      },
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
    ],
  });
  const { met } = new JsonSchemas(directory).validate('either.schema.json', { a: 'word' });
  expect(met).toEqual(['either.schema.json#/oneOf/1/properties/a']);
});
