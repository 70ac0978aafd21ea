import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Row, TrainingRow } from '../../src/experiment/rows.js';
import { compareReport, REPORT_LIMITS } from '../../src/experiment-report/report.js';
import { rowId } from '../../src/experiment-report/texts.js';
import { FAILED, HOSTILE, LOST, PLAIN, ROWS, resultsOf, SEVERAL } from './compare-rows.js';

type Page = ReturnType<typeof parseHTML>['document'];
type Node = NonNullable<ReturnType<Page['querySelector']>>;

let html: string;
let markdown: string;
let page: Page;

beforeAll(async () => {
  ({ html, markdown } = await compareReport(resultsOf(ROWS)));
  page = parseHTML(html).document;
});

const all = (selector: string): Node[] => [...page.querySelectorAll(selector)] as Node[];
const text = (node: Node | null): string => (node?.textContent ?? '').replace(/\s+/g, ' ').trim();

/** The body of a table as objects: column title -> text of the cell. */
function tableOf(document: Page, id: string): Record<string, string>[] {
  const table = document.getElementById(id) as Node;
  const titles = [...table.querySelectorAll('thead th')].map((cell) => text(cell as Node));
  return [...table.querySelectorAll('tbody tr')].map((row) =>
    Object.fromEntries([...row.children].map((cell, c) => [titles[c]!, text(cell as Node)])),
  );
}

/** Every link leads to an id of the page, and every id is there once. */
function expectLinksResolve(document: Page): void {
  const ids = ([...document.querySelectorAll('[id]')] as Node[]).map((node) => node.getAttribute('id')!);
  expect(ids.length).toBe(new Set(ids).size);
  for (const anchor of document.querySelectorAll('a')) {
    expect(ids).toContain((anchor as Node).getAttribute('href')!.slice(1));
  }
}

const trainingRows = (data: string): TrainingRow[] =>
  ROWS.filter(
    (row): row is TrainingRow => row.kind === 'training' && row.status === 'done' && row.data === data,
  );

/** A second median: the smallest value with at least half of all at or below, averaged with its mirror. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const from = (list: readonly number[]) => list.find((_, i) => 2 * (i + 1) >= list.length)!;
  return (from(sorted) + from(sorted.toReversed())) / 2;
}

/** The ends of Wilson's interval from its definition, by bisection. */
function wilsonEnds(count: number, of: number): [number, number] {
  const share = count / of;
  const outside = (q: number) => Math.abs(share - q) > 1.959963984540054 * Math.sqrt((q * (1 - q)) / of);
  const bisect = (out: number, inside: number): number => {
    if (!outside(out)) return out;
    for (let step = 0; step < 60; step++) {
      const middle = (out + inside) / 2;
      if (outside(middle)) out = middle;
      else inside = middle;
    }
    return inside;
  };
  return [bisect(0, share), bisect(1, share)];
}

const numbersIn = (cell: string): number[] =>
  (cell.replace(/,(?=\d{3})/g, '').match(/−?\d+(?:\.\d+)?(?:e[−+]?\d+)?/g) ?? []).map((number) =>
    Number(number.replaceAll('−', '-')),
  );
/** What cannot be printed is shown as U+FFFD. */
const shown = (value: string) => value.replaceAll('\u0007', '\ufffd').replaceAll('\u202e', '\ufffd');
const digits = (value: number): number => Number(value.toPrecision(3));

function expectSuccess(cell: string, runs: readonly TrainingRow[]): void {
  const decided = runs.filter(({ success }) => success !== 'undecided');
  if (decided.length === 0) {
    expect(cell).toBe('–');
    return;
  }
  const count = decided.filter(({ success }) => success === true).length;
  const [lower, upper] = wilsonEnds(count, decided.length);
  expect(cell).toMatch(/^\d+ of \d+: \d+ % \(\d+ to \d+ %\)$/);
  const found = numbersIn(cell);
  expect(found.slice(0, 3)).toEqual([count, decided.length, Math.round((100 * count) / decided.length)]);
  // Rounded outward to whole percents.
  expect(found[3]! / 100).toBeLessThanOrEqual(lower + 1e-12);
  expect(found[3]! / 100).toBeGreaterThan(lower - 0.01 - 1e-9);
  expect(found[4]! / 100).toBeGreaterThanOrEqual(upper - 1e-12);
  expect(found[4]! / 100).toBeLessThan(upper + 0.01 + 1e-9);
}

