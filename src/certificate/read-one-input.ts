import type { JsonObject } from '../files/json.js';
import { array, integer, wrong } from './form.js';
import type { OneInputProof } from './one-input.js';

/** Keys of the proof besides `kind` and `witnesses`. */
export const ONE_INPUT_KEYS = ['tree', 'opposite'];

/**
 * Reads the JSON value of a proof. Only its form is judged.
 * @throws InputError naming the field, what was expected and what was found
 */
export function readOneInput(value: JsonObject, witnesses: Int32Array, source: string): OneInputProof {
  const integers = (entry: JsonObject[string] | undefined, where: string) =>
    array(entry, where).map((item, i) => integer(item, `${where}[${i}]`));
  let proof: OneInputProof = { kind: 'one-input', witnesses };
  if (value.tree !== undefined) {
    const where = `${source}, proof.tree`;
    proof = { ...proof, tree: array(value.tree, where).map((node, i) => integers(node, `${where}[${i}]`)) };
  }
  if (value.opposite !== undefined) {
    const where = `${source}, proof.opposite`;
    const [below, above, ...rest] = integers(value.opposite, where);
    if (below === undefined || above === undefined || rest.length > 0)
      throw wrong(where, 'two points [i, j]', value.opposite);
    proof = { ...proof, opposite: [below, above] };
  }
  return proof;
}
