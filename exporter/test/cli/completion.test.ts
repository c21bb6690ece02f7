import { describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manPage } from '../../../scripts/man-page.ts';
import { nowhere } from '../../../scripts/cli-page.ts';
import { commandTree, everyCommand, nameOf } from '../../src/cli/command-tree.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../src/cli/completion/fish.ts';
import { createProgram } from '../../src/cli/program.ts';
import { repository } from '../end-to-end/a-world.ts';
import { run } from '../end-to-end/an-exporter.ts';
import { until } from '../servers.ts';
import { inTmux } from './a-tmux.ts';

const silent = { write: () => true, columns: 100 };
const tree = commandTree(createProgram({ ...nowhere, stdout: silent, stderr: silent, variables: {} }));

const has = (shell: string, flag = '--version'): boolean => spawnSync(shell, [flag]).status === 0;

/** What bash offers for the words, the last of them half typed. */
const offered = (...words: readonly string[]): readonly string[] =>
  execFileSync('bash', ['--norc', '-c', `${bashCompletion(tree)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _watchroom; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', 'watchroom', ...words], { encoding: 'utf8' }).split('\n').filter(Boolean);

describe('watchroom completion', () => {
  it('[L9] bash knows the commands, those below them, their flags and their values', () => {
    expect(offered('mon')).toEqual(['monitor']);
    expect(offered('ledger', '')).toEqual(expect.arrayContaining(['verify', 'compact', 'backup', 'reset']));
    expect(offered('list', '--stat')).toEqual(expect.arrayContaining(['--status', '--state']));
    expect(offered('ls', '--format', '')).toEqual(['table', 'json', 'yaml']);
    expect(offered('completion', 'po')).toEqual(['powershell']);
  });

  (has('fish') ? it : it.skip)('[L9] fish knows the same (skipped where it is not installed)', () => {
    const folder = mkdtempSync(join(tmpdir(), 'watchroom-fish-'));
    writeFileSync(join(folder, 'watchroom.fish'), fishCompletion(tree));
    const inFish = (typed: string): readonly string[] => execFileSync('fish', ['--no-config', '-c', 'source $argv[1]; complete -C $argv[2]', '--', join(folder, 'watchroom.fish'), `watchroom ${typed}`], { encoding: 'utf8', cwd: folder }).split('\n').filter(Boolean).map((line) => line.split('\t')[0]!);
    expect(inFish('mon')).toEqual(['monitor']);
    expect(inFish('ledger ').toSorted()).toEqual(['backup', 'compact', 'reset', 'verify']);
    expect(inFish('list --stat')).toEqual(expect.arrayContaining(['--status', '--state']));
    expect(inFish('ls --format ').toSorted()).toEqual(['json', 'table', 'yaml']);
    expect(inFish('hub admin ').toSorted()).toEqual(expect.arrayContaining(['create']));
    expect(inFish('completion po')).toEqual(['powershell']);
    expect(inFish('import watch')).toEqual(['watchroom.fish']);
    expect(inFish('ledger verify ')).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  (has('zsh') && has('tmux', '-V') ? it : it.skip)('[L9] zsh completes what is typed (skipped without zsh and tmux)', async () => {
    const tmux = inTmux("PS1='> ' ZDOTDIR=/nowhere zsh -f", { columns: 120, rows: 40 });
    const lastLine = (): string => tmux.screen().trimEnd().split('\n').at(-1)!;
    const completed = async (typed: string, expected: RegExp): Promise<void> => {
      tmux.press('C-u');
      tmux.press('-l', typed);
      tmux.press('Tab');
      await until(() => expected.test(tmux.screen()), 15_000).catch(() => { throw new Error(`${typed} became ${tmux.screen()}`); });
    };
    try {
      await until(() => lastLine().startsWith('>'), 15_000);
      tmux.press('-l', `autoload -Uz compinit; compinit -D; source <('${process.execPath}' '${join(repository, 'exporter/bin/watchroom.js')}' completion zsh); echo re''ady`);
      tmux.press('Enter');
      await until(() => tmux.screen().includes('\nready'), 30_000);
      await completed('watchroom moni', /> watchroom monitor/);
      await completed('watchroom ledger ver', /> watchroom ledger verify/);
      await completed('watchroom ls --form', /> watchroom ls --format/);
      await completed('watchroom list --format js', /> watchroom list --format json/);
      await completed('watchroom completion po', /> watchroom completion powershell/);
    } finally {
      tmux.stop();
    }
  }, 90_000);

  it.each(['bash', 'zsh', 'fish', 'powershell'])('[L9] %s names every command, printed by the real program', async (shell) => {
    const { code, stdout } = await run(['completion', shell]);
    expect(code).toBe(0);
    for (const entry of everyCommand(tree).slice(1)) expect(stdout).toContain(nameOf(entry));
  });

  it('without an exporter there are no names, and no waiting for them', async () => {
    expect(await run(['completion', 'names', '--state', '/nowhere'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('an unknown shell is a usage error', async () => {
    expect(await run(['completion', 'tcsh'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices are bash, zsh, fish, powershell') });
  });
});

describe('the man page', () => {
  it('is what the program prints (else: node scripts/cli-docs.ts)', () => {
    expect(readFileSync(new URL('../../man/watchroom.1', import.meta.url), 'utf8')).toBe(manPage());
  });

  it('has every command, and no line that man would take for a request', () => {
    const page = manPage();
    for (const { path } of everyCommand(tree).filter(({ commands }) => commands.length === 0)) expect(page).toContain(`.SS "watchroom ${path}`);
    for (const line of page.split('\n').filter((one) => /^[.']/.test(one))) expect(line).toMatch(/^\.(\\"|TH|SH|SS|TP|PP|B|BR|I|RI|br)( |$)|^\.\\"/);
  });
});
