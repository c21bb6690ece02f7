import { readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import { startAgent } from '../agent/agent.ts';
import type { AgentLog, Scenery } from '../agent/agent.ts';
import type { Allowed, AskOwner } from '../agent/commands.ts';
import type { Pace } from '../agent/pacing.ts';
import type { World } from '../cli/backend.ts';
import { CommandError } from '../cli/exit-codes.ts';
import { healthSettings } from '../config/health-settings.ts';
import { createRepositoryPlaces } from '../files/repository-file.ts';
import { healthOf } from '../health/health.ts';
import { byLabel, grantedLabels } from '../metrics/tool-label.ts';
import type { UseBook } from '../session/hour-use.ts';
import type { Snapshot } from '../session/snapshot.ts';
import type { Scene } from '../sweep/scene.ts';
import type { Surroundings } from './books.ts';
import { createProcessControl } from './process-control.ts';
import type { State } from './state.ts';

/** What an exporter needs to report to a hub. */
export interface Reporting {
  readonly hubUrl: string;
  readonly token: string;
  /** @default nothing */
  readonly allow?: Allowed;
  readonly shareTitles?: boolean;
  /** @default the machine's own */
  readonly hostName?: string;
  /** Serve the ai_* series here although the hub serves them too. @default false */
  readonly exposeSessions?: boolean;
  readonly askOwner?: AskOwner;
  /** Tells of this session alone, and of no history. @default all that the exporter sees */
  readonly only?: string;
  readonly pace?: Partial<Pace>;
  /** Hears what the agent says, besides the log. */
  readonly onWord?: (sentence: string) => void;
}

export interface ReportingScene {
  readonly world: World;
  readonly about: Surroundings & { readonly version: string };
  readonly state: Pick<State, 'ledgerPath'>;
  readonly scene: Scene;
  readonly onChange: Scenery['onChange'];
  readonly book: UseBook;
  readonly log: Logger;
}

/** Reports what an exporter's scene shows to a hub, until it is stopped. */
export const startReporting = (reporting: Reporting, { world: { config, machine }, about, state, scene, onChange, book, log }: ReportingScene): { readonly stop: () => Promise<void> } => {
  const health = healthSettings(config);
  const places = createRepositoryPlaces({ now: about.now });
  return startAgent({
    hubUrl: reporting.hubUrl,
    token: reporting.token,
    allow: reporting.allow ?? {},
    shareTitles: reporting.shareTitles ?? false,
    hostName: reporting.hostName ?? hostname(),
    platform: machine.platform,
    version: about.version,
    ...(state.ledgerPath === ':memory:' ? {} : { stateFolder: dirname(state.ledgerPath) }),
    ...(reporting.askOwner ? { askOwner: reporting.askOwner } : {}),
    now: about.now,
    ...(reporting.pace ? { pace: reporting.pace } : {}),
    log: heardBy(reporting, log),
    scenery: {
      snapshot: () => narrowed(scene.snapshot(about.now()), reporting),
      onChange,
      book: reporting.only === undefined ? book : { hoursOf: book.hoursOf, past: async () => ({ sessions: [] }) },
      healthOf: (session, now) => healthOf(session, now, health),
      toolCounts: (calls) => byLabel(calls, grantedLabels(calls, config.topTools)),
      // In the other modes a session knows no path from which a key could be made.
      placeOf: config.pathMode === 'full' ? places : () => undefined,
      control: createProcessControl({ scene, platform: machine.platform, ownPid: about.pid, now: about.now, recorded: config.proc !== undefined }),
    },
  });
};

const narrowed = (snapshot: Snapshot, { only }: Reporting): Snapshot => (only === undefined ? snapshot : { ...snapshot, sessions: snapshot.sessions.filter(({ id }) => id === only) });

const heardBy = ({ onWord }: Reporting, log: Logger): AgentLog => ({
  info: (sentence) => {
    log.info(sentence);
    onWord?.(sentence);
  },
  warn: (sentence) => {
    if (!onWord) log.warn(sentence);
    onWord?.(sentence); // whoever listens tells it
  },
});

/** What `watchroom agent` was told: the hub, the token and what is allowed. Throws a sentence when something is missing. */
export const reportingOf = ({ config }: Pick<World, 'config'>, { token: typed, variable, askOwner }: { readonly token: string | undefined; readonly variable: string | undefined; readonly askOwner: AskOwner }): Reporting => {
  const { hubUrl, agentTokenFile, agentAllow, shareTitles, exposeSessions, agentHostName } = config;
  if (hubUrl === undefined) throw new CommandError('an agent needs the address of its hub. Try: watchroom agent --hub https://watchroom.example:8877 --token-file FILE', 'usage');
  const token = (typed ?? variable ?? (agentTokenFile === undefined ? undefined : tokenIn(agentTokenFile)))?.trim();
  if (token === undefined || token === '') throw new CommandError('an agent needs a token, which the hub makes for you. Put it into a file and try: watchroom agent --token-file FILE (or the variable WATCHROOM_TOKEN, or --token)', 'usage');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new CommandError('the token has spaces or signs in it that no token has. Was more than the token copied?', 'usage');
  return {
    hubUrl, token, shareTitles, exposeSessions, askOwner, ...(agentHostName === undefined ? {} : { hostName: agentHostName }),
    allow: {
      ...(agentAllow.includes('export') ? { export: true } : {}),
      ...(agentAllow.includes('stop=ask') ? { stop: 'ask' as const } : agentAllow.includes('stop') ? { stop: 'always' as const } : {}),
    },
  };
};

const tokenIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`the token file ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, 'config');
  }
};

/** What the owner should know before the first report; nothing of it stops the agent. */
export const reportingWarnings = ({ hubUrl }: Reporting, { config }: Pick<World, 'config'>): readonly string[] => [
  ...(isPlain(hubUrl) ? [`${hubUrl} is not encrypted: whoever sits on the way can read the token and every report. Use https`] : []),
  ...(config.agentTokenFile !== undefined && othersCanRead(config.agentTokenFile) ? [`others on this machine can read the token file ${config.agentTokenFile}. Try: chmod 600 ${config.agentTokenFile}`] : []),
];

const isPlain = (url: string): boolean => {
  const { protocol, hostname: host } = new URL(url);
  return protocol === 'http:' && host !== 'localhost' && !host.endsWith('.localhost') && !/^127\./.test(host) && host !== '[::1]';
};

const othersCanRead = (file: string): boolean => {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  return mode !== undefined && process.platform !== 'win32' && (mode & 0o044) !== 0;
};
