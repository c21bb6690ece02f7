import { listed, percent, short } from '../app/words.ts';
import type { Session } from '../sessions/session.ts';

/** How each number of a session is counted, with what is known of it here. */
export const explainCost = ({ tokensByModel, unpricedTokens }: Session): string => {
  const models = Object.entries(tokensByModel).sort(([, a], [, b]) => b - a);
  const by = models.length < 2 ? '' : ` By model: ${models.map(([model, tokens]) => `${model} ${short(tokens)} tokens`).join(', ')}.`;
  return `API-equivalent US dollars: every call’s tokens by kind, times the list price of its model at that time. Not a bill.${by}${unpricedTokens ? ` ${short(unpricedTokens)} tokens have no price, so the true cost is higher (≥).` : ''}`;
};

const kindWords = { input: 'input', output: 'output', cache_read: 'cache reads', cache_creation_5m: 'cache writes', cache_creation_1h: 'cache writes for an hour' } as const;

export const explainTokens = ({ tokensByKind }: Session): string => {
  const kinds = (Object.keys(kindWords) as (keyof typeof kindWords)[]).filter((kind) => (tokensByKind[kind] ?? 0) > 0).map((kind) => `${short(tokensByKind[kind]!)} ${kindWords[kind]}`);
  return `All that was billed, as the provider reported it in each answer, each call counted once, sub-agents included${kinds.length === 0 ? '' : `: ${listed(kinds, 9)}`}.`;
};

export const explainContext = ({ context }: Session): string => {
  const limit = context?.limit === undefined ? 'The size of the window is not known.' : `The window of its model takes ${short(context.limit)}${context.compactAt === undefined ? '' : `; the tool compacts it at ${short(context.compactAt)}`}.`;
  return `Tokens in the window at the newest call of the main conversation: input, cache reads and cache writes together. ${limit} Green to 70 %, yellow to 90 %, red above.`;
};

export const explainHealth = ({ health: { score, missing } }: Session): string =>
  `0 to 100 from four factors: how full the context is (${percent(0.4)} of it), how long it is open, how long it is silent, and its errors (${percent(0.2)} each), unless your team weighs them otherwise.${score === undefined ? ' Nothing of it is known yet.' : missing.length > 0 ? ` Not known: ${listed(missing)}; the rest counts more.` : ''}`;
