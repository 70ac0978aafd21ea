import type { LeastTolerance } from '../knots/least-tolerance.js';
import type { Problem } from '../problem/problem.js';
import { elbowOf, shownHeights } from '../text/elbow.js';
import { plural } from '../text/format.js';
import { openDrawing } from './canvas.js';
import { pictureOf } from './solution.js';

const WIDTH = 800;
const HEIGHT = 400;
/** Small pictures: so many in a row. */
const SMALL = { width: 256, height: 170, columns: 3, most: 6 } as const;
const COLORS = { curve: '#0072b2', elbow: '#d55e00', data: '#9aa5b1' } as const;
const STYLE = {
  fontFamily: 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif',
  fontSize: '13px',
  background: '#ffffff',
  color: '#1a1a1a',
} as const;

/**
 * A standalone SVG: the least tolerance as a step curve over the number of knots, on a logarithmic axis where it spans much, the elbow
 * marked; below it the data with some of the functions.
 * @param fits functions of the curve, of which some are drawn; none: the curve alone
 */
export async function plotTradeoff(
  problem: Problem,
  curve: readonly { readonly knots: number; readonly tolerance: LeastTolerance['tolerance'] }[],
  fits: readonly LeastTolerance[],
  name: string,
): Promise<string> {
  const { plot, document } = await openDrawing();
  const tolerances = curve.map(({ tolerance }) => tolerance.toNumber());
  const { log, heights } = shownHeights(tolerances);
  const points = heights.map((_, k) => ({ knots: curve[k]!.knots, e: tolerances[k]! }));
  const elbow = elbowOf(heights);
  const title = `${name}: least tolerance for each number of knots, each proved`;
  const main = plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 68,
    marginTop: 40,
    style: STYLE,
    x: { label: 'knots', labelAnchor: 'center', labelArrow: 'none' },
    y: {
      label: 'least tolerance',
      labelAnchor: 'center',
      type: log ? 'log' : 'linear',
      grid: true,
      labelArrow: 'none',
    },
    marks: [
      plot.line(points, { x: 'knots', y: 'e', curve: 'step-after', stroke: COLORS.curve, strokeWidth: 2 }),
      ...(points.length <= 100 ? [plot.dot(points, { x: 'knots', y: 'e', r: 3, fill: COLORS.curve })] : []),
      ...(elbow === null
        ? []
        : [
            plot.dot([points[elbow]!], { x: 'knots', y: 'e', r: 7, stroke: COLORS.elbow, strokeWidth: 2 }),
            plot.text([points[elbow]!], {
              x: 'knots',
              y: 'e',
              dx: 12,
              dy: -12,
              textAnchor: 'start',
              fill: COLORS.elbow,
              text: () => `elbow: ${plural(points[elbow]!.knots, 'knot')}`,
            }),
          ]),
    ],
  }) as unknown as SVGSVGElement;
  const small = chosen(fits, elbow).map((fit) => {
    const picture = pictureOf(problem, fit.function, { title: '' });
    return plot.plot({
      document,
      width: SMALL.width,
      height: SMALL.height,
      marginTop: 30,
      style: { ...STYLE, fontSize: '10px' },
      x: { label: null, ticks: 4 },
      y: { label: null, ticks: 4 },
      marks: [
        plot.dot(picture.points, { x: 'x', y: 'lower', r: 1.2, fill: COLORS.data }),
        plot.line(picture.function, { x: 'x', y: 'y', stroke: COLORS.curve, strokeWidth: 1.5 }),
        plot.text([`${plural(fit.knots, 'knot')}: within ${shortest(fit.tolerance.toNumber())}`], {
          frameAnchor: 'top-left',
          dy: -18,
          fontSize: 11,
        }),
      ],
    }) as unknown as SVGSVGElement;
  });
  const rows = Math.ceil(small.length / SMALL.columns);
  const height = HEIGHT + rows * SMALL.height;
  const parts = [main, ...small].map((svg, k) => {
    svg.setAttribute('x', String(k === 0 ? 0 : ((k - 1) % SMALL.columns) * (SMALL.width + 12)));
    svg.setAttribute('y', String(k === 0 ? 0 : HEIGHT + Math.floor((k - 1) / SMALL.columns) * SMALL.height));
    return svg.toString();
  });
  const escaped = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">` +
    `<title>${escaped}</title><rect width="${WIDTH}" height="${height}" fill="#ffffff"/>` +
    `<text x="68" y="22" font-family="Helvetica, Arial, sans-serif" font-size="16" font-weight="bold">${escaped}</text>${parts.join('')}</svg>\n`
  );
}

/** Some functions of the curve: the first, those around the elbow, the last. */
function chosen(fits: readonly LeastTolerance[], elbow: number | null): LeastTolerance[] {
  const last = fits.length - 1;
  if (last < SMALL.most) return [...fits];
  const middle = Math.min(Math.max(elbow ?? 2, 2), last - 2);
  return [0, 1, middle - (middle > 2 ? 1 : 0), middle, Math.floor((middle + last) / 2), last]
    .filter((k, i, all) => all.indexOf(k) === i)
    .map((k) => fits[k]!);
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(4)));
}
