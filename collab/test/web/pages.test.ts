import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requireServer } from '../../../exporter/test/servers.ts';
import { openStage } from './support/browser.ts';
import type { Stage } from './support/browser.ts';

requireServer('chromium')('the page in a browser', () => {
  let stage: Stage;
  let room: string;

  beforeAll(async () => {
    stage = await openStage();
    room = `/rooms/${stage.scene.sick}`;
  }, 60_000);
  afterAll(() => stage?.stop());

  it('the home page says which session is in trouble, why, who is on it and what today costs', async () => {
    const { page, context } = await stage.look(stage.scene.people.grace, '/');
    await page.waitForSelector('.card');
    expect(await page.innerText('h1')).toMatch(/^payments is in trouble: context 94 % full and 14 errors, mostly of tools\. It is ada’s; nobody else is on it\.$/);
    expect(await page.innerText('.tally')).toMatch(/today\s+\$\d+\.\d\d/);
    expect(await page.locator('.card').first().innerText()).toContain('payments');
    await context.close();
  });

  it('[C3] who looks at a session stands on its card', async () => {
    const [home, inRoom] = await Promise.all([stage.look(stage.scene.people.ada, '/'), stage.look(stage.scene.people.linus, room)]);
    await inRoom.page.waitForSelector('.composer');
    await inRoom.page.waitForSelector('.people-list .face.online');
    await home.page.reload();
    await home.page.waitForSelector('h1:has-text("linus is on it")');
    expect(await home.page.locator('.card').first().innerText()).toContain('linus looks on');
    await Promise.all([home.context.close(), inRoom.context.close()]);
  });

  it('[D5] a change of a session is on screen without a reload, and LIVE ends by itself', async () => {
    const { page, context } = await stage.look(stage.scene.people.grace, '/');
    const card = page.locator('.card', { has: page.locator('[data-session^="opencode/"]') });
    await card.waitFor();
    await page.waitForSelector('.connection.live');
    await stage.scene.change('linus', 'opencode/ses_4f2b7704', { lastActivityAt: Date.now() - 16_000, context: { used: 196_000, limit: 200_000 } });
    await card.locator('text=LIVE').waitFor();
    await card.locator('.token-bar.bad').waitFor();
    await card.locator('text=LIVE').waitFor({ state: 'detached' });
    await context.close();
  }, 60_000);

  it('filters stand in the address, search finds, nothing found says so', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/?tool=gemini');
    await page.waitForSelector('.card');
    expect(await page.locator('.card').count()).toBe(1);
    await page.keyboard.press('/');
    await page.keyboard.type('nowhere');
    await page.waitForSelector('text=No session fits.');
    expect(page.url()).toContain('q=nowhere');
    await page.click('text=Show all');
    await page.waitForFunction('document.querySelectorAll(".card").length > 3');
    await context.close();
  });

  it('everything can be reached by keyboard: ? lists it, j and Enter open a room, u goes back', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/');
    await page.waitForSelector('.card');
    await page.keyboard.press('?');
    expect(await page.innerText('dialog')).toMatch(/Next session/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main.room');
    await page.keyboard.press('u');
    await page.waitForSelector('main.sessions');
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.waitForSelector('main.settings');
    await context.close();
  });

  it('a room that no agent told of waits, and opens by itself', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/rooms/claude/not-yet-told');
    await page.waitForSelector('text=Waiting for the agent');
    await stage.scene.tell('linus', { id: 'claude/not-yet-told', project: 'fresh', startedAt: stage.hub.clock.now, lastActivityAt: stage.hub.clock.now });
    await page.waitForSelector('.room-header h1:has-text("fresh")');
    await context.close();
  });

  it('without a login it asks for one, and says why one was refused', async () => {
    const { page, context } = await stage.look(undefined, '/');
    await page.fill('[name=username]', 'ada');
    await page.fill('[name=password]', 'not the one');
    await page.click('button[type=submit]');
    await page.waitForSelector('text=Name or password is wrong.');
    await context.close();
  });

  it('a hub that does not answer is told as that, with a way out; back again, the page is', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/');
    await page.waitForSelector('.connection.live');
    await context.setOffline(true);
    await page.waitForSelector('.connection.lost', { timeout: 25_000 });
    expect(await page.locator('.card').count()).toBeGreaterThan(3);
    await context.setOffline(false);
    await page.waitForSelector('.connection.live', { timeout: 20_000 });
    await context.close();
  }, 60_000);
});
