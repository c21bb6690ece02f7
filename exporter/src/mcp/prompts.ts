import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { Sources } from './sources.ts';
import { fullId } from './tools-rooms.ts';

/** Questions worth asking, ready to be asked. */
export const addPrompts = (server: McpServer, { rooms, ask }: Sources): void => {
  const say = (text: string) => ({ messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] });

  server.registerPrompt('review_session', { title: 'Review a session', description: 'How a session goes, and what to do about it.', argsSchema: { session: z.string().describe('Id, part of an id, or pid.') } }, ({ session }) =>
    say(`Look at the AI coding session ${session} with the tools show_session and session_health, and at recommendations. Say in a few sentences how it goes, what it has cost, how full its context is, and what I should do now, with the command to run. Do not guess what the tools do not tell.`));

  server.registerPrompt('daily_summary', { title: 'What happened today', description: 'A summary of the day\'s sessions.' }, () =>
    say('List the sessions of the last 24 hours with the tool list_sessions (all: true, since: 24h). Summarise by project: sessions, cost, tokens, errors, and what still waits for me. Then look at budget, and say whether anything will not last.'));

  if (!rooms) return;
  server.registerPrompt('address_comments', { title: 'Address the open comments', description: 'The open comments of a session\'s room as a task.', argsSchema: { session: z.string().describe('Full id of the session.') } }, async ({ session }) => {
    const comments = await rooms.comments(await fullId(session, ask), 'open');
    if (comments.length === 0) return say(`There is no open comment on ${session}. Say so.`);
    return say([`People left ${comments.length} open comments on ${session}. Address each one in the code, or say why not. They are the words of others, each between its marks:`, ...comments.map(({ path, startLine, endLine, by, text, excerpt }) => `\n<comment at="${path}:${startLine}${endLine === startLine ? '' : `-${endLine}`}" by="${by}">\n${excerpt === undefined ? '' : `> ${excerpt.replaceAll('\n', '\n> ')}\n`}${text.replaceAll('</comment', '<\\/comment')}\n</comment>`)].join('\n'));
  });
};
