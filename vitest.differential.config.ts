import { defineConfig } from 'vitest/config';

// Three checkers against each other; it needs python3. MUTANTS=1000000 for as many.
export default defineConfig({
  test: { include: ['test/**/*.differential.test.ts'], testTimeout: 36_000_000 },
});
