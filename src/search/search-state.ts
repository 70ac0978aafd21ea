import type { Network } from '../problem/network.js';
import type { Question } from './question.js';
import type { Refutation } from './refutation.js';
import type { LowerSource, UpperSource } from './search.js';
import type { PartialTree, ProfileTree, TreeCounts } from './tree.js';

/**
 * A search between two steps, from which it can go on: the bounds, the proof so far and the open tree. Plain data but for the network; what
 * lies in a `ProofStore` is named by its place there.
 */
export interface SearchState {
  readonly lowerBound: number;
  readonly lowerFrom: LowerSource;
  /** Exact, through all windows; null: none found yet. */
  readonly network: Network | null;
  readonly networkFrom: UpperSource;
  readonly counts: TreeCounts;
  /** The refuted profiles of the level below the lower bound; empty when no tree proves it. */
  readonly proved: readonly TreeState[];
  /** The level that is being decided, if any. */
  readonly level: { readonly size: number; readonly trees: readonly TreeState[] } | null;
}

/** A profile and how far its tree has grown. */
export interface TreeState {
  readonly question: Omit<Question, 'points'>;
  readonly counts: TreeCounts;
  /** Once all of it is refuted; then nothing is left. */
  readonly refutation: Refutation | null;
  readonly rest: PartialTree;
}

/** What keeps the state of a search for another run. */
export interface SearchCheckpoint {
  /** Seconds from one state to the next. */
  readonly every: number;
  /** Where the search goes on from; null: from the start. */
  readonly state: SearchState | null;
  /** Called every so often and when the search ends, between two steps. */
  save(state: SearchState): void;
}

/** @param tree the profile; nodes of it among `given` are open, too */
export function stateOfTree(tree: ProfileTree, given: Parameters<ProfileTree['partial']>[0]): TreeState {
  const { points, ...question } = tree.question;
  const rest = tree.refuted === null ? tree.partial(given) : { branchings: [], open: [] };
  return { question, counts: { ...tree.counts }, refutation: tree.refuted, rest };
}
