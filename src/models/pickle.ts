import { InputError } from '../problem/input-error.js';

/**
 * A machine for Python pickles that can build nothing but plain data and what its caller allows.
 *
 * Only the opcodes are known that CPython's pickler emits for dictionaries, lists, tuples, sets, numbers, strings, bytes, named
 * globals, their calls and persistent ids (protocols 2 to 5; `pickletools` documents each). A global is an inert name:
 * it must be in the caller's table, and calling it calls the function of that table. Nothing read from the file is
 * ever used as a property name, a constructor or a function, so that no pickle can reach the program around it.
 * (General unpicklers are not strict enough for untrusted files: they assign attributes by name and call whatever
 * function lies on the stack.)
 *
 * Python -> here: None null, bool boolean, int number (bigint where no number equals it), float number, str string, bytes
 * Uint8Array, tuple, list and set Array, dict Map; what the caller's table calls `inert` is an `InertObject`, whatever it was built from.
 */
export interface PickleHost {
  /**
   * The globals that may be named, "module name" -> the function called by REDUCE. A global without a function may be
   * named, as an argument, but not called.
   */
  globals: ReadonlyMap<string, ((args: unknown[]) => unknown) | undefined>;
  /** Names of classes and functions, "module name", whose objects are of no interest: they are read over. */
  inert?: ReadonlySet<string>;
  /** The error for a global that is not in the table. */
  refuse(module: string, name: string): InputError;
  /** The value that a persistent id stands for. */
  persistent(id: unknown): unknown;
}

/** A global named in a pickle. */
export class PickleGlobal {
  /** @param name module and name, separated by a blank */
  constructor(readonly name: string) {}
}

/** An object of a class that the host calls inert: nothing but what it was made from. */
export class InertObject {
  /** Arguments, state and items, in the order in which they were given. */
  readonly contents: unknown[] = [];
}

/** Opcodes, named as in CPython's pickle.py. */
const OP = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  BINFLOAT: 0x47,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  NONE: 0x4e,
  SHORT_BINBYTES: 0x43,
  BINBYTES: 0x42,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  SHORT_BINSTRING: 0x55,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  APPENDS: 0x65,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  SHORT_BINUNICODE: 0x8c,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
} as const;

/** Most bytes of an integer that is read: 128 bits, the largest that PyTorch writes (its magic number has 80). */
const INTEGER_BYTES = 16;

/**
 * The object of a pickle; bytes after its end are not looked at.
 * @param where what the bytes are, for error messages
 * @throws InputError for a pickle that is damaged, uses other opcodes, or names a global that the host refuses.
 */
export function readPickle(bytes: Uint8Array, host: PickleHost, where: string): unknown {
  return readPickleAt(bytes, 0, host, where).value;
}

