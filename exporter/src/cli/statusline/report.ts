import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Told } from './told.ts';

/** What the exporter reads (wiring/reported-limits.ts; docs/monitor.md). */
interface Reported {
  readonly tool: 'claude';
  readonly reportedAt: number;
  readonly rateLimits: Told['rateLimits'];
}

/** The same word is said again only so that it does not look old. */
const againMs = 60_000;

/** Keeps the account's rate limits for the exporter; Claude Code writes them nowhere. A state folder that cannot be written costs nothing but that. */
export const reportLimits = (folder: string, rateLimits: Told['rateLimits'], { now, pid }: { readonly now: number; readonly pid: number }): void => {
  if (rateLimits.length === 0) return;
  const place = join(folder, 'rate-limits');
  const file = join(place, 'claude.json');
  const before = reportedBefore(file);
  if (before && JSON.stringify(before.rateLimits) === JSON.stringify(rateLimits) && now - before.reportedAt < againMs && before.reportedAt <= now) return;
  const beside = `${file}.${pid}`;
  try {
    if (!existsSync(place)) mkdirSync(place, { mode: 0o700 }); // not the state folder: where that is missing nobody reads
    writeFileSync(beside, JSON.stringify({ tool: 'claude', reportedAt: now, rateLimits } satisfies Reported), { mode: 0o600 });
    renameSync(beside, file);
  } catch {
    rmSync(beside, { force: true });
  }
};

const reportedBefore = (file: string): Reported | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Reported;
  } catch {
    return undefined;
  }
};
