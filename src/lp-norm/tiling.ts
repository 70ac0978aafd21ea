import type { Vertex } from '../knots/family.js';

/**
 * The vertices of S on one run, seen as tilings.
 *
 * A run of L points has the slopes sigma_0 .. sigma_L and the differences e_t = |sigma_{t+1} - sigma_t|, t < L. A vertex
 * uses sigma_0, sigma_L and some of the slopes between, never leaving out two neighbours. From one used slope to the next is a
 * tile: tile 1 at t is a knot on point t with slope change e_t, tile 2 at t (sigma_{t+1} is left out) a knot between the
 * points t and t + 1 with slope change e_t + e_{t+1}. So a vertex is a tiling of 0 .. L by tiles of length 1 and 2,
 * and words that give the same function give the same tiling. For L = 4:
 *
 *     0   1   2   3   4
 *     |=======|=======|     word 10: two knots, e_0 + e_1 and e_2 + e_3, the sparsest
 *     |---|=======|---|     three knots: e_0, e_1 + e_2, e_3
 *
 * Two neighbouring tiles 1 are never optimal for p < 1: (a + b)^p < a^p + b^p, so one tile 2 is cheaper (and it stays so
 * for the limit h_c(1) = c ln c, which is strictly superadditive). Without them, tiles 1 alternate between even and odd
 * positions, with at least one tile 2 between: a tiling with k tiles 1 has L = k mod 2 and L >= 3k - 2. The sparsest tilings have k = 0
 * (L even) or k = 1 (L odd); every other has k >= 2 or k >= 3. Hence only runs of L = 4 and L >= 6 points have minimisers that are
 * not sparsest: for L = 2 there is no k = 2, for L = 1, 3, 5 no k = 3.
 *
 * Layout: `starts` lists where the tiles begin, in order; a tile ends where the next begins, the last one at L.
 */
export type Tiling = Int32Array;

/** True when some vertex of a run of that many points can be optimal without being sparsest (see above). */
export function canBeDenser(points: number): boolean {
  return points === 4 || points >= 6;
}

/** Number of tiles of a sparsest tiling. */
export function sparsestTiles(points: number): number {
  return (points + 1) >> 1;
}

/** The sparsest tiling with its tile 1 at the even offset `single` (ignored when the number of points is even). */
export function sparsestTiling(points: number, single: number): Tiling {
  const starts = new Int32Array(sparsestTiles(points));
  for (let k = 0; k < starts.length; k++) starts[k] = points % 2 === 0 || 2 * k <= single ? 2 * k : 2 * k - 1;
  return starts;
}

/** The tiling of a vertex's word on the run at `first`: the tiles between the slopes it uses. */
export function tilingOfVertex(side: Vertex, first: number, points: number): Tiling {
  const starts: number[] = [];
  let slope = 0;
  for (let j = 0; j < points; j++) {
    const used = j === points - 1 ? points : j === 0 ? 0 : j + side[first + j]!;
    if (used > slope) starts.push(slope);
    slope = Math.max(slope, used);
  }
  return Int32Array.from(starts);
}

/** Writes the word of a tiling without neighbouring tiles 1 into a vertex (the run's last side is already 1). */
export function setTiling(side: Vertex, first: number, points: number, starts: Tiling): void {
  for (let j = 1; j < points - 1; j++) side[first + j] = 0;
  for (let k = 0; k < starts.length; k++) {
    const start = starts[k]!;
    const end = k + 1 < starts.length ? starts[k + 1]! : points;
    // Tile 2 leaves out slope start + 1: the point before it takes the slope on its left, the point after it the one on
    // its right.
    if (end - start === 2 && start + 1 < points - 1) side[first + start + 1] = 1;
  }
}

/** A tile that exactly one of two tilings has. */
export interface DifferingTile {
  readonly start: number;
  readonly length: 1 | 2;
  /** 1 when the first tiling has it, -1 when the second has it. */
  readonly factor: 1 | -1;
}

/** The tiles that exactly one of two tilings of a run has, from left to right. */
export function differingTiles(a: Tiling, b: Tiling, points: number): DifferingTile[] {
  const tiles: DifferingTile[] = [];
  const add = (tiling: Tiling, i: number, factor: 1 | -1) => {
    const start = tiling[i]!;
    tiles.push({ start, length: lengthOfTile(tiling, i, points), factor });
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [startA, startB] = [a[i] ?? points, b[j] ?? points];
    if (startA === startB && lengthOfTile(a, i, points) === lengthOfTile(b, j, points)) {
      i++;
      j++;
    } else if (startA <= startB) add(a, i++, 1);
    else add(b, j++, -1);
  }
  return tiles;
}

/** Length of the i-th tile. */
export function lengthOfTile(starts: Tiling, i: number, points: number): 1 | 2 {
  return ((starts[i + 1] ?? points) - starts[i]!) as 1 | 2;
}

/** "1221": the lengths of the tiles from left to right. */
export function tileLengths(starts: Tiling, points: number): string {
  return Array.from(starts, (_, i) => lengthOfTile(starts, i, points)).join('');
}

/** A tile 2 that exactly one of two tilings has. */
export interface DifferingPair {
  readonly start: number;
  /** 1 when the first tiling has it, -1 when the second has it. */
  readonly factor: 1 | -1;
}

export function differingPairs(a: Tiling, b: Tiling, points: number): DifferingPair[] {
  return differingTiles(a, b, points)
    .filter(({ length }) => length === 2)
    .map(({ start, factor }) => ({ start, factor }));
}
