import type { SearchObserver, SearchProgress } from '../search/search.js';
import { ProgressLine } from './progress-line.js';

/** One line on standard error that follows a search, on a terminal only. */
export class SearchProgressLine extends ProgressLine implements SearchObserver {
  progress({ lowerBound, upperBound, nodes, programs, seconds }: SearchProgress): void {
    if (!this.shown) return;
    const text = `searching: between ${lowerBound} and ${upperBound}, ${nodes.toLocaleString('en-US')} nodes, ${programs.toLocaleString('en-US')} programs, ${seconds.toFixed(0)} s`;
    this.show(text);
  }
}
