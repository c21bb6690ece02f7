import { describe, expect, it } from '@jest/globals';
import { createPrices } from '../../src/cost/prices.ts';
import { loadPriceTable } from '../../src/cost/table.ts';
import { textWidth } from '../../src/cli/text-width.ts';
import type { Explanation } from '../../src/cli/backend.ts';
import type { Part } from '../../src/session/part.ts';
import { aSession, minutesAgo } from '../a-session.ts';
import { aBackend, run } from './a-command-line.ts';
import { someCalls, someSessions } from './some-sessions.ts';

const sessions = someSessions();
const machine = aBackend(sessions);

describe('naming a session', () => {
  it.each([
    ['its pid', '4242', 'claude/1af7c9d2-0000-4000-8000-000000000001'],
    ['its whole id', 'claude/1af7c9d2-0000-4000-8000-000000000009', 'claude/1af7c9d2-0000-4000-8000-000000000009'],
    ['the id of the tool', '7c1e0000-1111-4222-8333-444444444444', 'gemini/7c1e0000-1111-4222-8333-444444444444'],
    ['a part in the middle', '1111-4222', 'gemini/7c1e0000-1111-4222-8333-444444444444'],
    ['the tool, when it has one session', 'codex', 'codex/0199a1b2-0000-7000-8000-000000000002'],
    ['another case', 'GEMINI/7C1E', 'gemini/7c1e0000-1111-4222-8333-444444444444'],
    ['what list prints', 'claude/…00000009', 'claude/1af7c9d2-0000-4000-8000-000000000009'],
    ['what list prints when it had to cut', 'vscode-copilot/aa…', 'vscode-copilot/aaaa-bbbb'],
  ])('[D4] by %s', async (_, name, id) => {
    expect(JSON.parse((await run(['show', name, '--format', 'json'], machine)).out).id).toBe(id);
  });

  it('[D4] an ambiguous part lists the candidates and ends with 3', async () => {
    const { exitCode, err } = await run('show 1af7', machine);
    expect(exitCode).toBe(3);
    expect(err).toBe('watchroom: "1af7" is a part of 2 session ids. Which one?\n  claude/…00000001  working  shop  Fix the login redirect\n  claude/…00000009  ended  shop  日本語のタイトル ✨ with colours\n');
  });

  it('[D4] a whole id is meant although it is a part of another one', async () => {
    const both = aBackend([aSession({ nativeId: 'abc' }), aSession({ nativeId: 'abcd' })]);
    expect(JSON.parse((await run('show claude/abc --format json', both)).out).nativeId).toBe('abc');
    expect((await run('show bc', both)).exitCode).toBe(3);
  });

  it('lists at most ten candidates', async () => {
    const many = aBackend(Array.from({ length: 30 }, (_, index) => aSession({ nativeId: `same-${index}-x` })));
    expect((await run('show same', many)).err).toContain('… and 20 more');
  });

  it('an unknown name ends with 3 and says what is near', async () => {
    const { exitCode, err } = await run('health 7c1e0001', machine);
    expect(exitCode).toBe(3);
    expect(err).toBe('watchroom: no session is called "7c1e0001". Did you mean gemini/7c1e0000-1111-4222-8333-444444444444? A pid, any part of an id or a whole one will do: watchroom list --all\n');
    expect((await run('show x')).err).toContain('none was found on this machine. Try: watchroom doctor');
  });
});

describe('show', () => {
  it('[L1] shows the session on a page that fits', async () => {
    for (const columns of [50, 80, 120]) {
      const { out } = await run('show 4242', machine, { columns });
      for (const line of out.split('\n')) if (!line.includes('.jsonl')) expect(textWidth(line)).toBeLessThanOrEqual(columns);
      for (const fact of ['LIVE', 'working', 'Bash for 12s', '144k of 200k', '$3.21', '12 turns', '+120 −30', 'tool 3, api 1', 'pid 4242', '2 repeated failing calls']) expect(out.replace(/\n\s*/g, ' ')).toContain(fact);
    }
  });

  it('leaves out what is unknown, instead of zeros', async () => {
    const { out } = await run('show aider', machine);
    expect(out).toContain('insufficient data');
    for (const absent of ['$', 'tokens ', 'Context', 'Errors', ' 0']) expect(out).not.toContain(absent);
  });

  it('shows the last health of a session that has ended, and says so', async () => {
    expect((await run('show 000009', machine)).out).toContain('none after the end; it was 100 healthy');
  });
});

describe('health', () => {
  it('[H5] breaks the score down into weight, value, points and reason', async () => {
    const { out } = await run('health 4242', machine);
    expect(out).toContain('92 of 100, healthy');
    expect(out).toMatch(/token usage +40 % +0\.93 +37\.2 +72 % of the context window: 144k of 200k/);
    expect(out).toMatch(/errors +20 % +0\.76 +15\.2 +4 errors in the last hour of activity/);
  });

  it('[H2] says which factor is missing, why, and what the others weigh instead', async () => {
    const { out } = await run('health 7c1e', machine);
    expect(out).toMatch(/token usage +40 % +– +– +50\.0k tokens in a window whose size is unknown/);
    expect(out).toMatch(/duration +20 % → 33 % +1\.00 +33\.3/);
    expect(out).toContain('Unknown: token usage. The other factors weigh more instead.');
  });

  it('[H2] [T43] says that there is not enough data, and why', async () => {
    const { out } = await run('health aider', machine);
    expect(out).toContain('insufficient data');
    expect(out).toContain('Unknown: token usage and activity and errors. Without token usage and one more factor there is no score.');
  });

  it('the points add up to the score', async () => {
    for (const name of ['4242', 'codex', '7c1e']) {
      const { score, breakdown } = JSON.parse((await run(`health ${name} --format json`, machine)).out) as { score: number; breakdown: { points?: number }[] };
      expect(breakdown.reduce((sum, { points = 0 }) => sum + points, 0)).toBeCloseTo(score, 0);
    }
  });
});

