import type { Random } from '../exact/random.js';
import type { Share } from './branch.js';
import { type Directions, inOneCone } from './directions.js';
import { type Basis, KIND, Master } from './master.js';

/** A network made of rays, in doubles: a proposal. Shares of one group are one neuron. */
export interface VertexProposal {
  readonly groups: readonly (readonly Share[])[];
  readonly cost: number;
}

/** Settings of `searchVertices`. */
export const VERTEX_SEARCH = {
  /** Reweighted l^1 starts. */
  starts: 30,
  /** Rounds of reweighting a start. */
  rounds: 6,
  /** Masses below this are zero. */
  zero: 1e-11,
} as const;

/** Networks made of rays whose activations add up to labels inside the windows, from cheap to cheaper. */
export class VertexSearch {
  private readonly rows: number;
  private readonly size: number;
  private readonly penalised: number;
  private readonly right: Float64Array;
  private readonly widths: Float64Array | null;
  /** One unit of a ray's cost, always 1: rays are scaled to |r| = 1. */
  private readonly master: Master;
  private readonly compatible = new Map<number, boolean>();

  constructor(
    private readonly rays: Directions,
    private readonly exponent: number,
    lower: Float64Array,
    upper: Float64Array,
  ) {
    const { rows, projection } = rays;
    this.rows = rows;
    this.size = rays.question.size;
    this.penalised = rays.question.penalised;
    this.master = new Master(rays, exponent, lower, upper, 1e6);
    this.right = new Float64Array(rows);
    for (let k = 0; k < rows; k++) {
      for (let n = 0; n < this.size; n++) this.right[k]! += projection[k * this.size + n]! * lower[n]!;
    }
    this.widths = lower.some((value, n) => value !== upper[n])
      ? upper.map((value, n) => value - lower[n]!)
      : null;
  }

  /** One start: weighted l^1 with random weights, reweighted, then the best exchanges of one ray. */
  start(random: Random, first: boolean): VertexProposal {
    const { base } = this.rays;
    const weights = new Float64Array(2 * base).fill(1);
    if (!first)
      for (let r = 0; r < 2 * base; r++)
        weights[r] = Math.exp(random.gaussian() * (random.uniform() < 0.5 ? 0.5 : 1.5));
    let basis: Basis | null = null;
    let best: VertexProposal | null = null;
    let level = 0.3;
    for (let round = 0; round < VERTEX_SEARCH.rounds; round++) {
      const solution = this.master.solve({ named: [], slope: 1, weights }, basis);
      basis = solution.basis;
      const found = this.proposal(basis, solution.masses);
      if (best !== null && found.cost > best.cost * (1 - 1e-12) && round > 1) break;
      if (best === null || found.cost < best.cost) best = found;
      const mass = new Float64Array(2 * base);
      for (let i = 0; i < basis.kind.length; i++) {
        if (basis.kind[i] !== KIND.other) continue;
        mass[2 * basis.direction[i]! + (basis.owner[i] === 1 ? 0 : 1)]! += solution.masses[i]!;
      }
      for (let r = 0; r < 2 * base; r++) weights[r] = (mass[r]! + level) ** (this.exponent - 1);
      level /= 2;
    }
    return this.exchange(basis!, best!);
  }

  /** Goes to the cheapest neighbour as long as there is a cheaper one. */
  exchange(start: Basis, known: VertexProposal): VertexProposal {
    let basis = start;
    let best = known;
    for (let step = 0; step < 100; step++) {
      const next = this.bestNeighbour(basis, best.cost * (1 - 1e-12));
      if (next === null) return best;
      basis = next.basis;
      best = next.proposal;
    }
    return best;
  }

  /**
   * A network of rays of the arrangement that costs no more than a network of any rays, then the best exchanges. The cost is concave on
   * the cones of the neurons, so minimising its linearisation there (infinite at zero entries) lowers it, and ends at a vertex.
   */
  descend(start: VertexProposal): VertexProposal {
    const { rays, exponent, penalised, size } = this;
    let best = start;
    let basis: Basis | null = null;
    for (let round = 0; round < 20; round++) {
      const weights = new Float64Array(2 * rays.base).fill(1e9);
      for (const group of best.groups) {
        const slopes = new Float64Array(penalised);
        for (let i = 0; i < penalised; i++) {
          let z = 0;
          for (const { direction, mass } of group) z += mass * rays.values[direction]![size + i]!;
          slopes[i] = Math.abs(z) > VERTEX_SEARCH.zero ? exponent * Math.abs(z) ** (exponent - 1) : 1e9;
        }
        for (let r = 0; r < rays.base; r++) {
          if (!group.every(({ direction }) => inOneCone(rays.sides[direction]!, rays.sides[r]!))) continue;
          let weight = 0;
          for (let i = 0; i < penalised; i++) weight += slopes[i]! * Math.abs(rays.values[r]![size + i]!);
          const at = 2 * r + (group[0]!.sign === 1 ? 0 : 1);
          if (weight < weights[at]!) weights[at] = weight;
        }
      }
      const solution = this.master.solve({ named: [], slope: 1, weights }, basis);
      const next = this.proposal(solution.basis, solution.masses);
      if (next.cost < best.cost * (1 + 1e-9)) basis = solution.basis;
      if (!(next.cost < best.cost * (1 - 1e-12))) break;
      best = next;
    }
    return basis === null ? best : this.exchange(basis, best);
  }

