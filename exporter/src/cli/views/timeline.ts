import type { Message, MessageKind } from '../../readers/conversation/message.ts';
import type { BookedCall } from '../../session/booked.ts';
import type { EpochMs } from '../../session/part.ts';
import { inputSide } from '../../session/usage.ts';
import { clockTime, longNumber, shortNumber, usd } from '../figures.ts';
import { safeText } from '../safe-text.ts';
import type { Look, Style } from '../terminal.ts';
import { textWidth } from '../text-width.ts';

/** One moment of a session, with what it had used by then. */
export interface Moment {
  readonly kind: MessageKind | 'request';
  /** Undefined where the tool tells no times: it stands behind the one before it. */
  readonly at?: EpochMs;
  readonly text?: string;
  readonly characters?: number;
  readonly model?: string;
  readonly tool?: string;
  readonly failed?: true;
  readonly subagent?: string;
  /** Spent up to here; absent while nothing is priced. */
  readonly costUsd?: number;
  /** Billed output up to here. */
  readonly outputTokens?: number;
  /** What the last request of the main conversation sent. */
  readonly sentTokens?: number;
}

export interface Told {
  readonly messages: readonly Message[];
  readonly calls: readonly BookedCall[];
  /** Sources of the main conversation: a sub-agent has a context of its own. */
  readonly mains: ReadonlySet<string>;
}

/** What was said and done, and the requests that were booked, in the order of time. */
export const timelineOf = ({ messages, calls, mains }: Told): readonly Moment[] => {
  let [cost, output, sent] = [undefined, undefined, undefined] as (number | undefined)[];
  const moments: Moment[] = [];
  const counted = calls.filter(({ dropped }) => dropped === undefined).toSorted((a, b) => a.at - b.at);
  let next = 0;
  const book = (until: EpochMs): void => {
    for (let call = counted[next]; call && call.at <= until; call = counted[(next += 1)]) {
      if (call.microUsd !== undefined) cost = (cost ?? 0) + call.microUsd / 1e6;
      output = (output ?? 0) + (call.usage.output ?? 0);
      if (!call.sidechain && mains.has(call.source)) sent = inputSide(call.usage);
      if (messages.length === 0) moments.push({ kind: 'request', at: call.at, ...(call.model === undefined ? {} : { model: call.model }), ...figures() });
    }
  };
  const figures = (): Partial<Moment> => ({ ...(cost === undefined ? {} : { costUsd: cost }), ...(output === undefined ? {} : { outputTokens: output }), ...(sent === undefined ? {} : { sentTokens: sent }) });
  for (const { callId: _, ...message } of messages) {
    if (message.at !== undefined) book(message.at);
    moments.push({ ...message, characters: message.text.length, ...figures() });
  }
  book(Infinity);
  const last = moments.at(-1);
  return last ? [...moments.slice(0, -1), { ...last, ...figures() }] : [];
};

const marks: Readonly<Record<Moment['kind'], readonly [sign: string, style: Style, word: string]>> = {
  prompt: ['❯', 'cyan', 'prompt'], answer: ['●', 'green', 'answer'], thinking: ['…', 'dim', 'thinking'], call: ['▸', 'blue', 'call'], result: ['◂', 'dim', 'result'], note: ['·', 'dim', 'note'],
  error: ['✗', 'red', 'error'], compaction: ['≡', 'magenta', 'compaction'], request: ['●', 'green', 'request'],
};

export interface TimelineView extends Look {
  readonly timeZone: string;
  /** What was said is shown, not only that it was. */
  readonly withContent: boolean;
}

/** One line for a moment: time, money, what. */
export const momentLine = (moment: Moment, view: TimelineView): string => {
  const [sign, style, word] = moment.failed ? ['✗', 'red' as Style, 'failed'] as const : marks[moment.kind];
  const time = moment.at === undefined ? ' '.repeat(19) : clockTime(moment.at, view.timeZone);
  const cost = (moment.costUsd === undefined ? '' : usd(moment.costUsd)).padStart(8);
  const sent = (moment.sentTokens === undefined ? '' : shortNumber(moment.sentTokens)).padStart(6);
  const head = `${time} ${cost} ${sent}  ${sign} ${word}`;
  const rest = clipped(what(moment, view), view.width - textWidth(head) - 1);
  return `${view.paint('dim', time)} ${cost} ${view.paint('dim', sent)}  ${view.paint(style, `${sign} ${word}`)}${rest === '' ? '' : ` ${rest}`}`;
};

const what = ({ tool, text = '', characters, subagent, model, kind }: Moment, { withContent }: TimelineView): string => [
  subagent === undefined ? '' : `[${safeText(subagent)}]`,
  tool === undefined ? '' : safeText(tool),
  kind === 'request' && model !== undefined ? safeText(model) : '',
  withContent ? safeText(text.slice(0, 4000)) : characters ? `(${longNumber(characters)} characters)` : '',
].filter(Boolean).join(' ');

const clipped = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let taken = 0;
  for (const sign of text) {
    taken += textWidth(sign);
    if (taken > width - 1) return `${kept}…`;
    kept += sign;
  }
  return kept;
};
