import type { PiecewiseLinear } from '../problem/piecewise-linear.js';
import { escapeHtml } from '../text/escape.js';
import { openDrawing } from './canvas.js';

/** What the picture shows: the sparsest function, the denser one, and where their costs cross. Doubles, for the eye. */
export interface CrossingPicture {
  readonly name: string;
  readonly pStar: number;
  readonly sparsest: PiecewiseLinear;
  readonly denser: PiecewiseLinear;
}

/** The cost sum of c^p over the terms c of one network, and how its size is called. */
export interface CostCurve {
  readonly words: string;
  readonly terms: readonly number[];
}

/** The same for any two networks. */
export interface CostCurves {
  readonly name: string;
  readonly pStar: number;
  readonly sparsest: CostCurve;
  readonly denser: CostCurve;
}

const WIDTH = 800;
const PANEL = { top: 84, height: 220 } as const;
const MARGIN = { left: 84, right: 24 } as const;
const HEIGHT = 2 * PANEL.height + PANEL.top + 16;
const SAMPLES = 160;
/** Half-width of the range of p around p* that is drawn. */
const RANGE = 0.3;
const COLORS = { sparsest: '#0072b2', denser: '#d55e00', mark: '#4a4a4a' } as const;
const FONT = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';

type Markish = import('@observablehq/plot').Markish;

/**
 * A standalone SVG of the two cost curves that cross at p*: above the costs sum |c|^p, below their difference, which is
 * where the crossing is seen. The sparsest function is a solid line, the denser one dashed.
 */
export function plotCrossing({ name, pStar, sparsest, denser }: CrossingPicture): Promise<string> {
  return plotCostCurves({ name, pStar, sparsest: curveOf(sparsest), denser: curveOf(denser) });
}

function curveOf({ knots }: PiecewiseLinear): CostCurve {
  return {
    words: `${knots.length} knots`,
    terms: knots.map(({ slopeChange }) => slopeChange.abs().toNumber()),
  };
}

/** The picture of `plotCrossing` from the terms of the two costs. */
export async function plotCostCurves(picture: CostCurves): Promise<string> {
  const { plot, document } = await openDrawing();
  const from = Math.max(0.001, picture.pStar - RANGE);
  const to = Math.min(1, picture.pStar + RANGE);
  const costs = Array.from({ length: SAMPLES + 1 }, (_, i) => {
    const p = from + ((to - from) * i) / SAMPLES;
    return { p, sparsest: costInDoubles(picture.sparsest, p), denser: costInDoubles(picture.denser, p) };
  });
  const star = [picture.pStar];
  const panel = (label: string, marks: Markish[]) =>
    plot.plot({
      document,
      width: WIDTH,
      height: PANEL.height,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: 12,
      marginBottom: 44,
      style: { fontFamily: FONT, fontSize: '13px', background: '#ffffff', color: '#1a1a1a' },
      x: { label: 'p', labelAnchor: 'center', labelArrow: 'none', domain: [from, to] },
      y: { label, labelAnchor: 'center', labelArrow: 'none', nice: true },
      marks,
    }) as unknown as SVGSVGElement;
  const grid = [
    plot.gridX({ stroke: '#000000', strokeOpacity: 0.07 }),
    plot.gridY({ stroke: '#000000', strokeOpacity: 0.07 }),
  ];
  const starRule = plot.ruleX(star, { stroke: COLORS.mark, strokeDasharray: '2,4' });
  const upper = panel('cost', [
    ...grid,
    starRule,
    plot.line(costs, { x: 'p', y: 'sparsest', stroke: COLORS.sparsest, strokeWidth: 2 }),
    plot.line(costs, { x: 'p', y: 'denser', stroke: COLORS.denser, strokeWidth: 2, strokeDasharray: '7,4' }),
  ]);
  const lower = panel('denser - sparsest', [
    ...grid,
    plot.ruleY([0], { stroke: '#1a1a1a' }),
    starRule,
    plot.line(costs, {
      x: 'p',
      y: (row: { denser: number; sparsest: number }) => row.denser - row.sparsest,
      stroke: COLORS.denser,
      strokeWidth: 2,
    }),
    plot.dot(star, { x: (p: number) => p, y: 0, r: 5, fill: '#ffffff', stroke: COLORS.mark, strokeWidth: 2 }),
  ]);
  upper.setAttribute('y', String(PANEL.top));
  lower.setAttribute('y', String(PANEL.top + PANEL.height));
  const { sparsest, denser } = picture;
  const title = `${picture.name}: p* = ${picture.pStar.toPrecision(8)}`;
  const description = `Cost of the sparsest function (${sparsest.words}) and of a denser one (${denser.words}) against p; the denser one becomes cheaper at p* = ${picture.pStar.toPrecision(8)}.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="crossing-title crossing-description" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family='${FONT}' font-size="13">`,
    `<title id="crossing-title">${escapeHtml(title)}</title><desc id="crossing-description">${escapeHtml(description)}</desc>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="17" font-weight="bold" fill="#1a1a1a">${escapeHtml(title)}</text>`,
    `<text x="${MARGIN.left}" y="44" fill="#4a4a4a">below p* the sparsest function is the cheapest, above it a denser one is cheaper</text>`,
    `<path d="M${MARGIN.left},62h24" stroke="${COLORS.sparsest}" stroke-width="2"/><text x="${MARGIN.left + 30}" y="66" font-size="12" fill="#4a4a4a">sparsest, ${sparsest.words}</text>`,
    `<path d="M${MARGIN.left + 160},62h24" stroke="${COLORS.denser}" stroke-width="2" stroke-dasharray="7,4"/><text x="${MARGIN.left + 190}" y="66" font-size="12" fill="#4a4a4a">denser, ${denser.words}</text>`,
    upper.toString(),
    lower.toString(),
    '</svg>\n',
  ].join('\n');
}

function costInDoubles({ terms }: CostCurve, p: number): number {
  return terms.reduce((sum, term) => sum + term ** p, 0);
}
