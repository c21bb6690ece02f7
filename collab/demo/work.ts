import type { DemoSession, DemoStep } from './agent-session.ts';

/** A turn of a sample session: what was asked, what the agent did, what it said in the end. */
export interface DemoTurn {
  readonly ask: string;
  readonly steps: readonly Omit<DemoStep, 'tokens'>[];
  readonly answer: string;
  /** New tokens in the context with each step. */
  readonly added: number;
  readonly output: number;
}

/** Writes turns that happened before, spread evenly between two moments: the last one ends at the second. */
export const writePast = (session: DemoSession, turns: readonly DemoTurn[], { from, to }: { readonly from: number; readonly to: number }): void => {
  const every = (to - from) / turns.length;
  turns.forEach((turn, index) => {
    const stepMs = Math.min(20_000, (every * 0.8) / (turn.steps.length + 2));
    const at = to - (turns.length - 1 - index) * every - stepMs * (turn.steps.length + 1);
    session.ask(at, turn.ask);
    turn.steps.forEach((step, n) => session.step(at + stepMs * (n + 1), { ...step, tokens: { added: turn.added, output: turn.output } }));
    session.answer(at + stepMs * (turn.steps.length + 1), turn.answer, { added: turn.added, output: turn.output * 2 });
  });
};

/** What a live session goes on with: one thing at a time, so many milliseconds apart, for ever. */
export const goOn = (session: DemoSession, turns: readonly DemoTurn[], { everyMs, restMs }: { readonly everyMs: number; readonly restMs: number }): ((now: number) => void) => {
  const beats = turns.flatMap((turn) => [
    { waitMs: restMs, act: (now: number) => session.ask(now, turn.ask) },
    ...turn.steps.map((step) => ({ waitMs: everyMs, act: (now: number) => session.step(now - 900, { ...step, tokens: { added: turn.added, output: turn.output } }) })),
    { waitMs: everyMs, act: (now: number) => session.answer(now, turn.answer, { added: turn.added, output: turn.output * 2 }) },
  ]);
  let next = 0;
  let dueAt: number | undefined;
  return (now) => {
    dueAt ??= now + beats[0]!.waitMs;
    if (now < dueAt) return;
    beats[next]!.act(now);
    next = (next + 1) % beats.length;
    dueAt = now + beats[next]!.waitMs;
  };
};
