import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../../exporter/test/servers.ts';
import { anAgent, aWire } from '../agents/an-agent.ts';
import { openLink, readyLocalMode } from '../../server/auth/local.ts';
import { GuestDoor } from '../../server/lan/guest-door.ts';
import type { Visit } from '../../server/lan/guest-door.ts';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { buildPage } from './support/browser.ts';

// The page of one machine's hub, as its owner and as guests of the local network see it (`watchroom share --lan`).

const hosts: { current: readonly string[] } = { current: [] };
let hub: TestHub;
let door: GuestDoor;
let browser: Browser;
let visit: Visit;
let ticking: NodeJS.Timeout;
beforeAll(async () => {
  buildPage();
  hub = await startTestHub({ local: true, limitFactor: 1000, guestHosts: () => hosts.current });
  ticking = setInterval(() => { hub.clock.now = Date.now(); }, 100);
  const { userId, teamId } = await readyLocalMode(hub.base, { userName: 'ada' });
  const agent = await anAgent(hub, { userId, teamId });
  await agent.tells({ sessions: [aWire({ id: 'claude/one', project: 'heron-shop' }), aWire({ id: 'claude/two', project: 'kestrel-shop' })] });
  door = new GuestDoor(hub.base, { server: hub.server, hosts });
  visit = await door.letIn({ session: 'claude/one', addresses: ['127.0.0.1'], port: await freePort(), leaseMs: 600_000 });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
});
afterAll(async () => {
  clearInterval(ticking);
  await browser.close();
  await door.close();
  await hub.stop();
});

/** A browser of its own, which was told to go on in spite of the certificate. */
const aPage = async (): Promise<Page> => (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
const address = (path: string): string => `https://${visit.hosts[0]}${path}`;
const fill = async (page: Page, fields: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, value] of Object.entries(fields)) await page.locator(`input[name=${name}]`).fill(value);
};
const account = { username: 'grace', password: 'correct horse battery' };

describe('[C9] a guest of the local network', () => {
  it('joins by the link, lands in the room, is live there, and sees no other session; a new tab signs in by name', async () => {
    const page = await aPage();
    await page.goto(address(`/join#${visit.invite}`));
    await page.getByText('To the room of claude/one').waitFor();
    await fill(page, { ...account, displayName: 'Grace' });
    await page.getByRole('button', { name: 'Join' }).click();
    await page.waitForURL('**/rooms/claude/one');
    await page.getByRole('heading', { name: /heron-shop/ }).waitFor();
    await page.getByText('live', { exact: true }).waitFor(); // by socket, through the same door
    expect(await page.context().cookies()).toEqual([]);

    const again = await aPage();
    await again.goto(address('/'));
    await fill(again, account);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.getByText('heron-shop').waitFor();
    expect(await again.locator('body').innerText()).not.toContain('kestrel');

    expect(await door.showOut('claude/one')).toEqual(['grace']);
    expect(await page.goto(address('/')).catch((error: Error) => error.message)).toMatch(/ERR_CONNECTION_REFUSED/);
  });

  it("its owner's link leads to the room, and to rooms only", async () => {
    const page = await aPage();
    const opened = async (to: string): Promise<string> => {
      const { pathname, search, hash } = new URL(await openLink(hub.base, to));
      await page.goto('about:blank');
      await page.goto(hub.url + pathname + search + hash);
      await page.getByRole('button', { name: /theme|light|dark/i }).first().waitFor();
      return new URL(page.url()).pathname;
    };
    expect(await opened('/rooms/claude/one')).toBe('/rooms/claude/one');
    expect(await opened('//evil.example/rooms/claude/one')).toBe('/');
    expect(await opened('https://evil.example/')).toBe('/');
  });
});