  private column(kind: number, ray: number, owner: number, into: Float64Array): void {
    const { rows, rays } = this;
    if (kind === KIND.other)
      for (let k = 0; k < rows; k++) into[k] = owner * rays.activations[ray * rows + k]!;
    else if (kind === KIND.slack)
      for (let k = 0; k < rows; k++) into[k] = -rays.projection[k * this.size + owner]!;
    else for (let k = 0; k < rows; k++) into[k] = k === owner ? ray : 0;
  }

  private bestNeighbour(basis: Basis, bound: number): { basis: Basis; proposal: VertexProposal } | null {
    const { rows } = this;
    const inverse = this.inverseOf(basis);
    if (inverse === null) return null;
    const x = this.values(basis, inverse);
    const column = new Float64Array(rows);
    const direction = new Float64Array(rows);
    let bestCost = bound;
    let best: {
      leaving: number;
      kind: number;
      ray: number;
      owner: number;
      step: number;
      toUpper: boolean;
    } | null = null;
    const shares: Share[] = [];
    const attempt = (kind: number, ray: number, owner: number): void => {
      this.column(kind, ray, owner, column);
      const fromUpper = kind === KIND.slack && basis.atUpper[owner] === 1;
      const way = fromUpper ? -1 : 1;
      let step = kind === KIND.slack ? this.widths![owner]! : Infinity;
      let leaving = -1;
      let toUpper = false;
      for (let i = 0; i < rows; i++) {
        let d = 0;
        for (let k = 0; k < rows; k++) d += inverse[i * rows + k]! * column[k]!;
        d *= way;
        direction[i] = d;
        if (d > 1e-9 && x[i]! / d < step) {
          step = x[i]! / d;
          leaving = i;
          toUpper = false;
        } else if (d < -1e-9 && basis.kind[i] === KIND.slack) {
          const room = (this.widths![basis.owner[i]!]! - x[i]!) / -d;
          if (room < step) {
            step = room;
            leaving = i;
            toUpper = true;
          }
        }
      }
      if (leaving < 0 || step < 1e-12 || step === Infinity) return;
      shares.length = 0;
      for (let i = 0; i < rows; i++) {
        const mass = x[i]! - step * direction[i]!;
        if (i !== leaving && basis.kind[i] === KIND.other && mass > VERTEX_SEARCH.zero) {
          shares.push({ direction: basis.direction[i]!, sign: basis.owner[i] as 1 | -1, mass });
        } else if (basis.kind[i] === KIND.artificial && i !== leaving && mass > VERTEX_SEARCH.zero) return;
      }
      if (kind === KIND.other) shares.push({ direction: ray, sign: owner as 1 | -1, mass: step });
      const { cost } = this.merged(shares);
      if (cost < bestCost) {
        bestCost = cost;
        best = { leaving, kind, ray, owner, step, toUpper };
      }
    };
    for (let r = 0; r < this.rays.base; r++) {
      if (!this.isLive(r)) continue;
      attempt(KIND.other, r, 1);
      attempt(KIND.other, r, -1);
    }
    if (this.widths !== null)
      for (let n = 0; n < this.size; n++) if (this.widths[n]! > 0) attempt(KIND.slack, 0, n);
    if (best === null) return null;
    const { leaving, kind, ray, owner, toUpper } = best;
    const next: Basis = {
      kind: basis.kind.slice(),
      direction: basis.direction.slice(),
      owner: basis.owner.slice(),
      flip: basis.flip,
      atUpper: basis.atUpper.slice(),
    };
    if (next.kind[leaving] === KIND.slack) next.atUpper[next.owner[leaving]!] = toUpper ? 1 : 0;
    next.kind[leaving] = kind;
    next.direction[leaving] = ray;
    next.owner[leaving] = owner;
    if (kind === KIND.slack) next.atUpper[owner] = 0;
    const nextInverse = this.inverseOf(next);
    if (nextInverse === null) return null;
    const proposal = this.proposal(next, this.values(next, nextInverse));
    return proposal.cost < bound ? { basis: next, proposal } : null;
  }

  private isLive(r: number): boolean {
    const { rows, rays } = this;
    for (let k = 0; k < rows; k++) if (rays.activations[r * rows + k] !== 0) return true;
    return false;
  }

