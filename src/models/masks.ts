import { requireFinite, type Tensor } from '../files/tensor.js';
import { InputError } from '../problem/input-error.js';

/** A tensor of the file, or the product of weights and their pruning mask. */
export interface MaskedTensor extends Tensor {
  /** Names of the two tensors it is the product of. */
  readonly product?: { readonly weights: string; readonly mask: string };
}

const ORIGINAL = '_orig';
const MASK = '_mask';

/**
 * Multiplies pruned weights by their masks: torch.nn.utils.prune stores a parameter NAME as NAME_orig and NAME_mask (of zeros and
 * ones), and the network uses the product, which stands here in the place of NAME_orig under the name NAME.
 *
 * @throws InputError when only one of the two is there, NAME is there as well, or a mask has other numbers than 0 and 1
 */
export function applyMasks(tensors: readonly Tensor[], source: string): MaskedTensor[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const used = new Set<string>();
  const masked = tensors.map((weights): MaskedTensor => {
    if (!weights.name.endsWith(ORIGINAL)) return weights;
    const name = weights.name.slice(0, -ORIGINAL.length);
    const mask = byName.get(name + MASK);
    if (mask === undefined) return weights;
    if (byName.has(name)) {
      throw new InputError(
        `${source}: "${name}" is there beside "${weights.name}" and "${mask.name}", so it is not clear which the network uses; ` +
          'call torch.nn.utils.prune.remove(layer, "weight") and save again.',
      );
    }
    if (mask.shape.join() !== weights.shape.join()) {
      throw new InputError(
        `${source}: the mask "${mask.name}" has shape [${mask.shape.join(', ')}], its weights "${weights.name}" ` +
          `[${weights.shape.join(', ')}]; they must agree.`,
      );
    }
    const other = mask.values.find((value) => value !== 0 && value !== 1);
    if (other !== undefined) {
      throw new InputError(
        `${source}: the mask "${mask.name}" holds ${other}; expected zeros and ones. Multiply it in and save again.`,
      );
    }
    requireFinite(weights, source);
    used.add(mask.name);
    const values = weights.values.map((value, i) => (mask.values[i] === 0 ? 0 : value));
    return { ...weights, name, values, product: { weights: weights.name, mask: mask.name } };
  });
  return masked.filter(({ name }) => !used.has(name));
}
