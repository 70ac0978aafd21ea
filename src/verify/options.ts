import { Rational } from '../exact/rational.js';
import type { ExactNumber } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import type { Skip } from '../problem/network.js';

/** What can be claimed of a trained network. */
export const CLAIMS = ['interpolates', 'sparsest', 'lp-optimal', 'theorem-3.1', 'vertex'] as const;

export type ClaimName = (typeof CLAIMS)[number];

/** Numbers are exact: a double means its exact value, a text such as "1e-3" or "1/1000" what is written. */
export interface VerifyOptions {
  /** The claims to decide, in this order. */
  readonly claims: readonly ClaimName[];
  /** The network may miss a label by this much; 0 for exact interpolation. Data with windows of their own leave it at 0. */
  readonly tolerance: ExactNumber;
  /** A product of weights counts as nonzero when its absolute value is larger; see `isActive`. */
  readonly activeThreshold: ExactNumber;
  /** `lp-optimal`: the exponent, 0 < p <= 1. */
  readonly p: ExactNumber | null;
  /** `lp-optimal`: the cost may differ from the exact minimum by this much. */
  readonly lpGap: ExactNumber;
  /** The architecture among which the network is to be sparsest; null for the network's own. */
  readonly skip: Skip | null;
  /** Seconds for the search when there is no closed form; null for the default of `solve`. */
  readonly timeLimit: number | null;
}

export const VERIFY_DEFAULTS: VerifyOptions = {
  claims: ['interpolates', 'sparsest'],
  tolerance: '0',
  activeThreshold: '1e-8',
  p: null,
  lpGap: '1e-6',
  skip: null,
  timeLimit: null,
};

/** Checked options, every number a rational. */
export interface ExactOptions {
  readonly claims: readonly ClaimName[];
  readonly tolerance: Rational;
  readonly activeThreshold: Rational;
  readonly p: Rational | null;
  readonly lpGap: Rational;
  readonly skip: Skip | null;
  readonly timeLimit: number | null;
}

/**
 * The defaults with `given` on top.
 * @throws InputError naming the option that is out of range or missing
 */
export function verifyOptions(given: Partial<VerifyOptions>): ExactOptions {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  for (const [name] of defined) {
    if (!(name in VERIFY_DEFAULTS)) {
      throw new InputError(
        `${name}: no option of verify; expected one of ${Object.keys(VERIFY_DEFAULTS).join(', ')}`,
      );
    }
  }
  const options: VerifyOptions = { ...VERIFY_DEFAULTS, ...Object.fromEntries(defined) };
  const claims = [...new Set(options.claims)];
  if (claims.length === 0) throw new InputError(`claims: expected at least one of ${CLAIMS.join(', ')}`);
  for (const claim of claims) {
    if (!CLAIMS.includes(claim)) {
      throw new InputError(`claims: expected ${CLAIMS.join(', ')}, found "${claim}"`);
    }
  }
  const p = options.p === null ? null : exact(options.p, 'p');
  if (p !== null && (p.sign() <= 0 || Rational.one.lessThan(p))) {
    throw new InputError(`p: expected a number with 0 < p <= 1, found ${p}`);
  }
  if (p === null && claims.includes('lp-optimal')) {
    throw new InputError('the claim lp-optimal is about one exponent: give p, for example 0.4 (--p 0.4)');
  }
  return {
    claims,
    tolerance: nonNegative(options.tolerance, 'tolerance'),
    activeThreshold: nonNegative(options.activeThreshold, 'activeThreshold'),
    p,
    lpGap: nonNegative(options.lpGap, 'lpGap'),
    skip: options.skip,
    timeLimit: options.timeLimit,
  };
}

function nonNegative(value: ExactNumber, name: string): Rational {
  const number = exact(value, name);
  if (number.sign() < 0)
    throw new InputError(`${name}: expected a number that is at least 0, found ${number}`);
  return number;
}

function exact(value: ExactNumber, name: string): Rational {
  try {
    if (value instanceof Rational) return value;
    if (typeof value === 'bigint') return Rational.of(value);
    return typeof value === 'number' ? Rational.fromDouble(value) : Rational.parse(value);
  } catch (error) {
    throw new InputError(`${name}: ${(error as Error).message}`);
  }
}
