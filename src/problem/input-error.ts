/**
 * Something the user gave us cannot be used: a file that is malformed, a value out of range, an option that contradicts
 * another. The message is one clear sentence that names the file and the row or field, what was expected and what was
 * found, and what to do. The command line prints it as it is and exits with code 2.
 */
export class InputError extends Error {
  override readonly name = 'InputError';
}
