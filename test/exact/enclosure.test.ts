import fc from 'fast-check';
import { init } from 'gmp-wasm';
import { describe, expect, it } from 'vitest';
import {
  DOUBLE_POWER_RANGE,
  doublePair,
  exponentialOfProduct,
  logarithms,
  POWER_ERROR,
  SECANT_ERROR,
  unitSecant,
  zeroSecant,
} from '../../src/exact/double-power.js';
import {
  decimalsAround,
  type Enclosure,
  exactly,
  logarithm,
  power,
  powerExponent,
  powerSecant,
  scaledPower,
} from '../../src/exact/enclosure.js';
import { Rational } from '../../src/exact/rational.js';
import { exactRoot, integerRoot } from '../../src/exact/root.js';

const DOWN = 3;
const UP = 2;
const gmp = await init();

/** The operations of gmp-wasm's floats that are used here (its own types resolve to an empty interface). */
interface Mpfr {
  sub(other: Mpfr): Mpfr;
  mul(other: Mpfr): Mpfr;
  div(other: Mpfr): Mpfr;
  pow(other: Mpfr): Mpfr;
  ln(): Mpfr;
  toString(): string;
}

/** The value of a formula in MPFR with all operations rounded down, then up, as exact rationals. */
function oracle(
  formula: (number: (q: Rational) => Mpfr) => string,
  precisionBits = 400,
): [Rational, Rational] {
  const ends = [DOWN, UP].map((roundingMode) => {
    let text = '';
    gmp.calculate(
      (g) => {
        const options = { precisionBits, roundingMode };
        const integer = (n: bigint) => g.Float(n.toString(), options) as unknown as Mpfr;
        const number = (q: Rational) => integer(q.numerator).div(integer(q.denominator));
        text = formula(number);
        return g.Float(0);
      },
      { precisionBits, roundingMode },
    );
    return Rational.parse(text);
  });
  return ends as [Rational, Rational];
}

/** MPFR evaluates with errors in the last of 400 bits; this slack covers a chain of a few such operations. */
const SLACK = Rational.of(1n, 1n << 360n);

function end(value: bigint, bits: number): Rational {
  return Rational.of(value, 1n << BigInt(bits));
}

function expectAround(enclosure: Enclosure, [low, high]: [Rational, Rational], units: bigint): void {
  const size = Rational.one.add(low.abs()).multiply(SLACK);
  expect(end(enclosure.lower, enclosure.bits).compare(high.add(size))).toBeLessThanOrEqual(0);
  expect(end(enclosure.upper, enclosure.bits).compare(low.subtract(size))).toBeGreaterThanOrEqual(0);
  expect(enclosure.upper - enclosure.lower).toBeLessThanOrEqual(units);
}

const magnitude = fc
  .tuple(fc.bigInt(1n, 10n ** 18n), fc.bigInt(1n, 10n ** 18n))
  .map(([n, d]) => Rational.of(n, d));
const nearOne = fc
  .tuple(fc.bigInt(-1000n, 1000n), fc.integer({ min: 12, max: 60 }))
  .map(([a, e]) => Rational.one.add(Rational.of(a, 10n ** BigInt(e))));
const extreme = fc
  .tuple(fc.bigInt(1n, 1000n), fc.integer({ min: -200, max: 200 }))
  .map(([a, e]) => Rational.fromDecimal({ mantissa: a, exponent: e }));
const powersOfTwo = fc.integer({ min: -80, max: 80 }).map((e) => Rational.fromDouble(2 ** e));
const base = fc.oneof(magnitude, nearOne, extreme, powersOfTwo);
const exponent = fc.oneof(
  fc
    .tuple(fc.integer({ min: 0, max: 24 }), fc.integer({ min: 1, max: 24 }))
    .map(([u, v]) => Rational.of(Math.min(u, v), v)),
  fc.double({ min: 0, max: 1, noNaN: true }).map(Rational.fromDouble),
  fc.integer({ min: 5, max: 50 }).map((k) => Rational.one.subtract(Rational.of(1n, 1n << BigInt(k)))),
);
const precision = fc.integer({ min: 20, max: 300 });

