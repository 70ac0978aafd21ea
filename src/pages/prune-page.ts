import type { DecimalEnclosure } from '../exact/enclosure.js';
import type { Rational } from '../exact/rational.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { Skip } from '../problem/network.js';
import type { Problem } from '../problem/problem.js';
import { colors as pc } from '../text/colors.js';
import { duration, minus, nextSection, plural, readable, wrap } from '../text/format.js';
import { columnsLine, type Ended, endOfTime, pageOf } from './run.js';

/** Width of running text. */
const WIDTH = 78;

/** What is counted of a network before and after. */
export interface Counted {
  /** Neurons that are not dead. */
  readonly neurons: number;
  /** Pairs of a neuron and an input (or its bias) with v w_i other than 0, eq. (9). */
  readonly parameters: number;
  /** The l^p path norm at p. */
  readonly cost: DecimalEnclosure;
}

/** What `prune` found. */
export interface PruneAnswer {
  readonly before: Counted;
  readonly after: Counted;
  /** The model was a vertex before anything was done. */
  readonly wasVertex: boolean;
  /** The network is one, proved and checked. */
  readonly isVertex: boolean;
  readonly events: number;
  /** Largest change of an output at the points, exactly, of the network in the file. */
  readonly change: Rational;
  /** The limit that came before a vertex was reached. */
  readonly ended: Ended | null;
}

/** How `prune` was run. */
export interface PruneRun {
  readonly model: string;
  readonly dataset: Dataset;
  readonly problem: Problem;
  readonly skip: Skip;
  readonly p: Rational;
  readonly tolerance: Rational;
  readonly file: string;
  /** The command that decides whether what was written is a vertex; null where it is not. */
  readonly verify: string | null;
  readonly seconds: number;
}

/** The object that `prune --json` prints; docs/json.md documents every field. */
export function pruneJson(answer: PruneAnswer, run: PruneRun): Record<string, unknown> {
  const { before, after, wasVertex, isVertex, events, change, ended } = answer;
  const { model, dataset, problem, skip, p, tolerance, file, seconds } = run;
  return {
    command: 'prune',
    model,
    data: {
      name: dataset.name,
      points: problem.size,
      dimension: problem.dimension,
      columns: columnsOf(dataset),
    },
    status: isVertex ? 'vertex' : 'partial',
    ...(ended === null ? {} : { ended }),
    skip,
    p: p.toString(),
    tolerance: tolerance.toString(),
    before,
    after,
    wasVertex,
    events,
    change: change.toString(),
    approximately: change.toNumber(),
    file,
    seconds,
  };
}

/** The page for a person. */
export function prunePage(answer: PruneAnswer, run: PruneRun): string {
  const { before, after, wasVertex, isVertex, change, ended } = answer;
  const { model, dataset, problem, skip, p, file, seconds } = run;
  const verdict = wasVertex
    ? 'The model was a vertex: there was nothing to prune.'
    : isVertex
      ? 'A vertex: no direction is left that keeps all outputs. Proved and checked.'
      : `Not yet a vertex. ${ended === null ? 'An exact kernel of what is left is out of reach.' : endOfTime(ended)}`;
  const cost = ({ cost: { lower } }: Counted) => minus(String(Number(Number(lower).toPrecision(6))));
  const row = (name: string, { neurons, parameters }: Counted, text: string) =>
    `${name}  ${plural(neurons, 'neuron')}, ${plural(parameters, 'parameter')}, l^p path norm at p = ${readable(p)}: ${text}`;
  const outputs = change.isZero()
    ? 'every output at the points is the same, exactly'
    : `no output at a point changes by more than ${change.toNumber().toExponential(2)}`;
  return pageOf([
    [
      `${pc.bold(model)}  skip ${skip}  ${pc.dim(duration(seconds))}`,
      `${pc.bold(dataset.name)}  ${plural(problem.size, 'point')}, ${plural(problem.dimension, 'input')}`,
      columnsLine(dataset),
      isVertex ? pc.green(pc.bold(verdict)) : pc.yellow(pc.bold(verdict)),
    ],
    [row('before', before, cost(before)), row('after ', after, cost(after))],
    wrap(`${file}: ${outputs}.`, WIDTH),
    nextSection(run.verify === null ? [] : [['decide it from the file', run.verify]]),
  ]);
}
