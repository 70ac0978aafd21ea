import type { PatternNode } from '../certificate/patterns.js';
import { PatternTree } from '../checker/patterns.js';
import { verdictOf } from '../checker/verdict.js';
import { finish, type Steps } from '../exact/steps.js';
import type { Problem } from '../problem/problem.js';
import { type PatternList, PatternSearch } from '../search/patterns.js';
import { statementOrFailure } from './checked.js';

/** The activation patterns, with the proof that there are no others. */
export interface PatternsAnswer {
  readonly kind: 'patterns';
  readonly found: PatternList;
  /** The tree of the certificate; null unless it was asked for and the list is complete. */
  readonly nodes: readonly PatternNode[] | null;
  /** The checker has accepted the tree: true when the list is complete. */
  readonly checked: boolean;
}

/**
 * The activation patterns up to a limit, as a computation that can be left with those found by then. The checker takes each node of the proof as
 * it is found, so the proof is held in memory only when it is kept. The steps throw CheckFailure when the checker rejects the tree.
 */
export class CheckedPatternSearch {
  private readonly nodes: PatternNode[] | null;
  private readonly tree: PatternTree;
  private readonly search: PatternSearch;

  /** @param keep return the tree */
  constructor(problem: Problem, limit: number, keep: boolean) {
    this.nodes = keep ? [] : null;
    this.tree = PatternTree.of(problem);
    this.search = new PatternSearch(problem, limit, (node) => {
      this.pass(() => this.tree.push(node));
      this.nodes?.push(node);
    });
  }

  *steps(): Steps<PatternsAnswer> {
    const found = yield* this.search.steps();
    if (!found.complete) return { kind: 'patterns', found, nodes: null, checked: false };
    this.pass(() => this.tree.finish(found.patterns.length));
    return { kind: 'patterns', found, nodes: this.nodes, checked: true };
  }

  /** The patterns found so far, as if there were others. */
  get found(): PatternList {
    return this.search.found;
  }

  private pass(rule: () => unknown): void {
    statementOrFailure(
      verdictOf(() => {
        rule();
        return '';
      }),
    );
  }
}

/** The same at once. */
export function checkedPatterns(problem: Problem, limit: number, keep: boolean): PatternsAnswer {
  return finish(new CheckedPatternSearch(problem, limit, keep).steps());
}
