import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import bcrypt from 'bcryptjs';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import type { RequestOptions } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { prometheusSnippet } from '../../src/http/snippet.ts';
import { readWebConfig } from '../../src/http/web-config.ts';
import { aFullSnapshot, aSnapshot } from '../metrics/a-snapshot.ts';
import { requireServer, startPrometheus, until } from '../servers.ts';
import { aServer } from './a-server.ts';

let open: Awaited<ReturnType<typeof aServer>>[] = [];
const serve = async (...args: Parameters<typeof aServer>) => {
  const server = await aServer(...args);
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.map((server) => server.close()));
  open = [];
});

describe('listening', () => {
  it('answers on its port, and gives the lines for prometheus.yml', async () => {
    const { url, snippet, port } = await serve(aFullSnapshot());
    expect((await fetch(`${url}metrics`)).status).toBe(200);
    expect(snippet).toContain(`- targets: ['localhost:${port}']`);
  });

  it('on loopback is not reached from elsewhere', async () => {
    const { port } = await serve(aFullSnapshot());
    const other = connect(port, '127.0.0.2');
    await expect(new Promise((resolve, reject) => { other.once('connect', () => { other.destroy(); resolve('connected'); }).once('error', reject); })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('on all interfaces works where no host is named', async () => {
    const { url } = await serve(aFullSnapshot(), { listen: { port: 0 } });
    expect((await fetch(`${url}healthz`)).status).toBe(200);
  });

  it('on a port in use ends with the port and what to try', async () => {
    const { port } = await serve(aFullSnapshot());
    await expect(aServer(aSnapshot(), { listen: { host: '127.0.0.1', port } })).rejects.toThrow(`Port ${port} is in use already (asked for 127.0.0.1:${port}). Perhaps Watchroom runs: open http://localhost:${port}/. Or try another port: --web.listen-address 127.0.0.1:${port + 1}`);
  });

  it('on an address of another machine ends with a sentence', async () => {
    await expect(aServer(aSnapshot(), { listen: { host: '192.0.2.1', port: 10_877 } })).rejects.toThrow('This machine has no address "192.0.2.1". Try --web.listen-address 127.0.0.1:10877');
  });

  it('closes although clients keep their connections', async () => {
    const server = await aServer(aFullSnapshot());
    await (await fetch(`${server.url}metrics`)).text();
    const idle = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(4000);
    idle.destroy();
  });

  it('lets an answer under way finish before it closes', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => { release = resolve; });
    const server = await aServer(aSnapshot(), { scrape: async () => { await held; return { contentType: 'text/plain', body: Buffer.from('all of it') }; } });
    const answer = fetch(`${server.url}metrics`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const closed = server.close();
    release();
    expect(await (await answer).text()).toBe('all of it');
    await closed;
  });
});

describe('the web configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'web-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` });

  it('asks for a user and password, on every path but the probes', async () => {
    const webConfigFile = file('basic.yml', `basic_auth_users:\n  ada: ${bcrypt.hashSync('geheim ü:x', 4)}\n`);
    const { url } = await serve(aFullSnapshot(), { webConfigFile });
    const status = async (path: string, headers = {}): Promise<number> => (await fetch(url + path, { headers })).status;
    for (const path of ['', 'metrics', 'api/sessions.json', 'docs', 'nothing']) expect([path, await status(path)]).toEqual([path, 401]);
    expect([await status('healthz'), await status('readyz')]).toEqual([200, 200]);
    expect(await status('metrics', basic('ada', 'geheim ü:x'))).toBe(200);
    for (const headers of [basic('ada', 'wrong'), basic('bob', 'geheim ü:x'), basic('', ''), { authorization: 'Basic ???' }, { authorization: 'Bearer geheim' }, { authorization: 'Basic' }]) expect(await status('metrics', headers)).toBe(401);
    const refused = await fetch(`${url}metrics`);
    expect(refused.headers.get('www-authenticate')).toBe('Basic realm="watchroom"');
    expect(await refused.text()).toBe('This server wants a user and password or a token, as its web configuration file says.\n');
  });

  it('costs bcrypt once per password, not once per scrape', async () => {
    const webConfigFile = file('slow.yml', `basic_auth_users: {ada: "${bcrypt.hashSync('geheim', 12)}"}\n`);
    const { url } = await serve(aSnapshot(), { webConfigFile });
    const timed = async (): Promise<number> => {
      const began = performance.now();
      expect((await fetch(`${url}docs`, { headers: basic('ada', 'geheim') })).status).toBe(200);
      return performance.now() - began;
    };
    const first = await timed();
    const later = Math.min(await timed(), await timed(), await timed());
    expect(later * 4).toBeLessThan(first);
  });

  it('takes bearer tokens, from a file or as Prometheus writes them', async () => {
    file('token', 'token-one\n');
    const webConfigFile = file('bearer.yml', 'bearer_token_file: token\nauthorization: {type: Bearer, credentials: token-two}\n');
    const { url } = await serve(aSnapshot(), { webConfigFile });
    const status = async (authorization: string): Promise<number> => (await fetch(`${url}metrics`, { headers: { authorization } })).status;
    expect([await status('Bearer token-one'), await status('bearer token-two'), await status('Bearer token-three'), await status('Bearer '), await status('token-one')]).toEqual([200, 200, 401, 401, 401]);
  });

  it('is read again when it changes; a broken change leaves what was and is told', async () => {
    const problems: string[] = [];
    const webConfigFile = file('change.yml', 'authorization: {credentials: before}\n');
    const { url } = await serve(aSnapshot(), { webConfigFile, onProblem: (problem) => problems.push(problem) });
    const status = async (token: string): Promise<number> => (await fetch(`${url}metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await status('before'), await status('after it')]).toEqual([200, 401]);
    file('change.yml', 'authorization: {credentials: after it}\n');
    expect([await status('before'), await status('after it')]).toEqual([401, 200]);
    file('change.yml', 'authorisation: {credentials: oops}\n');
    expect([await status('after it'), await status('oops')]).toEqual([200, 401]);
    expect(problems).toEqual([expect.stringMatching(/^the web configuration stays as it was: .*change\.yml: .*authorisation/)]);
  });

  it.each([
    ['tls_server_config: {cert_file: x}', /tls_server_config\.key_file/],
    ['basic_auth_users: {ada: geheim}', /basic_auth_users\.ada: must be a bcrypt hash; make one with: htpasswd/],
    ['bearer_token_file: nowhere', /cannot read the bearer token file .*nowhere: ENOENT/],
    ['tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}', /client_auth_type RequireAndVerifyClientCert needs a client_ca_file/],
    ['http_server_config: {http2: true}', /http_server_config/],
  ])('with a mistake (%s) keeps the server from starting, with a sentence', (text, sentence) => {
    expect(() => readWebConfig(file('wrong.yml', text))).toThrow(sentence);
  });

  it('that is not there is an error with its path', () => {
    expect(() => readWebConfig(join(folder, 'none.yml'))).toThrow(/cannot read the web configuration file .*none\.yml: ENOENT/);
  });

  it('that is empty asks for nothing', async () => {
    const { url } = await serve(aSnapshot(), { webConfigFile: file('empty.yml', '') });
    expect((await fetch(`${url}metrics`)).status).toBe(200);
  });
});

