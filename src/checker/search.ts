import type { Objective } from '../certificate/certificate.js';
import {
  atomsOf,
  type Integer,
  LEAST_NONZEROS,
  MOST_NEURONS,
  NODE,
  type ProofNode,
  type RefutationTree,
  rowName,
  type SearchProof,
} from '../certificate/search-proof.js';
import { lcm } from '../exact/bigint.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import type { Rule } from './rules.js';
import { guard } from './verdict.js';

/**
 * trees -> lower bound on neurons or parameters, by the rules of FORMAT.md.
 *
 * Every tree is verified; then the bound is counted from the profiles they refute.
 */
export function checkSearch(problem: Problem, proof: SearchProof, objective: Objective, skip: Skip): number {
  // Networks of an architecture are among those of a wider one.
  const own = proof.skip ?? skip;
  const isWider = own === skip || own === 'affine' || skip === 'none';
  guard(isWider, 'search-skip', () => `the trees are about skip ${own}, the claim about skip ${skip}`);
  const data = integerData(problem);
  proof.trees.forEach((tree, t) => {
    checkProfile(problem, tree, t, objective);
    new TreeCheck(data, tree, t, own).run();
  });
  return objective === 'neurons' ? boundOnNeurons(proof.trees) : boundOnParameters(proof.trees);
}

function checkProfile(
  problem: Problem,
  { plus, minus, budget, pivot }: RefutationTree,
  t: number,
  objective: Objective,
): void {
  guard(
    plus >= 0 && minus >= 0 && plus + minus <= MOST_NEURONS,
    'search-profile',
    () => `tree ${t}: ${plus} + ${minus} neurons, at most ${MOST_NEURONS} are checked`,
  );
  guard(
    (budget === null) === (objective === 'neurons'),
    'search-budget',
    () => `tree ${t}: a budget belongs to the objective parameters and to no other`,
  );
  guard(
    pivot >= 0 && pivot < problem.size,
    'search-pivot',
    () => `tree ${t}: pivot ${pivot}, expected 0 .. ${problem.size - 1}`,
  );
}

/** refuted profiles -> L: every profile of fewer than L neurons is part of a refuted one (a neuron may be zero). */
function boundOnNeurons(trees: readonly RefutationTree[]): number {
  const isRefuted = (plus: number, minus: number): boolean =>
    trees.some((tree) => tree.plus >= plus && tree.minus >= minus);
  for (let bound = 0; ; bound++) {
    for (let plus = 0; plus <= bound; plus++) if (!isRefuted(plus, bound - plus)) return bound;
  }
}

/** refuted profiles -> L: every profile whose neurons need at most L - 1 nonzeros is refuted with budget >= L - 1. */
function boundOnParameters(trees: readonly RefutationTree[]): number {
  const isRefuted = (plus: number, minus: number, budget: number): boolean =>
    trees.some((tree) => tree.plus === plus && tree.minus === minus && tree.budget! >= budget);
  for (let bound = 0; ; bound++) {
    for (let neurons = 0; LEAST_NONZEROS * neurons <= bound; neurons++) {
      for (let plus = 0; plus <= neurons; plus++) {
        if (!isRefuted(plus, neurons - plus, bound)) return bound;
      }
    }
  }
}

type IntegerData = ReturnType<typeof integerData>;

/** The points X_n = (x_n, 1) and windows after scaling every feature and the labels by positive factors to integers. */
function integerData({ size, dimension, inputs, lower, upper, open }: Problem) {
  // One factor for both ends of the windows.
  const common = lcm(lower.integerScale.denominator, upper.integerScale.denominator);
  const labels = (column: typeof lower): bigint[] => {
    const { numerator, denominator } = column.integerScale;
    return Array.from({ length: size }, (_, n) => column.integer(n) * numerator * (common / denominator));
  };
  return {
    size,
    width: dimension + 1,
    points: Array.from({ length: size }, (_, n) => [...inputs.map((column) => column.integer(n)), 1n]),
    lower: labels(lower),
    upper: labels(upper),
    open,
  };
}

/** Decisions about a coordinate; 0 is undecided. */
const ZERO = 1;
const NONZERO = 2;

/** Decisions by their number in a node, the opposite of each one half of the list further on: z >= 0, > 0, < 0, <= 0 at a point; about a coordinate. */
const SIDES = [1, 2, -2, -1] as const;
const ZEROS = [NONZERO, ZERO] as const;

