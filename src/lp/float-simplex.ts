import type { LinearSystem } from './linear-system.js';

/** What the doubles suggest; every variant carries the nonbasic variables of its last dictionary. */
export type Proposal =
  /** A point within `feasibility` of all rows; `nonbasic` slacks vanish there. */
  | { status: 'feasible'; nonbasic: Int32Array; point: Float64Array }
  /** As feasible, and no slack improves the objective. */
  | { status: 'optimal'; nonbasic: Int32Array; point: Float64Array }
  /** The slack `leaving` is a combination of the slacks in `support` that cannot be made feasible. */
  | { status: 'infeasible'; nonbasic: Int32Array; leaving: number; support: number[] }
  /** A feasible point from which the objective falls for ever when the nonbasic variable `entering` grows (or, for a free unknown, moves). */
  | { status: 'unbounded'; nonbasic: Int32Array; point: Float64Array; entering: number }
  /** Iteration limit or numbers beyond the range of doubles. */
  | { status: 'stalled'; nonbasic: Int32Array };

/** Tolerances of the proposals, relative to rows scaled to a largest coefficient near 1, and the pivot limit. */
export const FLOAT_SIMPLEX_DEFAULTS = {
  /** A slack may be negative by this much. */
  feasibility: 1e-9,
  /** Entries below this are no pivots. */
  pivot: 1e-9,
  /** Entries below this are rounding noise and set to 0. */
  noise: 1e-13,
  /** At most this many pivots per row and unknown. */
  pivotsPerVariable: 20,
} as const;

const { feasibility: FEASIBILITY, pivot: PIVOT, noise: NOISE } = FLOAT_SIMPLEX_DEFAULTS;

/*
 * Variables are numbered 0 .. n-1 (the unknowns, free) and n .. n+m-1 (the slacks: variable n+r belongs to row r).
 * Slack of row r: a.x - b for ">=", b - a.x for "<=", both >= 0; a.x - b = 0 for "=".
 *
 * The dictionary is condensed and changed in place, row-major with width n + 1:
 *
 *   basic[i] = sum_{j < n} table[i * width + j] * nonbasic[j] + table[i * width + n],     i < m
 *
 * At the start the slacks are basic and the unknowns are not. Row m holds the objective, row m + 1 the costs that guide
 * the dual simplex method of phase 1. The memory is kept between calls and grown when needed: the search solves
 * thousands of small systems.
 */
let table = new Float64Array(1 << 12);
let basic = new Int32Array(128);
let nonbasic = new Int32Array(128);
let equality = new Uint8Array(128);
let touched = new Int32Array(128);
/** Unknown j of the table is unknown j of the system divided by columnScale[j]. */
let columnScale = new Float64Array(128);

/**
 * A dense simplex method in doubles: proposes a point of the system or a reason why there is none; with an objective, a
 * minimum or a falling ray. Whoever uses a proposal verifies it in rationals. Synchronous; allocates nothing per pivot.
 * @param objective doubles, one per unknown; left out: feasibility only
 */
export function floatSimplex(system: LinearSystem, objective?: Float64Array): Proposal {
  const n = system.unknowns;
  const m = system.rows.length;
  load(system, objective);
  enterUnknowns(m, n);
  let budget = FLOAT_SIMPLEX_DEFAULTS.pivotsPerVariable * (m + n) + 50;

  // Phase 1: dual simplex method with positive costs, so that no step is degenerate and it cannot cycle.
  const width = n + 1;
  const costs = (m + 1) * width;
  for (let j = 0; j < n; j++) {
    const variable = nonbasic[j]!;
    // Fixed, irregular costs in [1, 2): the fractional parts of multiples of the golden ratio.
    table[costs + j] =
      variable >= n && equality[variable - n] === 0 ? 1 + ((variable * 0.6180339887498949) % 1) : 0;
  }
  table[costs + n] = 0;
  for (;;) {
    const leaving = mostViolated(m, n);
    if (leaving < 0) break;
    const value = table[leaving * width + n]!;
    if (!Number.isFinite(value) || budget-- === 0)
      return { status: 'stalled', nonbasic: nonbasic.slice(0, n) };
    const entering = dualRatio(leaving, n, value < 0 ? 1 : -1, costs);
    if (entering < 0) return infeasible(leaving, n);
    pivot(leaving, entering, m + 2, n);
  }
  if (objective === undefined)
    return { status: 'feasible', nonbasic: nonbasic.slice(0, n), point: point(m, n) };
  return minimise(m, n, budget);
}

