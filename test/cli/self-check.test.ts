import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Rational } from '../../src/exact/rational.js';
import { networkChunks } from '../../src/files/network-format.js';
import type * as KnotSolver from '../../src/knots/solve.js';
import type * as LpMinimum from '../../src/lp-norm/minimize.js';
import type * as LpThreshold from '../../src/lp-norm/threshold.js';
import type * as LpUniqueness from '../../src/lp-norm/uniqueness.js';
import { toNetwork } from '../../src/problem/piecewise-linear.js';
import type * as Restricted from '../../src/restricted/search-thread.js';
import type * as Patterns from '../../src/search/patterns.js';
import type * as Search from '../../src/search/search.js';
import { type Finished, runHere, sparsestHere } from '../support/command-line.js';

/** The fault that the solvers below have. */
const fault = vi.hoisted(() => ({
  kind: 'none' as 'none' | 'proof' | 'network' | 'bound' | 'uniqueness' | 'exception',
}));

// Solvers as they are, but for the fault that a test asks for.
vi.mock('../../src/search/search.js', async (original) => {
  const real = await original<typeof Search>();
  return {
    ...real,
    searchSparsest: async (...args: Parameters<typeof real.searchSparsest>) => {
      const result = await real.searchSparsest(...args);
      if (fault.kind === 'exception') throw new RangeError('Array buffer allocation failed');
      if (fault.kind === 'bound') return { ...result, lowerBound: result.lowerBound + 1 };
      if (fault.kind !== 'proof') return result;
      const [tree, ...trees] = result.proof.trees;
      // Leaves lose their rows.
      const nodes = [...tree!.nodes].map((node) => (node[0] === 0 ? [0] : node));
      return { ...result, proof: { kind: 'search' as const, trees: [{ ...tree!, nodes }, ...trees] } };
    },
  };
});
vi.mock('../../src/knots/solve.js', async (original) => {
  const real = await original<typeof KnotSolver>();
  return {
    ...real,
    countFewestKnots: (problem: Parameters<typeof real.countFewestKnots>[0]) => {
      const count = real.countFewestKnots(problem);
      if (fault.kind === 'exception') throw new TypeError('undefined is not a function');
      return fault.kind === 'proof' ? { ...count, witnesses: overlapping(count.witnesses) } : count;
    },
    solveUnivariate: (...[problem]: Parameters<typeof real.solveUnivariate>) => {
      if (fault.kind === 'exception') throw new TypeError('undefined is not a function');
      const count = real.countFewestKnots(problem);
      const solution = real.solveUnivariate(problem, count);
      if (fault.kind === 'proof') {
        const proof = { kind: 'witnesses' as const, witnesses: overlapping(count.witnesses) };
        return { ...solution, proof };
      }
      if (fault.kind === 'bound' && solution.exact !== null) {
        const { solutions } = solution.exact;
        const wrong = { ...solutions, functions: solutions.functions + 1n };
        return { ...solution, exact: { ...solution.exact, solutions: wrong } };
      }
      if (fault.kind !== 'network') return solution;
      const f = { ...solution.function, intercept: solution.function.intercept.add(Rational.of(1, 10 ** 9)) };
      return {
        ...solution,
        function: f,
        network: toNetwork(f),
        pieces: solution.pieces?.map(() => 0) ?? null,
      };
    },
  };
});
vi.mock('../../src/lp-norm/threshold.js', async (original) => {
  const real = await original<typeof LpThreshold>();
  return {
    ...real,
    ThresholdSearch: class extends real.ThresholdSearch {
      override result(): LpThreshold.Threshold {
        const found = super.result();
        if (fault.kind === 'exception') throw new Error('unforeseen');
        if (fault.kind !== 'proof') return found;
        // One interval from 0 to the end: the bounds on it are far too weak.
        const [first] = found.proof.references!;
        const proof = { ...found.proof, breakpoints: ['0', found.claim.lower], references: [first!] };
        return { ...found, proof };
      }
    },
  };
});
vi.mock('../../src/lp-norm/minimize.js', async (original) => {
  const real = await original<typeof LpMinimum>();
  return {
    ...real,
    Minimization: class extends real.Minimization {
      override *steps(): ReturnType<LpMinimum.Minimization['steps']> {
        const found = yield* super.steps();
        if (fault.kind === 'exception') throw new Error('unforeseen');
        // All of the price of a tile 2 on its first point; a minimiser that claims to be sparsest.
        const shares = found.prices!.shares.map(() => 2 ** 31 - 1);
        if (fault.kind === 'proof')
          Object.defineProperty(found, 'prices', { value: { shares, other: null } });
        if (fault.kind === 'bound') Object.defineProperty(found, 'sparsest', { value: !found.sparsest });
        return found;
      }
    },
  };
});

