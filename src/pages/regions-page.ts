import type { Rational } from '../exact/rational.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { SkipConnection } from '../problem/network.js';
import type { Arrangement, Box, Cell, DataInCells, RegionsFound } from '../solve/regions.js';
import { columnsText } from '../text/columns.js';
import { compact, duration, plural, readable, readableTerm, whole } from '../text/format.js';
import { type Ended, endOfTime } from './run.js';

/** Cells that the JSON lists without being asked to. */
const CELLS_SHOWN = 10_000;

/** Everything beside the cells that the report of `regions` needs. */
export interface RegionsRun {
  /** The model file, as named on the command line. */
  readonly model: string;
  readonly arrangement: Arrangement;
  readonly box: Box | null;
  /** Points that were located, where data were given. */
  readonly data: { readonly dataset: Dataset; readonly found: DataInCells } | null;
  /** Print every cell with its witness. */
  readonly list: boolean;
  /** Which limit of time came before all cells were counted or `--limit` was reached. */
  readonly ended: Ended | null;
  readonly seconds: number;
}

/** The object that `regions --json` prints; docs/json.md documents every field. */
export function regionsJson(
  { cells, complete, atMost }: RegionsFound,
  { model, arrangement, box, data, list, ended, seconds }: RegionsRun,
): Record<string, unknown> {
  const { dimension, hyperplanes, given, network, cancelled } = arrangement;
  const listed = list || cells.length <= CELLS_SHOWN;
  return {
    command: 'regions',
    model: { name: model, kind: network === null ? 'hyperplanes' : 'network', inputs: dimension },
    hyperplanes: {
      given,
      distinct: hyperplanes.length,
      ...(network === null ? {} : { cancelled }),
      ...(listed
        ? {
            list: hyperplanes.map(({ normal, offset }) => ({
              normal: normal.map(String),
              offset: `${offset}`,
            })),
          }
        : {}),
    },
    box: box?.map(({ from, to }) => [`${from}`, `${to}`]) ?? null,
    status: complete ? 'complete' : ended === null ? 'limit' : 'bracket',
    ...(ended === null ? {} : { ended }),
    count: cells.length,
    atMost: atMost.toString(),
    generalPosition: complete && BigInt(cells.length) === atMost,
    ...(data === null
      ? {}
      : {
          data: {
            name: data.dataset.name,
            points: data.dataset.inputs[0]!.length,
            columns: columnsOf(data.dataset),
            cells: data.found.points.size,
            onBoundaries: data.found.onBoundaries,
            outside: data.found.outside,
            ...(complete ? {} : { elsewhere: data.found.elsewhere }),
          },
        }),
    ...(listed ? { cells: cells.map((cell, k) => cellJson(cell, data, k)) } : {}),
    checked: complete,
    seconds,
  };
}

function cellJson({ signs, witness, affine }: Cell, data: RegionsRun['data'], k: number) {
  return {
    signs: signsText(signs),
    witness: witness.map(String),
    ...(affine === null
      ? {}
      : { affine: { weights: affine.weights.map(String), bias: affine.bias.toString() } }),
    ...(data === null ? {} : { points: data.found.points.get(k) ?? 0 }),
  };
}

const signsText = (signs: Cell['signs']): string => signs.map((sign) => (sign === 1 ? '+' : '-')).join('');

/** The page for a person. */
export function regionsPage(
  { cells, complete, atMost }: RegionsFound,
  { model, arrangement, box, data, list, ended, seconds }: RegionsRun,
): string {
  const { dimension, hyperplanes, given, network, cancelled } = arrangement;
  const what = (count: number) => plural(count, network === null ? 'cell' : 'linear piece');
  const general =
    box === null && BigInt(cells.length) === atMost
      ? ', as many as hyperplanes in general position have'
      : ` (at most ${whole(atMost)}, as hyperplanes in general position have)`;
  const where = box === null ? '' : ` inside the box ${boxText(box)}`;
  const kinks = network === null ? '' : ', with kinks';
  const found = [
    `${plural(given, network === null ? 'hyperplane' : 'neuron')} of ${plural(dimension, 'input')}${given === hyperplanes.length ? '' : `${kinks} on ${plural(hyperplanes.length, network === null ? 'different one' : 'hyperplane')}`}`,
    ...(cancelled > 0 ? [`on ${plural(cancelled, 'hyperplane')} more the kinks cancel`] : []),
  ];
  const lines = [
    complete
      ? `${what(cells.length)}${where}${general}: proved and checked in ${duration(seconds)}`
      : ended === null
        ? `more than ${what(cells.length)}${where} (at most ${whole(atMost)}); --limit N goes on`
        : `at least ${what(cells.length)}${where} (at most ${whole(atMost)}). ${endOfTime(ended)}`,
    `${model}: ${found.join('; ')}`,
    ...(data === null ? [] : [dataLine(data, complete), columnsText(columnsOf(data.dataset))]),
    ...(list ? cells.map((cell, k) => cellLine(cell, data, k)) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function dataLine({ dataset, found }: NonNullable<RegionsRun['data']>, complete: boolean): string {
  const { points, onBoundaries, outside, elsewhere } = found;
  const rest = [
    ...(onBoundaries > 0 ? [`${plural(onBoundaries, 'row')} on a boundary between them`] : []),
    ...(outside > 0 ? [`${plural(outside, 'row')} outside the box`] : []),
    ...(complete || elsewhere === 0 ? [] : [`${plural(elsewhere, 'row')} in others`]),
  ];
  return [
    `${whole(points.size)} of them meet the ${plural(dataset.inputs[0]!.length, 'row')} of ${dataset.name}`,
    ...rest,
  ].join('; ');
}

const boxText = (box: Box): string =>
  box.map(({ from, to }) => `${readable(from)} .. ${readable(to)}`).join(', ');

function cellLine({ signs, witness, affine }: Cell, data: RegionsRun['data'], k: number): string {
  const points = data === null ? '' : `  ${plural(data.found.points.get(k) ?? 0, 'row')}`;
  return `${signsText(signs) || '(all)'}  at (${witness.map(compact).join(', ')})${affine === null ? '' : `: ${affineText(affine)}`}${points}`;
}

/** "2 x1 - x2 + 1/3". */
function affineText({ weights, bias }: SkipConnection): string {
  const name = (i: number) => (weights.length === 1 ? 'x' : `x${i + 1}`);
  const terms: [Rational, string][] = weights.map((weight, i) => [weight, ` ${name(i)}`]);
  const shown = [...terms, [bias, ''] as [Rational, string]].filter(([value]) => !value.isZero());
  if (shown.length === 0) return '0';
  return shown
    .map(([value, factor], i) => {
      const text = i === 0 ? readable(value) : readableTerm(value);
      return factor === ''
        ? text
        : `${text.replace(/^([+-] |-)?1$/, '$1')}${factor}`.replace(/^([+-]?) +/, '$1 ');
    })
    .join(' ')
    .trim();
}
