import type {
  LpMinimumSeveralClaim,
  LpMinimumSeveralProof,
  LpNode,
  PatternTree,
} from '../certificate/lp-minimum-several.js';
import { LP_NODE } from '../certificate/lp-minimum-several.js';
import { floorDivide } from '../exact/bigint.js';
import { rank } from '../exact/elimination.js';
import { power } from '../exact/enclosure.js';
import { larger, smaller } from '../exact/extremes.js';
import { Rational } from '../exact/rational.js';
import type { Network } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import type { Statement } from './check.js';
import { checkNetwork } from './network.js';
import { patternTop } from './neuron-patterns.js';
import { BITS, NeuronRays, type Region } from './neuron-rays.js';
import { guard } from './verdict.js';

const UNIT = 1n << BigInt(BITS);

/** Most digits of an integer: longer ones only keep a checker busy. */
const MOST_DIGITS = 2000;

/** network -> upper bound, tree -> lower bound on the least l^p path norm, by the rules of FORMAT.md. */
export function checkLpMinimumSeveral(
  problem: Problem,
  { proof, network, function: values, pieces }: Statement,
  claim: LpMinimumSeveralClaim,
): string {
  guard(problem.emptyWindow === null, 'claim-proof', () => 'a window is empty, so no network fits');
  guard(
    proof.kind === 'lp-minimum-several',
    'claim-proof',
    () => `proof ${proof.kind} bounds no l^p path norm`,
  );
  guard(
    network !== undefined && values === undefined && pieces === undefined,
    'claim-network',
    () => 'the upper bound of an l^p path norm needs a network',
  );
  const [p, lower, upper] = [numberOf(claim.p), numberOf(claim.lowerBound), numberOf(claim.upperBound)];
  guard(p.sign() > 0 && !Rational.one.lessThan(p), 'several-claim', () => `p = ${p}, expected 0 < p <= 1`);
  guard(
    p.denominator <= 1000n * p.numerator,
    'several-claim',
    () => `p = ${p}: exponents below 1/1000 are not checked`,
  );
  guard(
    lower.sign() >= 0 && !upper.lessThan(lower),
    'several-claim',
    () => `bounds ${lower} and ${upper}, expected 0 <= lowerBound <= upperBound`,
  );
  guard(
    proof.majorant === 'rays' || problem.dimension > 1,
    'several-patterns',
    () => 'patterns bound neurons whose bias counts: those of several inputs',
  );
  checkNetwork(problem, network, claim.skip, 'neurons');
  guard(
    !upper.lessThan(costOf(network, p)),
    'several-upper-bound',
    () => `the network costs more than upperBound = ${upper}`,
  );
  new TreeCheck(problem, claim, proof, p, lower, upper).run();
  const norm = `l^${p} path norm of a network with skip ${claim.skip} through the ${problem.exact ? 'data' : 'windows'}`;
  return lower.equals(upper)
    ? `the least ${norm} is ${lower}; the network attains it`
    : `the least ${norm} lies in [${lower}, ${upper}]; the network attains the upper end`;
}

/** phi of a network, rounded up; exact for p = 1. */
function costOf({ neurons, inputDimension }: Network, p: Rational): Rational {
  let sum = Rational.zero;
  for (const { inputWeights, bias, outputWeight } of neurons) {
    for (const weight of inputDimension === 1 ? inputWeights : [...inputWeights, bias]) {
      const size = weight.multiply(outputWeight).abs();
      if (size.isZero()) continue;
      sum = sum.add(p.equals(Rational.one) ? size : Rational.of(power(size, p, BITS).upper, UNIT));
    }
  }
  return sum;
}

/** A size of neurons and its p-th power, rounded down in units of 2^-BITS. */
interface Size {
  readonly value: Rational;
  readonly power: bigint;
}

interface Named {
  readonly sign: 1 | -1;
  readonly low: Size;
  readonly high: Size;
  readonly region: Region;
}

/** A part of all networks: see "Proof by branch and bound" in FORMAT.md. */
interface Part {
  readonly named: readonly Named[];
  readonly tau: Size;
  readonly others: boolean;
}

class TreeCheck {
  private readonly rays: NeuronRays | null;
  private readonly penalised: number;
  /** Columns that cost nothing, in the integers of the inputs. */
  private readonly free: bigint[][];
  private readonly mostNamed: number;
  private readonly sizes = new Map<string, Size>();
  private readonly slopes = new Map<Size, bigint>();

  constructor(
    private readonly problem: Problem,
    { skip }: LpMinimumSeveralClaim,
    private readonly proof: LpMinimumSeveralProof,
    private readonly p: Rational,
    private readonly lower: Rational,
    private readonly upper: Rational,
  ) {
    const { dimension, size, inputs } = problem;
    this.penalised = dimension === 1 ? 1 : dimension + 1;
    this.rays = proof.majorant === 'rays' ? new NeuronRays(problem, this.penalised, p) : null;
    const features = skip === 'affine' ? inputs : [];
    this.free = features.map((column) => Array.from({ length: size }, (_, n) => column.integer(n)));
    if (skip !== 'none' || dimension === 1) this.free.push(Array.from({ length: size }, () => 1n));
    this.mostNamed = size - rank(this.free);
  }

