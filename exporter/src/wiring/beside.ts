import { dirname, join } from 'node:path';
import { openInBrowser, showInBrowser } from './browser.ts';
import type { About } from './exporter.ts';
import { localHubFolder } from './hub-folder.ts';
import { startLocalHub } from './local-hub.ts';
import type { LocalHub } from './local-hub.ts';
import { startReporting } from './reporting.ts';
import type { ReportingScene } from './reporting.ts';

interface Beside extends ReportingScene {
  readonly about: ReportingScene['about'] & Pick<About, 'stdout' | 'env'>;
}

interface Manner {
  /** Says where it is, and opens the browser. */
  readonly greets: boolean;
  /** The exporter's own page, for the browser where there is no hub. */
  readonly page: string;
}

/** Runs the hub of this machine beside the exporter and reports to it. Nothing that happens to it reaches the exporter but a sentence in the log. */
export const runBeside = (scene: Beside, manner: Manner): { readonly stop: () => Promise<void>; /** Rejects with a sentence where there is none. */ readonly hub: () => Promise<LocalHub> } => {
  let stopping = false;
  const begun = begin(scene, () => stopping).then((running) => {
    if (!stopping && manner.greets) greet(scene, manner, running instanceof Error ? undefined : running?.hub);
    return running;
  });
  return {
    hub: async () => {
      const running = await begun;
      if (running instanceof Error) throw running;
      if (running === undefined) throw new Error('the exporter of this machine runs no hub: it was started with --no-hub, or the package @watchroom/collab is not installed beside it');
      return running.hub;
    },
    stop: async () => {
      stopping = true;
      const running = await begun;
      if (running instanceof Error) return;
      await running?.agent.stop();
      await running?.hub.stop();
    },
  };
};

/** Undefined: none is wanted, or it is not installed. An error: it cannot run, as the log says. */
const begin = async (scene: Beside, isStopping: () => boolean): Promise<{ readonly hub: LocalHub; readonly agent: { readonly stop: () => Promise<void> } } | Error | undefined> => {
  const { world: { config }, about, state, log } = scene;
  // Without a folder of its own (memory only) there is nothing to keep it in.
  if (!config.hubLocal || state.ledgerPath === ':memory:') return undefined;
  const folder = localHubFolder(dirname(state.ledgerPath));
  let agent: { readonly stop: () => Promise<void> } | undefined;
  try {
    const hub = await startLocalHub({
      folder, config, about,
      onDeath: (sentence) => {
        log.error({ problem: sentence }, "this machine's hub has ended; the exporter goes on without it");
        void agent?.stop();
      },
    });
    if (hub === undefined) return undefined;
    if (isStopping()) {
      await hub.stop();
      return undefined;
    }
    if (hub.movedFrom !== undefined) log.info(`port ${hub.movedFrom} is taken, this machine's hub listens on ${hub.url}`);
    agent = startReporting({ hubUrl: hub.url, token: hub.agentToken, shareTitles: true }, { ...scene, state: { ledgerPath: join(folder, 'ledger.db') }, log: log.child({}, { level: log.level === 'debug' ? 'debug' : 'warn' }) });
    return { hub, agent };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn({ problem }, "this machine's hub does not run; the exporter goes on without it");
    return new Error(`this machine's hub does not run: ${problem}`);
  }
};

const greet = ({ world: { config, machine }, about, state }: Beside, { page }: Manner, hub: LocalHub | undefined): void => {
  if (hub) about.stdout.write(`\nThis machine's hub, for you alone: ${hub.link}\nThe link signs one browser in, once, within 60 seconds. Another one: watchroom open\n`);
  if (!config.openBrowser) return;
  if (hub) void showInBrowser(hub.link, { folder: localHubFolder(dirname(state.ledgerPath)), platform: machine.platform, env: about.env }).catch(() => undefined);
  else openInBrowser(page, machine.platform, about.env);
};
