import { NODE, type ProofNode } from '../certificate/search-proof.js';
import type { Rational } from '../exact/rational.js';
import { exactStep } from './exact-step.js';
import { confirm } from './leaf.js';
import { neuronCount, type Question } from './question.js';
import { COORDINATE, type Decision, type Proposal, Region } from './region.js';

/** What a search reports while it runs; every method may be left out. */
export interface TreeObserver {
  /** An exact assignment of the unknowns that fits all windows, possibly beyond the budget. */
  fits?(question: Question, unknowns: readonly Rational[]): void;
}

export interface TreeLimits {
  /** Missed points whose activations are tried before one is chosen to branch on. */
  readonly trialPoints: number;
  /** Coordinates tried likewise when the budget decides. */
  readonly trialCoordinates: number;
}

export const TREE_DEFAULTS: TreeLimits = { trialPoints: 3, trialCoordinates: 4 };

export interface TreeCounts {
  nodes: number;
  /** Least-norm problems solved in doubles. */
  programs: number;
  /** Nodes on which the exact simplex method was needed. */
  exact: number;
}

export type TreeStatus =
  | { readonly status: 'running' }
  | { readonly status: 'refuted' }
  /** The unknowns of a network of this profile, within the budget, that fits all windows. */
  | { readonly status: 'solved'; readonly unknowns: readonly Rational[] };

interface OpenNode {
  readonly region: Region;
  readonly proposal: Proposal;
  readonly id: number;
}

interface Branching {
  readonly decision: Omit<Decision, 'child'>;
  readonly regions: readonly [Region, Region];
  readonly proposals: readonly [Proposal, Proposal];
  readonly score: number;
}

/** Misses of doubles below this (labels scaled to 1) count as fitted, and exact arithmetic is asked. */
const FIT_TOLERANCE = 1e-7;

/**
 * Depth-first refutation of one profile, resumable. The tree below a node depends on the path to it and on nothing else,
 * so that subtrees can be searched anywhere and in any order with the same result.
 */
export class ProfileTree {
  readonly counts: TreeCounts = { nodes: 0, programs: 0, exact: 0 };
  private readonly records: ProofNode[] = [];
  private readonly children: (readonly [number, number] | null)[] = [];
  private readonly stack: OpenNode[] = [];
  private readonly spare: Region[] = [];
  private solution: readonly Rational[] | null = null;

  constructor(
    readonly question: Question,
    path: readonly Decision[] = [],
    private readonly limits: TreeLimits = TREE_DEFAULTS,
    private readonly observer: TreeObserver = {},
  ) {
    const region = new Region(question);
    let proposal = region.solve();
    for (const decision of path) {
      if (proposal.status !== 'open') region.guide.reset();
      region.decide(decision);
      proposal = region.solve();
    }
    this.stack.push({ region, proposal, id: this.newRecord() });
  }

  private newRecord(): number {
    this.records.push([]);
    this.children.push(null);
    return this.records.length - 1;
  }

  /** Processes at most `most` nodes. */
  step(most: number): TreeStatus {
    for (let count = 0; count < most && this.solution === null; count++) {
      const node = this.stack.pop();
      if (node === undefined) return { status: 'refuted' };
      this.process(node);
    }
    if (this.solution !== null) return { status: 'solved', unknowns: this.solution };
    return this.stack.length === 0 ? { status: 'refuted' } : { status: 'running' };
  }

  /** The tree in preorder; complete once the profile is refuted. */
  proof(): ProofNode[] {
    const nodes: ProofNode[] = [];
    const todo = [0];
    while (todo.length > 0) {
      const id = todo.pop()!;
      nodes.push(this.records[id]!);
      const children = this.children[id];
      if (children) todo.push(children[1], children[0]);
    }
    return nodes;
  }

  private process({ region, proposal, id }: OpenNode): void {
    this.counts.nodes++;
    if (region.overBudget) return this.close(region, id, [NODE.overBudget]);
    if (proposal.status === 'contradiction') {
      const leaf = confirm(region, proposal.codes);
      if (leaf !== null) return this.close(region, id, leaf);
      // Not confirmed: the node is reopened, and its descendants start afresh.
      region.guide.reset();
    }
    const decisions = proposal.status === 'open' ? this.missedActivations(region) : [];
    if (decisions.length > 0) {
      this.branch(region, id, this.bestBranching(region, decisions));
      return;
    }
    this.counts.exact++;
    const step = exactStep(region, proposal.status === 'open');
    if (step.status === 'contradiction') return this.close(region, id, step.leaf);
    if (step.status === 'missed') {
      this.branch(region, id, this.bestBranching(region, [step.decision]));
      return;
    }
    this.observer.fits?.(this.question, step.unknowns);
    const nonzero = this.openNonzeros(region, step.unknowns);
    if (nonzero.length === 0) {
      this.solution = step.unknowns;
      return;
    }
    this.branch(region, id, this.bestBranching(region, nonzero));
  }

