import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import type { Scene } from './page/scene.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const modules = join(here, 'node_modules');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2' };
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser with the page that draws scenes. */
export interface Studio {
  /** Draws a scene into a PNG file. Complaints of the page are returned. */
  readonly draw: (scene: Scene, file: string, scale?: number) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** Bundles the page, serves it on loopback and opens a browser on it. */
export const openStudio = async (executablePath: string): Promise<Studio> => {
  if (!existsSync(executablePath)) throw new Error(`there is no browser at ${executablePath}. Install Chromium, or name one: --browser PATH`);
  const site = await mkdtemp(join(tmpdir(), 'watchroom-preview-page-'));
  bundle(site);
  await copyFile(join(here, 'page/index.html'), join(site, 'index.html'));
  let shown: Scene | undefined;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, 'http://page').pathname));
    if (path === '/scene.json') return void response.setHeader('content-type', types['.json']!).end(JSON.stringify(shown));
    const file = path.startsWith('/public/') ? publicFile(path) : join(site, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return void response.writeHead(404).end();
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: quiet });
  return {
    draw: async (scene, file, scale = 1) => {
      shown = scene;
      return photograph(browser, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { file, scale });
    },
    close: async () => {
      await browser.close();
      server.close();
      await rm(site, { recursive: true });
    },
  };
};

/** What a Grafana server has below /public: icons of the library, and the fonts, which the library names but does not bring. */
const publicFile = (path: string): string => {
  const icon = /^\/public\/build\/img\/icons\/(.+)$/.exec(path)?.[1];
  if (icon !== undefined) return join(modules, '@grafana/ui/dist/public/img/icons', icon);
  return join(modules, path.includes('inter') ? '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2' : '@fontsource/roboto-mono/files/roboto-mono-latin-400-normal.woff2');
};

const bundle = (site: string): void => {
  const loaders = ['.ttf', '.woff', '.woff2'].map((ending) => `--loader:${ending}=dataurl`);
  const { status, stderr } = spawnSync(join(modules, '.bin/esbuild'), ['page/main.tsx', '--bundle', '--minify', '--format=iife', '--jsx=automatic', `--outdir=${site}`, '--define:process.env.NODE_ENV="production"', '--log-level=error', ...loaders], { cwd: here, encoding: 'utf8' });
  if (status !== 0) throw new Error(`esbuild could not bundle the page: ${stderr}`);
};

const photograph = async (browser: Browser, url: string, { file, scale }: { readonly file: string; readonly scale: number }): Promise<readonly string[]> => {
  const page = await browser.newPage({ viewport: { width: 1600, height: 4000 }, deviceScaleFactor: scale, timezoneId: Intl.DateTimeFormat().resolvedOptions().timeZone });
  const said: string[] = [];
  page.on('response', (response) => { if (!response.ok()) said.push(`${response.status()} ${response.url()}`); });
  page.on('pageerror', (error) => said.push(String(error)));
  await page.goto(url);
  await page.waitForFunction(() => document.title !== 'drawing', undefined, { timeout: 60_000 });
  // The page is drawn in a window taller than itself: tables draw only what is in sight.
  await page.locator('#page').screenshot({ path: file });
  if ((await page.title()) === 'failed') throw new Error(`the page could not draw: ${said.join('\n')}`);
  await page.close();
  return said;
};