vi.mock('../../src/restricted/search-thread.js', async (original) => {
  const real = await original<typeof Restricted>();
  return {
    ...real,
    solveInThread: async (...args: Parameters<typeof real.solveInThread>) => {
      const result = await real.solveInThread(...args);
      return fault.kind === 'proof' ? { ...result, proof: { refutations: [], branch: null } } : result;
    },
  };
});
vi.mock('../../src/search/patterns.js', async (original) => {
  const real = await original<typeof Patterns>();
  return {
    ...real,
    PatternSearch: class extends real.PatternSearch {
      constructor(...[problem, limit, visit]: ConstructorParameters<typeof Patterns.PatternSearch>) {
        super(problem, limit, (node) => {
          const isRefutation = node !== 0 && typeof node[0] === 'number';
          visit?.(fault.kind === 'proof' && isRefutation ? [0, 1] : node);
        });
      }
    },
  };
});
vi.mock('../../src/lp-norm/uniqueness.js', async (original) => {
  const real = await original<typeof LpUniqueness>();
  return {
    ...real,
    UniquenessSearch: class extends real.UniquenessSearch {
      override result(): LpUniqueness.Uniqueness {
        const found = super.result();
        if (fault.kind !== 'uniqueness') return found;
        // A limit that is not cheapest.
        return { ...found, proof: { ...found.proof, limits: [[1, 2]] } };
      }
    },
  };
});

/** The witness of the last place twice. */
function overlapping(witnesses: Int32Array): Int32Array {
  const copy = witnesses.slice();
  copy.copyWithin(0, copy.length - 4);
  return copy;
}

const PEAK = 'instances/peak-plateau.csv';
const CROSSING = 'instances/crossing.json';

let directory: string;
const at = (name: string) => join(directory, name);

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'self-check-'));
  // Too many knots to be listed: only the bounds are printed.
  const rows = Array.from({ length: 11_000 }, (_, i) => `${i},${i % 2 === 0 ? 0 : 1 + (i % 7)}`);
  writeFileSync(at('many.csv'), `x,y\n${rows.join('\n')}\n`);
  const hat = {
    slope: Rational.zero,
    intercept: Rational.zero,
    knots: [{ at: Rational.zero, slopeChange: Rational.one }],
  };
  writeFileSync(at('hat.json'), [...networkChunks(toNetwork(hat))].join(''));
});
afterEach(() => {
  fault.kind = 'none';
  rmSync(directory, { recursive: true });
});

const words = (line: string) =>
  line.split(' ').map((word) => (word.startsWith('@') ? at(word.slice(1)) : word));

/** Exit 4, nothing on standard output, no file, and on standard error the name of the rule. */
function expectNoClaim({ code, out, err }: Finished, command: string, rule: string): void {
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toMatch(
    new RegExp(
      `^${command}: internal error: the answer did not pass its own check, rule ${rule}: .*report this`,
    ),
  );
  expect(err.trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(directory).sort()).toEqual(['hat.json', 'many.csv']);
}

const OUTPUTS = '--certificate @c.json --network @n.json --quiet';

