import type { ThresholdSeveralClaim } from '../certificate/threshold-several.js';
import { bitLength, lcm } from '../exact/bigint.js';
import { logarithm, power, powerSecant } from '../exact/enclosure.js';
import { larger, smaller } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { NeuronRays } from './neuron-rays.js';
import { guard } from './verdict.js';

/** Most choices of rays that are gone through, and the precisions at which costs are compared. */
export const SEVERAL_CHECK = { choices: 4_000_000, bits: [96, 192, 384] } as const;

/** Pieces of (0, 1] on which vertices are compared while they are gone through. */
const PIECES = 16;

/** Sizes of numbers beyond which doubles are not trusted. */
const LARGEST = 2 ** 300;

/** Far more than the rounding of a cost in doubles: entries to 2^-49, powers by square roots and products to 2^-46, sums to 2^-44. */
const ROUNDING = 1e-12;

/**
 * breakpoints -> bracket of p*. Goes through all vertices itself: every minimiser for 0 < p < 1 is one (FORMAT-SEVERAL.md), so it suffices that on
 * every interval below `lower` no vertex with more than the fewest entries is cheapest, and that at `upper` one is.
 */
export function* checkThresholdSeveral(
  problem: Problem,
  { proof, network, function: values, pieces }: Statement,
  { skip, lower: from, upper: to }: ThresholdSeveralClaim,
): Generator<number, string, void> {
  guard(
    network === undefined && values === undefined && pieces === undefined,
    'claim-network',
    () => 'a claim about p* has no network',
  );
  guard(proof.kind === 'threshold-several', 'claim-proof', () => `proof ${proof.kind} bounds no p*`);
  const { breakpoints } = proof;
  guard(problem.exact, 'threshold-several-problem', () => 'p* is about exact labels');
  const [lower, upper, ...rest] = [from, to, ...breakpoints].map((text) => {
    guard(text.length <= 400, 'threshold-several-claim', () => `a number of ${text.length} characters`);
    return Rational.parse(text);
  }) as [Rational, Rational, ...Rational[]];
  guard(
    lower.sign() >= 0 && !upper.lessThan(lower) && !Rational.one.lessThan(upper),
    'threshold-several-claim',
    () => `bracket [${lower}, ${upper}], expected 0 <= lower <= upper <= 1`,
  );
  guard(
    rest.length > 0 &&
      rest[0]!.isZero() &&
      rest.every((b, i) => i === 0 || rest[i - 1]!.lessThan(b)) &&
      rest.at(-1)!.equals(lower),
    'threshold-several-breakpoints',
    () => `expected 0 = b_0 < b_1 < .. = ${lower}`,
  );
  const { fewest, vertices } = yield* verticesThatMatter(problem, skip);
  const dense = vertices.filter((entries) => entries.length > fewest);
  for (let i = 1; i < rest.length; i++) {
    const [a, b] = [rest[i - 1]!, rest[i]!];
    yield i / rest.length;
    const order = cheapestFirst(vertices, a, b);
    for (const own of dense) {
      guard(
        order.some((other) => other !== own && isCheaperOn(other, own, a, b)),
        'threshold-several-interval',
        () =>
          `between ${a} and ${b} a network with ${own.length} entries may be cheapest, ${fewest} are the fewest`,
      );
    }
  }
  if (upper.lessThan(Rational.one)) {
    guard(
      dense.some((own) => vertices.every((other) => other.length > fewest || isCheaperAt(own, other, upper))),
      'threshold-several-crossing',
      () => `at p = ${upper} no network with more entries is strictly cheaper than all with ${fewest}`,
    );
  }
  return `for networks with skip ${skip}, p* lies in [${lower}, ${upper}]: for every p > 0 below it each l^p minimiser has ${fewest} ${problem.dimension === 1 ? 'neurons with a slope' : 'parameters'}, the fewest`;
}

/** Absolute values of the nonzero penalised entries of a network, increasing. */
type Entries = readonly Rational[];

