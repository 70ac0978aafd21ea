import { larger } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import { type Expression, evaluateExactly, isRational, mentionsVariable } from './expression.js';
import { hull, type Interval, type IntervalArithmetic } from './interval.js';

/** Enclosures of a function and its derivatives on an interval. */
export interface Jet {
  readonly value: Interval;
  /** Of the slopes between any two points; null where none is known. */
  readonly first: Interval | null;
  /** Of the second derivative; null where there may be none. */
  readonly second: Interval | null;
}

/** A formula that cannot be enclosed: it may jump. */
export class NotContinuous extends Error {}

/** phi(u), phi'(u), phi''(u); the derivatives when asked for, which throws RangeError where there are none. */
interface Composition {
  readonly value: Interval;
  derivatives(): readonly [first: Interval, second: Interval];
}

type Outer = (a: IntervalArithmetic, u: Interval) => Composition;

/** Functions of one operand by their derivatives. */
const OUTER: Readonly<Record<string, Outer>> = {
  sqrt: (a, u) => {
    const value = a.sqrt(u);
    // 1 / (2 s), -1 / (4 s^3)
    return composed(value, () => {
      const inverse = a.inverse(value);
      return [halved(inverse), a.negate(halved(halved(a.power(inverse, 3))))];
    });
  },
  cbrt: (a, u) => {
    const value = a.cbrt(u);
    // 1 / (3 c^2), -2 / (9 c^5)
    return composed(value, () => {
      const inverse = a.inverse(value);
      return [
        a.multiply(a.square(inverse), a.constant(Rational.of(1, 3))),
        a.multiply(a.power(inverse, 5), a.constant(Rational.of(-2, 9))),
      ];
    });
  },
  exp: (a, u) => {
    const value = a.exp(u);
    return composed(value, () => [value, value]);
  },
  ln: (a, u) =>
    composed(a.ln(u), () => {
      const inverse = a.inverse(u);
      return [inverse, a.negate(a.square(inverse))];
    }),
  sin: (a, u) => {
    const value = a.sin(u);
    return composed(value, () => [a.cos(u), a.negate(value)]);
  },
  cos: (a, u) => {
    const value = a.cos(u);
    return composed(value, () => [a.negate(a.sin(u)), a.negate(value)]);
  },
  tan: (a, u) => {
    const value = a.multiply(a.sin(u), a.inverse(a.cos(u)));
    // 1 + t^2, 2 t (1 + t^2)
    return composed(value, () => {
      const first = a.add(a.integer(1), a.square(value));
      return [first, doubled(a.multiply(value, first))];
    });
  },
  asin: (a, u) => {
    // 2 arctan(u / (1 + sqrt(1 - u^2)))
    const s = a.sqrt(a.subtract(a.integer(1), a.square(u)));
    const value = doubled(a.atan(a.multiply(u, a.inverse(a.add(a.integer(1), s)))));
    // 1 / s, u / s^3
    return composed(value, () => {
      const inverse = a.inverse(s);
      return [inverse, a.multiply(u, a.power(inverse, 3))];
    });
  },
  atan: (a, u) =>
    // 1 / (1 + u^2), -2 u / (1 + u^2)^2
    composed(a.atan(u), () => {
      const inverse = a.inverse(a.add(a.integer(1), a.square(u)));
      return [inverse, a.negate(doubled(a.multiply(u, a.square(inverse))))];
    }),
  sinh: (a, u) => {
    const [sinh, cosh] = hyperbolic(a, u);
    return composed(sinh, () => [cosh, sinh]);
  },
  cosh: (a, u) => {
    const [sinh, cosh] = hyperbolic(a, u);
    return composed(cosh, () => [sinh, cosh]);
  },
  tanh: (a, u) => {
    // 1 - 2 / (e^2u + 1), increasing
    const e = a.exp(doubled(u));
    const value = a.subtract(a.integer(1), doubled(a.inverse(a.add(e, a.integer(1)))));
    // 1 - t^2, -2 t (1 - t^2)
    return composed(value, () => {
      const first = a.subtract(a.integer(1), a.square(value));
      return [first, a.negate(doubled(a.multiply(value, first)))];
    });
  },
  asinh: (a, u) => {
    const s = a.sqrt(a.add(a.integer(1), a.square(u)));
    // Odd; ln(u + s) loses nothing where u >= 0.
    const at = (v: Interval): Interval => {
      const root = a.sqrt(a.add(a.integer(1), a.square(v)));
      return v.lower < 0n ? a.negate(at(a.negate(v))) : a.ln(a.add(v, root));
    };
    const end = (value: bigint) => at({ lower: value, upper: value });
    const value = { lower: end(u.lower).lower, upper: end(u.upper).upper };
    // 1 / s, -u / s^3
    return composed(value, () => {
      const inverse = a.inverse(s);
      return [inverse, a.negate(a.multiply(u, a.power(inverse, 3)))];
    });
  },
  acosh: (a, u) => {
    const s = a.sqrt(a.subtract(a.square(u), a.integer(1)));
    return composed(a.ln(a.add(u, s)), () => {
      const inverse = a.inverse(s);
      return [inverse, a.negate(a.multiply(u, a.power(inverse, 3)))];
    });
  },
  atanh: (a, u) => {
    const [below, above] = [a.subtract(a.integer(1), u), a.add(a.integer(1), u)];
    const value = halved(a.ln(a.multiply(above, a.inverse(below))));
    // 1 / (1 - u^2), 2 u / (1 - u^2)^2
    return composed(value, () => {
      const inverse = a.inverse(a.subtract(a.integer(1), a.square(u)));
      return [inverse, doubled(a.multiply(u, a.square(inverse)))];
    });
  },
  inverse: (a, u) => {
    const value = a.inverse(u);
    // -1 / u^2, 2 / u^3
    return composed(value, () => [a.negate(a.square(value)), doubled(a.power(value, 3))]);
  },
};