  private inverseOf(basis: Basis): Float64Array | null {
    const { rows } = this;
    const width = 2 * rows;
    const work = new Float64Array(rows * width);
    const column = new Float64Array(rows);
    for (let j = 0; j < rows; j++) {
      this.column(basis.kind[j]!, basis.direction[j]!, basis.owner[j]!, column);
      for (let i = 0; i < rows; i++) work[i * width + j] = column[i]!;
      work[j * width + rows + j] = 1;
    }
    for (let c = 0; c < rows; c++) {
      let best = c;
      for (let i = c + 1; i < rows; i++)
        if (Math.abs(work[i * width + c]!) > Math.abs(work[best * width + c]!)) best = i;
      const pivot = work[best * width + c]!;
      if (!(Math.abs(pivot) > 1e-12)) return null;
      for (let k = 0; k < width; k++) {
        const swap = work[c * width + k]!;
        work[c * width + k] = work[best * width + k]! / pivot;
        if (best !== c) work[best * width + k] = swap;
      }
      for (let i = 0; i < rows; i++) {
        if (i === c) continue;
        const factor = work[i * width + c]!;
        if (factor !== 0)
          for (let k = c; k < width; k++) work[i * width + k]! -= factor * work[c * width + k]!;
      }
    }
    const inverse = new Float64Array(rows * rows);
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < rows; k++) inverse[i * rows + k] = work[i * width + rows + k]!;
    return inverse;
  }

  private values(basis: Basis, inverse: Float64Array): Float64Array {
    const { rows } = this;
    const right = this.right.slice();
    if (this.widths !== null) {
      for (let n = 0; n < this.size; n++) {
        if (basis.atUpper[n] === 1) {
          for (let k = 0; k < rows; k++)
            right[k]! += this.rays.projection[k * this.size + n]! * this.widths[n]!;
        }
      }
    }
    const x = new Float64Array(rows);
    for (let i = 0; i < rows; i++) {
      for (let k = 0; k < rows; k++) x[i]! += inverse[i * rows + k]! * right[k]!;
      if (x[i]! < 0 && x[i]! > -1e-10) x[i] = 0;
    }
    return x;
  }

  /** The network of a basis without named neurons; infinite cost when something artificial is left or a mass is negative. */
  proposal(basis: Basis, masses: Float64Array): VertexProposal {
    const shares: Share[] = [];
    for (let i = 0; i < basis.kind.length; i++) {
      const mass = masses[i]!;
      if (mass < -VERTEX_SEARCH.zero) return { groups: [], cost: Infinity };
      if (mass <= VERTEX_SEARCH.zero) continue;
      if (basis.kind[i] === KIND.slack) continue;
      if (basis.kind[i] !== KIND.other || basis.flip[i] === -1) return { groups: [], cost: Infinity };
      shares.push({ direction: basis.direction[i]!, sign: basis.owner[i] as 1 | -1, mass });
    }
    return this.merged(shares);
  }

  /** Whether shares without slacks meet the windows up to 1e-9. */
  fits(shares: readonly Share[]): boolean {
    const { rows, rays, right, widths } = this;
    const sum = new Float64Array(rows);
    for (const { direction, sign, mass } of shares) {
      for (let k = 0; k < rows; k++) sum[k]! += sign * mass * rays.activations[direction * rows + k]!;
    }
    if (widths !== null) return true;
    return sum.every((value, k) => Math.abs(value - right[k]!) < 1e-9);
  }

  private mayMerge(a: Share, b: Share): boolean {
    if (a.sign !== b.sign) return false;
    const key =
      a.direction < b.direction ? a.direction * 1048576 + b.direction : b.direction * 1048576 + a.direction;
    let known = this.compatible.get(key);
    if (known === undefined) {
      known = inOneCone(this.rays.sides[a.direction]!, this.rays.sides[b.direction]!);
      this.compatible.set(key, known);
    }
    return known;
  }

  private groupCost(group: readonly Share[]): number {
    if (group.length === 1) return group[0]!.mass ** this.exponent;
    const { rays, penalised, size, exponent } = this;
    let cost = 0;
    for (let i = 0; i < penalised; i++) {
      let z = 0;
      for (const { direction, mass } of group) z += mass * rays.values[direction]![size + i]!;
      if (z !== 0) cost += Math.abs(z) ** exponent;
    }
    return cost;
  }

  /** Shares of one sign in one cone put together, greatest saving first. */
  merged(shares: readonly Share[]): VertexProposal {
    const groups: Share[][] = shares.map((share) => [share]);
    const costs = groups.map((group) => this.groupCost(group));
    for (;;) {
      let saving = 0;
      let into = -1;
      let from = -1;
      for (let a = 0; a < groups.length; a++) {
        for (let b = a + 1; b < groups.length; b++) {
          if (!groups[a]!.every((own) => groups[b]!.every((other) => this.mayMerge(own, other)))) continue;
          const own = costs[a]! + costs[b]! - this.groupCost([...groups[a]!, ...groups[b]!]);
          if (own > saving || into < 0) {
            saving = own;
            into = a;
            from = b;
          }
        }
      }
      if (into < 0) break;
      groups[into] = [...groups[into]!, ...groups[from]!];
      costs[into] = this.groupCost(groups[into]!);
      groups.splice(from, 1);
      costs.splice(from, 1);
    }
    return { groups, cost: costs.reduce((a, b) => a + b, 0) };
  }
}
