import { InputError } from '../problem/input-error.js';

/** The version of the protocol that docs/serve.md describes. */
export const PROTOCOL = 1;

/** Limits of one message. What is longer is read over and refused; the next message is read as usual. */
export const MESSAGE_LIMITS = {
  /** Bytes of one line. */
  line: 1 << 26,
  /** Bytes of all files after one line. */
  files: 2 ** 31 - 1,
  /** Requests that wait for a thread. */
  waiting: 1000,
} as const;

/** Error codes: those of JSON-RPC, and the exit codes of commands (2 unusable input, 4 internal error). */
export const ERRORS = {
  parse: -32700,
  invalid: -32600,
  unknown: -32601,
  parameters: -32602,
  busy: -32001,
  cancelled: -32800,
} as const;

export type RequestId = number | string;

/** One message as it came: its object, and the files that followed its line. */
export interface Message {
  readonly object: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A message that cannot be taken; `id` is null where it is not known. */
export class MessageError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly id: RequestId | null = null,
  ) {
    super(message);
  }
}

/** A command as its thread runs it. */
export interface Command {
  readonly method: string;
  /** Everything after the name of the command. */
  readonly words: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Names of files that come back with the answer instead of being written. */
  readonly take: readonly string[];
}

/**
 * Takes messages apart as their bytes arrive: a line with a JSON object, then the bytes of the files that its field `params.files`
 * announces, in that order. Small files stand in the line, as `text`.
 */
export class MessageReader {
  private line: Uint8Array[] = [];
  private lineLength = 0;
  /** The message whose files are on their way, null while a line is read. */
  private open: {
    readonly message: Message | null;
    readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    file: number;
    filled: number;
    skip: number;
  } | null = null;

  constructor(
    private readonly receive: (message: Message) => void,
    private readonly refuse: (error: MessageError) => void,
  ) {}

  /** Takes the next bytes of the stream. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      at = this.open === null ? this.takeLine(bytes, at) : this.takeFiles(bytes, at);
    }
  }

  private takeLine(bytes: Uint8Array, start: number): number {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    this.lineLength += end - start;
    if (this.lineLength <= MESSAGE_LIMITS.line) this.line.push(bytes.slice(start, end));
    else this.line = [];
    if (newline < 0) return end;
    const tooLong = this.lineLength > MESSAGE_LIMITS.line;
    const text = tooLong ? '' : Buffer.concat(this.line).toString('utf8');
    this.line = [];
    this.lineLength = 0;
    if (tooLong) {
      this.refuse(
        new MessageError(
          ERRORS.invalid,
          `expected a line of at most ${MESSAGE_LIMITS.line} bytes, found a longer one; give large data as files of the request`,
        ),
      );
    } else if (text.trim() !== '') this.begin(text);
    return end + 1;
  }

  /** A line is there: either the message is complete, or its files follow. */
  private begin(text: string): void {
    let id: RequestId | null = null;
    try {
      const object = objectOf(text);
      if (typeof object.id === 'number' || typeof object.id === 'string') id = object.id;
      const announced = announcedFiles(object);
      const bytes = announced.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
      if (bytes > MESSAGE_LIMITS.files) {
        this.open = { message: null, files: [], file: 0, filled: 0, skip: bytes };
        throw new MessageError(
          ERRORS.invalid,
          `expected files of at most ${MESSAGE_LIMITS.files} bytes, found ${bytes}; write them to the disk and name them`,
          id,
        );
      }
      const files = new Map<string, Uint8Array>();
      const coming: { name: string; bytes: Uint8Array }[] = [];
      for (const { name, text, bytes } of announced) {
        const content = text === undefined ? new Uint8Array(bytes!) : new TextEncoder().encode(text);
        if (files.has(name)) throw new MessageError(ERRORS.parameters, `two files are named "${name}"`, id);
        files.set(name, content);
        if (text === undefined && bytes! > 0) coming.push({ name, bytes: content });
      }
      if (coming.length === 0) this.receive({ object, files });
      else this.open = { message: { object, files }, files: coming, file: 0, filled: 0, skip: 0 };
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.refuse(new MessageError(error.code, error.message, error.id ?? id));
    }
  }

