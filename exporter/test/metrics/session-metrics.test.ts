import { describe, expect, it } from '@jest/globals';
import type { LabelSettings } from '../../src/metrics/metric.ts';
import type { Session } from '../../src/session/session.ts';
import { aSession } from '../a-session.ts';
import { aKnownSession, aSnapshot } from './a-snapshot.ts';
import { aScraper, samplesOf } from './page-of.ts';

/** The samples of one session, without the labels that all of them have. */
const samplesOfSession = async (session: Session, labels: LabelSettings = {}): Promise<Map<string, number>> => {
  const { text, telemetry } = await aScraper(aSnapshot({ sessions: [session] }), { labels, without: ['fleet', 'exporter', 'process'] });
  const samples = samplesOf(await text());
  await telemetry.stop();
  const common = `session_id="${session.id}",tool="${session.tool}"`;
  return new Map([...samples].map(([series, value]) => [series.replace(`{${common}}`, '').replace(`{${common},`, '{'), value]));
};

const startingWith = (samples: ReadonlyMap<string, number>, name: string): Record<string, number> => Object.fromEntries([...samples].filter(([series]) => series === name || series.startsWith(`${name}{`)));

describe('metrics of a session', () => {
  it('[T39] says the state with 1, and 0 for every other state', async () => {
    expect(startingWith(await samplesOfSession(aSession({ state: 'idle' })), 'ai_session_state')).toEqual({
      'ai_session_state{state="working"}': 0, 'ai_session_state{state="waiting"}': 0, 'ai_session_state{state="idle"}': 1, 'ai_session_state{state="ended"}': 0,
    });
  });

  it('[T39] emits all six error kinds, 0 included', async () => {
    expect(startingWith(await samplesOfSession(aKnownSession()), 'ai_session_errors_total')).toEqual({
      'ai_session_errors_total{error_kind="api"}': 2, 'ai_session_errors_total{error_kind="overloaded"}': 0, 'ai_session_errors_total{error_kind="rate_limit"}': 0,
      'ai_session_errors_total{error_kind="tool"}': 1, 'ai_session_errors_total{error_kind="permission_denied"}': 0, 'ai_session_errors_total{error_kind="interrupted"}': 0,
    });
  });

  it('says nothing of what is unknown: a session known by its process alone has its state, its times and its process', async () => {
    const { startedAt: _start, lastActivityAt: _last, project: _project, model: _model, ...bare } = aSession({ state: 'working', alive: true, processes: [{ pid: 7 }] });
    expect([...(await samplesOfSession(bare)).keys()]).toEqual(['ai_session_info', 'ai_session_processes', 'ai_session_state{state="working"}', 'ai_session_state{state="waiting"}', 'ai_session_state{state="idle"}', 'ai_session_state{state="ended"}']);
  });

  it('[T28] counts tokens by disjoint type, and reasoning apart', async () => {
    const samples = await samplesOfSession(aKnownSession());
    expect(startingWith(samples, 'ai_session_tokens_total')).toEqual({
      'ai_session_tokens_total{model="claude-sonnet-4-5",token_type="input"}': 10,
      'ai_session_tokens_total{model="claude-sonnet-4-5",token_type="output"}': 200,
      'ai_session_tokens_total{model="claude-sonnet-4-5",token_type="cache_read"}': 3000,
      'ai_session_tokens_total{model="claude-sonnet-4-5",token_type="cache_creation_5m"}': 40,
      'ai_session_tokens_total{model="claude-sonnet-4-5",token_type="cache_creation_1h"}': 5,
      'ai_session_tokens_total{model="unknown",token_type="input"}': 1,
    });
    expect(startingWith(samples, 'ai_session_reasoning_tokens_total')).toEqual({ 'ai_session_reasoning_tokens_total{model="claude-sonnet-4-5"}': 20 });
  });

  it('[T29] keeps estimated tokens in a metric of their own', async () => {
    const samples = await samplesOfSession(aSession({ estimatedTokens: { input: 7 } }));
    expect(startingWith(samples, 'ai_session_estimated_tokens_total')).toEqual({ 'ai_session_estimated_tokens_total{token_type="input"}': 7 });
    expect(startingWith(samples, 'ai_session_tokens_total')).toEqual({});
  });

  it('[T26] has no cost for a model without a price, and US dollars from micro-dollars for the others', async () => {
    expect(startingWith(await samplesOfSession(aKnownSession()), 'ai_session_cost_usd_total')).toEqual({ 'ai_session_cost_usd_total{model="claude-sonnet-4-5"}': 1.234567 });
  });

  it('[T43] gives health as a ratio, and none when not enough is known or the session has ended', async () => {
    expect((await samplesOfSession(aKnownSession())).get('ai_session_health_ratio')).toBe(0.964);
    expect(startingWith(await samplesOfSession(aSession()), 'ai_session_health_ratio')).toEqual({});
    expect(startingWith(await samplesOfSession(aKnownSession({ state: 'ended' })), 'ai_session_health_ratio')).toEqual({});
  });

  it('[T35] gives 20 tool names a label, MCP tools that of their server, and the rest is "other"', async () => {
    const toolCalls = { mcp__git__a: 1, mcp__git__b: 2, ...Object.fromEntries(Array.from({ length: 22 }, (_, index) => [`tool${index}`, 1])) };
    const calls = startingWith(await samplesOfSession(aSession({ toolCalls, toolErrors: { tool21: 1, mcp__git__a: 1 } })), 'ai_session_tool_calls_total');
    expect(Object.keys(calls)).toHaveLength(21);
    expect(calls['ai_session_tool_calls_total{tool_name="mcp:git"}']).toBe(3);
    expect(calls['ai_session_tool_calls_total{tool_name="other"}']).toBe(3);
  });

  it('[T35] keeps the label of a tool that had one when later tools are used more', async () => {
    const early = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`tool${index}`, 1]));
    const before = startingWith(await samplesOfSession(aSession({ toolCalls: early })), 'ai_session_tool_calls_total');
    const after = startingWith(await samplesOfSession(aSession({ toolCalls: { ...early, late: 100 } })), 'ai_session_tool_calls_total');
    expect(after).toEqual({ ...before, 'ai_session_tool_calls_total{tool_name="other"}': 100 });
  });

  it('[T47] shows no title unless it is asked to', async () => {
    const secret = 'a plan nobody may know';
    const one = await samplesOfSession(aKnownSession({ title: secret }));
    const two = await samplesOfSession(aKnownSession({ title: secret }), { title: true });
    expect([...one.keys()].join()).not.toContain(secret);
    expect([...two.keys()].join()).toContain(`title="${secret}"`);
  });

  it('[T47] shows no path of a file, no process id and no description', async () => {
    const page = [...(await samplesOfSession(aKnownSession({ description: 'words of a person', tags: ['a-tag'], cwd: '/home/ada/shop' }), { title: true })).keys()].join('\n');
    for (const text of ['a.ts', '/home/ada', 'words of a person', 'a-tag']) expect(page).not.toContain(text);
  });

  it('labels the project with the name that people gave it', async () => {
    const samples = await samplesOfSession(aSession({ project: 'shop', projectName: 'Web shop' }));
    expect([...samples.keys()].find((series) => series.startsWith('ai_session_info'))).toContain('project="Web shop"');
  });

  it('links to the room of the session only when there is a hub', async () => {
    const info = async (labels: LabelSettings): Promise<string> => [...(await samplesOfSession(aSession({ nativeId: 'a b' }), labels)).keys()].find((series) => series.startsWith('ai_session_info'))!;
    expect(await info({})).not.toContain('room_url');
    expect(await info({ hubUrl: 'https://hub.example/' })).toContain('room_url="https://hub.example/rooms/claude/a%20b"');
  });

  it('adds up the processes of a session', async () => {
    const samples = await samplesOfSession(aKnownSession());
    expect([samples.get('ai_session_processes'), samples.get('ai_session_process_cpu_seconds_total'), samples.get('ai_session_process_resident_memory_bytes')]).toEqual([2, 13.5, 2048]);
  });
});
