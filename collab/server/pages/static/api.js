import { el } from './hub.js';

// Draws /openapi.json for people.

const groups = document.getElementById('groups');
const find = document.getElementById('find');

const begin = async () => {
  const api = await (await fetch('/openapi.json')).json();
  const calls = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, call]) => ({ path, method, ...call })));
  const tags = [...new Set(calls.map(({ tags: [tag] }) => tag))];
  const drawn = calls.map((call) => ({ call, node: drawCall(call, api) }));
  groups.replaceChildren(...tags.map((tag) => el('section', { id: tag }, el('h2', {}, tag), drawn.filter(({ call }) => call.tags[0] === tag).map(({ node }) => node))));
  find.oninput = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const { call, node } of drawn) node.hidden = !words.every((word) => `${call.method} ${call.path} ${call.summary} ${call.tags}`.toLowerCase().includes(word));
    for (const section of groups.children) section.hidden = [...section.querySelectorAll('.op')].every((node) => node.hidden);
  };
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.setAttribute('open', '');
};

const drawCall = (call, api) => el('details', { class: 'op', id: call.operationId },
  el('summary', {}, el('span', { class: `verb ${call.method}` }, call.method.toUpperCase()), el('span', { class: 'path' }, call.path), el('span', { class: 'say' }, call.summary)),
  el('div', {}, el('p', {}, call.description),
    part('Parameters', (call.parameters ?? []).map((one) => [`${one.name}${one.required ? '' : '?'}`, `${one.in}, ${typeOf(one.schema, api)}`, one.description ?? one.schema?.description])),
    part('Body', fieldsOf(call.requestBody?.content?.['application/json']?.schema, api)),
    example(call.requestBody?.content?.['application/json']?.example),
    Object.entries(call.responses).filter(([status]) => status !== 'default').map(([status, answer]) => [
      el('p', {}, el('b', {}, `${status} `), answer.description),
      part('', fieldsOf(Object.values(answer.content ?? {})[0]?.schema, api)),
    ])));

const part = (title, rows) => (rows.length === 0 ? undefined : el('div', {}, title && el('b', {}, title), el('table', {}, rows.map(([name, type, say]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, type), el('td', {}, say ?? ''))))));
const example = (value) => (value === undefined ? undefined : el('pre', { tabindex: '0' }, JSON.stringify(value, null, 2)));

const resolved = (schema, api) => (schema?.$ref ? schema.$ref.split('/').slice(1).reduce((at, step) => at?.[step], api) : schema);
const fieldsOf = (given, api) => {
  const schema = resolved(given, api);
  return Object.entries(schema?.properties ?? {}).map(([name, value]) => [`${name}${schema.required?.includes(name) ? '' : '?'}`, typeOf(value, api), value.description ?? resolved(value, api)?.description]);
};
const typeOf = (given, api) => {
  const schema = resolved(given, api);
  if (schema === undefined) return '';
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf ?? schema.oneOf) return (schema.anyOf ?? schema.oneOf).map((one) => typeOf(one, api)).join(' | ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items, api)}`;
  return given.$ref ? given.$ref.split('/').at(-1) : [schema.type, schema.format].filter(Boolean).join(', ');
};

begin().catch((error) => groups.replaceChildren(el('p', { class: 'problem', role: 'alert' }, `The description cannot be read: ${error.message}`)));
