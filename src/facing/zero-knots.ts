import { Rational } from '../exact/rational.js';
import { networkForSkip } from '../knots/architecture.js';
import { countNeurons } from '../problem/network.js';
import type { Line, PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { compareAcross } from '../problem/windows.js';
import { type Found, foundNetwork } from './hinges.js';
import { WindowLines } from './window-lines.js';

/** The fewest neurons where one line passes through all windows, with what shows that there are no fewer. */
export interface ZeroKnots extends Found {
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Lower bound 1: points that exclude the zero function (skip none, one) or a constant (skip bias, two). */
  readonly zeroNeurons: readonly number[] | null;
  /** Lower bound 2: a point whose window lies below 0 and one whose window lies above. */
  readonly opposite: readonly [below: number, above: number] | null;
  readonly open: string | null;
}

/** Gaps on either side in which a single knot is tried. */
const MOST_GAPS = 100;

/**
 * No knot is forced. Skip bias: 0 neurons when a constant fits, else 1. Skip none: 0 when the zero function fits; 2 when two windows lie on
 * different sides of 0, because one neuron has one sign; else 1 when some neuron fits, which for exact labels one does.
 *
 * @param line through all windows
 */
export function facingWithoutKnots(problem: Problem, skip: 'bias' | 'none', line: Line): ZeroKnots {
  const { lower, upper } = problem;
  const { least, greatest } = extremes(problem);
  const nothing = { zeroNeurons: null, opposite: null, open: null };
  const done = (found: Found, more: Partial<ZeroKnots> = {}): ZeroKnots => {
    const neurons = countNeurons(found.network);
    return { ...found, lowerBound: neurons, upperBound: neurons, ...nothing, ...more };
  };
  if (skip === 'bias') {
    if (compareAcross(upper, least, lower, greatest) >= 0)
      return done(ofLine(problem, skip, { slope: Rational.zero, intercept: lower.value(greatest) }));
    return done(ofLine(problem, skip, line), { zeroNeurons: [least, greatest] });
  }
  const below = upper.value(least).sign() < 0;
  const above = lower.value(greatest).sign() > 0;
  if (!below && !above)
    return done(ofLine(problem, skip, { slope: Rational.zero, intercept: Rational.zero }));
  const own = ofLine(problem, skip, line);
  if (below && above) return done(own, { opposite: [least, greatest] });
  const zeroNeurons = [below ? least : greatest];
  const one = countNeurons(own.network) === 1 ? own : oneNeuron(problem, below);
  if (one !== null) return done(one, { zeroNeurons });
  return done(own, {
    lowerBound: 1,
    zeroNeurons,
    open: 'no single neuron was found that stays inside the windows',
  });
}

/** The points with the least upper end and with the greatest lower end. */
function extremes({ lower, upper, size }: Problem): { least: number; greatest: number } {
  let least = 0;
  let greatest = 0;
  for (let i = 1; i < size; i++) {
    if (upper.compare(i, least) < 0) least = i;
    if (lower.compare(i, greatest) > 0) greatest = i;
  }
  return { least, greatest };
}

function ofLine(problem: Problem, skip: 'bias' | 'none', line: Line): Found {
  const f: PiecewiseLinear = { slope: line.slope, intercept: line.intercept, knots: [] };
  const x = problem.inputs[0]!;
  return { function: f, network: networkForSkip(f, skip, x.value(0), x.value(problem.size - 1)) };
}

/** One neuron, nowhere above 0 or nowhere below: active at all points, or with its knot in some gap. */
function oneNeuron(problem: Problem, below: boolean): Found | null {
  const program = new WindowLines(problem);
  const sign = below ? -1 : 1;
  const active = program.lines({ gap: [], sign: [] }, [1, 0], below ? 'not positive' : 'not negative');
  if (active !== null) return foundNetwork(problem, active, [1, 0], 'none');
  const gaps = problem.size - 1;
  const near = Math.min(gaps, MOST_GAPS);
  for (let k = 0; k < near; k++) {
    // Right-facing: 0 left of the knot, so the knot lies near the left end; left-facing: mirrored.
    for (const [gap, left] of [
      [k, 0],
      [gaps - 1 - k, 1],
    ] as const) {
      const lines = program.lines({ gap: [gap], sign: [sign] }, [1, left, 0], 'zero');
      if (lines !== null) return foundNetwork(problem, lines, [1, left, 0], 'none');
    }
  }
  return null;
}
