import { ExactColumn } from '../exact/column.js';
import { createRandom, type Random } from '../exact/random.js';
import { networkForSkip } from '../knots/architecture.js';
import { slopeScale } from '../knots/slopes.js';
import { fewestKnotsThroughWindows, lineOfChain, type WindowChain } from '../knots/windows.js';
import { countNeurons } from '../problem/network.js';
import { crossing, fromLines, type Line } from '../problem/piecewise-linear.js';
import { makeProblem, type Problem } from '../problem/problem.js';
import { type Cuts, POINT } from './cuts.js';
import type { Interval } from './ends.js';
import type { Facing } from './exact-labels.js';
import { type Found, foundNetwork } from './hinges.js';
import type { Remainder } from './lines.js';
import { moreKnotsForWindows } from './more-knots.js';
import { facingsThatSwitch, samplePath } from './path.js';
import { allStates, middleOf, openStates, reachableSums, Work, WorkDone } from './sums.js';
import { WindowLines } from './window-lines.js';

/** Linear programs that are tried, and up to how many knots all lines move in one. */
const LIMITS = { programs: 60, allLines: 40, work: 2_000_000, pointsOfRange: 400 } as const;

/** A function with the fewest knots, from one of the greedy passes. */
interface Base {
  readonly cuts: Cuts;
  /** In the integer units of the columns. */
  readonly lines: readonly Line[];
}

/**
 * The fewest neurons for windows without a free line: at least the forced knots; at most what linear programs over sampled cuts and facings
 * find. The cuts come from the greedy pass from the left (as late as possible), the one from the right (as early as possible), and
 * from between; the facings from slopes that the windows of each piece allow by themselves.
 *
 * @param chain the pass from the left, with at least one knot
 * @param quick only what the function of the pass gives
 */
export function facingForWindows(
  problem: Problem,
  skip: 'bias' | 'none',
  chain: WindowChain,
  seed: number,
  quick: boolean,
): Facing {
  const { knots } = chain;
  const x = problem.inputs[0]!;
  const f = fromLines(Array.from({ length: knots + 1 }, (_, j) => lineOfChain(problem, chain, j)));
  let best: Found = {
    function: f,
    network: networkForSkip(f, skip, x.value(0), x.value(problem.size - 1)),
  };
  const found = (): Facing => {
    const upperBound = countNeurons(best.network);
    const open =
      upperBound === knots
        ? null
        : 'with windows the lower end is the number of forced bends; networks with as many neurons were looked for at sampled places and facings, and none was found';
    return { ...best, lowerBound: knots, upperBound, tree: null, open };
  };
  if (quick || countNeurons(best.network) === knots) return found();
  const search = new WindowSearch(problem, chain, createRandom(seed));
  const wanted: Remainder[] =
    skip === 'bias' ? ['constant'] : ['zero', 'constant', 'not negative', 'not positive'];
  for (const remainder of wanted) {
    // Whatever is not zero costs one more neuron with skip none.
    const neurons = skip === 'none' && remainder !== 'zero' ? knots + 1 : knots;
    if (neurons >= countNeurons(best.network)) continue;
    const lines = search.find(remainder);
    if (lines !== null) best = foundNetwork(problem, lines.lines, lines.left, skip);
  }
  if (countNeurons(best.network) > knots + 1) {
    const wider = moreKnotsForWindows(problem, () => search.between(), search.random);
    if (wider !== null) best = wider;
  }
  return found();
}

class WindowSearch {
  private readonly bases: readonly Base[];
  private readonly program: WindowLines;

  constructor(
    private readonly problem: Problem,
    chain: WindowChain,
    readonly random: Random,
  ) {
    this.program = new WindowLines(problem);
    this.bases = [fromLeft(problem, chain), fromRight(problem)];
  }

  find(remainder: Remainder): { lines: Line[]; left: Uint8Array } | null {
    const { bases } = this;
    for (let t = 0; t < LIMITS.programs; t++) {
      const base = bases[t % 2]!;
      const knots = base.cuts.gap.length;
      const all = knots <= LIMITS.allLines;
      const cuts = all && t >= LIMITS.programs / 2 ? this.between() : base.cuts;
      const sampled = all && t % 4 < 2 ? this.facings(cuts) : null;
      const places = sampled === null ? this.places(knots + 1) : [];
      const left = sampled ?? facingsThatSwitch(knots, places);
      const free = all ? null : neighbours(places, knots + 1);
      const lines = this.program.lines(cuts, left, remainder, free, base.lines);
      if (lines !== null) return { lines, left };
    }
    return null;
  }

  /** One piece, or three, at which the facing changes. */
  private places(pieces: number): number[] {
    const wanted = pieces < 3 || this.random.integer(0, 3) === 0 ? 1 : 3;
    const places = new Set<number>();
    while (places.size < wanted) places.add(this.random.integer(0, pieces - 1));
    return [...places].sort((a, b) => a - b);
  }

  /** Cuts between the earliest and the latest. */
  between(): Cuts {
    const [late, early] = this.bases.map(({ cuts }) => cuts) as [Cuts, Cuts];
    if (late.sign.some((sign, k) => sign !== early.sign[k])) return late;
    let last = 0;
    const gap = late.gap.map((g, k) => {
      const from = Math.max(last, Math.min(g, early.gap[k]!));
      last = this.random.integer(from, Math.max(from, g, early.gap[k]!));
      return last;
    });
    return { gap, sign: late.sign };
  }

