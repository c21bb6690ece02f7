import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { HubSettings } from '../../../server/settings.ts';
import { startTestHub } from '../../support/hub.ts';
import type { Client, TestHub } from '../../support/hub.ts';
import { makeScene } from './scene.ts';
import type { Scene } from './scene.ts';

/** A hub with a team at work, and browsers that look at it. */
export interface Stage {
  readonly hub: TestHub;
  readonly scene: Scene;
  /** A browser of somebody's, signed in; what it complains of is kept. */
  readonly look: (who: Client | undefined, path: string, options?: { readonly theme?: 'light' | 'dark'; readonly width?: number; readonly reducedMotion?: boolean }) => Promise<Look>;
  readonly stop: () => Promise<void>;
}

export interface Look {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors in the console and broken policies. */
  readonly complaints: readonly string[];
}

const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Builds the page when it is older than its sources: what is tested is what is served. */
export const buildPage = (): void => {
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL('../../../web/build.js', import.meta.url))], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the page cannot be built: ${stderr}`);
};

/** The system's Chromium. */
export const launchBrowser = (): Promise<Browser> => chromium.launch({ executablePath: '/usr/bin/chromium', args });

export const openStage = async (settings: Partial<HubSettings> = {}): Promise<Stage> => {
  buildPage();
  const hub = await startTestHub({ limitFactor: 1000, ...settings });
  const scene = await makeScene(hub);
  // Browsers have a clock of their own; the hub's goes with it.
  const ticking = setInterval(() => { hub.clock.now = Date.now(); }, 100);
  const browser = await launchBrowser();
  return {
    hub, scene,
    look: async (who, path, { theme = 'light', width = 1440, reducedMotion = true } = {}) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: theme, reducedMotion: reducedMotion ? 'reduce' : 'no-preference' });
      if (who) await context.addInitScript((secret) => sessionStorage.setItem('watchroom.bearer', secret), who.secret);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => { if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text()); });
      await page.goto(hub.url + path);
      return { page, context, complaints };
    },
    stop: async () => {
      clearInterval(ticking);
      await browser.close();
      await hub.stop();
    },
  };
};
