import { answerRequests } from '../threads/worker-thread.js';
import { createLocalSearch } from './create.js';
import type { Hinges } from './hinges.js';
import { fromPlainCloud, fromPlainNetwork, type PlainNetwork, plainNetwork } from './plain.js';
import type { LocalRequest } from './thread.js';

/** Multiplications between two looks at messages, and without a gain until the search ends: it would only take time from others. */
const TURN = 10_000_000;
const PATIENCE = 120_000_000_000;

/** The worker thread of `LocalThread`. */
answerRequests<LocalRequest, null, PlainNetwork, Hinges>(async (setup, report, hear) => {
  const signals = new Int32Array(setup.signals);
  const search = createLocalSearch(
    { ...setup, centred: fromPlainCloud(setup.centred), plain: setup.plain && fromPlainCloud(setup.plain) },
    () => Atomics.load(signals, 0) !== 0,
  );
  if (setup.start !== null) search.addNetwork(fromPlainNetwork(setup.start));
  hear((hinges) => search.addHinges(hinges));
  let gained = 0;
  while (Atomics.load(signals, 0) === 0 && !search.done && search.work - gained < PATIENCE) {
    search.setBounds(Atomics.load(signals, 1), Atomics.load(signals, 2));
    const network = search.advance(TURN);
    if (network !== null) {
      gained = search.work;
      report(plainNetwork(network));
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return null;
});
