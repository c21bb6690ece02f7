import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { HubCare, World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { statePath } from '../config/paths.ts';
import { makeFolder } from '../files/make-folder.ts';
import { ownerOf, takeOwnership } from '../ledger/owner.ts';
import type { Ownership } from '../ledger/owner.ts';
import type { Surroundings } from './books.ts';
import { showInBrowser } from './browser.ts';
import type { About } from './exporter.ts';
import { hubFolder, localHubFolder } from './hub-folder.ts';
import type { HubModule, HubOptions, HubStore } from './hub-module.ts';
import { loadHub } from './load-hub.ts';
import { createLog } from './log.ts';

/** What `watchroom hub` and `watchroom open` do. The hub itself is loaded when it is asked for. */
export const hubCare = (world: World, about: Surroundings & About): HubCare => ({
  serve: () => serveHub(world, about),
  createAdmin: (ask) => asked(world, about, (module, store) => module.createAdmin({ ...store, ...ask })),
  resetPassword: (ask) => asked(world, about, (module, store) => module.resetPassword({ ...store, ...ask })),
  backup: (file) => asked(world, about, (module, store) => module.backup({ ...store, file })),
  restore: async (file) => {
    const module = await loadHub();
    const store = storeOf(world, about);
    const ownership = ownHub(store.dataFolder, about, 'restore');
    try {
      return await module.restore({ ...store, file });
    } finally {
      ownership.release();
    }
  },
  open: ({ show }) => openLocal(world, about, show),
});

const serveHub = async (world: World, about: Surroundings & About): Promise<void> => {
  const { config } = world;
  const options = optionsOf(world, about);
  const module = await loadHub();
  const ownership = ownHub(options.dataFolder, about, 'serve');
  try {
    const hub = await module.startHub(options);
    ownership.describe({ address: hub.url });
    if (config.hubPublicUrl?.startsWith('http:') && !isLoopback(new URL(config.hubPublicUrl).hostname)) options.log.warn({ url: config.hubPublicUrl }, 'passwords and tokens travel in clear: put TLS before the hub and tell it by --public-url https://…');
    about.stdout.write(greeting(about.version, options, hub));
    options.log.info({ signal: await about.ending }, 'stopping');
    await hub.close();
  } finally {
    ownership.release();
  }
};

const greeting = (version: string, { publicUrl, dataFolder }: HubOptions, { url, setupToken }: { readonly url: string; readonly setupToken?: string }): string =>
  [
    `Watchroom hub ${version} keeps its data in ${dataFolder}.`,
    `  Page:     ${publicUrl}/`,
    ...(url.replace(/\/$/, '') === publicUrl ? [] : [`  Listens:  ${url}`]),
    `  API:      ${publicUrl}/docs/api`,
    ...(setupToken === undefined ? [] : ['', 'Nobody has an account yet. Open this to make the first admin (a restart prints another one):', `  ${publicUrl}/setup#${setupToken}`]),
    '',
    'Ctrl+C ends it.',
    '',
  ].join('\n');

const asked = async <Answer>(world: World, about: Surroundings, ask: (module: HubModule, store: HubStore) => Promise<Answer>): Promise<Answer> => {
  const store = storeOf(world, about);
  if (!existsSync(store.dataFolder)) throw new CommandError(`there is no hub in ${store.dataFolder}. Start one with watchroom hub serve, or name its folder with --data DIR`);
  return ask(await loadHub(), store);
};

const storeOf = ({ config, machine, state }: World, { now }: Surroundings): HubStore => ({ dataFolder: hubFolder({ config, machine, state }), publicUrl: publicUrlOf(config), now });

const optionsOf = (world: World, about: Surroundings & About): HubOptions => {
  const { config } = world;
  const oidc = oidcOf(config);
  return {
    ...storeOf(world, about),
    version: about.version, log: createLog(config, about.stderr), listen: config.hubListen, allowedHosts: config.hubAllowedHosts, trustProxy: config.hubTrustProxy,
    seriesPerUser: config.hubSeriesPerUser, seriesPerHub: config.hubSeries,
    ...(oidc === undefined ? {} : { oidc }),
    provision: provisionOf(config),
    ...(config.hubAlertmanagerUrl === undefined ? {} : { alertmanagerUrl: config.hubAlertmanagerUrl }),
    ...(config.hubGrafanaUrl === undefined ? {} : { grafanaUrl: config.hubGrafanaUrl }),
    ...(config.hubSigningKeyFile === undefined ? {} : { signingKey: contentOf(config.hubSigningKeyFile, '--signing-key-file') }),
  };
};

/** Without a public address people type the one it listens on. */
const publicUrlOf = ({ hubPublicUrl, hubListen: { host, port } }: World['config']): string => {
  if (hubPublicUrl !== undefined) return hubPublicUrl;
  const name = host === undefined || host === '0.0.0.0' || host === '::' ? hostname() : host === '127.0.0.1' || host === '::1' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};

const oidcOf = ({ hubOidcIssuer: issuer, hubOidcClientId: clientId, hubOidcClientSecretFile: file, hubOidcName: name }: World['config']): HubOptions['oidc'] => {
  if (issuer === undefined && clientId === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) throw new CommandError(`single sign-on needs both: --oidc.${issuer === undefined ? 'issuer URL' : 'client-id ID'} is missing`, 'config');
  return { issuer, clientId, name, ...(file === undefined ? {} : { clientSecret: contentOf(file, '--oidc.client-secret-file') }) };
};

const provisionOf = ({ hubAdminPasswordFile, hubFirstTeam, hubScrapeTokenFile, hubAgentTokenFile, hubAlertTokenFile }: World['config']): NonNullable<HubOptions['provision']> => ({
  team: hubFirstTeam,
  ...(hubAdminPasswordFile === undefined ? {} : { adminPassword: contentOf(hubAdminPasswordFile, '--admin-password-file') }),
  ...(hubScrapeTokenFile === undefined ? {} : { scrapeToken: contentOf(hubScrapeTokenFile, '--scrape-token-file') }),
  ...(hubAgentTokenFile === undefined ? {} : { agentToken: contentOf(hubAgentTokenFile, '--agent-token-file') }),
  ...(hubAlertTokenFile === undefined ? {} : { alertToken: contentOf(hubAlertTokenFile, '--alert-token-file') }),
});

const contentOf = (file: string, flag: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CommandError(`${flag}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, 'config');
  }
};

/** One process has a hub's folder at a time; the lock ends with it, however it dies. */
export const ownHub = (folder: string, { pid, now }: Surroundings, what: 'serve' | 'restore'): Ownership => {
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new CommandError(`the hub's folder ${folder} cannot be made (${(error as NodeJS.ErrnoException).code ?? String(error)}). Name another with --data DIR`);
  }
  const taken = takeOwnership(folder, { pid, since: now() });
  if (!('owner' in taken)) return taken;
  const running = `a hub${taken.owner === undefined ? '' : ` (pid ${taken.owner.pid}${taken.owner.address === undefined ? '' : `, ${taken.owner.address}`})`} runs on ${folder}`;
  throw new CommandError(what === 'serve' ? `${running}. Use that one, or give this one a folder of its own with --data DIR` : `${running}. Stop it first, then restore`);
};

const openLocal = async (world: World, about: Surroundings & About, show: boolean): Promise<{ readonly link: string; readonly shown: boolean }> => {
  const dataFolder = localHubFolder(world.state.kind === 'folder' ? world.state.path : statePath(world.machine));
  const owner = ownerOf(dataFolder);
  if (owner?.address === undefined || !(await answers(owner.address))) throw new CommandError('no exporter of this machine runs a hub now. Start it with npm start (or watchroom exporter), without --no-hub');
  const { link } = await (await loadHub()).localLink({ dataFolder, publicUrl: owner.address.replace(/\/$/, ''), now: about.now });
  return { link, shown: show && (await showInBrowser(link, { folder: dataFolder, platform: world.machine.platform, env: about.env, wait: true })) };
};

const answers = async (address: string): Promise<boolean> => {
  try {
    return (await fetch(new URL('/healthz', address), { signal: AbortSignal.timeout(3000) })).ok;
  } catch {
    return false;
  }
};

const isLoopback = (name: string): boolean => name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
