import type { Json } from './record.ts';

export type Voice = 'user' | 'assistant' | 'tool';

/** Words of one record, by who said them. */
export type Harvest = ReadonlyMap<Voice, string>;

/**
 * Everything in a record that somebody wrote or read: prompts, answers, calls of tools and what came back. Formats differ in where they keep it and
 * change with every version, so what is left out is named (ids, times, settings, data), and the rest is text.
 */
export const harvest = (record: unknown, first: Voice): Harvest => {
  const found = new Map<Voice, string[]>();
  const left = { characters: mostOfRecord };
  gather(record, { voice: first, key: '', depth: 0 }, (voice, text) => {
    if (left.characters <= 0) return;
    const kept = text.slice(0, Math.min(left.characters, mostOfText));
    left.characters -= kept.length;
    const texts = found.get(voice);
    if (texts) texts.push(kept);
    else found.set(voice, [kept]);
  });
  return new Map([...found].map(([voice, texts]) => [voice, texts.join('\n')]));
};

/** Longer ones (a whole file that a tool read) are found by their beginning. */
const mostOfText = 4000;
const mostOfRecord = 16_000;
const deepest = 12;

interface Place { readonly voice: Voice; readonly key: string; readonly depth: number }

const gather = (value: unknown, place: Place, take: (voice: Voice, text: string) => void): void => {
  if (typeof value === 'string') {
    if (isWords(value)) take(place.voice, value);
  } else if (Array.isArray(value)) {
    if (place.depth < deepest) for (const item of value) gather(item, { ...place, depth: place.depth + 1 }, take);
  } else if (typeof value === 'object' && value !== null && place.depth < deepest) {
    const object = value as Json;
    const voice = voiceOf(object) ?? place.voice;
    for (const key in object) if (!isSilent(key)) gather(object[key], { voice, key, depth: place.depth + 1 }, take);
  }
};

const voiceOf = ({ role, type, kind }: Json): Voice | undefined => {
  for (const said of [type, kind, role]) if (typeof said === 'string') {
    if (/tool|function|shell_call|exec|patch/i.test(said)) return 'tool';
    if (/^(user|human|prompt)/i.test(said)) return 'user';
    if (/^(assistant|model|gemini|qwen|ai)$|^assistant\./i.test(said)) return 'assistant';
  }
  return undefined;
};

/** Names, numbers and machinery, in all the spellings of the tools. */
const silent = new Set([
  'type', 'role', 'kind', 'subtype', 'status', 'state', 'model', 'modelid', 'providerid', 'version', 'timestamp', 'time', 'uuid', 'signature', 'usage', 'tokens', 'cwd', 'gitbranch', 'usertype', 'entrypoint', 'slug',
  'isodate', 'createdat', 'updatedat', 'lastupdated', 'starttime', 'endtime', 'stop_reason', 'stopreason', 'service_tier', 'media_type', 'mimetype', 'encrypted_content', 'encryptedcontent', 'reasoningopaque', 'data', 'url', 'cache_control',
  'base_instructions', 'instructions', 'structuredpatch', 'originalfile', 'tooluseresult', 'snapshot', 'hash', 'checksum', 'level', 'permissionmode', 'truncation_policy', 'sandbox_policy', 'approval_policy', 'encoding', 'env', 'providermetadata', 'resultdisplay', 'promptsource', 'source', 'origin', 'caller',
]);
const isSilent = (key: string): boolean => silent.has(key.toLowerCase()) || /(^id|Id|ID|_id|Ids|_ids|Uuid|At)$/.test(key);

/** Not "ok" and not pictures in base64: something with a letter, and with an end to its words. */
const isWords = (text: string): boolean => text.length > 1 && (text.length < 300 || /\s/.test(text.slice(0, 300))) && /\p{L}/u.test(text);
