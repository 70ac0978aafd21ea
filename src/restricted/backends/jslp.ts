import type { MilpBackend, MilpClaim, MilpModel } from './milp.js';
import { loadOptional } from './optional-package.js';

/** The part of the package's JSON model that is used here. */
interface JslpModel {
  optimize: string;
  opType: 'min';
  constraints: Record<string, { min?: number; max?: number; equal?: number }>;
  variables: Record<string, Record<string, number>>;
  ints: Record<string, 1>;
}

/** The part of the package's answer that is used here; variables that are 0 are left out. */
interface JslpResult {
  feasible: boolean;
  result: number;
  bounded?: boolean;
  [variable: string]: number | boolean | undefined;
}

/** The part of the package that is used here. */
interface Jslp {
  Solve(model: JslpModel): JslpResult;
}

async function loadJslp(): Promise<Jslp> {
  const module = await import('javascript-lp-solver');
  return (module.default ?? module) as unknown as Jslp;
}

/**
 * javascript-lp-solver, an optional package. It hangs on some feasible programs in spite of its own time limit: to be run in a thread
 * that is ended from outside.
 */
export function jslpBackend(): MilpBackend {
  return {
    name: 'jslp',
    async solve(model) {
      const jslp = await loadOptional('jslp', 'javascript-lp-solver', loadJslp);
      return read(model, jslp.Solve(translate(model)));
    },
    async close() {},
  };
}

/**
 * How a variable of the model is made of the nonnegative ones of the package: x_j = offset + sum of sign * name. (The
 * package has "unrestricted" variables, but calls feasible programs with them infeasible.)
 */
interface Substitution {
  offset: number;
  parts: readonly { name: string; sign: 1 | -1 }[];
}

/** The bounds of x_j, rounded inward for an integer. */
function boundsOf(model: MilpModel, j: number): { lower: number; upper: number } {
  const [lower, upper] = [model.lower[j]!, model.upper[j]!];
  return model.integer[j] === 1 ? { lower: Math.ceil(lower), upper: Math.floor(upper) } : { lower, upper };
}

function substitutions(model: MilpModel): Substitution[] {
  return Array.from(model.cost, (_, j) => {
    const up = { name: `x${j}`, sign: 1 } as const;
    const down = { name: `y${j}`, sign: -1 } as const;
    const { lower, upper } = boundsOf(model, j);
    if (lower > -Infinity) return { offset: lower, parts: [up] };
    if (upper < Infinity) return { offset: upper, parts: [down] };
    return { offset: 0, parts: [up, down] };
  });
}

function read(model: MilpModel, result: JslpResult): MilpClaim {
  if (!result.feasible) return { status: 'infeasible' };
  if (result.bounded === false) return { status: 'unbounded' };
  const values = Float64Array.from(substitutions(model), ({ offset, parts }) =>
    parts.reduce((sum, { name, sign }) => sum + sign * Number(result[name] ?? 0), offset),
  );
  const objective = values.reduce((sum, value, j) => sum + value * model.cost[j]!, 0);
  return { status: 'optimal', objective, values };
}

function translate(model: MilpModel): JslpModel {
  const translated: JslpModel = { optimize: 'cost', opType: 'min', constraints: {}, variables: {}, ints: {} };
  const meaning = substitutions(model);
  meaning.forEach(({ parts }, j) => {
    const { lower, upper } = boundsOf(model, j);
    const width = upper - lower;
    for (const { name, sign } of parts) {
      const entries: Record<string, number> = { cost: sign * model.cost[j]! };
      if (width < Infinity) {
        translated.constraints[`b${j}`] = { max: width };
        entries[`b${j}`] = 1;
      }
      if (model.integer[j] === 1) translated.ints[name] = 1;
      translated.variables[name] = entries;
    }
  });
  model.rows.forEach((row, i) => {
    const offset = row.indices.reduce((sum, j, k) => sum + row.values[k]! * meaning[j]!.offset, 0);
    const bounds = range(row.lower - offset, row.upper - offset);
    if (bounds === null) return;
    translated.constraints[`r${i}`] = bounds;
    row.indices.forEach((j, k) => {
      for (const { name, sign } of meaning[j]!.parts) {
        translated.variables[name]![`r${i}`] = sign * row.values[k]!;
      }
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
