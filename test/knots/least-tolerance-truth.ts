import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { finish } from '../../src/exact/steps.js';
import { type LeastTolerance, LeastTolerances } from '../../src/knots/least-tolerance.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Problem } from '../../src/problem/problem.js';
import { wideningProblem } from '../../src/problem/widening.js';
import { fewestKnotsByLines } from '../support/fewest-knots.js';

/** A row asks for lower - e w <= f(x) <= upper + e w. */
export interface Row {
  readonly x: Rational;
  readonly lower: Rational;
  readonly upper: Rational;
  readonly w: Rational;
}

/** Random rows: equal inputs, weights and windows in some of them. */
export function randomRows(
  random: Random,
  most: number,
): { rows: Row[]; weighted: boolean; windows: boolean } {
  const size = random.integer(1, most);
  const weighted = random.integer(0, 2) === 0;
  const windows = random.integer(0, 3) === 0;
  const places = random.integer(0, 1) === 0 ? size * 2 : size;
  const rows = Array.from({ length: size }, () => {
    const lower = random.integer(-5, 5);
    return {
      x: Rational.of(random.integer(0, places), 2),
      lower: Rational.of(lower),
      upper: Rational.of(lower + (windows ? random.integer(0, 3) : 0)),
      w: weighted ? Rational.of(random.integer(1, 4), 2) : Rational.one,
    };
  });
  return { rows, weighted, windows };
}

export function problemOfRows(rows: readonly Row[], weighted: boolean, windows: boolean): Problem {
  const x = rows.map((row) => row.x);
  const weights = weighted ? { weights: rows.map((row) => row.w) } : {};
  const ends = windows
    ? { lower: rows.map((row) => row.lower), upper: rows.map((row) => row.upper) }
    : { y: rows.map((row) => row.lower) };
  return wideningProblem(datasetFromArrays({ x, ...ends, ...weights }));
}

export function leastTolerance(problem: Problem, knots: number): LeastTolerance {
  return finish(new LeastTolerances(problem).least(knots));
}

/** All e at which three ends of windows of rows lie on one line, or two of one input meet: between neighbours nothing changes. */
export function criticalValues(rows: readonly Row[]): Rational[] {
  const values: Rational[] = [];
  for (const i of rows)
    for (const j of rows) if (i.x.equals(j.x)) values.push(i.lower.subtract(j.upper).divide(i.w.add(j.w)));
  for (const a of rows) {
    for (const c of rows) {
      for (const b of rows) {
        if (!(a.x.lessThan(b.x) && b.x.lessThan(c.x))) continue;
        const t = b.x.subtract(a.x).divide(c.x.subtract(a.x));
        const between = (p: Rational, q: Rational) => p.add(t.multiply(q.subtract(p)));
        const weight = between(a.w, c.w).add(b.w);
        values.push(between(a.lower, c.lower).subtract(b.upper).divide(weight));
        values.push(b.lower.subtract(between(a.upper, c.upper)).divide(weight));
      }
    }
  }
  return values.sort((p, q) => p.compare(q));
}

/** The fewest knots at e by exhaustive search with linear programs; null: a window is empty. */
function fewestKnotsAt(rows: readonly Row[], e: Rational): number | null {
  const places = [...new Map(rows.map((row) => [String(row.x), row.x])).values()].sort((p, q) =>
    p.compare(q),
  );
  const of = (x: Rational) => rows.filter((row) => row.x.equals(x));
  const lower = places.map((x) =>
    of(x)
      .map((row) => row.lower.subtract(e.multiply(row.w)))
      .reduce((p, q) => (p.lessThan(q) ? q : p)),
  );
  const upper = places.map((x) =>
    of(x)
      .map((row) => row.upper.add(e.multiply(row.w)))
      .reduce((p, q) => (q.lessThan(p) ? q : p)),
  );
  if (lower.some((l, i) => upper[i]!.lessThan(l))) return null;
  return fewestKnotsByLines(places, lower, upper);
}

/** Whether e is the least tolerance for K knots: they are enough at e, and not halfway to the critical value before. */
export function isLeast(rows: readonly Row[], e: Rational, knots: number): boolean {
  const atE = fewestKnotsAt(rows, e);
  if (atE === null || atE > knots) return false;
  const before =
    criticalValues(rows)
      .filter((value) => value.lessThan(e))
      .at(-1) ?? e.subtract(Rational.one);
  const below = fewestKnotsAt(rows, e.add(before).divide(Rational.of(2)));
  return below === null || below > knots;
}

/** Compares random instances with the slow method. Returns what was seen. */
export function compareWithSlowMethod(seed: number, instances: number, most: number): Record<string, number> {
  const random = createRandom(seed);
  const seen = { instances: 0, weighted: 0, equalInputs: 0, floors: 0, negative: 0, wrong: 0 };
  for (let k = 0; k < instances; k++) {
    const { rows, weighted, windows } = randomRows(random, most);
    const problem = problemOfRows(rows, weighted, windows);
    const knots = random.integer(0, 3);
    const { tolerance, bound } = leastTolerance(problem, knots);
    seen.instances++;
    if (weighted) seen.weighted++;
    if (new Set(rows.map((row) => String(row.x))).size < rows.length) seen.equalInputs++;
    if ('point' in bound) seen.floors++;
    if (tolerance.sign() < 0) seen.negative++;
    if (!isLeast(rows, tolerance, knots)) seen.wrong++;
  }
  return seen;
}
