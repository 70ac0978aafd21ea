import { Rational } from '../exact/rational.js';
import type { Directions } from './directions.js';
import { Heap } from './heap.js';
import type { ProvedLeaf } from './leaf-bound.js';
import { type Basis, KIND, type MasterProblem, type MasterSolution, type NamedNeuron } from './master.js';
import { type Region, splitByPlane, splitBySide } from './rays.js';

/** How a node is divided; the children stand in the order given here. */
export type Branching =
  /** All neurons that are not named have |z| <= size | the largest of them has more, and output sign +1 | the same with -1. */
  | { readonly kind: 'name'; readonly size: number }
  /** |z_j| <= size | |z_j| >= size. */
  | { readonly kind: 'size'; readonly neuron: number; readonly size: number }
  /** z_j on the side <= 0 | >= 0 of a hyperplane of the arrangement (points first, then coordinates). */
  | { readonly kind: 'plane'; readonly neuron: number; readonly plane: number }
  /** q . z_j <= 0 | >= 0. */
  | { readonly kind: 'side'; readonly neuron: number; readonly q: readonly Rational[] };

/** A part of all networks: sizes and regions of the named neurons, ordered |z_1| >= |z_2| >= .., all others at most tau. */
export interface BranchNode {
  readonly named: readonly NamedNeuron[];
  readonly tau: number;
  /** False when as many neurons are named as a minimiser needs: there are no others. */
  readonly others: boolean;
  /** Value of the relaxation; once the node is proved, what the proof says where that is less. */
  bound: number;
  /** Dropped when the node is divided. */
  solution: MasterSolution | null;
  branching: Branching | null;
  children: readonly BranchNode[];
  /** The proof of its bound, made when the search is over; dropped when the node is divided after all. */
  proof: ProvedLeaf | null;
}

/** What bounds a node from below. */
export interface Relaxation {
  solve(problem: MasterProblem, start: Basis | null): MasterSolution;
}

/** A column of a relaxation's solution: mass times the neuron of size 1 of a direction, with an output sign. */
export interface Share {
  readonly direction: number;
  readonly sign: 1 | -1;
  readonly mass: number;
}

/** Settings of the branching. */
export const BRANCH_DEFAULTS = {
  /** Divisions of a node that are tried (strong branching). */
  candidates: 8,
  /** Weight of the smaller gain of the children against their mean. */
  leastWeight: 0.8,
  /** Binary digits of the sizes that are branched on. With fewer, parts beside a vertex need many more divisions. */
  sizeBits: 30,
} as const;

/** A direction with less than this share of a neuron's size is rounding. */
const TRACE = 1e-9;

/** Losses below this share of the best cost are rounding. */
const NO_LOSS = 1e-11;

/**
 * Branch and bound for the least path norm, best bound first: section by section of the set of networks is divided until the relaxation of
 * every part costs as much as the best network known, up to a gap. In doubles; the tree is made a proof by `leaf-bound.ts`.
 */
export class BranchAndBound {
  readonly root: BranchNode;
  /** Nodes divided so far. */
  nodes = 0;
  private readonly open = new Heap<BranchNode>(({ bound }) => bound);
  /** The least bound of nodes that cannot be divided further. */
  private resigned = Number.POSITIVE_INFINITY;

  /**
   * @param cutRegions whether regions of named neurons are divided too; else only their sizes and signs are
   * @param best a cost that some network has; `onSolution` may lower it
   * @param onSolution is shown the network in every relaxation's solution; returns the best cost known
   */
  constructor(
    private readonly directions: Directions,
    private readonly relaxation: Relaxation,
    private readonly cutRegions: boolean,
    public best: number,
    private readonly onSolution: (shares: readonly Share[]) => number,
  ) {
    const exponent = directions.question.exponent;
    this.root = this.node([], roundedUp(best ** (1 / exponent)), true, null);
    this.open.push(this.root);
  }

  private get exponent(): number {
    return this.directions.question.exponent;
  }

  /** No network costs less than this, up to rounding. */
  get bound(): number {
    return Math.min(this.resigned, this.open.top?.bound ?? Number.POSITIVE_INFINITY);
  }

  /** Divides the node of least bound; false when every bound is at least best * (1 - gap), or no node can be divided. */
  step(gap: number): boolean {
    const node = this.open.top;
    const cutoff = this.best * (1 - gap);
    if (node === undefined || node.bound >= cutoff || this.resigned < node.bound) return false;
    this.open.pop();
    const children = this.divide(node, cutoff);
    if (children === null) {
      this.resigned = Math.min(this.resigned, node.bound);
      return true;
    }
    this.nodes++;
    for (const child of children) this.open.push(child);
    return true;
  }

