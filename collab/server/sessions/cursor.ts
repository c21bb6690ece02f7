import { badRequest } from '../routes/errors.ts';

/** A place in a list that is sorted by last activity, newest first: behind this session. */
export interface Place {
  readonly lastActivityAt: number;
  readonly id: string;
}

/** A place as the caller gets it: opaque, to be sent back as it is. */
export const cursorOf = ({ lastActivityAt, id }: Place): string => Buffer.from(JSON.stringify([lastActivityAt, id])).toString('base64url');

/** The place of a cursor; a broken one is refused. */
export const placeOfCursor = (cursor: string): Place => {
  try {
    const [lastActivityAt, id, ...more] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof lastActivityAt === 'number' && Number.isSafeInteger(lastActivityAt) && typeof id === 'string' && id.length <= 64 && more.length === 0) return { lastActivityAt, id };
  } catch {
    // refused below
  }
  throw badRequest('"after" is not a cursor of this list. Take "next" of the page before, or leave it out for the first page.', 'cursor');
};
