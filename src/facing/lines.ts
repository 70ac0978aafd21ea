import type { Random } from '../exact/random.js';
import { Rational } from '../exact/rational.js';
import { decide } from '../lp/exact-lp.js';
import { LinearRow, type Sense } from '../lp/linear-system.js';
import type { Line } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { type CutGraph, POINT } from './cuts.js';
import { factorOf, type Path } from './path.js';

/**
 * What the affine remainder R = sum over the pieces of (m before - m after) l has to be: a constant (skip bias), zero (skip none), or of
 * one sign on the data, so that one more neuron takes it over.
 */
export type Remainder = 'constant' | 'zero' | 'not negative' | 'not positive';

/** Pieces whose lines may move in one linear program; when it has no point, four times as many. */
const FREE_PIECES = { first: 16, most: 256 } as const;

/** A line in an unknown number of unknowns: slope and value at a fixed place, each constant + sum of factor times unknown. */
interface LineForm {
  readonly slope: Form;
  readonly value: Form;
}

interface Form {
  readonly constant: Rational;
  readonly terms: ReadonlyMap<number, Rational>;
}

interface Row extends Form {
  readonly sense: Sense;
}

/** One term of the remainder. */
export interface Term {
  readonly piece: number;
  readonly factor: number;
}

/** Chooses lines for the pieces of a graph, exactly, in the integer units of the columns. */
export class LineChooser {
  private readonly x: readonly bigint[];
  private readonly y: readonly bigint[];
  /** Near the middle of the data. */
  private readonly place: bigint;

  constructor(
    problem: Problem,
    private readonly graph: CutGraph,
  ) {
    const { size } = problem;
    this.x = Array.from({ length: size }, (_, i) => problem.inputs[0]!.integer(i));
    this.y = Array.from({ length: size }, (_, i) => problem.lower.integer(i));
    this.place = this.x[size >> 1]!;
  }

  /**
   * Lines for all pieces of a path whose remainder is as wanted, or null when there are none or none was found among the pieces that were
   * free to move. All but one or two are chords; where a piece can be either of two, the generator decides.
   */
  lines(path: Path, remainder: Remainder, random: Random): Line[] | null {
    const terms: Term[] = [];
    path.pieces.forEach((piece, j) => {
      const factor = factorOf(path, j);
      if (factor !== 0) terms.push({ piece, factor });
    });
    const balanced = this.balance(terms, remainder, random);
    if (balanced === null) return null;
    let next = 0;
    return Array.from(path.pieces, (piece, j) =>
      factorOf(path, j) === 0 ? this.chord(this.endOf(piece, random)) : balanced[next++]!,
    );
  }

  /** The lines of chords. */
  linesOf(chords: Int32Array): Line[] {
    return Array.from(chords, (chord) => this.chord(chord));
  }

  /** A line for each term, so that the sum is as wanted; null as for `lines`. */
  balance(terms: readonly Term[], remainder: Remainder, random: Random): Line[] | null {
    const ends = terms.map(({ piece }) => this.endOf(piece, random));
    const { low, high } = this.graph.pieces;
    const movable = shuffled(
      terms.flatMap(({ piece }, k) => (low[piece] === high[piece] ? [] : [k])),
      random,
    );
    if (remainder === 'constant') return this.moveSlopes(terms, movable, ends);
    for (let free = FREE_PIECES.first; ; free *= 4) {
      const lines = this.solve(terms, remainder, new Set(movable.slice(0, free)), ends);
      if (lines !== null || free >= Math.min(movable.length, FREE_PIECES.most)) return lines;
    }
  }

  /** One equation: slopes move from their ends, one after the other, until their sum is 0. */
  private moveSlopes(
    terms: readonly Term[],
    movable: readonly number[],
    ends: readonly number[],
  ): Line[] | null {
    const { low, high } = this.graph.pieces;
    const lines = ends.map((chord) => this.chord(chord));
    let sum = terms.reduce(
      (total, { factor }, k) => total.add(lines[k]!.slope.multiply(Rational.of(factor))),
      Rational.zero,
    );
    // A piece without a limit on the side that is needed closes any gap: such pieces come first.
    const order = [
      ...movable.filter((k) => low[terms[k]!.piece]! < 0 || high[terms[k]!.piece]! < 0),
      ...movable.filter((k) => low[terms[k]!.piece]! >= 0 && high[terms[k]!.piece]! >= 0),
    ];
    for (const k of order) {
      if (sum.isZero()) break;
      const { piece, factor } = terms[k]!;
      const wanted = lines[k]!.slope.subtract(sum.multiply(Rational.of(factor)));
      const least = low[piece]! < 0 ? null : this.slopeOf(low[piece]!);
      const greatest = high[piece]! < 0 ? null : this.slopeOf(high[piece]!);
      const slope =
        least?.compare(wanted) === 1 ? least : greatest?.compare(wanted) === -1 ? greatest : wanted;
      sum = sum.add(slope.subtract(lines[k]!.slope).multiply(Rational.of(factor)));
      lines[k] = this.lineOf(piece, slope);
    }
    return sum.isZero() ? lines : null;
  }

  /** The line of a piece with a slope that is allowed: through its data point, or through the left end of a cone's gap. */
  lineOf(piece: number, slope: Rational): Line {
    const i = this.graph.pieces.at[piece]!;
    return { slope, intercept: Rational.of(this.y[i]!).subtract(slope.multiply(Rational.of(this.x[i]!))) };
  }

