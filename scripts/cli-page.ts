import type { Command } from 'commander';
import type { Deps } from '../exporter/src/cli/deps.ts';
import { exitCodes } from '../exporter/src/cli/exit-codes.ts';
import { createProgram } from '../exporter/src/cli/program.ts';
import { settingsTable } from '../exporter/src/config/settings-table.ts';

/** docs/cli.md, from the help that the program itself prints. */
export const cliPage = (): string => {
  let written = '';
  const screen = { write: (text: string) => { written += text; }, isTTY: true, columns: 100 };
  const program = createProgram({ ...nowhere, stdout: screen, stderr: screen, variables: { NO_COLOR: '1' } });
  const helpOf = (command: Command): string => {
    written = '';
    command.outputHelp();
    return written.trim();
  };
  const sections = [...leaves(program)].map(({ path, command }) => `## ${path}\n\n\`\`\`\n${helpOf(command)}\n\`\`\``);
  return [introduction, '```', helpOf(program), '```', '', sections.join('\n\n'), ''].join('\n');
};

/** docs/configuration.md with its table made anew. */
export const configurationPage = (text: string): string => text.replace(/(<!-- settings:.*-->\n)[^]*(<!-- \/settings -->)/, (_, start: string, end: string) => `${start}${settingsTable()}\n${end}`);

/** Commands that do something, those below `ledger` and `config` included. */
function* leaves(command: Command, path = 'watchroom'): Generator<{ path: string; command: Command }> {
  for (const each of command.commands) {
    const name = `${path} ${each.name()}`;
    if (each.commands.length > 0) yield* leaves(each, name);
    else yield { path: name, command: each };
  }
}

/** What help needs of the world. */
export const nowhere: Omit<Deps, 'stdout' | 'stderr' | 'variables'> = {
  version: '', machine: { platform: 'linux', home: '/', env: {} }, cwd: '/', now: () => 0,
  open: () => { throw new Error('help opens nothing'); },
};

const introduction = `# The command line

<!-- Made by \`node scripts/cli-docs.ts\` from what the program itself prints; a test compares them. -->

In a checkout: \`npm run watchroom -- list\`; installed: \`watchroom list\`.

**Naming a session**: by the pid of a process of it, by its id (\`claude/1af7c9d2-…\`), by the tool's own id, or by any part of the
id that only it has, in any case; also as lists print it (\`codex/…c0ffee42\`). Where several have it, they are listed.

**Marks**: ● LIVE, ✗ the last thing was an error, ≥ at least (tokens without a price, output that the tool logged only in part), ~ estimated
by a tokenizer, – unknown. Costs are API-equivalent US dollars, not a bill. Context bars are green below 70 %, yellow below 90 %, red above.

**Colours and width**: colours on a terminal only; \`NO_COLOR\` switches them off, \`FORCE_COLOR\` on. Tables fit the terminal (or \`COLUMNS\`): narrow ones
drop the least important columns, a pipe gets all. What takes longer than a second says so on stderr.

**For programs**: \`--format json\` or \`yaml\`; the shape of a session is in [sessions-json.md](sessions-json.md). Results are on stdout, everything else on stderr.

| Exit code | Meaning |
|---|---|
${Object.values(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`).join('\n')}
`;
