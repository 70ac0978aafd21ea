import { InputError } from '../problem/input-error.js';
import { LAYER_ROLES, type LayerRole } from './layers.js';

/** Which tensor plays which part, by name (a name with ".T" is turned round); and which tensors the network does not use. */
export interface LayerMap {
  readonly parts: Partial<Record<LayerRole, string>>;
  readonly ignored: readonly string[];
}

export const EXAMPLE_MAP =
  '--map inputWeights=fc1.weight,bias=fc1.bias,outputWeights=fc2.weight,outputBias=fc2.bias';

const IGNORE = 'ignore';

/**
 * Parses "inputWeights=fc1.weight,bias=fc1.bias,outputWeights=fc2.weight,ignore=step".
 * @throws InputError for an unknown or repeated part, or when inputWeights or outputWeights is missing.
 */
export function parseLayerMap(text: string): LayerMap {
  const parts: Partial<Record<LayerRole, string>> = {};
  const ignored: string[] = [];
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const part = at < 0 ? pair.trim() : pair.slice(0, at).trim();
    const name = at < 0 ? '' : pair.slice(at + 1).trim();
    const known = LAYER_ROLES.find((candidate) => candidate === part);
    if (name === '' || (known === undefined && part !== IGNORE)) {
      throw new InputError(
        `--map: "${pair.trim()}" is not PART=NAME with PART one of ${[...LAYER_ROLES, IGNORE].join(', ')}.`,
      );
    }
    if (known === undefined) ignored.push(name);
    else if (parts[known] !== undefined) throw new InputError(`--map: the part ${known} is named twice.`);
    else parts[known] = name;
  }
  for (const role of ['inputWeights', 'outputWeights'] as const) {
    if (parts[role] === undefined)
      throw new InputError(`--map: the part ${role} is missing; e.g. ${EXAMPLE_MAP}.`);
  }
  return { parts, ignored };
}
