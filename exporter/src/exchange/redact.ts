import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';

/** A value in which every secret is replaced by what it was, and how many there were. */
export interface Redacted<Value> {
  readonly value: Value;
  readonly found: number;
}

/** Takes secrets out of every text in a value, names of fields too: by the rules of secretlint, and for what these leave out by our own. */
export const redacted = async <Value>(value: Value): Promise<Redacted<Value>> => {
  const texts = new Set<string>();
  gather(value, texts);
  const clean = new Map<string, string>();
  let found = 0;
  for (const batch of batchesOf([...texts])) for (const { text, secrets } of await lint(batch)) {
    if (secrets.length === 0) continue;
    clean.set(text, without(text, secrets));
    found += secrets.length;
  }
  return { value: clean.size === 0 ? value : (replaced(value, clean) as Value), found };
};

interface Secret { readonly from: number; readonly to: number; readonly kind: string }

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
const batchCharacters = 1 << 20;

/** What the recommended rules let pass: key ids alone, keys that are cut off, passwords in addresses, bearers, our own tokens. */
const ours: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['AWS access key id', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['private key', /-----BEGIN [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN)[\s\S])*?(?:-----END [A-Z ]{0,30}PRIVATE KEY(?: BLOCK)?-----|$)/g],
  ['password in an address', /(?<=\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@'"]{0,100}:)[^\s:/@'"]{3,200}(?=@)/gi],
  ['bearer token', /(?<=\b(?:bearer|authorization:\s*token)\s+)[A-Za-z0-9._~+/-]{16,}=*/gi],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g],
  ['Google API key', /\bAIza[A-Za-z0-9_-]{35}/g],
  ['GitLab token', /\bglpat-[A-Za-z0-9_-]{20,}/g],
  ['API key', /\bsk-(?:ant|proj|svcacct|or)-[A-Za-z0-9_-]{20,}/g],
  ['Watchroom token', /\bwr[a-z]_[A-Za-z0-9_-]{20,}/g],
];

const lint = async (batch: readonly string[]): Promise<readonly { readonly text: string; readonly secrets: readonly Secret[] }[]> => {
  const content = batch.join('\n');
  const { messages } = await lintSource({ source: { filePath: 'export.txt', content, contentType: 'text', ext: '.txt' }, options: { config, noPhysicFilePath: true } });
  const told = messages.map(({ range: [from, to], ruleId }): Secret => ({ from, to, kind: ruleId.replace(/^.*secretlint-rule-/, '') }));
  let start = 0;
  return batch.map((text) => {
    const end = start + text.length;
    const inside = told.filter(({ from, to }) => from < end && to > start).map(({ from, to, kind }) => ({ from: Math.max(0, from - start), to: Math.min(text.length, to - start), kind }));
    start = end + 1;
    return { text, secrets: joined([...inside, ...ours.flatMap(([kind, pattern]) => [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length, kind })))]) };
  });
};

/** Rules may see one secret twice; the one that sees more of it wins. */
const joined = (secrets: readonly Secret[]): readonly Secret[] => {
  const all: Secret[] = [];
  for (const secret of secrets.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = all.at(-1);
    if (last && secret.from < last.to) all[all.length - 1] = { ...last, to: Math.max(last.to, secret.to) };
    else if (secret.to > secret.from) all.push(secret);
  }
  return all;
};

const without = (text: string, secrets: readonly Secret[]): string => {
  let at = 0;
  const pieces = secrets.map(({ from, to, kind }) => {
    const piece = `${text.slice(at, from)}[redacted: ${kind}]`;
    at = to;
    return piece;
  });
  return pieces.join('') + text.slice(at);
};

const gather = (value: unknown, texts: Set<string>): void => {
  if (typeof value === 'string') {
    if (value.length >= shortestSecret) texts.add(value);
  } else if (Array.isArray(value)) for (const item of value) gather(item, texts);
  else if (typeof value === 'object' && value !== null) for (const [name, item] of Object.entries(value)) {
    gather(name, texts);
    gather(item, texts);
  }
};

const shortestSecret = 8;

const replaced = (value: unknown, clean: ReadonlyMap<string, string>): unknown => {
  if (typeof value === 'string') return clean.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [clean.get(name) ?? name, replaced(item, clean)]));
};

function* batchesOf(texts: readonly string[]): Generator<readonly string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const text of texts) {
    batch.push(text);
    size += text.length;
    if (size < batchCharacters) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
