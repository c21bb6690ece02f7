import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, rmSync } from 'node:fs';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { publicSession } from '../../src/session/public.ts';
import type { PublicSession } from '../../src/session/public.ts';
import type { StoredSession } from '../../src/session/session.ts';
import type { EngineUpdate } from '../../src/sweep/engine.ts';
import { aHome, aLedger, anEngine } from '../sweep/a-home.ts';
import { inRepository, textOf } from './repository.ts';

const now = Date.UTC(2026, 10, 20, 12);
const { home, machine } = aHome();
let ledger: Ledger;
let update: EngineUpdate;
const sessions = new Map<string, StoredSession>();

beforeAll(async () => {
  cpSync(inRepository('examples/home'), home, { recursive: true });
  ledger = aLedger({ path: ':memory:', now: () => now });
  const { engine, updates } = anEngine(machine, ledger, () => now);
  await engine.scan();
  update = updates.at(-1)!;
  for (const session of ledger.sessions('all')) sessions.set(session.id, session);
});
afterAll(() => {
  ledger.close();
  rmSync(home, { recursive: true });
});

/** As `list --format json` tells it; nothing of the example runs. */
const told = (id: string): PublicSession => publicSession({ ...sessions.get(id)!, state: 'ended', processes: [] }, { factors: {}, missing: [] });