function load(system: LinearSystem, objective: Float64Array | undefined): void {
  const n = system.unknowns;
  const m = system.rows.length;
  const width = n + 1;
  const size = (m + 2) * width;
  if (table.length < size) table = new Float64Array(2 * size);
  if (basic.length < m) {
    basic = new Int32Array(2 * m);
    equality = new Uint8Array(2 * m);
  }
  if (nonbasic.length < width) {
    nonbasic = new Int32Array(2 * width);
    touched = new Int32Array(2 * width);
    columnScale = new Float64Array(2 * width);
  }
  for (let j = 0; j < n; j++) nonbasic[j] = j;
  for (let i = 0; i < m; i++) {
    const row = system.rows[i]!;
    const offset = i * width;
    basic[i] = n + i;
    equality[i] = row.sense === '=' ? 1 : 0;
    const doubles = row.doubles;
    if (row.sense === '<=') {
      for (let j = 0; j < n; j++) table[offset + j] = -doubles[j]!;
      table[offset + n] = doubles[n]!;
    } else {
      table.set(doubles, offset);
      table[offset + n] = -doubles[n]!;
    }
  }
  table.fill(0, m * width, size);
  if (objective !== undefined) table.set(objective, m * width);
  equilibrate(system, m, n);
}

/** Brings the largest entry of every column, then of every row, and the largest constant near 1; by powers of two, which round nothing. */
function equilibrate(system: LinearSystem, m: number, n: number): void {
  const width = n + 1;
  const largest = columnScale.fill(0, 0, n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const entry = Math.abs(table[i * width + j]!);
      if (entry > largest[j]!) largest[j] = entry;
    }
  }
  for (let j = 0; j < n; j++) columnScale[j] = inversePower(largest[j]!);
  for (let i = 0; i <= m; i++) {
    const offset = i * width;
    let size = 0;
    for (let j = 0; j < n; j++) {
      const entry = table[offset + j]! * columnScale[j]!;
      table[offset + j] = entry;
      if (entry > size) size = entry;
      else if (-entry > size) size = -entry;
    }
    const scale = inversePower(size);
    if (scale !== 1) for (let j = 0; j < width; j++) table[offset + j]! *= scale;
  }
  let constant = 0;
  for (let i = 0; i < m; i++) {
    // A row without coefficients is true or false whatever the size of its constant.
    const at = i * width + n;
    if (system.rows[i]!.support.length === 0) table[at] = Math.sign(table[at]!);
    else constant = Math.max(constant, Math.abs(table[at]!));
  }
  const scale = inversePower(constant);
  for (let i = 0; i < m; i++) {
    if (system.rows[i]!.support.length > 0) table[i * width + n]! *= scale;
  }
  for (let j = 0; j < n; j++) columnScale[j]! /= scale;
}

/** The power of two that brings a positive size into [1, 2); 1 for sizes that are 0 or not finite. */
function inversePower(size: number): number {
  if (size >= 1 && size < 2) return 1;
  return size > 0 && size < Infinity ? 2 ** -Math.floor(Math.log2(size)) : 1;
}

/** Phase 0: pivots the free unknowns into the basis; equations first, then bounds (no fill), then the largest entries. */
function enterUnknowns(m: number, n: number): void {
  const width = n + 1;
  for (const wantEquality of [1, 0]) {
    for (let i = 0; i < m; i++) {
      if (equality[i] !== wantEquality || basic[i]! < n) continue;
      let best = -1;
      let size: number = PIVOT;
      let entries = 0;
      for (let j = 0; j < n; j++) {
        const entry = Math.abs(table[i * width + j]!);
        if (entry !== 0) entries++;
        if (entry > size && nonbasic[j]! < n) {
          size = entry;
          best = j;
        }
      }
      if (best >= 0 && (wantEquality === 1 || entries === 1)) pivot(i, best, m + 1, n);
    }
  }
  for (let j = 0; j < n; j++) {
    if (nonbasic[j]! >= n) continue;
    let best = -1;
    let size: number = PIVOT;
    for (let i = 0; i < m; i++) {
      const entry = Math.abs(table[i * width + j]!);
      if (entry > size && basic[i]! >= n) {
        size = entry;
        best = i;
      }
    }
    if (best >= 0) pivot(best, j, m + 1, n);
  }
}

/** The basic slack that misses its sign most, or -1. */
function mostViolated(m: number, n: number): number {
  const width = n + 1;
  let worst: number = FEASIBILITY;
  let row = -1;
  for (let i = 0; i < m; i++) {
    const variable = basic[i]!;
    if (variable < n) continue;
    const value = table[i * width + n]!;
    const violation = equality[variable - n] === 1 ? Math.abs(value) : -value;
    if (violation > worst || Number.isNaN(violation)) {
      worst = violation;
      row = i;
    }
  }
  return row;
}

