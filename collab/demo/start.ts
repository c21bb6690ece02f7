import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHub } from '../server/start.ts';
import type { Started, StartOptions } from '../server/start.ts';
import { openStore } from '../server/store/open.ts';
import type { Store } from '../server/store/open.ts';
import { storeFile } from '../server/store/store-file.ts';
import { makeDemoAccounts } from './accounts.ts';
import { write } from './machine.ts';
import { layOutStory } from './story.ts';
import { talk } from './talk.ts';
import { demoPeople } from './team.ts';
import type { DemoUser } from './team.ts';

export interface DemoOptions extends Omit<StartOptions, 'dataFolder' | 'local'> {
  /** What runs the command line: the agents of the sample team are real ones. */
  readonly program: readonly string[];
}

const beatMs = 500;

/**
 * Starts a hub of its own with a sample team: invented people, whose machines' transcripts grow as the tools write them, read by real agents that report to
 * the hub. Everything is in a temporary folder, which goes at the end; nothing of the user's own is read.
 */
export const startDemo = async ({ program, ...options }: DemoOptions): Promise<Started> => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-demo-'));
  const over = new AbortController();
  const agents: ChildProcess[] = [];
  let hub: Started | undefined;
  const close = async (): Promise<void> => {
    over.abort();
    for (const agent of agents) agent.kill();
    await Promise.race([Promise.all(agents.map((agent) => (agent.exitCode === null && agent.signalCode === null ? once(agent, 'exit') : undefined))), new Promise((resolve) => setTimeout(resolve, 4000))]);
    await hub?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const dataFolder = join(folder, 'hub');
    const story = layOutStory(join(folder, 'machines'), options.now());
    hub = await startHub({ ...options, dataFolder, local: { userName: 'you' } });
    const url = hub.url.replace(/\/$/, '');
    const { accounts, teamId } = await beside(dataFolder, async (store) => {
      const team = await store.selectFrom('teams').select('id').executeTakeFirstOrThrow();
      return { teamId: team.id, accounts: await makeDemoAccounts(store, { now: options.now(), teamId: team.id }) };
    });
    for (const user of Object.keys(demoPeople) as DemoUser[]) agents.push(startAgent(program, { folder: join(folder, 'state', user), hub: url, token: accounts[user].agentToken, host: demoPeople[user].host, home: story.machines[user].home, proc: story.machines[user].proc }));
    const beat = setInterval(() => story.tick(options.now()), beatMs);
    over.signal.addEventListener('abort', () => clearInterval(beat));
    void talk({ hub: url, team: teamId, accounts, sessions: story.sessions, signal: over.signal, onProblem: (problem) => options.log.warn({ problem }, 'the sample people cannot talk') }).catch(() => undefined);
    return { ...hub, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const beside = async <Answer>(dataFolder: string, work: (store: Store) => Promise<Answer>): Promise<Answer> => {
  const store = await openStore(storeFile(dataFolder));
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
};

interface AgentOf {
  readonly folder: string;
  readonly hub: string;
  readonly token: string;
  readonly host: string;
  readonly home: string;
  readonly proc: string;
}

/** The token goes by a variable: others can see a command line. */
const startAgent = ([command, ...args]: readonly string[], { folder, hub, token, host, home, proc }: AgentOf): ChildProcess => {
  const config = `${folder}.yaml`;
  write(config, 'agent:\n  share_titles: true\n');
  return spawn(command!, [...args, 'agent', '--hub', hub, '--home', home, '--proc', proc, '--state', folder, '--config', config, '--host-name', host, '--web.listen-address', '127.0.0.1:0', '--log.level', 'error'], {
    env: { PATH: process.env.PATH, HOME: home, WATCHROOM_TOKEN: token }, stdio: ['ignore', 'ignore', 'inherit'],
  });
};
