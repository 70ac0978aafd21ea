import { rowName } from '../certificate/search-proof.js';
import type { ResidueMatrix } from '../exact/null-vector.js';
import { ACTIVATION } from './decision.js';
import { atomAt, type Points } from './points.js';
import { coordinateCount, neuronCount, unknownCount } from './question.js';
import type { Region } from './region.js';

/** The points of the search as doubles that hold them exactly: the integers themselves, or their residues modulo a prime. */
interface Table {
  /** The prime; 0: the integers themselves. */
  readonly modulus: number;
  /** N x width, as in `Points`. */
  readonly points: Float64Array;
  /** N x (2 d + 1). */
  readonly atoms: Float64Array;
}

interface Tables {
  /** At least every |entry|. */
  readonly largest: number;
  /** Null when they are no safe integers. */
  readonly integers:
    | (Table & { readonly lower: Float64Array; readonly upper: Float64Array; readonly largestRight: number })
    | null;
  readonly residues: Table[];
}

const tables = new WeakMap<Points['exact'], Tables>();

function tablesOf(points: Points): Tables {
  let known = tables.get(points.exact);
  if (known === undefined) {
    const largest = magnitude(points.exact.flat());
    const largestRight = magnitude([...points.lower, ...points.upper]);
    const isSafe = largest <= Number.MAX_SAFE_INTEGER && largestRight <= Number.MAX_SAFE_INTEGER;
    const lower = Float64Array.from(points.lower, Number);
    const upper = Float64Array.from(points.upper, Number);
    known = {
      largest,
      integers: isSafe ? { ...tableOf(points, 0), lower, upper, largestRight } : null,
      residues: [],
    };
    tables.set(points.exact, known);
  }
  return known;
}

function magnitude(values: readonly bigint[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(Number(value))), 1);
}

function tableOf(points: Points, modulus: number): Table {
  const reduced = (value: bigint): number => {
    if (modulus === 0) return Number(value);
    const rest = Number(value % BigInt(modulus));
    return rest < 0 ? rest + modulus : rest;
  };
  const { size, width } = points;
  const count = 2 * width - 1;
  return {
    modulus,
    points: Float64Array.from(points.exact.flat(), reduced),
    atoms: Float64Array.from({ length: size * count }, (_, at) =>
      reduced(atomAt(points, at % count, Math.floor(at / count))),
    ),
  };
}

/**
 * Coefficients of a row of the region, see `exactRow`, times a factor, added to `into` at j * stride + offset for unknown j; those of closed
 * coordinates are left out.
 */
function addRow(
  { question, activation, closed }: Region,
  code: number,
  table: Table,
  factor: number,
  into: Float64Array,
  stride: number,
  offset: number,
): void {
  const { points, plus, pivot } = question;
  const { size, width } = points;
  const neurons = neuronCount(question);
  const name = rowName(code, neurons, size)!;
  if (name.kind === 'activation') {
    const isPositive = activation[code]! < 0;
    addEntries(
      closed,
      name.neuron * width,
      table,
      table.points,
      name.point * width,
      width,
      isPositive,
      factor,
      into,
      stride,
      offset,
    );
    return;
  }
  if (name.kind !== 'fit') {
    addEntries(
      closed,
      name.neuron * width,
      table,
      table.points,
      pivot * width,
      width,
      false,
      factor,
      into,
      stride,
      offset,
    );
    return;
  }
  const n = name.point;
  const isAbove = name.side === 0;
  for (let k = 0; k < neurons; k++) {
    const known = activation[k * size + n]!;
    if (known > 0 || (known === 0 && (name.linear >> k) & 1)) {
      const isPositive = k < plus === isAbove;
      addEntries(
        closed,
        k * width,
        table,
        table.points,
        n * width,
        width,
        isPositive,
        factor,
        into,
        stride,
        offset,
      );
    }
  }
  const firstAtom = neurons * width;
  const firstSkip = coordinateCount(question);
  if (firstSkip > firstAtom) {
    const from = n * (2 * width - 1);
    addEntries(
      closed,
      firstAtom,
      table,
      table.atoms,
      from,
      firstSkip - firstAtom,
      isAbove,
      factor,
      into,
      stride,
      offset,
    );
  }
  if (question.skip === 'none') return;
  const length = question.skip === 'affine' ? width : 1;
  const from = n * width + width - length;
  addEntries(null, firstSkip, table, table.points, from, length, isAbove, factor, into, stride, offset);
}

/** So many entries of a table, from one on, for the unknowns from `base` on, but for the closed ones. */
function addEntries(
  closed: Uint8Array | null,
  base: number,
  { modulus }: Table,
  values: Float64Array,
  from: number,
  length: number,
  isPositive: boolean,
  factor: number,
  into: Float64Array,
  stride: number,
  offset: number,
): void {
  for (let i = 0, at = base * stride + offset; i < length; i++, at += stride) {
    const value = values[from + i]!;
    if (value === 0 || (closed !== null && closed[base + i] === 1)) continue;
    into[at]! += factor * (isPositive ? value : modulus - value);
  }
}

