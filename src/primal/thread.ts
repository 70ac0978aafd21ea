import type { Network } from '../problem/network.js';
import { WorkerThread, workerFile } from '../threads/worker-thread.js';
import type { Hinges } from './hinges.js';
import type { LocalSetup } from './local-search.js';
import { fromPlainNetwork, type PlainCloud, type PlainNetwork, plainCloud, plainNetwork } from './plain.js';

/** What the worker thread is asked: to search until it is stopped. `signals`: three Int32: stop, lower bound, upper bound. */
export interface LocalRequest extends Omit<LocalSetup, 'centred' | 'plain'> {
  readonly centred: PlainCloud;
  readonly plain: PlainCloud | null;
  readonly start: PlainNetwork | null;
  readonly signals: SharedArrayBuffer;
}

const NO_BOUND = 2 ** 31 - 1;

/** A local search in a thread of its own, which reports networks and hears of hinges to start from. Loaded on demand: threads need Node. */
export class LocalThread {
  private readonly thread = new WorkerThread<LocalRequest, null, PlainNetwork, Hinges>(
    workerFile('./worker.js', import.meta.url),
  );
  private readonly signals: Int32Array;

  /** @param found called with every network, each smaller than those before */
  constructor(setup: LocalSetup, start: Network | null, found: (network: Network) => void) {
    const signals = new SharedArrayBuffer(12);
    this.signals = new Int32Array(signals);
    this.setBounds(setup.lowerBound, setup.upperBound);
    const request: LocalRequest = {
      ...setup,
      centred: plainCloud(setup.centred),
      plain: setup.plain && plainCloud(setup.plain),
      start: start && plainNetwork(start),
      signals,
    };
    // What it finds is a gift: when it ends the search goes on as before.
    this.thread.ask(request, (network) => found(fromPlainNetwork(network))).catch(() => {});
  }

  setBounds(lowerBound: number, upperBound: number): void {
    Atomics.store(this.signals, 1, lowerBound);
    Atomics.store(this.signals, 2, Math.min(upperBound, NO_BOUND));
  }

  addHinges(hinges: Hinges): void {
    this.thread.tell(hinges);
  }

  async close(): Promise<void> {
    Atomics.store(this.signals, 0, 1);
    await this.thread.terminate();
  }
}
