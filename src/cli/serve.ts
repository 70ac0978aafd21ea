import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { InputError } from '../problem/input-error.js';
import { ThreadEnded, WorkerThread, workerFile } from '../threads/worker-thread.js';
import { EXIT, type ExitCode, runCommand, wholeNumber } from './common.js';
import { SERVED } from './program.js';
import {
  commandOf,
  ERRORS,
  MESSAGE_LIMITS,
  type Message,
  MessageError,
  MessageReader,
  PROTOCOL,
  type RequestId,
  type Command as ServedCommand,
} from './serve-messages.js';
import type { CommandResult } from './serve-worker.js';
import { version } from './version.js';

type Thread = WorkerThread<ServedCommand, CommandResult, never, 'interrupt'>;

/** A request that has not been answered. */
interface Open {
  readonly command: ServedCommand;
  /** Null while it waits. */
  thread: Thread | null;
  cancelled: boolean;
}

/** Milliseconds between two looks at the parent, once standard input has ended. */
const PARENT_TURN = 500;

/** `serve`: answers requests on standard input until that ends. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'Answer requests of another program: newline-delimited JSON-RPC on standard input and output (docs/serve.md).',
    )
    .option(
      '--requests <n>',
      'requests that are answered at the same time, each in a thread of its own (default: one per core)',
      wholeNumber(1, 64),
    )
    .action(({ requests }: { requests?: number }) =>
      runCommand('serve', () => new Server(requests ?? availableParallelism()).run()),
    );
}

/** One conversation. */
class Server {
  private readonly open = new Map<RequestId, Open>();
  private readonly idle: Thread[] = [];
  private running = 0;
  private greeted = false;
  private settled: () => void = () => {};

  constructor(private readonly most: number) {}

  /** Answers until standard input has ended and every request has its answer. */
  async run(): Promise<ExitCode> {
    const reader = new MessageReader(
      (message) => this.receive(message),
      ({ id, code, message }) => this.sendError(id, code, message),
    );
    const parent = process.ppid;
    for await (const bytes of process.stdin) reader.push(bytes as Uint8Array);
    // A caller that is gone wants no answers; one that has only asked all that it had to ask does.
    const orphaned = setInterval(() => {
      if (!isAlive(parent)) process.exit(EXIT.ok);
    }, PARENT_TURN);
    while (this.open.size > 0) {
      await new Promise<void>((resolve) => {
        this.settled = resolve;
      });
    }
    clearInterval(orphaned);
    await Promise.all(this.idle.map((thread) => thread.terminate()));
    return EXIT.ok;
  }

  private receive(message: Message): void {
    const id = idOf(message.object.id);
    try {
      this.take(id, message);
    } catch (error) {
      // An id that is taken belongs to the other request.
      const known = id !== null && this.open.has(id) ? null : id;
      if (error instanceof MessageError) this.sendError(known, error.code, error.message);
      else if (error instanceof InputError) this.sendError(known, ERRORS.parameters, error.message);
      else throw error;
    }
  }

  /** @throws MessageError or InputError when the message is refused */
  private take(id: RequestId | null, message: Message): void {
    const { method, params } = message.object;
    if (typeof method !== 'string')
      throw new MessageError(ERRORS.invalid, 'expected a request with a "method", found none');
    if (method === 'cancel') {
      this.cancel((params ?? {}) as { id?: RequestId; hard?: boolean });
      return;
    }
    if (id === null)
      throw new MessageError(ERRORS.invalid, 'expected a request with an "id", a number or a text');
    if (this.open.has(id))
      throw new MessageError(
        ERRORS.invalid,
        'expected the id of no request that waits for its answer; take another',
      );
    if (method === 'initialize') {
      this.greet(id, (params ?? {}) as { protocol?: unknown });
      return;
    }
    if (!this.greeted)
      throw new MessageError(ERRORS.invalid, 'expected "initialize" first, with the version of the protocol');
    if (!SERVED.includes(method))
      throw new MessageError(
        ERRORS.unknown,
        `expected one of ${SERVED.join(', ')}, found the method "${method}"`,
      );
    if (this.open.size - this.running >= MESSAGE_LIMITS.waiting)
      throw new MessageError(ERRORS.busy, `${MESSAGE_LIMITS.waiting} requests are waiting; ask again later`);
    this.open.set(id, { command: commandOf(method, message), thread: null, cancelled: false });
    this.startNext();
  }

