import { describe, expect, it } from 'vitest';
import { failing, tally, theoryOf, variedData } from './property.js';

describe('the theory', () => {
  it('holds on 40 generated data sets of every kind', async () => {
    const rows = await theoryOf(variedData(40, 19));
    expect(failing(rows)).toEqual([]);
    const counts = tally(rows);
    // 32 data sets with one input, five exponents (p = 1 is not in Theorem 3.1, p = 0 is); 8 with two inputs.
    expect(counts['theorem-3.1 true']).toBe(32 * 5);
    expect(counts['corollary-3.1.2 true']).toBe(32 * 5);
    expect(counts['theorem-3.2-below true']).toBe(32);
    expect(counts['theorem-3.2-above true']).toBeGreaterThan(1);
    expect(counts['proposition-4.1 true']).toBe(8);
    expect(counts['corollary-3.1.1 true']).toBe(32);
    for (const bound of ['neurons', 'two-each', 'full-neurons', 'general-position'])
      expect([bound, counts[`proposition-4.1-${bound} true`]]).toEqual([bound, 8]);
    expect(counts['theorem-4.1-below true']).toBe(8);
    // Uniform labels are generic, those of a small teacher are special.
    expect(counts['generic-bound true']).toBeGreaterThan(1);
    expect(counts['generic-bound not-applicable']).toBeGreaterThan(1);
  });
});