/**
 * A branching on the way to the current node: the decisions `of` (of activations or of coordinates) at `all` these places become `side` in the
 * first child, that at `one` becomes `other` in the second; `second` once the first child is done.
 */
interface Branching {
  readonly of: Int8Array;
  readonly all: readonly number[];
  readonly one: number;
  readonly side: number;
  readonly other: number;
  second: boolean;
}

/** Walks one tree in preorder with the decisions of the current path, without recursion. */
class TreeCheck {
  private readonly neurons: number;
  private readonly activation: Int8Array;
  private readonly coordinates: Int8Array;
  private readonly atoms: number;
  private readonly path: Branching[] = [];
  private readonly sums: bigint[];
  private at = 0;
  /** Has the tree a node that counts neurons, a leaf that orders them? Not both. */
  private counts = false;
  private orders = false;

  constructor(
    private readonly data: IntegerData,
    private readonly tree: RefutationTree,
    private readonly number: number,
    private readonly skip: Skip,
  ) {
    this.neurons = tree.plus + tree.minus;
    this.atoms = tree.budget === null ? 0 : atomsOf(skip, data.width - 1);
    this.activation = new Int8Array(this.neurons * data.size);
    this.coordinates = new Int8Array(this.neurons * data.width + this.atoms);
    const skipWidth = skip === 'none' ? 0 : skip === 'bias' ? 1 : data.width;
    this.sums = new Array<bigint>(this.coordinates.length + skipWidth).fill(0n);
  }

  private guard(condition: boolean, rule: Rule, reason: () => string): asserts condition {
    guard(condition, rule, () => `tree ${this.number}, node ${this.at}: ${reason()}`);
  }

  /** nodes -> the profile is refuted: every branching has both children, every leaf is a contradiction. */
  run(): void {
    let open = true;
    for (const node of this.tree.nodes) {
      this.guard(open, 'search-tree', () => 'the tree is complete, yet nodes follow');
      if (node[0] === NODE.leaf || node[0] === NODE.overBudget) {
        if (node[0] === NODE.leaf) this.checkLeaf(node);
        else this.checkOverBudget(node);
        open = this.nextChild();
      } else {
        const branching = this.checkBranching(node);
        this.path.push(branching);
        for (const at of branching.all) branching.of[at] = branching.side;
      }
      this.at++;
    }
    this.guard(!open, 'search-tree', () => 'the list ends before every branch is closed');
  }

  /** Moves on to the next second child; false when there is none left. */
  private nextChild(): boolean {
    for (;;) {
      const branching = this.path.at(-1);
      if (branching === undefined) return false;
      const { of, all, one, other, second } = branching;
      for (const at of all) of[at] = 0;
      of[one] = second ? 0 : other;
      branching.second = true;
      if (!second) return true;
      this.path.pop();
    }
  }

  /** node, path -> its two children leave nothing out. */
  private checkBranching(node: ProofNode): Branching {
    const [kind, index, point] = node;
    const counts = kind === NODE.classSide || kind === NODE.classZero;
    const isZero = kind === NODE.zeroOrNonzero || kind === NODE.classZero;
    const isPoint =
      kind === NODE.activeOrNegative || kind === NODE.positiveOrInactive || kind === NODE.classSide;
    this.guard(isZero || isPoint, 'search-node', () => `no kind of node is called ${kind}`);
    this.guard(!isZero || this.tree.budget !== null, 'search-branch', () => 'a zero without a budget');
    const [of, sides, size] = isZero
      ? ([this.coordinates, ZEROS, this.data.width] as const)
      : ([this.activation, SIDES, this.data.size] as const);
    const isPlace = isIndex(index, this.neurons) && isIndex(point, size);
    const one = isZero ? index : isPlace ? index * size + point : -1;
    const side = counts ? node.at(-1) : isZero ? 1 : kind - NODE.activeOrNegative;
    this.guard(
      node.length === (isZero ? 2 : 3) + (counts ? 1 : 0) &&
        isIndex(side, sides.length) &&
        isIndex(one, isZero && !counts ? of.length : this.neurons * size) &&
        of[one] === 0,
      'search-branch',
      () => `[${node.slice(0, 5)}] is no decision that is open here`,
    );
    const all = counts ? this.classAt(one, size) : [one];
    return { of, all, one, side: sides[side]!, other: sides[side ^ (sides.length / 2)]!, second: false };
  }

