/**
 * The rules, in the order of FORMAT.md, which has them in full: the table of contents of the proof system. Each is looked at where its
 * name stands in a `guard`. Modules for one kind of claim name theirs by the claim, "threshold-...".
 */
export type Rule =
  // problem.ts: which problem is it about?
  | 'problem-size' // as many points and inputs as the certificate says
  | 'problem-tolerance' // the tolerance that the windows were made with
  | 'problem-hash' // the SHA-256 of the canonical text
  // check.ts: claims
  | 'claim-proof' // the kind of proof fits the claim
  | 'claim-lower-bound' // the lower bound is what the proof shows, and not above the upper one
  | 'claim-network' // an upper bound and exactly one network or function come together
  | 'claim-upper-bound' // the upper bound is the size of the network or function
  | 'claim-open' // windows without an end go with few claims
  | 'empty-window' // lower > upper at a point: no function at all
  // network.ts: network -> its size
  | 'network-dimension' // as many inputs as the problem
  | 'network-skip' // the architecture of the claim
  | 'network-order' // one input: breakpoints in increasing order
  | 'network-fit' // through every window, exactly
  // function.ts: function -> its knots
  | 'function-dimension' // one input
  | 'function-order' // two places or more, from left to right
  | 'function-point' // a place at a point whose window is one value
  | 'function-fit' // through every window, exactly
  | 'function-size' // numbers short enough to be worked with
  // witnesses.ts: disjoint forced turns -> lower bound on neurons
  | 'witness-line' // several inputs: all points named lie on one line
  | 'witness-sign' // 1 upwards, -1 downwards
  | 'witness-indices' // three points from left to right
  | 'witness-disjoint' // witnesses of one sign have disjoint intervals
  | 'witness-inequality' // the line through two ends of windows misses the third strictly
  | 'zero-neurons' // no constant passes through every window
  // search.ts: trees without a way out -> lower bound
  | 'search-skip' // the trees are about the architecture of the claim or a wider one
  | 'search-profile' // a tree is about at most 24 neurons
  | 'search-pivot' // its pivot is a point
  | 'search-budget' // a budget exactly for parameters
  | 'search-tree' // one complete binary tree in preorder
  | 'search-node' // a node of a known kind
  | 'search-branch' // a decision that is open, either way
  | 'search-symmetry' // neurons of one sign are counted or ordered, not both
  | 'search-over-budget' // a leaf that spends too much
  | 'search-leaf' // a leaf that lists rows and multipliers
  | 'search-row' // rows that hold at this leaf
  | 'search-multiplier' // multipliers are positive integers
  | 'search-contradiction' // rows and multipliers add up to 0 <= negative
  | 'verified' // the extracted checker does not accept it; it names no rule
  // Claims with a module of their own, and the function piece by piece of the check before printing.
  | `${'threshold' | 'several' | 'one-input' | 'lp-minimum' | 'patterns' | 'solution-set' | 'restricted' | 'model' | 'vertex' | 'pieces' | 'least-tolerance' | 'shape'}-${string}`;
