/**
 * Text of a transcript (titles, branches, paths) as it may appear in a terminal: control characters, escape sequences and
 * bidirectional overrides would let a file recolour or rewrite what the person sees.
 */
export const safeText = (text: string): string => (harmless.test(text) ? text : text.replace(ansi, '').replace(invisible, ' ').replace(/\s+/g, ' ').trim());

/** Most texts are; the tables of Unicode need not be loaded for them. */
const harmless = /^[\x21-\x7e]*(?: [\x21-\x7e]+)*$/;

const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
const invisible = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
