import { NODE, type ProofNode, type RefutationTree } from '../certificate/search-proof.js';
import type { Rational } from '../exact/rational.js';
import type { Hinges } from '../primal/hinges.js';
import { exactStep } from './exact-step.js';
import { confirm } from './leaf.js';
import { coordinateCount, neuronCount, type Question } from './question.js';
import { COORDINATE, type Decision, type Proposal, Region } from './region.js';

/** What a tree reports while it grows; every method may be left out. */
export interface TreeObserver {
  /** An exact assignment of the unknowns that fits all windows, possibly beyond the budget. */
  fits?(unknowns: readonly Rational[]): void;
}

export interface TreeLimits {
  /** Missed points whose activations are tried before one is chosen to branch on. */
  readonly trialPoints: number;
  /** Coordinates tried likewise when the budget decides. */
  readonly trialCoordinates: number;
  /** Share of the cost added to what a child gains, so that a child that gains nothing does not hide the other. */
  readonly leastGain: number;
}

export const TREE_DEFAULTS: TreeLimits = { trialPoints: 2, trialCoordinates: 4, leastGain: 0.01 };

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

type Candidate = Omit<Decision, 'child'>;

interface OpenNode {
  readonly region: Region;
  readonly proposal: Proposal;
  readonly id: number;
}

/** How a node was reached: the decision at its parent, and that parent. */
interface Origin {
  readonly parent: number;
  readonly decision: Decision;
}

interface Branching {
  readonly decision: Candidate;
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
  private readonly origins: (Origin | null)[] = [];
  /** Proofs found elsewhere for open nodes. */
  private readonly grafts = new Map<number, readonly ProofNode[]>();
  private readonly stack: OpenNode[] = [];
  private readonly spare: Region[] = [];
  private solution: readonly Rational[] | null = null;

  constructor(
    readonly question: Question,
    path: readonly Decision[] = [],
    private readonly observer: TreeObserver = {},
    private readonly limits: TreeLimits = TREE_DEFAULTS,
  ) {
    const region = new Region(question);
    let proposal = region.solve();
    for (const decision of path) {
      if (proposal.status !== 'open') region.guide.reset();
      region.decide(decision);
      proposal = region.solve();
    }
    this.stack.push({ region, proposal, id: this.newRecord(null) });
  }

  private newRecord(origin: Origin | null): number {
    this.records.push([]);
    this.children.push(null);
    this.origins.push(origin);
    return this.records.length - 1;
  }

  /** Is a node left? */
  get isOpen(): boolean {
    return this.stack.length > 0;
  }

  /** Processes at most `most` nodes, the deepest first. */
  step(most: number): TreeStatus {
    return this.advance(most, () => this.stack.pop());
  }

  /** Processes nodes level by level until at least `width` are open, for others to continue. */
  widen(width: number): TreeStatus {
    let status: TreeStatus = { status: 'running' };
    while (status.status === 'running' && this.stack.length < width) {
      status = this.advance(1, () => this.stack.shift());
    }
    return status;
  }

  /** The open nodes, in the order in which they stand in the tree. */
  openNodes(): { id: number; path: Decision[] }[] {
    const open = new Set(this.stack.map(({ id }) => id));
    return this.preorder()
      .filter((id) => open.has(id))
      .map((id) => ({ id, path: this.pathTo(id) }));
  }

  private pathTo(id: number): Decision[] {
    const path: Decision[] = [];
    for (let origin = this.origins[id]; origin; origin = this.origins[origin.parent])
      path.push(origin.decision);
    return path.reverse();
  }

  /** Neurons in doubles, on centred coordinates, that the next node proposes; null with a budget or when there is none. */
  point(): Hinges | null {
    const node = this.stack.at(-1);
    if (node === undefined || node.proposal.status !== 'open' || this.question.budget !== null) return null;
    const { plus } = this.question;
    const signs = Int8Array.from({ length: neuronCount(this.question) }, (_, k) => (k < plus ? 1 : -1));
    return { signs, unknowns: node.region.guide.x.slice() };
  }

  /** Takes over the proof below an open node that was continued elsewhere. */
  graft(id: number, proof: readonly ProofNode[]): void {
    this.grafts.set(id, proof);
    this.stack.splice(
      this.stack.findIndex((node) => node.id === id),
      1,
    );
  }

  private advance(most: number, take: () => OpenNode | undefined): TreeStatus {
    for (let count = 0; count < most && this.solution === null; count++) {
      const node = take();
      if (node === undefined) return { status: 'refuted' };
      this.process(node);
    }
    if (this.solution !== null) return { status: 'solved', unknowns: this.solution };
    return this.stack.length === 0 ? { status: 'refuted' } : { status: 'running' };
  }

  /** The refutation in preorder; complete once the profile is refuted. */
  refutation(): RefutationTree {
    const nodes: ProofNode[] = [];
    for (const id of this.preorder()) {
      const graft = this.grafts.get(id);
      if (graft === undefined) nodes.push(this.records[id]!);
      else for (const node of graft) nodes.push(node);
    }
    const { plus, minus, budget, pivot } = this.question;
    return { plus, minus, budget, pivot, nodes };
  }

