/** Does something as soon as the command that runs in this process has begun: when it listens for Ctrl-C. */
export function whenBegun(action: () => void): void {
  const listens = (event: string | symbol) => {
    if (event !== 'SIGINT') return;
    process.off('newListener', listens);
    // The event comes before the listener is there.
    queueMicrotask(action);
  };
  process.on('newListener', listens);
}
