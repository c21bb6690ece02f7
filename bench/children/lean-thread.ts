import { parentPort } from 'node:worker_threads';
import { LineCutter } from '../../exporter/src/files/cut-lines.ts';
import type { Shape } from '../../exporter/src/files/scan-shape.ts';
import { LineScanner } from '../../exporter/src/files/scan.ts';
import { openTail } from '../../exporter/src/files/tail.ts';
import { Book } from '../../exporter/src/readers/book.ts';
import { entryOfLine } from '../../exporter/src/readers/claude/record.ts';
import { usageOf } from '../../exporter/src/readers/claude/tokens.ts';
import { packCalls } from '../../exporter/src/session/packed-calls.ts';
import type { PackedCalls } from '../../exporter/src/session/packed-calls.ts';
import { makePrices } from '../../exporter/src/sweep/reading.ts';

// Calls of Claude Code transcripts and nothing else: the exporter's scanner with fewer questions. Files in, packed calls out.

export interface LeanFile {
  readonly path: string;
  /** Session of records that do not name theirs. */
  readonly session: string;
  readonly bornMs: number;
}

export interface LeanCalls {
  readonly calls: PackedCalls;
  readonly bornMs: number;
  /** First time in this file of each session of `calls`, epoch ms. */
  readonly started: readonly number[];
}

const slots = { type: 1, session: 2, at: 3, request: 4, message: 5, model: 6, usage: 7, input: 8, output: 9, cacheRead: 10, written: 11, written5m: 12, written1h: 13, webSearches: 14, fast: 15 } as const;
const sticky = (slot: number): Shape => ({ slot, string: 'sticky' });
const count = (slot: number): Shape => ({ slot, number: 'count' });

const shape: Shape = {
  object: {
    type: { slot: slots.type, string: { oneOf: ['assistant'], others: 'stop' } },
    sessionId: sticky(slots.session),
    timestamp: { slot: slots.at, string: 'time' },
    requestId: sticky(slots.request),
    message: {
      object: {
        id: sticky(slots.message),
        model: sticky(slots.model),
        usage: {
          slot: slots.usage,
          mark: true,
          object: {
            input_tokens: count(slots.input), output_tokens: count(slots.output), cache_read_input_tokens: count(slots.cacheRead), cache_creation_input_tokens: count(slots.written),
            cache_creation: { object: { ephemeral_5m_input_tokens: count(slots.written5m), ephemeral_1h_input_tokens: count(slots.written1h) } },
            server_tool_use: { object: { web_search_requests: count(slots.webSearches) } },
            speed: { slot: slots.fast, string: { oneOf: ['fast'] } },
          },
        },
      },
    },
  },
};

const scanner = new LineScanner(shape, 16);
const cutter = new LineCutter();
const prices = makePrices({ machine: { platform: 'linux', home: '/nonexistent', env: {} } });

/** One line with a call; everything undefined that it does not tell. */
interface Row {
  session: string | undefined;
  at: number | undefined;
  request: string | undefined;
  message: string | undefined;
  model: string | undefined;
  fast: boolean;
  webSearches: number;
  /** input, output, read, written, written for 5 minutes, for an hour. */
  readonly tokens: (number | undefined)[];
}

const readFile = ({ path, session: ownSession, bornMs }: LeanFile): LeanCalls => {
  const book = new Book('claude');
  const started = new Map<string, number>();
  const opening = openTail(path, undefined, { cutter, acceptPartialTail: true });
  if (!('tail' in opening)) throw new Error(`cannot read ${path}`);
  let session = ownSession;
  for (const piece of opening.tail) {
    if (piece.kind !== 'lines') continue;
    const { bytes, position } = piece;
    const book1 = (row: Row, usage: ReturnType<typeof usageOf>, at: number): void => {
      if (row.message === undefined || row.at === undefined || row.model === '<synthetic>') return;
      book.call(session, { message: row.message, request: row.request ?? '', at: row.at, model: row.model, usage, position: at, ...(row.fast ? { fast: true } : {}), ...(row.webSearches > 0 ? { webSearches: row.webSearches } : {}) });
    };
    const seen = (row: Pick<Row, 'session' | 'at'>): void => {
      session = row.session ?? session;
      if (row.at !== undefined && row.at < (started.get(session) ?? Infinity)) started.set(session, row.at);
    };
    scanner.scan(bytes, {
      plain: (from) => {
        const row = scannedRow();
        seen(row);
        if (row.isCall) book1(row, usageOf(...(row.tokens as Parameters<typeof usageOf>)), position + from);
      },
      odd: (from, to) => {
        const entry = entryOfLine(bytes.subarray(from, to), () => undefined);
        if (!entry) return;
        seen(entry.head);
        if (entry.kind === 'answer' && entry.usage) book1({ ...entry, session: entry.head.session, at: entry.head.at, tokens: [] }, entry.usage, position + from);
      },
    });
  }
  const calls = packCalls(book.take().calls, prices.microUsdOf);
  return { calls, bornMs, started: calls.sessions.map((key) => started.get(key.slice('claude/'.length)) ?? Infinity) };
};

const scannedRow = (): Row & { readonly isCall: boolean } => ({
  session: scanner.text(slots.session) || undefined,
  at: scanner.count(slots.at),
  request: scanner.text(slots.request) || undefined,
  message: scanner.text(slots.message) || undefined,
  model: scanner.text(slots.model) || undefined,
  fast: scanner.is(slots.fast),
  webSearches: scanner.count(slots.webSearches) ?? 0,
  tokens: [slots.input, slots.output, slots.cacheRead, slots.written, slots.written5m, slots.written1h].map((slot) => scanner.count(slot)),
  isCall: scanner.is(slots.type) && scanner.has(slots.usage),
});

parentPort!.on('message', (files: readonly LeanFile[]) => {
  const found = files.map(readFile);
  parentPort!.postMessage(found, found.map(({ calls }) => calls.rows.buffer));
});
