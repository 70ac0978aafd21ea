import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExactColumn, widened, withCommonScale } from '../../src/exact/column.js';
import { DecimalColumnBuilder } from '../../src/exact/decimal-column.js';
import { Rational } from '../../src/exact/rational.js';
import { anyColumn, doubleList, type LabelledColumn } from '../support/columns.js';

fc.configureGlobal({ seed: 22 });

/** Everything a column promises about the values it holds. */
function expectColumn(column: ExactColumn, values: readonly Rational[]): void {
  expect(column.length).toBe(values.length);
  expect(column.scale.sign()).toBe(1);
  expect(column.integerScale.sign()).toBe(1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    expect(column.value(i).toString()).toBe(value.toString());
    expect(column.integerScale.multiply(Rational.of(column.integer(i))).equals(value)).toBe(true);
    if (column.isDouble) {
      expect(column.scale.multiply(Rational.fromDouble(column.doubles[i]!)).equals(value)).toBe(true);
      const unit = Math.abs(column.doubles[i]!);
      expect(unit === 0 || (unit >= 2 ** -480 && unit <= 2 ** 480)).toBe(true);
    } else expect(Math.abs(column.doubles[i]!)).toBeLessThanOrEqual(1);
  }
  column.safeIntegers()?.forEach((integer, i) => {
    expect(Number.isSafeInteger(integer)).toBe(true);
    expect(BigInt(integer)).toBe(column.integer(i));
  });
  for (let i = 0; i < values.length; i++) {
    for (let j = 0; j < values.length; j++) expect(column.compare(i, j)).toBe(values[i]!.compare(values[j]!));
  }
  if (!column.isDouble) expectApproximations([column], [values]);
}

/** doubles = unit * 2^-k for one k, up to a relative error of 2^-52 or an absolute one of 2^-1074. */
function expectApproximations(
  columns: readonly ExactColumn[],
  lists: readonly (readonly Rational[])[],
): void {
  let power: Rational | null = null;
  columns.forEach((column, c) => {
    column.doubles.forEach((double, i) => {
      if (power !== null || Math.abs(double) < 2 ** -900) return;
      const ratio = Rational.fromDouble(double).divide(lists[c]![i]!.divide(column.scale));
      const exponent = Math.round(
        -Math.log2(ratio.toNumber() || 1) || Math.log2(ratio.denominator.toString(2).length),
      );
      expect(exponent).toBeGreaterThanOrEqual(0);
      const bits = ratio.denominator.toString(2).length - ratio.numerator.toString(2).length;
      for (const candidate of [bits - 1, bits, bits + 1]) {
        const unit = Rational.of(1n, 2n ** BigInt(Math.max(0, candidate)));
        const quotient = ratio.divide(unit).subtract(Rational.one).abs();
        if (quotient.lessThan(Rational.of(1n, 2n ** 50n))) power = unit;
      }
      expect(power).not.toBeNull();
    });
  });
  if (power === null) return;
  const unit: Rational = power;
  columns.forEach((column, c) => {
    column.doubles.forEach((double, i) => {
      const exact = lists[c]![i]!.divide(column.scale).multiply(unit);
      const error = Rational.fromDouble(double).subtract(exact).abs();
      const allowed = exact
        .abs()
        .multiply(Rational.of(1n, 2n ** 52n))
        .add(Rational.of(1n, 2n ** 1074n));
      expect(allowed.lessThan(error)).toBe(false);
    });
  });
}

