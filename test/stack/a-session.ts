import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A session that runs: a process by the name of its tool, and the transcript it has written. */
export interface LiveSession {
  readonly id: string;
  readonly end: () => Promise<void>;
}

/** Claude Code at work in a project below this home, with so many of 200,000 tokens in its context. Its process does nothing. Root can make it another user's. */
export const startSession = async ({ home, project, contextTokens, user }: { readonly home: string; readonly project: string; readonly contextTokens: number; readonly user?: { readonly uid: number; readonly gid: number } }): Promise<LiveSession> => {
  const [cwd, bin] = [join(home, project), join(home, 'bin')];
  const transcripts = folderOf(home, cwd);
  for (const folder of [cwd, bin, transcripts]) mkdirSync(folder, { recursive: true });
  copyFileSync('/bin/sleep', join(bin, 'claude'));
  const process = spawn(join(bin, 'claude'), ['300'], { cwd, stdio: 'ignore', ...user });
  await once(process, 'spawn');
  // A process that began after the last record would be another session's, and the kernel counts in hundredths of a second.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const id = '5d0c2e84-51f3-4b9a-8c36-e2a1f04b7d15';
  writeFileSync(join(transcripts, `${id}.jsonl`), transcript({ id, cwd, contextTokens, at: new Date().toISOString() }), { mode: 0o600 });
  if (user) for (const path of [home, ...readdirSync(home, { recursive: true, encoding: 'utf8' }).map((name) => join(home, name))]) chownSync(path, user.uid, user.gid);
  return {
    id: `claude/${id}`,
    end: async () => {
      if (process.exitCode !== null || process.signalCode !== null) return;
      const ended = once(process, 'exit');
      process.kill();
      await ended;
    },
  };
};

/** A session of the same project that ended days ago. */
export const writePast = ({ home, project, daysAgo, outputTokens }: { readonly home: string; readonly project: string; readonly daysAgo: number; readonly outputTokens: number }): void => {
  const cwd = join(home, project);
  const transcripts = folderOf(home, cwd);
  mkdirSync(transcripts, { recursive: true });
  const id = '6e1d3f95-62a4-4c0b-9d47-f3b2a1c58e26';
  writeFileSync(join(transcripts, `${id}.jsonl`), transcript({ id, cwd, contextTokens: 9000, outputTokens, at: new Date(Date.now() - daysAgo * 86_400_000).toISOString() }), { mode: 0o600 });
};

/** Claude Code names the folder of a project by its path. */
const folderOf = (home: string, cwd: string): string => join(home, '.claude/projects', cwd.replaceAll(/[^a-zA-Z0-9]/g, '-'));

const transcript = ({ id, cwd, contextTokens, outputTokens = 500, at }: { readonly id: string; readonly cwd: string; readonly contextTokens: number; readonly outputTokens?: number; readonly at: string }): string => {
  const common = { isSidechain: false, userType: 'external', entrypoint: 'cli', cwd, sessionId: id, version: '2.1.212', gitBranch: 'main', timestamp: at };
  const usage = { input_tokens: 3, cache_creation_input_tokens: 0, cache_read_input_tokens: contextTokens - 3, cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 }, output_tokens: outputTokens, service_tier: 'standard' };
  const message = { model: 'claude-haiku-4-5-20251001', id: `msg_${id.slice(0, 8)}`, type: 'message', role: 'assistant', content: [{ type: 'text', text: 'Sorted.' }], stop_reason: 'end_turn', stop_sequence: null, usage };
  return [
    { parentUuid: null, ...common, type: 'user', message: { role: 'user', content: 'Sort the teas.' }, promptSource: 'typed', uuid: 'b1' },
    { parentUuid: 'b1', ...common, type: 'assistant', requestId: `req_${id.slice(0, 8)}`, message, uuid: 'b2' },
  ].map((record) => `${JSON.stringify(record)}\n`).join('');
};