/** The slack whose cost stays nonnegative when it enters; among near ties the largest pivot. -1 when none helps. */
function dualRatio(leaving: number, n: number, direction: 1 | -1, costs: number): number {
  const offset = leaving * (n + 1);
  let best = -1;
  let bestRatio = Infinity;
  let bestSize = 0;
  for (let j = 0; j < n; j++) {
    const entry = direction * table[offset + j]!;
    if (entry <= PIVOT) continue;
    const variable = nonbasic[j]!;
    if (variable < n || equality[variable - n] === 1) continue;
    const ratio = table[costs + j]! / entry;
    if (ratio < bestRatio - 1e-12 || (ratio <= bestRatio + 1e-12 && entry > bestSize)) {
      bestRatio = Math.min(ratio, bestRatio);
      bestSize = entry;
      best = j;
    }
  }
  return best;
}

function infeasible(leaving: number, n: number): Proposal {
  const support: number[] = [];
  for (let j = 0; j < n; j++) {
    if (Math.abs(table[leaving * (n + 1) + j]!) > PIVOT && nonbasic[j]! >= n) support.push(nonbasic[j]!);
  }
  return { status: 'infeasible', nonbasic: nonbasic.slice(0, n), leaving: basic[leaving]!, support };
}

/** Phase 2: primal simplex method; largest reduced cost, and the least index (Bland) once half the budget is used. */
function minimise(m: number, n: number, budget: number): Proposal {
  const width = n + 1;
  const half = budget / 2;
  for (;;) {
    const bland = budget < half;
    let entering = -1;
    let steepest: number = -PIVOT;
    for (let j = 0; j < n; j++) {
      const variable = nonbasic[j]!;
      let reduced = table[m * width + j]!;
      if (variable < n) reduced = -Math.abs(reduced);
      else if (equality[variable - n] === 1) continue;
      if (bland ? reduced < -PIVOT && (entering < 0 || variable < nonbasic[entering]!) : reduced < steepest) {
        steepest = reduced;
        entering = j;
      }
    }
    if (entering < 0) return { status: 'optimal', nonbasic: nonbasic.slice(0, n), point: point(m, n) };
    if (budget-- <= 0) return { status: 'stalled', nonbasic: nonbasic.slice(0, n) };
    const direction = table[m * width + entering]! < 0 ? 1 : -1;
    let leaving = -1;
    let bestRatio = Infinity;
    let bestSize = 0;
    for (let i = 0; i < m; i++) {
      const variable = basic[i]!;
      if (variable < n) continue;
      const fall = -direction * table[i * width + entering]!;
      const fixed = equality[variable - n] === 1;
      if (fixed ? Math.abs(fall) <= PIVOT : fall <= PIVOT) continue;
      const ratio = fixed ? 0 : Math.max(0, table[i * width + n]!) / fall;
      const size = Math.abs(fall);
      const better = bland ? variable < basic[leaving]! : size > bestSize;
      if (ratio < bestRatio - 1e-12 || (ratio <= bestRatio + 1e-12 && better)) {
        bestRatio = Math.min(ratio, bestRatio);
        bestSize = size;
        leaving = i;
      }
    }
    if (leaving < 0) {
      return {
        status: 'unbounded',
        nonbasic: nonbasic.slice(0, n),
        point: point(m, n),
        entering: nonbasic[entering]!,
      };
    }
    pivot(leaving, entering, m + 1, n);
  }
}

/** Exchanges basic[r] and nonbasic[c] in the first `rows` rows of the table. */
function pivot(r: number, c: number, rows: number, n: number): void {
  const width = n + 1;
  const own = r * width;
  const inverse = 1 / table[own + c]!;
  let count = 0;
  for (let j = 0; j < width; j++) {
    const entry = table[own + j]!;
    if (j === c || entry === 0) continue;
    table[own + j] = -entry * inverse;
    touched[count++] = j;
  }
  table[own + c] = inverse;
  for (let i = 0; i < rows; i++) {
    if (i === r) continue;
    const offset = i * width;
    const factor = table[offset + c]!;
    if (factor === 0) continue;
    for (let k = 0; k < count; k++) {
      const j = touched[k]!;
      const value = table[offset + j]! + factor * table[own + j]!;
      table[offset + j] = value < NOISE && value > -NOISE ? 0 : value;
    }
    table[offset + c] = factor * inverse;
  }
  const variable = basic[r]!;
  basic[r] = nonbasic[c]!;
  nonbasic[c] = variable;
}

function point(m: number, n: number): Float64Array {
  const x = new Float64Array(n);
  for (let i = 0; i < m; i++)
    if (basic[i]! < n) x[basic[i]!] = columnScale[basic[i]!]! * table[i * (n + 1) + n]!;
  return x;
}
