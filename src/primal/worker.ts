import { parentPort, workerData } from 'node:worker_threads';
import { createLocalSearch } from './create.js';
import type { Hinges } from './hinges.js';
import { fromPlainCloud, fromPlainNetwork, plainNetwork } from './plain.js';
import type { LocalMessage, LocalThreadSetup } from './thread.js';

/** Multiplications between two looks at messages, and without a gain until the thread ends: it would only take time from others. */
const TURN = 10_000_000;
const PATIENCE = 120_000_000_000;

/** The worker thread of `LocalThread`. */
async function run(): Promise<void> {
  const setup = workerData as LocalThreadSetup;
  const signals = new Int32Array(setup.signals);
  const search = createLocalSearch(
    { ...setup, centred: fromPlainCloud(setup.centred), plain: setup.plain && fromPlainCloud(setup.plain) },
    () => Atomics.load(signals, 0) !== 0,
  );
  if (setup.start !== null) search.addNetwork(fromPlainNetwork(setup.start));
  parentPort!.on('message', (hinges: Hinges) => search.addHinges(hinges));
  let gained = 0;
  while (Atomics.load(signals, 0) === 0 && !search.done && search.work - gained < PATIENCE) {
    search.setBounds(Atomics.load(signals, 1), Atomics.load(signals, 2));
    const network = search.advance(TURN);
    if (network !== null) {
      gained = search.work;
      const message: LocalMessage = { network: plainNetwork(network) };
      parentPort!.postMessage(message);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  parentPort!.close();
}

await run();
