import { type ChildProcess, spawn } from 'node:child_process';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  commandOf,
  MESSAGE_LIMITS,
  type Message,
  type MessageError,
  MessageReader,
} from '../../src/cli/serve-messages.js';
import { SPARSEST } from '../support/command-line.js';

const PEAK = { format: 'sparsest-instance', version: 1, x: [-2, -1, 0, 1, 2, 3], y: [0, 0, 1, 1, 0, 0] };

interface Response {
  readonly id: number | string | null;
  readonly result?: {
    readonly exitCode: number;
    readonly answer: { readonly status: string; readonly objective: Record<string, unknown> };
    readonly files: readonly { readonly name: string; readonly bytes: number }[];
  } & Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A caller: sends messages and takes the answers apart, files included. */
class Caller {
  readonly process: ChildProcess;
  private bytes = Buffer.alloc(0);
  private readonly arrived: { response: Response; files: Map<string, Buffer> }[] = [];
  private wake: () => void = () => {};

  constructor(...words: string[]) {
    this.process = spawn(process.execPath, [SPARSEST, 'serve', ...words]);
    this.process.stdout!.on('data', (chunk: Buffer) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      while (this.takeOne()) this.wake();
    });
  }

  private takeOne(): boolean {
    const end = this.bytes.indexOf(10);
    if (end < 0) return false;
    const response = JSON.parse(this.bytes.subarray(0, end).toString()) as Response;
    const files = new Map<string, Buffer>();
    let at = end + 1;
    for (const { name, bytes } of response.result?.files ?? []) {
      if (this.bytes.length < at + bytes) return false;
      files.set(name, this.bytes.subarray(at, at + bytes));
      at += bytes;
    }
    this.bytes = this.bytes.subarray(at);
    this.arrived.push({ response, files });
    return true;
  }

  send(message: unknown, ...files: Uint8Array[]): void {
    this.process.stdin!.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    for (const file of files) this.process.stdin!.write(file);
  }

  async next(): Promise<{ response: Response; files: Map<string, Buffer> }> {
    while (this.arrived.length === 0) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.arrived.shift()!;
  }

  async ask(message: unknown, ...files: Uint8Array[]): Promise<Response> {
    this.send(message, ...files);
    return (await this.next()).response;
  }

  greet(): Promise<Response> {
    return this.ask({ jsonrpc: '2.0', id: 'hello', method: 'initialize', params: { protocol: 1 } });
  }
}

const callers: Caller[] = [];
function caller(...words: string[]): Caller {
  callers.push(new Caller(...words));
  return callers.at(-1)!;
}
afterEach(() => {
  for (const { process } of callers.splice(0)) process.kill('SIGKILL');
});

const solving = (id: number | string, options: object = {}, content: unknown = PEAK) => ({
  id,
  method: 'solve',
  params: { arguments: ['d.json'], options, files: [{ name: 'd.json', text: JSON.stringify(content) }] },
});

/** Closing its bracket takes far longer than any test waits. */
const HARD = {
  id: 'hard',
  method: 'solve',
  params: { arguments: ['instances/stackloss.csv'], options: { tolerance: 0.5, threads: 1 } },
};

