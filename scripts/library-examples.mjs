// Runs the examples of docs/library.md and writes what they print under them: `npm run build && node scripts/library-examples.mjs`.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = fileURLToPath(new URL('../docs/library.md', import.meta.url));

/** The page with what its examples print now. An example that ends with an error throws it. */
export function refreshedExamples(page) {
  return page.replaceAll(/```js\n([^`]*)```\n\n```text\n[^`]*```/g, (_, code) => {
    // From the root of the package its own name leads to the built library.
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    if (status !== 0) throw new Error(`${code}\n${stderr}`);
    return `\`\`\`js\n${code}\`\`\`\n\n\`\`\`text\n${stdout}\`\`\``;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, refreshedExamples(readFileSync(PAGE, 'utf8')));
}