/** The fewest entries of all vertices, and the entries of those that are not dearer than some other vertex for all p. */
function* verticesThatMatter(
  problem: Problem,
  skip: ThresholdSeveralClaim['skip'],
): Generator<number, { fewest: number; vertices: Entries[] }, void> {
  const walk = new VertexWalk(problem, skip);
  const ceiling = new Float64Array(PIECES).fill(Number.POSITIVE_INFINITY);
  let fewest = Number.POSITIVE_INFINITY;
  let kept: { entries: Entries; least: Float64Array }[] = [];
  const matters = ({ least }: { least: Float64Array }): boolean =>
    least.some((value, m) => value * (1 - ROUNDING) <= ceiling[m]!);
  let limit = 4096;
  yield* walk.run((entries, exact) => {
    fewest = Math.min(fewest, entries.length);
    const least = new Float64Array(PIECES);
    const most = new Float64Array(PIECES);
    for (const entry of entries) {
      let root = entry;
      for (let k = PIECES; k > 1; k >>= 1) root = Math.sqrt(root);
      let a = 1;
      for (let m = 0; m < PIECES; m++) {
        const b = a * root;
        least[m]! += Math.min(a, b);
        most[m]! += Math.max(a, b);
        a = b;
      }
    }
    for (let m = 0; m < PIECES; m++) ceiling[m] = Math.min(ceiling[m]!, most[m]! * (1 + ROUNDING));
    if (!matters({ least })) return;
    kept.push({ entries: exact(), least });
    if (kept.length <= limit) return;
    kept = kept.filter(matters);
    limit = Math.max(4096, 2 * kept.length);
  });
  const distinct = new Map(kept.filter(matters).map(({ entries }) => [entries.join(), entries]));
  return { fewest, vertices: [...distinct.values()] };
}

/**
 * All networks of independent rays through the labels, each with its rays put together in every way that cannot go further. Depth first;
 * fraction-free elimination writes the rays still to come and the labels in those chosen.
 */
class VertexWalk {
  private readonly rays: NeuronRays;
  private readonly entries: readonly Float64Array[];
  private readonly live: number[];
  private readonly columns: (readonly bigint[])[];
  private readonly scale: bigint;
  private readonly rows: number;

  constructor(problem: Problem, skip: ThresholdSeveralClaim['skip']) {
    const { inputs, size, dimension, lower } = problem;
    const penalised = dimension === 1 ? 1 : dimension + 1;
    this.rays = new NeuronRays(problem, penalised, Rational.one);
    this.entries = roughEntries(this.rays);
    const points = Array.from({ length: size }, (_, n) => [...inputs.map((column) => column.integer(n)), 1n]);
    const activations = this.rays.vectors.map((vector) =>
      points.map((point) => {
        const value = point.reduce((sum, x, i) => sum + x * vector[i]!, 0n);
        return value > 0n ? value : 0n;
      }),
    );
    this.live = this.rays.everywhere.rays.filter((r) => activations[r]!.some((value) => value > 0n));
    this.scale = Array.from({ length: size }, (_, n) => lower.value(n)).reduce(
      (m, value) => lcm(m, value.denominator),
      1n,
    );
    const labels = Array.from({ length: size }, (_, n) => {
      const value = lower.value(n);
      return value.numerator * (this.scale / value.denominator);
    });
    // Free columns are eliminated first; the rows of their pivots then say nothing about neurons.
    const free =
      skip === 'affine'
        ? points[0]!.map((_, i) => points.map((point) => point[i]!))
        : skip === 'bias' || dimension === 1
          ? [points.map(() => 1n)]
          : [];
    let table: (readonly bigint[])[] = [...free, ...this.live.map((r) => activations[r]!), labels];
    const kept = new Set(points.keys());
    for (let f = 0; f < free.length; f++) {
      const column = table[f]!;
      const row = [...kept].find((n) => column[n] !== 0n);
      if (row === undefined) continue;
      kept.delete(row);
      table = table.map((other, k) =>
        k === f
          ? other
          : other.map((value, n) => (n === row ? 0n : value * column[row]! - other[row]! * column[n]!)),
      );
      table[f] = column;
    }
    // A common factor of the labels' and the rays' columns changes no coefficient.
    this.columns = table.slice(free.length).map((column) => [...kept].map((n) => column[n]!));
    this.rows = kept.size;
    let choices = 1;
    for (let i = 0; i < this.rows; i++) choices = (choices * (this.live.length - i)) / (i + 1);
    guard(
      choices <= SEVERAL_CHECK.choices,
      'threshold-several-problem',
      () => `${Math.round(choices)} choices of rays, at most ${SEVERAL_CHECK.choices} are gone through`,
    );
  }

