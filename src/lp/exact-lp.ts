import { overCommonDenominator } from '../exact/common-denominator.js';
import { Rational } from '../exact/rational.js';
import { ExactDictionary, type ExactOutcome } from './exact-simplex.js';
import { floatSimplex, type Proposal } from './float-simplex.js';
import { type LinearProgram, type LinearRow, type LinearSystem, primitiveOf } from './linear-system.js';
import { solveSparseSystem } from './sparse-elimination.js';

/**
 * Linear programs with exact answers. Doubles propose a basis, fraction-free elimination turns it into a certificate, the
 * certificate is verified in rationals; when it fails, the exact simplex method takes over from the proposed basis. So
 * every answer here has passed one of the three `verify` functions below, which use nothing but sums and products.
 *
 * Sign rule for one multiplier (dual value) y_r per row: y_r >= 0 for ">=", y_r <= 0 for "<=", any sign for "=".
 */
export type LpResult =
  /** point . objective = value = sum y_r b_r, sum y_r a_r = objective: least by weak duality. */
  | { status: 'optimal'; point: Rational[]; duals: Rational[]; value: Rational; source: AnswerSource }
  | { status: 'infeasible'; multipliers: bigint[]; source: AnswerSource }
  /** point + t ray is feasible for all t >= 0, and objective . ray < 0. */
  | { status: 'unbounded'; point: Rational[]; ray: Rational[]; source: AnswerSource };

/** Answer to "is there a point?"; see `decide`. */
export type Feasibility =
  | { status: 'feasible'; point: Rational[]; source: AnswerSource }
  | { status: 'infeasible'; multipliers: bigint[]; source: AnswerSource };

/** Answer to "can this be ruled out?"; see `refute`. */
export type Refutation =
  | { status: 'infeasible'; multipliers: bigint[]; source: AnswerSource }
  /** Not ruled out. `point` is approximate (about 1e-9 on rows scaled to 1) and a guide only: `decide` is exact. */
  | { status: 'open'; point: Float64Array };

/** Whether the doubles' proposal was right, or the exact simplex method had to find the answer. */
export type AnswerSource = 'proposal' | 'exact simplex';

/**
 * Rules a system out, exactly, or gives an approximate point to branch on. Fast: thousands of systems with some 50
 * unknowns per second or two.
 *
 * `infeasible` is certain: its primitive integer multipliers (one per row, sign rule above) combine the rows to
 * 0 >= positive and have been verified. `open` is not a claim.
 */
export function refute(system: LinearSystem): Refutation {
  const proposal = floatSimplex(system);
  if (proposal.status === 'feasible') return { status: 'open', point: proposal.point };
  const multipliers = multipliersOf(system, proposal);
  if (multipliers !== null) return { status: 'infeasible', multipliers, source: 'proposal' };
  const decision = fallBack(system, null, proposal);
  if (decision.status === 'infeasible') return decision;
  return { status: 'open', point: Float64Array.from(decision.point, (value) => value.toNumber()) };
}

/** Decides feasibility exactly: a rational point, or Farkas multipliers (primitive integers). Both verified. */
export function decide(system: LinearSystem): Feasibility {
  const proposal = floatSimplex(system);
  if (proposal.status === 'feasible') {
    const point = basicPoint(system, proposal.nonbasic);
    if (point !== null && isFeasible(system, point)) return { status: 'feasible', point, source: 'proposal' };
  }
  const multipliers = multipliersOf(system, proposal);
  if (multipliers !== null) return { status: 'infeasible', multipliers, source: 'proposal' };
  const result = fallBack(system, null, proposal);
  if (result.status === 'infeasible') return result;
  return { status: 'feasible', point: result.point, source: 'exact simplex' };
}

/** Minimises objective . x exactly: point and dual values, Farkas multipliers, or point and ray. All verified. */
export function minimiseLinear(program: LinearProgram): LpResult {
  const proposal = floatSimplex(program, scaledObjective(program));
  const source = 'proposal';
  if (proposal.status === 'infeasible') {
    const multipliers = multipliersOf(program, proposal);
    if (multipliers !== null) return { status: 'infeasible', multipliers, source };
  } else if (proposal.status === 'optimal') {
    const point = basicPoint(program, proposal.nonbasic);
    const duals = point && combine(program, tightRows(program, proposal.nonbasic), program.objective);
    if (point && duals && verifyOptimal(program, point, duals)) {
      return { status: 'optimal', point, duals, value: dot(program.objective, point), source };
    }
  } else if (proposal.status === 'unbounded') {
    const point = basicPoint(program, proposal.nonbasic);
    const ray = point && basicRay(program, proposal.nonbasic, proposal.entering);
    if (point && ray && verifyUnbounded(program, point, ray))
      return { status: 'unbounded', point, ray, source };
  }
  return fallBack(program, program.objective, proposal);
}

// --- verification -----------------------------------------------------------------------------------------------------

