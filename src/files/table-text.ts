import { InputError, type Place } from '../problem/input-error.js';

/** What stands between the cells of a table. */
export type Separator = 'commas' | 'semicolons' | 'tabs' | 'vertical bars' | 'spaces';

const CHARACTER: Readonly<Record<Separator, string>> = {
  commas: ',',
  semicolons: ';',
  tabs: '\t',
  'vertical bars': '|',
  // Runs of spaces are made tabs.
  spaces: '\t',
};

/** A line that holds this and nothing else was a comment. No text file that a person made has it. */
export const COMMENT = '\u0001';

/** The text of a table in a form that is split at one character, line for line as in the file. */
export interface TableText {
  readonly text: string;
  readonly separator: Separator;
  readonly delimiter: string;
}

/**
 * Finds out what stands between the cells, from the first line that is neither blank nor a comment: tabs, semicolons, commas, vertical bars,
 * in this order, or else spaces. Lines that begin with # are comments, unless the # is a cell of its own.
 *
 * @param separator what it is, when it is known
 */
export function tableText(text: string, separator?: Separator): TableText {
  const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const found = separator ?? separatorOf(firstLine(body));
  const delimiter = CHARACTER[found];
  let plain = body;
  if (/^[ \t]*#/m.test(plain)) plain = plain.replace(/^[ \t]*#(?![,;\t|]).*$/gm, COMMENT);
  if (found === 'spaces') plain = plain.replace(/^[ \t]+|[ \t]+$/gm, '').replace(/[ \t]+/g, '\t');
  return { text: plain, separator: found, delimiter };
}

function firstLine(text: string): string {
  let at = 0;
  while (at < text.length) {
    const end = /[\r\n]/g;
    end.lastIndex = at;
    const stop = end.exec(text)?.index ?? text.length;
    const line = text.slice(at, stop);
    if (line.trim() !== '' && !/^[ \t]*#(?![,;\t|])/.test(line)) return line;
    at = stop + 1;
  }
  return '';
}

function separatorOf(line: string): Separator {
  const outside = line.replace(/"[^"]*"/g, '""');
  if (outside.includes('\t')) return 'tabs';
  if (outside.includes(';')) return 'semicolons';
  if (outside.includes(',')) return 'commas';
  if (outside.includes('|')) return 'vertical bars';
  return /\S[ ]+\S/.test(outside) ? 'spaces' : 'commas';
}

/**
 * Decimal commas, where commas do not separate cells: "1,5" is 3/2. A table has either commas or points in its numbers; a table in which every
 * comma could as well group thousands is refused.
 */
export class DecimalCommas {
  private comma: Place | null = null;
  private point: Place | null = null;
  private isClear = false;
  private first = '';

  /**
   * The number with a decimal point.
   * @param where the cell
   * @throws InputError when another cell has the other sign
   */
  read(cell: string, where: () => Place): string {
    const comma = cell.indexOf(',');
    if (comma < 0) {
      if (this.point === null && cell.includes('.')) this.note('point', where());
      return cell;
    }
    if (!/^\s*[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?\s*$/.test(cell)) return cell;
    if (this.comma === null) this.note('comma', where(), cell.trim());
    this.isClear ||= !/^\s*[+-]?[1-9]\d{0,2},\d{3}\s*$/.test(cell);
    return `${cell.slice(0, comma)}.${cell.slice(comma + 1)}`;
  }

  private note(kind: 'comma' | 'point', where: Place, first = ''): void {
    this[kind] = where;
    if (kind === 'comma') this.first = first;
    const other = kind === 'comma' ? this.point : this.comma;
    if (other === null) return;
    throw new InputError(
      `expected one decimal sign in all numbers, found a decimal ${kind}, and a decimal ${kind === 'comma' ? 'point' : 'comma'} in row ${other.row}; ` +
        'write decimal points, and no thousands separators',
      where,
    );
  }

  /** @throws InputError when the commas may as well group thousands */
  finish(): void {
    if (this.comma === null || this.isClear) return;
    throw new InputError(
      `found "${this.first}", which is ${this.first.replace(',', '.')} with a decimal comma and ${this.first.replace(',', '')} with thousands separators, ` +
        'as is every number with a comma here; write decimal points, or no separators',
      this.comma,
    );
  }
}
