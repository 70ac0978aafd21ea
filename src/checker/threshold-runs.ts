import { orientation } from '../exact/orientation.js';
import type { Quotient } from '../exact/rational.js';
import type { Problem } from '../problem/problem.js';

/** The runs of the data, from the problem alone: maximal stretches of points at which the data turn to one and the same side. */
export class Runs implements Iterable<readonly [point: number, length: number]> {
  private readonly lengths = new Map<number, number>();

  /** @param problem one input, exact labels */
  constructor(private readonly problem: Problem) {
    const x = problem.inputs[0]!;
    const y = problem.lower;
    let side = 0;
    let first = 0;
    for (let i = 1; i < problem.size - 1; i++) {
      const turn = orientation(x, i - 1, y, i, y, i + 1, y);
      if (turn !== side) first = i;
      if (turn !== 0) this.lengths.set(first, i + 1 - first);
      side = turn;
    }
  }

  /** The first point of every run and how many points it has, from left to right. */
  [Symbol.iterator](): Iterator<readonly [point: number, length: number]> {
    return this.lengths.entries();
  }

  /** Points of the run that begins there; 0: there is none. */
  length(point: number): number {
    return this.lengths.get(point) ?? 0;
  }

  /** The slope changes e_0 .. e_{L-1} at its points, all in one unit, not in lowest terms. */
  changes(point: number): Quotient[] {
    const { inputs, lower: y } = this.problem;
    const x = inputs[0]!;
    const end = point + this.length(point);
    let [before, rise] = [x.integer(point) - x.integer(point - 1), y.integer(point) - y.integer(point - 1)];
    const changes: Quotient[] = [];
    for (let i = point; i < end; i++) {
      const [after, next] = [x.integer(i + 1) - x.integer(i), y.integer(i + 1) - y.integer(i)];
      const turn = next * before - rise * after;
      changes.push({ numerator: turn < 0n ? -turn : turn, denominator: before * after });
      [before, rise] = [after, next];
    }
    return changes;
  }
}