/** "9 (3 to 12)". */
function expectSpread(cell: string, values: readonly number[]): void {
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  expect(numbersIn(cell)).toEqual(least === largest ? [least] : [median(values), least, largest]);
}

/** Runs of a line of a table that names method, skip and tolerance. */
function runsOfLine(line: Record<string, string>, runs: readonly TrainingRow[]): TrainingRow[] {
  const p = /p = (.*)/.exec(line.method!)?.[1] ?? null;
  const method = p === null ? line.method!.toLowerCase() : 'reweighted';
  return runs.filter(
    (run) =>
      run.method === method && run.p === p && run.skip === line.skip && run.tolerance === line.tolerance,
  );
}

describe('numbers', () => {
  test.each([
    ['data-1', HOSTILE],
    ['data-2', PLAIN],
    ['data-3', SEVERAL],
  ])('of the training table of %s equal a recomputation from the rows', (id, name) => {
    const rows = trainingRows(name);
    const lines = tableOf(page, `${id}-groups`);
    expect(lines).toHaveLength(10);
    let compared = 0;
    for (const line of lines) {
      const runs = runsOfLine(line, rows);
      compared += runs.length;
      const failed = FAILED.filter(
        (row) =>
          row.data === name && row.skip === line.skip && `${row.method}` === line.method!.toLowerCase(),
      );
      expect(line.runs).toBe(String(runs.length));
      expect(line.failed).toBe(String(failed.length));
      const interpolating = runs.filter(({ claims }) => claims[0]!.holds === true);
      expect(line.interpolating).toBe(String(interpolating.length));
      expect(line.undecided).toBe(String(runs.filter(({ success }) => success === 'undecided').length));
      expectSuccess(line['sparsest found, 95 % interval']!, runs);
      expectSpread(
        line['neurons: median (range)']!,
        runs.map((run) => run.activeNeurons),
      );
      if (name === SEVERAL) {
        expectSpread(
          line['parameters: median (range)']!,
          runs.map((run) => run.nonzeroProducts),
        );
      }
      expect(numbersIn(line['residual: median']!)).toEqual([digits(median(runs.map((run) => run.residual)))]);
      const reached = runs.filter(({ firstSparsest }) => firstSparsest !== null);
      const first = line['first sparsest state: median epoch, time (runs)']!;
      expect(first).toMatch(/^[\d,.]+, (\d+ ms|[\d.]+ s) \(\d+ runs?\)$/);
      const [epoch, time, count] = numbersIn(first);
      expect(epoch).toBe(median(reached.map((run) => run.firstSparsest!.epoch)));
      const seconds = median(reached.map(({ timing }) => timing.toFirstSparsest!));
      expect(first.includes(' ms') ? time! / 1000 : time).toBeCloseTo(seconds, 1);
      expect(count).toBe(reached.length);
      const ratios = runs.flatMap(({ cost }) => (cost === null ? [] : [cost.ratio!]));
      const cost = line['l^p cost / least: median']!;
      if (ratios.length === 0) expect(cost).toBe('–');
      else expect(numbersIn(cost)).toEqual([digits(median(ratios)), ratios.length]);
      const minimum = runs[0]!.minimum;
      const bounds = minimum === null ? [] : [...new Set([minimum.lowerBound, minimum.upperBound])];
      expect(numbersIn(line.minimum!)).toEqual(bounds);
    }
    expect(compared).toBe(rows.length);
  });

  test('of the outcomes equal a recomputation, and like is pooled with like', () => {
    const rows = [HOSTILE, PLAIN, SEVERAL].flatMap(trainingRows);
    const lines = tableOf(page, 'outcomes');
    // Five methods, two skips, and neurons or parameters.
    expect(lines).toHaveLength(20);
    let counted = 0;
    for (const line of lines) {
      const runs = runsOfLine(
        line,
        rows.filter(({ objective }) => objective === line.counted),
      );
      counted += runs.length;
      expect(line.runs).toBe(String(runs.length));
      expect(line['data sets']).toBe(String(new Set(runs.map(({ data }) => data)).size));
      expectSuccess(line['sparsest found, 95 % interval']!, runs);
      const holds = (run: TrainingRow) => run.claims[0]!.holds;
      const open = runs.filter((run) => run.success === 'undecided' || holds(run) === 'undecided');
      const short = runs.filter((run) => run.success === false && !open.includes(run));
      const missing = short.filter((run) => holds(run) === false);
      const small = missing.filter(({ size, minimum }) => minimum !== null && size < minimum.lowerBound);
      expect(line['interpolates, but too large']).toBe(String(short.length - missing.length));
      expect(line['misses a label']).toBe(String(missing.length - small.length));
      expect(line['pruned below the minimum']).toBe(String(small.length));
      expect(line.undecided).toBe(String(open.length));
    }
    expect(counted).toBe(rows.length);
  });

  test('of the summary: all runs, and every kind of shortfall', () => {
    const rows = [HOSTILE, PLAIN, SEVERAL].flatMap(trainingRows);
    const decided = rows.filter(({ success }) => success !== 'undecided');
    const successes = decided.filter(({ success }) => success === true);
    const words = text(page.getElementById('summary') as Node);
    expect(words).toContain(`${successes.length} of ${decided.length} runs found a sparsest network`);
    expect(words).toContain(`${decided.length - successes.length} runs of ${rows.length} did not end`);
    // Two exponents where the minimiser is sparsest, one where it is not; affine, larger than the minimum.
    const larger = decided.filter(
      (run) => run.cost !== null && run.success === false && run.claims[0]!.holds === true,
    );
    const stuck = larger.filter(({ p }) => p !== '0.7');
    expect(words).toContain(`Why, optimisation: ${stuck.length} runs`);
    expect(words).toContain(`Why, the penalty: ${larger.length - stuck.length} runs`);
    expect(words).toContain('1 row does NOT hold');
    expect(words).toContain('3 rows failed (1 diverged, 1 crash, 1 unreadable)');
    expect(words).toContain(`${ROWS.length} of ${ROWS.length + 1} rows are there`);
    expect(words).toContain(
      'p*, below which every l^p minimiser is sparsest, is known for 2 data sets; it is 0.5321',
    );
  });

  test('the claims are counted', () => {
    const lines = tableOf(page, 'claims');
    const theory = ROWS.filter((row) => row.kind === 'theory' && row.status === 'done');
    expect(lines).toHaveLength(6);
    const total = (title: string) => lines.reduce((sum, line) => sum + Number(line[title]), 0);
    const count = (holds: unknown) =>
      theory.filter((row) => row.kind === 'theory' && 'holds' in row && row.holds === holds).length;
    expect(total('holds')).toBe(count(true));
    expect(total('does not hold')).toBe(count(false));
    expect(total('undecided')).toBe(count('undecided'));
    expect(total('not applicable')).toBe(count('not-applicable'));
    expect(tableOf(page, 'theory-failing').map((line) => line.verdict)).toEqual(['✗ does not hold']);
  });
});

