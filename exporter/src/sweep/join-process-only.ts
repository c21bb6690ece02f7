import type { AgentProcess } from '../processes/match.ts';
import { sessionId } from '../session/session.ts';
import type { StoredSession } from '../session/session.ts';

/** A process that has no transcript (yet), and the id its tool says it has, when it says so. */
export interface Alone {
  readonly processes: readonly AgentProcess[];
  readonly nativeId: string;
}

/**
 * The sessions of processes without a transcript: a tool that writes none, or a conversation in which nothing was said yet.
 * @param before the same one as it was made last time, so that it stays the same object
 */
export const withoutTranscript = (alone: readonly Alone[], before: (id: string) => StoredSession | undefined): StoredSession[] =>
  alone.map(({ processes, nativeId }) => {
    const { tool, cwd, startedAt } = processes[0]!;
    const id = sessionId(tool, nativeId);
    const known = before(id);
    if (known && known.sources.length === 0 && known.cwd === cwd && known.startedAt === startedAt) return known;
    return {
      id,
      tool,
      nativeId,
      ...(cwd === undefined ? {} : { cwd }),
      ...(startedAt === undefined ? {} : { startedAt }),
      models: {},
      messages: {},
      toolCalls: {},
      toolErrors: {},
      errors: {},
      errorTimes: [],
      files: {},
      present: { turnOpen: false, pendingTools: [] },
      rot: {},
      sources: [],
    };
  });

/** "pid-4711-1767225600": pid and start in seconds, the name of a process whose tool gives the conversation none. */
export const processName = ({ pid, startedAt, startTicks }: AgentProcess): string => `pid-${pid}-${startedAt === undefined ? (startTicks ?? 'unknown') : Math.round(startedAt / 1000)}`;