  *run(visit: (entries: number[], exact: () => Entries) => void): Generator<number, void, void> {
    const { columns, live, rows } = this;
    const chosen: number[] = [];
    const pivots: number[] = [];
    const emit = (numerators: readonly bigint[], denominator: bigint): void => {
      if (!numerators.includes(0n))
        this.emit(
          chosen.map((j) => live[j]!),
          numerators,
          denominator * this.scale,
          visit,
        );
    };
    function* descend(
      from: number,
      table: readonly (readonly bigint[])[],
      denominator: bigint,
    ): Generator<number, void, void> {
      const labels = table[live.length]!;
      const open = labels.findIndex((value, i) => value !== 0n && !pivots.includes(i));
      if (open < 0)
        return emit(
          pivots.map((i) => labels[i]!),
          denominator,
        );
      yield 0;
      const last = chosen.length === rows - 1;
      for (let j = from; j < live.length; j++) {
        const column = table[j]!;
        const row = last ? open : column.findIndex((value, i) => value !== 0n && !pivots.includes(i));
        if (row < 0 || column[row] === 0n) continue;
        const pivot = column[row]!;
        const eliminated = (other: readonly bigint[]): bigint[] =>
          other.map((value, i) =>
            i === row ? value : (value * pivot - column[i]! * other[row]!) / denominator,
          );
        chosen.push(j);
        if (last) {
          const own = eliminated(labels);
          emit([...pivots.map((i) => own[i]!), own[row]!], pivot);
        } else {
          pivots.push(row);
          yield* descend(
            j + 1,
            table.map((other, k) => (k <= j ? other : eliminated(other))),
            pivot,
          );
          pivots.pop();
        }
        chosen.pop();
      }
    }
    yield* descend(0, columns, 1n);
  }

  /** factors of rays -> every way to put rays of one sign in one closed cone together that cannot go further. */
  private emit(
    chosen: readonly number[],
    numerators: readonly bigint[],
    denominator: bigint,
    visit: (entries: number[], exact: () => Entries) => void,
  ): void {
    const factors = numerators.map((value) => Rational.of(value, denominator));
    const sizes = factors.map(double);
    guard(
      sizes.every(isPlain),
      'threshold-several-problem',
      () => 'the numbers are too far apart to be compared as doubles',
    );
    const together = (a: number, b: number): boolean =>
      factors[a]!.sign() === factors[b]!.sign() && this.inOneCone(chosen[a]!, chosen[b]!);
    const place = (next: number, groups: readonly (readonly number[])[]): void => {
      if (next < chosen.length) {
        groups.forEach((group, g) => {
          if (group.every((own) => together(own, next)))
            place(
              next + 1,
              groups.map((own, k) => (k === g ? [...own, next] : own)),
            );
        });
        place(next + 1, [...groups, [next]]);
        return;
      }
      const further = groups.some((a, i) =>
        groups.some((b, k) => k > i && a.every((u) => b.every((v) => together(u, v)))),
      );
      if (further) return;
      // Entries of one neuron have one sign in each coordinate, so absolute values add up.
      const exact = (): Entries =>
        groups
          .flatMap((group) => this.weights(group.map((k) => [chosen[k]!, factors[k]!.abs()] as const)))
          .sort((a, b) => a.compare(b));
      const rough = groups.flatMap((group) =>
        this.roughWeights(group.map((k) => [chosen[k]!, sizes[k]!] as const)),
      );
      visit(rough, exact);
    };
    place(0, []);
  }

  /** No hyperplane of the arrangement has the two rays strictly on different sides. */
  private inOneCone(r: number, s: number): boolean {
    const [a, b] = [this.rays.signs[r]!, this.rays.signs[s]!];
    return a.every((side, h) => side * b[h]! >= 0);
  }

  /** Absolute values of the nonzero penalised entries of a sum of rays of one cone. */
  private weights(terms: readonly (readonly [ray: number, factor: Rational])[]): Rational[] {
    const { vectors, units, penalised } = this.rays;
    const sums = units
      .slice(0, penalised)
      .map((unit, i) =>
        terms
          .reduce(
            (sum, [r, factor]) => sum.add(factor.multiply(Rational.of(vectors[r]![i]!)).abs()),
            Rational.zero,
          )
          .divide(unit),
      );
    return sums.filter((value) => !value.isZero());
  }

