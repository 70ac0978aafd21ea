import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/exact/random.js';

describe('createRandom', () => {
  it('repeats itself for a seed and differs between seeds, the high bits of a seed included', () => {
    const words = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 20 }, () => random.word()).join();
    };
    const seeds = [0, 1, 2, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    for (const seed of seeds) expect(words(seed)).toBe(words(seed));
    expect(new Set(seeds.map(words)).size).toBe(seeds.length);
  });

  it('steps as sfc32 is defined, in 32-bit integers', () => {
    // Four consecutive words give the state apart from the counter, which has to rise by one each time:
    // word = a + b + counter; a' = b ^ b >>> 9; b' = 9 c; c' = rotl(c, 21) + word.
    const random = createRandom(7);
    const mask = 0xffffffffn;
    const inverse9 = 0x38e38e39n;
    expect((9n * inverse9) & mask).toBe(1n);
    const words = Array.from({ length: 40 }, () => BigInt(random.word()));
    // Seeding discards 12 words and starts the counter at 1, so the first word kept uses 13.
    const step = (state: bigint[]) => {
      const [a, b, c, n] = state as [bigint, bigint, bigint, bigint];
      const word = (a + b + n) & mask;
      const rotated = ((c << 21n) | (c >> 11n)) & mask;
      return { word, next: [b ^ (b >> 9n), (9n * c) & mask, (rotated + word) & mask, (n + 1n) & mask] };
    };
    const splitmix = (start: bigint) => {
      let state = start;
      return () => {
        state = (state + 0x9e3779b9n) & mask;
        let z = state ^ (state >> 16n);
        z = (z * 0x21f0aaadn) & mask;
        z ^= z >> 15n;
        z = (z * 0x735a2d97n) & mask;
        return z ^ (z >> 15n);
      };
    };
    const low = splitmix(7n);
    const high = splitmix(0x5851f42dn);
    const a = low();
    const b = high();
    let state = [a, b, low() ^ high(), 1n];
    for (let i = 0; i < 12; i++) state = step(state).next;
    for (const expected of words) {
      const { word, next } = step(state);
      expect(word).toBe(expected);
      state = next;
    }
  });

  it('gives uniform doubles, multiples of 2^-53 in [0, 1), with the right moments', () => {
    const random = createRandom(1);
    const n = 100_000;
    const outside: number[] = [];
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const u = random.uniform();
      if (!(u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))) outside.push(u);
      sum += u;
      squares += u * u;
    }
    expect(outside).toEqual([]);
    // Five standard deviations.
    expect(Math.abs(sum / n - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(squares / n - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
  });

  it('gives every integer of a range equally often, both ends included', () => {
    const random = createRandom(2);
    const counts = new Map<number, number>();
    const n = 70_000;
    for (let i = 0; i < n; i++) {
      const value = random.integer(-3, 3);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
    for (const count of counts.values()) expect(Math.abs(count - n / 7)).toBeLessThan(5 * Math.sqrt(n / 7));
    expect(random.integer(5, 5)).toBe(5);
  });

  it('gives standard normal deviates', () => {
    const random = createRandom(3);
    const n = 100_000;
    const moments = [0, 0, 0, 0];
    // P(|X| < t) = 0.6826895, 0.9544997, 0.9973002 for t = 1, 2, 3.
    const within = [0, 0, 0];
    for (let i = 0; i < n; i++) {
      const x = random.gaussian();
      for (let k = 0; k < 4; k++) moments[k]! += x ** (k + 1) / n;
      for (let t = 1; t <= 3; t++) if (Math.abs(x) < t) within[t - 1]! += 1 / n;
    }
    // Variances of X, X^2, X^3, X^4: 1, 2, 15, 96.
    [0, 1, 0, 3].forEach((mean, k) => {
      expect(Math.abs(moments[k]! - mean)).toBeLessThan(5 * Math.sqrt([1, 2, 15, 96][k]! / n));
    });
    [0.6826895, 0.9544997, 0.9973002].forEach((q, t) => {
      expect(Math.abs(within[t]! - q)).toBeLessThan(5 * Math.sqrt((q * (1 - q)) / n));
    });
  });

  it('refuses seeds and ranges it cannot honour', () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => createRandom(seed)).toThrow(/^seed: expected/);
    const random = createRandom(0);
    expect(() => random.integer(2, 1)).toThrow(/low <= high/);
    expect(() => random.integer(0, 0.5)).toThrow(RangeError);
    expect(() => random.integer(-(2 ** 53) + 1, 2 ** 53 - 1)).toThrow(RangeError);
  });
});
