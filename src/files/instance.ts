import type { ExactColumn } from '../exact/column.js';
import { NumberRangeError } from '../exact/number-range-error.js';
import type { Dataset } from '../problem/dataset.js';
import { InputError } from '../problem/input-error.js';
import { openEndsOf } from '../problem/open-ends.js';
import {
  describeJson,
  isJsonNumber,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  numberText,
  parseJson,
  requireFormat,
  requireKeys,
  requireObject,
} from './json.js';
import {
  createNumberColumn,
  createNumberColumns,
  type NumberColumn,
  type NumberOptions,
} from './number-column.js';

/** The format of instance files that is read and written. */
export const INSTANCE_FORMAT = { format: 'sparsest-instance', version: 1 } as const;

/** A data set together with what is known about it. */
export interface Instance {
  readonly dataset: Dataset;
  /** The name the file gives, or else the name of the file. */
  readonly name: string;
  /** Where the data come from, when the file says so. */
  readonly source?: string;
  /** Known answers, as the file states them; numbers as they are written. */
  readonly known?: JsonObject;
}

export interface InstanceOptions extends NumberOptions {
  /** True: labels play no part, so that `x` alone is enough. Default false. */
  readonly inputsOnly?: boolean;
}

const KEYS = ['format', 'version', 'name', 'source', 'x', 'y', 'lower', 'upper', 'weights', 'known'];

/**
 * Reads instance JSON:
 *
 *   { "format": "sparsest-instance", "version": 1, "name", "source", "x": [..] or [[..]], "y": [..],
 *     "lower"?, "upper"?, "weights"?, "known"?: {..} }
 *
 * `x` is a list of N numbers (one input) or of N rows of d numbers; `y`, `lower`, `upper` and `weights` are lists of N numbers. `y`
 * may be missing when `lower` and `upper`, which come together, are there (null in them: the window has no such end), and with `inputsOnly`. A number means exactly the decimal that is
 * written, a string "p/q" the fraction; with `float64` both mean the nearest double.
 *
 * @param source name of the file, for messages and as the name of the data set
 * @throws InputError naming the source and the field
 */
export function parseInstance(text: string, source: string, options: InstanceOptions = {}): Instance {
  const json = requireObject(parseJson(text, source), source);
  requireFormat(json, INSTANCE_FORMAT, source);
  requireKeys(json, KEYS, source);
  const name = readText(json, 'name', source) ?? source;
  const origin = readText(json, 'source', source);
  const known = json.known;
  if (known !== undefined && !isJsonObject(known)) {
    throw new InputError(`${source}: field "known": expected an object, found ${describeJson(known)}`);
  }

  const inputs = readInputs(json.x, source, options);
  const count = inputs[0]!.length;
  const list = (field: 'y' | 'lower' | 'upper' | 'weights'): ExactColumn | null => {
    const values = json[field];
    if (values === undefined) return null;
    if (!Array.isArray(values)) {
      throw new InputError(
        `${source}: field "${field}": expected an array of ${count} numbers, found ${describeJson(values)}`,
      );
    }
    if (values.length !== count) {
      throw new InputError(
        `${source}: field "${field}" has ${values.length} numbers, expected ${count} as in "x"; make them equally long`,
      );
    }
    const column = createNumberColumn(options);
    const isEnd = field === 'lower' || field === 'upper';
    values.forEach((value, i) => {
      pushNumber(column, isEnd && value === null ? '0' : value, `${source}: ${field}[${i}]`);
    });
    return column.finish(`${source}: field "${field}"`);
  };
  const [labels, lower, upper, weights] = [list('y'), list('lower'), list('upper'), list('weights')];
  const isMissing = (values: JsonValue | undefined) =>
    Array.isArray(values) ? values.map((value) => value === null) : [];
  const open = openEndsOf(isMissing(json.lower), isMissing(json.upper));
  if ((lower === null) !== (upper === null)) {
    const [present, absent] = lower === null ? ['upper', 'lower'] : ['lower', 'upper'];
    throw new InputError(
      `${source}: expected both "lower" and "upper", found only "${present}"; add "${absent}"`,
    );
  }
  if (labels === null && lower === null && !options.inputsOnly) {
    throw new InputError(
      `${source}: expected labels "y" or windows "lower" and "upper", found neither; add one`,
    );
  }
  return {
    dataset: {
      ...{ name: source, inputs, labels, lower, upper, ...(weights === null ? {} : { weights }) },
      ...(open === undefined ? {} : { open }),
      describeRow: (i) => `x[${i}] of ${source}`,
    },
    name,
    ...(origin === undefined ? {} : { source: origin }),
    ...(known === undefined ? {} : { known }),
  };
}

/** One column for every input, from [1, 2] or [[1, 2], [3, 4]]. */
function readInputs(x: JsonValue | undefined, source: string, options: NumberOptions): ExactColumn[] {
  if (!Array.isArray(x)) {
    throw new InputError(
      `${source}: field "x": expected an array of numbers or of rows, found ${describeJson(x)}`,
    );
  }
  if (x.length === 0)
    throw new InputError(`${source}: field "x": expected at least one point, found none; add points`);
  const rows = x as readonly JsonValue[];
  const first = rows[0];
  const dimension = Array.isArray(first) ? first.length : 1;
  if (dimension === 0)
    throw new InputError(`${source}: x[0]: expected at least one number, found an empty row`);
  const columns = createNumberColumns(dimension, options, `${source}: x[0]`);
  rows.forEach((row, i) => {
    if (!Array.isArray(first)) {
      pushNumber(columns[0]!, row, `${source}: x[${i}]`);
      return;
    }
    if (!Array.isArray(row) || row.length !== dimension) {
      throw new InputError(
        `${source}: x[${i}]: expected a row of ${dimension} numbers as x[0] is, found ${describeJson(row)}`,
      );
    }
    for (let k = 0; k < dimension; k++) pushNumber(columns[k]!, row[k]!, `${source}: x[${i}][${k}]`);
  });
  return columns.map((column) => column.finish(`${source}: field "x"`));
}

function pushNumber(column: NumberColumn, value: JsonValue, where: string): void {
  try {
    if (isJsonNumber(value)) {
      column.push(numberText(value));
      return;
    }
    if (typeof value === 'string') {
      column.pushFraction(value);
      return;
    }
  } catch (error) {
    if (error instanceof NumberRangeError)
      throw new InputError(`${where}: ${error.message}; write a shorter number`);
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InputError(
    `${where}: expected a number or a string such as "1/3", found ${describeJson(value)}; correct it or remove the point`,
  );
}

function readText(json: JsonObject, field: string, source: string): string | undefined {
  const value = json[field];
  if (value === undefined || typeof value === 'string') return value;
  throw new InputError(`${source}: field "${field}": expected a text, found ${describeJson(value)}`);
}
