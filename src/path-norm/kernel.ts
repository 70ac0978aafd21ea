import { gcd } from '../exact/bigint.js';

/**
 * A basis of the integer vectors of length `width` that are orthogonal to given ones, grown one condition at a time: starting from the
 * unit vectors, a condition h keeps one basis vector p with h . p != 0 to itself and replaces every other b by (h . p) b - (h . b) p.
 */
export type KernelBasis = readonly (readonly bigint[])[];

/** The unit vectors: no condition yet. */
export function unitVectors(width: number): KernelBasis {
  return Array.from({ length: width }, (_, i) =>
    Array.from({ length: width }, (_, j) => (i === j ? 1n : 0n)),
  );
}

/** The part of the span that is orthogonal to h too, or null when all of it is already. Exact; entries stay primitive. */
export function orthogonalTo(basis: KernelBasis, h: readonly bigint[]): KernelBasis | null {
  const products = basis.map((vector) => dot(vector, h));
  const pivot = products.findIndex((value) => value !== 0n);
  if (pivot < 0) return null;
  const own = products[pivot]!;
  const chosen = basis[pivot]!;
  const rest: bigint[][] = [];
  basis.forEach((vector, k) => {
    if (k === pivot) return;
    const factor = products[k]!;
    rest.push(
      factor === 0n ? [...vector] : primitive(vector.map((value, i) => own * value - factor * chosen[i]!)),
    );
  });
  return rest;
}

/** A basis of all integer vectors orthogonal to every row. */
export function kernelOf(rows: readonly (readonly bigint[])[], width: number): KernelBasis {
  let basis = unitVectors(width);
  for (const row of rows) basis = orthogonalTo(basis, row) ?? basis;
  return basis;
}

/** a . b. */
export function dot(a: readonly bigint[], b: readonly bigint[]): bigint {
  let sum = 0n;
  for (let i = 0; i < a.length; i++) {
    const value = a[i]!;
    if (value !== 0n) sum += value * b[i]!;
  }
  return sum;
}

/** The vector divided by the greatest common divisor of its entries. */
export function primitive(vector: readonly bigint[]): bigint[] {
  let common = 0n;
  for (const value of vector) {
    if (value !== 0n) common = gcd(common, value);
    if (common === 1n) return [...vector];
  }
  return common === 0n ? [...vector] : vector.map((value) => value / common);
}
