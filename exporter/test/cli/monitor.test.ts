import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { run, startExporter } from '../end-to-end/an-exporter.ts';
import { requireServer, until } from '../servers.ts';
import { aLiveHome } from './a-live-home.ts';
import { inTmux } from './a-tmux.ts';
import type { Tmux } from './a-tmux.ts';

const home = aLiveHome();
afterAll(home.remove);

describe('watchroom monitor in a pipe', () => {
  it('[L2] prints one plain table and ends', async () => {
    const { code, stdout, stderr } = await run(['monitor', ...home.flags]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^watchroom {2}nothing live {2}1 ended/);
    expect(stdout).toMatch(/claude\/5e551011 +teahouse .*claude-sonnet-4-5 +▓▓▓▓░░░░ {2}50 % +101k/);
    expect(stdout).not.toContain('\u001b');
  });

  it('as JSON is the whole picture', async () => {
    const { stdout } = await run(['monitor', '--format', 'json', ...home.flags]);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, complete: true, counts: { ended: 1 }, live: 0, sessions: [{ id: home.id, costUsd: expect.any(Number) }] });
  });

  it.each([['--interval', 'often'], ['--interval', '10ms'], ['--interval', '2h']])('%s %s is a usage error', async (...flags) => {
    expect(await run(['monitor', ...flags])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Try --interval 2s') });
  });
});

requireServer('tmux')('watchroom monitor in a real terminal', () => {
  let terminal: Tmux | undefined;
  afterEach(() => {
    terminal?.stop();
    terminal = undefined;
  });
  const opened = async (columns: number, rows: number, env = {}, flags: readonly string[] = home.flags): Promise<Tmux> => {
    terminal = inTmux(`echo before; watchroom monitor --interval 500ms ${flags.join(' ')}; echo "ended with $?"`, { columns, rows, env });
    await shows(/teahouse|claude\/5e551011/);
    return terminal;
  };
  const shows = async (what: RegExp): Promise<void> => {
    await until(() => what.test(terminal!.screen()), 30_000).catch(() => { throw new Error(`never showed ${what}:\n${terminal!.screen()}`); });
  };

  it('[L2] shows what happens while it happens, and q gives the terminal back', async () => {
    const { press, screen } = await opened(120, 40);
    await shows(/own look {2}\d\d:\d\d/);
    await shows(/ 101k /);
    home.answer(4000);
    await shows(/ 205k /);
    press('h');
    await shows(/another choice of sessions/);
    press('Escape'); // at once with the next key it would be Alt and that
    await shows(/claude\/5e551011 +teahouse[^]*Place/);
    press('/');
    await shows(/Enter keeps, Esc ends/);
    press('zebra');
    await shows(/None of 1 sessions has "zebra"/);
    press('Escape');
    await shows(/claude\/5e551011 +teahouse/);
    press('q');
    await shows(/before[^]*ended with 0/);
    expect(screen()).not.toContain('STATE');
  }, 90_000);

  it('fits 40 columns, follows a resize, and Ctrl+C ends it', async () => {
    const { press, screen, resize } = await opened(40, 20, { NO_COLOR: '1' });
    await shows(/^ +STATE +PROJECT +CTX +COST +ERR? *HP|^ +STATE +PROJECT +CTX +COST +HP/m);
    expect(screen()).toMatch(/^> ended/m);
    resize(120, 40);
    await shows(/SESSION +PROJECT +TITLE/);
    resize(80, 24);
    await until(() => screen().split('\n').every((line) => line.length <= 80));
    await shows(/^Place +\/srv\/teahouse/m);
    press('C-c');
    await shows(/ended with 0/);
  }, 90_000);

  it('asks the exporter that runs, and makes way for one that starts', async () => {
    await opened(100, 30);
    await shows(/own look/);
    const exporter = await startExporter(home.flags);
    try {
      await shows(new RegExp(`exporter ${new URL(exporter.url).host}`));
      expect(terminal!.screen()).toContain('claude/5e551011');
    } finally {
      await exporter.stop();
    }
    await shows(/own look/);
  }, 90_000);
});
