import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Findings } from '../../src/readers/book.ts';
import { copilotCli } from '../../src/readers/copilot-cli.ts';
import type { Part } from '../../src/session/part.ts';
import { inputSide } from '../../src/session/usage.ts';
import { readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));

interface Metrics { readonly inputTokens: number; readonly outputTokens: number; readonly cacheReadTokens: number; readonly cacheWriteTokens: number; readonly reasoningTokens: number }
interface Row {
  readonly file: string;
  readonly tool: string;
  readonly sessionId: string;
  readonly version: string;
  readonly cwd: string;
  readonly gitBranch: string;
  readonly models: Record<string, number>;
  readonly shutdowns: readonly { readonly modelMetrics: Record<string, Metrics>; readonly currentTokens: number; readonly codeChanges: { readonly linesAdded: number; readonly linesRemoved: number } }[];
  readonly errors: Record<string, number>;
  readonly lines: number;
  readonly user_messages: number;
  readonly assistant_messages?: number;
  readonly output_tokens_messages?: number;
  readonly tools?: number;
  readonly tool_errors?: number;
}

const rows: readonly Row[] = existsSync(`${samples}expected.jsonl`)
  ? readFileSync(`${samples}expected.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row).filter((row) => row.tool === 'copilot-cli')
  : [];

describe('copilot-cli: real sessions give the totals of an independent reference', () => {
  if (rows.length === 0) it('is not checked here: the folder of real samples does not lie beside the repository', () => undefined);

  for (const row of rows) {
    it(row.file.replace('copilot-cli/', ''), () => {
      const path = samples + row.file;
      const findings = readFile(copilotCli, { path, root: dirname(path), as: `${row.sessionId}/events.jsonl`, rootKind: 'session-state' });
      expect(findings).toMatchObject({ records: row.lines, unknownRecords: 0, parseErrors: {} });
      expect(findings.parts[0]).toMatchObject({ nativeId: row.sessionId, toolVersion: row.version, cwd: row.cwd, gitBranch: row.gitBranch });

      // Every shutdown of these files ends a session of its own, so their reports add up.
      const reported = row.shutdowns.flatMap((shutdown) => Object.values(shutdown.modelMetrics));
      const usage = usageOf(findings);
      expect(usage.output ?? 0).toBe(row.output_tokens_messages ?? 0);
      if (reported.length === 0) expect(usage.input).toBeUndefined();
      else {
        expect(inputSide(usage)).toBe(total(reported, 'inputTokens'));
        expect(usage).toMatchObject({ output: total(reported, 'outputTokens'), cache_read: total(reported, 'cacheReadTokens'), cache_creation_5m: total(reported, 'cacheWriteTokens'), reasoning: total(reported, 'reasoningTokens') });
      }
      expect(requestsOf(findings)).toBe(Object.values(row.models).reduce((sum, count) => sum + count, 0));
      expect(answersByModel(findings)).toEqual(row.models);

      expect(sum(findings, (part) => part.messages.user)).toBe(row.user_messages);
      expect(sum(findings, (part) => part.messages.assistant)).toBe(row.assistant_messages ?? 0);
      expect(sum(findings, (part) => part.errors.api)).toBe(row.errors['session.error'] ?? 0);
      expect(sum(findings, (part) => count(part.toolCalls))).toBe(callsStarted(path));
      expect(sum(findings, (part) => completed(part))).toBe(row.tools ?? 0);
      expect(sum(findings, (part) => count(part.toolErrors))).toBe(row.tool_errors ?? 0);
      if (row.shutdowns.length > 0) {
        expect(findings.parts.map((part) => part.context?.used)).toEqual(row.shutdowns.map((shutdown) => shutdown.currentTokens));
        expect(sum(findings, (part) => part.linesAdded)).toBe(row.shutdowns.reduce((sum, shutdown) => sum + shutdown.codeChanges.linesAdded, 0));
        expect(findings.parts.every((part) => part.present.endedAt !== undefined && !part.present.turnOpen)).toBe(true);
      }
    });
  }
});

const total = (metrics: readonly Metrics[], field: keyof Metrics): number => metrics.reduce((sum, one) => sum + one[field], 0);
const sum = (findings: Findings, pick: (part: Part) => number | undefined): number => findings.parts.reduce((total, part) => total + (pick(part) ?? 0), 0);
const count = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, one) => sum + one, 0);
const completed = (part: Part): number => Object.values(part.durations?.tools ?? {}).reduce((sum, histogram) => sum + histogram.buckets.reduce((a, b) => a + b, 0), 0);
const callsStarted = (path: string): number => readFileSync(path, 'utf8').split('\n').filter((line) => line.startsWith('{"type":"tool.execution_start"')).length;
const answersByModel = (findings: Findings): Record<string, number> => {
  const models: Record<string, number> = {};
  for (const call of callsOf(findings)) if (call.requests !== 0) models[call.model!] = (models[call.model!] ?? 0) + 1;
  return models;
};
