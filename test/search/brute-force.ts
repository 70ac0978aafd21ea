import type { Skip } from '../../src/data/network.js';
import type { Problem } from '../../src/data/problem.js';
import { decide } from '../../src/lp/exact-lp.js';
import { LinearRow, type Sense } from '../../src/lp/linear-system.js';

/**
 * Fewest neurons of a network with one input by trying every set of neuron types: output sign, facing right or left, and
 * the number of points on which the neuron is active. One neuron per type is enough (two of one type add up). Each set is
 * one exact linear program.
 */
export function fewestNeuronsByTypes(problem: Problem, skip: Skip): number {
  const { size, inputs, lower, upper } = problem;
  const x = Array.from({ length: size }, (_, n) => inputs[0]!.integer(n));
  const types: { sign: bigint; active: boolean[] }[] = [];
  for (const sign of [1n, -1n]) {
    for (let count = 1; count <= size; count++) {
      types.push({ sign, active: x.map((_, n) => n >= size - count) });
      if (count < size) types.push({ sign, active: x.map((_, n) => n < count) });
    }
  }
  const skipWidth = skip === 'affine' ? 2 : skip === 'bias' ? 1 : 0;
  const fits = (chosen: readonly number[]): boolean => {
    const unknowns = 2 * chosen.length + skipWidth;
    const rows: LinearRow[] = [];
    const row = (entries: (coefficients: bigint[]) => void, sense: Sense, right: bigint): void => {
      const coefficients = new Array<bigint>(unknowns).fill(0n);
      entries(coefficients);
      rows.push(new LinearRow(coefficients, sense, right));
    };
    for (let n = 0; n < size; n++) {
      const f = (coefficients: bigint[]): void => {
        chosen.forEach((type, k) => {
          if (!types[type]!.active[n]) return;
          coefficients[2 * k] = types[type]!.sign * x[n]!;
          coefficients[2 * k + 1] = types[type]!.sign;
        });
        if (skip !== 'none') coefficients[unknowns - 1] = 1n;
        if (skip === 'affine') coefficients[unknowns - 2] = x[n]!;
      };
      row(f, '>=', lower.integer(n));
      row(f, '<=', upper.integer(n));
      chosen.forEach((type, k) => {
        row(
          (coefficients) => {
            coefficients[2 * k] = x[n]!;
            coefficients[2 * k + 1] = 1n;
          },
          types[type]!.active[n] ? '>=' : '<=',
          0n,
        );
      });
    }
    return decide({ unknowns, rows }).status === 'feasible';
  };
  for (let count = 0; ; count++) if (subsets(types.length, count).some(fits)) return count;
}

/** All subsets of {0 .. n-1} of a given size. */
export function subsets(n: number, size: number): number[][] {
  if (size === 0) return [[]];
  const list: number[][] = [];
  for (const rest of subsets(n, size - 1)) {
    for (let next = (rest.at(-1) ?? -1) + 1; next < n; next++) list.push([...rest, next]);
  }
  return list;
}
