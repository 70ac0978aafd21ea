import type { Objective } from '../certificate/certificate.js';
import { atomsOf, MOST_NEURONS, type RefutationTree, type SearchProof } from '../certificate/search-proof.js';
import { Rational } from '../exact/rational.js';
import { countNeurons, countParameters, type Network, type Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { fitsAllWindows, networkOf } from './assemble.js';
import { questionsOfLevel } from './levels.js';
import { type Points, pointsOf } from './points.js';
import type { WorkerPool } from './pool.js';
import { neuronCount, type Question, skipWidth, unknownCount } from './question.js';
import type { Decision } from './region.js';
import { ridgeNetworks } from './ridge.js';
import { sparsify } from './sparsify.js';
import type { Task, TaskResult } from './task.js';
import { ProfileTree, type TreeCounts, type TreeStatus } from './tree.js';

export interface SearchOptions {
  readonly objective: Objective;
  readonly skip: Skip;
  /** Seconds until the search ends with the bracket reached. */
  readonly timeLimit: number;
  /** Asked every few milliseconds; true ends the search with the bracket reached. */
  readonly shouldStop: () => boolean;
  /** Most nodes of all trees together; the proof is held in memory, about 200 bytes a node. */
  readonly mostNodes: number;
  /** Worker threads; 1 searches in the calling thread. The result does not depend on it unless a limit ends the search. */
  readonly threads: number;
  /** Of the random directions of the first upper bounds. */
  readonly seed: number;
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
  /** Least-norm problems solved in doubles so far. */
  readonly programs: number;
  readonly seconds: number;
}

export const SEARCH_DEFAULTS: Omit<SearchOptions, 'objective' | 'skip'> = {
  timeLimit: Number.POSITIVE_INFINITY,
  shouldStop: () => false,
  mostNodes: 4_000_000,
  threads: 1,
  seed: 0,
  observer: {},
};

export interface SearchResult {
  readonly objective: Objective;
  readonly skip: Skip;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Exact, through all windows, with objective upperBound. */
  readonly network: Network;
  /** Of the lower bound. */
  readonly proof: SearchProof;
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
  /** Nodes of every profile of a level before higher levels are tried for an upper bound. */
  firstNodes: 2_000,
  /** Growth of the share of nodes when the profiles of a level take turns. */
  growth: 4,
  /** Most work for one profile, and for all of them, when only an upper bound is hoped for. */
  trial: 1_000_000,
  trials: 10_000_000,
  hardTrial: 3_000_000,
  /** Most neurons tried while parameters are not yet counted. */
  generousNeurons: 4,
  /** Nodes between two looks at the clock. */
  turn: 16,
  /** Milliseconds between two reports, at each of which other work of the thread gets its turn. */
  report: 50,
  /** Nodes of a subtree in the first round on worker threads. */
  subtreeNodes: 20_000,
  /** Open nodes per worker thread that a tree is split into. */
  splitPerThread: 16,
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
  return new Search(problem, { ...SEARCH_DEFAULTS, ...options }).run();
}

/** Thrown through the loops when a limit is reached. */
class Ended extends Error {
  constructor(readonly reason: Exclude<SearchResult['ended'], 'optimal'>) {
    super(reason);
  }
}

/** Number of nodes, at least one, that an amount of work allows. */
function nodesFor(work: number, question: Question): number {
  return Math.ceil(work / (question.points.size * (1 + unknownCount(question))));
}

/**
 * Does a refutation cover a question? Without a budget a neuron may be zero, so that fewer neurons are covered too; with one,
 * a smaller budget.
 */
function contains(tree: RefutationTree, { plus, minus, budget }: Question): boolean {
  if (budget === null) return tree.plus >= plus && tree.minus >= minus;
  return tree.plus === plus && tree.minus === minus && tree.budget! >= budget;
}

class Search {
  private readonly points: Points;
  private readonly started = Date.now();
  private lastReport = this.started;
  private lowerBound = 0;
  private upperBound = Number.POSITIVE_INFINITY;
  private network: Network | null = null;
  private trees: readonly RefutationTree[] = [];
  private readonly counts = { nodes: 0, programs: 0, exact: 0 };
  /** Refutations from higher levels: each also refutes the profiles it contains. */
  private readonly learned: RefutationTree[] = [];
  private pool: WorkerPool | null = null;
  private trialWork = 0;
  private triedHarder = false;
  private lastTrial = -1;

  constructor(
    private readonly problem: Problem,
    private readonly options: SearchOptions,
  ) {
    this.points = pointsOf(problem);
  }

  async run(): Promise<SearchResult> {
    let ended: SearchResult['ended'] = 'optimal';
    const { objective, skip, seed } = this.options;
    for (const network of ridgeNetworks(this.problem, this.points, skip, seed)) this.offer(network);
    try {
      if (objective === 'parameters') await this.tryGenerousBudgets(PACE.trial, [false, true]);
      while (this.lowerBound < this.upperBound) await this.decideLevel();
    } catch (error) {
      if (!(error instanceof Ended)) throw error;
      ended = error.reason;
    } finally {
      await this.pool?.close();
    }
    return {
      objective,
      skip,
      lowerBound: this.lowerBound,
      upperBound: this.upperBound,
      network: this.network!,
      proof: { kind: 'search', trees: this.trees },
      ended,
      genericBound: this.genericBound(),
      nodes: this.counts.nodes,
      programs: this.counts.programs,
      exactNodes: this.counts.exact,
      seconds: (Date.now() - this.started) / 1000,
    };
  }

  private genericBound(): number | null {
    if (!this.problem.exact || this.options.objective !== 'parameters') return null;
    const free = skipWidth({ skip: this.options.skip, points: this.points });
    return Math.max(0, this.points.size - free);
  }

  /** Keeps a network that is better than the best one. It must fit: whatever is offered is verified. */
  private offer(network: Network): void {
    const size = this.options.objective === 'neurons' ? countNeurons(network) : countParameters(network);
    if (size >= this.upperBound) return;
    if (!fitsAllWindows(this.problem, network))
      throw new Error('the search assembled a network that does not fit');
    this.upperBound = size;
    this.network = network;
    this.report();
  }

  private report(): void {
    this.lastReport = Date.now();
    this.options.observer.progress?.({
      lowerBound: this.lowerBound,
      upperBound: this.upperBound,
      nodes: this.counts.nodes,
      programs: this.counts.programs,
      seconds: (this.lastReport - this.started) / 1000,
    });
  }

  private questions(level: number): Question[] {
    const { objective, skip } = this.options;
    const questions = questionsOfLevel(this.points, objective, skip, level);
    if (questions.some((question) => neuronCount(question) > MOST_NEURONS)) throw new Ended('neuron limit');
    return questions;
  }

  private newTree(question: Question): ProfileTree {
    return new ProfileTree(question, [], {
      fits: (unknowns: readonly Rational[]) => this.offer(networkOf(question, unknowns)),
    });
  }

  /**
   * Upper bounds on parameters: networks of few neurons, with all atoms and with none, found with no budget to speak of and
   * then made sparse. Stops at the first number of neurons at which one is found.
   */
  private async tryGenerousBudgets(work: number, variants: readonly boolean[]): Promise<void> {
    const { skip } = this.options;
    const atoms = atomsOf(skip, this.points.width - 1);
    for (const withAtoms of variants) {
      let found = false;
      for (let neurons = 0; neurons <= PACE.generousNeurons && !found; neurons++) {
        for (const question of questionsOfLevel(this.points, 'neurons', skip, neurons)) {
          const budget = withAtoms ? atoms + neurons * this.points.width : null;
          const tree = new ProfileTree({ ...question, budget });
          const status = await this.advance(tree, nodesFor(work, tree.question));
          if (status.status !== 'solved') continue;
          found = true;
          this.offer(networkOf(tree.question, sparsify(tree.question, status.unknowns)));
        }
      }
    }
  }

  /**
   * Refutes every profile of the level lowerBound, or finds a network of that size. The profiles take turns with growing
   * shares, so that an easy solution is not kept waiting by a hard refutation.
   */
  private async decideLevel(): Promise<void> {
    const level = this.lowerBound;
    const refuted = new Set<RefutationTree>();
    const trees: ProfileTree[] = [];
    for (const question of this.questions(level)) {
      const known = this.learned.find((tree) => contains(tree, question));
      if (known === undefined) trees.push(this.newTree(question));
      else refuted.add(known);
    }
    let open = trees;
    for (let share: number = PACE.firstNodes; ; share *= PACE.growth) {
      const still: ProfileTree[] = [];
      for (const tree of open) {
        const status = await this.advance(tree, share);
        if (this.upperBound <= level) return;
        if (status.status === 'running') still.push(tree);
      }
      open = still;
      if (open.length === 0) break;
      if (share === PACE.firstNodes) {
        await this.tryHigherLevels(level);
        await this.tryHarder();
      }
      if (this.options.threads > 1) {
        await this.inParallel(open);
        if (this.upperBound <= level) return;
        break;
      }
    }
    this.trees = [...refuted, ...trees.map((tree) => tree.refutation())];
    this.lowerBound = level + 1;
    this.report();
  }

  /** Once, when a level of parameters turns out hard: the search for few neurons with any weights again, with more work. */
  private async tryHarder(): Promise<void> {
    if (this.triedHarder || this.options.objective === 'neurons') return;
    this.triedHarder = true;
    await this.tryGenerousBudgets(PACE.hardTrial, [false]);
  }

  /** Looks for better networks above the level with a small share of nodes for each profile. */
  private async tryHigherLevels(level: number): Promise<void> {
    for (let higher = Math.max(level, this.lastTrial) + 1; higher < this.upperBound; higher++) {
      if (this.trialWork >= PACE.trials) return;
      this.lastTrial = higher;
      const questions = questionsOfLevel(this.points, this.options.objective, this.options.skip, higher);
      for (const question of questions) {
        if (neuronCount(question) > MOST_NEURONS) return;
        const tree = this.newTree(question);
        const { status } = await this.advance(tree, nodesFor(PACE.trial, question));
        this.trialWork += (PACE.trial * tree.counts.nodes) / nodesFor(PACE.trial, question);
        if (status === 'refuted') this.learned.push(tree.refutation());
        if (this.upperBound <= higher) return;
      }
    }
  }

  private async advance(tree: ProfileTree, most: number): Promise<TreeStatus> {
    const end = tree.counts.nodes + most;
    for (;;) {
      const left = end - tree.counts.nodes;
      const status = this.counted(tree, () => tree.step(Math.min(PACE.turn, left)));
      if (status.status === 'solved') this.offer(networkOf(tree.question, status.unknowns));
      await this.breathe();
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

  private enforceLimits(): void {
    if (this.options.shouldStop()) throw new Ended('stopped');
    if (Date.now() - this.started >= 1000 * this.options.timeLimit) throw new Ended('time limit');
    if (this.counts.nodes >= this.options.mostNodes) throw new Ended('node limit');
  }

  /** Enforces the limits, reports, and lets other work of the thread have its turn. */
  private async breathe(): Promise<void> {
    this.enforceLimits();
    if (Date.now() - this.lastReport < PACE.report) return;
    this.report();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  /**
   * The rest of the open profiles on worker threads: every tree is widened into subtrees, and these take turns with growing
   * shares. The first solved subtree in the order of the trees is the answer, whatever the timing.
   */
  private async inParallel(open: readonly ProfileTree[]): Promise<void> {
    const width = PACE.splitPerThread * this.options.threads;
    let subtrees: Subtree[] = [];
    for (const tree of open) {
      const status = this.counted(tree, () => tree.widen(width));
      if (status.status === 'solved') return this.offer(networkOf(tree.question, status.unknowns));
      for (const node of tree.openNodes()) subtrees.push({ tree, ...node });
    }
    this.pool ??= new (await import('./pool.js')).WorkerPool(this.points, this.options.threads);
    for (let most: number = PACE.subtreeNodes; subtrees.length > 0; most *= PACE.growth) {
      const results = await this.runSubtrees(this.pool, subtrees, most);
      const solved = results.findIndex((result) => result?.status === 'solved');
      if (solved >= 0) {
        const { unknowns } = results[solved] as Extract<TaskResult, { status: 'solved' }>;
        const { question } = subtrees[solved]!.tree;
        return this.offer(
          networkOf(
            question,
            unknowns.map((text) => Rational.parse(text)),
          ),
        );
      }
      subtrees = subtrees.filter(({ tree, id }, index) => {
        const result = results[index]!;
        if (result.status === 'refuted') tree.graft(id, result.nodes);
        return result.status !== 'refuted';
      });
    }
  }

  private async runSubtrees(
    pool: WorkerPool,
    subtrees: readonly Subtree[],
    most: number,
  ): Promise<TaskResult[]> {
    const results: TaskResult[] = new Array(subtrees.length);
    let ended: Ended | null = null;
    const watch = setInterval(() => {
      try {
        this.enforceLimits();
        this.report();
      } catch (error) {
        ended = error as Ended;
        pool.stop();
      }
    }, PACE.report);
    const tasks = subtrees.map(({ tree, path }): Task => {
      const { points, ...question } = tree.question;
      return { question, path, most };
    });
    try {
      await pool.run(tasks, (index, result) => {
        results[index] = result;
        this.count(result.counts);
      });
    } finally {
      clearInterval(watch);
    }
    if (ended !== null) throw ended;
    return results;
  }
}

/** An open node of a tree, to be continued by a worker. */
interface Subtree {
  readonly tree: ProfileTree;
  readonly id: number;
  readonly path: readonly Decision[];
}
