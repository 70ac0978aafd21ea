import { Rational } from '../exact/rational.js';

/** A matrix with one row per output, row-major. */
export interface ExactMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly entries: readonly Rational[];
  /** The tensor it came from, and whether the file stores it as [in, out]. */
  readonly from: { readonly name: string; readonly transposed: boolean };
}

/** What multiplies x, or h: a matrix, or one factor for every entry (a single one for all). */
export type Linear = { readonly matrix: ExactMatrix } | { readonly factors: readonly Rational[] };

/**
 * A value of the graph that depends on the input, one row for every data point, exactly:
 *
 *   input(x) + hidden(h) + constant,
 *
 * where x is the input of the graph and h the output of its one Relu. A part that is null is absent.
 */
export interface Signal {
  readonly kind: 'signal';
  /** Numbers for every data point; null for those of an input whose dimension is not known yet. */
  readonly width: number | null;
  /** How the numbers are laid out: `rows` [N, width], `flat` [N] (width 1), `deep` with more axes than two. */
  readonly layout: 'rows' | 'flat' | 'deep';
  readonly input: Linear | null;
  readonly hidden: Linear | null;
  /** One number for each of the width, or a single one for all. */
  readonly constant: readonly Rational[];
  /** Names of the constants that were added after a matrix. */
  readonly biases: readonly string[];
}

/** The input of the graph, or the output of its Relu. */
export function plainSignal(
  part: 'input' | 'hidden',
  width: number | null,
  layout: Signal['layout'] = 'rows',
): Signal {
  const linear: Linear = { factors: [Rational.one] };
  return {
    kind: 'signal',
    width,
    layout,
    input: part === 'input' ? linear : null,
    hidden: part === 'hidden' ? linear : null,
    constant: [Rational.zero],
    biases: [],
  };
}

/** Whether no matrix has been applied yet. */
export function isPlain({ input, hidden }: Signal): boolean {
  return [input, hidden].every((linear) => linear === null || 'factors' in linear);
}

/** Entry i of a list in which a single entry stands for all. */
function entry(list: readonly Rational[], i: number): Rational {
  return list.length === 1 ? list[0]! : list[i]!;
}

/** The entries of such a list, all of them. */
export function spread(list: readonly Rational[], width: number): Rational[] {
  return Array.from({ length: width }, (_, i) => entry(list, i));
}

function zip(
  a: readonly Rational[],
  b: readonly Rational[],
  combine: (x: Rational, y: Rational) => Rational,
): Rational[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => combine(entry(a, i), entry(b, i)));
}

/** The signal times one number for each of its entries, or a single one for all. */
export function multiplied(signal: Signal, factors: readonly Rational[]): Signal {
  const times = (linear: Linear | null): Linear | null => {
    if (linear === null) return null;
    if ('factors' in linear) return { factors: zip(linear.factors, factors, (x, y) => x.multiply(y)) };
    const { matrix } = linear;
    const entries = matrix.entries.map((value, i) =>
      value.multiply(entry(factors, Math.floor(i / matrix.columns))),
    );
    return { matrix: { ...matrix, entries } };
  };
  return {
    ...signal,
    input: times(signal.input),
    hidden: times(signal.hidden),
    constant: zip(signal.constant, factors, (x, y) => x.multiply(y)),
  };
}

/** The signal plus one number for each of its entries, or a single one for all. */
export function shiftedBy(signal: Signal, constant: readonly Rational[], name: string): Signal {
  return {
    ...signal,
    constant: zip(signal.constant, constant, (x, y) => x.add(y)),
    biases: isPlain(signal) ? signal.biases : [...signal.biases, name],
  };
}

/**
 * Matrix times signal.
 * @param matrix with as many columns as the signal has entries
 * @param signal a plain one with one part
 */
export function applied(matrix: ExactMatrix, signal: Signal): Signal {
  const { rows, columns, entries } = matrix;
  const times = (linear: Linear | null): Linear | null => {
    if (linear === null) return null;
    const { factors } = linear as { readonly factors: readonly Rational[] };
    const trivial = factors.length === 1 && factors[0]!.equals(Rational.one);
    return {
      matrix: trivial
        ? matrix
        : { ...matrix, entries: entries.map((value, i) => value.multiply(entry(factors, i % columns))) },
    };
  };
  const constant = signal.constant.every((value) => value.isZero())
    ? [Rational.zero]
    : Array.from({ length: rows }, (_, i) => {
        let sum = Rational.zero;
        for (let j = 0; j < columns; j++) {
          sum = sum.add(entries[i * columns + j]!.multiply(entry(signal.constant, j)));
        }
        return sum;
      });
  return { ...signal, width: rows, input: times(signal.input), hidden: times(signal.hidden), constant };
}

/** The sum of two signals of one width and layout of which at most one depends on x, and at most one on h. */
export function sumOf(a: Signal, b: Signal): Signal {
  return {
    ...a,
    input: a.input ?? b.input,
    hidden: a.hidden ?? b.hidden,
    constant: zip(a.constant, b.constant, (x, y) => x.add(y)),
    biases: [...a.biases, ...b.biases],
  };
}
