import { fitCode, LEAST_NONZEROS } from '../certificate/search-proof.js';
import { type Branching, COORDINATE, coordinateOf, decidedNeurons, decidedSide } from './decision.js';
import { type Dependency, dot, GUIDE, LeastNorm } from './guide.js';
import type { Points } from './points.js';
import {
  coordinateCount,
  isOriented,
  neuronCount,
  neuronsOfSign,
  type Question,
  unknownCount,
} from './question.js';

/** What the doubles say about a region; a contradiction is one that exact arithmetic has yet to confirm. */
export type Proposal =
  | { readonly status: 'open' }
  | { readonly status: 'contradiction'; readonly rows: Dependency }
  | { readonly status: 'unsure' };

const OPEN: Proposal = { status: 'open' };

/** Which points the guide's point has yet to be tested at, if not one of them. */
const TO_TEST = { all: -1, none: -2 } as const;

/**
 * A node of the branching tree: the decisions so far, and the weights of least norm that satisfy every row they allow.
 *
 * A fit row "f(x_n) <= U_n" needs a lower bound for every term: (z)+ >= z and (z)+ >= 0 for undecided positive neurons,
 * whichever is larger at the current point; undecided negative neurons have none, so the row exists only when all
 * negative neurons are decided at n. Mirrored for "f(x_n) >= L_n". There is no big-M.
 */
export class Region {
  /** K x N. */
  readonly activation: Int8Array;
  /** One entry per coordinate of the question. */
  readonly coordinates: Int8Array;
  /** 1 where a coordinate must vanish: decided zero, or closed because the budget is spent. */
  readonly closed: Uint8Array;
  readonly guide: LeastNorm;
  /** See `values`; worked out when they are asked for. */
  private readonly products: Float64Array;
  private areProductsCurrent = false;
  /** A point, or a `TO_TEST`: all rows elsewhere hold at the guide's point. */
  private toTest: number = TO_TEST.all;
  /** The row to add, see `mostViolated`: its code, and its point, side and neurons with w_k . X_n if it is a fit row (side -1 if not). */
  private readonly next = { code: -1, point: 0, side: -1, neuron: 0, linear: 0 };
  /** Neurons of output sign +1, and -1, one bit each. */
  private readonly positives: number;
  private readonly negatives: number;
  /** Neurons decided at every point, one bit each. */
  private readonly decided: Int32Array;
  /**
   * The points that neuron k is multiplied with: centred ones as long as its bias is open, because then the bias absorbs the
   * move; else the points as they are. Its unknowns in the guide belong to these coordinates.
   */
  private readonly data: Float64Array[];
  private readonly row: Float64Array;
  /** |X_n| on the scale of `data`. */
  private readonly lengths: Float64Array;
  /** Rough number of terms of the size of X_n in the linear part: scales the violations of fit rows. */
  private readonly linearTerms: number;

  constructor(readonly question: Question) {
    const { points } = question;
    const k = neuronCount(question);
    this.activation = new Int8Array(k * points.size);
    this.coordinates = new Int8Array(coordinateCount(question));
    this.closed = new Uint8Array(coordinateCount(question));
    this.guide = new LeastNorm(unknownCount(question));
    this.products = new Float64Array(k * points.size);
    this.decided = new Int32Array(points.size);
    this.positives = neuronsOfSign(question, true);
    this.negatives = neuronsOfSign(question, false);
    this.row = new Float64Array(unknownCount(question));
    this.data = Array.from({ length: k }, () => points.centred);
    this.lengths = lengthsOf(points);
    this.linearTerms = (question.skip === 'none' ? 0 : 1) + (question.budget === null ? 0 : 1);
    if (question.budget !== null) this.closeCoordinates();
  }

  copyFrom(other: Region): void {
    this.activation.set(other.activation);
    this.decided.set(other.decided);
    if (this.question.budget !== null) {
      this.coordinates.set(other.coordinates);
      this.closed.set(other.closed);
      for (let k = 0; k < this.data.length; k++) this.data[k] = other.data[k]!;
    }
    this.guide.copyFrom(other.guide);
    this.areProductsCurrent = false;
    this.toTest = other.toTest;
  }

  /** Forgets the guide's point. */
  restart(): void {
    this.guide.reset();
    this.areProductsCurrent = false;
    this.toTest = TO_TEST.all;
  }

  /** Size of a coordinate at the guide's point, for choosing among them. */
  magnitude(j: number): number {
    const { points } = this.question;
    const { x } = this.guide;
    const k = Math.floor(j / points.width);
    const dimension = points.width - 1;
    if (k >= this.data.length || j % points.width < dimension || this.data[k] === points.doubles)
      return Math.abs(x[j]!);
    let bias = x[j]!;
    for (let i = 0; i < dimension; i++) bias += x[k * points.width + i]! * points.origin[i]!;
    return Math.abs(bias);
  }

