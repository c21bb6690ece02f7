import type { RateLimit } from '../../session/part.ts';

/** What Claude Code tells its status line (shared/FORMATS.md 1.6), as far as it is shown. */
export interface Told {
  readonly sessionId?: string;
  readonly model?: string;
  readonly folder?: string;
  readonly context?: { readonly ratio?: number; readonly used?: number; readonly limit?: number };
  readonly costUsd?: number;
  readonly rateLimits: readonly Omit<RateLimit, 'reportedAt'>[];
}

/** Reads the JSON of a status line; undefined: it is none. What is not as expected is unknown. */
export const toldOf = (text: string): Told | undefined => {
  const told = fieldsOf(parsed(text));
  if (!told) return undefined;
  const model = fieldsOf(told.model);
  return {
    rateLimits: limitsOf(fieldsOf(told.rate_limits)),
    ...onlyKnown({
      sessionId: textOf(told.session_id),
      model: textOf(model?.display_name) ?? textOf(model?.id),
      folder: textOf(fieldsOf(told.workspace)?.current_dir) ?? textOf(told.cwd),
      context: contextOf(fieldsOf(told.context_window)),
      costUsd: amountOf(fieldsOf(told.cost)?.total_cost_usd),
    }),
  };
};

type Fields = Readonly<Record<string, unknown>>;

const contextOf = (window: Fields | undefined): Told['context'] => {
  const percentage = amountOf(window?.used_percentage);
  const limit = amountOf(window?.context_window_size);
  const used = usedOf(fieldsOf(window?.current_usage));
  if (percentage === undefined && used === undefined) return undefined;
  const ratio = used !== undefined && limit ? used / limit : percentage === undefined ? undefined : percentage / 100;
  return onlyKnown({ ratio, used, limit }) as Told['context'];
};

/** What the newest request sent: the tool's own used_percentage is made of it, without its fraction. */
const usedOf = (usage: Fields | undefined): number | undefined => {
  const parts = [usage?.input_tokens, usage?.cache_creation_input_tokens, usage?.cache_read_input_tokens].map(amountOf).filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.reduce((sum, part) => sum + part, 0);
};

const windows = [['five_hour', '5h'], ['seven_day', '7d']] as const;

const limitsOf = (limits: Fields | undefined): Told['rateLimits'] =>
  windows.flatMap(([name, window]) => {
    const limit = fieldsOf(limits?.[name]);
    const percentage = amountOf(limit?.used_percentage);
    const seconds = amountOf(limit?.resets_at);
    return percentage === undefined || seconds === undefined ? [] : [{ window, usedRatio: percentage / 100, resetsAt: seconds * 1000 }];
  });

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
const fieldsOf = (value: unknown): Fields | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const amountOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined);
const onlyKnown = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
