import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wordsOf } from '../../server/rooms/chat/words.ts';
import { makeWorld } from '../support/world.ts';
import type { Who } from '../support/world.ts';
import { posted } from './posting.ts';

const world = await makeWorld();
const { who, sessions, hub, team } = world;
const room = sessions.team.id;
afterAll(() => hub.stop());

const found = async (by: Who, terms: string, more: object = {}): Promise<readonly string[]> => {
  const { body } = await who[by].ask('POST', `/api/v4/teams/${team.id}/posts/search`, { terms, is_or_search: false, ...more });
  return body.order.map((id: string) => body.posts[id].message);
};

describe('[C2] search', () => {
  it.each([
    ['src/auth.ts:125 fails', ['src', 'auth', 'ts', '125', 'fails']], ['parseHTTPRequest', ['parsehttprequest', 'parse', 'http', 'request']], ['Straße', ['straße']], ['中文搜索 ok', ['中文', '文搜', '搜索', 'ok']], ['日', ['日']],
    ['snake_case-word', ['snake', 'case', 'word']], ['', []], ['--- !!', []],
  ])('the words of %j', (text, words) => expect(wordsOf(text)).toEqual(words));

  beforeAll(async () => {
    for (const [by, message] of [['owner', 'the sweepEngine stalls in src/auth.ts:125'], ['host', 'sweep is an engine'], ['owner', 'nothing to see'], ['member', 'auth again']] as const) await posted(who[by], room, message);
    hub.clock.now += 1000;
    await posted(who.owner, sessions.private.id, 'a canary in auth');
    await posted(who.admin, team.id, 'auth in the team\'s room');
  });

  it.each([
    ['auth', ['auth in the team\'s room', 'auth again', 'the sweepEngine stalls in src/auth.ts:125']], ['AUTH.ts:125', ['the sweepEngine stalls in src/auth.ts:125']], ['sweepEngine', ['sweep is an engine', 'the sweepEngine stalls in src/auth.ts:125']],
    ['"an engine"', ['sweep is an engine']], ['auth from:member', ['auth again']], ['from:@owner nothing', ['nothing to see']], ['auth in:team', ['auth in the team\'s room']], ['stal*', ['the sweepEngine stalls in src/auth.ts:125']],
    ['auth before:2001-01-01', []], ['auth after:2001-01-01 from:member', ['auth again']], ['unheard', []], ['from:nobody-of-this-name', []], ['', []], ['%_\'"; DROP', []],
  ])('%j finds, newest first', async (terms, messages) => expect(await found('member', terms)).toEqual(messages));

  it('[R7] finds only what the asker may read', async () => {
    expect(await found('owner', 'canary')).toEqual(['a canary in auth']);
    for (const one of ['member', 'admin', 'team viewer', 'other team'] as const) expect(await found(one, 'canary')).toEqual([]);
    expect(await found('other team', 'auth')).toEqual([]);
    expect(await found('guest editor', 'auth in:team')).toEqual([]);
  });

  it('what is edited is found by its new words, what is deleted not at all', async () => {
    const post = await posted(who.owner, room, 'zebra');
    await who.owner.ask('PUT', `/api/v4/posts/${post.id}/patch`, { message: 'giraffe' });
    expect(await found('member', 'zebra')).toEqual([]);
    expect(await found('member', 'giraffe')).toEqual(['giraffe']);
    await who.owner.ask('DELETE', `/api/v4/posts/${post.id}`);
    expect(await found('member', 'giraffe')).toEqual([]);
  });

  it('pages, and takes either word', async () => {
    expect(await found('member', 'auth', { page: 1, per_page: 2 })).toEqual(['the sweepEngine stalls in src/auth.ts:125']);
    expect(await found('member', 'nothing again', { is_or_search: true })).toEqual(['auth again', 'nothing to see']);
  });
});
