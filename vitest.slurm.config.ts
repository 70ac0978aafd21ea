import { defineConfig } from 'vitest/config';

/** Tests that need Slurm's programs (Debian: slurm-wlm); they start a Slurm of one node for themselves. */
export default defineConfig({
  test: { include: ['test/**/*.slurm.ts'], testTimeout: 900_000, hookTimeout: 60_000 },
});
