import { describe, expect, test } from 'vitest';
import { columnsText } from '../../src/text/columns.js';

describe('what was read as what', () => {
  test.each([
    [{ inputs: ['x'], target: 'y' }, 'x -> y'],
    [{ inputs: ['x'], target: null }, 'x'],
    [{ inputs: ['a', 'b c'], target: 'y, in m' }, 'a, "b c" -> "y, in m"'],
    [{ inputs: ['x'], target: null, lower: 'lower', upper: 'upper' }, 'x -> [lower, upper]'],
    [
      { inputs: ['x'], target: 'y', lower: 'lower', upper: 'upper', unused: ['id'] },
      'x -> [lower, upper]; y only for show; not read: id',
    ],
    [
      { inputs: Array.from({ length: 50 }, (_, k) => `x${k + 1}`), target: 'y' },
      'x1, x2, .. x50 (50 columns) -> y',
    ],
  ])('%j', (columns, text) => {
    expect(columnsText(columns)).toBe(text);
  });

  test('never holds what a terminal would obey', () => {
    const names = ['\u001b[2J', 'a\nb', '\u0007', '\u202eabc', '\u009b1m'];
    expect(columnsText({ inputs: names, target: 'x'.repeat(500) })).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(columnsText({ inputs: names, target: 'x'.repeat(500) }).length).toBeLessThan(200);
  });
});