/** True when the point satisfies every row. Exact. */
export function isFeasible(system: LinearSystem, point: readonly Rational[]): boolean {
  const { numerators, denominator } = overCommonDenominator(point);
  return system.rows.every((row) => {
    const difference = sparseDot(row, numerators) - row.right * denominator;
    return row.sense === '=' ? difference === 0n : row.sense === '>=' ? difference >= 0n : difference <= 0n;
  });
}

/** True when the multipliers obey the sign rule and combine the rows to 0 >= positive: no point exists (Farkas). Exact. */
export function verifyInfeasible(system: LinearSystem, multipliers: readonly bigint[]): boolean {
  const right = rightOfSum(system, multipliers, new Array(system.unknowns).fill(0n));
  return right !== null && right > 0n;
}

/** The right side of the rows combined by multipliers that obey the sign rule, when their left side is `left`; else null. */
function rightOfSum(
  { rows }: LinearSystem,
  multipliers: readonly bigint[],
  left: readonly bigint[],
): bigint | null {
  if (multipliers.length !== rows.length) return null;
  const rest = left.slice();
  let right = 0n;
  for (let r = 0; r < multipliers.length; r++) {
    const y = multipliers[r]!;
    if (y === 0n) continue;
    const row = rows[r]!;
    if ((row.sense === '>=' && y < 0n) || (row.sense === '<=' && y > 0n)) return null;
    for (const j of row.support) rest[j]! -= y * row.coefficients[j]!;
    right += y * row.right;
  }
  return rest.every((value) => value === 0n) ? right : null;
}

/** True when point is feasible, the duals obey the sign rule and combine the rows to the objective, and both values agree. */
export function verifyOptimal(
  program: LinearProgram,
  point: readonly Rational[],
  duals: readonly Rational[],
): boolean {
  const { numerators, denominator } = overCommonDenominator(duals);
  const right = rightOfSum(
    program,
    numerators,
    program.objective.map((value) => value * denominator),
  );
  if (right === null || point.length !== program.unknowns) return false;
  return isFeasible(program, point) && dot(program.objective, point).equals(Rational.of(right, denominator));
}

/** True when point is feasible, every row allows the ray, and the objective falls along it. Exact. */
export function verifyUnbounded(
  program: LinearProgram,
  point: readonly Rational[],
  ray: readonly Rational[],
): boolean {
  if (point.length !== program.unknowns || ray.length !== program.unknowns) return false;
  const { numerators } = overCommonDenominator(ray);
  const allowed = program.rows.every((row) => {
    const change = sparseDot(row, numerators);
    return row.sense === '=' ? change === 0n : row.sense === '>=' ? change >= 0n : change <= 0n;
  });
  return allowed && dot(program.objective, ray).sign() < 0 && isFeasible(program, point);
}

// --- from a proposal to an exact candidate ----------------------------------------------------------------------------

/** Verified Farkas multipliers from an infeasible proposal, or null. */
function multipliersOf(system: LinearSystem, proposal: Proposal): bigint[] | null {
  if (proposal.status !== 'infeasible') return null;
  const n = system.unknowns;
  const leaving = proposal.leaving - n;
  const target = system.rows[leaving]!.coefficients.map((value) => -value);
  // First the rows the doubles name; then, should rounding have hidden one, the whole basis.
  for (const slacks of [proposal.support, Array.from(proposal.nonbasic)]) {
    const rows = slacks.filter((variable) => variable >= n).map((variable) => variable - n);
    const weights = combine(system, rows, target);
    if (weights === null) continue;
    weights[leaving] = Rational.one;
    const multipliers = primitiveOf(weights);
    let right = 0n;
    multipliers.forEach((y, r) => {
      if (y !== 0n) right += y * system.rows[r]!.right;
    });
    const oriented = right < 0n ? multipliers.map((y) => -y) : multipliers;
    if (verifyInfeasible(system, oriented)) return oriented;
  }
  return null;
}

/**
 * Multipliers, zero outside `rows`, with sum y_r a_r = target; null when there are none. Exact. A row with a single
 * coefficient settles its own column afterwards, so neither enters the elimination.
 */
function combine(
  system: LinearSystem,
  rows: readonly number[],
  target: readonly bigint[],
): Rational[] | null {
  const settles = new Map<number, number>();
  const others: number[] = [];
  for (const r of rows) {
    const { support } = system.rows[r]!;
    if (support.length === 1 && !settles.has(support[0]!)) settles.set(support[0]!, r);
    else others.push(r);
  }
  const matrix: bigint[][] = [];
  const right: bigint[] = [];
  for (let j = 0; j < system.unknowns; j++) {
    if (settles.has(j)) continue;
    const line = others.map((r) => system.rows[r]!.coefficients[j]!);
    if (line.every((value) => value === 0n)) {
      if (target[j] !== 0n) return null;
      continue;
    }
    matrix.push(line);
    right.push(target[j]!);
  }
  const solution = others.length === 0 ? [] : solveSparseSystem(matrix, right);
  if (solution === null) return null;
  const weights: Rational[] = new Array(system.rows.length).fill(Rational.zero);
  const { numerators, denominator } = overCommonDenominator(solution);
  others.forEach((r, k) => {
    weights[r] = solution[k] ?? Rational.zero;
  });
  for (const [j, r] of settles) {
    let rest = target[j]! * denominator;
    others.forEach((other, k) => {
      const coefficient = system.rows[other]!.coefficients[j]!;
      if (coefficient !== 0n) rest -= (numerators[k] ?? 0n) * coefficient;
    });
    weights[r] = Rational.of(rest, denominator * system.rows[r]!.coefficients[j]!);
  }
  return weights;
}

