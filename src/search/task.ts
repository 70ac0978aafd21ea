import { Rational } from '../exact/rational.js';
import type { Hinges } from '../primal/hinges.js';
import type { Decision } from './decision.js';
import type { Points } from './points.js';
import type { Question } from './question.js';
import type { Refutation } from './refutation.js';
import { type PartialTree, ProfileTree, type TreeCounts } from './tree.js';

/** A subtree to be searched: a question, how to reach the subtree, and how many nodes to spend on it at most. */
export interface Task {
  readonly question: Omit<Question, 'points'>;
  readonly path: readonly Decision[];
  readonly most: number;
}

/** What a task came to. Plain data, so that threads can exchange it; rationals are written "p/q". */
export type TaskResult = { readonly counts: TreeCounts } & (
  | { readonly status: 'refuted'; readonly refutation: Refutation }
  | { readonly status: 'solved'; readonly unknowns: readonly string[] }
  /** The share of nodes is used up, or the task was told to stop: how far it came, and where the local search may start from. */
  | { readonly status: 'running'; readonly rest: PartialTree; readonly point: Hinges | null }
);

/** The points without their scales, which only the assembly of networks needs: plain data, too. */
export type PlainPoints = Omit<Points, 'featureScales' | 'labelScale'>;

export function plainPoints({ featureScales, labelScale, ...plain }: Points): PlainPoints {
  return plain;
}

export function fromPlainPoints(plain: PlainPoints): Points {
  return { ...plain, featureScales: [], labelScale: Rational.one };
}

/** Nodes between two looks at the stop signal. */
const TURN = 50;

/** Searches a subtree. The result depends on the task alone unless shouldStop says so. */
export function runTask(points: Points, task: Task, shouldStop: () => boolean): TaskResult {
  const tree = new ProfileTree({ ...task.question, points }, task.path);
  const { counts } = tree;
  while (counts.nodes < task.most && !shouldStop()) {
    const status = tree.step(Math.min(TURN, task.most - counts.nodes));
    if (status.status === 'refuted') return { status: 'refuted', refutation: tree.refuted!, counts };
    if (status.status === 'solved') {
      return { status: 'solved', unknowns: status.unknowns.map((value) => value.toString()), counts };
    }
  }
  return { status: 'running', rest: tree.take(), point: tree.point(), counts };
}
