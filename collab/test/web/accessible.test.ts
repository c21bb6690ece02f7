import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { requireServer } from '../../../exporter/test/servers.ts';
import type { Client } from '../support/hub.ts';
import { openStage } from './support/browser.ts';
import type { Look, Stage } from './support/browser.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface State {
  readonly path: string;
  /** What shows that it is drawn. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<unknown>;
}

// Each person keeps one page open and goes from place to place in it; the themes change under it. Loading everything anew took most of the time.
requireServer('chromium')('every page in both themes', () => {
  let stage: Stage;
  const looks = new Map<string, Look>();

  beforeAll(async () => {
    stage = await openStage();
    const { people: { ada, grace, linus }, team, sick, tell } = stage.scene;
    await tell('grace', { id: closed, project: 'quiet-work', startedAt: stage.hub.clock.now, lastActivityAt: stage.hub.clock.now });
    await grace.ask('PUT', `/api/v1/sessions/${closed}/visibility`, { visibility: 'private' });
    await linus.ask('POST', `/api/v1/sessions/${closed}/access-requests?team=${team.id}`);
    const channel = (await ada.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body.id;
    const { id } = (await ada.ask('POST', '/api/v4/posts', { channel_id: channel, message: 'see `total.ts:12`, @grace' })).body;
    await grace.ask('POST', '/api/v4/posts', { channel_id: channel, root_id: id, message: 'an answer' });
    await grace.ask('POST', '/api/v4/posts', { channel_id: channel, message: 'a comment', type: 'custom_code_comment', props: { anchor: { path: 'src/cart/total.ts', side: 'right', startLine: 12, endLine: 12 } } });
  }, 60_000);
  afterAll(() => stage?.stop());

  const closed = 'claude/c105ed00-6f0e-4a7b-9d33-52b1c0aa91e4';
  const sick = '/rooms/claude/7c1d9a52-6f0e-4a7b-9d33-52b1c0aa91e4';

  const inside: Readonly<Record<string, readonly [who: 'ada' | 'grace' | 'linus' | 'mary', State]>> = {
    'the sessions': ['ada', { path: '/', ready: '.card' }],
    'the sessions as a list': ['ada', { path: '/?view=list', ready: '.session-table' }],
    'a room': ['ada', { path: sick, ready: '.chat .composer' }],
    'a room that is searched': ['ada', { path: `${sick}?`, ready: '.message', act: async (page) => { await page.click('button[aria-label="Search in this room"]'); await page.fill('.search input', 'total'); await page.waitForSelector('.results li'); } }],
    'a thread': ['ada', { path: sick, ready: '.replies', act: async (page) => { await page.click('.search-field >> text=Close'); await page.click('.replies'); await page.waitForSelector('.thread .composer'); } }],
    'a number that explains itself': ['ada', { path: sick, ready: '.explained', act: async (page) => { await page.locator('.explained').first().click(); await page.waitForSelector('.explain:popover-open'); } }],
    'the keys': ['ada', { path: '/', ready: '.card', act: async (page) => { await page.keyboard.press('?'); await page.waitForSelector('dialog[open]'); } }],
    'a private room of another, to an admin': ['ada', { path: `/rooms/${closed}`, ready: 'text=This room is private' }],
    'the inbox': ['ada', { path: '/inbox', ready: 'main.inbox h1' }],
    'the profile': ['ada', { path: '/settings/profile', ready: '.section form' }],
    notifications: ['ada', { path: '/settings/notifications', ready: '.rows li' }],
    devices: ['ada', { path: '/settings/devices', ready: '.rows li' }],
    members: ['ada', { path: '/settings/members', ready: '.rows li' }],
    invites: ['ada', { path: '/settings/invites', ready: '.section form' }],
    tokens: ['ada', { path: '/settings/tokens', ready: '.rows' }],
    'the team': ['ada', { path: '/settings/team', ready: '.section fieldset' }],
    budgets: ['ada', { path: '/settings/budgets', ready: '.section form' }],
    'the audit log': ['ada', { path: '/settings/audit', ready: '.section table' }],
    'a room that others want to enter': ['grace', { path: `/rooms/${closed}`, ready: '.requests li' }],
    'an inbox with requests': ['grace', { path: '/inbox', ready: '.requests li' }],
    'a room that waits for its agent': ['linus', { path: '/rooms/claude/nobody-told', ready: 'text=Waiting for the agent' }],
    'a room that was asked for': ['linus', { path: `/rooms/${closed}`, ready: 'text=Request access', act: async (page) => { await page.click('text=Request access'); await page.waitForSelector('text=Asked.'); } }],
    'a room to a viewer': ['mary', { path: sick, ready: '.read-only' }],
  };

  it.each(Object.entries(inside))('%s: no serious fault of accessibility, nothing sideways at 360 px, no policy broken', async (_name, [who, state]) => {
    const { page, complaints } = await lookOf(who);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.evaluate(`history.pushState(null, '', ${JSON.stringify(state.path)}); dispatchEvent(new Event('popstate'))`);
    await checkBoth(page, state);
    if (_name === 'the keys') await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });

  const doors: Readonly<Record<string, State>> = {
    'signing in': { path: '/', ready: 'h1:has-text("Sign in")' },
    'a refused name': { path: '/login', ready: 'form', act: async (page) => { await page.fill('[name=username]', 'ada'); await page.fill('[name=password]', 'not the one'); await page.click('button[type=submit]'); await page.waitForSelector('[role=alert]'); } },
    joining: { path: '/join#wri_one', ready: '[name=displayName]' },
    'joining with an account': { path: '/join#wri_two', ready: 'text=I have an account', act: (page) => page.click('text=I have an account') },
    'a new password': { path: '/reset#wro_one', ready: 'form' },
    'setting up': { path: '/setup#wro_two', ready: '[name=team]' },
    'a spent link': { path: '/open#wro_three', ready: 'h1:has-text("This link is spent")' },
  };

  it.each(Object.entries(doors))('%s: no serious fault of accessibility, nothing sideways at 360 px, no policy broken', async (_name, state) => {
    const { page, complaints } = await lookOf('nobody');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto('about:blank');
    await page.goto(stage.hub.url + state.path);
    await checkBoth(page, state);
    expect(complaints).toEqual([]);
  });

  const lookOf = async (who: 'nobody' | 'ada' | 'grace' | 'linus' | 'mary'): Promise<Look> => {
    const there = looks.get(who);
    if (there !== undefined) return there;
    const client: Client | undefined = who === 'nobody' ? undefined : stage.scene.people[who];
    const look = await stage.look(client, '/');
    looks.set(who, look);
    return look;
  };

  const checkBoth = async (page: Page, { ready, act }: State): Promise<void> => {
    await page.waitForSelector(ready);
    await act?.(page);
    // By the debugger, as the page's policy lets no foreign script in.
    await page.evaluate(axe);
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      // Colours are those of the new theme when their changes have been drawn.
      await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => Promise.allSettled(document.getAnimations().filter(({ playState, effect }) => playState === "running" && effect.getTiming().iterations !== Infinity).map(({ finished }) => finished)).then(drawn))))');
      expect([theme, await faultsOf(page)]).toEqual([theme, []]);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  };
});

const faultsOf = async (page: Page): Promise<readonly unknown[]> => {
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: { run: () => Promise<{ violations: readonly { id: string; impact: string; nodes: readonly { html: string }[] }[] }> } }).axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]);
};
