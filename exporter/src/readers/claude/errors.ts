import type { ErrorKind } from '../../session/part.ts';
import { object, text } from '../fields.ts';
import type { Json } from '../fields.ts';

const denial = /^(The user doesn't want to (proceed|take this action)|User rejected tool use|Permission (to use|prompt|for this)|Claude requested permissions? to|Permission denied by|.{0,60}Permission prompt was aborted)/;
const interruption = /^\[Request interrupted by user/;
/** Texts of FORMATS.md 1.4; the old "Claude AI usage limit reached|<unix>" too. */
const limit = /usage limit reached|hit your .{0,30}limit|rate.?limit|too many requests/i;
const overload = /overloaded/i;

/** Which kind of failure a tool result with `is_error` is: a human's no is none of the tool. */
export const errorOfResult = (content: unknown, record: Json): ErrorKind => {
  if (text(record.toolDenialKind) !== undefined || record.toolUseResult === 'User rejected tool use') return 'permission_denied';
  const said = firstText(content) ?? '';
  if (denial.test(said)) return 'permission_denied';
  return interruption.test(said) ? 'interrupted' : 'tool';
};

/** What an `isApiErrorMessage` row reports. */
export const errorOfAnswer = (record: Json): ErrorKind => {
  const said = firstText(object(record.message)?.content) ?? '';
  return apiKind(record.apiErrorStatus, record.error, said);
};

/** What a `system/api_error` record reports: one failed attempt, which the program repeats by itself. */
export const errorOfRetry = (record: Json): ErrorKind => {
  const error = object(record.error);
  return apiKind(error?.status ?? record.apiErrorStatus, object(error?.error)?.type ?? error?.type, [error?.message, error?.formatted].filter((part) => typeof part === 'string').join(' '));
};

const apiKind = (status: unknown, name: unknown, said: string): ErrorKind => {
  if (status === 429 || name === 'rate_limit' || name === 'rate_limit_error') return 'rate_limit';
  if (status === 529 || name === 'overloaded' || name === 'overloaded_error' || overload.test(said)) return 'overloaded';
  return limit.test(said) ? 'rate_limit' : 'api';
};

const firstText = (content: unknown): string | undefined => {
  if (typeof content === 'string') return content.slice(0, 2000);
  if (!Array.isArray(content)) return undefined;
  for (const value of content) {
    const said = object(value)?.text;
    if (typeof said === 'string') return said.slice(0, 2000);
  }
  return undefined;
};
