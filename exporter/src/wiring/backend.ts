import { statSync } from 'node:fs';
import type { Backend, Following, HubCare, LedgerCare, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { WrapCare } from '../cli/wrap-backend.ts';
import type { Books, Surroundings } from './books.ts';
import type { About } from './exporter.ts';

/**
 * What the commands ask, answered from this machine (cli/backend.ts). Nothing is opened before it is asked for, and nothing is loaded:
 * a command that answers in a moment does not wait for OpenTelemetry and Express.
 */
export const createBackend = (world: World, surroundings: Surroundings & About): Backend => {
  refuseMissing('--home', world.config.home);
  refuseMissing('--proc', world.config.proc);
  let opened: Promise<Books> | undefined;
  const books = (): Promise<Books> => (opened ??= import('./books.ts').then(({ openBooks }) => openBooks(world, surroundings)));
  const sessions: Backend['sessions'] = async ({ all }) => {
    const [{ sessionsOf }, { withImported }] = await Promise.all([import('./books.ts'), import('./imports.ts')]);
    const own = await sessionsOf(await books(), { all, limit: world.config.exportLimit, idleAfterMs: world.config.idleLimitMs, now: surroundings.now(), world });
    return all ? withImported(own, world) : own;
  };
  const close = async (): Promise<void> => {
    (await opened?.catch(() => undefined))?.close();
    opened = undefined;
  };
  const budgets: Backend['budgets'] = async () => (await import('./machine-answers.ts')).outlooks(await books(), world, surroundings.now());
  return {
    sessions, budgets, close,
    explain: async (id) => (await import('./machine-answers.ts')).explain(await books(), id, await sessions({ all: true })),
    doctor: async () => (await import('./machine-answers.ts')).diagnose(await books(), world, await sessions({ all: true })),
    info: async () => (await import('./machine-answers.ts')).info(await books(), world, surroundings, await sessions({ all: true })),
    once: async () => (await import('./exporter.ts')).scrapeOnce(world, surroundings),
    runExporter: async () => (await import('./exporter.ts')).runExporter(world, surroundings),
    runAgent: async (given) => (await import('./exporter.ts')).runAgent(world, surroundings, given),
    runDemo: async () => (await import('./demo.ts')).runDemo(world, surroundings),
    hub: hub(async () => (await import('./hub.ts')).hubCare(world, surroundings)),
    share: async () => (await import('./share.ts')).shareCare(world, surroundings, close),
    search: async () => (await import('./search.ts')).createSearch(world, surroundings),
    wrap: wrap(async () => (await import('./wrap.ts')).wrapCare(world, surroundings)),
    serveMcp: async (ask) => (await import('./mcp.ts')).serveMcp({ world, about: surroundings, ask, fresh: () => createBackend(world, surroundings) }),
    ledger: ledger(async () => (await import('./ledger-care.ts')).ledgerCare(world, surroundings, books, close)),
    past: async (ask) => {
      const { joinOf, pastOf } = await import('./past.ts');
      const join = await joinOf(ask, surroundings.now());
      return pastOf((await books()).ledger, ask, join, world);
    },
    conversation: async (session) => (await import('./imports.ts')).conversationIn(world, session),
    imports: {
      add: async (all) => (await import('./imports.ts')).importCare(world).add(all),
      remove: async (id) => (await import('./imports.ts')).importCare(world).remove(id),
    },
    recommend: async () => (await import('./advice.ts')).adviceNow({ sessions, budgets }, world, surroundings.now()),
    say: async (change) => (await import('./words.ts')).say(change, { books, close, world }),
    follow: () => following(async () => (await import('./follow.ts')).follow(world, surroundings)),
  };
};

/** A typing error here would look like a machine without sessions. */
const refuseMissing = (flag: string, folder: string | undefined): void => {
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CommandError(`${flag}: there is no folder ${folder}. Is it spelled right?`, 'config');
};

type Load<Part> = () => Promise<Part>;

const hub = (load: Load<HubCare>): HubCare => ({
  serve: async () => (await load()).serve(),
  createAdmin: async (ask) => (await load()).createAdmin(ask),
  resetPassword: async (ask) => (await load()).resetPassword(ask),
  backup: async (file) => (await load()).backup(file),
  restore: async (file) => (await load()).restore(file),
  open: async (ask) => (await load()).open(ask),
});

const wrap = (load: Load<WrapCare>): WrapCare => ({
  run: async (ask) => (await load()).run(ask),
  runs: async (stateFile) => (await load()).runs(stateFile),
});

const ledger = (load: Load<LedgerCare>): LedgerCare => ({
  verify: async () => (await load()).verify(),
  compact: async () => (await load()).compact(),
  backup: async (file) => (await load()).backup(file),
  reset: async () => (await load()).reset(),
});

const following = (load: Load<Following>): Following => {
  let loading: Promise<Following> | undefined;
  let loaded: Following | undefined;
  return {
    page: async (ask) => (loaded ??= await (loading ??= load())).page(ask),
    from: () => loaded?.from(),
    close: async () => (await loading)?.close(),
  };
};
