import type { DirectionProof, VertexClaim } from '../certificate/vertex.js';
import { lcm, sign } from '../exact/bigint.js';
import { rank } from '../exact/elimination.js';
import { ModularRows, PRIMES, residueOf } from '../exact/modular.js';
import { Rational } from '../exact/rational.js';
import { modelHash } from '../problem/canonical.js';
import { isDead, type Neuron, skipOf } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { networkValues } from './network.js';
import { guard } from './verdict.js';

/** Most entries of the matrix of conditions whose rank is computed: without a limit a forger could keep the checker busy. */
const MOST_ENTRIES = 2 ** 26;

/** model, direction or rank -> whether the model is a vertex. */
export function checkVertex(problem: Problem, statement: Statement, claim: VertexClaim): string {
  const { proof, model, network, pieces, function: values } = statement;
  const { sha256, skip, holds } = claim;
  guard(
    network === undefined && pieces === undefined && values === undefined,
    'claim-network',
    () => 'a claim about a vertex has a model and no network',
  );
  guard(
    model !== undefined && model.inputDimension === problem.dimension,
    'vertex-model',
    () => `the claim comes with a model of ${problem.dimension} inputs`,
  );
  const own = skipOf(model);
  guard(
    skip === 'affine' || own === 'none' || own === skip,
    'vertex-skip',
    () => `the claim is about skip ${skip}, the model has skip ${own}`,
  );
  const hash = modelHash(model);
  guard(sha256 === hash, 'vertex-hash', () => `the claim is about ${sha256}, the model is ${hash}`);
  const fits = proof.kind === (holds ? 'full-rank' : proof.kind === 'counting' ? 'counting' : 'direction');
  guard(
    fits,
    'claim-proof',
    () => `proof ${proof.kind} does not show that it is ${holds ? 'a' : 'no'} vertex`,
  );
  const conditions = new Conditions(problem, model.neurons, skip, heldPoints(problem, statement));
  const about = `the model ${hash.slice(0, 12)}`;
  if (proof.kind === 'full-rank') {
    checkRank(conditions, proof.prime);
    return `${about} is a vertex: no direction keeps its outputs on the data`;
  }
  if (proof.kind === 'direction') checkDirection(conditions, proof);
  else {
    guard(
      conditions.products > conditions.count,
      'vertex-counting',
      () => `${conditions.products} nonzero products are not more than ${conditions.count} conditions`,
    );
  }
  return `${about} is no vertex, so it is no minimiser of the l^p path norm for any 0 < p < 1: weights change at a smaller cost while its outputs on the data stay`;
}

/** The points at which the output must stay: not those strictly inside their window. */
function heldPoints(problem: Problem, { model }: Statement): number[] {
  const { lower, upper, size } = problem;
  const all = Array.from({ length: size }, (_, n) => n);
  if (problem.exact) return all;
  const { common, at } = networkValues(problem, model!);
  const { numerator, denominator } = lower.integerScale;
  const unit = numerator * common;
  return all.filter((n) => {
    const value = at(n) * denominator;
    return value <= lower.integer(n) * unit || value >= upper.integer(n) * unit;
  });
}

/** A neuron v (w . x + b)+ that is not dead. */
interface Part {
  /** Its number in the model. */
  readonly k: number;
  readonly sign: bigint;
  /** Entries i = 0 .. d, the bias last: changed at a cost, changed for free, or not to be changed. */
  readonly entries: readonly ('product' | 'free' | 'none')[];
  /** Signs of w . x_n + b at the held points. */
  readonly signs: readonly number[];
}

/** What a direction must fulfil. With one input the cost is that of eq. (2), which leaves biases free, else of eq. (8). */
class Conditions {
  readonly parts: readonly Part[];
  /** Of the skip, i = 0 .. d. */
  readonly skip: readonly boolean[];
  readonly dimension: number;

  constructor(
    problem: Problem,
    neurons: readonly Neuron[],
    skip: VertexClaim['skip'],
    private readonly held: readonly number[],
  ) {
    const { inputs, dimension } = problem;
    this.dimension = dimension;
    this.units = [...inputs.map((column) => column.integerScale), Rational.one];
    this.points = held.map((n) => [...inputs.map((column) => column.integer(n)), 1n]);
    this.skip = this.units.map((_, i) => skip === 'affine' || (skip === 'bias' && i === dimension));
    this.parts = neurons.flatMap((neuron, k): Part[] => {
      if (isDead(neuron)) return [];
      const weights = [...neuron.inputWeights, neuron.bias];
      const form = this.integers(weights).integers;
      return [
        {
          k,
          sign: BigInt(neuron.outputWeight.sign()),
          entries: weights.map((weight, i) => {
            if (dimension === 1 && i === 1) return 'free';
            return weight.isZero() ? 'none' : 'product';
          }),
          signs: this.points.map((point) => sign(product(form, point))),
        },
      ];
    });
  }

  /** Held points (x_n, 1) in integers, entry i in units of units[i]. */
  readonly points: readonly (readonly bigint[])[];
  private readonly units: readonly Rational[];

  /** Entries of w over a common denominator, in the integer units of the inputs. */
  integers(w: readonly Rational[]): { readonly integers: bigint[]; readonly denominator: bigint } {
    const scaled = w.map((value, i) => value.multiply(this.units[i]!));
    const denominator = scaled.reduce((common, value) => lcm(common, value.denominator), 1n);
    return {
      integers: scaled.map((value) => value.numerator * (denominator / value.denominator)),
      denominator,
    };
  }