const composed = (value: Interval, derivatives: Composition['derivatives']): Composition => ({
  value,
  derivatives,
});
const doubled = ({ lower, upper }: Interval): Interval => ({ lower: 2n * lower, upper: 2n * upper });
const halved = ({ lower, upper }: Interval): Interval => ({ lower: lower >> 1n, upper: -(-upper >> 1n) });

function hyperbolic(a: IntervalArithmetic, u: Interval): [sinh: Interval, cosh: Interval] {
  const [up, down] = [a.exp(u), a.exp(a.negate(u))];
  const cosh = halved(a.add(up, down));
  return [halved(a.subtract(up, down)), { lower: larger(cosh.lower, a.one), upper: cosh.upper }];
}

/**
 * Encloses a formula with its first two derivatives on an interval of x.
 * @throws RangeError where it may have no value in the interval, or one that is too large; NotContinuous when it may jump
 */
export class JetEvaluator {
  constructor(private readonly a: IntervalArithmetic) {}

  evaluate(expression: Expression, x: Interval): Jet {
    const { a } = this;
    switch (expression.type) {
      case 'constant':
        return this.constant(a.constant(Rational.parse(expression.text)));
      case 'named':
        return this.constant(namedConstant(a, expression.name));
      case 'variable':
        return { value: x, first: a.integer(1), second: a.integer(0) };
      case 'choose':
        throw new NotContinuous('a choice (?:) may jump');
      case 'apply':
        return this.apply(
          expression.name,
          expression.operands,
          expression.operands.map((operand) => () => this.evaluate(operand, x)),
        );
    }
  }

  private constant(value: Interval): Jet {
    const zero = this.a.integer(0);
    return { value, first: zero, second: zero };
  }

  private apply(name: string, operands: readonly Expression[], jets: readonly (() => Jet)[]): Jet {
    const [u, v] = jets;
    switch (name) {
      case 'add':
        return this.linear(u!(), v!(), (p, q) => this.a.add(p, q));
      case 'subtract':
        return this.linear(u!(), v!(), (p, q) => this.a.subtract(p, q));
      case 'multiply':
        return this.multiply(u!(), v!());
      case 'divide':
        return this.multiply(u!(), this.compose(OUTER.inverse!, v!()));
      case 'unaryMinus':
        return this.scale(u!(), -1);
      case 'unaryPlus':
        return u!();
      case 'square':
        return this.power(u!(), 2);
      case 'cube':
        return this.power(u!(), 3);
      case 'pow':
        return this.raise(operands, u!(), v!);
      case 'abs': {
        const own = u!();
        return { ...this.larger(own, this.scale(own, -1)), value: this.a.abs(own.value) };
      }
      case 'relu':
        return this.larger(u!(), this.constant(this.a.integer(0)));
      case 'max':
        return jets.map((jet) => jet()).reduce((best, jet) => this.larger(best, jet));
      case 'min':
        return this.scale(
          jets.map((jet) => this.scale(jet(), -1)).reduce((best, jet) => this.larger(best, jet)),
          -1,
        );
      case 'log':
        return this.compose(OUTER.ln!, u!());
      case 'log2':
      case 'log10':
        return this.multiply(
          this.compose(OUTER.ln!, u!()),
          this.constant(this.a.inverse(this.a.ln(this.a.integer(name === 'log2' ? 2 : 10)))),
        );
      case 'log1p':
        return this.compose(OUTER.ln!, this.shift(u!(), 1));
      case 'expm1':
        return this.shift(this.compose(OUTER.exp!, u!()), -1);
      case 'acos': {
        const half = this.constant(halved(this.a.pi));
        return this.linear(half, this.compose(OUTER.asin!, u!()), (p, q) => this.a.subtract(p, q));
      }
      default: {
        const outer = OUTER[name];
        if (outer === undefined) throw new NotContinuous(`${name} may jump`);
        return this.compose(outer, u!());
      }
    }
  }

