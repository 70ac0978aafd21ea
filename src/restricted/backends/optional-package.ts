import { InputError } from '../../problem/input-error.js';

/** True for the error of an import whose package is absent. */
function isMissing(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
}

/**
 * Loads an optional dependency.
 * @throws InputError that names the package and how to install it when it is absent; other errors pass
 */
export async function loadOptional<T>(
  backend: string,
  packageName: string,
  load: () => Promise<T> | T,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new InputError(
      `backend ${backend}: expected the optional package ${packageName}, which is not installed; ` +
        `run "npm install ${packageName}" or use --backend highs`,
    );
  }
}