/** The object of the pickle that begins at `start`, and where it ends; otherwise as `readPickle`. */
export function readPickleAt(
  bytes: Uint8Array,
  start: number,
  host: PickleHost,
  where: string,
): { value: unknown; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const error = (reason: string) =>
    new InputError(`${where}: damaged or unusual pickle at byte ${at}: ${reason}.`);
  const fail = (reason: string): never => {
    throw error(reason);
  };
  /** Advances by `size` and returns where it was. */
  const take = (size: number): number => {
    if (at + size > bytes.length) fail('it ends too early');
    at += size;
    return at - size;
  };
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const text = (size: number): string => {
    const from = take(size);
    try {
      return utf8.decode(bytes.subarray(from, at));
    } catch {
      return fail('a string is not UTF-8');
    }
  };
  const raw = (size: number): Uint8Array => {
    const from = take(size);
    return bytes.slice(from, at);
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) fail('it ends too early');
    const value = text(end - at);
    at++;
    return value;
  };

  // The stack, and the heights at which its open marks lie.
  const stack: unknown[] = [];
  const marks: number[] = [];
  const memo = new Map<number, unknown>();
  const pop = (): unknown => {
    if (stack.length <= (marks.at(-1) ?? 0)) fail('its stack is empty');
    return stack.pop();
  };
  const popToMark = (): unknown[] => {
    const mark = marks.pop();
    return mark === undefined ? fail('a mark is missing') : stack.splice(mark);
  };
  const top = (): unknown => {
    if (stack.length <= (marks.at(-1) ?? 0)) fail('its stack is empty');
    return stack.at(-1);
  };
  const remember = (index: number): void => {
    memo.set(index, top());
  };
  const recall = (index: number): void => {
    if (!memo.has(index)) fail(`it recalls value ${index}, which was never stored`);
    stack.push(memo.get(index));
  };
  const pushGlobal = (module: string, name: string): void => {
    const full = `${module} ${name}`;
    if (!host.globals.has(full) && !host.inert?.has(full)) throw host.refuse(module, name);
    stack.push(new PickleGlobal(full));
  };
  /** The result of calling a global, or of making an object of it. */
  const call = (callee: unknown, args: unknown): unknown => {
    if (callee instanceof PickleGlobal && Array.isArray(args)) {
      if (host.inert?.has(callee.name)) {
        const object = new InertObject();
        object.contents.push(args);
        return object;
      }
      const callable = host.globals.get(callee.name);
      if (callable !== undefined) return callable(args);
    }
    return fail('it calls something that cannot be called');
  };
  const append = (items: unknown[]): void => {
    const list = top();
    if (list instanceof InertObject) {
      list.contents.push(items);
      return;
    }
    if (!Array.isArray(list)) throw error('something other than a list is appended to');
    for (const item of items) list.push(item);
  };
  const setItems = (items: unknown[]): void => {
    const dict = top();
    if (dict instanceof InertObject) {
      dict.contents.push(items);
      return;
    }
    if (!(dict instanceof Map) || items.length % 2 !== 0) {
      throw error('something other than a dict gets items');
    }
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key !== 'string' && typeof key !== 'number') {
        throw error('a key is neither a string nor a number');
      }
      if (dict.has(key)) throw error(`the key ${JSON.stringify(key)} is there twice`);
      dict.set(key, items[i + 1]);
    }
  };
  const tuple = (size: number): void => {
    const items: unknown[] = [];
    for (let i = 0; i < size; i++) items.unshift(pop());
    stack.push(items);
  };

  for (;;) {
    const opcode = bytes[take(1)];
    switch (opcode) {
      // Structure.
      case OP.PROTO:
        if (bytes[take(1)]! > 5) fail('its protocol is newer than 5');
        break;
      case OP.FRAME:
        take(8);
        break;
      case OP.MARK:
        marks.push(stack.length);
        break;
      case OP.STOP: {
        const value = pop();
        if (stack.length > 0 || marks.length > 0) fail('values are left over');
        return { value, end: at };
      }

      // Memo.
      case OP.BINPUT:
        remember(bytes[take(1)]!);
        break;
      case OP.LONG_BINPUT:
        remember(view.getUint32(take(4), true));
        break;
      case OP.MEMOIZE:
        remember(memo.size);
        break;
      case OP.BINGET:
        recall(bytes[take(1)]!);
        break;
      case OP.LONG_BINGET:
        recall(view.getUint32(take(4), true));
        break;

      // Atoms.
      case OP.NONE:
        stack.push(null);
        break;
      case OP.NEWTRUE:
        stack.push(true);
        break;
      case OP.NEWFALSE:
        stack.push(false);
        break;
      case OP.BININT:
        stack.push(view.getInt32(take(4), true));
        break;
      case OP.BININT1:
        stack.push(bytes[take(1)]!);
        break;
      case OP.BININT2:
        stack.push(view.getUint16(take(2), true));
        break;
      case OP.LONG1: {
        const size = bytes[take(1)]!;
        if (size > INTEGER_BYTES) fail(`an integer has more than ${8 * INTEGER_BYTES} bits`);
        const from = take(size);
        let integer = 0n;
        for (let i = 0; i < size; i++) integer |= BigInt(bytes[from + i]!) << BigInt(8 * i);
        const signed = BigInt.asIntN(8 * size, integer);
        stack.push(BigInt(Number(signed)) === signed ? Number(signed) : signed);
        break;
      }
      case OP.BINFLOAT:
        stack.push(view.getFloat64(take(8), false));
        break;
      case OP.SHORT_BINUNICODE:
        stack.push(text(bytes[take(1)]!));
        break;
      case OP.BINUNICODE:
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case OP.SHORT_BINSTRING:
        // A str of Python 2.
        stack.push(text(bytes[take(1)]!));
        break;
      case OP.SHORT_BINBYTES:
        stack.push(raw(bytes[take(1)]!));
        break;
      case OP.BINBYTES:
        stack.push(raw(view.getUint32(take(4), true)));
        break;

      // Tuples, lists, sets, dicts.
      case OP.EMPTY_TUPLE:
      case OP.EMPTY_LIST:
      case OP.EMPTY_SET:
        stack.push([]);
        break;
      case OP.FROZENSET:
        stack.push(popToMark());
        break;
      case OP.TUPLE:
        stack.push(popToMark());
        break;
      case OP.TUPLE1:
        tuple(1);
        break;
      case OP.TUPLE2:
        tuple(2);
        break;
      case OP.TUPLE3:
        tuple(3);
        break;
      case OP.APPEND:
        append([pop()]);
        break;
      case OP.APPENDS:
      case OP.ADDITEMS:
        append(popToMark());
        break;
      case OP.EMPTY_DICT:
        stack.push(new Map());
        break;
      case OP.SETITEM: {
        const value = pop();
        setItems([pop(), value]);
        break;
      }
      case OP.SETITEMS:
        setItems(popToMark());
        break;

      // Globals, calls, state.
      case OP.GLOBAL:
        pushGlobal(line(), line());
        break;
      case OP.STACK_GLOBAL: {
        const name = pop();
        const module = pop();
        if (typeof name !== 'string' || typeof module !== 'string') return fail('a global has no name');
        pushGlobal(module, name);
        break;
      }
      case OP.BINPERSID:
        stack.push(host.persistent(pop()));
        break;
      case OP.REDUCE: {
        const args = pop();
        stack.push(call(pop(), args));
        break;
      }
      case OP.NEWOBJ: {
        // cls.__new__(cls, *args): only of inert classes.
        const args = pop();
        const callee = pop();
        if (!(callee instanceof PickleGlobal) || !host.inert?.has(callee.name))
          return fail('it makes an object of something that is no class');
        stack.push(call(callee, args));
        break;
      }
      case OP.BUILD: {
        // Attributes of a dict are dropped (PyTorch sets `_metadata` on its state dicts).
        const state = pop();
        const object = top();
        if (object instanceof InertObject) object.contents.push(state);
        else if (!(object instanceof Map)) fail('it sets attributes of something other than a dict');
        break;
      }

      default:
        fail(`opcode 0x${opcode!.toString(16)} is not needed for plain data and is not supported`);
    }
  }
}