  run(): void {
    const tau = this.size(numberOf(this.proof.tau), 'tau');
    guard(
      !Rational.of(tau.power, UNIT).lessThan(this.upper) ||
        (this.p.equals(Rational.one) && !tau.value.lessThan(this.upper)),
      'several-tau',
      () => `tau^p is below upperBound = ${this.upper}: a minimiser may have a larger neuron`,
    );
    const { nodes } = this.proof;
    const open: Part[] = [{ named: [], tau, others: this.mostNamed > 0 }];
    nodes.forEach((node, i) => {
      const part = open.pop();
      guard(part !== undefined, 'several-tree', () => `node ${i}: the tree is complete before it`);
      const where = `node ${i}`;
      if (node[0] === LP_NODE.leaf) this.checkLeaf(part, node, where);
      else open.push(...this.childrenOf(part, node, where).reverse());
    });
    guard(open.length === 0, 'several-tree', () => `the tree ends with ${open.length} parts open`);
  }

  private size(value: Rational, where: string): Size {
    guard(value.sign() > 0, 'several-node', () => `${where}: expected a positive size, found ${value}`);
    const key = value.toString();
    let known = this.sizes.get(key);
    if (known === undefined) {
      known = { value, power: power(value, this.p, BITS).lower };
      this.sizes.set(key, known);
    }
    return known;
  }

  private fraction(node: LpNode, at: number, where: string): Size {
    const [n, d] = [integerOf(node[at], where), integerOf(node[at + 1], where)];
    guard(d > 0n, 'several-node', () => `${where}: expected a positive denominator, found ${d}`);
    return this.size(Rational.of(n, d), where);
  }

  /** branching node -> parts that together hold every network of the part before. */
  private childrenOf(part: Part, node: LpNode, where: string): Part[] {
    const { named, tau, others } = part;
    const lengths = {
      [LP_NODE.name]: 3,
      [LP_NODE.size]: 4,
      [LP_NODE.plane]: 3,
      [LP_NODE.side]: 3 + this.problem.dimension,
    };
    const expected = lengths[node[0] as keyof typeof lengths];
    guard(
      expected !== undefined && node.length === expected,
      'several-node',
      () => `${where}: ${JSON.stringify(node).slice(0, 80)} is no node`,
    );
    if (node[0] === LP_NODE.name) return this.nameNext(part, this.fraction(node, 1, where), where);
    const j = Number(integerOf(node[1], where));
    guard(
      j >= 0 && j < named.length,
      'several-node',
      () => `${where}: neuron ${j}, but ${named.length} are named`,
    );
    if (node[0] === LP_NODE.size) {
      // Named in the order of their sizes: a bound from above holds for those after j, one from below for those before.
      const size = this.fraction(node, 2, where);
      const smaller = named.map((own, i) =>
        i >= j && size.value.lessThan(own.high.value) ? { ...own, high: size } : own,
      );
      const larger = named.map((own, i) =>
        i <= j && own.low.value.lessThan(size.value) ? { ...own, low: size } : own,
      );
      return [
        { named: smaller, tau: size.value.lessThan(tau.value) ? size : tau, others },
        { named: larger, tau, others },
      ];
    }
    const { rays } = this;
    guard(rays !== null, 'several-node', () => `${where}: regions are divided only with the majorant "rays"`);
    const { region } = named[j]!;
    let regions: readonly [Region, Region];
    if (node[0] === LP_NODE.plane) {
      const h = Number(integerOf(node[2], where));
      const planes = this.problem.size + this.penalised;
      guard(
        h >= 0 && h < planes,
        'several-node',
        () => `${where}: hyperplane ${h}, expected 0 .. ${planes - 1}`,
      );
      regions = [rays.onSide(region, h, -1), rays.onSide(region, h, 1)];
    } else {
      guard(
        this.problem.dimension > 1,
        'several-node',
        () => `${where}: with one input nothing is gained by cuts`,
      );
      regions = rays.cut(
        region,
        node.slice(2).map((entry) => integerOf(entry, where)),
      );
    }
    return regions.map((own) => ({
      named: named.map((neuron, i) => (i === j ? { ...neuron, region: own } : neuron)),
      tau,
      others,
    }));
  }

  /** All others are small | the largest of them is large, with either sign. A minimiser needs no more than mostNamed neurons. */
  private nameNext({ named, tau, others }: Part, size: Size, where: string): Part[] {
    guard(
      others,
      'several-name',
      () => `${where}: ${named.length} neurons are named, a minimiser has no more`,
    );
    guard(
      !tau.value.lessThan(size.value),
      'several-name',
      () => `${where}: size ${size.value} is above tau = ${tau.value}`,
    );
    const larger = named.map((own) => (own.low.value.lessThan(size.value) ? { ...own, low: size } : own));
    const region = this.rays?.everywhere ?? { rays: [], cuts: [] };
    const withLargest = (sign: 1 | -1): Part => ({
      named: [...larger, { sign, low: size, high: tau, region }],
      tau,
      others: named.length + 1 < this.mostNamed,
    });
    return [{ named, tau: size, others }, withLargest(1), withLargest(-1)];
  }

