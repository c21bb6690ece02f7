import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import type { DemoSession, DemoTokens } from './agent-session.ts';
import { addLines, write } from './machine.ts';
import type { DemoMachine } from './machine.ts';

export interface GeminiOptions {
  readonly id: string;
  readonly cwd: string;
  readonly model: string;
  readonly pid?: number;
  readonly startedAt: number;
}

/** A sample session of Gemini CLI. */
export const geminiSession = (machine: DemoMachine, { id, cwd, model, pid, startedAt }: GeminiOptions): DemoSession => {
  const began = new Date(startedAt).toISOString();
  const folder = join(machine.home, '.gemini/tmp', basename(cwd));
  const file = join(folder, 'chats', `session-${began.slice(0, 19).replaceAll(':', '-')}-${id.slice(0, 8)}.jsonl`);
  let context = 0;
  let count = 0;

  const next = (letter: string): string => `${letter}${(count += 1)}`;
  const time = (at: number): string => new Date(at).toISOString();
  const tokens = ({ added, output }: DemoTokens): object => {
    const used = { input: context + added, output, cached: context, thoughts: Math.round(output / 4), tool: 0, total: context + added + output + Math.round(output / 4) };
    context += added;
    return used;
  };

  write(join(folder, '.project_root'), cwd);
  addLines(file, [{ sessionId: id, projectHash: createHash('sha256').update(cwd).digest('hex'), startTime: began, lastUpdated: began, kind: 'main' }]);
  if (pid !== undefined) machine.start({ pid, argv: ['node', '/usr/local/lib/node_modules/@google/gemini-cli/bundle/gemini.js'], cwd, startedAt });
  return {
    id: `gemini/${id}`,
    ask: (at, words) => addLines(file, [{ id: next('u'), timestamp: time(at), type: 'user', content: [{ text: words }] }]),
    step: (at, step) => {
      const name = { read: 'read_file', edit: 'replace', run: 'run_shell_command' }[step.tool];
      const call = `${name}_${count}`;
      const args = step.tool === 'run' ? { command: step.on } : { file_path: join(cwd, step.on), ...(step.tool === 'edit' ? { old_string: step.from ?? '', new_string: step.to ?? '' } : {}) };
      const result = [{ functionResponse: { id: call, name, response: step.failed ? { error: step.said } : { output: step.said } } }];
      const said = { id: next('g'), timestamp: time(at), type: 'gemini', content: '', thoughts: [], tokens: tokens(step.tokens), model };
      addLines(file, [said, { ...said, toolCalls: [{ id: call, name, args, result, status: step.failed ? 'error' : 'success', timestamp: time(at + 700) }] }, { id: next('u'), timestamp: time(at + 700), type: 'user', content: result }]);
    },
    answer: (at, words, used) => addLines(file, [{ id: next('g'), timestamp: time(at), type: 'gemini', content: words, thoughts: [], tokens: tokens(used), model }, { $set: { lastUpdated: time(at) } }]),
  };
};
