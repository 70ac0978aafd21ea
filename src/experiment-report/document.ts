/**
 * A report as a tree of blocks that knows nothing of HTML or Markdown: what it says is written once. Texts are plain; the
 * writers escape them.
 */
export interface Document {
  readonly title: string;
  /** A line or two under the title. */
  readonly subtitle: readonly Inline[];
  readonly sections: readonly Section[];
}

/** Sections nest; the level of the heading follows from the depth. */
export interface Section {
  readonly kind: 'section';
  readonly id: string;
  readonly title: string;
  /** Left out of the list of contents. */
  readonly unlisted?: boolean;
  readonly blocks: readonly Block[];
}

export type Block = Section | Paragraph | List | Table | Figures | Details | Listing;

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly content: readonly Inline[];
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly (readonly Inline[])[];
}

export interface Table {
  readonly kind: 'table';
  readonly id: string;
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}

export interface Column {
  readonly title: string;
  /** Numbers stand to the right; lines that are to stay whole (command lines) do not wrap; running text has room and wraps. */
  readonly align?: 'number' | 'whole' | 'text';
}

export interface TableRow {
  readonly id?: string;
  /** One for each column; the first one is the heading of the row. */
  readonly cells: readonly Cell[];
}

export type Cell = Inline | readonly Inline[];

/** Pictures that stand side by side where there is room. */
export interface Figures {
  readonly kind: 'figures';
  readonly figures: readonly Figure[];
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  readonly caption: readonly Inline[];
  /** An <svg> element without title or description. */
  readonly svg: string;
  /** The entries of the key; `swatch` is an <svg> element. */
  readonly key: readonly { readonly swatch: string; readonly text: string }[];
}

/** Folded away until asked for. */
export interface Details {
  readonly kind: 'details';
  readonly summary: string;
  readonly blocks: readonly Block[];
  readonly open?: boolean;
}

/** Text that keeps its lines. */
export interface Listing {
  readonly kind: 'listing';
  readonly text: string;
}

export type Inline =
  | string
  | { readonly kind: 'code' | 'strong'; readonly text: string }
  /** `to` is the id of a section, a table, a row of a table or a figure; `hint` is shown on hovering. */
  | { readonly kind: 'link'; readonly to: string; readonly text: string; readonly hint?: string }
  /** A verdict: `good` and `bad` are told apart by their text and mark, the colour only repeats it. */
  | { readonly kind: 'verdict'; readonly tone: 'good' | 'bad' | 'open'; readonly text: string };

export const code = (text: string): Inline => ({ kind: 'code', text });
export const strong = (text: string): Inline => ({ kind: 'strong', text });
export const paragraph = (...content: readonly Inline[]): Paragraph => ({ kind: 'paragraph', content });
export const link = (to: string, text: string, hint?: string): Inline =>
  hint === undefined ? { kind: 'link', to, text } : { kind: 'link', to, text, hint };

/** A text as an id: letters, digits and "-" stay, every other UTF-16 unit becomes "_" and its hexadecimal number and "_". */
export function idOf(prefix: string, text: string): string {
  return `${prefix}-${text.replace(/[^A-Za-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16)}_`)}`;
}
