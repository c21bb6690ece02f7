import type { EpochMs, RateLimit } from '../session/part.ts';
import type { Session } from '../session/session.ts';
import { toolNames } from '../session/tool.ts';
import type { Tool } from '../session/tool.ts';
import type { Advice } from './advice.ts';
import { percent, time, tokens } from './figures.ts';

/** Rate limits as the tools report them, and tokens nobody can price. */
export const limitAdvice = (sessions: readonly Session[], now: EpochMs): readonly Advice[] => [...rateLimits(sessions, now), ...unpriced(sessions)];

const soonRatio = 0.8;
const nowRatio = 0.95;

const rateLimits = (sessions: readonly Session[], now: EpochMs): readonly Advice[] =>
  newestLimits(sessions, now).filter(({ usedRatio }) => usedRatio >= soonRatio).map(({ tool, window, usedRatio, resetsAt }) => ({
    kind: 'tokens', urgency: usedRatio >= nowRatio ? 'now' : 'soon', sessions: sessions.filter((session) => session.tool === tool && session.state !== 'ended').map(({ id }) => id),
    reason: `${toolNames[tool]} reports ${percent(usedRatio)} of its ${window} limit used${resetsAt === undefined ? '' : `; it begins anew in ${time(resetsAt - now)}`}`,
    number: { name: `rate_limit_${window}_ratio`, value: usedRatio, unit: 'ratio', limit: soonRatio },
    command: { run: `watchroom list --tool ${tool} --status working,waiting`, where: 'shell' },
  }));

/** The newest word on each window; one whose reset has passed says nothing any more, and one without a reset not for long. */
const newestLimits = (sessions: readonly Session[], now: EpochMs): readonly (RateLimit & { readonly tool: Tool })[] => {
  const limits = new Map<string, RateLimit & { readonly tool: Tool }>();
  for (const { tool, rateLimits: told = [] } of sessions)
    for (const limit of told) {
      const key = `${tool} ${limit.window}`;
      if ((limit.resetsAt ?? limit.reportedAt + hourMs) > now && !((limits.get(key)?.reportedAt ?? -1) >= limit.reportedAt)) limits.set(key, { ...limit, tool });
    }
  return [...limits.values()];
};

const hourMs = 3_600_000;
const manyTokens = 10_000;

const unpriced = (sessions: readonly Session[]): readonly Advice[] => {
  const byModel = new Map<string, { tokens: number; sessions: string[] }>();
  for (const { id, models } of sessions) for (const [model, { unpricedTokens }] of Object.entries(models)) {
    if (unpricedTokens === 0) continue;
    const known = byModel.get(model) ?? { tokens: 0, sessions: [] };
    byModel.set(model, { tokens: known.tokens + unpricedTokens, sessions: [...known.sessions, id] });
  }
  return [...byModel].filter(([, { tokens: count }]) => count >= manyTokens).map(([model, { tokens: count, sessions: ids }]) => ({
    kind: 'tokens', urgency: 'consider', sessions: ids,
    reason: `${tokens(count)} of ${JSON.stringify(model)} have no price, so costs and budgets are too low`,
    number: { name: 'unpriced_tokens', value: count, unit: 'tokens', limit: manyTokens },
    command: { run: /^[\w.:/@-]+$/.test(model) ? `watchroom config set prices '{"${model}": {input: USD, output: USD}}'` : 'watchroom config show', where: 'shell' },
  }));
};
