import { spell } from '../../exporter/src/cost/model-name.ts';
import type { Band, PriceRow, Rates, Tariff } from '../../exporter/src/cost/row.ts';

/** LiteLLM's model_prices_and_context_window.json: fields by model. */
export type LiteLlm = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The price rows of the models that coding tools use, by name in lower case. */
export const rowsOf = (file: LiteLlm, date: string): Record<string, PriceRow> => {
  const rows: Record<string, PriceRow> = {};
  for (const { name, entry } of wanted(file)) {
    const facts = factsOf(entry);
    if (!facts) continue;
    const row: PriceRow = { ...facts, source: 'litellm', date };
    const undated = nameWithoutDate(name);
    if (!rows[undated]) rows[undated] = row;
    else if (!samePrices(rows[undated], row)) rows[name] ??= row;
  }
  return rows;
};

/** Windows of GitHub Copilot's models, by spelled name. */
export const copilotWindowsOf = (file: LiteLlm): Record<string, number> =>
  Object.fromEntries(Object.entries(file)
    .filter(([, entry]) => entry.litellm_provider === 'github_copilot' && chats.has(String(entry.mode)) && typeof entry.max_input_tokens === 'number')
    .map(([key, entry]) => [key.slice('github_copilot/'.length), entry.max_input_tokens as number] as const)
    .filter(([name]) => !tooOld.test(name) && !isDated(name))
    .map(([name, window]) => [spell(name), window]));

/** The vendors' own offers, the preferred one first where two name one model; resellers have prices of their own. */
const providers = ['anthropic', 'openai', 'gemini', 'vertex_ai-language-models', 'xai', 'deepseek', 'moonshot', 'zai', 'mistral', 'dashscope', 'minimax'];
const chats = new Set(['chat', 'responses']);
const notForCoding = /audio|realtime|live|image|vision|-vl-|tts|transcribe|embed|search|robotics|computer-use|deep-research|lyria|learnlm|gemma|moonshot-v1|medlm|pixtral|mamba|^ft:|container/;
/** Older than any session a tool has kept, or a name without a version, whose price moves. */
const tooOld = /^(?:gpt-(?:3|4$|4-)|chatgpt|gemini-(?:1|exp|flash|pro)|mistral-(?:tiny|7b)|open-|grok-(?:2|beta)|kimi-latest-|deepseek-coder)/;

const wanted = (file: LiteLlm): { name: string; entry: LiteLlm[string] }[] =>
  Object.entries(file)
    .filter(([, entry]) => providers.includes(String(entry.litellm_provider)) && chats.has(String(entry.mode)))
    .map(([key, entry]) => ({ name: key.slice(key.lastIndexOf('/') + 1).toLowerCase(), entry }))
    .filter(({ name }) => !notForCoding.test(name) && !tooOld.test(name))
    .sort((a, b) => Number(isDated(a.name)) - Number(isDated(b.name)) || rank(a.entry) - rank(b.entry) || (a.name < b.name ? 1 : -1));

const rank = (entry: LiteLlm[string]): number => providers.indexOf(String(entry.litellm_provider));
const isDated = (name: string): boolean => nameWithoutDate(name) !== name;

/** "gpt-5.4-2026-03-05" → "gpt-5.4", "claude-4-sonnet-20250514" → "claude-sonnet-4". */
const nameWithoutDate = (name: string): string => {
  const undated = name.replace(/-latest$/, '').replace(/-(?:20\d{6}|20\d\d-\d\d-\d\d)$/, '');
  return undated.startsWith('claude-4') ? spell(undated) : undated;
};

const factsOf = (entry: LiteLlm[string]): Omit<PriceRow, 'source' | 'date'> | undefined => {
  const tariff = Array.isArray(entry.tiered_pricing) ? tieredTariff(entry.tiered_pricing as LiteLlm[string][]) : tariffOf(entry, '', entry.litellm_provider === 'xai');
  if (!tariff || (tariff.input === 0 && tariff.output === 0)) return undefined; // 0 stands for "not known" as often as for "free"
  const fast = fastOf(entry, tariff);
  const contextWindow = number(entry.max_input_tokens);
  const maxOutput = number(entry.max_output_tokens);
  const webSearch = webSearchOf(entry);
  return {
    ...tariff,
    ...(fast ? { fast } : {}),
    ...(contextWindow === undefined ? {} : { contextWindow }),
    ...(maxOutput === undefined ? {} : { maxOutput }),
    ...(webSearch === undefined ? {} : { webSearch }),
  };
};

