import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { aProcTree, bootedAt } from '../../exporter/test/processes/a-proc-tree.ts';
import { aHome } from '../../exporter/test/sweep/a-home.ts';
import { call, codexBegins, codexTurn, compaction, edit, prompt, providerError, toolCall, turnEnds } from './transcripts.ts';
import type { Call, Moment } from './transcripts.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A person of the team with a home on disk, a copy of /proc and sessions that go on. */
export interface Person {
  readonly name: string;
  readonly host: string;
  readonly home: string;
  readonly proc: string;
  readonly config: string;
  readonly state: string;
  /** What this person's sessions do next; call it with 0, 1, 2 … */
  readonly goOn: (round: number, at: number) => void;
  readonly delete: () => void;
}

/** One session and what it does in each round. */
interface Work {
  readonly tool: 'claude' | 'codex';
  readonly session: string;
  readonly project: string;
  readonly branch: string;
  readonly model: string;
  /** What is already there. */
  readonly before: (of: Call) => string;
  readonly next: (of: Call, round: number) => string;
}

/** Three people at work, with some weeks behind them. */
export const aLivingTeam = (now: number): readonly Person[] => [
  aPerson({ name: 'ada', host: 'atlas', now, pace: 1, work: [feature, docs] }),
  aPerson({ name: 'ben', host: 'borealis', now, pace: 0.5, work: [sorting, legacy] }),
  aPerson({ name: 'chen', host: 'cirrus', now, pace: 0.75, work: [circles, asks] }),
];

/** Fills its context and is compacted by and by; edits a file that another session edits, too. */
const feature: Work = {
  tool: 'claude', session: '3f1c8a52-6d0e-4b7a-9c41-0a5b7e2d9f13', project: 'shop', branch: 'feat/cart', model: 'claude-opus-4-6',
  before: (of) => edit({ ...of, used: 60_000 }, 'src/cart.ts') + edit({ ...of, used: 90_000 }, 'src/total.ts'),
  next: (of, round) => {
    const used = round < 15 ? 142_000 + 1600 * round : 30_000 + 3600 * (round - 15);
    return (round % 4 === 0 ? prompt(of) : '') + (round === 15 ? compaction(of, 166_000) : '')
      + edit({ ...of, used, at: of.at + 100 }, ['src/cart.ts', 'src/total.ts', 'test/cart.test.ts'][round % 3]!, 3 + (round % 5))
      + toolCall({ ...of, used: used + 300, at: of.at + 500 }, { name: 'Bash', input: { command: `npm test -- ${round}` }, seconds: 1 + (round % 3) })
      + (round % 4 === 3 ? call({ ...of, used: used + 600, output: 900, at: of.at + 900 }) + turnEnds({ ...of, at: of.at + 1000 }, 9000 + 700 * (round % 7)) : '');
  },
};

/** Quiet and well. */
const legacy: Work = {
  tool: 'claude', session: 'b7a09e64-21c3-4f0d-8e15-93d2c6f1a708', project: 'billing', branch: 'main', model: 'claude-sonnet-4-6',
  before: (of) => call({ ...of, used: 30_000 }),
  next: (of, round) => (round % 3 > 0 ? '' : prompt(of) + toolCall({ ...of, used: 41_000 + 400 * round, at: of.at + 100 }, { name: 'Read', input: { file_path: `${of.cwd}/a${round}.ts` }, seconds: 0.3 }) + toolCall({ ...of, used: 41_400 + 400 * round, at: of.at + 600 }, { name: 'Grep', input: { pattern: 'tax' }, seconds: 0.5 }) + call({ ...of, used: 41_600 + 400 * round, at: of.at + 900 }) + turnEnds({ ...of, at: of.at + 1000 }, 4000)),
};

const sorting: Work = {
  tool: 'codex', session: '01a1e99c-58d8-7c3e-9b41-6d20f8a3e519', project: 'api', branch: 'fix/sorting', model: 'gpt-5.3-codex',
  before: (of) => codexTurn(of, 0),
  next: (of, round) => codexTurn(of, round + 1),
};

/** Waits for its human since the second round. */
const docs: Work = {
  tool: 'claude', session: '94e2d5b0-7f38-4a6c-b1d9-5c0e8f7a2b64', project: 'shop', branch: 'docs/api', model: 'claude-sonnet-4-6',
  before: (of) => edit({ ...of, used: 50_000 }, 'src/cart.ts'),
  next: (of, round) => (round > 1 ? '' : prompt(of) + edit({ ...of, used: 56_000, at: of.at + 100 }, 'src/cart.ts') + call({ ...of, used: 57_000, at: of.at + 800 }) + turnEnds({ ...of, at: of.at + 900 }, 12_000)),
};

/** The same test fails again and again; its cache is lost; the provider is overloaded. */
const circles: Work = {
  tool: 'claude', session: 'e05f7b19-c2a4-4d83-a6f0-1b9d4e8c7325', project: 'app', branch: 'feat/login', model: 'claude-opus-4-6',
  before: (of) => edit({ ...of, used: 70_000 }, 'src/login.ts') + edit({ ...of, used: 70_500 }, 'src/login.ts'),
  next: (of, round) => {
    const used = 138_000 + 500 * round;
    const own = { ...of, used, ...(round % 3 === 2 ? { cached: 8000 } : {}) };
    return (round % 6 === 0 ? prompt(of) : '')
      + toolCall({ ...own, at: of.at + 100 }, { name: 'Bash', input: { command: 'npm test login' }, seconds: 1.4, error: 'Exit code 1' })
      + (round % 5 === 4 ? providerError({ ...of, at: of.at + 1600 }) : '')
      + (round % 6 === 5 ? edit({ ...own, at: of.at + 1700 }, 'src/login.ts', 2) + turnEnds({ ...of, at: of.at + 2000 }, 16_000) : '');
  },
};

