import type { Objective, WitnessProof } from '../certificate/certificate.js';
import { MOST_NEURONS, type SearchProof } from '../certificate/search-proof.js';
import { Rational } from '../exact/rational.js';
import { cloudOf } from '../primal/cloud.js';
import { createLocalSearch } from '../primal/create.js';
import type { Hinges } from '../primal/hinges.js';
import type { LocalSearch, LocalSetup } from '../primal/local-search.js';
import type { LocalThread } from '../primal/thread.js';
import { inOrderOfBreakpoints } from '../problem/breakpoints.js';
import { countNeurons, countParameters, type Network, type Skip, skipOf } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { fitsAllWindows, networkOf } from './assemble.js';
import { atomNetwork } from './atom-network.js';
import { questionsOfLevel } from './levels.js';
import { witnessesOnLines } from './lines.js';
import { type Points, pointsOf } from './points.js';
import type { Job, WorkerPool } from './pool.js';
import type { ProofStore } from './proof-store.js';
import { neuronCount, type Question, skipWidth, unknownCount } from './question.js';
import { ridgeNetwork } from './ridge.js';
import { type SearchCheckpoint, type SearchState, stateOfTree, type TreeState } from './search-state.js';
import type { TaskResult } from './task.js';
import { type GivenNode, ProfileTree, TREE_DEFAULTS, type TreeCounts, type TreeStatus } from './tree.js';

export interface SearchOptions {
  readonly objective: Objective;
  readonly skip: Skip;
  /** Seconds until the search ends with the bracket reached. */
  readonly timeLimit: number;
  /** Asked every few milliseconds; true ends the search with the bracket reached. */
  readonly shouldStop: () => boolean;
  /** Most nodes of all trees together. With a store there is no limit unless one is given. */
  readonly mostNodes: number;
  /**
   * Threads of the tree search; 1 searches in the calling thread, the local search in turns with it. With more the local search has one
   * of its own, once the calling thread has tried for `PACE.alone`. Bounds at which the search ends by itself do not depend on it; which of
   * several networks is found does.
   */
  readonly threads: number;
  /** Of the local search: which of several networks is found. */
  readonly seed: number;
  /** A network to start from, perhaps trained: of any size, and it need not fit; null: none. */
  readonly start: Network | null;
  /** Where the proof is put as it grows, some 20 bytes a node; null: it stays in the heap. What is in it must stay there for as long as the proof is used. */
  readonly store: ProofStore | null;
  /** Keeps the state of the search, and where it goes on from; its store must be `store`. Null: nothing is kept. */
  readonly checkpoint: SearchCheckpoint | null;
  readonly observer: SearchObserver;
}

/** Narrow view of a running search. */
export interface SearchObserver {
  /** Called when a bound improves and every few milliseconds. */
  progress?(progress: SearchProgress): void;
}

export interface SearchProgress {
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Nodes of branching trees so far. */
  readonly nodes: number;
  /**
   * Of the trees that decide whether `lowerBound` can be attained: the share that is done, where every child of a branching counts for half of
   * it. Rough: children are not equally hard. 0 before the first tree.
   */
  readonly share: number;
  /** Least-norm problems solved in doubles so far. */
  readonly programs: number;
  readonly seconds: number;
  /** What found the bounds. */
  readonly lowerFrom: LowerSource;
  readonly upperFrom: UpperSource;
}

/** What proved a lower bound: counting, the branching tree, or witnesses on a line of data points. */
export type LowerSource = 'nothing' | 'tree search' | 'points on a line';

/** What proposed the network of an upper bound; in each case rationals decided that it fits. */
export type UpperSource =
  | 'nothing'
  | 'local search'
  | 'tree search'
  | 'the network given'
  | 'one direction'
  | 'one-parameter neurons';

export const SEARCH_DEFAULTS: Omit<SearchOptions, 'objective' | 'skip'> = {
  timeLimit: Number.POSITIVE_INFINITY,
  shouldStop: () => false,
  mostNodes: 20_000_000,
  threads: 1,
  seed: 0,
  start: null,
  store: null,
  checkpoint: null,
  observer: {},
};

