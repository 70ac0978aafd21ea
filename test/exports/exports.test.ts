import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, test } from 'vitest';
import { createRandom } from '../../src/exact/random.js';
import { maximum, Rational } from '../../src/exact/rational.js';
import {
  functionInC,
  functionInExcel,
  functionInPython,
  networkInC,
  networkInPython,
} from '../../src/exports/code.js';
import { EXPORT_KINDS, exportAnswer } from '../../src/exports/export.js';
import { functionInLatex, networkInLatex } from '../../src/exports/latex.js';
import { onnxModel } from '../../src/exports/onnx.js';
import { lpFragment } from '../../src/exports/optimisation.js';
import { breakpoints, roundFunction, roundNetwork, through } from '../../src/exports/rounded.js';
import { pieceTable, predictions } from '../../src/exports/tables.js';
import { parseNetwork } from '../../src/files/network-format.js';
import { readOnnx } from '../../src/models/onnx.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, type Network } from '../../src/problem/network.js';
import {
  evaluateAt,
  fromNetwork,
  type PiecewiseLinear,
  toNetwork,
} from '../../src/problem/piecewise-linear.js';
import { makeProblem } from '../../src/problem/problem.js';
import { loadHighs } from '../../src/restricted/backends/highs.js';
import { sparsestHere } from '../support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'sparsest-exports-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether a program is there; what needs it is skipped loudly where it is not. */
function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`${program} is not installed: what it would run is not tested`);
    return false;
  }
}

const random = createRandom(11);
const rational = (size: number) => Rational.of(random.integer(-size, size), random.integer(1, 9));

function randomFunction(knots: number): PiecewiseLinear {
  const places = new Map<string, Rational>();
  while (places.size < knots) {
    const at = rational(40);
    places.set(at.toString(), at);
  }
  return {
    slope: rational(5),
    intercept: rational(5),
    knots: [...places.values()]
      .sort((a, b) => a.compare(b))
      .map((at) => ({
        at,
        slopeChange: Rational.of(random.integer(1, 20), random.integer(1, 7)).multiply(
          Rational.of(random.integer(0, 1) ? 1 : -1),
        ),
      })),
  };
}

const problemOf = (f: PiecewiseLinear) => {
  const x = Array.from({ length: 12 }, (_, i) => Rational.of(7 * i - 40, 3));
  return makeProblem(datasetFromArrays({ x, y: x.map((at) => evaluateAt(f, at)) }));
};

const FUNCTIONS = [0, 1, 2, 5, 20].map((knots) => randomFunction(knots));
const AT = Array.from({ length: 60 }, (_, i) => -60 + 2.01 * i);

describe('rounding', () => {
  test.each(FUNCTIONS.map((f) => [f.knots.length, f] as const))(
    '%i knots: the stated error is the largest',
    (_, f) => {
      const problem = problemOf(f);
      const { x, y, largestError, beyondWindows } = roundFunction(problem, f);
      const g = through(x, y);
      const [first, last] = [problem.inputs[0]!.value(0), problem.inputs[0]!.value(problem.size - 1)];
      const grid = Array.from({ length: 200 }, (_, i) =>
        first.add(last.subtract(first).multiply(Rational.of(i, 199))),
      );
      const seen = grid.reduce(
        (most, at) => maximum(most, evaluateAt(f, at).subtract(evaluateAt(g, at)).abs()),
        Rational.zero,
      );
      expect(seen.compare(largestError)).toBeLessThanOrEqual(0);
      expect(largestError.toNumber()).toBeLessThan(1e-11);
      const missed = Array.from({ length: problem.size }, (_, n) =>
        evaluateAt(g, problem.inputs[0]!.value(n)).subtract(problem.lower.value(n)).abs(),
      ).reduce(maximum);
      expect(beyondWindows.toString()).toBe(missed.toString());
    },
  );

  it('says when two breakpoints are one double', () => {
    const near = Rational.one.add(Rational.of(1n, 10n ** 30n));
    const f = {
      slope: Rational.zero,
      intercept: Rational.zero,
      knots: [Rational.one, near].map((at) => ({ at, slopeChange: Rational.one })),
    };
    expect(() => roundFunction(problemOf(f), f)).toThrow(/two breakpoints near x = 1 are one double/);
  });
});

