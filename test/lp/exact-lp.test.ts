import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import {
  decide,
  isFeasible,
  minimiseLinear,
  refute,
  verifyInfeasible,
  verifyOptimal,
  verifyUnbounded,
} from '../../src/lp/exact-lp.js';
import { ExactDictionary } from '../../src/lp/exact-simplex.js';
import { type LinearProgram, LinearRow, type LinearSystem, primitiveOf } from '../../src/lp/linear-system.js';
import { highsBackend } from '../../src/restricted/backends/highs.js';
import type { MilpModel } from '../../src/restricted/backends/milp.js';
import { KINDS, randomProgram } from './random-systems.js';

/** Fails unless the result carries a certificate that verifies; returns its status. */
function validate(program: LinearProgram): 'optimal' | 'infeasible' | 'unbounded' {
  const result = minimiseLinear(program);
  if (result.status === 'optimal') {
    expect(verifyOptimal(program, result.point, result.duals)).toBe(true);
    let value = Rational.zero;
    result.point.forEach((x, j) => {
      value = value.add(x.multiply(Rational.of(program.objective[j]!)));
    });
    expect(result.value.equals(value)).toBe(true);
  } else if (result.status === 'infeasible') {
    expect(verifyInfeasible(program, result.multipliers)).toBe(true);
  } else {
    expect(verifyUnbounded(program, result.point, result.ray)).toBe(true);
  }
  return result.status;
}

function toMilp(program: LinearProgram): MilpModel {
  return {
    cost: Float64Array.from(program.objective, Number),
    lower: new Float64Array(program.unknowns).fill(-Infinity),
    upper: new Float64Array(program.unknowns).fill(Infinity),
    integer: new Uint8Array(program.unknowns),
    rows: program.rows.map(({ coefficients, sense, right }) => ({
      indices: coefficients.map((_, j) => j),
      values: coefficients.map(Number),
      lower: sense === '<=' ? -Infinity : Number(right),
      upper: sense === '>=' ? Infinity : Number(right),
    })),
  };
}

describe('2,000 random linear programs', () => {
  const highs = highsBackend();
  const seen = new Map<string, number>();
  let undecided = 0;

  beforeAll(async () => {
    for (let seed = 0; seed < 2000; seed++) {
      const program = randomProgram(seed, KINDS[seed % KINDS.length]!);
      const status = validate(program);
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const claim = await highs.solve(toMilp(program));
      // HiGHS may stop at "unbounded or infeasible", and fails on some tiny infeasible programs.
      if (claim.status === 'undecided') {
        undecided++;
        expect(['infeasible', 'unbounded'], `seed ${seed}`).toContain(status);
      } else expect(claim.status, `seed ${seed}`).toBe(status);
      const result = minimiseLinear(program);
      if (claim.status === 'optimal' && result.status === 'optimal') {
        const value = result.value.toNumber();
        expect(Math.abs(claim.objective - value)).toBeLessThan(1e-5 * (1 + Math.abs(value)));
      }
    }
  });

  it('have verified certificates and agree with highs', () => {
    for (const status of ['optimal', 'infeasible', 'unbounded']) {
      expect(seen.get(status)).toBeGreaterThan(200);
    }
    expect(undecided).toBeLessThan(100);
  });

  it('get the same status from the exact simplex method without any proposal', () => {
    for (let seed = 0; seed < 500; seed++) {
      const program = randomProgram(seed, KINDS[seed % KINDS.length]!);
      const outcome = new ExactDictionary(program, program.objective).solve([]);
      expect(outcome.status).toBe(minimiseLinear(program).status);
      if (outcome.status === 'optimal') {
        expect(verifyOptimal(program, outcome.point, outcome.duals)).toBe(true);
      } else if (outcome.status === 'infeasible') {
        expect(verifyInfeasible(program, primitiveOf(outcome.multipliers))).toBe(true);
      } else expect(verifyUnbounded(program, outcome.point, outcome.ray)).toBe(true);
    }
  });

  it('are decided and refuted alike', () => {
    for (let seed = 0; seed < 500; seed++) {
      const program = randomProgram(seed, KINDS[seed % KINDS.length]!);
      const infeasible = minimiseLinear(program).status === 'infeasible';
      const decision = decide(program);
      expect(decision.status).toBe(infeasible ? 'infeasible' : 'feasible');
      if (decision.status === 'feasible') expect(isFeasible(program, decision.point)).toBe(true);
      else expect(verifyInfeasible(program, decision.multipliers)).toBe(true);
      expect(refute(program).status).toBe(infeasible ? 'infeasible' : 'open');
    }
  });
});

