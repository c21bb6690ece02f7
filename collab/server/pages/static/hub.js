// What the pages know of the hub: who is signed in, and how to ask. No framework, no build.

const key = 'watchroom.login';
let csrf;

/** The login of this tab; a browser that signed in by password has a cookie instead, which no script can read. */
export const bearer = () => sessionStorage.getItem(key) ?? undefined;
export const keepBearer = (token) => (token === undefined ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, token));

/** Asks the hub; throws an Error with the hub's own sentence. */
export const ask = async (method, path, body) => {
  const token = bearer();
  const response = await fetch(path, {
    method, credentials: 'same-origin',
    headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(csrf ? { 'x-csrf-token': csrf } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = response.headers.get('content-type')?.includes('json') ? await response.json() : undefined;
  if (!response.ok) throw Object.assign(new Error(answer?.message ?? `The hub answered ${response.status}.`), { status: response.status, id: answer?.id });
  return answer;
};

/** Whoever is signed in; undefined: nobody. */
export const whoAmI = async () => {
  try {
    const account = await ask('GET', '/api/v1/auth/me');
    csrf = account.csrfToken;
    return account;
  } catch (error) {
    if (error.status !== 401) throw error;
    keepBearer(undefined);
    return undefined;
  }
};

/** An element with attributes and children; text is always text. */
export const el = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return made;
};