export interface SearchResult {
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Exact, through all windows, with objective upperBound. */
  readonly network: Network;
  /** What proposed the network. */
  readonly networkFrom: UpperSource;
  /** Of the lower bound, unless `witnesses` prove it. */
  readonly proof: SearchProof;
  /** Points on a line that prove the lower bound, where they prove more than the trees. */
  readonly witnesses: WitnessProof | null;
  readonly lowerFrom: LowerSource;
  /** Why the search ended: the bounds meet, or a limit came first. */
  readonly ended: 'optimal' | 'time limit' | 'stopped' | 'node limit' | 'neuron limit';
  /**
   * Exact labels, objective parameters: for almost every label vector no network through these inputs has fewer parameters
   * than this. A statement about almost all labels, not about these.
   */
  readonly genericBound: number | null;
  readonly nodes: number;
  readonly programs: number;
  /** Nodes that the exact simplex method had to settle. */
  readonly exactNodes: number;
  readonly seconds: number;
}

/**
 * Sizes of the pieces of work; they decide which of several networks is found and when, never a bound. Work is counted as
 * nodes * points * unknowns, which is about proportional to time.
 */
const PACE = {
  /** Nodes of every profile of a level before the others have their turn. */
  firstNodes: 2_000,
  /** Growth of the share of nodes when the profiles of a level take turns. */
  growth: 4,
  /** Before the local search, with the first nodes only: levels, and further ones until the trees have done so much work. */
  firstLevels: 2,
  firstWork: 10_000,
  /**
   * Up to so many inputs two neurons come before the turns with the local search, with so many nodes and work a profile. Neurons are decided
   * point by point, and a node stays open only while its decisions are separations of the points by K hyperplanes, of which there are at most
   * (2 sum_{i <= d} C(N - 1, i))^K (Cover 1965): the tree enumerates separations, less those that the windows rule out early.
   */
  separations: { dimension: 3, neurons: 2, nodes: 5_000, work: 20_000_000 },
  /** Nodes between two looks at the clock. */
  turn: 16,
  /** Milliseconds between two reports, at each of which other work of the thread gets its turn. */
  report: 50,
  /** Milliseconds that the calling thread works alone before others are started: small questions never start any. */
  alone: 50,
  /** Nodes of a subtree on a worker thread; and while there are fewer subtrees than so many a thread. */
  subtreeNodes: 20_000,
  shortNodes: 1_000,
  splitPerThread: 4,
  /** Local search: multiplications before the tree, at least and per coordinate of the data; in one go; about as many as one unit of work. */
  localFirst: 2_000_000,
  localPerCoordinate: 6_000,
  localTurn: 2_000_000,
  localPerUnit: 80,
  /** Work of the local search for that of the tree, in one thread, before and after it is settled. */
  localShare: 1,
  localPatience: 1 / 4,
  /** Nodes of a tree from one point handed to the local search to the next. */
  pointEvery: 512,
  /** Coordinates of the data up to which ridge networks come before the local search. */
  ridgeFirst: 100_000,
} as const;

/**
 * The sparsest network through all windows of a problem: exact search over sign profiles, level by level. At every moment
 * there is a network (upper bound) and the proof of a lower bound; both are returned whatever ends the search.
 * @param problem emptyWindow must be null
 */
export async function searchSparsest(
  problem: Problem,
  options: Pick<SearchOptions, 'objective' | 'skip'> & Partial<SearchOptions>,
): Promise<SearchResult> {
  const mostNodes = options.store ? Number.POSITIVE_INFINITY : SEARCH_DEFAULTS.mostNodes;
  return new Search(problem, { ...SEARCH_DEFAULTS, mostNodes, ...options }).run();
}

/** Thrown through the loops when a limit is reached. */
class Ended extends Error {
  constructor(readonly reason: Exclude<SearchResult['ended'], 'optimal'>) {
    super(reason);
  }
}

/** Work of all nodes of a tree so far: points times unknowns for each. */
function workOf(tree: ProfileTree): number {
  return tree.counts.nodes * nodeWork(tree);
}

function nodeWork({ question }: ProfileTree): number {
  return question.points.size * (1 + unknownCount(question));
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}

