import { afterAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { minimiseLinear } from '../../src/lp/exact-lp.js';
import { LinearRow } from '../../src/lp/linear-system.js';
import { InputError } from '../../src/problem/input-error.js';
import { BACKEND_NAMES, milpBackend } from '../../src/restricted/backends/backends.js';
import { glpkBackend } from '../../src/restricted/backends/glpk.js';
import type { MilpBackend, MilpModel, MilpRow } from '../../src/restricted/backends/milp.js';

const backends = BACKEND_NAMES.map(milpBackend);

afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.close()));
});

const LARGEST = 3;

/** Two integers and two reals in [0, 3], rows with small integers of all three kinds. */
function randomMilp(seed: number): MilpModel {
  const random = createRandom(seed);
  const integers = (count: number, size: number) =>
    Float64Array.from({ length: count }, () => random.integer(-size, size));
  const rows: MilpRow[] = Array.from({ length: 4 }, () => {
    const right = random.integer(-4, 8);
    const [lower, upper] = [
      [-Infinity, right],
      [right, Infinity],
      [right, right + 2],
    ][random.integer(0, 2)]!;
    return { indices: [0, 1, 2, 3], values: [...integers(4, 5)], lower: lower!, upper: upper! };
  });
  return {
    cost: integers(4, 6),
    lower: new Float64Array(4),
    upper: new Float64Array(4).fill(LARGEST),
    integer: Uint8Array.of(1, 1, 0, 0),
    rows,
  };
}

/** The least cost by trying all integers and an exact linear program for the reals; null when infeasible. */
function bruteForce(model: MilpModel): number | null {
  const big = (value: number): bigint => BigInt(value);
  let best: number | null = null;
  for (let a = 0; a <= LARGEST; a++) {
    for (let b = 0; b <= LARGEST; b++) {
      const rows: LinearRow[] = [];
      for (const { values, lower, upper } of model.rows) {
        const fixed = values[0]! * a + values[1]! * b;
        const rest = [big(values[2]!), big(values[3]!)];
        if (upper < Infinity) rows.push(new LinearRow(rest, '<=', big(upper - fixed)));
        if (lower > -Infinity) rows.push(new LinearRow(rest, '>=', big(lower - fixed)));
      }
      for (const unit of [
        [1n, 0n],
        [0n, 1n],
      ]) {
        rows.push(new LinearRow(unit, '>=', 0n), new LinearRow(unit, '<=', BigInt(LARGEST)));
      }
      const result = minimiseLinear({
        unknowns: 2,
        rows,
        objective: [big(model.cost[2]!), big(model.cost[3]!)],
      });
      if (result.status !== 'optimal') continue;
      const cost = model.cost[0]! * a + model.cost[1]! * b + result.value.toNumber();
      if (best === null || cost < best) best = cost;
    }
  }
  return best;
}

describe.each(backends)('$name', (backend: MilpBackend) => {
  it('finds the optimum of small programs that brute force finds', async () => {
    let optimal = 0;
    for (let seed = 0; seed < 100; seed++) {
      const model = randomMilp(seed);
      const expected = bruteForce(model);
      const claim = await backend.solve(model, { timeLimitSeconds: 5 });
      if (expected === null) {
        expect(claim.status, `seed ${seed}`).toBe('infeasible');
      } else {
        expect(claim.status, `seed ${seed}`).toBe('optimal');
        if (claim.status !== 'optimal') continue;
        expect(claim.objective, `seed ${seed}`).toBeCloseTo(expected, 6);
        const cost = claim.values.reduce((sum, value, j) => sum + value * model.cost[j]!, 0);
        expect(cost, `seed ${seed}`).toBeCloseTo(expected, 6);
        optimal++;
      }
    }
    expect(optimal).toBeGreaterThan(20);
    expect(optimal).toBeLessThan(100);
  });

  it('solves programs without integers, with free and fixed variables', async () => {
    // minimise x + y, x free, y fixed to 2, x >= -y: x = -2.
    const model: MilpModel = {
      cost: Float64Array.of(1, 1),
      lower: Float64Array.of(-Infinity, 2),
      upper: Float64Array.of(Infinity, 2),
      integer: new Uint8Array(2),
      rows: [{ indices: [0, 1], values: [1, 1], lower: 0, upper: Infinity }],
    };
    const claim = await backend.solve(model);
    expect(claim).toMatchObject({ status: 'optimal' });
    if (claim.status === 'optimal') expect(claim.values[0]).toBeCloseTo(-2, 9);
  });

  it('calls an unbounded program unbounded', async () => {
    const model: MilpModel = {
      cost: Float64Array.of(1, 0),
      lower: Float64Array.of(-Infinity, 0),
      upper: Float64Array.of(Infinity, 1),
      integer: Uint8Array.of(0, 1),
      rows: [{ indices: [0, 1], values: [1, 1], lower: -Infinity, upper: 3 }],
    };
    // Some solvers cannot tell unbounded from undecided when integers are present; none may call it optimal.
    const claim = await backend.solve(model, { timeLimitSeconds: 5 });
    expect(['unbounded', 'undecided']).toContain(claim.status);
  });
});

describe('backends by name', () => {
  it('are the three, and nothing else', () => {
    expect(backends.map(({ name }) => name)).toEqual(['highs', 'glpk', 'jslp']);
    for (const name of ['cplex', '', 'toString']) {
      expect(() => milpBackend(name)).toThrow(InputError);
      expect(() => milpBackend(name)).toThrow('expected one of highs, glpk, jslp');
    }
  });
});

describe('optional packages', () => {
  it('names the missing package and the remedy', async () => {
    const missing = () =>
      Promise.reject(Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' }));
    const failure = glpkBackend(missing).solve(randomMilp(0));
    await expect(failure).rejects.toThrow(InputError);
    await expect(glpkBackend(missing).solve(randomMilp(0))).rejects.toThrow('npm install glpk.js');
  });

  it('passes other errors on', async () => {
    const broken = () => Promise.reject(new TypeError('broken'));
    await expect(glpkBackend(broken).solve(randomMilp(0))).rejects.toThrow(TypeError);
  });
});

/** Equal-sum rows over binaries with large weights ("market split", Cornuejols and Dawande 1998): hopeless by branching. */
function marketSplit(columns: number): MilpModel {
  const random = createRandom(1);
  const indices = Array.from({ length: columns }, (_, j) => j);
  const rows = Array.from({ length: 5 }, () => {
    const values = indices.map(() => random.integer(1, 99));
    const half = Math.floor(values.reduce((sum, value) => sum + value, 0) / 2);
    return { indices, values, lower: half, upper: half };
  });
  return {
    cost: new Float64Array(columns).fill(1),
    lower: new Float64Array(columns),
    upper: new Float64Array(columns).fill(1),
    integer: new Uint8Array(columns).fill(1),
    rows,
  };
}

describe.each(backends)('the time limit of $name', (backend) => {
  it('ends in an undecided claim, and the next program is solved', async () => {
    const cut = await backend.solve(marketSplit(50), { timeLimitSeconds: 1 });
    expect(cut.status).toBe('undecided');
    const model = randomMilp(0);
    const claim = await backend.solve(model, { timeLimitSeconds: 20 });
    expect(claim.status).toBe(bruteForce(model) === null ? 'infeasible' : 'optimal');
  });
});
