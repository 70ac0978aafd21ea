import type { LpMinimumSeveralProof, LpNode, Majorant } from '../certificate/lp-minimum-several.js';
import { LP_NODE } from '../certificate/lp-minimum-several.js';
import { writeInteger } from '../certificate/search-proof.js';
import { floorDivide, gcd } from '../exact/bigint.js';
import { createRandom } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import type { Network, Neuron, Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { BranchAndBound, type BranchNode, type Share } from './branch.js';
import { Directions } from './directions.js';
import { type ExactNetwork, exactNetwork, exactPatternNetwork } from './exact-network.js';
import { interpolant } from './interpolant.js';
import { BOUND_BITS, LeafBounds, type LeafProver, type Multipliers, NO_PATTERNS } from './leaf-bound.js';
import { leastNormOverRays } from './least-norm.js';
import { Master } from './master.js';
import { PatternBounds } from './pattern-bound.js';
import { PatternDescent, type PatternProposal } from './pattern-descent.js';
import { PATTERN_DEFAULTS, PatternRelaxation } from './pattern-relaxation.js';
import { type PathNormQuestion, pathNormQuestion } from './question.js';
import { arrangementRays, rayChoices } from './rays.js';
import { VertexSearch } from './vertices.js';

/** Settings of `minimizePathNorm`. */
export interface PathNormOptions {
  /** Relative gap between the bounds at which the minimum counts as proved. */
  readonly gap: number;
  /** Seconds until the bracket reached is returned. */
  readonly timeLimit: number;
  /** Most nodes that are divided; the tree is held in memory. */
  readonly mostNodes: number;
  /** Asked every few milliseconds; true ends the search with the bracket reached. */
  readonly shouldStop: () => boolean;
  readonly observer: PathNormObserver;
}

/** Narrow view of a running minimisation. */
export interface PathNormObserver {
  /** Called every few milliseconds; the bounds are doubles, for display. */
  progress?(progress: PathNormProgress): void;
}

export interface PathNormProgress {
  readonly lower: number;
  readonly upper: number;
  readonly nodes: number;
  readonly seconds: number;
}

export const PATH_NORM_DEFAULTS: PathNormOptions = {
  gap: 1e-6,
  timeLimit: Number.POSITIVE_INFINITY,
  mostNodes: 1_000_000,
  shouldStop: () => false,
  observer: {},
};

/** Sizes of the pieces of work. */
const PACE = {
  /** Most choices of hyperplanes whose rays are enumerated, for p < 1 and for p = 1. */
  rays: 40_000,
  raysAtOne: 300_000,
  /** Most of these times the number of points. */
  activations: 2_000_000,
  /** Starts of the search over vertices. */
  starts: 30,
  /** Linear programs of the search over patterns: at least, at most, and as a multiple of those until the last better network. */
  patternPrograms: { least: 8_000, most: 60_000, patience: 20 },
  /** Share of the time limit for that search. */
  patternShare: 0.6,
  /** Milliseconds between two reports, at each of which other work of the thread gets its turn. */
  report: 50,
  /** Seconds for the proof of a leaf and its check, per ray and point. */
  proof: 1.2e-6,
  /** Share of the time limit for networks, before bounds. */
  networkShare: 0.3,
  /** The same for the first relaxation over patterns, and for all of them. */
  firstShare: 0.4,
  treeShare: 0.8,
  /** Most columns of a network that is made exact. */
  exactShares: 100,
} as const;

/** The least path norm of a problem, or the bracket that was reached. */
export interface PathNormMinimum {
  readonly kind: 'path-norm';
  readonly p: Rational;
  readonly skip: Skip;
  /** Every network through all windows costs at least this: proved by `proof`. */
  readonly lower: Rational;
  /** The network costs at most this. p = 1: exactly this. */
  readonly upper: Rational;
  readonly network: Network;
  readonly proof: LpMinimumSeveralProof;
  readonly ended: 'optimal' | 'time limit' | 'stopped' | 'node limit' | 'undivided';
  readonly nodes: number;
  readonly programs: number;
  readonly seconds: number;
}

/**
 * The least l^p path norm (equation (8), for one input (2)) of all networks of an architecture through all windows, by branch and bound to a
 * relative gap; p = 1 is one linear program. The network is exact, the lower bound comes with its proof.
 *
 * Where the extreme rays of the arrangement are too many, |z|_1 bounds |z| from below and activation patterns are gone through instead: that is
 * exact for p = 1 and gives a bracket for p < 1.
 *
 * @param problem emptyWindow must be null
 * @param p 0 < p <= 1
 * @throws RangeError for other p, for more than some 1,400 points of one input, or when p is so small that sizes leave the range of doubles
 */
export async function minimizePathNorm(
  problem: Problem,
  skip: Skip,
  p: Rational,
  options: Partial<PathNormOptions> = {},
): Promise<PathNormMinimum> {
  if (p.sign() <= 0 || Rational.one.lessThan(p)) throw new RangeError(`expected 0 < p <= 1, found p = ${p}`);
  return new Minimization(pathNormQuestion(problem, skip, p), { ...PATH_NORM_DEFAULTS, ...options }).run();
}

type Ended = PathNormMinimum['ended'];

class Minimization {
  private readonly start = performance.now();
  private reported = performance.now();
  /** Labels, and with them sizes of neurons, are divided by this. A power of two. */
  private labelUnit = 1;
  private lower = new Float64Array(0);
  private upper = new Float64Array(0);
  private best: ExactNetwork | null = null;
  /** Cost of `best` in units of the branching: labels divided by labelUnit. */
  private bestCost = Number.POSITIVE_INFINITY;
  private nodes = 0;
  private bound = 0;
  private programs = 0;

  constructor(
    private readonly question: PathNormQuestion,
    private readonly options: PathNormOptions,
  ) {
    const largest = [...question.lower, ...question.upper].reduce(
      (top, value) => (top.lessThan(value.abs()) ? value.abs() : top),
      Rational.zero,
    );
    const size = largest.toNumber();
    this.scaleLabels(size > 0 ? 2 ** Math.floor(Math.log2(size)) : 1);
  }

  private scaleLabels(unit: number): void {
    this.labelUnit = unit;
    const scaled = (value: Rational) => value.divide(Rational.fromDouble(unit)).toNumber();
    this.lower = Float64Array.from(this.question.lower, scaled);
    this.upper = Float64Array.from(this.question.upper, scaled);
  }

  private get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  async run(): Promise<PathNormMinimum> {
    const { question } = this;
    const nothing = exactNetwork(new Directions(question, 1), []);
    if (nothing !== null) return this.costsNothing(nothing.network);
    const atOne = question.p.equals(Rational.one);
    const choices = rayChoices(question);
    if (choices <= (atOne ? PACE.raysAtOne : PACE.rays) && choices * question.size <= PACE.activations) {
      return atOne ? this.leastNorm() : this.overRays();
    }
    if (question.penalised === 1) throw new RangeError(`${question.size} points of one input are too many`);
    return this.overPatterns(atOne);
  }

  /** The free part alone passes through all windows. */
  private costsNothing(network: Network): PathNormMinimum {
    const zeros = this.question.points.map(() => 0);
    // lambda = 0 needs no rays: the empty tree for either sign.
    const trees = this.question.penalised > 1 ? [NO_PATTERNS, NO_PATTERNS] : [];
    const nodes: LpNode[] = [[LP_NODE.leaf, 1, ...zeros, ...trees]];
    const majorant = trees.length > 0 ? 'patterns' : 'rays';
    const proof = { majorant, tau: Rational.one, nodes } as const;
    return this.result(network, Rational.zero, Rational.zero, proof, 'optimal');
  }

  /** p = 1 on the rays: one exact linear program. */
  private leastNorm(): PathNormMinimum {
    const rays = arrangementRays(this.question);
    const { network, value, multipliers } = leastNormOverRays(rays, this.lower, this.upper);
    const nodes = [leafNode(multipliers, [])];
    const upper = costAtOne(network);
    const ended = upper.equals(value) ? 'optimal' : 'undivided';
    return this.result(network, value, upper, { majorant: 'rays', tau: upper, nodes }, ended);
  }

  private async overRays(): Promise<PathNormMinimum> {
    const rays = arrangementRays(this.question);
    // Neurons whose outputs are as large as the labels have sizes near 1 then.
    this.scaleLabels(this.labelUnit / rays.balance());
    const search = new VertexSearch(rays, this.question.exponent, this.lower, this.upper);
    const random = createRandom(1);
    for (let start = 0; start < PACE.starts; start++) {
      const proposal = search.start(random, start === 0);
      this.offer(proposal.cost, () => exactNetwork(rays, proposal.groups));
      if (this.best !== null && (await this.pause(PACE.networkShare)) !== null) break;
    }
    this.requireNetwork();
    const { exponent } = this.question;
    const master = new Master(rays, exponent, this.lower, this.upper, 1e5 * this.bestCost, this.bestCost);
    const onSolution = (shares: readonly Share[]): number => {
      if (shares.length > 0 && search.fits(shares)) {
        const found = search.merged(shares);
        if (found.cost < this.bestCost * (1 - 1e-9)) {
          const better = search.descend(found);
          this.offer(better.cost, () => exactNetwork(rays, better.groups));
        }
      }
      return this.bestCost;
    };
    const tree = new BranchAndBound(rays, master, true, this.bestCost, onSolution);
    const prover = new LeafBounds(rays, this.labelUnit);
    const ended = await this.branch(tree, rays.base, prover);
    this.programs = master.programs;
    return this.proved(tree, prover, 'rays', ended);
  }

  private async overPatterns(atOne: boolean): Promise<PathNormMinimum> {
    const { question } = this;
    const directions = new Directions(question, 1);
    const settings = atOne ? { ...PATTERN_DEFAULTS, tolerance: 1e-11 } : PATTERN_DEFAULTS;
    // The first program may take half of the time, networks and the tree most of what is left.
    let share: number = atOne ? PACE.treeShare : PACE.firstShare;
    const isOver = () => this.options.shouldStop() || this.seconds > share * this.options.timeLimit;
    const relaxation = new PatternRelaxation(directions, this.lower, this.upper, 1e4, settings, isOver);
    const first = relaxation.solve({ named: [], slope: 1 }, null);
    const shares: Share[] = [];
    for (let i = 0; i < first.masses.length; i++) {
      const sign = first.basis.owner[i]! as 1 | -1;
      if (first.basis.kind[i] === 1 && first.masses[i]! > 1e-11) {
        shares.push({ direction: first.basis.direction[i]!, sign, mass: first.masses[i]! });
      }
    }
    if (shares.length <= PACE.exactShares) {
      this.offer(Number.MAX_VALUE, () =>
        exactNetwork(
          directions,
          shares.map((own) => [own]),
        ),
      );
    }
    this.requireNetwork();
    const closed = atOne && !isOver();
    share = PACE.treeShare;
    if (!atOne) await this.searchPatterns();
    const tree = new BranchAndBound(directions, relaxation, false, this.bestCost, () => this.bestCost);
    const ended = atOne
      ? closed
        ? 'optimal'
        : ((await this.pause(share)) ?? 'optimal')
      : await this.branch(tree, PATTERN_DEFAULTS.columns * 2 ** 8, null);
    this.programs = relaxation.master.programs;
    share = 1;
    const prover = new PatternBounds(directions, this.labelUnit, PATTERN_DEFAULTS.mostLeaves, isOver);
    return this.proved(tree, prover, 'patterns', ended);
  }

  /** Local search over patterns, from random ones with two to four neurons. */
  private async searchPatterns(): Promise<void> {
    const descent = new PatternDescent(this.question, this.lower, this.upper);
    const random = createRandom(1);
    let current: PatternProposal | null = null;
    let failures = 0;
    const { least, most, patience } = PACE.patternPrograms;
    let enough: number = least;
    for (let start = 0; descent.programs < Math.min(most, enough); ) {
      const found: PatternProposal | null =
        current === null
          ? descent.descend(descent.random(random, 2 + (start++ % 3)), random)
          : descent.perturb(current, random);
      failures++;
      if (found !== null && (current === null || found.cost < current.cost * (1 - 1e-9))) {
        current = found;
        failures = 0;
        const before = this.best;
        this.offer(found.cost, () => exactPatternNetwork(this.question, found, this.labelUnit));
        if (this.best !== before) enough = Math.max(enough, patience * descent.programs);
      }
      if (failures > PATTERN_PATIENCE) {
        current = null;
        failures = 0;
      }
      if ((await this.pause(PACE.patternShare)) !== null) return;
    }
  }

  /**
   * Divides nodes until the gap is closed or a limit is reached.
   * @param prover proves the leaves before they count as closed: doubles may have promised too much. Null: they are proved later
   */
  private async branch(tree: BranchAndBound, leafWork: number, prover: LeafProver | null): Promise<Ended> {
    const { gap, mostNodes } = this.options;
    // What is proved is a little less than what doubles say.
    const closing = gap * 0.9;
    const unit = this.labelUnit ** this.question.exponent;
    const prove = (node: BranchNode) => {
      const proof = prover!.prove(node);
      const bound = Rational.of(proof.bound, 1n << BigInt(BOUND_BITS)).toNumber() / unit;
      // Up to the part of the gap that is kept for it.
      return { proof, bound: bound * (1 + 0.05 * gap) };
    };
    for (;;) {
      this.nodes = tree.nodes;
      this.bound = tree.bound;
      const limit = await this.pause(1, tree.nodes * leafWork * this.question.size * PACE.proof);
      if (limit !== null) return limit;
      if (tree.nodes >= mostNodes) return 'node limit';
      if (tree.step(closing)) continue;
      if (prover !== null) {
        for (const _ of tree.proveOpen(prove)) {
          const over = await this.pause(1);
          if (over !== null) return over;
        }
        if (tree.step(closing)) continue;
      }
      return tree.bound >= this.bestCost * (1 - closing) ? 'optimal' : 'undivided';
    }
  }

  /**
   * Lets other work of the thread have its turn now and then; why to stop, or null.
   * @param share of the time limit
   * @param reserve seconds that are needed after the end
   */
  private async pause(share: number, reserve = 0): Promise<'time limit' | 'stopped' | null> {
    const now = performance.now();
    if (now - this.reported > PACE.report) {
      this.reported = now;
      const unit = this.labelUnit ** this.question.exponent;
      this.options.observer.progress?.({
        lower: this.bound * unit,
        upper: this.bestCost * unit,
        nodes: this.nodes,
        seconds: this.seconds,
      });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (this.options.shouldStop()) return 'stopped';
    return this.seconds + reserve > share * this.options.timeLimit ? 'time limit' : null;
  }

  /** Takes a network over when it is exact and cheaper than the best. */
  private offer(cost: number, make: () => ExactNetwork | null): void {
    if (!(cost < this.bestCost * (1 - 1e-12))) return;
    const found = make();
    if (found === null) return;
    const exactCost = this.scaled(found);
    if (exactCost >= this.bestCost) return;
    this.best = found;
    this.bestCost = exactCost;
  }

  /** The cost of a network in units of the branching. */
  private scaled({ cost }: ExactNetwork): number {
    return (
      Rational.of(cost.upper, 1n << BigInt(cost.bits)).toNumber() / this.labelUnit ** this.question.exponent
    );
  }

  private requireNetwork(): void {
    if (this.best === null) this.offer(Number.MAX_VALUE, () => interpolant(this.question));
    const tau = (2 * this.bestCost) ** (1 / this.question.exponent);
    if (!(tau < 2 ** 300)) {
      throw new RangeError(
        `p = ${this.question.p} is too small for this problem: neurons up to size 2^${Math.round(Math.log2(tau))} would have to be told apart`,
      );
    }
  }

  /** Proves the leaves of a tree; the least of their bounds is the lower bound. */
  private proved(
    tree: BranchAndBound,
    prover: LeafProver,
    majorant: Majorant,
    ended: Ended,
  ): PathNormMinimum {
    const nodes: LpNode[] = [];
    let least: bigint | null = null;
    const write = (node: BranchNode): void => {
      if (node.branching !== null) {
        nodes.push(branchNode(node, prover));
        for (const child of node.children) write(child);
        return;
      }
      const { multipliers, patterns, bound } = node.proof ?? prover.prove(node);
      nodes.push(leafNode(multipliers, patterns));
      if (least === null || bound < least) least = bound;
    };
    write(tree.root);
    const lower = roundedDown(Rational.of(least!, 1n << BigInt(BOUND_BITS)));
    const { network, cost } = this.best!;
    const upper = this.question.p.equals(Rational.one)
      ? costAtOne(network)
      : roundedUp(Rational.of(cost.upper, 1n << BigInt(cost.bits)));
    const closed = upper.subtract(lower).toNumber() <= this.options.gap * upper.toNumber();
    const proof = { majorant, tau: prover.sizeOf(tree.root.tau), nodes };
    return this.result(
      network,
      lower,
      upper,
      proof,
      closed ? 'optimal' : ended === 'optimal' ? 'undivided' : ended,
    );
  }

  private result(
    network: Network,
    lower: Rational,
    upper: Rational,
    { majorant, tau, nodes }: { majorant: Majorant; tau: Rational; nodes: LpNode[] },
    ended: Ended,
  ): PathNormMinimum {
    const { p, skip } = this.question;
    return {
      kind: 'path-norm',
      p,
      skip,
      lower: lower.sign() < 0 ? Rational.zero : lower,
      upper,
      network: inOrder(network),
      proof: { kind: 'lp-minimum-several', majorant, tau: tau.toString(), nodes },
      ended,
      nodes: this.nodes,
      programs: this.programs,
      seconds: this.seconds,
    };
  }
}

/** Tries from one network without success before a new start. */
const PATTERN_PATIENCE = 60;

function leafNode({ numerators, denominator }: Multipliers, patterns: readonly LpNode[number][]): LpNode {
  const common = numerators.reduce((g, value) => gcd(g, value), denominator);
  return [
    LP_NODE.leaf,
    writeInteger(denominator / common),
    ...numerators.map((value) => writeInteger(value / common)),
    ...patterns,
  ];
}

function branchNode(node: BranchNode, prover: LeafProver): LpNode {
  const branching = node.branching!;
  const fraction = (size: number) => {
    const { numerator, denominator } = prover.sizeOf(size);
    return [writeInteger(numerator), writeInteger(denominator)];
  };
  switch (branching.kind) {
    case 'name':
      return [LP_NODE.name, ...fraction(branching.size)];
    case 'size':
      return [LP_NODE.size, branching.neuron, ...fraction(branching.size)];
    case 'plane':
      return [LP_NODE.plane, branching.neuron, branching.plane];
    case 'side':
      return [LP_NODE.side, branching.neuron, ...branching.q.map(({ numerator }) => writeInteger(numerator))];
  }
}

/** One input: neurons from left to right by the place where they bend, as certificates list them. */
function inOrder(network: Network): Network {
  if (network.inputDimension !== 1) return network;
  const bends = network.neurons.filter(({ inputWeights }) => !inputWeights[0]!.isZero());
  const constant = network.neurons.filter(({ inputWeights }) => inputWeights[0]!.isZero());
  const bendOf = ({ inputWeights, bias }: Neuron): Rational => bias.divide(inputWeights[0]!).negate();
  bends.sort((a, b) => bendOf(a).compare(bendOf(b)));
  return { ...network, neurons: [...constant, ...bends] };
}

/** The l^1 path norm of a network. Exact. */
function costAtOne(network: Network): Rational {
  let sum = Rational.zero;
  for (const { inputWeights, bias, outputWeight } of network.neurons) {
    const entries = network.inputDimension === 1 ? inputWeights : [...inputWeights, bias];
    for (const entry of entries) sum = sum.add(entry.multiply(outputWeight).abs());
  }
  return sum;
}

/** Decimal digits after the point of the bounds of a claim. */
const CLAIM_DIGITS = 30n;

function roundedDown(value: Rational): Rational {
  const scale = 10n ** CLAIM_DIGITS;
  return Rational.of(floorDivide(value.numerator * scale, value.denominator), scale);
}

function roundedUp(value: Rational): Rational {
  return roundedDown(value.negate()).negate();
}