  /**
   * Proves the open nodes; one whose proof says less than its relaxation gets that bound, and may have to be divided further.
   * @param prove the proof and its bound, in units of `best`
   */
  *proveOpen(prove: (node: BranchNode) => { proof: ProvedLeaf; bound: number }): Generator<void, void, void> {
    const nodes = [...this.open];
    for (const node of nodes) {
      if (node.proof === null) {
        const { proof, bound } = prove(node);
        node.proof = proof;
        node.bound = Math.min(node.bound, bound);
        yield;
      }
    }
    while (this.open.pop() !== undefined);
    for (const node of nodes) this.open.push(node);
  }

  private node(named: readonly NamedNeuron[], tau: number, others: boolean, start: Basis | null): BranchNode {
    const slope = others ? tau ** (this.exponent - 1) : Number.POSITIVE_INFINITY;
    const solution = this.relaxation.solve({ named, slope }, start);
    this.best = Math.min(this.best, this.onSolution(sharesOf(named, solution)));
    const bound = Number.isNaN(solution.value) ? Number.NEGATIVE_INFINITY : solution.value;
    return { named, tau, others, bound, solution, branching: null, children: [], proof: null };
  }

  /** Strong branching: the candidate with the largest gains, capped at what is needed. */
  private divide(node: BranchNode, cutoff: number): readonly BranchNode[] | null {
    const { leastWeight } = BRANCH_DEFAULTS;
    const need = cutoff - node.bound;
    let best: { branching: Branching; children: BranchNode[] } | null = null;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const branching of this.candidates(node)) {
      const children = this.childrenOf(node, branching);
      if (children === null) continue;
      const gains = children.map((child) => Math.min(child.bound - node.bound, need));
      const least = Math.min(...gains);
      const mean = gains.reduce((a, b) => a + b, 0) / gains.length;
      const score = leastWeight * least + (1 - leastWeight) * mean;
      if (score > bestScore) {
        bestScore = score;
        best = { branching, children };
      }
      if (least >= need) break;
    }
    if (best === null) return null;
    node.branching = best.branching;
    node.children = best.children;
    node.solution = null;
    node.proof = null;
    return best.children;
  }

  private childrenOf(node: BranchNode, branching: Branching): BranchNode[] | null {
    const { named, tau, others } = node;
    const { basis } = node.solution!;
    switch (branching.kind) {
      case 'name': {
        const { size } = branching;
        const raised = named.map((own) => (own.low < size ? { ...own, low: size } : own));
        const more = named.length + 1 < this.directions.rows;
        const largest = (sign: 1 | -1): NamedNeuron => ({
          sign,
          low: size,
          high: tau,
          region: this.everywhere(),
        });
        return [
          this.node(named, size, true, basis),
          this.node([...raised, largest(1)], tau, more, basis),
          this.node([...raised, largest(-1)], tau, more, basis),
        ];
      }
      case 'size': {
        const { neuron, size } = branching;
        const below = named.map((own, i) => (i >= neuron && own.high > size ? { ...own, high: size } : own));
        const above = named.map((own, i) => (i <= neuron && own.low < size ? { ...own, low: size } : own));
        return [this.node(below, Math.min(tau, size), others, basis), this.node(above, tau, others, basis)];
      }
      case 'plane':
      case 'side': {
        const { neuron } = branching;
        const region = named[neuron]!.region!;
        const parts =
          branching.kind === 'plane'
            ? splitByPlane(this.directions, region, branching.plane)
            : splitBySide(this.directions, region, branching.q);
        if (parts === null) return null;
        const withPart = (part: Region) =>
          named.map((own, i) => (i === neuron ? { ...own, region: part } : own));
        return parts.map((part) => this.node(withPart(part), tau, others, basis));
      }
    }
  }

  private everywhere(): Region | null {
    if (!this.cutRegions) return null;
    this.all ??= { rays: Int32Array.from({ length: this.directions.base }, (_, r) => r), cuts: [] };
    return this.all;
  }

  private all: Region | null = null;

  /** Promising divisions of a node, by what the relaxation's solution gets wrong. */
  private candidates(node: BranchNode): Branching[] {
    const { named, tau, others } = node;
    const solution = node.solution!;
    const p = this.exponent;
    const list: Candidate[] = [];
    const used = usage(named, solution, p);
    if (others) nameCandidates(used.others, tau, p, list);
    const weights = this.cutRegions ? this.pointWeights(solution.lambda) : new Float64Array(0);
    named.forEach(({ low, high, region }, j) => {
      const t = used.size[j]!;
      const loss = t ** p - used.chord[j]!;
      if (loss > NO_LOSS * this.best && high - low > 1e-9 * high) {
        const margin = 0.02 * (high - low);
        const size = t < low + margin ? low + 5 * margin : t > high - margin ? high - 5 * margin : t;
        list.push({
          branching: { kind: 'size', neuron: j, size: short(size, Math.min(size, high - low)) },
          loss,
        });
      }
      if (region !== null) this.regionCandidates(j, used.parts[j]!, weights, list);
    });
    list.sort((a, b) => b.loss - a.loss);
    return list.slice(0, BRANCH_DEFAULTS.candidates).map(({ branching }) => branching);
  }

  /** |lambda_n|: what a unit of output at point n is worth. */
  private pointWeights(lambda: Float64Array): Float64Array {
    const { projection, rows, question } = this.directions;
    const weights = new Float64Array(question.size);
    for (let k = 0; k < rows; k++) {
      for (let n = 0; n < question.size; n++) weights[n]! += lambda[k]! * projection[k * question.size + n]!;
    }
    return weights.map(Math.abs);
  }

  /** Neuron j is a mixture of rays: hyperplanes between rays of different cones, or cuts through one cone. */
  private regionCandidates(
    j: number,
    parts: ReadonlyMap<number, number>,
    weights: Float64Array,
    list: Candidate[],
  ): void {
    if (parts.size < 2) return;
    const { values, question } = this.directions;
    const { size: N, penalised } = question;
    const p = this.exponent;
    const whole = [...parts.values()].reduce((sum, t) => sum + t, 0);
    let split = false;
    for (let h = 0; h < N + penalised; h++) {
      let positive = 0;
      let negative = 0;
      for (const [r, t] of parts) {
        const value = t * values[r]![h]!;
        if (value > 0) positive += value;
        else negative -= value;
      }
      const overlap = Math.min(positive, negative);
      if (overlap <= 1e-12 * whole) continue;
      split = true;
      const loss = h < N ? overlap * weights[h]! : overlap * p * Math.max(positive, negative) ** (p - 1);
      list.push({ branching: { kind: 'plane', neuron: j, plane: h }, loss });
    }
    if (!split && penalised > 1) this.sideCandidates(j, parts, list);
  }

  /** The rays of one cone cost less apart than their sum does: cut by the ratio of two entries, in which they differ. */
  private sideCandidates(j: number, parts: ReadonlyMap<number, number>, list: Candidate[]): void {
    const { values, question } = this.directions;
    const { size: N, penalised, width } = question;
    // Traces of other cones would turn the signs of entries.
    const all = [...parts.values()].reduce((sum, t) => sum + t, 0);
    const used = [...parts.keys()].filter((r) => parts.get(r)! > TRACE * all);
    const z = Array.from({ length: penalised }, (_, i) =>
      used.reduce((sum, r) => sum + parts.get(r)! * values[r]![N + i]!, 0),
    );
    const whole = used.reduce((sum, r) => sum + parts.get(r)!, 0);
    const loss = z.reduce((sum, value) => sum + Math.abs(value) ** this.exponent, 0) - whole ** this.exponent;
    const pairs: { i: number; k: number; spread: number; ratio: Rational }[] = [];
    for (let i = 0; i < penalised; i++) {
      for (let k = i + 1; k < penalised; k++) {
        // Angles in the plane of the two entries; the cut goes near the mixture, but clearly between the outermost rays.
        const angles = used
          .map((r) => [Math.abs(values[r]![N + i]!), Math.abs(values[r]![N + k]!)] as const)
          .filter(([a, b]) => a !== 0 || b !== 0)
          .map(([a, b]) => Math.atan2(a, b));
        const low = Math.min(...angles);
        const range = Math.max(...angles) - low;
        if (!(range > 1e-9)) continue;
        const own = Math.atan2(Math.abs(z[i]!), Math.abs(z[k]!));
        const middle = Math.min(low + 0.9 * range, Math.max(low + 0.1 * range, own));
        const ratio = simplestBetween(Math.tan(middle - 0.05 * range), Math.tan(middle + 0.05 * range));
        pairs.push({ i, k, ratio, spread: range * (Math.abs(z[i]!) + Math.abs(z[k]!)) });
      }
    }
    pairs.sort((a, b) => b.spread - a.spread);
    for (const { i, k, ratio } of pairs.slice(0, 2)) {
      const sign = (h: number): bigint => (used.some((r) => values[r]![N + h]! < 0) ? -1n : 1n);
      const q: Rational[] = new Array(width).fill(Rational.zero);
      q[i] = Rational.of(ratio.denominator * sign(i));
      q[k] = Rational.of(-ratio.numerator * sign(k));
      list.push({ branching: { kind: 'side', neuron: j, q }, loss });
    }
  }
}