  /**
   * Adds a decision. The guide's point is not moved, but forgotten when a coordinate closes, and when an active row is no row of
   * this region any more.
   */
  decide(branching: Branching, child: 0 | 1): void {
    const { kind, neuron, place } = branching;
    const { size } = this.question.points;
    const side = decidedSide(branching, child);
    if (neuron < 0) this.coordinates[coordinateOf(this.question, place, neuron)] = side;
    for (let members = decidedNeurons(branching, child), k = 0; members !== 0; members >>>= 1, k++) {
      if ((members & 1) === 0) continue;
      if (kind === 'coordinate') this.coordinates[coordinateOf(this.question, place, k)] = side;
      else {
        this.activation[k * size + place] = side;
        this.decided[place]! |= 1 << k;
        if (!this.renameFitRows(k, place, side > 0)) this.restart();
      }
    }
    if (kind === 'coordinate' && this.closeCoordinates()) this.restart();
    else if (kind === 'point') {
      if (this.toTest === TO_TEST.none) this.toTest = place;
      else if (this.toTest !== place) this.toTest = TO_TEST.all;
    }
  }

  /** The neurons of the sign of k about which everything is decided as about k, one bit each. */
  classOf(k: number): number {
    const { points, plus } = this.question;
    let mask = 0;
    for (let j = 0; j < neuronCount(this.question); j++) {
      if (k < plus === j < plus && this.isDecidedAs(j, k, points)) mask |= 1 << j;
    }
    return mask;
  }

  private isDecidedAs(j: number, k: number, { size, width }: Question['points']): boolean {
    if (j === k) return true;
    const { activation, coordinates, decided } = this;
    const both = (1 << j) | (1 << k);
    for (let n = 0; n < size; n++)
      if ((decided[n]! & both) !== 0 && activation[j * size + n] !== activation[k * size + n]) return false;
    if (this.question.budget === null) return true;
    for (let i = 0; i < width; i++)
      if (coordinates[j * width + i] !== coordinates[k * width + i]) return false;
    return true;
  }

  /**
   * While neuron k is undecided at point n, a fit row there holds w_k . X_n or 0 for it, by choice and by name; once it is decided,
   * the name leaves it out and the decision says which. Active rows of the guide with the same term get the name they now
   * have.
   * @returns false when an active row holds the other term: then it is no row any more
   */
  private renameFitRows(k: number, n: number, active: boolean): boolean {
    const { size } = this.question.points;
    const neurons = neuronCount(this.question);
    const from = fitCode(n, 0, 0, neurons, size);
    const to = fitCode(n + 1, 0, 0, neurons, size);
    const { codes } = this.guide;
    for (let j = 0; j < this.guide.active; j++) {
      const code = codes[j]!;
      if (code < from || code >= to) continue;
      const linear = Math.floor((code - from) / 2 ** k) % 2 === 1;
      if (linear !== active) return false;
      if (linear) codes[j] = code - 2 ** k;
    }
    return true;
  }

  /** Nonzeros among the coordinates from <= j < to, as decided. */
  private count(known: number, from: number, to: number): number {
    let count = 0;
    for (let j = from; j < to; j++) if (this.coordinates[j] === known) count++;
    return count;
  }

  /** Number of nonzeros the decisions imply: those decided, but at least two for every neuron. */
  get impliedNonzeros(): number {
    const { width } = this.question.points;
    const neurons = neuronCount(this.question);
    let sum = this.count(COORDINATE.nonzero, neurons * width, this.coordinates.length);
    for (let k = 0; k < neurons; k++) {
      sum += Math.max(LEAST_NONZEROS, this.count(COORDINATE.nonzero, k * width, (k + 1) * width));
    }
    return sum;
  }

  /** Does the count of zeros and nonzeros alone rule the region out? */
  get overBudget(): boolean {
    const { budget } = this.question;
    return budget !== null && (this.impliedNonzeros > budget || this.starvedNeuron !== null);
  }

  /** A neuron that is left without two nonzeros, or null. */
  get starvedNeuron(): number | null {
    const { width } = this.question.points;
    for (let k = 0; k < neuronCount(this.question); k++) {
      if (width - this.count(COORDINATE.zero, k * width, (k + 1) * width) < LEAST_NONZEROS) return k;
    }
    return null;
  }

