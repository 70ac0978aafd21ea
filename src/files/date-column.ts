import type { ExactColumn } from '../exact/column.js';
import { DecimalColumnBuilder } from '../exact/decimal-column.js';
import type { Calendar } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { type IsoDate, parseIsoDate } from '../problem/iso-date.js';

/** An input of dates: exact days since the date of the first row. */
export class DateColumn {
  private readonly builder = new DecimalColumnBuilder();
  private origin: (IsoDate & { readonly text: string }) | null = null;

  get length(): number {
    return this.builder.length;
  }

  /**
   * @throws SyntaxError when the text is no date, or has a zone where the first has none
   */
  push(text: string): void {
    const date = parseIsoDate(text);
    this.origin ??= { ...date, text: text.trim() };
    const { days, hasZone } = this.origin;
    if (date.hasZone !== hasZone) {
      throw new SyntaxError(
        `expected a time ${hasZone ? 'with' : 'without'} a zone as in the first row, found "${text.trim()}"`,
      );
    }
    this.builder.pushRational(date.days.subtract(days));
  }

  /** Dates are no fractions. */
  pushFraction(text: string): void {
    this.push(text);
  }

  /** Where the days begin. */
  get calendar(): Calendar {
    const { text, hasZone } = this.origin!;
    return { origin: text, unit: 'days', zone: hasZone ? 'UTC' : null };
  }

  finish(where: string): ExactColumn {
    try {
      return this.builder.finish();
    } catch (error) {
      throw new InputError(`${where}: ${(error as Error).message}; write times with fewer digits`);
    }
  }
}
