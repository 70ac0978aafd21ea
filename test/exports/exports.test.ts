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
import { EXPORT_KINDS } from '../../src/exports/export.js';
import { functionInLatex, networkInLatex } from '../../src/exports/latex.js';
import { onnxModel } from '../../src/exports/onnx.js';
import { lpFragment } from '../../src/exports/optimisation.js';
import { breakpoints, roundFunction, roundNetwork, through } from '../../src/exports/rounded.js';
import { pieceTable, predictions } from '../../src/exports/tables.js';
import { readOnnx } from '../../src/models/onnx.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import { evaluate, type Network } from '../../src/problem/network.js';
import { evaluateAt, type PiecewiseLinear, toNetwork } from '../../src/problem/piecewise-linear.js';
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
