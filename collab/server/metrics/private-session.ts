import type { Counts } from 'watchroom/session/part';
import type { ModelUse, Session } from 'watchroom/session';
import { addUsage } from 'watchroom/session/usage';
import { toolLabel } from 'watchroom/metrics/tool-label';
import { privateLabel, privateModel, privateToolName } from '../agents/private-labels.ts';

/** A private session as /metrics shows it: its numbers, without a word of its owner's [R7]. The same object for the same session. */
export const privateSession = (session: Session): Session => {
  let hidden = hiddenOf.get(session);
  if (!hidden) hiddenOf.set(session, (hidden = hide(session)));
  return hidden;
};

const hiddenOf = new WeakMap<Session, Session>();

const hide = ({ title, gitBranch, model, toolVersion, rateLimits, projectName: _projectName, description: _description, parentId: _parentId, cwd: _cwd, ...rest }: Session): Session => ({
  ...rest,
  project: privateLabel,
  ...(title === undefined ? {} : { title: privateLabel }),
  ...(gitBranch === undefined ? {} : { gitBranch: privateLabel }),
  ...(model === undefined ? {} : { model: privateModel(model) }),
  ...(toolVersion !== undefined && /^v?\d[\d.]{0,30}$/.test(toolVersion) ? { toolVersion } : {}),
  ...(rateLimits === undefined ? {} : { rateLimits: rateLimits.filter(({ window }) => /^\d{1,4}[a-z]{1,3}$/.test(window)) }),
  models: modelsOf(rest.models),
  toolCalls: countsOf(rest.toolCalls),
  toolErrors: countsOf(rest.toolErrors),
  tags: [],
});

const modelsOf = (models: Session['models']): Session['models'] => {
  const merged: Record<string, ModelUse> = {};
  for (const [name, use] of Object.entries(models)) {
    const label = privateModel(name);
    const other = merged[label];
    merged[label] = other ? sumOf(other, use) : use;
  }
  return merged;
};

const sumOf = (one: ModelUse, other: ModelUse): ModelUse => {
  const microUsd = one.microUsd === undefined && other.microUsd === undefined ? undefined : (one.microUsd ?? 0) + (other.microUsd ?? 0);
  return { usage: addUsage(one.usage, other.usage), requests: one.requests + other.requests, unpricedTokens: one.unpricedTokens + other.unpricedTokens, ...(microUsd === undefined ? {} : { microUsd }) };
};

const countsOf = (counts: Counts): Counts => {
  const merged: Record<string, number> = {};
  for (const [name, count] of Object.entries(counts)) {
    const label = privateToolName(toolLabel(name));
    merged[label] = (merged[label] ?? 0) + count;
  }
  return merged;
};
