import { describe, expect, it } from '@jest/globals';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codex } from '../../src/readers/codex.ts';
import type { Findings } from '../../src/readers/book.ts';
import type { Part } from '../../src/session/part.ts';
import { inputSide, totalTokens } from '../../src/session/usage.ts';
import { readFile } from './read-file.ts';
import { callsOf, usageOf } from './totals.ts';

const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));

interface Totals { readonly input_tokens: number; readonly cached_input_tokens?: number; readonly output_tokens: number; readonly reasoning_output_tokens?: number; readonly total_tokens?: number }
interface Row {
  readonly file: string;
  readonly tool: string;
  readonly sessionId: string | null;
  readonly forked_from: string | null;
  readonly cwd: string | null;
  readonly version: string | null;
  readonly gitBranch: string | null;
  readonly lines: number;
  readonly session_metas: number;
  readonly models: Record<string, number>;
  readonly token_count_events: number;
  readonly re_emits: number;
  readonly own_total: Totals | null;
  readonly context_tokens_last: number | null;
  readonly window: number | null;
  readonly compactions: number;
  readonly turns: number;
  readonly events: Record<string, number>;
  readonly tool_errors: number;
  readonly files_edited: number;
  readonly lines_added: number;
  readonly lines_removed: number;
  readonly rate_limits: { readonly primary?: { readonly used_percent: number; readonly window_minutes: number } | null; readonly secondary?: { readonly used_percent: number; readonly window_minutes: number } | null } | null;
}

const rows: readonly Row[] = existsSync(`${samples}expected.jsonl`)
  ? readFileSync(`${samples}expected.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row).filter((row) => row.tool === 'codex')
  : [];

describe('codex: real rollouts give the totals of an independent reference', () => {
  if (rows.length === 0) it('is not checked here: the folder of real samples does not lie beside the repository', () => undefined);

  for (const row of rows) {
    it(row.file.replace('codex/', ''), () => {
      const findings = read(row.file);
      expect(findings.parseErrors).toEqual({});
      expect(findings.records).toBe(row.lines);
      if (row.file.endsWith('historical-usage-real-legacy.jsonl')) return expect(findings.unknownRecords).toBe(row.lines); // CodexBar's own log of rate limits, no rollout
      expect(findings.unknownRecords).toBe(0);

      const [first] = findings.parts;
      expect(findings.parts).toHaveLength(Math.max(1, row.session_metas));
      if (row.sessionId !== null) expect(first).toMatchObject(known({ nativeId: row.sessionId, cwd: row.cwd, toolVersion: row.version, gitBranch: row.gitBranch, parentId: row.forked_from }));

      // The reference looks at a file: of a recording of several sessions its final total is the last one that was written.
      const last = lastCounted(findings);
      const calls = callsOf(findings);
      if (row.own_total === null) expect(calls).toHaveLength(row.token_count_events);
      else expect(ownTotal(findings, last)).toEqual(normalised(row.own_total));
      if (row.session_metas <= 1) expect(calls).toHaveLength(row.token_count_events - row.re_emits - withoutTotals(row.file));
      expect(new Set(calls.map((call) => call.model))).toEqual(new Set(calls.length ? Object.keys(row.models) : []));
      if (row.context_tokens_last !== null) expect(last.context?.used).toBe(row.context_tokens_last);
      expect(last.context?.limit ?? null).toBe(row.window);
      expect(sum(findings, (part) => part.compactions)).toBe(row.compactions);
      expect(sum(findings, (part) => part.errors.interrupted)).toBe(row.events['turn_aborted:interrupted'] ?? 0);
      expect(sum(findings, (part) => part.filesEdited)).toBe(row.files_edited);
      expect(sum(findings, (part) => part.linesAdded)).toBe(row.lines_added);
      expect(sum(findings, (part) => part.linesRemoved)).toBe(row.lines_removed);
      expect(limits(findings.parts.at(-1)!)).toEqual(expectedLimits(row));
      if (row.session_metas === 0) return; // the bare format of 2025: the reference knows nothing of it
      expect(sum(findings, (part) => part.turns)).toBe(row.turns);
      expect(sum(findings, (part) => part.errors.tool)).toBe(row.tool_errors);
    });
  }
});

describe('codex: [T13] the real forks of CodexBar’s issue 2037, under names by which a parent can be found', () => {
  const forks = rows.filter((row) => row.forked_from === 'parent-session' && row.own_total?.total_tokens !== undefined);
  if (forks.length === 0) it('are not checked here: the folder of real samples does not lie beside the repository', () => undefined);

  for (const row of forks) {
    it(`${row.file.split('/').at(-4)}: own use is the final total less the parent’s`, () => {
      const parent = rows.find((other) => other.file === row.file.replace('child.jsonl', 'parent.jsonl'))!;
      const home = mkdtempSync(join(tmpdir(), 'watchroom-fork-'));
      try {
        mkdirSync(join(home, 'archived_sessions'));
        copyFileSync(samples + parent.file, join(home, 'archived_sessions/rollout-2030-01-01T12-00-00-parent-session.jsonl'));
        const path = join(home, 'archived_sessions/rollout-2030-01-01T15-00-00-child-session.jsonl');
        copyFileSync(samples + row.file, path);
        const usage = usageOf(readFile(codex, { path, rootKind: 'archived_sessions' }));
        expect(totalTokens(usage)).toBe(row.own_total!.total_tokens! - parent.own_total!.total_tokens!);
      } finally {
        rmSync(home, { recursive: true });
      }
    });
  }
});

const read = (file: string): Findings => {
  const path = samples + file;
  const archived = file.includes('/archived_sessions/');
  return readFile(codex, { path, root: dirname(path), rootKind: archived ? 'archived_sessions' : 'sessions' });
};

/** Codex's own sums: cached is part of input again. */
const ownTotal = (findings: Findings, part: Part): object => {
  const usage = usageOf({ ...findings, calls: findings.calls.filter(({ session }) => session === `codex/${part.nativeId}`) });
  return { input: inputSide(usage), cached: usage.cache_read ?? 0, output: usage.output ?? 0, reasoning: usage.reasoning ?? 0 };
};
const normalised = (total: Totals): object => ({ input: total.input_tokens, cached: total.cached_input_tokens ?? 0, output: total.output_tokens, reasoning: total.reasoning_output_tokens ?? 0 });

const lastCounted = (findings: Findings): Part => findings.parts.findLast((part) => findings.calls.some(({ session }) => session === `codex/${part.nativeId}`)) ?? findings.parts.at(-1)!;

/** The first event of a session has limits only: `"info": null`. */
const withoutTotals = (file: string): number => readFileSync(samples + file, 'utf8').split('\n').filter((line) => /"type":\s*"token_count",\s*"info":\s*null/.test(line)).length;

const sum = (findings: Findings, pick: (part: Part) => number | undefined): number => findings.parts.reduce((total, part) => total + (pick(part) ?? 0), 0);
const known = (facts: Record<string, string | null>): Record<string, string> => Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''));

const limits = (part: Part): object => Object.fromEntries((part.rateLimits ?? []).map((limit) => [limit.window, limit.usedRatio]));
const expectedLimits = (row: Row): object =>
  Object.fromEntries([row.rate_limits?.primary, row.rate_limits?.secondary].flatMap((limit) => (limit ? [[limit.window_minutes === 300 ? '5h' : `${limit.window_minutes / 1440}d`, limit.used_percent / 100]] : [])));
