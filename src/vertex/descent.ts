import type { Conditions } from './conditions.js';

/** A number that joins the conditions on the way down. */
export type Event =
  /** Product number `unknown` becomes 0. */
  | { readonly kind: 'zero'; readonly unknown: number }
  /** All of ray `ray` becomes 0. */
  | { readonly kind: 'gone'; readonly ray: number }
  /** Held point `point` comes to lie on the hyperplane of ray `ray`. */
  | { readonly kind: 'meets'; readonly ray: number; readonly point: number };

/** What the descent did: after event e the unknowns are `values[e]`, in doubles and in the numbers of the rays with their signs. */
export interface Descent {
  readonly events: readonly Event[];
  readonly values: readonly Float64Array[];
}

/** Bounds in doubles. They choose what is tried; what comes of it is decided in rationals. */
const DOUBLES = {
  /** A pivot below this share of the largest is none. */
  pivot: 1e-10,
  /** A neuron all of whose weights shrink to this share vanishes as a whole. */
  gone: 1e-7,
  /** A basis vector whose largest product changes by less than this, against its largest number, moves none. */
  still: 1e-9,
} as const;

/** Multiplications between two looks at whether to stop. */
const STEP_WORK = 2e7;

/**
 * From a network down to a vertex, in doubles: along directions of the kernel of the conditions, each time the way on which the l^p cost
 * falls. It is concave there, hence falls until something happens: a product becomes 0, a neuron vanishes, or a held point meets a hyperplane.
 * That is kept from then on: one more condition, one dimension of the kernel less.
 *
 * One elimination, then O(dimension of the kernel x unknowns) for each event.
 * @yields the dimension of the kernel that is left
 */
export function* descent(conditions: Conditions, p: number): Generator<number, Descent, void> {
  const { rays, signs, unknowns, freeCount } = conditions;
  const points = conditions.points.map((point) =>
    Float64Array.from(point, (value, i) => Number(value) * conditions.units[i]!.toNumber()),
  );
  const size = unknowns.length;
  const values = Float64Array.from(unknowns, ({ ray, i }) =>
    ray < 0 ? Number.NaN : rays[ray]!.sign * rays[ray]!.weights[i]!.toNumber(),
  );
  const { skip } = conditions.network;
  unknowns.forEach(({ ray, i }, j) => {
    if (ray < 0) values[j] = skip === null ? 0 : (skip.weights[i] ?? skip.bias).toNumber();
  });
  // The unknowns of a ray lie together, the free ones apart.
  const ofRay: number[][] = rays.map(() => []);
  unknowns.forEach(({ ray }, j) => {
    if (ray >= 0) ofRay[ray]!.push(j);
  });
  const moving = signs.map((own) => own.slice());
  const alive = new Uint8Array(rays.length).fill(1);
  const nonzero = new Uint8Array(size).fill(1);
  const basis = yield* kernelBasis(conditions, points);
  const events: Event[] = [];
  const reached: Float64Array[] = [];
  const at = (vector: Float64Array, ray: number, point: number): number => {
    let sum = 0;
    for (const j of ofRay[ray]!) sum += vector[j]! * points[point]![unknowns[j]!.i]!;
    return sum;
  };
  let work = 0;

  for (;;) {
    const direction = steepest(basis, values, nonzero, freeCount, p);
    if (direction === null) return { events, values: reached };

    // The first event on the way.
    let first: Event | null = null;
    let length = Infinity;
    for (let j = freeCount; j < size; j++) {
      if (nonzero[j] === 0 || direction[j] === 0) continue;
      const t = -values[j]! / direction[j]!;
      if (t >= 0 && t < length) {
        length = t;
        first = { kind: 'zero', unknown: j };
      }
    }
    for (let k = 0; k < rays.length; k++) {
      if (alive[k] === 0) continue;
      const own = moving[k]!;
      if (!ofRay[k]!.some((j) => direction[j] !== 0)) continue;
      for (let n = 0; n < points.length; n++) {
        if (own[n] === 0) continue;
        const speed = at(direction, k, n);
        // Only towards the hyperplane, in the orientation of its sign; rounding may have left the point a little behind it.
        if (speed * own[n]! * rays[k]!.sign >= 0) continue;
        const t = Math.max(0, -at(values, k, n) / speed);
        if (t < length) {
          length = t;
          first = { kind: 'meets', ray: k, point: n };
        }
      }
    }
    if (first === null) return { events, values: reached };
    const ray =
      first.kind === 'zero' ? unknowns[first.unknown]!.ray : first.kind === 'meets' ? first.ray : -1;
    if (vanishes(ofRay[ray]!, values, direction, length)) first = { kind: 'gone', ray };

    // Take it, and keep it.
    for (let j = 0; j < size; j++) if (direction[j] !== 0) values[j]! += length * direction[j]!;
    const lost: number[] = [];
    if (first.kind === 'meets') {
      moving[ray]![first.point] = 0;
      const point = points[first.point]!;
      keep(basis, (vector) => {
        let sum = 0;
        for (const j of ofRay[ray]!) sum += vector[j]! * point[unknowns[j]!.i]!;
        return sum;
      });
    } else lost.push(...(first.kind === 'zero' ? [first.unknown] : ofRay[ray]!));
    const rest = ofRay[ray]!.filter((j) => !lost.includes(j));
    if (lost.length > 0 && !rest.some((j) => nonzero[j] === 1 && j >= freeCount)) {
      // Nothing that costs is left: with one input a constant stays when it is positive, everything else is gone.
      const constant = first.kind === 'zero' && rest.some((j) => values[j]! * rays[ray]!.sign > 0);
      if (!constant) {
        alive[ray] = 0;
        if (first.kind === 'zero') first = { kind: 'gone', ray };
        lost.push(...rest);
      }
    }
    for (const j of lost) {
      if (nonzero[j] === 0) continue;
      nonzero[j] = 0;
      keep(basis, (vector) => vector[j]!);
      for (const vector of basis) vector[j] = 0;
      values[j] = 0;
    }
    events.push(first);
    reached.push(values.slice());
    work += (basis.length + points.length) * size;
    if (work > STEP_WORK) {
      work = 0;
      yield basis.length;
    }
  }
}

