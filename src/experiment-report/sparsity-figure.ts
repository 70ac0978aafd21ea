import type { TrainingRow } from '../experiment/rows.js';
import type { Canvas } from '../pictures/canvas.js';
import { plural, whole } from '../text/format.js';
import type { Figure, Inline } from './document.js';
import type { Group } from './results.js';
import { seriesStyle, TRUTH_STYLE } from './series-style.js';
import { spread } from './spread.js';
import { rowLink, separated } from './texts.js';

/** Most single runs drawn behind the median of a series. */
export const MOST_RUNS = 10;

/**
 * Size of the networks against epochs, with the proved minimum as a dashed line (as in Figures 17 and 20 of Nakhleh and
 * Nowak): the median over the seeds, and behind it single runs. Null when there is no run.
 * @param groups of one data set, architecture and tolerance
 */
export function sparsityAgainstEpochs(
  { plot, draw, swatch }: Canvas,
  id: string,
  groups: readonly Group[],
): Figure | null {
  const drawn = groups.filter(({ runs }) => runs.length > 0);
  if (drawn.length === 0) return null;
  const { objective, skip } = drawn[0]!;
  const minimum = drawn.flatMap(({ runs }) => runs).find((run) => run.minimum !== null)?.minimum ?? null;
  const truth = drawn.flatMap(({ runs }) => runs).find((run) => run.truth !== null)?.truth ?? null;
  const medians = drawn.map(({ runs }) => medianHistory(runs));
  const single = drawn.map(({ runs }) => runs.slice(0, MOST_RUNS).flatMap(historyOf));
  const lines = [...new Set(minimum === null ? [] : [minimum.lowerBound, minimum.upperBound])];
  const sizes = [...single.flat().map(({ size }) => size), ...lines];
  const largest = sizes.reduce((a, b) => Math.max(a, b), 1);
  const smallest = sizes.reduce((a, b) => Math.min(a, b), largest);
  const domain: [number, number] = [smallest * 0.6, largest * 1.15];
  const ticks = SIZES.filter((size) => size >= domain[0] && size <= domain[1]);
  const lastEpoch = single.flat().reduce((last, { epoch }) => Math.max(last, epoch), 0);
  const proved = lines.length === 1;
  const lineText = (size: number) =>
    proved
      ? `proved minimum ${size}`
      : size === minimum!.lowerBound
        ? `proved: at least ${size}`
        : `found: ${size}`;

  const svg = draw(id, {
    height: 320,
    marginLeft: 72,
    marginRight: 30,
    marginTop: 12,
    marginBottom: 46,
    x: { label: 'epochs', domain: [0, Math.max(1, lastEpoch)], ticks: 5, ...AXIS },
    // Linear near 0, logarithmic above: networks that died (size 0) have a place.
    y: {
      type: 'symlog',
      constant: 1,
      label: `${objective} (logarithmic)`,
      domain,
      ticks,
      tickFormat: whole,
      ...AXIS,
    },
    marks: [
      plot.gridY(ticks, { stroke: 'var(--grid)', strokeOpacity: 1 }),
      plot.ruleY(lines, {
        stroke: TRUTH_STYLE.stroke,
        strokeWidth: 1.75,
        strokeDasharray: TRUTH_STYLE.dashes,
        ariaDescription: 'proved minimum',
      }),
      ...drawn.flatMap(({ series }, i) => {
        const { stroke, dashes } = seriesStyle(series.index);
        return [
          plot.line(single[i]!, {
            x: 'epoch',
            y: 'size',
            z: 'seed',
            curve: 'step-after',
            stroke,
            strokeWidth: 0.75,
            strokeOpacity: 0.3,
            ariaDescription: `runs of ${series.label}`,
          }),
          plot.line(medians[i]!, {
            x: 'epoch',
            y: 'size',
            curve: 'step-after',
            stroke,
            strokeWidth: 2,
            strokeDasharray: dashes,
            ariaDescription: `median of ${series.label}`,
          }),
        ];
      }),
      ...drawn.map(({ series }, i) => {
        const { stroke, symbol } = seriesStyle(series.index);
        return plot.dot(markers(medians[i]!, i / drawn.length), {
          x: 'epoch',
          y: 'size',
          symbol,
          r: 4,
          fill: 'var(--paper)',
          stroke,
          strokeWidth: 1.5,
          ariaDescription: `markers of ${series.label}`,
        });
      }),
      ...lines.map((line) =>
        plot.text([line], {
          x: Math.max(1, lastEpoch),
          y: (size: number) => size,
          text: lineText,
          textAnchor: 'end',
          // Below the line, where no network can be; above it at the bottom, and for the upper end of a bracket.
          dy: line === 0 || (!proved && line === minimum?.upperBound) ? -11 : 11,
          dx: -4,
          fontSize: 13,
          fill: 'currentColor',
          stroke: 'var(--paper)',
          strokeWidth: 4,
        }),
      ),
    ],
  });

  const ends = drawn.map(
    ({ series }, i) =>
      `${series.label}: ${whole(medians[i]![0]!.size)} to ${whole(medians[i]!.at(-1)!.size)}`,
  );
  const caption: Inline[] = ['Bold: median over the seeds. Thin: single runs'];
  if (drawn.some(({ runs }) => runs.length > MOST_RUNS))
    caption.push(` (the first ${MOST_RUNS} of each method)`);
  caption.push('. ');
  if (truth !== null && lines.length > 0) {
    caption.push('Dashed: ', rowLink(truth, proved ? 'the proved minimum' : 'the proved bounds'), '. ');
  } else caption.push('No minimum is proved for this question. ');
  caption.push('Runs: ', ...separated(drawn.map((group) => linkTo(group))), '.');
  return {
    id,
    title: `${objective === 'neurons' ? 'Neurons' : 'Parameters'} against epochs (skip ${skip})`,
    description: `Lines over epochs 0 to ${whole(lastEpoch)}, median ${objective} from start to end. ${ends.join('; ')}. ${
      lines.length === 0 ? 'No minimum is proved.' : `Dashed line: ${lines.map(lineText).join(', ')}.`
    }`,
    caption,
    svg,
    key: drawn.map(({ series, runs }) => {
      const { stroke, dashes, symbol } = seriesStyle(series.index);
      return {
        swatch: swatch([
          plot.ruleY([0.5], { stroke, strokeWidth: 2, strokeDasharray: dashes }),
          plot.dot([[0.5, 0.5]], { symbol, r: 4, fill: 'var(--paper)', stroke, strokeWidth: 1.5 }),
        ]),
        text: `${series.label} (${plural(runs.length, 'run')})`,
      };
    }),
  };
}