/** The equations of a dependency of rows, one for every unknown, for `nullVectorByPrimes`. */
export function residuesOf(region: Region, codes: readonly number[]): ResidueMatrix {
  const { points } = region.question;
  const known = tablesOf(points);
  const rows = unknownCount(region.question);
  const columns = codes.length;
  return {
    rows,
    columns,
    largest: known.largest,
    write(into, prime, t) {
      known.residues[t] ??= tableOf(points, prime);
      into.fill(0, 0, rows * columns);
      for (let c = 0; c < columns; c++) addRow(region, codes[c]!, known.residues[t], 1, into, columns, c);
    },
  };
}

/** Doubles are taken for fractions up to this relative error, and only while no other fraction of that size is as near. */
const NEAR = { error: 1e-11, largest: 2 ** 30, clear: 1e-3 } as const;

/** The least positive integers that seem to be in the ratio of positive doubles, by continued fractions, or null. A proposal. */
export function integersNear(weights: readonly number[]): Float64Array | null {
  let least = Number.POSITIVE_INFINITY;
  for (let r = 0; r < weights.length; r++) least = Math.min(least, weights[r]!);
  let scale = 1;
  for (let r = 0; r < weights.length; r++) {
    const value = (weights[r]! / least) * scale;
    const denominator = denominatorOf(value);
    scale *= denominator;
    if (denominator === 0 || scale > NEAR.largest) return null;
  }
  const integers = new Float64Array(weights.length);
  for (let r = 0; r < weights.length; r++) {
    const value = (weights[r]! / least) * scale;
    if (value > NEAR.largest) return null;
    integers[r] = Math.round(value);
  }
  return integers;
}

/** The least denominator with which a positive double is as near to a fraction as rounding lets it be; 0: none. */
function denominatorOf(value: number): number {
  let before = 0;
  let q = 1;
  let rest = value;
  for (;;) {
    const product = q * value;
    const error = product * NEAR.error;
    if (error > NEAR.clear) return 0;
    if (Math.abs(product - Math.round(product)) <= error) return q;
    const fraction = rest - Math.floor(rest);
    if (fraction === 0) return 0;
    rest = 1 / fraction;
    const next = Math.floor(rest) * q + before;
    before = q;
    q = next;
  }
}

let sums = new Float64Array(0);

/** Do integer multipliers > 0 combine the rows to 0 <= negative, or 0 < 0? Exact: false also where doubles would not hold the sums. */
export function isContradictionOf(
  region: Region,
  codes: readonly number[],
  multipliers: Float64Array,
): boolean {
  const { question, activation } = region;
  const { integers, largest } = tablesOf(question.points);
  if (integers === null) return false;
  const bound = Number.MAX_SAFE_INTEGER / (codes.length * Math.max(largest, integers.largestRight));
  const neurons = neuronCount(question);
  const { size } = question.points;
  const unknowns = unknownCount(question);
  if (sums.length < unknowns) sums = new Float64Array(2 * unknowns);
  sums.fill(0, 0, unknowns);
  let right = 0;
  let strict = false;
  for (let r = 0; r < codes.length; r++) {
    const code = codes[r]!;
    const y = multipliers[r]!;
    if (!(y > 0 && y <= bound)) return false;
    addRow(region, code, integers, y, sums, 1, 0);
    const name = rowName(code, neurons, size)!;
    if (name.kind === 'fit')
      right += y * (name.side === 0 ? integers.upper[name.point]! : -integers.lower[name.point]!);
    else if (name.kind === 'activation')
      strict ||= activation[code] === ACTIVATION.positive || activation[code] === ACTIVATION.negative;
  }
  for (let j = 0; j < unknowns; j++) if (sums[j] !== 0) return false;
  return right < 0 || (right === 0 && strict);
}

/** Do multipliers >= 0 of a dependency give a negative right side, or 0 with a strict row among them? Exact. */
export function isRightNegative(
  { question, activation }: Region,
  codes: readonly number[],
  multipliers: readonly bigint[],
): boolean {
  const { points } = question;
  const neurons = neuronCount(question);
  let right = 0n;
  let strict = false;
  for (let r = 0; r < codes.length; r++) {
    const y = multipliers[r]!;
    if (y === 0n) continue;
    const name = rowName(codes[r]!, neurons, points.size)!;
    if (name.kind === 'fit')
      right += y * (name.side === 0 ? points.upper[name.point]! : -points.lower[name.point]!);
    else if (name.kind === 'activation') {
      const known = activation[codes[r]!];
      strict ||= known === ACTIVATION.positive || known === ACTIVATION.negative;
    }
  }
  return right < 0n || (right === 0n && strict);
}
