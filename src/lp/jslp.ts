import { runInJslpWorker, stopJslpWorker } from './jslp-worker.js';
import { MILP_DEFAULTS, type MilpBackend, type MilpClaim, type MilpModel } from './milp.js';

/** The part of the package's JSON model that is used here. */
export interface JslpModel {
  optimize: string;
  opType: 'min';
  constraints: Record<string, { min?: number; max?: number; equal?: number }>;
  variables: Record<string, Record<string, number>>;
  ints: Record<string, 1>;
  unrestricted: Record<string, 1>;
}

/** The part of the package's answer that is used here; variables that are 0 are left out. */
export interface JslpResult {
  feasible: boolean;
  result: number;
  bounded?: boolean;
  [variable: string]: number | boolean | undefined;
}

/**
 * javascript-lp-solver, an optional package. It hangs on some feasible programs in spite of its own time limit, so it runs
 * in a worker thread that is ended from outside. Node only.
 */
export function jslpBackend(): MilpBackend {
  return {
    name: 'jslp',
    async solve(model, options) {
      const { timeLimitSeconds } = { ...MILP_DEFAULTS, ...options };
      const result = await runInJslpWorker(translate(model), timeLimitSeconds);
      if (result === null) {
        return {
          status: 'undecided',
          reason: `jslp was cut off after ${timeLimitSeconds} seconds`,
          values: null,
        };
      }
      return read(model, result);
    },
    close: stopJslpWorker,
  };
}

function read(model: MilpModel, result: JslpResult): MilpClaim {
  if (!result.feasible) return { status: 'infeasible' };
  if (result.bounded === false) return { status: 'unbounded' };
  const values = Float64Array.from(model.cost, (_, j) => Number(result[`x${j}`] ?? 0));
  return { status: 'optimal', objective: result.result, values };
}

/** Variables are nonnegative there unless unrestricted; every other bound becomes a constraint. */
function translate(model: MilpModel): JslpModel {
  const translated: JslpModel = {
    optimize: 'cost',
    opType: 'min',
    constraints: {},
    variables: {},
    ints: {},
    unrestricted: {},
  };
  model.cost.forEach((cost, j) => {
    const name = `x${j}`;
    const entries: Record<string, number> = { cost };
    const lower = model.lower[j]!;
    const bounds = range(lower === 0 ? -Infinity : lower, model.upper[j]!);
    if (bounds !== null) {
      translated.constraints[`b${j}`] = bounds;
      entries[`b${j}`] = 1;
    }
    if (lower < 0) translated.unrestricted[name] = 1;
    if (model.integer[j] === 1) translated.ints[name] = 1;
    translated.variables[name] = entries;
  });
  model.rows.forEach((row, i) => {
    const bounds = range(row.lower, row.upper);
    if (bounds === null) return;
    translated.constraints[`r${i}`] = bounds;
    row.indices.forEach((j, k) => {
      translated.variables[`x${j}`]![`r${i}`] = row.values[k]!;
    });
  });
  return translated;
}

function range(lower: number, upper: number): { min?: number; max?: number; equal?: number } | null {
  if (lower === upper) return { equal: lower };
  if (lower === -Infinity && upper === Infinity) return null;
  return {
    ...(lower > -Infinity ? { min: lower } : {}),
    ...(upper < Infinity ? { max: upper } : {}),
  };
}