  /** |S|. */
  get products(): number {
    return this.parts.reduce((sum, { entries }) => sum + entries.filter((e) => e === 'product').length, 0);
  }

  /** Held points, and those of them on the hyperplane of each neuron. */
  get count(): number {
    return this.parts.reduce(
      (sum, { signs }) => sum + signs.filter((s) => s === 0).length,
      this.points.length,
    );
  }

  /** The name of held point number j. */
  name(j: number): number {
    return this.held[j]!;
  }
}

function product(a: readonly bigint[], b: readonly bigint[]): bigint {
  return a.reduce((sum, value, i) => (value === 0n ? sum : sum + value * b[i]!), 0n);
}

/** direction -> outputs stay at all held points, some product changes: one of the two ways along it costs less. */
function checkDirection(conditions: Conditions, { neurons, skip }: DirectionProof): void {
  const { parts, points, dimension } = conditions;
  const rule = 'vertex-direction';
  const places = new Map(parts.map((part, place) => [part.k, place]));
  let last = -1;
  let moves = false;
  // Changes of several neurons over one denominator: sums of integers.
  const terms: { readonly part: Part | null; readonly integers: bigint[]; readonly denominator: bigint }[] =
    [];
  for (const [k, ...texts] of neurons) {
    const place = places.get(k);
    guard(
      place !== undefined && k > last,
      rule,
      () => `neuron ${k}: expected neurons that are not dead, each once and in order`,
    );
    last = k;
    const part = parts[place]!;
    const change = numbers(texts, dimension);
    change.forEach((value, i) => {
      guard(
        value.isZero() || part.entries[i] !== 'none',
        rule,
        () => `neuron ${k}: weight ${i} is 0, and a change of it costs`,
      );
      if (!value.isZero() && part.entries[i] === 'product') moves = true;
    });
    terms.push({ part, ...conditions.integers(change) });
  }
  if (skip !== undefined) {
    const change = numbers(skip, dimension);
    guard(
      change.every((value, i) => value.isZero() || conditions.skip[i]!),
      rule,
      () => 'the skip of the claim does not have the weights that change',
    );
    terms.push({ part: null, ...conditions.integers(change) });
  }
  guard(moves, rule, () => 'no product changes');
  const common = terms.reduce((d, { denominator }) => lcm(d, denominator), 1n);
  points.forEach((point, j) => {
    let sum = 0n;
    for (const { part, integers, denominator } of terms) {
      const sign = part === null ? 1 : part.signs[j]!;
      if (sign < 0) continue;
      const value = product(integers, point);
      guard(
        sign > 0 || value === 0n,
        rule,
        () => `point ${conditions.name(j)} leaves the hyperplane of neuron ${part!.k}`,
      );
      sum += (part?.sign ?? 1n) * value * (common / denominator);
    }
    guard(sum === 0n, rule, () => `the output changes at point ${conditions.name(j)}`);
  });
}

function numbers(texts: readonly string[], dimension: number): Rational[] {
  guard(
    texts.length === dimension + 1,
    'vertex-direction',
    () => `${texts.length} numbers, expected ${dimension} weights and a bias`,
  );
  return texts.map(Rational.parse);
}

/** prime -> the columns of products are independent of each other and of the free ones. */
function checkRank(conditions: Conditions, prime: number): void {
  const { parts, points, products, count } = conditions;
  guard(
    (PRIMES as readonly number[]).includes(prime),
    'vertex-prime',
    () => `${prime}: expected one of ${PRIMES.join(', ')}`,
  );
  // Columns: the free ones first, part by part and then the skip; behind them the products.
  const free: { readonly part: Part | null; readonly i: number }[] = [];
  const counted: { readonly part: Part; readonly i: number }[] = [];
  for (const part of parts) {
    part.entries.forEach((entry, i) => {
      if (entry === 'free') free.push({ part, i });
      else if (entry === 'product') counted.push({ part, i });
    });
  }
  conditions.skip.forEach((has, i) => {
    if (has) free.push({ part: null, i });
  });
  const columns = [...free, ...counted];
  guard(
    count * columns.length <= MOST_ENTRIES,
    'vertex-size',
    () => `${count} conditions on ${columns.length} weights: expected at most ${MOST_ENTRIES} entries`,
  );
  // One row a held point, and one for each neuron on whose hyperplane it lies.
  const rows: bigint[][] = [];
  points.forEach((point, j) => {
    rows.push(columns.map(({ part, i }) => (part === null || part.signs[j]! > 0 ? point[i]! : 0n)));
    for (const on of parts) {
      if (on.signs[j] === 0) rows.push(columns.map(({ part, i }) => (part === on ? point[i]! : 0n)));
    }
  });
  const found = new ModularRows(columns.length, prime);
  for (const row of rows) found.take(Float64Array.from(row, (value) => residueOf(value, prime)));
  const freeRank = rank(rows.map((row) => row.slice(0, free.length)));
  guard(
    found.rank === products + freeRank,
    'vertex-rank',
    () => `the rank modulo ${prime} is ${found.rank}, expected ${products} products and ${freeRank} free`,
  );
}
