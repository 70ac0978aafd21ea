import type { Calendar, Dataset } from './dataset.js';

/** What the one input of a data set means on the calendar; null for numbers, and for several inputs. */
export function calendarOf({ columns, inputs }: Dataset): Calendar | null {
  return inputs.length === 1 ? (columns?.dates?.[0] ?? null) : null;
}
