/** An axis that doubles and pixels can hold: values are divided by 10^exponent, and the label says so. */
export interface DisplayUnit {
  readonly label: string;
  show(value: number): number;
}

/** Beyond 10^+-this an axis has a power of ten as its unit. */
const PLAIN_EXPONENT = 15;
/** The smallest power of ten whose double is a normal number. */
const LEAST_EXPONENT = -307;

export function displayUnit(name: string, values: readonly number[]): DisplayUnit {
  let size = 0;
  for (const value of values) size = Math.max(size, Math.abs(value));
  const exponent = size === 0 ? 0 : Math.max(LEAST_EXPONENT, Math.floor(Math.log10(size)));
  if (Math.abs(exponent) <= PLAIN_EXPONENT) return { label: name, show: (value) => value };
  const power = 10 ** exponent;
  return { label: `${name}, in units of 1e${exponent}`, show: (value) => value / power };
}

/** Least and greatest with room on both sides, as a share of the span; never an empty interval. Finite for values far below 1e308. */
export function paddedDomain(values: readonly number[], share: number): [number, number] {
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (!(least <= greatest)) return [0, 1];
  const room = least < greatest ? (greatest - least) * share : Math.max(1, Math.abs(least)) * share;
  return [least - room, greatest + room];
}
