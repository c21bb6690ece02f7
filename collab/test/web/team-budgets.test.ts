import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requireServer } from '../../../exporter/test/servers.ts';
import { openStage } from './support/browser.ts';
import type { Stage } from './support/browser.ts';

requireServer('chromium')('[T6] the budgets of a team in a browser', () => {
  let stage: Stage;
  beforeAll(async () => { stage = await openStage(); }, 60_000);
  afterAll(() => stage?.stop());

  it('an admin sets them, everybody sees how they stand, and one is removed again', async () => {
    const { page, context, complaints } = await stage.look(stage.scene.people.ada, '/settings/budgets');
    await page.waitForSelector('text=The team has no budget yet.');
    const form = page.locator('form[aria-label="New budget"]');
    await form.locator('button').click();
    await form.locator('text=Say how many dollars or tokens.').waitFor();
    await form.locator('input[name="usd"]').fill('1');
    await form.locator('button').click();
    const team = page.locator('.budgets > li', { hasText: 'The whole team' });
    await team.locator('.token-bar.bad').waitFor();
    expect(await team.innerText()).toMatch(/\$\d+\.\d\d of \$1\.00/);
    await form.locator('select').first().selectOption('user');
    await form.locator('input[name="tokens"]').fill('900000000');
    await form.locator('button').click();
    const each = page.locator('.budgets > li', { hasText: 'Each person' });
    await each.locator('.token-bar').nth(3).waitFor();
    for (const name of ['ada', 'grace', 'linus', 'mary']) expect(await each.innerText()).toContain(name);
    await form.locator('input[name="name"]').fill('nobody-here');
    await form.locator('input[name="usd"]').fill('5');
    await form.locator('button').click();
    await page.locator('.budgets > li', { hasText: 'nobody-here' }).locator('text=Nobody of that name is in the team.').waitFor();
    await page.getByRole('button', { name: 'Remove the budget of nobody-here, a month' }).click();
    await page.locator('.budgets > li', { hasText: 'nobody-here' }).waitFor({ state: 'detached' });

    const member = await stage.look(stage.scene.people.mary, '/settings/budgets');
    await member.page.waitForSelector('.budgets .token-bar.bad');
    expect(await member.page.locator('.budgets button, form button').count()).toBe(0);
    await member.context.close();

    await page.getByRole('button', { name: 'Remove the budget of The whole team, a month' }).click();
    await team.waitFor({ state: 'detached' });
    expect(await page.locator('.budgets > li').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the time zone in which days begin is theirs, and a wrong one is said', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/settings/budgets');
    const zone = page.locator('input[name="timeZone"]');
    await zone.fill('Mars/Olympus');
    await page.locator('form[aria-label="Calendar"] button').click();
    await page.waitForSelector('text=/a time zone such as Europe.Berlin/');
    await zone.fill('Europe/Berlin');
    await page.locator('form[aria-label="Calendar"] button').click();
    await page.locator('text=/a time zone such as/').waitFor({ state: 'detached' });
    expect((await stage.scene.people.ada.ask('GET', `/api/v1/teams/${stage.scene.team.id}/settings`)).body.calendar).toEqual({ timeZone: 'Europe/Berlin', weekStart: 'monday' });
    await context.close();
  });
});
