import { join } from 'node:path';
import type { DemoSession, DemoTokens } from './agent-session.ts';
import { addLines } from './machine.ts';
import type { DemoMachine } from './machine.ts';

export interface CodexOptions {
  readonly id: string;
  readonly cwd: string;
  readonly branch: string;
  readonly model: string;
  readonly pid?: number;
  readonly startedAt: number;
}

const contextWindow = 258_400;

/** A sample session of Codex: its rollout grows by the records that the program writes; tokens are running totals. */
export const codexSession = (machine: DemoMachine, { id, cwd, branch, model, pid, startedAt }: CodexOptions): DemoSession => {
  const began = new Date(startedAt).toISOString();
  const file = join(machine.home, '.codex/sessions', began.slice(0, 10).replaceAll('-', '/'), `rollout-${began.slice(0, 19).replaceAll(':', '-')}-${id}.jsonl`);
  const total = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, reasoning_output_tokens: 0, total_tokens: 0 };
  let context = 0;
  let count = 0;
  let turn = '';

  const add = (at: number, type: string, payload: object): void => addLines(file, [{ timestamp: new Date(at).toISOString(), type, payload }]);
  const used = (at: number, { added, output }: DemoTokens): void => {
    const last = { input_tokens: context + added, cached_input_tokens: context, output_tokens: output, reasoning_output_tokens: Math.round(output / 3), total_tokens: context + added + output };
    context += added;
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += last[key];
    const hour = Math.floor(at / 3_600_000) * 3600;
    add(at, 'event_msg', { type: 'token_count', info: { total_token_usage: { ...total }, last_token_usage: last, model_context_window: contextWindow }, rate_limits: { limit_id: 'codex', limit_name: null, primary: { used_percent: 38, window_minutes: 300, resets_at: hour + 10_800 }, secondary: { used_percent: 21, window_minutes: 10_080, resets_at: hour + 345_600 }, credits: null, plan_type: 'plus', rate_limit_reached_type: null } });
  };

  add(startedAt, 'session_meta', { id, timestamp: began, cwd, originator: 'codex-tui', cli_version: '0.142.0', source: 'cli', model_provider: 'openai', base_instructions: { text: 'You are Codex.' }, git: { commit_hash: '3f9a1c2d5e7b8a9c0d1e2f3a4b5c6d7e8f9a0b1c', branch, repository_url: 'https://git.example/teashop/shop.git' } });
  if (pid !== undefined) machine.start({ pid, argv: ['/usr/local/bin/codex'], cwd, startedAt, openFiles: [file] });
  return {
    id: `codex/${id}`,
    ask: (at, words) => {
      turn = `${id.slice(0, 24)}${String((count += 1)).padStart(12, '0')}`;
      add(at, 'event_msg', { type: 'task_started', turn_id: turn, model_context_window: contextWindow, collaboration_mode_kind: 'default' });
      add(at + 1, 'turn_context', { turn_id: turn, cwd, model, effort: 'medium', approval_policy: 'on-request', sandbox_policy: { type: 'workspace-write' }, summary: 'auto' });
      add(at + 2, 'response_item', { type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] });
      add(at + 3, 'event_msg', { type: 'user_message', message: words, images: [] });
    },
    step: (at, step) => {
      const call = `call_${(count += 1)}`;
      if (step.tool === 'edit') {
        add(at, 'response_item', { type: 'custom_tool_call', status: 'completed', call_id: call, name: 'apply_patch', input: `*** Begin Patch\n*** Update File: ${step.on}\n*** End Patch\n` });
        const unified = `@@ -1 +1 @@\n${(step.from ?? '').split('\n').map((line) => `-${line}`).join('\n')}\n${(step.to ?? '').split('\n').map((line) => `+${line}`).join('\n')}\n`;
        add(at + 300, 'event_msg', { type: 'patch_apply_end', call_id: call, turn_id: turn, stdout: 'Success.', stderr: '', success: step.failed === undefined, changes: { [join(cwd, step.on)]: { type: 'update', unified_diff: unified, move_path: null } }, status: 'completed' });
        add(at + 310, 'response_item', { type: 'custom_tool_call_output', call_id: call, output: `Exit code: 0\nWall time: 0.3 seconds\nOutput:\n${step.said}\n` });
      } else {
        const command = step.tool === 'read' ? `cat ${step.on}` : step.on;
        add(at, 'response_item', { type: 'function_call', name: 'exec_command', arguments: JSON.stringify({ cmd: command }), call_id: call });
        add(at + 400, 'response_item', { type: 'function_call_output', call_id: call, output: `Chunk ID: 1\nWall time: 0.4 seconds\nProcess exited with code ${step.failed ? 1 : 0}\nOutput:\n${step.said}\n` });
      }
      used(at + 500, step.tokens);
    },
    answer: (at, words, tokens) => {
      add(at, 'response_item', { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: words }] });
      add(at + 1, 'event_msg', { type: 'agent_message', message: words });
      used(at + 2, tokens);
      add(at + 3, 'event_msg', { type: 'task_complete', turn_id: turn, last_agent_message: words });
    },
  };
};
