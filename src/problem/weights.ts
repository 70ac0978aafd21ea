import type { Dataset } from './dataset.js';
import { InputError } from './input-error.js';

/** @throws InputError naming the row of a weight that is not positive */
export function requirePositiveWeights({ weights, describeRow }: Dataset): void {
  for (let i = 0; i < (weights?.length ?? 0); i++) {
    const found = weights!.value(i);
    const remedy = 'correct it, or leave the row out if it does not count';
    if (found.sign() <= 0)
      throw new InputError(`${describeRow(i)}: expected a weight above 0, found ${found}; ${remedy}`);
  }
}
