import { describe, expect, it } from '@jest/globals';
import { Draft } from '../../src/session/draft.ts';
import type { Part } from '../../src/session/part.ts';

const kept = (draft: Draft): Part => JSON.parse(JSON.stringify(draft.toPart())) as Part;

describe('the account of a session in one source', () => {
  it('a context window of an earlier read is forgotten when it is taken back, with its peak', () => {
    const first = new Draft('gemini', 's1');
    first.context({ used: 9000, at: 5 });
    first.context({ used: 4000 });
    const before = kept(first);
    expect(before.context).toEqual({ used: 4000, peak: 9000 });
    const second = new Draft('gemini', 's1', 'main', { before });
    expect(kept(second).context).toEqual({ used: 4000, peak: 9000 });
    second.context(undefined);
    expect(second.toPart()).not.toHaveProperty('context');
    second.context({ used: 100 });
    expect(kept(second).context).toEqual({ used: 100, peak: 100 });
  });

  it('tool calls and files go on where an earlier read left them, whatever they are called', () => {
    const first = new Draft('claude', 's1');
    first.toolCall({ id: 't1', name: 'Read', at: 10 });
    first.read('__proto__', 10);
    const second = new Draft('claude', 's1', 'main', { before: kept(first) });
    second.toolCall({ id: 't2', name: 'Read', at: 20 });
    second.toolCall({ id: 't3', name: 'constructor', at: 20 });
    second.read('__proto__', 20);
    const { toolCalls, files } = kept(second);
    expect(toolCalls).toEqual({ Read: 2, constructor: 1 });
    expect(Object.entries(files).map(([path, { reads, lastAt }]) => [path, reads, lastAt])).toEqual([['__proto__', 2, 20]]);
  });
});