  private solve(
    terms: readonly Term[],
    remainder: Exclude<Remainder, 'constant'>,
    free: ReadonlySet<number>,
    ends: readonly number[],
  ): Line[] | null {
    const rows: Row[] = [];
    let unknowns = 0;
    const firstUnknown = new Map<number, number>();
    const sum = { slope: new Sum(), value: new Sum() };
    terms.forEach(({ piece, factor }, k) => {
      let line: LineForm;
      if (free.has(k)) {
        firstUnknown.set(k, unknowns);
        const cone = this.graph.pieces.kind[piece] !== POINT;
        line = cone ? this.coneForm(piece, unknowns, rows) : this.pointForm(piece, unknowns, rows);
        unknowns += cone ? 2 : 1;
      } else line = this.fixedForm(this.chord(ends[k]!));
      sum.slope.add(line.slope, Rational.of(factor));
      sum.value.add(line.value, Rational.of(factor));
    });
    if (remainder === 'zero') rows.push({ ...sum.slope, sense: '=' }, { ...sum.value, sense: '=' });
    else {
      for (const end of [this.x[0]!, this.x.at(-1)!]) {
        const value = new Sum();
        value.add(sum.value, Rational.one);
        value.add(sum.slope, Rational.of(end - this.place));
        rows.push({ ...value, sense: remainder === 'not negative' ? '>=' : '<=' });
      }
    }
    const point = solveRows(rows, unknowns);
    return (
      point &&
      terms.map(({ piece }, k): Line => {
        const unknown = firstUnknown.get(k);
        if (unknown === undefined) return this.chord(ends[k]!);
        if (this.graph.pieces.kind[piece] === POINT) return this.lineOf(piece, point[unknown]!);
        const slope = point[unknown + 1]!;
        const at = Rational.of(this.x[this.graph.pieces.at[piece]!]!);
        return { slope, intercept: point[unknown]!.subtract(slope.multiply(at)) };
      })
    );
  }

  /** One data point: the unknown is the slope. */
  private pointForm(piece: number, unknown: number, rows: Row[]): LineForm {
    const { at, low, high } = this.graph.pieces;
    const i = at[piece]!;
    const bound = (chord: number, sense: Sense) => {
      if (chord >= 0) rows.push({ ...form(this.slopeOf(chord).negate(), [unknown, Rational.one]), sense });
    };
    bound(low[piece]!, '>=');
    bound(high[piece]!, '<=');
    return {
      slope: form(Rational.zero, [unknown, Rational.one]),
      value: form(Rational.of(this.y[i]!), [unknown, Rational.of(this.place - this.x[i]!)]),
    };
  }

  /** No data point: the unknowns are the value at the left end of the gap, and the slope. */
  private coneForm(piece: number, unknown: number, rows: Row[]): LineForm {
    const { at, low } = this.graph.pieces;
    const g = at[piece]!;
    const steeper = low[piece]! >= 0;
    const valueAt = (x: bigint, constant: Rational) =>
      form(constant, [unknown, Rational.one], [unknown + 1, Rational.of(x - this.x[g]!)]);
    rows.push(
      { ...valueAt(this.x[g]!, Rational.of(-this.y[g]!)), sense: steeper ? '<=' : '>=' },
      { ...valueAt(this.x[g + 1]!, Rational.of(-this.y[g + 1]!)), sense: steeper ? '>=' : '<=' },
    );
    return {
      slope: form(Rational.zero, [unknown + 1, Rational.one]),
      value: valueAt(this.place, Rational.zero),
    };
  }

  private fixedForm({ slope, intercept }: Line): LineForm {
    return { slope: form(slope), value: form(intercept.add(slope.multiply(Rational.of(this.place)))) };
  }

  /** A chord at an end of the slopes of a piece. */
  private endOf(piece: number, random: Random): number {
    const low = this.graph.pieces.low[piece]!;
    const high = this.graph.pieces.high[piece]!;
    if (low < 0) return high;
    if (high < 0 || low === high) return low;
    return random.integer(0, 1) === 0 ? low : high;
  }

  private slopeOf(chord: number): Rational {
    return Rational.of(this.y[chord + 1]! - this.y[chord]!, this.x[chord + 1]! - this.x[chord]!);
  }

  private chord(g: number): Line {
    const slope = this.slopeOf(g);
    return { slope, intercept: Rational.of(this.y[g]!).subtract(slope.multiply(Rational.of(this.x[g]!))) };
  }
}

function form(constant: Rational, ...terms: (readonly [number, Rational])[]): Form {
  return { constant, terms: new Map(terms.filter(([, factor]) => !factor.isZero())) };
}

/** A sum of forms. */
class Sum implements Form {
  constant = Rational.zero;
  readonly terms = new Map<number, Rational>();

  add({ constant, terms }: Form, factor: Rational): void {
    this.constant = this.constant.add(constant.multiply(factor));
    for (const [unknown, value] of terms) {
      const own = value.multiply(factor);
      this.terms.set(unknown, this.terms.get(unknown)?.add(own) ?? own);
    }
  }
}

/** A point at which every row holds, or null. Exact. */
function solveRows(rows: readonly Row[], unknowns: number): Rational[] | null {
  const isOpen = ({ terms }: Row) => terms.size > 0;
  const holds = ({ constant, sense }: Row) => {
    const sign = constant.sign();
    return sense === '=' ? sign === 0 : sense === '>=' ? sign >= 0 : sign <= 0;
  };
  if (!rows.every((row) => isOpen(row) || holds(row))) return null;
  const result = decide({
    unknowns,
    rows: rows.filter(isOpen).map(({ constant, terms, sense }) => {
      const coefficients: Rational[] = new Array<Rational>(unknowns).fill(Rational.zero);
      for (const [unknown, factor] of terms) coefficients[unknown] = factor;
      return LinearRow.fromRationals(coefficients, sense, constant.negate());
    }),
  });
  return result.status === 'feasible' ? result.point : null;
}

function shuffled(list: readonly number[], random: Random): number[] {
  const copy = list.slice();
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
