// tsc writes files without the run bit; `npm ci` links the binaries to these two.
import { chmodSync } from 'node:fs';

for (const name of ['main', 'check-main']) {
  chmodSync(new URL(`../dist/cli/${name}.js`, import.meta.url), 0o755);
}
