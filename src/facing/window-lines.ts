import { Rational } from '../exact/rational.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow, type Sense } from '../lp/linear-system.js';
import type { Line } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import type { Cuts } from './cuts.js';
import type { Remainder } from './lines.js';

/** Rows times unknowns of the largest linear program that is tried. */
const LARGEST_PROGRAM = 400_000;

/**
 * Lines through windows for fixed cuts, signs and facings. With windows, or with more knots than needed, a piece's lines depend on its
 * neighbours; but all conditions are linear in slopes and values: the windows of the points of each piece; at a cut of sign s in gap g,
 * s (right - left) <= 0 at x_g and >= 0 at x_{g+1}; and the remainder. One exact linear program, in the integer units of the columns.
 * (Two knots of one gap may come in either order: the values at the data are the same.)
 */
export class WindowLines {
  private readonly x: readonly bigint[];
  private readonly lower: readonly bigint[];
  private readonly upper: readonly bigint[];
  private readonly place: bigint;

  constructor(problem: Problem) {
    const { size } = problem;
    const integers = (column: { integer(i: number): bigint }) =>
      Array.from({ length: size }, (_, i) => column.integer(i));
    this.x = integers(problem.inputs[0]!);
    this.lower = integers(problem.lower);
    this.upper = problem.exact ? this.lower : integers(problem.upper);
    this.place = this.x[size >> 1]!;
  }

  /**
   * @param left facing of each cut, by level: 1 at the start, 0 at the end
   * @param free pieces whose lines may move, null: all; the others are those of `known`
   * @returns the lines of all pieces, or null when there are none
   */
  lines(
    { gap, sign }: Cuts,
    left: ArrayLike<number>,
    remainder: Remainder,
    free: ReadonlySet<number> | null = null,
    known: readonly Line[] = [],
  ): Line[] | null {
    const { x, place } = this;
    const pieces = gap.length + 1;
    const unknownOf = new Map<number, number>();
    for (let j = 0; j < pieces; j++) if (free === null || free.has(j)) unknownOf.set(j, 2 * unknownOf.size);
    const unknowns = 2 * unknownOf.size;
    const rows: LinearRow[] = [];
    /** sum of factor_k line_{j_k}(x_k) + slope parts, sense 0. */
    const row = (
      terms: readonly { piece: number; value: bigint; slope: bigint }[],
      sense: Sense,
      right: Rational,
    ) => {
      const coefficients: bigint[] = new Array<bigint>(unknowns).fill(0n);
      let rest = right;
      for (const { piece, value, slope } of terms) {
        const unknown = unknownOf.get(piece);
        if (unknown === undefined) {
          const line = known[piece]!;
          const own = line.intercept
            .multiply(Rational.of(value))
            .add(line.slope.multiply(Rational.of(value * place + slope)));
          rest = rest.subtract(own);
        } else {
          coefficients[unknown]! += value;
          coefficients[unknown + 1]! += slope;
        }
      }
      const { numerator, denominator } = rest;
      if (coefficients.every((value) => value === 0n)) {
        const order = -rest.sign();
        return sense === '=' ? order === 0 : sense === '>=' ? order >= 0 : order <= 0;
      }
      rows.push(
        new LinearRow(
          coefficients.map((value) => value * denominator),
          sense,
          numerator,
        ),
      );
      return true;
    };
    const at = (piece: number, i: number, factor = 1n) => ({
      piece,
      value: factor,
      slope: factor * (x[i]! - place),
    });
    let fits = true;
    for (let j = 0; j < pieces; j++) {
      if (!unknownOf.has(j)) continue;
      const from = j === 0 ? 0 : gap[j - 1]! + 1;
      const to = j === pieces - 1 ? x.length - 1 : gap[j]!;
      if ((to - from + 1) * unknowns > LARGEST_PROGRAM) return null;
      for (const i of hull(x, this.lower, from, to, 1))
        fits &&= row([at(j, i)], '>=', Rational.of(this.lower[i]!));
      for (const i of hull(x, this.upper, from, to, -1))
        fits &&= row([at(j, i)], '<=', Rational.of(this.upper[i]!));
    }
    for (let k = 0; k < gap.length; k++) {
      if (!unknownOf.has(k) && !unknownOf.has(k + 1)) continue;
      const s = BigInt(sign[k]!);
      fits &&= row([at(k + 1, gap[k]!, s), at(k, gap[k]!, -s)], '<=', Rational.zero);
      fits &&= row([at(k + 1, gap[k]! + 1, s), at(k, gap[k]! + 1, -s)], '>=', Rational.zero);
    }
    const sum = (value: bigint, slope: bigint) =>
      Array.from({ length: pieces }, (_, j) => {
        const factor = BigInt(left[j]! - left[j + 1]!);
        return { piece: j, value: factor * value, slope: factor * slope };
      }).filter((term) => term.value !== 0n || term.slope !== 0n);
    if (remainder === 'constant') fits &&= row(sum(0n, 1n), '=', Rational.zero);
    else if (remainder === 'zero') {
      fits &&= row(sum(0n, 1n), '=', Rational.zero);
      fits &&= row(sum(1n, 0n), '=', Rational.zero);
    } else {
      const sense = remainder === 'not negative' ? '>=' : '<=';
      for (const end of [x[0]!, x.at(-1)!]) fits &&= row(sum(1n, end - place), sense, Rational.zero);
    }
    if (!fits || rows.length * unknowns > LARGEST_PROGRAM) return null;
    const result = decide({ unknowns, rows });
    if (result.status === 'infeasible') return null;
    const middle = Rational.of(place);
    return Array.from({ length: pieces }, (_, j): Line => {
      const unknown = unknownOf.get(j);
      if (unknown === undefined) return known[j]!;
      const slope = result.point[unknown + 1]!;
      return { slope, intercept: result.point[unknown]!.subtract(slope.multiply(middle)) };
    });
  }
}

/** The points from .. to on the upper (1) or lower (-1) hull of v: the only ones that limit a line from below (above). */
function hull(x: readonly bigint[], v: readonly bigint[], from: number, to: number, side: 1 | -1): number[] {
  const points: number[] = [];
  for (let c = from; c <= to; c++) {
    while (points.length >= 2) {
      const [a, b] = [points.at(-2)!, points.at(-1)!];
      const turn = (x[b]! - x[a]!) * (v[c]! - v[a]!) - (v[b]! - v[a]!) * (x[c]! - x[a]!);
      if (side > 0 ? turn < 0n : turn > 0n) break;
      points.pop();
    }
    points.push(c);
  }
  return points;
}