  private greet(id: RequestId, { protocol }: { protocol?: unknown }): void {
    if (protocol !== PROTOCOL)
      throw new MessageError(
        ERRORS.parameters,
        `expected version ${PROTOCOL} of the protocol, found ${JSON.stringify(protocol) ?? 'none'}; sparsest ${version()} speaks no other`,
      );
    this.greeted = true;
    this.send(id, 'result', {
      name: 'sparsest',
      version: version(),
      protocol: PROTOCOL,
      node: process.version,
      commands: SERVED,
      limits: { ...MESSAGE_LIMITS, requests: this.most },
    });
    // The first question should not wait for it.
    this.idle.push(newThread());
  }

  /** Gives the next request that waits to a thread, while there is one. */
  private startNext(): void {
    for (const [id, request] of this.open) {
      if (this.running >= this.most) return;
      if (request.thread === null) void this.answer(id, request);
    }
  }

  private async answer(id: RequestId, request: Open): Promise<void> {
    this.running++;
    const thread = this.idle.pop() ?? newThread();
    request.thread = thread;
    try {
      this.sendResult(id, await thread.ask(request.command));
    } catch (error) {
      if (!(error instanceof ThreadEnded)) throw error;
      if (request.cancelled) this.sendError(id, ERRORS.cancelled, 'cancelled');
      else {
        const what = `internal error: the request ended its thread (${error.message}); other requests go on`;
        this.sendError(id, EXIT.internal, what);
      }
    }
    if (thread.alive) this.idle.push(thread);
    this.open.delete(id);
    this.running--;
    this.startNext();
    this.settled();
  }

  /** A request ends with what it has reached; at once and with nothing, when it is hard or has not begun. */
  private cancel({ id, hard = false }: { id?: RequestId; hard?: boolean }): void {
    const request = id === undefined ? undefined : this.open.get(id);
    // It may have been answered in the meantime.
    if (request === undefined) return;
    if (request.thread === null) {
      this.open.delete(id!);
      this.sendError(id!, ERRORS.cancelled, 'cancelled before it began');
      this.settled();
    } else if (hard) {
      request.cancelled = true;
      void request.thread.terminate();
    } else request.thread.tell('interrupt');
  }

  private sendResult(id: RequestId, { exitCode, output, notices, files }: CommandResult): void {
    if (exitCode === EXIT.usage || exitCode === EXIT.internal) {
      this.sendError(id, exitCode, messageOf(notices));
      return;
    }
    const listed = [...files].map(([name, bytes]) => ({ name, bytes: bytes.length }));
    // What the command has printed is JSON already.
    const answer = output.startsWith('{') ? output.trimEnd() : 'null';
    process.stdout.write(
      `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"exitCode":${exitCode},"notices":${JSON.stringify(notices)},"files":${JSON.stringify(listed)},"answer":${answer}}}\n`,
    );
    for (const bytes of files.values()) process.stdout.write(bytes);
  }

  private sendError(id: RequestId | null, code: number, message: string): void {
    this.send(id, 'error', { code, message });
  }

  private send(id: RequestId | null, kind: 'result' | 'error', value: unknown): void {
    process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, [kind]: value })}\n`);
  }
}

function newThread(): Thread {
  return new WorkerThread(workerFile('./serve-worker.js', import.meta.url));
}

function idOf(id: unknown): RequestId | null {
  return typeof id === 'number' || typeof id === 'string' ? id : null;
}

/** What a command said when it failed, without its name before it. */
function messageOf(notices: string): string {
  return notices
    .trim()
    .replace(/^(?:error|[a-z-]+): /, '')
    .replace(/\n\(add --help for the options\)$/, '');
}

/** Whoever started this program is still there. */
function isAlive(parent: number): boolean {
  if (process.ppid !== parent) return false;
  try {
    process.kill(parent, 0);
    return true;
  } catch {
    return false;
  }
}
