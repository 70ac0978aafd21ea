/** Where in what the user gave something is wrong. Every part is optional; a reader fills in what it knows. */
export interface Place {
  /** The file, or what stands in its place ("specification", "training data"). */
  readonly source?: string;
  /** Row of a table as a person counts: the header is row 1. */
  readonly row?: number;
  /** Column of a table, field of a JSON object or option, by its name there. */
  readonly field?: string;
  /** Where inside the field: "[3]", ".options.points". */
  readonly within?: string;
}

/**
 * Something the user gave us cannot be used: a file that is malformed, a value out of range, an option that contradicts
 * another. No other error is the user's: memory that runs out, say, is a RangeError and nobody's input. The message is one
 * clear sentence that names the file and the row or field, what was expected and what was found, and what to do. The
 * command line prints it as it is and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
  /** The message without the place in front. */
  readonly complaint: string;
  readonly place: Place;

  /** @param where stands in front of the complaint; a text where nobody asks for its parts */
  constructor(complaint: string, where: Place | string = {}) {
    const front = typeof where === 'string' ? where : placeText(where);
    super(front === '' ? complaint : `${front}: ${complaint}`);
    this.complaint = typeof where === 'string' ? this.message : complaint;
    this.place = typeof where === 'string' ? {} : where;
  }

  /** The same complaint about another place: its file, or the option that set the field. */
  at(place: Place): InputError {
    return new InputError(this.complaint, { ...this.place, ...place });
  }
}

/** `data.csv, row 3, column "y"`, or `spec.json: p[0]`. */
function placeText({ source, row, field, within = '' }: Place): string {
  if (row === undefined) {
    return [source, field === undefined ? undefined : field + within].filter((part) => part).join(': ');
  }
  const column = field === undefined ? undefined : `column "${field}"${within}`;
  return [source, `row ${row}`, column].filter((part) => part).join(', ');
}

/** The place of an entry of a list. */
export function entryOf(place: Place, index: number): Place {
  return { ...place, within: `${place.within ?? ''}[${index}]` };
}

/** The place of a member of an object inside a field. */
export function memberOf(place: Place, name: string): Place {
  return { ...place, within: `${place.within ?? ''}.${name}` };
}
