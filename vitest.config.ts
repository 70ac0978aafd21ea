import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Test files that replace modules or methods: each has modules of its own. The others share those of their process, which saves loading them. */
const REPLACING = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && /\bvi\.\w/.test(readFileSync(file, 'utf8')));
const LONG = 'test/**/*.{long,differential}.test.ts';

export default defineConfig({
  test: {
    setupFiles: ['test/support/fixed-seed.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most of the time goes into commands that tests start: all cores are of use.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [LONG, ...REPLACING],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'replacing', include: REPLACING, exclude: [LONG] } },
    ],
    // `npm run coverage`: what the tests run in their own process; commands that they start count for nothing here.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
  },
});
