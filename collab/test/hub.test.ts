import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestHub } from './support/hub.ts';
import type { TestHub } from './support/hub.ts';

let hub: TestHub;
beforeAll(async () => { hub = await startTestHub(); });
afterAll(() => hub.stop());

describe('the hub', () => {
  it('[P3] says that it lives, to everybody', async () => {
    expect(await hub.nobody.ask('GET', '/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
  });

  it('[R11] answers what it does not know in the one shape of errors', async () => {
    const { status, body } = await hub.nobody.ask('GET', '/api/v1/nothing-here');
    expect(status).toBe(404);
    expect(body).toEqual({ id: 'not_found', message: expect.stringContaining('/api/v1/nothing-here'), detailed_error: '', request_id: expect.any(String), status_code: 404 });
  });

  it('[P4] answers to its own names only', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => request(`${hub.url}/openapi.json`, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode)).end());
    expect(status).toBe(403);
  });

  it('[U5] describes itself in OpenAPI 3.1', async () => {
    expect((await hub.nobody.ask('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.0', info: { title: 'Watchroom hub' } });
  });
});
