import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { placeOf, roomPath } from '../../web/src/app/place.ts';
import { plain } from '../../web/src/app/plain.ts';
import { age, clock, dollars, listed, many, moment, short, span } from '../../web/src/app/words.ts';
import { cleared, isFiltered, queryOf, shown, viewOf } from '../../web/src/sessions/filter.ts';
import { sessionOf } from '../../web/src/sessions/session.ts';
import { placeOfHash } from '../../web/src/chat/anchor.ts';
import { suggest } from '../../web/src/chat/suggest.ts';

const session = (id: string, facts: object = {}) => sessionOf({ id, tool: id.split('/')[0]!, nativeId: id.split('/')[1]!, state: 'working', owner: { id: 'u', name: 'ada' }, ...facts } as Parameters<typeof sessionOf>[0]);

describe('what is shown stands in the address', () => {
  it('a view becomes a query and is read from it again', () => {
    fc.assert(fc.property(fc.record({ words: fc.string(), state: fc.constantFrom('', 'live', 'trouble', 'waiting', 'ended'), tool: fc.string(), project: fc.string(), user: fc.string(), tag: fc.string(), sort: fc.constantFrom('worst', 'recent', 'cost', 'context', 'name'), layout: fc.constantFrom('grid', 'list') }), (view) => {
      expect(viewOf(queryOf(view as ReturnType<typeof viewOf>))).toEqual(view);
    }));
  });

  it('the plain view has no query, and unknown values are ignored', () => {
    expect(queryOf(viewOf(''))).toBe('');
    expect(queryOf(viewOf('?sort=up&state=dead&view=cloud&other=1'))).toBe('');
  });

  it('clearing keeps order and layout', () => {
    const view = viewOf('?q=x&tool=claude&sort=cost&view=list');
    expect(isFiltered(view)).toBe(true);
    expect(queryOf(cleared(view))).toBe('?sort=cost&view=list');
  });

  it('every filter that is given must fit, every word must be found', () => {
    const all = [session('claude/a', { project: 'shop', gitBranch: 'main' }), session('codex/b', { project: 'shop', gitBranch: 'fix/cart' }), session('claude/c', { project: 'docs', state: 'ended' })];
    const ids = (query: string) => shown(all, viewOf(query), { now: 0, isTroubled: () => false }).map(({ id }) => id).sort();
    expect(ids('?project=shop&tool=claude')).toEqual(['claude/a']);
    expect(ids('?q=shop+cart')).toEqual(['codex/b']);
    expect(ids('?state=live')).toEqual(['claude/a', 'codex/b']);
  });

  it('unknown costs come last', () => {
    const all = [session('claude/a'), session('claude/b', { costUsd: 0 }), session('claude/c', { costUsd: 3 })];
    expect(shown(all, viewOf('?sort=cost'), { now: 0, isTroubled: () => false }).map(({ id }) => id)).toEqual(['claude/c', 'claude/b', 'claude/a']);
  });
});

describe('addresses', () => {
  it('[C1] a room has one address, whatever its id is made of', () => {
    fc.assert(fc.property(fc.constantFrom('claude', 'copilot-cli'), fc.string({ minLength: 1 }).filter((text) => text.isWellFormed()), (tool, nativeId) => {
      expect(placeOf(roomPath(`${tool}/${nativeId}`))).toEqual({ page: 'room', tool, nativeId });
    }));
  });

  it('tells pages, doors and nothing apart', () => {
    expect(placeOf('/')).toEqual({ page: 'sessions' });
    expect(placeOf('/settings')).toEqual({ page: 'settings', section: 'profile' });
    expect(placeOf('/join')).toEqual({ page: 'door', door: 'join' });
    expect(placeOf('/rooms/claude')).toEqual({ page: 'nowhere' });
    expect(placeOf('/%E0%A4%A')).toEqual({ page: 'nowhere' });
  });

  it('[C14] a fragment names a line or lines of a file', () => {
    expect(placeOfHash('#src/auth.ts:125')).toEqual({ path: 'src/auth.ts', startLine: 125, endLine: 125 });
    expect(placeOfHash('#a%20b.ts:3-9')).toEqual({ path: 'a b.ts', startLine: 3, endLine: 9 });
    expect(placeOfHash('#top')).toBeUndefined();
  });
});

describe('words', () => {
  it('numbers are short and never lose their unit', () => {
    expect([950, 12_345, 999_999, 11_700_000].map(short)).toEqual(['950', '12.3k', '1.0M', '11.7M']);
    expect([0, 0.0042, 3.2, 1234.5].map(dollars)).toEqual(['$0.00', '$0.0042', '$3.20', '$1,235']);
    expect([4000, 300_000, 7_200_000].map(age)).toEqual(['4 s', '5 min', '2 h']);
    expect(span(23_040_000)).toBe('6 h 24 min');
    expect([listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c', 'd'])]).toEqual(['a', 'a and b', 'a, b and 2 others']);
  });

  it('times and counts are written as the language has them', () => {
    const [hours, day] = [new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }), new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })];
    fc.assert(fc.property(fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2060, 0, 1) }), (at) => { expect([clock(at), moment(at)]).toEqual([hours.format(at), day.format(at)]); }));
    fc.assert(fc.property(fc.nat(), (count) => { expect(many(count, 'error', 'error')).toBe(`${count.toLocaleString('en-US')} error`); }));
  });

  it('a message in one line has no marks of Markdown', () => {
    expect(['It rounds **each line**; see `a.ts:4`', '# Plan\n- one\n- *two*', '[log](https://ci.example) 2 * 3 * 4, snake_case_name', '```ts\nlet a\n```'].map(plain)).toEqual(['It rounds each line; see a.ts:4', 'Plan one *two*', 'log 2 * 3 * 4, snake_case_name', 'let a']);
  });

  it('[C2] an @ that is being written suggests who may be meant', () => {
    expect(suggest('hi @gr', 6, ['grace', 'ada'])).toEqual({ from: 3, names: ['grace'] });
    expect(suggest('mail a@gr', 9, ['grace'])).toBeUndefined();
  });
});
