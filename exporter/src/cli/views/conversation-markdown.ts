import type { Carried } from '../../exchange/document.ts';
import { sessionOf } from '../../exchange/document.ts';
import type { Message } from '../../readers/conversation/message.ts';
import { publicSession } from '../../session/public.ts';
import type { Health } from '../../session/health-type.ts';
import { clockTime, longNumber, longTime, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';

export interface MarkdownView {
  readonly timeZone: string;
  readonly healthOf: (session: ReturnType<typeof sessionOf>) => Health;
}

/** A session for people to read: its numbers, and what was said where that was asked for. */
export const sessionMarkdown = (one: Carried, view: MarkdownView): string => {
  const session = sessionOf(one.session);
  return [`# ${line(session.title ?? session.id)}`, '', numbers(one, view), ...(one.conversation ? ['', '## Conversation', ...one.conversation.map((message) => said(message as Message, view))] : []), ...missing(one), ''].join('\n');
};

const numbers = ({ session: carried, redacted }: Carried, { timeZone, healthOf }: MarkdownView): string => {
  const session = sessionOf(carried);
  const told = publicSession(session, healthOf(session));
  const time = (at: number | undefined): string | undefined => (at === undefined ? undefined : clockTime(at, timeZone));
  const tokens = told.tokens && Object.entries(told.tokens).map(([kind, count]) => `${kind} ${longNumber(count)}`).join(', ');
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Session', told.id], ['Project', told.project], ['Description', told.description], ['Tags', told.tags?.join(', ')], ['Branch', told.gitBranch], ['Model', told.model], ['Tool version', told.toolVersion],
    ['Started', time(session.startedAt)], ['Last record', time(session.lastActivityAt)],
    ['Active', session.activeMs === undefined ? undefined : longTime(session.activeMs)], ['Tokens', tokens],
    ['Cost', told.costUsd === undefined ? undefined : `${told.unpricedTokens || told.outputLowerBound ? '≥' : ''}${usd(told.costUsd)} API-equivalent`],
    ['Context', told.context && `${longNumber(told.context.used)}${told.context.limit === undefined ? '' : ` of ${longNumber(told.context.limit)}`}`],
    ['Turns', told.turns?.toString()], ['Tool calls', sumOf(told.toolCalls)], ['Errors', sumOf(told.errors)], ['Compactions', told.compactions?.toString()],
    ['Lines', told.linesAdded === undefined && told.linesRemoved === undefined ? undefined : `+${told.linesAdded ?? 0} −${told.linesRemoved ?? 0} in ${told.filesEdited ?? '?'} files`],
    ['Secrets taken out', redacted ? String(redacted) : undefined],
  ];
  return ['| | |', '|---|---|', ...rows.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`| ${name} | ${line(String(value))} |`]))].join('\n');
};

const sumOf = (all: Readonly<Record<string, number>> | undefined): string | undefined => {
  const names = Object.entries(all ?? {}).filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  return names.length === 0 ? undefined : names.map(([name, count]) => `${name} ${count}`).join(', ');
};

const heads: Readonly<Record<Message['kind'], string>> = { prompt: 'Human', answer: 'Model', thinking: 'Model, thinking', call: 'Call', result: 'Result', note: 'Note', error: 'Error', compaction: 'Compaction' };

const said = ({ kind, text, at, model, tool, failed, subagent }: Message, { timeZone }: MarkdownView): string => {
  const about = [tool, failed && 'failed', model, subagent && `sub-agent ${subagent}`, at === undefined ? undefined : clockTime(at, timeZone)].filter(Boolean).map((part) => line(String(part))).join(' · ');
  const isProse = kind === 'prompt' || kind === 'answer' || kind === 'compaction';
  return `\n### ${heads[kind]}${about === '' ? '' : ` (${about})`}\n\n${isProse ? printable(text) : fenced(printable(text))}`;
};

/** A fence longer than any in the text. */
const fenced = (text: string): string => {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
  return `${fence}\n${text}\n${fence}`;
};

const missing = ({ missing: sentences = [] }: Carried): readonly string[] => (sentences.length === 0 ? [] : ['', '## What could not be read', '', ...sentences.map((sentence) => `- ${line(sentence)}`)]);

/** One line, and nothing in it that a table takes for its own. */
const line = (text: string): string => safeText(text).replaceAll('|', '\\|');

/** Lines stay, control characters go: the file may be shown in a terminal. */
const printable = (text: string): string => text.split('\n').map((one) => stripped(one.replaceAll('\t', '    '))).join('\n');
const stripped = (text: string): string => text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '').replace(/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '');