  private close(region: Region, id: number, leaf: ProofNode): void {
    this.records[id] = leaf;
    this.spare.push(region);
  }

  /** Activations that would make a row of a most-missed point available. */
  private missedActivations(region: Region): Omit<Decision, 'child'>[] {
    const { points, plus } = this.question;
    const neurons = neuronCount(this.question);
    const misses: { n: number; miss: number }[] = [];
    for (let n = 0; n < points.size; n++) {
      const miss = region.miss(n);
      if (Math.abs(miss) > FIT_TOLERANCE) misses.push({ n, miss });
    }
    misses.sort((a, b) => Math.abs(b.miss) - Math.abs(a.miss) || a.n - b.n);
    const decisions: Omit<Decision, 'child'>[] = [];
    for (const { n, miss } of misses.slice(0, this.limits.trialPoints)) {
      // Too high: an undecided negative neuron withholds the upper row. Too low: a positive one the lower row.
      const [from, to] = miss > 0 ? [plus, neurons] : [0, plus];
      for (let k = from; k < to; k++) {
        if (region.activation[k * points.size + n] === 0) {
          decisions.push(activationDecision(k, n, region.values[k * points.size + n]!));
        }
      }
    }
    return decisions;
  }

  /** Undecided coordinates that are nonzero in a fitting assignment beyond the budget; none when it is within. */
  private openNonzeros(region: Region, unknowns: readonly Rational[]): Omit<Decision, 'child'>[] {
    const { budget, points } = this.question;
    if (budget === null) return [];
    const { width } = points;
    const size = neuronCount(this.question) * width;
    let nonzeros = 0;
    for (let j = 0; j < size; j++) if (!unknowns[j]!.isZero()) nonzeros++;
    if (nonzeros <= budget) return [];
    const open: number[] = [];
    for (let j = 0; j < size; j++) {
      if (region.coordinates[j] === COORDINATE.unknown && region.closed[j] === 0 && !unknowns[j]!.isZero())
        open.push(j);
    }
    const magnitude = (j: number): number => Math.abs(region.guide.x[j]!);
    open.sort((a, b) => magnitude(b) - magnitude(a) || a - b);
    return open.slice(0, this.limits.trialCoordinates).map((j) => ({
      kind: NODE.zeroOrNonzero,
      neuron: Math.floor(j / width),
      index: j % width,
    }));
  }

  /** Solves both children of every candidate; a contradiction in one of them wins at once. */
  private bestBranching(region: Region, candidates: readonly Omit<Decision, 'child'>[]): Branching {
    const cost = region.guide.cost;
    let best: Branching | null = null;
    for (const decision of candidates) {
      const regions = [this.child(region, decision, 0), this.child(region, decision, 1)] as const;
      const proposals = [this.solve(regions[0]), this.solve(regions[1])] as const;
      const closed = proposals.filter(({ status }) => status === 'contradiction').length;
      const gain = (c: 0 | 1): number => Math.max(0, regions[c].guide.cost - cost) + 1e-9;
      const score = closed > 0 ? closed * 1e30 + gain(0) + gain(1) : gain(0) * gain(1);
      if (best === null || score > best.score) {
        if (best !== null) this.spare.push(...best.regions);
        best = { decision, regions, proposals, score };
      } else this.spare.push(...regions);
      if (closed > 0) break;
    }
    return best!;
  }

  private child(region: Region, decision: Omit<Decision, 'child'>, child: 0 | 1): Region {
    const copy = this.spare.pop() ?? new Region(this.question);
    copy.copyFrom(region);
    copy.decide({ ...decision, child });
    return copy;
  }

  private solve(region: Region): Proposal {
    if (region.overBudget) return { status: 'contradiction', codes: [] };
    this.counts.programs++;
    return region.solve();
  }

  private branch(region: Region, id: number, { decision, regions, proposals }: Branching): void {
    this.records[id] = [decision.kind, decision.neuron, decision.index];
    const ids = [this.newRecord(), this.newRecord()] as const;
    this.children[id] = ids;
    // The child of the smaller weights is searched first.
    const first = regions[0].guide.cost <= regions[1].guide.cost ? 0 : 1;
    for (const c of [1 - first, first] as const) {
      this.stack.push({ region: regions[c]!, proposal: proposals[c]!, id: ids[c]! });
    }
    this.spare.push(region);
  }
}

/** The branching whose decided side, by the sign of w_k . X_n at hand, includes zero. */
export function activationDecision(neuron: number, index: number, value: number): Omit<Decision, 'child'> {
  return { kind: value >= 0 ? NODE.activeOrNegative : NODE.positiveOrInactive, neuron, index };
}
