/** Asks running work to end with what it has, on Ctrl-C and SIGTERM; a second signal ends the process at once. */
export interface Interrupt {
  /** Aborted when a signal came, or by `stop`. */
  readonly signal: AbortSignal;
  stop(): void;
  /** Gives the signals back. */
  release(): void;
}

export function catchInterrupts(): Interrupt {
  const abort = new AbortController();
  const stop = () => abort.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return {
    signal: abort.signal,
    stop,
    release: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}
