import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Findings } from '../../src/readers/book.ts';
import { claude } from '../../src/readers/claude.ts';
import type { Part } from '../../src/session/part.ts';
import { readFile } from './read-file.ts';
import { callsOf, requestsOf, usageOf } from './totals.ts';

const samples = fileURLToPath(new URL('../../../../shared/samples/', import.meta.url));
const here = existsSync(samples);
const why = here ? '' : ' (skipped: ../shared/samples is not beside the repository)';

interface Tokens { readonly input: number; readonly output: number; readonly cache_read: number; readonly cw5m: number; readonly cw1h: number; readonly calls: number; readonly web_search: number }
interface Row {
  readonly file: string;
  readonly tool: string;
  readonly sessionIds: number;
  readonly cwd: string | null;
  readonly version: string | null;
  readonly gitBranch: string | null;
  readonly last: string | null;
  readonly totals: Tokens | Record<string, never>;
  readonly byModel: Readonly<Record<string, Tokens>>;
  readonly context_tokens_last: number | null;
  readonly compactions: number;
  readonly files_edited: number;
  readonly lines_added: number;
  readonly lines_removed: number;
  readonly tools: Readonly<Record<string, number>>;
  readonly titles: Readonly<Record<string, string>>;
  readonly lines: number;
  readonly tool_results?: number;
  readonly tool_errors?: number;
  readonly api_error_messages?: number;
  readonly api_retries?: number;
}