  /** Facings with which slopes can add up to 0, when each piece may take any slope that its own windows allow. */
  private facings(cuts: Cuts): Uint8Array | null {
    const pieces = cuts.gap.length + 1;
    const intervals = Array.from({ length: pieces }, (_, j) =>
      this.slopes(
        j === 0 ? 0 : cuts.gap[j - 1]! + 1,
        j === pieces - 1 ? this.problem.size - 1 : cuts.gap[j]!,
      ),
    );
    const graph = chainGraph(cuts.gap.length);
    try {
      const middle = middleOf(graph);
      const sums = reachableSums(graph, intervals, allStates(graph), new Work(LIMITS.work), middle, middle);
      const open = openStates(graph, sums, middle, 'zero');
      if (open.length === 0) return null;
      const state = open[this.random.integer(0, open.length - 1)]!;
      return samplePath(graph, intervals, sums, state, 'zero', this.random).left;
    } catch (error) {
      if (error instanceof WorkDone) return null;
      throw error;
    }
  }

  /** The slopes of the lines through the windows of points from .. to, roughly: they propose, the program decides. */
  private slopes(from: number, to: number): Interval {
    const x = this.problem.inputs[0]!.doubles;
    const lower = this.problem.lower.doubles;
    const upper = this.problem.upper.doubles;
    const unit = (2 ** 30 * (x[x.length - 1]! - x[0]!)) / (largest(lower) + largest(upper) || 1);
    let least = -Infinity;
    let greatest = Infinity;
    const step = Math.max(1, Math.floor((to - from) / LIMITS.pointsOfRange));
    for (let i = from; i < to; i += step) {
      for (let j = i + 1; j <= to; j += step) {
        const run = x[j]! - x[i]!;
        least = Math.max(least, (lower[j]! - upper[i]!) / run);
        greatest = Math.min(greatest, (upper[j]! - lower[i]!) / run);
      }
    }
    const integer = (slope: number) =>
      Number.isFinite(slope * unit) ? BigInt(Math.round(slope * unit)) : null;
    if (least > greatest) return [integer(greatest), integer(least)];
    return [integer(least), integer(greatest)];
  }
}

/** The pieces at these places and two on either side. */
function neighbours(places: readonly number[], pieces: number): Set<number> {
  const near = places.flatMap((j) => [j - 2, j - 1, j, j + 1, j + 2]);
  return new Set(near.filter((j) => j >= 0 && j < pieces));
}

function largest(values: Float64Array): number {
  let size = 0;
  for (const value of values) size = Math.max(size, Math.abs(value));
  return size;
}

/** A graph with one path, for sums over given intervals. */
function chainGraph(cuts: number) {
  const nodes = cuts + 2;
  const count = cuts + 1;
  const numbers = (length: number) => Int32Array.from({ length }, (_, i) => i);
  return {
    cuts,
    levels: numbers(nodes + 1),
    gap: numbers(nodes),
    sign: new Int8Array(nodes),
    second: new Uint8Array(nodes),
    pieces: {
      count,
      from: numbers(count),
      to: numbers(count).map((i) => i + 1),
      kind: new Uint8Array(count).fill(POINT),
      at: numbers(count),
      low: numbers(count),
      high: numbers(count),
    },
    first: Int32Array.from({ length: nodes + 1 }, (_, i) => Math.min(i, count)),
    firstBefore: Int32Array.from({ length: nodes + 1 }, (_, i) => Math.max(0, i - 1)),
    before: numbers(count),
  };
}

/** The function of a pass, in the units of `units`: the problem itself or the one it mirrors. */
function fromLeft(problem: Problem, chain: WindowChain, units: Problem = problem): Base {
  const lines = Array.from({ length: chain.knots + 1 }, (_, j) => lineOfChain(problem, chain, j));
  const x = problem.inputs[0]!;
  const gap: number[] = [];
  const sign: number[] = [];
  let g = 0;
  for (let k = 0; k < chain.knots; k++) {
    const { at } = crossing(lines[k]!, lines[k + 1]!);
    while (g < problem.size - 2 && x.value(g + 1).compare(at) <= 0) g++;
    gap.push(g);
    sign.push(chain.witnesses[4 * k]!);
  }
  const steepness = slopeScale(units);
  const height = units.lower.integerScale;
  return {
    cuts: { gap, sign },
    lines: lines.map(({ slope, intercept }) => ({
      slope: slope.divide(steepness),
      intercept: intercept.divide(height),
    })),
  };
}

/** The pass over the mirror image. */
function fromRight(problem: Problem): Base {
  const { size } = problem;
  const mirrored = (column: ExactColumn, factor: bigint) =>
    ExactColumn.fromIntegers(
      Array.from({ length: size }, (_, i) => factor * column.integer(size - 1 - i)),
      column.integerScale,
    );
  const mirror = makeProblem({
    name: 'mirror image',
    inputs: [mirrored(problem.inputs[0]!, -1n)],
    labels: null,
    lower: mirrored(problem.lower, 1n),
    upper: mirrored(problem.upper, 1n),
    describeRow: (i) => `point ${size - 1 - i}`,
  });
  const { cuts, lines } = fromLeft(mirror, fewestKnotsThroughWindows(mirror), problem);
  return {
    cuts: { gap: cuts.gap.map((g) => size - 2 - g).reverse(), sign: cuts.sign.toReversed() },
    lines: lines.map(({ slope, intercept }) => ({ slope: slope.negate(), intercept })).reverse(),
  };
}
