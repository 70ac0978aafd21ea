/**
 * A small seeded generator of random numbers: sfc32 (Chris Doty-Humphrey's "small fast counting" generator, PractRand)
 * with 32-bit words, seeded through splitmix32.
 *
 * Everything here uses only integer operations and IEEE additions, multiplications and divisions, so the same seed gives
 * the same bits on every JavaScript engine; no `Math.log`, `Math.exp` or `Math.pow`, whose last bit is the engine's choice.
 */
export interface Random {
  /** A uniform integer in [0, 2^32). */
  word(): number;
  /** A uniform double in [0, 1): a multiple of 2^-53. */
  uniform(): number;
  /** A uniform double in [low, high). With rounding, `high` itself is possible when the range is a few ulps wide. */
  uniformIn(low: number, high: number): number;
  /**
   * A uniform integer in [low, high], both ends included; unbiased (by rejection).
   * @throws RangeError unless low <= high are safe integers and high - low < 2^53.
   */
  integer(low: number, high: number): number;
  /** A standard normal deviate. */
  gaussian(): number;
}

/** Words drawn and thrown away after seeding, so that similar seeds have diverged (PractRand's recommendation). */
const WARM_UP = 12;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/**
 * The generator for a seed.
 * @param seed a safe integer >= 0; all 53 bits count.
 * @throws RangeError on any other seed.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: expected an integer from 0 to ${TWO_53 - 1}, found ${seed}`);
  }
  const low = splitmix32(seed >>> 0);
  const high = splitmix32(Math.floor(seed / TWO_32) ^ 0x5851f42d);
  let a = low();
  let b = high();
  let c = low() ^ high();
  let counter = 1;

  const word = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < WARM_UP; i++) word();

  /** A uniform integer in [0, 2^53). */
  const word53 = (): number => (word() >>> 5) * 2 ** 26 + (word() >>> 6);
  const uniform = (): number => word53() / TWO_53;

  return {
    word,
    uniform,
    uniformIn: (from, to) => from + (to - from) * uniform(),
    integer(from, to) {
      const count = to - from + 1;
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || count < 1 || count > TWO_53) {
        throw new RangeError(
          `integer range: expected safe integers low <= high, found low ${from}, high ${to}`,
        );
      }
      const limit = TWO_53 - (TWO_53 % count);
      for (;;) {
        const value = word53();
        if (value < limit) return from + (value % count);
      }
    },
    gaussian: () => karneyNormal(uniform),
  };
}

/** splitmix32: a bijective mixer of a counter, used only to spread a seed over the state. */
function splitmix32(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
}

/**
 * Karney's algorithm N (C. F. F. Karney, "Sampling exactly from the normal distribution", ACM TOMS 42, 2016): the
 * normal distribution by comparisons of uniform deviates only.
 */
function karneyNormal(uniform: () => number): number {
  for (;;) {
    // k with probability proportional to exp(-k/2), then accepted with probability exp(-k(k-1)/2).
    let k = 0;
    while (bernoulliExp(0.5, uniform)) k++;
    let accepted = true;
    for (let i = k * (k - 1); i > 0 && accepted; i--) accepted = bernoulliExp(0.5, uniform);
    if (!accepted) continue;
    // The fraction x, accepted with probability exp(-x(2k+x)/2), as k+1 trials whose exponents are at most 1.
    const x = uniform();
    for (let i = k; i >= 0 && accepted; i--)
      accepted = bernoulliExp((x * (2 * k + x)) / (2 * k + 2), uniform);
    if (accepted) return uniform() < 0.5 ? k + x : -(k + x);
  }
}

/** True with probability exp(-t), 0 <= t <= 1 (von Neumann): the run t > u1 > u2 > ... has an even number of u. */
function bernoulliExp(t: number, uniform: () => number): boolean {
  let last = t;
  let even = true;
  for (;;) {
    const u = uniform();
    if (u >= last) return even;
    last = u;
    even = !even;
  }
}
