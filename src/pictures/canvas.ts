type Plot = typeof import('@observablehq/plot');
type PlotOptions = import('@observablehq/plot').PlotOptions;
type Markish = import('@observablehq/plot').Markish;

/** Draws SVG for a report. */
export interface Canvas {
  readonly plot: Plot;
  /** An <svg> element without style and fixed size; `id` makes its inner names unique in the page. */
  draw(id: string, options: PlotOptions): string;
  /** A sample of the marks for a key. */
  swatch(marks: readonly Markish[]): string;
}

/** Pixels of the view box: set so that text of 14 pixels stays readable on a telephone. */
export const CANVAS = { width: 480, height: 300, font: 14 } as const;

const SWATCH = { width: 36, height: 14 } as const;

/** What every picture is drawn with: @observablehq/plot on a document of its own. They are loaded when this is first called. */
export async function openDrawing(): Promise<{ readonly plot: Plot; readonly document: Document }> {
  const { plot, DOMParser } = await import('#drawing');
  const empty = '<svg xmlns="http://www.w3.org/2000/svg"></svg>';
  return { plot, document: new DOMParser().parseFromString(empty, 'image/svg+xml') as unknown as Document };
}

export async function openCanvas(): Promise<Canvas> {
  const { plot, document } = await openDrawing();
  const render = (options: PlotOptions): SVGSVGElement => {
    const svg = plot.plot({ ...options, document }) as unknown as SVGSVGElement;
    // What the style sheet of the page says already.
    for (const style of [...svg.querySelectorAll('style')]) style.remove();
    for (const name of ['class', 'font-family', 'font-size', 'text-anchor', 'fill'])
      svg.removeAttribute(name);
    svg.removeAttribute('style');
    svg.setAttribute('font-size', String(CANVAS.font));
    svg.setAttribute('text-anchor', 'middle');
    svg.setAttribute('fill', 'currentColor');
    return svg;
  };
  return {
    plot,
    draw(id, options) {
      const svg = render({ width: CANVAS.width, height: CANVAS.height, ...options });
      svg.removeAttribute('width');
      svg.removeAttribute('height');
      return uniqueNames(rounded(svg.toString()), id);
    },
    swatch(marks) {
      const options = { ...SWATCH, margin: 0, axis: null, x: { domain: [0, 1] }, y: { domain: [0, 1] } };
      return rounded(render({ ...options, marks: [...marks] }).toString());
    },
  };
}

/** Coordinates to a hundredth of a pixel; texts stay as they are. */
function rounded(svg: string): string {
  return svg.replace(/ (d|transform|viewBox|width|height|[xy][12]?|c[xy]|r)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(2)))),
  );
}

/** Plot numbers its clip paths through the life of the program; a page needs names of its own. */
function uniqueNames(svg: string, id: string): string {
  const names = new Map<string, string>();
  return svg.replace(/plot-clip-\d+/g, (name) => {
    const own = names.get(name) ?? `${id}-clip-${names.size + 1}`;
    names.set(name, own);
    return own;
  });
}
