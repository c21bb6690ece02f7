import type { BookedCall } from '../../session/booked.ts';
import type { Session } from '../../session/session.ts';
import { inputSide } from '../../session/usage.ts';
import type { Explanation } from '../backend.ts';
import { clockTime, longNumber, many, usd } from '../figures.ts';
import { shortIds } from '../find-session.ts';
import { safeText } from '../safe-text.ts';
import { renderTable } from '../table.ts';
import type { Explained } from './explained.ts';
import { explainable } from './explained.ts';
import { hanging, wrap } from '../wrap.ts';
import { outputIsLowerBound, unknown } from './marks.ts';
import type { SessionView } from './session-page.ts';

export interface ExplanationView extends SessionView {
  /** How many calls are listed, newest first. */
  readonly limit: number;
}

/** Every number of a session, what it is made of, and how to ask for more. */
export const explanationIndex = (explanation: Explanation, view: ExplanationView): string => {
  const { session, calls } = explanation;
  const rows = explainable.filter((number) => number.ofSession(session) !== undefined);
  const table = renderTable(rows, [
    { head: 'NUMBER', cell: ({ name }) => view.paint('cyan', name) },
    { head: 'VALUE', cell: (number) => `${atLeast(number, session)}${shown(number, number.ofSession(session))}`, align: 'right' },
    { head: 'MADE OF', cell: (number) => madeOf(number, explanation) },
    { head: 'RULE', cell: ({ rule }) => rule, least: 20, most: 100, dropped: 1 },
  ], view);
  return [heading(explanation, view), '', table, '', ...wrap(`${many(calls.length, 'call')} in ${many(sourcesOf(explanation).length, 'file')}. One number down to its records: watchroom explain ${shortIds([session]).get(session.id)} ${rows[0]?.name ?? 'tokens'}`, view.width)].join('\n');
};

/** One number of a session traced to the records, the price rows and the rule behind it. */
export const explanationOf = (number: Explained, explanation: Explanation, view: ExplanationView): string => {
  const value = number.ofSession(explanation.session);
  const sections = [
    `${heading(explanation, view)}\n${view.paint('bold', `${number.name}: ${value === undefined ? 'unknown' : `${atLeast(number, explanation.session)}${shown(number, value)}`}`)}`,
    hanging('Rule     ', number.rule, view.width),
    value === undefined ? 'No source of this session tells it.' : number.ofCall ? callSection(number, explanation, view) : partSection(number, explanation, view),
  ];
  if (isCalled(number, 'cost', 'unpriced')) sections.push(priceSection(number, explanation, view));
  return sections.filter(Boolean).join('\n\n');
};

const heading = ({ session }: Explanation, { paint }: ExplanationView): string => [paint('cyan', safeText(session.id)), safeText(session.title ?? '')].filter(Boolean).join('  ');

const shown = (number: Explained, value: number | undefined): string => (value === undefined ? unknown : isCalled(number, 'cost') ? usd(value) : longNumber(value));

/** "cost" and "cost.<model>". */
const isCalled = ({ name }: Explained, ...bases: readonly string[]): boolean => bases.includes(name.split('.')[0]!);

/** "≥" where more was used than the records tell (FORMATS.md 1.4), or where a part of it has no price. */
const atLeast = (number: Explained, { models }: Session): string => {
  const uses = Object.values(models);
  if (isCalled(number, 'cost') && uses.some(({ unpricedTokens }) => unpricedTokens > 0)) return '≥';
  return isCalled(number, 'tokens', 'output', 'cost') && outputIsLowerBound(uses) ? '≥' : '';
};

const madeOf = (number: Explained, { calls, parts }: Explanation): string => {
  if (number.ofCall) return many(calls.filter((call) => call.dropped === undefined && number.ofCall!(call)).length, 'call');
  return many(parts.filter(({ part }) => number.ofPart?.(part)).length, 'source');
};

const sourcesOf = ({ calls, parts }: Explanation): readonly string[] => [...new Set([...calls.map(({ source }) => source), ...parts.map(({ source }) => source)])];

