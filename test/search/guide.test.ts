import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../src/exact/random.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow } from '../../src/lp/linear-system.js';
import { LeastNorm } from '../../src/search/guide.js';

interface Halfspace {
  readonly row: number[];
  readonly right: number;
}

function randomHalfspaces(random: Random, size: number, count: number): Halfspace[] {
  return Array.from({ length: count }, () => ({
    row: Array.from({ length: size }, () => random.integer(-5, 5)),
    right: random.integer(-6, 4),
  }));
}

/** Adds the most violated row until none is left; null when the guide sees a contradiction. */
function solve(guide: LeastNorm, rows: readonly Halfspace[]): number[] | null {
  for (;;) {
    let worst = 1e-9;
    let code = -1;
    rows.forEach(({ row, right }, r) => {
      const norm = Math.hypot(...row) || 1;
      const violation = (row.reduce((sum, a, i) => sum + a * guide.x[i]!, 0) - right) / norm;
      if (violation > worst) [worst, code] = [violation, r];
    });
    if (code < 0) return null;
    const { row, right } = rows[code]!;
    const norm = Math.hypot(...row) || 1;
    const scaled = Float64Array.from(row, (a) => a / norm);
    const contradiction = guide.add(code, scaled, right / norm, norm, 0, row.length);
    if (contradiction !== null) return [...contradiction.codes];
  }
}

describe('the least-norm guide', () => {
  it('is right about feasibility, and names contradicting rows', () => {
    const random = createRandom(1);
    const seen = { feasible: 0, infeasible: 0 };
    for (let instance = 0; instance < 300; instance++) {
      const size = random.integer(1, 5);
      const rows = randomHalfspaces(random, size, random.integer(1, 12));
      const system = (list: readonly Halfspace[]) => ({
        unknowns: size,
        rows: list.map(({ row, right }) => new LinearRow(row.map(BigInt), '<=', BigInt(right))),
      });
      const codes = solve(new LeastNorm(size), rows);
      const truth = decide(system(rows)).status;
      expect(codes === null ? 'feasible' : 'infeasible').toBe(truth);
      if (codes !== null) expect(decide(system(codes.map((r) => rows[r]!))).status).toBe('infeasible');
      seen[truth]++;
    }
    expect(Math.min(seen.feasible, seen.infeasible)).toBeGreaterThan(50);
  });

  it('finds the point of least norm: it is a nonnegative combination of inner normals of tight rows', () => {
    const random = createRandom(2);
    let bounded = 0;
    for (let instance = 0; instance < 200; instance++) {
      const size = random.integer(2, 5);
      const rows = randomHalfspaces(random, size, random.integer(2, 8));
      const guide = new LeastNorm(size);
      if (solve(guide, rows) !== null || guide.active === 0) continue;
      bounded++;
      // No feasible direction shortens x: every tight active row supports it, and any other feasible point is longer.
      const tight = Array.from(guide.codes.subarray(0, guide.active), (r) => rows[r]!);
      for (const { row, right } of tight) {
        expect(row.reduce((sum, a, i) => sum + a * guide.x[i]!, 0)).toBeCloseTo(right, 7);
      }
      for (let trial = 0; trial < 50; trial++) {
        const other = new LeastNorm(size);
        const extra = {
          row: Array.from({ length: size }, () => random.integer(-5, 5)),
          right: random.integer(-6, 0),
        };
        if (solve(other, [...rows, extra]) === null)
          expect(other.cost).toBeGreaterThanOrEqual(guide.cost - 1e-7);
      }
    }
    expect(bounded).toBeGreaterThan(30);
  });

  it('continues from a copy as from the original, and a restart gives the same point', () => {
    const random = createRandom(3);
    let compared = 0;
    for (let instance = 0; instance < 100; instance++) {
      const rows = randomHalfspaces(random, 4, 9);
      const original = new LeastNorm(4);
      if (solve(original, rows.slice(0, 5)) !== null) continue;
      const copy = new LeastNorm(4);
      copy.copyFrom(original);
      const restart = new LeastNorm(4);
      const results = [original, copy, restart].map((guide) => solve(guide, rows));
      expect(results[1]).toEqual(results[0]);
      expect(results[2] === null).toBe(results[0] === null);
      if (results[0] !== null) continue;
      expect([...copy.x]).toEqual([...original.x]);
      for (let i = 0; i < 4; i++) expect(restart.x[i]!).toBeCloseTo(original.x[i]!, 6);
      compared++;
    }
    expect(compared).toBeGreaterThan(20);
  });
});
