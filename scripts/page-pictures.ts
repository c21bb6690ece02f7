// Takes the README's pictures of the page from the sample team: node scripts/page-pictures.ts [folder] (needs Chromium on PATH, and the page built: npm run build:web)
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

const folder = process.argv[2] ?? fileURLToPath(new URL('../docs/images', import.meta.url));
const program = fileURLToPath(new URL('../exporter/bin/watchroom.js', import.meta.url));
const size = { width: 1440, height: 900 };

const demo = spawn(process.execPath, [program, 'exporter', '--demo', '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] });
let said = '';
for await (const chunk of demo.stdout) if ((said += String(chunk)).includes('Ctrl+C')) break;
const link = /http:\S+/.exec(said)![0];
await sleep(50_000); // until people have said a few things and the graphs have begun

const browser = await chromium.launch({ executablePath: execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim(), args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1 });
await page.goto(link);
await shoot(page, 'sessions-light.png');
await page.emulateMedia({ colorScheme: 'dark' });
await shoot(page, 'sessions-dark.png');
await page.emulateMedia({ colorScheme: 'light' });
await page.goto(new URL('/rooms/claude/5f0c9b1e-7a24-4d63-9c18-2e7b40d1a6f3', link).href);
await shoot(page, 'room.png');
await browser.close();
demo.kill();
await once(demo, 'exit');

async function shoot(shown: Page, name: string): Promise<void> {
  await sleep(2500);
  await shown.screenshot({ path: join(folder, name) });
  console.log(`${name} is taken`);
}
