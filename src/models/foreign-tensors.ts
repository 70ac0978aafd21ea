import type { Tensor } from '../files/tensor.js';
import { wordsOf } from './tensor-name.js';

/** Integers that training keeps beside the weights; nothing is computed with them. */
const COUNTERS = new Set(
  'step steps global_step epoch epochs iteration iterations n_iter n_iter_ num_updates n_averaged'.split(' '),
);

const BATCH_NORM_WORDS = new Set('bn batchnorm running moving tracked'.split(' '));
const NORM_WORDS = new Set(
  'norm norms layernorm ln groupnorm gn instancenorm rmsnorm normalization'.split(' '),
);
const ACTIVATION_WORDS = new Set('act activation prelu relu leaky slope'.split(' '));
const SCALING_WORDS = new Set(
  'mean means std stddev scale scales scaler scaling sigma mu var variance shift offset standardize normalizer'.split(
    ' ',
  ),
);

/** Whether a name speaks of a scaling of the data: a mean, a standard deviation and the like. */
export function speaksOfScaling(name: string): boolean {
  return wordsOf(name).some((word) => SCALING_WORDS.has(word));
}

/** A counter that belongs to no layer: one integer with one of a few names. `num_batches_tracked` belongs to its batch norm. */
export function isHarmlessCounter({ dtype, values }: Tensor, shortName: string): boolean {
  return dtype.includes('int') && values.length === 1 && COUNTERS.has(shortName.toLowerCase());
}

/**
 * What a tensor belongs to when its name tells that it is no part of two linear layers and a ReLU, with what to do; null otherwise.
 * @param name without the folders that all names share
 */
export function foreignPart(name: string): string | null {
  if (/parametrizations\.\w+\.original[01]$|(^|[._])weight_[gv]$/.test(name)) {
    return (
      'belongs to a weight norm, which keeps direction and length of the weights apart, so that they are not stored; ' +
      'call torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before saving'
    );
  }
  if (/parametrizations\.|(^|[._])weight_[uv]$|_orig$/.test(name)) {
    return (
      'belongs to a parametrization, and the weights that it stands for are not stored; ' +
      'call torch.nn.utils.parametrize.remove_parametrizations(layer, "weight") before saving'
    );
  }
  const words = wordsOf(name);
  const has = (set: ReadonlySet<string>) => words.some((word) => set.has(word));
  if (has(BATCH_NORM_WORDS) || /batch_?norm/i.test(name)) {
    return (
      'belongs to a batch norm, which is not read; fold it into its linear layer ' +
      '(torch.nn.utils.fusion.fuse_linear_bn_eval) and save that'
    );
  }
  if (has(NORM_WORDS)) return 'belongs to a norm, which is not read: it is no part of a linear layer';
  if (has(ACTIVATION_WORDS)) {
    return 'belongs to an activation with weights of its own, as PReLU has; only plain ReLU is read';
  }
  if (words.includes('mask') || words.includes('masks')) {
    return (
      'is a mask without weights beside it; only pairs NAME_orig, NAME_mask are read, as torch.nn.utils.prune stores them: ' +
      'multiply the mask in and save the product'
    );
  }
  if (speaksOfScaling(name)) {
    return (
      'speaks of a scaling around the network, and the file does not say how it is used; give the scaling as ' +
      '--scale-inputs MEAN,SCALE or --scale-output MEAN,SCALE, and take the tensor out of the file or name it in --map as ignore=NAME'
    );
  }
  if (/(^|[._])(weight|bias)_[ih]h_l\d/.test(name)) return 'belongs to a recurrent layer, which is not read';
  return null;
}
