import type { EpochMs } from '../../session/part.ts';
import { inputSide } from '../../session/usage.ts';
import type { Usage } from '../../session/usage.ts';
import type { Book } from '../book.ts';
import { count, list, object, text, time } from '../fields.ts';
import type { Json } from '../fields.ts';

/**
 * Books the calls of a thread: by its usageLedger where it has one, which also knows calls without a message; else by the messages.
 * @returns whether anything reports tokens
 */
export const bookCalls = (book: Book, thread: string, document: Json, messages: readonly Json[]): boolean => {
  const byId = new Map(messages.map((message) => [count(message.messageId), message]));
  const events = list(object(document.usageLedger)?.events).map(object).filter((event) => event !== undefined);
  const reports = events.length ? events.map((event, index) => ofEvent(event, index, byId)) : messages.filter((message) => object(message.usage)).map(ofMessage);
  const seen = new Map<string, number>();
  for (const [index, report] of reports.entries()) {
    const at = report.at ?? book.draft(thread).get('lastActivityAt') ?? time(document.created);
    if (!report.usage || at === undefined) {
      book.bad(report.usage ? 'bad_shape' : 'impossible_value');
      continue;
    }
    const times = (seen.get(report.name) ?? 0) + 1;
    seen.set(report.name, times);
    // Several calls can end in one message: the first has the name that the message alone would have.
    book.call(thread, { message: `${thread}:${report.name}`, request: times === 1 ? '' : `${times}`, at, model: report.model, usage: report.usage, wins: 'newest', position: index });
    book.draft(thread).seen(at);
    book.draft(thread).request(report.usage.cache_read ?? 0, inputSide(report.usage));
  }
  return reports.length > 0;
};

interface Report {
  readonly name: string;
  readonly at: EpochMs | undefined;
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
}

/** `{inputTokens, outputTokens, cacheCreationInputTokens, cacheReadInputTokens}`: disjoint, output holds the reasoning. */
const ofMessage = (message: Json, index: number): Report => {
  const usage = object(message.usage)!;
  return { name: String(count(message.messageId) ?? `message ${index}`), at: time(usage.timestamp) ?? time(object(message.meta)?.sentAt), model: text(usage.model), usage: usageOf(count(usage.inputTokens), count(usage.outputTokens), usage) };
};

/** The ledger has input and output only; how much was cached stands in the message the call ended in. */
const ofEvent = (event: Json, index: number, messages: ReadonlyMap<number | undefined, Json>): Report => {
  const target = count(event.toMessageId);
  const cached = target === undefined ? undefined : object(messages.get(target)?.usage);
  const tokens = object(event.tokens);
  return { name: target === undefined ? (text(event.id) ?? `event ${index}`) : String(target), at: time(event.timestamp), model: text(event.model), usage: usageOf(count(tokens?.input), count(tokens?.output), cached) };
};

const usageOf = (input: number | undefined, output: number | undefined, cached: Json | undefined): Usage | undefined => {
  if (input === undefined && output === undefined) return undefined;
  const [read, written] = [count(cached?.cacheReadInputTokens), count(cached?.cacheCreationInputTokens)];
  const inside = (read ?? 0) + (written ?? 0);
  // A ledger that counts the whole input side instead of its uncached part.
  const whole = inside > 0 && input !== undefined && input >= inside && input === count(cached?.totalInputTokens);
  return {
    ...(input === undefined ? {} : { input: whole ? input - inside : input }),
    ...(output === undefined ? {} : { output }),
    ...(read === undefined ? {} : { cache_read: read }),
    ...(written === undefined ? {} : { cache_creation_5m: written }),
  };
};
