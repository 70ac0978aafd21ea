import type { SearchObserver, SearchProgress } from '../search/search.js';
import { ProgressLine } from './progress-line.js';

/** One line on standard error that follows a search, on a terminal only. */
export class SearchProgressLine extends ProgressLine implements SearchObserver {
  progress(progress: SearchProgress): void {
    this.show(searchProgressText(progress));
  }
}

/** What a search is at. */
export function searchProgressText({
  lowerBound,
  upperBound,
  lowerFrom,
  upperFrom,
  nodes,
  programs,
  seconds,
}: SearchProgress): string {
  return `searching: ${lowerBound}${by(lowerFrom)} to ${Number.isFinite(upperBound) ? upperBound : '?'}${by(upperFrom)}, ${nodes.toLocaleString('en-US')} nodes, ${programs.toLocaleString('en-US')} programs, ${seconds.toFixed(0)} s`;
}

/** What found a bound, in brackets. */
function by(source: SearchProgress['lowerFrom'] | SearchProgress['upperFrom']): string {
  return source === 'nothing' ? '' : ` (${source})`;
}
