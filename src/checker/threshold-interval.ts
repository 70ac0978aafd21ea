import {
  type Bends,
  bendsOver,
  FINE_BITS,
  FineSavings,
  type Interval,
  type Run,
  savingsAtEnds,
  UNIT_BITS,
} from './savings.js';

/** Unit of the first look, 2^-44: doubles hold integers below 2^53 exactly, so that their sums have no rounding. */
const COARSE_BITS = 44;
const COARSE_UNITS = 2 ** COARSE_BITS;
const COARSE_LIMIT = 2 ** 53;
/** Bits of a coarse unit to which bends are known from doubles. */
const PART_BITS = 100;
/** Far above everything that occurs, in units of 2^-UNIT_BITS. */
const FAR = 1n << 1000n;

/**
 * run, interval, offset of the tile 1 of the reference (odd L) -> every tiling that is not sparsest costs more than the reference, for
 * every p of the interval.
 *
 * The difference D(p) of the two costs is what the reference saves less what the tiling saves. It is at least its chord minus
 * (to - from)^2 / 8 max(0, max D''): positive on the interval when the chord is positive at both ends, with and without the bends.
 * First all pairs are looked at in doubles; where that is not enough, in BigInts those on which the doubtful tiling and the reference differ.
 *
 * @param offset null: one that is cheap at the right end, as far as doubles can tell
 */
export function sparsestWins(run: Run, interval: Interval, offset: number | null): boolean {
  const points = run.changes.length;
  const ends = savingsAtEnds(run, interval);
  const bends = inCoarseUnits(bendsOver(...ends, interval));
  // Both forms in use lie between 0 and 1.
  const coarse = ends.map(({ value, error }) => ({
    lower: value.map((s, k) => Math.max(0, Math.floor((s - error[k]!) * COARSE_UNITS))),
    upper: value.map((s, k) => Math.min(COARSE_UNITS, Math.ceil((s + error[k]!) * COARSE_UNITS))),
  }));
  const single = points % 2 === 0 ? points : (offset ?? cheapOffset(coarse[1]!.lower));
  const fine = new FineSavings(run, interval);
  return ([1, 0] as const).every((side) =>
    [bends, null].every((bent) => {
      const { lower, upper } = coarse[side]!;
      const given = bent === null ? lower : lower.map((value, k) => value - Math.ceil(bent.upper[k]!));
      const taken = bent === null ? upper : upper.map((value, k) => value - Math.floor(bent.lower[k]!));
      const { excess, largest } = leastExcess(given, taken, single, 0, Infinity);
      if (excess > 0 && largest < COARSE_LIMIT) return true;
      return winsFinely(fine, side, bent, given, taken, single);
    }),
  );
}

/** In units of 2^-COARSE_BITS. */
function inCoarseUnits({ lower, upper }: Bends): Bends {
  return { lower: lower.map((bend) => bend * COARSE_UNITS), upper: upper.map((bend) => bend * COARSE_UNITS) };
}

/** The even offset whose sparsest tiling saves most. */
function cheapOffset(savings: Float64Array): number {
  let [best, most, sum] = [0, 0, 0];
  for (let k = 2; k <= savings.length; k += 2) {
    sum += savings[k - 2]! - savings[k - 1]!;
    if (sum > most) [best, most] = [k, sum];
  }
  return best;
}

