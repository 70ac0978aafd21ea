import { Rational } from '../exact/rational.js';
import { evaluateAt, evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';

/** A corner of a function. */
interface Corner {
  readonly x: Rational;
  readonly y: Rational;
}

/**
 * A function without falls that has no more knots, from one whose falls lie between windows that do not fall: ends l_i and u_i
 * grow with i. Each fall from p to q becomes a level c, from the last earlier to the first later place where f = c, so that two knots
 * replace two or more. c is the value at a data point on the fall; without one, the value at the first data point after it, kept between
 * f(q) and f(p); without one either, f(p).
 *
 * @param data inputs in increasing order
 */
export function withoutFalls(f: PiecewiseLinear, data: readonly Rational[]): PiecewiseLinear {
  const places = f.knots.map(({ at }) => at);
  const heights = evaluateSorted(f, places);
  const corners: Corner[] = places.map((x, k) => ({ x, y: heights[k]! }));
  const right = f.knots.reduce((slope, { slopeChange }) => slope.add(slopeChange), f.slope);
  if (corners.length === 0) {
    return f.slope.sign() >= 0 ? f : { slope: Rational.zero, intercept: evaluateAt(f, data[0]!), knots: [] };
  }
  const values = evaluateSorted(f, data);
  let d = 0;
  /** The level that replaces the fall from p (null: from the left end) to q (null: to the right end). */
  const levelOf = (p: Corner | null, q: Corner | null): Rational => {
    while (p !== null && d < data.length && data[d]!.lessThan(p.x)) d++;
    const value = values[d];
    if (value === undefined) return p!.y;
    if (q === null || data[d]!.compare(q.x) <= 0) return value;
    if (value.lessThan(q.y)) return q.y;
    return p?.y.lessThan(value) ? p.y : value;
  };

  const kept: Corner[] = [];
  let left = f.slope;
  let end = right;
  /** The next corner of f. */
  let m = 0;
  for (;;) {
    const p = kept.at(-1) ?? null;
    const isFall =
      p === null
        ? left.sign() < 0 && m === 0
        : m < corners.length
          ? corners[m]!.y.lessThan(p.y)
          : end.sign() < 0;
    if (!isFall) {
      if (m === corners.length) break;
      kept.push(corners[m++]!);
      continue;
    }
    let k = m;
    while (k + 1 < corners.length && corners[k + 1]!.y.lessThan(corners[k]!.y)) k++;
    const toTheEnd = m === corners.length || (k === corners.length - 1 && end.sign() < 0);
    const c = levelOf(p, toTheEnd ? null : corners[k]!);
    // Back to the last place where f = c.
    let popped: Corner | null = null;
    while (kept.length > 0 && c.lessThan(kept.at(-1)!.y)) popped = kept.pop()!;
    const before = kept.at(-1);
    if (before === undefined) {
      if (popped !== null && left.sign() > 0)
        kept.push({ x: popped.x.subtract(popped.y.subtract(c).divide(left)), y: c });
      else left = Rational.zero;
    } else if (popped !== null && before.y.lessThan(c)) kept.push(between(before, popped, c));
    // On to the first place where f = c again.
    if (toTheEnd) {
      m = corners.length;
      end = Rational.zero;
    } else {
      while (k + 1 < corners.length && corners[k]!.y.lessThan(c) && corners[k + 1]!.y.lessThan(c)) k++;
      m = k + 1;
      const from = corners[k]!;
      if (from.y.compare(c) >= 0) kept.push({ x: from.x, y: c });
      else if (m < corners.length) {
        kept.push(between(from, corners[m]!, c));
        if (corners[m]!.y.equals(c)) m++;
      } else if (end.sign() > 0) kept.push({ x: from.x.add(c.subtract(from.y).divide(end)), y: c });
      else end = Rational.zero;
    }
    if (kept.length === 0) return { slope: Rational.zero, intercept: c, knots: [] };
  }
  return throughCorners(kept, left, end);
}

function between(a: Corner, b: Corner, y: Rational): Corner {
  const t = y.subtract(a.y).divide(b.y.subtract(a.y));
  return { x: a.x.add(t.multiply(b.x.subtract(a.x))), y };
}

function throughCorners(corners: readonly Corner[], left: Rational, right: Rational): PiecewiseLinear {
  const knots: { at: Rational; slopeChange: Rational }[] = [];
  let slope = left;
  corners.forEach(({ x, y }, k) => {
    const next = corners[k + 1];
    const after = next === undefined ? right : next.y.subtract(y).divide(next.x.subtract(x));
    if (!after.equals(slope)) knots.push({ at: x, slopeChange: after.subtract(slope) });
    slope = after;
  });
  return { slope: left, intercept: corners[0]!.y.subtract(left.multiply(corners[0]!.x)), knots };
}
