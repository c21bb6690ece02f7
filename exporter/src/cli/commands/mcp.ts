import type { Command } from 'commander';
import { listenAddress } from '../../config/kinds.ts';
import { absolutePath } from '../../config/paths.ts';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { withBackend } from '../start.ts';
import { tokenVariable } from './agent.ts';

interface McpOptions { readonly http?: boolean; readonly listen: string; readonly tokenFile?: string; readonly hubTokenFile?: string }

/** watchroom mcp */
export const addMcp = (program: Command, deps: Deps): void => {
  const command = program.command('mcp').summary('tell AI assistants of your sessions (Model Context Protocol)')
    .description('A Model Context Protocol server: sessions, health, where numbers come from, recommendations, budgets, notes, and, where you have switched search on, what was said; with a hub, messages and comments of rooms. Over stdin and stdout, or over HTTP.\nWithout search no text of other sessions is told. docs/mcp.md says how to add it to your assistant.')
    .option('--http', 'serve POST /mcp over HTTP instead of stdin and stdout')
    .option('--listen <address>', 'where, with --http', '127.0.0.1:10879')
    .option('--token-file <file>', 'with --http: whoever asks must send this token as Bearer')
    .option('--hub-token-file <file>', 'a personal token of the hub (hub.url), for messages and comments; also WATCHROOM_TOKEN');
  addSettingFlags(command, [...lookingFlags, 'timezone']).action(({ http = false, listen, tokenFile, hubTokenFile }: McpOptions) => {
    const address = listenAddress().safeParse(listen);
    if (!address.success) throw new CommandError(`--listen must be ${address.error.issues[0]!.message}, got ${JSON.stringify(listen)}. Try --listen 127.0.0.1:10879`, 'usage');
    const file = (path: string): string => absolutePath(path, deps.machine, deps.cwd);
    return withBackend(command, deps, (backend) => backend.serveMcp({
      http, listenOn: address.data, token: deps.variables[tokenVariable],
      ...(tokenFile === undefined ? {} : { tokenFile: file(tokenFile) }), ...(hubTokenFile === undefined ? {} : { hubTokenFile: file(hubTokenFile) }),
    }));
  });
  withExamples(command, [['claude mcp add watchroom -- watchroom mcp', 'for Claude Code'], ['codex mcp add watchroom -- watchroom mcp', 'for Codex'], ['watchroom mcp --http --token-file ~/.config/watchroom/mcp-token', 'over HTTP']]);
};