describe('a conversation', () => {
  it('begins with the version, answers questions with files both ways, and refuses what is wrong', async () => {
    const { ask, greet, send, next } = bound(caller());
    expect((await ask(solving(0))).error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('initialize'),
    });
    expect((await ask({ id: 0, method: 'initialize', params: { protocol: 2 } })).error!.message).toMatch(
      /version 1/,
    );
    const { result } = await greet();
    expect(result).toMatchObject({ name: 'sparsest', protocol: 1, limits: MESSAGE_LIMITS });
    expect(result!.commands).toContain('solve');
    expect(result!.commands).not.toContain('serve');

    expect(await ask(solving(1))).toMatchObject({
      jsonrpc: '2.0',
      id: 1,
      result: { exitCode: 0, answer: { status: 'optimal', objective: { value: 3 } } },
    });

    // Binary data, and the certificate back, which the checker takes with the same data.
    const bytes = new TextEncoder().encode(JSON.stringify(PEAK));
    send(
      {
        id: 'a',
        method: 'solve',
        params: {
          arguments: ['d'],
          options: { format: 'json', certificate: 'p.json.gz' },
          files: [{ name: 'd', bytes: bytes.length }],
          take: ['p.json.gz', 'unwritten.csv'],
        },
      },
      bytes,
    );
    const { response, files } = await next();
    expect(response.result!.files.map(({ name }) => name)).toEqual(['p.json.gz']);
    const proof = files.get('p.json.gz')!;
    const checked = await ask(
      {
        id: 'b',
        method: 'check',
        params: {
          arguments: ['d', 'p.json.gz'],
          options: { format: 'json' },
          files: [
            { name: 'd', bytes: bytes.length },
            { name: 'p.json.gz', bytes: proof.length },
          ],
        },
      },
      bytes,
      proof,
    );
    expect(checked.result!.answer).toMatchObject({ accepted: true });

    for (const [message, code, text] of [
      ['nonsense', -32700, /JSON object/],
      ['[]', -32600, /another value/],
      [{ id: 2 }, -32600, /"method"/],
      [{ method: 'solve' }, -32600, /"id"/],
      [{ id: 2, method: 'serve' }, -32601, /expected one of solve/],
      [{ id: 2, method: 'solve', params: { words: [] } }, -32602, /found "words"/],
      [{ id: 2, method: 'solve', params: { options: { json: false } } }, -32602, /found "json"/],
      [{ id: 2, method: 'solve', params: { options: { '-p': 1 } } }, -32602, /found "-p"/],
      [{ id: 2, method: 'solve', params: { arguments: [1] } }, -32602, /array of strings/],
      [{ id: 2, method: 'solve', params: { files: [{ name: 'a' }] } }, -32602, /params.files/],
      [{ id: 2, method: 'solve', params: { files: [{ name: 'a', bytes: 2 ** 40 }] } }, -32600, /at most/],
    ] as const) {
      const answer = await ask(message);
      expect({ message, ...answer.error }).toMatchObject({ code, message: expect.stringMatching(text) });
      // What was announced is read over.
      if (String(text).includes('at most')) break;
    }
  });

  it('says what a command says about unusable input, and goes on', async () => {
    const { ask, greet } = bound(caller());
    await greet();
    expect((await ask({ id: 1, method: 'solve', params: { arguments: ['absent.csv'] } })).error).toEqual({
      code: 2,
      message: 'absent.csv: no such file; check the path',
    });
    expect((await ask({ id: 1, method: 'solve', params: { arguments: ['-'] } })).error).toMatchObject({
      code: 2,
      message: expect.stringContaining('standard input carries the requests'),
    });
    expect((await ask(solving(2, { depth: 3 }))).error).toEqual({
      code: 2,
      message: "unknown option '--depth=3'",
    });
    expect((await ask(solving(3, { convex: true }))).result).toMatchObject({ exitCode: 1 });
    expect((await ask(solving(4, { header: true }))).result).toMatchObject({ exitCode: 0 });
  });

  it('answers several requests at a time, each by its id; one ends, is cancelled or crashes without the others', async () => {
    const { ask, greet, send, next } = bound(caller('--requests', '2'));
    await greet();
    send(HARD);
    expect((await ask(solving('quick'))).id).toBe('quick');
    expect((await ask({ ...HARD, id: 'hard' })).error!.message).toMatch(/take another/);
    send(HARD);
    await next();
    // One waits for a thread, and is cancelled before it has one.
    send({ ...HARD, id: 'second' });
    send({ ...HARD, id: 'third' });
    expect(await ask({ method: 'cancel', params: { id: 'third' } })).toMatchObject({
      id: 'third',
      error: { code: -32800 },
    });
    expect(await ask({ method: 'cancel', params: { id: 'second', hard: true } })).toMatchObject({
      id: 'second',
      error: { code: -32800, message: 'cancelled' },
    });
    // Asked to end, a search gives the bracket that it has reached.
    const ended = await ask({ method: 'cancel', params: { id: 'hard' } });
    expect(ended).toMatchObject({ id: 'hard', result: { exitCode: 3, answer: { status: 'bracket' } } });
    expect((await ask(solving('after'))).result!.answer.status).toBe('optimal');
  });

  it('ends when its input has ended and all is answered', async () => {
    const { greet, send, next, process } = bound(caller());
    await greet();
    send(solving(1));
    process.stdin!.end();
    expect((await next()).response.result!.answer.status).toBe('optimal');
    expect(await new Promise((resolve) => process.on('exit', resolve))).toBe(0);
  });
});

