import { Rational } from '../exact/rational.js';
import type { ExactNumber } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';

/** What each kind of instance is, in a line; also the list of kinds. */
export const KINDS = {
  walk: 'a random walk y over x = 0, 1, .., N-1',
  noise: 'independent random labels over x = 0, 1, .., N-1',
  convex: 'a strictly convex sequence of integers: one run of N-2 points',
  planted: 'samples of a continuous piecewise-linear function whose knots are all needed',
  collinear: 'stretches of collinear points, joined at data points',
  'near-collinear': 'doubles within one unit in the last place of a straight line',
  formula: 'samples of a formula in x on an even grid',
  teacher: 'labels of a random ReLU network with small integer weights',
  uniform: 'uniform random inputs and labels in [-1, 1]',
} as const;

export type Kind = keyof typeof KINDS;

/** How `walk` draws its steps and `noise` its labels. */
export type Distribution = 'integer' | 'uniform' | 'gaussian';

/** Options of `generate`. Each kind takes those that `OPTIONS_OF` lists; the defaults are `GENERATE_DEFAULTS`. */
export interface GenerateOptions {
  /** Number of points N. */
  readonly points?: number;
  /** Seed of the generator, a safe integer >= 0: the same seed gives the same data, bit for bit. */
  readonly seed?: number;
  /** walk, noise: integers in [-range, range], doubles in [-1, 1), or standard normal doubles. */
  readonly distribution?: Distribution;
  /** walk, noise: largest integer drawn. convex: largest change of slope. planted, collinear: largest slope. */
  readonly range?: number;
  /** planted: number of knots K; needs points >= 5 K - 1. */
  readonly knots?: number;
  /** collinear: mean number of gaps in a stretch; lengths are uniform in [1, 2 stretch - 1]. */
  readonly stretch?: number;
  /** formula: the expression in x, e.g. "abs(x) - 0.5*max(0, x-1)". Required. */
  readonly formula?: string;
  /** formula: first and last x, exact; a text means the decimal or "p/q" written. */
  readonly from?: ExactNumber;
  readonly to?: ExactNumber;
  /** teacher, uniform: number of inputs d. */
  readonly dimension?: number;
  /** teacher: number of neurons K of the planted network. */
  readonly neurons?: number;
  /** teacher: weights and biases are integers in [-weight, weight]. */
  readonly weight?: number;
  /** teacher, uniform: inputs (and uniform labels) are multiples of 10^-decimals. */
  readonly decimals?: number;
}

/** Every option except the formula, which has no default. */
export const GENERATE_DEFAULTS = {
  points: 101,
  seed: 0,
  distribution: 'integer',
  range: 9,
  knots: 5,
  stretch: 4,
  from: '-5',
  to: '5',
  dimension: 2,
  neurons: 3,
  weight: 3,
  decimals: 4,
} as const satisfies Required<Omit<GenerateOptions, 'formula'>>;

/** Smallest and largest value of each numeric option, both allowed. */
export const GENERATE_LIMITS = {
  points: [2, 50_000_000],
  seed: [0, Number.MAX_SAFE_INTEGER],
  range: [1, 1_000_000],
  knots: [0, 10_000_000],
  stretch: [1, 1_000_000],
  dimension: [1, 1000],
  neurons: [1, 10_000],
  weight: [1, 100],
  decimals: [0, 6],
} as const;

/** Most points of the kinds that are computed in rationals, and most inputs N d of the kinds that draw inputs. */
const EXACT_POINTS_LIMIT = 1_000_000;
const INPUTS_LIMIT = 10_000_000;

type OptionName = keyof GenerateOptions;

/** The options each kind takes. */
export const OPTIONS_OF: Readonly<Record<Kind, readonly OptionName[]>> = {
  walk: ['points', 'seed', 'distribution', 'range'],
  noise: ['points', 'seed', 'distribution', 'range'],
  convex: ['points', 'seed', 'range'],
  planted: ['points', 'seed', 'range', 'knots'],
  collinear: ['points', 'seed', 'range', 'stretch'],
  'near-collinear': ['points', 'seed'],
  formula: ['points', 'formula', 'from', 'to'],
  teacher: ['points', 'seed', 'dimension', 'neurons', 'weight', 'decimals'],
  uniform: ['points', 'seed', 'dimension', 'decimals'],
};

/** All options filled in and within their limits; the formula is null where the kind has none. */
export interface CompleteOptions {
  readonly points: number;
  readonly seed: number;
  readonly distribution: Distribution;
  readonly range: number;
  readonly knots: number;
  readonly stretch: number;
  readonly formula: string | null;
  readonly from: Rational;
  readonly to: Rational;
  readonly dimension: number;
  readonly neurons: number;
  readonly weight: number;
  readonly decimals: number;
}