/** Rows given as rationals: [coefficients..., sense, right]. */
function row(coefficients: string[], sense: '<=' | '=' | '>=', right: string): LinearRow {
  return LinearRow.fromRationals(
    coefficients.map((text) => Rational.parse(text)),
    sense,
    Rational.parse(right),
  );
}

describe('where doubles cannot see', () => {
  const almost = (gap: string): LinearSystem => ({
    unknowns: 2,
    rows: [
      row(['1', '1'], '<=', '1'),
      row(['1', '2'], '<=', '1'),
      row(['2', '3'], '>=', Rational.of(2).add(Rational.parse(gap)).toString()),
    ],
  });

  it('a system infeasible by 1e-30 is infeasible, one that holds with equality is feasible', () => {
    const tight = decide(almost('0'));
    expect(tight.status).toBe('feasible');
    const broken = decide(almost('1e-30'));
    expect(broken.status).toBe('infeasible');
    expect(broken.source).toBe('exact simplex');
    if (broken.status === 'infeasible')
      expect(verifyInfeasible(almost('1e-30'), broken.multipliers)).toBe(true);
    expect(decide(almost('-1e-30')).status).toBe('feasible');
  });

  it('parallel equations 1e-30 apart are infeasible', () => {
    const rows = [row(['1', '3'], '=', '1'), row(['1', '3'], '=', '1.000000000000000000000000000001')];
    const result = decide({ unknowns: 2, rows });
    expect(result.status).toBe('infeasible');
    if (result.status === 'infeasible') {
      expect(result.multipliers.map((y) => y !== 0n)).toEqual([true, true]);
    }
  });

  it('coefficients of 1e-12 and 1e12 in one row keep their meaning', () => {
    // x = 1e24 is the only solution of 1e-12 x - 1e12 y = 0, y = 1.
    const program: LinearProgram = {
      unknowns: 2,
      objective: [1n, 0n],
      rows: [row(['1e-12', '-1e12'], '=', '0'), row(['0', '1'], '>=', '1'), row(['1', '0'], '<=', '1e24')],
    };
    expect(validate(program)).toBe('optimal');
    const result = minimiseLinear(program);
    if (result.status === 'optimal') expect(result.value.toString()).toBe(`1${'0'.repeat(24)}`);
    const rows = [...program.rows.slice(0, 2), row(['1', '0'], '<=', '999999999999999999999999')];
    expect(validate({ ...program, rows })).toBe('infeasible');
  });

  it('numbers beyond the range of doubles are handled', () => {
    const huge = 10n ** 400n;
    const rows = [new LinearRow([huge, 1n], '>=', huge), new LinearRow([huge, 0n], '<=', huge - 1n)];
    const program = { unknowns: 2, rows: [...rows, new LinearRow([0n, 1n], '<=', 0n)], objective: [0n, 0n] };
    expect(validate(program)).toBe('infeasible');
    expect(validate({ ...program, rows })).toBe('optimal');
  });

  it('the optimum of a Klee-Minty cube is exact', () => {
    const n = 8;
    const rows: LinearRow[] = [];
    for (let i = 0; i < n; i++) {
      const coefficients = Array.from({ length: n }, (_, j) =>
        j < i ? 2n * 10n ** BigInt(i - j) : j === i ? 1n : 0n,
      );
      rows.push(new LinearRow(coefficients, '<=', 100n ** BigInt(i)));
      rows.push(
        new LinearRow(
          coefficients.map((_, j) => (i === j ? 1n : 0n)),
          '>=',
          0n,
        ),
      );
    }
    const objective = Array.from({ length: n }, (_, j) => -(10n ** BigInt(n - 1 - j)));
    const program = { unknowns: n, rows, objective };
    expect(validate(program)).toBe('optimal');
    const result = minimiseLinear(program);
    if (result.status === 'optimal')
      expect(result.value.toString()).toBe((-(100n ** BigInt(n - 1))).toString());
  });
});

