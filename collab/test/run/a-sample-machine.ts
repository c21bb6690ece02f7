import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { claudeSession } from '../../demo/claude-session.ts';
import { layOutMachine } from '../../demo/machine.ts';

/** A sample machine with one session at work, and what its transcript holds. */
export interface SampleMachine {
  readonly host: string;
  readonly sessionId: string;
  /** A step of the model: a request with its tokens, and a call of a tool. */
  readonly work: () => void;
  /** All billed tokens so far. */
  readonly tokens: () => number;
  /** What the command line of its agent needs besides the hub's command. */
  readonly flags: readonly string[];
}

/** Lays out a machine whose one session has a word in everything people may call by a name: project, folder, branch and title. */
export const aSampleMachine = (folder: string, { host, user, word }: { readonly host: string; readonly user: string; readonly word: string }): SampleMachine => {
  const startedAt = Date.now() - 60_000;
  const place = join(folder, `${user}-${host}`);
  const machine = layOutMachine(place, { host, user, bootedAt: startedAt - 3_600_000 });
  const session = claudeSession(machine, { id: randomUUID(), cwd: machine.repository(`${word}-shop`, `feat/${word}`), branch: `feat/${word}`, model: 'claude-sonnet-4-5', title: `All about ${word}`, pid: 4000, startedAt });
  session.ask(startedAt, 'Begin.');
  session.status(Date.now(), 'busy');
  let context = 0;
  let tokens = 0;
  const request = { added: 1000, output: 50 };
  const work = (): void => {
    session.step(Date.now() - 900, { tool: 'edit', on: `src/${word}.ts`, said: 'Edited.', from: 'a', to: 'b', tokens: request });
    tokens += 3 + request.added + context + request.output; // the claude session's input tokens, what is new, what is read from the cache, what is written
    context += request.added;
  };
  work();
  return {
    host, sessionId: session.id, work,
    tokens: () => tokens,
    flags: ['--home', machine.home, '--proc', machine.proc, '--state', join(place, 'state'), '--host-name', host, '--web.listen-address', '127.0.0.1:0', '--share-titles'],
  };
};
