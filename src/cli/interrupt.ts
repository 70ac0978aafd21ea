/** Asks running work to end with what it has, on Ctrl-C and SIGTERM; a second signal ends the process at once. */
export interface Interrupt {
  requested(): boolean;
  /** Gives the signals back. */
  release(): void;
}

export function catchInterrupts(): Interrupt {
  let requested = false;
  const handler = (signal: NodeJS.Signals): void => {
    if (requested) process.exit(signal === 'SIGINT' ? 130 : 143);
    requested = true;
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    requested: () => requested,
    release: () => {
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