/** @param tier '' or '_priority' */
const tariffOf = (entry: LiteLlm[string], tier: string, inclusive: boolean): Tariff | undefined => {
  const rates = ratesOf(entry, (field) => `${field}${tier}`);
  if (!rates) return undefined;
  const sizes = Object.keys(entry)
    .flatMap((field) => new RegExp(`^input_cost_per_token_above_(\\d+)k_tokens${tier}$`).exec(field)?.[1] ?? [])
    .map(Number).sort((a, b) => a - b);
  const above = sizes.flatMap((size): Band[] => {
    const band = ratesOf(entry, (field) => `${field}_above_${size}k_tokens${tier}`);
    return band ? [{ over: size * 1000, ...(inclusive ? { inclusive } : {}), ...band }] : [];
  });
  return { ...rates, ...(above.length > 0 ? { above } : {}) };
};

/** DashScope: prices by the size of the whole request, the first tier from 0. */
const tieredTariff = (tiers: readonly LiteLlm[string][]): Tariff | undefined => {
  const [base, ...above] = tiers.flatMap((tier) => {
    const rates = ratesOf(tier, (field) => field);
    return rates ? [{ over: (tier.range as number[])[0]!, ...rates }] : [];
  });
  if (!base) return undefined;
  const { over: _, ...rates } = base;
  return { ...rates, ...(above.length > 0 ? { above } : {}) };
};

/** Anthropic's fast mode is a factor on everything, OpenAI's priority tier a second list of prices. */
const fastOf = (entry: LiteLlm[string], tariff: Tariff): Tariff | undefined => {
  const factor = number((entry.provider_specific_entry as LiteLlm[string] | undefined)?.fast);
  if (factor !== undefined) return times(factor, tariff);
  const priority = entry.litellm_provider === 'openai' ? tariffOf(entry, '_priority', false) : undefined;
  return priority && priority.input !== tariff.input ? priority : undefined;
};

const times = (factor: number, { above: _, ...rates }: Tariff): Rates =>
  Object.fromEntries(Object.entries(rates).map(([name, usd]) => [name, perMillion((usd * factor) / 1e6)])) as unknown as Rates;

const ratesOf = (entry: LiteLlm[string], field: (name: string) => string): Rates | undefined => {
  const input = number(entry[field('input_cost_per_token')]);
  const output = number(entry[field('output_cost_per_token')]);
  if (input === undefined || output === undefined) return undefined;
  const cacheRead = number(entry[field('cache_read_input_token_cost')]);
  const cacheWrite5m = number(entry[field('cache_creation_input_token_cost')]);
  const cacheWrite1h = number(entry[field('cache_creation_input_token_cost_above_1hr')]);
  return {
    input: perMillion(input),
    output: perMillion(output),
    ...(cacheRead === undefined ? {} : { cacheRead: perMillion(cacheRead) }),
    // 0 says that writing costs nothing on top; the tokens themselves are still input.
    ...(cacheWrite5m ? { cacheWrite5m: perMillion(cacheWrite5m) } : {}),
    ...(cacheWrite1h ? { cacheWrite1h: perMillion(cacheWrite1h) } : {}),
  };
};

/** Only where the price does not depend on how much is searched: which it was stands in no transcript. */
const webSearchOf = (entry: LiteLlm[string]): number | undefined => {
  const prices = new Set(Object.values((entry.search_context_cost_per_query ?? {}) as object));
  return prices.size === 1 ? number([...prices][0]) : undefined;
};

const number = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined);

/** USD per token → USD per million, to the sixth decimal (whole pico-dollars per token). */
const perMillion = (usd: number): number => Math.round(usd * 1e12) / 1e6;

const samePrices = (a: PriceRow, b: PriceRow): boolean => JSON.stringify(prices(a)) === JSON.stringify(prices(b));
const prices = ({ input, output, cacheRead }: PriceRow): unknown => [input, output, cacheRead];
