import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Express } from 'express';
import request from 'supertest';
import { gunzipSync } from 'node:zlib';
import { healthOf, lastHealthOf } from '../../src/health/health.ts';
import { publicSession } from '../../src/session/public.ts';
import { now } from '../a-session.ts';
import { aFullSnapshot, aSnapshot } from '../metrics/a-snapshot.ts';
import { samplesOf } from '../metrics/page-of.ts';
import { anApp } from './an-app.ts';

const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

describe('the pages', () => {
  const snapshot = aFullSnapshot();
  let app: Express;
  let stop: () => Promise<void>;
  beforeAll(async () => { ({ app, stop } = await anApp(snapshot)); });
  afterAll(() => stop());

  it('/metrics answers in the format the Accept header asks for', async () => {
    const text = await request(app).get('/metrics').expect(200);
    expect(text.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const open = await request(app).get('/metrics').set('Accept', openMetrics).buffer(true).parse((response, done) => { let body = ''; response.on('data', (chunk) => { body += chunk; }).on('end', () => done(null, body)); }).expect(200);
    expect(open.headers['content-type']).toBe(openMetrics);
    expect(open.body).toMatch(/# EOF\n$/);
  });

  it('/metrics is packed with gzip for whoever accepts it, and only then', async () => {
    const raw = (header: string) => request(app).get('/metrics').set('Accept-Encoding', header).buffer(true).parse((response, done) => { const chunks: Buffer[] = []; response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks))); });
    const plain = await raw('identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
    const refused = await raw('gzip;q=0');
    expect(refused.headers['content-encoding']).toBeUndefined();
    const packed = await raw('gzip');
    expect(packed.headers['content-encoding']).toBe('gzip');
    // supertest unpacks what it gets; either way the text is whole.
    const body = packed.body as Buffer;
    expect((body[0] === 0x1f ? gunzipSync(body) : body).toString()).toContain('ai_tokens_total{');
  });

  it('/metrics?name[]= shows only these metrics, one or several', async () => {
    const { text } = await request(app).get('/metrics?name[]=ai_tokens_total&name[]=ai_sessions').expect(200);
    expect([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)).toEqual(['ai_sessions', 'ai_tokens_total']);
  });

  it.each(['/metrics?name[]=a%20b', '/metrics?name[]='])('%s is answered with what is wrong', async (path) => {
    const { text } = await request(app).get(path).expect(400);
    expect(text).toMatch(/name\[\] must be the name of a metric/);
  });

  it('measures its own answers without letting a visitor make labels', async () => {
    await request(app).get(`/${'x'.repeat(50)}`);
    await request(app).delete('/metrics');
    const samples = samplesOf((await request(app).get('/metrics')).text);
    const counts = [...samples].filter(([series]) => series.startsWith('watchroom_http_request_duration_seconds_count')).map(([series]) => series);
    expect(counts).toContain('watchroom_http_request_duration_seconds_count{method="GET",route="other",status_class="4xx"}');
    expect(counts).toContain('watchroom_http_request_duration_seconds_count{method="other",route="/metrics",status_class="4xx"}');
    expect(counts.join()).not.toContain('xxxxx');
  });

  it('/api/sessions.json is what `list --format json` prints', async () => {
    const { body } = await request(app).get('/api/sessions.json').expect(200).expect('Content-Type', /json/);
    const expected = snapshot.sessions.map((session) => publicSession(session, session.state === 'ended' ? lastHealthOf(session) : healthOf(session, now)));
    expect(body).toEqual(JSON.parse(JSON.stringify(expected)));
  });

  it.each(['/', '/docs', '/metrics', '/api/sessions.json', '/healthz', '/live.js', '/page.css', '/icon.svg'])('%s can only be read', async (path) => {
    await request(app).head(path).expect(200);
    const { text, headers } = await request(app).post(path).expect(405);
    expect(text).toMatch(/^POST makes no sense for .*: it can only be read\. Use GET\.\n$/);
    expect(headers.allow).toBe('GET, HEAD');
  });

  it('an unknown path is answered with the known ones', async () => {
    const { text } = await request(app).get('/metric').expect(404);
    expect(text).toBe('There is nothing at /metric. Try /, /metrics, /docs, /api/sessions.json, /api/now.json, /healthz, /readyz.\n');
  });

  it('an address that cannot be read is the visitor\'s mistake', async () => {
    await request(app).get('/%E0%A4%A').expect(({ status }) => expect([400, 404]).toContain(status));
  });

  it('lets nothing in from elsewhere and no script run inline', async () => {
    const { headers } = await request(app).get('/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
  });
});

describe('probes', () => {
  it('/healthz says ok while the program runs', async () => {
    const { app, stop } = await anApp(aSnapshot({ complete: false, scanned: 0 }));
    await request(app).get('/healthz').expect(200, 'ok\n');
    await stop();
  });

  it('/readyz waits for the first scan and says how far it is', async () => {
    const { app, world, stop } = await anApp(aSnapshot({ complete: false, scanned: 0.379 }));
    const waiting = await request(app).get('/readyz').expect(503);
    expect(waiting.text).toContain('at 37 %');
    world.snapshot = aSnapshot();
    await request(app).get('/readyz').expect(200, 'ready\n');
    await stop();
  });
});

describe('the Host header', () => {
  let app: Express;
  let stop: () => Promise<void>;
  beforeAll(async () => { ({ app, stop } = await anApp(aFullSnapshot(), { allowedHosts: ['dev-box.example'] })); });
  afterAll(() => stop());

  it.each(['localhost', 'localhost:10877', '127.0.0.1:10877', '[::1]:10877', '192.168.1.5', 'dev-box.example', 'Dev-Box.Example:80', 'watchroom.localhost'])('[T48] %s is let in', async (host) => {
    await request(app).get('/metrics').set('Host', host).expect(200);
  });

  it.each(['attacker.example', 'localhost.attacker.example', 'dev-box.example.attacker.example', '127.0.0.1.attacker.example'])('[T48] %s is refused on every path', async (host) => {
    for (const path of ['/', '/metrics', '/api/sessions.json', '/healthz', '/nothing']) {
      const { text } = await request(app).get(path).set('Host', host).expect(403);
      expect(text).toContain(`does not go by the name "${host}"`);
      expect(text).not.toContain('ai_');
    }
  });

  it.each(['', 'a b', '<script>'])('[T48] %j is no name at all', async (host) => {
    await request(app).get('/metrics').set('Host', host).expect(400);
  });
});

it('a failure inside is told to the log and not to the visitor', async () => {
  const problems: string[] = [];
  const { app, stop } = await anApp(aSnapshot(), { scrape: () => Promise.reject(new Error('secret detail')), onProblem: (problem) => problems.push(problem) });
  const { text } = await request(app).get('/metrics').expect(500);
  await stop();
  expect(text).not.toContain('secret detail');
  expect(problems.join()).toContain('secret detail');
});
