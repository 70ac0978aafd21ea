import type { SearchObserver, SearchProgress } from '../search/search.js';
import type { CommonOptions } from './common.js';

/** One line on standard error that follows a search, on a terminal only. */
export class SearchProgressLine implements SearchObserver {
  private readonly shown: boolean;
  private written = false;

  constructor({ quiet }: CommonOptions) {
    this.shown = quiet !== true && process.stderr.isTTY === true;
  }

  progress({ lowerBound, upperBound, nodes, programs, seconds }: SearchProgress): void {
    if (!this.shown) return;
    const text = `searching: between ${lowerBound} and ${upperBound}, ${nodes.toLocaleString('en-US')} nodes, ${programs.toLocaleString('en-US')} programs, ${seconds.toFixed(0)} s`;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.written = true;
  }

  clear(): void {
    if (this.written) process.stderr.write('\r\x1b[K');
  }
}
