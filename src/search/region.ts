import { fitCode, LEAST_NONZEROS, rowName } from '../certificate/search-proof.js';
import { COORDINATE, coordinateOf, type Decision, decidedNeurons, decidedSide } from './decision.js';
import { GUIDE, LeastNorm } from './guide.js';
import { coordinateCount, isOriented, neuronCount, type Question, unknownCount } from './question.js';

/** What the doubles say about a region; `codes` name a contradiction that exact arithmetic has yet to confirm. */
export type Proposal =
  | { status: 'open' }
  | { status: 'contradiction'; codes: number[] }
  | { status: 'unsure' };

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
  /** w_k . X_n at the guide's point, K x N. */
  readonly values: Float64Array;
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
    this.values = new Float64Array(k * points.size);
    this.row = new Float64Array(unknownCount(question));
    this.data = Array.from({ length: k }, () => points.centred);
    this.lengths = Float64Array.from({ length: points.size }, (_, n) =>
      Math.hypot(...points.centred.subarray(n * points.width, (n + 1) * points.width)),
    );
    this.linearTerms = (question.skip === 'none' ? 0 : 1) + (question.budget === null ? 0 : 1);
    if (question.budget !== null) this.closeCoordinates();
  }

  copyFrom(other: Region): void {
    this.activation.set(other.activation);
    this.coordinates.set(other.coordinates);
    this.closed.set(other.closed);
    this.values.set(other.values);
    this.guide.copyFrom(other.guide);
    for (let k = 0; k < this.data.length; k++) this.data[k] = other.data[k]!;
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
  decide(decision: Decision): void {
    const { kind, neuron, place } = decision;
    const { size } = this.question.points;
    const side = decidedSide(decision);
    if (neuron < 0) this.coordinates[coordinateOf(this.question, place, neuron)] = side;
    for (let members = decidedNeurons(decision), k = 0; members !== 0; members >>>= 1, k++) {
      if ((members & 1) === 0) continue;
      if (kind === 'coordinate') this.coordinates[coordinateOf(this.question, place, k)] = side;
      else {
        this.activation[k * size + place] = side;
        if (!this.renameFitRows(k, place, side > 0)) this.guide.reset();
      }
    }
    if (kind === 'coordinate' && this.closeCoordinates()) this.guide.reset();
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
    const { activation, coordinates } = this;
    for (let n = 0; n < size; n++) if (activation[j * size + n] !== activation[k * size + n]) return false;
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
    const { guide, row } = this;
    for (let step = 0; step < GUIDE.steps; step++) {
      const code = this.mostViolated();
      if (code < 0) return { status: 'open' };
      const right = this.writeRow(code);
      const codes = guide.add(code, row, right);
      if (codes !== null) return { status: 'contradiction', codes };
      if (!(guide.cost < GUIDE.largestCost)) break;
    }
    guide.reset();
    this.computeValues();
    return { status: 'unsure' };
  }

  private computeValues(): void {
    const { points } = this.question;
    const { width, size } = points;
    const { x } = this.guide;
    const { values } = this;
    const neurons = neuronCount(this.question);
    for (let k = 0; k < neurons; k++) {
      const data = this.data[k]!;
      for (let n = 0; n < size; n++) {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += x[k * width + i]! * data[n * width + i]!;
        values[k * size + n] = sum;
      }
    }
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

  /** Code of the row that the guide's point misses most (rows scaled to norm 1), or -1. Refreshes `values`. */
  private mostViolated(): number {
    const { points, plus, pivot } = this.question;
    const { size } = points;
    const { values, activation } = this;
    const neurons = neuronCount(this.question);
    this.computeValues();
    let worst: number = GUIDE.violation;
    let code = -1;
    const note = (candidate: number, violation: number): void => {
      if (violation > worst) {
        worst = violation;
        code = candidate;
      }
    };
    for (let n = 0; n < size; n++) {
      const length = this.lengths[n]!;
      // Activations, and the sums that bound f(x_n) from below (`least`) and from above (`most`).
      let least = this.linearValue(n);
      let most = least;
      let terms = this.linearTerms;
      let openPlus = 0;
      let openMinus = 0;
      for (let k = 0; k < neurons; k++) {
        const value = values[k * size + n]!;
        const known = activation[k * size + n]!;
        if (known === 0) {
          if (k < plus) {
            openPlus++;
            if (value > 0) least += value;
          } else {
            openMinus++;
            if (value > 0) most -= value;
          }
          continue;
        }
        const margin = known === 2 || known === -2 ? GUIDE.strictness : 0;
        if (known < 0) {
          if (value > 0 || margin > 0) note(k * size + n, value / length + margin);
          continue;
        }
        if (value < 0 || margin > 0) note(k * size + n, margin - value / length);
        terms++;
        const signed = k < plus ? value : -value;
        least += signed;
        most += signed;
      }
      const fitNorm = length * Math.sqrt(Math.max(1, terms));
      if (openMinus === 0 && (least - points.upperDoubles[n]!) / fitNorm > worst) {
        worst = (least - points.upperDoubles[n]!) / fitNorm;
        code = fitCode(n, 0, this.openPositive(n, 0, plus), neurons, size);
      }
      if (openPlus === 0 && (points.lowerDoubles[n]! - most) / fitNorm > worst) {
        worst = (points.lowerDoubles[n]! - most) / fitNorm;
        code = fitCode(n, 1, this.openPositive(n, plus, neurons), neurons, size);
      }
    }
    for (let k = 0; k < neurons; k++) {
      const value = values[k * size + pivot]!;
      if (isOriented(this.question)) note(neurons * size + neurons + k, -value);
    }
    return code;
  }

  /** Mask of the undecided neurons from <= k < to whose value at point n is positive. */
  openPositive(n: number, from: number, to: number): number {
    const { size } = this.question.points;
    let mask = 0;
    for (let k = from; k < to; k++) {
      if (this.activation[k * size + n] === 0 && this.values[k * size + n]! > 0) mask |= 1 << k;
    }
    return mask;
  }

  /** Writes a . x <= right, scaled to norm 1, into `row`; returns right. */
  private writeRow(code: number): number {
    const { question, row, closed, activation } = this;
    const { points, pivot } = question;
    const { size, width } = points;
    const neurons = neuronCount(question);
    row.fill(0);
    const put = (k: number, n: number, factor: number): void => {
      const data = this.data[k]!;
      for (let i = 0; i < width; i++) {
        if (closed[k * width + i] === 0) row[k * width + i]! += factor * data[n * width + i]!;
      }
    };
    const name = rowName(code, neurons, size)!;
    let right = 0;
    let margin = 0;
    if (name.kind === 'activation') {
      const known = activation[code]!;
      put(name.neuron, name.point, known > 0 ? -1 : 1);
      if (known === 2 || known === -2) margin = GUIDE.strictness * this.lengths[name.point]!;
    } else if (name.kind !== 'fit') {
      put(name.neuron, pivot, -1);
    } else {
      const n = name.point;
      const direction = name.side === 0 ? 1 : -1;
      for (let k = 0; k < neurons; k++) {
        const known = activation[k * size + n]!;
        if (known > 0 || (known === 0 && (name.linear >> k) & 1))
          put(k, n, k < question.plus ? direction : -direction);
      }
      const firstAtom = neurons * width;
      const firstSkip = closed.length;
      for (let j = firstAtom; j < firstSkip; j++) {
        if (closed[j] === 0) row[j] = direction * points.atoms[n * (2 * width - 1) + j - firstAtom]!;
      }
      if (question.skip === 'bias') row[firstSkip] = direction;
      else if (question.skip === 'affine')
        for (let i = 0; i < width; i++) row[firstSkip + i] = direction * points.centred[n * width + i]!;
      right = name.side === 0 ? points.upperDoubles[n]! : -points.lowerDoubles[n]!;
    }
    let norm = 0;
    for (const value of row) norm += value * value;
    norm = norm === 0 ? 1 : Math.sqrt(norm);
    for (let j = 0; j < row.length; j++) row[j]! /= norm;
    return (right - margin) / norm;
  }

  /** How far f at the guide's point leaves the window of point n: positive above, negative below, 0 inside. */
  miss(n: number): number {
    const { points, plus } = this.question;
    let value = this.linearValue(n);
    for (let k = 0; k < neuronCount(this.question); k++) {
      const known = this.activation[k * points.size + n]!;
      const z = this.values[k * points.size + n]!;
      if (known > 0 || (known === 0 && z > 0)) value += k < plus ? z : -z;
    }
    if (value > points.upperDoubles[n]!) return value - points.upperDoubles[n]!;
    if (value < points.lowerDoubles[n]!) return value - points.lowerDoubles[n]!;
    return 0;
  }
}
