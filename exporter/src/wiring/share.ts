import { hostname } from 'node:os';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import type { Audience, ShareAsk, ShareCare } from '../cli/share-backend.ts';
import { healthSettings } from '../config/health-settings.ts';
import { healthOf } from '../health/health.ts';
import { toWire } from '../agent/to-wire.ts';
import type { Surroundings } from './books.ts';
import type { About } from './exporter.ts';
import { shareHere } from './share-here.ts';
import { shareWithTeam } from './share-team.ts';

/** What `watchroom share` does. @param close gives back what the command has opened: the service needs the ledger */
export const shareCare = (world: World, about: Surroundings & About, close: () => Promise<void>): ShareCare => ({
  plan: (ask) => {
    const to = audienceOf(world, ask);
    const { session } = ask;
    const wire = toWire(session, { health: healthOf(session, about.now(), healthSettings(world.config)), edits: [], shareTitles: to.kind !== 'team' || world.config.shareTitles });
    if ('problem' in wire) throw new CommandError(wire.problem);
    const { agentHostName, pathMode } = world.config;
    const machine = { hostName: agentHostName ?? hostname(), platform: world.machine.platform, version: about.version };
    return { to, session: wire, ...(to.kind === 'team' ? { machine, keyedPaths: pathMode === 'full' } : {}) };
  },
  begin: async (ask, tell) => {
    const to = audienceOf(world, ask);
    if (world.state.kind !== 'folder') throw new CommandError('sharing needs a state folder that stays: another home or process table is looked at, so name one with --state DIR');
    await close();
    const sharing = await (to.kind === 'team' ? shareWithTeam : shareHere)({ world, about, tell }, ask);
    const closed = about.reloading().then((): never => { throw new CommandError('the terminal was closed, and the sharing with it'); }); // SIGHUP
    const over = Promise.race([sharing.over, closed]);
    over.catch(() => undefined); // with --once nobody waits for it
    return { ...sharing, over };
  },
});

const audienceOf = ({ config: { hubUrl } }: World, { lan, once }: ShareAsk): Audience => {
  if (lan && once) throw new CommandError('--lan opens a door that is open until Ctrl+C; --once ends at once. Take one of them', 'usage');
  if (lan) return { kind: 'network' };
  return hubUrl === undefined ? { kind: 'machine' } : { kind: 'team', hub: hubUrl };
};
