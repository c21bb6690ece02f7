import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { manPage } from '../../../scripts/man-page.ts';
import { nowhere } from '../../../scripts/cli-page.ts';
import { commandTree, everyCommand, nameOf } from '../../src/cli/command-tree.ts';
import { bashCompletion } from '../../src/cli/completion/bash.ts';
import { createProgram } from '../../src/cli/program.ts';
import { run } from '../end-to-end/an-exporter.ts';

const silent = { write: () => true, columns: 100 };
const tree = commandTree(createProgram({ ...nowhere, stdout: silent, stderr: silent, variables: {} }));

/** What bash offers for the words, the last of them half typed. */
const offered = (...words: readonly string[]): readonly string[] =>
  execFileSync('bash', ['--norc', '-c', `${bashCompletion(tree)}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _watchroom; printf '%s\\n' "\${COMPREPLY[@]}"`, 'bash', 'watchroom', ...words], { encoding: 'utf8' }).split('\n').filter(Boolean);

describe('watchroom completion', () => {
  it('[L9] bash knows the commands, those below them, their flags and their values', () => {
    expect(offered('mon')).toEqual(['monitor']);
    expect(offered('ledger', '')).toEqual(expect.arrayContaining(['verify', 'compact', 'backup', 'reset']));
    expect(offered('list', '--stat')).toEqual(expect.arrayContaining(['--status', '--state']));
    expect(offered('ls', '--format', '')).toEqual(['table', 'json', 'yaml']);
  });

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
