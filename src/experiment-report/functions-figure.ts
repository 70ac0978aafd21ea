import type { Polyline, TruthRow } from '../experiment/rows.js';
import { displayUnit, leftMargin, paddedDomain, tickText } from '../pictures/axes.js';
import type { Canvas } from '../pictures/canvas.js';
import { plural } from '../text/format.js';
import type { Figure, Inline } from './document.js';
import type { DataSet, Group } from './results.js';
import { seriesStyle, TRUTH_STYLE } from './series-style.js';
import { listed, rowLink, separated, significant } from './texts.js';

/** Most panels of one picture; the caption says what was left out. */
export const MOST_PANELS = 8;

const PANEL = { height: 118, top: 26, bottom: 44, gap: 30 } as const;

/** A function over the data and the truth. */
interface Panel {
  readonly title: string;
  readonly line: Polyline;
  readonly knots: readonly number[];
  /** Whose colour, dashes and marker. */
  readonly style: number;
  /** Keys and names of the rows it is drawn from. */
  readonly rows: readonly { readonly key: string; readonly name: string }[];
}

/**
 * Data, truth and, in a panel for each series, the trained function of the lowest seed: a choice that flatters nobody. Null
 * when no row has a picture (several inputs).
 * @param groups of one architecture and tolerance
 */
export function trainedFunctions(
  canvas: Canvas,
  id: string,
  dataSet: DataSet,
  truth: TruthRow | null,
  groups: readonly Group[],
): Figure | null {
  const panels = groups.flatMap(({ runs, series }): Panel[] => {
    const run = runs.find(({ plot }) => plot !== undefined);
    if (run?.plot === undefined) return [];
    const size = plural(run.activeNeurons, 'neuron');
    return [
      {
        title: `${series.label}, seed ${run.seed}: ${size}, residual ${significant(run.residual)}`,
        line: run.plot,
        knots: (run.knots ?? []).map(({ at }) => at),
        style: series.index,
        rows: [{ key: run.key, name: `${series.label}, seed ${run.seed}` }],
      },
    ];
  });
  const skip = groups[0]?.skip ?? 'affine';
  return picture(canvas, id, dataSet, truth, panels, {
    title: `Data, truth and trained functions (skip ${skip})`,
    caption: 'A panel for each method: the run of its lowest seed.',
    line: 'trained',
  });
}

/** Data, truth and the exact l^p minimisers, one panel for all exponents with the same minimiser. */
export function exactMinimizers(canvas: Canvas, id: string, dataSet: DataSet): Figure | null {
  const same = new Map<string, typeof dataSet.minimizers>();
  for (const row of dataSet.minimizers) {
    if (row.plot === undefined) continue;
    const graph = JSON.stringify(row.plot);
    same.set(graph, [...(same.get(graph) ?? []), row]);
  }
  const panels = [...same.values()].map((rows, index): Panel => {
    const first = rows[0]!;
    const exponents = listed(rows.map(({ p }) => p));
    const verdict = first.sparsest ? 'sparsest' : `the fewest are ${first.fewestKnots}`;
    return {
      title: `p = ${exponents}: ${plural(first.knotCount, 'knot')}, ${verdict}`,
      line: first.plot!,
      knots: first.plot!.x.slice(1, -1),
      style: index,
      rows: rows.map(({ key, p }) => ({ key, name: `p = ${p}` })),
    };
  });
  const truth = dataSet.truths.find(({ skip, tolerance }) => skip === 'affine' && tolerance === '0') ?? null;
  return picture(canvas, id, dataSet, truth, panels, {
    title: 'Exact minimisers of the l^p path norm (skip affine)',
    caption: 'What training would find if it found the global minimum.',
    line: 'minimiser',
  });
}

