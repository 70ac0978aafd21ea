// Runs the commands of the README's tour and puts what they print under them: `npm run build && node scripts/readme-tour.mjs`.
// test/readme.test.ts holds the README to it (times aside).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const binaries = { sparsest: 'dist/cli/main.js', 'sparsest-check': 'dist/cli/check-main.js' };

/**
 * The README with every block of commands ("```text" and "$ ...") run anew.
 * @param ran told of each command: its words, what it printed, its exit code, and the directory it ran in
 */
export function refreshedTour(readme, ran = () => {}) {
  const directory = mkdtempSync(join(tmpdir(), 'sparsest-tour-'));
  try {
    symlinkSync(join(root, 'instances'), join(directory, 'instances'));
    return readme.replace(/```text\n(\$ [\s\S]*?)```/g, (_, block) => {
      const commands = block.split('\n').filter((line) => line.startsWith('$ '));
      const outputs = commands.map((line) =>
        [line, output(line.slice(2), directory, ran)].filter(Boolean).join('\n'),
      );
      return `\`\`\`text\n${outputs.join('\n\n')}\n\`\`\``;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function output(line, directory, ran) {
  const [name, ...words] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"|"$/g, ''));
  const { stdout, status, stderr } = spawnSync(process.execPath, [join(root, binaries[name]), ...words], {
    cwd: directory,
    encoding: 'utf8',
  });
  if (status === 2) throw new Error(`${line}\n${stderr}`);
  ran(words, { out: stdout, err: stderr, code: status }, directory);
  return stdout.trimEnd();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(root, 'README.md');
  writeFileSync(path, refreshedTour(readFileSync(path, 'utf8')));
}
