import { createRandom, type Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';

/** Data that are one convex (or concave) run with the given differences of slope, at integer inputs. */
export function problemOfRun(
  differences: readonly Rational[],
  concave = false,
  gaps?: readonly number[],
): Problem {
  const x: Rational[] = [Rational.zero];
  const y: Rational[] = [Rational.zero];
  let slope = Rational.of(-3, 2);
  for (let i = 0; i <= differences.length; i++) {
    const gap = Rational.of(gaps?.[i] ?? 1);
    x.push(x[i]!.add(gap));
    y.push(y[i]!.add(slope.multiply(gap)));
    if (i < differences.length) slope = slope.add(differences[i]!);
  }
  return makeProblem(datasetFromArrays({ x, y: concave ? y.map((value) => value.negate()) : y }));
}

/** Positive differences of several kinds: small integers (ties are common), wide ranges, near-constant, geometric. */
export function randomDifferences(random: Random, points: number): Rational[] {
  const kind = random.integer(0, 4);
  return Array.from({ length: points }, (_, t) => {
    if (kind === 0) return Rational.of(random.integer(1, 3));
    if (kind === 1) return Rational.of(random.integer(1, 1000), 100);
    if (kind === 2) return Rational.of(random.integer(1, 9)).multiply(tenTo(random.integer(-4, 4)));
    if (kind === 3) return Rational.of(100000 + random.integer(0, 3), 100000);
    return Rational.of(t % 2 === 0 ? random.integer(1, 20) : random.integer(200, 2000));
  });
}

function tenTo(exponent: number): Rational {
  return Rational.fromDecimal({ mantissa: 1n, exponent });
}

export { createRandom };

/**
 * The cost of every vertex of S straight from its definition: words of m - 1 bits, u_j = sigma_{j + bit}, cost
 * sum |u_j - u_{j-1}|^p in doubles; with the number of knots. Independent of tilings and dynamic programming.
 */
export function enumerateVertices(
  differences: readonly Rational[],
  p: number,
): { cost: number; knots: number }[] {
  const e = differences.map((value) => value.toNumber());
  const m = e.length - 1;
  if (m === 0) return [{ cost: e[0]! ** p, knots: 1 }];
  const single = e.map((value) => value ** p);
  const pair = e.map((value, t) => (value + (e[t + 1] ?? 0)) ** p);
  const vertices: { cost: number; knots: number }[] = [];
  for (let word = 0; word < 2 ** (m - 1); word++) {
    let cost = 0;
    let knots = 0;
    let before = 0;
    for (let j = 1; j <= m; j++) {
      const bit = j === m ? 1 : (word >> (j - 1)) & 1;
      const slope = j + bit;
      if (slope > before) {
        cost += slope - before === 1 ? single[before]! : pair[before]!;
        knots++;
      }
      before = slope;
    }
    vertices.push({ cost, knots });
  }
  return vertices;
}
