import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { createAskOwner } from '../../src/wiring/ask-owner.ts';

const aTerminal = (isTTY = true) => {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  let shown = '';
  let interrupted = 0;
  const stdout = new PassThrough().on('data', (text) => (shown += String(text)));
  const ask = createAskOwner({ stdin, stdout, interrupt: () => (interrupted += 1) });
  return { ask, type: (text: string) => setTimeout(() => stdin.write(text), 20), shown: () => shown, interrupted: () => interrupted };
};
const longTime = () => new AbortController().signal;

describe('the owner at the terminal', () => {
  it.each([['y\n', true], ['YES\n', true], ['n\n', false], ['\n', false], ['yesterday\n', false]])('answers %j', async (typed, meant) => {
    const terminal = aTerminal();
    terminal.type(typed);
    expect(await terminal.ask('Stop it? [y/N] ', longTime())).toBe(meant);
    expect(terminal.shown()).toContain('Stop it? [y/N] ');
  });

  it('is asked one thing after the other', async () => {
    const terminal = aTerminal();
    const both = [terminal.ask('first? ', longTime()), terminal.ask('second? ', longTime())];
    terminal.type('y\n');
    expect(await both[0]).toBe(true);
    terminal.type('n\n');
    expect(await both[1]).toBe(false);
  });

  it('has not answered when the time is up, and a later question still can be', async () => {
    const terminal = aTerminal();
    expect(await terminal.ask('Stop it? ', AbortSignal.timeout(30))).toBeUndefined();
    terminal.type('y\n');
    expect(await terminal.ask('And now? ', longTime())).toBe(true);
  });

  it('ends the program by Ctrl+C, which is no yes', async () => {
    const terminal = aTerminal();
    terminal.type('\u0003');
    expect(await terminal.ask('Stop it? ', AbortSignal.timeout(2000))).toBeFalsy();
    expect(terminal.interrupted()).toBe(1);
  });

  it('is not there where there is no terminal', async () => {
    const terminal = aTerminal(false);
    expect(await terminal.ask('Stop it? ', longTime())).toBeUndefined();
    expect(terminal.shown()).toBe('');
  });
});