describe('systems at the edges', () => {
  it('no rows: feasible, unbounded unless the objective is 0', () => {
    expect(decide({ unknowns: 2, rows: [] }).status).toBe('feasible');
    expect(validate({ unknowns: 2, rows: [], objective: [0n, 0n] })).toBe('optimal');
    expect(validate({ unknowns: 2, rows: [], objective: [0n, -1n] })).toBe('unbounded');
  });

  it('rows without coefficients are true or contradict themselves', () => {
    expect(decide({ unknowns: 1, rows: [new LinearRow([0n], '<=', 0n)] }).status).toBe('feasible');
    for (const [sense, right] of [
      ['<=', -1n],
      ['>=', 1n],
      ['=', 3n],
    ] as const) {
      const system = { unknowns: 1, rows: [new LinearRow([0n], sense, right)] };
      const result = decide(system);
      expect(result.status).toBe('infeasible');
      if (result.status === 'infeasible') expect(result.multipliers).toEqual([right > 0n ? 1n : -1n]);
    }
  });

  it('unknowns that occur in no row stay free', () => {
    const rows = [new LinearRow([1n, 0n], '>=', 2n)];
    expect(validate({ unknowns: 2, rows, objective: [1n, 0n] })).toBe('optimal');
    expect(validate({ unknowns: 2, rows, objective: [1n, 1n] })).toBe('unbounded');
  });

  it('repeated rows and redundant equations do no harm', () => {
    const equation = new LinearRow([1n, 2n], '=', 3n);
    const rows = [equation, equation, new LinearRow([2n, 4n], '=', 6n), new LinearRow([1n, 0n], '<=', 1n)];
    expect(validate({ unknowns: 2, rows, objective: [-1n, 0n] })).toBe('optimal');
  });
});

describe('forged certificates are refused', () => {
  const system: LinearSystem = {
    unknowns: 1,
    rows: [new LinearRow([1n], '<=', 1n), new LinearRow([1n], '>=', 2n)],
  };

  it('multipliers of the wrong sign, count or sum', () => {
    expect(verifyInfeasible(system, [-1n, 1n])).toBe(true);
    expect(verifyInfeasible(system, [1n, -1n])).toBe(false);
    expect(verifyInfeasible(system, [-1n, 2n])).toBe(false);
    expect(verifyInfeasible(system, [0n, 0n])).toBe(false);
    expect(verifyInfeasible(system, [-1n])).toBe(false);
  });

  it('points, duals and rays that are almost right', () => {
    const program: LinearProgram = { unknowns: 1, rows: [new LinearRow([3n], '>=', 1n)], objective: [1n] };
    const third = Rational.of(1, 3);
    const tiny = Rational.parse('1e-30');
    expect(verifyOptimal(program, [third], [third])).toBe(true);
    expect(verifyOptimal(program, [third.subtract(tiny)], [third])).toBe(false);
    expect(verifyOptimal(program, [third.add(tiny)], [third])).toBe(false);
    expect(verifyOptimal(program, [third], [third.add(tiny)])).toBe(false);
    const falling: LinearProgram = { ...program, objective: [-1n] };
    expect(verifyUnbounded(falling, [third], [Rational.one])).toBe(true);
    expect(verifyUnbounded(falling, [third], [Rational.one.negate()])).toBe(false);
    expect(verifyUnbounded(falling, [third.subtract(tiny)], [Rational.one])).toBe(false);
  });

  it('no random vector of integers refutes a feasible system', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5000 }),
        fc.array(fc.bigInt(-20n, 20n), { minLength: 20, maxLength: 20 }),
        (seed, multipliers) => {
          const program = randomProgram(seed, 'feasible');
          return !verifyInfeasible(program, multipliers.slice(0, program.rows.length));
        },
      ),
    );
  });
});

describe('metamorphic', () => {
  it('scaling rows and permuting rows and unknowns changes neither status nor value', () => {
    let optimal = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.bigInt(1n, 10n ** 20n), (seed, factor) => {
        const program = randomProgram(seed, KINDS[seed % KINDS.length]!);
        const scaled: LinearProgram = {
          unknowns: program.unknowns,
          objective: program.objective.toReversed(),
          rows: program.rows.toReversed().map(
            ({ coefficients, sense, right }, i) =>
              new LinearRow(
                coefficients.toReversed().map((value) => value * (i % 2 === 0 ? factor : 1n)),
                sense,
                right * (i % 2 === 0 ? factor : 1n),
              ),
          ),
        };
        const first = minimiseLinear(program);
        const second = minimiseLinear(scaled);
        expect(second.status).toBe(first.status);
        if (first.status === 'optimal' && second.status === 'optimal') {
          optimal++;
          expect(second.value.equals(first.value)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    expect(optimal).toBeGreaterThan(50);
  });
});