class Search {
  private readonly points: Points;
  private readonly started = Date.now();
  private lastReport = this.started;
  private lowerBound = 0;
  private upperBound = Number.POSITIVE_INFINITY;
  private network: Network | null = null;
  private networkFrom: UpperSource = 'nothing';
  private proof: SearchProof = { kind: 'search', trees: [] };
  private witnesses: WitnessProof | null = null;
  private lowerFrom: LowerSource = 'nothing';
  private readonly counts = { nodes: 0, programs: 0, exact: 0 };
  /** The trees behind `proof`. */
  private proved: readonly ProfileTree[] = [];
  private lastSaved = this.started;
  private level: { readonly size: number; readonly trees: readonly ProfileTree[] } | null = null;
  private pool: WorkerPool | null = null;
  /** Nodes that worker threads are at. */
  private readonly given = new Set<GivenNode>();
  private local: LocalSearch | null = null;
  private localThread: LocalThread | null = null;
  /** Multiplications that the local search may do in the calling thread. */
  private localCredit = 0;
  private sharesWithLocal = true;

  constructor(
    private readonly problem: Problem,
    private readonly options: SearchOptions,
  ) {
    this.points = pointsOf(problem);
  }

  async run(): Promise<SearchResult> {
    let ended: SearchResult['ended'] = 'optimal';
    try {
      if (this.options.checkpoint?.state) this.goOnFrom(this.options.checkpoint.state);
      else await this.firstBounds();
      await this.startLocalSearch();
      await this.enumerateSeparations();
      while (this.lowerBound < this.upperBound) await this.decideLevel();
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      ended = error.reason;
    } finally {
      await this.localThread?.close();
      await this.pool?.close();
    }
    if (this.network === null) this.offerRidge();
    if (this.lowerBound === this.upperBound) ended = 'optimal';
    this.save();
    return {
      objective: this.options.objective,
      skip: this.options.skip,
      lowerBound: this.lowerBound,
      upperBound: this.upperBound,
      network: this.network!,
      networkFrom: this.networkFrom,
      proof: this.proof,
      witnesses: this.witnesses,
      lowerFrom: this.lowerFrom,
      ended,
      genericBound: this.genericBound(),
      nodes: this.counts.nodes,
      programs: this.counts.programs,
      exactNodes: this.counts.exact,
      seconds: (Date.now() - this.started) / 1000,
    };
  }

  /** Bounds without search: the network given, the first levels, witnesses on lines, networks along one direction, atoms. */
  private async firstBounds(): Promise<void> {
    const { objective, skip, start } = this.options;
    const { problem, points } = this;
    if (start !== null && belongsTo(start, skip) && fitsAllWindows(problem, start))
      this.offer(start, 'the network given');
    if (objective === 'parameters' && problem.exact) {
      const atoms = atomNetwork(problem, skip);
      if (atoms !== null) this.offer(atoms, 'one-parameter neurons');
    }
    let left: number = PACE.firstWork;
    while (this.lowerBound < this.upperBound) {
      const profiles = this.profiles();
      const isFirst = this.lowerBound < PACE.firstLevels;
      const nodes = isFirst ? PACE.firstNodes : Math.floor(left / total(profiles.map(nodeWork)));
      if (nodes <= 0 || !(await this.decideLevel(nodes))) break;
      left -= total(profiles.map(workOf));
    }
    if (this.lowerBound >= this.upperBound) return;
    if (points.size * points.width <= PACE.ridgeFirst) this.offerRidge();
    if (objective !== 'neurons') return;
    const witnesses = witnessesOnLines(problem, points);
    if (witnesses === null || witnesses.witnesses.length / 4 <= this.lowerBound) return;
    this.witnesses = witnesses;
    this.raise(witnesses.witnesses.length / 4, 'points on a line');
  }

  /** Takes up a search that another run has left. */
  private goOnFrom({
    lowerBound,
    lowerFrom,
    network,
    networkFrom,
    counts,
    proved,
    level,
  }: SearchState): void {
    this.count(counts);
    this.proved = proved.map((state) => this.treeOf(state));
    this.proof = { kind: 'search', trees: this.proved.map((tree) => tree.refutation()) };
    if (lowerFrom === 'points on a line') this.witnesses = witnessesOnLines(this.problem, this.points);
    this.lowerBound = lowerBound;
    this.lowerFrom = lowerFrom;
    if (level !== null)
      this.level = { size: level.size, trees: level.trees.map((state) => this.treeOf(state)) };
    const { start, skip } = this.options;
    if (network !== null) this.offer(network, networkFrom);
    if (start !== null && belongsTo(start, skip) && fitsAllWindows(this.problem, start))
      this.offer(start, 'the network given');
  }

