import type { Canvas } from '../pictures/canvas.js';
import type { Proportion } from './binomial-interval.js';
import type { Figure, Inline } from './document.js';
import type { Series } from './results.js';
import { seriesStyle } from './series-style.js';
import { interval, share } from './texts.js';

/** The success rate of one series in one setting. */
export interface SuccessRate {
  readonly series: Series;
  /** "skip none, tolerance 0.01". */
  readonly setting: string;
  readonly success: Proportion;
}

/** Share of runs that found a sparsest network against p, with 95 % intervals; the baselines stand beside. Null without decided runs. */
export function successAgainstExponent(
  { plot, draw, swatch }: Canvas,
  id: string,
  all: readonly SuccessRate[],
  texts: { readonly title: string; readonly caption: readonly Inline[] },
): Figure | null {
  const rates = all.filter(({ success }) => success.of > 0);
  if (rates.length === 0) return null;
  const settings = [...new Set(rates.map(({ setting }) => setting))];
  const series = [...new Set(rates.map((rate) => rate.series))].sort((a, b) => a.index - b.index);
  const names = series.map(shortName);
  const step = Math.min(MOST_STEP, (0.7 * WIDTH) / names.length / settings.length);
  const svg = draw(id, {
    height: 300,
    marginLeft: 74,
    marginRight: 16,
    marginTop: 14,
    marginBottom: 46,
    x: { type: 'point', domain: names, label: 'method', padding: 0.5, ...AXIS },
    y: {
      label: 'success rate',
      domain: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      tickFormat: (share: number) => `${share * 100} %`,
      inset: 6,
      ...AXIS,
    },
    marks: [
      plot.gridY([0, 0.25, 0.5, 0.75, 1], { stroke: 'var(--grid)', strokeOpacity: 1 }),
      ...settings.flatMap((setting, s) => {
        const { stroke, symbol, dashes } = seriesStyle(s);
        const dx = (s - (settings.length - 1) / 2) * step;
        const points = rates
          .filter((rate) => rate.setting === setting)
          .map(({ series: own, success }) => ({
            name: shortName(own),
            lower: success.lower,
            upper: success.upper,
            share: success.count / success.of,
            text: `${success.count}/${success.of}`,
          }));
        return [
          plot.ruleX(points, {
            x: 'name',
            y1: 'lower',
            y2: 'upper',
            dx,
            stroke,
            strokeWidth: 2,
            strokeDasharray: dashes,
            ariaDescription: `intervals, ${setting}`,
          }),
          plot.dot(points, {
            x: 'name',
            y: 'share',
            dx,
            symbol,
            r: 5,
            fill: 'var(--paper)',
            stroke,
            strokeWidth: 2,
            ariaDescription: `shares, ${setting}`,
          }),
          ...(step >= ROOM_FOR_TEXT
            ? [
                plot.text(points, {
                  x: 'name',
                  y: 'share',
                  text: 'text',
                  dx: dx + 9,
                  textAnchor: 'start',
                  fontSize: 12,
                  fill: 'currentColor',
                }),
              ]
            : []),
        ];
      }),
    ],
  });
  return {
    id,
    title: texts.title,
    description: `${rates
      .map(
        ({ series: own, setting, success }) =>
          `${own.label}, ${setting}: ${share(success)}, 95 % interval ${interval(success)}`,
      )
      .join('; ')}.`,
    caption: texts.caption,
    svg,
    key: settings.map((setting, s) => {
      const { stroke, symbol, dashes } = seriesStyle(s);
      return {
        swatch: swatch([
          plot.ruleY([0.5], { stroke, strokeWidth: 2, strokeDasharray: dashes }),
          plot.dot([[0.5, 0.5]], { symbol, r: 5, fill: 'var(--paper)', stroke, strokeWidth: 2 }),
        ]),
        text: setting,
      };
    }),
  };
}

/** The exponent stands for Algorithm 1, as everywhere in the paper. */
function shortName({ p, label }: Series): string {
  return p === null ? label : `p = ${p}`;
}

/** Pixels of the axis, of the widest step between two settings, and of the least step that leaves room for a text. */
const WIDTH = 400;
const MOST_STEP = 60;
const ROOM_FOR_TEXT = 42;

const AXIS = { labelAnchor: 'center', labelArrow: 'none' } as const;
