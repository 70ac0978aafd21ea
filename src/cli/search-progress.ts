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
  share,
  seconds,
}: SearchProgress): string {
  const rate = seconds > 0 ? Math.round(nodes / seconds) : 0;
  // Rounded down, so that 100 % is never said of what is not done.
  const tree =
    share > 0 ? `, ${Math.floor(100 * share)} % of the cases for ${lowerBound} done (by depth)` : '';
  return `searching: ${lowerBound}${by(lowerFrom)} to ${Number.isFinite(upperBound) ? upperBound : '?'}${by(upperFrom)}${tree}, ${nodes.toLocaleString('en-US')} nodes, ${rate.toLocaleString('en-US')} a second, ${seconds.toFixed(0)} s`;
}

/** What found a bound, in brackets. */
function by(source: SearchProgress['lowerFrom'] | SearchProgress['upperFrom']): string {
  return source === 'nothing' ? '' : ` (${source})`;
}
