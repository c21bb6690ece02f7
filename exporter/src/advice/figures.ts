/** Numbers in sentences. */
export const percent = (ratio: number): string => `${Math.floor(ratio * 100 + 1e-9)} %`;
export const dollars = (usd: number): string => `$${usd < 0.01 && usd > 0 ? usd.toFixed(4) : usd.toFixed(2)}`;
export const tokens = (count: number): string => (count >= 999_500 ? `${(count / 1e6).toFixed(1)}M tokens` : count >= 1000 ? `${Math.round(count / 1000)}k tokens` : `${Math.round(count)} tokens`);
export const time = (ms: number): string => {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
};
export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
