import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { pino } from 'pino';
import { createReader } from '../../server/analytics/reader.ts';
import type { Question } from '../../server/analytics/question.ts';
import { startTestHub } from '../support/hub.ts';
import type { Client, TestHub } from '../support/hub.ts';
import { aSession, aWire } from '../sessions/a-session.ts';

let hub: TestHub;
let ada: Client;
let question: Question;
const rows = process.env.WATCHROOM_FULL ? 2_000_000 : 300_000;

beforeAll(async () => {
  hub = await startTestHub({ limitFactor: 1000 });
  const { store } = hub.base;
  const team = await hub.team('reds');
  ada = await hub.person('ada', { id: team.id, role: 'member' });
  for (let index = 0; index < 30; index += 1) await aSession(hub, { team_id: team.id, owner_id: ada.userId, id: `session-${index}` }, aWire({ id: `claude/s${index}` }));
  await sql`with recursive n(i) as (select 0 union all select i + 1 from n where i < ${rows - 1})
    insert into session_use select 'session-' || (i % 30), 'm', 'input', 400000 + i / 30, 7, 7 from n`.execute(store);
  question = { name: 'trends', teamId: team.id, userId: ada.userId, step: 'day', zone: 'Europe/Berlin', limit: 50 };
}, 120_000);
afterAll(() => hub.stop());

describe('[M5] the thread that reads for analytics', () => {
  it('a long query keeps nobody else waiting', async () => {
    await ada.ask('GET', '/api/v1/teams/reds/analytics/summary'); // the thread has begun
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const began = performance.now();
    const answer = await ada.ask('GET', '/api/v1/teams/reds/analytics/hours?zone=Europe/Berlin');
    const took = performance.now() - began;
    delay.disable();
    expect(answer.body.rows.reduce((sum: number, row: { counted: { tokens: number } }) => sum + row.counted.tokens, 0)).toBe(rows * 7);
    expect(delay.max / 1e6).toBeLessThan(took / 2);
  }, 60_000);

  it('when it cannot read, whoever asked gets 503 in a sentence, and the next one a new thread', async () => {
    const reader = createReader({ file: join(hub.dataFolder, 'no-such-file.db'), log: pino({ level: 'silent' }) });
    for (let time = 0; time < 2; time += 1) await expect(reader.ask(question)).rejects.toMatchObject({ status: 503 });
    await reader.close();
  });

  it('when too many wait, the next one is told to come back', async () => {
    const reader = createReader({ file: join(hub.dataFolder, 'hub.db'), log: pino({ level: 'silent' }) });
    const asked = Array.from({ length: 60 }, () => reader.ask({ ...question, teamId: 'nobody' }).then(() => 'answered', ({ status }: { status: number }) => status));
    const answers = await Promise.all(asked);
    expect([answers.filter((one) => one === 'answered').length, answers.filter((one) => one === 503).length]).toEqual([50, 10]);
    await reader.close();
  });
});
