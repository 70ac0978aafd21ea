import { Worker } from 'node:worker_threads';
import type { Network } from '../problem/network.js';
import type { Hinges } from './hinges.js';
import type { LocalSetup } from './local-search.js';
import { fromPlainNetwork, type PlainCloud, type PlainNetwork, plainCloud, plainNetwork } from './plain.js';

/** What the worker thread starts with. `signals`: three Int32: stop, lower bound, upper bound. */
export interface LocalThreadSetup extends Omit<LocalSetup, 'centred' | 'plain'> {
  readonly centred: PlainCloud;
  readonly plain: PlainCloud | null;
  readonly start: PlainNetwork | null;
  readonly signals: SharedArrayBuffer;
}

/** From the worker: a network. To it: `Hinges` to start from. */
export interface LocalMessage {
  readonly network: PlainNetwork;
}

const NO_BOUND = 2 ** 31 - 1;

/** A local search in a thread of its own. Loaded on demand: only this module and the worker need Node. */
export class LocalThread {
  private readonly worker: Worker;
  private readonly signals: Int32Array;

  /** @param found called with every network, each smaller than those before */
  constructor(setup: LocalSetup, start: Network | null, found: (network: Network) => void) {
    const signals = new SharedArrayBuffer(12);
    this.signals = new Int32Array(signals);
    this.setBounds(setup.lowerBound, setup.upperBound);
    const data: LocalThreadSetup = {
      ...setup,
      centred: plainCloud(setup.centred),
      plain: setup.plain && plainCloud(setup.plain),
      start: start && plainNetwork(start),
      signals,
    };
    this.worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: data });
    this.worker.on('message', ({ network }: LocalMessage) => found(fromPlainNetwork(network)));
    // What it finds is a gift: without it the search goes on as before.
    this.worker.on('error', () => {});
  }

  setBounds(lowerBound: number, upperBound: number): void {
    Atomics.store(this.signals, 1, lowerBound);
    Atomics.store(this.signals, 2, Math.min(upperBound, NO_BOUND));
  }

  addHinges(hinges: Hinges): void {
    this.worker.postMessage(hinges);
  }

  async close(): Promise<void> {
    Atomics.store(this.signals, 0, 1);
    await this.worker.terminate();
  }
}
