/**
 * The walk of p from 0 upward in proved intervals towards a number that is at most `upper`, near `root`: how long the next interval is.
 * All ends are multiples of `grid`, hence exact doubles.
 *
 * Bounds over [a, b] lose (b - a)^2 times something, and near a crossing at distance d the margin is proportional to d. So intervals grow
 * while they succeed, shrink when they fail, and near a root the part of the way left behind, `rest`, is squared after each success: the
 * distance to the root falls quadratically.
 */
export class Ascent {
  /** Everything up to here is proved. */
  lower = 0;
  /** A proved upper bound; 1 until something is found. */
  upper = 1;
  private root: number | null = null;
  private step: number;
  private rest: number;
  private to = 0;
  private byRest = false;

  constructor(
    private readonly grid: number,
    firstStep: number,
    /** Least distance from the root at which an interval ends. */
    private readonly margin: number,
    /** Points at which an interval ends rather than pass over them. */
    private readonly stops: readonly number[],
    /** Where the walk ends unless something is found before. */
    private readonly goal = 1,
  ) {
    this.step = firstStep;
    this.rest = 1 / 16;
  }

  /** The right end of the next interval; `lower` when there is none. */
  next(): number {
    const { grid, lower } = this;
    const goal = this.root ?? this.goal;
    const distance = goal - lower;
    const behind = this.root === null ? 0 : Math.max(this.margin, distance * this.rest);
    const room = distance - behind;
    this.byRest = this.root !== null && room <= this.step;
    const length = Math.floor(Math.min(this.step, room) / grid) * grid;
    let to = lower + length;
    for (const stop of this.stops) if (lower < stop && to > stop) to = stop;
    this.to = to;
    return to;
  }

  succeeded(): void {
    const reached = this.to - this.lower;
    this.lower = this.to;
    this.step = Math.max(this.step, 2 * reached);
    if (this.byRest) this.rest = Math.max(this.rest * this.rest, 2 ** -40);
  }

  /** False when intervals cannot get shorter. */
  failed(): boolean {
    const length = this.to - this.lower;
    if (length <= this.grid) return false;
    this.step = Math.max(this.grid, length / 4);
    this.rest = Math.sqrt(this.rest);
    return true;
  }

  /** Something happens at `upper`, proved, and presumably from `root` on. */
  found(root: number, upper: number): void {
    this.root = root;
    this.upper = upper;
    this.rest = 1 / 16;
  }

  /** True when the walk has come as near to the root, or to its goal, as it can. */
  get arrived(): boolean {
    return (
      this.lower >= this.goal || (this.root !== null && this.root - this.lower <= this.margin + this.grid)
    );
  }
}