  /**
   * Neuron k by one of its places, of which a neuron has `size` -> the same place for its whole class: the neurons of its sign about which the
   * path has decided the same. If not all of them are on a side, one is on the other, and may be called k, because nothing, no order row either,
   * tells them apart.
   */
  private classAt(place: number, size: number): number[] {
    this.counts = true;
    this.guard(
      !this.orders,
      'search-symmetry',
      () => 'neurons are counted in a tree that has used their order',
    );
    const k = Math.floor(place / size);
    const isAlike = (j: number): boolean =>
      k < this.tree.plus === j < this.tree.plus &&
      isRepeated(this.activation, this.data.size, j, k) &&
      (this.tree.budget === null || isRepeated(this.coordinates, this.data.width, j, k));
    const members = Array.from({ length: this.neurons }, (_, j) => j).filter(isAlike);
    return members.map((j) => place + (j - k) * size);
  }

  /** rows of the path, multipliers > 0 -> 0 <= negative, or 0 < 0. */
  private checkLeaf(node: ProofNode): void {
    this.guard(node.length % 2 === 1, 'search-leaf', () => 'rows and multipliers must alternate');
    const closed = this.closedCoordinates();
    this.sums.fill(0n);
    let right = 0n;
    let strict = false;
    for (let i = 1; i < node.length; i += 2) {
      const y = positiveInteger(node[i + 1]!);
      this.guard(
        y !== null,
        'search-multiplier',
        () => `entry ${i + 1} is no positive integer of bearable size`,
      );
      const row = this.addRow(node[i]!, y);
      right += y * row.right;
      strict ||= row.strict;
    }
    for (let j = 0; j < this.sums.length; j++) {
      this.guard(this.sums[j] === 0n || closed[j] === 1, 'search-contradiction', () => `unknown ${j} stays`);
    }
    this.guard(
      right < 0n || (right === 0n && strict),
      'search-contradiction',
      () => 'the right sides of the rows add up to no contradiction',
    );
  }

  /** The count of zeros and nonzeros alone -> contradiction. */
  private checkOverBudget(node: ProofNode): void {
    const [{ width }, { budget }] = [this.data, this.tree];
    this.guard(node.length === 1, 'search-over-budget', () => 'the node carries more than its kind');
    this.guard(budget !== null, 'search-over-budget', () => 'there is no budget');
    const zeros = Array.from({ length: this.neurons }, (_, k) =>
      this.count(ZERO, k * width, (k + 1) * width),
    );
    const starved = zeros.some((count) => width - count < LEAST_NONZEROS);
    this.guard(
      starved || this.impliedNonzeros() > budget,
      'search-over-budget',
      () => `${this.impliedNonzeros()} nonzeros are within the budget of ${budget}`,
    );
  }

  private count(decision: number, from: number, to: number): number {
    let count = 0;
    for (let j = from; j < to; j++) if (this.coordinates[j] === decision) count++;
    return count;
  }

  /** Nonzeros decided on the path, each neuron counting for at least two. */
  private impliedNonzeros(): number {
    const { width } = this.data;
    let sum = this.count(NONZERO, this.neurons * width, this.coordinates.length);
    for (let j = 0; j < this.neurons * width; j += width)
      sum += Math.max(LEAST_NONZEROS, this.count(NONZERO, j, j + width));
    return sum;
  }

  /**
   * 1 where a coordinate must be zero: decided zero; or undecided when the implied nonzeros spend the budget, and it is an
   * atom or its neuron has its two nonzeros already. Skip unknowns are never closed.
   */
  private closedCoordinates(): Uint8Array {
    const closed = new Uint8Array(this.sums.length);
    if (this.tree.budget === null) return closed;
    const { width } = this.data;
    const atoms = this.neurons * width;
    const spent = this.impliedNonzeros() >= this.tree.budget;
    let full = false;
    for (let j = 0; j < this.coordinates.length; j++) {
      // Once for every neuron, at its first coordinate; atoms are free to be zero from the start.
      if (j >= atoms) full = true;
      else if (j % width === 0) full = this.count(NONZERO, j, j + width) >= LEAST_NONZEROS;
      const decision = this.coordinates[j];
      if (decision === ZERO || (decision === 0 && spent && full)) closed[j] = 1;
    }
    return closed;
  }