function bound(caller: Caller) {
  return {
    process: caller.process,
    ask: caller.ask.bind(caller),
    greet: caller.greet.bind(caller),
    send: caller.send.bind(caller),
    next: caller.next.bind(caller),
  };
}

describe('the reader of messages', () => {
  const read = (bytes: Uint8Array, cuts: readonly number[]) => {
    const messages: Message[] = [];
    const errors: MessageError[] = [];
    const reader = new MessageReader(
      (message) => messages.push(message),
      (error) => errors.push(error),
    );
    let at = 0;
    for (const cut of [...cuts].sort((a, b) => a - b)) {
      reader.push(bytes.subarray(at, cut));
      at = Math.max(at, cut);
    }
    reader.push(bytes.subarray(at));
    return { messages, errors };
  };

  it('finds the same messages however their bytes arrive', () => {
    const content = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ id: fc.nat(), files: fc.array(content, { maxLength: 3 }) }), { maxLength: 5 }),
        fc.array(fc.nat(2000), { maxLength: 12 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(
            sent.flatMap(({ id, files }) => [
              Buffer.from(
                `${JSON.stringify({ id, params: { files: files.map((file, i) => ({ name: `f${i}`, bytes: file.length })) } })}\n`,
              ),
              ...files,
            ]),
          );
          const { messages, errors } = read(
            bytes,
            cuts.map((cut) => cut % (bytes.length + 1)),
          );
          expect(errors).toEqual([]);
          expect(messages.map(({ object }) => object.id)).toEqual(sent.map(({ id }) => id));
          messages.forEach(({ files }, k) => {
            expect([...files.values()].map((file) => [...file])).toEqual(
              sent[k]!.files.map((file) => [...file]),
            );
          });
        },
      ),
    );
  });

  it('reads over a line that is too long, and files that are too large, and goes on behind them', () => {
    const messages: Message[] = [];
    const errors: MessageError[] = [];
    const reader = new MessageReader(
      (message) => messages.push(message),
      (error) => errors.push(error),
    );
    const part = new Uint8Array(1 << 24).fill(32);
    for (let i = 0; i < 5; i++) reader.push(part);
    reader.push(Buffer.from('\n{"id":1}\n'));
    expect(errors.map(({ code }) => code)).toEqual([-32600]);
    const large = MESSAGE_LIMITS.files + 1;
    reader.push(Buffer.from(`{"id":2,"params":{"files":[{"name":"a","bytes":${large}}]}}\n`));
    for (let left = large; left > 0; left -= part.length)
      reader.push(part.subarray(0, Math.min(left, part.length)));
    reader.push(Buffer.from('{"id":3}\n'));
    expect(errors.map(({ id }) => id)).toEqual([null, 2]);
    expect(messages.map(({ object }) => object.id)).toEqual([1, 3]);
  });

  it('makes the words of the command line', () => {
    const options = {
      tolerance: '1/3',
      convex: true,
      concave: false,
      header: false,
      claim: ['a', 'b'],
      seed: 3,
      p: null,
    };
    const object = { params: { arguments: ['-x.csv'], options } };
    expect(commandOf('solve', { object, files: new Map() }).words).toEqual([
      ...['--json', '--tolerance=1/3', '--convex', '--no-header', '--claim=a', '--claim=b', '--seed=3'],
      ...['--', '-x.csv'],
    ]);
  });
});
