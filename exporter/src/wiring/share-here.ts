import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { Invites, ShareAsk, ShareNews, Sharing } from '../cli/share-backend.ts';
import type { Session } from '../session/session.ts';
import type { Surroundings } from './books.ts';
import { showInBrowser } from './browser.ts';
import type { About } from './exporter.ts';
import { localHubFolder } from './hub-folder.ts';
import { keepRenewing, leaseMs } from './lease.ts';
import { localAddresses } from './local-addresses.ts';
import { askLetIn, askRoom, askShowOut } from './owner-answers.ts';
import { theService } from './share-service.ts';
import type { Service } from './share-service.ts';

export interface Sharer {
  readonly world: World;
  readonly about: Surroundings & About;
  readonly tell: (news: ShareNews) => void;
}

/** Opens a room of this machine's own hub: to its user's browser, and with --lan to guests of the local network. */
export const shareHere = async (sharer: Sharer, ask: ShareAsk): Promise<Sharing> => {
  const { world, about, tell } = sharer;
  const { session, lan, once, show } = ask;
  const addresses = lan ? await addressesHere() : [];
  const service = await theService({ world, about, lastActivityAt: session.lastActivityAt, hub: true });
  try {
    if (once && service.own) throw new CommandError('with --once nothing would be left to look at: no hub of a team is configured, and no exporter runs on this machine. Start one with npm start, or leave --once out');
    const { url, link } = await Promise.race([roomOf(session, service, about), service.over]);
    const visit = lan ? await letIn({ service, session, addresses, tell }) : undefined;
    return {
      to: { kind: lan ? 'network' : 'machine' }, room: url + pathOf(session), link, syncedBy: service.own ? 'this command' : 'exporter',
      shown: show && (await showInBrowser(link, { folder: localHubFolder((world.state as { readonly path: string }).path), platform: world.machine.platform, env: about.env, wait: once }).catch(() => false)),
      ...(visit ? { invites: visit.invites } : {}),
      over: visit ? Promise.race([service.over, visit.over]) : service.over,
      end: async () => {
        const said = visit ? await visit.end() : 'The room and its messages stay on this machine.';
        await service.stop();
        return service.own ? `${said} The service was stopped; npm start runs it again.` : said;
      },
    };
  } catch (error) {
    await service.stop().catch(() => undefined);
    throw error;
  }
};

export const pathOf = ({ tool, nativeId }: Session): string => `/rooms/${encodeURIComponent(tool)}/${encodeURIComponent(nativeId)}`;

const toldRoom = z.object({ url: z.string(), link: z.string(), seen: z.boolean() }).partial();
const againMs = 200;
const patienceMs = 30_000;

/** The first report after a start takes a moment. */
const roomOf = async (session: Session, service: Service, { ending }: About): Promise<{ readonly url: string; readonly link: string }> => {
  let stopped = false;
  void ending.then(() => (stopped = true));
  for (let waited = 0; waited < patienceMs && !stopped; await sleep(againMs)) {
    const { url, link, seen } = toldRoom.parse(await service.ask(askRoom, { session: session.id, path: pathOf(session) }));
    if (url !== undefined && link !== undefined) return { url, link };
    if (seen === false) throw notTold(session);
    if (seen) waited += againMs; // a first look at everything may take its time
  }
  throw new CommandError(stopped ? 'stopped: nothing was shared' : `this machine's hub does not take ${session.id}. Was it deleted there?`);
};

export const notTold = ({ id }: Session): CommandError => new CommandError(`the exporter of this machine does not tell of ${id}: its last activity lies before what is exported (--export.window), or it was imported from another machine`);

const toldVisit = z.object({ hosts: z.array(z.string()).min(1), invite: z.string(), fingerprint: z.string(), guests: z.array(z.string()) });
type Visit = z.infer<typeof toldVisit>;

const usualPort = 8878;

interface Visiting {
  readonly service: Service;
  readonly session: Session;
  readonly addresses: readonly string[];
  readonly tell: Sharer['tell'];
}

/** Keeps the door open as long as this command lives; the hub shuts it when it hears no more of us. */
const letIn = async ({ service, session, addresses: first, tell }: Visiting): Promise<{ readonly invites: Invites; readonly over: Promise<never>; readonly end: () => Promise<string> }> => {
  let before = await asked(first);
  const lease = keepRenewing(renew);
  return {
    invites: invitesOf(before), over: lease.over,
    end: async () => {
      await lease.stop();
      const left = z.array(z.string()).parse(await service.ask(askShowOut, { session: session.id }));
      return `The door to the local network is closed and the invite is void.${left.length === 0 ? '' : ` ${left.join(', ')} ${left.length === 1 ? 'has' : 'have'} left the room and see${left.length === 1 ? 's' : ''} it no more.`} Its messages stay on this machine.`;
    },
  };

  async function asked(addresses: readonly string[]): Promise<Visit> {
    return toldVisit.parse(await service.ask(askLetIn, { session: session.id, addresses, port: usualPort, leaseMs }));
  }

  async function renew(): Promise<void> {
    const addresses = await addressesHere().catch(() => []);
    if (addresses.length === 0) return; // between two networks
    const now = await asked(addresses);
    if (now.hosts.join() !== before.hosts.join() || now.invite !== before.invite) tell({ invites: invitesOf(now) });
    for (const guest of now.guests) if (!before.guests.includes(guest)) tell({ said: `${guest} has come in.` });
    before = now;
  }
};

const invitesOf = ({ hosts, invite, fingerprint }: Visit): Invites => ({ links: hosts.map((host) => `https://${host}/join#${invite}`), fingerprint });

const addressesHere = async (): Promise<readonly string[]> => {
  const found = await localAddresses(networkInterfaces());
  if (found.length === 0) throw new CommandError('this machine has no address in a local network (10.…, 172.16.… to 172.31.…, 192.168.…, 169.254.…, fd…), so nobody could come in. Is it connected? Addresses of the Internet are not opened: that is what a hub is for (docs/hub.md)');
  return found;
};