interface Candidate {
  readonly branching: Branching;
  readonly loss: number;
}

/** What a relaxation's solution takes: masses of the other neurons, and per named neuron size, cost on the chord, and directions. */
function usage(named: readonly NamedNeuron[], { basis, masses }: MasterSolution, p: number) {
  const others: number[] = [];
  const size = new Float64Array(named.length);
  const chord = new Float64Array(named.length);
  const parts: Map<number, number>[] = named.map(() => new Map());
  for (let i = 0; i < masses.length; i++) {
    const x = masses[i]!;
    const kind = basis.kind[i]!;
    if (x <= 1e-12) continue;
    if (kind === KIND.other) others.push(x);
    if (kind !== KIND.low && kind !== KIND.high && kind !== KIND.idle) continue;
    const j = basis.owner[i]!;
    const at = kind === KIND.high ? named[j]!.high : named[j]!.low;
    size[j]! += x * at;
    chord[j]! += x * at ** p;
    if (kind === KIND.idle) continue;
    const r = basis.direction[i]!;
    parts[j]!.set(r, (parts[j]!.get(r) ?? 0) + x * at);
  }
  return { others, size, chord, parts };
}

/** The columns of a solution as neurons; empty when something must vanish that does not. */
function sharesOf(named: readonly NamedNeuron[], { basis, masses }: MasterSolution): Share[] {
  const shares: Share[] = [];
  for (let i = 0; i < masses.length; i++) {
    const mass = masses[i]!;
    const kind = basis.kind[i]!;
    if (mass <= 1e-11 || kind === KIND.slack || kind === KIND.idle) continue;
    if (kind === KIND.artificial || basis.flip[i] === -1) return [];
    const owner = basis.owner[i]!;
    const direction = basis.direction[i]!;
    if (kind === KIND.other) shares.push({ direction, sign: owner as 1 | -1, mass });
    else {
      const { sign, low, high } = named[owner]!;
      shares.push({ direction, sign, mass: mass * (kind === KIND.low ? low : high) });
    }
  }
  return shares;
}

