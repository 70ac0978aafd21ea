import { describe, expect, it } from 'vitest';
import { entryOf, InputError, memberOf, type Place } from '../../src/problem/input-error.js';

describe('InputError', () => {
  it.each<[Place | string, string]>([
    [{}, 'expected 1'],
    ['data.csv, line 3', 'data.csv, line 3: expected 1'],
    [{ source: 'spec.json' }, 'spec.json: expected 1'],
    [{ field: 'lambda' }, 'lambda: expected 1'],
    [{ source: 'spec.json', field: 'p', within: '[0]' }, 'spec.json: p[0]: expected 1'],
    [{ source: 'data.csv', row: 3 }, 'data.csv, row 3: expected 1'],
    [{ source: 'data.csv', row: 3, field: 'y' }, 'data.csv, row 3, column "y": expected 1'],
  ])('puts the place %j in front of the complaint', (place, message) => {
    const error = new InputError('expected 1', place);
    expect(error.message).toBe(message);
    expect(error.place).toEqual(typeof place === 'string' ? {} : place);
  });

  it('moves a complaint to another place without reading its message', () => {
    const error = new InputError('expected 1, found lambda: 2', { field: 'lambda' });
    expect(error.at({ field: '--lambda' }).message).toBe('--lambda: expected 1, found lambda: 2');
    expect(error.at({ source: 'c.json' }).message).toBe('c.json: lambda: expected 1, found lambda: 2');
    expect(new InputError('no points', 'data.csv').at({ source: 'a' }).message).toBe(
      'a: data.csv: no points',
    );
  });

  it('names places inside a field as JSON paths', () => {
    const place = memberOf(entryOf({ source: 's', field: 'data' }, 2), 'options');
    expect(new InputError('expected 1', place).message).toBe('s: data[2].options: expected 1');
  });
});