function picture(
  { plot, draw, swatch }: Canvas,
  id: string,
  { data }: DataSet,
  truth: TruthRow | null,
  all: readonly Panel[],
  texts: { readonly title: string; readonly caption: string; readonly line: string },
): Figure | null {
  const points = data?.plot;
  if (data === null || points === undefined || points.x.length === 0 || all.length === 0) return null;
  const panels = all.slice(0, MOST_PANELS);
  const known = truth?.plot;

  const x = displayUnit('x', points.x);
  const y = displayUnit('y', [...points.y, ...(known?.y ?? [])]);
  const corners = (line: Polyline) =>
    line.x
      .map((at, i) => ({ x: x.show(at), y: y.show(line.y[i]!) }))
      .filter(({ y: at }) => Number.isFinite(at));
  const inPanel = panels.map((panel) =>
    corners(panel.line).map((corner) => ({ ...corner, panel: panel.title })),
  );
  const radius = points.x.length <= 60 ? 3.5 : points.x.length <= 400 ? 2 : 1.1;
  const yDomain = paddedDomain([...points.y, ...(known?.y ?? [])].map(y.show), 0.18);
  const truthLine = { ...TRUTH_LINE, stroke: TRUTH_STYLE.stroke };
  const svg = draw(id, {
    height: PANEL.top + panels.length * PANEL.height + PANEL.bottom,
    marginLeft: leftMargin(yDomain),
    marginRight: 28,
    marginTop: PANEL.top,
    marginBottom: PANEL.bottom,
    fy: { domain: panels.map(({ title }) => title), axis: null, padding: PANEL.gap / PANEL.height },
    x: { label: x.label, domain: paddedDomain(points.x.map(x.show), 0.06), ticks: 6, ...AXIS },
    y: {
      label: y.label,
      domain: yDomain,
      ticks: 4,
      ...AXIS,
    },
    marks: [
      plot.frame({ stroke: 'var(--rule)' }),
      plot.gridX({ stroke: 'var(--grid)', strokeOpacity: 1 }),
      plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1 }),
      plot.text(panels, {
        fy: 'title',
        text: 'title',
        frameAnchor: 'top-left',
        dy: -17,
        fill: 'currentColor',
        fontSize: 13,
      }),
      ...(known === undefined
        ? []
        : [
            plot.line(corners(known), { x: 'x', y: 'y', clip: true, ...truthLine, ariaDescription: 'truth' }),
          ]),
      ...inPanel.flatMap((line, i) => {
        const { stroke, symbol } = seriesStyle(panels[i]!.style);
        const knots = panels[i]!.knots.map((at) => ({
          x: x.show(at),
          y: y.show(valueAt(panels[i]!.line, at)),
          panel: panels[i]!.title,
        })).filter((knot) => Number.isFinite(knot.x) && Number.isFinite(knot.y));
        return [
          plot.line(line, {
            x: 'x',
            y: 'y',
            fy: 'panel',
            stroke,
            strokeWidth: 1.75,
            clip: true,
            ariaDescription: texts.line,
          }),
          plot.dot(knots, {
            x: 'x',
            y: 'y',
            fy: 'panel',
            symbol,
            r: knots.length > 30 ? 2.5 : 4.5,
            fill: 'var(--paper)',
            stroke,
            strokeWidth: 1.5,
            clip: true,
            ariaDescription: 'knots',
          }),
        ];
      }),
      plot.dot(
        points.x.map((at, i) => ({ x: x.show(at), y: y.show(points.y[i]!) })),
        { x: 'x', y: 'y', r: radius, fill: 'currentColor', ariaDescription: 'data' },
      ),
    ],
  });

  const first = seriesStyle(panels[0]!.style);
  const rows = panels.flatMap((panel) => panel.rows);
  const caption: Inline[] = [`${texts.caption} Rows: `];
  caption.push(...separated(rows.map(({ key, name }) => rowLink(key, name))));
  if (truth?.plot !== undefined) caption.push('; truth: ', rowLink(truth.key, 'a sparsest function'));
  caption.push('.');
  if (panels.length < all.length) {
    caption.push(` ${panels.length} of ${all.length} panels are drawn.`);
  }
  if (points.x.length < data.points) {
    caption.push(` ${points.x.length} of ${data.points} data points are drawn.`);
  }
  return {
    id,
    title: texts.title,
    description: `${plural(panels.length, 'panel')} over ${plural(points.x.length, 'data point')}. ${panels.map(({ title }) => title).join('; ')}.`,
    caption,
    svg,
    key: [
      { swatch: swatch([plot.dot([[0.5, 0.5]], { r: radius, fill: 'currentColor' })]), text: 'data' },
      ...(known === undefined
        ? []
        : [{ swatch: swatch([plot.ruleY([0.5], truthLine)]), text: 'sparsest function (truth)' }]),
      {
        swatch: swatch([
          plot.ruleY([0.5], { stroke: first.stroke, strokeWidth: 1.75 }),
          plot.dot([[0.5, 0.5]], {
            symbol: first.symbol,
            r: 4.5,
            fill: 'var(--paper)',
            stroke: first.stroke,
            strokeWidth: 1.5,
          }),
        ]),
        text: `${texts.line} function and its knots`,
      },
    ],
  };
}

/** The truth lies under the other lines, broad and pale, so that a line on top of it does not hide it. */
const TRUTH_LINE = {
  strokeWidth: 7,
  strokeOpacity: 0.25,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
} as const;

const AXIS = {
  labelAnchor: 'center',
  labelArrow: 'none',
  // Plot hands over all ticks as a third argument that its types leave out.
  tickFormat: tickText as (tick: number, index: number) => string,
} as const;

/** Height of a polyline, by its last corner at or before x. */
function valueAt({ x, y }: Polyline, at: number): number {
  let i = 0;
  while (i + 2 < x.length && x[i + 1]! <= at) i++;
  if (x.length < 2) return y[0] ?? Number.NaN;
  const share = (at - x[i]!) / (x[i + 1]! - x[i]!);
  return y[i]! * (1 - share) + y[i + 1]! * share;
}
