import type { Advice, Urgency } from '../../advice/advice.ts';
import type { Session } from '../../session/session.ts';
import { shortIds } from '../find-session.ts';
import { safeText } from '../safe-text.ts';
import type { Look, Style } from '../terminal.ts';
import { wrap } from '../wrap.ts';

const words: Readonly<Record<Advice['kind'], string>> = { restart: 'Restart', compact: 'Compact', close: 'Close', merge: 'Merge', 'switch-model': 'Switch the model of', budget: 'Budget', tokens: 'Limits' };
const colours: Readonly<Record<Urgency, Style>> = { now: 'red', soon: 'yellow', consider: 'cyan' };

/** Advice in paragraphs: what, why, and the line to run. */
export const adviceList = (advice: readonly Advice[], sessions: readonly Session[], look: Look): string => {
  const short = shortIds(sessions);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const named = (id: string): string => {
    const title = byId.get(id)?.title;
    return `${look.paint('bold', short.get(id) ?? id)}${title === undefined ? '' : ` ${safeText(title)}`}`;
  };
  return advice.map(({ kind, urgency, sessions: ids, reason, command: { run, where } }) => [
    `${look.paint(colours[urgency], urgency.toUpperCase())}  ${words[kind]}${ids.length === 0 || kind === 'tokens' ? '' : ` ${ids.map(named).join(' and ')}`}`,
    ...wrap(`${safeText(reason)}.`, look.width - indent.length).map((line) => `${indent}${line}`),
    `${indent}${look.paint('dim', where === 'session' ? 'in the session:' : '$')} ${safeText(run)}`,
  ].join('\n')).join('\n\n');
};

const indent = '  ';