  /** Adds y times the left side of a row a . x <= right (or <) to the sums. The row must be one this path allows. */
  private addRow(code: Integer, y: bigint): { right: bigint; strict: boolean } {
    const { size } = this.data;
    const { plus, pivot } = this.tree;
    const name = typeof code === 'number' ? rowName(code, this.neurons, size) : null;
    this.guard(name !== null, 'search-row', () => `there is no row ${code}`);
    switch (name.kind) {
      case 'activation': {
        const decision = this.activation[name.neuron * size + name.point]!;
        this.guard(
          decision !== 0,
          'search-row',
          () => `neuron ${name.neuron} is open at point ${name.point}`,
        );
        this.addNeuron(name.neuron, name.point, decision > 0 ? -y : y);
        return { right: 0n, strict: decision === 2 || decision === -2 };
      }
      case 'order': {
        const next = name.neuron + 1;
        const isPair = next < this.neurons && next !== plus;
        this.guard(isPair, 'search-row', () => `neurons ${name.neuron} and ${next} are not of one sign`);
        this.orders = true;
        this.guard(!this.counts, 'search-symmetry', () => 'neurons are ordered in a tree that counts them');
        this.addNeuron(name.neuron, pivot, -y);
        this.addNeuron(next, pivot, y);
        return { right: 0n, strict: false };
      }
      case 'orientation':
        this.guard(this.skip === 'affine', 'search-row', () => 'orientation needs an affine skip');
        this.addNeuron(name.neuron, pivot, -y);
        return { right: 0n, strict: false };
      case 'fit':
        return this.addFit(name.point, name.side, name.linear, y);
    }
  }

  /** f(x_n) <= U_n (side 0) or -f(x_n) <= -L_n (side 1), each undecided term replaced by 0 or by w_k . X_n. */
  private addFit(n: number, side: 0 | 1, linear: number, y: bigint): { right: bigint; strict: boolean } {
    const { size, lower, upper, open } = this.data;
    const { plus } = this.tree;
    const direction = side === 0 ? y : -y;
    for (let k = 0; k < this.neurons; k++) {
      const decision = this.activation[k * size + n]!;
      const chosen = ((linear >> k) & 1) === 1;
      const signed = k < plus ? direction : -direction;
      if (decision === 0) {
        // (z)+ >= z and (z)+ >= 0 bound the term from the side needed only if it enters with a positive sign.
        this.guard(
          k < plus === (side === 0),
          'search-row',
          () => `neuron ${k} has no such bound at point ${n}`,
        );
        if (chosen) this.addNeuron(k, n, signed);
      } else {
        this.guard(!chosen, 'search-row', () => `neuron ${k} is decided at point ${n}, yet chosen`);
        if (decision > 0) this.addNeuron(k, n, signed);
      }
    }
    this.addLinearPart(n, direction);
    const isMissing = side === 0 ? open?.above[n] : open?.below[n];
    this.guard(!isMissing, 'search-row', () => `the window of point ${n} has no such end`);
    return { right: side === 0 ? upper[n]! : -lower[n]!, strict: false };
  }

  private addNeuron(k: number, n: number, factor: bigint): void {
    const { width, points } = this.data;
    const point = points[n]!;
    for (let i = 0; i < width; i++) this.sums[k * width + i]! += factor * point[i]!;
  }

  /** The atoms and the skip part of f(x_n). */
  private addLinearPart(n: number, factor: bigint): void {
    const { width, points } = this.data;
    const point = points[n]!;
    const firstAtom = this.neurons * width;
    const firstSkip = this.coordinates.length;
    for (let a = 0; a < this.atoms; a++) {
      const i = a % (width - 1);
      const value = a === 2 * (width - 1) ? 1n : a < width - 1 ? point[i]! : -point[i]!;
      if (value > 0n) this.sums[firstAtom + a]! += factor * value;
    }
    if (this.skip === 'bias') this.sums[firstSkip]! += factor;
    if (this.skip === 'affine') {
      for (let i = 0; i < width; i++) this.sums[firstSkip + i]! += factor * point[i]!;
    }
  }
}

/** Are entries j and k of a list, `size` numbers each, the same? */
function isRepeated(list: Int8Array, size: number, j: number, k: number): boolean {
  for (let i = 0; i < size; i++) if (list[j * size + i] !== list[k * size + i]) return false;
  return true;
}

function isIndex(value: Integer | undefined, length: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < length;
}

/** Most digits of a multiplier: with more than some 300 million a BigInt throws, and long before that nobody would wait. */
const MOST_DIGITS = 100_000;

function positiveInteger(value: Integer): bigint | null {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return null;
  if (typeof value === 'string' && (value.length > MOST_DIGITS || !/^[1-9][0-9]*$/.test(value))) return null;
  const integer = BigInt(value);
  return integer > 0n ? integer : null;
}
