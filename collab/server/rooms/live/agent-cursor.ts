import { z } from 'zod';

// Of what the agent told of its session, all that a cursor needs.
const told = z.object({ files: z.record(z.string(), z.object({ lastAt: z.number(), editedAt: z.number().exactOptional() })) });

/** The file that the agent last read or edited [R5], from what it told of its session. Its records do not say the line. */
export const agentPath = (toldJson: string): string | undefined => {
  const parsed = told.safeParse(JSON.parse(toldJson));
  if (!parsed.success) return undefined;
  let last: { readonly path: string; readonly at: number } | undefined;
  for (const [path, { lastAt, editedAt = 0 }] of Object.entries(parsed.data.files)) {
    const at = Math.max(lastAt, editedAt);
    if (last === undefined || at > last.at) last = { path, at };
  }
  return last?.path;
};
