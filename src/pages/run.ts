import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { PosedQuestion } from '../problem/question.js';
import { colors as pc } from '../text/colors.js';
import { columnsText } from '../text/columns.js';

/** How a command was run: the part of a page that is neither question nor answer. */
export interface Run {
  readonly seconds: number;
  /** Files that were written, as the user named them. */
  readonly written: { readonly certificate?: string; readonly network?: string; readonly plot?: string };
  /** Print knots (or neurons) even when there are more than `KNOTS_SHOWN`. */
  readonly allKnots?: boolean;
  /** Describe the whole set of answers. */
  readonly all?: boolean;
}

/** Above this many knots (or neurons) they are printed only on demand. */
export const KNOTS_SHOWN = 10_000;

/** What the JSON of every command says about the data. */
export function dataJson({
  dataset,
  problem,
  sha256,
}: Pick<PosedQuestion, 'dataset' | 'problem' | 'sha256'>): Record<string, unknown> {
  return {
    name: dataset.name,
    sha256,
    points: problem.size,
    dimension: problem.dimension,
    columns: columnsOf(dataset),
  };
}

/** Which column of the data was read as what: the line below their name. */
export function columnsLine(dataset: Dataset): string {
  return pc.dim(columnsText(columnsOf(dataset)));
}

/** The sections of a page with a blank line between them; empty ones are left out. */
export function pageOf(sections: readonly (readonly string[])[]): string {
  const shown = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${shown.join('\n\n')}\n`;
}
