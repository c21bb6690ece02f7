import type { Logger } from 'pino';
import { createHub } from './hub.ts';
import { freePort, listen } from './listen.ts';
import type { ListenOn } from './listen.ts';
import { openLink, readyLocalMode } from './auth/local.ts';
import { GuestDoor } from './lan/guest-door.ts';
import { sessionHere, showOut } from './lan/guests.ts';
import { newSetupToken } from './auth/setup.ts';
import { provision } from './provision.ts';
import type { Provision } from './provision.ts';
import type { HubSettings } from './settings.ts';

/** How a hub is started: HubOptions of the exporter's wiring/hub-module.ts. */
export interface StartOptions {
  readonly dataFolder: string;
  readonly publicUrl: string;
  readonly now: () => number;
  readonly version: string;
  readonly listen: ListenOn;
  readonly nextPorts?: number;
  readonly log: Logger;
  readonly allowedHosts?: readonly string[];
  readonly trustProxy?: number;
  readonly local?: { readonly userName: string };
  readonly oidc?: NonNullable<HubSettings['oidc']>;
  readonly signingKey?: string;
  readonly seriesPerUser?: number;
  readonly seriesPerHub?: number;
  readonly provision?: Provision;
  readonly alertmanagerUrl?: string;
  readonly grafanaUrl?: string;
}

export interface Started {
  readonly url: string;
  readonly port: number;
  readonly setupToken?: string;
  readonly agentToken?: string;
  readonly openLink?: (to?: string) => Promise<string>;
  readonly knows?: (session: string) => Promise<boolean>;
  readonly guests?: Pick<GuestDoor, 'letIn' | 'showOut'>;
  readonly close: () => Promise<void>;
}

/** Opens the store, listens, and says what whoever started it needs to know. */
export const startHub = async (options: StartOptions): Promise<Started> => (options.local === undefined ? startForTeams(options) : startLocal(options, options.local.userName));

const startForTeams = async (options: StartOptions): Promise<Started> => {
  const hub = await createHub({ settings: settingsOf(options), log: options.log, now: options.now });
  try {
    if (options.provision) await provision(hub.base, options.provision);
    const port = await listen(hub.server, options.listen);
    const setupToken = await newSetupToken(hub.base);
    return { port, url: addressOf(options.listen.host, port), close: hub.close, ...(setupToken === undefined ? {} : { setupToken }) };
  } catch (error) {
    await hub.close();
    throw error;
  }
};

/** Loopback whatever was asked for; its address is that of the port it found, so that links lead to it. */
const startLocal = async (options: StartOptions, userName: string): Promise<Started> => {
  const host = '127.0.0.1';
  const wanted = await freePort({ host, port: options.listen.port }, options.nextPorts ?? 0);
  const publicUrl = `http://${host}:${wanted}`;
  const hosts: { current: readonly string[] } = { current: [] };
  const hub = await createHub({ settings: { ...settingsOf(options), publicUrl, local: true, guestHosts: () => hosts.current }, log: options.log, now: options.now });
  try {
    const port = await listen(hub.server, { host, port: wanted });
    const { agentToken } = await readyLocalMode(hub.base, { userName });
    await showOut(hub.base); // of a hub that was killed while guests were there
    const guests = new GuestDoor(hub.base, { server: hub.server, hosts });
    return {
      port, url: `${publicUrl}/`, agentToken, guests,
      openLink: (to) => openLink(hub.base, to),
      knows: async (session) => (await sessionHere(hub.base, session)) !== undefined,
      close: async () => {
        await guests.close();
        await hub.close();
      },
    };
  } catch (error) {
    await hub.close();
    throw error;
  }
};

const settingsOf = ({ version, publicUrl, allowedHosts = [], trustProxy = 0, dataFolder, oidc, signingKey, alertmanagerUrl, grafanaUrl, seriesPerUser = 50_000, seriesPerHub = 200_000 }: StartOptions): HubSettings => ({
  version, publicUrl, allowedHosts, trustProxy, dataFolder, seriesPerUser, seriesPerHub, local: false,
  ...(oidc === undefined ? {} : { oidc }),
  ...(alertmanagerUrl === undefined ? {} : { alertmanager: { url: alertmanagerUrl } }),
  ...(grafanaUrl === undefined ? {} : { grafanaUrl: grafanaUrl.replace(/\/+$/, '') }),
  ...(signingKey === undefined ? {} : { signingKey }),
});

const addressOf = (host: string | undefined, port: number): string => `http://${host === undefined || host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}/`;
