import { expect, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { flattestRemainder } from '../../src/facing/flattest.js';
import type { PiecewiseLinear } from '../../src/problem/piecewise-linear.js';

/** A function with slopes in eighths, sevenths or units. */
function functionOf(seed: number, most: number): PiecewiseLinear {
  const random = createRandom(seed);
  const fraction = () => {
    const numerator = random.integer(-40, 40);
    return Rational.of(numerator === 0 ? 1 : numerator, [1, 7, 8][random.integer(0, 2)]!);
  };
  const knots = Array.from({ length: random.integer(0, most) }, (_, k) => ({
    at: Rational.of(k),
    slopeChange: fraction(),
  }));
  return { slope: fraction(), intercept: Rational.of(1), knots };
}

test('is the least over all facings, for up to 12 knots', () => {
  let zeros = 0;
  for (let seed = 0; seed < 300; seed++) {
    const f = functionOf(seed, 12);
    let sums = [f.slope];
    for (const { slopeChange } of f.knots) sums = [...sums, ...sums.map((sum) => sum.add(slopeChange))];
    const least = sums.map((sum) => sum.abs()).reduce((a, b) => (b.lessThan(a) ? b : a));
    expect(flattestRemainder(f).toString()).toBe(least.toString());
    if (least.isZero()) zeros++;
  }
  expect(zeros).toBeGreaterThan(20);
});

test('lies between the truth and the flattest piece for more knots', () => {
  let below = 0;
  for (let seed = 0; seed < 20; seed++) {
    const few = functionOf(1000 + seed, 20);
    const truth = flattestRemainder(few);
    // 30 pairs of knots that cancel each other, in front. Whatever else of them faces left adds a multiple of a million.
    const pairs = Array.from({ length: 60 }, (_, k) => ({
      at: Rational.of(k - 200),
      slopeChange: Rational.of((k % 2 === 0 ? 1n : -1n) * 1_000_000n * 3n ** BigInt(k >> 1)),
    }));
    const knots = [...pairs, ...few.knots];
    const found = flattestRemainder({ ...few, knots });
    let slope = few.slope;
    let flattest = slope.abs();
    for (const { slopeChange } of knots) {
      slope = slope.add(slopeChange);
      if (slope.abs().lessThan(flattest)) flattest = slope.abs();
    }
    expect(found.lessThan(truth)).toBe(false);
    expect(flattest.lessThan(found)).toBe(false);
    if (found.lessThan(flattest)) below++;
  }
  expect(below).toBeGreaterThan(5);
});
