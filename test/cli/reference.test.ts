import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { sparsestProgram } from '../../src/cli/program.js';
import { commandReference } from '../../src/cli/reference.js';

const PAGE = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');

describe('the command reference', () => {
  it('is the one in docs/commands.md (npm run build && node scripts/command-reference.mjs)', async () => {
    expect(commandReference(await sparsestProgram())).toBe(PAGE);
  });

  it('has every command with every argument, option and choice', async () => {
    const { commands } = await sparsestProgram();
    const sections = PAGE.split(/^## /m).slice(1);
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(commands.map((each) => each.name()));
    commands.forEach((command, i) => {
      for (const { flags, argChoices } of command.options) {
        if (flags !== '--json' && flags !== '--quiet') expect(sections[i]).toContain(`| \`${flags}\` |`);
        if (argChoices !== undefined)
          expect(sections[i]).toMatch(new RegExp(`one of ${argChoices.join(', ')}(; required)? \\|`));
      }
      const names = command.registeredArguments.map((argument) => argument.name());
      for (const name of names) expect(sections[i]).toContain(`| ${name}`.slice(2));
      expect(sections[i]!.match(/^\| `[<[].*` \|/gm) ?? []).toHaveLength(names.length);
    });
  });

  it('is made of commands that are loaded one by one when they are named first, and all for any other word', async () => {
    const all = (await sparsestProgram()).commands;
    for (const command of all) {
      const alone = (await sparsestProgram(command.name())).commands;
      expect(alone.map((each) => each.helpInformation())).toEqual([command.helpInformation()]);
    }
    for (const word of ['help', 'toString', 'sovle'])
      expect((await sparsestProgram(word)).commands).toHaveLength(all.length);
  });

  it('says nothing that depends on the machine', () => {
    expect(PAGE).toContain('| `--threads <n>` | worker threads of the search | all cores |');
  });

  it('refuses a command whose exit codes nobody wrote down', () => {
    const program = new Command('sparsest').addCommand(new Command('unheard'));
    expect(() => commandReference(program)).toThrow('unheard');
  });

  it('keeps bars in the meaning of an option from ending a cell', () => {
    const program = new Command('sparsest').addCommand(
      new Command('check').option('--x <a|b>', 'x | y, a < b'),
    );
    expect(commandReference(program)).toContain('| `--x <a\\|b>` | x \\| y, a &lt; b |  |');
  });
});
