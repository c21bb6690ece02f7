import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Machine } from '../../src/files/machine.ts';
import { Ledger } from '../../src/ledger/ledger.ts';
import type { LedgerOptions } from '../../src/ledger/ledger.ts';
import { readers } from '../../src/readers/registry.ts';
import { Engine } from '../../src/sweep/engine.ts';
import type { EngineUpdate } from '../../src/sweep/engine.ts';
import { makeReading } from '../../src/sweep/reading.ts';

/** An empty home folder on disk that a test fills. */
export const aHome = (): { readonly home: string; readonly machine: Machine; readonly write: (path: string, text: string) => string } => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-home-'));
  return {
    home,
    machine: { platform: 'linux', home, env: {} },
    write: (path, text) => {
      const file = join(home, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
  };
};

export interface ClaudeCall {
  readonly session: string;
  readonly at: number;
  readonly id?: string;
  readonly output?: number;
  readonly input?: number;
  readonly model?: string;
  readonly cwd?: string;
}

/** One assistant line of a Claude Code transcript, in its real shape. */
export const claudeLine = ({ session, at, id = `msg_${at}`, output = 10, input = 1, model = 'claude-opus-4-6', cwd = '/home/ada/shop' }: ClaudeCall): string =>
  `${JSON.stringify({
    parentUuid: null, isSidechain: false, userType: 'external', cwd, sessionId: session, version: '2.1.150', gitBranch: 'main',
    message: { model, id, type: 'message', role: 'assistant', content: [{ type: 'text', text: 'CANARY_OUTPUT' }], stop_reason: 'end_turn', stop_sequence: null,
      usage: { input_tokens: input, cache_creation_input_tokens: 0, cache_read_input_tokens: 100, cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 }, output_tokens: output, service_tier: 'standard' } },
    requestId: `req_${id}`, type: 'assistant', uuid: `u-${id}-${session}`, timestamp: new Date(at).toISOString(),
  })}\n`;

/** The human's line that begins a turn. */
export const claudePrompt = ({ session, at, cwd = '/home/ada/shop' }: Pick<ClaudeCall, 'session' | 'at' | 'cwd'>): string =>
  `${JSON.stringify({
    parentUuid: null, isSidechain: false, userType: 'external', cwd, sessionId: session, version: '2.1.150', gitBranch: 'main', type: 'user',
    message: { role: 'user', content: 'CANARY_PROMPT' }, uuid: `p-${at}-${session}`, timestamp: new Date(at).toISOString(),
  })}\n`;

/** An engine on a home, without threads or watching: one scan at a time. */
export const anEngine = (machine: Machine, ledger: Ledger, now: () => number): { readonly engine: Engine; readonly updates: EngineUpdate[] } => {
  const updates: EngineUpdate[] = [];
  const settings = { machine };
  const engine = new Engine({ readers, settings, reading: makeReading(settings), ledger, now, recent: 1000, threads: 0, complete: (session) => session, onUpdate: (update) => updates.push(update) });
  return { engine, updates };
};

export const aLedger = (options: Partial<LedgerOptions> & { readonly path: string }): Ledger => new Ledger({ now: Date.now, ...options });