describe('explain', () => {
  const part = (facts: Partial<Part>): Part => ({ tool: 'claude', nativeId: 'x', role: 'main', activeMs: 0, messages: {}, toolCalls: {}, toolErrors: {}, errors: {}, errorTimes: [], files: {}, present: { turnOpen: false, pendingTools: [] }, rot: {}, ...facts });
  const explanation: Explanation = {
    session: sessions[0]!, calls: someCalls(), prices: createPrices(loadPriceTable()),
    parts: [{ source: '/a.jsonl', part: part({ errors: { tool: 3 } }) }, { source: '/agent.jsonl', part: part({ role: 'subagent', errors: { api: 1 } }) }],
  };
  const explaining = aBackend(sessions, { explain: async () => explanation });

  it('[T9] traces a number to file and position of every record, and checks the sum', async () => {
    const { out } = await run('explain 4242 output', explaining);
    expect(out).toContain('output: 46,378');
    expect(out).toMatch(/40,000 .*\[1\]:48213\n/);
    expect(out).toMatch(/left out +replayed by a side conversation.*\[2\]:12\n/);
    expect(out).toContain('✓ The calls add up to 46,378, as shown everywhere.');
    expect(out).toContain('[1] /home/ada/.claude/projects/-home-ada-shop/1af7c9d2-0000-4000-8000-000000000001.jsonl');
  });

  it('[T9] names the price row, its source and the sum of a cost', async () => {
    const { out } = await run('explain 4242 cost', explaining);
    expect(out).toMatch(/Price +claude-haiku-4-5: row claude-haiku-4-5, .*\d{4}-\d\d-\d\d/);
    expect(out).toContain('input 500 × 1 USD/M, output 700 × 5 USD/M = $0.0040 (booked $0.0040)');
    expect(out).toContain('✓ The calls add up to $3.21');
  });

  it('says when the records do not add up to what is shown', async () => {
    const { out } = await run('explain 4242 requests', aBackend(sessions, { explain: async () => ({ ...explanation, calls: explanation.calls.slice(1) }) }));
    expect(out).toContain('✗ The calls add up to 90, but 91 is shown. Try: watchroom ledger verify');
  });

  it('[T9] says what each source adds to a number that is no call', async () => {
    const { out } = await run('explain 4242 errors', explaining);
    expect(out).toMatch(/3 +conversation +\/a\.jsonl\n +1 +sub-agent +\/agent\.jsonl/);
    expect(out).toContain('The session shows 4.');
  });

  it('lists the newest calls first to last, and says how to see the others', async () => {
    const { out } = await run('explain 4242 tokens --limit 2', explaining);
    expect(out).toContain('The newest 2 of 4 calls; all of them: --limit 4');
    expect(out).not.toContain(':48213');
    expect(out).toContain('✓');
  });

  it('without a number lists all that are known, and none that are not', async () => {
    const { out } = await run('explain 4242', explaining);
    expect(out).toMatch(/\ntokens +3,628,357 +3 calls/);
    expect(out).toMatch(/\nerrors +4 +2 sources/);
    expect(out).not.toContain('\nreasoning');
  });

  it('[T9] traces the part of one model, one tool or one kind', async () => {
    const haiku = (await run('explain 4242 cost.claude-haiku-4-5', explaining)).out;
    expect(haiku).toContain('cost.claude-haiku-4-5: $0.0040');
    expect(haiku).toContain('✓ The calls add up to $0.0040');
    expect(haiku).not.toContain('Price    claude-sonnet');
    expect((await run('explain 4242 errors.api', explaining)).out).toMatch(/errors\.api: 1[^]*1 +sub-agent +\/agent\.jsonl/);
    expect((await run('explain 4242 tools.Bash', explaining)).out).toContain('tools.Bash: 40');
    expect((await run('explain 4242 tools.Nope', explaining)).out).toContain('tools.Nope: unknown');
  });

  it('sends a question about health to its own command', async () => {
    expect(await run('explain 4242 health', explaining)).toMatchObject({ exitCode: 2, err: expect.stringContaining('Try: watchroom health SESSION') });
  });

  it('says that no source tells an unknown number', async () => {
    expect((await run('explain 4242 reasoning', explaining)).out).toContain('No source of this session tells it.');
  });

  it('as data: every call with what it adds', async () => {
    const { calls, value } = JSON.parse((await run('explain 4242 output --format json', explaining)).out) as { value: number; calls: { adds: number; source: string; position: number }[] };
    expect(calls.reduce((sum, { adds }) => sum + adds, 0)).toBe(value);
    expect(calls[0]).toMatchObject({ position: 48_213, at: new Date(minutesAgo(50)).toISOString() });
  });

  it.each([['coast', 'Did you mean cost?'], ['xyz', 'There are: tokens, input']])('%s is no number', async (name, sentence) => {
    const { exitCode, err } = await run(`explain 4242 ${name}`, explaining);
    expect(exitCode).toBe(2);
    expect(err).toContain(sentence);
  });
});