describe.skipIf(!has('cc'))('C', () => {
  const run = (code: string, call: (x: string) => string, at: readonly string[]): number[] => {
    const source = join(folder, 'f.c');
    const body = at.map((x) => `  printf("%.17g\\n", ${call(x)});`).join('\n');
    writeFileSync(source, `#include <stdio.h>\n${code}\nint main(void)\n{\n${body}\n  return 0;\n}\n`);
    const program = join(folder, 'f');
    execFileSync('cc', [
      '-std=c99',
      '-pedantic',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-O1',
      '-o',
      program,
      source,
    ]);
    return execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map(Number);
  };

  it('functions compile as C99 without a warning and are f up to what is stated and rounding', () => {
    for (const f of FUNCTIONS) {
      const code = functionInC(roundFunction(problemOf(f), f), ['a /* comment */ that ends']);
      const values = run(code, (x) => `sparsest_eval(${x})`, AT.map(String));
      AT.forEach((x, i) => {
        expect(values[i]).toBeCloseTo(evaluateAt(f, Rational.fromDouble(x)).toNumber(), 9);
      });
    }
  });

  it('networks likewise', () => {
    const points = Array.from({ length: 20 }, () => [random.integer(-9, 9), random.integer(-9, 9)]);
    const data = datasetFromArrays({ x: points, y: points.map(() => 0) });
    const code = networkInC(roundNetwork(makeProblem(data, Rational.of(100_000)), NETWORK), 2, []);
    const values = run(
      code,
      (x) => `sparsest_eval((double[]){${x}})`,
      points.map((point) => point.join(', ')),
    );
    points.forEach((point, i) => {
      const exact = evaluate(
        NETWORK,
        point.map((x) => Rational.of(x)),
      );
      expect(values[i]).toBeCloseTo(exact.toNumber(), 9);
    });
  });
});

const NETWORK: Network = {
  inputDimension: 2,
  skip: { weights: [Rational.zero, rational(5)], bias: rational(5) },
  neurons: Array.from({ length: 4 }, () => ({
    inputWeights: [rational(5), rational(5)],
    bias: rational(5),
    outputWeight: rational(5),
  })),
};

describe.skipIf(!has('python3'))('Python', () => {
  const run = (code: string, at: readonly string[]): number[] => {
    const source = `${code}\nfor x in [${at.join(', ')}]:\n    print(repr(evaluate(x)))\n`;
    return execFileSync('python3', ['-I', '-c', source], { encoding: 'utf8' }).trim().split('\n').map(Number);
  };

  it('functions and networks are f up to what is stated and rounding', () => {
    for (const f of FUNCTIONS) {
      const values = run(functionInPython(roundFunction(problemOf(f), f), ['a comment']), AT.map(String));
      AT.forEach((x, i) => {
        expect(values[i]).toBeCloseTo(evaluateAt(f, Rational.fromDouble(x)).toNumber(), 9);
      });
    }
    const points = [
      [0, 0],
      [1, -2],
      [7, 3],
      [-4, 5],
    ];
    const data = datasetFromArrays({ x: points, y: [0, 0, 0, 0] });
    const code = networkInPython(roundNetwork(makeProblem(data, Rational.of(100_000)), NETWORK), []);
    const values = run(
      code,
      points.map((point) => `(${point.join(', ')})`),
    );
    points.forEach((point, i) => {
      const exact = evaluate(
        NETWORK,
        point.map((x) => Rational.of(x)),
      );
      expect(values[i]).toBeCloseTo(exact.toNumber(), 9);
    });
  });
});

