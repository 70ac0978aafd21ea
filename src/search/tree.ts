import { NODE, type ProofNode, type RefutationTree } from '../certificate/search-proof.js';
import type { Rational } from '../exact/rational.js';
import type { Hinges } from '../primal/hinges.js';
import { ACTIVATION, type Branching, COORDINATE, coordinateOf, type Decision } from './decision.js';
import { exactStep } from './exact-step.js';
import type { Dependency } from './guide.js';
import { confirm } from './leaf.js';
import { inStore } from './packed-nodes.js';
import type { ProofStore } from './proof-store.js';
import { coordinateCount, neuronCount, type Question } from './question.js';
import { type Path, provedNodes, type Refutation, refutedBy, refutedByBoth } from './refutation.js';
import { type Proposal, Region } from './region.js';

/**
 * What is left of a tree: branchings, those above before those below, and the open nodes, the next one last. `above` is the index of the
 * branching that a branching or node is a child of, -1 for the first; plain data, for another thread.
 */
export interface PartialTree {
  readonly branchings: readonly {
    readonly branching: Branching;
    readonly above: number;
    readonly child: 0 | 1;
    readonly proofs: readonly [Refutation | null, Refutation | null];
  }[];
  readonly open: readonly { readonly above: number; readonly child: 0 | 1 }[];
}

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
  /** Share of the larger gain in the score of a branching; the smaller one counts in full. */
  readonly largerGain: number;
}

export const TREE_DEFAULTS: TreeLimits = { trialPoints: 3, trialCoordinates: 4, largerGain: 0.01 };

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

/** A branching whose children are not both refuted yet. */
interface Inner {
  readonly branching: Branching;
  readonly above: Step | null;
  readonly proofs: [Refutation | null, Refutation | null];
  /** Refuted as a whole: what is open below is of no use any more. */
  closed: boolean;
}

/** The way into a child of a branching. */
interface Step extends Path {
  readonly above: Step | null;
  /** Null on the path that a tree was given. */
  readonly inner: Inner | null;
}

/** A node to be processed; without its region it is yet to be rebuilt from the path, or is in the hands of another thread. */
interface OpenNode {
  readonly state: { readonly region: Region; readonly proposal: Proposal } | null;
  readonly step: Step | null;
}

/** A node that was given away; see `ProfileTree.giveAway`. */
export interface GivenNode {
  readonly tree: ProfileTree;
  readonly path: readonly Decision[];
  readonly step: Step | null;
}

interface Trial {
  readonly branching: Branching;
  readonly regions: readonly [Region, Region];
  readonly proposals: readonly [Proposal, Proposal];
  readonly score: number;
}

/** Misses of doubles below this (labels scaled to 1) count as fitted, and exact arithmetic is asked. */
const FIT_TOLERANCE = 1e-7;

const NO_ROWS: Dependency = { codes: [], weights: [] };

/**
 * Depth-first refutation of one profile, resumable. What is branched on below a node depends on the path to it and on nothing else, so that
 * subtrees can be searched anywhere and in any order.
 */
export class ProfileTree {
  readonly counts: TreeCounts = { nodes: 0, programs: 0, exact: 0 };
  private readonly stack: OpenNode[] = [];
  private readonly spare: Region[] = [];
  /** The missed points of a node that are tried: the point, the neurons that withhold its row, and its weight. */
  private readonly missed: { most: number; points: Int32Array; masks: Int32Array; weights: Float64Array };
  private solution: readonly Rational[] | null = null;
  /** Once the root is refuted. */
  private result: Refutation | null = null;

  constructor(
    readonly question: Question,
    path: readonly Decision[] = [],
    private readonly observer: TreeObserver = {},
    private readonly limits: TreeLimits = TREE_DEFAULTS,
    /** Where proofs of subtrees are put as they grow; null: they stay in the heap. */
    private readonly store: ProofStore | null = null,
  ) {
    const most = limits.trialPoints;
    this.missed = {
      most,
      points: new Int32Array(most),
      masks: new Int32Array(most),
      weights: new Float64Array(most),
    };
    let step: Step | null = null;
    for (const decision of path) step = below(step, decision, null);
    this.stack.push({ state: null, step });
  }

  /** The region behind a path: rebuilt it is the same as grown. */
  private stateOf({ state, step }: OpenNode): NonNullable<OpenNode['state']> {
    if (state !== null) return state;
    const region = new Region(this.question);
    let proposal = region.solve();
    for (const decision of pathOf(step)) {
      if (proposal.status !== 'open') region.restart();
      region.decide(decision, decision.child);
      proposal = region.solve();
    }
    return { region, proposal };
  }

  /** Is a node left? */
  get isOpen(): boolean {
    return this.result === null && this.solution === null;
  }

