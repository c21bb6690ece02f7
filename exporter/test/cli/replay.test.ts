import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controls } from '../../src/cli/replay/controls.ts';
import { repository } from '../end-to-end/a-world.ts';
import { run } from '../end-to-end/an-exporter.ts';
import { until } from '../servers.ts';
import { inTmux } from './a-tmux.ts';

const home = mkdtempSync(join(tmpdir(), 'watchroom-replay-'));
cpSync(join(repository, 'examples/home'), home, { recursive: true });
afterAll(() => rmSync(home, { recursive: true, force: true }));
const looking = ['--home', home, '--proc', home, '--state', join(home, 'state')];
const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** Whether it has come to its end by now. */
const isDone = async (waiting: Promise<void>): Promise<boolean> => Promise.race([waiting.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

describe('the keys of a replay', () => {
  const hour = 3_600_000;

  it('[C7] standing still nothing comes, and each n brings one moment', async () => {
    const controls = new Controls(1, () => 0);
    controls.press(' ');
    const first = controls.wait(0);
    expect(await isDone(first)).toBe(false);
    controls.press('n');
    expect(await isDone(first)).toBe(true);
    const second = controls.wait(hour);
    expect(await isDone(second)).toBe(false);
    controls.press('\u001b[C');
    await second;
    expect(controls.stands).toBe(true);
  });

  it('[C7] n while it runs shows the next moment and stands still', async () => {
    const controls = new Controls(1, () => 0);
    const first = controls.wait(hour);
    controls.press('n');
    await first;
    expect(controls.stands).toBe(true);
  });

  it('[C7] keys pressed faster than moments come are all obeyed', async () => {
    const controls = new Controls(1, () => 0);
    for (const key of ' nnn') controls.press(key);
    for (let moment = 0; moment < 3; moment += 1) await controls.wait(hour);
    expect(await isDone(controls.wait(hour))).toBe(false);
    controls.stop();
  });

  it('[C7] e brings all the rest at once, q nothing more', async () => {
    const controls = new Controls(1, () => 0);
    controls.press('e');
    for (let moment = 0; moment < 100; moment += 1) await controls.wait(hour);
    expect(controls.isOver).toBe(false);
    const other = new Controls(1, () => 0);
    const waiting = other.wait(hour);
    other.press('q');
    await waiting;
    expect(other.isOver).toBe(true);
  });

  it('[C7] + and - double and halve the speed, within bounds', () => {
    const controls = new Controls(60, () => 0);
    controls.press('+');
    expect(controls.speed).toBe(120);
    for (let press = 0; press < 50; press += 1) controls.press('-');
    expect(controls.speed).toBe(1 / 16);
    expect(controls.press('x')).toBe(false);
    const atOnce = new Controls(Infinity, () => 0);
    atOnce.press('-');
    expect(atOnce.speed).toBe(2048);
  });
});

describe('watchroom replay', () => {
  it('[C7] in a pipe brings all of it at once, and no word about keys', async () => {
    const { code, stdout } = await run(['replay', 'c51b9e07', ...looking]);
    expect(code).toBe(0);
    expect(stdout).toContain('6 moments');
    expect(stdout).not.toMatch(/pause|\u001b/);
  });

  (hasTmux ? it : it.skip)('[C7] in a terminal is led by keys, and leaves the terminal as it was (skipped without tmux)', async () => {
    const tmux = inTmux(`watchroom replay c51b9e07 --speed 0.01 ${looking.map((word) => `'${word}'`).join(' ')}; echo "ended with $?"; stty -a | tr ' ;' '\\n\\n' | grep icanon`, { columns: 100, rows: 24 });
    const shown = (): number => Number(/(\d) of 6/.exec(tmux.screen())?.[1] ?? -1);
    try {
      await until(() => tmux.screen().includes('space pause'), 30_000);
      tmux.press('Space');
      await until(() => tmux.screen().includes('⏸'), 10_000);
      const before = shown();
      tmux.press('n');
      await until(() => shown() === before + 1, 10_000);
      tmux.press('e');
      await until(() => tmux.screen().includes('ended with 0'), 10_000);
      expect(tmux.screen()).toContain('6 moments');
      expect(tmux.screen()).not.toContain('space');
      await until(() => /^icanon$/m.test(tmux.screen()), 10_000);
    } finally {
      tmux.stop();
    }
  }, 90_000);
});