requireServer('openssl')('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const certificate = (name: string, common: string): void => openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${common}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', `${name}.key`, '-out', `${name}.crt`);
  const config = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const read = (name: string): Buffer => execFileSync('cat', [join(folder, name)]);
  /** Status and the name in the server's certificate. */
  const ask = (url: string, options: RequestOptions = {}): Promise<{ status: number | undefined; name: string }> =>
    new Promise((resolve, reject) => {
      get(`${url}healthz`, { rejectUnauthorized: false, agent: false, ...options }, (response) => {
        const name = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
        response.resume().once('end', () => resolve({ status: response.statusCode, name: String(name) }));
      }).once('error', reject);
    });

  beforeAll(() => {
    certificate('server', 'first');
    certificate('client', 'visitor');
    certificate('stranger', 'stranger');
  });

  it('serves https, and says so in the address and in the lines for prometheus.yml', async () => {
    const { url, snippet } = await serve(aSnapshot(), { webConfigFile: config('tls.yml', 'tls_server_config: {cert_file: server.crt, key_file: server.key}\n') });
    expect(url).toMatch(/^https:\/\/localhost:/);
    expect(snippet).toContain('scheme: https');
    expect(await ask(url)).toEqual({ status: 200, name: 'first' });
  });

  it('refuses a version below min_version', async () => {
    const { url } = await serve(aSnapshot(), { webConfigFile: config('tls13.yml', 'tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}\n') });
    await expect(ask(url, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect((await ask(url)).status).toBe(200);
  });

  it('serves a renewed certificate to the next connection', async () => {
    certificate('renewed', 'old');
    const { url } = await serve(aSnapshot(), { webConfigFile: config('renew.yml', 'tls_server_config: {cert_file: renewed.crt, key_file: renewed.key}\n') });
    expect((await ask(url)).name).toBe('old');
    certificate('renewed', 'new');
    expect((await ask(url)).name).toBe('new');
  });

  it.each([
    ['RequireAndVerifyClientCert', { none: false, ours: true, stranger: false }],
    ['VerifyClientCertIfGiven', { none: true, ours: true, stranger: false }],
    ['RequireAnyClientCert', { none: false, ours: true, stranger: true }],
    ['RequestClientCert', { none: true, ours: true, stranger: true }],
    ['NoClientCert', { none: true, ours: true, stranger: true }],
  ])('%s lets in whom it says', async (type, expected) => {
    const { url } = await serve(aSnapshot(), { webConfigFile: config(`${type}.yml`, `tls_server_config: {cert_file: server.crt, key_file: server.key, client_auth_type: ${type}, client_ca_file: client.crt}\n`) });
    const isLetIn = (options: RequestOptions): Promise<boolean> => ask(url, options).then(() => true, () => false);
    expect({
      none: await isLetIn({}),
      ours: await isLetIn({ cert: read('client.crt'), key: read('client.key') }),
      stranger: await isLetIn({ cert: read('stranger.crt'), key: read('stranger.key') }),
    }).toEqual(expected);
  });

  requireServer('prometheus')('with Prometheus', () => {
    it('is scraped with the certificate and the password of the configuration file', async () => {
      const { url } = await serve(aFullSnapshot(), { webConfigFile: config('both.yml', `tls_server_config: {cert_file: server.crt, key_file: server.key}\nbasic_auth_users: {ada: "${bcrypt.hashSync('geheim', 4)}"}\n`) });
      const prometheus = await startPrometheus({ config: `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - {job_name: tls, scheme: https, tls_config: {ca_file: ${join(folder, 'server.crt')}}, basic_auth: {username: ada, password: geheim}, static_configs: [{targets: ['${url.slice(8, -1)}']}]}
` });
      await until(async () => (await prometheus.query('up == 1')).length > 0, 20_000, 200);
      await prometheus.stop();
    }, 40_000);
  });
});

it('the lines for prometheus.yml are ready to paste', () => {
  expect(prometheusSnippet('localhost:10877')).toBe("  - job_name: watchroom\n    scrape_interval: 15s\n    static_configs:\n      - targets: ['localhost:10877']\n");
});

requireServer('promtool')('promtool', () => {
  it.each([{}, { scheme: 'https' as const }, { scheme: 'https' as const, authorized: true }])('accepts the lines for prometheus.yml %j', (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'snippet-'));
    writeFileSync(join(folder, 'prometheus.yml'), `scrape_configs:\n${prometheusSnippet('localhost:10877', options)}`);
    execFileSync('promtool', ['check', 'config', '--syntax-only', join(folder, 'prometheus.yml')]);
    rmSync(folder, { recursive: true });
  });
});