describe('an answer that does not pass its check is not printed', () => {
  it.each([
    ['proof', `solve ${PEAK} ${OUTPUTS}`, 'witness-disjoint'],
    ['proof', `solve ${PEAK} --json`, 'witness-disjoint'],
    ['network', `solve ${PEAK}`, 'network-fit'],
    ['network', `solve ${PEAK} --json ${OUTPUTS}`, 'network-fit'],
    ['proof', 'solve @many.csv --json', 'witness-disjoint'],
    ['network', 'solve @many.csv', 'pieces-order'],
    ['network', 'solve @many.csv --network @n.json', 'network-fit'],
    ['proof', `solve ${PEAK} --engine milp`, 'witness-disjoint'],
    ['proof', `solve ${PEAK} --skip none --engine search --threads 1`, 'search-contradiction'],
    ['proof', 'solve instances/xor.json --threads 1 --json', 'search-contradiction'],
    ['bound', 'solve instances/xor.json --threads 1', 'claim-lower-bound'],
    ['proof', 'solve instances/xor.json --objective parameters --threads 1', 'search-contradiction'],
    ['proof', `verify @hat.json ${PEAK} --certificate @c.json --repair @r.json`, 'witness-disjoint'],
    ['network', `verify @hat.json ${PEAK} --skip affine --certificate @c.json`, 'pieces-order'],
    ['network', `verify @hat.json ${PEAK} --certificate @c.json`, 'network-fit'],
    ['proof', `threshold ${CROSSING} --certificate @c.json`, 'threshold-interval'],
    ['proof', `threshold ${CROSSING} --json`, 'threshold-interval'],
    ['proof', `minimize ${CROSSING} --p 1/2`, 'lp-minimum-prices'],
    ['proof', `minimize ${CROSSING} --p 1/2 --certificate @c.json --network @n.json`, 'lp-minimum-prices'],
    ['proof', `solve ${PEAK} --max-slope-change 1 ${OUTPUTS}`, 'restricted-tree'],
    ['bound', `solve ${PEAK} --all --json`, 'solution-set-count'],
    ['proof', 'patterns instances/xor.json --certificate @c.json', 'patterns-refutation'],
    ['bound', `minimize ${CROSSING} --p 0 --json`, 'lp-minimum-sparsest'],
    ['bound', 'minimize @many.csv --p 1/2 --json', 'lp-minimum-sparsest'],
  ] as const)('%s: sparsest %s', async (kind, line, rule) => {
    fault.kind = kind;
    expectNoClaim(await sparsestHere(...words(line)), line.split(' ')[0]!, rule);
    fault.kind = 'none';
    const honest = await sparsestHere(...words(line.replace(/ --(certificate|network|repair) \S+/g, '')));
    expect(honest.code === 0 || (honest.code === 1 && line.startsWith('verify'))).toBe(true);
    expect(honest.out).toMatch(/checked/);
  });

  it('and neither is one after an exception: exit 4, and where it happened', async () => {
    fault.kind = 'exception';
    for (const line of [
      `solve ${PEAK}`,
      'solve instances/xor.json --threads 1',
      `threshold ${CROSSING}`,
      `minimize ${CROSSING} --p 1`,
    ]) {
      const { code, out, err } = await sparsestHere(...words(line));
      expect({ code, out }).toEqual({ code: 4, out: '' });
      expect(err).toMatch(
        /^(solve|threshold|minimize): internal error, please report it\n\w*Error: .*\n +at /,
      );
    }
  });
});

