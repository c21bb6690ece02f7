import { parse } from 'yaml';
import { exportDocument, exportFormat, exportVersion } from './document.ts';
import type { ExportDocument } from './document.ts';
import { isVersion1, upgraded } from './version-1.ts';

/** Understands an exported file, JSON or YAML, of this version or an older one. Throws a sentence for what is none. */
export const readDocument = (text: string): ExportDocument => {
  const told = parsed(text);
  if (isVersion1(told)) return upgraded(told);
  const { format, version } = (typeof told === 'object' && told !== null ? told : {}) as { format?: unknown; version?: unknown };
  if (format !== exportFormat) throw new Error('it is no export of Watchroom (json or yaml): Markdown is for people and cannot be read back');
  if (typeof version === 'number' && version > exportVersion) throw new Error(`it has version ${version}, this Watchroom reads up to ${exportVersion}. Take the Watchroom that wrote it, or a newer one`);
  // Half a YAML file is YAML too: the last line says that nothing is missing.
  if ((told as { complete?: unknown }).complete !== true) throw new Error('it is cut off: its end is missing');
  const document = exportDocument.safeParse(told);
  if (document.success) return document.data;
  const [issue] = document.error.issues;
  throw new Error(`it is damaged at ${issue!.path.join('.') || 'its beginning'}: ${issue!.message}`);
};

/** JSON is tried first: it is YAML too, and YAML's parser takes a hundred times as long. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^\s*[[{]/.test(text)) throw new Error('it is cut off, or no JSON', { cause: error });
  }
  try {
    return parse(text, { logLevel: 'error' });
  } catch (cause) {
    throw new Error('it is neither JSON nor YAML (Markdown is for people and cannot be read back)', { cause });
  }
};