  private treeOf({ question, counts, refutation, rest }: TreeState): ProfileTree {
    const tree = this.newTree({ ...question, points: this.points });
    tree.restore(refutation, rest, counts);
    return tree;
  }

  /** Hands the state to the checkpoint, where there is one. */
  private save(): void {
    const { given, level, lowerBound, lowerFrom, network, networkFrom, counts, proved } = this;
    const stateOf = (tree: ProfileTree): TreeState => stateOfTree(tree, given);
    this.options.checkpoint?.save({
      lowerBound,
      lowerFrom,
      network,
      networkFrom,
      counts: { ...counts },
      proved: proved.map(stateOf),
      level: level?.size === lowerBound ? { size: level.size, trees: level.trees.map(stateOf) } : null,
    });
    this.lastSaved = Date.now();
  }

  private offerRidge(): void {
    this.offer(
      ridgeNetwork(this.problem, this.points, this.options.skip, this.options.seed),
      'one direction',
    );
  }

  /** The local search in the calling thread: its first share before the tree, the rest in turns with it or in a thread of its own. */
  private async startLocalSearch(): Promise<void> {
    if (this.lowerBound >= this.upperBound) return;
    const setup = this.localSetup();
    this.local = createLocalSearch(setup, () => this.isOver());
    const { start } = this.options;
    if (this.network !== null) this.local.addNetwork(this.network);
    if (start !== null && start !== this.network) this.local.addNetwork(start);
    const { size, width } = this.points;
    const end = PACE.localFirst + PACE.localPerCoordinate * size * width;
    while (this.local !== null && !this.local.settled && this.local.work < end) await this.localTurn();
  }

  /** One and two neurons for few inputs, without turns for the local search: mostly a matter of some hundred nodes. */
  private async enumerateSeparations(): Promise<void> {
    const { dimension, neurons, nodes, work } = PACE.separations;
    if (this.options.objective !== 'neurons' || this.problem.dimension > dimension) return;
    this.sharesWithLocal = false;
    while (this.lowerBound <= neurons && this.lowerBound < this.upperBound) {
      const most = Math.min(nodes, Math.floor(work / nodeWork(this.profiles()[0]!)));
      if (most === 0 || !(await this.decideLevel(most))) break;
    }
    this.sharesWithLocal = true;
  }

  private localSetup(): LocalSetup {
    const { objective, skip, seed } = this.options;
    return {
      objective,
      centred: cloudOf(this.problem, skip, true),
      plain: objective === 'parameters' ? cloudOf(this.problem, skip, false) : null,
      seed,
      lowerBound: this.lowerBound,
      upperBound: this.upperBound,
    };
  }

  private async localTurn(): Promise<void> {
    const local = this.local!;
    local.setBounds(this.lowerBound, this.upperBound);
    const before = local.work;
    const network = local.advance(PACE.localTurn);
    this.localCredit -= Math.max(1, local.work - before);
    if (network !== null) this.offer(network, 'local search');
    if (local.done) this.local = null;
    await this.breathe();
  }

  /** The tree's points are starts of the local search, now and then. */
  private passOn(tree: ProfileTree): void {
    if (tree.counts.nodes % PACE.pointEvery >= PACE.turn) return;
    const point = tree.point();
    if (point !== null) this.startFrom(point);
  }

  private startFrom(point: Hinges): void {
    this.local?.addHinges(point);
    this.localThread?.addHinges(point);
  }

  /** Gives the local search its share of what the tree did. */
  private async shareWithLocal(units: number): Promise<void> {
    if (this.local === null || !this.sharesWithLocal) return;
    const share = this.local.settled ? PACE.localPatience : PACE.localShare;
    this.localCredit += units * PACE.localPerUnit * share;
    while (this.local !== null && this.localCredit >= PACE.localTurn) await this.localTurn();
  }

  /** With several threads, and once the calling thread has tried alone: the local search moves to a thread of its own. */
  private async moveLocal(): Promise<void> {
    const { LocalThread } = await import('../primal/thread.js');
    if (this.local === null) return;
    this.local = null;
    const start = this.network ?? this.options.start;
    this.localThread = new LocalThread(this.localSetup(), start, (network) =>
      this.offer(network, 'local search'),
    );
  }

  private genericBound(): number | null {
    if (!this.problem.exact || this.options.objective !== 'parameters') return null;
    const free = skipWidth({ skip: this.options.skip, points: this.points });
    return Math.max(0, this.points.size - free);
  }