  private preorder(): number[] {
    const order: number[] = [];
    const todo = [0];
    while (todo.length > 0) {
      const id = todo.pop()!;
      order.push(id);
      const children = this.children[id];
      if (children) todo.push(children[1], children[0]);
    }
    return order;
  }

  private process({ region, proposal, id }: OpenNode): void {
    this.counts.nodes++;
    if (region.overBudget) {
      this.close(region, id, [NODE.overBudget]);
      return;
    }
    if (proposal.status === 'contradiction') {
      const leaf = confirm(region, proposal.codes);
      if (leaf !== null) {
        this.close(region, id, leaf);
        return;
      }
      // Not confirmed: the node is reopened, and its descendants start afresh.
      region.guide.reset();
    }
    const decisions = proposal.status === 'open' ? this.candidates(region) : [];
    if (decisions.length > 0) {
      this.branch(region, id, this.bestBranching(region, decisions));
      return;
    }
    this.counts.exact++;
    const step = exactStep(region, proposal.status === 'open');
    if (step.status === 'contradiction') {
      this.close(region, id, step.leaf);
      return;
    }
    if (step.status === 'missed') {
      this.branch(region, id, this.bestBranching(region, [step.decision]));
      return;
    }
    this.observer.fits?.(step.unknowns);
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

  /** Activations at missed points; with a budget also the zeros, when the guide uses too many nonzeros. */
  private candidates(region: Region): Candidate[] {
    const activations = this.missedActivations(region);
    const { budget } = this.question;
    if (budget === null) return activations;
    const isNonzero = (j: number): boolean => region.magnitude(j) > FIT_TOLERANCE;
    let nonzeros = 0;
    for (let j = 0; j < region.closed.length; j++) if (isNonzero(j)) nonzeros++;
    return nonzeros > budget ? [...this.zeroDecisions(region, isNonzero), ...activations] : activations;
  }

  /** Activations that would make a row of a most-missed point available. */
  private missedActivations(region: Region): Candidate[] {
    const { points, plus } = this.question;
    const neurons = neuronCount(this.question);
    const misses: { n: number; miss: number }[] = [];
    for (let n = 0; n < points.size; n++) {
      const miss = region.miss(n);
      if (Math.abs(miss) > FIT_TOLERANCE) misses.push({ n, miss });
    }
    misses.sort((a, b) => Math.abs(b.miss) - Math.abs(a.miss) || a.n - b.n);
    const decisions: Candidate[] = [];
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
  private openNonzeros(region: Region, unknowns: readonly Rational[]): Candidate[] {
    const { budget } = this.question;
    if (budget === null) return [];
    const size = coordinateCount(this.question);
    let nonzeros = 0;
    for (let j = 0; j < size; j++) if (!unknowns[j]!.isZero()) nonzeros++;
    if (nonzeros <= budget) return [];
    return this.zeroDecisions(region, (j) => !unknowns[j]!.isZero());
  }

  private zeroDecisions(region: Region, accept: (j: number) => boolean): Candidate[] {
    const open: number[] = [];
    for (let j = 0; j < region.closed.length; j++) {
      if (region.coordinates[j] === COORDINATE.unknown && region.closed[j] === 0 && accept(j)) open.push(j);
    }
    open.sort((a, b) => region.magnitude(b) - region.magnitude(a) || a - b);
    return open
      .slice(0, this.limits.trialCoordinates)
      .map((index) => ({ kind: NODE.zeroOrNonzero, index, point: 0 }));
  }

  /** Solves both children of every candidate; a contradiction in one of them wins at once. */
  private bestBranching(region: Region, candidates: readonly Candidate[]): Branching {
    const cost = region.guide.cost;
    const floor = this.limits.leastGain * (1 + cost);
    let best: Branching | null = null;
    for (const decision of candidates) {
      const regions = [this.child(region, decision, 0), this.child(region, decision, 1)] as const;
      const proposals = [this.solve(regions[0]), this.solve(regions[1])] as const;
      const closed = proposals.filter(({ status }) => status === 'contradiction').length;
      const gain = (c: 0 | 1): number => Math.max(0, regions[c].guide.cost - cost) + floor;
      const score = closed > 0 ? Number.POSITIVE_INFINITY : gain(0) * gain(1);
      if (best === null || score > best.score) {
        if (best !== null) this.spare.push(...best.regions);
        best = { decision, regions, proposals, score };
      } else this.spare.push(...regions);
      if (closed > 0) break;
    }
    return best!;
  }

  private child(region: Region, decision: Candidate, child: 0 | 1): Region {
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
    this.records[id] =
      decision.kind === NODE.zeroOrNonzero
        ? [decision.kind, decision.index]
        : [decision.kind, decision.index, decision.point];
    const newChild = (child: 0 | 1): number =>
      this.newRecord({ parent: id, decision: { ...decision, child } });
    const ids = [newChild(0), newChild(1)] as const;
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
export function activationDecision(index: number, point: number, value: number): Candidate {
  return { kind: value >= 0 ? NODE.activeOrNegative : NODE.positiveOrInactive, index, point };
}