/** The same for one end, with sharp bounds for more and more pairs: those on which the doubtful tiling and the reference differ. */
function winsFinely(
  fine: FineSavings,
  end: 0 | 1,
  bends: Bends | null,
  coarseGiven: Float64Array,
  coarseTaken: Float64Array,
  single: number,
): boolean {
  const inUnits = (value: number) => BigInt(value) << BigInt(UNIT_BITS - COARSE_BITS);
  /** Of a coarse unit. */
  const partsOf = (value: number, round: (value: number) => number) =>
    BigInt(round(value * 2 ** PART_BITS)) << BigInt(UNIT_BITS - COARSE_BITS - PART_BITS);
  const given = Array.from(coarseGiven, (value) => (value === -Infinity ? -FAR : inUnits(value)));
  const taken = Array.from(coarseTaken, inUnits);
  const looks = new Uint8Array(given.length);
  const [zero, far] = asNumbers([0n, FAR * FAR]);
  for (;;) {
    const worst = leastExcess(asNumbers(given), asNumbers(taken), single, zero!, far!);
    if (worst.excess > 0) return true;
    let news = false;
    for (const k of worst.differing()) {
      const look = looks[k]!;
      looks[k] = Math.min(look + 1, FINE_BITS.length);
      const bits = FINE_BITS[look];
      if (bits === undefined) continue;
      news = true;
      const [lower, upper] = fine.value(k, end, bits);
      // The first look takes the bends as they were: mostly they do not matter.
      const [least, largest] =
        bends === null
          ? [0n, 0n]
          : look === 0 && bends.upper[k]! < Infinity
            ? [partsOf(bends.lower[k]!, Math.floor), partsOf(bends.upper[k]!, Math.ceil)]
            : fine.bend(k, bits);
      given[k] = lower - largest;
      taken[k] = upper - least;
    }
    if (!news) return false;
  }
}

/** BigInts add, subtract and compare as numbers do: `leastExcess` is written once for both. */
function asNumbers(values: readonly bigint[]): readonly number[] {
  return values as readonly unknown[] as readonly number[];
}

/**
 * given, taken (bounds on what pairs save) -> the least of (cost of a tiling that is not sparsest) - (cost of the reference), from below; common
 * pairs cancel.
 *
 * Without neighbouring tiles 1 a tiling is not sparsest exactly when some tile 1 begins at an odd position: tiles 1 alternate
 * between even and odd positions, and a sparsest tiling has at most one, an even one. State = 2 * (seen one) + (last tile is a 2). The
 * reference has tiles 2 at even positions before `single` and at odd ones after it, and gives up each at the boundary where it ends.
 *
 * @param far stands for states that no tiling reaches
 */
function leastExcess(
  given: ArrayLike<number>,
  taken: ArrayLike<number>,
  single: number,
  zero: number,
  far: number,
) {
  const points = given.length + 1;
  const inReference = (k: number) => k >= 0 && k + 1 < points && (k % 2 === 0 ? k < single : k > single);
  // What it costs to be at boundaries k, k + 1 and k + 2 in each state, and where that came from.
  let here = [far, zero, far, far];
  let next = [far, far, far, far];
  const cameFrom = new Uint8Array(4 * (points + 2));
  let largest = zero;
  for (let k = 0; k < points; k++) {
    const paid = inReference(k - 1) ? given[k - 1]! : zero;
    const odd = k % 2 === 1;
    // Tile 1, after a tile 2 only.
    const fromPlain = odd && here[1]! < here[3]!;
    next[2] = (fromPlain ? here[1]! : here[3]!) + paid;
    cameFrom[4 * k + 6] = fromPlain ? 1 : 3;
    next[0] = odd ? far : here[1]! + paid;
    cameFrom[4 * k + 4] = 1;
    // Tile 2, after either.
    const two = k + 1 === points ? far : inReference(k) ? zero : paid - taken[k]!;
    const [plain, denser] = [here[0]! < here[1]! ? 0 : 1, here[2]! < here[3]! ? 2 : 3];
    cameFrom[4 * k + 9] = plain;
    cameFrom[4 * k + 11] = denser;
    const after = [far, here[plain]! + two, far, here[denser]! + two];
    for (const value of here) {
      if (value > largest && value < far) largest = value;
      else if (-value > largest) largest = -value;
    }
    [here, next] = [next, after];
  }
  const last = here[2]! < here[3]! ? 2 : 3;
  /** The pairs that the tiling of least excess and the reference do not share. */
  const differing = (): number[] => {
    const own = new Uint8Array(points);
    for (let k = points, state = last; k > 0; ) {
      const before = cameFrom[4 * k + state]!;
      k -= 1 + (state & 1);
      if ((state & 1) === 1) own[k] = 1;
      state = before;
    }
    return Array.from(own.keys()).filter((k) => (own[k] === 1) !== inReference(k));
  };
  return { excess: here[last]!, largest, differing };
}
