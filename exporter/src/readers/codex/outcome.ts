import { list, object, parseObject, text } from '../fields.ts';
import type { ErrorKind } from '../../session/part.ts';

/**
 * How a call ended, by the text of its output; undefined: it worked, or the text does not say.
 * The exit code stands in the head of the text ("Process exited with code 1", "Exit code: 1"), before the command's own output;
 * up to 0.12x the text is JSON with metadata.exit_code.
 */
export const failureOf = (output: unknown): ErrorKind | undefined => {
  const whole = textOf(output);
  const head = whole.slice(0, 2000).split(/\nOutput:/, 1)[0]!;
  if (/^apply_patch verification failed/m.test(head)) return 'tool';
  if (rejected(whole)) return 'permission_denied';
  if (head.startsWith('Script failed')) return 'tool';
  const code = exitCodeOf(whole, head);
  return code === undefined || code === 0 ? undefined : 'tool';
};

const exitCodeOf = (whole: string, head: string): number | undefined => {
  if (whole.startsWith('{"output"')) {
    const code = object(parseObject(whole)?.metadata)?.exit_code;
    return typeof code === 'number' ? code : undefined;
  }
  const code = /^(?:Process exited with code|Exit code:) (-?\d+)/m.exec(head)?.[1];
  return code === undefined ? undefined : Number(code);
};

/** Refused by the human or by the approval policy: the call never ran. */
const rejected = (whole: string): boolean =>
  /^(?:exec command|patch|MCP tool call|user) rejected/i.test(whole) || (whole.startsWith('Script failed') && /\breject(?:ed)? (?:command|by)\b/.test(whole.slice(0, 2000)));

/** A string, or (0.147) a list of text blocks. */
const textOf = (output: unknown): string => {
  if (typeof output === 'string') return output;
  const blocks = Array.isArray(output) ? output : list(object(output)?.content);
  return blocks.map((block) => text(object(block)?.text) ?? '').join('');
};
