import { Worker } from 'node:worker_threads';
import { claude } from '../../exporter/src/readers/claude.ts';
import { unpackCalls } from '../../exporter/src/session/packed-calls.ts';
import type { PackedCall } from '../../exporter/src/session/packed-calls.ts';
import { listSources } from '../../exporter/src/sweep/listing.ts';
import type { LeanCalls, LeanFile } from './lean-thread.ts';

// What ccusage tells, and no more: tokens and cost by session and model, in memory, without a ledger.
// node lean-scan.js CONFIG_DIR

interface Booked { readonly call: PackedCall; readonly session: string; readonly model: string; readonly started: number; readonly bornMs: number }

const threads = 2;
const batchBytes = 16 * 2 ** 20;
const roots = await listSources([claude], { platform: 'linux', home: '/nonexistent', env: { CLAUDE_CONFIG_DIR: process.argv[2]! } });
const batches: LeanFile[][] = [];
let bytes = Infinity;
for (const { path, relative, stat } of roots.flatMap(({ files }) => files)) {
  if (bytes > batchBytes) {
    batches.push([]);
    bytes = 0;
  }
  batches.at(-1)!.push({ path, session: /([^/]+)\/subagents\//.exec(relative)?.[1] ?? relative.slice(relative.lastIndexOf('/') + 1, -'.jsonl'.length), bornMs: Math.trunc(Math.min(stat.birthtimeMs, stat.mtimeMs)) });
  bytes += stat.size;
}

const calls = new Map<number, Booked | Map<number, Booked>>();
await Promise.all(Array.from({ length: threads }, () => new Promise<void>((resolve, reject) => {
  const thread = new Worker(new URL(import.meta.url.endsWith('.ts') ? './lean-thread.ts' : './lean-thread.js', import.meta.url));
  const give = (): void => {
    const batch = batches.pop();
    if (batch) thread.postMessage(batch);
    else void thread.terminate().then(() => resolve());
  };
  thread.on('error', reject).on('message', (found: readonly LeanCalls[]) => {
    give();
    for (const one of found) book(one);
  });
  give();
})));

/** A call belongs to the session that began first; of two reports the one with more output stands. */
function book({ calls: packed, bornMs, started }: LeanCalls): void {
  for (const call of unpackCalls(packed)) {
    const booked: Booked = { call, session: packed.sessions[call.session]!, model: packed.models[call.model] ?? 'unknown', started: started[call.session]!, bornMs };
    // Almost always a message has one request; a map of its own is made for the rest.
    const before = calls.get(call.message);
    if (before === undefined) calls.set(call.message, booked);
    else if (before instanceof Map) before.set(call.request, merged(before.get(call.request), booked));
    else if (before.call.request === call.request) calls.set(call.message, merged(before, booked));
    else calls.set(call.message, new Map([[before.call.request, before], [call.request, booked]]));
  }
}

function merged(before: Booked | undefined, after: Booked): Booked {
  if (!before) return after;
  const fuller = (after.call.usage.output ?? 0) >= (before.call.usage.output ?? 0) ? after : before;
  const owner = after.started < before.started || (after.started === before.started && (after.bornMs < before.bornMs || (after.bornMs === before.bornMs && after.session < before.session))) ? after : before;
  return { ...owner, call: fuller.call, model: fuller.model };
}

const uses = new Map<string, { session: string; model: string; input: number; output: number; cache_creation: number; cache_read: number; costUsd: number }>();
for (const found of calls.values()) for (const one of found instanceof Map ? found.values() : [found]) count(one);
function count({ session, model, call: { usage, microUsd = 0 } }: Booked): void {
  const key = `${session} ${model}`;
  let use = uses.get(key);
  if (!use) uses.set(key, (use = { session: session.slice('claude/'.length), model, input: 0, output: 0, cache_creation: 0, cache_read: 0, costUsd: 0 }));
  use.input += usage.input ?? 0;
  use.output += usage.output ?? 0;
  use.cache_creation += (usage.cache_creation_5m ?? 0) + (usage.cache_creation_1h ?? 0);
  use.cache_read += usage.cache_read ?? 0;
  use.costUsd += microUsd / 1e6;
}
console.log(JSON.stringify({ uses: [...uses.values()] }));