const callSection = (number: Explained, explanation: Explanation, view: ExplanationView): string => {
  const counted = explanation.calls.filter((call) => number.ofCall!(call) || call.dropped !== undefined);
  const listed = counted.slice(-view.limit);
  const files = [...new Set(listed.map(({ source }) => source))];
  const table = renderTable(listed, [
    { head: 'TIME', cell: ({ at }) => clockTime(at, view.timeZone), dropped: 1 },
    { head: 'MODEL', cell: ({ model }) => safeText(model ?? 'unknown'), least: 10, dropped: 2 },
    { head: 'SENT', cell: ({ usage }) => longNumber(inputSide(usage)), align: 'right', dropped: 4 },
    ...(isCalled(number, 'output') ? [] : [{ head: 'OUTPUT', cell: ({ usage, outputLowerBound }: BookedCall) => `${outputLowerBound ? '≥' : ''}${longNumber(usage.output ?? 0)}`, align: 'right' as const, dropped: 3 }]),
    { head: number.name.toUpperCase(), cell: (call) => (call.dropped === undefined ? `${isCalled(number, 'output') && call.outputLowerBound ? '≥' : ''}${shown(number, number.ofCall!(call))}` : view.paint('dim', 'left out')), align: 'right' },
    { head: 'NOTE', cell: noteOf, least: 12, wraps: true, dropped: 5 },
    { head: 'RECORD', cell: ({ source, position }) => `[${files.indexOf(source) + 1}]:${position}`, align: 'right' },
  ], view);
  const before = counted.length - listed.length;
  return [
    before > 0 ? `The newest ${longNumber(listed.length)} of ${many(counted.length, 'call')}; all of them: --limit ${counted.length}\n` : '',
    table,
    '',
    check(number, counted, explanation, view),
    ...files.map((file, index) => `[${index + 1}] ${safeText(file)}`),
    ...wrap('[file]:position is the byte at which the record begins in a log, and the number of the record elsewhere.', view.width).map((line) => view.paint('dim', line)),
  ].filter((line, index) => index > 0 || line !== '').join('\n');
};

/** The sum of the records against the number itself: they are counted on two ways. */
const check = (number: Explained, calls: readonly BookedCall[], { session }: Explanation, { paint }: ExplanationView): string => {
  const added = calls.filter(({ dropped }) => dropped === undefined).reduce((sum, call) => sum + (number.ofCall!(call) ?? 0), 0);
  const value = number.ofSession(session) ?? 0;
  const equal = Math.abs(added - value) < 1e-9 * Math.max(1, value);
  return equal
    ? `${paint('green', '✓')} The calls add up to ${shown(number, added)}, as shown everywhere.`
    : `${paint('red', '✗')} The calls add up to ${shown(number, added)}, but ${shown(number, value)} is shown. Try: watchroom ledger verify`;
};

const noteOf = (call: BookedCall): string =>
  [
    call.dropped === 'replayed_sidechain' ? 'replayed by a side conversation' : call.sidechain ? 'aside' : '',
    call.fast ? 'fast tier' : '',
    call.webSearches ? many(call.webSearches, 'web search', 'web searches') : '',
    call.costReported ? 'cost by the tool itself' : call.microUsd === undefined ? 'no price' : '',
    call.inFleet ? '' : 'history',
  ].filter(Boolean).join(', ');

const partSection = (number: Explained, { session, parts }: Explanation, view: ExplanationView): string => {
  const rows = parts.filter(({ part }) => number.ofPart!(part) !== undefined);
  if (rows.length === 0) return 'Its sources are gone or no longer tell it: the ledger kept the number.';
  const table = renderTable(rows, [
    { head: number.name.toUpperCase(), cell: ({ part }) => shown(number, number.ofPart!(part)), align: 'right' },
    { head: 'OF', cell: ({ part }) => (part.role === 'subagent' ? 'sub-agent' : 'conversation') },
    { head: 'COPY', cell: ({ part }) => (part.copyRank === undefined ? '' : `rank ${part.copyRank}`), dropped: 1 },
    { head: 'SOURCE', cell: ({ source }) => safeText(source), least: 20 },
  ], view);
  const copies = parts.some(({ part }) => part.copyRank !== undefined) ? ' Of copies of one conversation only the one with the highest rank counts.' : '';
  return `${table}\n\nThe session shows ${shown(number, number.ofSession(session))}.${copies}`;
};

/** The price row of each model, and the newest call worked out with it. */
const priceSection = (number: Explained, { calls, prices }: Explanation, { width }: ExplanationView): string => {
  const newest = new Map(calls.filter((call) => call.dropped === undefined && (isCalled(number, 'unpriced') || number.name === 'cost' || number.ofCall!(call) !== undefined)).map((call) => [call.model, call]));
  return [...newest].map(([model, call]) => hanging('Price    ', priceOf(safeText(model ?? 'unknown model'), call, prices), width)).join('\n');
};

const priceOf = (model: string, call: BookedCall, prices: Explanation['prices']): string => {
  if (call.costReported) return `${model}: the tool wrote the cost of its calls itself`;
  const cost = prices.costOf(call);
  if (!cost) return `${model}: not in the price table. Add it to the configuration: prices: {${model}: {input: …, output: …}}`;
  const booked = call.microUsd === undefined ? 'booked without a price, which the table has now' : `booked ${usd(call.microUsd / 1e6)}`;
  return `${cost.rule[0]}\nits newest call: ${cost.rule.slice(1).join(', ')} = ${usd(cost.microUsd / 1e6)} (${booked})`;
};
