import { expect } from 'vitest';
import type { Certificate } from '../../src/certificate/certificate.js';
import { Rational } from '../../src/exact/rational.js';
import { minimizePathNorm } from '../../src/path-norm/minimum.js';
import { thresholdSeveral } from '../../src/path-norm/threshold.js';
import { evaluate, type Network, type Skip } from '../../src/problem/network.js';
import type { Problem } from '../../src/problem/problem.js';
import type { CaseFile } from './case-files.js';
import { problemOf } from './case-files.js';

const SKIPS = ['none', 'bias', 'affine'] as const;

/** What is known of a problem beside its certificate: networks, which no lower bound may exceed, and brackets of p*. */
interface Known {
  readonly networks: Readonly<Record<Skip, readonly Network[]>>;
  readonly pStar: Readonly<Record<Skip, { lower: Rational; upper: Rational }>> | null;
}

/** Judges claims about the data of these cases: expectTrue(problem, certificate) fails unless the claim is true. */
export async function severalTruth(
  cases: Record<string, CaseFile>,
): Promise<(problem: Problem, certificate: Certificate) => void> {
  const known = new Map<string, Known>();
  for (const file of Object.values(cases)) {
    const key = file.certificate.problem.sha256;
    const asksPStar = file.certificate.claim.kind === 'threshold-several';
    const own = known.get(key) ?? { networks: await networksOf(problemOf(file)), pStar: null };
    known.set(key, asksPStar ? { ...own, pStar: pStarOf(problemOf(file)) } : own);
  }
  return (problem, certificate) =>
    expectSeveral(problem, certificate, known.get(certificate.problem.sha256)!);
}

async function networksOf(problem: Problem): Promise<Known['networks']> {
  const networks: Record<Skip, Network[]> = { none: [], bias: [], affine: [] };
  // A network without a skip belongs to every architecture.
  if (problem.dimension > 3) {
    networks.none.push((await minimizePathNorm(problem, 'none', Rational.one)).network);
    return { none: networks.none, bias: networks.none, affine: networks.none };
  }
  for (const skip of SKIPS) {
    for (const p of ['1/3', '4/5', '1'])
      networks[skip].push((await minimizePathNorm(problem, skip, Rational.parse(p), { gap: 0.05 })).network);
  }
  return networks;
}

function pStarOf(problem: Problem): Known['pStar'] {
  const closed = (skip: Skip) => thresholdSeveral(problem, skip, { width: 1e-3 });
  return { none: closed('none'), bias: closed('bias'), affine: closed('affine') };
}

function expectSeveral(problem: Problem, { claim, network }: Certificate, { networks, pStar }: Known): void {
  if (claim.kind === 'threshold-several') {
    const { lower, upper } = pStar![claim.skip];
    expect(upper.lessThan(Rational.parse(claim.lower))).toBe(false);
    expect(Rational.parse(claim.upper).lessThan(lower)).toBe(false);
    return;
  }
  if (claim.kind !== 'lp-minimum-several') throw new Error(`a claim ${claim.kind}`);
  const p = Rational.parse(claim.p).toNumber();
  for (const own of networks[claim.skip])
    expect(Rational.parse(claim.lowerBound).toNumber()).toBeLessThanOrEqual(costOf(own, p) * (1 + 1e-12));
  expect(Rational.parse(claim.upperBound).toNumber()).toBeGreaterThanOrEqual(
    costOf(network!, p) * (1 - 1e-12),
  );
  for (let n = 0; n < problem.size; n++) {
    const value = evaluate(
      network!,
      problem.inputs.map((column) => column.value(n)),
    );
    expect(value.lessThan(problem.lower.value(n)) || problem.upper.value(n).lessThan(value)).toBe(false);
  }
}

function costOf({ neurons, inputDimension }: Network, p: number): number {
  let sum = 0;
  for (const { inputWeights, bias, outputWeight } of neurons) {
    for (const entry of inputDimension === 1 ? inputWeights : [...inputWeights, bias])
      if (!entry.multiply(outputWeight).isZero()) sum += entry.multiply(outputWeight).abs().toNumber() ** p;
  }
  return sum;
}