  /** Keeps a network that is better than the best one. It must fit: whatever is offered is verified. */
  private offer(network: Network, from: UpperSource): void {
    const size = this.options.objective === 'neurons' ? countNeurons(network) : countParameters(network);
    if (size >= this.upperBound) return;
    // A ridge network has been tested along its direction, in time linear in its size.
    if (from !== 'one direction' && !fitsAllWindows(this.problem, network))
      throw new Error('the search assembled a network that does not fit');
    this.upperBound = size;
    this.network = inOrderOfBreakpoints(network);
    this.networkFrom = from;
    this.localThread?.setBounds(this.lowerBound, this.upperBound);
    this.report();
  }

  private raise(lowerBound: number, from: LowerSource): void {
    this.lowerBound = lowerBound;
    this.lowerFrom = from;
    this.localThread?.setBounds(this.lowerBound, this.upperBound);
    this.report();
  }

  private report(): void {
    this.lastReport = Date.now();
    this.options.observer.progress?.({
      lowerBound: this.lowerBound,
      upperBound: this.upperBound,
      nodes: this.counts.nodes,
      share: this.share,
      programs: this.counts.programs,
      seconds: (this.lastReport - this.started) / 1000,
      lowerFrom: this.lowerFrom,
      upperFrom: this.networkFrom,
    });
  }

  /** See `SearchProgress`: the mean of the profiles. */
  private get share(): number {
    if (this.level?.size !== this.lowerBound) return 0;
    const { trees } = this.level;
    return total(trees.map((tree) => tree.shareDone(this.given))) / trees.length;
  }

  private questions(level: number): Question[] {
    const { objective, skip } = this.options;
    const questions = questionsOfLevel(this.points, objective, skip, level);
    if (questions.some((question) => neuronCount(question) > MOST_NEURONS)) throw new Ended('neuron limit');
    return questions;
  }

  /** The trees of the level lowerBound, one a profile, as far as they have grown. */
  private profiles(): readonly ProfileTree[] {
    if (this.level?.size !== this.lowerBound) {
      const trees = this.questions(this.lowerBound).map((question) => this.newTree(question));
      this.level = { size: this.lowerBound, trees };
    }
    return this.level.trees;
  }

  private newTree(question: Question): ProfileTree {
    const fits = (unknowns: readonly Rational[]): void =>
      this.offer(networkOf(question, unknowns), 'tree search');
    return new ProfileTree(question, [], { fits }, TREE_DEFAULTS, this.options.store);
  }

  /**
   * Refutes every profile of the level lowerBound, or finds a network of that size. The profiles take turns with growing
   * shares, so that an easy solution is not kept waiting by a hard refutation.
   * @param most nodes of every profile after which it is put off
   * @returns false when it was put off
   */
  private async decideLevel(most = Number.POSITIVE_INFINITY): Promise<boolean> {
    const level = this.lowerBound;
    const trees = this.profiles();
    let open = trees.filter((tree) => tree.isOpen);
    for (let share = Math.min(PACE.firstNodes, most); open.length > 0; share *= PACE.growth) {
      const still: ProfileTree[] = [];
      for (const tree of open) {
        const status = await this.advance(tree, share);
        if (this.upperBound <= level) return true;
        if (status.status === 'running') still.push(tree);
      }
      open = still;
      if (open.length > 0 && share >= most) return false;
      if (open.length > 0 && most === Number.POSITIVE_INFINITY && this.mayStartThreads()) {
        await this.inParallel(open);
        if (this.upperBound <= level) return true;
        break;
      }
    }
    this.witnesses = null;
    this.proved = trees;
    this.proof = { kind: 'search', trees: trees.map((tree) => tree.refutation()) };
    this.raise(level + 1, 'tree search');
    return true;
  }

  /** Milliseconds since the start. */
  private get elapsed(): number {
    return Date.now() - this.started;
  }

  private mayStartThreads(): boolean {
    return this.options.threads > 1 && this.elapsed >= PACE.alone;
  }

  private async advance(tree: ProfileTree, most: number): Promise<TreeStatus> {
    const end = tree.counts.nodes + most;
    for (;;) {
      const left = end - tree.counts.nodes;
      const before = workOf(tree);
      const status = this.counted(tree, () => tree.step(Math.min(PACE.turn, left)));
      if (status.status === 'solved') this.offer(networkOf(tree.question, status.unknowns), 'tree search');
      await this.breathe();
      this.passOn(tree);
      await this.shareWithLocal(workOf(tree) - before);
      if (this.upperBound <= this.lowerBound) return status;
      if (status.status !== 'running' || tree.counts.nodes >= end) return status;
    }
  }

