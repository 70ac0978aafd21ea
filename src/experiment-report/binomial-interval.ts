/** Quantile of the standard normal distribution at 0.975: a two-sided 95 % interval. */
const Z = 1.959963984540054;

/** A share of a number of runs with its 95 % interval; all ends are doubles in [0, 1]. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Wilson's score interval (1927): the shares q for which |count/of - q| <= z sqrt(q (1 - q) / of). It never leaves [0, 1]
 * and says something at 0 and at all, where the usual interval shrinks to a point.
 * @param of number of runs; without any the interval is [0, 1]
 */
export function wilson(count: number, of: number): Proportion {
  if (of === 0) return { count, of, lower: 0, upper: 1 };
  const share = count / of;
  const square = Z * Z;
  const centre = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return {
    count,
    of,
    lower: count === 0 ? 0 : Math.max(0, centre - half),
    upper: count === of ? 1 : Math.min(1, centre + half),
  };
}
