import { expect } from 'vitest';
import type { Objective } from '../../src/certificate/certificate.js';
import { parseCertificate } from '../../src/certificate/read.js';
import { certificateChunks } from '../../src/certificate/write.js';
import { check } from '../../src/checker/check.js';
import type { Random } from '../../src/exact/random.js';
import { Rational } from '../../src/exact/rational.js';
import { datasetFromArrays } from '../../src/problem/dataset.js';
import type { Skip } from '../../src/problem/network.js';
import { makeProblem, type Problem } from '../../src/problem/problem.js';
import { certify } from '../../src/solve/answer.js';
import { checked } from '../../src/solve/checked.js';
import { type Engine, solve } from '../../src/solve/solve.js';

/** A question whose doubles are nearly, or wholly, unable to tell its points apart. */
export interface NearDegenerateQuestion {
  readonly problem: Problem;
  readonly objective: Objective;
  readonly skip: Skip;
  readonly engine: Engine;
  /** Everything needed to ask it again, for the message of a failing test. */
  readonly text: string;
}

/** How far values of one cluster lie apart. */
const GAPS = [1e-6, 1e-7, 2e-10, 1e-12, 2 ** -52].map(Rational.fromDouble);
const OFFSETS = [0, 0, 0, 1, -1, 1e12, -1e12, 2 ** 40].map((value) => Rational.of(value));
const FACTORS = [1, 1, 1, 1e12, 1e-12].map(Rational.fromDouble);
const TOLERANCES = [0, 0, 0, 1e-13, 1e-7, 1e-6, 0.3].map(Rational.fromDouble);

const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;

/**
 * Values in a few clusters that are at most some gaps wide, moved by an offset and multiplied: equal ones, ones an ulp apart, and
 * ones that are 1e18 times farther apart than others stand in one list.
 */
function clusters(random: Random, count: number): Rational[] {
  const gap = pick(random, GAPS);
  const offset = pick(random, OFFSETS);
  const factor = pick(random, FACTORS);
  const centres = random.integer(1, 3);
  return Array.from({ length: count }, () =>
    Rational.of(random.integer(0, centres - 1) * pick(random, [1, 1, 3]))
      .add(gap.multiply(Rational.of(random.integer(-3, 3))))
      .add(offset)
      .multiply(factor),
  );
}

/**
 * A random question: one to three inputs, labels or windows, every skip, both objectives, all engines that apply. Some rows stand
 * twice, with a tolerance also with labels that differ.
 */
export function nearDegenerateQuestion(random: Random): NearDegenerateQuestion {
  const objective = pick<Objective>(random, ['neurons', 'parameters']);
  const skip = pick<Skip>(random, ['affine', 'bias', 'none']);
  const dimension = random.integer(1, 3);
  const size = random.integer(2, dimension === 1 ? 6 : 5);
  const engine: Engine =
    dimension > 1 || objective === 'parameters'
      ? 'auto'
      : pick<Engine>(random, ['auto', 'search', 'search', 'runs']);
  const inputs = Array.from({ length: dimension }, () => clusters(random, size));
  const x = Array.from({ length: size }, (_, n) => inputs.map((column) => column[n]!));
  const y = clusters(random, size);
  const tolerance = pick(random, TOLERANCES);
  const windows = tolerance.isZero() && random.integer(0, 3) === 0;
  const widths = Array.from({ length: size }, () =>
    pick(random, GAPS).multiply(Rational.of(random.integer(0, 2))),
  );
  for (let n = 1; n < size; n++) {
    const twin = random.integer(0, 5) === 0;
    if (twin) x[n] = x[n - 1]!;
    // Labels of one input differ only where a tolerance may join them.
    const equal = x.findIndex((point) => point.every((value, i) => value.equals(x[n]![i]!)));
    if (equal < n && tolerance.isZero()) {
      y[n] = y[equal]!;
      widths[n] = widths[equal]!;
    }
  }
  const rows = windows ? { x, lower: y, upper: y.map((value, n) => value.add(widths[n]!)) } : { x, y };
  return {
    problem: makeProblem(datasetFromArrays(rows), tolerance),
    objective,
    skip,
    engine,
    text: JSON.stringify({
      x: x.map((point) => point.map(String)),
      y: y.map(String),
      ...(windows ? { widths: widths.map(String) } : {}),
      tolerance: tolerance.toString(),
      objective,
      skip,
      engine,
    }),
  };
}

/** What became of some questions. */
export interface Seen {
  questions: number;
  closed: number;
  open: number;
  infeasible: number;
  /** Answers whose lower bound comes from the search. */
  searched: number;
}

/** Looks at the stop signal that a search is given; counting them, not seconds, keeps every answer the same on every machine. */
const MOST_LOOKS = 40;

/**
 * Solves random questions. The checker must accept every answer as it stands in memory and as it stands in a file, by its network and by
 * its pieces; and two engines must not contradict each other.
 */
export async function everyAnswerIsAccepted(random: Random, questions: number): Promise<Seen> {
  const seen: Seen = { questions: 0, closed: 0, open: 0, infeasible: 0, searched: 0 };
  const brackets = new Map<Engine, [lower: number, upper: number]>();
  for (; seen.questions < questions; seen.questions++) {
    const { problem, text, engine, ...question } = nearDegenerateQuestion(random);
    const engines: Engine[] = engine === 'auto' ? ['auto'] : ['auto', engine];
    brackets.clear();
    for (const each of engines) {
      let looks = 0;
      const solution = await solve(problem, {
        ...question,
        engine: each,
        timeLimit: Number.POSITIVE_INFINITY,
        shouldStop: () => ++looks > MOST_LOOKS,
      });
      for (const read of ['network', 'bounds'] as const)
        expect(() => checked(problem, solution, read), text).not.toThrow();
      const file = [...certificateChunks(certify(problem, solution))].join('');
      expect(check(problem, parseCertificate(file, 'file')), text).toMatchObject({ accepted: true });
      if (solution.status !== 'infeasible') brackets.set(each, [solution.lowerBound, solution.upperBound]);
      if (each !== engine) continue;
      if (solution.status === 'infeasible') seen.infeasible++;
      else seen[solution.status === 'optimal' ? 'closed' : 'open']++;
      if (solution.proof.kind === 'search') seen.searched++;
    }
    const bounds = [...brackets.values()];
    const highest = Math.max(0, ...bounds.map(([lower]) => lower));
    for (const [, upper] of bounds) expect(highest, text).toBeLessThanOrEqual(upper);
  }
  return seen;
}
