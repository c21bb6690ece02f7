import type { Usage } from '../session/usage.ts';

type Json = Readonly<Record<string, unknown>>;

/** What an agent's own output tells of its run. */
export interface Facts {
  readonly nativeId?: string;
  readonly model?: string;
  readonly costUsd?: number;
  readonly tokens?: Usage;
  readonly turns?: number;
  readonly failed?: true;
}

/** What is known after one more record. Records of Claude (`--output-format stream-json` or json), Codex (`exec --json`) and Gemini (either) say what they are. */
export const learn = (facts: Facts, value: unknown): Facts => {
  const record = object(value);
  if (!record) return facts;
  switch (record['type']) {
    case 'system': return record['subtype'] === 'init' ? { ...facts, ...named(record, 'session_id') } : facts;
    case 'init': return { ...facts, ...named(record, 'session_id') };
    case 'thread.started': return { ...facts, ...named(record, 'thread_id') };
    case 'turn.completed': return codexTurn(facts, record);
    case 'turn.failed': return { ...facts, turns: (facts.turns ?? 0) + 1, failed: true };
    case 'result': return record['stats'] === undefined ? claudeResult(facts, record) : geminiResult(facts, record);
    default: return object(record['stats']) && 'response' in record ? geminiDocument(facts, record) : facts;
  }
};

const named = (record: Json, key: string): Facts => {
  const [nativeId, model] = [text(record[key]), text(record['model'])];
  return { ...(nativeId === undefined ? {} : { nativeId }), ...(model === undefined ? {} : { model }) };
};

/** Codex repeats the total of the whole thread with every turn, cached input included: the last one counts. */
const codexTurn = (facts: Facts, record: Json): Facts => {
  const usage = object(record['usage']);
  const [input, cached, output] = [count(usage?.['input_tokens']), count(usage?.['cached_input_tokens']), count(usage?.['output_tokens'])];
  return {
    ...facts,
    turns: (facts.turns ?? 0) + 1,
    ...(input === undefined ? {} : { tokens: { input: Math.max(0, input - (cached ?? 0)), ...(cached === undefined ? {} : { cache_read: cached }), ...(output === undefined ? {} : { output }) } }),
  };
};

/** One per prompt. Cost and modelUsage are of the whole run so far, turns of this prompt. */
const claudeResult = (facts: Facts, record: Json): Facts => {
  const [cost, turns] = [count(record['total_cost_usd']), count(record['num_turns'])];
  const tokens = ofModels(record['modelUsage']) ?? ofUsage(record['usage']);
  return {
    ...facts, ...named(record, 'session_id'),
    ...(cost === undefined ? {} : { costUsd: Math.max(cost, facts.costUsd ?? 0) }),
    ...(turns === undefined ? {} : { turns: (facts.turns ?? 0) + turns }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(record['is_error'] === true ? { failed: true as const } : {}),
  };
};

const ofUsage = (value: unknown): Usage | undefined => {
  const usage = object(value);
  if (!usage) return undefined;
  const written = object(usage['cache_creation']);
  const longer = count(written?.['ephemeral_1h_input_tokens']);
  const flat = count(usage['cache_creation_input_tokens']);
  return known({ input: count(usage['input_tokens']), output: count(usage['output_tokens']), cache_read: count(usage['cache_read_input_tokens']), cache_creation_5m: count(written?.['ephemeral_5m_input_tokens']) ?? (flat === undefined ? undefined : Math.max(0, flat - (longer ?? 0))), cache_creation_1h: longer });
};

const ofModels = (value: unknown): Usage | undefined => {
  const models = Object.values(object(value) ?? {}).flatMap((each) => { const use = object(each); return use ? [use] : []; });
  if (models.length === 0) return undefined;
  const sum = (key: string): number | undefined => models.reduce<number | undefined>((total, use) => { const tokens = count(use[key]); return tokens === undefined ? total : (total ?? 0) + tokens; }, undefined);
  return known({ input: sum('inputTokens'), output: sum('outputTokens'), cache_read: sum('cacheReadInputTokens'), cache_creation_5m: sum('cacheCreationInputTokens') });
};

const geminiResult = (facts: Facts, record: Json): Facts => {
  const stats = object(record['stats']);
  const [input, cached, output] = [count(stats?.['input_tokens']), count(stats?.['cached']), count(stats?.['output_tokens'])];
  const tokens = input === undefined ? undefined : known({ input: Math.max(0, input - (cached ?? 0)), cache_read: cached, output });
  return { ...facts, turns: (facts.turns ?? 0) + 1, ...(tokens ? { tokens } : {}), ...(record['status'] === 'error' ? { failed: true as const } : {}) };
};

/** `--output-format json`: one document, tokens by model. Thoughts are billed as output. */
const geminiDocument = (facts: Facts, record: Json): Facts => {
  const models = Object.entries(object(object(record['stats'])?.['models']) ?? {});
  let tokens: { input: number; cache_read: number; output: number } | undefined;
  for (const [, each] of models) {
    const use = object(object(each)?.['tokens']);
    if (!use) continue;
    const cached = count(use['cached']) ?? 0;
    tokens ??= { input: 0, cache_read: 0, output: 0 };
    tokens.input += Math.max(0, (count(use['prompt']) ?? 0) - cached);
    tokens.cache_read += cached;
    tokens.output += (count(use['candidates']) ?? 0) + (count(use['thoughts']) ?? 0);
  }
  return { ...facts, ...named(record, 'session_id'), turns: 1, ...(tokens ? { tokens } : {}), ...(models.length === 1 ? { model: models[0]![0] } : {}), ...(record['error'] ? { failed: true as const } : {}) };
};

const known = (usage: { readonly [Kind in keyof Usage]: number | undefined }): Usage => Object.fromEntries(Object.entries(usage).filter(([, tokens]) => tokens !== undefined)) as Usage;
const object = (value: unknown): Json | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' && value.length <= 300 ? value : undefined);
const count = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined);