describe('enclosures in fixed point', () => {
  it('ln c encloses MPFR and is two units wide', () => {
    fc.assert(
      fc.property(base, precision, (c, bits) => {
        expectAround(
          logarithm(c, bits),
          oracle((number) => number(c).ln().toString()),
          2n,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('c^p encloses MPFR and is at most three units wide', () => {
    fc.assert(
      fc.property(base, exponent, precision, (c, p, bits) => {
        const precisionBits = 400 + 700;
        const around = oracle((number) => number(c).pow(number(p)).toString(), precisionBits);
        expectAround(power(c, p, bits), around, 3n);
      }),
      { numRuns: 600 },
    );
  });

  it('c^p 2^-e encloses MPFR for numbers of thousands of digits and any e near their size', () => {
    const huge = fc
      .tuple(fc.bigInt(1n, 10n ** 20n), fc.integer({ min: -4500, max: 4500 }))
      .map(([a, e]) => Rational.fromDecimal({ mantissa: a, exponent: e }));
    fc.assert(
      fc.property(huge, exponent, precision, fc.integer({ min: -400, max: 400 }), (c, p, bits, above) => {
        const scale = powerExponent(c, p) + above;
        const two = Rational.of(
          scale >= 0 ? 1n << BigInt(scale) : 1n,
          scale >= 0 ? 1n : 1n << BigInt(-scale),
        );
        const around = oracle((number) => number(c).pow(number(p)).div(number(two)).toString(), 1500);
        expectAround(scaledPower(c, p, bits, scale), around, 3n);
      }),
      { numRuns: 300 },
    );
  });

  it('secants of t -> c^t enclose MPFR and are at most three units wide', () => {
    fc.assert(
      fc.property(base, exponent, precision, (c, p, bits) => {
        const wide = 1800;
        if (!p.equals(Rational.one)) {
          const h = oracle(
            (number) =>
              number(c)
                .sub(number(c).pow(number(p)))
                .div(number(Rational.one.subtract(p)))
                .toString(),
            wide,
          );
          expectAround(powerSecant(c, p, Rational.one, bits), h, 3n);
        }
        const derivative = oracle((number) => number(c).mul(number(c).ln()).toString(), wide);
        expectAround(powerSecant(c, Rational.one, Rational.one, bits), derivative, 3n);
      }),
      { numRuns: 400 },
    );
  });

  it('roots are exact on perfect powers', () => {
    fc.assert(
      fc.property(
        fc.bigInt(1n, 10n ** 12n),
        fc.bigInt(1n, 10n ** 12n),
        fc.integer({ min: 2, max: 5 }),
        (n, d, v) => {
          const c = Rational.of(n ** BigInt(v), d ** BigInt(v));
          const root = power(c, Rational.of(1, v), 64);
          expect(end(root.lower, 64).compare(Rational.of(n, d))).toBeLessThanOrEqual(0);
          expect(end(root.upper, 64).compare(Rational.of(n, d))).toBeGreaterThanOrEqual(0);
          expect(power(Rational.of(n ** BigInt(v)), Rational.of(1, v), 10)).toEqual(
            exactly(Rational.of(n), 10),
          );
          expect(exactRoot(n ** BigInt(v), v)).toBe(n);
          const floor = integerRoot(n, v);
          expect(floor ** BigInt(v) <= n && n < (floor + 1n) ** BigInt(v)).toBe(true);
        },
      ),
    );
  });

  it('decimals are rounded outward', () => {
    fc.assert(
      fc.property(magnitude, fc.integer({ min: 0, max: 30 }), fc.boolean(), (c, digits, negative) => {
        const value = negative ? c.negate() : c;
        const { lower, upper } = decimalsAround(value, value, digits);
        expect(Rational.parse(lower).compare(value)).toBeLessThanOrEqual(0);
        expect(Rational.parse(upper).compare(value)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('refuses what has no power', () => {
    expect(() => logarithm(Rational.zero, 10)).toThrow('expected a positive base, found 0');
    expect(() => power(Rational.of(2), Rational.of(3, 2), 10)).toThrow('between 0 and 1, found 3/2');
    expect(() => powerSecant(Rational.of(2), Rational.one, Rational.zero, 10)).toThrow('expected p <= q');
    expect(() => integerRoot(-1n, 2)).toThrow('integer >= 0');
  });
});

describe('enclosures in doubles', () => {
  const doubles = fc.oneof(
    fc.double({ min: DOUBLE_POWER_RANGE.smallest, max: DOUBLE_POWER_RANGE.largest, noNaN: true }),
    fc.double({ min: 0.5, max: 2, noNaN: true }),
    fc.integer({ min: -300, max: 300 }).map((e) => 2 ** e),
    fc.integer({ min: 1, max: 1e9 }),
    fc.double({ min: 1 - 1e-12, max: 1 + 1e-12, noNaN: true }),
  );
  const within = (value: number, truth: Enclosure, bound: number) => {
    const allowed = Rational.fromDouble(bound);
    const v = Rational.fromDouble(value);
    expect(v.subtract(end(truth.upper, truth.bits)).compare(allowed)).toBeLessThanOrEqual(0);
    expect(end(truth.lower, truth.bits).subtract(v).compare(allowed)).toBeLessThanOrEqual(0);
  };

  it('stay within the proved errors', () => {
    fc.assert(
      fc.property(doubles, exponent, (c, p) => {
        const q = Rational.fromDouble(c);
        const { high, low } = logarithms(Float64Array.of(c));
        const ln = logarithm(q, 200);
        const sum = Rational.fromDouble(high[0]!).add(Rational.fromDouble(low[0]!));
        const error = Rational.fromDouble(2 ** -58 + 2 ** -100 * Math.abs(high[0]!));
        expect(sum.subtract(end(ln.lower, 200)).abs().compare(error)).toBeLessThanOrEqual(0);
        const pair = doublePair(p);
        const value = exponentialOfProduct(high[0]!, low[0]!, pair.high, pair.low);
        within(value, power(q, p, 700), POWER_ERROR * value);
        const dyadic = Rational.of((p.numerator * 2n ** 48n) / p.denominator, 1n << 48n);
        const t = dyadic.toNumber();
        const zero = zeroSecant(high[0]!, low[0]!, t);
        within(
          zero,
          powerSecant(q, Rational.zero, dyadic, 700),
          SECANT_ERROR * Math.abs(zero) + 2 ** -56 * Math.max(1, c ** t),
        );
        const unit = unitSecant(c, high[0]!, low[0]!, t);
        within(
          unit,
          powerSecant(q, dyadic, Rational.one, 700),
          SECANT_ERROR * Math.abs(unit) + 2 ** -56 * Math.max(1, c),
        );
      }),
      { numRuns: 4000 },
    );
  });
});
