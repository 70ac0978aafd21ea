import type { OneInputNode } from '../certificate/one-input.js';
import { bitLength } from '../exact/bigint.js';
import { createRandom, type Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import { networkForSkip } from '../knots/architecture.js';
import { countNeurons } from '../problem/network.js';
import type { Line, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { CaseTree, type Decision, type Demand, type Limits } from './case-tree.js';
import { type Chords, chordsOf, type Direction } from './chords.js';
import { type CutGraph, cutGraph } from './cuts.js';
import { withFewSwitches } from './few-switches.js';
import { withForcedLines } from './forced-lines.js';
import { type Found, foundNetwork } from './hinges.js';
import { LineChooser } from './lines.js';
import { moreKnotsForLabels } from './more-knots.js';
import type { Path } from './path.js';
import { Work } from './sums.js';

/** What is known about the fewest neurons without a free line. */
export interface Facing extends Found {
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Why lowerBound - 1 neurons are not enough, when that is the number of forced knots. */
  readonly tree: readonly OneInputNode[] | null;
  /** Why the bounds do not meet; null when they do. */
  readonly open: string | null;
}

/** Limits on work, never on time, so that the same question has the same answer everywhere. A step is one end of an interval of sums. */
const LIMITS: Limits &
  Record<'first' | 'total' | 'directions' | 'fromLimit' | 'forced' | 'forcedBits', number> = {
  direction: 2_000_000,
  /** At first, before lines that are chords are tried. */
  first: 400_000,
  total: 8_000_000,
  samples: 12,
  /** Data points in whose direction a refutation is looked for; with more points, so many spread evenly. */
  directions: 300,
  /** Knots up to which the limit of the l^p minimisers is tried first. */
  fromLimit: 2_000,
  /** Steps for lines that are chords, and bits of the common denominator of slopes up to which they are tried: beyond, sums rarely meet. */
  forced: 2_000_000,
  forcedBits: 512,
};

const OPEN: Decision = { status: 'open' };

/** Skip bias: the slopes add up to 0. */
const SLOPES: Demand = { remainder: 'constant', target: 'zero', directions: ['slope'] };

/**
 * The fewest neurons for exact labels of which at least one knot is forced. What needs no sums comes first: the limit of the l^p minimisers
 * with all facings (up to a limit), then functions whose neurons change their facing once or three times. Then the reachable sums decide.
 *
 * @param limit the limit of the l^p minimisers as p -> 0+, with the fewest knots
 * @param quick leave out everything that needs sums
 * @param stopped a time limit came: what is known by then is the answer
 */
export function facingForLabels(
  problem: Problem,
  skip: 'bias' | 'none',
  curvature: Int8Array,
  limit: () => PiecewiseLinear,
  seed: number,
  quick: boolean,
  stopped: () => boolean = () => false,
): Facing {
  const search = new LabelSearch(problem, curvature, limit, seed, stopped);
  return skip === 'bias' ? search.bias(quick) : search.none(quick);
}

class LabelSearch {
  private readonly graph: CutGraph;
  private readonly knots: number;
  private readonly chooser: LineChooser;
  private readonly random: Random;
  private readonly work: Work;
  private chords: Chords | null | undefined;

  constructor(
    private readonly problem: Problem,
    private readonly curvature: Int8Array,
    private readonly limit: () => PiecewiseLinear,
    private readonly seed: number,
    private readonly stopped: () => boolean,
  ) {
    this.work = this.workOf(LIMITS.total);
    this.graph = cutGraph(curvature);
    this.knots = this.graph.cuts;
    this.chooser = new LineChooser(problem, this.graph);
    this.random = createRandom(seed);
  }

  bias(quick: boolean): Facing {
    const { knots } = this;
    const found = this.withoutSums('bias');
    if (found !== null) return closed(found, null);
    const decision = quick ? OPEN : this.decideKnots('bias', SLOPES);
    if (decision.status === 'found') return closed(this.build('bias', decision), null);
    // One neuron left of all data takes over the slope of the remainder.
    const spare = this.ofLimit('bias');
    if (decision.status === 'refuted') return closed(spare, decision.tree);
    return { ...spare, lowerBound: knots, upperBound: knots + 1, tree: null, open: this.tooMuch() };
  }

  none(quick: boolean): Facing {
    const { knots } = this;
    const found = this.withoutSums('none');
    if (found !== null) return closed(found, null);
    const decision = quick ? OPEN : this.decideKnots('none', this.linesVanish());
    if (decision.status === 'found') return closed(this.build('none', decision), null);
    const tree = decision.status === 'refuted' ? decision.tree : null;
    const lowerBound = tree === null ? knots : knots + 1;
    const best = this.withOneMore(quick);
    const upperBound = countNeurons(best.network);
    const open =
      lowerBound === upperBound
        ? null
        : tree === null
          ? this.tooMuch()
          : `${knots} neurons are refuted, and no network with ${knots + 1} was found; with one knot more than the data force, neighbouring pieces depend on each other, and the cases are not all looked at`;
    return { ...best, lowerBound, upperBound, tree, open };
  }

  /**
   * K neurons by what needs no sums. Other seeds than 0 look for other functions than the limit of the l^p minimisers first, and so do long
   * data, where it takes longer and rarely works.
   */
  private withoutSums(skip: 'bias' | 'none'): Found | null {
    const fromLimit = () => {
      const found = this.ofLimit(skip);
      return countNeurons(found.network) === this.knots ? found : null;
    };
    const switched = () => this.switched(skip, skip === 'bias' ? 'constant' : 'zero');
    return this.seed === 0 && this.knots <= LIMITS.fromLimit
      ? (fromLimit() ?? switched())
      : (switched() ?? fromLimit());
  }

  /** The limit of the l^p minimisers with the facings that leave the least: K, K + 1 or K + 2 neurons. */
  private ofLimit(skip: 'bias' | 'none'): Found {
    const f = this.limit();
    const x = this.problem.inputs[0]!;
    return { function: f, network: networkForSkip(f, skip, x.value(0), x.value(this.problem.size - 1)) };
  }

  private switched(skip: 'bias' | 'none', remainder: 'constant' | 'zero'): Found | null {
    const { problem, graph, chooser, random } = this;
    const y = Array.from({ length: problem.size }, (_, i) => problem.lower.integer(i));
    const found = withFewSwitches(graph, chooser, y, remainder, random);
    return found === null ? null : this.build(skip, found);
  }

  /** Whether K neurons are enough: with little work, then by lines that are chords, then with all the work there is. */
  private decideKnots(skip: 'bias' | 'none', demand: Demand): Decision {
    const first = this.decide(demand, { ...LIMITS, direction: LIMITS.first / 4 }, this.workOf(LIMITS.first));
    if (first.status !== 'open') return first;
    return this.forced(skip) ?? this.decide(demand);
  }

  /** K neurons whose pieces are chords, all or all but one. */
  private forced(skip: 'bias' | 'none'): Decision | null {
    const { chords, graph, random, chooser } = this;
    if (chords == null || bitLength(chords.denominator) > LIMITS.forcedBits) return null;
    const remainder = skip === 'bias' ? 'constant' : 'zero';
    const found = withForcedLines(graph, chords, remainder, random, this.workOf(LIMITS.forced));
    if (found === null) return null;
    const { path, turned } = found;
    const lines = chooser.linesOf(found.chords);
    if (turned !== null) {
      const slope = Rational.of(turned.slope, chords.denominator);
      lines[turned.place] = chooser.lineOf(path.pieces[turned.place]!, slope);
    }
    return { status: 'found', path, lines };
  }

  /** Skip none, where K neurons are refuted or not known to be enough: K + 1 if a way is found, else K + 2. */
  private withOneMore(quick: boolean): Found {
    const { problem, random } = this;
    const enough = (found: Found | null): found is Found =>
      found !== null && countNeurons(found.network) <= this.knots + 1;
    const own = this.ofLimit('none');
    if (enough(own)) return own;
    // A constant remainder is one neuron; so is one of one sign on the data.
    const constant = this.switched('none', 'constant');
    if (constant !== null) return constant;
    if (quick) return own;
    const ends = this.directions().filter((direction) => direction !== 'slope');
    for (const demand of [
      SLOPES,
      { remainder: 'not negative', target: 'not negative', directions: ends },
      { remainder: 'not positive', target: 'not positive', directions: ends },
    ] satisfies Demand[]) {
      const decision = this.decide(demand);
      if (decision.status === 'found') return this.build('none', decision);
    }
    // K + 1 knots inside: first those with which each piece still chooses for itself.
    const wider = cutGraph(this.curvature, 1);
    const decision = this.decide(
      this.linesVanish(),
      LIMITS,
      this.work,
      wider,
      new LineChooser(problem, wider),
    );
    if (decision.status === 'found') return this.build('none', decision);
    return moreKnotsForLabels(problem, this.graph, random) ?? own;
  }

  private decide(
    demand: Demand,
    limits: Limits = LIMITS,
    work = this.work,
    graph = this.graph,
    chooser = this.chooser,
  ): Decision {
    if (this.chords === undefined) this.chords = chordsOf(this.problem);
    if (this.chords === null) return OPEN;
    return new CaseTree(graph, this.chords, chooser, demand, limits, this.random, work).decide();
  }

  private build(skip: 'bias' | 'none', { path, lines }: { path: Path; lines: Line[] }): Found {
    return foundNetwork(this.problem, lines, path.left, skip);
  }

  private linesVanish(): Demand {
    return { remainder: 'zero', target: 'zero', directions: this.directions() };
  }

  private directions(): Direction[] {
    const { size } = this.problem;
    const count = Math.min(size, LIMITS.directions);
    const points = Array.from({ length: count }, (_, k) =>
      Math.round((k * (size - 1)) / Math.max(1, count - 1)),
    );
    return ['slope', ...points];
  }

  private workOf(steps: number): Work {
    return new Work(steps, 1, this.stopped);
  }

  private tooMuch(): string {
    if (this.stopped()) return 'which neurons may face left was not decided before the time limit';
    return this.chords === null
      ? 'the slopes have no common denominator that is short enough to add them up'
      : 'which neurons may face left is a subset-sum question here, with more separate sums or cases than are looked at';
  }
}

function closed(found: Found, tree: readonly OneInputNode[] | null): Facing {
  const neurons = countNeurons(found.network);
  return { ...found, lowerBound: neurons, upperBound: neurons, tree, open: null };
}
