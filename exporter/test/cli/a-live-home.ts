import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home with one Claude session of this very minute, an empty process table and a state folder. */
export interface LiveHome {
  readonly id: string;
  /** --home, --proc and --state. */
  readonly flags: readonly string[];
  readonly state: string;
  /** One more answer of the model, of so many output tokens. */
  readonly answer: (output: number) => void;
  readonly remove: () => void;
}

export const aLiveHome = (nativeId = '5e551011-0000-4000-8000-000000000007'): LiveHome => {
  const home = mkdtempSync(join(tmpdir(), 'watchroom-live-'));
  const folder = join(home, '.claude/projects/-srv-teahouse');
  const [proc, state] = [join(home, 'proc'), join(home, 'state')];
  for (const path of [folder, proc]) mkdirSync(path, { recursive: true });
  let answers = 0;
  const answer = (output: number): void => {
    answers += 1;
    const row = (type: string, message: object, more: object = {}) => `${JSON.stringify({ type, sessionId: nativeId, uuid: `${type}-${answers}`, cwd: '/srv/teahouse', gitBranch: 'main', version: '2.1.220', timestamp: new Date().toISOString(), message, ...more })}\n`;
    appendFileSync(join(folder, `${nativeId}.jsonl`), row('user', { role: 'user', content: 'go on' }) + row('assistant', {
      id: `msg_${answers}`, role: 'assistant', model: 'claude-sonnet-4-5', stop_reason: 'end_turn', content: [{ type: 'text', text: 'done' }], usage: { input_tokens: 100, output_tokens: output, cache_read_input_tokens: 99_900, cache_creation_input_tokens: 0 },
    }, { requestId: `req_${answers}` }));
  };
  answer(1000);
  return { id: `claude/${nativeId}`, flags: ['--home', home, '--proc', proc, '--state', state], state, answer, remove: () => rmSync(home, { recursive: true, force: true }) };
};