  private takeFiles(bytes: Uint8Array, start: number): number {
    const open = this.open!;
    if (open.skip > 0) {
      const skipped = Math.min(open.skip, bytes.length - start);
      open.skip -= skipped;
      if (open.skip === 0) this.open = null;
      return start + skipped;
    }
    const file = open.files[open.file]!.bytes;
    const part = bytes.subarray(start, start + file.length - open.filled);
    file.set(part, open.filled);
    open.filled += part.length;
    if (open.filled === file.length) {
      open.file++;
      open.filled = 0;
    }
    if (open.file === open.files.length) {
      this.open = null;
      this.receive(open.message!);
    }
    return start + part.length;
  }
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MessageError(ERRORS.parse, `expected a JSON object on one line: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new MessageError(ERRORS.invalid, 'expected a JSON object on one line, found another value');
  }
  return value as Record<string, unknown>;
}

interface AnnouncedFile {
  readonly name: string;
  readonly text?: string;
  readonly bytes?: number;
}

/** The field `params.files`: `[{ name, bytes }]`, or `text` instead of `bytes`. */
function announcedFiles({ params }: Record<string, unknown>): AnnouncedFile[] {
  const files = (params as { files?: unknown } | undefined)?.files ?? [];
  const refuse = (found: unknown): never => {
    throw new MessageError(
      ERRORS.parameters,
      `params.files: expected [{ "name", "bytes" }] or [{ "name", "text" }], found ${JSON.stringify(found).slice(0, 80)}`,
    );
  };
  if (!Array.isArray(files)) return refuse(files);
  return files.map((file) => {
    const { name, text, bytes } = (file ?? {}) as Partial<AnnouncedFile>;
    const isText = typeof text === 'string' && bytes === undefined;
    const isBytes = text === undefined && Number.isSafeInteger(bytes) && bytes! >= 0;
    if (typeof name !== 'string' || name === '' || !(isText || isBytes)) return refuse(file);
    return { name, text, bytes };
  });
}

/** Options that the protocol sets itself, or that print no JSON. */
const RESERVED = ['json', 'quiet', 'help', 'version'];

/**
 * The command of a request: `params` is `{ arguments?, options?, files?, take? }`.
 * @throws InputError naming the field that is wrong
 */
export function commandOf(method: string, { object, files }: Message): Command {
  const params = (object.params ?? {}) as Record<string, unknown>;
  const texts = (field: 'arguments' | 'take'): string[] => {
    const value = params[field] ?? [];
    if (!Array.isArray(value) || !value.every((text) => typeof text === 'string'))
      throw new InputError(
        `params.${field}: expected an array of strings, found ${JSON.stringify(value).slice(0, 80)}`,
      );
    return value;
  };
  const options = params.options ?? {};
  if (typeof options !== 'object' || Array.isArray(options) || options === null)
    throw new InputError('params.options: expected an object, found another value');
  for (const name of Object.keys(params)) {
    if (!['arguments', 'options', 'files', 'take'].includes(name))
      throw new InputError(
        `params: expected only arguments, options, files and take, found "${name}"; leave it out`,
      );
  }
  const words = Object.entries(options).flatMap(([name, value]) => optionWords(name, value));
  return { method, words: ['--json', ...words, '--', ...texts('arguments')], files, take: texts('take') };
}

/** An option as the command line has it: true is a flag, false its absence (of `header`: --no-header), a list is repeated. */
function optionWords(name: string, value: unknown): string[] {
  if (!/^[a-z][a-z0-9-]*$/.test(name) || RESERVED.includes(name))
    throw new InputError(
      `params.options: expected the name of an option of the command, without dashes before it, found "${name}"`,
    );
  if (value === null || value === undefined) return [];
  if (name === 'header') return value === false ? ['--no-header'] : [];
  if (typeof value === 'boolean') return value ? [`--${name}`] : [];
  if (typeof value === 'string' || typeof value === 'number') return [`--${name}=${value}`];
  if (Array.isArray(value)) return value.flatMap((item) => optionWords(name, item));
  throw new InputError(
    `params.options.${name}: expected a text, a number, a flag or a list, found an object`,
  );
}
