import { z } from 'zod';
import type { Store } from '../store/open.ts';
import { iso } from './list-item.ts';
import { dayMs, hourMs, minuteMs } from './samples.ts';
import type { Sample } from './samples.ts';

export const steps = { minute: minuteMs, hour: hourMs, day: dayMs } as const;
export type Step = keyof typeof steps;

const growth = { tokens: z.int(), costUsd: z.number(), errors: z.int(), turns: z.int() };

/** A session's history: growth by the step, and how it then was. */
export const sessionHistory = z.object({
  points: z.array(z.object({
    at: z.iso.datetime().describe('Start of it, UTC.'),
    seconds: z.int().describe('Its width: the step, or more where only coarser samples are kept (minutes for 48 h, hours for 90 days, then days).'),
    ...growth,
    contextRatio: z.number().optional(),
    health: z.number().optional(),
    state: z.string(),
  })),
  sums: z.object(growth).describe('Of the points, exact.'),
  coarse: z.boolean().describe('Whether a point is wider than the step.'),
}).meta({ id: 'SessionHistory', description: 'What the session moved the counters by. Use that was found in files older than its agent is no growth: analytics call it history.' });
export type SessionHistory = z.infer<typeof sessionHistory>;

/** The history of one session between two moments. */
export const historyOf = async (store: Store, { sessionId, from = 0, to = Number.MAX_SAFE_INTEGER, step }: { readonly sessionId: string; readonly from?: number; readonly to?: number; readonly step: Step }): Promise<SessionHistory> => {
  const samples = await store.selectFrom('session_samples').selectAll().where('session_id', '=', sessionId).where('at', '>=', from).where('at', '<', to).orderBy('at').orderBy('width', 'desc').execute();
  const merged = [...inSteps(samples, steps[step]).values()].sort((one, other) => one.at - other.at);
  return {
    points: merged.map(pointOf),
    sums: { tokens: sum(merged, 'tokens'), costUsd: sum(merged, 'micro_usd') / 1e6, errors: sum(merged, 'errors'), turns: sum(merged, 'turns') },
    coarse: merged.some(({ width }) => width > steps[step]),
  };
};

/** Samples of the step's width or more, in order of time: growth summed, the rest as it last was. */
export const inSteps = (samples: readonly Sample[], stepMs: number): ReadonlyMap<string, Sample> => {
  const merged = new Map<string, Sample>();
  for (const sample of samples) {
    const width = Math.max(sample.width, stepMs);
    const at = Math.floor(sample.at / width) * width;
    const key = `${width} ${at}`;
    const before = merged.get(key);
    merged.set(key, {
      ...sample, width, at,
      tokens: sample.tokens + (before?.tokens ?? 0), micro_usd: sample.micro_usd + (before?.micro_usd ?? 0), errors: sample.errors + (before?.errors ?? 0), turns: sample.turns + (before?.turns ?? 0),
      context_ratio: sample.context_ratio ?? before?.context_ratio ?? null, health: sample.health ?? before?.health ?? null,
    });
  }
  return merged;
};

const pointOf = ({ at, width, tokens, micro_usd, errors, turns, context_ratio, health, state }: Sample): SessionHistory['points'][number] => ({
  at: iso(at), seconds: width / 1000, tokens, costUsd: micro_usd / 1e6, errors, turns, state,
  ...(context_ratio === null ? {} : { contextRatio: context_ratio }), ...(health === null ? {} : { health }),
});

const sum = (samples: readonly Sample[], column: 'tokens' | 'micro_usd' | 'errors' | 'turns'): number => samples.reduce((total, sample) => total + sample[column], 0);
