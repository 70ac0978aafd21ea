import { bitLength } from '../exact/bigint.js';
import { columnsOf, type Dataset } from '../problem/dataset.js';
import type { Problem } from '../problem/problem.js';
import type { PosedQuestion } from '../problem/question.js';
import type { LeastThatFits } from '../solve/least-that-fits.js';
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
  /** Where nothing fits: what would. */
  readonly least?: LeastThatFits | null;
}

/** Above this many knots (or neurons) they are printed only on demand. */
export const KNOTS_SHOWN = 10_000;

/** Knots whose numbers have more digits than this (in binary, in units of the columns) count as several. */
const BITS_OF_ONE = 2_000;

/** Are all knots of a function in the JSON? Not above KNOTS_SHOWN, and of very long numbers sooner. */
export function isWrittenOut(knots: number, { inputs, lower }: Problem): boolean {
  if (knots > KNOTS_SHOWN) return false;
  let bits = 0;
  for (let i = 0; i < lower.length; i++) {
    bits = Math.max(bits, bitLength(lower.integer(i)) + bitLength(inputs[0]!.integer(i)));
  }
  return knots * Math.max(1, bits / BITS_OF_ONE) <= KNOTS_SHOWN;
}

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

/** Which limit ended a command before it was done. */
export type Ended = 'time limit' | 'stopped';

/** Why an answer is not complete, and what helps. */
export function endOfTime(ended: Ended): string {
  return ended === 'time limit'
    ? 'Time was up; a longer --time-limit lets it go on.'
    : 'It was stopped before it was done.';
}