  /** Closes the coordinates decided zero and, once the budget is spent, all that could only add to it; true on a change. */
  private closeCoordinates(): boolean {
    const { width } = this.question.points;
    const atoms = neuronCount(this.question) * width;
    const spent = this.impliedNonzeros === this.question.budget;
    let changed = false;
    for (let j = 0; j < this.closed.length; j++) {
      const known = this.coordinates[j];
      if (this.closed[j] === 1 || known === COORDINATE.nonzero) continue;
      if (known === COORDINATE.unknown) {
        const k = Math.floor(j / width);
        if (!spent) continue;
        if (j < atoms && this.count(COORDINATE.nonzero, k * width, (k + 1) * width) < LEAST_NONZEROS)
          continue;
      }
      this.closed[j] = 1;
      if (j < atoms && j % width === width - 1)
        this.data[Math.floor(j / width)] = this.question.points.doubles;
      changed = true;
    }
    return changed;
  }

  /** Moves the guide to the weights of least norm that satisfy every row, or proposes a contradiction. */
  solve(): Proposal {
    const { guide, row, question, next } = this;
    const { width } = question.points;
    this.areProductsCurrent = false;
    for (let step = 0; step < GUIDE.steps; step++) {
      this.mostViolated();
      if (next.code < 0) {
        this.toTest = TO_TEST.none;
        return OPEN;
      }
      this.toTest = TO_TEST.all;
      const margin = this.writeRow();
      const from = next.side < 0 ? next.neuron * width : 0;
      const to = next.side < 0 ? from + width : row.length;
      let length = 0;
      for (let j = from; j < to; j++) length += row[j]! * row[j]!;
      length = length === 0 ? 1 : Math.sqrt(length);
      for (let j = from; j < to; j++) row[j]! /= length;
      const rows = guide.add(next.code, row, margin / length, length, from, to);
      row.fill(0, from, to);
      if (rows !== null) return { status: 'contradiction', rows };
      if (!(guide.cost < GUIDE.largestCost)) break;
    }
    this.restart();
    return { status: 'unsure' };
  }

  /** w_k . X_n at the guide's point, K x N. */
  get values(): Float64Array {
    const { products } = this;
    if (this.areProductsCurrent) return products;
    const { width, size } = this.question.points;
    const { x } = this.guide;
    const neurons = neuronCount(this.question);
    for (let k = 0, at = 0; k < neurons; k++) {
      const data = this.data[k]!;
      for (let n = 0; n < size; n++, at++) products[at] = dot(x, k * width, data, n * width, width);
    }
    this.areProductsCurrent = true;
    return products;
  }

  /** The linear part of f(x_n), atoms and skip, at the guide's point. */
  private linearValue(n: number): number {
    const { points, skip } = this.question;
    const { x } = this.guide;
    const firstAtom = neuronCount(this.question) * points.width;
    const firstSkip = this.coordinates.length;
    let sum = 0;
    const row = n * (2 * points.width - 1);
    for (let j = firstAtom; j < firstSkip; j++) sum += x[j]! * points.atoms[row + j - firstAtom]!;
    if (skip === 'bias') return sum + x[firstSkip]!;
    if (skip === 'affine')
      for (let i = 0; i < points.width; i++) sum += x[firstSkip + i]! * points.centred[n * points.width + i]!;
    return sum;
  }

  /**
   * The row that the guide's point misses most (rows scaled to norm 1) into `next`; its code is -1 when there is none. Points at which no row
   * exists, and those that are known to hold, are passed over.
   */
  private mostViolated(): void {
    const { question, activation, decided, lengths, data, linearTerms, toTest, next, positives, negatives } =
      this;
    const { points, plus, pivot } = question;
    const { size, width, lowerDoubles, upperDoubles } = points;
    const { x } = this.guide;
    const neurons = neuronCount(question);
    let worst: number = GUIDE.violation;
    next.code = -1;
    if (toTest === TO_TEST.none) return;
    const end = toTest === TO_TEST.all ? size : toTest + 1;
    for (let n = toTest === TO_TEST.all ? 0 : toTest; n < end; n++) {
      const known = decided[n]!;
      const isAbove = (negatives & ~known) === 0;
      const isBelow = (positives & ~known) === 0;
      if (known === 0 && !isAbove && !isBelow) continue;
      const length = lengths[n]!;
      // Activations, and the sums that bound f(x_n) from below (`least`) and from above (`most`).
      let least = linearTerms === 0 ? 0 : this.linearValue(n);
      let most = least;
      let terms = linearTerms;
      let open = 0;
      for (let k = 0; k < neurons; k++) {
        const side = activation[k * size + n]!;
        // An undecided neuron of the one sign has no bound on the other side, so that no row needs its value.
        if (side === 0 && !(k < plus ? isAbove : isBelow)) continue;
        const own = data[k]!;
        let value = 0;
        for (let i = k * width, from = n * width; i < (k + 1) * width; i++, from++)
          value += x[i]! * own[from]!;
        if (side === 0) {
          if (value <= 0) continue;
          open |= 1 << k;
          if (k < plus) least += value;
          else most -= value;
          continue;
        }
        const margin = side === 2 || side === -2 ? GUIDE.strictness : 0;
        const violation = side < 0 ? value / length + margin : margin - value / length;
        if (violation > worst) {
          worst = violation;
          next.code = k * size + n;
          next.side = -1;
          next.neuron = k;
          next.point = n;
        }
        if (side < 0) continue;
        terms++;
        least += k < plus ? value : -value;
        most += k < plus ? value : -value;
      }
      const norm = length * Math.sqrt(Math.max(1, terms));
      if (isAbove && (least - upperDoubles[n]!) / norm > worst) {
        worst = (least - upperDoubles[n]!) / norm;
        next.code = 0;
        next.side = 0;
        next.point = n;
        next.linear = open & positives;
      }
      if (isBelow && (lowerDoubles[n]! - most) / norm > worst) {
        worst = (lowerDoubles[n]! - most) / norm;
        next.code = 0;
        next.side = 1;
        next.point = n;
        next.linear = open & negatives;
      }
    }
    for (let k = 0; k < neurons && isOriented(question); k++) {
      const own = data[k]!;
      let value = 0;
      for (let i = 0; i < width; i++) value += x[k * width + i]! * own[pivot * width + i]!;
      if (-value <= worst) continue;
      worst = -value;
      next.code = neurons * size + neurons + k;
      next.side = -1;
      next.neuron = k;
      next.point = pivot;
    }
    if (next.code >= 0 && next.side >= 0)
      next.code = fitCode(next.point, next.side === 0 ? 0 : 1, next.linear, neurons, size);
  }

