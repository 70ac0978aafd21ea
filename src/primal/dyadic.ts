import { bitLength } from '../exact/bigint.js';
import { splitDouble } from '../exact/rational.js';
import type { Cloud } from './cloud.js';
import { type ExactHinges, featureOf } from './exact-hinges.js';
import type { Hinges } from './hinges.js';

/**
 * Hinges rounded to short dyadics: weight i of a neuron to a multiple of 2^-bits height / range_i, taken down to a power of two, so that
 * the network moves by at most about D K 2^-bits of the height. Exact as a network; whether it fits is decided elsewhere.
 * @param free 1 where an unknown may be nonzero; all when null
 */
export function roundToDyadics(
  cloud: Cloud,
  { signs, unknowns }: Hinges,
  bits: number,
  free: Uint8Array | null = null,
): ExactHinges | null {
  const { width, ranges, height } = cloud;
  const numerators: bigint[] = [];
  const exponents: number[] = [];
  let least = 0;
  for (let j = 0; j < unknowns.length; j++) {
    if (!Number.isFinite(unknowns[j]!)) return null;
    const i = featureOf(cloud, signs.length, j);
    const unit = i < width - 1 ? quotient(height, ranges[i]!) : quotient(height, 1n);
    // unknown * unit.mantissa * 2^unit.exponent, to a multiple of 2^(unit.exponent - bits); 1 <= unit.mantissa < 2.
    const scaled = free === null || free[j] === 1 ? Math.round(unknowns[j]! * unit.mantissa * 2 ** bits) : 0;
    const exponent = unit.exponent - bits;
    numerators.push(toInteger(scaled));
    exponents.push(exponent);
    if (scaled !== 0) least = Math.min(least, exponent);
  }
  return {
    signs,
    unknowns: numerators.map((value, j) => (value === 0n ? 0n : value << BigInt(exponents[j]! - least))),
    denominator: 1n << BigInt(-least),
  };
}

function toInteger(value: number): bigint {
  const { mantissa, exponent } = splitDouble(value);
  return BigInt(mantissa) << BigInt(exponent);
}

/** a / b = mantissa * 2^exponent with 1 <= mantissa < 2, about 2^-52 off. */
function quotient(a: bigint, b: bigint): { mantissa: number; exponent: number } {
  const shift = bitLength(b) - bitLength(a) + 60;
  const scaled = shift >= 0 ? (a << BigInt(shift)) / b : a / (b << BigInt(-shift));
  let mantissa = Number(scaled);
  const exponent = Math.floor(Math.log2(mantissa));
  mantissa /= 2 ** exponent;
  return { mantissa, exponent: exponent - shift };
}