describe('an answer that passes says so', () => {
  it.each([
    ['solve', `solve ${PEAK}`, /^3 neurons, and no fewer: proved and checked\.$/m],
    ['a line', 'solve @line.csv', /^0 neurons needed: nothing is sparser\. Checked\.$/m],
    [
      'a bracket',
      'solve instances/mcycle.csv --tolerance 60 --skip none --engine runs',
      /both bounds are proved and checked/,
    ],
    ['no function', 'solve instances/mcycle.csv --tolerance 20', /^No network fits: proved and checked\.$/m],
    [
      'only bounds',
      'solve @many.csv',
      /At most [\d,]+ neurons: [\d,]+ lines through data points, each of which/,
    ],
    [
      'the breakpoint model',
      `solve ${PEAK} --engine milp`,
      /^3 neurons, and no fewer: proved and checked\.$/m,
    ],
    [
      'a restricted question',
      `solve ${PEAK} --max-knots 2`,
      /^Not possible with 2 neurons: proved and checked\.$/m,
    ],
    ['verify', `verify @hat.json ${PEAK}`, /is 3,\s+checked/],
    ['minimize', `minimize ${CROSSING} --p 1/2`, /, more than the fewest\. Proved and checked\.$/m],
    ['threshold', `threshold ${CROSSING}`, /^p\* = 0\.\d+\.\.\.: proved and checked\.$/m],
  ])('%s', async (_, line, text) => {
    writeFileSync(at('line.csv'), 'x,y\n0,1\n1,2\n2,3\n');
    const { out, err } = await sparsestHere(...words(line));
    expect(out, err).toMatch(text);
  });

  it.each([
    [`solve ${PEAK}`, { checked: true }],
    ['solve instances/mcycle.csv --tolerance 20', { checked: true, status: 'infeasible' }],
    [`solve ${PEAK} --engine milp`, { checked: true }],
    [`solve ${PEAK} --max-knots 2`, { checked: true }],
    [`solve ${PEAK} --max-slope-change 1`, { checked: true, objective: { value: 4 } }],
    [`verify @hat.json ${PEAK}`, { claims: [{}, { claim: 'sparsest', checked: true }] }],
    [`threshold ${CROSSING}`, { checked: true }],
    ['patterns instances/xor.json', { checked: true }],
    [`minimize ${CROSSING} --p 1/2`, { checked: true, unique: true, sparsest: false }],
  ])('sparsest %s --json', async (line, fields) => {
    const { out } = await sparsestHere(...words(line), '--json');
    expect(JSON.parse(out)).toMatchObject(fields);
    expect(existsSync(at('c.json'))).toBe(false);
  });
});

describe('uniqueness beside p*', () => {
  // Slope changes 1, 1, 4, 4, 2: two sparsest functions cross at p = 0.2465, and p* = 1.
  beforeEach(() => writeFileSync(at('run.csv'), 'x,y\n0,0\n1,0\n2,1\n3,3\n4,9\n5,19\n6,31\n'));
  const claimIn = (name: string) => JSON.parse(readFileSync(at(name), 'utf8')).claim;
  const accepted = async (name: string) => (await sparsestHere('check', at('run.csv'), at(name))).out;

  it('is checked and stands in the certificate', async () => {
    const { out } = await sparsestHere('threshold', at('run.csv'), '--json', '--certificate', at('u.json'));
    expect(JSON.parse(out)).toMatchObject({ status: 'closed', checked: true, uniqueChecked: true });
    const { lower, unique } = claimIn('u.json');
    expect(lower).toBe('1');
    expect(unique.below).toEqual(unique.upToMultisetsBelow);
    expect(Rational.parse(unique.below.lower).toNumber()).toBeCloseTo(0.24648, 5);
    expect(await accepted('u.json')).toMatch(
      /^accepted: p\* = 1: .*; the minimiser is unique for every p > 0 below /,
    );
  });

  it('cut short, it is left out of a certificate that is valid all the same', async () => {
    const line = ['threshold', at('run.csv'), '--certificate', at('u.json'), '--time-limit', '1e-9'];
    const { code, out } = await sparsestHere(...line, '--json');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ checked: false, uniqueChecked: false, ended: 'time limit' });
    expect(claimIn('u.json').unique).toBeUndefined();
    expect(await accepted('u.json')).toMatch(/^accepted: /);
    expect((await runHere(['sparsest', ...line])).out).toMatch(
      /check of this was cut short.*give it more time/s,
    );
  });

  it('is not printed when it does not pass its check; p* stands', async () => {
    fault.kind = 'uniqueness';
    const { code, out, err } = await sparsestHere(
      'threshold',
      at('run.csv'),
      '--json',
      '--certificate',
      at('u.json'),
      '--quiet',
    );
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/did not pass its own check, rule threshold-unique-interval: /);
    expect(claimIn('u.json')).toEqual({ kind: 'threshold', lower: '1', upper: '1' });
    expect(await accepted('u.json')).toMatch(/^accepted: /);
  });
});
