import { durationMs } from '../config/kinds.ts';
import { didYouMean } from '../config/nearest.ts';
import type { EpochMs } from '../session/part.ts';
import { sessionStates } from '../session/session.ts';
import type { Session } from '../session/session.ts';
import { tools } from '../session/tool.ts';
import { CommandError } from './exit-codes.ts';

/** The filters of `list` as typed; several values with commas. */
export interface Filters {
  readonly status?: string;
  readonly tool?: string;
  readonly project?: string;
  readonly tag?: string;
  readonly since?: string;
}

/** Whether a session passes all filters. Throws a sentence for a value that is none. */
export const filterOf = ({ status, tool, project, tag, since }: Filters, now: EpochMs): ((session: Session) => boolean) => {
  const states = chosen('--status', status, sessionStates);
  const wanted = chosen('--tool', tool, tools);
  const projects = words(project);
  const tags = words(tag);
  const from = since === undefined ? undefined : momentOf(since, now);
  return (session) =>
    (!states || states.includes(session.state)) &&
    (!wanted || wanted.includes(session.tool)) &&
    (!projects || projects.some((word) => (session.projectName ?? session.project ?? '').toLowerCase().includes(word))) &&
    (!tags || tags.some((word) => session.tags?.some((has) => has.toLowerCase() === word))) &&
    (from === undefined || (session.lastActivityAt !== undefined && session.lastActivityAt >= from));
};

const words = (typed: string | undefined): readonly string[] | undefined => typed?.split(',').map((word) => word.trim().toLowerCase().replace(/^#/, '')).filter(Boolean);

const chosen = <Name extends string>(flag: string, typed: string | undefined, names: readonly Name[]): readonly string[] | undefined => {
  const asked = words(typed);
  const strange = asked?.find((word) => !names.includes(word as Name));
  if (strange !== undefined) throw new CommandError(`${flag} must be one of ${names.join(', ')}, got ${JSON.stringify(strange)}.${didYouMean(strange, names)}`, 'usage');
  return asked;
};

/** "24h" ago, or a day or time of the calendar. */
export const momentOf = (typed: string, now: EpochMs): EpochMs => {
  const ms = durationMs(typed);
  if (ms !== undefined) return now - ms;
  const at = /^\d{4}-\d\d(-\d\d)?/.test(typed) ? Date.parse(typed) : NaN;
  if (Number.isNaN(at)) throw new CommandError(`--since must be a duration or a date, got ${JSON.stringify(typed)}. Try --since 24h or --since 2026-09-01`, 'usage');
  return at;
};
