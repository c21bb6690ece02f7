import type { PastSession, WireSession } from 'watchroom/wire';

/** What is known of a session of which only its use was told: it ended before its agent came, or stands outside the agent's export window. */
export const pastWire = ({ id, project, startedAt, lastActivityAt }: PastSession): WireSession => ({
  id, tool: id.slice(0, id.indexOf('/')) as WireSession['tool'], nativeId: id.slice(id.indexOf('/') + 1),
  ...(project === undefined ? {} : { project }), ...(startedAt === undefined ? {} : { startedAt }), ...(lastActivityAt === undefined ? {} : { lastActivityAt }),
  models: {}, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, present: { turnOpen: false, pendingTools: [] }, rot: {},
  state: 'ended', processes: [], hasTranscript: true, health: { factors: {}, missing: [] }, edits: [],
});
