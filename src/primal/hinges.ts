/**
 * A network in doubles: f(x) = sum_k signs[k] (w_k . x)+ + linear . columns, a proposal. The unknowns are one vector:
 * w_k at k * D, then the coefficients of the linear columns.
 */
export interface Hinges {
  /** K output signs, +1 or -1. */
  readonly signs: Int8Array;
  /** K * D + linear. */
  readonly unknowns: Float64Array;
}

export function copyOf({ signs, unknowns }: Hinges): Hinges {
  return { signs: signs.slice(), unknowns: unknowns.slice() };
}
