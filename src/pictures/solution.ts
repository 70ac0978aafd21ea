import type { Rational } from '../exact/rational.js';
import type { Calendar, DataColumns } from '../problem/dataset.js';
import { calendarMilliseconds } from '../problem/iso-date.js';
import { evaluateSorted, type PiecewiseLinear } from '../problem/piecewise-linear.js';
import type { Problem } from '../problem/problem.js';
import { plural, shown, whole } from '../text/format.js';
import { type DisplayUnit, displayUnit, tickText } from './axes.js';
import { openDrawing } from './canvas.js';

/** Where a picture is thinned. */
export const PICTURE_LIMITS = {
  /** Most data points drawn. */
  points: 2000,
  /** Most knots drawn; beyond it the function is drawn through the data points that are kept, without knots. */
  knots: 400,
} as const;

/** A knot of the picture: where it is, and whether the slope grows or falls there. */
export interface PictureKnot {
  readonly x: number;
  readonly y: number;
  readonly direction: 'up' | 'down';
}

/** What `plotUnivariate` draws. All numbers are finite doubles, for the eye only. */
export interface UnivariatePicture {
  /** Data in order of x; a window when lower < upper. */
  readonly points: readonly { readonly x: number; readonly lower: number; readonly upper: number }[];
  /** The function as a polyline. */
  readonly function: readonly { readonly x: number; readonly y: number }[];
  readonly knots: readonly PictureKnot[];
  readonly title: string;
  readonly subtitle: string;
  /** Names of the axes. */
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** True: x is milliseconds since 1970-01-01, and the axis shows dates. */
  readonly isDated?: boolean;
}

/** Texts that go with a picture. */
export interface PictureTexts {
  readonly title: string;
  readonly subtitle?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** What x means when it is a date. */
  readonly calendar?: Calendar | null;
}

/**
 * The picture of a solution: exact data and an exact function, rounded to doubles at the very end. Large ones are thinned,
 * and the subtitle says so: of every stretch of data the lowest and the highest point are kept.
 *
 * @param problem one input
 */
export function pictureOf(problem: Problem, f: PiecewiseLinear, texts: PictureTexts): UnivariatePicture {
  const x = problem.inputs[0]!;
  const { lower, upper } = problem;
  const kept = keptPoints(problem);
  const notes: string[] = texts.subtitle === undefined ? [] : [texts.subtitle];
  if (kept.length < problem.size) {
    notes.push(
      `${whole(kept.length)} of ${whole(problem.size)} points drawn (lowest and highest of each stretch)`,
    );
  }
  const allKnots = f.knots.length <= PICTURE_LIMITS.knots;
  if (!allKnots) notes.push(`${whole(f.knots.length)} knots not marked`);

  const ends = kept.map((i) => x.value(i));
  const corners = allKnots ? polylinePositions(ends, f) : ends;
  const values = evaluateSorted(f, corners);
  const knots = allKnots ? f.knots : [];
  const heights = evaluateSorted(
    f,
    knots.map(({ at }) => at),
  );
  const lows = kept.map((i) => lower.value(i));
  const highs = kept.map((i) => upper.value(i));
  const { calendar = null } = texts;
  const xUnit =
    calendar === null
      ? displayUnit(texts.xLabel ?? 'x', corners)
      : dateUnit(texts.xLabel ?? 'date', calendar);
  const yUnit = displayUnit(texts.yLabel ?? 'y', [...lows, ...highs, ...values]);
  return {
    points: ends.map((at, j) => ({
      x: xUnit.show(at),
      lower: yUnit.show(lows[j]!),
      upper: yUnit.show(highs[j]!),
    })),
    function: corners.map((at, j) => ({ x: xUnit.show(at), y: yUnit.show(values[j]!) })),
    knots: knots.map(({ at, slopeChange }, k) => ({
      x: xUnit.show(at),
      y: yUnit.show(heights[k]!),
      direction: slopeChange.sign() > 0 ? 'up' : 'down',
    })),
    title: texts.title,
    subtitle: notes.join(' · '),
    xLabel: xUnit.label,
    yLabel: yUnit.label,
    isDated: calendar !== null,
  };
}

