import type { Network, Objective } from '../problem/network.js';
import type { Cloud } from './cloud.js';
import type { Hinges } from './hinges.js';

/**
 * The contract of the local search: problem, skip, objective and seed go in, exact networks come out, each smaller than all before and
 * tested in integers on every point. It can be stopped and resumed at any time; its course depends on the seed, on what it is told and on
 * the work asked for, never on a clock.
 */
export interface LocalSearch {
  /** Multiplications so far, about proportional to time. */
  readonly work: number;
  /** The size sought has failed within its share of the work; going on is a matter of patience. */
  readonly settled: boolean;
  /** The bounds have met: nothing is left to find. */
  readonly done: boolean;
  /** Floating networks that fitted every point so far, and those of them that became exact. */
  readonly hits: number;
  readonly exact: number;
  /** Tells bounds proved or found elsewhere. */
  setBounds(lowerBound: number, upperBound: number): void;
  /** A network to start from; it need not fit. */
  addNetwork(network: Network): void;
  /** A point of the tree search to start from, in doubles on the centred coordinates of a `Cloud`. */
  addHinges(hinges: Hinges): void;
  /** Goes on for about `most` multiplications; a network below the upper bound ends it early. */
  advance(most: number): Network | null;
}

/** Everything a local search starts with. */
export interface LocalSetup {
  readonly objective: Objective;
  /** Features centred: for descents. */
  readonly centred: Cloud;
  /** Features as they are, so that zeros are zeros; only for parameters. */
  readonly plain: Cloud | null;
  readonly seed: number;
  readonly lowerBound: number;
  /** Infinity: none is known. */
  readonly upperBound: number;
}
