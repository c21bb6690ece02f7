import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { z } from 'zod';
import type { EpochMs } from '../session/part.ts';
import { agentPaths, downlink, hubError, noSuchSession, reportAnswer, visibilityAnswer } from './wire.ts';
import type { CommandResult, Downlink, Report, ReportAnswer, VisibilityAnswer, VisibilityWish } from './wire.ts';

/** What came of asking the hub. Sentences are for the owner's log; none has the token in it. */
export type Outcome<Answer> =
  | { readonly kind: 'ok'; readonly answer: Answer }
  /** It does not take this token. */
  | { readonly kind: 'refused'; readonly sentence: string }
  /** It cannot be reached, or cannot answer now. */
  | { readonly kind: 'away'; readonly sentence: string; readonly retryAfterMs?: number }
  /** It will never take this. */
  | { readonly kind: 'bad'; readonly sentence: string; readonly status: number; /** What the hub calls it. */ readonly id?: string };

export interface HubClient {
  readonly report: (report: Report, signal: AbortSignal) => Promise<Outcome<ReportAnswer>>;
  readonly downlink: (ask: { readonly agent: string; readonly wait: number; readonly after: string | undefined }, signal: AbortSignal) => Promise<Outcome<Downlink>>;
  readonly answer: (command: string, result: CommandResult, signal: AbortSignal) => Promise<Outcome<undefined>>;
  /** Opens a session of this token's person, or closes it. */
  readonly show: (session: { readonly tool: string; readonly nativeId: string }, wish: VisibilityWish, signal: AbortSignal) => Promise<Outcome<VisibilityAnswer>>;
}

/** Time for everything but waiting: a hub that is slower is away. */
const patienceMs = 30_000;

/** Speaks to one hub, over whatever fetch does. */
export const createHubClient = (hubUrl: string, token: string): HubClient => {
  const ask = async <Answer>(path: string, { signal, waitMs = 0, schema, ...request }: RequestInit & { readonly signal: AbortSignal; readonly waitMs?: number; readonly schema: z.ZodType<Answer> | undefined }): Promise<Outcome<Answer>> => {
    try {
      const response = await fetch(hubUrl + path, {
        ...request,
        redirect: 'manual', // the token is for this address only
        headers: { ...request.headers, authorization: `Bearer ${token}`, accept: 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(waitMs + patienceMs)]),
      });
      return await outcomeOf(response, schema, hubUrl);
    } catch (error) {
      return { kind: 'away', sentence: `the hub ${hubUrl} cannot be reached: ${reasonOf(error)}` };
    }
  };
  return {
    report: async (report, signal) =>
      ask(agentPaths.report, { method: 'POST', body: await promisify(gzip)(JSON.stringify(report)), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, schema: reportAnswer, signal }),
    downlink: ({ agent, wait, after }, signal) =>
      ask(`${agentPaths.downlink}?${new URLSearchParams({ agent, wait: String(wait), ...(after === undefined ? {} : { after }) })}`, { schema: downlink, signal, waitMs: wait * 1000 }),
    answer: (command, result, signal) =>
      ask(agentPaths.command(command), { method: 'POST', body: JSON.stringify(result), headers: { 'content-type': 'application/json' }, schema: undefined, signal }),
    show: ({ tool, nativeId }, wish, signal) =>
      ask(agentPaths.visibility(tool, nativeId), { method: 'PUT', body: JSON.stringify(wish), headers: { 'content-type': 'application/json' }, schema: visibilityAnswer, signal }),
  };
};

const outcomeOf = async <Answer>(response: Response, schema: z.ZodType<Answer> | undefined, hubUrl: string): Promise<Outcome<Answer>> => {
  const { status, headers } = response;
  if (response.ok) return understood(schema ? await response.json().catch(() => undefined) : await response.body?.cancel(), { schema, hubUrl });
  const { id, message: said } = await refusalOf(response);
  if (id !== undefined && ownWords.has(id)) return { kind: 'bad', status, id, sentence: said };
  if (status === 401 || status === 403) return { kind: 'refused', sentence: `the hub refuses this agent's token: ${said}. Make a new one in the hub and start the agent with it` };
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = retryAfter(headers.get('retry-after'), dateOf(headers));
    return { kind: 'away', sentence: `the hub ${hubUrl} cannot answer now (${status}): ${said}`, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  if (status < 400) return { kind: 'bad', status, sentence: `${hubUrl} sends elsewhere (${status}${headers.get('location') === null ? '' : ` to ${headers.get('location')}`}); an agent goes to no other address than the one it was given` };
  if (status === 404) return { kind: 'bad', status, sentence: `there is no Watchroom hub at ${hubUrl} (404: ${said}). Is the address right?` };
  return { kind: 'bad', status, sentence: `the hub ${hubUrl} does not take what this agent sends (${status}): ${said}` };
};

const understood = <Answer>(body: unknown, { schema, hubUrl }: { readonly schema: z.ZodType<Answer> | undefined; readonly hubUrl: string }): Outcome<Answer> => {
  if (!schema) return { kind: 'ok', answer: undefined as Answer };
  const parsed = schema.safeParse(body);
  if (parsed.success) return { kind: 'ok', answer: parsed.data };
  const [issue] = parsed.error.issues;
  return { kind: 'away', sentence: `what answers at ${hubUrl} is not a hub this agent understands (${[...issue!.path, issue!.message].join(': ')}). Is the address right, and is the agent as new as the hub?` };
};

/** Refusals that concern one session, not the agent. */
const ownWords: ReadonlySet<string> = new Set([noSuchSession, 'not_an_owner']);

/** The hub's own sentence, else what HTTP has for it. */
const refusalOf = async (response: Response): Promise<{ readonly id?: string; readonly message: string }> => {
  const body = hubError.safeParse(await response.json().catch(() => undefined));
  const said = body.success ? body.data.message : response.statusText;
  return { message: oneLine(said === '' ? `status ${response.status}` : said), ...(body.success ? { id: body.data.id } : {}) };
};

const oneLine = (text: string): string => text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 300).replace(/[.\s]+$/, '');

const retryAfter = (said: string | null, hubNow: EpochMs | undefined): number | undefined => {
  if (said === null) return undefined;
  if (/^\d+$/.test(said)) return Number(said) * 1000;
  const at = Date.parse(said);
  return Number.isNaN(at) || hubNow === undefined ? undefined : Math.max(0, at - hubNow);
};

const dateOf = (headers: Headers): EpochMs | undefined => {
  const at = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/** What fetch hides in the cause of its "fetch failed". */
const reasonOf = (error: unknown): string => {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError') return 'no answer in time';
  const { code, message: why } = (cause ?? error) as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') return 'nothing listens there (ECONNREFUSED)';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name cannot be found (${code})`;
  if (code !== undefined && /CERT|SELF_SIGNED|ISSUER/.test(code)) return `its certificate is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`;
  return code ?? (why || message);
};