/**
 * The picture of a sparsest function as `solve --plot` draws it.
 * @param name name of the data
 * @param columns names of the axes, and what x means when it is a date
 */
export function plotSolution(
  problem: Problem,
  f: PiecewiseLinear,
  name: string,
  columns: DataColumns | null = null,
): Promise<string> {
  const knots = f.knots.length;
  const points = plural(problem.size, 'point');
  const through = problem.tolerance.isZero()
    ? `${problem.exact ? 'exact interpolation of' : 'through the windows of'} ${points}`
    : `${points}, tolerance ${shown(problem.tolerance)}`;
  const title = `${name}: ${plural(knots, 'knot')}`;
  const texts = columns === null ? {} : { xLabel: columns.inputs[0]!, yLabel: columns.target ?? 'y' };
  return plotUnivariate(
    pictureOf(problem, f, { title, subtitle: through, ...texts, calendar: columns?.dates?.[0] ?? null }),
  );
}

/** An axis of dates: milliseconds since 1970-01-01. */
function dateUnit(label: string, calendar: Calendar): DisplayUnit {
  return {
    label,
    show: (value) => (typeof value === 'number' ? value : calendarMilliseconds(value, calendar)),
  };
}

/** Indices of the points to draw, increasing: all of them, or the extremes of equal stretches and the two ends. */
function keptPoints({ size, lower, upper }: Problem): number[] {
  if (size <= PICTURE_LIMITS.points) return Array.from({ length: size }, (_, i) => i);
  const stretches = Math.floor((PICTURE_LIMITS.points - 2) / 2);
  const kept = new Set([0, size - 1]);
  for (let s = 0; s < stretches; s++) {
    const from = Math.floor((s * size) / stretches);
    const to = Math.floor(((s + 1) * size) / stretches);
    let least = from;
    let greatest = from;
    for (let i = from + 1; i < to; i++) {
      if (lower.compare(i, least) < 0) least = i;
      if (upper.compare(i, greatest) > 0) greatest = i;
    }
    kept.add(least).add(greatest);
  }
  return [...kept].sort((i, j) => i - j);
}

/** The corners of the function, and the first and the last data point where no knot lies beyond. */
function polylinePositions(data: readonly Rational[], { knots }: PiecewiseLinear): Rational[] {
  const positions = knots.map(({ at }) => at);
  const first = data[0]!;
  const last = data.at(-1)!;
  if (positions.length === 0 || first.lessThan(positions[0]!)) positions.unshift(first);
  if (positions.at(-1)!.lessThan(last)) positions.push(last);
  return positions;
}

const WIDTH = 800;
const HEIGHT = 450;
const COLORS = {
  data: '#1a1a1a',
  window: '#9aa5b1',
  line: '#0072b2',
  up: '#d55e00',
  down: '#7b3294',
} as const;
const FONT = 'Helvetica, Arial, "Liberation Sans", "DejaVu Sans", sans-serif';
const MARGIN = { left: 68, right: 24, top: 80, bottom: 48 } as const;
/** Pixels between the ends of an axis and the data nearest to them. */
const AXIS_INSET = 24;
/** Marks in pixels, for at most `knots` knots; `distance` lies between a knot and the triangle that points at it. */
const KNOT_SIZES = [
  { knots: 60, ring: 5, triangle: 4.5, distance: 12, stroke: 1.5, line: 2 },
  { knots: 120, ring: 3.5, triangle: 3, distance: 12, stroke: 1.5, line: 2 },
  { knots: Infinity, ring: 2, triangle: 2, distance: 7, stroke: 1, line: 1.2 },
] as const;

type Marks = typeof import('@observablehq/plot');

/**
 * A standalone SVG, 800 x 450, of data and function. Every knot is a ring with a triangle pointing at it: from below where
 * the slope grows (triangle up), from above where it falls (triangle down).
 */