  /** The same in doubles, each within a few units in the last place. */
  private roughWeights(terms: readonly (readonly [ray: number, factor: number])[]): number[] {
    const sums = Array.from({ length: this.rays.penalised }, (_, i) =>
      terms.reduce((sum, [r, factor]) => sum + factor * this.entries[r]![i]!, 0),
    );
    return sums.filter((value) => value !== 0);
  }
}

/** Absolute values of the penalised entries of rays as doubles. */
function roughEntries({ vectors, units, penalised }: NeuronRays): Float64Array[] {
  return vectors.map((vector) =>
    Float64Array.from({ length: penalised }, (_, i) => {
      const entry = Rational.of(vector[i]!).divide(units[i]!).abs().toNumber();
      guard(
        vector[i] === 0n || isPlain(entry),
        'threshold-several-problem',
        () => 'the numbers are too far apart to be compared as doubles',
      );
      return entry;
    }),
  );
}

/** Far from the ends of the range of doubles. */
function isPlain(value: number): boolean {
  return value > 1 / LARGEST && value < LARGEST;
}

/** |value| within two units in the last place. */
function double({ numerator, denominator }: Rational): number {
  const n = numerator < 0n ? -numerator : numerator;
  if (bitLength(n) < 1000 && bitLength(denominator) < 1000) return Number(n) / Number(denominator);
  return Math.abs(Rational.of(n, denominator).toNumber());
}

/** The vertices that are cheapest in the middle of an interval: the likely ones to beat all others there. */
function cheapestFirst(vertices: readonly Entries[], a: Rational, b: Rational): Entries[] {
  const p = (a.toNumber() + b.toNumber()) / 2;
  const cost = (entries: Entries): number => entries.reduce((sum, c) => sum + c.toNumber() ** p, 0);
  return [...vertices].sort((x, y) => cost(x) - cost(y));
}

function isCheaperAt(cheap: Entries, dear: Entries, p: Rational): boolean {
  return SEVERAL_CHECK.bits.some((bits) => {
    const upper = cheap.reduce((sum, c) => sum + power(c, p, bits).upper, 0n);
    return upper < dear.reduce((sum, c) => sum + power(c, p, bits).lower, 0n);
  });
}

/**
 * Whether D(p) = cost(dear) - cost(cheap) > 0 for all p in [a, b], p < 1: D is at least its chord minus (b - a)^2 / 8 max D'', D'' = sum +-c^p ln^2 c. With
 * b = 1 and equal sums of entries, D / (1 - p) is a difference of sums of h_c(p) = (c - c^p) / (1 - p), which increases in p.
 */
function isCheaperOn(cheap: Entries, dear: Entries, a: Rational, b: Rational): boolean {
  const sum = (entries: Entries): Rational => entries.reduce((total, c) => total.add(c), Rational.zero);
  if (b.equals(Rational.one) && sum(cheap).equals(sum(dear))) {
    return SEVERAL_CHECK.bits.some((bits) => {
      const gain = cheap.reduce((total, c) => total + powerSecant(c, a, b, bits).lower, 0n);
      return gain > dear.reduce((total, c) => total + powerSecant(c, b, b, bits).upper, 0n);
    });
  }
  const length = b.subtract(a);
  const square = length.multiply(length);
  return SEVERAL_CHECK.bits.some((bits) => {
    const shift = BigInt(2 * bits);
    const ends = [0n, 0n];
    let bend = 0n;
    const add = (c: Rational, isDear: boolean): void => {
      const powers = [power(c, a, bits), power(c, b, bits)];
      powers.forEach(({ lower, upper }, e) => {
        ends[e]! += isDear ? lower : -upper;
      });
      const { lower, upper } = logarithm(c, bits);
      const [least, most] =
        lower * lower < upper * upper ? [lower * lower, upper * upper] : [upper * upper, lower * lower];
      const values = powers.map((own) => (isDear ? own.upper : own.lower));
      if (isDear) bend += ((values.reduce(larger) * most) >> shift) + 1n;
      else if (lower > 0n || upper < 0n) bend -= (values.reduce(smaller) * least) >> shift;
    };
    for (const c of dear) add(c, true);
    for (const c of cheap) add(c, false);
    const sag = bend > 0n ? (bend * square.numerator) / (8n * square.denominator) + 1n : 0n;
    return ends[0]! > sag && ends[1]! > sag;
  });
}
