import { ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { accountsOf, budgetData } from '../cli/views/budget-table.ts';
import { findSession } from '../cli/find-session.ts';
import type { Sources } from './sources.ts';
import { toldSession } from './told-session.ts';
import { isSearchOn } from './tools-sessions.ts';

/** Sessions and budgets as things an assistant can be given. */
export const addResources = (server: McpServer, { ask, health, now }: Sources): void => {
  const json = (uri: URL, data: unknown) => ({ contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(data, null, 1) }] });
  const told = () => ask(async (backend) => {
    const withWords = await isSearchOn(backend);
    return (await backend.sessions({ all: false })).map((session) => toldSession(session, { now: now(), health, withWords }));
  });

  server.registerResource('sessions', 'watchroom://sessions', { title: 'Live and recent sessions', mimeType: 'application/json' }, async (uri) => json(uri, await told()));
  server.registerResource('budgets', 'watchroom://budgets', { title: 'Budgets', mimeType: 'application/json' }, async (uri) => json(uri, await ask(async (backend) => accountsOf(await backend.budgets()).map(budgetData))));
  server.registerResource('session', new ResourceTemplate('watchroom://sessions/{tool}/{nativeId}', {
    list: async () => ({ resources: (await told()).map(({ id, project, state }) => ({ uri: `watchroom://sessions/${id.split('/').map(encodeURIComponent).join('/')}`, name: id, title: [project, state].filter(Boolean).join(', '), mimeType: 'application/json' })) }),
  }), { title: 'One session', mimeType: 'application/json' }, async (uri, { tool, nativeId }) => json(uri, await ask(async (backend) => {
    const session = findSession(`${decodeURIComponent(String(tool))}/${decodeURIComponent(String(nativeId))}`, await backend.sessions({ all: true }));
    return toldSession(session, { now: now(), health, withWords: await isSearchOn(backend) });
  })));
};
