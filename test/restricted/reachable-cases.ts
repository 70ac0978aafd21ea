import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { evaluateAt, throughPlaces } from '../../src/problem/piecewise-linear.js';
import type { Problem } from '../../src/problem/problem.js';
import { hasLower, hasUpper } from '../../src/problem/windows.js';
import { windowsProblem } from '../support/problems.js';

/** Windows at a few points, some of them single values, and positions on and between points. */
export function randomPositions(random: Random, most: number): { problem: Problem; knotsOn: Rational[] } {
  const size = random.integer(1, most);
  const [x, lower, upper]: Rational[][] = [[], [], []];
  const widest = random.integer(0, 5);
  let at = random.integer(-3, 3);
  for (let i = 0; i < size; i++) {
    const middle = random.integer(-6, 6);
    x!.push(Rational.of(at, 2));
    lower!.push(Rational.of(middle - random.integer(0, widest), 2));
    upper!.push(Rational.of(middle + random.integer(0, widest), 2));
    at += random.integer(1, 4);
  }
  const knotsOn: Rational[] = [];
  for (let k = x![0]!.multiply(Rational.of(6)).toNumber() + 1; k < 3 * at; k++)
    if (random.integer(0, 5) === 0 && knotsOn.length < 6) knotsOn.push(Rational.of(k, 6));
  for (const t of x!.slice(1, -1))
    if (random.integer(0, 1) === 0 && !knotsOn.some((other) => other.equals(t))) knotsOn.push(t);
  return { problem: windowsProblem(x!, lower!, upper!), knotsOn };
}

/** The fewest knots with values on a grid, by every choice of knots among the inner points and of values at them; null: none. */
export function fewestOnGrid(problem: Problem, knotsOn: readonly Rational[], step: Rational): number | null {
  const x = problem.inputs[0]!;
  const last = problem.size - 1;
  const values = (i: number): Rational[] => {
    const list: Rational[] = [];
    for (let m = -60; m <= 60; m++) {
      const value = step.multiply(Rational.of(m));
      if (problem.lower.value(i).compare(value) <= 0 && value.compare(problem.upper.value(i)) <= 0)
        list.push(value);
    }
    return list;
  };
  const inner = Array.from({ length: Math.max(last - 1, 0) }, (_, i) => i + 1).filter((i) =>
    knotsOn.some((t) => t.equals(x.value(i))),
  );
  let best: number | null = null;
  for (let mask = 0; mask < 2 ** inner.length; mask++) {
    const chosen = inner.filter((_, k) => (mask >> k) & 1);
    if (best !== null && chosen.length >= best) continue;
    const points = last === 0 ? [0] : [0, ...chosen, last];
    const visit = (k: number, places: (readonly [Rational, Rational])[]): boolean => {
      if (k === points.length) return fits(problem, places);
      return values(points[k]!).some((value) => visit(k + 1, [...places, [x.value(points[k]!), value]]));
    };
    if (visit(0, [])) best = chosen.length;
  }
  return best;
}

function fits(problem: Problem, places: readonly (readonly [Rational, Rational])[]): boolean {
  const f = throughPlaces(places);
  for (let i = 0; i < problem.size; i++) {
    const value = evaluateAt(f, problem.inputs[0]!.value(i));
    if (hasLower(problem, i) && value.lessThan(problem.lower.value(i))) return false;
    if (hasUpper(problem, i) && problem.upper.value(i).lessThan(value)) return false;
  }
  return true;
}
