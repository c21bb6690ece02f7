import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { requireServer } from '../../../exporter/test/servers.ts';
import { openStage } from './support/browser.ts';
import type { Stage } from './support/browser.ts';

/** Ways in which words have become code elsewhere. */
const corpus = [
  '<script>window.broken = 1</script>', '<img src=x onerror="window.broken = 1">', '<svg onload="window.broken = 1">', '<svg><animate onbegin=window.broken=1 attributeName=x dur=1s>', '<iframe srcdoc="<script>parent.broken = 1</script>">',
  '[a](javascript:window.broken=1)', '[a](JaVaScRiPt:window.broken=1)', '[a](java\tscript:window.broken=1)', '[a](&#106;avascript:window.broken=1)', '[a](data:text/html,<script>window.broken=1</script>)', '[a](vbscript:x)', '[a]( javascript:window.broken=1 )',
  '<javascript:window.broken=1>', '![a](x"onerror="window.broken=1)', '![a](https://tracker.example/x.png)', '[a](https://x.example "onmouseover=window.broken=1")', '`<img src=x onerror=window.broken=1>`', '```\n<script>window.broken = 1</script>\n```', '```"><img src=x onerror=window.broken=1>\nx\n```',
  '<a href="javascript:window.broken=1">x</a>', '<math><mtext></mtext><mglyph><style><img src=x onerror=window.broken=1>', '<style>*{display:none}</style>', '<form action="https://evil.example"><input name=password></form>', '<base href="https://evil.example/">', '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<div id=root></div>', '<details open ontoggle=window.broken=1>', '<b style="position:fixed;inset:0">x</b>', 'src/"><img src=x onerror=window.broken=1>.ts:1', 'a.ts:1" onclick="window.broken=1', '@<img src=x onerror=window.broken=1>', '[x][1]\n\n[1]: javascript:window.broken=1', '<!--><img src=x onerror=window.broken=1>-->', '\u202Eevil', '&lt;script&gt;window.broken=1&lt;/script&gt;', 'http://x.example/"onclick=window.broken=1',
  '| a |\n|---|\n| <img src=x onerror=window.broken=1> |', '# <img src=x onerror=window.broken=1>', '> <script>window.broken=1</script>', '- [x](javascript:window.broken=1)', '<noscript><p title="</noscript><img src=x onerror=window.broken=1>">', '<a href=" &#14; javascript:window.broken=1">x</a>', '{{constructor.constructor("window.broken=1")()}}', '<template><script>window.broken=1</script></template>', '<object data="javascript:window.broken=1">', '<embed src="javascript:window.broken=1">', '<video><source onerror=window.broken=1>',
];

requireServer('chromium')('what others wrote', () => {
  let stage: Stage;
  beforeAll(async () => { stage = await openStage(); }, 60_000);
  afterAll(() => stage?.stop());

  it('stays words: no script runs, no foreign tag, address or style gets in', async () => {
    const { people: { grace, ada }, team, sick } = stage.scene;
    const channel = (await grace.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body as { id: string };
    for (const message of corpus) expect((await grace.ask('POST', '/api/v4/posts', { channel_id: channel.id, message })).status).toBe(201);
    const { page, context, complaints } = await stage.look(ada, `/rooms/${sick}`);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).hostname));
    await page.waitForSelector('.message');
    // Every message is drawn once: the list is virtual.
    const found = { tags: new Set<string>(), attributes: new Set<string>(), addresses: new Set<string>(), seen: new Set<string>() };
    for (let step = 0; step < 60 && found.seen.size < corpus.length; step += 1) {
      const drawn = await page.evaluate(`[...document.querySelectorAll('.stream .message')].map((message) => ({ id: message.dataset.post, nodes: [...message.querySelectorAll('.words > div *')].map((node) => ({ tag: node.localName, attributes: node.getAttributeNames(), href: node.getAttribute('href') })) }))`) as { id: string; nodes: { tag: string; attributes: string[]; href: string | null }[] }[];
      for (const { id, nodes } of drawn) {
        found.seen.add(id);
        for (const { tag, attributes, href } of nodes) {
          found.tags.add(tag);
          for (const name of attributes) found.attributes.add(name);
          if (href !== null) found.addresses.add(href.split(/[:/]/)[0]!.replace(/^#.*/, '#'));
        }
      }
      await page.evaluate(`document.querySelector('.log[aria-busy="false"] .messages')?.scrollBy(0, -400)`);
      await page.waitForTimeout(50);
    }
    expect(found.seen.size).toBe(corpus.length);
    expect(await page.evaluate('window.broken')).toBeUndefined();
    for (const tag of found.tags) expect(['p', 'br', 'strong', 'em', 's', 'code', 'pre', 'a', 'ul', 'ol', 'li', 'blockquote', 'h1', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'mark']).toContain(tag);
    for (const name of found.attributes) expect(['href', 'target', 'rel']).toContain(name);
    for (const scheme of found.addresses) expect(['https', 'mailto', '#']).toContain(scheme);
    expect(asked.every((host) => host === '127.0.0.1')).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('names of characters are the characters, whole names only', async () => {
    const { people: { grace, ada }, team, sick } = stage.scene;
    const channel = (await grace.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body as { id: string };
    await grace.ask('POST', '/api/v4/posts', { channel_id: channel.id, message: 'saffron &copy; &hellip; &semi; &#65; &lt;i&gt; &notit; &nosuch; &amp;amp;' });
    const { page, context } = await stage.look(ada, `/rooms/${sick}`);
    const found = await page.waitForSelector('.message .words:has-text("saffron")');
    expect((await found.innerText()).trim()).toBe('saffron © … ; A <i> &notit; &nosuch; &amp;');
    await context.close();
  });

  it('names of files, excerpts of a search and who asks to be let in stay words, too', async () => {
    const { people: { grace, ada, linus }, team, sick, tell } = stage.scene;
    const evil = '<img src=x onerror=window.broken=1>';
    const channel = (await grace.ask('GET', `/api/v4/teams/${team.id}/channels/name/${sick}`)).body as { id: string };
    const form = new FormData();
    form.append('channel_id', channel.id);
    form.append('files', new Blob(['<script>window.broken = 1</script>']), `${evil}.html`);
    const { file_infos: [{ id }] } = (await (await fetch(`${stage.hub.url}/api/v4/files`, { method: 'POST', body: form, headers: { authorization: `Bearer ${grace.secret}` } })).json()) as { file_infos: [{ id: string }] };
    await grace.ask('POST', '/api/v4/posts', { channel_id: channel.id, message: `cinnamon ${evil}`, file_ids: [id] });
    await tell('ada', { id: 'claude/behind-a-door', project: evil, startedAt: stage.hub.clock.now, lastActivityAt: stage.hub.clock.now });
    await ada.ask('PUT', '/api/v1/sessions/claude/behind-a-door/visibility', { visibility: 'private' });
    await linus.ask('PATCH', '/api/v1/auth/me', { displayName: evil });
    await linus.ask('POST', `/api/v1/sessions/claude/behind-a-door/access-requests?team=${team.id}`);
    const { page, context, complaints } = await stage.look(ada, `/rooms/${sick}`);
    await page.waitForSelector('.file-chip:has-text("onerror")');
    await page.click('button[aria-label="Search in this room"]');
    await page.fill('.search input', 'cinnamon');
    await page.waitForSelector('.results :text("onerror")');
    await page.goto(`${stage.hub.url}/inbox`);
    await page.waitForSelector('.requests b:has-text("onerror")');
    expect(await page.evaluate('[window.broken, document.querySelectorAll(`img[src=x]`).length]')).toEqual([undefined, 0]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
