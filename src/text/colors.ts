import { createColors } from 'picocolors';

/**
 * Colours on a terminal only, and not with NO_COLOR; FORCE_COLOR turns them on anywhere. (The package's own choice also
 * colours whatever runs under CI, where output is read by programs.)
 */
export const colors = createColors(wanted());

function wanted(): boolean {
  const { process } = globalThis as {
    process?: { env: Record<string, string | undefined>; stdout?: { isTTY?: boolean } };
  };
  if (process === undefined || process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || (process.stdout?.isTTY === true && process.env.TERM !== 'dumb');
}
