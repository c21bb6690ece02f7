import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { World } from '../cli/backend.ts';
import type { Surroundings } from './books.ts';
import { showInBrowser } from './browser.ts';
import type { About } from './exporter.ts';
import { loadHub } from './load-hub.ts';
import { createLog } from './log.ts';

const usualPort = 8877;

/** Shows a sample team until it is asked to end. Nothing of the user's own is read, and everything goes at the end. */
export const runDemo = async ({ config, machine }: World, about: Surroundings & About): Promise<void> => {
  const { startDemo } = await loadHub();
  const folder = mkdtempSync(join(tmpdir(), 'watchroom-open-'));
  const demo = await startDemo({
    program: [process.execPath, program], publicUrl: `http://127.0.0.1:${usualPort}`, now: about.now, version: about.version,
    listen: { host: '127.0.0.1', port: usualPort }, nextPorts: 20, log: createLog({ logLevel: config.logLevel === 'info' ? 'warn' : config.logLevel, logFormat: config.logFormat }, about.stderr),
  });
  try {
    const link = await demo.openLink!();
    about.stdout.write([
      `Watchroom ${about.version} shows a sample team: invented people, invented sessions. Your own are not read.`,
      `  Page:     ${link}`,
      'The link signs one browser in, once, within 60 seconds.',
      '',
      'Ctrl+C ends it, and nothing of it stays.',
      '',
    ].join('\n'));
    if (config.openBrowser) await showInBrowser(link, { folder, platform: machine.platform, env: about.env }).catch(() => false);
    await about.ending;
  } finally {
    await demo.close();
    rmSync(folder, { recursive: true, force: true });
  }
};

const program = fileURLToPath(new URL('../../bin/watchroom.js', import.meta.url));
