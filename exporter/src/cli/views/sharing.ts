import type { Session } from '../../session/session.ts';
import { safeText } from '../safe-text.ts';
import type { Invites, ShareAsk, SharePlan, Sharing } from '../share-backend.ts';

/** What is told when a room is open: how to come in, and who can. */
export const sharingText = (session: Session, sharing: Sharing, ask: Pick<ShareAsk, 'once' | 'intervalMs'>): string => {
  const { to, link, shown, invites } = sharing;
  const lines = {
    team: [`${session.id} is open to the team: ${link}`],
    machine: [`The room of ${session.id}: ${link}`, 'Only this machine can open this link, one browser once, within 60 seconds; another: watchroom open.', 'For people nearby: --lan. For a team: a hub (docs/hub.md).'],
    network: [...(invites ? [invitesText(invites)] : []), '', `For yourself, on this machine, within 60 seconds: ${link}`],
  }[to.kind];
  return [...lines, ...(shown ? ['It was opened in the browser.'] : []), ...(ask.once ? [] : ['', ...meanwhile(sharing, ask)])].join('\n');
};

const meanwhile = ({ to, syncedBy, wasOpen }: Sharing, { intervalMs }: Pick<ShareAsk, 'intervalMs'>): readonly string[] => {
  const who = { agent: "The agent that tells the hub of this session keeps it up to date", exporter: "The exporter of this machine keeps it up to date", 'this command': 'This command keeps it up to date' }[syncedBy];
  const idle = intervalMs !== undefined && (to.kind !== 'team' || syncedBy === 'agent') ? '; --interval changes nothing of that' : '';
  const end = {
    team: wasOpen ? 'Ctrl+C ends it; the team sees the session as before.' : 'Ctrl+C makes the session private again.',
    machine: 'Ctrl+C ends it.',
    network: 'Ctrl+C closes the door, and guests see the room no more.',
  }[to.kind];
  return [`${who}${idle}.`, end];
};

/** What guests are given. */
export const invitesText = ({ links: [first, ...others], fingerprint }: Invites): string => [
  `Guests of the local network come in here: ${first}`,
  ...others.map((link) => `  or here: ${link}`),
  'Their browser warns them, for the certificate is this machine\'s own. Before they go on they compare its SHA-256 fingerprint:',
  ...(fingerprint.match(/.{1,48}/g) ?? []).map((part) => `  ${part.replace(/:$/, '')}`),
  'The invite is for 20 people and this room alone; they see nothing of other sessions. Whoever has the link can come in: give it to nobody else.',
].join('\n');

/** Everything that would leave, named and shown. */
export const planText = ({ to, session, machine, keyedPaths }: SharePlan): string => {
  const audience = {
    team: `To the hub ${to.kind === 'team' ? to.hub : ''}, and there to the team:`,
    network: 'To guests of the local network who have the invite, while it is shared:',
    machine: 'To nobody: the room is opened on this machine alone. With --lan guests would see this:',
  }[to.kind];
  const rows = Object.entries(session).map(([field, value]) => [safeText(field), isMoment(field, value) ? new Date(value).toISOString() : shown(value)] as const).filter(([, value]) => value !== '');
  const widest = Math.max(...rows.map(([field]) => field.length));
  return [
    'Nothing was sent. This would leave the machine, and be kept up to date:', '', audience, '',
    ...rows.map(([field, value]) => `  ${field.padEnd(widest)}  ${value}`), '',
    `Never: prompts, answers, code, diffs, tool output.${to.kind !== 'team' ? '' : `${'title' in session ? '' : ' Nor its title, without --share-titles.'} Nor anything of other sessions.`}`,
    ...(machine ? [`Also: its use by model and hour; this machine as ${safeText(machine.hostName)}, ${machine.platform}, Watchroom ${machine.version}${keyedPaths ? '; a keyed hash of each file that it edited in the last two hours' : ''}.`] : []),
    'The room: chat, comments and presence of those who come in. Exactly as it is sent: --format json.',
  ].join('\n');
};

const isMoment = (field: string, value: unknown): value is number => /At$/.test(field) && typeof value === 'number';

const mostNames = 5;

/** A value in a line: numbers as they are, long lists by their first names. */
const shown = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return list(value.map((one) => (typeof one === 'object' ? pairs(one as object) : safeText(String(one)))));
  if (typeof value === 'object') return list(Object.entries(value).flatMap(([name, one]) => (one === undefined || isEmpty(one) ? [] : [`${safeText(name) || 'unknown'} ${typeof one === 'object' ? `(${pairs(one as object)})` : safeText(String(one))}`])));
  return safeText(String(value));
};

const list = (items: readonly string[]): string => (items.length <= mostNames ? items.join(', ') : `${items.slice(0, mostNames).join(', ')} and ${items.length - mostNames} more`);

const pairs = (value: object): string => Object.entries(value).filter(([, one]) => one !== undefined && !isEmpty(one)).map(([name, one]) => `${safeText(name)} ${typeof one === 'object' ? pairs(one as object) : safeText(String(one))}`).join(', ');

const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
