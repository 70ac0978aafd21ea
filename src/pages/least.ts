import { hasWindows } from '../problem/dataset.js';
import type { PosedQuestion } from '../problem/question.js';
import type { LeastThatFits } from '../solve/least-that-fits.js';
import { readable, wrap } from '../text/format.js';

const ROWS_NAMED = 8;

/** What would fit, in the JSON of an answer that nothing does: null where it is not known. */
export function leastJson(least: LeastThatFits | null): Record<string, unknown> {
  return {
    least: least === null ? null : { tolerance: least.tolerance.toString(), rows: least.rows },
  };
}

/** The same for a person. */
export function leastLines({ dataset }: PosedQuestion, least: LeastThatFits | null, width: number): string[] {
  if (least === null) return [];
  const { tolerance, rows } = least;
  const named = rows.slice(0, ROWS_NAMED);
  const left = rows.length - named.length;
  const list =
    left > 0 ? `${named.join(', ')} and ${left} more` : named.join(rows.length === 2 ? ' and ' : ', ');
  const forced = `forced by ${list}`;
  return wrap(
    hasWindows(dataset)
      ? `It takes windows that are wider by ${readable(tolerance)} at both ends, and no less: ${forced}.`
      : `The least tolerance that fits is ${readable(tolerance)}, ${forced}.`,
    width,
  );
}