/** Sizes to name the next neuron at: there tau^(p-1) x and x^p differ most. */
function nameCandidates(masses: readonly number[], tau: number, p: number, list: Candidate[]): void {
  const loss = masses.reduce((sum, x) => sum + x ** p - tau ** (p - 1) * x, 0);
  const largest = Math.max(0, ...masses);
  const clear = Math.max(0, ...masses.filter((x) => x < 0.8 * tau));
  if (clear > 0) list.push({ branching: { kind: 'name', size: short(clear) }, loss });
  if (largest >= 0.8 * tau) list.push({ branching: { kind: 'name', size: short(tau / 2) }, loss });
}

/** A positive number rounded to few binary digits of itself, or of a smaller scale: sizes stand in certificates. */
function short(value: number, scale = value): number {
  const unit = 2 ** (Math.floor(Math.log2(scale)) - BRANCH_DEFAULTS.sizeBits);
  return Math.round(value / unit) * unit;
}

function roundedUp(value: number): number {
  return short(value * (1 + 4 * 2 ** -BRANCH_DEFAULTS.sizeBits));
}

/** The fraction with the smallest terms between two positive numbers (Stern and Brocot). */
function simplestBetween(low: number, high: number): Rational {
  const whole = Math.floor(low);
  if (whole + 1 < high) return Rational.of(whole + 1);
  const a = low - whole;
  const b = high - whole;
  if (a === 0) return Rational.of(whole).add(Rational.of(1, Math.floor(1 / b) + 1));
  return Rational.of(whole).add(Rational.one.divide(simplestBetween(1 / b, 1 / a)));
}
