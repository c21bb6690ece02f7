import { ask, el, keepBearer } from './hub.js';

// The ways in: a link of this machine, a set-up token, an invite, a new password, name and password.

/** A login by cookie, or a token of this tab. */
let as = 'cookie';
const enter = async (path, given) => {
  const { token } = await ask('POST', path, { ...given, as });
  if (token !== undefined) keepBearer(token);
};

/** What to show to somebody who is not signed in. Resolves to undefined when they came in by the link itself. */
export const door = async (path, secret, onIn) => {
  const ways = await ask('GET', '/api/v1/auth/ways');
  as = ways.bearer ? 'token' : 'cookie';
  if (path === '/open' && secret) return byLink(secret);
  if (ways.local) return localWords();
  if (path === '/setup' && secret) return setUp(secret, onIn);
  if (path === '/reset' && secret) return reset(secret, onIn);
  if (path === '/join' && secret) return join(secret, onIn);
  if (ways.empty) return emptyHub();
  return signIn(ways, onIn);
};

const byLink = async (secret) => {
  try {
    keepBearer((await ask('POST', '/api/v1/auth/local', { secret })).token);
    return undefined;
  } catch (error) {
    return localWords(error.message);
  }
};

const localWords = (problem) => el('section', { class: 'narrow' }, el('h1', {}, 'This machine’s hub'),
  problem ? el('p', { class: 'problem' }, problem) : el('p', {}, 'It is for the person at this machine, and there is no password: a link signs a tab in.'),
  el('p', {}, 'In a terminal:'), el('pre', { tabindex: '0' }, 'npm run watchroom -- open'), el('p', { class: 'quiet' }, 'Installed: watchroom open. The link is good for 60 seconds and one tab.'));

const emptyHub = () => el('section', { class: 'narrow' }, el('h1', {}, 'Nobody has an account here yet'),
  el('p', {}, 'When the hub started, it printed a link that makes the first admin. It is in the terminal, or in the log of the container:'), el('pre', { tabindex: '0' }, 'docker compose logs collab'),
  el('p', {}, 'Or make an admin from the terminal:'), el('pre', { tabindex: '0' }, 'watchroom hub admin create NAME --team TEAM'));

const field = (name, label, more = {}) => el('label', {}, label, el('input', { name, required: true, ...more }));
const newPassword = () => field('password', 'Password, at least 10 characters', { type: 'password', autocomplete: 'new-password', minlength: '10' });
const userName = () => field('username', 'Your name here: small letters, digits, dashes', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' });

const form = (title, words, fields, button, submit, ...more) => {
  const problem = el('p', { class: 'problem', role: 'alert' });
  const go = el('button', {}, button);
  return el('form', {
    class: 'card',
    onsubmit: async (event) => {
      event.preventDefault();
      go.disabled = true;
      problem.textContent = '';
      try {
        await submit(Object.fromEntries(new FormData(event.target)));
      } catch (error) {
        problem.textContent = error.message;
      } finally {
        go.disabled = false;
      }
    },
  }, el('h1', {}, title), words && el('p', { class: 'quiet' }, words), fields, problem, go, more);
};

const signIn = ({ signOn }, onIn) => form('Sign in', undefined,
  [field('username', 'Name', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', autofocus: true }), field('password', 'Password', { type: 'password', autocomplete: 'current-password' })],
  'Sign in', async (given) => { await enter('/api/v1/auth/login', given); onIn(); },
  signOn && el('a', { class: 'button', href: '/api/v1/auth/oidc/start' }, signOn.name),
  el('p', { class: 'quiet' }, 'No account? An admin of your team has an invite for you. Forgotten? They have a link for that, too.'));

const setUp = (token, onIn) => form('Set up this hub', 'You will run it, and be the admin of its first team.',
  [userName(), field('displayName', 'How you are called', { autocomplete: 'name' }), newPassword(), field('team', 'Your team: small letters, digits, dashes', { spellcheck: 'false', autocapitalize: 'none' })],
  'Begin', async (given) => { await enter('/api/v1/auth/setup', { ...given, token }); onIn(); });

const reset = (secret, onIn) => form('Set a new password', 'Every place where you are signed in is signed out.', [newPassword()], 'Set it',
  async (given) => {
    const { username } = await ask('POST', '/api/v1/auth/reset', { ...given, secret });
    await enter('/api/v1/auth/login', { username, ...given });
    onIn();
  });

const join = async (invite, onIn) => {
  const { team, role, session } = await ask('POST', '/api/v1/invites/look', { invite });
  return form(`Join ${team}`, `You are invited as ${role}${session ? ` to the room of ${session}` : ''}. Have an account already? Sign in first, then open the invite again.`,
    [userName(), field('displayName', 'How you are called', { autocomplete: 'name' }), newPassword()], 'Join',
    async (given) => { await enter('/api/v1/auth/register', { ...given, invite }); onIn(); });
};

/** An invite for somebody who has an account already. */
export const accept = async (invite) => ask('POST', '/api/v1/invites/accept', { invite });
