import { printable } from '../text/escape.js';
import { type Block, type Document, type Figure, type Inline, strong, type Table } from './document.js';
import { contentOf } from './document-html.js';

/** The document as Markdown (GitHub's, with tables and <details>). Pictures are described; `pictures` names the file that shows them. */
export function documentMarkdown({ title, subtitle, sections }: Document, pictures: string): string {
  const parts = [
    `# ${escapeMarkdown(title)}`,
    inlines(subtitle),
    ...sections.map((s) => block(s, 2, pictures)),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function block(one: Block, level: number, pictures: string): string {
  switch (one.kind) {
    case 'section': {
      const title = `${'#'.repeat(Math.min(level, 6))} ${escapeMarkdown(one.title)}`;
      return [title, ...one.blocks.map((inner) => block(inner, level + 1, pictures))].join('\n\n');
    }
    case 'paragraph':
      return inlines(one.content);
    case 'list':
      return one.items.map((item) => `- ${inlines(item)}`).join('\n');
    case 'table':
      return table(one);
    case 'figures':
      return one.figures.map((figure) => picture(figure, pictures)).join('\n\n');
    case 'details': {
      const inner = one.blocks.map((part) => block(part, level, pictures)).join('\n\n');
      return `<details${one.open ? ' open' : ''}><summary>${escapeMarkdown(one.summary)}</summary>\n\n${inner}\n\n</details>`;
    }
    case 'listing': {
      // Longer than any fence inside.
      const fence = '`'.repeat(Math.max(3, ...(one.text.match(/`+/g) ?? []).map((run) => run.length + 1)));
      return `${fence}\n${printable(one.text)}\n${fence}`;
    }
  }
}

function table({ caption, columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    bold(caption),
    '',
    line(columns.map(({ title }) => escapeMarkdown(title))),
    line(columns.map(({ align }) => (align === 'number' ? '---:' : '---'))),
    ...rows.map(({ cells }) => line(cells.map((cell) => inlines(contentOf(cell)).replaceAll('\n', ' ')))),
  ].join('\n');
}

function picture({ title, description, caption }: Figure, pictures: string): string {
  return `*Picture in ${escapeMarkdown(pictures)}:* ${bold(`${title}.`)} ${inlines(caption)} ${escapeMarkdown(description)}`;
}

function inlines(content: readonly Inline[]): string {
  return joinStrong(content).map(inline).join('');
}

/** Strong texts side by side as one: "**a****b**" would not be read as two. */
function joinStrong(content: readonly Inline[]): readonly Inline[] {
  const joined: Inline[] = [];
  for (const one of content) {
    if (one === '') continue;
    const last = joined.at(-1);
    if (isStrong(one) && last !== undefined && isStrong(last))
      joined[joined.length - 1] = strong(last.text + one.text);
    else joined.push(one);
  }
  return joined;
}

function isStrong(one: Inline): one is { readonly kind: 'strong'; readonly text: string } {
  return typeof one !== 'string' && one.kind === 'strong';
}

/** Bold text. Spaces at its ends stand outside: "**" next to a space inside opens and closes nothing. */
function bold(text: string): string {
  const [, before, inner, after] = /^(\s*)(.*?)(\s*)$/s.exec(escapeMarkdown(text))!;
  return inner === '' ? before! : `${before}**${inner}**${after}`;
}

/** Links lead to rows of the HTML page; here the key in the hint says which row is meant. */
function inline(one: Inline): string {
  if (typeof one === 'string') return escapeMarkdown(one);
  if (one.kind === 'code') return codeSpan(one.text);
  if (one.kind === 'strong') return bold(one.text);
  return escapeMarkdown(one.text);
}

/** Entities would be shown as they are inside a code span, and "|" would end a cell: such texts are escaped inside <code>. */
function codeSpan(text: string): string {
  const oneLine = printable(text).replace(/\s+/g, ' ');
  if (/[`|\\<>&]/.test(oneLine)) return `<code>${escapeMarkdown(oneLine)}</code>`;
  return `\`${oneLine}\``;
}

/** Every character that Markdown or HTML could take for a command. */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\\`*_[\]{}|~$]/g, '\\$&')
    .replace(/^(\s*\d+)([.)]\s)/gm, '$1\\$2')
    .replace(/^(\s*)([#+-]+\s)/gm, '$1\\$2')
    .replace(/\s*\n\s*/g, ' ');
}