  /** Runs a piece of work on a tree and adds what it did to the counts. */
  private counted(tree: ProfileTree, work: () => TreeStatus): TreeStatus {
    const { nodes, programs, exact } = tree.counts;
    const status = work();
    this.count({
      nodes: tree.counts.nodes - nodes,
      programs: tree.counts.programs - programs,
      exact: tree.counts.exact - exact,
    });
    return status;
  }

  private count({ nodes, programs, exact }: TreeCounts): void {
    this.counts.nodes += nodes;
    this.counts.programs += programs;
    this.counts.exact += exact;
  }

  /** For the local search, which must not throw: has a limit been reached? The next look at the limits ends the search. */
  private isOver(): boolean {
    return this.options.shouldStop() || this.elapsed >= 1000 * this.options.timeLimit;
  }

  private enforceLimits(): void {
    if (this.options.shouldStop()) throw new Ended('stopped');
    if (Date.now() - this.started >= 1000 * this.options.timeLimit) throw new Ended('time limit');
    if (this.counts.nodes >= this.options.mostNodes) throw new Ended('node limit');
    const { checkpoint } = this.options;
    if (checkpoint !== null && Date.now() - this.lastSaved >= 1000 * checkpoint.every) this.save();
  }

  /** Enforces the limits, reports, and lets other work of the thread have its turn. */
  private async breathe(): Promise<void> {
    this.enforceLimits();
    if (this.local !== null && this.mayStartThreads()) await this.moveLocal();
    if (Date.now() - this.lastReport < PACE.report) return;
    this.report();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /**
   * The rest of the open profiles on worker threads, subtree by subtree. The profiles take turns; a subtree that is not done within its share
   * of nodes comes back as its branchings and open nodes, each of them a subtree again. So no thread is idle while one profile, or one subtree
   * of it, is the hard one.
   */
  private async inParallel(open: readonly ProfileTree[]): Promise<void> {
    this.pool ??= new (await import('./pool.js')).WorkerPool(this.points, this.options.threads);
    const { pool } = this;
    let ended: Ended | null = null;
    const watch = setInterval(() => {
      try {
        this.enforceLimits();
        this.report();
        if (this.upperBound <= this.lowerBound) pool.stop();
      } catch (error) {
        ended = error as Ended;
        pool.stop();
      }
    }, PACE.report);
    let turn = 0;
    const next = (): Job | null => {
      for (let tried = 0; tried < open.length && this.upperBound > this.lowerBound; tried++) {
        const tree = open[turn++ % open.length]!;
        const node = tree.isOpen ? tree.giveAway() : null;
        if (node !== null) return this.jobOf(tree, node);
      }
      return null;
    };
    try {
      await pool.run(next);
    } finally {
      clearInterval(watch);
    }
    if (ended !== null) throw ended;
  }

  private jobOf(tree: ProfileTree, node: GivenNode): Job {
    const { points, ...question } = tree.question;
    this.given.add(node);
    // With few subtrees left a short share brings new ones for idle threads.
    const isShort = this.given.size + tree.openNodes < PACE.splitPerThread * this.options.threads;
    const most = isShort ? PACE.shortNodes : PACE.subtreeNodes;
    return {
      task: { question, path: node.path, most },
      finished: (result) => {
        this.given.delete(node);
        this.count(result.counts);
        this.takeBack(tree, node, result);
      },
    };
  }

  private takeBack(tree: ProfileTree, node: GivenNode, result: TaskResult): void {
    if (result.status === 'solved') {
      const unknowns = result.unknowns.map((text) => Rational.parse(text));
      this.offer(networkOf(tree.question, unknowns), 'tree search');
      this.pool!.stop();
    } else if (result.status === 'refuted') tree.takeBack(node, result.refutation);
    else {
      tree.takeBack(node, result.rest);
      if (result.point !== null) this.startFrom(result.point);
    }
  }
}

/** Is a network of this architecture, or of a smaller one? */
function belongsTo(network: Network, skip: Skip): boolean {
  const own = skipOf(network);
  return skip === 'affine' || own === skip || own === 'none';
}