describe('layouts', () => {
  test('every layout holds its values exactly, in order', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }).chain(anyColumn), ({ layout, column, values }) => {
        const key = `${layout}, ${column.isDouble ? 'doubles' : 'integers'}`;
        seen.set(key, (seen.get(key) ?? 0) + 1);
        expectColumn(column, values);
      }),
      { numRuns: 600 },
    );
    for (const key of [
      'doubles, doubles',
      'doubles, integers',
      'integers, integers',
      'safe integers, doubles',
    ]) {
      expect(seen.get(key), key).toBeGreaterThan(30);
    }
  });

  test('select keeps values and the common integer scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }).chain(anyColumn),
        fc.infiniteStream(fc.nat()),
        ({ column, values }, stream) => {
          const indices = [...stream.take(4)].map((k) => k % values.length);
          const selected = column.select(indices);
          expectColumn(
            selected,
            indices.map((i) => values[i]!),
          );
          expect(selected.scale.equals(column.scale)).toBe(true);
          for (let k = 0; k < indices.length; k++) {
            expect(
              selected.integerScale
                .multiply(Rational.of(selected.integer(k)))
                .equals(column.value(indices[k]!)),
            ).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('widened moves two columns apart exactly, on one scale, by multiples of weights or by one number', () => {
    const offset = fc
      .tuple(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.bigInt({ min: 1n, max: 2n ** 80n }))
      .map(([n, d]) => Rational.of(n, d));
    const pair = fc.integer({ min: 1, max: 5 }).chain((size) => fc.tuple(anyColumn(size), anyColumn(size)));
    fc.assert(
      fc.property(pair, offset, ([{ column, values }, weights], by) => {
        for (const w of [null, weights]) {
          const moved = (sign: number) =>
            values.map((v, i) =>
              v.add(by.multiply(Rational.of(sign)).multiply(w?.values[i] ?? Rational.one)),
            );
          const [lower, upper] = widened([column, column], w?.column ?? null, by);
          expectColumn(lower, moved(-1));
          expectColumn(upper, moved(1));
          expect(lower.integerScale.equals(upper.integerScale)).toBe(true);
        }
        expect(widened([column, column], null, Rational.zero)[0]).toBe(column);
      }),
      { numRuns: 150 },
    );
  });

  test('not a number, infinite: refused by index', () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      expect(() => ExactColumn.fromDoubles(Float64Array.of(1, 2, bad, 3))).toThrow(/element 2 /);
      expect(() => ExactColumn.fromDoubles(Float64Array.of(bad))).toThrow(/element 0 /);
    }
  });
});

describe('a common scale', () => {
  function expectCommonScale(parts: readonly LabelledColumn[], columns: readonly ExactColumn[]): void {
    const first = columns[0]!;
    columns.forEach((column, c) => {
      expectColumn(column, parts[c]!.values);
      expect(column.scale.equals(first.scale)).toBe(true);
      expect(column.isDouble).toBe(first.isDouble);
      expect(column.integerScale.equals(first.integerScale)).toBe(true);
      for (let i = 0; i < column.length; i++) {
        for (let j = 0; j < first.length; j++) {
          const order = parts[c]!.values[i]!.compare(parts[0]!.values[j]!);
          const [p, q] = [column.doubles[i]!, first.doubles[j]!];
          // Different approximations are ordered as the values; equal exact doubles are equal values.
          if (p !== q || column.isDouble) expect(p < q ? -1 : p > q ? 1 : 0).toBe(order);
          const difference = column.integer(i) - first.integer(j);
          expect(difference < 0n ? -1 : difference > 0n ? 1 : 0).toBe(order);
        }
      }
    });
    if (!first.isDouble)
      expectApproximations(
        columns,
        parts.map((part) => part.values),
      );
  }

  test('withCommonScale in all pairs of layouts, and select afterwards', () => {
    const pair = fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(anyColumn(n), anyColumn(n)));
    fc.assert(
      fc.property(pair, (parts) => {
        const columns = withCommonScale(parts.map((part) => part.column));
        expectCommonScale(parts, columns);
        // Rows sorted or merged later must still compare across the two columns.
        const picked = parts.map((part) => ({ ...part, values: [part.values[0]!] }));
        expectCommonScale(
          picked,
          columns.map((column) => column.select([0])),
        );
      }),
      { numRuns: 400 },
    );
  });

  test('double columns with different binary exponents share one integer scale', () => {
    const lower = ExactColumn.fromDoubles(Float64Array.of(1, 2, 3));
    const upper = ExactColumn.fromDoubles(Float64Array.of(1.5, 2.25, 3.125));
    const [a, b] = withCommonScale([lower, upper]) as [ExactColumn, ExactColumn];
    expect(a.integerScale.equals(b.integerScale)).toBe(true);
    expect([a.integer(2), b.integer(2)]).toEqual([24n, 25n]);
    // Entry 0 of either column is coarser than the rest: the scale must not shrink with the selection.
    const [c, d] = [a.select([0]), b.select([0])];
    expect(c.integerScale.equals(d.integerScale)).toBe(true);
    expect(c.integer(0) * 3n).toBe(d.integer(0) * 2n);
  });
});