describe('examples/home', () => {
  it('has exactly these sessions', () => {
    expect([...sessions.keys()].sort()).toEqual([basket, colours, sorting, pricing, readme, shipping, sencha].sort());
  });

  it('is read without an error and without an unknown record, every source and every call priced', () => {
    for (const { source, up, unknownRecords, parseErrors } of update.sources) expect({ source, up, unknownRecords, parseErrors }).toEqual({ source, up: true, unknownRecords: 0, parseErrors: {} });
    for (const id of sessions.keys()) for (const call of ledger.callsOf(id)) expect({ id, ...call }).toMatchObject({ id, microUsd: expect.any(Number) });
  });

  it('moves no fleet counter: all of it is history', () => {
    expect(ledger.fleet().filter(({ value }) => value !== 0)).toEqual([]);
  });

  /*
   * Calls 1–14 (input, written 1h, read, output): 4 18000 0 210 · 1 900 18000 160 · 1 1200 18900 240 · 1 1600 20100 520 · 1 700 21700 610 ·
   * 1 800 22400 90 · 1 600 23200 330 · 1 400 23800 80 · 1 300 24200 190 · 6 300 24500 130 · 1 200 24800 60 · 5 9800 0 150 · 1 200 9800 110 · 1 500 10000 260
   *   input 26, output 3140, read 241400, written 1h 35500; Opus 4.6 at 5 / 25 / 0.5 / 10 USD/M: 130 + 78500 + 120700 + 355000 = 554330 µUSD
   * Its sub-agent: 3 input, 9000 written 5m, 120 output · 2, 1500, 9000 read, 380
   *   input 5, output 500, read 9000, written 5m 10500; Haiku 4.5 at 1 / 5 / 0.1 / 1.25: 5 + 2500 + 900 + 13125 = 16530 µUSD
   * Calls 1, 4 … are written as two rows each and count once.
   */
  it('Claude Code: a session with a sub-agent, a compaction and errors', () => {
    expect(told(basket)).toMatchObject({
      project: 'teashop', title: 'Basket survives a reload', gitBranch: 'feat/basket', toolVersion: '2.1.212', model: 'claude-opus-4-6',
      tokens: { input: 26 + 5, output: 3140 + 500, cache_read: 241_400 + 9000, cache_creation_5m: 10_500, cache_creation_1h: 35_500 },
      tokensByModel: { 'claude-haiku-4-5-20251001': { input: 5, output: 500, cache_read: 9000, cache_creation_5m: 10_500, cache_creation_1h: 0 } },
      costUsd: 0.554_33 + 0.016_53, requests: 14 + 2, unpricedTokens: 0,
      // the last call of the main conversation: 1 + 500 + 10000
      context: { used: 10_501 },
      // Grep: one of its own, one of the sub-agent
      toolCalls: { Grep: 2, Read: 2, Agent: 1, Edit: 2, Write: 1, Bash: 3, Glob: 1 },
      // the failed test and the missing file; one retry of an overloaded API
      errors: { tool: 2, overloaded: 1 }, toolErrors: { Bash: 1, Read: 1 },
      turns: 3, messagesByRole: { user: 3, assistant: 14 }, compactions: 1, subagents: 1, commits: 1,
      // +5 −2, a new file of 6 lines, +1 −1
      filesEdited: 2, linesAdded: 12, linesRemoved: 3,
    });
  });

  /* 3 input, 15000 written, 120 output · 2, 2400, 15000 read, 640. Sonnet 5 at 2 / 10 / 0.2 / 2.5: 10 + 7600 + 3000 + 43500 = 54110 µUSD, and one web search: 10000 */
  it('[T7] Claude Code: a web search has its fee, and a reached limit is an error and no call', () => {
    expect(told(colours)).toMatchObject({
      title: 'Colours', gitBranch: 'main', tokens: { input: 5, output: 760, cache_read: 15_000, cache_creation_5m: 17_400, cache_creation_1h: 0 },
      costUsd: 0.064_11, requests: 2, errors: { rate_limit: 1 }, turns: 2, toolCalls: { WebSearch: 1 }, lastWasError: true,
    });
  });

  /*
   * Cumulative totals (input with cached, cached, output, reasoning): 12000 8000 400 200 · 26000 20000 700 300, told twice · 41500 34000 1500 600
   *   input 41500 − 34000 = 7500, read 34000, output 1500; GPT-5.3-Codex at 1.75 / 14 / 0.175: 13125 + 21000 + 5950 = 40075 µUSD
   */
  it('[T11] Codex CLI: deltas of the cumulative total, a repeated one once', () => {
    expect(told(sorting)).toMatchObject({
      project: 'teashop', title: 'Sort teas by price', gitBranch: 'feat/sort', tokens: { input: 7500, output: 1500, cache_read: 34_000, reasoning: 600 },
      costUsd: 0.040_075, requests: 3, context: { used: 16_300, limit: 258_400 }, turns: 2, errors: { tool: 1 },
      filesEdited: 2, linesAdded: 4 + 2, linesRemoved: 1,
    });
    expect(sessions.get(sorting)!.rateLimits).toMatchObject([{ window: '5h', usedRatio: 0.14 }, { window: '7d', usedRatio: 0.06 }]);
  });

  /*
   * 9000 input, 60 + 140 thoughts · 9800 of which 8600 cached, 300 + 80
   *   input 9000 + 1200, read 8600, output 200 + 380; Gemini 3 Pro at 2 / 12 / 0.2: 20400 + 6960 + 1720 = 29080 µUSD
   */
  it('[T19] Gemini CLI: cached is part of input, thoughts are output, a record told again counts once', () => {
    expect(told(pricing)).toMatchObject({
      project: 'teashop', title: 'How a tea gets its price', tokens: { input: 10_200, output: 580, cache_read: 8600, reasoning: 220 },
      costUsd: 0.029_08, requests: 2, context: { used: 9800 }, turns: 1, toolCalls: { read_file: 1 },
    });
  });

  /*
   * Live 90 + 210 output; at the end 24000 input in two requests, of which 12000 cached: two shares of 6000 + 6000
   *   GPT-5 mini at 0.25 / 2 / 0.025: 180 + 420 live, twice 1500 + 150 at the end: 3900 µUSD
   */
  it('[T20] Copilot CLI: output as it is told, the rest at the end', () => {
    expect(told(readme)).toMatchObject({
      project: 'teashop', title: 'How to run the shop', tokens: { input: 12_000, output: 300, cache_read: 12_000, reasoning: 64 },
      costUsd: 0.0039, requests: 2, context: { used: 12_600 }, turns: 1, toolCalls: { create: 1 }, linesAdded: 3, linesRemoved: 0, filesEdited: 1,
    });
  });

  /* 200 input, 7000 written, 150 output · 120, 900, 7000 read, 260. Sonnet 4.6 at 3 / 15 / 0.3 / 3.75: 960 + 6150 + 2100 + 29625 = 38835 µUSD; its own "cost" says 0 */
  it('[T21] OpenCode: a cost of 0 is priced by the table, steps are not added to their message', () => {
    expect(told(shipping)).toMatchObject({
      project: 'teashop', title: 'Free shipping from 40 euros', tokens: { input: 320, output: 410, cache_read: 7000, cache_creation_5m: 7900 },
      costUsd: 0.038_835, requests: 2, turns: 1, toolCalls: { edit: 1 }, filesEdited: 1, linesAdded: 3, linesRemoved: 1,
    });
  });

  /* 6000 input, 80 output · 6400 of which 5900 cached, 220 + 60 thoughts. Qwen3 Coder Plus at 1 / 5 / 0.1: 6500 + 1800 + 590 = 8890 µUSD */
  it('Qwen Code: cached is part of input, thoughts are output', () => {
    expect(told(sencha)).toMatchObject({
      project: 'teashop', tokens: { input: 6500, output: 360, cache_read: 5900, reasoning: 60 }, costUsd: 0.008_89, requests: 2, turns: 1, toolCalls: { grep_search: 1 },
    });
  });

  it('is shown however old it is: its configuration has a window of ten years, the same on every system', () => {
    const [linux, ...others] = ['.config', 'Library/Application Support', 'AppData/Roaming'].map((folder) => textOf(`examples/home/${folder}/watchroom/config.yaml`));
    expect(linux).toContain('window: 3650d');
    for (const other of others) expect(other).toBe(linux);
  });
});

const basket = 'claude/7d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
const colours = 'claude/c51b9e07-2a6d-4f18-b3d4-90e7a6c8f221';
const sorting = 'codex/01a1e99c-58d8-7c3e-9b41-6d20f8a3e519';
const pricing = 'gemini/8e4f2b16-90c7-4d3a-a1f5-5b7c3e2d1096';
const readme = 'copilot-cli/2f9d6c38-b7e1-4a05-8d92-c4e0f1a6b753';
const shipping = 'opencode/ses_teashop0001';
const sencha = 'qwen/b8a35d90-6e1c-4f27-92d8-17c0e4f9a362';