/** Ticks of the sizes. */
const SIZES = [0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

const AXIS = { labelAnchor: 'center', labelArrow: 'none' } as const;

interface Moment {
  readonly epoch: number;
  readonly size: number;
}

function linkTo({ id, series }: Group): Inline {
  return { kind: 'link', to: id, text: series.label };
}

function sizesOf({ history, objective }: TrainingRow): readonly number[] {
  return objective === 'neurons' ? history.activeNeurons : history.nonzeroProducts;
}

function historyOf(run: TrainingRow): (Moment & { readonly seed: number })[] {
  const sizes = sizesOf(run);
  return run.history.epoch.map((epoch, i) => ({ epoch, size: sizes[i]!, seed: run.seed }));
}

/** At every epoch that some run looked at, the median of the sizes that each run had last; a run that stopped keeps its size. */
export function medianHistory(runs: readonly TrainingRow[]): Moment[] {
  const epochs = [...new Set(runs.flatMap(({ history }) => history.epoch))].sort((a, b) => a - b);
  const positions = runs.map(() => 0);
  return epochs.map((epoch) => {
    const sizes = runs.map((run, r) => {
      const looks = run.history.epoch;
      while (positions[r]! + 1 < looks.length && looks[positions[r]! + 1]! <= epoch) positions[r]!++;
      return sizesOf(run)[positions[r]!]!;
    });
    return { epoch, size: spread(sizes)!.median };
  });
}

/** A few moments, shifted from series to series so that markers do not lie on each other. */
function markers(moments: readonly Moment[], shift: number): Moment[] {
  const count = Math.min(MARKERS, moments.length);
  const chosen = Array.from(
    { length: count },
    (_, m) =>
      moments[Math.min(moments.length - 1, Math.floor(((m + 0.3 + 0.6 * shift) * moments.length) / count))]!,
  );
  return [...new Set(chosen)];
}

const MARKERS = 4;