describe('optimisation models', () => {
  /** The least y at x, by HiGHS. */
  const solveAt = async (model: string, at: readonly number[]): Promise<number> => {
    const fixed = at.reduce(
      (text, value, i) =>
        text.replace(
          new RegExp(`^ .* <= ${at.length === 1 ? 'x' : `x${i + 1}`} <= .*$`, 'm'),
          ` ${at.length === 1 ? 'x' : `x${i + 1}`} = ${value}`,
        ),
      model,
    );
    const { Status, ObjectiveValue } = (await loadHighs()).solve(fixed);
    expect(Status).toBe('Optimal');
    return ObjectiveValue;
  };

  it('y is f at points of the box, minimised or maximised', async () => {
    const points = [
      [0, 0],
      [9, -9],
      [-9, 4],
      [3, 7],
      [-9, -9],
      [9, 9],
    ];
    const problem = makeProblem(
      datasetFromArrays({ x: points, y: points.map(() => 0) }),
      Rational.of(100_000),
    );
    const model = lpFragment(problem, roundNetwork(problem, NETWORK), ['two inputs']);
    for (const point of points) {
      const exact = evaluate(
        NETWORK,
        point.map((x) => Rational.of(x)),
      ).toNumber();
      expect(await solveAt(model, point)).toBeCloseTo(exact, 6);
      expect(await solveAt(model.replace('Minimize', 'Maximize'), point)).toBeCloseTo(exact, 6);
    }
    for (const f of FUNCTIONS.slice(1)) {
      const own = problemOf(f);
      const fragment = lpFragment(own, roundNetwork(own, toNetwork(f)), []);
      for (const x of [-13, -4.5, 0, 3.25, 10])
        expect(await solveAt(fragment, [x])).toBeCloseTo(evaluateAt(f, Rational.fromDouble(x)).toNumber(), 5);
    }
  });

  it('a hinge that keeps its sign has no binary; convexity is said', () => {
    const x = [0, 1, 2];
    const problem = makeProblem(datasetFromArrays({ x, y: x }), Rational.of(100));
    const hinge = (bias: number, output: number) => ({
      inputWeights: [Rational.one],
      bias: Rational.of(bias),
      outputWeight: Rational.of(output),
    });
    const model = (...neurons: Network['neurons']) =>
      lpFragment(problem, roundNetwork(problem, { inputDimension: 1, skip: null, neurons }), []);
    expect(model(hinge(1, -2), hinge(-5, 3))).not.toMatch(/Binary|h2/);
    expect(model(hinge(-1, 2))).toMatch(/convex: where the model only presses y down[\s\S]*Binary\n b1\n/);
    expect(model(hinge(-1, -2))).not.toContain('convex');
  });

  it('ONNX is read back as the network, to the last bit', async () => {
    for (const skip of [
      null,
      NETWORK.skip,
      { weights: [Rational.zero, Rational.zero], bias: Rational.of(1, 3) },
    ]) {
      const network = { ...NETWORK, skip };
      const points = [
        [0, 0],
        [1, 2],
      ];
      const problem = makeProblem(datasetFromArrays({ x: points, y: [0, 0] }), Rational.of(100_000));
      const rounded = roundNetwork(problem, network);
      const read = readOnnx(onnxModel(rounded, 2), 'f.onnx').network;
      for (const point of points.map((own) => own.map((x) => Rational.of(x)))) {
        const difference = evaluate(read, point).subtract(evaluate(network, point)).abs();
        expect(difference.compare(rounded.largestError)).toBeLessThanOrEqual(0);
      }
      expect(read.neurons).toHaveLength(4);
    }
  });
});

