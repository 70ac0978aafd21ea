import { orient2d } from 'robust-predicates';
import { sign } from './bigint.js';
import type { ExactColumn } from './column.js';

/** 2^-53, the unit roundoff of doubles. */
const U = 2 ** -53;

/**
 * First-stage bound of Shewchuk's orient2d (1997): the sign of the rounded determinant l - r is right when
 * |l - r| >= ORIENT_BOUND * |l + r| and the coordinates are exact doubles. Kernels inline this test and call `orientation` when it fails.
 */
export const ORIENT_BOUND = (3 + 16 * U) * U;

/**
 * Exact sign of the turn a -> b -> c in the plane: +1 when c lies above the line through a and b (for x_a < x_b),
 * 0 when the three are collinear, -1 below. Point a is (x.value(a), ya.value(a)), and so on.
 *
 * `ya`, `yb`, `yc` must share one scale (`withCommonScale`). Doubles decide when their error bound allows it (robust-predicates on
 * exact doubles, a filter for rounded coordinates otherwise); BigInt decides the rest.
 */
export function orientation(
  x: ExactColumn,
  a: number,
  ya: ExactColumn,
  b: number,
  yb: ExactColumn,
  c: number,
  yc: ExactColumn,
): -1 | 0 | 1 {
  const xa = x.doubles[a]!;
  const xb = x.doubles[b]!;
  const xc = x.doubles[c]!;
  const va = ya.doubles[a]!;
  const vb = yb.doubles[b]!;
  const vc = yc.doubles[c]!;
  if (x.isDouble && ya.isDouble && yb.isDouble && yc.isDouble) {
    // robust-predicates has the y axis pointing down: its positive is our negative.
    const turn = orient2d(xa, va, xb, vb, xc, vc);
    return turn < 0 ? 1 : turn > 0 ? -1 : 0;
  }
  const filtered = roundedOrientation(xa, va, xb, vb, xc, vc);
  if (filtered !== 0) return filtered;
  const ia = x.integer(a);
  const ja = ya.integer(a);
  return sign((x.integer(b) - ia) * (yc.integer(c) - ja) - (yb.integer(b) - ja) * (x.integer(c) - ia));
}

/**
 * The sign of the determinant when it is certain although every coordinate carries a relative error of 2^-53 (or an
 * absolute one of 2^-1074); 0 when it is not. Coordinates have magnitude at most 2^480.
 *
 * With SA = |xa| + |xb| a difference A = xb - xa is off by at most 2.1 U SA, so the product A B by at most
 * 2.1 U (|A| SB + |B| SA) + 4.5 U^2 SA SB, and the roundings of products and difference add less than 2.2 U |A| SB.
 * The factor 8 covers all of it and the rounding of the bound itself; the last two terms cover absolute coordinate errors and underflow.
 */
export function roundedOrientation(
  xa: number,
  va: number,
  xb: number,
  vb: number,
  xc: number,
  vc: number,
): -1 | 0 | 1 {
  const a = xb - xa;
  const b = vc - va;
  const c = vb - va;
  const d = xc - xa;
  const determinant = a * b - c * d;
  const sizeA = Math.abs(xa) + Math.abs(xb);
  const sizeB = Math.abs(va) + Math.abs(vc);
  const sizeC = Math.abs(va) + Math.abs(vb);
  const sizeD = Math.abs(xa) + Math.abs(xc);
  const bound =
    8 * U * (Math.abs(a) * sizeB + Math.abs(b) * sizeA + Math.abs(c) * sizeD + Math.abs(d) * sizeC) +
    8 * U * U * (sizeA * sizeB + sizeC * sizeD) +
    2 ** -1000 * (sizeA + sizeB + sizeC + sizeD) +
    2 ** -900;
  return determinant > bound ? 1 : determinant < -bound ? -1 : 0;
}
