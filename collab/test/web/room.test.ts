import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requireServer } from '../../../exporter/test/servers.ts';
import { openStage } from './support/browser.ts';
import type { Look, Stage } from './support/browser.ts';

requireServer('chromium')('two browsers in one room', () => {
  let stage: Stage;
  let ada: Look;
  let grace: Look;

  beforeAll(async () => {
    stage = await openStage();
    const room = `/rooms/${stage.scene.sick}`;
    [ada, grace] = await Promise.all([stage.look(stage.scene.people.ada, room), stage.look(stage.scene.people.grace, room)]);
    await Promise.all([ada, grace].map(({ page }) => page.waitForSelector('.composer')));
    await Promise.all([ada, grace].map(({ page }) => page.waitForSelector('.connection.live')));
  }, 60_000);
  afterAll(() => stage?.stop());

  const say = async ({ page }: Look, words: string, field = '[aria-label=Message]'): Promise<void> => {
    await page.fill(field, words);
    await page.press(field, 'Enter');
  };

  it('[C1] the room has numbers, people and files at one address', async () => {
    await ada.page.waitForSelector('.file-list :text("rounding.ts")'); // it comes after the rest
    const text = await ada.page.innerText('main.room');
    for (const words of ['payments', 'feat/partial-refunds', 'claude-opus-4-6', '$31.82', 'rounding.ts', 'src/refunds/']) expect(text).toContain(words);
  });

  it('[C2] [R3] what one says is with the other, once, and once with oneself', async () => {
    await say(ada, 'It fails on the same cent, **again**.');
    await grace.page.waitForSelector('.message strong:has-text("again")');
    await grace.page.waitForTimeout(300);
    expect(await ada.page.locator('.message strong:has-text("again")').count()).toBe(1);
    expect(await ada.page.locator('.message.pending').count()).toBe(0);
  });

  it('[C2] an answer is in the thread, a reaction under the message, an edit in place, a deletion told', async () => {
    const theirs = grace.page.locator('.message', { hasText: 'same cent' }).first();
    await theirs.hover();
    await theirs.locator('[aria-label="Answer in a thread"]').click();
    await grace.page.waitForSelector('.thread .composer');
    await say(grace, 'Half-even, per line.', '[aria-label=Answer]');
    await ada.page.waitForSelector('.replies:has-text("1 answer")');
    await theirs.hover();
    await grace.page.locator('.stream .message', { hasText: 'same cent' }).first().hover();
    await grace.page.locator('.stream .message', { hasText: 'same cent' }).first().locator('[aria-label="React with eyes"]').click();
    await ada.page.waitForSelector('.stream .reaction');
    await say(grace, 'a mistaek');
    const own = grace.page.locator('.stream .message', { hasText: 'mistaek' });
    await own.hover();
    await own.locator('[aria-label=Edit]').click();
    await grace.page.fill('[aria-label="Edit the message"]', 'a mistake');
    await grace.page.press('[aria-label="Edit the message"]', 'Enter');
    await ada.page.waitForSelector('.message:has-text("a mistake (edited)")');
    const edited = grace.page.locator('.stream .message', { hasText: 'a mistake' });
    await edited.hover();
    await edited.locator('[aria-label=Delete]').click();
    await edited.locator('[aria-label="Yes, delete it"]').click();
    await ada.page.waitForSelector('.message:has-text("a mistake")', { state: 'detached' });
    await grace.page.click('.thread >> text=Close');
  });

  it('[C3] each sees that the other is there', async () => {
    await ada.page.waitForSelector('.people-list li:has-text("grace") .face.online');
  });

  it('[C5] [C4] a comment at a line is in the chat and at the file, and resolving it is seen', async () => {
    const file = grace.page.locator('.file-list > li', { hasText: 'rounding.ts' });
    await file.locator('text=Comment').click();
    await file.locator('[name=line]').fill('41-44');
    await ada.page.waitForSelector('.people-list :text("rounding.ts:41")');
    await file.locator('[name=words]').fill('Round once, at the end.');
    await file.locator('[name=words]').press('Enter');
    await ada.page.waitForSelector('.stream .place:has-text("src/refunds/rounding.ts:41-44")');
    await ada.page.waitForSelector('.file-list .file-comment:has-text("Round once")');
    await ada.page.click('text=Resolve');
    await grace.page.waitForSelector('.file-comment.resolved');
  });

  it('[C14] auth.ts:125 in a message leads to the file’s line', async () => {
    await say(ada, 'see rounding.ts:52');
    await grace.page.click('.words a:has-text("rounding.ts:52")');
    await grace.page.waitForSelector('.file-comments.meant');
    expect(new URL(grace.page.url()).hash).toBe('#rounding.ts:52');
  });

  it('[C8] numbers follow the session while one looks', async () => {
    await stage.scene.change('ada', stage.scene.sick, { lastActivityAt: stage.hub.clock.now, context: { used: 60_000, limit: 200_000, compactAt: 190_000 }, compactions: 2 });
    await grace.page.waitForSelector('.room-header .token-bar.good');
  });

  it('[U3] a viewer of the team reads and cannot write', async () => {
    const mary = await stage.look(stage.scene.people.mary, `/rooms/${stage.scene.sick}`);
    await mary.page.waitForSelector('.read-only');
    expect(await mary.page.locator('.composer').count()).toBe(0);
    expect(await mary.page.locator('.room-header select').count()).toBe(0);
    await mary.context.close();
  });

  it('[R2] what was said while one was away is there afterwards, and what one wrote offline can be sent again', async () => {
    await grace.context.setOffline(true);
    await say(grace, 'written without a network');
    await grace.page.waitForSelector('text=Not sent.');
    await say(ada, 'said meanwhile');
    await grace.context.setOffline(false);
    await grace.page.waitForSelector('.message:has-text("said meanwhile")', { timeout: 20_000 });
    await grace.page.click('text=Send again');
    await ada.page.waitForSelector('.message:has-text("written without a network")');
    await ada.page.waitForTimeout(300);
    expect(await ada.page.locator('.message:has-text("written without a network")').count()).toBe(1);
  }, 60_000);

  it('[R8] a room that is made private closes before the eyes of who may not see it', async () => {
    await ada.page.selectOption('.sharing select', 'private');
    await grace.page.waitForSelector('main.alone', { timeout: 10_000 });
    await ada.page.selectOption('.sharing select', 'team');
    await grace.page.waitForSelector('main.room .composer', { timeout: 10_000 });
  });

  it('[G10] what is drawn first stays where it is while the rest comes', async () => {
    const { people, team, sick } = stage.scene;
    const { id } = (await people.grace.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body as { readonly id: string };
    for (let n = 0; n < 40; n += 1) await people.grace.ask('POST', '/api/v4/posts', { channel_id: id, message: `the ${n}. of many` });
    const { page, context } = await stage.look(people.ada, `/rooms/${sick}`);
    await context.addInitScript({ content: `
      window.shifted = 0;
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.shifted += value; }).observe({ type: 'layout-shift', buffered: true });
      const endOf = (list) => [...list.querySelectorAll('.message')].at(-1).getBoundingClientRect().bottom;
      let first;
      requestAnimationFrame(function look() {
        const newest = document.querySelector('.newest');
        if (newest !== null) first = endOf(newest);
        if (newest !== null || first === undefined) requestAnimationFrame(look);
        else document.documentElement.dataset.ends = JSON.stringify({ first, then: endOf(document.querySelector('.messages')) });
      });` });
    await page.reload();
    await page.waitForSelector('html[data-ends]', { state: 'attached' });
    await page.waitForSelector('.token-graph canvas');
    const { first, then } = JSON.parse((await page.getAttribute('html', 'data-ends'))!) as { readonly first: number; readonly then: number };
    expect(Math.abs(first - then)).toBeLessThan(2);
    expect(await page.evaluate('window.shifted')).toBeLessThan(0.05);
    await context.close();
  });

  it('neither page complained', () => {
    expect([...ada.complaints, ...grace.complaints].filter((words) => !/ERR_INTERNET_DISCONNECTED|WebSocket connection/.test(words))).toEqual([]);
  });
});
