/** Product of many integers, in a balanced tree; 1 of none. */
export function product(factors: readonly bigint[]): bigint {
  if (factors.length < 2) return factors[0] ?? 1n;
  const half = factors.length >> 1;
  return product(factors.slice(0, half)) * product(factors.slice(half));
}
