import type { Server } from 'node:http';
import type { Base } from '../base.ts';
import { keptCertificate } from './certificate.ts';
import { guestsOf, inviteGuests, sessionHere, showOut } from './guests.ts';
import { openTlsDoor } from './tls-door.ts';
import type { TlsDoor } from './tls-door.ts';

/** Whom to let in, and for how long without another word. */
export interface LetIn {
  /** "<tool>/<native id>" */
  readonly session: string;
  /** IP addresses of this machine in local networks. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly leaseMs: number;
}

/** What guests of a session need, and who is there. */
export interface Visit {
  /** Where they come in, with port; as the addresses were given. */
  readonly hosts: readonly string[];
  /** Secret of the invite to the room. */
  readonly invite: string;
  /** What they compare. */
  readonly fingerprint: string;
  readonly guests: readonly string[];
}

/** The way from the local network into rooms of a hub of one machine. It is open while somebody shares a session, and closes by itself when they are heard of no more. */
export class GuestDoor {
  readonly #base: Base;
  readonly #server: Server;
  readonly #hosts: { current: readonly string[] };
  readonly #visits = new Map<string, { readonly sessionId: string; readonly invite: string; lease: NodeJS.Timeout }>();
  #open: (TlsDoor & { readonly addresses: string; readonly fingerprint: string }) | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param hosts what the Host check lets through (settings.guestHosts) */
  constructor(base: Base, { server, hosts }: { readonly server: Server; readonly hosts: { current: readonly string[] } }) {
    this.#base = base;
    this.#server = server;
    this.#hosts = hosts;
  }

  /** Opens the door to a room, or keeps it open. Rejects with a sentence. */
  letIn(ask: LetIn): Promise<Visit> {
    return this.#inTurn(async () => {
      const session = await sessionHere(this.#base, ask.session);
      if (session === undefined) throw new Error(`this machine's hub was not told of ${ask.session}`);
      const { hosts, fingerprint } = await this.#opened(ask);
      const before = this.#visits.get(ask.session);
      clearTimeout(before?.lease);
      const lease = setTimeout(() => void this.showOut(ask.session).catch((error: unknown) => this.#base.log.error({ problem: String(error) }, 'guests could not be shown out')), ask.leaseMs);
      lease.unref();
      const visit = before ?? { sessionId: session.id, invite: await inviteGuests(this.#base, session), lease };
      visit.lease = lease;
      this.#visits.set(ask.session, visit);
      return { hosts, fingerprint, invite: visit.invite, guests: await guestsOf(this.#base, session.id) };
    });
  }

  /** The room is this machine's alone again; names of those who were in it. */
  showOut(session: string): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const visit = this.#visits.get(session);
      if (visit === undefined) return [];
      this.#visits.delete(session);
      clearTimeout(visit.lease);
      if (this.#visits.size === 0) await this.#shut();
      return showOut(this.#base, visit.sessionId);
    });
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      for (const { lease } of this.#visits.values()) clearTimeout(lease);
      this.#visits.clear();
      await this.#shut();
      await showOut(this.#base);
    });
  }

  /** A laptop that moves to another network has other addresses: then it is another door. */
  async #opened({ addresses, port }: LetIn): Promise<Pick<Visit, 'hosts' | 'fingerprint'>> {
    const asked = [...addresses].sort().join(' ');
    if (this.#open?.addresses === asked) return this.#open;
    await this.#shut();
    const certificate = keptCertificate(this.#base.settings.dataFolder, { addresses, now: this.#base.now() });
    const door = await openTlsDoor({ server: this.#server, certificate, addresses, port, nextPorts });
    this.#open = { ...door, addresses: asked, fingerprint: certificate.fingerprint };
    this.#hosts.current = door.hosts;
    return this.#open;
  }

  async #shut(): Promise<void> {
    const door = this.#open;
    this.#open = undefined;
    this.#hosts.current = [];
    await door?.close();
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

const nextPorts = 20;
