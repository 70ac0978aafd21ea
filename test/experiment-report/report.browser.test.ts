import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Row } from '../../src/experiment/rows.js';
import { compareReport } from '../../src/experiment-report/report.js';
import { rowId } from '../../src/experiment-report/texts.js';
import { hasBrowser, openTab, type Tab } from './browser.js';
import { ROWS, resultsOf } from './compare-rows.js';

if (!hasBrowser) console.warn('compare-report.browser.test.ts: no /usr/bin/chromium, the page is not opened');

/** Contrast of every text with what lies behind it, the worst one first, by the formula of WCAG 2. */
const CONTRAST = `(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = parse(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = getComputedStyle(e).backgroundColor;
      if ((parse(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || ['title', 'desc'].includes(element.localName)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(element.closest('svg') ? style.fill : style.color), luminance(behind(element))];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), walker.currentNode.data.slice(0, 40)]);
  }
  found.sort((x, y) => x[0] - y[0]);
  return { texts: found.length, worst: found[0] };
})()`;

/** Texts of pictures that are cut off at the edge, and pairs that lie on each other; and the smallest size in pixels. */
const PICTURES = `(() => {
  const cut = [], overlapping = [];
  let smallest = Infinity, texts = 0;
  for (const svg of document.querySelectorAll('figure > svg')) {
    const frame = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    for (const [text, box] of boxes) {
      texts++;
      smallest = Math.min(smallest, parseFloat(getComputedStyle(svg.querySelector('text')).fontSize) * frame.width / svg.viewBox.baseVal.width);
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) cut.push(text);
    }
    boxes.forEach(([text, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
      const x = Math.min(a.right, b.right) - Math.max(a.left, b.left), y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (x > 1 && y > 4) overlapping.push(text + ' / ' + other);
    }));
  }
  return { texts, cut, overlapping, smallest };
})()`;

const WIDTHS =
  '({ scroll: document.documentElement.scrollWidth, inner: innerWidth, body: document.body.scrollWidth })';

describe.skipIf(!hasBrowser)('the report in a browser', () => {
  let directory: string;
  let file: string;
  let tab: Tab;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'sparsest-report-'));
    file = join(directory, 'report.html');
    writeFileSync(file, (await compareReport(resultsOf(ROWS))).html);
    tab = await openTab();
  });

  afterAll(async () => {
    await tab?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)('%i pixels, %s: nothing overflows, everything can be read', async (width, scheme) => {
    await tab.open(file, { width, scheme });
    const widths = await tab.evaluate<{ scroll: number; inner: number; body: number }>(WIDTHS);
    expect(widths.inner).toBe(width);
    expect(widths.scroll).toBeLessThanOrEqual(width);
    expect(widths.body).toBeLessThanOrEqual(width);

    const contrast = await tab.evaluate<{ texts: number; worst: [number, string] }>(CONTRAST);
    expect(contrast.texts).toBeGreaterThan(1000);
    expect(contrast.worst[0], contrast.worst[1]).toBeGreaterThanOrEqual(4.5);

    const pictures = await tab.evaluate<{
      texts: number;
      cut: string[];
      overlapping: string[];
      smallest: number;
    }>(PICTURES);
    expect(pictures.texts).toBeGreaterThan(100);
    expect(pictures.cut).toEqual([]);
    expect(pictures.overlapping).toEqual([]);
    expect(pictures.smallest).toBeGreaterThan(9);

    const background = await tab.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(background === 'rgb(255, 255, 255)').toBe(scheme === 'light');
  });

  test.each([12_345, -1e7, 3e-4, 1e200])(
    'labels %f times as large neither overlap nor leave their picture',
    async (factor) => {
      const rows = ROWS.map((row): Row => {
        const large = (values: readonly number[]) => values.map((value) => value * factor);
        if (row.status === 'failed') return row;
        if (row.kind === 'threshold') {
          const curve = row.curve!;
          const size = (values: readonly number[]) => large(values).map(Math.abs);
          return {
            ...row,
            curve: { ...curve, minimum: size(curve.minimum), sparsest: size(curve.sparsest) },
          };
        }
        if (!('plot' in row) || row.plot === undefined) return row;
        return { ...row, plot: { x: large(row.plot.x), y: large(row.plot.y) } } as Row;
      });
      const scaled = join(directory, 'scaled.html');
      writeFileSync(scaled, (await compareReport(resultsOf(rows))).html);
      await tab.open(scaled, { width: 390, scheme: 'light' });
      const { cut, overlapping } = await tab.evaluate<{ cut: string[]; overlapping: string[] }>(PICTURES);
      expect(cut).toEqual([]);
      expect(overlapping).toEqual([]);
    },
  );

  test('a link to a row opens what it is folded in', async () => {
    const row = ROWS.find(({ kind }) => kind === 'training')!;
    await tab.open(file, { width: 1280, scheme: 'light' });
    const id = JSON.stringify(rowId(row.key));
    const open = `document.getElementById(${id}).closest('details').open`;
    expect(await tab.evaluate(open)).toBe(false);
    await tab.evaluate(`(() => { location.hash = ${id}; return 1; })()`);
    expect(await tab.evaluate(open)).toBe(true);
  });

  test('on paper it is light and as wide as the paper', async () => {
    // A4 less its margins (186 mm), at 96 pixels per inch.
    await tab.open(file, { width: 703, scheme: 'dark', media: 'print' });
    expect(await tab.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    const widths = await tab.evaluate<{ scroll: number }>(WIDTHS);
    expect(widths.scroll).toBeLessThanOrEqual(703);
  });

  test('nothing else is loaded, and nothing is complained about', () => {
    expect(tab.requests.length).toBeGreaterThan(0);
    expect(new Set(tab.requests)).toEqual(
      new Set([`file://${file}`, `file://${join(directory, 'scaled.html')}`]),
    );
    expect(tab.complaints).toEqual([]);
  });
});