export async function plotUnivariate(picture: UnivariatePicture): Promise<string> {
  const { plot, document } = await openDrawing();
  const svg = plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    style: { fontFamily: FONT, fontSize: '13px', background: '#ffffff', color: '#1a1a1a' },
    x: axis(picture.xLabel ?? 'x', abscissae(picture), picture.isDated),
    y: axis(picture.yLabel ?? 'y', ordinates(picture)),
    marks: marksOf(plot, picture),
  }) as unknown as SVGSVGElement;
  addHeader(document, svg, picture);
  return `${svg.toString()}\n`;
}

function marksOf(plot: Marks, { points, function: line, knots }: UnivariatePicture) {
  const windows = points.filter(({ lower, upper }) => lower < upper);
  const values = points.filter(({ lower, upper }) => lower === upper);
  // Fewer points are drawn larger.
  const radius = values.length <= 60 ? 3.5 : values.length <= 400 ? 2.5 : 1.2;
  const size = KNOT_SIZES.find((entry) => knots.length <= entry.knots)!;
  const triangle = (direction: 'up' | 'down') =>
    plot.dot(
      knots.filter((knot) => knot.direction === direction),
      {
        x: 'x',
        y: 'y',
        symbol: 'triangle',
        rotate: direction === 'up' ? 0 : 180,
        dy: direction === 'up' ? size.distance : -size.distance,
        r: size.triangle,
        fill: COLORS[direction],
        ariaDescription: direction === 'up' ? 'knots where the slope grows' : 'knots where the slope falls',
      },
    );
  return [
    plot.gridX({ stroke: '#000000', strokeOpacity: 0.07 }),
    plot.gridY({ stroke: '#000000', strokeOpacity: 0.07 }),
    plot.ruleX(windows, {
      x: 'x',
      y1: 'lower',
      y2: 'upper',
      stroke: COLORS.window,
      strokeWidth: windows.length <= 60 ? 5 : windows.length <= 400 ? 2.5 : 1,
      strokeOpacity: 0.6,
      ariaDescription: 'windows',
    }),
    plot.line(line, {
      x: 'x',
      y: 'y',
      stroke: COLORS.line,
      strokeWidth: size.line,
      strokeLinejoin: 'round',
      ariaDescription: 'function',
    }),
    plot.dot(values, {
      x: 'x',
      y: 'lower',
      r: radius,
      fill: COLORS.data,
      fillOpacity: values.length <= 400 ? 1 : 0.5,
      ariaDescription: 'data',
    }),
    plot.dot(knots, {
      x: 'x',
      y: 'y',
      r: size.ring,
      stroke: COLORS.line,
      strokeWidth: size.stroke,
      ariaDescription: 'knots',
    }),
    triangle('up'),
    triangle('down'),
  ];
}

function* abscissae({ points, function: line, knots }: UnivariatePicture): Generator<number> {
  for (const { x } of [...points, ...line, ...knots]) yield x;
}

function* ordinates({ points, function: line, knots }: UnivariatePicture): Generator<number> {
  for (const { lower, upper } of points) {
    yield lower;
    yield upper;
  }
  for (const { y } of [...line, ...knots]) yield y;
}

