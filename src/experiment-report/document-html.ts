import { escapeHtml } from '../text/escape.js';
import type { Block, Cell, Column, Document, Figure, Inline, Table } from './document.js';
import { STYLE_SHEET } from './style-sheet.js';

/** Nothing is loaded from anywhere: the browser is told so. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The document as one self-contained HTML page without scripts. */
export function documentHtml({ title, subtitle, sections }: Document): string {
  const contents = sections
    .filter(({ unlisted }) => !unlisted)
    .map(({ id, title: name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${STYLE_SHEET}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${inlines(subtitle)}</p>
<nav aria-label="Contents"><ul>${contents.join('')}</ul></nav>
</header>
<main>
${blocks(sections, 2)}
</main>
</body>
</html>
`;
}

function blocks(list: readonly Block[], level: number): string {
  return list.map((block) => blockHtml(block, level)).join('\n');
}

function blockHtml(block: Block, level: number): string {
  switch (block.kind) {
    case 'section': {
      const heading = `h${Math.min(level, 6)}`;
      const title = `<${heading} id="${block.id}-title">${escapeHtml(block.title)}</${heading}>`;
      return `<section id="${block.id}" aria-labelledby="${block.id}-title">\n${title}\n${blocks(block.blocks, level + 1)}\n</section>`;
    }
    case 'paragraph':
      return `<p>${inlines(block.content)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inlines(item)}</li>`).join('\n')}</ul>`;
    case 'table':
      return tableHtml(block);
    case 'figures':
      return `<div class="figures">\n${block.figures.map(figureHtml).join('\n')}\n</div>`;
    case 'details':
      return `<details${block.open ? ' open' : ''}><summary>${escapeHtml(block.summary)}</summary>\n${blocks(block.blocks, level)}\n</details>`;
    case 'listing':
      return `<pre tabindex="0">${escapeHtml(block.text)}</pre>`;
  }
}

/** The box scrolls when the table is wider than the page; it can be reached and scrolled with the keyboard. */
function tableHtml({ id, caption, columns, rows }: Table): string {
  const head = columns.map((column) => `<th scope="col"${classOf(column)}>${escapeHtml(column.title)}</th>`);
  const body = rows.map(({ id: rowId, cells }) => {
    const list = cells.map((cell, c) => {
      const name = c === 0 ? 'th' : 'td';
      const scope = c === 0 ? ' scope="row"' : '';
      return `<${name}${scope}${classOf(columns[c]!)}>${inlines(contentOf(cell))}</${name}>`;
    });
    return `<tr${rowId === undefined ? '' : ` id="${rowId}"`}>${list.join('')}</tr>`;
  });
  return `<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}-caption">
<table id="${id}">
<caption id="${id}-caption"><span>${escapeHtml(caption)}</span></caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

function classOf({ align }: Column): string {
  return align === undefined ? '' : ` class="${align}"`;
}

function figureHtml({ id, title, description, caption, svg, key }: Figure): string {
  const named = svg.replace(
    '<svg',
    `<svg role="img" aria-labelledby="${id}-title" aria-describedby="${id}-description"`,
  );
  const texts = `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-description">${escapeHtml(description)}</desc>`;
  const entries = key.map(
    ({ swatch, text }) => `<li>${swatch.replace('<svg', '<svg aria-hidden="true"')}${escapeHtml(text)}</li>`,
  );
  return `<figure id="${id}">
<figcaption><strong>${escapeHtml(title)}.</strong> ${inlines(caption)}</figcaption>
${entries.length === 0 ? '' : `<ul class="key">${entries.join('')}</ul>\n`}${named.replace('>', `>${texts}`)}
</figure>`;
}

/** The inline content of a cell. */
export function contentOf(cell: Cell): readonly Inline[] {
  return Array.isArray(cell) ? (cell as readonly Inline[]) : [cell as Inline];
}

function inlines(content: readonly Inline[]): string {
  return content.map(inlineHtml).join('');
}

function inlineHtml(inline: Inline): string {
  if (typeof inline === 'string') return escapeHtml(inline);
  const text = escapeHtml(inline.text);
  switch (inline.kind) {
    case 'code':
    case 'strong':
      return `<${inline.kind}>${text}</${inline.kind}>`;
    case 'link': {
      const hint = inline.hint === undefined ? '' : ` title="${escapeHtml(inline.hint)}"`;
      return `<a href="#${inline.to}"${hint}>${text}</a>`;
    }
    case 'verdict':
      return `<span class="verdict ${inline.tone}">${text}</span>`;
  }
}
