import type { Config } from '../config/settings.ts';
import { matchAgents } from '../processes/match.ts';
import type { UserPattern } from '../processes/patterns.ts';
import { createProcessTable } from '../processes/process-table.ts';
import type { Machine } from '../files/machine.ts';
import type { Reader } from '../readers/reader.ts';
import { observe } from '../session/draft.ts';
import type { EpochMs, Histogram } from '../session/part.ts';
import type { SourceStatus } from '../session/snapshot.ts';
import type { Tool } from '../session/tool.ts';
import type { ProcessView } from '../sweep/scene.ts';

export interface LookOptions {
  readonly machine: Machine;
  readonly readers: readonly Reader[];
  readonly config: Pick<Config, 'proc' | 'processPatterns' | 'disabledTools'>;
  readonly ownPid: number;
  readonly now: () => EpochMs;
  /** How a working folder is kept in sessions, so that both can be compared. */
  readonly tell: (path: string) => string;
}

/** Looks at the processes, again and again: the agents that run and what the tools' own state files say of them. Never rejects. */
export const createLook = (options: LookOptions): (() => Promise<ProcessView & { readonly seen: number }>) => {
  const { machine, readers, config, ownPid, now, tell } = options;
  const extraPatterns = userPatterns(config.processPatterns);
  const table = createProcessTable({ platform: machine.platform, ownPid, now, extraPatterns, ...(config.proc === undefined ? {} : { procDir: config.proc }) });
  const disabled = new Set<string>(config.disabledTools);
  let durations: Histogram | undefined;

  return async () => {
    const started = performance.now();
    const claims = readers.flatMap((reader) => reader.live?.(machine) ?? []);
    try {
      const read = await table.read();
      const agents = matchAgents(read, { extraPatterns, claims })
        .filter((agent) => !disabled.has(agent.tool))
        .map((agent) => (agent.cwd === undefined ? agent : { ...agent, cwd: tell(agent.cwd) }));
      durations = observe(durations, (performance.now() - started) / 1000);
      return { agents, claims, seen: read.processes.length, status: status({ now: now(), durations }) };
    } catch (error) {
      return { agents: undefined, claims, seen: 0, status: status({ now: now(), durations, problem: error instanceof Error ? error.message : String(error) }) };
    }
  };
};

const userPatterns = (patterns: Config['processPatterns']): UserPattern[] =>
  (Object.entries(patterns) as [Tool, readonly string[]][]).flatMap(([tool, matches]) => matches.map((match) => ({ tool, match })));

const status = ({ now, durations, problem }: { readonly now: EpochMs; readonly durations: Histogram | undefined; readonly problem?: string }): SourceStatus => ({
  source: 'processes', up: problem === undefined, lastScanAt: now, filesTracked: 0, readBytes: 0, records: 0, unknownRecords: 0, parseErrors: {}, backlogBytes: 0, lateTokens: 0, watchedDirectories: 0, polledDirectories: 0,
  ...(problem === undefined ? {} : { problem }),
  ...(durations ? { scanDurations: durations } : {}),
});
