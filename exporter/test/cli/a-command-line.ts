import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adviceFor } from '../../src/advice/advice.ts';
import type { Backend, Diagnosis, World } from '../../src/cli/backend.ts';
import type { Deps } from '../../src/cli/deps.ts';
import { runProgram } from '../../src/cli/run-program.ts';
import { createPrices } from '../../src/cost/prices.ts';
import type { Session } from '../../src/session/session.ts';
import { tools } from '../../src/session/tool.ts';
import { now } from '../a-session.ts';
import { aNowPage } from '../a-now-page.ts';

export interface Terminal {
  /** Columns of a terminal; absent: a pipe. */
  readonly columns?: number;
  readonly variables?: Deps['variables'];
  readonly home?: string;
  readonly cwd?: string;
}

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** What the backend was opened for. */
  readonly world: World | undefined;
}

/** A command line as typed, against a backend: what it wrote and how it ended. */
export const run = async (line: string | readonly string[], backend: Backend = aBackend(), terminal: Terminal = {}): Promise<Ran> => {
  let out = '';
  let err = '';
  let world: World | undefined;
  const screen = terminal.columns === undefined ? {} : { isTTY: true, columns: terminal.columns };
  const exitCode = await runProgram({
    version: '1.2.3',
    machine: { platform: 'linux', home: terminal.home ?? aHome, env: {} },
    variables: terminal.variables ?? {},
    cwd: terminal.cwd ?? '/work',
    now: () => now,
    stdout: { write: (text) => { out += text; }, ...screen },
    stderr: { write: (text) => { err += text; }, ...screen },
    open: (asked) => { world = asked; return backend; },
  }, typeof line === 'string' ? line.split(' ').filter(Boolean) : line);
  return { exitCode, out, err, world };
};

/** A home without anything in it. */
const aHome = mkdtempSync(join(tmpdir(), 'watchroom-cli-'));

/** A machine with these sessions; anything can be told otherwise. */
export const aBackend = (sessions: readonly Session[] = [], told: Partial<Backend> = {}): Backend => ({
  sessions: async ({ all }) => (all ? sessions : sessions.filter(({ state }) => state !== 'ended')),
  explain: async (id) => ({ session: sessions.find((session) => session.id === id)!, calls: [], parts: [], prices: createPrices({ about: '', models: {}, copilotWindows: {} }) }),
  doctor: async () => aDiagnosis(),
  info: async () => ({
    version: '1.2.3', node: 'v24.0.0', platform: 'linux', home: '/home/ada', ledger: aLedgerStatus, files: 3,
    sessions: { working: 1, waiting: 0, idle: 0, ended: 2 },
  }),
  once: async () => '# TYPE a gauge\na{x="1"} 1\na{x="2"} 1\nb 1\n',
  ledger: {
    verify: async () => [],
    compact: async () => ({ before: 2_097_152, after: 1_048_576 }),
    backup: async () => ({ bytes: 4096 }),
    reset: async () => ({ oldId: 'old', keptAt: '/state/old.db', newId: 'new' }),
  },
  past: async () => ({ target: { instance: 'localhost:10877', job: 'watchroom' }, from: undefined, to: now, joins: 'ledger', tokens: 0, usd: 0, text: () => ['# EOF\n'] }),
  budgets: async () => [],
  say: async () => ({}),
  conversation: async () => ({ messages: [], missing: [] }),
  imports: { add: async () => {}, remove: async () => false },
  recommend: async () => adviceFor({ sessions, now }),
  follow: () => ({ page: async () => aNowPage(sessions), from: () => ({ kind: 'own look' }), close: async () => {} }),
  runExporter: async () => {},
  runAgent: async () => {},
  runDemo: async () => {},
  serveMcp: async () => {},
  wrap: { run: async () => 0, runs: async () => [] },
  search: () => { throw new Error('tested on the real program'); },
  share: () => { throw new Error('tested on the real program'); },
  hub: {
    serve: async () => {},
    createAdmin: async () => ({ link: 'http://hub.example/#reset=wro_1' }),
    resetPassword: async () => ({ link: 'http://hub.example/#reset=wro_2' }),
    backup: async () => ({ bytes: 4096 }),
    restore: async () => ({}),
    open: async () => ({ link: 'http://localhost:8877/#local=wro_3', shown: true }),
  },
  ...told,
});

const aLedgerStatus = { id: 'l-1', createdAt: now - 86_400_000, sizeBytes: 40_960, durable: true, path: '/home/ada/.local/state/watchroom/ledger.db' } as const;

/** A bare machine: every tool looked for, nothing found. */
export const aDiagnosis = (told: Partial<Diagnosis> = {}): Diagnosis => ({
  tools: tools.map((tool) => ({
    tool, enabled: true, files: 0, sessions: 0, unreadable: [], parseErrors: {}, unknownRecords: 0, processes: 0,
    roots: tool === 'aider' || tool === 'windsurf' ? [] : [{ path: `/home/ada/.${tool}`, exists: false, files: 0 }],
    ...(tool === 'aider' || tool === 'windsurf' ? { processOnly: true } : {}),
  })),
  processes: { seen: 200 },
  ledger: aLedgerStatus,
  ...told,
});
