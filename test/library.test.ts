import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error a plain script without types
import { refreshedExamples } from '../scripts/library-examples.mjs';

const PAGE = readFileSync(new URL('../docs/library.md', import.meta.url), 'utf8');
const INDEX = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8');

test('the ten examples print what stands under them', () => {
  expect(PAGE.match(/^## \d+\. /gm)).toHaveLength(10);
  expect(PAGE.match(/```js\n/g)).toHaveLength(10);
  expect(refreshedExamples(PAGE)).toBe(PAGE);
});

test('every exported name has its place in the table, and none else', () => {
  const exported = [...INDEX.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, , names]) =>
    names!
      .split(',')
      .map((name) => name.replace(/^\s*type /, '').trim())
      .filter((name) => name !== ''),
  );
  expect(exported.length).toBeGreaterThan(50);
  const table = PAGE.slice(PAGE.indexOf('## Every name'));
  const documented = [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
  );
  expect([...documented].sort()).toEqual([...exported].sort());
});