const DISTRIBUTIONS: readonly Distribution[] = ['integer', 'uniform', 'gaussian'];

/** @throws InputError when the kind is unknown */
export function checkKind(kind: string): Kind {
  if (Object.hasOwn(KINDS, kind)) return kind as Kind;
  throw new InputError(`expected one of ${Object.keys(KINDS).join(', ')}, found "${kind}"`, {
    field: 'kind',
  });
}

/**
 * Fills in the defaults and checks every option.
 * @throws InputError naming the option, what was expected and what was found
 */
export function completeOptions(kind: Kind, options: GenerateOptions): CompleteOptions {
  const taken = OPTIONS_OF[kind];
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !taken.includes(name as OptionName)) {
      throw new InputError(
        `kind "${kind}" has no such option; it takes ${taken.join(', ')}, so leave it out`,
        { field: name },
      );
    }
  }
  const complete: CompleteOptions = {
    points: integerOption(options, 'points'),
    seed: integerOption(options, 'seed'),
    distribution: distributionOption(options),
    range: integerOption(options, 'range'),
    knots: integerOption(options, 'knots'),
    stretch: integerOption(options, 'stretch'),
    formula: formulaOption(kind, options),
    from: exactOption(options, 'from'),
    to: exactOption(options, 'to'),
    dimension: integerOption(options, 'dimension'),
    neurons: integerOption(options, 'neurons'),
    weight: integerOption(options, 'weight'),
    decimals: integerOption(options, 'decimals'),
  };
  checkTogether(kind, complete);
  return complete;
}

/** Limits that involve two options. */
function checkTogether(kind: Kind, options: CompleteOptions): void {
  const { points, knots, dimension, decimals, from, to } = options;
  if ((kind === 'formula' || kind === 'near-collinear') && points > EXACT_POINTS_LIMIT) {
    throw new InputError(`expected at most ${EXACT_POINTS_LIMIT} for kind "${kind}", found ${points}`, {
      field: 'points',
    });
  }
  if (kind === 'formula' && !from.lessThan(to)) {
    throw new InputError(`expected a number below to = ${to}, found ${from}`, { field: 'from' });
  }
  if (kind === 'planted' && points < 5 * knots - 1) {
    throw new InputError(
      `expected at most ${Math.floor((points + 1) / 5)} for ${points} points (points >= 5 knots - 1), ` +
        `found ${knots}; ask for more points or fewer knots`,
      { field: 'knots' },
    );
  }
  if (kind === 'teacher' || kind === 'uniform') {
    if (points * dimension > INPUTS_LIMIT) {
      throw new InputError(
        `expected points times dimension at most ${INPUTS_LIMIT}, found ${points} times ${dimension}`,
        { field: 'points' },
      );
    }
    // Inputs are all different; drawing until they are must stay quick.
    const grid = (2 * 10 ** decimals + 1) ** dimension;
    if (points > grid / 2) {
      throw new InputError(
        `expected at most half of the ${grid} different inputs with ${decimals} decimals in ` +
          `${dimension} dimensions, found ${points}; ask for more decimals`,
        { field: 'points' },
      );
    }
  }
}

function integerOption(options: GenerateOptions, name: keyof typeof GENERATE_LIMITS): number {
  const value: unknown = options[name] ?? GENERATE_DEFAULTS[name];
  const [low, high] = GENERATE_LIMITS[name];
  if (Number.isSafeInteger(value) && (value as number) >= low && (value as number) <= high) {
    return value as number;
  }
  throw new InputError(`expected an integer from ${low} to ${high}, found ${shown(value)}`, { field: name });
}

function distributionOption(options: GenerateOptions): Distribution {
  const value = options.distribution ?? GENERATE_DEFAULTS.distribution;
  if (DISTRIBUTIONS.includes(value)) return value;
  throw new InputError(`expected one of ${DISTRIBUTIONS.join(', ')}, found ${shown(value)}`, {
    field: 'distribution',
  });
}

function formulaOption(kind: Kind, options: GenerateOptions): string | null {
  if (kind !== 'formula') return null;
  const value: unknown = options.formula;
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new InputError(
    `expected an expression in x such as "abs(x) - 0.5*max(0, x-1)", found ${shown(value)}`,
    { field: 'formula' },
  );
}

function exactOption(options: GenerateOptions, name: 'from' | 'to'): Rational {
  const value: ExactNumber = options[name] ?? GENERATE_DEFAULTS[name];
  try {
    if (value instanceof Rational) return value;
    if (typeof value === 'number') return Rational.fromDouble(value);
    return typeof value === 'bigint' ? Rational.of(value) : Rational.parse(value);
  } catch (error) {
    throw new InputError((error as Error).message, { field: name });
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? `"${value}"` : String(value);
}