  /** Processes at most `most` nodes, the deepest first. */
  step(most: number): TreeStatus {
    for (let count = 0; count < most && this.isOpen; count++) {
      const node = this.next();
      if (node === null) break;
      this.process(this.stateOf(node), node.step);
    }
    if (this.solution !== null) return { status: 'solved', unknowns: this.solution };
    return { status: this.result === null ? 'running' : 'refuted' };
  }

  /** The open node that is next, off the stack; those that became needless are dropped. */
  private next(): OpenNode | null {
    for (let node = this.stack.pop(); node !== undefined; node = this.stack.pop()) {
      if (!isCancelled(node.step)) return node;
      if (node.state !== null) this.spare.push(node.state.region);
    }
    return null;
  }

  /** Gives the next node to another thread; null when none is left here. */
  giveAway(): GivenNode | null {
    const node = this.next();
    return node === null ? null : { tree: this, path: pathOf(node.step), step: node.step };
  }

  /** Takes a node back that was refuted elsewhere, or what is left of it. */
  takeBack({ step }: GivenNode, outcome: Refutation | PartialTree): void {
    if (isCancelled(step)) return;
    if ('uses' in outcome) {
      this.refute(step, outcome);
      return;
    }
    const steps: ((child: 0 | 1) => Step)[] = [];
    const stepTo = (above: number, child: 0 | 1): Step | null => (above < 0 ? step : steps[above]!(child));
    for (const { branching, above, child, proofs } of outcome.branchings) {
      const at = stepTo(above, child);
      const inner: Inner = {
        branching,
        above: at,
        proofs: [proofs[0] && this.stored(proofs[0]), proofs[1] && this.stored(proofs[1])],
        closed: false,
      };
      steps.push((next) => below(at, { ...branching, child: next }, inner));
    }
    for (const { above, child } of outcome.open) this.stack.push({ state: null, step: stepTo(above, child) });
  }

  /** What is left of the tree: it is empty afterwards. */
  take(): PartialTree {
    const rest = this.partial();
    this.stack.length = 0;
    return rest;
  }

  /** What is left of the tree; nodes of it among `given` are open, too. */
  partial(given: Iterable<GivenNode> = []): PartialTree {
    const indices = new Map<Inner, number>();
    const branchings: PartialTree['branchings'][number][] = [];
    const indexOf = (step: Step | null): number => {
      // Those not numbered yet, from below; they are numbered from above.
      const steps: Step[] = [];
      let at = step;
      for (; at !== null && at.inner !== null && !indices.has(at.inner); at = at.above) steps.push(at);
      for (let own = steps.pop(); own !== undefined; own = steps.pop()) {
        const { branching, above, proofs } = own.inner!;
        const index = above?.inner ? indices.get(above.inner)! : -1;
        const child = above?.inner ? above.decision.child : 0;
        indices.set(own.inner!, branchings.push({ branching, proofs: [...proofs], above: index, child }) - 1);
      }
      return step?.inner ? indices.get(step.inner)! : -1;
    };
    const elsewhere = [...given].filter(({ tree }) => tree === this);
    const open = [...elsewhere, ...this.stack]
      .filter(({ step }) => !isCancelled(step))
      .map(({ step }) => ({ above: indexOf(step), child: step?.inner ? step.decision.child : (0 as const) }));
    return { branchings, open };
  }

  /** The tree as it was: to be grown on instead of this one, which must be new. */
  restore(refutation: Refutation | null, rest: PartialTree, counts: TreeCounts): void {
    Object.assign(this.counts, counts);
    if (refutation !== null || rest.open.length > 0) this.takeBack(this.giveAway()!, refutation ?? rest);
  }

  /** The share of the tree that is done, where every child is half of its branching; nodes of it among `given` are open, too. */
  shareDone(given: Iterable<GivenNode> = []): number {
    if (!this.isOpen) return 1;
    const elsewhere = [...given].filter(({ tree }) => tree === this);
    let done = 1;
    for (const { step } of [...this.stack, ...elsewhere])
      if (!isCancelled(step)) done -= 2 ** -(step === null ? 0 : step.depth + 1);
    return Math.max(0, done);
  }

  /** Nodes on the stack. */
  get openNodes(): number {
    return this.stack.length;
  }

  /** Neurons in doubles, on centred coordinates, that the next node proposes; null with a budget or when there is none. */
  point(): Hinges | null {
    const node = this.stack.at(-1);
    if (node?.state?.proposal.status !== 'open' || this.question.budget !== null) return null;
    const { plus } = this.question;
    const signs = Int8Array.from({ length: neuronCount(this.question) }, (_, k) => (k < plus ? 1 : -1));
    return { signs, unknowns: node.state.region.guide.x.slice() };
  }

  /** The proof, once the tree is refuted. */
  get refuted(): Refutation | null {
    return this.result;
  }

