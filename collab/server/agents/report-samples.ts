import { contextRatio } from '../sessions/keep-events.ts';
import type { Kept } from '../sessions/keep.ts';
import { addSamples, noGrowth, placeOf } from '../sessions/samples.ts';
import type { Growth, Sample } from '../sessions/samples.ts';
import type { Work } from '../store/open.ts';
import type { UseGrowth } from './use-growth.ts';

/** Writes the history of the sessions of a report: what the fleet counters were moved by, at its time, and how each session is now. */
export const keepSamples = async (work: Work, { kept, grown, now }: { readonly kept: ReadonlyMap<string, Kept>; readonly grown: readonly UseGrowth[]; readonly now: number }): Promise<void> => {
  const samples = new Map<string, { readonly one: Kept; readonly place: ReturnType<typeof placeOf>; readonly growth: Growth }>();
  const at = (one: Kept, hour: number | undefined): Growth => {
    const place = placeOf(hour, now);
    const key = `${one.row.id} ${place.width} ${place.at}`;
    let sample = samples.get(key);
    if (!sample) samples.set(key, (sample = { one, place, growth: noGrowth() }));
    return sample.growth;
  };
  for (const one of kept.values()) if (one.changed && one.wire) at(one, undefined);
  for (const one of grown) if (one.counted > 0) add(() => at(kept.get(one.sessionKey)!, one.hour), one);
  await addSamples(work, [...samples.values()].map(({ one, place, growth }) => sampleOf(one, place, growth)));
};

const add = (to: () => Growth, { kind, counted }: UseGrowth): void => {
  if (kind === 'micro_usd') to().microUsd += counted;
  else if (kind === 'turns') to().turns += counted;
  else if (kind.startsWith('error:')) to().errors += counted;
  else if (kind === 'input' || kind === 'output' || kind.startsWith('cache_')) to().tokens += counted;
};

const sampleOf = ({ row, wire }: Kept, place: Pick<Sample, 'width' | 'at'>, growth: Growth): Sample => ({
  session_id: row.id, ...place,
  tokens: growth.tokens, micro_usd: growth.microUsd, errors: growth.errors, turns: growth.turns,
  context_ratio: contextRatio(wire) ?? null, health: wire?.health.score ?? null, state: row.state,
});
