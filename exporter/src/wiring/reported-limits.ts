import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EpochMs, RateLimit } from '../session/part.ts';

const reported = z.object({
  tool: z.literal('claude'),
  reportedAt: z.number(),
  rateLimits: z.array(z.object({ window: z.string().max(10), usedRatio: z.number().min(0).max(100), resetsAt: z.number() })).max(10),
});

/** The account's rate limits as `watchroom statusline` last heard them from Claude Code, which writes them nowhere else; none when it never did. */
export const readReportedLimits = (folder: string, now: EpochMs): readonly (RateLimit & { readonly tool: 'claude' })[] => {
  try {
    const { tool, reportedAt, rateLimits } = reported.parse(JSON.parse(readFileSync(join(folder, 'rate-limits', 'claude.json'), 'utf8')));
    // A clock that was ahead would hold its word for ever.
    return reportedAt > now + 60_000 ? [] : rateLimits.map((limit) => ({ ...limit, tool, reportedAt }));
  } catch {
    return []; // never reported, or just being replaced
  }
};
