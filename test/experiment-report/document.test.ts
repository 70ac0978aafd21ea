import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';
import { type Document, type Inline, idOf, paragraph, strong } from '../../src/experiment-report/document.js';
import { documentHtml } from '../../src/experiment-report/document-html.js';
import { documentMarkdown, escapeMarkdown } from '../../src/experiment-report/document-markdown.js';
import { escapeHtml } from '../../src/text/escape.js';

const NASTY = [
  '</title><script>x</script>',
  '<!-- -->',
  '&amp; "quoted" \'single\'',
  'a|b\\c`d`*e*_f_[g](h)',
  '# heading',
  '- item',
  '1. item',
  '\u0000\ud800\u202e',
];

function documentOf(text: string): Document {
  const table = {
    kind: 'table',
    id: 't',
    caption: text,
    columns: [{ title: text }],
    rows: [{ cells: [text] }],
  } as const;
  const section = {
    kind: 'section',
    id: 's',
    title: text,
    blocks: [{ kind: 'listing', text }, table],
  } as const;
  return { title: text, subtitle: [text, { kind: 'code', text }], sections: [section] };
}

test('any text comes out of the page as it went in, as text', () => {
  const tags = (html: string) =>
    [...parseHTML(html).document.querySelectorAll('*')].map(({ localName }) => localName);
  const plain = tags(documentHtml(documentOf('plain')));
  for (const text of NASTY) {
    const html = documentHtml(documentOf(text));
    expect(tags(html)).toEqual(plain);
    const shown = text
      .replaceAll('\u0000', '\ufffd')
      .replaceAll('\ud800', '\ufffd')
      .replaceAll('\u202e', '\ufffd');
    const { document } = parseHTML(html);
    for (const place of ['h1', 'h2', 'pre', 'caption', 'td, tbody th', 'header code', 'title']) {
      expect(document.querySelector(place)?.textContent, place).toBe(shown);
    }
  }
});

test('quotes cannot end an attribute', () => {
  expect(escapeHtml(`"'<>&`)).toBe('&quot;&#39;&lt;&gt;&amp;');
});

test('Markdown: no text opens a tag, a link, a heading, a list or a new cell', () => {
  for (const text of NASTY) {
    const escaped = escapeMarkdown(text);
    expect(escaped).not.toMatch(/[<>]/);
    expect(escaped).not.toMatch(/(?<!\\)(?:\\\\)*[|`*_[\]]/);
    expect(escaped).not.toMatch(/^(#|- |\d+\. )/);
  }
  // A fence is longer than any inside.
  const fenced = documentMarkdown(documentOf('a\n````\nb'), 'x.html');
  expect(fenced).toContain('\n`````\na\n````\nb\n`````\n');
});

test('Markdown: bold is closed next to its last letter, and never empty or nested', () => {
  const body = (...content: Inline[]) =>
    documentMarkdown(
      {
        title: 't',
        subtitle: [],
        sections: [{ kind: 'section', id: 's', title: 's', blocks: [paragraph(...content)] }],
      },
      'x.html',
    )
      .split('\n')
      .at(-2);
  expect(body(strong('The question. '), 'On 40 runs')).toBe('**The question.** On 40 runs');
  expect(body('so ', strong(' 3 runs\n'), 'end')).toBe('so  **3 runs** end');
  expect(body(strong('Found. '), '', strong('0 of 40'), '.')).toBe('**Found. 0 of 40**.');
  expect(body('a', strong(''), 'b', strong(' '), 'c')).toBe('ab c');
});

test('different texts have different ids, and ids need no escape', () => {
  const texts = ['a b', 'a_b', 'a_20_b', 'a-b', 'a.b', 'A b', 'a  b', '', ' ', '_', '\ud83d\ude00'];
  const ids = texts.map((text) => idOf('row', text));
  expect(new Set(ids).size).toBe(texts.length);
  for (const id of ids) expect(id).toMatch(/^row-[\w-]*$/);
});