describe('decimal texts', () => {
  const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
  const text = fc.oneof(
    fc.tuple(fc.constantFrom('', '-', '+'), digits(17)).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom('', '-', '+'), digits(9), digits(9)).map(([s, a, b]) => `${s}${a}.${b}`),
    fc.tuple(fc.constantFrom('', '-'), digits(9)).map(([s, b]) => `${s}.${b}`),
    digits(8).map((a) => `${a}.`),
    fc.tuple(digits(6), fc.integer({ min: -30, max: 30 })).map(([a, e]) => `${a}e${e}`),
    fc
      .tuple(digits(6), digits(20), fc.integer({ min: -400, max: 400 }))
      .map(([a, b, e]) => `-${a}.${b}E${e}`),
    fc.constantFrom('0', '-0', '0.000', '000', '9007199254740991', '9007199254740992', '9007199254740993'),
  );

  test('the builder holds what Rational.parse reads', () => {
    let doubles = 0;
    let integers = 0;
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.boolean(), (texts, withFraction) => {
        const builder = new DecimalColumnBuilder();
        for (const entry of texts) builder.push(entry);
        const values = texts.map((entry) => Rational.parse(entry));
        if (withFraction) {
          builder.pushRational(Rational.of(1, 3));
          values.push(Rational.of(1, 3));
        }
        expect(builder.length).toBe(values.length);
        const column = builder.finish();
        if (column.isDouble) doubles++;
        else integers++;
        expectColumn(column, values);
      }),
      { numRuns: 600 },
    );
    expect(doubles).toBeGreaterThan(100);
    expect(integers).toBeGreaterThan(100);
  });

  test('decimal data of ordinary size stay in doubles', () => {
    const builder = new DecimalColumnBuilder();
    for (let i = 0; i < 3000; i++)
      builder.push(`${i % 2 ? '-' : ''}${i}.${String(i % 100).padStart(2, '0')}`);
    const column = builder.finish();
    expect(column.isDouble).toBe(true);
    expect(column.scale.toString()).toBe('1/100');
    expect(column.value(2999).toString()).toBe('-299999/100');
  });

  test('a text that is no decimal is refused', () => {
    for (const bad of [
      '',
      '-',
      '.',
      '+.',
      '1.2.3',
      'abc',
      '1/2',
      ' 1',
      '1 ',
      'NaN',
      'Infinity',
      '0x1',
      '1e',
      '--1',
    ]) {
      expect(() => new DecimalColumnBuilder().push(bad), bad).toThrow(SyntaxError);
    }
    expect(() => new DecimalColumnBuilder().push('1e99999')).toThrow(RangeError);
  });
});

test('scaling a double column by a power of two keeps it exact', () => {
  fc.assert(
    fc.property(doubleList({ minLength: 1, maxLength: 5 }), (list) => {
      const column = ExactColumn.fromDoubles(Float64Array.from(list));
      list.forEach((x, i) => {
        expect(column.value(i).equals(Rational.fromDouble(x))).toBe(true);
      });
      // The caller's array is data: it must not have been changed.
      expect(
        ExactColumn.fromDoubles(Float64Array.from(list)).value(0).equals(Rational.fromDouble(list[0]!)),
      ).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('short numbers are integers in doubles, long ones are not', () => {
  const columnOf = (...values: number[]) => ExactColumn.fromDoubles(Float64Array.from(values));
  expect(Array.from(columnOf(0.5, -3, 0.25).safeIntegers()!)).toEqual([2, -12, 1]);
  expect(Array.from(columnOf(2 ** 53 - 1, 0).safeIntegers()!)).toEqual([2 ** 53 - 1, 0]);
  for (const values of [
    [2 ** 53, 0],
    [2 ** 52, 0.25],
    [1e-300, 1],
  ])
    expect(columnOf(...values).safeIntegers()).toBeNull();
});
