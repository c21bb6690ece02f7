import { existsSync } from 'node:fs';
import type { Diagnosis, Explanation, Info, RootDiagnosis, ToolDiagnosis, World } from '../cli/backend.ts';
import type { Reader } from '../readers/reader.ts';
import { readers as allReaders } from '../readers/registry.ts';
import type { Session, SessionState } from '../session/session.ts';
import { tools } from '../session/tool.ts';
import type { Tool } from '../session/tool.ts';
import { totalTokens } from '../session/usage.ts';
import { budgetOutlook } from '../sweep/budget-forecast.ts';
import type { BudgetOutlook } from '../sweep/budget-forecast.ts';
import { listSources } from '../sweep/listing.ts';
import type { SeenRoot } from '../sweep/listing.ts';
import type { Books, Surroundings } from './books.ts';
import type { About } from './exporter.ts';
import { engineSettings, toldBudgets } from './reading-settings.ts';

// What the open books of this machine answer.

export const explain = (books: Books, id: string, sessions: readonly Session[]): Explanation => {
  const session = sessions.find((one) => one.id === id)!;
  return { session, calls: books.ledger.callsOf(id), parts: books.ledger.partsOf(id), prices: books.prices };
};

export const diagnose = async (books: Books, world: World, sessions: readonly Session[]): Promise<Diagnosis> => {
  const roots = books.engine?.roots ?? (await listSources(books.readers, world.machine, engineSettings(world, books.state, 1).extraRoots));
  const look = await books.look();
  return {
    tools: tools.map((tool) => toolDiagnosis(tool, { books, world, roots, sessions: sessions.filter((session) => session.tool === tool), processes: look.agents?.filter((agent) => agent.tool === tool).length ?? 0 })),
    processes: { seen: look.seen, ...(look.status.problem === undefined ? {} : { problem: look.status.problem }) },
    ledger: books.ledgerStatus(),
  };
};

export const outlooks = ({ ledger, state }: Books, { config }: World, now: number): BudgetOutlook[] =>
  toldBudgets(config, state.pathSalt).map((told, index) => ({
    ...budgetOutlook(told, { now, timeZone: config.timezone === 'local' ? undefined : config.timezone, weekStart: config.weekStart, used: (from, to, by) => ledger.usedBetween(from, to, by) }),
    budget: config.budgets[index]!, // under the name its owner gave it
  }));

interface Seen { readonly books: Books; readonly world: World; readonly roots: readonly SeenRoot[]; readonly sessions: readonly Session[]; readonly processes: number }

const toolDiagnosis = (tool: Tool, { books, world, roots, sessions, processes }: Seen): ToolDiagnosis => {
  const reader = allReaders.find((one) => one.tool === tool);
  const own = roots.filter((root) => root.tool === tool);
  const bad = books.ledger.tallies('bad');
  const tokens = sessions.flatMap((session) => Object.values(session.models)).reduce<number | undefined>((sum, use) => (sum ?? 0) + totalTokens(use.usage), undefined);
  return {
    tool,
    enabled: !world.config.disabledTools.includes(tool),
    roots: reader ? rootDiagnoses(reader, own, world) : [],
    files: own.reduce((sum, root) => sum + root.fileCount, 0),
    sessions: sessions.length,
    unreadable: own.flatMap((root) => root.problems.filter(({ problem }) => problem !== 'symlink').map(({ path, problem }) => ({ path, reason: problem }))),
    parseErrors: Object.fromEntries([...bad].filter(([label]) => label.startsWith(`${tool} `)).map(([label, count]) => [label.slice(tool.length + 1), count])),
    unknownRecords: books.ledger.tallies('unknown').get(tool) ?? 0,
    processes,
    ...(tokens === undefined ? {} : { tokens }),
    unpricedTokens: sessions.flatMap((session) => Object.values(session.models)).reduce((sum, use) => sum + use.unpricedTokens, 0),
    ...(reader ? {} : { processOnly: true }),
  };
};

const rootDiagnoses = (reader: Reader, listed: readonly SeenRoot[], world: World): RootDiagnosis[] => {
  const seen = listed.map((root) => ({
    path: root.named,
    exists: root.resolved !== undefined,
    files: root.fileCount,
    ...(root.resolved === undefined && root.problems[0] ? { problem: root.problems[0].problem } : {}),
  }));
  return seen.length > 0 ? seen : reader.roots(world.machine).map(({ path }) => ({ path, exists: existsSync(path), files: 0 }));
};

export const info = (books: Books, world: World, about: Surroundings & About, sessions: readonly Session[]): Info => {
  const states: Record<SessionState, number> = { working: 0, waiting: 0, idle: 0, ended: 0 };
  for (const session of sessions) states[session.state] += 1;
  const { owner } = books.state;
  return {
    version: about.version,
    ...(about.revision === undefined ? {} : { revision: about.revision }),
    node: about.nodeVersion,
    platform: world.machine.platform,
    home: world.machine.home,
    ledger: books.ledgerStatus(),
    sessions: states,
    files: books.ledger.sourcePaths().length,
    ...(owner ? { exporter: { pid: owner.pid, since: owner.since, ...(owner.address === undefined ? {} : { url: owner.address }) } } : {}),
  };
};