/** A scale over some numbers, with room in pixels for markers at the ends. */
function axis(label: string, numbers: Iterable<number>, isDated = false) {
  let least = Infinity;
  let greatest = -Infinity;
  for (const number of numbers) {
    if (number < least) least = number;
    if (number > greatest) greatest = number;
  }
  const room = least < greatest ? 0 : 1;
  return {
    label,
    labelAnchor: 'center',
    labelArrow: 'none',
    domain: [least - room, greatest + room],
    inset: AXIS_INSET,
    ...(isDated
      ? { type: 'utc' as const }
      : {
          // Plot hands over all ticks as a third argument that its types leave out.
          tickFormat: tickText as (tick: number, index: number) => string,
        }),
  } as const;
}

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Title, subtitle, key, and the texts that a screen reader reads. */
function addHeader(document: Document, svg: SVGSVGElement, picture: UnivariatePicture): void {
  const element = (name: string, attributes: Record<string, string | number>, text?: string) => {
    const made = document.createElementNS(NAMESPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    if (text !== undefined) made.textContent = text;
    return made;
  };
  svg.setAttribute('xmlns', NAMESPACE);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', 'picture-title picture-description');
  svg.prepend(
    element('title', { id: 'picture-title' }, picture.title),
    element('desc', { id: 'picture-description' }, describe(picture)),
    element('rect', { width: WIDTH, height: HEIGHT, fill: '#ffffff' }),
  );
  const left = MARGIN.left;
  svg.append(
    element(
      'text',
      {
        x: left,
        y: 24,
        'text-anchor': 'start',
        'font-size': 17,
        'font-weight': 'bold',
        fill: 'currentColor',
      },
      picture.title,
    ),
    element(
      'text',
      {
        x: left,
        y: 44,
        'text-anchor': 'start',
        fill: '#4a4a4a',
        'font-size': subtitleSize(picture.subtitle),
      },
      picture.subtitle,
    ),
  );
  let x: number = left;
  for (const { symbol, text } of keyEntries(picture)) {
    const [name, attributes] = symbol;
    svg.append(
      element(name, { transform: `translate(${x + 8},62)`, ...attributes }),
      element('text', { x: x + 22, y: 66, 'text-anchor': 'start', fill: '#4a4a4a', 'font-size': 12 }, text),
    );
    x += 22 + 6.4 * text.length + 16;
  }
}

/** Long subtitles are set smaller, so that they fit at about half a font size per character. */
function subtitleSize(text: string): number {
  return Math.min(13, Math.round((20 * (WIDTH - MARGIN.left - MARGIN.right)) / (text.length + 1)) / 10);
}

/** The entries of the key: only what the picture shows. */
function keyEntries({ points, knots }: UnivariatePicture) {
  const entries: { symbol: [string, Record<string, string | number>]; text: string }[] = [];
  if (points.some(({ lower, upper }) => lower === upper)) {
    entries.push({ symbol: ['circle', { r: 3.5, fill: COLORS.data }], text: 'data' });
  }
  if (points.some(({ lower, upper }) => lower < upper)) {
    const bar = { x: -2.5, y: -7, width: 5, height: 14, fill: COLORS.window, 'fill-opacity': 0.6 };
    entries.push({ symbol: ['rect', bar], text: 'window' });
  }
  const stroke = { d: 'M-8,0H8', stroke: COLORS.line, 'stroke-width': 2 };
  entries.push({ symbol: ['path', stroke], text: 'function' });
  if (knots.length === 0) return entries;
  const ring = { r: 4.5, fill: 'none', stroke: COLORS.line, 'stroke-width': 1.5 };
  entries.push({ symbol: ['circle', ring], text: 'knot' });
  if (knots.some(({ direction }) => direction === 'up')) {
    entries.push({ symbol: ['path', { d: 'M0,-5L5,4H-5Z', fill: COLORS.up }], text: 'slope grows' });
  }
  if (knots.some(({ direction }) => direction === 'down')) {
    entries.push({ symbol: ['path', { d: 'M0,5L5,-4H-5Z', fill: COLORS.down }], text: 'slope falls' });
  }
  return entries;
}

function describe({ points, knots, subtitle, xLabel = 'x' }: UnivariatePicture): string {
  const up = knots.filter(({ direction }) => direction === 'up').length;
  const windows = points.some(({ lower, upper }) => lower < upper);
  const listed = knots
    .slice(0, 20)
    .map(({ x, direction }) => `${xLabel} = ${x} (slope ${direction === 'up' ? 'grows' : 'falls'})`);
  return [
    `A continuous piecewise-linear function through ${whole(points.length)} ${windows ? 'windows' : 'data points'}.`,
    knots.length === 0
      ? ''
      : `${whole(knots.length)} knots are marked: the slope grows at ${up} and falls at ${knots.length - up}.`,
    listed.length === 0 ? '' : `${knots.length > 20 ? 'The first 20' : 'They'} are at ${listed.join(', ')}.`,
    subtitle,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

/** 12345 as "12,345". */