/** Runs a model by whatever can: onnxruntime, onnx.reference, else the three operators in numpy after onnx.checker; or the arrays of an .npz as PyTorch lays them out. */
const RUN_MODEL = `
import sys, json, numpy as np
points = np.array(json.loads(sys.argv[1]), dtype=np.float64)

def values(path):
    if path.endswith('.npz'):
        a = np.load(path)
        y = np.maximum(points @ a['inputWeights'].T + a['bias'], 0) @ a['outputWeights'].T
        for name in a.files:
            if name not in ('inputWeights', 'bias', 'outputWeights'):
                y = y + (points @ a[name].T if a[name].ndim == 2 else a[name])
    else:
        import onnx
        from onnx import numpy_helper
        onnx.checker.check_model(onnx.load(path), full_check=True)
        try:
            import onnxruntime
            y = onnxruntime.InferenceSession(path).run(None, {'x': points})[0]
        except ImportError:
            try:
                from onnx.reference import ReferenceEvaluator
                y = ReferenceEvaluator(path).run(None, {'x': points})[0]
            except ImportError:
                graph = onnx.load(path).graph
                at = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
                at['x'] = points
                for n in graph.node:
                    v = [at[i] for i in n.input]
                    at[n.output[0]] = {'Gemm': lambda: v[0] @ v[1].T + v[2], 'Relu': lambda: np.maximum(v[0], 0), 'Add': lambda: v[0] + v[1]}[n.op_type]()
                y = at['y']
    assert y.dtype == np.float64 and y.shape == (len(points), 1)
    return y[:, 0].tolist()

print(json.dumps([values(path) for path in sys.argv[2:]]))
`;

/** The Python that the packages of the system are for. */
const PYTHON = '/usr/bin/python3';

