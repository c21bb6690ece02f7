import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { createApp } from '../../server/app.ts';
import { openLink, readyLocalMode } from '../../server/auth/local.ts';
import { newSetupToken } from '../../server/auth/setup.ts';
import { serveDocs, servePlain } from '../../server/pages/plain.ts';
import { startSockets } from '../../server/sockets/sockets.ts';
import { aSession, change } from '../sockets/a-socket.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';

const path = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => existsSync(file));

/** The hub's own application with the plain page, whether the page proper was built or not. */
const withPlainPage = async (hub: TestHub): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> => {
  const server: Server = createServer(createApp(hub.base, { routes: hub.routes, pages: [serveDocs, servePlain] }));
  const sockets = startSockets({ base: hub.base, server, watched: { watch: () => undefined, unwatch: () => undefined } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => { await sockets.close(); server.closeAllConnections(); await new Promise((resolve) => server.close(resolve)); },
  };
};

(path === undefined ? describe.skip : describe)('the plain page in a browser', () => {
  let browser: Browser;
  let [local, team]: TestHub[] = [];
  let [localPage, teamPage]: Awaited<ReturnType<typeof withPlainPage>>[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: path!, args: ['--no-sandbox'] });
    [local, team] = [await startTestHub({ local: true }), await startTestHub()];
    [localPage, teamPage] = [await withPlainPage(local), await withPlainPage(team)];
  });
  afterAll(async () => {
    await browser.close();
    for (const page of [localPage, teamPage]) await page?.stop();
    for (const hub of [local, team]) await hub?.stop();
  });
  const linkTo = async (url: string): Promise<string> => (await openLink(local!.base)).replace(local!.base.settings.publicUrl, url);
  const problems: string[] = [];
  const aTab = async (): Promise<Page> => {
    const page = await (await browser.newContext()).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => { if (/Content Security Policy/.test(message.text())) problems.push(message.text()); });
    return page;
  };

  it('a link of this machine signs a tab in, once, and leaves no secret in the address; the list lives', async () => {
    const { userId, teamId } = await readyLocalMode(local!.base, { userName: 'Ada' });
    const link = await linkTo(localPage!.url);
    const [page, second] = [await aTab(), await aTab()];
    await page.goto(link);
    await page.getByText('No sessions yet').waitFor();
    expect(page.url()).toBe(`${localPage!.url}/`);
    await page.locator('#live.on').waitFor();
    const session = await aSession(local!, { teamId, ownerId: userId, visibility: 'private', project: 'shop', title: '<b>not bold</b>', tokens: 12_345 });
    local!.base.events.emit('session:created', { session });
    await page.getByText('<b>not bold</b>').waitFor();
    await change(local!, session, { state: 'waiting', tokens: 2_000_000 });
    await page.getByText('2M').waitFor();
    await second.goto(link);
    await second.getByText(/not good any more|used before/).waitFor();
    await page.reload(); // the login is the tab's
    await page.getByText('shop').waitFor();
  });

  it('the set-up token makes the first admin; then there is a form to sign in, by keyboard', async () => {
    const page = await aTab();
    await page.goto(teamPage!.url);
    await page.getByText('Nobody has an account here yet').waitFor();
    await page.goto('about:blank');
    await page.goto(`${teamPage!.url}/setup#${await newSetupToken(team!.base)}`);
    for (const [label, text] of [['Your name here', 'ada'], ['How you are called', 'Ada'], ['Password', 'correct horse battery'], ['Your team', 'reds']] as const) await page.getByLabel(label).fill(text);
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('No sessions yet').waitFor();
    await page.getByRole('button', { name: 'Make a token for an agent' }).click();
    await page.getByText(/watchroom agent --hub/).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Name').fill('ada');
    await page.getByLabel('Password').fill('not this one at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').filter({ hasText: /./ }).waitFor();
    await page.getByLabel('Password').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.getByText('No sessions yet').waitFor();
    await page.locator('#live.on').waitFor();
  });

  it('[U5] the page of the API names every call, and finds one', async () => {
    const page = await aTab();
    await page.goto(`${teamPage!.url}/docs/api`);
    await page.locator('.op').first().waitFor();
    expect(await page.locator('.op').count()).toBe(team!.routes.length);
    await page.getByLabel('Find').fill('post auth/login');
    expect(await page.locator('.op:visible').count()).toBe(1);
  });

  it('nothing of it offends its own Content Security Policy, and no script fails', () => {
    expect(problems).toEqual([]);
  });

  it.each([['light', 1100], ['dark', 1100], ['light', 360], ['dark', 360]] as const)('is no wider than its window: %s, %i px', async (colorScheme, width) => {
    const link = await linkTo(localPage!.url);
    const page = await (await browser.newContext({ colorScheme, viewport: { width, height: 700 } })).newPage();
    await page.goto(link);
    await page.getByText('shop').waitFor();
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/hub-${colorScheme}-${width}.png` });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.goto(`${localPage!.url}/docs/api`);
    await page.locator('.op').first().waitFor();
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/api-${colorScheme}-${width}.png` });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });
});