  private linear(u: Jet, v: Jet, by: (p: Interval, q: Interval) => Interval): Jet {
    const both = (p: Interval | null, q: Interval | null) => (p === null || q === null ? null : by(p, q));
    return {
      value: by(u.value, v.value),
      first: both(u.first, v.first),
      second: both(u.second, v.second),
    };
  }

  private scale(u: Jet, factor: number): Jet {
    return this.multiply(this.constant(this.a.integer(factor)), u);
  }

  private shift(u: Jet, by: number): Jet {
    return this.linear(u, this.constant(this.a.integer(by)), (p, q) => this.a.add(p, q));
  }

  /** (u v)'' = u'' v + 2 u' v' + u v'' */
  private multiply(u: Jet, v: Jet): Jet {
    const { a } = this;
    const value = a.multiply(u.value, v.value);
    if (u.first === null || v.first === null) return { value, first: null, second: null };
    const first = a.add(a.multiply(u.first, v.value), a.multiply(u.value, v.first));
    if (u.second === null || v.second === null) return { value, first, second: null };
    const outer = a.add(a.multiply(u.second, v.value), a.multiply(u.value, v.second));
    return { value, first, second: a.add(outer, doubled(a.multiply(u.first, v.first))) };
  }

  /** phi(u)'' = phi''(u) u'^2 + phi'(u) u'' */
  private compose(outer: Outer, u: Jet): Jet {
    const { a } = this;
    const { value, derivatives } = outer(a, u.value);
    if (u.first === null) return { value, first: null, second: null };
    try {
      const [first, second] = derivatives();
      return {
        value,
        first: a.multiply(first, u.first),
        second:
          u.second === null
            ? null
            : a.add(a.multiply(second, a.square(u.first)), a.multiply(first, u.second)),
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // A vertical tangent, as of the square root at 0.
      return { value, first: null, second: null };
    }
  }

  private power(u: Jet, n: number): Jet {
    const { a } = this;
    if (n < 0) return this.compose(OUTER.inverse!, this.power(u, -n));
    if (n === 0) return this.constant(a.integer(1));
    if (n === 1) return u;
    return this.compose(
      (_, base) =>
        composed(a.power(base, n), () => [
          a.multiply(a.integer(n), a.power(base, n - 1)),
          a.multiply(a.integer(n * (n - 1)), a.power(base, n - 2)),
        ]),
      u,
    );
  }

  private raise(operands: readonly Expression[], base: Jet, exponent: () => Jet): Jet {
    const n = constantInteger(operands[1]!);
    if (n !== null) return this.power(base, n);
    const r = constantValue(operands[1]!);
    if (r !== null && r.sign() > 0) return this.compose(positivePower(r), base);
    // e^(v ln u)
    return this.compose(OUTER.exp!, this.multiply(exponent(), this.compose(OUTER.ln!, base)));
  }

  /** max(u, v): one of them where they are apart, else no curvature is known and the slopes are those of both. */
  private larger(u: Jet, v: Jet): Jet {
    if (u.value.lower >= v.value.upper) return u;
    if (v.value.lower >= u.value.upper) return v;
    return {
      value: this.a.maximum(u.value, v.value),
      first: u.first === null || v.first === null ? null : hull(u.first, v.first),
      second: null,
    };
  }
}

function namedConstant(a: IntervalArithmetic, name: string): Interval {
  if (name === 'e') return a.exp(a.integer(1));
  return name === 'tau' ? doubled(a.pi) : a.pi;
}

/** u^r for a rational r > 0 and u >= 0; 0 at 0. */
const positivePower =
  (r: Rational): Outer =>
  (a, u) => {
    if (u.lower < 0n) throw new RangeError('a broken power of a negative number');
    const raised = (exponent: Rational) => (base: Interval) =>
      a.exp(a.multiply(a.constant(exponent), a.ln(base)));
    const end = (value: bigint) => (value === 0n ? a.integer(0) : raised(r)({ lower: value, upper: value }));
    const [one, two] = [r.subtract(Rational.one), r.subtract(Rational.of(2))];
    return composed({ lower: end(u.lower).lower, upper: end(u.upper).upper }, () => [
      a.multiply(a.constant(r), raised(one)(u)),
      a.multiply(a.constant(r.multiply(one)), raised(two)(u)),
    ]);
  };

/** The value of an exponent that is a whole number of moderate size, else null. */
function constantInteger(expression: Expression): number | null {
  const value = constantValue(expression);
  if (value === null || value.denominator !== 1n) return null;
  const n = Number(value.numerator);
  return Math.abs(n) <= 1000 ? n : null;
}

/** The value of an expression without x, where it is rational. */
function constantValue(expression: Expression): Rational | null {
  if (mentionsVariable(expression) || !isRational(expression)) return null;
  try {
    return evaluateExactly(expression, Rational.zero);
  } catch {
    return null;
  }
}