function imports(...modules: readonly string[]): boolean {
  try {
    execFileSync(PYTHON, ['-c', modules.map((name) => `import ${name}`).join('\n')], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn(`${PYTHON} has not ${modules.join(', ')}: models are not loaded back there`);
    return false;
  }
}

describe.skipIf(!imports('numpy', 'onnx'))('models loaded back in Python', () => {
  it('.onnx and .npz are the network up to what is stated and the rounding of their own sums', () => {
    const points = Array.from({ length: 40 }, () => [random.integer(-9, 9), random.integer(-9, 9)]);
    const problem = makeProblem(
      datasetFromArrays({ x: points, y: points.map(() => 0) }),
      Rational.of(100_000),
    );
    const skips = [null, NETWORK.skip, { weights: [Rational.zero, Rational.zero], bias: rational(7) }];
    const files = skips.flatMap((skip, i) =>
      (['onnx', 'npz'] as const).map((kind) => {
        const network = { ...NETWORK, skip };
        const { content, loss } = exportAnswer(kind, { name: 'plane', problem, network, function: null });
        const path = join(folder, `loaded-${i}.${kind}`);
        writeFileSync(path, content);
        return { network, path, stated: loss!.largestError.toNumber() };
      }),
    );
    const words = ['-c', RUN_MODEL, JSON.stringify(points), ...files.map(({ path }) => path)];
    const found: number[][] = JSON.parse(execFileSync(PYTHON, words, { encoding: 'utf8' }));
    files.forEach(({ network, stated }, k) => {
      points.forEach((point, n) => {
        const exact = evaluate(
          network,
          point.map((x) => Rational.of(x)),
        );
        const error = Rational.fromDouble(found[k]![n]!).subtract(exact).abs().toNumber();
        // A dozen operations on numbers below 10^4.
        expect(error).toBeLessThanOrEqual(stated + 12 * 1e4 * 2 ** -53);
      });
    });
  });
});

describe('what may be written instead', () => {
  const x = [0, 1, 2, 3, 4, 5, 6];
  const lower = ['1/3', '0', '1/7', '1/3', '2/3', '4/3', '7/3'];
  const upper = ['1/2', '1/5', '1/3', '2/3', '4/3', '2', '10/3'];

  it('of a sparsest function another that keeps its windows, of a function of a shape none', async () => {
    const data = join(folder, 'windows.json');
    writeFileSync(
      data,
      JSON.stringify({ format: 'sparsest-instance', version: 1, name: 'w', x, lower, upper }),
    );
    const pwl = join(folder, 'shape.json');
    const plain = await sparsestHere('solve', data, '--export', `pwl-json=${pwl}`, '--json', '--quiet');
    expect(JSON.parse(plain.out).exports).toMatchObject([{ kind: 'pwl-json', beyondWindows: '0' }]);
    const words = ['--convex', '--min-slope=-1/3', '--export', `pwl-json=${pwl}`, '--json', '--quiet'];
    const { out } = await sparsestHere('solve', data, ...words);
    const { knots, exports, network } = JSON.parse(out);
    const written: { x: number[]; y: number[] } = JSON.parse(readFileSync(pwl, 'utf8'));
    // The breakpoints are those of the answer, and what is lost is what is stated.
    for (const { at } of knots) expect(written.x).toContain(Rational.parse(at).toNumber());
    const g = through(written.x, written.y);
    const f = fromNetwork(parseNetwork(JSON.stringify(network), 'answer'));
    const lost = x
      .map((place) =>
        evaluateAt(f, Rational.of(place))
          .subtract(evaluateAt(g, Rational.of(place)))
          .abs(),
      )
      .reduce(maximum);
    expect(lost.compare(Rational.parse(exports[0].largestError))).toBeLessThanOrEqual(0);
  });

  it('minimize, budgets and given knots write theirs too', async () => {
    const at = (name: string) => join(folder, name);
    for (const words of [
      ['minimize', 'instances/crossing.json', '--p', '1/2'],
      ['minimize', 'instances/xor.json', '--p', '1/2'],
      ['solve', 'instances/crossing.json', '--budget', '1'],
      ['solve', 'instances/peak-plateau.csv', '--max-slope-change', '1'],
    ]) {
      const files = [
        '--export',
        `c=${at('o.c')}`,
        '--export',
        `npz=${at('o.npz')}`,
        '--predict',
        at('o.csv'),
      ];
      const { code, out } = await sparsestHere(...words, ...files, '--json', '--quiet');
      expect(code).toBe(0);
      expect(JSON.parse(out)).toMatchObject({
        predict: at('o.csv'),
        exports: [{ kind: 'c' }, { kind: 'npz' }],
      });
      const rows = readFileSync(at('o.csv'), 'utf8').trim().split('\n').slice(1);
      if (words[0] === 'minimize') for (const row of rows) expect(row).toMatch(/,0$/);
    }
  });
});

describe('text', () => {
  const peak: PiecewiseLinear = {
    slope: Rational.zero,
    intercept: Rational.zero,
    knots: [
      { at: Rational.of(-1), slopeChange: Rational.one },
      { at: Rational.of(1, 2), slopeChange: Rational.of(-2) },
      { at: Rational.of(2), slopeChange: Rational.one },
    ],
  };

  it('LaTeX: pieces, and hinges', () => {
    expect(functionInLatex(peak)).toBe(
      'f(x) = \\begin{cases}\n  0, & x < -1 \\\\\n  x + 1, & -1 \\le x < \\frac{1}{2} \\\\\n  -x + 2, & \\frac{1}{2} \\le x < 2 \\\\\n  0, & 2 \\le x\n\\end{cases}\n',
    );
    expect(functionInLatex(randomFunction(13))).toMatch(/^f\(x\) = .*\n {2}[+-] .*\\left\(x [+-] /);
    expect(functionInLatex({ slope: Rational.one, intercept: Rational.of(-1, 3), knots: [] })).toBe(
      'f(x) = x - \\frac{1}{3}\n',
    );
    const neuron = {
      inputWeights: [Rational.one, Rational.of(-2)],
      bias: Rational.zero,
      outputWeight: Rational.of(-3),
    };
    expect(networkInLatex({ inputDimension: 2, skip: null, neurons: [neuron] })).toBe(
      'f(x) = - 3\\,\\left(x_{1} - 2\\,x_{2}\\right)_+\n',
    );
  });

  it('Excel, several inputs: a sum of hinges of A1, B1', () => {
    const points = [[0, 0]];
    const problem = makeProblem(datasetFromArrays({ x: points, y: [0] }), Rational.of(100_000));
    const hinge = (weights: readonly number[], bias: number, output: number) => ({
      inputWeights: weights.map((w) => Rational.of(w)),
      bias: Rational.of(bias),
      outputWeight: Rational.of(output),
    });
    const network: Network = {
      inputDimension: 2,
      skip: { weights: [Rational.zero, Rational.of(1, 2)], bias: Rational.of(-3) },
      neurons: [hinge([1, -2], 4, 5), hinge([0, 1], -1, -2)],
    };
    expect(exportAnswer('excel', { name: 'plane', problem, network, function: null }).content).toBe(
      '=0.5*B1-3.0+5*MAX(0,1.0*A1-2.0*B1+4.0)-2*MAX(0,1.0*B1-1.0)\n',
    );
  });

  it('Excel: a formula longer than spreadsheets take is refused', () => {
    const f = randomFunction(400);
    expect(() =>
      exportAnswer('excel', { name: 'long', problem: problemOf(f), network: toNetwork(f), function: f }),
    ).toThrow(/spreadsheets take at most 8192; write --table/);
  });

  it('Excel: one formula with the breakpoints in it', () => {
    const formula = functionInExcel(roundFunction(problemOf(peak), peak));
    expect(formula).toMatch(/^=LET\(x,A1,xs,\{.*;-1;0\.5;2;.*\},ys,\{0;0;1\.5;0;0\},.*XLOOKUP\(a,xs,ys\)/);
    // The formula that a spreadsheet evaluates has at most 8,192 characters; each breakpoint takes some 40.
    expect(formula.length).toBeLessThan(400);
  });

  it('tables: both ends and every knot; every row and its residual', () => {
    const data = datasetFromArrays({ x: [3, -2, 0], y: [0, 0.5, 1] });
    const problem = makeProblem(data, Rational.one);
    expect([...pieceTable(problem, peak)].join('')).toBe(
      'x,f,slope\n-2,0,0\n-1,0,1\n0.5,1.5,-1\n2,0,0\n3,0,\n',
    );
    const network: Network = {
      inputDimension: 1,
      skip: null,
      neurons: [{ inputWeights: [Rational.one], bias: Rational.one, outputWeight: Rational.one }],
    };
    expect([...predictions(data, network)].join('')).toBe(
      'x,y,f,residual\n3,0,4,-4\n-2,0.5,0,0.5\n0,1,1,0\n',
    );
    expect(breakpoints(problem, peak).map(String)).toEqual(['-2', '-1', '1/2', '2', '3']);
  });
});

describe('solve', () => {
  it('writes tables and exports, and says what rounding lost', async () => {
    const at = (name: string) => join(folder, name);
    const words = ['--table', at('t.csv'), '--predict', at('p.csv')];
    const kinds = Object.entries(EXPORT_KINDS).flatMap(([kind, [ending]]) => [
      '--export',
      `${kind}=${at(`f${ending}`)}`,
    ]);
    const { code, err } = await sparsestHere(
      'solve',
      'instances/mcycle.csv',
      '--tolerance',
      '50',
      ...words,
      ...kinds,
    );
    expect(code).toBe(0);
    expect(err.match(/All windows still hold\./g)).toHaveLength(7);
    expect(err).toMatch(/latex written to .*: exact\n/);
    expect(readFileSync(at('t.csv'), 'utf8').trim().split('\n')).toHaveLength(12);
    expect(readFileSync(at('p.csv'), 'utf8').trim().split('\n')).toHaveLength(134);
    // The exported model is one that `verify` accepts within the tolerance.
    for (const model of ['f.onnx', 'f.npz']) {
      const verified = await sparsestHere('verify', at(model), 'instances/mcycle.csv', '--tolerance', '50');
      expect(verified.out).toContain('Every claim holds');
    }
  });

  it('refuses what does not go with the data', async () => {
    const at = (name: string) => join(folder, name);
    for (const [words, message] of [
      [['--export', `pwl-json=${at('a.json')}`], /--export pwl-json is about one input; for several write/],
      [['--table', at('a.csv')], /--table lists the pieces of a function of one input/],
      [['--export', `c=${at('a.txt')}`], /--export c .*: expected a name ending in \.c or \.h/],
      [['--export', 'cobol=a'], /expected KIND=FILE, KIND one of c, python/],
    ] as const) {
      const { code, err } = await sparsestHere('solve', 'instances/big-m-trap.json', ...words);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringMatching(message) });
    }
  });
});
