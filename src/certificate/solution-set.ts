/**
 * The functions of the family S (Theorem 3.1) with the fewest knots of all functions through the data: one input, exact labels, skip affine.
 * `function` is one of them.
 */
export interface SolutionSetClaim {
  readonly kind: 'solution-set';
  /** The fewest knots of any function through the data. */
  readonly knots: number;
  /** How many different vertices of S have as few: decimal digits. */
  readonly functions: string;
  /** How many words describe them: decimal digits. */
  readonly vertices: string;
}

/** The runs with an odd number of three or more points, each as first point, last point and sign: where there is a choice. */
export interface FreeRunsProof {
  readonly kind: 'free-runs';
  readonly runs: readonly FreeRunEntry[];
}

export type FreeRunEntry = readonly [first: number, last: number, sign: number];