  /** The same for a certificate. */
  refutation(): RefutationTree {
    const { plus, minus, budget, pivot } = this.question;
    return { plus, minus, budget, pivot, nodes: provedNodes(this.question, this.result!, this.store) };
  }

  private process({ region, proposal }: NonNullable<OpenNode['state']>, step: Step | null): void {
    this.counts.nodes++;
    if (region.overBudget) {
      this.close(region, step, [NODE.overBudget]);
      return;
    }
    if (proposal.status === 'contradiction') {
      const leaf = confirm(region, proposal.rows);
      if (leaf !== null) {
        this.close(region, step, leaf);
        return;
      }
      // Not confirmed: the node is reopened, and its descendants start afresh.
      region.restart();
    }
    const branchings = proposal.status === 'open' ? this.candidates(region) : [];
    if (branchings.length > 0) {
      this.branch(region, step, this.bestTrial(region, branchings));
      return;
    }
    this.counts.exact++;
    const outcome = exactStep(region, proposal.status === 'open');
    if (outcome.status === 'contradiction') {
      this.close(region, step, outcome.leaf);
      return;
    }
    if (outcome.status === 'missed') {
      this.branch(region, step, this.bestTrial(region, [outcome.branching]));
      return;
    }
    this.observer.fits?.(outcome.unknowns);
    const nonzero = this.openNonzeros(region, outcome.unknowns);
    if (nonzero.length === 0) this.solution = outcome.unknowns;
    else this.branch(region, step, this.bestTrial(region, nonzero));
  }

  private close(region: Region, step: Step | null, leaf: ProofNode): void {
    const refutation = refutedBy(region, leaf, step);
    this.spare.push(region);
    this.refute(step, refutation);
  }

  /** Takes note that the subtree behind a step is refuted, and of what follows above. */
  private refute(step: Step | null, refutation: Refutation): void {
    let proof = this.stored(refutation);
    let at = step;
    for (; at?.inner; at = at.above) {
      const { inner, decision, depth } = at;
      if ((proof.uses >> BigInt(depth)) & 1n) {
        inner.proofs[decision.child] = proof;
        const [first, second] = inner.proofs;
        if (first === null || second === null) return;
        proof = this.stored(refutedByBoth(this.question, inner.branching, inner.above, first, second));
      }
      inner.closed = true;
    }
    this.result = proof;
  }

  private stored(proof: Refutation): Refutation {
    return this.store === null ? proof : { nodes: inStore(proof.nodes, this.store), uses: proof.uses };
  }

  /** Activations at missed points; with a budget also the zeros, when the guide uses too many nonzeros. */
  private candidates(region: Region): Branching[] {
    const activations = this.missedActivations(region);
    const { budget } = this.question;
    if (budget === null) return activations;
    const isNonzero = (j: number): boolean => region.magnitude(j) > FIT_TOLERANCE;
    let nonzeros = 0;
    for (let j = 0; j < region.closed.length; j++) if (isNonzero(j)) nonzeros++;
    return nonzeros > budget ? [...this.zeroBranchings(region, isNonzero), ...activations] : activations;
  }

  /** Activations that would make a row of a missed point available, at the points of the largest weight. */
  private missedActivations(region: Region): Branching[] {
    const { size } = this.question.points;
    const { most, points, masks, weights } = this.missed;
    let count = 0;
    for (let n = 0; n < size; n++) {
      const miss = Math.abs(region.miss(n));
      if (miss <= FIT_TOLERANCE) continue;
      // Too high: an undecided negative neuron withholds the upper row. Too low: a positive one the lower row.
      const withholding = region.undecidedOf(n, region.miss(n) < 0);
      let weight = miss;
      for (let left = withholding; left !== 0; left &= left - 1) weight /= 2;
      if (count === most && weight <= weights[count - 1]!) continue;
      let at = count < most ? count++ : count - 1;
      for (; at > 0 && weights[at - 1]! < weight; at--) {
        points[at] = points[at - 1]!;
        masks[at] = masks[at - 1]!;
        weights[at] = weights[at - 1]!;
      }
      points[at] = n;
      masks[at] = withholding;
      weights[at] = weight;
    }
    const branchings: Branching[] = [];
    for (let at = 0; at < count; at++) this.addAtPoint(branchings, region, points[at]!, masks[at]!);
    return branchings;
  }

