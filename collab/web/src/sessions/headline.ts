import { listed, many } from '../app/words.ts';
import type { Session } from './session.ts';
import { reasonsOf, standingOf } from './trouble.ts';

/** What the page says first: the one thing to know now. `about` is linked where it stands in the sentence. */
export interface Headline {
  readonly tone: 'trouble' | 'waiting' | 'calm' | 'quiet';
  readonly about?: Session;
  /** Before the linked name. */
  readonly before: string;
  /** After it. */
  readonly after: string;
  readonly more?: string;
}

export const nameOf = ({ project, title, nativeId }: Session): string => project ?? title ?? shortId(nativeId);
/** Enough of an id to tell sessions apart. */
export const shortId = (nativeId: string): string => (nativeId.length > 12 ? nativeId.slice(0, 8) : nativeId);

export const headlineOf = (sessions: readonly Session[], { now, me }: { readonly now: number; readonly me: string }): Headline => {
  const live = sessions.filter(({ state }) => state !== 'ended');
  const troubled = worstFirst(live.filter((session) => standingOf(session, now) === 'trouble'), now);
  const waiting = live.filter(({ state }) => state === 'waiting');
  const [worst] = troubled;
  if (worst) return {
    tone: 'trouble', about: worst, before: '', after: ` is in trouble: ${listed(reasonsOf(worst, now).slice(0, 2).map(({ words }) => words))}. ${peopleOn(worst, me)}.`,
    ...(troubled.length + waiting.length > 1 ? { more: othersOf(troubled.length - 1, waiting.filter((session) => session !== worst).length) } : {}),
  };
  const [first] = [...waiting].sort((a, b) => (a.lastActivityAt ?? 0) - (b.lastActivityAt ?? 0));
  if (first) return {
    tone: 'waiting', about: first, before: '', after: ` waits for ${first.owner === me ? 'you' : first.owner}${first.waitingFor ? `: ${first.waitingFor}` : ''}.`,
    ...(waiting.length > 1 ? { more: `${many(waiting.length - 1, 'other')} ${waiting.length === 2 ? 'waits' : 'wait'} too.` } : {}),
  };
  const working = live.filter(({ state }) => state === 'working').length;
  if (working > 0) return { tone: 'calm', before: `All is well. ${many(working, 'session is', 'sessions are')} working.`, after: '' };
  return { tone: 'quiet', before: live.length > 0 ? `Quiet. ${many(live.length, 'session is', 'sessions are')} open, none of them working.` : 'Nobody is working with an agent right now.', after: '' };
};

/** The sick before the well; among equals whoever was active last. */
export const worstFirst = (sessions: readonly Session[], now: number): readonly Session[] => {
  const rank = { trouble: 0, watch: 1, fine: 2, unknown: 2 };
  return [...sessions].sort((a, b) => rank[standingOf(a, now)] - rank[standingOf(b, now)] || (a.health.score ?? 101) - (b.health.score ?? 101) || (b.lastActivityAt ?? 0) - (a.lastActivityAt ?? 0));
};

export const peopleOn = ({ owner, watchers }: Pick<Session, 'owner' | 'watchers'>, me: string): string => {
  const others = watchers.filter((name) => name !== owner && name !== me);
  const whose = owner === me ? 'It is yours' : `It is ${possessive(owner)}`;
  const mine = watchers.includes(me) && owner !== me ? ['you'] : [];
  const looking = [...mine, ...others];
  return looking.length === 0 ? `${whose}; nobody else is on it` : `${whose}; ${listed(looking)} ${looking.length === 1 && looking[0] !== 'you' ? 'is' : 'are'} on it`;
};

const possessive = (name: string): string => `${name}${name.endsWith('s') ? '’' : '’s'}`;

const othersOf = (troubled: number, waiting: number): string => {
  const parts = [...(troubled > 0 ? [`${many(troubled, 'other is', 'others are')} in trouble`] : []), ...(waiting > 0 ? [`${many(waiting, 'session waits', 'sessions wait')} for an answer`] : [])];
  return parts.length === 0 ? '' : `${listed(parts)}.`;
};
