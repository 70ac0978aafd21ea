import type { PatternNode } from '../certificate/patterns.js';
import { PatternTree } from '../checker/patterns.js';
import { verdictOf } from '../checker/verdict.js';
import type { Problem } from '../problem/problem.js';
import { type PatternList, patternsUpTo } from '../search/patterns.js';
import { statementOrFailure } from './checked.js';

/** The activation patterns, with the proof that there are no others. */
export interface CheckedPatterns {
  readonly found: PatternList;
  /** The tree of the certificate; empty unless it was asked for and the list is complete. */
  readonly nodes: readonly PatternNode[];
  /** The checker has accepted the tree: true when the list is complete. */
  readonly checked: boolean;
}

/**
 * The activation patterns up to a limit. The checker takes each node of the proof as it is found, so the proof is held in memory only when it is
 * kept.
 * @param keep return the tree
 * @throws CheckFailure when the checker rejects the tree
 */
export function checkedPatterns(problem: Problem, limit: number, keep: boolean): CheckedPatterns {
  const nodes: PatternNode[] = [];
  const tree = new PatternTree(problem);
  let found: PatternList | null = null;
  const verdict = verdictOf(() => {
    found = patternsUpTo(problem, limit, (node) => {
      tree.push(node);
      if (keep) nodes.push(node);
    });
    return found.complete ? tree.finish(found.patterns.length) : '';
  });
  statementOrFailure(verdict);
  const { complete } = found!;
  return { found: found!, nodes: complete ? nodes : [], checked: complete };
}