  /** The branchings of undecided neurons at a point: class by class, all of it active or all of it inactive first. */
  private addAtPoint(branchings: Branching[], region: Region, n: number, undecided: number): void {
    const { size } = this.question.points;
    const { values } = region;
    for (let left = undecided; left !== 0; ) {
      const first = 31 - Math.clz32(left & -left);
      const members = region.classOf(first);
      left &= ~members;
      const value = (k: number): number => values[k * size + n]!;
      if (members === 1 << first) {
        const side = value(first) >= 0 ? ACTIVATION.active : ACTIVATION.positive;
        branchings.push({ kind: 'point', neuron: first, members, place: n, side });
        continue;
      }
      let least = first;
      let most = first;
      for (let k = first; k < 32; k++) {
        if (((members >> k) & 1) === 0) continue;
        if (value(k) < value(least)) least = k;
        if (value(k) > value(most)) most = k;
      }
      branchings.push(
        {
          kind: 'point',
          neuron: most,
          members,
          place: n,
          side: value(most) >= 0 ? ACTIVATION.negative : ACTIVATION.inactive,
        },
        {
          kind: 'point',
          neuron: least,
          members,
          place: n,
          side: value(least) >= 0 ? ACTIVATION.active : ACTIVATION.positive,
        },
      );
    }
  }

  /** Undecided coordinates that are nonzero in a fitting assignment beyond the budget; none when it is within. */
  private openNonzeros(region: Region, unknowns: readonly Rational[]): Branching[] {
    const { budget } = this.question;
    if (budget === null) return [];
    const size = coordinateCount(this.question);
    let nonzeros = 0;
    for (let j = 0; j < size; j++) if (!unknowns[j]!.isZero()) nonzeros++;
    if (nonzeros <= budget) return [];
    return this.zeroBranchings(region, (j) => !unknowns[j]!.isZero());
  }

  private zeroBranchings(region: Region, accept: (j: number) => boolean): Branching[] {
    const { width } = this.question.points;
    const neurons = neuronCount(this.question);
    const open: number[] = [];
    for (let j = 0; j < region.closed.length; j++) {
      if (region.coordinates[j] === COORDINATE.unknown && region.closed[j] === 0 && accept(j)) open.push(j);
    }
    open.sort((a, b) => region.magnitude(b) - region.magnitude(a) || a - b);
    return open.slice(0, this.limits.trialCoordinates).map((j): Branching => {
      const neuron = j < neurons * width ? Math.floor(j / width) : -1;
      const members = neuron < 0 ? 0 : region.classOf(neuron);
      const place = j - coordinateOf(this.question, 0, neuron);
      return { kind: 'coordinate', neuron, members, place, side: COORDINATE.zero };
    });
  }

  /** Solves both children of every candidate; a contradiction in one of them wins at once. */
  private bestTrial(region: Region, candidates: readonly Branching[]): Trial {
    const { cost } = region.guide;
    let best: Trial | null = null;
    for (const branching of candidates) {
      const regions = [this.child(region, branching, 0), this.child(region, branching, 1)] as const;
      const proposals = [this.solve(regions[0]), this.solve(regions[1])] as const;
      const isClosed = proposals[0].status === 'contradiction' || proposals[1].status === 'contradiction';
      const gain = Math.max(0, regions[0].guide.cost - cost);
      const other = Math.max(0, regions[1].guide.cost - cost);
      const score = isClosed
        ? Number.POSITIVE_INFINITY
        : Math.min(gain, other) + this.limits.largerGain * Math.max(gain, other);
      if (best === null || score > best.score) {
        if (best !== null) this.spare.push(best.regions[0], best.regions[1]);
        best = { branching, regions, proposals, score };
      } else this.spare.push(regions[0], regions[1]);
      if (isClosed) break;
    }
    return best!;
  }

  private child(region: Region, branching: Branching, child: 0 | 1): Region {
    const copy = this.spare.pop() ?? new Region(this.question);
    copy.copyFrom(region);
    copy.decide(branching, child);
    return copy;
  }

  private solve(region: Region): Proposal {
    if (region.overBudget) return { status: 'contradiction', rows: NO_ROWS };
    this.counts.programs++;
    return region.solve();
  }

  private branch(region: Region, step: Step | null, { branching, regions, proposals }: Trial): void {
    const inner: Inner = { branching, above: step, proofs: [null, null], closed: false };
    // The child of the smaller weights is searched first.
    const first = regions[0].guide.cost <= regions[1].guide.cost ? 0 : 1;
    for (const child of [1 - first, first] as (0 | 1)[]) {
      const next = below(step, { ...branching, child }, inner);
      this.stack.push({ state: { region: regions[child]!, proposal: proposals[child]! }, step: next });
    }
    this.spare.push(region);
  }
}

function below(above: Step | null, decision: Decision, inner: Inner | null): Step {
  return { above, depth: above === null ? 0 : above.depth + 1, decision, inner };
}

function pathOf(step: Step | null): Decision[] {
  const path: Decision[] = [];
  for (let at = step; at !== null; at = at.above) path.push(at.decision);
  return path.reverse();
}

/** Does the step lead below a branching that was refuted without it? */
function isCancelled(step: Step | null): boolean {
  for (let at = step; at !== null; at = at.above) if (at.inner?.closed) return true;
  return false;
}
