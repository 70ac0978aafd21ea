import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const CHROMIUM = '/usr/bin/chromium';

/** True when there is a browser to open pages in. */
export const hasBrowser = existsSync(CHROMIUM);

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
  readonly media?: 'screen' | 'print';
}

/** One tab of a headless browser. */
export interface Tab {
  /** Opens a file and waits until it is loaded. */
  open(path: string, view: View): Promise<void>;
  /** The value of an expression in the page, as JSON. */
  evaluate<T>(expression: string): Promise<T>;
  /** What the browser complained about, and addresses that pages asked for, since the tab was opened. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts a browser of its own and talks to it through pipes (the DevTools protocol: JSON messages that end in a zero byte). */
export async function openTab(): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'sparsest-browser-'));
  const browser = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const [toBrowser, fromBrowser] = [browser.stdio[3] as Writable, browser.stdio[4] as Readable];

  const answers = new Map<number, (message: Message) => void>();
  const loaded = new Set<() => void>();
  const complaints: string[] = [];
  const requests: string[] = [];
  const hear = ({ id, method, params = {}, ...rest }: Message) => {
    if (id !== undefined) answers.get(id)?.({ id, ...rest });
    if (method === 'Page.loadEventFired') for (const resolve of loaded) resolve();
    if (method === 'Runtime.exceptionThrown' || method === 'Runtime.consoleAPICalled') {
      complaints.push(JSON.stringify(params));
    }
    if (method === 'Log.entryAdded') complaints.push(JSON.stringify(params));
    if (method === 'Network.requestWillBeSent') requests.push((params.request as { url: string }).url);
  };
  let pending = '';
  fromBrowser.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (pending + chunk).split('\0');
    pending = messages.pop()!;
    for (const message of messages) hear(JSON.parse(message) as Message);
  });

  let last = 0;
  const send = async (method: string, params: object = {}, sessionId?: string) => {
    const id = ++last;
    const answer = new Promise<Message>((resolve) => answers.set(id, resolve));
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result = {}, error } = await answer;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const inTab = (method: string, params: object = {}) => send(method, params, sessionId as string);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await inTab(`${domain}.enable`);

  return {
    complaints,
    requests,
    async open(path, { width, scheme, media = 'screen' }) {
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      await inTab('Emulation.setEmulatedMedia', { media, features });
      await inTab('Emulation.setDeviceMetricsOverride', {
        width,
        height: 900,
        deviceScaleFactor: 1,
        mobile: width < 600,
      });
      const load = new Promise<void>((resolve) => loaded.add(resolve));
      await inTab('Page.navigate', { url: `file://${path}` });
      await load;
    },
    async evaluate<T>(expression: string) {
      const { result, exceptionDetails } = await inTab('Runtime.evaluate', {
        expression: `JSON.stringify(${expression})`,
        returnByValue: true,
      });
      if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
      return JSON.parse((result as { value: string }).value) as T;
    },
    async close() {
      await send('Browser.close');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}