  /** Adds the row `next`, a . x <= right, to `row`, which is 0; returns right. */
  private writeRow(): number {
    const { question, row, closed, activation } = this;
    const { point: n, side, neuron, code, linear } = this.next;
    const { points } = question;
    const { size, width } = points;
    const neurons = neuronCount(question);
    if (side < 0) {
      // An orientation row has no side: it is as if active.
      const known = code < neurons * size ? activation[code]! : 1;
      this.putPoint(neuron, n, known > 0 ? -1 : 1);
      return known === 2 || known === -2 ? -GUIDE.strictness * this.lengths[n]! : 0;
    }
    const direction = side === 0 ? 1 : -1;
    for (let k = 0; k < neurons; k++) {
      const known = activation[k * size + n]!;
      if (known > 0 || (known === 0 && (linear >> k) & 1))
        this.putPoint(k, n, k < question.plus ? direction : -direction);
    }
    const firstAtom = neurons * width;
    const firstSkip = closed.length;
    for (let j = firstAtom; j < firstSkip; j++) {
      if (closed[j] === 0) row[j] = direction * points.atoms[n * (2 * width - 1) + j - firstAtom]!;
    }
    if (question.skip === 'bias') row[firstSkip] = direction;
    else if (question.skip === 'affine')
      for (let i = 0; i < width; i++) row[firstSkip + i] = direction * points.centred[n * width + i]!;
    return side === 0 ? points.upperDoubles[n]! : -points.lowerDoubles[n]!;
  }

  private putPoint(k: number, n: number, factor: number): void {
    const { row, closed } = this;
    const data = this.data[k]!;
    const { width } = this.question.points;
    for (let i = 0, j = k * width; i < width; i++, j++) {
      if (closed[j] === 0) row[j] = factor * data[n * width + i]!;
    }
  }

  /** The neurons of one output sign that are undecided at point n, one bit each. */
  undecidedOf(n: number, up: boolean): number {
    return (up ? this.positives : this.negatives) & ~this.decided[n]!;
  }

  /** How far f at the guide's point leaves the window of point n: positive above, negative below, 0 inside. */
  miss(n: number): number {
    const { points, plus } = this.question;
    const { values } = this;
    let value = this.linearValue(n);
    for (let k = 0; k < neuronCount(this.question); k++) {
      const known = this.activation[k * points.size + n]!;
      const z = values[k * points.size + n]!;
      if (known > 0 || (known === 0 && z > 0)) value += k < plus ? z : -z;
    }
    if (value > points.upperDoubles[n]!) return value - points.upperDoubles[n]!;
    if (value < points.lowerDoubles[n]!) return value - points.lowerDoubles[n]!;
    return 0;
  }
}

const lengths = new WeakMap<Float64Array, Float64Array>();

/** |X_n| on the scale of the centred points. */
function lengthsOf({ size, width, centred }: Points): Float64Array {
  let known = lengths.get(centred);
  if (known === undefined) {
    known = Float64Array.from({ length: size }, (_, n) =>
      Math.hypot(...centred.subarray(n * width, (n + 1) * width)),
    );
    lengths.set(centred, known);
  }
  return known;
}