describe('failures', () => {
  test('are listed with reason and message', () => {
    const lines = tableOf(page, 'failed-rows');
    expect(lines.map((line) => [line.reason, line.message, line['tried again']])).toEqual(
      [...FAILED]
        .sort((a, b) => (a.data === b.data ? 0 : a.data === HOSTILE ? -1 : 1))
        .map(({ reason, message }) => [reason, message, reason === 'diverged' ? 'no' : 'yes']),
    );
    const lost = page.getElementById('data-4') as Node;
    expect(text(lost)).toContain(`${LOST}: no such file; check the path`);
  });

  test('change no other number', async () => {
    const without = await compareReport(resultsOf(ROWS.filter((row) => row.status === 'done')));
    const bare = parseHTML(without.html).document;
    for (const id of ['data-1-groups', 'data-2-groups', 'outcomes']) {
      const drop = ({ failed: _, ...line }: Record<string, string>) => line;
      expect(tableOf(page, id).map(drop)).toEqual(tableOf(bare, id).map(drop));
    }
    expect(tableOf(page, 'data-1-groups')).not.toEqual(tableOf(bare, 'data-1-groups'));
    expect(bare.getElementById('failures')).toBeNull();
  });
});

test('a method all of whose runs failed has a line and no averages', async () => {
  const rows = ROWS.filter(
    (row) => !(row.kind === 'training' && row.status === 'done' && row.method === 'adam'),
  );
  const { document } = parseHTML((await compareReport(resultsOf(rows))).html);
  expectLinksResolve(document);
  const line = tableOf(document, 'data-1-groups').find(({ method }) => method === 'Adam')!;
  expect(line).toMatchObject({ runs: '0', failed: '2', interpolating: '0', 'residual: median': '–' });
  expect(line['sparsest found, 95 % interval']).toBe('–');
});

