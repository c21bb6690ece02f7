import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowedFrom, Following, World } from '../cli/backend.ts';
import { askExporter } from '../cli/statusline/ask-exporter.ts';
import { healthSettings } from '../config/health-settings.ts';
import { shownHealthOf } from '../health/health.ts';
import { ownerOf } from '../ledger/owner.ts';
import { isLiveSession, nowSchema } from '../session/now.ts';
import type { NowAsk, NowPage } from '../session/now.ts';
import { publicSession } from '../session/public.ts';
import { sessionStates } from '../session/session.ts';
import { openBooks, sessionsOf } from './books.ts';
import type { Surroundings } from './books.ts';
import { startOwnLook } from './own-look.ts';
import { openState } from './state.ts';
import { readReportedLimits } from './reported-limits.ts';

/** One way to the present of this machine. */
interface Way {
  readonly from: FollowedFrom;
  readonly page: (ask: NowAsk) => Promise<NowPage>;
  /** It leads nowhere any more: another has to be found. */
  readonly over: () => boolean;
  readonly close: () => Promise<void>;
}

/**
 * Follows this machine: by asking the exporter that runs, else by a look of our own, which makes way when an exporter starts;
 * beside an exporter that does not answer (a password, TLS), by reading its ledger.
 */
export const follow = (world: World, surroundings: Surroundings): Following => {
  let way: Way | undefined;
  let closed = false;
  return {
    from: () => way?.from,
    page: async (ask) => {
      for (let tries = 0; ; tries += 1) {
        if (way?.over()) {
          await leave();
          await someoneElse(world, surroundings);
        }
        try {
          return await (way ??= await findWay(world, surroundings)).page(ask);
        } catch (error) {
          if (closed || tries >= mostTries) throw error;
          await leave();
          await sleep(againMs);
        }
      }
    },
    close: async () => {
      closed = true;
      await leave();
    },
  };

  async function leave(): Promise<void> {
    const old = way;
    way = undefined;
    await old?.close();
  }
};

/** Whoever asked for the ledger gets the time to take it: otherwise we would be there first again. */
const someoneElse = async ({ state }: World, { pid }: Surroundings): Promise<void> => {
  for (let waited = 0; waited < makeWayMs && state.kind === 'folder'; waited += againMs) {
    const owner = ownerOf(state.path);
    if (owner && owner.pid !== pid && owner.address !== undefined) return;
    await sleep(againMs);
  }
};

const makeWayMs = 5000;
const mostTries = 3;
const againMs = 200;

const findWay = async (world: World, surroundings: Surroundings): Promise<Way> => {
  const folder = world.state.kind === 'folder' ? world.state.path : undefined;
  const address = folder === undefined ? undefined : ownerOf(folder)?.address;
  const exporter = folder === undefined || address === undefined ? undefined : await theExporter(folder, address);
  if (exporter) return exporter;
  const state = openState(world, { pid: surroundings.pid, since: surroundings.now(), brief: true, scanning: true });
  if (!state.ownership && state.ledgerPath !== ':memory:') return besideOwner(world, surroundings);
  const look = await startOwnLook(world, state, surroundings);
  return { from: { kind: 'own look' }, page: look.page, over: () => look.over() !== undefined, close: look.close };
};

const answerMs = 3000;

/** The exporter of this folder, when it lets us in and knows the question. By a bare socket: a fetch would cost more than all the drawing. */
const theExporter = async (folder: string, address: string): Promise<Way | undefined> => {
  if (!(await askExporter(folder, { limit: 1 }, answerMs))) return undefined; // its card is old, or it wants a password or TLS
  return {
    from: { kind: 'exporter', address }, over: () => false, close: async () => undefined,
    page: async (ask) => {
      const page = await askExporter(folder, ask, answerMs);
      if (!page) throw new Error(`the exporter at ${address} does not answer`);
      return page;
    },
  };
};

/** The ledger of an owner that cannot be asked, read at every page; nothing is known of its burn. */
const besideOwner = async (world: World, surroundings: Surroundings): Promise<Way> => {
  const books = await openBooks(world, surroundings);
  const health = healthSettings(world.config);
  if (books.engine) { // its owner went while we looked
    books.close();
    throw new Error('the ledger changed hands');
  }
  return {
    from: { kind: 'ledger' }, over: () => false, close: async () => books.close(),
    page: async ({ session: id, limit = 200 }) => {
      const now = surroundings.now();
      const sessions = await sessionsOf(books, { all: false, limit: Math.max(limit, 50), idleAfterMs: world.config.idleLimitMs, now, world });
      const heard = world.state.kind === 'folder' ? readReportedLimits(world.state.path, now) : [];
      return {
        schema: nowSchema, at: now, complete: true, scanned: 1, minutes: [], budgets: [], rateLimits: heard.filter(({ resetsAt }) => resetsAt === undefined || resetsAt > now),
        counts: Object.fromEntries(sessionStates.map((state) => [state, sessions.filter((session) => session.state === state).length])) as NowPage['counts'],
        live: sessions.filter(isLiveSession).length,
        sessions: sessions.filter((session) => id === undefined || session.id === id).map((session) => publicSession(session, shownHealthOf(session, now, health))),
      };
    },
  };
};
