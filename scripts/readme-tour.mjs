// Runs the commands of the README's tour and puts what they print under them: `npm run build && node scripts/readme-tour.mjs`.
// test/readme.test.ts holds the README to it (times aside).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const binaries = { sparsest: 'dist/cli/main.js', 'sparsest-check': 'dist/cli/check-main.js' };

/** The README with every block of commands ("```text" and "$ ...") run anew. */
export function refreshedTour(readme) {
  const directory = mkdtempSync(join(tmpdir(), 'sparsest-tour-'));
  try {
    symlinkSync(join(root, 'instances'), join(directory, 'instances'));
    return readme.replace(/```text\n(\$ [\s\S]*?)```/g, (_, block) => {
      const commands = block.split('\n').filter((line) => line.startsWith('$ '));
      const outputs = commands.map((line) =>
        [line, output(line.slice(2), directory)].filter(Boolean).join('\n'),
      );
      return `\`\`\`text\n${outputs.join('\n\n')}\n\`\`\``;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function output(line, directory) {
  const [name, ...words] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
  const { stdout, status, stderr } = spawnSync(process.execPath, [join(root, binaries[name]), ...words], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status === 2) throw new Error(`${line}\n${stderr}`);
  return stdout.trimEnd();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(root, 'README.md');
  writeFileSync(path, refreshedTour(readFileSync(path, 'utf8')));
}
