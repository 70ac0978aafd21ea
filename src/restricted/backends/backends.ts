import { InputError } from '../../problem/input-error.js';
import { glpkBackend } from './glpk.js';
import { highsBackend } from './highs.js';
import { jslpBackend } from './jslp.js';
import type { MilpBackend } from './milp.js';
import { threadedBackend } from './threaded.js';

const MAKERS = { highs: highsBackend, glpk: glpkBackend, jslp: jslpBackend } as const;

/** The names that `--backend` accepts; the first is the default. */
export const BACKEND_NAMES = Object.keys(MAKERS) as readonly (keyof typeof MAKERS)[];

/**
 * The MILP backend of this name, in the calling thread. Nothing is loaded before it solves.
 * @throws InputError for any other name
 */
export function directBackend(name: string): MilpBackend {
  if (!Object.hasOwn(MAKERS, name)) {
    throw new InputError(`--backend: expected one of ${BACKEND_NAMES.join(', ')}, found "${name}"`);
  }
  return MAKERS[name as keyof typeof MAKERS]();
}

/**
 * The same in a thread of its own, so that a time limit is kept whatever the solver does.
 * @throws InputError for any other name
 */
export function milpBackend(name: string): MilpBackend {
  return threadedBackend(directBackend(name).name);
}
