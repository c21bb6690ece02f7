import type { SessionFilters, ToldSession } from '../../shared/events.ts';

/** Whether a session fits what a subscription asks for. @param ownerId for filters that name the owner by id */
export const fits = ({ user, tool, project, tag, status }: SessionFilters, session: ToldSession, ownerId: string): boolean =>
  (user === undefined || user === session.user || user === ownerId)
  && (tool === undefined || tool === session.tool)
  && (project === undefined || project === session.project)
  && (tag === undefined || session.tags.includes(tag))
  && (status === undefined || (status === 'live' ? session.state !== 'ended' : status === session.state));