/** Rows whose slack is nonbasic. */
function tightRows(system: LinearSystem, nonbasic: Int32Array): number[] {
  const n = system.unknowns;
  return Array.from(nonbasic)
    .filter((variable) => variable >= n)
    .map((variable) => variable - n);
}

/** The point at which the nonbasic slacks and unknowns vanish, or null. Exact. */
function basicPoint(system: LinearSystem, nonbasic: Int32Array): Rational[] | null {
  const rows = tightRows(system, nonbasic);
  return solveRows(
    system,
    rows,
    rows.map((r) => system.rows[r]!.right),
    nonbasic,
  );
}

/** The direction in which the entering variable grows and all other nonbasic variables stay, or null. Exact. */
function basicRay(system: LinearProgram, nonbasic: Int32Array, entering: number): Rational[] | null {
  const rows = tightRows(system, nonbasic);
  const n = system.unknowns;
  if (entering >= n) {
    const step = system.rows[entering - n]!.sense === '<=' ? -1n : 1n;
    const right = rows.map((r) => (r === entering - n ? step : 0n));
    return solveRows(system, rows, right, nonbasic);
  }
  // A free unknown that no row holds: move it by 1, the others follow, against the gradient of the objective.
  const right = rows.map((r) => -system.rows[r]!.coefficients[entering]!);
  const ray = solveRows(system, rows, right, nonbasic);
  if (ray === null) return null;
  ray[entering] = Rational.one;
  return dot(system.objective, ray).sign() > 0 ? ray.map((value) => value.negate()) : ray;
}

/** Solves a_r . x = right_r over the given rows with all nonbasic unknowns 0. */
function solveRows(
  system: LinearSystem,
  rows: readonly number[],
  right: readonly bigint[],
  nonbasic: Int32Array,
): Rational[] | null {
  const zero = new Set<number>(nonbasic);
  const used: number[] = [];
  rows.forEach((r, k) => {
    const { support } = system.rows[r]!;
    if (support.length === 1 && right[k] === 0n) zero.add(support[0]!);
    else used.push(k);
  });
  const columns = Array.from({ length: system.unknowns }, (_, j) => j).filter((j) => !zero.has(j));
  const x: Rational[] = new Array(system.unknowns).fill(Rational.zero);
  if (used.length === 0) return x;
  const solution = solveSparseSystem(
    used.map((k) => columns.map((j) => system.rows[rows[k]!]!.coefficients[j]!)),
    used.map((k) => right[k]!),
  );
  if (solution === null) return null;
  columns.forEach((j, k) => {
    x[j] = solution[k]!;
  });
  return x;
}

function fallBack(system: LinearSystem, objective: readonly bigint[] | null, proposal: Proposal): LpResult {
  const outcome: ExactOutcome = new ExactDictionary(system, objective).solve(Array.from(proposal.nonbasic));
  const source = 'exact simplex';
  const program = { ...system, objective: objective ?? new Array<bigint>(system.unknowns).fill(0n) };
  if (outcome.status === 'infeasible') {
    const multipliers = primitiveOf(outcome.multipliers);
    insist(verifyInfeasible(system, multipliers));
    return { status: 'infeasible', multipliers, source };
  }
  if (outcome.status === 'unbounded') {
    insist(verifyUnbounded(program, outcome.point, outcome.ray));
    return { ...outcome, source };
  }
  insist(verifyOptimal(program, outcome.point, outcome.duals));
  return { ...outcome, value: dot(program.objective, outcome.point), source };
}

/** An exact method whose answer fails verification is a defect of this program, never of the input. */
function insist(verified: boolean): asserts verified {
  if (!verified) throw new Error('the exact simplex method returned an answer that fails verification');
}

// --- arithmetic -------------------------------------------------------------------------------------------------------

function scaledObjective(program: LinearProgram): Float64Array {
  const doubles = Float64Array.from(program.objective, Number);
  let largest = 0;
  for (const value of doubles) largest = Math.max(largest, Math.abs(value));
  return largest > 0 && Number.isFinite(largest) ? doubles.map((value) => value / largest) : doubles;
}

function sparseDot(row: LinearRow, numerators: readonly bigint[]): bigint {
  let sum = 0n;
  for (const j of row.support) sum += row.coefficients[j]! * numerators[j]!;
  return sum;
}

function dot(integers: readonly bigint[], values: readonly Rational[]): Rational {
  const { numerators, denominator } = overCommonDenominator(values);
  let sum = 0n;
  integers.forEach((value, j) => {
    if (value !== 0n) sum += value * numerators[j]!;
  });
  return Rational.of(sum, denominator);
}
