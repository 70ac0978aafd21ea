import type { Random } from '../exact/random.js';
import type { Line } from '../problem/piecewise-linear.js';
import { type CutGraph, POINT } from './cuts.js';
import type { LineChooser, Remainder, Term } from './lines.js';
import { anyPath, facingsThatSwitch, type Path } from './path.js';
import { allStates } from './sums.js';

/** Three changes are tried from this many cuts on, on so many paths, and so many triples of pieces on each, half of them close together. */
const TRIES = { cuts: 64, paths: 8, triples: 40, nearest: 12 } as const;

/**
 * A path on which the neurons change their facing once or three times, with lines whose remainder is as wanted; null when none was found.
 * Left-facing neurons first and right-facing ones after them leave the line between as remainder; with three changes it is
 * l_i - l_j + l_k. So only one line, or three, have to fit together, however many there are: this needs no sums.
 */
export function withFewSwitches(
  graph: CutGraph,
  chooser: LineChooser,
  y: readonly bigint[],
  remainder: Exclude<Remainder, 'not negative' | 'not positive'>,
  random: Random,
): { path: Path; lines: Line[] } | null {
  const { pieces } = graph;
  const flat: number[] = [];
  for (let piece = 0; piece < pieces.count; piece++)
    if (mayVanish(graph, y, piece, remainder)) flat.push(piece);
  if (flat.length > 0) {
    const piece = flat[random.integer(0, flat.length - 1)]!;
    const path = pathThrough(graph, piece, random);
    const lines = chooser.lines(path, remainder, random);
    if (lines !== null) return { path, lines };
  }
  if (graph.cuts < TRIES.cuts) return null;
  for (let p = 0; p < TRIES.paths; p++) {
    const path = anyPath(graph, random, allStates(graph))!;
    for (let t = 0; t < TRIES.triples; t++) {
      const places = threePlaces(graph.cuts + 1, random);
      const terms = places.map((j, k): Term => ({ piece: path.pieces[j]!, factor: k === 1 ? -1 : 1 }));
      if (chooser.balance(terms, remainder, random) === null) continue;
      const switched = { pieces: path.pieces, left: facingsThatSwitch(graph.cuts, places) };
      const lines = chooser.lines(switched, remainder, random);
      if (lines !== null) return { path: switched, lines };
    }
  }
  return null;
}

/** Three different pieces of a path, in order, often close together. */
function threePlaces(count: number, random: Random): number[] {
  const reach = Math.min(count - 1, random.integer(0, 1) === 0 ? TRIES.nearest : count - 1);
  const start = random.integer(0, count - 1 - reach);
  const places = new Set<number>();
  while (places.size < Math.min(3, reach + 1)) places.add(random.integer(start, start + reach));
  return [...places].sort((a, b) => a - b);
}

/** Whether a piece may have slope 0, or be the line 0. */
function mayVanish(
  { pieces }: CutGraph,
  y: readonly bigint[],
  piece: number,
  remainder: 'constant' | 'zero',
): boolean {
  const low = pieces.low[piece]!;
  const high = pieces.high[piece]!;
  const flat = (low < 0 || y[low + 1]! <= y[low]!) && (high < 0 || y[high + 1]! >= y[high]!);
  if (!flat || remainder === 'constant') return flat;
  const i = pieces.at[piece]!;
  if (pieces.kind[piece] === POINT) return y[i] === 0n;
  return low < 0 ? y[i]! <= 0n && y[i + 1]! >= 0n : y[i]! >= 0n && y[i + 1]! <= 0n;
}

/** A path through a piece: left-facing before it, right-facing after it. */
function pathThrough(graph: CutGraph, piece: number, random: Random): Path {
  const { pieces, first, firstBefore, before, cuts } = graph;
  const leftward: number[] = [piece];
  for (let v = pieces.from[piece]!; v !== 0; v = pieces.from[leftward.at(-1)!]!)
    leftward.push(before[random.integer(firstBefore[v]!, firstBefore[v + 1]! - 1)]!);
  const chosen = leftward.reverse();
  const place = chosen.length - 1;
  while (chosen.length <= cuts) {
    const u = pieces.to[chosen.at(-1)!]!;
    chosen.push(random.integer(first[u]!, first[u + 1]! - 1));
  }
  return { pieces: Int32Array.from(chosen), left: facingsThatSwitch(cuts, [place]) };
}
