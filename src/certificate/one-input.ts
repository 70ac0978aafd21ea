/**
 * One input, exact labels, skip bias or none: one neuron more than the forced knots is needed, because with one neuron a knot the affine
 * remainder cannot vanish whichever neurons face left. FORMAT.md specifies the JSON form and the rules.
 */
export interface OneInputProof {
  readonly kind: 'one-input';
  /** K witnesses, four integers each as in a `WitnessProof`: K knots are forced. */
  readonly witnesses: Int32Array;
  /** With K > 0: the case tree in preorder, see `ONE_INPUT_NODE`. It shows that K neurons are not enough. */
  readonly tree?: readonly OneInputNode[];
  /** With K = 0 and skip none: two points, one whose window lies below 0 and one whose window lies above. Two neurons are needed. */
  readonly opposite?: readonly [below: number, above: number];
}

/** First entry of a node. */
export const ONE_INPUT_NODE = {
  /** [0]: slopes, or [0, i]: values at x_i. Whatever is left cannot add up to 0 in this direction. */
  leaf: 0,
  /**
   * [1, j, gap, sign, second, left]: cut number j (from 1) lies in this gap, has this sign, is the second in its gap (1) or not (0), and its
   * neuron faces left (1) or right (0) in the first child; in the second child this is not so.
   */
  cut: 1,
} as const;

export type OneInputNode = readonly number[];
