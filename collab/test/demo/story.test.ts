import { afterAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { layOutStory } from '../../demo/story.ts';

// What the sample team's machines show to the real program: its readers, its process table, its health.

const folder = mkdtempSync(join(tmpdir(), 'watchroom-demo-'));
afterAll(() => rmSync(folder, { recursive: true }));
const now = Date.now();
const story = layOutStory(folder, now);
const program = fileURLToPath(new URL('../../../exporter/bin/watchroom.js', import.meta.url));

interface Listed { readonly id: string; readonly state: string; readonly tokens: { readonly output: number }; readonly context: { readonly ratio: number }; readonly health: { readonly level: string }; readonly errors: Readonly<Record<string, number>>; readonly unpricedTokens: number }
const list = (user: keyof typeof story.machines): Map<string, Listed> => {
  const { home, proc } = story.machines[user];
  const sessions = JSON.parse(execFileSync(process.execPath, [program, 'list', '--all', '--format', 'json', '--home', home, '--proc', proc], { encoding: 'utf8', env: { PATH: process.env.PATH } })) as Listed[];
  return new Map(sessions.map((session) => [session.id, session]));
};

describe('[P1] the sample team', () => {
  it('has one session in trouble, and one sees why: context, duration and errors', () => {
    const session = list('mira').get(story.sessions.checkout)!;
    expect(session).toMatchObject({ state: 'working', health: { level: 'critical' }, unpricedTokens: 0 });
    expect(session.context.ratio).toBeGreaterThan(0.9);
    expect(session.errors.tool).toBeGreaterThanOrEqual(10);
  });

  it('has one that waits for its human, others at work, and some that are over', () => {
    const jonas = list('jonas');
    expect(jonas.get(story.sessions.migration)!.state).toBe('waiting');
    const aiko = list('aiko');
    expect(aiko.get(story.sessions.limiter)!.state).toBe('working');
    expect(aiko.get(story.sessions.labels)!.state).toBe('ended');
    expect([...jonas.values(), ...aiko.values()].filter(({ state }) => state === 'ended').length).toBeGreaterThanOrEqual(5);
  });

  it('goes on: what happens in a minute is written into the transcripts', () => {
    const before = list('aiko').get(story.sessions.limiter)!.tokens.output;
    for (let second = 0; second <= 60; second += 1) story.tick(now + second * 1000);
    expect(list('aiko').get(story.sessions.limiter)!.tokens.output).toBeGreaterThan(before);
  });
});
