import { Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import { readNpz } from './npz.js';
import { requireFinite } from './tensor.js';

/** Rows of A x = b. */
export interface HyperplaneArrays {
  readonly A: readonly (readonly Rational[])[];
  readonly b: readonly Rational[];
}

/**
 * The arrays A [m, d] and b [m] of an .npz archive, exactly.
 * @returns null when the archive has no array named A: it is something else
 * @throws InputError naming the source, the array, and what was expected
 */
export function readHyperplanes(bytes: Uint8Array, source: string): HyperplaneArrays | null {
  const tensors = readNpz(bytes, source);
  const A = tensors.find(({ name }) => name === 'A');
  if (A === undefined) return null;
  const b = tensors.find(({ name }) => name === 'b');
  const other = tensors.find(({ name }) => name !== 'A' && name !== 'b');
  if (b === undefined || other !== undefined)
    throw new InputError(
      `${source}: expected the arrays A and b of the hyperplanes A x = b, found ${tensors.map(({ name }) => name).join(', ')}; store these two alone`,
    );
  const [m, d] = A.shape;
  if (A.shape.length !== 2 || m === 0 || d === 0)
    throw new InputError(
      `${source}: A has shape (${A.shape.join(', ')}), expected (hyperplanes, inputs), at least one of both`,
    );
  if (b.shape.length !== 1 || b.shape[0] !== m)
    throw new InputError(
      `${source}: b has shape (${b.shape.join(', ')}), expected (${m}), one entry for every row of A`,
    );
  for (const tensor of [A, b]) requireFinite(tensor, source);
  const numbers = Array.from(A.values, Rational.fromDouble);
  return {
    A: Array.from({ length: m! }, (_, i) => numbers.slice(i * d!, (i + 1) * d!)),
    b: Array.from(b.values, Rational.fromDouble),
  };
}
