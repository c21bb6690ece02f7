import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requireServer } from '../../../exporter/test/servers.ts';
import type { Client } from '../support/hub.ts';
import { openStage } from './support/browser.ts';
import type { Look, Stage } from './support/browser.ts';

// What people do together in a room besides talking: rules of FEATURES C and U, each in real browsers.

requireServer('chromium')('people in a room', () => {
  let stage: Stage;
  let room: string;
  let channel: string;
  let ada: Look;
  let grace: Look;

  beforeAll(async () => {
    stage = await openStage({ grafanaUrl: 'https://grafana.example' });
    const { people, team, sick } = stage.scene;
    room = `/rooms/${sick}`;
    channel = (await people.ada.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body.id;
    [ada, grace] = await Promise.all([stage.look(people.ada, room), stage.look(people.grace, room)]);
    await Promise.all([ada, grace].map(({ page }) => page.waitForSelector('.composer')));
    await Promise.all([ada, grace].map(({ page }) => page.waitForSelector('.connection.live')));
  }, 90_000);
  afterAll(() => stage?.stop());

  const say = async (who: Client, message: string, more: object = {}): Promise<string> => (await who.ask('POST', '/api/v4/posts', { channel_id: channel, message, ...more })).body.id;
  const text = { name: 'failures.log', mimeType: 'text/plain', buffer: Buffer.from('x'.repeat(2048)) };

  it('[C1] the room leads to its dashboard and names its process', async () => {
    expect(await ada.page.innerText('.room-header .crumb')).toContain('process 48211');
    expect(await ada.page.locator('.room-header a:has-text("Grafana")').getAttribute('href')).toMatch(/^https:\/\/grafana\.example\/d\/watchroom-session\?var-session=claude%2F7c1d9a52-.*&from=\d+&to=now$/);
  });

  it('[C8] behind each number stands how it is counted and how to see its records', async () => {
    for (const [about, words] of [['Health', 'four factors'], ['Cost', 'Not a bill'], ['Context', 'newest call']] as const) {
      await ada.page.click(`.explained:has-text("${about}: how it is counted")`);
      await ada.page.waitForSelector(`.explain:popover-open:has-text("${words}")`);
      await ada.page.keyboard.press('Escape');
    }
    await ada.page.click('.fact button:has-text("Requests")');
    await ada.page.waitForSelector('.explain:popover-open code:has-text("watchroom explain 7c1d9a52 requests")');
    await ada.page.keyboard.press('Escape');
  });

  it('[C2] an image is shown in place, another file by name and size; what is too large is told before it is sent', async () => {
    const picture = { name: 'receipt.png', mimeType: 'image/png', buffer: await ada.page.screenshot() };
    const field = ada.page.locator('.stream .composer input[type=file]');
    await field.setInputFiles([picture, text]);
    await ada.page.waitForSelector('.given-files li:has-text("failures.log"):has-text("2 kB")');
    await field.setInputFiles({ name: 'video.mov', mimeType: 'video/quicktime', buffer: Buffer.alloc(5 * 2 ** 20 + 1) });
    await ada.page.waitForSelector('.given-files :text("video.mov is larger than 5 MB, the most a file may have.")');
    await ada.page.fill('[aria-label=Message]', 'see both');
    await ada.page.locator('.stream .composer button[type=submit]:enabled').click();
    const message = grace.page.locator('.stream .message', { hasText: 'see both' });
    await message.locator('img[alt="receipt.png"][src^="blob:"]').waitFor();
    await grace.page.waitForFunction('document.querySelector(`img[alt="receipt.png"]`).naturalWidth > 1');
    const [download] = await Promise.all([grace.page.waitForEvent('download'), message.locator('.file-chip:has-text("failures.log"):has-text("2 kB")').click()]);
    expect(download.suggestedFilename()).toBe('failures.log');
  });

  it('[C2] a file is attached by pasting and by dropping, too, and can be taken out', async () => {
    await grace.page.evaluate(`for (const [kind, name] of [['paste', 'pasted.txt'], ['drop', 'dropped.txt']]) {
      const data = new DataTransfer();
      data.items.add(new File(['words'], name));
      document.querySelector(kind === 'paste' ? '[aria-label=Message]' : '.stream .composer').dispatchEvent(kind === 'paste' ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }) : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }`);
    await grace.page.waitForSelector('.given-files li:has-text("dropped.txt"):has-text("5 B")');
    await grace.page.click('[aria-label="Take pasted.txt out"]');
    await grace.page.locator('.stream .composer button[type=submit]:enabled').click();
    await ada.page.waitForSelector('.stream .file-chip:has-text("dropped.txt")');
    expect(await ada.page.locator('.file-chip:has-text("pasted.txt")').count()).toBe(0);
  });

  it('[C2] a file that did not get there says so, and is tried again', async () => {
    await grace.page.route('**/api/v4/files', (route) => route.abort());
    await grace.page.locator('.stream .composer input[type=file]').setInputFiles({ ...text, name: 'late.log' });
    await grace.page.waitForSelector('.given-files .failed:has-text("The hub does not answer")');
    expect(await grace.page.locator('.stream .composer button[type=submit]').isDisabled()).toBe(true);
    await grace.page.unroute('**/api/v4/files');
    await grace.page.click('.given-files >> text=Try again');
    await grace.page.locator('.stream .composer button[type=submit]:enabled').click();
    await ada.page.waitForSelector('.stream .file-chip:has-text("late.log")');
  });

  it('[C2] [C14] search finds what was said long ago, and its link brings it, with all that was said since', async () => {
    const { linus } = stage.scene.people;
    const old = await say(linus, 'the marmalade is in the cellar');
    for (let index = 0; index < 70; index += 1) await say(linus, `about tea, ${index}`);
    await grace.page.reload();
    await grace.page.waitForSelector('.message:has-text("about tea, 69")');
    await grace.page.waitForSelector('.log[aria-busy="false"]'); // the whole list stands where the newest messages stood
    await grace.page.locator('.messages').focus();
    await grace.page.keyboard.press('/');
    await grace.page.fill('[aria-label="Search in this room"]:is(input)', 'marmalade');
    await grace.page.click('.results button:has-text("marmalade")');
    await grace.page.waitForSelector(`.message.asked[data-post="${old}"]`);
    const fresh = await stage.look(stage.scene.people.mary, `${room}?post=${old}`);
    await fresh.page.waitForSelector(`.message.asked[data-post="${old}"]:has-text("marmalade")`);
    await fresh.page.goto(`${stage.hub.url}${room}?post=${'a'.repeat(26)}`);
    await fresh.page.waitForSelector('text=is not in this room any more');
    await fresh.context.close();
  }, 60_000);

  it('[C3] [C4] each sees in which file the others are; the agent is one of them, by name', async () => {
    await stage.scene.change('ada', stage.scene.sick, { lastActivityAt: stage.hub.clock.now, state: 'working' });
    await grace.page.waitForSelector('.people-list li:has-text("claude is editing rounding.ts")');
    const file = grace.page.locator('.file-list > li', { hasText: 'rounding.ts' });
    await file.locator('.here:has-text("claude")').waitFor();
    await ada.page.locator('.file-list > li', { hasText: 'ledger.ts' }).locator('text=Comment').click();
    await ada.page.locator('.file-list > li', { hasText: 'ledger.ts' }).locator('[name=line]').fill('9');
    await grace.page.locator('.file-list > li', { hasText: 'ledger.ts' }).locator('.here:has-text("ada at line 9")').waitFor();
    await ada.page.click('.new-comment >> text=Cancel');
    await grace.page.locator('.file-list > li', { hasText: 'ledger.ts' }).locator('.here').waitFor({ state: 'detached' });
  });

  it('[C5] next and previous go through the open comments', async () => {
    const comment = (path: string, line: number) => say(stage.scene.people.linus, `about line ${line}`, { type: 'custom_code_comment', props: { anchor: { path, side: 'right', startLine: line, endLine: line } } });
    const ids = [await comment('src/cart/total.ts', 3), await comment('src/new/place.ts', 8)];
    await ada.page.waitForSelector('.comment-bar:has-text("2 open")');
    await ada.page.click('[title="Next open comment"]');
    await ada.page.waitForSelector(`.message.asked[data-post="${ids[0]}"]`);
    await ada.page.click('[title="Next open comment"]');
    await ada.page.waitForSelector(`.message.asked[data-post="${ids[1]}"]`);
    await ada.page.click('[title="Open comment before"]');
    await ada.page.waitForSelector(`.message.asked[data-post="${ids[0]}"]`);
  });

  it('[C5] [C14] a link to a line shows its file, one that the session never touched, too', async () => {
    const { page, context } = await stage.look(stage.scene.people.linus, `${room}#src/new/place.ts:8`);
    const file = page.locator('.file-list > li', { hasText: 'place.ts' });
    await file.locator('.file-comments.meant .file-comment.asked:has-text("about line 8")').waitFor();
    await page.goto(`${stage.hub.url}${room}#lib/unheard-of.ts:5`);
    await page.locator('.file-list > li', { hasText: 'unheard-of.ts' }).locator('[name=line]').waitFor();
    expect(await page.locator('.file-list > li', { hasText: 'unheard-of.ts' }).locator('[name=line]').inputValue()).toBe('5');
    await context.close();
  });

  it('[C13] what to be told of a room is kept for all browsers; a muted room waits nowhere until one is mentioned', async () => {
    const { people: { linus, grace: graceClient } } = stage.scene;
    const select = grace.page.locator('.room-follow select');
    await select.selectOption('muted');
    await untilIs(async () => (await graceClient.ask('GET', `/api/v4/channels/${channel}/members/me`)).body.notify_props.mark_unread, 'mention');
    const inbox = await stage.look(graceClient, '/inbox');
    await inbox.page.waitForSelector('main.inbox h1');
    await grace.page.goto(`${stage.hub.url}/settings/notifications`);
    await grace.page.waitForSelector('li:has-text("Refund part of an order") select');
    expect(await grace.page.locator('li:has-text("Refund part of an order") select').inputValue()).toBe('muted');
    await say(linus, 'nobody in particular');
    await inbox.page.reload();
    await inbox.page.waitForSelector('main.inbox :is(ul, p)');
    expect(await inbox.page.locator('main.inbox li:has-text("room")').count()).toBe(0);
    await say(linus, 'look at this, @grace');
    await inbox.page.waitForSelector('main.inbox li:has-text("1 mention")', { timeout: 20_000 });
    await inbox.page.waitForFunction('/^\\(\\d+\\) Inbox/.test(document.title)');
    await inbox.context.close();
  }, 60_000);

  it('[C13] what is shown on the desktop is a choice that is kept', async () => {
    const { page } = grace;
    await page.click('label:has-text("Nothing: the inbox keeps it")');
    await untilIs(async () => (await stage.scene.people.grace.ask('GET', '/api/v1/auth/me')).body.preferences, { notifications: { desktop: 'none' } });
    await page.reload();
    await page.waitForSelector('label:has-text("Nothing: the inbox keeps it") input:checked');
  });

  it('[C13] a thread is followed and left', async () => {
    const { people: { linus, ada: adaClient }, team } = stage.scene;
    const root = await say(linus, 'a thread begins');
    await say(linus, 'and goes on', { root_id: root });
    await ada.page.goto(`${stage.hub.url}${room}?thread=${root}`);
    await ada.page.click('.thread header button:has-text("Follow")');
    const follows = async () => (await adaClient.ask('GET', `/api/v4/users/me/teams/${team.id}/threads/${root}`)).body.is_following;
    await untilIs(follows, true);
    await ada.page.click('.thread header button:has-text("Followed")');
    await untilIs(follows, false);
  });

  it('[C14] [C9] whoever stands before a closed room asks to be let in; who is inside sees it at once, and the door opens', async () => {
    const { people, tell } = stage.scene;
    const closed = 'claude/c105ed00-6f0e-4a7b-9d33-52b1c0aa91e4';
    await tell('grace', { id: closed, project: 'quiet-work', startedAt: stage.hub.clock.now, lastActivityAt: stage.hub.clock.now });
    await people.grace.ask('PUT', `/api/v1/sessions/${closed}/visibility`, { visibility: 'private' });
    const [outside, inside] = await Promise.all([stage.look(people.linus, `/rooms/${closed}`), stage.look(people.grace, `/rooms/${closed}`)]);
    await inside.page.waitForSelector('.composer');
    await inside.page.waitForSelector('.connection.live');
    await outside.page.click('text=Request access');
    await outside.page.waitForSelector('text=Asked.');
    await inside.page.click('.requests li:has-text("Linus T.") button:has-text("Let in")');
    await outside.page.waitForSelector('.room-header h1:has-text("quiet-work")', { timeout: 20_000 });
    await outside.page.waitForSelector('.composer');
    await inside.page.waitForSelector('.people-list li:has-text("linus")');
    expect(await inside.page.locator('.requests').count()).toBe(0);
    // [C10] The owner takes the pen away again.
    await inside.page.selectOption('[aria-label="Role of linus"]', 'viewer');
    await outside.page.waitForSelector('.read-only', { timeout: 25_000 });
    expect([...outside.complaints, ...inside.complaints]).toEqual([]);
    await Promise.all([outside.context.close(), inside.context.close()]);
  }, 90_000);

  it('[U2] a personal token may as much as its maker says; the most is for admins', async () => {
    const { page, context } = await stage.look(stage.scene.people.ada, '/settings/tokens');
    await page.selectOption('[name=kind]', 'personal');
    await page.selectOption('[name=scope]', 'admin');
    await page.fill('[name=name]', 'everything');
    await page.click('text=Make a token');
    const secret = (await page.innerText('.told pre')).trim();
    expect((await stage.hub.client('', secret).ask('PATCH', `/api/v1/teams/${stage.scene.team.name}/settings`, { publicLinks: false })).status).toBe(200);
    await context.close();
    const member = await stage.look(stage.scene.people.linus, '/settings/tokens');
    await member.page.selectOption('[name=kind]', 'personal');
    expect(await member.page.locator('[name=scope] option').allTextContents()).toEqual(['read what you see', 'read and write as you']);
    await member.context.close();
  });

  it('neither page complained', () => {
    expect([...ada.complaints, ...grace.complaints]).toEqual([]);
  });
});

/** Waits until something is so. */
const untilIs = async (ask: () => Promise<unknown>, wanted: unknown): Promise<void> => {
  for (const started = Date.now(); JSON.stringify(await ask()) !== JSON.stringify(wanted) && Date.now() - started < 8000;) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await ask()).toEqual(wanted);
};