  /** lambda -> every network of the part costs at least lambda . y + sum_j min(l^p - M_j l, u^p - M_j u) >= lowerBound. */
  private checkLeaf({ named, tau, others }: Part, node: LpNode, where: string): void {
    const { size, lower, upper } = this.problem;
    const trees = this.rays === null ? 2 : 0;
    guard(
      node.length === 2 + size + trees,
      'several-node',
      () => `${where}: a leaf of ${node.length} entries, expected ${2 + size + trees}`,
    );
    const denominator = integerOf(node[1], where);
    const numerators = node.slice(2, 2 + size).map((entry) => integerOf(entry, where));
    guard(
      denominator > 0n,
      'several-number',
      () => `${where}: expected a positive denominator, found ${denominator}`,
    );
    for (const column of this.free) {
      const product = column.reduce((sum, value, n) => sum + value * numerators[n]!, 0n);
      guard(
        product === 0n,
        'several-orthogonal',
        () => `${where}: lambda is not orthogonal to the columns that cost nothing`,
      );
    }
    const tops = this.topsOf(numerators, node, where);
    if (others) this.checkOthers(tau, numerators, denominator, tops(this.rays?.everywhere.rays ?? []), where);
    let bound = Rational.zero;
    numerators.forEach((value, n) => {
      if (value !== 0n)
        bound = bound.add((value > 0n ? lower : upper).value(n).multiply(Rational.of(value, denominator)));
    });
    for (const neuron of named) {
      // M_j, rounded up to a multiple of 2^-BITS.
      const [plus, minus] = tops(neuron.region.rays);
      const M = -floorDivide(-(neuron.sign === 1 ? plus : minus), denominator);
      const ends = [neuron.low, neuron.high].map(
        ({ value, power: cost }) => cost + floorDivide(-M * value.numerator, value.denominator),
      );
      bound = bound.add(Rational.of(ends.reduce(smaller), UNIT));
    }
    guard(
      !bound.lessThan(this.lower),
      'several-leaf',
      () => `${where}: lambda proves ${bound.toNumber()}, the claim is ${this.lower.toNumber()}`,
    );
  }

  /** Bounds of +-lambda . a(z) / |z| times the denominator of lambda, in units of 2^-BITS: over given rays, or over all z pattern by pattern. */
  private topsOf(numerators: readonly bigint[], node: LpNode, where: string) {
    const { rays, problem } = this;
    if (rays !== null) {
      return (own: readonly number[]) => rays.steepest(numerators, own);
    }
    const bounds = ([1, -1] as const).map((sign, k) => {
      const tree = node[node.length - 2 + k];
      guard(typeof tree === 'object', 'several-node', () => `${where}: a tree for every sign is expected`);
      const top = patternTop(problem, numerators, sign, tree as PatternTree);
      return -floorDivide(-(top.numerator << BigInt(BITS)), top.denominator);
    }) as [bigint, bigint];
    return () => bounds;
  }

  /** |lambda . a(z)| <= tau^(p-1) |z| for all z: neurons that are not named cost at least what they contribute. */
  private checkOthers(
    tau: Size,
    numerators: readonly bigint[],
    denominator: bigint,
    tops: readonly [bigint, bigint],
    where: string,
  ): void {
    const { rays, p } = this;
    const worst = larger(...tops);
    const hold =
      rays !== null && p.equals(Rational.one)
        ? rays.holdAtOne(numerators, denominator)
        : worst <= this.slopeAt(tau) * denominator;
    guard(
      hold,
      'several-others',
      () => `${where}: a neuron of size ${tau.value.toNumber()} may contribute more than it costs`,
    );
  }

  /** tau^(p-1), rounded down; 1 for p = 1. */
  private slopeAt(tau: Size): bigint {
    let slope = this.slopes.get(tau);
    if (slope === undefined) {
      slope = (UNIT * UNIT) / power(tau.value, Rational.one.subtract(this.p), BITS).upper;
      this.slopes.set(tau, slope);
    }
    return slope;
  }
}

function integerOf(entry: LpNode[number] | undefined, where: string): bigint {
  guard(
    Number.isSafeInteger(entry) || (typeof entry === 'string' && entry.length <= MOST_DIGITS),
    'several-number',
    () => `${where}: expected an integer of at most ${MOST_DIGITS} digits`,
  );
  return BigInt(entry as number | string);
}

function numberOf(text: string): Rational {
  guard(text.length <= MOST_DIGITS, 'several-number', () => `a number of ${text.length} characters`);
  return Rational.parse(text);
}
