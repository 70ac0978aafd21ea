import { displayUnit, leftMargin, paddedDomain, tickText } from '../pictures/axes.js';
import type { Canvas } from '../pictures/canvas.js';
import type { Figure, Inline } from './document.js';
import { type DataSet, numberOf } from './results.js';
import { seriesStyle, TRUTH_STYLE } from './series-style.js';
import { enclosed, middle, rowLink, separated, significant } from './texts.js';

/**
 * The least l^p cost and the cost of the sparsest interpolant against p, with p* marked; dots at the exponents of the
 * experiment. Null when the threshold row has no curve.
 */
export function costAgainstExponent(
  { plot, draw, swatch }: Canvas,
  id: string,
  { threshold, minimizers }: DataSet,
): Figure | null {
  const curve = threshold?.curve;
  if (threshold === null || curve === undefined || curve.p.length === 0) return null;
  const unit = displayUnit('l^p cost', [...curve.minimum, ...curve.sparsest]);
  const points = curve.p.map((p, i) => ({
    p,
    minimum: unit.show(curve.minimum[i]!),
    sparsest: unit.show(curve.sparsest[i]!),
  }));
  const dots = minimizers.map(({ p, cost, sparsest }) => ({
    p: numberOf(p),
    cost: unit.show(middle(cost)),
    sparsest,
  }));
  const [low, high] = [Number(threshold.pStar.lower), Number(threshold.pStar.upper)];
  const star = low === high && low === 1 ? 'p* = 1' : `p* = ${enclosed(threshold.pStar)}`;
  const ratios = curve.p.map((p, i) => ({ p, extra: curve.sparsest[i]! / curve.minimum[i]! - 1 }));
  const worst = ratios.reduce((a, b) => (b.extra > a.extra ? b : a));
  const [least, sparsestLine] = [seriesStyle(0), seriesStyle(1)];
  const leastLine = { stroke: least.stroke, strokeWidth: 5, strokeOpacity: 0.45 };
  const sparseLine = { stroke: sparsestLine.stroke, strokeWidth: 2, strokeDasharray: sparsestLine.dashes };
  const starLine = { stroke: TRUTH_STYLE.stroke, strokeWidth: 1.5, strokeDasharray: '2 3' };
  const dot = { r: 4.5, stroke: 'var(--ink)', strokeWidth: 1.5 };

  const drawn = [
    ...points.flatMap(({ minimum, sparsest }) => [minimum, sparsest]),
    ...dots.map(({ cost }) => cost),
  ];
  const domain = paddedDomain(drawn, 0.04);

  const svg = draw(id, {
    height: 300,
    marginLeft: leftMargin(domain),
    marginRight: 16,
    marginTop: 28,
    marginBottom: 46,
    x: { label: 'p', domain: [0, 1.02], ticks: 5, ...AXIS },
    y: { label: unit.label, domain, ticks: 5, ...AXIS },
    marks: [
      plot.gridY({ stroke: 'var(--grid)', strokeOpacity: 1, ticks: 5 }),
      ...(high - low > WIDE
        ? [
            plot.rectX([{ low, high }], {
              x1: 'low',
              x2: 'high',
              fill: 'var(--grid)',
              ariaDescription: 'p* enclosure',
            }),
          ]
        : []),
      plot.ruleX([(low + high) / 2], { ...starLine, ariaDescription: 'p*' }),
      plot.line(points, { x: 'p', y: 'minimum', ...leastLine, ariaDescription: 'least cost' }),
      plot.line(points, { x: 'p', y: 'sparsest', ...sparseLine, ariaDescription: 'cost of the sparsest' }),
      plot.dot(
        dots.filter(({ sparsest }) => sparsest),
        { x: 'p', y: 'cost', ...dot, fill: 'var(--ink)', ariaDescription: 'sparsest minimisers' },
      ),
      plot.dot(
        dots.filter(({ sparsest }) => !sparsest),
        { x: 'p', y: 'cost', ...dot, fill: 'var(--paper)', ariaDescription: 'denser minimisers' },
      ),
      plot.text([star], {
        x: (low + high) / 2,
        frameAnchor: 'top',
        dy: -16,
        textAnchor: low > 0.6 ? 'end' : low < 0.2 ? 'start' : 'middle',
        text: (text: string) => text,
        fontSize: 13,
        fill: 'currentColor',
      }),
    ],
  });

  const gap =
    worst.extra > VISIBLE
      ? `The sparsest function costs at most ${significant(worst.extra * 100)} % more than the least (at p = ${significant(worst.p)}).`
      : 'At every p that was sampled the sparsest function has the least cost.';
  const caption: Inline[] = [
    `${gap} Below p* every minimiser is sparsest. Rows: `,
    rowLink(threshold.key, 'threshold'),
  ];
  if (minimizers.length > 0) {
    caption.push(', minimisers at p = ', ...separated(minimizers.map(({ key, p }) => rowLink(key, p))));
  }
  caption.push('.');
  return {
    id,
    title: 'Exact l^p cost against p (skip affine)',
    description: `Two curves over p from 0 to 1: the least cost of any interpolant and the cost of the sparsest one. ${star}, a dotted vertical line. ${gap}`,
    caption,
    svg,
    key: [
      { swatch: swatch([plot.ruleY([0.5], leastLine)]), text: 'least cost' },
      { swatch: swatch([plot.ruleY([0.5], sparseLine)]), text: 'cost of the sparsest function' },
      { swatch: swatch([plot.ruleX([0.5], starLine)]), text: 'p*' },
      ...(dots.some(({ sparsest }) => sparsest)
        ? [
            {
              swatch: swatch([plot.dot([[0.5, 0.5]], { ...dot, fill: 'var(--ink)' })]),
              text: 'minimiser is sparsest',
            },
          ]
        : []),
      ...(dots.some(({ sparsest }) => !sparsest)
        ? [
            {
              swatch: swatch([plot.dot([[0.5, 0.5]], { ...dot, fill: 'var(--paper)' })]),
              text: 'minimiser is denser',
            },
          ]
        : []),
    ],
  };
}

/** An enclosure of p* wider than this is shaded. */
const WIDE = 0.005;
/** Relative difference of two doubles of the curve that is more than their rounding. */
const VISIBLE = 1e-9;

const AXIS = {
  labelAnchor: 'center',
  labelArrow: 'none',
  // Plot hands over all ticks as a third argument that its types leave out.
  tickFormat: tickText as (tick: number, index: number) => string,
} as const;
