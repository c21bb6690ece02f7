import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Session } from '../../src/session/session.ts';
import { aSession } from '../a-session.ts';
import { aFullSnapshot, aKnownSession, aSnapshot } from '../metrics/a-snapshot.ts';
import { requireServer, until } from '../servers.ts';
import { aServer } from './a-server.ts';

const chromiumArgs = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

requireServer('chromium')('the page in a browser', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof aServer>>;
  /** What the page complained about, and what it asked of others. */
  let complaints: string[];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: chromiumArgs });
    server = await aServer(aSnapshot());
  }, 60_000);
  beforeEach(() => { complaints = []; });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const open = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage();
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => { if (!request.url().startsWith(server.url)) complaints.push(`asks ${request.url()}`); });
    await page.goto(server.url);
    return page;
  };
  const show = (...sessions: Session[]): void => { server.world.snapshot = aSnapshot({ sessions }); };
  const one = (facts: Partial<Session> = {}): Session => aKnownSession({ id: 'claude/one', ...facts });

  it('follows what happens without being loaded again, and touches only the rows that changed', async () => {
    const two = aSession({ id: 'codex/two', nativeId: 'two', tool: 'codex', project: 'quiet' });
    show(one({ state: 'working' }), two);
    const page = await open();
    await page.evaluate("document.querySelectorAll('tbody.rows tr').forEach((row) => { row.kept = true; })");
    show(one({ state: 'waiting' }), two, aSession({ id: 'gemini/three', nativeId: 'three', tool: 'gemini', project: 'new' }));
    await page.getByText('Gemini CLI').waitFor();
    expect(await page.locator('[id="claude/one"] .state').textContent()).toContain('waiting for you');
    expect(await page.evaluate("[...document.querySelectorAll('tbody.rows tr')].map((row) => [row.id, row.kept === true])")).toEqual([['claude/one', true], ['codex/two', true], ['gemini/three', false]]);
    expect(await page.title()).toBe('(3) Watchroom');
    show(two);
    await until(async () => (await page.locator('tbody.rows tr').count()) === 1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('goes from empty to the first session, and back', async () => {
    show();
    const page = await open();
    await page.getByText('No sessions yet').waitFor();
    show(one());
    await page.locator('[id="claude/one"]').waitFor();
    show();
    await page.getByText('No sessions yet').waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('keeps open what was opened, and the keyboard where it is', async () => {
    show(one());
    const page = await open();
    await page.locator('#prometheus summary').focus();
    await page.keyboard.press('Enter');
    show(one({ state: 'idle' }));
    await page.locator('[id="claude/one"] .state.idle').waitFor();
    expect(await page.locator('#prometheus').getAttribute('open')).toBe('');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Point Prometheus here');
    await page.close();
  });

  it.each([360, 768, 1280])('fits into %d pixels, long names included', async (width) => {
    server.world.snapshot = aFullSnapshot({ sessions: [one({ project: 'a-very-long-project-name-without-any-space-in-it-at-all', gitBranch: 'feature/JIRA-12345-a-branch-that-never-ends-because-people-write-sentences', title: 'word '.repeat(40) }), aSession()] });
    const page = await open({ viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('can be read in the %s: text stands out 4.5 to 1 at least', async (colorScheme) => {
    server.world.snapshot = aFullSnapshot({ complete: false, scanned: 0.4 });
    const page = await open({ colorScheme });
    const low = await page.evaluate(`(() => {
      const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = (color) => { const [r, g, b] = rgb(color).map((c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const back = (element) => { for (let at = element; at; at = at.parentElement) { const color = getComputedStyle(at).backgroundColor; if (color !== 'rgba(0, 0, 0, 0)') return color; } return 'rgb(255,255,255)'; };
      return [...document.querySelectorAll('body *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) && element.checkVisibility()).flatMap((element) => {
        const [a, b] = [light(getComputedStyle(element).color), light(back(element))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        return ratio < 4.5 ? [element.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2)] : [];
      });
    })()`);
    expect(low).toEqual([]);
    await page.close();
  });

  it('works without JavaScript', async () => {
    show(one());
    const page = await open({ javaScriptEnabled: false });
    expect(await page.locator('[id="claude/one"] .project').textContent()).toBe('shop');
    await page.close();
  });

  it('says that it has lost the exporter', async () => {
    const other = await aServer(aSnapshot({ sessions: [one()] }));
    const page = await browser.newPage();
    await page.goto(other.url);
    await other.close();
    await page.locator('html.lost').waitFor();
    expect(await page.title()).toBe('Watchroom (no answer)');
    await page.close();
  });
});
