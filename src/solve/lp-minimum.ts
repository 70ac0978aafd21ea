import type { LpMinimumClaim, PricesProof } from '../certificate/lp-minimum.js';
import type { Pieces } from '../certificate/pieces.js';
import type { LpMinimizer } from '../lp-norm/minimize.js';

/** What `minimizeLp` found, as a claim with its proof. */
interface LpStatement {
  readonly claim: LpMinimumClaim;
  readonly pieces: Pieces;
  readonly proof: PricesProof;
}

/** null when a tie could not be told from a difference: then the function may not be a minimiser by a hair. */
export function lpStatement(minimizer: LpMinimizer): LpStatement | null {
  const { p, unique, sparsest, prices, costBracket } = minimizer;
  if (prices === null || unique === 'undecided') return null;
  return {
    claim: {
      kind: 'lp-minimum',
      p: p.toString(),
      lower: costBracket.lower.toString(),
      upper: costBracket.upper.toString(),
      sparsest,
      unique,
    },
    pieces: minimizer.pieces,
    proof: {
      kind: 'prices',
      shares: prices.shares,
      ...(prices.other === null ? {} : { other: prices.other }),
    },
  };
}
