import { InputError } from '../problem/input-error.js';
import { readNpy, writeNpy } from './npy.js';
import type { Tensor } from './tensor.js';
import { DEFAULT_ZIP_LIMITS, readZip, writeZip, type ZipLimits } from './zip.js';

/**
 * Reads every array of a NumPy .npz archive, as written by `np.savez` and `np.savez_compressed`, in the order of the
 * archive. The name of a tensor is the name of its entry without ".npy".
 *
 * @param bytes the whole file
 * @param source name of the file, for error messages
 * @param limits sizes beyond which the archive is refused unread
 * @throws InputError naming the source, the entry and the reason.
 */
export function readNpz(bytes: Uint8Array, source: string, limits: ZipLimits = DEFAULT_ZIP_LIMITS): Tensor[] {
  return readZip(bytes, source, limits).map((entry) => {
    if (!entry.name.endsWith('.npy')) {
      throw new InputError(
        `${source}: entry "${entry.name}" is not an array; expected only names ending in .npy, as np.savez writes.`,
      );
    }
    return readNpy(entry.bytes, `${source}, entry "${entry.name}"`, entry.name.slice(0, -4));
  });
}

/**
 * The .npz archive of some tensors, each in its own dtype; `deflate` compresses as `np.savez_compressed` does.
 * @throws InputError when a name occurs twice or a value is not representable in its dtype.
 */
export function writeNpz(tensors: readonly Tensor[], options: { deflate?: boolean } = {}): Uint8Array {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) throw new InputError(`two tensors are named "${name}"; the names must differ.`);
    names.add(name);
  }
  return writeZip(
    tensors.map((tensor) => ({ name: `${tensor.name}.npy`, bytes: writeNpy(tensor) })),
    options,
  );
}