/** Whether all numbers of a ray shrink to nothing together. */
function vanishes(own: readonly number[], values: Float64Array, direction: Float64Array, t: number): boolean {
  return own.every((j) => Math.abs(values[j]! + t * direction[j]!) <= DOUBLES.gone * Math.abs(values[j]!));
}

/** The basis vector along which the cost falls most steeply for its length, turned downhill; null when none changes a product. */
function steepest(
  basis: readonly Float64Array[],
  values: Float64Array,
  nonzero: Uint8Array,
  freeCount: number,
  p: number,
): Float64Array | null {
  const size = values.length;
  const slope = new Float64Array(size);
  for (let j = freeCount; j < size; j++) {
    if (nonzero[j] === 1 && values[j] !== 0)
      slope[j] = Math.sign(values[j]!) * Math.abs(values[j]!) ** (p - 1);
  }
  let best: Float64Array | null = null;
  let most = -1;
  let downhill = 1;
  for (const vector of basis) {
    let fall = 0;
    let squares = 0;
    let largest = 0;
    let product = 0;
    for (let j = 0; j < size; j++) {
      const value = vector[j]!;
      if (value === 0) continue;
      fall += slope[j]! * value;
      squares += value * value;
      largest = Math.max(largest, Math.abs(value));
      if (j >= freeCount) product = Math.max(product, Math.abs(value));
    }
    if (product <= DOUBLES.still * largest || product === 0) continue;
    const score = Math.abs(fall) / Math.sqrt(squares);
    if (score > most) {
      most = score;
      best = vector;
      downhill = fall > 0 ? -1 : 1;
    }
  }
  return best === null ? null : best.map((value) => downhill * value);
}

/** One condition more: what is left of the basis where the functional is 0. */
function keep(basis: Float64Array[], functional: (vector: Float64Array) => number): void {
  const values = basis.map(functional);
  let pivot = -1;
  for (let b = 0; b < basis.length; b++) {
    if (pivot < 0 || Math.abs(values[b]!) > Math.abs(values[pivot]!)) pivot = b;
  }
  if (pivot < 0) return;
  let scale = 0;
  for (const value of basis[pivot]!) scale = Math.max(scale, Math.abs(value));
  if (Math.abs(values[pivot]!) <= DOUBLES.pivot * scale) return;
  const out = basis[pivot]!;
  for (let b = 0; b < basis.length; b++) {
    if (b === pivot || values[b] === 0) continue;
    const factor = values[b]! / values[pivot]!;
    const vector = basis[b]!;
    for (let j = 0; j < vector.length; j++) if (out[j] !== 0) vector[j]! -= factor * out[j]!;
  }
  basis[pivot] = basis.at(-1)!;
  basis.pop();
}

/** A basis of the kernel of the conditions, by elimination with complete pivoting on rows of length 1. */
function* kernelBasis(
  { signs, unknowns, rays }: Conditions,
  points: readonly Float64Array[],
): Generator<number, Float64Array[], void> {
  const size = unknowns.length;
  const rows: Float64Array[] = [];
  points.forEach((point, n) => {
    rows.push(Float64Array.from(unknowns, ({ ray, i }) => (ray < 0 || signs[ray]![n]! > 0 ? point[i]! : 0)));
    rays.forEach((_, k) => {
      if (signs[k]![n] === 0)
        rows.push(Float64Array.from(unknowns, ({ ray, i }) => (ray === k ? point[i]! : 0)));
    });
  });
  for (const row of rows) {
    const length = Math.hypot(...row);
    if (length > 0) for (let j = 0; j < size; j++) row[j]! /= length;
  }
  const pivots: number[] = [];
  const isPivot = new Uint8Array(size);
  let work = 0;
  for (let r = 0; r < rows.length; r++) {
    let [best, row, column] = [DOUBLES.pivot as number, -1, -1];
    for (let i = r; i < rows.length; i++) {
      const entries = rows[i]!;
      for (let j = 0; j < size; j++) {
        const value = Math.abs(entries[j]!);
        if (value > best && isPivot[j] === 0) [best, row, column] = [value, i, j];
      }
    }
    if (row < 0) break;
    [rows[r], rows[row]] = [rows[row]!, rows[r]!];
    const pivot = rows[r]!;
    const inverse = 1 / pivot[column]!;
    for (let j = 0; j < size; j++) pivot[j]! *= inverse;
    pivots.push(column);
    isPivot[column] = 1;
    for (let i = 0; i < rows.length; i++) {
      const entries = rows[i]!;
      const factor = entries[column]!;
      if (i === r || factor === 0) continue;
      for (let j = 0; j < size; j++) if (pivot[j] !== 0) entries[j]! -= factor * pivot[j]!;
      entries[column] = 0;
    }
    work += rows.length * size;
    if (work > STEP_WORK) {
      work = 0;
      yield size - r;
    }
  }
  const loose = Array.from({ length: size }, (_, j) => j).filter((j) => isPivot[j] === 0);
  return loose.map((column) => {
    const vector = new Float64Array(size);
    vector[column] = 1;
    pivots.forEach((pivot, r) => {
      vector[pivot] = -rows[r]![column]!;
    });
    return vector;
  });
}
