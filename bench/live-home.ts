import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Data } from './data.ts';

export interface LiveSession {
  readonly id: string;
  /** Writes the next answer: one line. */
  readonly answer: () => void;
}

/** A home folder with the history of the data (hard links, no second copy) and some sessions that run now. */
export interface LiveHome {
  readonly home: string;
  readonly live: readonly LiveSession[];
  readonly remove: () => void;
}

/** Each live session has a process named as the tool's own, which only sleeps, in the session's folder. */
export const liveHome = (data: Data, sessions = 10): LiveHome => {
  const home = mkdtempSync(join(dirname(data.folder), 'watchroom-bench-home-'));
  mkdirSync(join(home, '.claude'));
  execFileSync('cp', ['-al', join(data.folder, 'projects'), join(home, '.claude', 'projects')]);
  const program = join(home, 'claude');
  copyFileSync('/bin/sleep', program);
  const processes: ChildProcess[] = [];
  const live = Array.from({ length: sessions }, (_, index): LiveSession => {
    const cwd = join(home, 'work', `live-${index}`);
    mkdirSync(cwd, { recursive: true });
    processes.push(spawn(program, ['86400'], { cwd, stdio: 'ignore' }));
    return liveSession(home, cwd, index);
  });
  const remove = (): void => {
    for (const child of processes) child.kill();
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', remove); // also when the bench is interrupted
  return { home, live, remove };
};

const liveSession = (home: string, cwd: string, index: number): LiveSession => {
  const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  const folder = join(home, '.claude', 'projects', cwd.replaceAll(/[^a-zA-Z0-9]/g, '-'));
  const file = join(folder, `${id}.jsonl`);
  mkdirSync(folder, { recursive: true });
  let answers = 0;
  const head = () => ({ parentUuid: null, isSidechain: false, userType: 'external', cwd, sessionId: id, version: '2.1.150', gitBranch: 'main' });
  const time = () => ({ uuid: `row-${index}-${(answers += 1)}`, timestamp: new Date().toISOString() });
  const write = (record: object): void => appendFileSync(file, `${JSON.stringify(record)}\n`);
  write({ ...head(), type: 'user', message: { role: 'user', content: 'go on' }, ...time() });
  const answer = (): void => write({
    ...head(),
    message: {
      model: 'claude-opus-4-6', id: `msg_${index}_${answers}`, type: 'message', role: 'assistant', content: [{ type: 'text', text: 'done' }], stop_reason: 'end_turn', stop_sequence: null,
      usage: { input_tokens: 3, cache_creation_input_tokens: 200, cache_read_input_tokens: 20_000, cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 0 }, output_tokens: 50 },
    },
    requestId: `req_${index}_${answers}`, type: 'assistant', ...time(),
  });
  for (let n = 0; n < 10; n += 1) answer();
  return { id, answer };
};
