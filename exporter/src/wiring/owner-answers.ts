import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { World } from '../cli/backend.ts';
import { wordsChange } from '../ledger/words-schema.ts';
import type { LedgerThread } from './ledger-thread.ts';
import type { LocalHub } from './local-hub.ts';
import { openOwnerLine } from './owner-line.ts';
import type { OwnerLine } from './owner-line.ts';
import { singleReport } from './single-reports.ts';
import type { SingleReports } from './single-reports.ts';
import type { State } from './state.ts';

interface Owned {
  readonly world: World;
  readonly thread: LedgerThread;
  readonly log: Logger;
  /** The one beside it; rejects with a sentence where there is none. */
  readonly hub: () => Promise<LocalHub>;
  readonly reports: SingleReports;
}

/** What `watchroom share` asks (share-here.ts). */
export const askRoom = 'open a room';
export const askLetIn = 'let guests in';
export const askShowOut = 'show guests out';

const roomAsked = z.object({ session: z.string().max(400), path: z.string().max(1000) });
const letInAsked = z.object({ session: z.string().max(400), addresses: z.array(z.union([z.ipv4(), z.ipv6()])).min(1).max(100), port: z.int().min(1).max(65_535), leaseMs: z.int().min(1000).max(600_000) });
export const askReport = 'report a session';
export const askReportNoMore = 'report a session no more';

const showOutAsked = z.object({ session: z.string().max(400) });

/** What commands may ask of the exporter that owns their ledger. Without a line they say so, and the exporter goes on. */
export const openLine = async (state: State, { world, thread, log, hub, reports }: Owned): Promise<OwnerLine | undefined> => {
  if (!state.ownership || world.state.kind !== 'folder') return undefined;
  try {
    return await openOwnerLine(dirname(state.ledgerPath), world.machine.platform, {
      say: (change) => thread.say(wordsChange.parse(change)),
      [askRoom]: async (asked) => {
        const { session, path } = roomAsked.parse(asked);
        const { url, knows, linkTo } = await hub();
        return (await knows(session)) ? { url, link: await linkTo(path) } : { seen: reports.seen(session) };
      },
      [askLetIn]: async (asked) => (await hub()).guests.letIn(letInAsked.parse(asked)),
      [askReport]: (asked) => reports.keepUp(singleReport.parse(asked)),
      [askReportNoMore]: (asked) => reports.end(singleReport.pick({ session: true, hubUrl: true }).parse(asked)),
      [askShowOut]: async (asked) => (await hub()).guests.showOut(showOutAsked.parse(asked).session),
    });
  } catch (error) {
    log.warn({ problem: error instanceof Error ? error.message : String(error) }, 'commands like `watchroom tag` cannot reach this exporter');
    return undefined;
  }
};