const asks: Work = {
  tool: 'claude', session: '6c8d3f27-a91e-4b50-8d74-f2e60b1a9c35', project: 'infra', branch: 'main', model: 'claude-haiku-4-5',
  before: (of) => call({ ...of, used: 15_000 }),
  next: (of, round) => (round % 5 > 0 ? '' : prompt(of) + toolCall({ ...of, used: 18_000 + 200 * round, at: of.at + 100 }, { name: 'Bash', input: { command: 'kubectl get pods' }, seconds: 2, ...(round % 10 === 5 ? { error: 'Exit code 2' } : {}) }) + call({ ...of, used: 18_300 + 200 * round, at: of.at + 2200 }) + turnEnds({ ...of, at: of.at + 2300 }, 5000)),
};

const aPerson = ({ name, host, now, pace, work }: { readonly name: string; readonly host: string; readonly now: number; readonly pace: number; readonly work: readonly Work[] }): Person => {
  const place = aHome();
  const callOf = ({ session, project, branch, model }: Work, at: number): Call => ({ session, cwd: `/home/${name}/${project}`, branch, model, at, used: 20_000 });
  const files = work.map((one) => {
    const of = callOf(one, now - 30 * minuteMs);
    return place.write(pathOf(one, of), (one.tool === 'codex' ? codexBegins(of) : prompt(of)) + one.before({ ...of, at: of.at + 1000 }));
  });
  for (const [path, text] of past(name, work, now, pace)) place.write(path, text);
  const startTicks = Math.round((now - 40 * minuteMs - bootedAt) / 10);
  const processes = work.map(({ tool, session, project }, index) => ({ pid: 501 + index, argv: tool === 'codex' ? ['/usr/bin/codex', 'resume', session] : ['/usr/bin/claude', '--resume', session], cwd: `/home/${name}/${project}`, startTicks, cpuTicks: 1000, residentPages: 60_000 }));
  const proc = aProcTree([{ pid: 1, argv: ['/sbin/init'] }, ...processes]);
  const config = place.write('watchroom.yaml', `budgets:\n  - {scope: user, name: ${name}, period: day, usd: 40}\n  - {scope: project, name: ${work[0]!.project}, period: week, usd: 300, tokens: 400000000}\n`);
  return {
    name, host, home: place.home, proc: proc.path, config, state: join(place.home, 'state'),
    goOn: (round, at) => {
      for (const [index, one] of work.entries()) {
        appendFileSync(files[index]!, one.next(callOf(one, at), round));
        proc.add({ ...processes[index]!, cpuTicks: 1000 + 60 * round });
      }
    },
    delete: proc.delete,
  };
};

const pathOf = ({ tool, session }: Pick<Work, 'tool' | 'session'>, { cwd, at }: Moment): string =>
  tool === 'claude' ? `.claude/projects/${cwd.replaceAll('/', '-')}/${session}.jsonl` : `.codex/sessions/${new Date(at).toISOString().slice(0, 10).replaceAll('-', '/')}/rollout-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}-${session}.jsonl`;

/** Twelve days of work from nine to six, more in the late morning, none on Sundays: one transcript for each day and project. */
function* past(name: string, work: readonly Work[], now: number, pace: number): Generator<readonly [string, string]> {
  for (let ago = 12; ago >= 1; ago -= 1) {
    const midnight = Math.floor(now / dayMs) * dayMs - ago * dayMs;
    if (new Date(midnight).getUTCDay() === 0) continue;
    for (const [index, { project, branch, model }] of work.filter(({ tool }) => tool === 'claude').entries()) {
      const session = `${name.charCodeAt(0).toString(16)}${String(ago).padStart(2, '0')}${index}000-0000-4000-8000-000000000000`.padStart(36, '0');
      const of = { session, cwd: `/home/${name}/${project}`, branch, model };
      let text = '';
      for (const [hour, busy] of [2, 5, 7, 1, 4, 6, 5, 3, 2].entries()) {
        const calls = Math.round(busy * pace * (1 + ((ago * 7 + hour * 3 + index * 5) % 6) / 4));
        for (let turn = 0; turn < calls; turn += 1) {
          const at = midnight + (9 + hour) * hourMs + Math.floor((turn / calls) * hourMs);
          const used = 40_000 + 12_000 * ((turn + hour) % 10);
          text += prompt({ ...of, at }) + edit({ ...of, used, at: at + 3000 }, `src/part${turn % 4}.ts`, 4) + call({ ...of, used: used + 500, output: 1200, at: at + 20_000 }) + turnEnds({ ...of, at: at + 21_000 }, 21_000);
        }
      }
      const path = pathOf({ tool: 'claude', session }, { ...of, at: midnight });
      if (text !== '') yield [path, text];
    }
  }
}

