import { z } from 'zod';
import { tools } from '../session/tool.ts';
import { sessionId } from '../session/session.ts';
import { carriedSession, exportFormat, exportVersion } from './document.ts';
import type { CarriedSession, ExportDocument } from './document.ts';

// Version 1: what `watchroom list --format json` prints (docs/sessions-json.md, schema 1): a list of public sessions, or one.

const usage = z.record(z.string(), z.number());
const publicSession = z.looseObject({
  id: z.string(), tool: z.enum(tools), nativeId: z.string(), state: z.string(), sources: z.array(z.string()),
  startedAt: z.iso.datetime().optional(), lastActivityAt: z.iso.datetime().optional(), endedAt: z.iso.datetime().optional(), activeSeconds: z.number().optional(),
  tokens: usage.optional(), tokensByModel: z.record(z.string(), usage).optional(), costUsd: z.number().optional(), unpricedTokens: z.number().optional(), requests: z.number().optional(), outputLowerBound: z.boolean().optional(),
  messagesByRole: usage.optional(), toolCalls: usage, toolErrors: usage, errors: usage, lastWasError: z.boolean().optional(), waitingFor: z.string().optional(),
});
type Public = z.infer<typeof publicSession>;
const list = z.union([z.array(publicSession), publicSession.transform((one) => [one])]);

export const isVersion1 = (told: unknown): boolean => list.safeParse(told).success && !(Array.isArray(told) && told.length === 0);

/** Sessions of version 1 in the present form. What it did not tell (files, times of errors, signs of rot) is unknown. */
export const upgraded = (told: unknown): ExportDocument => ({
  format: exportFormat, version: exportVersion, exportedAt: '', by: 'version 1',
  sessions: list.parse(told).map((one) => ({ session: carriedSession.parse(sessionOf(one)) })),
});

const taken = ['project', 'cwd', 'gitBranch', 'title', 'description', 'tags', 'model', 'toolVersion', 'parentId', 'turns', 'compactions', 'filesEdited', 'linesAdded', 'linesRemoved', 'commits', 'subagents'] as const;

const sessionOf = (one: Public): Readonly<Record<keyof CarriedSession, unknown>> | object => known({
  id: sessionId(one.tool, one.nativeId), tool: one.tool, nativeId: one.nativeId,
  ...Object.fromEntries(taken.map((name) => [name, one[name]])),
  startedAt: at(one.startedAt), lastActivityAt: at(one.lastActivityAt), endedAt: at(one.endedAt), activeMs: one.activeSeconds === undefined ? undefined : one.activeSeconds * 1000,
  models: modelsOf(one), context: contextOf(one.context), messages: one.messagesByRole ?? {}, toolCalls: one.toolCalls, toolErrors: one.toolErrors, errors: one.errors, errorTimes: [], files: {}, rot: {},
  estimatedTokens: one.tokensEstimated, sources: one.sources,
  present: known({ turnOpen: false, pendingTools: [], waitingFor: one.waitingFor, lastWasError: one.lastWasError }),
});

/** Cost and requests were told in one sum: with several models they stay together, for a guess of the shares would be none of ours. */
const modelsOf = ({ tokensByModel = {}, tokens, costUsd, unpricedTokens = 0, requests = 0, outputLowerBound }: Public): Readonly<Record<string, unknown>> => {
  const names = Object.keys(tokensByModel);
  if (tokens === undefined) return {};
  return { [names.length === 1 ? names[0]! : 'several models']: known({ usage: tokens, requests, unpricedTokens, microUsd: costUsd === undefined ? undefined : Math.round(costUsd * 1e6), outputLowerBound }) };
};

const contextOf = (context: unknown): unknown => {
  if (typeof context !== 'object' || context === null) return undefined;
  const { used, limit, compactAt } = context as Record<string, unknown>;
  return known({ used, limit, compactAt });
};

const at = (iso: string | undefined): number | undefined => (iso === undefined ? undefined : Date.parse(iso));

const known = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
