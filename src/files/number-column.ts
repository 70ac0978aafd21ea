import { ExactColumn } from '../exact/column.js';
import { DecimalColumnBuilder } from '../exact/decimal-column.js';
import { NumberRangeError } from '../exact/number-range-error.js';
import { DECIMAL_LIMITS, Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';

/** What the numbers of a text file mean. */
export interface NumberOptions {
  /** True: each number means the double nearest to it. Default false: the decimal or fraction that is written. */
  readonly float64?: boolean;
}

/** Collects one column of numbers, given as text. */
export interface NumberColumn {
  readonly length: number;
  /**
   * Adds a decimal number ("12", "-0.5", "2e-04").
   * @throws SyntaxError when the text is not a decimal; NumberRangeError when it is beyond the limits
   */
  push(text: string): void;
  /**
   * Adds a decimal number or a fraction "p/q".
   * @throws SyntaxError when the text is neither; NumberRangeError when it is beyond the limits
   */
  pushFraction(text: string): void;
  /**
   * @param where the column, for the message
   * @throws InputError when the numbers cannot be held over one common denominator
   */
  finish(where: string): ExactColumn;
}

/** Most columns of numbers that a text file may have; wider data belong in a binary file. */
const COLUMN_LIMIT = 16_384;

/**
 * Empty columns for a table of text.
 * @param where the row that sets their number, for the message
 * @throws InputError when there are more than the limit
 */
export function createNumberColumns(count: number, options: NumberOptions, where: string): NumberColumn[] {
  if (count > COLUMN_LIMIT) {
    throw new InputError(
      `${where}: expected at most ${COLUMN_LIMIT} columns, found ${count}; save wide data as .npz`,
    );
  }
  return Array.from({ length: count }, () => createNumberColumn(options));
}

/** An empty column that reads its texts exactly, or as the nearest doubles with `float64`. */
export function createNumberColumn({ float64 = false }: NumberOptions): NumberColumn {
  return float64 ? new NearestDoubles() : new ExactDecimals();
}

class ExactDecimals implements NumberColumn {
  private readonly builder = new DecimalColumnBuilder();

  get length(): number {
    return this.builder.length;
  }

  push(text: string): void {
    this.builder.push(text);
  }

  pushFraction(text: string): void {
    if (text.includes('/')) this.builder.pushRational(Rational.parse(text));
    else this.builder.push(text);
  }

  finish(where: string): ExactColumn {
    try {
      return this.builder.finish();
    } catch (error) {
      throw new InputError(`${where}: ${(error as Error).message}; round them, or use --float64`);
    }
  }
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

class NearestDoubles implements NumberColumn {
  private values = new Float64Array(1024);
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(text: string): void {
    if (text.length > DECIMAL_LIMITS.characters) {
      throw new NumberRangeError(
        `a number of ${text.length} characters; at most ${DECIMAL_LIMITS.characters} are accepted`,
      );
    }
    if (!DECIMAL.test(text)) throw new SyntaxError(`expected a number, found "${text.slice(0, 40)}"`);
    this.append(Number(text), text);
  }

  pushFraction(text: string): void {
    if (text.includes('/')) this.append(Rational.parse(text).toNumber(), text);
    else this.push(text);
  }

  private append(value: number, text: string): void {
    if (!Number.isFinite(value)) {
      throw new NumberRangeError(
        `the number ${text.slice(0, 40)} is beyond the largest double (about 1.8e308)`,
      );
    }
    if (this.count === this.values.length) {
      const values = new Float64Array(2 * this.count);
      values.set(this.values);
      this.values = values;
    }
    this.values[this.count++] = value;
  }

  finish(): ExactColumn {
    return ExactColumn.fromDoubles(this.values.slice(0, this.count));
  }
}
