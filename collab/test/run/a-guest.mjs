// A guest of a shared session on another machine: node a-guest.mjs <join link> <fingerprint>. Prints what came of it, as JSON.
// By plain TLS of Node: nobody vouches for the certificate, so the guest compares its fingerprint and trusts that one alone.
import { connect } from 'node:tls';
import { request } from 'node:https';

const [link, fingerprint, others = '', ...options] = process.argv.slice(2);
const { hostname, port, host, hash } = new URL(link);

const shown = await new Promise((resolve, reject) => {
  const socket = connect({ host: hostname.replace(/[[\]]/g, ''), port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerX509Certificate());
    socket.end();
  }).on('error', reject);
});
const trusted = shown.fingerprint256 === fingerprint;
const tell = (told) => console.log(JSON.stringify({ trusted, ...told }));

const ask = (method, path, { token, body, headers = {} } = {}) => new Promise((resolve, reject) => {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const sent = request({
    host: hostname.replace(/[[\]]/g, ''), port, method, path, ca: shown.toString(), servername: '', // the certificate itself; its address is checked, whatever the Host header says
    headers: { host, ...(token ? { authorization: `Bearer ${token}` } : {}), ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }), ...headers },
  }, (response) => {
    let said = '';
    response.setEncoding('utf8').on('data', (piece) => (said += piece)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: said, body: response.headers['content-type']?.includes('json') && said !== '' ? JSON.parse(said) : undefined }));
  });
  sent.on('error', reject);
  sent.end(text);
});

if (!trusted) tell({});
else {
  const page = await ask('GET', '/join');
  const rebound = await ask('GET', '/api/v1/auth/ways', { headers: { host: `evil.example:${port}` } });
  const crossed = await ask('POST', '/api/v1/invites/look', { headers: { origin: 'https://evil.example' }, body: { invite: hash.slice(1) } });
  const ways = await ask('GET', '/api/v1/auth/ways');
  const uninvited = await ask('POST', '/api/v1/auth/register', { body: { invite: 'wri_guess', username: 'mallory', displayName: 'Mallory', password: 'correct horse battery' } });
  const local = await ask('POST', '/api/v1/auth/local', { body: { secret: 'wro_guess' } });
  const invite = await ask('POST', '/api/v1/invites/look', { body: { invite: hash.slice(1) } });
  const [, name = 'linus'] = options.find((option) => option.startsWith('name='))?.split('=') ?? [];
  const joined = await ask('POST', '/api/v1/auth/register', { headers: { origin: `https://${host}` }, body: { invite: hash.slice(1), username: name, displayName: name, password: 'correct horse battery' } });
  const token = joined.body?.token;
  const as = (path) => ask('GET', path, { token });
  const list = await as('/api/v1/sessions');
  const session = invite.body?.session;
  const room = await as(`/api/v1/sessions/${session}`);
  const team = joined.body?.account?.teams[0]?.id;
  const channel = await as(`/api/v4/teams/${team}/channels/name/${encodeURIComponent(session)}`);
  const posted = await ask('POST', '/api/v4/posts', { token, body: { channel_id: channel.body?.id, message: 'hello from next door' } });
  const posts = await as(`/api/v4/channels/${channel.body?.id}/posts`);
  const elsewhere = [];
  for (const id of others.split(',').filter(Boolean))
    for (const path of ['', '/health', '/history', '/timeline', '/files', '/people']) elsewhere.push(await as(`/api/v1/sessions/${id}${path}`));
  const teamwide = [];
  for (const path of [`/api/v1/teams/${team}/members`, `/api/v1/teams/${team}/agents`, `/api/v1/teams/${team}/invites`, `/api/v1/radar`, `/api/v1/current-session`, '/metrics', `/api/v4/users/me/teams/${team}/channels`, `/api/v4/teams/${team}/channels`, `/api/v1/analytics/teams/${team}`]) teamwide.push({ path, ...(await as(path)) });
  tell({
    page: page.status, rebound: rebound.status, crossed: crossed.status, ways: ways.body, uninvited: uninvited.status, local: local.status, hsts: page.headers['strict-transport-security'],
    joined: joined.status, cookies: joined.headers['set-cookie'] ?? [], role: joined.body?.account?.teams[0]?.role, sessions: list.body?.sessions?.map(({ id }) => id), room: room.body, channel: channel.status,
    posted: posted.status, posts: Object.values(posts.body?.posts ?? {}).map(({ message }) => message), elsewhere: elsewhere.map(({ status }) => status), all: [list, room, channel, posts, ...teamwide].map(({ text }) => text).join('\n'),
    token, host,
  });
  if (options.includes('stay')) {
    // Says how it is once a second, until the door is shut.
    for (;;) {
      const state = await as(`/api/v1/sessions/${session}`).then(({ status }) => String(status), (error) => error.code ?? 'closed');
      console.log(`now ${state}`);
      if (!/^\d+$/.test(state)) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}
