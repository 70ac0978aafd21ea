import type * as highsPackage from 'highs';
import { MILP_DEFAULTS, type MilpBackend, type MilpClaim, type MilpModel, type MilpOptions } from './milp.js';

type Highs = highsPackage.Highs;

let runtime: Promise<Highs> | null = null;

/** The HiGHS WebAssembly runtime, loaded once. */
export function loadHighs(): Promise<Highs> {
  // The package's type declarations describe its CommonJS build; as an ES module the loader is the default export.
  runtime ??= import('highs').then((module) => (module.default as unknown as () => Promise<Highs>)());
  return runtime;
}

/** Gaps of 0 (the defaults stop at 1e-4), and no silent removal of coefficients above 1e-12 (the default drops 1e-9). */
const HIGHS_OPTIONS = {
  output_flag: false,
  mip_rel_gap: 0,
  mip_abs_gap: 0,
  small_matrix_value: 1e-12,
  mip_feasibility_tolerance: 1e-9,
  primal_feasibility_tolerance: 1e-9,
} as const;

/** HiGHS (Huangfu and Hall 2018), the default backend. */
export function highsBackend(): MilpBackend {
  return {
    name: 'highs',
    async solve(model, options) {
      return solveWithHighs(await loadHighs(), model, { ...MILP_DEFAULTS, ...options });
    },
    async close() {},
  };
}

function solveWithHighs(highs: Highs, model: MilpModel, options: MilpOptions): MilpClaim {
  const columns = model.cost.length;
  const starts = new Int32Array(model.rows.length + 1);
  model.rows.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.indices.length;
  });
  const source: highsPackage.ModelData = {
    numCols: columns,
    numRows: model.rows.length,
    colCost: model.cost,
    colLower: model.lower,
    colUpper: model.upper,
    rowLower: Float64Array.from(model.rows, (row) => row.lower),
    rowUpper: Float64Array.from(model.rows, (row) => row.upper),
    matrix: {
      format: 'csr',
      numRows: model.rows.length,
      numCols: columns,
      starts,
      indices: Int32Array.from(model.rows.flatMap((row) => row.indices)),
      values: Float64Array.from(model.rows.flatMap((row) => row.values)),
    },
    ...(model.integer.includes(1) ? { integrality: Int32Array.from(model.integer) } : {}),
  };
  const instance = highs.createModel();
  try {
    // Options first: coefficients are dropped while the model is passed, not while it is solved.
    instance.options.set({ ...HIGHS_OPTIONS, time_limit: options.timeLimitSeconds });
    instance.passModel(source);
    try {
      instance.run();
    } catch (error) {
      // It gives up with "solve error" on a few tiny infeasible programs.
      return { status: 'undecided', reason: `highs failed: ${(error as Error).message}`, values: null };
    }
    const status = instance.getModelStatus();
    const { modelStatus } = highs.constants;
    if (status === modelStatus.optimal || status === modelStatus.empty) {
      const values = instance.getSolution().colValue.slice();
      return { status: 'optimal', objective: instance.getObjectiveValue(), values };
    }
    if (status === modelStatus.infeasible) return { status: 'infeasible' };
    if (status === modelStatus.unbounded) return { status: 'unbounded' };
    const feasible = instance.info.get('primal_solution_status') === highs.constants.solutionStatus.feasible;
    return {
      status: 'undecided',
      reason: `highs stopped with model status ${status}`,
      values: feasible ? instance.getSolution().colValue.slice() : null,
    };
  } finally {
    instance.dispose();
  }
}
