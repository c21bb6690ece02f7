import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Use } from './exactness.ts';
import type { Command } from './measure.ts';

export interface Ccusage {
  readonly version: string;
  /** The native program itself, without the Node script that looks for it. */
  readonly command: (folder: string) => Command;
  readonly remove: () => void;
}

/** Versions to try: a release is complete only when the package with its program for this platform is there too. */
const wanted = ['ccusage@20', 'ccusage@20.0.24'];

/** Installs ccusage 20 into a temporary folder. */
export const installCcusage = (): Ccusage => {
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-bench-ccusage-'));
  const program = join(folder, 'node_modules', '@ccusage', `ccusage-${process.platform}-${process.arch}`, 'bin', 'ccusage');
  for (const version of wanted) {
    try {
      execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, version], { stdio: 'ignore' });
    } catch {
      continue; // the next version
    }
    if (existsSync(program)) break;
  }
  if (!existsSync(program)) throw new Error(`ccusage 20 could not be installed for ${process.platform}-${process.arch} (tried ${wanted.join(', ')}). The comparison needs it: is the npm registry reachable?`);
  chmodSync(program, 0o755); // its own starter does this too
  const { version } = JSON.parse(readFileSync(join(folder, 'node_modules', 'ccusage', 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    command: (data) => ({ argv: [program, 'claude', 'session', '--json', '--offline'], env: { CLAUDE_CONFIG_DIR: data, HOME: folder } }),
    remove: () => rmSync(folder, { recursive: true }),
  };
};

interface Breakdown { readonly modelName: string; readonly inputTokens: number; readonly outputTokens: number; readonly cacheCreationTokens: number; readonly cacheReadTokens: number; readonly cost: number }

/** What it printed, by session and model. */
export const useOfCcusage = (stdout: string): Use[] => {
  const { sessions } = JSON.parse(stdout) as { sessions: { sessionId: string; modelBreakdowns: Breakdown[] }[] };
  return sessions.flatMap(({ sessionId, modelBreakdowns }) => modelBreakdowns.map((use) => ({
    session: sessionId, model: use.modelName, input: use.inputTokens, output: use.outputTokens, cache_creation: use.cacheCreationTokens, cache_read: use.cacheReadTokens, costUsd: use.cost,
  })));
};
