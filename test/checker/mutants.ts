import type { Random } from '../../src/exact/random.js';
import type { Json } from './case-files.js';

export type Outcome = 'unreadable' | 'rejected' | 'accepted';

export class Tally {
  readonly counts: Record<Outcome, number> = { unreadable: 0, rejected: 0, accepted: 0 };

  add(outcome: Outcome): void {
    this.counts[outcome]++;
  }

  get total(): number {
    return this.counts.unreadable + this.counts.rejected + this.counts.accepted;
  }
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[random.integer(0, list.length - 1)]!;

/** Every place in a JSON value: the container and the key. */
function places(value: Json, found: [Json, string | number][] = []): [Json, string | number][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Array.isArray(value) ? value.keys() : Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

const WORDS = [
  'affine',
  'bias',
  'none',
  'neurons',
  'parameters',
  'minimum',
  'infeasible',
  'witnesses',
  'empty-window',
  'prices',
  'lp-minimum',
];
const NUMBERS = [0, 1, -1, 2, 3, 4, 5, 6, 2 ** 31 - 1, -(2 ** 31), 2 ** 32 + 1, 0.5, 1e300, 2 ** 53];
const RATIONALS = [
  '0',
  '1',
  '-1',
  '1/2',
  '2/4',
  '-1/3',
  '1e400',
  '1e-30',
  '0.1',
  '1/0',
  '',
  '+1',
  ' 1',
  `1/${10n ** 30n}`,
];

/** Changes one place of a certificate. */
export function mutateJson(random: Random, root: Json, donor: Json): void {
  const all = places(root);
  if (all.length === 0) return;
  const [container, key] = pick(random, all);
  const value = container[key];
  const other = pick(random, places(donor));
  switch (random.integer(0, 9)) {
    case 0:
      if (Array.isArray(container)) container.splice(Number(key), 1);
      else delete container[key];
      return;
    case 1:
      if (Array.isArray(container)) container.splice(Number(key), 0, structuredClone(value));
      else container[`${key}2`] = value;
      return;
    case 2: {
      const [otherContainer, otherKey] = pick(random, all);
      const kept = structuredClone(otherContainer[otherKey]);
      otherContainer[otherKey] = structuredClone(value);
      container[key] = kept;
      return;
    }
    case 3:
      container[key] = structuredClone(other[0][other[1]]);
      return;
    case 4:
      container[key] = pick<Json>(random, [
        null,
        true,
        [],
        {},
        'x',
        [[]],
        -0,
        pick(random, NUMBERS),
        pick(random, RATIONALS),
      ]);
      return;
    default:
      container[key] = mutateScalar(random, value);
  }
}

function mutateScalar(random: Random, value: Json): Json {
  if (Array.isArray(value)) return random.integer(0, 1) ? value.reverse() : value.slice(1);
  if (typeof value === 'number')
    return random.integer(0, 1) ? value + pick(random, [-2, -1, 1, 2]) : pick(random, NUMBERS);
  if (typeof value !== 'string') return pick(random, RATIONALS);
  if (WORDS.includes(value)) return pick(random, WORDS);
  if (random.integer(0, 1)) return pick(random, RATIONALS);
  const digit = String(random.integer(0, 9));
  const at = random.integer(0, value.length);
  return value.slice(0, at) + digit + value.slice(at + random.integer(0, 1));
}

const FRAGMENTS = [
  '0',
  '1',
  '9',
  '-',
  '.',
  'e',
  '/',
  '"',
  ',',
  ':',
  '[',
  ']',
  '{',
  '}',
  '\\',
  '\u0000',
  'null',
  '{}',
  '[]',
  '99999999999',
];

/** Puts another digit, or two, in the place of a digit behind the hash. */
function mutateDigit(random: Random, text: string): string {
  const digits = [...text.matchAll(/\d/g)]
    .map(({ index }) => index)
    .filter((index) => index > text.indexOf('claim'));
  if (digits.length === 0) return text;
  const at = pick(random, digits);
  return text.slice(0, at) + pick(random, ['0', '1', '2', '3', '5', '8', '-1', '10']) + text.slice(at + 1);
}

/** Changes a text somewhere. */
export function mutateText(random: Random, text: string): string {
  if (random.integer(0, 1)) return mutateDigit(random, text);
  const at = random.integer(0, text.length);
  const length = random.integer(1, 1 + Math.floor(text.length / 20));
  switch (random.integer(0, 5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at + length) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(random, FRAGMENTS) + text.slice(at);
    case 4:
      return text.slice(0, at) + pick(random, FRAGMENTS) + text.slice(at + 1);
    default:
      return text.slice(0, at) + String.fromCharCode(random.integer(0, 255)) + text.slice(at + 1);
  }
}
