import type { Command } from 'commander';
import type { Deps } from '../deps.ts';
import { withExamples } from '../examples.ts';
import { CommandError } from '../exit-codes.ts';
import { findSession } from '../find-session.ts';
import { addSettingFlags, lookingFlags } from '../flags.ts';
import { addFormatFlag, print } from '../format.ts';
import type { Format } from '../format.ts';
import { withProgress } from '../progress.ts';
import { safeText } from '../safe-text.ts';
import type { ShareAsk, ShareNews, Sharing } from '../share-backend.ts';
import { withBackend } from '../start.ts';
import { invitesText, planText, sharingText } from '../views/sharing.ts';
import { tokenVariable } from './agent.ts';

interface Options {
  readonly interval?: string;
  readonly once?: boolean;
  readonly lan?: boolean;
  readonly dryRun?: boolean;
  readonly token?: string;
  readonly format: Format;
}

/** watchroom share */
export const addShare = (program: Command, deps: Deps): void => {
  const command = program.command('share <session>').summary('open its room to the team, to guests nearby, or to yourself')
    .description('Opens the room of one session until Ctrl+C and keeps it up to date. With a hub configured (hub.url, agent.token_file or WATCHROOM_TOKEN) the team sees it there. Without one it is a room of this machine, which runs its own hub for it where no exporter does: for your browser alone, or with --lan for guests of the local network, by invite and TLS.\nWhat is told are numbers, states and, by path mode, places; no prompts and no code. --dry-run shows all of it (docs/sharing.md).\nA session is named by a pid, by its id, or by any part of the id that only it has.')
    .option('--hub <url>', 'address of the hub, as --hub.url')
    .option('--token <token>', 'the token the hub made for this machine\'s agent; rather use --token-file or the variable WATCHROOM_TOKEN')
    .option('--interval <seconds>', 'tell the hub of a team at most every so many seconds')
    .option('--once', 'tell the hub as it is now, and end; the session stays open')
    .option('--lan', 'let guests of the local network in, by an invite')
    .option('--dry-run', 'show what would leave this machine, and send nothing');
  addSettingFlags(addFormatFlag(command), [...lookingFlags, 'hubUrl', 'agentTokenFile', 'shareTitles', 'agentHostName', 'listen', 'openBrowser']).action((name: string, options: Options) => {
    const intervalMs = intervalOf(options.interval);
    return withBackend(command, deps, async (backend, world) => {
      const { once = false, lan = false, dryRun, token, format } = options;
      const session = findSession(name, await withProgress(deps.stderr, 'Reading sessions', backend.sessions({ all: true })));
      const ask: ShareAsk = { session, lan, once, show: world.config.openBrowser, token, variable: deps.variables[tokenVariable], ...(intervalMs === undefined ? {} : { intervalMs }) };
      const care = await backend.share();
      if (dryRun) {
        const plan = care.plan(ask);
        return print(deps, format, { text: () => planText(plan), data: () => plan });
      }
      const tell = (news: ShareNews): void => void deps.stderr.write(`${'said' in news ? safeText(news.said) : `There is another way in now.\n${invitesText(news.invites)}`}\n`);
      const sharing = await withProgress(deps.stderr, 'Opening the room', care.begin(ask, tell));
      print(deps, format, { text: () => sharingText(session, sharing, ask), data: () => dataOf(session.id, sharing) });
      await untilTheEnd(sharing, { deps, once });
    });
  });
  withExamples(command, [
    ['watchroom share 1af7', 'the team sees it until Ctrl+C; without a hub, your browser does'],
    ['watchroom share 1af7 --lan', 'guests of the local network come in by an invite'],
    ['watchroom share 1af7 --dry-run', 'what would leave this machine'],
    ['watchroom share 1af7 --once --hub https://watchroom.example --token-file token', 'as it is now, in a script'],
  ]);
};

const intervalOf = (typed: string | undefined): number | undefined => {
  if (typed === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?s?$/.test(typed) ? Number.parseFloat(typed) : Number.NaN;
  if (!(seconds >= 1 && seconds <= 3600)) throw new CommandError(`--interval must be 1 to 3600 seconds, got ${JSON.stringify(typed)}. Try --interval 10`, 'usage');
  return Math.round(seconds * 1000);
};

/** Ctrl+C, or what it lives by has ended. */
const untilTheEnd = async (sharing: Sharing, { deps: { ending, stderr }, once }: { readonly deps: Deps; readonly once: boolean }): Promise<void> => {
  const awake = setInterval(() => undefined, 60_000); // an agent elsewhere may do all there is to do
  try {
    if (!once) await Promise.race([ending ?? new Promise<never>(() => undefined), sharing.over]);
  } catch (error) {
    await sharing.end().catch(() => undefined);
    throw error;
  } finally {
    clearInterval(awake);
  }
  stderr.write(`${await sharing.end()}\n`);
};

const dataOf = (session: string, { to, room, link, syncedBy, wasOpen, invites }: Sharing) => ({ session, to, room, link, syncedBy, ...(wasOpen === undefined ? {} : { wasOpen }), ...(invites ? { invites } : {}) });
