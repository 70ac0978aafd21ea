import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error a plain script without types
import { refreshedTour } from '../scripts/readme-tour.mjs';

/** Times differ from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/(< 1 ms|\b\d+ ms|\b\d+(\.\d+)? s)$/gm, 'TIME');
}

test('the tour of the README prints what the commands print', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme.match(/```text\n\$ /g)!.length).toBeGreaterThan(6);
  expect(withoutTimes(readme)).toBe(withoutTimes(refreshedTour(readme)));
});
