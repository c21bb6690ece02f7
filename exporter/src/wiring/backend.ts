import { existsSync, renameSync, statSync } from 'node:fs';
import type { Backend, Diagnosis, Explanation, Info, LedgerCare, RootDiagnosis, ToolDiagnosis, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { Ledger } from '../ledger/ledger.ts';
import type { Reader } from '../readers/reader.ts';
import { readers as allReaders } from '../readers/registry.ts';
import type { Session, SessionState } from '../session/session.ts';
import { tools } from '../session/tool.ts';
import type { Tool } from '../session/tool.ts';
import { totalTokens } from '../session/usage.ts';
import { budgetOutlook } from '../sweep/budget-forecast.ts';
import type { BudgetOutlook } from '../sweep/budget-forecast.ts';
import { listSources } from '../sweep/listing.ts';
import type { ListedRoot } from '../sweep/listing.ts';
import { adviceNow } from './advice.ts';
import { conversationIn, importCare, withImported } from './imports.ts';
import { openBooks, sessionsOf } from './books.ts';
import type { Books, Surroundings } from './books.ts';
import { runDemo } from './demo.ts';
import { runAgent, runExporter, scrapeOnce } from './exporter.ts';
import type { About } from './exporter.ts';
import { follow } from './follow.ts';
import { hubCare } from './hub.ts';
import { joinOf, pastOf } from './past.ts';
import { engineSettings, toldBudgets } from './reading-settings.ts';
import { createSearch } from './search.ts';
import { wrapCare } from './wrap.ts';
import { openState, secondOwner } from './state.ts';
import { say } from './words.ts';

/** What the commands ask, answered from this machine (cli/backend.ts). Nothing is opened before it is asked for. */
export const createBackend = (world: World, surroundings: Surroundings & About): Backend => {
  refuseMissing('--home', world.config.home);
  refuseMissing('--proc', world.config.proc);
  let opened: Promise<Books> | undefined;
  const books = (): Promise<Books> => (opened ??= openBooks(world, surroundings));
  const sessions: Backend['sessions'] = async ({ all }) => {
    const own = await sessionsOf(await books(), { all, limit: world.config.exportLimit, idleAfterMs: world.config.idleLimitMs, now: surroundings.now(), world });
    return all ? withImported(own, world) : own;
  };
  const close = async (): Promise<void> => {
    (await opened?.catch(() => undefined))?.close();
    opened = undefined;
  };
  const budgets: Backend['budgets'] = async () => outlooks(await books(), world, surroundings.now());
  return {
    sessions,
    explain: async (id) => explain(await books(), id, await sessions({ all: true })),
    doctor: async () => diagnose(await books(), world, await sessions({ all: true })),
    info: async () => info(await books(), world, surroundings, await sessions({ all: true })),
    once: () => scrapeOnce(world, surroundings),
    runExporter: () => runExporter(world, surroundings),
    runAgent: (given) => runAgent(world, surroundings, given),
    runDemo: () => runDemo(world, surroundings),
    hub: hubCare(world, surroundings),
    search: () => createSearch(world, surroundings),
    wrap: wrapCare(world, surroundings),
    serveMcp: async (ask) => (await import('./mcp.ts')).serveMcp({ world, about: surroundings, ask, fresh: () => createBackend(world, surroundings) }),
    ledger: ledgerCare(world, surroundings, books, close),
    past: async (ask) => {
      const join = await joinOf(ask, surroundings.now());
      return pastOf((await books()).ledger, ask, join, world);
    },
    conversation: (session) => conversationIn(world, session),
    imports: importCare(world),
    recommend: () => adviceNow({ sessions, budgets }, world, surroundings.now()),
    say: (change) => say(change, { books, close, world }),
    follow: () => follow(world, surroundings),
    budgets,
    close,
  };
};

/** A typing error here would look like a machine without sessions. */
const refuseMissing = (flag: string, folder: string | undefined): void => {
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CommandError(`${flag}: there is no folder ${folder}. Is it spelled right?`, 'config');
};

const explain = (books: Books, id: string, sessions: readonly Session[]): Explanation => {
  const session = sessions.find((one) => one.id === id)!;
  return { session, calls: books.ledger.callsOf(id), parts: books.ledger.partsOf(id), prices: books.prices };
};

const diagnose = async (books: Books, world: World, sessions: readonly Session[]): Promise<Diagnosis> => {
  const roots = books.engine?.roots ?? (await listSources(books.readers, world.machine, engineSettings(world, books.state, 1).extraRoots));
  const look = await books.look();
  return {
    tools: tools.map((tool) => toolDiagnosis(tool, { books, world, roots, sessions: sessions.filter((session) => session.tool === tool), processes: look.agents?.filter((agent) => agent.tool === tool).length ?? 0 })),
    processes: { seen: look.seen, ...(look.status.problem === undefined ? {} : { problem: look.status.problem }) },
    ledger: books.ledgerStatus(),
  };
};

const outlooks = ({ ledger, state }: Books, { config }: World, now: number): BudgetOutlook[] =>
  toldBudgets(config, state.pathSalt).map((told, index) => ({
    ...budgetOutlook(told, { now, timeZone: config.timezone === 'local' ? undefined : config.timezone, weekStart: config.weekStart, used: (from, to, by) => ledger.usedBetween(from, to, by) }),
    budget: config.budgets[index]!, // under the name its owner gave it
  }));

interface Seen { readonly books: Books; readonly world: World; readonly roots: readonly ListedRoot[]; readonly sessions: readonly Session[]; readonly processes: number }

const toolDiagnosis = (tool: Tool, { books, world, roots, sessions, processes }: Seen): ToolDiagnosis => {
  const reader = allReaders.find((one) => one.tool === tool);
  const own = roots.filter((root) => root.tool === tool);
  const bad = books.ledger.tallies('bad');
  const tokens = sessions.flatMap((session) => Object.values(session.models)).reduce<number | undefined>((sum, use) => (sum ?? 0) + totalTokens(use.usage), undefined);
  return {
    tool,
    enabled: !world.config.disabledTools.includes(tool),
    roots: reader ? rootDiagnoses(reader, own, world) : [],
    files: own.reduce((sum, root) => sum + root.files.length, 0),
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

const rootDiagnoses = (reader: Reader, listed: readonly ListedRoot[], world: World): RootDiagnosis[] => {
  const seen = listed.map((root) => ({
    path: root.named,
    exists: root.resolved !== undefined,
    files: root.files.length,
    ...(root.resolved === undefined && root.problems[0] ? { problem: root.problems[0].problem } : {}),
  }));
  return seen.length > 0 ? seen : reader.roots(world.machine).map(({ path }) => ({ path, exists: existsSync(path), files: 0 }));
};

const info = (books: Books, world: World, about: Surroundings & About, sessions: readonly Session[]): Info => {
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

const ledgerCare = (world: World, { now, pid }: Surroundings, books: () => Promise<Books>, close: () => Promise<void>): LedgerCare => ({
  verify: async () => (await books()).ledger.verify(),
  backup: async (file) => {
    await (await books()).ledger.backup(file);
    return { bytes: statSync(file).size };
  },
  compact: async () => {
    const { ledger, state } = await books();
    if (state.owner) throw secondOwnerMust('compact', state.owner.pid);
    return ledger.compact();
  },
  reset: async () => {
    await close();
    const state = openState(world, { pid, since: now(), brief: true });
    try {
      if (!state.ownership) throw state.owner ? secondOwnerMust('reset', state.owner.pid) : world.state.kind === 'folder' ? secondOwner(world.state.path) : new CommandError(state.problem ?? 'there is no ledger');
      return resetLedger(state.ledgerPath, now);
    } finally {
      state.close();
    }
  },
});

const secondOwnerMust = (what: string, pid: number): CommandError => new CommandError(`the exporter (pid ${pid}) keeps this ledger: stop it first, then ${what} the ledger`);

/** Puts the ledger aside under its date and begins a new one, with a new id and counters at 0. */
const resetLedger = (path: string, now: () => number): Awaited<ReturnType<LedgerCare['reset']>> => {
  let oldId: string | undefined;
  let keptAt: string | undefined;
  if (existsSync(path)) {
    try {
      const old = new Ledger({ path, now });
      oldId = old.id;
      old.compact(); // everything into the one file that is kept
      old.close();
    } catch {
      oldId = undefined; // broken: kept as it is
    }
    keptAt = `${path}.${new Date(now()).toISOString().replaceAll(/[:.]/g, '-')}`;
    for (const suffix of ['', '-wal', '-shm']) if (existsSync(path + suffix)) renameSync(path + suffix, keptAt + suffix);
  }
  const fresh = new Ledger({ path, now });
  const newId = fresh.id;
  fresh.close();
  return { newId, ...(oldId === undefined ? {} : { oldId }), ...(keptAt === undefined ? {} : { keptAt }) };
};
