import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireServer, until } from '../../../exporter/test/servers.ts';
import { startAlertmanager } from '../../../test/servers-alertmanager.ts';
import type { Alertmanager } from '../../../test/servers-alertmanager.ts';
import { makeWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';
import { storedPosts } from './stored.ts';

/** A door that the hub stands behind once it is there: Alertmanager wants its address first. */
const door = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = await fetch(world.hub.url + request.url, { method: request.method!, headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' }, body: Buffer.concat(chunks) });
  delivered.push(Buffer.concat(chunks).toString());
  response.writeHead(answer.status).end(await answer.text());
});
const delivered: string[] = [];
let world: World;
let alertmanager: Alertmanager;
let token = '';

requireServer('prometheus-alertmanager')('[R10] alerts of a real Alertmanager', () => {
  beforeAll(async () => {
    await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
    const secret = 'wrm_' + 'a'.repeat(52);
    alertmanager = await startAlertmanager({ config: `
route: {receiver: rooms, group_by: [alertname, session_id], group_wait: 100ms, group_interval: 300ms, repeat_interval: 1s}
receivers:
  - name: rooms
    webhook_configs: [{url: 'http://127.0.0.1:${(door.address() as AddressInfo).port}/api/v1/alerts/alertmanager', send_resolved: true, http_config: {authorization: {credentials: '${secret}'}}}]
` });
    world = await makeWorld({ alertmanager: { url: alertmanager.url, pollMs: 200, settleMs: 0 } });
    token = (await world.who.admin.ask('POST', '/api/v1/teams/reds/alert-tokens', { name: 'ours' })).body.token;
    expect(token).toMatch(/^wrm_/);
    const { hashOf } = await import('../../server/store/ids.ts');
    await world.hub.base.store.updateTable('alert_tokens').set({ hash: hashOf(secret) }).execute();
    token = secret;
    ticking = setInterval(() => { world.hub.clock.now = Date.now(); }, 50);
  }, 40_000);
  let ticking: NodeJS.Timeout;
  afterAll(async () => {
    clearInterval(ticking);
    await world.hub.stop();
    await alertmanager.stop();
    door.closeAllConnections();
    door.close();
  });

  const fire = (name: string, session: string | undefined, { over = false, more = {} }: { over?: boolean; more?: Record<string, string> } = {}) =>
    fetch(`${alertmanager.url}/api/v2/alerts`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify([{ labels: { alertname: name, severity: 'warning', ...(session ? { session_id: session } : {}), ...more }, annotations: { summary: `${name} of ${session ?? 'nobody'}`, runbook_url: 'https://example.org/runbook', dashboard_url: 'javascript:alert(1)' }, ...(over ? { endsAt: new Date(Date.now() - 10).toISOString() } : {}) }]) });
  const messages = (room: string, name: string) => storedPosts(world.hub, room).then((posts) => posts.filter(({ message, props }) => message.startsWith(name) || props.alert?.name === name));
  const alertIn = async (room: string, name: string) => (await messages(room, name))[0]?.props.alert;
  const silences = async (): Promise<readonly any[]> => (await (await fetch(`${alertmanager.url}/api/v2/silences`)).json()) as any[]; // eslint-disable-line @typescript-eslint/no-explicit-any
  const team = () => world.sessions.team;

  it('an alert that fires is one message in its session\'s room, told again or not', async () => {
    await fire('Full', team().key);
    await until(async () => (await alertIn(team().id, 'Full'))?.told >= 2, 15_000);
    const [post, ...more] = await messages(team().id, 'Full');
    expect(more).toEqual([]);
    expect(post).toMatchObject({ type: 'custom_alert', user_id: 'watchroom', message: `Full of ${team().key}`, props: { alert: { name: 'Full', severity: 'warning', status: 'firing', runbookUrl: 'https://example.org/runbook' } } });
    expect(post!.props.alert).not.toHaveProperty('dashboardUrl'); // no address that a browser should open
    expect((await world.who.viewer.ask('GET', `/api/v1/sessions/${team().key}/alerts`)).body.alerts).toMatchObject([{ name: 'Full', status: 'firing', room: team().id }]);
  });

  it('one without a session is in the team\'s room; one of a private session only in its own', async () => {
    await fire('NoSession', undefined);
    await fire('Secret', world.sessions.private.key);
    await until(async () => (await alertIn(world.team.id, 'NoSession')) !== undefined && (await alertIn(world.sessions.private.id, 'Secret')) !== undefined, 10_000);
    const seen = async (who: 'member' | 'owner' | 'admin') => (await world.who[who].ask('GET', '/api/v1/teams/reds/alerts')).body.alerts.map(({ name }: { name: string }) => name).toSorted();
    expect(await seen('owner')).toEqual(['Full', 'NoSession', 'Secret']);
    expect(await seen('member')).toEqual(['Full', 'NoSession']);
    expect(await seen('admin')).toEqual(['Full', 'NoSession']);
  });

  it('[R7] one that is labelled as another team\'s is not taken', async () => {
    await fire('Theirs', undefined, { more: { team: 'blues' } });
    await until(() => delivered.some((body) => body.includes('Theirs')), 10_000);
    expect(await world.hub.base.store.selectFrom('alerts').select('name').where('name', '=', 'Theirs').execute()).toEqual([]);
  });

  it('its end updates the message and adds an answer', async () => {
    await fire('Short', team().key);
    await until(async () => (await alertIn(team().id, 'Short'))?.status === 'firing', 10_000);
    await fire('Short', team().key, { over: true });
    await until(async () => (await alertIn(team().id, 'Short'))?.status === 'resolved', 15_000);
    const posts = await storedPosts(world.hub, team().id);
    const root = posts.find(({ props }) => props.alert?.name === 'Short')!;
    expect(posts.filter(({ root_id: id }) => id === root.id)).toMatchObject([{ type: 'custom_alert_ended', user_id: 'watchroom', message: expect.stringMatching(/^Over after /) }]);
  }, 30_000);

  it('ack makes a silence of exactly that alert with the person\'s name for 4 hours; unack ends it', async () => {
    const { id } = await alertIn(team().id, 'Full');
    const joined: unknown[] = [];
    world.hub.rooms.bus.on('told', ({ event, data, roomSeq }) => { if (event === 'user_added') joined.push([data.user_id, typeof roomSeq]); });
    const answers = await Promise.all([world.who.member.ask('PUT', `/api/v1/alerts/${id}/ack`), world.who.host.ask('PUT', `/api/v1/alerts/${id}/ack`)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(joined).toEqual([[answers[0]!.body.ackedBy, 'number']]); // whoever takes care of it is a member from now on, and the others hear so
    const active = (await silences()).filter(({ status }) => status.state === 'active');
    expect(active).toHaveLength(1); // two who press at once make one
    expect(active[0]).toMatchObject({ createdBy: expect.stringMatching(/member|host/), comment: expect.stringContaining(`/rooms/${team().key}?post=`) });
    expect(active[0].matchers.map(({ name, value, isRegex, isEqual }: Record<string, unknown>) => [name, value, isRegex, isEqual]).toSorted()).toEqual([['alertname', 'Full', false, true], ['session_id', team().key, false, true], ['severity', 'warning', false, true]]);
    expect(Date.parse(active[0].endsAt) - Date.parse(active[0].startsAt)).toBeCloseTo(4 * 3_600_000, -4);
    expect(await alertIn(team().id, 'Full')).toMatchObject({ ackedBy: answers[0]!.body.ackedBy, silencedUntil: expect.any(Number) });
    expect(await world.hub.base.store.selectFrom('audit').select('action').where('action', '=', 'alert:ack').execute()).toHaveLength(1);
    expect((await world.who.host.ask('DELETE', `/api/v1/alerts/${id}/ack`)).body.ackedBy).toBeUndefined();
    expect((await silences()).filter(({ status }) => status.state === 'active')).toEqual([]);
    expect(await alertIn(team().id, 'Full')).not.toHaveProperty('ackedBy');
  });

  it('an acknowledged alert that ends is resolved and its silence expires, though Alertmanager tells nothing of it', async () => {
    await fire('Acked', team().key);
    await until(async () => (await alertIn(team().id, 'Acked')) !== undefined, 10_000);
    const { id } = await alertIn(team().id, 'Acked');
    expect((await world.who.editor.ask('PUT', `/api/v1/alerts/${id}/ack`)).status).toBe(200);
    await until(async () => ((await (await fetch(`${alertmanager.url}/api/v2/alerts`)).json()) as any[]).some(({ labels, status }) => labels.alertname === 'Acked' && status.state === 'suppressed'), 10_000); // eslint-disable-line @typescript-eslint/no-explicit-any
    await fire('Acked', team().key, { over: true });
    await until(async () => (await alertIn(team().id, 'Acked')).status === 'resolved', 15_000);
    await until(async () => (await silences()).every(({ status }) => status.state === 'expired'), 5000);
    expect((await world.who.editor.ask('PUT', `/api/v1/alerts/${id}/ack`)).status).toBe(409);
  }, 40_000);

  it('a silence made in Alertmanager itself shows, and its end', async () => {
    await fire('Elsewhere', team().key);
    await until(async () => (await alertIn(team().id, 'Elsewhere')) !== undefined, 10_000);
    const made = await (await fetch(`${alertmanager.url}/api/v2/silences`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ matchers: [{ name: 'alertname', value: 'Else.*', isRegex: true, isEqual: true }], startsAt: new Date().toISOString(), endsAt: new Date(Date.now() + 60_000).toISOString(), createdBy: 'grace at the console', comment: 'looking' }) })).json() as { silenceID: string };
    await until(async () => (await alertIn(team().id, 'Elsewhere')).silencedBy === 'grace at the console', 10_000);
    await fetch(`${alertmanager.url}/api/v2/silence/${made.silenceID}`, { method: 'DELETE' });
    await until(async () => (await alertIn(team().id, 'Elsewhere')).silencedBy === undefined, 10_000);
  }, 30_000);

  it('[R8] who may not, cannot', async () => {
    const { id } = await alertIn(team().id, 'Full');
    const statuses: Record<string, number> = {};
    for (const one of ['viewer', 'team viewer', 'guest editor', 'guest viewer', 'other team', 'nobody'] as const) statuses[one] = (await world.who[one].ask('PUT', `/api/v1/alerts/${id}/ack`)).status;
    expect(statuses).toEqual({ viewer: 403, 'team viewer': 403, 'guest editor': 403, 'guest viewer': 403, 'other team': 404, nobody: 401 });
    const secret = await alertIn(world.sessions.private.id, 'Secret');
    for (const one of ['member', 'admin', 'other team'] as const) expect((await world.who[one].ask('PUT', `/api/v1/alerts/${secret.id}/ack`)).status).toBe(404);
    expect(await silences().then((all) => all.filter(({ status }) => status.state === 'active'))).toEqual([]);
  });

  it('[R11] the webhook wants its token and its form', async () => {
    const send = (body: unknown, bearer?: string) => world.hub.nobody.ask('POST', '/api/v1/alerts/alertmanager', body, bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
    const good = { version: '4', status: 'firing', alerts: [] };
    expect((await send(good)).status).toBe(401);
    expect((await send(good, world.who.admin.secret)).status).toBe(401);
    expect(await send(good, token)).toMatchObject({ status: 200, body: { taken: 0, ignored: 0 } });
    for (const bad of [{}, { ...good, version: '3' }, { ...good, alerts: [{}] }]) expect((await send(bad, token)).status).toBe(400);
  });

  it('while Alertmanager is away ack is refused with a sentence, and nothing is acknowledged', async () => {
    const { id } = await alertIn(team().id, 'Full');
    await alertmanager.stop();
    const answer = await world.who.owner.ask('PUT', `/api/v1/alerts/${id}/ack`);
    expect(answer).toMatchObject({ status: 503, body: { message: expect.stringMatching(/^Alertmanager at http.* cannot be asked now \(.*ECONNREFUSED.*Try again/) } });
    expect(answer.headers.get('retry-after')).toBe('15');
    expect(await alertIn(team().id, 'Full')).not.toHaveProperty('ackedBy');
  });
});

describe('[R10] a hub without an Alertmanager', () => {
  it('says so when somebody wants to acknowledge', async () => {
    const lone = await makeWorld();
    const secret = (await lone.who.admin.ask('POST', '/api/v1/teams/reds/alert-tokens', { name: 'one' })).body.token;
    const now = new Date().toISOString();
    const told = { version: '4', status: 'firing', alerts: [{ status: 'firing', labels: { alertname: 'X' }, annotations: {}, startsAt: now, endsAt: '0001-01-01T00:00:00Z', fingerprint: 'abc123' }] };
    const send = () => lone.hub.nobody.ask('POST', '/api/v1/alerts/alertmanager', told, { authorization: `Bearer ${secret}` });
    expect((await send()).body).toEqual({ taken: 1, ignored: 0 });
    const [alert] = (await lone.who.owner.ask('GET', '/api/v1/teams/reds/alerts')).body.alerts;
    expect(await lone.who.owner.ask('PUT', `/api/v1/alerts/${alert.id}/ack`)).toMatchObject({ status: 503, body: { message: expect.stringContaining('--alertmanager.url') } });
    await lone.hub.stop();
  });
});