describe('rows', () => {
  test('every row has a place with its key and its command line, and the numbers lead there', () => {
    for (const row of ROWS) {
      const place = page.getElementById(rowId(row.key)) as Node;
      expect(place, row.key).not.toBeNull();
      expect(place.textContent).toContain(shown(row.key));
      expect(place.textContent).toContain(shown(row.command));
    }
    const linked = new Set(all('a').map((anchor) => anchor.getAttribute('href')));
    for (const row of ROWS) {
      if (row.kind === 'truth' || row.kind === 'minimizer' || row.kind === 'threshold') {
        expect(linked, row.key).toContain(`#${rowId(row.key)}`);
      }
    }
  });

  test('their order does not matter, and the later of two with one key counts', async () => {
    const shuffled = ROWS.toReversed();
    expect((await compareReport(resultsOf(shuffled))).html).toBe(html);
    const old = ROWS.filter(
      (row): row is TrainingRow => row.kind === 'training' && row.status === 'done',
    ).map((row): Row => ({ ...row, activeNeurons: 77, success: true }));
    const twice = { ...resultsOf([...old, ...ROWS]), planned: ROWS.length + 1 };
    expect((await compareReport(twice)).html).toBe(html);
  });
});

describe('the page', () => {
  test('is self-contained: no scripts, nothing from outside', () => {
    expect(all('script, link, img, iframe, object, embed, base, form, style[src]')).toEqual([]);
    for (const element of all('*')) {
      for (const name of ['src', 'srcset', 'href', 'xlink:href', 'data', 'action', 'poster', 'style']) {
        const value = element.getAttribute(name);
        if (value !== null) expect(value, name).toMatch(/^#/);
      }
      expect([...element.attributes].filter(({ name }) => name.startsWith('on'))).toEqual([]);
    }
    for (const [, target] of html.matchAll(/url\(([^)]*)\)/g)) expect(target).toMatch(/^#/);
    expect(html).not.toMatch(/@import/);
    const urls = html.match(/https?:[^\s"'<)]*/g) ?? [];
    const allowed = ['http://www.w3.org/2000/svg', 'http://www.w3.org/1999/xlink', 'https://example.org'];
    // The last one is a text: part of the name of a data set.
    expect([...new Set(urls)].filter((url) => !allowed.includes(url))).toEqual([]);
    expect(text(page.querySelector('meta[http-equiv]') as Node)).toBe('');
    expect((page.querySelector('meta[http-equiv]') as Node).getAttribute('content')).toContain(
      "default-src 'none'",
    );
  });

  test('every link leads to something, and every id is there once', () => {
    expect(all('a').length).toBeGreaterThan(100);
    expectLinksResolve(page);
    const known = new Set(all('[id]').map((element) => element.getAttribute('id')!));
    for (const name of ['aria-labelledby', 'aria-describedby']) {
      for (const element of all(`[${name}]`)) {
        for (const id of element.getAttribute(name)!.split(' ')) expect(known).toContain(id);
      }
    }
    for (const [, id] of html.matchAll(/url\(#([^)]*)\)/g)) expect(known).toContain(id!);
  });

  test('every picture has a title and a description, every sample in a key is silent', () => {
    const pictures = all('figure > svg');
    // Per univariate set: minimisers, functions and sparsity for two skips, cost, success; two and one for several inputs.
    expect(pictures).toHaveLength(2 * 7 + 3 + 1);
    for (const svg of pictures) {
      expect(svg.getAttribute('role')).toBe('img');
      const titles = [...svg.children].filter(({ localName }) => ['title', 'desc'].includes(localName));
      expect(titles.map(({ localName }) => localName)).toEqual(['title', 'desc']);
      for (const title of titles) expect(text(title as Node).length).toBeGreaterThan(15);
      expect(svg.getAttribute('viewBox')).toMatch(/^0 0 480 \d+$/);
    }
    for (const svg of all('svg')) {
      if (!pictures.includes(svg)) expect(svg.getAttribute('aria-hidden')).toBe('true');
    }
    const description = (id: string) => text(page.querySelector(`#${id} desc`) as Node);
    expect(description('data-1-cost')).toContain('p* = 0.5321');
    expect(description('data-1-sparsity-affine')).toContain('proved minimum 3');
    expect(description('data-2-sparsity-none')).toContain('proved: at least 3, found: 4');
    expect(description('data-1-functions-none')).toContain('Adam, seed 0: 4 neurons, residual 1.1e−4');
    expect(description('data-3-success')).toContain('Adam, skip none, tolerance 0.01: 1 of 4');
  });

  test('the pictures show the rows', () => {
    const marks = (id: string, name: string) =>
      [...(page.getElementById(id) as Node).querySelectorAll(`[aria-description="${name}"]`)] as Node[];
    const circles = (id: string, name: string) =>
      marks(id, name).reduce(
        (sum, mark) => sum + mark.querySelectorAll('circle, path, line, rect').length,
        0,
      );
    // Five panels, five data points in each.
    expect(circles('data-1-functions-affine', 'data')).toBe(25);
    expect(marks('data-1-functions-affine', 'trained')).toHaveLength(5);
    expect(marks('data-1-functions-affine', 'truth')).not.toHaveLength(0);
    expect(circles('data-1-sparsity-affine', 'proved minimum')).toBe(1);
    // A bracket has two lines.
    expect(circles('data-2-sparsity-none', 'proved minimum')).toBe(2);
    expect(circles('data-1-sparsity-none', 'runs of Adam')).toBe(5);
    expect(circles('data-1-cost', 'sparsest minimisers')).toBe(2);
    expect(circles('data-1-cost', 'denser minimisers')).toBe(1);
    expect(circles('data-1-cost', 'p*')).toBe(1);
    expect(circles('data-1-success', 'shares, skip affine, tolerance 0.01')).toBe(5);
    expect(circles('data-1-success', 'intervals, skip affine, tolerance 0.01')).toBe(5);
    // Three exponents, three minimisers.
    expect(marks('data-1-minimizer-picture', 'minimiser')).toHaveLength(3);
  });

  test('has a language, a viewport, headings in order, and tables with captions and headings', () => {
    expect(page.documentElement.getAttribute('lang')).toBe('en');
    expect((page.querySelector('meta[name=viewport]') as Node).getAttribute('content')).toContain(
      'width=device-width',
    );
    const levels = all('h1, h2, h3, h4, h5, h6').map(({ localName }) => Number(localName.slice(1)));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, i) => {
      expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    });
    for (const table of all('table')) {
      expect(text(table.querySelector('caption') as Node)).not.toBe('');
      const columns = table.querySelectorAll('thead th[scope=col]').length;
      for (const row of table.querySelectorAll('tbody tr')) {
        expect(row.children).toHaveLength(columns);
        expect(row.children[0]!.getAttribute('scope')).toBe('row');
      }
      expect((table.parentElement as Node).className).toBe('scroll');
    }
  });

  test('names are text, never markup', () => {
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>not finite');
    expect(text(page.querySelector('#data-1 > h2') as Node)).toBe(shown(HOSTILE));
    for (const mark of ['\u0007', '\u202e']) expect(html).not.toContain(mark);
  });

  test.each(['html', 'markdown'])('%s says nothing that is not there', (kind) => {
    const shown = kind === 'html' ? text(page.body as unknown as Node) : markdown;
    // Keys and commands of the baselines say "p=null" in these rows: they are quoted, not written.
    const written = shown.replaceAll('p=null', '');
    expect(written).not.toMatch(/\bNaN\b|undefined|\bnull\b|Infinity|\[object/);
    for (const svg of all('svg')) expect(svg.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('Markdown', () => {
  test('has the words and the tables of the page', () => {
    const caption = (table: Node) => text(table.querySelector('caption') as Node);
    const unescaped = markdown
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replace(/\\([\\`*_[\]{}|~$.)#+-])/g, '$1');
    for (const table of all('table')) expect(unescaped).toContain(`**${caption(table)}**`);
    for (const paragraph of all('#summary > p')) {
      expect(unescaped.replaceAll('**', '')).toContain(text(paragraph));
    }
    const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
    const rows = all('table tr').length;
    // One line of dashes for each table.
    expect(lines).toHaveLength(rows + all('table').length);
  });

  test('every table is rectangular and nothing in it is markup', () => {
    let width = 0;
    for (const line of markdown.split('\n')) {
      if (!line.startsWith('| ')) {
        width = 0;
        continue;
      }
      const cells = line.replace(/\\./g, '').split('|').length;
      if (width !== 0) expect(cells, line).toBe(width);
      width = cells;
    }
    const outsideFences = markdown.replace(/^```$[\s\S]*?^```$/gm, '');
    expect(outsideFences).not.toMatch(/<(?!\/?(details|summary|code)\b)/);
    expect(outsideFences).not.toMatch(/(?<!\\)\[l\\?\]/);
  });
});

describe('little to report', () => {
  test('no rows, only data, only failures', async () => {
    const data = ROWS.filter((row) => row.kind === 'data');
    for (const rows of [[], data, FAILED]) {
      const { html: page, markdown: words } = await compareReport(resultsOf(rows));
      expect(page).toContain('In words');
      expectLinksResolve(parseHTML(page).document);
      expect(words).toContain('No minimum was computed');
      expect(`${page}${words}`.replaceAll('p=null', '')).not.toMatch(/NaN|undefined|>null|Infinity/);
    }
  });

  test('of many data sets all have tables, the first ones pictures, and the list of contents stays short', async () => {
    const sets = Array.from({ length: REPORT_LIMITS.pictured + 5 }, (_, i) => `set-${100 + i}`);
    const exact = ROWS.filter(
      (row) => row.data === PLAIN && row.kind !== 'training' && row.status === 'done',
    );
    const rows = sets.flatMap((data) =>
      exact.map((row): Row => ({ ...row, data, key: row.key.replace(PLAIN, data) })),
    );
    const { document } = parseHTML((await compareReport(resultsOf(rows))).html);
    expectLinksResolve(document);
    const sections = [...document.querySelectorAll('section[id^="data-"]')] as Node[];
    expect(sections).toHaveLength(sets.length);
    sections.forEach((section, i) => {
      expect(section.querySelectorAll('figure').length > 0).toBe(i < REPORT_LIMITS.pictured);
      expect(text(section).includes('Pictures are drawn for the first')).toBe(i >= REPORT_LIMITS.pictured);
      expect(section.querySelectorAll('table').length).toBeGreaterThan(2);
    });
    expect(document.querySelectorAll('nav a').length).toBeLessThan(6);
    expect(tableOf(document, 'overview')).toHaveLength(sets.length);
  });

  test('extreme values have pictures', async () => {
    const scaled = (factor: number) =>
      ROWS.map((row): Row => {
        if (row.status === 'failed' || !('plot' in row) || row.plot === undefined) return row;
        const { x, y } = row.plot;
        return { ...row, plot: { x: x.map((v) => v * factor), y: y.map((v) => v * factor) } } as Row;
      });
    for (const factor of [1e306, 1e-300, 0]) {
      const { html: page } = await compareReport(resultsOf(scaled(factor)));
      expect(page).not.toMatch(/NaN|Infinity/);
    }
  });
});
