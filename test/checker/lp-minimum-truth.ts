import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import type { KnotValues } from '../../src/certificate/knot-values.js';
import type { LpMinimumClaim } from '../../src/certificate/lp-minimum.js';
import { power } from '../../src/exact/enclosure.js';
import { Rational } from '../../src/exact/rational.js';
import type { Problem } from '../../src/problem/problem.js';
import { functionOf } from './values-of-pieces.js';

/** The absolute slope changes at the points of every run, by the definition. */
export function differencesOfRuns(problem: Problem): Rational[][] {
  const x = (i: number) => problem.inputs[0]!.value(i);
  const y = (i: number) => problem.lower.value(i);
  const slopes = Array.from({ length: problem.size - 1 }, (_, i) =>
    y(i + 1)
      .subtract(y(i))
      .divide(x(i + 1).subtract(x(i))),
  );
  const runs: Rational[][] = [];
  let sign = 0;
  for (let i = 1; i < slopes.length; i++) {
    const change = slopes[i]!.subtract(slopes[i - 1]!);
    if (change.sign() !== 0) {
      if (change.sign() !== sign) runs.push([]);
      runs.at(-1)!.push(change.abs());
    }
    sign = change.sign();
  }
  return runs;
}

/** The slope changes of all tilings of a run by tiles of one and two points. */
export function tilings(run: readonly Rational[]): Rational[][] {
  const [first, second] = run;
  if (first === undefined) return [[]];
  const ones = tilings(run.slice(1)).map((rest) => [first, ...rest]);
  if (second === undefined) return ones;
  return [...ones, ...tilings(run.slice(2)).map((rest) => [first.add(second), ...rest])];
}

/** The slope changes of a function of one input, in order; zeros left out. */
export function changesOf(problem: Problem, values: KnotValues): Rational[] {
  const places = values.map((place) =>
    typeof place === 'number'
      ? { x: problem.inputs[0]!.value(place), y: problem.lower.value(place) }
      : {
          x: Rational.of(place[0].numerator, place[0].denominator),
          y: Rational.of(place[1].numerator, place[1].denominator),
        },
  );
  const slopes = places
    .slice(1)
    .map(({ x, y }, j) => y.subtract(places[j]!.y).divide(x.subtract(places[j]!.x)));
  return slopes
    .slice(1)
    .map((slope, j) => slope.subtract(slopes[j]!))
    .filter((change) => !change.isZero());
}

const CLOSE = 1e-9;

/** Do two of these lists share the least cost? Exactly for p = 0, else to 300 binary digits. */
function ties(lists: readonly Rational[][], p: Rational): boolean {
  const costs = lists.map((changes) =>
    p.isZero()
      ? changes.reduce((product, change) => product.multiply(change), Rational.one)
      : Rational.of(changes.reduce((sum, change) => sum + power(change, p, 400).lower, 0n) >> 100n),
  );
  const [first, second] = costs.sort((a, b) => a.compare(b));
  return first!.equals(second!) || (!p.isZero() && second!.subtract(first!).equals(Rational.one));
}

/**
 * What a claim about an l^p minimum says, by going through all tilings of all runs: in doubles, and those that are near the best again.
 */
function expectLpMinimum(problem: Problem, claim: LpMinimumClaim, values: KnotValues): void {
  const p = Rational.parse(claim.p).toNumber();
  const costOf = (change: Rational) => change.abs().toNumber() ** p;
  const total = (changes: readonly Rational[], f: (change: Rational) => number) =>
    changes.reduce((sum, change) => sum + f(change), 0);
  const own = changesOf(problem, values);
  const runs = differencesOfRuns(problem);
  const fewest = runs.reduce((sum, run) => sum + Math.ceil(run.length / 2), 0);
  expect(own.length).toBeGreaterThanOrEqual(fewest);
  expect(claim.sparsest).toBe(own.length === fewest);
  const cost = total(own, costOf);
  expect(Rational.parse(claim.lower).toNumber()).toBeLessThanOrEqual(cost * (1 + CLOSE));
  expect(Rational.parse(claim.upper).toNumber()).toBeGreaterThanOrEqual(cost * (1 - CLOSE));
  // p = 0: fewest knots first, then the product.
  const measure =
    p === 0
      ? (changes: readonly Rational[]) =>
          changes.length * 1e4 + total(changes, (c) => Math.log(c.abs().toNumber()))
      : (changes: readonly Rational[]) => total(changes, costOf);
  let best = 0;
  let isUnique = true;
  for (const run of runs) {
    const all = tilings(run)
      .map((changes) => ({ changes, cost: measure(changes) }))
      .sort((a, b) => a.cost - b.cost);
    best += all[0]!.cost;
    const near = all.filter(({ cost }) => cost - all[0]!.cost <= CLOSE * (1 + Math.abs(all[0]!.cost)));
    if (
      near.length > 1 &&
      ties(
        near.map(({ changes }) => changes),
        Rational.parse(claim.p),
      )
    )
      isUnique = false;
    if (p === 1 && run.length > 1) isUnique = false;
  }
  expect(Math.abs(measure(own) - best)).toBeLessThanOrEqual(CLOSE * (1 + best));
  if (claim.unique !== undefined) expect(claim.unique).toBe(isUnique);
}

/** The same for a certificate. */
export function lpMinimumIsTrue(problem: Problem, certificate: Certificate): void {
  const { claim } = certificate;
  if (claim.kind !== 'lp-minimum') throw new Error(`expected an l^p minimum, found ${claim.kind}`);
  expectLpMinimum(problem, claim, functionOf(problem, certificate)!);
}
