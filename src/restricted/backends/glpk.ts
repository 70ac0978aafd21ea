import type { GLPK, LP, Result } from 'glpk.js/node';
import { MILP_DEFAULTS, type MilpBackend, type MilpClaim, type MilpModel } from './milp.js';
import { loadOptional } from './optional-package.js';

/** Loads the package; replaced in tests. */
type Loader = () => Promise<GLPK>;

async function loadGlpk(): Promise<GLPK> {
  const module = await import('glpk.js/node');
  return module.default();
}

/** GLPK compiled to WebAssembly: the optional package glpk.js (GPL-3.0), loaded when first used. */
export function glpkBackend(load: Loader = loadGlpk): MilpBackend {
  let instance: GLPK | null = null;
  return {
    name: 'glpk',
    async solve(model, options) {
      instance ??= await loadOptional('glpk', 'glpk.js', load);
      return solveWithGlpk(instance, model, { ...MILP_DEFAULTS, ...options }.timeLimitSeconds);
    },
    async close() {
      instance = null;
    },
  };
}

function solveWithGlpk(glpk: GLPK, model: MilpModel, timeLimitSeconds: number): MilpClaim {
  const problem = translate(glpk, model);
  const tmlim = Math.max(1, Math.ceil(timeLimitSeconds));
  const started = performance.now();
  const claim = read(
    glpk,
    model,
    glpk.solve(problem, { msglev: glpk.GLP_MSG_OFF, presol: true, mipgap: 0, tmlim }),
  );
  if (claim !== null) return claim;
  // "Undefined" may mean that the presolver found the model infeasible or unbounded: ask again without it.
  const left = timeLimitSeconds - (performance.now() - started) / 1000;
  if (left > 0) {
    const again = glpk.solve(problem, {
      msglev: glpk.GLP_MSG_OFF,
      presol: false,
      mipgap: 0,
      tmlim: Math.max(1, Math.ceil(left)),
    });
    const second = read(glpk, model, again);
    if (second !== null) return second;
  }
  return { status: 'undecided', reason: 'glpk stopped without a defined status', values: null };
}

/** The claim of a result, or null for the status "undefined". */
function read(glpk: GLPK, model: MilpModel, { result }: Result): MilpClaim | null {
  const values = (): Float64Array => Float64Array.from(model.cost, (_, j) => result.vars[`x${j}`] ?? 0);
  if (result.status === glpk.GLP_OPT) return { status: 'optimal', objective: result.z, values: values() };
  if (result.status === glpk.GLP_NOFEAS) return { status: 'infeasible' };
  if (result.status === glpk.GLP_UNBND) return { status: 'unbounded' };
  if (result.status === glpk.GLP_FEAS) {
    return { status: 'undecided', reason: 'glpk stopped at a feasible point', values: values() };
  }
  return null;
}

function translate(glpk: GLPK, model: MilpModel): LP {
  const range = (lower: number, upper: number): { type: number; lb: number; ub: number } => {
    const lb = Number.isFinite(lower) ? lower : 0;
    const ub = Number.isFinite(upper) ? upper : 0;
    if (lower === upper) return { type: glpk.GLP_FX, lb, ub };
    if (lower === -Infinity) return { type: upper === Infinity ? glpk.GLP_FR : glpk.GLP_UP, lb, ub };
    return { type: upper === Infinity ? glpk.GLP_LO : glpk.GLP_DB, lb, ub };
  };
  const names = Array.from(model.cost, (_, j) => `x${j}`);
  return {
    name: 'model',
    objective: {
      direction: glpk.GLP_MIN,
      name: 'cost',
      vars: names.map((name, j) => ({ name, coef: model.cost[j]! })),
    },
    subjectTo: model.rows.map((row, i) => ({
      name: `r${i}`,
      vars: row.indices.map((j, k) => ({ name: names[j]!, coef: row.values[k]! })),
      bnds: range(row.lower, row.upper),
    })),
    bounds: names.map((name, j) => ({ name, ...range(model.lower[j]!, model.upper[j]!) })),
    generals: names.filter((_, j) => model.integer[j] === 1),
  };
}
