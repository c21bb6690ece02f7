import { createHash } from 'node:crypto';
import { claudeSession } from './claude-session.ts';
import { codexSession } from './codex-session.ts';
import { geminiSession } from './gemini-session.ts';
import type { DemoMachine } from './machine.ts';
import type { DemoUser } from './team.ts';
import { writePast } from './work.ts';
import type { DemoTurn } from './work.ts';

/** What the sample team did in the six days before: ended sessions, so that history and analytics have something to tell. */
export const writePastWeek = (machines: Readonly<Record<DemoUser, DemoMachine>>, now: number): void => {
  done.forEach(({ user, repository, tool, daysAgo, hour, title, turns }, index) => {
    const machine = machines[user];
    const from = startOfDay(now - daysAgo * 86_400_000) + hour * 3_600_000;
    const to = from + turns * 240_000;
    const hex = createHash('sha256').update(`${user}${index}`).digest('hex');
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    const cwd = machine.repository(repository, 'main');
    const work = Array.from({ length: turns }, (_none, n) => turnOf(title, n));
    if (tool === 'claude') writePast(claudeSession(machine, { id, cwd, branch: 'main', model: 'claude-sonnet-4-5', title, startedAt: from }), work, { from, to });
    if (tool === 'codex') writePast(codexSession(machine, { id, cwd, branch: 'main', model: 'gpt-5.1-codex', startedAt: from }), work, { from, to });
    if (tool === 'gemini') writePast(geminiSession(machine, { id, cwd, model: 'gemini-2.5-pro', startedAt: from }), work, { from, to });
  });
};

interface Done {
  readonly user: DemoUser;
  readonly repository: string;
  readonly tool: 'claude' | 'codex' | 'gemini';
  readonly daysAgo: number;
  readonly hour: number;
  readonly title: string;
  readonly turns: number;
}

const done: readonly Done[] = [
  { user: 'mira', repository: 'shop', tool: 'claude', daysAgo: 1, hour: 9, title: 'Gift cards', turns: 14 },
  { user: 'jonas', repository: 'shop', tool: 'codex', daysAgo: 1, hour: 11, title: 'Faster images', turns: 9 },
  { user: 'aiko', repository: 'kettle-api', tool: 'claude', daysAgo: 1, hour: 14, title: 'Keys that expire', turns: 12 },
  { user: 'mira', repository: 'labels', tool: 'gemini', daysAgo: 2, hour: 10, title: 'What the printers can do', turns: 4 },
  { user: 'aiko', repository: 'labels', tool: 'codex', daysAgo: 2, hour: 15, title: 'Bleed and margins', turns: 7 },
  { user: 'jonas', repository: 'kettle-api', tool: 'claude', daysAgo: 3, hour: 8, title: 'Slow queries', turns: 18 },
  { user: 'mira', repository: 'shop', tool: 'claude', daysAgo: 3, hour: 13, title: 'Vouchers', turns: 11 },
  { user: 'aiko', repository: 'kettle-api', tool: 'claude', daysAgo: 4, hour: 10, title: 'Web hooks', turns: 16 },
  { user: 'jonas', repository: 'shop', tool: 'codex', daysAgo: 5, hour: 9, title: 'Accessible forms', turns: 8 },
  { user: 'mira', repository: 'shop', tool: 'claude', daysAgo: 6, hour: 16, title: 'Empty cart', turns: 5 },
];

const turnOf = (title: string, n: number): DemoTurn => ({
  ask: `${title}: part ${n + 1}.`, answer: 'Done, with tests.', added: 1800 + (n % 4) * 400, output: 300 + (n % 3) * 120,
  steps: [
    { tool: 'read', on: `src/part-${n % 5}.ts`, said: 'export {};' },
    { tool: 'edit', on: `src/part-${n % 5}.ts`, said: 'Edited.', from: 'export {};', to: `export const part = ${n};\nexport {};` },
    n % 6 === 5 ? { tool: 'run', on: 'npm test', said: '1 failed', failed: true } : { tool: 'run', on: 'npm test', said: `${20 + n} passed` },
  ],
});

const startOfDay = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
