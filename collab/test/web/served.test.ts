import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { startTestHub } from '../support/hub.ts';
import type { TestHub } from '../support/hub.ts';
import { buildPage } from './support/browser.ts';

describe('how the page is served', () => {
  let hub: TestHub;
  beforeAll(async () => {
    buildPage();
    hub = await startTestHub({ limitFactor: 1000 });
  }, 60_000);
  afterAll(() => hub.stop());

  // fetch() would unpack what comes compressed and hide that it was.
  const get = (path: string, encoding = 'identity'): Promise<IncomingMessage & { readonly body: Buffer }> =>
    new Promise((resolve, reject) => {
      request(hub.url + path, { headers: { 'accept-encoding': encoding } }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece)).on('end', () => resolve(Object.assign(response, { body: Buffer.concat(pieces) })));
      }).on('error', reject).end();
    });
  const script = async (): Promise<string> => /src="(\/assets\/index-[^"]+\.js)"/.exec((await get('/')).body.toString())![1]!;

  it.each(['/', '/rooms/claude/one', '/rooms/claude/a/b', '/inbox', '/settings', '/settings/tokens', '/login', '/open', '/join', '/reset', '/setup'])('%s is the page, asked for anew each time', async (path) => {
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(body.toString()).toContain('<div id="root">');
  });

  it('a room names the files of a room, so that they come at once; home does not', async () => {
    const scriptsOf = async (path: string): Promise<readonly string[]> => [...(await get(path)).body.toString().matchAll(/(?:src|href)="\/assets\/([a-z-]+)-[^"]*\.js"/g)].map(([, name]) => name!);
    expect(await scriptsOf('/rooms/claude/one')).toEqual(expect.arrayContaining(['first', 'index', 'room']));
    expect(await scriptsOf('/')).not.toContain('room');
  });

  it('the API is no page, and what is not there is not found', async () => {
    expect((await get('/api/v1/nothing')).headers['content-type']).toContain('json');
    expect([(await get('/nothing')).statusCode, (await get('/assets/nothing.js')).statusCode, (await get('/assets/..%2findex.html')).statusCode]).toEqual([404, 404, 404]);
  });

  it.each([['br, gzip', 'br'], ['gzip', 'gzip'], ['identity', undefined]])('to whoever takes %s it is sent as %s, as the build made it, to be kept for ever', async (accepted, sent) => {
    const { statusCode, headers, body } = await get(await script(), accepted);
    expect([statusCode, headers['content-encoding'], headers.vary]).toEqual([200, sent, 'Accept-Encoding']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    if (sent !== undefined) expect(body.length).toBeLessThan(100_000);
  });

  it('no inline script or style is allowed, and the page has none', async () => {
    const { headers, body } = await get('/');
    expect(headers['content-security-policy']).toMatch(/script-src 'self'(;|$)/);
    expect(headers['content-security-policy']).toMatch(/style-src 'self'(;|$)/);
    expect(body.toString()).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
  });

  it('the words of the packages it is made of go along', async () => {
    expect((await get('/licences.md')).body.toString()).toContain('mattermost-redux');
  });
});
