import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
// @ts-expect-error a plain script without types
import { refreshedTour } from '../scripts/readme-tour.mjs';
import { type Finished, SPARSEST, SPARSEST_CHECK } from './support/command-line.js';
import { printedSteps, tryStepsByShell } from './support/next-steps.js';

/** Times differ from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/(< 1 ms|\b\d+ ms|\b\d+(\.\d+)? s)$/gm, 'TIME');
}

// Some forty processes, one after the other.
const TIMEOUT = 600_000;

test(
  'the tour of the README prints what the commands print, and every step it prints runs',
  () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme.match(/```text\n\$ /g)!.length).toBeGreaterThan(6);
    const home = process.cwd();
    let steps = 0;
    const again = refreshedTour(readme, ([command]: string[], finished: Finished, directory: string) => {
      steps += printedSteps(finished).length;
      // A million points take half a minute; the same steps are run on fewer.
      if (finished.out.startsWith('walk.npz')) return;
      process.chdir(directory);
      try {
        tryStepsByShell(command!, finished, { sparsest: SPARSEST, 'sparsest-check': SPARSEST_CHECK });
      } finally {
        process.chdir(home);
      }
    });
    expect(withoutTimes(readme)).toBe(withoutTimes(again));
    expect(steps).toBeGreaterThan(10);
  },
  TIMEOUT,
);