const rows = here ? readFileSync(`${samples}expected.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Row).filter((row) => row.tool === 'claude') : [];

const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1);
const read = (row: Row): Findings => readFile(claude, { path: samples + row.file, as: `-sample/${nameOf(row.file)}` });

const sum = (parts: readonly Part[], of: (part: Part) => number | undefined): number => parts.reduce((total, part) => total + (of(part) ?? 0), 0);
const mainOf = (findings: Findings): Part | undefined => findings.parts.filter((part) => part.role === 'main').at(-1);
const sorted = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] => Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));

/** Where the independent reference tells another thing than we do, and why. Never a tolerance. */
const differs: Readonly<Record<string, Readonly<Record<string, { readonly ours: unknown; readonly because: string }>>>> = {
  title: {
    'fe5e1c67-53e7-4862-81ae-d0e013e3270b.jsonl': { ours: undefined, because: 'the summary names a leaf that is in no record of this file: it tells of another conversation' },
    'large-conversation.jsonl': { ours: undefined, because: 'the same' },
    'medium-conversation.jsonl': { ours: undefined, because: 'the same' },
    'short-conversation.jsonl': { ours: undefined, because: 'the same' },
  },
  gitBranch: {
    '2026-06-03-21-50-21_irrlichd-0.4.8+defb4d8/transcript.jsonl': { ours: undefined, because: 'HEAD is what Claude Code writes when no branch is checked out' },
  },
  last: {
    '2026-03-16-12-07-28_irrlichd-unknown/transcript.jsonl': { ours: '2026-03-16T15:52:47.067Z', because: 'the reference leaves records of other types than user, assistant and system out' },
  },
};
const used = new Set<string>();
const expected = <Value>(fact: string, row: Row, reference: Value): Value | undefined => {
  const [file, difference] = Object.entries(differs[fact] ?? {}).find(([name]) => row.file.endsWith(name)) ?? [];
  if (!difference) return reference;
  expect(difference.ours).not.toEqual(reference); // a difference that is none any more must leave the table
  used.add(`${fact} ${file}`);
  return difference.ours as Value | undefined;
};

/** The order of words in the reference's table of titles: the one given by a human first. */
const titleIn = (titles: Readonly<Record<string, string>>): string | undefined => titles['custom-title'] ?? titles['ai-title'] ?? titles.summary;

(here ? describe : describe.skip)(`claude: every sample tells what the independent reference found${why}`, () => {
  it('has its 180 samples', () => expect(rows).toHaveLength(180));

  it.each(rows.map((row) => [row.file.slice('claude/'.length), row] as const))('%s', (_file, row) => {
    const findings = read(row);
    const { parts } = findings;
    const usage = usageOf(findings);
    const calls = callsOf(findings);
    const zero = { input: 0, output: 0, cache_read: 0, cw5m: 0, cw1h: 0, calls: 0, web_search: 0 };
    expect({
      input: usage.input ?? 0, output: usage.output ?? 0, cache_read: usage.cache_read ?? 0, cw5m: usage.cache_creation_5m ?? 0, cw1h: usage.cache_creation_1h ?? 0,
      calls: requestsOf(findings), web_search: calls.reduce((total, call) => total + (call.webSearches ?? 0), 0),
    }).toEqual(expect.objectContaining(Object.fromEntries(Object.entries(zero).map(([kind, none]) => [kind, (row.totals as Record<string, number>)[kind] ?? none]))));
    for (const [model, total] of Object.entries(row.byModel)) {
      const own = usageOf({ ...findings, calls: findings.calls.filter(({ call }) => call.model === model) });
      expect([model, own.input, own.output, own.cache_read ?? 0, own.cache_creation_5m ?? 0, own.cache_creation_1h ?? 0]).toEqual([model, total.input, total.output, total.cache_read, total.cw5m, total.cw1h]);
    }
    expect(parts.filter((part) => part.context).at(-1)?.context?.used ?? null).toBe(row.context_tokens_last);
    expect(sum(parts, (part) => part.compactions)).toBe(row.compactions);
    expect(sum(parts, (part) => part.filesEdited)).toBe(row.files_edited);
    expect(sum(parts, (part) => part.linesAdded)).toBe(row.lines_added);
    expect(sum(parts, (part) => part.linesRemoved)).toBe(row.lines_removed);
    const tools: Record<string, number> = {};
    for (const part of parts) for (const [name, calls] of Object.entries(part.toolCalls)) tools[name] = (tools[name] ?? 0) + calls;
    expect(sorted(tools)).toEqual(sorted(row.tools));
    expect(sum(parts, (part) => Object.values(part.toolErrors).reduce((total, errors) => total + errors, 0))).toBe(row.tool_errors ?? 0);
    expect(sum(parts, ({ errors }) => (errors.api ?? 0) + (errors.rate_limit ?? 0) + (errors.overloaded ?? 0))).toBe((row.api_error_messages ?? 0) + (row.api_retries ?? 0));
    expect(new Set(parts.map((part) => part.nativeId)).size).toBe(row.sessionIds);
    expect(mainOf(findings)?.title).toBe(expected('title', row, titleIn(row.titles)));
    expect(parts[0]?.gitBranch ?? undefined).toBe(expected('gitBranch', row, row.gitBranch ?? undefined));
    expect(parts[0]?.cwd).toBe(row.cwd ?? undefined);
    expect(parts[0]?.toolVersion).toBe(row.version ?? undefined);
    const last = Math.max(...parts.map((part) => part.lastActivityAt ?? 0));
    expect(parts.length === 0 ? undefined : last).toBe(expected('last', row, row.last ?? undefined) && Date.parse(expected('last', row, row.last ?? undefined)!));
    expect([findings.records, findings.unknownRecords, findings.parseErrors]).toEqual([row.lines, 0, {}]);
  });

  it('uses every difference it excuses', () => {
    expect([...used].sort()).toEqual(Object.entries(differs).flatMap(([fact, files]) => Object.keys(files).map((file) => `${fact} ${file}`)).sort());
  });
});

(here ? describe : describe.skip)(`claude: a file seen at successive times${why}`, () => {
  it('what is read piece by piece equals the whole, for every sample', () => {
    for (const row of rows) {
      const path = samples + row.file;
      const as = `-sample/${nameOf(row.file)}`;
      const size = statSync(path).size;
      const whole = readFile(claude, { path, as });
      const pieces = readFile(claude, { path, as, cuts: [0.07, 0.2, 0.21, 0.5, 0.8, 0.99].map((part) => Math.floor(size * part)) });
      expect([row.file, pieces.parts]).toEqual([row.file, whole.parts]);
      expect(callsOf(pieces)).toEqual(callsOf(whole));
      expect(pieces.memo).toEqual(whole.memo);
    }
  });
});
